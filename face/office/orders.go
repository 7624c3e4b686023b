package office

import (
	"cmp"
	"net/url"
	"strings"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/books"
	"sauda/core/inventory"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountOrders(site *web.Site) {
	web.Page(site, "GET /office/orders", f.orders, web.Needs(ScopeOrdersRead))
	web.Page(site, "GET /office/orders/{id}", f.order, web.Needs(ScopeOrdersRead))
	web.Form(site, "POST /office/orders/{id}/pack", f.pack, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/orders/{id}/cancel", f.cancel, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/orders/{id}/cancel-lines", f.cancelLines, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/orders/{id}/return", f.takeBack, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/orders/{id}/refund", f.refund, web.Needs(ScopeOrdersWrite))
}

type ordersAsk struct {
	State order.State `query:"state" enum:"placed,packing,packed,partly_shipped,shipped,undelivered,delivered,returned,cancelled"`
	Text  string      `query:"q" maxLength:"254"`
	From  string      `query:"from" maxLength:"10"`
	To    string      `query:"to" maxLength:"10"`
	After string      `query:"after" maxLength:"60"`
}

// orderFilters are the values of an address that choose orders.
var orderFilters = []string{"state", "q", "from", "to"}

// filter reads what an address asks for. A day that is none chooses nothing: the field keeps what was typed.
func (in ordersAsk) filter(tx *db.Tx) order.Filter {
	from, _ := span.Parse(in.From)
	to, _ := span.Parse(in.To)
	return order.Filter{Seller: sellerOf(tx), State: in.State, Text: in.Text, From: from, To: to, After: in.After, Limit: listed}
}

// ordersList is a page of orders.
type ordersList struct {
	layout
	Ask    ordersAsk
	Orders []order.Summary
	Shown  []column[order.Summary]
	Next   string
	Counts map[order.State]int64
}

// listed is how many rows a page of a list has.
const listed = 50

// orders lists the seller's orders, the newest first.
func (f face) orders(tx *db.Tx, in ordersAsk) (web.View, error) {
	list := ordersList{Ask: in}
	seen := f.Watch.count(ordersOf(sellerOf(tx))) // Before the first look, so that nothing is missed.
	var err error
	if list.layout, list.Shown, err = laidOut(tx, "orders", orderFilters, orderColumns); err != nil {
		return nil, err
	}
	list.Orders, list.Next, err = order.List(tx, in.filter(tx))
	if err != nil {
		return nil, err
	}
	if list.Counts, err = order.InWork(tx, sellerOf(tx)); err != nil {
		return nil, err
	}
	return ordersPage(f.page("orders", t(tx.Context(), "nav.orders")).listing(seen), list), nil
}

// ordersFile sends the orders that a list shows.
func (f face) ordersFile(x web.Exchange) error {
	in := ordersAsk{State: order.State(askedOf(x.Request, "state")), Text: askedOf(x.Request, "q"), From: askedOf(x.Request, "from"), To: askedOf(x.Request, "to")}
	return sendList(f, x, "orders", orderColumns, func(tx *db.Tx, after string) ([]order.Summary, string, error) {
		filter := in.filter(tx)
		filter.After, filter.Limit = after, filePage
		return order.List(tx, filter)
	})
}

type orderAsk struct {
	ID order.ID `path:"id" maxLength:"60"`
}

// sheet is all that the page of an order shows.
type sheet struct {
	order.Order
	Owed       money.Money // Owed is what the buyer still owes; below zero, what the buyer is owed.
	Entries    []ledger.Entry
	Payments   []payment.Payment
	Events     []payment.Event // Events are those of the payment of the order.
	Shipments  []shipping.Shipment
	Ways       map[shipping.ShipmentID][]shipping.Option // Ways are the other deliveries of shipments that their carriers refused.
	History    []order.Happening
	Warehouses map[string]inventory.Warehouse
	Refund     string // Refund and Return name what the forms would make, so that each is made once.
	Return     string
}

// entriesMax is how many postings of the buyer's account an order shows; the ledger has the rest.
const entriesMax = 50

// order shows an order.
func (f face) order(tx *db.Tx, in orderAsk) (web.View, error) {
	s, err := readSheet(tx, in.ID)
	if err != nil {
		return nil, err
	}
	if s.Ways, err = f.Packing.WaysOf(tx, s.Order, s.Shipments); err != nil {
		return nil, err
	}
	return orderPage(f.page("orders", t(tx.Context(), "order.title", "code", s.Code)).of(string(s.ID), s.Version), s), nil
}

// own gives an order of the actor's seller; another seller's is as unknown as none.
func own(tx *db.Tx, id order.ID) (order.Order, error) {
	o, err := order.Get(tx, id)
	if err == nil && !tx.Who().For(string(o.Seller)) {
		err = order.ErrUnknown.About("%s is another seller's", id)
	}
	return o, err
}

func readSheet(tx *db.Tx, id order.ID) (sheet, error) {
	o, err := own(tx, id)
	if err != nil {
		return sheet{}, err
	}
	s := sheet{Order: o, Warehouses: map[string]inventory.Warehouse{}, Refund: tx.Mint("rfd"), Return: tx.Mint("ret")}
	if s.Owed, err = books.Owed(tx, o); err != nil {
		return sheet{}, err
	}
	if s.Entries, _, err = ledger.History(tx, ledger.Buyer(string(id)), ledger.Cursor{}, entriesMax); err != nil {
		return sheet{}, err
	}
	if s.Payments, err = payment.ByOrder(tx, string(id)); err != nil {
		return sheet{}, err
	}
	if o.Payment != "" { // What cost nothing has none.
		if s.Events, err = payment.Events(tx, payment.ID(o.Payment)); err != nil {
			return sheet{}, err
		}
	}
	if s.Shipments, err = shipping.ByOrder(tx, string(id)); err != nil {
		return sheet{}, err
	}
	if s.History, err = order.History(tx, id); err != nil {
		return sheet{}, err
	}
	all, err := inventory.Warehouses(tx, o.Seller)
	for _, w := range all {
		s.Warehouses[string(w.ID)] = w
	}
	return s, err
}

// Paid is the payment that the order was placed with, if it has one.
func (s sheet) Paid() payment.Payment {
	for _, p := range s.Payments {
		if string(p.ID) == s.Order.Payment {
			return p
		}
	}
	return payment.Payment{}
}

// Returnable is how much can be given back as a free sum: what was taken by card, or what is owed to a buyer who paid in
// cash.
func (s sheet) Returnable() money.Money {
	p := s.Paid()
	if p.Gateway != "" {
		return p.Refundable()
	}
	return money.Of(max(0, min(-s.Owed.Minor, p.Refundable().Minor)), s.Owed.Currency)
}

// leftTo says how much of a line is left for a step.
func leftTo(step string, l order.Line) measure.Quantity {
	switch step {
	case "pack":
		if l.Bodiless() { // It lies in no parcel.
			return 0
		}
		return l.Live() - l.Packed - l.Undelivered
	case "cancel":
		return l.Live() - l.Packed - l.Undelivered
	case "again", "give-up":
		return l.Undelivered
	case "return":
		return l.Delivered - l.Returned
	}
	return 0
}

// left tells whether anything of an order is left for a step.
func (s sheet) left(step string) bool {
	for _, l := range s.Lines {
		if leftTo(step, l) > 0 {
			return true
		}
	}
	return false
}

// untouched tells whether nothing of an order is on its way or with the buyer, so that it can be cancelled as a whole.
func (s sheet) untouched() bool {
	for _, l := range s.Lines {
		if l.Shipped > 0 {
			return false
		}
	}
	return s.State != order.StateCancelled
}

// partsForm is a form with a quantity for each line: q_<line>.
type partsForm struct {
	web.Typed
	ID     order.ID `path:"id" maxLength:"60"`
	Reason string   `json:"reason,omitempty" maxLength:"500"`
	Ref    string   `json:"ref,omitempty" maxLength:"60"`
}

// partPrefix stands before the line in the name of its quantity.
const partPrefix = "q_"

// parts reads the quantities above zero, in the order of the lines. When none is typed, that is a refusal: whoever clears
// all fields does not mean everything.
func (f partsForm) parts(o order.Order) ([]order.Part, error) {
	if !f.OK() {
		return nil, web.ErrInvalid.Fields(f.Wrong...)
	}
	var parts []order.Part
	for _, l := range o.Lines {
		typed := f.Values.Get(partPrefix + l.Line)
		if strings.TrimSpace(typed) == "" {
			continue
		}
		q, err := readQuantity(typed)
		if err != nil {
			return nil, err
		}
		if q < 0 {
			return nil, measure.ErrQuantity.About("%s", q)
		}
		if err := l.Unit.Fits(q); err != nil {
			return nil, err
		}
		if q > 0 {
			parts = append(parts, order.Part{Line: l.Line, Quantity: q})
		}
	}
	if len(parts) == 0 {
		return nil, order.ErrNothing.About("no quantity was typed for %s", o.ID)
	}
	return parts, nil
}

// pack puts the typed parts of an order into parcels.
func (f face) pack(tx *db.Tx, in partsForm) (web.Then, error) {
	o, err := own(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	parts, err := in.parts(o)
	if err != nil {
		return web.Then{}, err
	}
	_, err = f.Packing.Pack(tx, in.ID, parts)
	return see(orderAddress(in.ID), "packed"), err
}

func orderAddress(id order.ID) string { return "orders/" + url.PathEscape(string(id)) }

// cancel ends the whole order.
func (f face) cancel(tx *db.Tx, in partsForm) (web.Then, error) {
	if _, err := own(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	_, err := order.Cancel(tx, in.ID, in.Reason)
	return see(orderAddress(in.ID), "cancelled"), err
}

// cancelLines takes the typed parts out of the order.
func (f face) cancelLines(tx *db.Tx, in partsForm) (web.Then, error) {
	o, err := own(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	parts, err := in.parts(o)
	if err != nil {
		return web.Then{}, err
	}
	_, err = order.CancelLines(tx, in.ID, parts, in.Reason)
	return see(orderAddress(in.ID), "lines_cancelled"), err
}

// takeBack writes down that the typed parts came back.
func (f face) takeBack(tx *db.Tx, in partsForm) (web.Then, error) {
	o, err := own(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	parts, err := in.parts(o)
	if err != nil {
		return web.Then{}, err
	}
	_, err = order.TakeBack(tx, in.ID, order.Back{Ref: cmp.Or(in.Ref, tx.Mint("ret")), Reason: in.Reason, Parts: parts})
	return see(orderAddress(in.ID), "returned"), err
}

type refundForm struct {
	ID     order.ID `path:"id" maxLength:"60"`
	Ref    string   `json:"ref" maxLength:"60"`
	Amount string   `json:"amount" maxLength:"40"`
	Reason string   `json:"reason,omitempty" maxLength:"500"`
}

// refund gives money back: by card through the gateway, and in cash by writing down that it was given by hand.
func (f face) refund(tx *db.Tx, in refundForm) (web.Then, error) {
	o, err := own(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	amount, err := money.Parse(in.Amount, o.Quote.Currency)
	if err != nil {
		return web.Then{}, err
	}
	if !amount.IsPositive() {
		return web.Then{}, order.ErrAmount.About("%s", amount)
	}
	give, deed := f.Returns.Allow, "refunded"
	if payment.Code(o.Method) == payment.Cash {
		give, deed = f.Returns.Handed, "noted"
	}
	_, err = give(tx, in.ID, in.Ref, amount, in.Reason)
	return see(orderAddress(in.ID), deed), err
}
