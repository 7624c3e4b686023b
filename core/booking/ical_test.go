package booking

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzReadCalendar reads whatever somebody sends within its limits, and gives times that lie in the window and end after they
// begin.
func FuzzReadCalendar(f *testing.F) {
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20260501\nRRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270101\nEND:VEVENT\nEND:VCALENDAR"))
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=\"Asia/Almaty\":20260501T100000\nDURATION:P1W\nEND:VEVENT"))
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\x00b\xff\nDTSTART;VALUE=DATE:20260501\nEND:VEVENT\nEND:VCALENDAR"))
	from := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(0, 0, AheadMax)
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := readCalendar(body, time.UTC, from, to)
		if err != nil {
			return
		}
		if len(r.Busy) > timesMax {
			t.Errorf("%d times", len(r.Busy))
		}
		for _, b := range r.Busy {
			if b.Ends.Before(b.Starts) || !b.Starts.Before(to) || !b.Ends.After(from) {
				t.Errorf("from %s to %s", b.Starts, b.Ends)
			}
			if !utf8.ValidString(b.UID) || strings.ContainsRune(b.UID, 0) || len(b.UID) > uidMax {
				t.Errorf("no store keeps the name %q", b.UID)
			}
		}
	})
}
