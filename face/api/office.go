package api

import (
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/enquiry"
	"sauda/core/order"
	"sauda/core/review"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/flow/fulfil"
	"sauda/flow/takeback"
	"sauda/gear/db"
	"sauda/gear/web"
)

// Scopes of the office.
const (
	scopeOrdersRead     = order.ScopeRead
	scopeOrdersWrite    = order.ScopeWrite
	scopeCatalogRead    = "catalog.read"
	scopeCatalogWrite   = "catalog.write"
	scopeStockRead      = "stock.read"
	scopeStockWrite     = "stock.write"
	scopeMoneyRead      = "money.read"
	scopeMoneyWrite     = "money.write"
	scopeHouseRead      = "house.read"
	scopeHouseWrite     = "house.write"
	scopeReviewsRead    = review.ScopeRead
	scopeReviewsWrite   = review.ScopeWrite
	scopeQuestionsRead  = enquiry.ScopeRead
	scopeQuestionsWrite = enquiry.ScopeWrite
)

func (f face) mountOffice(api *web.API) {
	f.mountOfficeOrders(api)
	f.mountOfficeGoods(api)
	f.mountOfficeCare(api)
	f.mountOfficePictures(api)
	f.mountOfficeMedia(api)
	f.mountOfficeLibrary(api)
	f.mountOfficeAttributes(api)
	f.mountOfficeStock(api)
	f.mountOfficeHouse(api)
}

// sellerOf is for whom an actor of the office works; the keepers of the house work for its own shop unless they say
// otherwise.
func sellerOf(tx *db.Tx) seller.ID {
	if s := tx.Who().Seller; s != "" {
		return seller.ID(s)
	}
	return seller.Own
}

func (f face) mountOfficeOrders(api *web.API) {
	web.Query(api, "GET /v1/office/orders", officeOrders, web.Needs(scopeOrdersRead),
		web.Doc("List orders of the seller, the newest first.", "Office: orders"))
	web.Query(api, "GET /v1/office/orders/{id}", showOrder, web.Needs(scopeOrdersRead),
		web.Doc("Show an order.", "Office: orders"), web.Faults(order.ErrUnknown))
	web.Command(api, "POST /v1/office/orders/{id}/shipments", f.pack, web.Needs(scopeOrdersWrite), web.Status(201),
		web.Doc("Pack an order, or parts of it: one shipment for each warehouse. Its carrier is booked by itself.", "Office: orders"),
		web.Faults(order.ErrUnknown, fulfil.ErrPacked))
	web.Query(api, "GET /v1/office/shipments/{id}", showShipment, web.Needs(scopeOrdersRead),
		web.Doc("Show a shipment.", "Office: orders"), web.Faults(shipping.ErrUnknown))
	web.Command(api, "POST /v1/office/shipments/{id}/handover", f.handOver, web.Needs(scopeOrdersWrite),
		web.Doc("Say that a shipment has left.", "Office: orders"), web.Faults(shipping.ErrUnknown, fulfil.ErrWaits, fulfil.ErrRefused, shipping.ErrCallingOff, shipping.ErrCancelled))
	web.Command(api, "POST /v1/office/shipments/{id}/arrival", f.arrive, web.Needs(scopeOrdersWrite),
		web.Doc("Say that the shop's own courier has brought a shipment, or that the buyer has fetched it.", "Office: orders"),
		web.Faults(shipping.ErrUnknown, fulfil.ErrLeft, fulfil.ErrBack))
	web.Command(api, "POST /v1/office/shipments/{id}/non-delivery", f.bringBack, web.Needs(scopeOrdersWrite),
		web.Doc("Say that a shipment did not reach the buyer and lies in the warehouse again. Its lines wait to be packed again or cancelled.", "Office: orders"),
		web.Faults(shipping.ErrUnknown, fulfil.ErrLeft, fulfil.ErrArrived))
	web.Command(api, "POST /v1/office/shipments/{id}/call-off", f.callOff, web.Needs(scopeOrdersWrite),
		web.Doc("Call a shipment off that has not left: it is unpacked, and its lines wait to be packed again or cancelled. What the carrier has booked is calling_off until the carrier has answered; if it has the parcel already, the shipment is handed_over.", "Office: orders"),
		web.Faults(shipping.ErrUnknown, shipping.ErrGone))
	web.Query(api, "GET /v1/office/shipments/{id}/deliveries", f.otherWays, web.Needs(scopeOrdersWrite),
		web.Doc("List the other deliveries by which a shipment can go that its carrier refused.", "Office: orders"),
		web.Faults(shipping.ErrUnknown, fulfil.ErrNotRefused, fulfil.ErrWaits))
	web.Command(api, "POST /v1/office/shipments/{id}/bookings", f.rebook, web.Needs(scopeOrdersWrite),
		web.Doc("Book a shipment again that its carrier refused, by the same delivery or another one. The buyer pays what was agreed.", "Office: orders"),
		web.Faults(shipping.ErrUnknown, shipping.ErrNotOffered, fulfil.ErrNotRefused, fulfil.ErrWaits))
	web.Command(api, "POST /v1/office/orders/{id}/cancellation", cancelOrder, web.Needs(scopeOrdersWrite),
		web.Doc("End an order of which nothing is on its way or with the buyer. What was paid goes back.", "Office: orders"),
		web.Faults(order.ErrUnknown, order.ErrShipped, order.ErrCancelled))
	web.Command(api, "POST /v1/office/orders/{id}/line-cancellations", cancelLines, web.Needs(scopeOrdersWrite),
		web.Doc("Take parts of an order away that have not left, or came back undelivered.", "Office: orders"), web.Faults(order.ErrUnknown, order.ErrLine))
	web.Command(api, "POST /v1/office/orders/{id}/returns", takeBack, web.Needs(scopeOrdersWrite), web.Status(201),
		web.Doc("Write down that delivered goods came back. What was paid for them goes back.", "Office: orders"),
		web.Faults(order.ErrUnknown, order.ErrLine, order.ErrTooMany))
	web.Command(api, "POST /v1/office/orders/{id}/refunds", f.refund, web.Needs(scopeOrdersWrite), web.Status(201),
		web.Doc("Give money back out of goodwill; the goods stay with the buyer. Cash that was given by hand is written down with by_hand.", "Office: orders"),
		web.Faults(order.ErrUnknown, takeback.ErrNothing, takeback.ErrTooMuch))
}

