package booking_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/core/waitlist"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{hold.Schema, waitlist.Schema, booking.Schema}

func each(t *testing.T, test func(t *testing.T, s *dbtest.Store)) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Clock.Set(time.Date(2026, 5, 1, 4, 0, 0, 0, time.UTC)) // Nine in the morning in Almaty.
		test(t, s)
	})
}

var words = text.Localized{"kk": "Сынақ", "ru": "Проба", "en": "Trial"}

func day(s string) span.Day { return span.MustDay(s) }

// room puts down a room type of some units, and a plan to stay in it.
func room(t *testing.T, s *dbtest.Store, units int64, terms booking.Terms) (booking.Resource, booking.Plan) {
	t.Helper()
	var r booking.Resource
	var p booking.Plan
	s.Moment(t, func(tx *db.Tx) (err error) {
		r, err = booking.AddResource(tx, booking.Resource{Seller: seller.Own, Grain: booking.GrainDay, Name: words, Zone: "Asia/Almaty", Units: units, Ahead: 120})
		if err != nil {
			return err
		}
		p, err = booking.AddPlan(tx, booking.Plan{Seller: seller.Own, Product: "prd_1", Variant: "var_1", Form: booking.FormNights, Name: words,
			PlaceName: text.Localized{"kk": "Бурабай", "en": "Burabay"}, Zone: "Asia/Almaty",
			Needs: []booking.Need{{Resource: r.ID, Per: booking.PerUnit}}, Terms: terms})
		return err
	})
	return r, p
}

func plain() booking.Terms {
	return booking.Terms{Currency: "KZT", Base: 20_000_00, PeopleMax: 3, Included: 2, Extra: 4_000_00,
		Bands: []booking.Band{{Under: 3, Share: 0, Lap: true}, {Under: 12, Share: money.Percent(50)}},
		Back:  []booking.BackStep{{Days: 7, Share: money.One}, {Days: 2, Share: money.Percent(50)}}}
}

// tour puts down a plan with departures at eight on some days.
func tour(t *testing.T, s *dbtest.Store, seats int64, zone string, days ...span.Day) (booking.Plan, []booking.Departure) {
	t.Helper()
	var p booking.Plan
	var deps []booking.Departure
	s.Moment(t, func(tx *db.Tx) (err error) {
		p, err = booking.AddPlan(tx, booking.Plan{Seller: seller.Own, Product: "prd_t", Variant: "var_t", Form: booking.FormDeparture, Name: words,
			PlaceName: text.Localized{"kk": "Шарын", "en": "Charyn"}, Zone: zone,
			Terms: booking.Terms{Currency: "KZT", ByPerson: true, Base: 15_000_00, PeopleMax: 10, Minutes: 600}})
		if err != nil {
			return err
		}
		deps, err = booking.AddDepartures(tx, p, days, 8*60, seats)
		return err
	})
	return p, deps
}

// buy chooses a draft and orders it, as a basket does.
func buy(s *dbtest.Store, d booking.Draft, name string) (b booking.Booking, err error) {
	err = s.Try(func(tx *db.Tx) error {
		chosen, err := booking.Choose(tx, d)
		if err != nil {
			return err
		}
		all, err := booking.ChosenOf(tx, []booking.ID{chosen.ID})
		if err != nil {
			return err
		}
		owner := "cart/" + name
		if err := hold.Take(tx, owner, all[chosen.ID].Wants, tx.Now().Add(time.Minute)); err != nil {
			return err
		}
		if err := hold.Confirm(tx, owner); err != nil {
			return err
		}
		if b, err = booking.Place(tx, booking.Sale{Booking: chosen.ID, Order: "ord_" + name, Line: "1", Owner: owner}); err != nil {
			return err
		}
		b, err = booking.Pay(tx, b.ID)
		return err
	})
	return b, err
}

func nights(p booking.Plan, from, to string, adults int, children ...int) booking.Draft {
	return booking.Draft{Plan: p.ID, From: day(from), To: day(to), Units: 1, Adults: adults, Children: children}
}

