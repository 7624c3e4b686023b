package office

import (
	"context"

	"sauda/base/fault"
	"sauda/core/order"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountShipments(site *web.Site) {
	web.Page(site, "GET /office/shipments/{id}", f.shipment, web.Needs(ScopeOrdersRead))
	web.Form(site, "POST /office/shipments/{id}/handover", f.handOver, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/shipments/{id}/arrival", f.arrive, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/shipments/{id}/non-delivery", f.cameBack, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/shipments/{id}/call-off", f.callOff, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/shipments/{id}/bookings", f.rebook, web.Needs(ScopeOrdersWrite))
}

type shipmentAsk struct {
	ID shipping.ShipmentID `path:"id" maxLength:"60"`
}

// ownShipment gives a shipment of the actor's seller; another seller's is as unknown as none.
func ownShipment(tx *db.Tx, id shipping.ShipmentID) (shipping.Shipment, error) {
	s, err := shipping.Get(tx, id)
	if err == nil && !tx.Who().For(string(s.Seller)) {
		err = shipping.ErrUnknown.About("%s is another seller's", id)
	}
	return s, err
}

// shipment leads to the order of a shipment, where it is shown.
func (f face) shipment(tx *db.Tx, in shipmentAsk) (web.View, error) {
	s, err := ownShipment(tx, in.ID)
	return web.Elsewhere("/office/" + orderAddress(order.ID(s.Order)) + "#" + string(s.ID)), err
}

// handOver says that a shipment has left.
func (f face) handOver(tx *db.Tx, in shipmentAsk) (web.Then, error) {
	s, err := ownShipment(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	_, err = f.Packing.HandOver(tx, in.ID)
	return see(orderAddress(order.ID(s.Order)), "handed_over"), err
}

// arrive says that the shop's own courier has brought a shipment, or that the buyer has fetched it.
func (f face) arrive(tx *db.Tx, in shipmentAsk) (web.Then, error) {
	s, err := ownShipment(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	_, err = f.Packing.Arrived(tx, in.ID)
	return see(orderAddress(order.ID(s.Order)), "arrived"), err
}

// cameBack says that a shipment did not reach the buyer and lies in the warehouse again.
func (f face) cameBack(tx *db.Tx, in shipmentAsk) (web.Then, error) {
	s, err := ownShipment(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	_, err = f.Packing.Back(tx, in.ID, "")
	return see(orderAddress(order.ID(s.Order)), "came_back"), err
}

type callOffForm struct {
	ID     shipping.ShipmentID `path:"id" maxLength:"60"`
	Reason string              `json:"reason,omitempty" maxLength:"300"`
}

// callOff takes a shipment back that has not left.
func (f face) callOff(tx *db.Tx, in callOffForm) (web.Then, error) {
	s, err := ownShipment(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	_, err = f.Packing.CallOff(tx, in.ID, in.Reason)
	return see(orderAddress(order.ID(s.Order)), "called_off"), err
}

type rebookForm struct {
	ID     shipping.ShipmentID `path:"id" maxLength:"60"`
	Method shipping.MethodID   `json:"method,omitempty" maxLength:"60"`
}

// rebook has a shipment booked again that its carrier refused.
func (f face) rebook(tx *db.Tx, in rebookForm) (web.Then, error) {
	s, err := ownShipment(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	_, err = f.Packing.Rebook(tx, in.ID, in.Method)
	return see(orderAddress(order.ID(s.Order)), "rebooked"), err
}

// canBeCalledOff tells whether a shipment is still in the warehouse and shall leave.
func canBeCalledOff(s shipping.Shipment) bool {
	return !s.State.Left() && s.State != shipping.StateCancelled && s.State != shipping.StateCallingOff
}

// noteOf gives the words of a carrier, or the sentence of a fault when one is named instead.
func noteOf(ctx context.Context, note string) string {
	if known := fault.Find(note); known != nil {
		return i18n.Fault(lang(ctx), known)
	}
	return note
}

// canLeave tells whether a shipment can be handed over now.
func canLeave(s shipping.Shipment) bool {
	return s.State == shipping.StateBooked || s.State == shipping.StatePrepared && s.Carrier == ""
}

// canArrive tells whether the shop itself says when a shipment has arrived: it brings it by its own courier, or the
// parcel lies at its own point.
func canArrive(s shipping.Shipment) bool { return s.Carrier == "" && canComeBack(s) }

// canComeBack tells whether a shipment is on its way. Whoever brings it, the shop sees when it lies in the warehouse again.
func canComeBack(s shipping.Shipment) bool {
	return s.State.Left() && !s.State.Final()
}
