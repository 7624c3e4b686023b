package booking_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sauda/base/span"
	"sauda/core/booking"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/seal"
)

// calendar writes a calendar of some events.
func calendar(events ...string) []byte {
	return []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n")
}

func vevent(uid string, lines ...string) string {
	return "BEGIN:VEVENT\r\nUID:" + uid + "\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
}

// TestCalendarsOfOtherHouses: what is sold elsewhere is not sold here, nothing is unsold, and what the other house gives back of
// the own calendar closes nothing.
func TestCalendarsOfOtherHouses(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		r, p := room(t, s, 1, plain())
		house := keys(t)
		if _, err := buy(s, nights(p, "2026-05-20", "2026-05-22", 2), "a"); err != nil {
			t.Fatal(err)
		}
		var f booking.Feed
		s.Moment(t, func(tx *db.Tx) (err error) {
			f, err = booking.AddFeed(tx, booking.Feed{Seller: seller.Own, Resource: r.ID, Name: "Elsewhere", URL: "https://calendars.example/1.ics"})
			return err
		})
		read := func(body []byte) (booking.Feed, error) {
			var got booking.Feed
			err := s.Try(func(tx *db.Tx) (err error) { got, err = booking.ReadFeed(tx, seller.Own, f.ID, body); return err })
			return got, err
		}
		closed := func() (days []string) {
			s.Look(t, func(tx *db.Tx) error {
				all, err := booking.Calendar(tx, p, span.Days{From: day("2026-05-05"), To: day("2026-06-15")})
				for _, d := range all {
					if d.Left == 0 {
						days = append(days, d.Day.String()[5:])
					}
				}
				return err
			})
			return days
		}
		for _, c := range []struct {
			name   string
			events []string
			want   string // want are the nights that are closed beside 20 and 21 May.
			odd    int
		}{
			{"whole days", []string{vevent("a", "DTSTART;VALUE=DATE:20260510", "DTEND;VALUE=DATE:20260512")}, "05-10 05-11", 0},
			{"a stay by the clock", []string{vevent("a", "DTSTART;TZID=Asia/Almaty:20260510T140000", "DTEND;TZID=Asia/Almaty:20260512T120000")}, "05-10 05-11", 0},
			{"late in another zone", []string{vevent("a", "DTSTART:20260510T200000Z", "DURATION:P1D")}, "05-11", 0}, // One in the night of the 11th.
			{"folded lines, an alarm", []string{vevent("a", "SUMMARY:A very\r\n  long line", "BEGIN:VALARM", "DTSTART:20260601", "END:VALARM", "DTSTART;VALUE=DA\r\n TE:20260510")}, "05-10", 0},
			{"each week", []string{vevent("a", "DTSTART;VALUE=DATE:20260501", "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;VALUE=DATE:20260508")}, "05-15", 0},
			{"Mondays and Fridays", []string{vevent("a", "DTSTART;VALUE=DATE:20260504", "RRULE:FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20260515")}, "05-08 05-11 05-15", 0},
			{"one of them on another day", []string{vevent("a", "DTSTART;VALUE=DATE:20260510", "RRULE:FREQ=DAILY;COUNT=2"), vevent("a", "RECURRENCE-ID;VALUE=DATE:20260511", "DTSTART;VALUE=DATE:20260513")}, "05-10 05-13", 0},
			{"each month, the 31st", []string{vevent("a", "DTSTART;VALUE=DATE:20260331", "RRULE:FREQ=MONTHLY")}, "05-31", 0},
			{"free and called off", []string{vevent("a", "DTSTART;VALUE=DATE:20260510", "TRANSP:TRANSPARENT"), vevent("b", "DTSTART;VALUE=DATE:20260510", "STATUS:CANCELLED")}, "", 0},
			{"odd ones", []string{vevent("a", "DTSTART;VALUE=DATE:20260510", "RRULE:FREQ=SECONDLY"), vevent("b", "DTSTART:never"), vevent("c", "DTSTART;VALUE=DATE:20260512", "DTEND;VALUE=DATE:20260510"), vevent("d", "SUMMARY:no start")}, "", 4},
			{"its own", []string{vevent(string(r.ID)+"-20260519T1900@sauda", "DTSTART;VALUE=DATE:20260510")}, "", 0},
			{"nothing", nil, "", 0},
		} {
			got, err := read(calendar(c.events...))
			want := strings.Fields(c.want + " 05-20 05-21")
			have := closed()
			for _, d := range want {
				if !strings.Contains(fmt.Sprint(have), d) {
					t.Errorf("%s: %s is open", c.name, d)
				}
			}
			if err != nil || len(have) != len(want) || got.Odd != c.odd {
				t.Errorf("%s: closed are %v, odd %d, %v", c.name, have, got.Odd, err)
			}
		}
		// Sold twice: it stays booked, and the seller is told.
		if _, err := read(calendar(vevent("x", "DTSTART;VALUE=DATE:20260521", "DTEND;VALUE=DATE:20260523"))); err != nil {
			t.Fatal(err)
		}
		s.Look(t, func(tx *db.Tx) error {
			all, err := booking.Conflicts(tx, seller.Own)
			if len(all) != 1 || all[0].Day != day("2026-05-21") || all[0].Taken != 1 || all[0].Closed != 1 {
				t.Errorf("conflicts: %+v", all)
			}
			return err
		})
		// What is too large, and what is none, is refused; all stays as it was.
		many := make([]string, 2001)
		for i := range many {
			many[i] = vevent(fmt.Sprint(i), "DTSTART;VALUE=DATE:20260510")
		}
		loop := make([]string, 300)
		for i := range loop {
			loop[i] = vevent(fmt.Sprint(i), "DTSTART;VALUE=DATE:20260501", "RRULE:FREQ=DAILY")
		}
		for name, body := range map[string][]byte{"events": calendar(many...), "bytes": make([]byte, booking.CalendarMax+1), "repeats": calendar(loop...), "a page": []byte("<html>")} {
			if _, err := read(body); !errors.Is(err, booking.ErrCalendar) {
				t.Errorf("too many %s: %v", name, err)
			}
		}
		if have := closed(); len(have) != 3 {
			t.Errorf("closed are %v", have)
		}
		published(t, s, r, house)
		if err := s.Try(func(tx *db.Tx) error { return booking.DropFeed(tx, "sel_other", f.ID) }); !errors.Is(err, booking.ErrUnknown) {
			t.Errorf("another seller drops it: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error { return booking.DropFeed(tx, seller.Own, f.ID) })
		if have := closed(); len(have) != 2 {
			t.Errorf("without the feed closed are %v", have)
		}
	})
}

