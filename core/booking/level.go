package booking

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"sauda/base/span"
	"sauda/core/booking/bookingdb"
	"sauda/core/hold"
	"sauda/gear/db"
)

// cell is one pool of a calendar: a day or a quarter of an hour.
type cell struct {
	key      string
	day      span.Day
	from, to time.Time
	open     bool // open says that the resource works then.
}

// cells gives the cells of a resource on some days. Quarters count real time: where a clock is set forward, the hour that is
// not there has none, and where it is set back, the one that is there twice has eight.
func (r Resource) cells(days span.Days, hours []Hours) []cell {
	var all []cell
	loc := r.Location()
	for d := days.From; d.Before(days.To); d = d.AddDays(1) {
		if r.Grain == GrainDay {
			all = append(all, cell{DayKey(r.ID, d), d, d.Start(loc), d.AddDays(1).Start(loc), true})
			continue
		}
		for _, h := range hours {
			if h.Weekday != d.Weekday() {
				continue
			}
			for at, end := clock(d, h.From, loc), clock(d, h.To, loc); at.Before(end); at = at.Add(quarter) {
				all = append(all, cell{QuarterKey(r.ID, at), d, at, at.Add(quarter), true})
			}
		}
	}
	return all
}

// clock is the instant at which the clock of a place shows so many minutes after midnight; 24:00 is the next midnight. What a
// clock that is set forward never shows is the first instant after.
func clock(d span.Day, minute int, loc *time.Location) time.Time {
	y, m, day := d.Date()
	at := time.Date(y, m, day, minute/60, minute%60, 0, 0, loc)
	if back := at.In(loc); back.Hour()*60+back.Minute() != minute%minutesOfDay {
		return at.Truncate(quarter)
	}
	return at
}

// closings count the units of a resource that are closed: how many are from an instant on, and how many are open again.
type closings struct{ begun, over tally }

// tally are sums of units by instants in their order, each with all before it.
type tally []struct {
	at  time.Time
	sum int64
}

// closingsOf counts blocks, so that each of many cells is found among many of them.
func closingsOf(blocks []Block) (c closings) {
	count := func(at func(Block) time.Time) tally {
		sorted := slices.SortedFunc(slices.Values(blocks), func(a, b Block) int { return at(a).Compare(at(b)) })
		t, sum := make(tally, len(sorted)), int64(0)
		for i, b := range sorted {
			sum += b.Units
			t[i].at, t[i].sum = at(b), sum
		}
		return t
	}
	return closings{count(func(b Block) time.Time { return b.Starts }), count(func(b Block) time.Time { return b.Ends })}
}

// until gives the units of all that is before an instant, or at it.
func (t tally) until(at time.Time) int64 {
	n := sort.Search(len(t), func(i int) bool { return t[i].at.After(at) })
	if n == 0 {
		return 0
	}
	return t[n-1].sum
}

// in counts the units that are closed in a cell: those that have begun before its end and are not over at its start.
func (c closings) in(at cell) int64 {
	return c.begun.until(at.to.Add(-time.Microsecond)) - c.over.until(at.from)
}

// level gives the pools of a resource on some days the capacity that they shall have: its units, less what is closed, and
// nothing outside its hours. What is promised already stays promised. The hours before are those whose cells may be open.
func level(tx *db.Tx, r Resource, days span.Days, before []Hours) error {
	if !days.From.Before(days.To) {
		return nil
	}
	loc := r.Location()
	blocks, err := blocksOf(tx, []ResourceID{r.ID}, days.From.AddDays(-1).Start(loc), days.To.AddDays(1).Start(loc))
	if err != nil {
		return err
	}
	open := r.cells(days, r.Hours)
	cells := open
	if len(before) > 0 {
		for _, c := range r.cells(days, before) {
			if !slices.ContainsFunc(open, func(o cell) bool { return o.key == c.key }) {
				c.open = false
				cells = append(cells, c)
			}
		}
	}
	return setLevels(tx, r, cells, closingsOf(blocks))
}

