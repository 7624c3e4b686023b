package api

import (
	"slices"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/books"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountOrders(api *web.API) {
	web.Query(api, "GET /v1/orders", listOrders, web.SignedIn(),
		web.Doc("List the orders of the party that is signed in, the newest first.", "Orders"))
	web.Query(api, "GET /v1/orders/{id}", showOrder, web.Public(),
		web.Doc("Show an order, its parcels and what is paid. A guest's order opens by its unguessable id.", "Orders"),
		web.Faults(order.ErrUnknown))
	web.Command(api, "POST /v1/orders/{id}/cancellation", cancelOrder, web.Public(),
		web.Doc("End an order of which nothing is on its way or with the buyer. What was paid goes back.", "Orders"),
		web.Faults(order.ErrUnknown, order.ErrShipped, order.ErrCancelled))
	web.Command(api, "POST /v1/orders/{id}/line-cancellations", cancelLines, web.Public(),
		web.Doc("Take parts of an order away that have not left, or came back undelivered. What was paid for them goes back.", "Orders"),
		web.Faults(order.ErrUnknown, order.ErrLine, order.ErrTooMany, order.ErrCancelled))
}

// orderView is an order as its buyer sees it.
type orderView struct {
	ID        order.ID          `json:"id"`
	Code      string            `json:"code" doc:"Short enough to be read out."`
	Number    string            `json:"number,omitempty" doc:"The document number; it comes a moment after the order."`
	State     order.State       `json:"state" enum:"placed,packing,packed,partly_shipped,shipped,undelivered,delivered,returned,cancelled"`
	Seller    seller.ID         `json:"seller"`
	Lang      string            `json:"lang"`
	Lines     []orderLineView   `json:"lines" nullable:"false"`
	Address   place.Address     `json:"address"`
	Contact   contactView       `json:"contact"`
	Delivery  orderDeliveryView `json:"delivery"`
	Quote     quoteView         `json:"quote"`
	Owed      money.Money       `json:"owed" doc:"What is still to be paid; below zero, what goes back."`
	Payments  []paymentView     `json:"payments" nullable:"false"`
	Gift      *usedGift         `json:"gift,omitempty" doc:"What a gift certificate has paid."`
	Shipments []shipmentView    `json:"shipments" nullable:"false"`
	Downloads []grantView       `json:"downloads,omitempty" doc:"What was bought in files and codes, once it is paid."`
	Version   int64             `json:"version"`
	PlacedAt  time.Time         `json:"placed_at"`
}

// Revision makes the version the tag of the order.
func (o orderView) Revision() int64 { return o.Version }

type contactView struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// orderLineView is a line and how far it has come.
type orderLineView struct {
	Line      string           `json:"line"`
	Bundle    string           `json:"bundle,omitempty" doc:"The line of the bundle of which it is a part."`
	Variant   string           `json:"variant_id"`
	Product   string           `json:"product_id"`
	SKU       string           `json:"sku"`
	Name      text.Localized   `json:"name"`
	Label     text.Localized   `json:"label,omitempty"`
	Quantity  measure.Quantity `json:"quantity"`
	Answers   []answerView     `json:"answers,omitempty" doc:"By what it is made, when it is made to order."`
	UnitPrice money.Money      `json:"unit_price"`
	Total     money.Money      `json:"total"`
	Cancelled measure.Quantity `json:"cancelled"`
	Shipped   measure.Quantity `json:"shipped"`
	Delivered measure.Quantity `json:"delivered"`
	Returned  measure.Quantity `json:"returned"`

	Undelivered measure.Quantity `json:"undelivered" doc:"What came back from the way to the buyer and waits to be packed again or cancelled."`
}

type orderDeliveryView struct {
	Method string         `json:"method"`
	Name   text.Localized `json:"name"`
	Point  string         `json:"point,omitempty"`
	Place  text.Localized `json:"place,omitempty"`
	From   span.Day       `json:"earliest"`
	To     span.Day       `json:"latest"`
}

// paymentView is a payment in short.
type paymentView struct {
	ID       payment.ID    `json:"id"`
	Method   payment.Code  `json:"method"`
	State    payment.State `json:"state"`
	Amount   money.Money   `json:"amount"`
	Captured money.Money   `json:"captured"`
	Refunded money.Money   `json:"refunded"`
}

// shipmentView is a shipment and where it is.
type shipmentView struct {
	ID       shipping.ShipmentID `json:"id"`
	State    shipping.State      `json:"state"`
	Carrier  string              `json:"carrier,omitempty"`
	Tracking []string            `json:"tracking,omitempty"`
	Events   []shipping.Event    `json:"events" nullable:"false"`
}

// orderSummary is an order in a list.
type orderSummary struct {
	ID       order.ID    `json:"id"`
	Code     string      `json:"code"`
	Number   string      `json:"number,omitempty"`
	State    order.State `json:"state"`
	Total    money.Money `json:"total"`
	Method   string      `json:"payment_method"`
	Name     string      `json:"name,omitempty"`
	PlacedAt time.Time   `json:"placed_at"`
}

type orderAsk struct {
	ID order.ID `path:"id" maxLength:"60" doc:"The order."`
}

type ordersAsk struct {
	Cursor string `query:"cursor" maxLength:"120" doc:"Where the page before ended."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most."`
}

// listOrders lists the own orders.
func listOrders(tx *db.Tx, in ordersAsk) (web.List[orderSummary], error) {
	found, next, err := order.List(tx, order.Filter{After: in.Cursor, Limit: in.Limit})
	return viewSummaries(found, next), err
}