func TestAStayIsBookedOnce(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		r, p := room(t, s, 1, plain())
		b, err := buy(s, nights(p, "2026-05-12", "2026-05-14", 2, 2, 5), "a")
		if err != nil {
			t.Fatal(err)
		}
		// Two nights for two adults; the baby lies in the parents' bed, the child of five pays half of a further place.
		if want := int64(2*20_000_00 + 2*2_000_00); b.Price.Minor != want {
			t.Errorf("the stay costs %s, want %d", b.Price, want)
		}
		for _, overlap := range [][2]string{{"2026-05-12", "2026-05-14"}, {"2026-05-11", "2026-05-13"}, {"2026-05-13", "2026-05-15"}} {
			if _, err := buy(s, nights(p, overlap[0], overlap[1], 1), "b"); !errors.Is(err, hold.ErrSoldOut) {
				t.Errorf("%v: %v", overlap, err)
			}
		}
		if _, err := buy(s, nights(p, "2026-05-14", "2026-05-15", 1), "c"); err != nil {
			t.Errorf("the night after: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, refund, err := booking.Cancel(tx, b.ID)
			if refund.Back.Minor != b.Price.Minor || refund.Kept.Minor != 0 {
				t.Errorf("eleven days before: %+v", refund)
			}
			return err
		})
		if err := s.Try(func(tx *db.Tx) error { _, _, err := booking.Cancel(tx, b.ID); return err }); !errors.Is(err, booking.ErrState) {
			t.Errorf("given up twice: %v", err)
		}
		if _, err := buy(s, nights(p, "2026-05-12", "2026-05-14", 1), "d"); err != nil {
			t.Errorf("what was given up is free again: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, err := booking.Close(tx, seller.Own, booking.Block{Resource: r.ID, Units: 1,
				Starts: day("2026-06-01").Start(span.Almaty), Ends: day("2026-06-03").Start(span.Almaty)})
			return err
		})
		if _, err := buy(s, nights(p, "2026-06-02", "2026-06-03", 1), "e"); !errors.Is(err, hold.ErrSoldOut) {
			t.Errorf("a closed day: %v", err)
		}
	})
}

// TestWhoIsRefused holds drafts to the rules, each with its own fault.
func TestWhoIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		terms := plain()
		terms.StayMin, terms.StayMax, terms.Arrivals, terms.Cutoff = 2, 5, []time.Weekday{time.Friday, time.Saturday}, 24
		_, p := room(t, s, 1, terms)
		for name, c := range map[string]struct {
			draft booking.Draft
			want  *fault.Fault
		}{
			"in the past":        {nights(p, "2026-04-24", "2026-04-26", 1), booking.ErrPast},
			"one night":          {nights(p, "2026-05-15", "2026-05-16", 1), booking.ErrStay},
			"six nights":         {nights(p, "2026-05-15", "2026-05-21", 1), booking.ErrStay},
			"backwards":          {nights(p, "2026-05-15", "2026-05-13", 1), booking.ErrStay},
			"on a Monday":        {nights(p, "2026-05-18", "2026-05-20", 1), booking.ErrArrival},
			"this evening":       {nights(p, "2026-05-01", "2026-05-03", 1), booking.ErrTooLate},
			"nobody":             {nights(p, "2026-05-15", "2026-05-17", 0), booking.ErrPeople},
			"too many":           {nights(p, "2026-05-15", "2026-05-17", 4), booking.ErrPeople},
			"an unborn child":    {nights(p, "2026-05-15", "2026-05-17", 1, -1), booking.ErrPeople},
			"an adult child":     {nights(p, "2026-05-15", "2026-05-17", 1, 18), booking.ErrPeople},
			"beyond the horizon": {nights(p, "2026-12-04", "2026-12-06", 1), booking.ErrNotOpen},
			"no such plan":       {nights(booking.Plan{ID: "bpl_none"}, "2026-05-15", "2026-05-17", 1), booking.ErrUnknown},
		} {
			if err := s.Try(func(tx *db.Tx) error { _, err := booking.Choose(tx, c.draft); return err }); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestLastSeat has five hundred reach for the last seat: exactly one gets it.
func TestLastSeat(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		p, deps := tour(t, s, 1, "Asia/Almaty", day("2026-05-20"))
		var won, lost atomic.Int64
		var wait sync.WaitGroup
		for n := range 500 {
			wait.Go(func() {
				_, err := buy(s, booking.Draft{Plan: p.ID, Departure: deps[0].ID, Adults: 1}, fmt.Sprint(n))
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, hold.ErrSoldOut):
					lost.Add(1)
				default:
					t.Errorf("%d: %v", n, err)
				}
			})
		}
		wait.Wait()
		if won.Load() != 1 || lost.Load() != 499 {
			t.Errorf("%d got the seat, %d were refused", won.Load(), lost.Load())
		}
		s.Look(t, func(tx *db.Tx) error {
			found, err := booking.Search(tx, booking.Query{Form: booking.FormDeparture, From: day("2026-05-18"), To: day("2026-05-25"), Adults: 1, Limit: 10})
			if len(found) != 0 {
				t.Errorf("what is full is found: %v", found)
			}
			return err
		})
	})
}

