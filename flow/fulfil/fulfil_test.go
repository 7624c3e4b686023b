package fulfil_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/shipping"
	"sauda/core/shipping/carriersim"
	"sauda/flow/checkout"
	"sauda/flow/flowtest"
	"sauda/flow/fulfil"
	"sauda/gear/bus"
	"sauda/gear/db"
)

// house is a bench in one life of the program, with what follows from its facts.
type house struct {
	*flowtest.Life
	w     *flowtest.World
	bench *fulfil.Bench
}

func open(w *flowtest.World, life *flowtest.Life) house {
	h := house{life, w, fulfil.New(life.Teller, w.Carrier)}
	life.React(w,
		bus.On("shipped", h.bench.Left), bus.On("delivered", h.bench.Delivered), bus.On("came back", h.bench.CameBack),
	)
	return h
}

// ordered orders variants; a token pays by card, and none in cash.
func (h house) ordered(t *testing.T, delivery, token string, variants ...catalog.VariantID) (order.Order, cart.ID) {
	t.Helper()
	id := h.w.Basket(t, delivery, variants...)
	buy := checkout.Purchase{Cart: id, Method: payment.Cash}
	if token != "" {
		buy.Method, buy.Token = payment.Card, token
	}
	if a, err := checkout.New(h.w.Alive().Teller, h.w.Cards).Order(t.Context(), flowtest.Guest, buy); err != nil || a.Order == "" {
		t.Fatalf("ordering: %v, %v", a, err)
	}
	return h.w.Order(t, id), id
}

// pack packs parts of an order, or all of it, and lets the carrier be booked.
func (h house) pack(t *testing.T, id order.ID, parts ...order.Part) (packed []shipping.Shipment) {
	t.Helper()
	h.w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) (err error) {
		packed, err = h.bench.Pack(tx, id, parts)
		return err
	})
	h.Settle(t)
	return packed
}

func (h house) handOver(t *testing.T, id shipping.ShipmentID) {
	t.Helper()
	h.w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) error { _, err := h.bench.HandOver(tx, id); return err })
	h.Settle(t)
}

// tell has the carrier tell something of a shipment.
func (h house) tell(t *testing.T, s shipping.Shipment, events ...shipping.Event) {
	t.Helper()
	h.w.Moment(t, func(tx *db.Tx) error { return fulfil.Told(tx, s.Carrier, h.shipment(t, s.ID).Booking, events) })
}

func (h house) shipment(t *testing.T, id shipping.ShipmentID) (s shipping.Shipment) {
	t.Helper()
	h.w.Look(t, func(tx *db.Tx) (err error) {
		s, err = shipping.Get(tx, id)
		return err
	})
	return s
}

// back has the shop say that a shipment came back.
func (h house) back(t *testing.T, id shipping.ShipmentID) {
	t.Helper()
	h.w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) error { _, err := h.bench.Back(tx, id, "nobody opened"); return err })
	h.Settle(t)
}

// lies holds what lies in a warehouse of a variant, and what of it is promised.
func lies(t *testing.T, w *flowtest.World, at string, v catalog.VariantID, onHand, promised int64) {
	t.Helper()
	where := w.Near
	if at == "far" {
		where = w.Far
	}
	if hand, taken := w.Stock(t, where, v); hand != measure.Of(onHand) || taken != measure.Of(promised) {
		t.Errorf("%s: %s on hand and %s promised, want %d and %d", at, hand, taken, onHand, promised)
	}
}

// bookings is how many consignments the carrier knows: its references count them. Asking adds one.
func bookings(t *testing.T, w *flowtest.World) (n int) {
	t.Helper()
	probe := shipping.Consignment{Shipment: "shp_probe", Kind: shipping.Parcel, To: flowtest.Home, Parcels: []shipping.Box{{ID: "01"}}}
	b, err := w.Carrier.Book(t.Context(), fmt.Sprint("probe ", w.Clock.Now()), probe)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(b.Ref, "CN%d", &n); err != nil {
		t.Fatal(err)
	}
	return n - 1
}

