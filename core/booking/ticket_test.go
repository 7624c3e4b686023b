package booking_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

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