// TestPackage takes a seat and a room together, or neither.
func TestPackage(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		r, _ := room(t, s, 1, plain())
		var p booking.Plan
		var deps []booking.Departure
		s.Moment(t, func(tx *db.Tx) (err error) {
			p, err = booking.AddPlan(tx, booking.Plan{Seller: seller.Own, Product: "prd_k", Variant: "var_k", Form: booking.FormDeparture, Name: words,
				PlaceName: words, Zone: "Asia/Almaty", Needs: []booking.Need{{Resource: r.ID, Per: booking.PerBooking, Shift: 1, Days: 2}},
				Terms: booking.Terms{Currency: "KZT", ByPerson: true, Base: 90_000_00, PeopleMax: 2, Minutes: 3 * 24 * 60}})
			if err != nil {
				return err
			}
			deps, err = booking.AddDepartures(tx, p, []span.Day{day("2026-05-20")}, 8*60, 10)
			return err
		})
		d := booking.Draft{Plan: p.ID, Departure: deps[0].ID, Adults: 2}
		if _, err := buy(s, d, "a"); err != nil {
			t.Fatal(err)
		}
		if _, err := buy(s, d, "b"); !errors.Is(err, hold.ErrSoldOut) {
			t.Errorf("the room is gone: %v", err)
		}
		s.Look(t, func(tx *db.Tx) error {
			left, err := hold.Left(tx, []string{booking.SeatKey(deps[0].ID), booking.DayKey(r.ID, day("2026-05-21")), booking.DayKey(r.ID, day("2026-05-23"))})
			if left[booking.SeatKey(deps[0].ID)] != 8 || left[booking.DayKey(r.ID, day("2026-05-21"))] != 0 || left[booking.DayKey(r.ID, day("2026-05-23"))] != 1 {
				t.Errorf("left: %v", left)
			}
			return err
		})
	})
}

