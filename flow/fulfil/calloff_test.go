package fulfil_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/shipping"
	"sauda/core/shipping/carriersim"
	"sauda/flow/flowtest"
	"sauda/flow/fulfil"
	"sauda/flow/takeback"
	"sauda/gear/bus"
	"sauda/gear/db"
)

// whole is a house that also gives back what is cancelled, as the reactions of app do.
func whole(w *flowtest.World, life *flowtest.Life) house {
	h := house{life, w, fulfil.New(life.Teller, w.Carrier)}
	desk := takeback.New(life.Teller, w.Cards)
	life.React(w,
		bus.On("shipped", h.bench.Left), bus.On("delivered", h.bench.Delivered), bus.On("came back", h.bench.CameBack),
		bus.On("cancelled", func(tx *db.Tx, e order.Cancelled) error {
			return errors.Join(desk.Cancelled(tx, e), h.bench.Cancelled(tx, e))
		}),
		bus.On("lines cancelled", func(tx *db.Tx, e order.LinesCancelled) error {
			return errors.Join(desk.LinesCancelled(tx, e), h.bench.LinesCancelled(tx, e))
		}),
	)
	return h
}

func (h house) callOff(t *testing.T, id shipping.ShipmentID) {
	t.Helper()
	h.w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) error { _, err := h.bench.CallOff(tx, id, "the wrong box"); return err })
	h.Settle(t)
}

// rebook has a refused shipment booked again, and gives the error.
func (h house) rebook(who db.Who, id shipping.ShipmentID, method shipping.MethodID) error {
	return h.w.As(who).Try(func(tx *db.Tx) error { _, err := h.bench.Rebook(tx, id, method); return err })
}

func (h house) cancel(t *testing.T, id order.ID, parts ...order.Part) {
	t.Helper()
	h.w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) (err error) {
		if len(parts) == 0 {
			_, err = order.Cancel(tx, id, "not wanted")
		} else {
			_, err = order.CancelLines(tx, id, parts, "not wanted")
		}
		return err
	})
	h.Settle(t)
}

// stands holds the states of shipments.
func (h house) stands(t *testing.T, want shipping.State, ids ...shipping.ShipmentID) {
	t.Helper()
	for _, id := range ids {
		if s := h.shipment(t, id); s.State != want {
			t.Errorf("the shipment is %s, want %s: %+v", s.State, want, s.Events)
		}
	}
}

// lineOf gives the line of an order that has a variant.
func lineOf(o order.Order, v catalog.VariantID) string {
	at := slices.IndexFunc(o.Lines, func(l order.Line) bool { return l.Variant == v })
	return o.Lines[at].Line
}

// soon lets less than an hour pass, in which the carrier collects nothing, and does what becomes due.
func (h house) soon(t *testing.T) {
	t.Helper()
	for range 5 {
		h.w.Clock.Advance(11 * time.Minute)
		h.Settle(t)
	}
}

