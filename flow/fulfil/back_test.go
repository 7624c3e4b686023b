package fulfil_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/core/order"
	"sauda/core/shipping"
	"sauda/core/shipping/carriersim"
	"sauda/flow/flowtest"
	"sauda/gear/bus"
	"sauda/gear/db"
)

// TestCameBack has the first of two parcels come back, as its carrier says: its units lie in the warehouse that they left
// and nowhere else, promised to the order, and are packed there again.
func TestCameBack(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		o, id := h.ordered(t, "mth_parcel", "tok_ok", w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Lamp)
		lamp := o.Lines[0].Line
		near := h.pack(t, o.ID, order.Part{Line: lamp, Quantity: measure.Of(3)})[0]
		w.Roads.Next(carriersim.Fault{Kind: carriersim.ComeBack})
		far := h.pack(t, o.ID)[0]
		if near.Warehouse != string(w.Near) || far.Warehouse != string(w.Far) {
			t.Fatalf("packed in %s and %s", near.Warehouse, far.Warehouse)
		}
		h.handOver(t, near.ID)
		h.handOver(t, far.ID)
		w.Clock.Advance(48 * time.Hour)
		if err := h.bench.AskCarriers(context.Background(), w.Store.Store); err != nil {
			t.Fatal(err)
		}
		h.Settle(t)
		if o := w.Order(t, id); o.State != order.StateUndelivered || o.Lines[0].Delivered != measure.Of(3) || o.Lines[0].Undelivered != measure.Of(2) {
			t.Errorf("the order is %s: %+v", o.State, o.Lines[0].Counts)
		}
		lies(t, w, "near", w.Lamp, 0, 0)
		lies(t, w, "far", w.Lamp, 2, 2)

		again := h.pack(t, o.ID)
		if len(again) != 1 || again[0].Warehouse != string(w.Far) {
			t.Fatalf("sent again: %+v", again)
		}
		h.handOver(t, again[0].ID)
		lies(t, w, "far", w.Lamp, 0, 0)
		h.tell(t, again[0], shipping.Event{ID: "x", State: shipping.StateDelivered, At: w.Clock.Now()})
		h.Settle(t)
		if o := w.Order(t, id); o.State != order.StateDelivered || len(w.Claims(t, id)) != 0 {
			t.Errorf("the order is %s, claims %v", o.State, w.Claims(t, id))
		}
		w.Sound(t)
	})
}

// TestFirstCameBack is the same with the parcel of the warehouse that stands first: what is packed again is taken from
// there, and not from the one that has nothing left.
func TestFirstCameBack(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		o, _ := h.ordered(t, "mth_parcel", "tok_ok", w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Lamp)
		for _, s := range h.pack(t, o.ID) {
			h.handOver(t, s.ID)
			if s.Warehouse == string(w.Near) {
				h.back(t, s.ID)
			}
		}
		lies(t, w, "near", w.Lamp, 3, 3)
		lies(t, w, "far", w.Lamp, 0, 0)
		part := h.pack(t, o.ID, order.Part{Line: o.Lines[0].Line, Quantity: measure.Of(1)})
		rest := h.pack(t, o.ID)
		if len(part) != 1 || len(rest) != 1 || part[0].Warehouse != string(w.Near) || rest[0].Warehouse != string(w.Near) {
			t.Fatalf("sent again: %+v and %+v", part, rest)
		}
		h.handOver(t, part[0].ID)
		h.handOver(t, rest[0].ID)
		lies(t, w, "near", w.Lamp, 0, 0)
		w.Sound(t)
	})
}

// TestTellings has a carrier tell what it tells late, twice or in the wrong order. Whatever is believed first, the order,
// its shipment and the stock agree in the end.
func TestTellings(t *testing.T) {
	const left, back, there = shipping.StateOnTheWay, shipping.StateReturned, shipping.StateDelivered
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		for _, c := range []struct {
			told    []shipping.State // Told in this order, each an hour after the one before.
			unknown bool             // The shop has not handed the parcel over.
			want    order.State
			onHand  int64 // By how much the kettles on hand have changed, and how many more are promised.
			waits   int64
		}{
			{told: []shipping.State{left, back}, want: order.StateUndelivered, waits: 1},
			{told: []shipping.State{back, back}, want: order.StateUndelivered, waits: 1},
			{told: []shipping.State{back, left}, want: order.StateUndelivered, waits: 1},
			{told: []shipping.State{back}, unknown: true, want: order.StateUndelivered, waits: 1},
			{told: []shipping.State{there, back}, want: order.StateDelivered, onHand: -1},
			{told: []shipping.State{there}, unknown: true, want: order.StateDelivered, onHand: -1},
			{told: []shipping.State{back, there}, want: order.StateDelivered, onHand: -1},
			{told: []shipping.State{back, there, there, back}, want: order.StateDelivered, onHand: -1},
			{told: []shipping.State{back, there}, unknown: true, want: order.StateDelivered, onHand: -1},
		} {
			for _, eager := range []bool{true, false} { // The house follows each telling at once, or all of them afterwards.
				hand, promised := w.Stock(t, w.Near, w.Kettle)
				o, id := h.ordered(t, "mth_parcel", "tok_ok", w.Kettle)
				s := h.pack(t, o.ID)[0]
				if !c.unknown {
					h.handOver(t, s.ID)
				}
				for n, state := range c.told {
					w.Clock.Advance(time.Hour)
					h.tell(t, s, shipping.Event{ID: fmt.Sprint(n), State: state, At: w.Clock.Now()})
					if eager {
						h.Settle(t)
					}
				}
				h.Settle(t)
				if o := w.Order(t, id); o.State != c.want {
					t.Errorf("%v: the order is %s, want %s", c.told, o.State, c.want)
				}
				now, taken := w.Stock(t, w.Near, w.Kettle)
				if now != hand+measure.Of(c.onHand) || taken != promised+measure.Of(c.waits) {
					t.Errorf("%v: %s on hand and %s promised, before %s and %s", c.told, now, taken, hand, promised)
				}
			}
		}
		w.Sound(t)
	})
}

// TestArrivedAfterADecision: what came back was sent again, and then the carrier says that the first parcel arrived. The
// order stays as it is, and the reaction is given up with the reason, for people to find out where the goods are.
func TestArrivedAfterADecision(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		o, id := h.ordered(t, "mth_parcel", "", w.Kettle)
		s := h.pack(t, o.ID)[0]
		h.handOver(t, s.ID)
		h.back(t, s.ID)
		again := h.pack(t, o.ID)[0]
		h.handOver(t, again.ID)
		h.tell(t, s, shipping.Event{ID: "late", State: shipping.StateDelivered, At: w.Clock.Now()})
		h.Rest(t, w)
		h.Rest(t, w)
		if o := w.Order(t, id); o.State != order.StateShipped {
			t.Errorf("the order is %s", o.State)
		}
		lies(t, w, "near", w.Kettle, 999, 0)
		w.Look(t, func(tx *db.Tx) error {
			parked, err := bus.Parked(tx, bus.Page{Limit: 10})
			if len(parked) != 1 || !strings.Contains(parked[0].Error, "fulfil.decided") {
				t.Errorf("given up: %+v", parked)
			}
			return err
		})
	})
}
