package booking_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/core/booking"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/seal"
)

func keys(t *testing.T) seal.Keys {
	t.Helper()
	k, err := seal.Parse(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestTicketsAreSigned reads a ticket at the door of its seller, and at no other; a letter changed makes it none.
func TestTicketsAreSigned(t *testing.T) {
	b := booking.Booking{ID: "bkg_06f2k3m4n5p6q7r8s9t0v1w2x3", Seller: seller.Own, From: day("2026-05-20"), To: day("2026-05-21"), Draft: booking.Draft{Adults: 2, Children: []int{4}}}
	said, err := booking.TicketOf(keys(t), b)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := booking.ReadTicket(keys(t), "sel_two", said); !errors.Is(err, booking.ErrTicket) {
		t.Errorf("at another door: %+v, %v", got, err)
	}
	for i := range said {
		for _, letter := range "A1:" {
			other := said[:i] + string(letter) + said[i+1:]
			if other == said || i == len(said)-1 { // The last letter has bits that mean nothing.
				continue
			}
			if got, err := booking.ReadTicket(keys(t), seller.Own, other); !errors.Is(err, booking.ErrTicket) {
				t.Fatalf("%s: %+v, %v", other, got, err)
			}
		}
	}
	for _, bad := range []string{"", ":::::", strings.Repeat("x", 5000), "SAUDA1:a:b:c:d:e"} {
		if _, err := booking.ReadTicket(keys(t), seller.Own, bad); !errors.Is(err, booking.ErrTicket) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

// TestTravellers keeps who travels sealed, and refuses who is not born, is another age than was booked, or has no document.
func TestTravellers(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		_, p := room(t, s, 1, plain())
		b, err := buy(s, nights(p, "2026-05-12", "2026-05-14", 1, 5), "a")
		if err != nil {
			t.Fatal(err)
		}
		name := func(all ...booking.Passenger) error {
			return s.Try(func(tx *db.Tx) error { return booking.SetPassengers(tx, keys(t), b, all) })
		}
		parent := booking.Passenger{Name: "Айгерім Сейіт", Born: day("1990-02-28"), Document: "N12345678"}
		child := booking.Passenger{Name: "Дана Сейіт", Born: day("2020-06-01"), Document: "123456"}
		for said, c := range map[string]booking.Passenger{
			"not born":    {Name: "Ұл", Born: day("2026-06-01"), Document: "1"},
			"of six":      {Name: "Ұл", Born: day("2020-05-12"), Document: "1"},
			"no day":      {Name: "Ұл", Document: "1"},
			"no document": {Name: "Ұл", Born: child.Born},
		} {
			if err := name(parent, c); !errors.Is(err, booking.ErrPassenger) || len(fault.FieldsOf(err)) != 1 {
				t.Errorf("%s: %v %v", said, err, fault.FieldsOf(err))
			}
		}
		if err := name(parent); !errors.Is(err, booking.ErrPassenger) {
			t.Errorf("one of two: %v", err)
		}
		if err := name(parent, child); err != nil {
			t.Fatal(err)
		}
		s.Look(t, func(tx *db.Tx) error {
			var sealed string
			if err := tx.QueryRowContext(tx.Context(), "SELECT sealed FROM booking_passenger WHERE position = 0").Scan(&sealed); err != nil || strings.Contains(sealed, "Сейіт") {
				t.Errorf("in the store stands %q, %v", sealed, err)
			}
			all, err := booking.Passengers(tx, keys(t), b.ID)
			if len(all) != 2 || all[1] != child {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}

// TestADoorTellsLater: who was let in without a network is noted at his time, once however often it is told; a second door that let in
// by the same ticket, and one that did so by a booking that was given up, leave a clash.
func TestADoorTellsLater(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		p, deps := tour(t, s, 9, "Asia/Almaty", day("2026-05-02"))
		var all []booking.Booking
		for _, name := range []string{"a", "b"} {
			b, err := buy(s, booking.Draft{Plan: p.ID, Departure: deps[0].ID, Adults: 1}, name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b)
		}
		ticket, err := booking.TicketOf(keys(t), all[0])
		if err != nil {
			t.Fatal(err)
		}
		s.Moment(t, func(tx *db.Tx) error { _, _, err := booking.Cancel(tx, all[1].ID); return err })
		at := deps[0].Starts.Add(-20 * time.Minute)
		s.Clock.Set(at.Add(3 * time.Hour))
		note := func(m booking.Mark) (b booking.Booking, why string) {
			t.Helper()
			err := s.Try(func(tx *db.Tx) error {
				got, noted, err := booking.Note(tx, keys(t), seller.Own, m)
				b, why = got, noted.Why
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", m.ID, err)
			}
			return b, why
		}
		for range 2 {
			if b, why := note(booking.Mark{ID: "m1", Door: "north", At: at, Said: ticket}); why != "" || !b.Used.Equal(at) || b.State != booking.StateIn || b.Clash() {
				t.Errorf("the first door: %q, used at %s, %s", why, b.Used, b.State)
			}
		}
		again := booking.Mark{ID: "m1", Door: "north", Said: ticket}
		if err := s.Try(func(tx *db.Tx) error { _, err := booking.Enter(tx, keys(t), seller.Own, again); return err }); err != nil {
			t.Errorf("asked under the mark that has let in: %v", err)
		}
		if b, why := note(booking.Mark{ID: "m2", Door: "south", At: at.Add(time.Minute), Said: all[0].Code()}); why != "booking.used" || !b.Clash() || !b.Used.Equal(at) {
			t.Errorf("the second door: %q, %+v", why, b.Marks)
		}
		lost, err := booking.TicketOf(keys(t), all[1])
		if err != nil {
			t.Fatal(err)
		}
		if b, why := note(booking.Mark{ID: "m3", At: at, Said: lost}); why != "booking.state" || b.State != booking.StateCancelled || !b.Clash() {
			t.Errorf("given up: %q, %s", why, b.State)
		}
		if err := s.Try(func(tx *db.Tx) error {
			_, _, err := booking.Note(tx, keys(t), "sel_two", booking.Mark{ID: "m4", At: at, Said: ticket})
			return err
		}); !errors.Is(err, booking.ErrTicket) {
			t.Errorf("at another's door: %v", err)
		}
		s.Look(t, func(tx *db.Tx) error {
			list, err := booking.AtDoor(tx, seller.Own)
			if len(list) != 1 || list[0].ID != all[0].ID || !list[0].Clash() {
				t.Errorf("at the door are %+v", list)
			}
			return err
		})
	})
}

// TestALostAnswerIsNoConflict: a door that has let in, and has not heard so, asks again or tells later under the same mark, and lets
// in once; under another one the ticket is used.
func TestALostAnswerIsNoConflict(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		p, deps := tour(t, s, 9, "Asia/Almaty", day("2026-05-02"))
		b, err := buy(s, booking.Draft{Plan: p.ID, Departure: deps[0].ID, Adults: 1}, "a")
		if err != nil {
			t.Fatal(err)
		}
		ticket, err := booking.TicketOf(keys(t), b)
		if err != nil {
			t.Fatal(err)
		}
		s.Clock.Set(deps[0].Starts)
		enter := func(id string) (b booking.Booking, err error) {
			err = s.Try(func(tx *db.Tx) (err error) {
				b, err = booking.Enter(tx, keys(t), seller.Own, booking.Mark{ID: id, Door: "north", Said: ticket})
				return err
			})
			return b, err
		}
		for range 2 {
			if b, err := enter("m1"); err != nil || b.State != booking.StateIn || len(b.Marks) != 1 {
				t.Fatalf("%v: %+v", err, b)
			}
		}
		s.Clock.Set(deps[0].Starts.Add(time.Minute))
		s.Moment(t, func(tx *db.Tx) error {
			b, m, err := booking.Note(tx, keys(t), seller.Own, booking.Mark{ID: "m1", Door: "north", At: tx.Now(), Said: ticket})
			if m.Why != "" || b.Clash() {
				t.Errorf("told later it is a conflict: %+v", b.Marks)
			}
			return err
		})
		for _, id := range []string{"m2", ""} {
			if _, err := enter(id); !errors.Is(err, booking.ErrUsed) {
				t.Errorf("under %q: %v", id, err)
			}
		}
	})
}