// waitsFor counts the bookings that a carrier would come for.
func waitsFor(t *testing.T, w *flowtest.World) (n int) {
	t.Helper()
	w.Clock.Advance(10 * time.Hour)
	for ref := 1; ; ref++ {
		events, err := w.Carrier.Track(t.Context(), fmt.Sprintf("CN%08d", ref))
		if errors.Is(err, shipping.ErrUnknownRef) {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(events) > 0 {
			n++
		}
	}
}

const books = "/v1/consignments" // books is where a carrier is asked to book.

func cancels(ref string) string { return books + "/" + ref + "/cancellation" }

// TestCalledOff takes back a parcel that its carrier has booked, packs its lines anew, and hands them over.
func TestCalledOff(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := whole(w, w.Alive())
		o, id := h.ordered(t, "mth_parcel", "", w.Kettle, w.Kettle)
		s := h.pack(t, o.ID)[0]
		for who, want := range map[*db.Who]error{&flowtest.Guest: order.ErrDenied, {Kind: db.KindStaff, Seller: "sel_two", Scopes: []string{"*"}}: order.ErrUnknown} {
			if err := w.As(*who).Try(func(tx *db.Tx) error { _, err := h.bench.CallOff(tx, s.ID, ""); return err }); !errors.Is(err, want) {
				t.Errorf("%s calls it off: %v, want %v", who.Kind, err, want)
			}
		}
		h.callOff(t, s.ID)
		h.callOff(t, s.ID) // Said twice.
		h.stands(t, shipping.StateCancelled, s.ID)
		if o := w.Order(t, id); o.State != order.StatePlaced || o.Lines[0].Packed != 0 {
			t.Errorf("the order is %s: %+v", o.State, o.Lines[0].Counts)
		}
		lies(t, w, "near", w.Kettle, 1000, 2)
		if err := w.As(flowtest.Staff).Try(func(tx *db.Tx) error { _, err := h.bench.HandOver(tx, s.ID); return err }); !errors.Is(err, shipping.ErrCancelled) {
			t.Errorf("it is handed over: %v", err)
		}
		again := h.pack(t, o.ID)
		if len(again) != 1 || again[0].Collect != s.Collect || again[0].Collect != o.Total() {
			t.Fatalf("packed again: %+v", again)
		}
		h.handOver(t, again[0].ID)
		if err := w.As(flowtest.Staff).Try(func(tx *db.Tx) error { _, err := h.bench.CallOff(tx, again[0].ID, ""); return err }); !errors.Is(err, shipping.ErrGone) {
			t.Errorf("called off after it left: %v", err)
		}
		if n := waitsFor(t, w); n != 1 {
			t.Errorf("the carrier comes for %d parcels", n)
		}
		w.Sound(t)
	})
}

// TestCallOffMeetsTheWorld has the carrier fail in each way when it is asked to take a booking back.
func TestCallOffMeetsTheWorld(t *testing.T) {
	for name, c := range map[string]struct {
		fault carriersim.Fault
		late  bool // The carrier has collected the parcel already, and has not said so.
		want  shipping.State
		order order.State
		note  string
	}{
		"the answer is lost":     {fault: carriersim.Fault{Kind: carriersim.LoseAnswer}, want: shipping.StateCancelled, order: order.StatePlaced},
		"nobody is there":        {fault: carriersim.Fault{Kind: carriersim.Unavailable}, want: shipping.StateCancelled, order: order.StatePlaced},
		"it takes too long":      {fault: carriersim.Fault{Kind: carriersim.Slow, Wait: time.Minute}, want: shipping.StateCancelled, order: order.StatePlaced},
		"it refuses":             {fault: carriersim.Fault{Kind: carriersim.Refuse}, want: shipping.StateCancelled, order: order.StatePlaced, note: "does not go there"},
		"it has it":              {late: true, want: shipping.StateHandedOver, order: order.StateShipped, note: "under way"},
		"it has it, and mumbles": {fault: carriersim.Fault{Kind: carriersim.LoseAnswer}, late: true, want: shipping.StateHandedOver, order: order.StateShipped, note: "under way"},
	} {
		t.Run(name, func(t *testing.T) {
			flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
				h := whole(w, w.Alive())
				o, id := h.ordered(t, "mth_parcel", "tok_ok", w.Kettle)
				s := h.shipment(t, h.pack(t, o.ID)[0].ID)
				if c.late {
					w.Clock.Advance(time.Hour)
				}
				if c.fault.Kind != "" {
					c.fault.Path = cancels(s.Booking)
					w.Roads.Next(c.fault)
				}
				w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) error { _, err := h.bench.CallOff(tx, s.ID, ""); return err })
				if err := w.As(flowtest.Staff).Try(func(tx *db.Tx) error { _, err := h.bench.HandOver(tx, s.ID); return err }); err == nil && !c.late {
					t.Error("what is called off can be handed over")
				}
				h.Settle(t)
				h.soon(t)
				h.stands(t, c.want, s.ID)
				last := h.shipment(t, s.ID).Events
				if note := last[len(last)-1].Note; !strings.Contains(note, c.note) {
					t.Errorf("it says %q", note)
				}
				if o := w.Order(t, id); o.State != c.order {
					t.Errorf("the order is %s", o.State)
				}
				w.Sound(t)
			})
		})
	}
}

