package shipping_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// draft is a shipment of two parcels.
func draft(carrier string) shipping.Draft {
	box := func(line string) shipping.ParcelDraft {
		return shipping.ParcelDraft{Mass: 800, Contents: []shipping.Content{{Line: line, Quantity: measure.One}}}
	}
	return shipping.Draft{
		Order: "ord_1", Seller: seller.Own, Warehouse: "wh_a", Method: "mth_parcel", Carrier: carrier, To: astana,
		Collect: tenge(5_000), Parcels: []shipping.ParcelDraft{box("l1"), box("l2")},
	}
}

// prepare makes a shipment, and books it when it has a carrier.
func prepare(t *testing.T, s *dbtest.Store, carrier string) shipping.Shipment {
	t.Helper()
	var made shipping.Shipment
	s.Moment(t, func(tx *db.Tx) (err error) {
		if made, err = shipping.Prepare(tx, draft(carrier)); err != nil || carrier == "" {
			return err
		}
		made, err = shipping.Book(tx, made.ID, booking)
		return err
	})
	return made
}

var booking = shipping.Booking{Ref: "CN1", Tracking: map[shipping.ParcelID]string{"01": "SD000000015KZ", "02": "SD000000029KZ"}}

// said gives the names of the facts so far, without "shipping.".
func said(t *testing.T, s *dbtest.Store) string {
	var names []string
	for _, f := range s.Facts(t) {
		names = append(names, strings.TrimPrefix(f.Name, "shipping."))
	}
	return strings.Join(names, " ")
}

func TestShipment(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		made := prepare(t, s, "builtin")
		if made.State != shipping.StateBooked || made.Tracking() != "SD000000015KZ" {
			t.Errorf("booked %+v", made)
		}
		for range 2 {
			s.Clock.Advance(time.Minute)
			s.Moment(t, func(tx *db.Tx) error { _, err := shipping.HandOver(tx, made.ID); return err })
			s.Moment(t, func(tx *db.Tx) error { _, err := shipping.Book(tx, made.ID, booking); return err })
		}
		told := []shipping.Event{
			{ID: "e1", Parcel: "01", State: shipping.StateOnTheWay, At: s.Clock.Now().Add(time.Hour), Place: "Алматы"},
			{ID: "e2", Parcel: "02", State: shipping.StateOnTheWay, At: s.Clock.Now().Add(time.Hour)},
			{ID: "e3", Parcel: "01", State: shipping.StateDelivered, At: s.Clock.Now().Add(2 * time.Hour)},
		}
		note := func(events ...shipping.Event) (got shipping.Shipment) {
			t.Helper()
			s.Moment(t, func(tx *db.Tx) (err error) { got, err = shipping.Note(tx, made.ID, events); return err })
			return got
		}
		note(told[2], told[0])
		if got := note(told...); got.State != shipping.StateOnTheWay {
			t.Errorf("one of two parcels has arrived: %s", got.State)
		}
		last := shipping.Event{ID: "e4", Parcel: "02", State: shipping.StateDelivered, At: s.Clock.Now().Add(3 * time.Hour)}
		odd := shipping.Event{ID: "e5", State: "teleported", At: last.At}
		for range 2 {
			if got := note(last, odd, shipping.Event{State: shipping.StateReturned, At: last.At}); got.State != shipping.StateDelivered {
				t.Errorf("all have arrived: %s", got.State)
			}
		}
		if got := said(t, s); got != "shipped tracking_moved tracking_moved tracking_moved tracking_moved delivered" {
			t.Errorf("facts: %s", got)
		}
		s.Look(t, func(tx *db.Tx) error {
			a, err := shipping.Get(tx, made.ID)
			b, err2 := shipping.ByBooking(tx, "builtin", "CN1")
			c, err3 := shipping.ByTracking(tx, "SD000000029KZ")
			all, err4 := shipping.ByOrder(tx, "ord_1")
			under, err5 := shipping.Underway(tx, "", 10)
			if err := errors.Join(err, err2, err3, err4, err5); err != nil {
				return err
			}
			if a.ID != b.ID || b.ID != c.ID || len(all) != 1 || len(under) != 0 || len(a.Events) != 6 || a.To != astana || a.Collect != tenge(5_000) {
				t.Errorf("%+v\n%+v\n%+v\n%v %v", a, b, c, all, under)
			}
			if box := all[0].Parcels[1]; box.Mass != 800 || box.Contents[0].Line != "l2" || all[0].State != shipping.StateDelivered {
				t.Errorf("parcel %+v", box)
			}
			return nil
		})
	})
}

