package booking

import (
	"slices"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/hold"
	"sauda/gear/db"
)

// CalendarDay is what one day of a plan offers.
type CalendarDay struct {
	Day     span.Day
	Left    int64       // Left is how many rooms, seats or beginnings there are.
	From    money.Money // From is the price of that day from which it begins.
	Arrival bool        // Arrival says that a stay may begin on it.
	Over    bool        // Over says that it is past, or begins too soon.
	StayMin int
	Full    bool // Full says that it can be waited for: there is a departure, and all of its seats are taken.
}

// Free says whether the day can be booked.
func (d CalendarDay) Free() bool { return d.Left > 0 && !d.Over }

// Calendar gives the days of a plan, with what is left and the price from which each begins, in at most two statements. A
// price is that of one adult, or of one room, booked at that instant.
func Calendar(tx *db.Tx, p Plan, days span.Days) ([]CalendarDay, error) {
	if n := days.Len(); n == 0 || n > 62 {
		return nil, ErrPast.About("%d days", n)
	}
	left, err := leftBy(tx, p, days)
	if err != nil {
		return nil, err
	}
	today := p.Today(tx.Now())
	all := make([]CalendarDay, 0, days.Len())
	for d := days.From; d.Before(days.To); d = d.AddDays(1) {
		c := CalendarDay{Day: d, Left: left[d], Arrival: p.Terms.Receives(d), StayMin: p.Terms.StayLeast(d)}
		c.Over = d.Before(today) || !d.AddDays(1).Start(p.Location()).After(tx.Now().Add(time.Duration(p.Terms.Cutoff)*time.Hour))
		_, departs := left[d]
		c.Full = p.Form == FormDeparture && departs && c.Left == 0 && !c.Over
		draft := Draft{From: d, Adults: 1, Units: 1}
		if p.Form == FormNights {
			draft.To = d.AddDays(1)
		}
		priced, err := p.Terms.Price(draft, today)
		if err != nil {
			return nil, err
		}
		c.From = priced.Total
		all = append(all, c)
	}
	return all, nil
}

// leftBy counts what is left of a plan on each of some days.
func leftBy(tx *db.Tx, p Plan, days span.Days) (map[span.Day]int64, error) {
	left := make(map[span.Day]int64, days.Len())
	switch p.Form {
	case FormDeparture:
		deps, err := Departures(tx, p.ID, days)
		for _, d := range deps {
			left[d.Day] += max(0, d.Left)
		}
		return left, err
	case FormNights:
		return left, leftNights(tx, p, days, left)
	}
	slots, err := Slots(tx, p, days)
	for _, s := range slots {
		left[s.Day]++
	}
	return left, err
}

// leftNights counts the least that is left of all that a night takes.
func leftNights(tx *db.Tx, p Plan, days span.Days, left map[span.Day]int64) error {
	var keys []string
	for _, n := range p.Needs {
		for d := days.From; d.Before(days.To); d = d.AddDays(1) {
			keys = append(keys, DayKey(n.Resource, d))
		}
	}
	pools, err := hold.Left(tx, keys)
	if err != nil {
		return err
	}
	for d := days.From; d.Before(days.To); d = d.AddDays(1) {
		for i, n := range p.Needs {
			rest := max(0, pools[DayKey(n.Resource, d)])
			if i == 0 {
				left[d] = rest
			}
			left[d] = min(left[d], rest)
		}
	}
	return nil
}

// Slot is a beginning that is free.
type Slot struct {
	Day    span.Day
	Minute int
	Starts time.Time
	Staff  []ResourceID // Staff are those who are free; for a table none.
}

// slotDays bounds the days of which beginnings are reckoned at once.
const slotDays = 62

// Slots gives the beginnings of a plan that are free on some days, each half hour, in one statement. Those that begin too soon
// are not among them.
func Slots(tx *db.Tx, p Plan, days span.Days) ([]Slot, error) {
	if n := days.Len(); n == 0 || n > slotDays {
		return nil, ErrPast.About("%d days", n)
	}
	of := p.Staff
	if p.Form == FormTable {
		of = p.resources()
	}
	pools, err := hold.About(tx, monthsOf(of, days))
	if err != nil {
		return nil, err
	}
	left := make(map[string]int64, len(pools))
	for _, pool := range pools {
		left[pool.Key] = pool.Left()
	}
	soonest := tx.Now().Add(time.Duration(p.Terms.Cutoff) * time.Hour)
	var all []Slot
	for d := days.From; d.Before(days.To); d = d.AddDays(1) {
		for minute := 0; minute < minutesOfDay; minute += 30 {
			starts := clock(d, minute, p.Location())
			if !starts.After(soonest) {
				continue
			}
			s := Slot{Day: d, Minute: minute, Starts: starts}
			if p.Form == FormTable {
				if p.fits(left, starts, p.resources()...) {
					all = append(all, s)
				}
				continue
			}
			for _, r := range p.Staff {
				if p.fits(left, starts, r) {
					s.Staff = append(s.Staff, r)
				}
			}
			if len(s.Staff) > 0 {
				all = append(all, s)
			}
		}
	}
	return all, nil
}

// monthsOf are the subjects of the pools of some resources on some days.
func monthsOf(of []ResourceID, days span.Days) []string {
	var all []string
	for _, r := range of {
		for d := days.From; d.Before(days.To); d = d.AddDays(1) {
			if s := subject(string(r), d); len(all) == 0 || all[len(all)-1] != s {
				all = append(all, s)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// fits says whether some resources are free for a slot that begins at an instant.
func (p Plan) fits(left map[string]int64, starts time.Time, of ...ResourceID) bool {
	j := judged{Starts: starts, Ends: starts.Add(time.Duration(p.Terms.Minutes) * time.Minute)}
	for _, r := range of {
		p.takeTime(&j, r, 1)
	}
	for _, w := range j.Wants {
		if left[w.Key] < w.Quantity {
			return false
		}
	}
	return true
}
