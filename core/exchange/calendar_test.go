package exchange_test

import (
	"errors"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/gear/db"
)

// TestAnnounce: it is Tuesday, 24 November 2026. Seven working days lie between it and Friday, 4 December, and no fewer may;
// a day off among them moves that. Announced twice is announced once; the last announcement counts, and all are kept.
func TestAnnounce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		announce := func(day string, sort exchange.DaySort) error {
			return try(h.asel, func(tx *db.Tx) (exchange.Calendar, error) {
				return exchange.Announce(tx, "KASE", map[span.Day]exchange.DaySort{span.MustDay(day): sort})
			})
		}
		err := announce("2026-12-03", exchange.DayOff)
		if !errors.Is(err, exchange.ErrNotice) || fault.ParamsOf(err)["day"] != "2026-12-04" {
			t.Errorf("six working days before: %v, %v", err, fault.ParamsOf(err))
		}
		if err := errors.Join(announce("2026-12-04", exchange.DayOff), announce("2026-12-04", exchange.DayOff), announce("2026-12-18", exchange.DayShort)); err != nil {
			t.Fatal(err)
		}
		if err := announce("2026-11-25", exchange.DayFull); err != nil {
			t.Errorf("what is so already: %v", err)
		}
		h.Clock.Advance(7 * 24 * time.Hour) // Tuesday, 1 December: the 4th is off, so that the 11th is the seventh working day.
		if err := announce("2026-12-11", exchange.DayOff); !errors.Is(err, exchange.ErrNotice) || fault.ParamsOf(err)["day"] != "2026-12-12" {
			t.Errorf("with a day off between: %v", err)
		}
		if err := announce("2026-12-18", exchange.DayFull); err != nil {
			t.Fatal(err)
		}
		c := must(t, h.Store, func(tx *db.Tx) (exchange.Calendar, error) { return exchange.GetCalendar(tx, "KASE") })
		for day, want := range map[string]exchange.DaySort{"2026-12-04": exchange.DayOff, "2026-12-16": exchange.DayOff, "2026-12-18": exchange.DayFull,
			"2026-12-05": exchange.DayOff, "2026-12-07": exchange.DayFull} {
			if got := c.On(span.MustDay(day)); got != want {
				t.Errorf("%s is %s, wanted %s", day, got, want)
			}
		}
		said := must(t, h.Store, func(tx *db.Tx) ([]exchange.Announced, error) { return exchange.Announcements(tx, "KASE") })
		if len(said) != 4 || said[3].By != "usr_asel" || said[3].Sort != exchange.DayFull || said[2].Sort != exchange.DayShort {
			t.Errorf("announced: %+v", said)
		}
		if err := announce("2026-12-30", "half"); !errors.Is(err, exchange.ErrInvalid) {
			t.Errorf("a sort of days that there is not: %v", err)
		}
		if err := try(h.asel, func(tx *db.Tx) (exchange.Calendar, error) {
			return exchange.OpenCalendar(tx, "KASE", []time.Weekday{1}, nil)
		}); !errors.Is(err, exchange.ErrTaken) {
			t.Errorf("opened twice: %v", err)
		}
	})
}

// TestSchedules: the hours of a day are those that were laid last before it; others need a notice, the first ones none.
func TestSchedules(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		lay := func(from string, change func(*exchange.Schedule)) error {
			s := hours()
			s.From = span.MustDay(from)
			if change != nil {
				change(&s)
			}
			return h.asel.Try(func(tx *db.Tx) error { return exchange.LaySchedule(tx, s) })
		}
		later := func(s *exchange.Schedule) { s.Full[0].At = exchange.Clock(10, 25, 0) }
		if err := lay("2026-12-03", later); !errors.Is(err, exchange.ErrNotice) {
			t.Errorf("six working days before: %v", err)
		}
		if err := lay("2026-12-04", later); err != nil {
			t.Fatal(err)
		}
		if err := lay("2026-12-04", later); !errors.Is(err, exchange.ErrTaken) {
			t.Errorf("laid twice: %v", err)
		}
		if err := lay("2026-11-25", func(s *exchange.Schedule) { s.Group = "GRAIN" }); err != nil {
			t.Errorf("the first hours of a group: %v", err)
		}
		for day, want := range map[string]string{"2026-12-03": "05:20", "2026-12-04": "05:25"} {
			steps := must(t, h.Store, func(tx *db.Tx) ([]exchange.Moment, error) { return stepsOn(tx, "SHARES", day) })
			if len(steps) != 7 || steps[0].Step != auction.BeginCall || span.FromMicros(steps[0].At).Format("15:04") != want {
				t.Errorf("%s: %v", day, steps)
			}
		}
		if steps := must(t, h.Store, func(tx *db.Tx) ([]exchange.Moment, error) {
			return stepsOn(tx, "SHARES", "2026-12-16")
		}); len(steps) != 0 {
			t.Errorf("on a day off: %v", steps)
		}
		if err := try(h.Store, func(tx *db.Tx) ([]exchange.Moment, error) {
			return stepsOn(tx, "SHARES", "2026-01-04")
		}); !errors.Is(err, exchange.ErrUnknown) {
			t.Errorf("before the first hours: %v", err)
		}
		i := h.listed(t, share())
		if day := must(t, h.Store, func(tx *db.Tx) (span.Day, error) { return exchange.SettleDay(tx, i, span.MustDay("2026-12-15")) }); day != span.MustDay("2026-12-18") {
			t.Errorf("T+2 over Independence Day: %s", day)
		}
	})
}