type officeOrdersAsk struct {
	ordersAsk
	State order.State `query:"state" enum:"placed,packing,packed,partly_shipped,shipped,undelivered,delivered,returned,cancelled" doc:"Only orders in this state."`
	Text  string      `query:"q" maxLength:"254" doc:"A code, a document number or an e-mail address, whole."`
}

// officeOrders lists the seller's orders.
func officeOrders(tx *db.Tx, in officeOrdersAsk) (web.List[orderSummary], error) {
	found, next, err := order.List(tx, order.Filter{State: in.State, Text: in.Text, After: in.Cursor, Limit: in.Limit})
	return viewSummaries(found, next), err
}

type packing struct {
	ID    order.ID     `path:"id" maxLength:"60" doc:"The order."`
	Lines []order.Part `json:"lines,omitempty" maxItems:"200" doc:"What to pack; all that is left when absent."`
}

// pack puts an order into parcels.
func (f face) pack(tx *db.Tx, in packing) (web.List[shipmentView], error) {
	packed, err := f.Packing.Pack(tx, in.ID, in.Lines)
	page := web.List[shipmentView]{Items: make([]shipmentView, len(packed))}
	for i, s := range packed {
		page.Items[i] = viewShipment(s)
	}
	return page, err
}

type shipmentAsk struct {
	ID shipping.ShipmentID `path:"id" maxLength:"60" doc:"The shipment."`
}

// showShipment shows a shipment of the seller.
func showShipment(tx *db.Tx, in shipmentAsk) (shipmentView, error) {
	s, err := shipping.Get(tx, in.ID)
	if err == nil && !tx.Who().For(string(s.Seller)) {
		err = shipping.ErrUnknown.About("%s is another seller's", in.ID)
	}
	return viewShipment(s), err
}

// handOver says that a shipment has left.
func (f face) handOver(tx *db.Tx, in shipmentAsk) (shipmentView, error) {
	s, err := f.Packing.HandOver(tx, in.ID)
	return viewShipment(s), err
}

