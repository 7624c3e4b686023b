package course

import (
	"cmp"
	"slices"
	"time"

	"sauda/base/span"
)

// lessonsMax bounds the lessons of one group: three years of five lessons a week.
const lessonsMax = 780

// Meeting is when a lesson begins and ends.
type Meeting struct {
	Begins time.Time
	Ends   time.Time
}

// Timetable gives the lessons that a weekly timetable has in a span of days, in their order. The clock of the zone counts: a
// lesson at half past six is at half past six before and after the clock changes, and lasts as long as it is said to. A time
// that a change of the clock leaps over is as much later as the leap. It is a pure function.
func Timetable(days span.Days, slots []Slot, zone *time.Location) []Meeting {
	var all []Meeting
	for day := days.From; day.Before(days.To) && len(all) <= lessonsMax; day = day.AddDays(1) {
		year, month, date := day.Date()
		for _, s := range slots {
			hour, minute, ok := clock(s.At)
			if !ok || s.Weekday != day.Weekday() {
				continue
			}
			begins := time.Date(year, month, date, hour, minute, 0, 0, zone)
			all = append(all, Meeting{begins.UTC(), begins.Add(time.Duration(s.Minutes) * time.Minute).UTC()})
		}
	}
	slices.SortFunc(all, func(a, b Meeting) int {
		return cmp.Or(a.Begins.Compare(b.Begins), a.Ends.Compare(b.Ends))
	})
	return all
}

// clock reads "18:30".
func clock(s string) (hour, minute int, ok bool) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, 0, false
	}
	return t.Hour(), t.Minute(), true
}
