// Package span is about time as the trade speaks of it: days of the calendar, spans of days, and the microseconds in
// which instants are stored.
//
// A Day is not an instant: "2026-01-31" is the same square of the calendar in Almaty and in London, and only a place
// (a *time.Location) turns one into the other.
package span

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // Old machines hold Kazakhstan one hour off: it is UTC+5 as a whole since 2024-03-01.

	"sauda/base/fault"
)

// Faults of days and spans.
var (
	ErrDay  = fault.New(fault.Invalid, "span.day", "Write the day as year-month-day, for example 2026-01-31.")
	ErrDays = fault.New(fault.Invalid, "span.days", "Let the first day of the span come before the day on which it ends.")
)

// Almaty is the time of Kazakhstan.
var Almaty = location("Asia/Almaty")

func location(name string) *time.Location {
	loc, err := ZoneOf(name)
	if err != nil { // The zones are embedded.
		panic("span: " + err.Error())
	}
	return loc
}

// zones are those that were asked for before. Only names of zones get in, of which there are a few hundred.
var zones sync.Map

// ZoneOf gives a time zone by its name, as time.LoadLocation does, and reads it once.
func ZoneOf(name string) (*time.Location, error) {
	if loc, known := zones.Load(name); known {
		return loc.(*time.Location), nil
	}
	loc, err := time.LoadLocation(name)
	if err == nil {
		zones.Store(name, loc)
	}
	return loc, err
}

// Day is a day of the proleptic Gregorian calendar, counted from 1970-01-01, from year 1 to year 9999. The zero Day is
// no day: it prints as nothing, comes before all others and is stored as an empty text.
type Day struct {
	n int32 // n is one more than the days since the first of January of the year 1.
}

const (
	dayMax     = 3652059 // dayMax is 9999-12-31, the last day of four digits.
	epochDay   = 719163  // epochDay is 1970-01-01.
	daySeconds = 24 * 60 * 60
)

// Date gives a day by its parts, which must exist: the 31st of February is refused.
func Date(year int, month time.Month, day int) (Day, error) {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if year < 1 || year > 9999 || t.Year() != year || t.Month() != month || t.Day() != day {
		return Day{}, ErrDay.About("%d-%d-%d", year, month, day)
	}
	return dayOf(t), nil
}

// Parse reads a day in the form 2026-01-31 and in no other.
func Parse(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || len(s) != len(time.DateOnly) || t.Year() < 1 {
		return Day{}, ErrDay.About("%.40q", s)
	}
	return dayOf(t), nil
}

// MustDay is Parse for tests and tables in the program. It panics when there is no such day.
func MustDay(s string) Day {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// DayOf gives the day that the calendar shows at an instant in a place. The zero time gives no day.
func DayOf(t time.Time, loc *time.Location) Day {
	if t.IsZero() {
		return Day{}
	}
	year, month, day := t.In(loc).Date()
	return clamp(dayOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC)).n, year)
}

// clamp keeps years of other than four digits at the ends of the calendar.
func clamp(n int32, year int) Day {
	switch {
	case year < 1:
		return Day{1}
	case year > 9999:
		return Day{dayMax}
	}
	return Day{n}
}

func dayOf(midnight time.Time) Day {
	seconds := midnight.Unix()
	days := seconds / daySeconds
	if seconds%daySeconds < 0 {
		days--
	}
	return Day{int32(days + epochDay)}
}

// Start gives the first instant of the day in a place; where the clock jumps over midnight, the first one after. No day
// gives the zero time.
func (d Day) Start(loc *time.Location) time.Time {
	if d.n == 0 {
		return time.Time{}
	}
	year, month, day := d.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, loc)
}

// Date gives the parts of the day. No day gives zeros.
func (d Day) Date() (year int, month time.Month, day int) {
	if d.n == 0 {
		return 0, 0, 0
	}
	return d.utc().Date()
}

func (d Day) utc() time.Time { return time.Unix((int64(d.n)-epochDay)*daySeconds, 0).UTC() }

// Weekday gives the day of the week. No day counts as a Sunday.
func (d Day) Weekday() time.Weekday { return time.Weekday(int(d.n) % 7) }

// IsZero says whether this is no day.
func (d Day) IsZero() bool { return d.n == 0 }

// Compare is -1 when d comes before o, 1 when it comes after, and 0 when they are the same day.
func (d Day) Compare(o Day) int { return cmp.Compare(d.n, o.n) }

// Before says whether d comes before o.
func (d Day) Before(o Day) bool { return d.n < o.n }

// AddDays gives the day that lies n days later, or earlier when n is negative. It stops at the ends of the calendar, the
// years 1 and 9999. No day stays no day.
func (d Day) AddDays(n int) Day {
	if d.n == 0 {
		return d
	}
	n = max(-dayMax, min(n, dayMax))
	return Day{int32(max(1, min(int(d.n)+n, dayMax)))}
}

// DaysUntil counts the days from d to o. It is negative when o comes first, and 0 when one of them is no day.
func (d Day) DaysUntil(o Day) int {
	if d.n == 0 || o.n == 0 {
		return 0
	}
	return int(o.n) - int(d.n)
}

// String gives the day in the form 2026-01-31, and nothing for no day.
func (d Day) String() string {
	if d.n == 0 {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// In writes a day as people of a language read it: 05.11.2026 in Kazakh and Russian, 2026年11月5日 in Chinese, 5 Nov 2026 elsewhere.
func (d Day) In(lang string) string {
	y, m, n := d.Date()
	switch lang {
	case "kk", "ru":
		return fmt.Sprintf("%02d.%02d.%04d", n, int(m), y)
	case "zh":
		return fmt.Sprintf("%d年%d月%d日", y, int(m), n)
	}
	return fmt.Sprintf("%d %s %d", n, m.String()[:3], y)
}

// MarshalText gives the day as String does; JSON uses it too.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a day as Parse does. An empty text is no day.
func (d *Day) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Day{}
		return nil
	}
	day, err := Parse(string(text))
	if err != nil {
		return err
	}
	*d = day
	return nil
}

// Value stores the day as text, so that days sort in the database as they do in the calendar. No day is an empty text.
func (d Day) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads a day from a column of text. NULL is no day.
func (d *Day) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Day{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return ErrDay.About("a column of type %T holds no day", src)
}

// Micros gives an instant as the microseconds since 1970 in which it is stored. Fractions of a microsecond are dropped
// toward the past. The zero time is 0, so that "never" is stored as 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros gives the instant of stored microseconds, in UTC. 0 is the zero time.
func FromMicros(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