func TestShipmentRefusals(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		refuse := func(name string, want *fault.Fault, do func(*db.Tx) (shipping.Shipment, error)) {
			t.Helper()
			if err := s.Try(func(tx *db.Tx) error { _, err := do(tx); return err }); fault.Of(err) != want {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, spoil := range map[string]func(*shipping.Draft){
			"no parcel":     func(d *shipping.Draft) { d.Parcels = nil },
			"empty parcel":  func(d *shipping.Draft) { d.Parcels[0].Contents = nil },
			"nothing of it": func(d *shipping.Draft) { d.Parcels[0].Contents[0].Quantity = 0 },
			"no order":      func(d *shipping.Draft) { d.Order = "" },
			"pays the buyer": func(d *shipping.Draft) {
				d.Collect = tenge(-1)
			},
		} {
			refuse(name, shipping.ErrEmpty, func(tx *db.Tx) (shipping.Shipment, error) {
				d := draft("")
				spoil(&d)
				return shipping.Prepare(tx, d)
			})
		}
		hand := func(id shipping.ShipmentID) func(*db.Tx) (shipping.Shipment, error) {
			return func(tx *db.Tx) (shipping.Shipment, error) { return shipping.HandOver(tx, id) }
		}
		cancel := func(id shipping.ShipmentID) func(*db.Tx) (shipping.Shipment, error) {
			return func(tx *db.Tx) (shipping.Shipment, error) { return shipping.Cancel(tx, id, "changed his mind") }
		}
		refuse("unknown", shipping.ErrUnknown, hand("shp_none"))
		var loose shipping.Shipment
		s.Moment(t, func(tx *db.Tx) (err error) { loose, err = shipping.Prepare(tx, draft("builtin")); return err })
		refuse("not booked", shipping.ErrUnbooked, hand(loose.ID))
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error { _, err := cancel(loose.ID)(tx); return err })
		}
		refuse("cancelled", shipping.ErrCancelled, hand(loose.ID))
		refuse("book what is cancelled", shipping.ErrCancelled, func(tx *db.Tx) (shipping.Shipment, error) {
			return shipping.Book(tx, loose.ID, booking)
		})
		own := prepare(t, s, "") // The shop's own courier needs no booking.
		s.Moment(t, func(tx *db.Tx) error { _, err := hand(own.ID)(tx); return err })
		refuse("it has left", shipping.ErrGone, cancel(own.ID))
		if got := said(t, s); got != "cancelled shipped tracking_moved" {
			t.Errorf("facts: %s", got)
		}
	})
}

// TestNoteOrder tells the same events in many orders, some twice: the end is the same, and each thing is said once.
func TestNoteOrder(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		start := s.Clock.Now()
		var all []shipping.Event
		for n, state := range []shipping.State{
			shipping.StateHandedOver, shipping.StateOnTheWay, shipping.StateFailed, shipping.StateOnTheWay, shipping.StateReturned,
		} {
			all = append(all, shipping.Event{ID: string(rune('a' + n)), State: state, At: start.Add(time.Duration(n) * time.Hour)})
		}
		for seed := range uint64(20) {
			dice := rand.New(rand.NewPCG(seed, 1))
			var own shipping.Shipment
			s.Moment(t, func(tx *db.Tx) (err error) { own, err = shipping.Prepare(tx, draft("")); return err })
			for _, at := range append(dice.Perm(len(all)), dice.Perm(len(all))...) {
				s.Moment(t, func(tx *db.Tx) error { _, err := shipping.Note(tx, own.ID, all[at:at+1]); return err })
			}
			s.Look(t, func(tx *db.Tx) error {
				got, err := shipping.Get(tx, own.ID)
				if got.State != shipping.StateReturned || len(got.Events) != len(all) {
					t.Errorf("seed %d: %s after %d events", seed, got.State, len(got.Events))
				}
				return err
			})
		}
		names := said(t, s)
		if shipped, back := strings.Count(names, "shipped"), strings.Count(names, "came_back"); shipped != 20 || back != 20 {
			t.Errorf("%d times shipped, %d times back", shipped, back)
		}
	})
}
