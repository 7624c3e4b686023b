package shipping

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/seller"
	"sauda/core/shipping/shippingdb"
	"sauda/gear/db"
)

// parcelsMax is more boxes than one order has; a lorry is not a parcel.
const parcelsMax = 100

// Prepare makes a shipment of parcels that stand packed in a warehouse. It acts each time that it is called.
func Prepare(tx *db.Tx, d Draft) (Shipment, error) {
	d.To = d.To.Cleaned()
	if err := d.check(); err != nil {
		return Shipment{}, err
	}
	address, err := json.Marshal(d.To)
	if err != nil {
		return Shipment{}, err
	}
	s := Shipment{
		ID: ShipmentID(tx.Mint("shp")), Order: d.Order, Seller: d.Seller, Warehouse: d.Warehouse, Method: d.Method,
		Carrier: d.Carrier, Point: d.Point, To: d.To, Collect: d.Collect, State: StatePrepared, Prepared: tx.Now(),
	}
	q := shippingdb.New(tx.Later())
	err = q.AddShipment(tx.Context(), shippingdb.AddShipmentParams{
		ID: string(s.ID), Seller: string(s.Seller), OrderRef: s.Order, Warehouse: s.Warehouse, Method: string(s.Method),
		Carrier: s.Carrier, Point: string(s.Point), Address: string(address), Collect: s.Collect.Minor,
		CollectCurrency: string(s.Collect.Currency), PreparedAt: span.Micros(s.Prepared),
	})
	if err != nil {
		return Shipment{}, err
	}
	for n, p := range d.Parcels {
		box := Box{ID: ParcelID(fmt.Sprintf("%02d", n+1)), Mass: p.Mass, Size: p.Size, Contents: p.Contents}
		contents, err := json.Marshal(p.Contents)
		if err != nil {
			return Shipment{}, err
		}
		err = q.AddParcel(tx.Context(), shippingdb.AddParcelParams{
			Shipment: string(s.ID), ID: string(box.ID), Mass: int64(p.Mass), Length: p.Size.Length, Width: p.Size.Width,
			Height: p.Size.Height, Contents: string(contents),
		})
		if err != nil {
			return Shipment{}, err
		}
		s.Parcels = append(s.Parcels, box)
	}
	return s, nil
}

// check refuses a shipment of nothing, to nowhere, or that collects less than nothing.
func (d Draft) check() error {
	if d.Seller == "" || d.Order == "" || len(d.Parcels) == 0 || len(d.Parcels) > parcelsMax || d.Collect.IsNegative() {
		return ErrEmpty.About("%d parcels of %q for %q", len(d.Parcels), d.Seller, d.Order)
	}
	for _, p := range d.Parcels {
		if len(p.Contents) == 0 {
			return ErrEmpty.About("an empty parcel for %s", d.Order)
		}
		if err := errors.Join(p.Mass.Check(), p.Size.Check()); err != nil {
			return err
		}
		for _, c := range p.Contents {
			if c.Line == "" || c.Quantity <= 0 {
				return ErrEmpty.About("%s of line %q", c.Quantity, c.Line)
			}
		}
	}
	if d.Point != "" && d.To.IsZero() {
		return nil // At a pickup point the buyer need not say where he lives.
	}
	return d.To.Check()
}

// Get gives a shipment with its parcels and events, or ErrUnknown. Who may see it is the caller's to say: the order knows
// whose it is.
func Get(tx *db.Tx, id ShipmentID) (Shipment, error) {
	row, err := shippingdb.New(tx).Shipment(tx.Context(), string(id))
	return whole(tx, row, err)
}

// ByBooking gives the shipment that a carrier knows under this reference, or ErrUnknown.
func ByBooking(tx *db.Tx, carrier, ref string) (Shipment, error) {
	row, err := shippingdb.New(tx).ShipmentOfBooking(tx.Context(), shippingdb.ShipmentOfBookingParams{Carrier: carrier, Booking: ref})
	return whole(tx, row, err)
}

// ByTracking gives the shipment that has a parcel with this number, or ErrUnknown.
func ByTracking(tx *db.Tx, number string) (Shipment, error) {
	row, err := shippingdb.New(tx).ShipmentOfTracking(tx.Context(), number)
	return whole(tx, row, err)
}

// ByOrder gives the shipments of an order, the oldest first, in three statements.
func ByOrder(tx *db.Tx, order string) ([]Shipment, error) {
	q := shippingdb.New(tx)
	rows, err := q.ShipmentsOfOrder(tx.Context(), order)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	parcels, err := q.ParcelsOfOrder(tx.Context(), order)
	if err != nil {
		return nil, err
	}
	events, err := q.EventsOfOrder(tx.Context(), order)
	if err != nil {
		return nil, err
	}
	return assemble(rows, parcels, events)
}

