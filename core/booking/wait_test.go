package booking_test

import (
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/core/booking"
	"sauda/core/hold"
	"sauda/core/waitlist"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var waits = waitlist.KindsOf(booking.Waits{})

func family(party string) db.Who { return db.Who{Kind: db.KindBuyer, ID: "usr_" + party, Party: party} }

func await(s *dbtest.Store, d booking.Draft) (w waitlist.Wait, err error) {
	err = s.Try(func(tx *db.Tx) error { w, err = booking.Await(tx, d, "guest@example.kz", "kk"); return err })
	s.Clock.Advance(time.Millisecond)
	return w, err
}

func served(t *testing.T, s *dbtest.Store, line booking.PlanID) (n int) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) { n, err = waits.Serve(tx, string(line)); return err })
	return n
}

// TestASeatIsWaitedFor: who waits for a full departure is offered the seat that comes free; he has it until his offer is over,
// nobody else does, and buys it without the basket holding it a second time.
func TestASeatIsWaitedFor(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		p, deps := tour(t, s, 2, "Asia/Almaty", day("2026-06-10"))
		seat := booking.Draft{Plan: p.ID, Departure: deps[0].ID, Adults: 1}
		if _, err := await(s.As(family("ann")), seat); fault.Of(err) != waitlist.ErrFree {
			t.Fatalf("it is free: %v", err)
		}
		first, err := buy(s, seat, "one")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := buy(s, seat, "two"); err != nil {
			t.Fatal(err)
		}
		w, err := await(s.As(family("ann")), seat)
		if err != nil || w.Places != 1 || !w.Closes.Equal(deps[0].Starts) {
			t.Fatalf("%v: %+v", err, w)
		}
		choose := func(who string) (b booking.Booking, err error) {
			err = s.As(family(who)).Try(func(tx *db.Tx) error { b, err = booking.ChooseOffered(tx, w.ID); return err })
			return b, err
		}
		if _, err := choose("ann"); fault.Of(err) != waitlist.ErrNone {
			t.Errorf("nothing is offered: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error { _, _, err := booking.Cancel(tx, first.ID); return err })
		if n := served(t, s, p.ID); n != 1 {
			t.Fatalf("%d offers", n)
		}
		if _, err := buy(s, seat, "three"); fault.Of(err) != hold.ErrSoldOut {
			t.Errorf("a passer-by: %v", err)
		}
		if _, err := choose("bob"); fault.Of(err) != waitlist.ErrUnknown {
			t.Errorf("another: %v", err)
		}
		b, err := choose("ann")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := choose("ann"); err != nil || again.ID != b.ID {
			t.Errorf("again: %v, %s", err, again.ID)
		}
		s.As(family("ann")).Moment(t, func(tx *db.Tx) error {
			all, err := booking.ChosenOf(tx, []booking.ID{b.ID})
			if c := all[b.ID]; err != nil || len(c.Wants) != 0 || !c.Until.Equal(tx.Now().Add(waitlist.OfferTime)) && c.Until.Before(tx.Now()) {
				t.Errorf("%v: %+v until %s", err, c.Wants, c.Until)
			}
			_, err = booking.Place(tx, booking.Sale{Booking: b.ID, Order: "ord_w", Line: "1", Owner: "cart/w", Party: "ann"})
			return err
		})
		left := func() (n int64) {
			s.Look(t, func(tx *db.Tx) error {
				all, err := hold.Left(tx, []string{booking.SeatKey(deps[0].ID)})
				n = all[booking.SeatKey(deps[0].ID)]
				return err
			})
			return n
		}
		s.Clock.Advance(48 * time.Hour)
		s.Moment(t, func(tx *db.Tx) error { _, err := hold.Expire(tx, 100); return err })
		if n := left(); n != 0 {
			t.Errorf("%d are left of what is booked", n)
		}
		s.Moment(t, func(tx *db.Tx) error { return booking.Way{}.Ended(tx, string(b.ID)) }) // The order was not paid.
		if n := left(); n != 1 {
			t.Errorf("%d are left of what was given up", n)
		}
	})
}

