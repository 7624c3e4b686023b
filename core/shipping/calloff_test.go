package shipping_test

import (
	"errors"
	"testing"

	"sauda/base/measure"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// TestRefusedAndRerouted has a carrier refuse a shipment twice within one instant: what was said last counts, and another
// route needs no booking.
func TestRefusedAndRerouted(t *testing.T) {
	dbtest.Each(t, []db.Schema{shipping.Schema}, func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error {
			made, err := shipping.Prepare(tx, draft("builtin"))
			for why, next := range map[string]string{"no street": "other", "too heavy": "another"} {
				if err != nil {
					return err
				}
				if made, err = shipping.Refuse(tx, made.ID, why); err != nil {
					return err
				}
				if waiting, err := shipping.RefusedOf(tx, made.Seller); err != nil || len(waiting) != 1 || waiting[0].ID != made.ID || waiting[0].Refusal() != why {
					t.Errorf("%v wait, %v", waiting, err)
				}
				if others, err := shipping.RefusedOf(tx, "sel_other"); err != nil || len(others) != 0 {
					t.Errorf("another seller has %v, %v", others, err)
				}
				if made.State != shipping.StateRefused || made.Refusal() != why || !made.Adjustable() {
					t.Errorf("it is %s because of %q", made.State, made.Refusal())
				}
				if _, err := shipping.HandOver(tx, made.ID); !errors.Is(err, shipping.ErrUnbooked) {
					t.Errorf("it leaves: %v", err)
				}
				made, err = shipping.Reroute(tx, made.ID, shipping.Route{Method: "mth_parcel", Carrier: next})
			}
			if err == nil {
				made, err = shipping.Reroute(tx, made.ID, shipping.Route{Method: "mth_courier"})
			}
			if err != nil || made.State != shipping.StatePrepared || made.Carrier != "" || made.Attempts() != 3 || made.Refusal() != "" {
				t.Errorf("rerouted: %+v, %v", made, err)
			}
			if waiting, err := shipping.RefusedOf(tx, made.Seller); err != nil || len(waiting) != 0 {
				t.Errorf("%v wait, %v", waiting, err)
			}
			if made, err = shipping.HandOver(tx, made.ID); err != nil || made.State != shipping.StateHandedOver {
				t.Errorf("it is %s, %v", made.State, err)
			}
			if _, err := shipping.Reroute(tx, made.ID, shipping.Route{Method: "mth_parcel"}); !errors.Is(err, shipping.ErrGone) {
				t.Errorf("rerouted on its way: %v", err)
			}
			return err
		})
		if got := said(t, s); got == "" {
			t.Error("no fact was stated")
		}
	})
}

// TestCallingOff asks for a booking back: the carrier takes it back, or has the parcel.
func TestCallingOff(t *testing.T) {
	dbtest.Each(t, []db.Schema{shipping.Schema}, func(t *testing.T, s *dbtest.Store) {
		off, own := prepare(t, s, "builtin"), prepare(t, s, "")
		s.Moment(t, func(tx *db.Tx) error {
			if _, err := shipping.CallOff(tx, own.ID, ""); !errors.Is(err, shipping.ErrUnbooked) {
				t.Errorf("what no carrier knows is called off: %v", err)
			}
			if kept, err := shipping.Keep(tx, off.ID, "we have it"); err != nil || kept.State != shipping.StateBooked {
				t.Errorf("kept though nobody called it off: %s, %v", kept.State, err)
			}
			for range 2 {
				got, err := shipping.CallOff(tx, off.ID, "torn")
				if err != nil || got.State != shipping.StateCallingOff || len(got.Events) != 2 {
					t.Errorf("called off: %+v, %v", got, err)
				}
			}
			for name, err := range map[string]error{"handed over": second(shipping.HandOver(tx, off.ID)), "booked": second(shipping.Book(tx, off.ID, booking))} {
				if !errors.Is(err, shipping.ErrCallingOff) {
					t.Errorf("%s while it is called off: %v", name, err)
				}
			}
			got, err := shipping.Keep(tx, off.ID, "we have it")
			if err != nil || got.State != shipping.StateHandedOver {
				t.Errorf("kept: %s, %v", got.State, err)
			}
			if _, err := shipping.CallOff(tx, off.ID, ""); !errors.Is(err, shipping.ErrGone) {
				t.Errorf("called off on its way: %v", err)
			}
			return nil
		})
	})
}

func second(_ shipping.Shipment, err error) error { return err }

// TestTakeOut takes goods out from the last parcel on, and asks the door for less.
func TestTakeOut(t *testing.T) {
	dbtest.Each(t, []db.Schema{shipping.Schema}, func(t *testing.T, s *dbtest.Store) {
		own, booked := prepare(t, s, ""), prepare(t, s, "builtin")
		s.Moment(t, func(tx *db.Tx) error {
			out := []shipping.TakenOut{{Content: shipping.Content{Line: "l2", Quantity: measure.Of(3)}, Mass: 500}}
			if _, err := shipping.TakeOut(tx, own.ID, out); err != nil {
				return err
			}
			_, err := shipping.Collect(tx, own.ID, tenge(1_000))
			if _, err := shipping.Collect(tx, booked.ID, tenge(1_000)); !errors.Is(err, shipping.ErrGone) {
				t.Errorf("another sum after the carrier was told: %v", err)
			}
			return err
		})
		s.Look(t, func(tx *db.Tx) error {
			got, err := shipping.Get(tx, own.ID)
			if len(got.Parcels[0].Contents) != 1 || len(got.Parcels[1].Contents) != 0 || got.Parcels[1].Mass != 300 || got.Collect != tenge(1_000) {
				t.Errorf("left: %+v, collects %s", got.Parcels, got.Collect)
			}
			all, next, err2 := shipping.Unfinished(tx, "", 10)
			if len(all) != 2 || next != "" || len(all[0].Parcels) != 2 || all[0].State == all[1].State {
				t.Errorf("unfinished: %+v, %q", all, next)
			}
			return errors.Join(err, err2)
		})
	})
}