// arrive says that a shipment has arrived.
func (f face) arrive(tx *db.Tx, in shipmentAsk) (shipmentView, error) {
	s, err := f.Packing.Arrived(tx, in.ID)
	return viewShipment(s), err
}

type nonDelivery struct {
	ID     shipping.ShipmentID `path:"id" maxLength:"60" doc:"The shipment."`
	Reason string              `json:"reason,omitempty" maxLength:"300" doc:"Why it came back, as the buyer reads it."`
}

// bringBack says that a shipment came back undelivered.
func (f face) bringBack(tx *db.Tx, in nonDelivery) (shipmentView, error) {
	s, err := f.Packing.Back(tx, in.ID, in.Reason)
	return viewShipment(s), err
}

type callingOff struct {
	ID     shipping.ShipmentID `path:"id" maxLength:"60" doc:"The shipment."`
	Reason string              `json:"reason,omitempty" maxLength:"300" doc:"Why it shall not leave, as the buyer reads it."`
}

// callOff calls a shipment off.
func (f face) callOff(tx *db.Tx, in callingOff) (shipmentView, error) {
	s, err := f.Packing.CallOff(tx, in.ID, in.Reason)
	return viewShipment(s), err
}

// wayView is a delivery by which a shipment can go.
type wayView struct {
	Method  shipping.MethodID `json:"method"`
	Kind    shipping.Kind     `json:"kind"`
	Name    text.Localized    `json:"name"`
	Carrier string            `json:"carrier,omitempty" doc:"Absent when the shop brings it by itself."`
}

// otherWays lists the deliveries by which a refused shipment can go instead.
func (f face) otherWays(tx *db.Tx, in shipmentAsk) (web.List[wayView], error) {
	ways, err := f.Packing.Ways(tx, in.ID)
	page := web.List[wayView]{Items: make([]wayView, len(ways))}
	for i, w := range ways {
		page.Items[i] = wayView{w.Method, w.Kind, w.Name, w.Carrier}
	}
	return page, err
}

type rebooking struct {
	ID     shipping.ShipmentID `path:"id" maxLength:"60" doc:"The shipment."`
	Method shipping.MethodID   `json:"method,omitempty" maxLength:"60" doc:"Another delivery, one of those listed; the same as before when absent."`
}

// rebook has a refused shipment booked again.
func (f face) rebook(tx *db.Tx, in rebooking) (shipmentView, error) {
	s, err := f.Packing.Rebook(tx, in.ID, in.Method)
	return viewShipment(s), err
}

type goodsBack struct {
	ID     order.ID     `path:"id" maxLength:"60" doc:"The order."`
	Ref    string       `json:"ref" minLength:"1" maxLength:"100" doc:"Names this return; the same one twice counts once."`
	Lines  []order.Part `json:"lines,omitempty" maxItems:"200" doc:"What came back; all that was delivered when absent."`
	Reason string       `json:"reason,omitempty" maxLength:"500"`
}

// takeBack writes down that goods came back.
func takeBack(tx *db.Tx, in goodsBack) (orderView, error) {
	o, err := order.TakeBack(tx, in.ID, order.Back{Ref: in.Ref, Parts: in.Lines, Reason: in.Reason})
	if err != nil {
		return orderView{}, err
	}
	return viewOrder(tx, o)
}

type refund struct {
	ID     order.ID    `path:"id" maxLength:"60" doc:"The order."`
	Ref    string      `json:"ref" minLength:"1" maxLength:"100" doc:"Names this refund; the same one twice counts once."`
	Amount money.Money `json:"amount"`
	Reason string      `json:"reason,omitempty" maxLength:"500" doc:"Shown to the buyer."`
	ByHand bool        `json:"by_hand,omitempty" doc:"Cash that the shop has given back already."`
}

// refund gives money back.
func (f face) refund(tx *db.Tx, in refund) (orderView, error) {
	give := f.Returns.Allow
	if in.ByHand {
		give = f.Returns.Handed
	}
	o, err := give(tx, in.ID, in.Ref, in.Amount, in.Reason)
	if err != nil {
		return orderView{}, err
	}
	return viewOrder(tx, o)
}