// TestKilledAtEachPoint ends the process at each point of a booking, and the next one once more, while the carrier's
// answers are lost: each shipment is booked once.
func TestKilledAtEachPoint(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		for n := 1; ; n++ {
			quiet := func(string) {}
			first := open(w, w.Doomed(n, quiet))
			o, _ := first.ordered(t, "mth_parcel", "tok_ok", w.Kettle)
			before := bookings(t, w) + 1
			for range n % 3 {
				w.Roads.Next(carriersim.Fault{Kind: carriersim.LoseAnswer, Path: "/v1/consignments"})
			}
			s := first.pack(t, o.ID)[0]
			open(w, w.Doomed(1+n%3, quiet)).Rest(t, w)
			last := open(w, w.Alive())
			last.Rest(t, w)
			if got := last.shipment(t, s.ID); got.Booking == "" || got.Tracking() == "" || len(got.Events) == 0 {
				t.Errorf("%s is not booked: %+v", s.ID, got)
			}
			if got := bookings(t, w); got != before+1 {
				t.Errorf("the carrier was given %d consignments", got-before)
			}
			w.Sound(t)
			if t.Failed() {
				t.Fatalf("killed at point %d, %s", n, first.Died())
			}
			if first.Died() == "" {
				if n < 6 {
					t.Errorf("only %d points", n)
				}
				return
			}
		}
	})
}

// TestCarrierFails has the carrier fail in each way before it answers: it is asked again until the shipment is booked, and
// the parcel cannot leave before. A refusal is final.
func TestCarrierFails(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		for _, fault := range []carriersim.Fault{
			{Kind: carriersim.LoseAnswer}, {Kind: carriersim.Unavailable}, {Kind: carriersim.Slow, Wait: time.Minute},
		} {
			fault.Path = "/v1/consignments"
			o, _ := h.ordered(t, "mth_parcel", "tok_ok", w.Kettle)
			before := bookings(t, w) + 1
			w.Roads.Next(fault)
			s := h.pack(t, o.ID)[0]
			hand := func(tx *db.Tx) error { _, err := h.bench.HandOver(tx, s.ID); return err }
			if err := w.As(flowtest.Staff).Try(hand); !errors.Is(err, fulfil.ErrWaits) {
				t.Errorf("%s: handed over unbooked: %v", fault.Kind, err)
			}
			h.Rest(t, w)
			if got := bookings(t, w); got != before+1 || h.shipment(t, s.ID).State != shipping.StateBooked {
				t.Errorf("%s: %d consignments, the shipment is %s", fault.Kind, got-before, h.shipment(t, s.ID).State)
			}
		}
		o, _ := h.ordered(t, "mth_parcel", "tok_ok", w.Kettle)
		before := bookings(t, w) + 1
		w.Roads.Next(carriersim.Fault{Kind: carriersim.Refuse, Path: "/v1/consignments"})
		s := h.pack(t, o.ID)[0]
		h.Rest(t, w)
		if got := bookings(t, w); got != before || h.shipment(t, s.ID).Booking != "" {
			t.Errorf("refused: %d consignments, the shipment is %+v", got-before, h.shipment(t, s.ID))
		}
		w.Sound(t)
	})
}

// TestTwoWarehouses sends a line that lies in two warehouses, and a journal that is not counted, to the door.
func TestTwoWarehouses(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		o, id := h.ordered(t, "mth_parcel", "tok_ok", w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Journal)
		lamp := o.Lines[0].Line
		if _, err := h.try(flowtest.Staff, o.ID, order.Part{Line: lamp, Quantity: measure.Of(6)}); !errors.Is(err, order.ErrTooMany) {
			t.Errorf("six of five: %v", err)
		}
		reader := flowtest.Staff
		reader.Scopes = []string{"orders.read"}
		for who, want := range map[*db.Who]error{&reader: order.ErrDenied, &flowtest.Guest: order.ErrDenied, {Kind: db.KindStaff, Seller: "sel_two", Scopes: []string{"*"}}: order.ErrUnknown} {
			if _, err := h.try(*who, o.ID); !errors.Is(err, want) {
				t.Errorf("%s packs: %v, want %v", who.Kind, err, want)
			}
		}
		packed := h.pack(t, o.ID)
		if _, err := h.try(flowtest.Staff, o.ID); !errors.Is(err, fulfil.ErrPacked) {
			t.Errorf("packed twice: %v", err)
		}
		if len(packed) != 2 || len(w.Claims(t, id)) != 2 {
			t.Fatalf("%d shipments, claims %v", len(packed), w.Claims(t, id))
		}
		for _, s := range packed {
			h.handOver(t, s.ID)
			h.handOver(t, s.ID) // Said twice.
		}
		lies(t, w, "near", w.Lamp, 0, 0)
		lies(t, w, "far", w.Lamp, 0, 0)
		w.Clock.Advance(24 * time.Hour)
		if err := h.bench.AskCarriers(context.Background(), w.Store.Store); err != nil {
			t.Error(err)
		}
		h.Settle(t)
		if o := w.Order(t, id); o.State != order.StateDelivered || len(w.Claims(t, id)) != 0 {
			t.Errorf("the order is %s, claims %v", o.State, w.Claims(t, id))
		}
		w.Sound(t)
	})
}