// TestBadSchedules: days that do not lead from one step to the next, or that would pass an auction over, are refused.
func TestBadSchedules(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for n, spoil := range []func(*exchange.Schedule){
			func(s *exchange.Schedule) { s.Full = s.Full[:6] },                                     // The day does not end.
			func(s *exchange.Schedule) { s.Full = s.Full[4:] },                                     // The closing call out of nothing.
			func(s *exchange.Schedule) { s.Full[1].At, s.Full[2].At = s.Full[2].At, s.Full[1].At }, // Backwards.
			func(s *exchange.Schedule) { s.Full[2].At = s.Full[1].At + 29 },                        // Before the latest random end.
			func(s *exchange.Schedule) { s.RandomMax = 0 },                                         // A random end without a window.
			func(s *exchange.Schedule) { s.Short = s.Short[:2] },                                   // The shortened day does not end.
			func(s *exchange.Schedule) { s.TradeAtClose = false },                                  // Closed already.
			func(s *exchange.Schedule) { s.Firm = auction.FirmBefore; s.Full[1].Step = "freeze" },  // Frozen without a no-cancel phase.
		} {
			s := hours()
			s.Group, s.From = "BAD", span.MustDay("2026-11-24").AddDays(n)
			s.Full, s.Short = append([]exchange.Slot(nil), s.Full...), append([]exchange.Slot(nil), s.Short...)
			spoil(&s)
			if err := h.asel.Try(func(tx *db.Tx) error { return exchange.LaySchedule(tx, s) }); !errors.Is(err, exchange.ErrSchedule) {
				t.Errorf("%d: %v", n, err)
			}
		}
		s := hours()
		s.Full[0].Step = "strike"
		if err := h.asel.Try(func(tx *db.Tx) error { return exchange.LaySchedule(tx, s) }); !errors.Is(err, exchange.ErrInvalid) {
			t.Errorf("a step that cannot be planned: %v", err)
		}
		s.Calendar, s.Full = "NONE", hours().Full
		if err := h.asel.Try(func(tx *db.Tx) error { return exchange.LaySchedule(tx, s) }); !errors.Is(err, exchange.ErrUnknown) {
			t.Errorf("a calendar that is not there: %v", err)
		}
	})
}

// stepsOn gives what is due for a group on a day, none on a day off.
func stepsOn(tx *db.Tx, group, day string) ([]exchange.Moment, error) {
	s, c, err := exchange.ScheduleOn(tx, group, span.MustDay(day))
	if err != nil {
		return nil, err
	}
	return s.Steps(c, span.MustDay(day)), nil
}

// TestPlanOfADay: the plan of a group owes its auctions on a day of trade, and nothing on a day off; an instrument is traded from
// when it is listed until it has expired.
func TestPlanOfADay(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		draft := h.drafted(t, share())
		forward := h.listed(t, petrol())
		for n, c := range []struct {
			of         exchange.Instrument
			day        string
			traded     bool
			steps, due int
		}{
			{draft, "2026-11-24", false, 7, 3}, {forward, "2026-11-24", true, 7, 3}, {forward, "2026-12-16", true, 0, 0}, {forward, "2027-02-26", true, 7, 3}, {forward, "2027-03-01", false, 7, 3},
		} {
			h.Look(t, func(tx *db.Tx) error {
				s, cal, err := exchange.ScheduleOn(tx, c.of.Terms.Group, span.MustDay(c.day))
				if err != nil {
					return err
				}
				steps := s.Steps(cal, span.MustDay(c.day))
				plan, err := s.Plan(cal, span.MustDay(c.day))
				if len(steps) != c.steps || len(plan.Due) != c.due || c.of.TradedOn(span.MustDay(c.day)) != c.traded {
					t.Errorf("%d: %d steps, owed %v, traded: %t", n, len(steps), plan.Due, !c.traded)
				}
				if c.due > 0 && (plan.Due[0].Auction != auction.Opening || plan.Due[0].By != steps[1].At+30_000_000+600_000_000) {
					t.Errorf("%d: the opening is due as %v", n, plan.Due[0])
				}
				return err
			})
		}
	})
}
