package office_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/core/waitlist"
	"sauda/gear/db"
	"sauda/gear/job"
)

// TestTheWaitingList: who waits for a full departure stands on the page in the order of asking; what is not free is refused with
// the reason, what is free is offered out of turn, and who is taken out is gone. Another seller sees and changes nothing.
func TestTheWaitingList(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, reader := h.AdminToken(t), h.Staffed(t, "reads@example.kz", string(seller.Own), "orders.read")
		other := h.Staffed(t, "other@example.kz", "sel_other", "*")
		h.get(t, admin, "/office/bookings").has(".bar a[href$='/office/waits']", "Waiting list")
		h.get(t, admin, "/office/waits").has("main .state", "Nobody waits")
		seats, ids := h.fullDeparture(t)
		s := h.get(t, admin, "/office/waits")
		s.has("section.card h2", "Kettle", "A day")
		s.has("tbody tr:nth-child(1)", "1", "first@example.kz", "adults: 2", "In the line")
		s.has("tbody tr:nth-child(2)", "2", "second@example.kz", "adults: 1")
		if n := h.Statements(func() { h.get(t, admin, "/office/waits") }); n > 9 {
			t.Errorf("the page costs %d statements, 9 are allowed", n)
		}
		product := "/office/waits?product=" + string(h.Goods[apptest.Kettle].Product)
		h.get(t, admin, product).has("option[selected]", "Kettle")
		h.get(t, admin, "/office/waits?product=prd_no").has("main .state", "Nobody waits")
		if n := len(h.get(t, reader, product).all("tbody form")); n > 0 {
			t.Error("who only reads is offered deeds")
		}
		if theirs := h.get(t, other, "/office/waits"); strings.Contains(theirs.text("main"), "example.kz") {
			t.Errorf("another seller sees %s", theirs.text("main"))
		}
		second := "/office/waits/" + string(ids[1])
		for token, want := range map[string]int{reader: http.StatusForbidden, other: http.StatusNotFound} {
			for _, deed := range []string{"/offer", "/removal"} {
				if s := h.send(t, token, "POST", second+deed, nil); s.status != want {
					t.Errorf("%s: %d, want %d", deed, s.status, want)
				}
			}
		}
		h.trySubmit(t, admin, h.get(t, admin, product), "form[action$='"+string(ids[1])+"/offer']").has("main", "Less is free than was asked for")
		h.Moment(t, func(tx *db.Tx) error { return hold.Release(tx, seats) })
		s = h.submit(t, admin, h.get(t, admin, product), "form[action$='"+string(ids[1])+"/offer']")
		s.has("tbody tr:nth-child(2)", "second@example.kz", "Offered", "until")
		s.has("main option[selected]", "Kettle")
		h.submit(t, admin, s, "form[action$='"+string(ids[0])+"/removal']")
		if s = h.get(t, admin, product); strings.Contains(s.text("main"), "first@example.kz") {
			t.Error("who was taken out stands there still")
		}
		h.Settled(t)
		h.Sound(t)
	})
}

// fullDeparture puts down a departure of two seats that somebody holds, for which two guests wait; it says whose the seats are.
func (h *house) fullDeparture(t *testing.T) (owner string, ids []waitlist.ID) {
	t.Helper()
	owner = "cart/1"
	var d booking.Draft
	h.Moment(t, func(tx *db.Tx) error {
		p, err := booking.AddPlan(tx, booking.Plan{
			Seller: seller.Own, Product: h.Goods[apptest.Kettle].Product, Variant: h.Goods[apptest.Kettle].Variant, Form: booking.FormDeparture,
			Name: text.Localized{"kk": "Бір күн", "ru": "Один день", "en": "A day"}, PlaceName: text.Localized{"en": "Charyn"}, Zone: "Asia/Almaty",
			Terms: booking.Terms{Currency: money.KZT, ByPerson: true, Base: 18_000_00, PeopleMax: 8, Minutes: 600},
		})
		if err != nil {
			return err
		}
		deps, err := booking.AddDepartures(tx, p, []span.Day{p.Today(tx.Now()).AddDays(5)}, 8*60, 2)
		if err != nil {
			return err
		}
		d = booking.Draft{Plan: p.ID, Departure: deps[0].ID}
		return hold.Take(tx, owner, []hold.Want{{Key: booking.SeatKey(deps[0].ID), Quantity: 2}}, tx.Now().Add(time.Hour))
	})
	ids = make([]waitlist.ID, 2)
	for i, email := range []string{"first@example.kz", "second@example.kz"} {
		d.Adults = 2 - i
		if err := job.Once(t.Context(), h.Store, db.Who{Kind: db.KindGuest}, func(tx *db.Tx) error {
			w, err := booking.Await(tx, d, email, "en")
			ids[i] = w.ID
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	return owner, ids
}