// try packs as somebody, and gives the error.
func (h house) try(who db.Who, id order.ID, parts ...order.Part) (packed []shipping.Shipment, err error) {
	err = h.w.As(who).Try(func(tx *db.Tx) (err error) {
		packed, err = h.bench.Pack(tx, id, parts)
		return err
	})
	return packed, err
}

// TestCash collects at the door what was ordered, in two parcels: together they collect the total, and a parcel that did
// not arrive collects nothing.
func TestCash(t *testing.T) {
	const total = 5*flowtest.LampPrice + flowtest.JournalPrice
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		o, id := h.ordered(t, "mth_parcel", "", w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Lamp, w.Journal)
		whole := o.Total().Minor
		if whole <= total {
			t.Fatalf("%d with delivery, %d without", whole, total)
		}
		packed := h.pack(t, o.ID)
		if sum := packed[0].Collect.Minor + packed[1].Collect.Minor; sum != whole {
			t.Errorf("the parcels collect %d of %d", sum, whole)
		}
		for _, s := range packed {
			h.handOver(t, s.ID)
		}
		h.tell(t, packed[0], shipping.Event{ID: "1", State: shipping.StateDelivered, At: w.Clock.Now()})
		h.back(t, packed[1].ID)
		first := packed[0].Collect.Minor
		w.Stands(t, map[ledger.Account]int64{"transit/builtin": first, ledger.Buyer(string(o.ID)): whole - first})

		again := h.pack(t, o.ID)
		if len(again) != 1 || again[0].Collect != packed[1].Collect || again[0].Warehouse != packed[1].Warehouse {
			t.Fatalf("sent again: %+v; the first time %+v", again, packed[1])
		}
		h.handOver(t, again[0].ID)
		h.tell(t, again[0], shipping.Event{ID: "1", State: shipping.StateDelivered, At: w.Clock.Now()})
		h.Settle(t)
		w.Stands(t, map[ledger.Account]int64{"transit/builtin": whole, ledger.Buyer(string(o.ID)): 0})
		if p := w.Payments(t, id)[0]; p.State() != payment.StateCaptured || p.Captured.Minor != whole {
			t.Errorf("the payment is %s of %s", p.State(), p.Captured)
		}
		w.Sound(t)
	})
}

// TestOwnCourier: the shop itself says that a parcel left, arrived or came back, in this order only.
func TestOwnCourier(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		h := open(w, w.Alive())
		o, id := h.ordered(t, "mth_courier", "", w.Kettle)
		s := h.pack(t, o.ID)[0]
		arrive := func(who db.Who, id shipping.ShipmentID) error {
			return w.As(who).Try(func(tx *db.Tx) error { _, err := h.bench.Arrived(tx, id); return err })
		}
		back := func(who db.Who, id shipping.ShipmentID) error {
			return w.As(who).Try(func(tx *db.Tx) error { _, err := h.bench.Back(tx, id, ""); return err })
		}
		for name, did := range map[string]error{"arrived": arrive(flowtest.Staff, s.ID), "came back": back(flowtest.Staff, s.ID)} {
			if !errors.Is(did, fulfil.ErrLeft) {
				t.Errorf("%s before it left: %v", name, did)
			}
		}
		h.handOver(t, s.ID)
		lies(t, w, "near", w.Kettle, 999, 0)
		if err := back(flowtest.Guest, s.ID); !errors.Is(err, order.ErrDenied) {
			t.Errorf("a guest says that it came back: %v", err)
		}
		h.back(t, s.ID)
		h.back(t, s.ID) // Said twice.
		lies(t, w, "near", w.Kettle, 1000, 1)
		if o := w.Order(t, id); o.State != order.StateUndelivered {
			t.Errorf("the order is %s", o.State)
		}
		if err := arrive(flowtest.Staff, s.ID); !errors.Is(err, fulfil.ErrBack) {
			t.Errorf("what came back arrived: %v", err)
		}
		s = h.pack(t, o.ID)[0]
		h.handOver(t, s.ID)
		for range 2 {
			if err := arrive(flowtest.Staff, s.ID); err != nil {
				t.Error(err)
			}
			h.Settle(t)
		}
		if err := back(flowtest.Staff, s.ID); !errors.Is(err, fulfil.ErrArrived) {
			t.Errorf("it came back after it arrived: %v", err)
		}
		if o := w.Order(t, id); o.State != order.StateDelivered {
			t.Errorf("the order is %s", o.State)
		}
		w.Stands(t, map[ledger.Account]int64{"transit/sel_own": flowtest.KettlePrice + flowtest.CourierPrice, ledger.Buyer(string(o.ID)): 0})
		w.Sound(t)
	})
}