func viewSummaries(found []order.Summary, next string) web.List[orderSummary] {
	page := web.List[orderSummary]{Items: make([]orderSummary, len(found)), Next: next}
	for i, o := range found {
		page.Items[i] = orderSummary{
			ID: o.ID, Code: o.Code, Number: o.Number, State: o.State, Total: o.Total, Method: o.Method, Name: o.Name, PlacedAt: o.PlacedAt,
		}
	}
	return page
}

// showOrder shows an order to whoever may see it.
func showOrder(tx *db.Tx, in orderAsk) (orderView, error) {
	o, err := order.Get(tx, in.ID)
	if err != nil {
		return orderView{}, err
	}
	return viewOrder(tx, o)
}

type cancellation struct {
	ID     order.ID `path:"id" maxLength:"60" doc:"The order to end."`
	Reason string   `json:"reason,omitempty" maxLength:"500" doc:"Shown to the seller."`
}

// cancelOrder ends an order whose parcel has not left.
func cancelOrder(tx *db.Tx, in cancellation) (orderView, error) {
	o, err := order.Cancel(tx, in.ID, in.Reason)
	if err == nil {
		err = bound(tx, o, func(string) bool { return true })
	}
	if err != nil {
		return orderView{}, err
	}
	return viewOrder(tx, o)
}

// bound refuses a buyer who would end a booking around its policy, which keeps a part of what was paid; his page of the booking
// says first how much. Of an order without bookings it asks nothing.
func bound(tx *db.Tx, o order.Order, ended func(line string) bool) error {
	if kind := tx.Who().Kind; kind != db.KindBuyer && kind != db.KindGuest {
		return nil
	}
	for _, l := range o.Lines {
		if l.Service != nil && l.Service.Way == booking.WayName && ended(l.Line) {
			return booking.Bound(tx, string(o.ID))
		}
	}
	return nil
}

type lineCancellation struct {
	ID     order.ID     `path:"id" maxLength:"60" doc:"The order."`
	Lines  []order.Part `json:"lines" minItems:"1" maxItems:"200" doc:"What to take away."`
	Reason string       `json:"reason,omitempty" maxLength:"500" doc:"Shown to the seller."`
}

// cancelLines takes parts of an order away that have not left.
func cancelLines(tx *db.Tx, in lineCancellation) (orderView, error) {
	o, err := order.CancelLines(tx, in.ID, in.Lines, in.Reason)
	if err == nil {
		err = bound(tx, o, func(line string) bool {
			return slices.ContainsFunc(in.Lines, func(p order.Part) bool { return p.Line == line })
		})
	}
	if err != nil {
		return orderView{}, err
	}
	return viewOrder(tx, o)
}

// viewOrder adds what is paid and where the parcels are.
func viewOrder(tx *db.Tx, o order.Order) (orderView, error) {
	v := orderView{
		ID: o.ID, Code: o.Code, Number: o.Number, State: o.State, Seller: o.Seller, Lang: o.Lang, Address: o.Address,
		Contact: contactView(o.Contact), Quote: viewQuote(o.Quote), Version: o.Version, PlacedAt: o.PlacedAt,
		Delivery: orderDeliveryView{
			Method: o.Delivery.Method, Name: o.Delivery.Name, Point: o.Delivery.Point, Place: o.Delivery.Place, From: o.Delivery.From, To: o.Delivery.To,
		},
		Lines: make([]orderLineView, len(o.Lines)), Payments: []paymentView{}, Shipments: []shipmentView{},
	}
	for i, l := range o.Lines {
		v.Lines[i] = orderLineView{
			Line: l.Line, Bundle: l.Bundle, Variant: string(l.Variant), Product: string(l.Product), SKU: l.SKU, Name: l.Name, Label: l.Label,
			Quantity: l.Quantity, Answers: viewAnswers(l.Answers), UnitPrice: l.UnitPrice, Total: l.Total, Cancelled: l.Cancelled, Shipped: l.Shipped,
			Delivered: l.Delivered, Returned: l.Returned, Undelivered: l.Undelivered,
		}
	}
	var err error
	if v.Downloads, err = viewGrants(tx, o); err != nil {
		return orderView{}, err
	}
	if v.Owed, err = books.Owed(tx, o); err != nil {
		return orderView{}, err
	}
	payments, err := payment.ByOrder(tx, string(o.ID))
	if err != nil {
		return orderView{}, err
	}
	rest := o.Total()
	for _, p := range payments {
		v.Payments = append(v.Payments, viewPayment(p))
		if string(p.ID) == o.Payment {
			rest.Minor -= p.Amount.Minor
		}
	}
	if rest.IsPositive() { // No payment is for it.
		if v.Gift, err = viewUse(tx, o); err != nil {
			return orderView{}, err
		}
	}
	shipments, err := shipping.ByOrder(tx, string(o.ID))
	if err != nil {
		return orderView{}, err
	}
	for _, s := range shipments {
		v.Shipments = append(v.Shipments, viewShipment(s))
	}
	return v, nil
}

func viewPayment(p payment.Payment) paymentView {
	return paymentView{ID: p.ID, Method: p.Method, State: p.State(), Amount: p.Amount, Captured: p.Captured, Refunded: p.Refunded}
}

func viewShipment(s shipping.Shipment) shipmentView {
	v := shipmentView{ID: s.ID, State: s.State, Carrier: s.Carrier, Events: s.Events}
	if v.Events == nil {
		v.Events = []shipping.Event{}
	}
	for _, box := range s.Parcels {
		if box.Tracking != "" {
			v.Tracking = append(v.Tracking, box.Tracking)
		}
	}
	return v
}
