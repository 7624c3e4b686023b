package booking_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/booking"
	"sauda/core/hold"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// stay is a booking as the model keeps it.
type stay struct {
	booking.Booking
	from, to span.Day
	units    int
}

// TestModel books, changes and gives up at random beside a calendar that counts rooms on a sheet of paper: no night has ever
// more than there is, what is refused had to be, and what comes back is reckoned by hand to the tiyn.
func TestModel(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		const rooms = 3
		terms := plain()
		terms.Base = 19_999_99
		terms.ChangeTo, terms.ChangeFee = 1, 1_000_01
		_, p := room(t, s, rooms, terms)
		seed := rand.Uint64()
		r := rand.New(rand.NewPCG(seed, 7))
		defer func() {
			if t.Failed() {
				t.Logf("seed %d", seed)
			}
		}()
		sheet := map[span.Day]int{}
		fits := func(from, to span.Day, units int) bool {
			for d := from; d.Before(to); d = d.AddDays(1) {
				if sheet[d]+units > rooms {
					return false
				}
			}
			return true
		}
		add := func(x stay, sign int) {
			for d := x.from; d.Before(x.to); d = d.AddDays(1) {
				sheet[d] += sign * x.units
			}
		}
		var stays []stay
		today := day("2026-05-01")
		for n := range 120 {
			from := today.AddDays(1 + r.IntN(25))
			x := stay{from: from, to: from.AddDays(1 + r.IntN(4)), units: 1 + r.IntN(2)}
			d := booking.Draft{Plan: p.ID, From: x.from, To: x.to, Units: x.units, Adults: x.units}
			switch act := r.IntN(4); {
			case act < 2 || len(stays) == 0:
				b, err := buy(s, d, fmt.Sprint(n))
				if free := fits(x.from, x.to, x.units); (err == nil) != free || err != nil && !errors.Is(err, hold.ErrSoldOut) {
					t.Fatalf("%s–%s of %d: %v, and free is %t", x.from, x.to, x.units, err, free)
				}
				if err == nil {
					x.Booking = b
					add(x, 1)
					stays = append(stays, x)
				}
			case act == 2:
				i := r.IntN(len(stays))
				old := stays[i]
				add(old, -1)
				free := fits(x.from, x.to, x.units)
				var err error
				x.Booking, err = change(s, old.Booking, d, fmt.Sprint("more", n))
				if (err == nil) != free {
					t.Fatalf("change to %s–%s of %d: %v, and free is %t", x.from, x.to, x.units, err, free)
				}
				if err != nil {
					x = old
				}
				paid := int64(0)
				for _, p := range x.Payments {
					paid += p.Amount.Minor
				}
				if paid != x.Price.Minor {
					t.Fatalf("%d were paid of %s", paid, x.Price)
				}
				add(x, 1)
				stays[i] = x
			default:
				i := r.IntN(len(stays))
				x := stays[i]
				var refund booking.Refund
				s.Moment(t, func(tx *db.Tx) (err error) { _, refund, err = booking.Cancel(tx, x.ID); return err })
				want := int64(0)
				switch before := today.DaysUntil(x.from); {
				case before >= 7:
					want = x.Price.Minor
				case before >= 2:
					want = (x.Price.Minor + 1) / 2
				}
				if refund.Back.Minor != want || refund.Back.Minor+refund.Kept.Minor != x.Price.Minor {
					t.Fatalf("%d days before: %+v of %s, want %d", today.DaysUntil(x.from), refund, x.Price, want)
				}
				add(x, -1)
				stays = append(stays[:i], stays[i+1:]...)
			}
		}
		s.Look(t, func(tx *db.Tx) error {
			calendar, err := booking.Calendar(tx, p, span.Days{From: today.AddDays(1), To: today.AddDays(40)})
			for _, c := range calendar {
				if c.Left != int64(rooms-sheet[c.Day]) {
					t.Errorf("%s: %d left, the sheet says %d", c.Day, c.Left, rooms-sheet[c.Day])
				}
				found, err := booking.Search(tx, booking.Query{Form: booking.FormNights, From: c.Day, To: c.Day.AddDays(1), Adults: 1, Limit: 5})
				if err != nil || (len(found) == 1) != (c.Left > 0) {
					t.Errorf("%s: found %d with %d left, %v", c.Day, len(found), c.Left, err)
				}
			}
			uneven, err2 := hold.Audit(tx)
			if len(uneven) > 0 {
				t.Errorf("pools differ from their claims: %v", uneven)
			}
			return errors.Join(err, err2)
		})
	})
}

// TestRefundIsWhole has back and kept be the price, whatever the share, and the tax come back.
func TestRefundIsWhole(t *testing.T) {
	for price := range int64(400) {
		for share := range int64(101) {
			terms := booking.Terms{Back: []booking.BackStep{{Days: 1, Share: money.Percent(share)}}}
			parts := []booking.Part{{Code: booking.PartTax, Amount: money.Of(7, "KZT")}}
			r := terms.Refund(money.Of(price, "KZT"), parts, day("2026-05-10"), day("2026-05-01"))
			if r.Back.Minor+r.Kept.Minor != price || r.Back.Minor < min(price, 7) || r.Kept.Minor < 0 {
				t.Fatalf("%d at %d %%: %+v", price, share, r)
			}
		}
	}
}