// published looks at the calendar that goes out: what is booked here, nothing of what is closed elsewhere, and by its address only.
func published(t *testing.T, s *dbtest.Store, r booking.Resource, house seal.Keys) {
	t.Helper()
	show := func(r booking.Resource) (body string, err error) {
		parts := strings.Split(booking.CalendarPath(house, r), "/")
		err = s.Try(func(tx *db.Tx) (err error) {
			body, err = booking.Published(tx, house, r.ID, parts[len(parts)-1])
			return err
		})
		return body, err
	}
	if _, err := show(r); !errors.Is(err, booking.ErrUnknown) {
		t.Errorf("one that is not published is shown: %v", err)
	}
	s.Moment(t, func(tx *db.Tx) (err error) { r, err = booking.Publish(tx, seller.Own, r.ID, true); return err })
	body, err := show(r)
	if err != nil || strings.Count(body, "BEGIN:VEVENT") != 1 || !strings.Contains(body, "DTSTART;VALUE=DATE:20260520\r\nDTEND;VALUE=DATE:20260522\r\n") {
		t.Errorf("it says %s, %v", body, err)
	}
	old := r
	s.Clock.Advance(1)
	s.Clock.Advance(1_000_000)
	s.Moment(t, func(tx *db.Tx) (err error) { r, err = booking.Publish(tx, seller.Own, r.ID, true); return err })
	if _, err := show(old); !errors.Is(err, booking.ErrUnknown) {
		t.Errorf("the old address shows it still: %v", err)
	}
	if err := s.Try(func(tx *db.Tx) error { _, err := booking.Publish(tx, "sel_other", r.ID, false); return err }); !errors.Is(err, booking.ErrUnknown) {
		t.Errorf("another seller takes the address away: %v", err)
	}
}

// TestLettersThatNoTextHas: what another house writes in another encoding, or with signs that nobody sees, closes its days on both
// engines, and is written down without them.
func TestLettersThatNoTextHas(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		r, _ := room(t, s, 1, plain())
		s.Moment(t, func(tx *db.Tx) error {
			f, err := booking.AddFeed(tx, booking.Feed{Seller: seller.Own, Resource: r.ID, Name: "Elsewhere"})
			if err != nil {
				return err
			}
			cut := strings.Repeat("я", 120) // Its letters are two bytes each, and behind one of one the cut is in the middle of a letter.
			f, err = booking.ReadFeed(tx, seller.Own, f.ID, calendar(
				vevent("a\x00b\xff", "DTSTART;VALUE=DATE:20260510"), vevent("x"+cut, "DTSTART;VALUE=DATE:20260512"),
			))
			if err != nil || f.Events != 2 {
				t.Errorf("%d events are read, %v", f.Events, err)
			}
			return errors.Join(err, booking.NoteTrouble(tx, f.ID, "x"+cut+"\x00"))
		})
		if err := s.Try(func(tx *db.Tx) error {
			_, err := booking.AddFeed(tx, booking.Feed{Seller: seller.Own, Resource: r.ID, Name: "Elsewhere", URL: "https://calendars.example/\xff.ics"})
			return err
		}); !errors.Is(err, booking.ErrInvalid) {
			t.Errorf("an address of half letters: %v", err)
		}
	})
}