// TestAnOfferThatNobodyTakes: a draft that came of an offer is nobody's when the offer is over, and its seat goes to the next.
func TestAnOfferThatNobodyTakes(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		p, deps := tour(t, s, 1, "Asia/Almaty", day("2026-06-10"))
		seat := booking.Draft{Plan: p.ID, Departure: deps[0].ID, Adults: 1}
		b, err := buy(s, seat, "one")
		if err != nil {
			t.Fatal(err)
		}
		ann, err := await(s.As(family("ann")), seat)
		if err != nil {
			t.Fatal(err)
		}
		bob, err := await(s.As(db.Who{Kind: db.KindGuest}), seat)
		if err != nil {
			t.Fatal(err)
		}
		s.Moment(t, func(tx *db.Tx) error { _, _, err := booking.Cancel(tx, b.ID); return err })
		served(t, s, p.ID)
		var draft booking.Booking
		s.As(family("ann")).Moment(t, func(tx *db.Tx) (err error) { draft, err = booking.ChooseOffered(tx, ann.ID); return err })
		s.Clock.Advance(waitlist.OfferTime + waitlist.Grace)
		s.Moment(t, func(tx *db.Tx) error { _, err := hold.Expire(tx, 100); return err })
		s.As(family("ann")).Look(t, func(tx *db.Tx) error {
			all, err := booking.ChosenOf(tx, []booking.ID{draft.ID})
			if len(all) != 0 {
				t.Errorf("still hers: %+v", all)
			}
			return err
		})
		if n := served(t, s, p.ID); n != 1 {
			t.Errorf("%d offers to the next", n)
		}
		s.As(db.Who{Kind: db.KindGuest}).Moment(t, func(tx *db.Tx) error { _, err := booking.ChooseOffered(tx, bob.ID); return err })
	})
}

// TestNightsAreWaitedFor: the line of a room goes over all its nights; who waits for others than came free is passed. A departure
// that its seller closes ends the waiting, a plan that is closed lets it rest.
func TestNightsAreWaitedFor(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		_, p := room(t, s, 1, plain())
		june, err := buy(s, nights(p, "2026-06-10", "2026-06-12", 2), "june")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := buy(s, nights(p, "2026-06-12", "2026-06-15", 2), "more"); err != nil {
			t.Fatal(err)
		}
		long, err := await(s.As(family("ann")), nights(p, "2026-06-11", "2026-06-14", 2))
		if err != nil {
			t.Fatal(err)
		}
		short, err := await(s.As(family("bob")), nights(p, "2026-06-10", "2026-06-12", 1))
		if err != nil {
			t.Fatal(err)
		}
		s.Moment(t, func(tx *db.Tx) error { _, _, err := booking.Cancel(tx, june.ID); return err })
		if n := served(t, s, p.ID); n != 1 {
			t.Fatalf("%d offers", n)
		}
		s.As(family("bob")).Moment(t, func(tx *db.Tx) error {
			b, err := booking.ChooseOffered(tx, short.ID)
			if b.Price.Minor != 2*20_000_00 {
				t.Errorf("it costs %s", b.Price)
			}
			return err
		})
		s.Moment(t, func(tx *db.Tx) error {
			p.Open = false
			var err error
			p, err = booking.RevisePlan(tx, p)
			return err
		})
		served(t, s, p.ID)
		s.As(family("ann")).Look(t, func(tx *db.Tx) error {
			w, err := waitlist.Get(tx, long.ID)
			if w.State != waitlist.StateWaiting {
				t.Errorf("a closed plan leaves it %s", w.State)
			}
			return err
		})
	})
	each(t, func(t *testing.T, s *dbtest.Store) {
		p, deps := tour(t, s, 1, "Asia/Almaty", day("2026-06-10"))
		seat := booking.Draft{Plan: p.ID, Departure: deps[0].ID, Adults: 1}
		if _, err := buy(s, seat, "one"); err != nil {
			t.Fatal(err)
		}
		w, err := await(s.As(family("ann")), seat)
		if err != nil {
			t.Fatal(err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			d := deps[0]
			d.Open = false
			return booking.SetDeparture(tx, p.Seller, d)
		})
		served(t, s, p.ID)
		s.As(family("ann")).Look(t, func(tx *db.Tx) error {
			w, err := waitlist.Get(tx, w.ID)
			if w.State != waitlist.StateEnded {
				t.Errorf("a closed departure leaves it %s", w.State)
			}
			return err
		})
	})
}
