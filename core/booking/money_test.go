package booking_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/core/booking"
	"sauda/core/choice"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// buyAt books as buy does, for less than the price: a promotion took a share off.
func buyAt(s *dbtest.Store, d booking.Draft, name string, off int64) (b booking.Booking, err error) {
	err = s.Try(func(tx *db.Tx) error {
		chosen, err := booking.Choose(tx, d)
		if err != nil {
			return err
		}
		all, err := booking.ChosenOf(tx, []booking.ID{chosen.ID})
		if err != nil {
			return err
		}
		c, owner := all[chosen.ID], "cart/"+name
		if err := errors.Join(hold.Take(tx, owner, c.Wants, tx.Now().Add(time.Minute)), hold.Confirm(tx, owner)); err != nil {
			return err
		}
		total := money.Of(c.Price.Minor-c.Price.Minor*off/100, c.Price.Currency)
		if b, err = booking.Place(tx, booking.Sale{Booking: chosen.ID, Order: "ord_" + name, Line: "1", Owner: owner, Total: total}); err != nil {
			return err
		}
		b, err = booking.Pay(tx, b.ID)
		return err
	})
	return b, err
}

// amend orders a dearer change for less than its price, and pays it. It says what its line has cost, and whether it was made.
func amend(s *dbtest.Store, a booking.Amendment, name string, off int64) (paid int64, made bool, err error) {
	err = s.Try(func(tx *db.Tx) error {
		all, err := booking.Way{}.Chosen(tx, []string{string(a.ID)})
		c, there := all[string(a.ID)]
		if err != nil || !there {
			return errors.Join(err, booking.ErrNotOpen)
		}
		if len(c.Wants) > 0 {
			if err := errors.Join(hold.Take(tx, "cart/"+name, c.Wants, tx.Now().Add(time.Minute)), hold.Confirm(tx, "cart/"+name)); err != nil {
				return err
			}
		}
		paid = c.Price.Minor - c.Price.Minor*off/100
		sale := choice.Sale{Ref: string(a.ID), Order: "ord_" + name, Line: "1", Owner: "cart/" + name, Total: money.Of(paid, c.Price.Currency)}
		if err := (booking.Way{}).Placed(tx, sale); err != nil {
			return err
		}
		made, err = booking.Way{}.Paid(tx, string(a.ID))
		return err
	})
	return paid, made, err
}

// purse is what each line of orders has paid, and what came back of it.
type purse map[string]int64

func (p purse) back(all []booking.Payment) {
	for _, x := range all {
		p[x.Order] -= x.Amount.Minor
	}
}

// TestNeverMoreComesBack books, changes, moves and gives up at random, with promotions on bookings and on changes: of no line more
// comes back than it has paid, what was paid is what it costs, and what the seller does not give comes back as a whole.
func TestNeverMoreComesBack(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		terms := plain()
		terms.Base, terms.ChangeFee = 19_999_99, 1_000_01
		_, p := room(t, s, 40, terms)
		seed := rand.Uint64()
		r := rand.New(rand.NewPCG(seed, 7))
		defer func() {
			if t.Failed() {
				t.Logf("seed %d", seed)
			}
		}()
		left, whole := purse{}, map[booking.ID]bool{}
		var all []booking.ID
		for n := range 90 {
			from := day("2026-05-02").AddDays(r.IntN(30))
			d := booking.Draft{Plan: p.ID, From: from, To: from.AddDays(1 + r.IntN(8)), Units: 1, Adults: 1 + r.IntN(2)}
			if r.IntN(12) == 0 {
				s.Clock.Advance(10 * time.Hour)
			}
			if len(all) == 0 || r.IntN(3) == 0 {
				name := fmt.Sprint("first", n)
				if b, err := buyAt(s, d, name, int64(r.IntN(4)*15)); err == nil {
					all, left["ord_"+name] = append(all, b.ID), b.Price.Minor
				}
				continue
			}
			id := all[r.IntN(len(all))]
			var b booking.Booking
			s.Look(t, func(tx *db.Tx) (err error) { b, err = booking.Get(tx, id); return err })
			switch r.IntN(5) {
			case 0:
				_ = s.Try(func(tx *db.Tx) error { _, err := booking.Move(tx, seller.Own, id, d); return err })
			case 1:
				if r.IntN(3) == 0 {
					s.Moment(t, func(tx *db.Tx) error {
						whole[id] = b.State == booking.StateBooked
						_, err := booking.End(tx, id)
						return err
					})
				} else {
					_ = s.Try(func(tx *db.Tx) error { _, _, err := booking.Cancel(tx, id); return err })
				}
			default:
				var dearer *booking.Amendment
				if err := s.Try(func(tx *db.Tx) (err error) { _, dearer, err = booking.Change(tx, b, d); return err }); err == nil && dearer != nil {
					name := fmt.Sprint("more", n)
					if paid, made, err := amend(s, *dearer, name, int64(r.IntN(3)*20)); err == nil && made {
						left["ord_"+name] = paid
					}
				}
			}
			s.Look(t, func(tx *db.Tx) (err error) { b, err = booking.Get(tx, id); return err })
			sum := int64(0)
			for _, x := range b.Payments {
				sum += x.Amount.Minor
			}
			if b.State == booking.StateBooked && sum != b.Price.Minor {
				t.Fatalf("%d were paid of %s: %+v", sum, b.Price, b.Parts)
			}
		}
		spend(t, s, left)
		for _, id := range all {
			s.Look(t, func(tx *db.Tx) error {
				b, err := booking.Get(tx, id)
				for _, x := range b.Payments {
					if rest := left[x.Order]; rest < 0 || whole[id] && b.State == booking.StateCancelled && rest != 0 {
						t.Errorf("%s: of %s is left %d", id, x.Order, rest)
					}
				}
				return err
			})
		}
	})
}