// TestCallOffKilledAtEachPoint ends the process at each point of the booking and of taking it back, while answers are lost:
// in the end the shipment is cancelled, its lines are packed once more, and the carrier waits for nothing.
func TestCallOffKilledAtEachPoint(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		for n := 1; ; n++ {
			quiet := func(string) {}
			first := whole(w, w.Doomed(n, quiet))
			o, id := first.ordered(t, "mth_parcel", "tok_ok", w.Kettle)
			for range n % 3 {
				w.Roads.Next(carriersim.Fault{Kind: carriersim.LoseAnswer, Path: books})
			}
			s := first.pack(t, o.ID)[0]
			if ref := first.shipment(t, s.ID).Booking; ref != "" && n%2 == 0 {
				w.Roads.Next(carriersim.Fault{Kind: carriersim.LoseAnswer, Path: cancels(ref)})
			}
			first.callOff(t, s.ID)
			w.Clock.Advance(time.Minute)
			whole(w, w.Doomed(1+n%4, quiet)).Settle(t)
			last := whole(w, w.Alive())
			last.soon(t)
			last.stands(t, shipping.StateCancelled, s.ID)
			if o := w.Order(t, id); o.State != order.StatePlaced || o.Lines[0].Packed != 0 {
				t.Errorf("the order is %s: %+v", o.State, o.Lines[0].Counts)
			}
			if n := waitsFor(t, w); n != 0 {
				t.Errorf("the carrier waits for %d parcels", n)
			}
			w.Sound(t)
			if t.Failed() {
				t.Fatalf("killed at point %d, %s", n, first.Died())
			}
			if first.Died() == "" {
				if n < 10 {
					t.Errorf("only %d points", n)
				}
				return
			}
		}
	})
}

// TestCalledOffUnbooked calls a shipment off whose carrier has not answered: its lines are free at once, and the booking
// that the carrier made nevertheless is taken back when it is heard of.
func TestCalledOffUnbooked(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := whole(w, w.Alive())
		o, id := h.ordered(t, "mth_parcel", "tok_ok", w.Kettle)
		w.Roads.Next(carriersim.Fault{Kind: carriersim.LoseAnswer, Path: books})
		s := h.pack(t, o.ID)[0]
		h.stands(t, shipping.StatePrepared, s.ID)
		if err := h.rebook(flowtest.Staff, s.ID, ""); !errors.Is(err, fulfil.ErrWaits) {
			t.Errorf("booked again while it is being booked: %v", err)
		}
		h.callOff(t, s.ID)
		h.stands(t, shipping.StateCancelled, s.ID)
		if o := w.Order(t, id); o.State != order.StatePlaced {
			t.Errorf("the order is %s", o.State)
		}
		h.soon(t)
		if n := waitsFor(t, w); n != 0 {
			t.Errorf("the carrier waits for %d parcels", n)
		}
		w.Sound(t)
	})
}

