package fulfil

import (
	"slices"

	"sauda/base/span"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// Rebook has a shipment that its carrier refused booked again: by the same delivery when no method is given, or by one of
// Ways. The buyer pays what was agreed.
func (b *Bench) Rebook(tx *db.Tx, id shipping.ShipmentID, method shipping.MethodID) (shipping.Shipment, error) {
	s, err := b.rebookable(tx, id)
	if err != nil {
		return shipping.Shipment{}, err
	}
	route := shipping.Route{Method: s.Method, Carrier: s.Carrier}
	if method != "" && method != s.Method {
		ways, err := b.ways(tx, s)
		if err != nil {
			return shipping.Shipment{}, err
		}
		at := slices.IndexFunc(ways, func(o shipping.Option) bool { return o.Method == method })
		if at < 0 {
			return shipping.Shipment{}, shipping.ErrNotOffered.About("%.60q for %s", string(method), id)
		}
		route = shipping.Route{Method: method, Carrier: ways[at].Carrier}
	}
	if s, err = shipping.Reroute(tx, id, route); err != nil || s.Carrier == "" {
		return s, err
	}
	return s, b.dispatch(tx, s)
}

// Ways gives the other deliveries by which a refused shipment can go: those that the shop offers to the same door for a
// parcel of this mass, and that take cash where cash is to be collected. A parcel for a pickup point has none, for the buyer
// comes to that point.
func (b *Bench) Ways(tx *db.Tx, id shipping.ShipmentID) ([]shipping.Option, error) {
	s, err := b.rebookable(tx, id)
	if err != nil {
		return nil, err
	}
	return b.ways(tx, s)
}

// rebookable gives a shipment to staff who may book it again. One whose booking ended without a word, in an older release,
// counts as refused.
func (b *Bench) rebookable(tx *db.Tx, id shipping.ShipmentID) (shipping.Shipment, error) {
	s, err := shipping.Get(tx, id)
	if err != nil {
		return shipping.Shipment{}, err
	}
	if _, err := may(tx, order.ID(s.Order)); err != nil {
		return shipping.Shipment{}, err
	}
	if s.State == shipping.StateRefused {
		return s, nil
	}
	if s.State != shipping.StatePrepared || s.Carrier == "" {
		return shipping.Shipment{}, ErrNotRefused.About("%s is %s", id, s.State)
	}
	told, err := saga.List(tx, saga.Filter{Name: dispatchStory, Key: dispatchKey(s), States: []string{"running", "waiting", "undoing"}, Limit: 1})
	if err != nil {
		return shipping.Shipment{}, err
	}
	if len(told) > 0 {
		return shipping.Shipment{}, ErrWaits.About("%s", id)
	}
	return s, nil
}

func (b *Bench) ways(tx *db.Tx, s shipping.Shipment) ([]shipping.Option, error) {
	o, err := order.Get(tx, order.ID(s.Order))
	if err != nil {
		return nil, err
	}
	ways, err := b.WaysOf(tx, o, []shipping.Shipment{s})
	return ways[s.ID], err
}

// WaysOf gives the Ways of those of an order's shipments that wait to be booked, in one statement.
func (b *Bench) WaysOf(tx *db.Tx, o order.Order, shipments []shipping.Shipment) (map[shipping.ShipmentID][]shipping.Option, error) {
	ways := map[shipping.ShipmentID][]shipping.Option{}
	if !slices.ContainsFunc(shipments, waits) {
		return ways, nil
	}
	tariff, err := shipping.Load(tx, []seller.ID{o.Seller})
	if err != nil {
		return nil, err
	}
	day := span.DayOf(tx.Now(), span.Almaty)
	for _, s := range shipments {
		if !waits(s) {
			continue
		}
		ask := shipping.Request{Seller: s.Seller, Destination: s.To, Goods: o.Quote.Goods, Day: day}
		for _, p := range s.Parcels {
			ask.Mass += p.Mass
		}
		ways[s.ID] = slices.DeleteFunc(tariff.Options(ask), func(way shipping.Option) bool { return !b.serves(way, s) })
	}
	return ways, nil
}

// waits says whether another delivery can be chosen for a shipment: no carrier has taken it, and the buyer does not come to
// a pickup point for it.
func waits(s shipping.Shipment) bool {
	return s.Point == "" && (s.State == shipping.StateRefused || s.State == shipping.StatePrepared && s.Carrier != "")
}

// serves says whether a shipment can go by a delivery instead of its own.
func (b *Bench) serves(way shipping.Option, s shipping.Shipment) bool {
	_, connected := b.carriers[way.Carrier]
	return way.Method != s.Method && way.Kind != shipping.Pickup && (way.CashOnDelivery || !s.Collect.IsPositive()) &&
		(connected || way.Carrier == "")
}