// setLevels writes the capacities of cells, and what can be searched of them. One that is closed promises nothing beyond what it
// has promised.
func setLevels(tx *db.Tx, r Resource, cells []cell, closed closings) error {
	if r.Closed {
		r.Units, r.Beyond = 0, 0
	}
	keys := make([]string, len(cells))
	for i, c := range cells {
		keys[i] = c.key
	}
	pools, err := hold.Pools(tx, keys)
	if err != nil {
		return err
	}
	levels := make([]hold.Level, len(cells))
	open := make(map[span.Day]bool)
	for i, c := range cells {
		n := int64(0)
		if c.open {
			n = max(0, r.Units-closed.in(c))
		}
		p := pools[c.key]
		n = max(n, p.Taken-p.Beyond) // Who has booked keeps it; the seller sees that it is sold twice.
		if r.Closed {
			n = p.Taken
		}
		levels[i] = hold.Level{Key: c.key, Subject: subject(string(r.ID), c.day), Capacity: n}
		open[c.day] = open[c.day] || n+r.Beyond-p.Taken > 0
	}
	if _, err := hold.SetMany(tx, levels); err != nil {
		return err
	}
	if err := r.allow(tx, levels, pools); err != nil {
		return err
	}
	return mark(tx, string(r.ID), open)
}

// allow has the pools promise beyond what is there, where the policy of the resource says so.
func (r Resource) allow(tx *db.Tx, levels []hold.Level, pools map[string]hold.Pool) error {
	for _, l := range levels {
		if p := pools[l.Key]; p.Beyond != r.Beyond && p.Taken <= l.Capacity+r.Beyond {
			if err := hold.Allow(tx, l.Key, l.Subject, r.Beyond); err != nil {
				return err
			}
		}
	}
	return nil
}

// mark notes on which days something is left of a calendar, in two statements and one for each month.
func mark(tx *db.Tx, led string, open map[span.Day]bool) error {
	months := make(map[string]int64)
	for d := range open {
		months[monthOf(d)] = 0
	}
	names := make([]string, 0, len(months))
	for m := range months {
		names = append(names, m)
	}
	slices.Sort(names)
	if len(names) == 0 {
		return nil
	}
	rows, err := bookingdb.New(tx).MonthsOf(tx.Context(), bookingdb.MonthsOfParams{Led: db.In([]string{led}), Months: db.In(names)})
	if err != nil {
		return err
	}
	for _, r := range rows {
		months[r.Month] = r.Days
	}
	was := make(map[string]int64, len(rows))
	for _, r := range rows {
		was[r.Month] = r.Days
	}
	for d, left := range open {
		if bit := dayBit(d); left {
			months[monthOf(d)] |= bit
		} else {
			months[monthOf(d)] &^= bit
		}
	}
	for _, name := range names {
		if before, there := was[name]; there && before == months[name] {
			continue
		}
		err = cmp.Or(err, bookingdb.New(tx.Later()).SetMonth(tx.Context(), bookingdb.SetMonthParams{Led: led, Month: name, Days: months[name]}))
	}
	return err
}

// dayBit is the bit of a day in its month.
func dayBit(d span.Day) int64 {
	_, _, n := d.Date()
	return 1 << (n - 1)
}

// remark notes what is left of calendars after bookings have moved: of those days of resources, and of departures' plans.
func remark(tx *db.Tx, uses []Use) error {
	if len(uses) == 0 {
		return nil
	}
	var subjects []string
	days := make(map[string]map[span.Day]bool)
	for _, u := range uses {
		for d := u.From; d.Before(u.To); d = d.AddDays(1) {
			s := subject(string(u.Resource), d)
			if days[string(u.Resource)] == nil {
				days[string(u.Resource)] = make(map[span.Day]bool)
			}
			days[string(u.Resource)][d] = false
			if !slices.Contains(subjects, s) {
				subjects = append(subjects, s)
			}
		}
	}
	pools, err := hold.About(tx, subjects)
	if err != nil {
		return err
	}
	for _, p := range pools {
		led, d, ok := placed(p)
		if _, asked := days[led][d]; ok && asked && p.Left() > 0 {
			days[led][d] = true
		}
	}
	for _, led := range slices.Sorted(mapKeys(days)) {
		if err := mark(tx, led, days[led]); err != nil {
			return err
		}
	}
	return nil
}