// spend takes from a purse what the facts say that comes back.
func spend(t *testing.T, s *dbtest.Store, left purse) {
	t.Helper()
	for _, f := range s.Facts(t) {
		var c booking.Changed
		var e booking.Cancelled
		switch f.Name {
		case c.Fact():
			if err := json.Unmarshal(f.Body, &c); err != nil {
				t.Fatal(err)
			}
			left.back(c.Back)
		case e.Fact():
			if err := json.Unmarshal(f.Body, &e); err != nil {
				t.Fatal(err)
			}
			for _, x := range e.Shares {
				if e.Kept.IsPositive() || x.Order != e.Order {
					left.back([]booking.Payment{x})
				}
			}
			if e.Kept.IsZero() { // The line is cancelled, and brings back what of it had not come back.
				s.Look(t, func(tx *db.Tx) error {
					stands, ok, err := booking.StandingOf(tx, string(e.Booking), e.Order, e.Line)
					if ok {
						left[e.Order] -= stands.Back.Minor
					}
					return err
				})
			}
		}
	}
}

// TestAPromotionReaches as far as what it was for: a shorter stay keeps its share of it, one that is longer again has it again, and
// what a change has paid less than its price does not come back as if it had been paid.
func TestAPromotionReaches(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		_, p := room(t, s, 2, plain())
		b, err := buyAt(s, nights(p, "2026-05-20", "2026-05-24", 2), "a", 10)
		if err != nil || b.Price.Minor != 72_000_00 {
			t.Fatalf("four nights cost %s, %v", b.Price, err)
		}
		s.Moment(t, func(tx *db.Tx) (err error) {
			b, _, err = booking.Change(tx, b, nights(p, "2026-05-20", "2026-05-21", 2))
			return err
		})
		if b.Price.Minor != 18_000_00 {
			t.Errorf("one of four nights costs %s", b.Price)
		}
		for n, x := range []struct {
			to               string
			off, paid, costs int64
		}{{"2026-05-24", 0, 54_000_00, 72_000_00}, {"2026-05-26", 50, 20_000_00, 92_000_00}} {
			var dearer *booking.Amendment
			s.Moment(t, func(tx *db.Tx) (err error) {
				_, dearer, err = booking.Change(tx, b, nights(p, "2026-05-20", x.to, 2))
				return err
			})
			paid, made, err := amend(s, *dearer, fmt.Sprint("more", n), x.off)
			if err != nil || !made || paid != x.paid {
				t.Fatalf("until %s is paid %d, made %t, %v", x.to, paid, made, err)
			}
			s.Look(t, func(tx *db.Tx) (err error) { b, err = booking.Get(tx, b.ID); return err })
			if b.Price.Minor != x.costs {
				t.Errorf("until %s it costs %s", x.to, b.Price)
			}
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, r, err := booking.Cancel(tx, b.ID)
			if r.Back.Minor != 18_000_00+54_000_00+20_000_00 {
				t.Errorf("back comes %s", r.Back)
			}
			return err
		})
	})
}