// TestClockChange opens the calendar of a place on the day on which its clock is set forward, and on which it is set back.
func TestClockChange(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		s.Clock.Set(time.Date(2026, 10, 20, 8, 0, 0, 0, time.UTC))
		var p booking.Plan
		s.Moment(t, func(tx *db.Tx) error {
			var hours []booking.Hours
			for d := range time.Saturday + 1 {
				hours = append(hours, booking.Hours{Weekday: d, From: 0, To: 6 * 60})
			}
			r, err := booking.AddResource(tx, booking.Resource{Seller: seller.Own, Grain: booking.GrainQuarter, Name: words, Zone: "Europe/Berlin", Units: 1, Ahead: 10, Hours: hours})
			if err != nil {
				return err
			}
			p, err = booking.AddPlan(tx, booking.Plan{Seller: seller.Own, Product: "prd_h", Variant: "var_h", Form: booking.FormSlot, Name: words, PlaceName: words,
				Zone: "Europe/Berlin", Staff: []booking.ResourceID{r.ID}, Terms: booking.Terms{Currency: "KZT", Base: 5_000_00, PeopleMax: 1, Minutes: 60}})
			return err
		})
		slot := func(d string, minute int) booking.Draft {
			return booking.Draft{Plan: p.ID, From: day(d), Minute: minute, Adults: 1}
		}
		// The clock goes back from three to two on 25 October: the hour between is there twice, and who begins at one is away
		// for an hour of real time.
		first, err := buy(s, slot("2026-10-25", 60), "a")
		if err != nil {
			t.Fatal(err)
		}
		if got := first.Ends.Sub(first.Starts); got != time.Hour {
			t.Errorf("it takes %s", got)
		}
		if _, err := buy(s, slot("2026-10-25", 120), "b"); err != nil {
			t.Errorf("at two: %v", err)
		}
		if _, err := buy(s, slot("2026-10-25", 180), "c"); err != nil {
			t.Errorf("at three, which is two hours later: %v", err)
		}
		if _, err := buy(s, slot("2026-10-25", 75), "d"); !errors.Is(err, hold.ErrSoldOut) {
			t.Errorf("within the first: %v", err)
		}
	})
}

// TestTariffsMeet prices a stay over the end of a season, a weekend and a long stay that was booked early.
func TestTariffsMeet(t *testing.T) {
	terms := booking.Terms{Currency: "KZT", Base: 10_000_01, PeopleMax: 2,
		Seasons:  []booking.Season{{Name: words, Days: span.Days{From: day("2026-06-01"), To: day("2026-09-01")}, Base: 15_000_00}},
		Weekdays: []booking.DayChange{{Weekday: time.Saturday, Change: money.Percent(10)}},
		Lengths:  []booking.LengthChange{{Nights: 3, Change: -money.Percent(5)}},
		Leads:    []booking.LeadChange{{Least: 20, Change: -money.Percent(10)}},
		Tax:      &booking.Levy{Name: words, Amount: 500_00}, Insurance: &booking.Levy{Name: words, Amount: 300_00}}
	d := booking.Draft{From: day("2026-05-30"), To: day("2026-06-02"), Adults: 2, Units: 1, Insured: true}
	got, err := terms.Price(d, day("2026-05-01"))
	if err != nil {
		t.Fatal(err)
	}
	// Saturday 11 000.011 → 11 000.01, Sunday 10 000.01, Monday in the season 15 000: 36 000.02. Less 5 % 1 800.00, less 10 %
	// 3 600.00. Two people for three nights: tax 3 000, insurance 1 800.
	if want := int64(36_000_02 - 1_800_00 - 3_600_00 + 3_000_00 + 1_800_00); got.Total.Minor != want {
		t.Errorf("%s, want %d: %+v", got.Total, want, got.Parts)
	}
	var sum int64
	for _, p := range got.Parts {
		sum += p.Amount.Minor
		if p.Text("kk") == "" || p.Text("zh") == "" {
			t.Errorf("%s says nothing", p.Code)
		}
	}
	if got := got.Parts[0].Text("kk"); got != "түн: 1, саны: 1, +10\u00a0%" {
		t.Errorf("a night is called %q", got)
	}
	if p, err := terms.Price(booking.Draft{From: day("2026-05-31"), Adults: 2, Units: 1}, day("2026-05-31")); err != nil || p.Parts[0].Text("ru") != "количество: 1" {
		t.Errorf("what is no stay counts nights: %v, %+v", err, p.Parts)
	}
	if sum != got.Total.Minor {
		t.Errorf("the parts are %d of %s", sum, got.Total)
	}
}

