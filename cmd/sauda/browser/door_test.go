package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
)

// line is a house that can be cut off.
type line struct {
	house http.Handler
	cut   atomic.Bool
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l.cut.Load() {
		panic(http.ErrAbortHandler)
	}
	l.house.ServeHTTP(w, r)
}

// tickets sells seats of a departure in two hours, and gives their tickets.
func tickets(t *testing.T, h *apptest.House, many int) (all []string) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		name := text.Localized{"kk": "Шарын", "ru": "Чарын", "en": "Charyn"}
		p, err := booking.AddPlan(tx, booking.Plan{
			Seller: seller.Own, Product: h.Goods[apptest.Kettle].Product, Variant: h.Goods[apptest.Kettle].Variant, Form: booking.FormDeparture, Name: name,
			PlaceName: name, Zone: "UTC", Terms: booking.Terms{Currency: money.KZT, Base: 100, PeopleMax: 2, Minutes: 600},
		})
		if err != nil {
			return err
		}
		soon := tx.Now().Add(2 * time.Hour).UTC()
		day := span.DayOf(soon, time.UTC)
		deps, err := booking.AddDepartures(tx, p, []span.Day{day}, soon.Hour()*60+soon.Minute(), 9)
		if err != nil {
			return err
		}
		for n := range many {
			b, err := booking.Choose(tx, booking.Draft{Plan: p.ID, Departure: deps[0].ID, Adults: 1})
			if err != nil {
				return err
			}
			owner := fmt.Sprint("cart/", n)
			if err := hold.Take(tx, owner, []hold.Want{{Key: booking.SeatKey(deps[0].ID), Quantity: 1}}, tx.Now().Add(time.Minute)); err != nil {
				return err
			}
			if err := hold.Confirm(tx, owner); err != nil {
				return err
			}
			if _, err := booking.Place(tx, booking.Sale{Booking: b.ID, Order: fmt.Sprint("ord_", n), Line: "1", Owner: owner}); err != nil {
				return err
			}
			if b, err = booking.Pay(tx, b.ID); err != nil {
				return err
			}
			said, err := booking.TicketOf(h.Desk.Keys, b)
			if err != nil {
				return err
			}
			all = append(all, said)
		}
		return nil
	})
	return all
}

// TestTheDoorWithoutANetwork: two telephones bring the list, lose the network, and still tell a good ticket from one that was used
// there, is made up, or is none; the page opens again, what was let in is told when the network is back, and a ticket that let in at
// both is a conflict that staff sees.
func TestTheDoorWithoutANetwork(t *testing.T) {
	chromium := browser(t, chromedp.WindowSize(390, 844))
	h := apptest.Open(t, db.SQLite)
	all := tickets(t, h, 2)
	l := &line{house: h.Handler()}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	doors := [2]person{someone(t, chromium), someone(t, chromium)}
	for _, p := range doors {
		p.open(at(server.URL, "kk", "/office/door"))
		p.entersBy("/sign-in", map[string]string{"email": apptest.AdminEmail, "password": apptest.AdminPassword})
		p.until("the door", `location.pathname == "/kk/office/door" && document.querySelector("[data-state=list]").textContent.includes("2")`)
		p.until("that the page is kept", `document.body.dataset.kept > 2`)
		p.decent("kk")
	}
	shows := func(p person, said, verdict string) {
		t.Helper()
		look[bool](p, `delete document.querySelector(".scanner").dataset.verdict`)
		p.fill(map[string]string{"code": said})
		p.press("#door button.main")
		p.until(verdict, fmt.Sprintf(`document.querySelector(".scanner").dataset.verdict == %q`, verdict))
	}
	shows(doors[0], "NOTHING1", "unknown")
	l.cut.Store(true)
	for _, p := range doors {
		p.open(at(server.URL, "kk", "/office/door"))
		p.until("the page that was kept", `document.querySelector(".net[data-net=off]")`)
		shows(p, all[0], "in")
		shows(p, all[0], "used")
		shows(p, "NOTHING1", "unknown")
		shows(p, all[1][:len(all[1])-8]+"AAAAAAAA", "unknown")
		p.until("a mark that waits", `document.querySelector("[data-state=queue]").dataset.count == 1`)
	}
	l.cut.Store(false)
	for _, p := range doors {
		p.open(at(server.URL, "kk", "/office/door"))
		p.until("that all is told", `document.querySelector(".net[data-net=on]") && document.querySelector("[data-state=queue]").dataset.count == 0`)
	}
	doors[1].until("the conflict", `!document.querySelector("[data-clashes]").hidden && document.querySelector("[data-clashes] li")`)
	shows(doors[0], all[0], "used")
	shows(doors[0], all[1], "in")
	doors[0].open(at(server.URL, "kk", "/office/bookings"))
	doors[0].until("the conflict on the board", `document.querySelector("#main strong.bad")`)
}