// Underway gives booked shipments that have neither arrived nor come back, by id: those after an id, at most limit. They
// come without parcels and events; their State says nothing. It is for asking carriers what is new.
func Underway(tx *db.Tx, after ShipmentID, limit int) ([]Shipment, error) {
	rows, err := shippingdb.New(tx).Underway(tx.Context(), shippingdb.UnderwayParams{After: string(after), Page: int64(limit)})
	if err != nil {
		return nil, err
	}
	return assemble(rows, nil, nil)
}

// Unfinished gives the shipments, by order, that have neither arrived nor ended, of at most limit orders after one, and the
// order to go on from, which is empty at the end. It is for the house and looks at nobody's rights.
func Unfinished(tx *db.Tx, after string, limit int) (all []Shipment, next string, err error) {
	q := shippingdb.New(tx)
	orders, err := q.UnfinishedOrders(tx.Context(), shippingdb.UnfinishedOrdersParams{After: after, Page: int64(limit)})
	if err != nil || len(orders) == 0 {
		return nil, "", err
	}
	if len(orders) == limit {
		next = orders[len(orders)-1]
	}
	rows, err := q.Unfinished(tx.Context(), db.In(orders))
	if err != nil {
		return nil, "", err
	}
	parcels, err := q.ParcelsOfUnfinished(tx.Context(), db.In(orders))
	if err != nil {
		return nil, "", err
	}
	events, err := q.EventsOfUnfinished(tx.Context(), db.In(orders))
	if err != nil {
		return nil, "", err
	}
	all, err = assemble(rows, parcels, events)
	return all, next, err
}

// RefusedMost bounds how many refused shipments are given at once; so many wait only when a carrier is down.
const RefusedMost = 500

// RefusedOf gives the shipments of a seller that wait because their carriers refused them, the oldest first and at most
// RefusedMost, in two statements. They come without parcels.
func RefusedOf(tx *db.Tx, of seller.ID) ([]Shipment, error) {
	q := shippingdb.New(tx)
	rows, err := q.Refused(tx.Context(), shippingdb.RefusedParams{Seller: string(of), Page: RefusedMost})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]string, len(rows))
	for n, r := range rows {
		ids[n] = r.ID
	}
	events, err := q.EventsOfShipments(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	all, err := assemble(rows, nil, events)
	return slices.DeleteFunc(all, func(s Shipment) bool { return s.State != StateRefused }), err
}

// whole adds parcels and events to a row.
func whole(tx *db.Tx, row shippingdb.ShippingShipment, err error) (Shipment, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Shipment{}, ErrUnknown
	}
	if err != nil {
		return Shipment{}, err
	}
	q := shippingdb.New(tx)
	parcels, err := q.Parcels(tx.Context(), row.ID)
	if err != nil {
		return Shipment{}, err
	}
	events, err := q.Events(tx.Context(), row.ID)
	if err != nil {
		return Shipment{}, err
	}
	all, err := assemble([]shippingdb.ShippingShipment{row}, parcels, events)
	if err != nil {
		return Shipment{}, err
	}
	return all[0], nil
}

// assemble puts rows together and derives the states.
func assemble(rows []shippingdb.ShippingShipment, parcels []shippingdb.ShippingParcel, events []shippingdb.ShippingEvent) ([]Shipment, error) {
	all := make([]Shipment, len(rows))
	at := make(map[string]*Shipment, len(rows))
	for n, r := range rows {
		all[n] = Shipment{
			ID: ShipmentID(r.ID), Order: r.OrderRef, Seller: seller.ID(r.Seller), Warehouse: r.Warehouse, Method: MethodID(r.Method),
			Carrier: r.Carrier, Booking: r.Booking, Point: PointID(r.Point), Prepared: span.FromMicros(r.PreparedAt),
			Collect: money.Of(r.Collect, money.Currency(r.CollectCurrency)),
		}
		if err := json.Unmarshal([]byte(r.Address), &all[n].To); err != nil {
			return nil, err
		}
		at[r.ID] = &all[n]
	}
	for _, p := range parcels {
		box := Box{ID: ParcelID(p.ID), Mass: measure.Mass(p.Mass), Size: measure.Size{Length: p.Length, Width: p.Width, Height: p.Height}, Tracking: p.Tracking}
		if err := json.Unmarshal([]byte(p.Contents), &box.Contents); err != nil {
			return nil, err
		}
		at[p.Shipment].Parcels = append(at[p.Shipment].Parcels, box)
	}
	for _, e := range events {
		s := at[e.Shipment]
		s.Events = append(s.Events, Event{e.ID, ParcelID(e.Parcel), State(e.State), span.FromMicros(e.At), e.Place, e.Note})
	}
	for n := range all {
		all[n].State = derive(all[n].Parcels, all[n].Events)
	}
	return all, nil
}