// TestTheDoor lets in once, on the day, who has paid.
func TestTheDoor(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		p, deps := tour(t, s, 5, "Asia/Almaty", day("2026-05-20"))
		b, err := buy(s, booking.Draft{Plan: p.ID, Departure: deps[0].ID, Adults: 1}, "a")
		if err != nil {
			t.Fatal(err)
		}
		enter := func(of seller.ID) error {
			return s.Try(func(tx *db.Tx) error { _, err := booking.CheckIn(tx, of, b.ID); return err })
		}
		if err := enter(seller.Own); !errors.Is(err, booking.ErrNotToday) {
			t.Errorf("weeks before: %v", err)
		}
		s.Clock.Set(deps[0].Starts.Add(-time.Hour))
		if err := enter("sel_two"); !errors.Is(err, booking.ErrUnknown) {
			t.Errorf("at another seller's door: %v", err)
		}
		if err := enter(seller.Own); err != nil {
			t.Errorf("at the door: %v", err)
		}
		if err := enter(seller.Own); !errors.Is(err, booking.ErrUsed) || fault.ParamsOf(err)["at"] != "20.05.2026 07:00" {
			t.Errorf("a second time: %v %v", err, fault.ParamsOf(err))
		}
		other, err := buy(s, booking.Draft{Plan: p.ID, Departure: deps[0].ID, Adults: 1}, "b")
		if err != nil {
			t.Fatal(err)
		}
		s.Clock.Advance(72 * time.Hour)
		s.Moment(t, func(tx *db.Tx) error { _, err := booking.Sweep(tx, 10); return err })
		s.Look(t, func(tx *db.Tx) error {
			done, err := booking.Get(tx, b.ID)
			missed, err2 := booking.Get(tx, other.ID)
			if done.State != booking.StateDone || missed.State != booking.StateMissed {
				t.Errorf("%s and %s", done.State, missed.State)
			}
			return errors.Join(err, err2)
		})
	})
}

// TestAClosedResourceSellsNothing: what is booked of rooms that are closed stays, nothing is sold beyond it, a night that is given
// up is out of sale again after a day, and all is as it was when they are opened.
func TestAClosedResourceSellsNothing(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		r, p := room(t, s, 2, plain())
		b, err := buy(s, nights(p, "2026-05-10", "2026-05-12", 2), "a")
		if err != nil {
			t.Fatal(err)
		}
		set := func(closed bool) {
			t.Helper()
			s.Moment(t, func(tx *db.Tx) (err error) {
				if r, err = booking.ResourceOf(tx, seller.Own, r.ID); err != nil {
					return err
				}
				r.Closed, r.Beyond = closed, 1
				r, err = booking.ReviseResource(tx, r)
				return err
			})
		}
		set(false)
		set(true)
		if _, err := buy(s, nights(p, "2026-05-10", "2026-05-11", 2), "b"); !errors.Is(err, hold.ErrSoldOut) {
			t.Errorf("a closed room is sold: %v", err)
		}
		if _, err := buy(s, nights(p, "2026-06-10", "2026-06-11", 2), "c"); !errors.Is(err, hold.ErrSoldOut) {
			t.Errorf("a closed empty room is sold: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, _, err := booking.Cancel(tx, b.ID)
			return err
		})
		s.Clock.Advance(24 * time.Hour)
		s.Moment(t, func(tx *db.Tx) error {
			_, err := booking.ExtendSome(tx, 100)
			return err
		})
		if _, err := buy(s, nights(p, "2026-05-10", "2026-05-11", 2), "d"); !errors.Is(err, hold.ErrSoldOut) {
			t.Errorf("a night that was given up is sold of a closed room: %v", err)
		}
		set(false)
		for _, name := range []string{"e", "f", "g"} { // Two rooms, and one beyond.
			if _, err := buy(s, nights(p, "2026-05-10", "2026-05-11", 2), name); err != nil {
				t.Errorf("%s gets no open room: %v", name, err)
			}
		}
	})
}
