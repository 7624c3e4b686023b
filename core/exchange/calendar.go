package exchange

import (
	"maps"
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

// DaySort is what happens on a day.
type DaySort string

// The sorts of days.
const (
	DayFull  DaySort = "full"
	DayShort DaySort = "short" // DayShort is traded by the shortened hours of the schedule.
	DayOff   DaySort = "off"
)

// Calendar says on which days there is trade. It is a value: what it says does not change.
type Calendar struct {
	Code string
	week [7]bool // week is whether there is usually trade, Sunday first.
	days map[span.Day]DaySort
}

// CalendarOf gives a calendar of the days of the week that are usual and of the days that are otherwise. The map is not kept.
func CalendarOf(code string, week []time.Weekday, days map[span.Day]DaySort) Calendar {
	c := Calendar{Code: code, days: make(map[span.Day]DaySort, len(days))}
	for _, day := range week {
		c.week[day%7] = true
	}
	maps.Copy(c.days, days)
	return c
}

// On says what happens on a day: what was announced last, or what is usual on its day of the week.
func (c Calendar) On(day span.Day) DaySort {
	if sort, said := c.days[day]; said {
		return sort
	}
	if !day.IsZero() && c.week[day.Weekday()] {
		return DayFull
	}
	return DayOff
}

// Trades says whether there is trade on a day.
func (c Calendar) Trades(day span.Day) bool { return c.On(day) != DayOff }

const (
	// noticeDays are the working days before which a change of the working hours of a commodity exchange is published
	// (Rules of exchange trade, order 280 of 30 March 2015, as changed on 3 October 2025). The day of the announcement
	// and the day that changes do not count. It holds for all instruments here, so that there is one calendar.
	noticeDays  = 7
	horizonDays = 400 // horizonDays is more than any market has ever been closed.
	announceMax = 400
)

// SettleDay gives the day on which a trade of a day is settled, so many days of trade later: T+2 is the second one after.
// With a cycle of zero it is the day itself, or the next day of trade where there is none on it; so a payment that falls on
// a day off is made on the next one. A calendar without days of trade near is ErrHorizon.
func (c Calendar) SettleDay(traded span.Day, cycle int64) (span.Day, error) {
	day := traded
	if cycle == 0 && c.Trades(day) {
		return day, nil
	}
	left := max(cycle, 1)
	for range horizonDays {
		day = day.AddDays(1)
		if !c.Trades(day) {
			continue
		}
		if left--; left == 0 {
			return day, nil
		}
	}
	return span.Day{}, ErrHorizon.About("%d days after %s by %s", cycle, traded, c.Code)
}

// noticed gives the first day that may be changed by what is published on a day.
func (c Calendar) noticed(today span.Day) (span.Day, error) {
	last, err := c.SettleDay(today, noticeDays)
	return last.AddDays(1), err
}

// OpenCalendar begins a calendar with its usual days of the week and the first days that are known to be otherwise. Nothing
// is traded by it yet, so that no notice is asked for. A code that is there is ErrTaken.
func OpenCalendar(tx *db.Tx, code string, week []time.Weekday, days map[span.Day]DaySort) (Calendar, error) {
	c := &checker{}
	c.shaped(code, codeShape, "/code")
	var bits int64
	for _, day := range week {
		c.within(int64(day), 0, 6, "/week")
		bits |= 1 << (day & 7)
	}
	c.when(bits == 0, "/week", fault.Say("Fill this in."))
	checkDays(c, days)
	if err := c.fault(); err != nil {
		return Calendar{}, err
	}
	rows, err := exchangedb.New(tx).OpenCalendar(tx.Context(), exchangedb.OpenCalendarParams{Code: code, Weekdays: bits})
	if err != nil {
		return Calendar{}, err
	}
	if rows == 0 {
		return Calendar{}, ErrTaken.About("calendar %s", code)
	}
	return CalendarOf(code, week, nil).announce(tx, days)
}

// Announce publishes that some days are otherwise than was said: off, shortened, or traded after all. Each must lie so far
// ahead that seven working days are between (ErrNotice, with the first day that could be chosen). What is said already is
// not said again, so that twice is the same as once.
func Announce(tx *db.Tx, code string, days map[span.Day]DaySort) (Calendar, error) {
	c := &checker{}
	checkDays(c, days)
	if err := c.fault(); err != nil {
		return Calendar{}, err
	}
	now, err := GetCalendar(tx, code)
	if err != nil {
		return Calendar{}, err
	}
	news := map[span.Day]DaySort{}
	for day, sort := range days {
		if now.On(day) != sort {
			news[day] = sort
		}
	}
	if len(news) == 0 {
		return now, nil
	}
	if err := now.mayChange(tx, slices.MinFunc(slices.Collect(maps.Keys(news)), span.Day.Compare)); err != nil {
		return Calendar{}, err
	}
	return now.announce(tx, news)
}

// mayChange refuses a day that lies too near to be changed.
func (c Calendar) mayChange(tx *db.Tx, day span.Day) error {
	soonest, err := c.noticed(span.DayOf(tx.Now(), span.Almaty))
	if err == nil && day.Before(soonest) {
		return fault.With(ErrNotice.About("%s by %s", day, c.Code), "day", soonest.String())
	}
	return err
}

func checkDays(c *checker, days map[span.Day]DaySort) {
	c.when(len(days) > announceMax, "/days", fault.Say("Give at most this many: {n}.").With("n", announceMax))
	for _, day := range slices.SortedFunc(maps.Keys(days), span.Day.Compare) {
		c.when(day.IsZero(), "/days", fault.Say("Write a day, for example 2026-11-29."))
		oneOf(c, days[day], "/days/"+day.String(), DayFull, DayShort, DayOff)
	}
}

// announce writes what is new and states it.
func (c Calendar) announce(tx *db.Tx, news map[span.Day]DaySort) (Calendar, error) {
	next := Calendar{Code: c.Code, week: c.week, days: maps.Clone(c.days)}
	fact := CalendarChanged{Calendar: c.Code, Days: map[string]DaySort{}}
	for _, day := range slices.SortedFunc(maps.Keys(news), span.Day.Compare) {
		next.days[day], fact.Days[day.String()] = news[day], news[day]
		err := exchangedb.New(tx.Later()).Announce(tx.Context(), exchangedb.AnnounceParams{ID: tx.Mint("cld"), Calendar: c.Code,
			Day: day.String(), Sort: string(news[day]), AnnouncedBy: tx.Who().ID, AnnouncedAt: span.Micros(tx.Now())})
		if err != nil {
			return Calendar{}, err
		}
	}
	return next, tx.Emit(fact)
}

// GetCalendar gives a calendar as it is announced now, or ErrUnknown.
func GetCalendar(tx *db.Tx, code string) (Calendar, error) {
	row, err := exchangedb.New(tx).Calendar(tx.Context(), code)
	if err != nil {
		return Calendar{}, missing(err, code)
	}
	said, err := exchangedb.New(tx).CalendarDays(tx.Context(), code)
	if err != nil {
		return Calendar{}, err
	}
	c := Calendar{Code: code, week: weekOf(row.Weekdays), days: make(map[span.Day]DaySort, len(said))}
	for _, s := range said {
		day, err := span.Parse(s.Day)
		if err != nil {
			return Calendar{}, err
		}
		c.days[day] = DaySort(s.Sort)
	}
	return c, nil
}

// Week says what is usual: a calendar of a code, and whether there is trade on each day of the week, Sunday first.
type Week struct {
	Code string
	Days [7]bool
}

// Calendars gives all calendars as they usually are, by their codes.
func Calendars(tx *db.Tx) ([]Week, error) {
	rows, err := exchangedb.New(tx).Calendars(tx.Context())
	return each(rows, err, func(row exchangedb.ExchangeCalendar) (Week, error) {
		return Week{row.Code, weekOf(row.Weekdays)}, nil
	})
}

func weekOf(bits int64) (week [7]bool) {
	for i := range week {
		week[i] = bits>>i&1 == 1
	}
	return week
}

// Announced is what was published of a day, and when.
type Announced struct {
	Day  span.Day  `json:"day"`
	Sort DaySort   `json:"sort"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// Announcements gives all that was ever published of a calendar, in its order.
func Announcements(tx *db.Tx, code string) ([]Announced, error) {
	rows, err := exchangedb.New(tx).CalendarDays(tx.Context(), code)
	return each(rows, err, func(row exchangedb.ExchangeCalendarDay) (Announced, error) {
		day, err := span.Parse(row.Day)
		return Announced{Day: day, Sort: DaySort(row.Sort), By: row.AnnouncedBy, At: span.FromMicros(row.AnnouncedAt)}, err
	})
}