// TestRefusedBooking shows why a carrier refuses a parcel, and books it again: with the same carrier, and with another
// delivery of the shop.
func TestRefusedBooking(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := whole(w, w.Alive())
		o, id := h.ordered(t, "mth_parcel", "", w.Kettle)
		refuse := carriersim.Fault{Kind: carriersim.Refuse, Path: books}
		w.Roads.Next(refuse, refuse)
		s := h.pack(t, o.ID)[0]
		h.stands(t, shipping.StateRefused, s.ID)
		if why := h.shipment(t, s.ID).Refusal(); !strings.Contains(why, "does not go there") {
			t.Errorf("the reason is %q", why)
		}
		hand := func(tx *db.Tx) error { _, err := h.bench.HandOver(tx, s.ID); return err }
		if err := w.As(flowtest.Staff).Try(hand); !errors.Is(err, fulfil.ErrRefused) {
			t.Errorf("handed over: %v", err)
		}
		for method, want := range map[shipping.MethodID]error{"mth_pickup": shipping.ErrNotOffered, "mth_post": shipping.ErrNotOffered, "none": shipping.ErrNotOffered} {
			if err := h.rebook(flowtest.Staff, s.ID, method); !errors.Is(err, want) {
				t.Errorf("by %s: %v, want %v", method, err, want)
			}
		}
		if err := h.rebook(flowtest.Guest, s.ID, ""); !errors.Is(err, order.ErrDenied) {
			t.Errorf("a guest books again: %v", err)
		}
		if err := h.rebook(flowtest.Staff, s.ID, ""); err != nil { // Refused once more.
			t.Fatal(err)
		}
		h.Settle(t)
		h.stands(t, shipping.StateRefused, s.ID)
		if err := h.rebook(flowtest.Staff, s.ID, ""); err != nil {
			t.Fatal(err)
		}
		if err := h.rebook(flowtest.Staff, s.ID, ""); err == nil {
			t.Error("booked again while it is being booked")
		}
		h.Settle(t)
		h.stands(t, shipping.StateBooked, s.ID)
		if err := h.rebook(flowtest.Staff, s.ID, ""); !errors.Is(err, fulfil.ErrNotRefused) {
			t.Errorf("booked again though it is booked: %v", err)
		}

		w.Roads.Next(refuse)
		h.callOff(t, s.ID)
		s = h.pack(t, o.ID)[0]
		var ways []shipping.Option
		w.As(flowtest.Staff).Look(t, func(tx *db.Tx) (err error) { ways, err = h.bench.Ways(tx, s.ID); return err })
		if len(ways) != 1 || ways[0].Method != "mth_courier" {
			t.Fatalf("other ways: %+v", ways)
		}
		if err := h.rebook(flowtest.Staff, s.ID, "mth_courier"); err != nil {
			t.Fatal(err)
		}
		h.handOver(t, s.ID)
		w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) error { _, err := h.bench.Arrived(tx, s.ID); return err })
		h.Settle(t)
		if o := w.Order(t, id); o.State != order.StateDelivered {
			t.Errorf("the order is %s", o.State)
		}
		w.Stands(t, map[ledger.Account]int64{"transit/sel_own": o.Total().Minor, ledger.Buyer(string(o.ID)): 0})
		w.Sound(t)
	})
}

// TestCancelledWhilePacked cancels the whole order, in each state in which its parcel has not left.
func TestCancelledWhilePacked(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := whole(w, w.Alive())
		for _, c := range []struct {
			delivery string
			refused  bool
		}{{"mth_parcel", false}, {"mth_parcel", true}, {"mth_courier", false}} {
			for _, token := range []string{"", "tok_ok"} {
				o, id := h.ordered(t, c.delivery, token, w.Kettle)
				if c.refused {
					w.Roads.Next(carriersim.Fault{Kind: carriersim.Refuse, Path: books})
				}
				s := h.pack(t, o.ID)[0]
				h.cancel(t, o.ID)
				h.stands(t, shipping.StateCancelled, s.ID)
				if o := w.Order(t, id); o.State != order.StateCancelled || len(w.Claims(t, id)) != 0 {
					t.Errorf("the order is %s, claims %v", o.State, w.Claims(t, id))
				}
			}
		}
		if n := waitsFor(t, w); n != 0 {
			t.Errorf("the carrier comes for %d parcels", n)
		}
		lies(t, w, "near", w.Kettle, 1000, 0)
		w.Sound(t)
	})
}

// TestLinesCancelledWhilePacked cancels a part of what is packed, paid at the door. A parcel of the shop's own shrinks; one
// that a carrier has booked is called off and packed anew.
func TestLinesCancelledWhilePacked(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := whole(w, w.Alive())
		o, _ := h.ordered(t, "mth_courier", "", w.Kettle, w.Kettle, w.Journal)
		s := h.pack(t, o.ID)[0]
		h.cancel(t, o.ID, order.Part{Line: lineOf(o, w.Kettle), Quantity: measure.One})
		now := h.shipment(t, s.ID)
		if now.State != shipping.StatePrepared || now.Collect.Minor != s.Collect.Minor-flowtest.KettlePrice || now.Parcels[0].Mass != 1500 {
			t.Errorf("it is %s, collects %s and weighs %d", now.State, now.Collect, now.Parcels[0].Mass)
		}
		h.handOver(t, s.ID)
		w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) error { _, err := h.bench.Arrived(tx, s.ID); return err })
		h.Settle(t)
		w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(o.ID)): 0})
		lies(t, w, "near", w.Kettle, 999, 0)

		var id cart.ID
		o, id = h.ordered(t, "mth_parcel", "", w.Kettle, w.Kettle, w.Kettle)
		s = h.pack(t, o.ID)[0]
		h.cancel(t, o.ID, order.Part{Line: o.Lines[0].Line, Quantity: measure.One})
		h.stands(t, shipping.StateCancelled, s.ID)
		if o := w.Order(t, id); o.State != order.StatePlaced || o.Lines[0].Packed != 0 {
			t.Errorf("the order is %s: %+v", o.State, o.Lines[0].Counts)
		}
		again := h.pack(t, o.ID)[0]
		if again.Collect.Minor != o.Total().Minor-flowtest.KettlePrice {
			t.Errorf("it collects %s of %s", again.Collect, o.Total())
		}
		w.Sound(t)
	})
}