// TestClaimsOfAChange: what a change takes is held while its payment is waited for, taken once when it is paid, and free again when
// the booking has moved on; what the booking took before is free once.
func TestClaimsOfAChange(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		r, p := room(t, s, 2, plain())
		b, err := buy(s, nights(p, "2026-05-20", "2026-05-21", 2), "a")
		if err != nil {
			t.Fatal(err)
		}
		takes := func(when string, want ...string) {
			t.Helper()
			s.Look(t, func(tx *db.Tx) error {
				days := []string{"2026-05-20", "2026-05-21", "2026-05-22", "2026-05-23"}
				got := ""
				for _, d := range days {
					left, err := hold.Left(tx, []string{booking.DayKey(r.ID, day(d))})
					if err != nil {
						return err
					}
					if n := 2 - left[booking.DayKey(r.ID, day(d))]; n > 0 {
						got += fmt.Sprintf("%s:%d ", d[8:], n)
					}
				}
				if fmt.Sprint(got) != fmt.Sprint(joined(want)) {
					t.Errorf("%s: taken are %s, want %s", when, got, joined(want))
				}
				return err
			})
		}
		change := func(from, to string) *booking.Amendment {
			t.Helper()
			var a *booking.Amendment
			s.Moment(t, func(tx *db.Tx) (err error) { _, a, err = booking.Change(tx, b, nights(p, from, to, 2)); return err })
			return a
		}
		long := change("2026-05-20", "2026-05-22")
		if err := order(s, long.ID, "long"); err != nil {
			t.Fatal(err)
		}
		s.Clock.Advance(time.Hour)
		s.Moment(t, func(tx *db.Tx) error { _, err := hold.Expire(tx, 100); return err })
		takes("while it is not paid", "20:1", "21:1")
		s.Moment(t, func(tx *db.Tx) error {
			made, err := booking.Way{}.Paid(tx, string(long.ID))
			if !made {
				t.Error("it is not made")
			}
			return err
		})
		takes("when it is paid", "20:1", "21:1")
		// The seller has him stay longer for nothing while that change waits to be paid: it lapses, and leaves nothing behind.
		s.Look(t, func(tx *db.Tx) (err error) { b, err = booking.Get(tx, b.ID); return err })
		other := change("2026-05-20", "2026-05-23")
		if err := order(s, other.ID, "other"); err != nil {
			t.Fatal(err)
		}
		takes("while the other waits", "20:1", "21:1", "22:1")
		s.Moment(t, func(tx *db.Tx) error {
			_, err := booking.Move(tx, seller.Own, b.ID, nights(p, "2026-05-20", "2026-05-23", 2))
			return err
		})
		takes("when the seller has moved it", "20:1", "21:1", "22:2")
		s.Moment(t, func(tx *db.Tx) error {
			made, err := booking.Way{}.Paid(tx, string(other.ID))
			if made {
				t.Error("the other change is made")
			}
			return errors.Join(err, hold.Release(tx, "cart/other")) // The house cancels its line.
		})
		takes("at last", "20:1", "21:1", "22:1")
		s.Look(t, func(tx *db.Tx) error {
			uneven, err := hold.Audit(tx)
			if len(uneven) > 0 {
				t.Errorf("pools differ from their claims: %v", uneven)
			}
			return err
		})
	})
}

func joined(all []string) (s string) {
	for _, x := range all {
		s += x + " "
	}
	return s
}

// TestManyClosings: none of many closings of one resource is forgotten, and each night counts those that touch it.
func TestManyClosings(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		r, _ := room(t, s, 9_000, plain())
		const many = 5_050
		s.Moment(t, func(tx *db.Tx) error {
			for range many {
				if err := booking.AddBlock(tx, booking.Block{ID: tx.Mint("blk"), Resource: r.ID, Starts: day("2026-05-10").Start(r.Location()), Ends: day("2026-05-12").Start(r.Location()), Units: 1}); err != nil {
					return err
				}
			}
			_, err := booking.Close(tx, seller.Own, booking.Block{Resource: r.ID, Starts: day("2026-05-11").Start(r.Location()), Ends: day("2026-05-13").Start(r.Location()), Units: 10})
			return err
		})
		s.Look(t, func(tx *db.Tx) error {
			for d, closed := range map[string]int64{"2026-05-11": many + 10, "2026-05-12": 10, "2026-05-13": 0} {
				left, err := hold.Left(tx, []string{booking.DayKey(r.ID, day(d))})
				if got := left[booking.DayKey(r.ID, day(d))]; err != nil || got != 9_000-closed {
					t.Errorf("%s: %d left of 9000 with %d closed, %v", d, got, closed, err)
				}
			}
			_, err := booking.Conflicts(tx, seller.Own)
			return err
		})
	})
}