// TestCancelledInTwoWarehouses cancels what lies in two parcels: a cancellation gives back what was held last, so the far
// parcel shrinks first, also when the near one is not packed; and the door is asked for what is owed.
func TestCancelledInTwoWarehouses(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := whole(w, w.Alive())
		o, id := h.ordered(t, "mth_parcel", "", w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Lamp)
		lamp := o.Lines[0].Line
		packed := h.pack(t, o.ID)
		near, far := packed[0], packed[1]
		h.callOff(t, near.ID)
		h.cancel(t, o.ID, order.Part{Line: lamp, Quantity: measure.Of(2)})
		h.stands(t, shipping.StateCancelled, near.ID, far.ID)
		if l := w.Order(t, id).Lines[0]; l.Packed != 0 || l.Live() != measure.Of(3) {
			t.Errorf("counts %+v", l.Counts)
		}
		lies(t, w, "near", w.Lamp, 3, 3)
		lies(t, w, "far", w.Lamp, 2, 0)
		again := h.pack(t, o.ID)
		want := o.Total().Minor - o.Lines[0].Worth(0, measure.Of(2)).Total.Minor
		if len(again) != 1 || again[0].Warehouse != string(w.Near) || again[0].Collect.Minor != want {
			t.Fatalf("packed again: %+v, want %d", again, want)
		}
		h.handOver(t, again[0].ID)
		h.tell(t, again[0], shipping.Event{ID: "1", State: shipping.StateDelivered, At: w.Clock.Now()})
		h.Settle(t)
		w.Stands(t, map[ledger.Account]int64{ledger.Buyer(string(o.ID)): 0})
		w.Sound(t)
	})
}

// TestTheRestIsCollected cancels the parcel that was to collect the delivery: the other one is packed anew, and collects it.
func TestTheRestIsCollected(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := whole(w, w.Alive())
		o, id := h.ordered(t, "mth_parcel", "", w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Lamp)
		packed := h.pack(t, o.ID)
		h.cancel(t, o.ID, order.Part{Line: o.Lines[0].Line, Quantity: measure.Of(2)})
		h.Settle(t)
		h.stands(t, shipping.StateCancelled, packed[0].ID, packed[1].ID)
		again := h.pack(t, o.ID)
		var owed int64
		for _, s := range again {
			owed += s.Collect.Minor
		}
		now := w.Order(t, id)
		if want := o.Total().Minor - o.Lines[0].Worth(0, measure.Of(2)).Total.Minor; len(again) != 1 || owed != want {
			t.Errorf("%d parcels collect %d, want %d of %s", len(again), owed, want, now.Total())
		}
		w.Sound(t)
	})
}

// TestCancelledTooLate cancels an order whose parcel the carrier has collected without a word: people have to get it back.
func TestCancelledTooLate(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := whole(w, w.Alive())
		o, id := h.ordered(t, "mth_parcel", "", w.Kettle)
		s := h.pack(t, o.ID)[0]
		w.Clock.Advance(time.Hour)
		h.cancel(t, o.ID)
		h.Rest(t, w)
		h.Rest(t, w)
		h.stands(t, shipping.StateHandedOver, s.ID)
		if o := w.Order(t, id); o.State != order.StateCancelled {
			t.Errorf("the order is %s", o.State)
		}
		w.Look(t, func(tx *db.Tx) error {
			parked, err := bus.Parked(tx, bus.Page{Limit: 10})
			if len(parked) != 1 || !strings.Contains(parked[0].Error, "fulfil.unwanted") {
				t.Errorf("given up: %+v", parked)
			}
			return err
		})
	})
}
