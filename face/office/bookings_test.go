package office_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestTheBoardOfBookings: who comes stands on the board with how full the rooms are and what can be done; staff of another
// seller see nothing of it and change nothing, and nobody opens it without the scope.
func TestTheBoardOfBookings(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, from := h.AdminToken(t), h.Today().AddDays(3)
		var b booking.Booking
		h.Moment(t, func(tx *db.Tx) error {
			name := text.Localized{"kk": "Бөлме", "ru": "Номер", "en": "Lake room"}
			r, err := booking.AddResource(tx, booking.Resource{Seller: seller.Own, Grain: booking.GrainDay, Name: name, Zone: "Asia/Almaty", Units: 4, Ahead: 60})
			if err != nil {
				return err
			}
			p, err := booking.AddPlan(tx, booking.Plan{
				Seller: seller.Own, Product: h.Goods[apptest.Kettle].Product, Variant: h.Goods[apptest.Kettle].Variant, Form: booking.FormNights, Name: name,
				PlaceName: text.Localized{"kk": "Сәті", "en": "Saty"}, Zone: "Asia/Almaty", Needs: []booking.Need{{Resource: r.ID, Per: booking.PerUnit}},
				Terms: booking.Terms{Currency: money.KZT, Base: 20_000_00, PeopleMax: 2, Documents: true},
			})
			if err != nil {
				return err
			}
			if b, err = booking.Choose(tx, booking.Draft{Plan: p.ID, From: from, To: from.AddDays(2), Units: 1, Adults: 2}); err != nil {
				return err
			}
			chosen, err := booking.ChosenOf(tx, []booking.ID{b.ID})
			if err != nil {
				return err
			}
			if err := hold.Take(tx, "cart/1", chosen[b.ID].Wants, tx.Now().Add(time.Minute)); err != nil {
				return err
			}
			if err := hold.Confirm(tx, "cart/1"); err != nil {
				return err
			}
			b, err = booking.Place(tx, booking.Sale{Booking: b.ID, Order: "ord_1", Line: "1", Owner: "cart/1"})
			return err
		})
		h.get(t, admin, "/office").has("nav a[href$='/office/bookings']", "Bookings")
		board := h.get(t, admin, "/office/bookings")
		board.has("h1", "Bookings")
		board.has("section[aria-labelledby=load]", "Lake room", "1/4", "0/4")
		board.has("section[aria-labelledby=comers]", "Lake room", "adults: 2", b.Code(), "Booked")
		board.has("#closing-days", "")
		h.get(t, admin, "/office/bookings?from="+from.AddDays(20).String()).has("section[aria-labelledby=comers] .dim", "")

		other, end := h.Staffed(t, "other@example.kz", "sel_other", "*"), "/office/bookings/"+string(b.ID)+"/end"
		if theirs := h.get(t, other, "/office/bookings"); strings.Contains(theirs.text("main"), "Lake room") {
			t.Errorf("another seller sees %s", theirs.text("main"))
		}
		if s := h.send(t, other, "POST", end, values("missed", "true")); s.status != http.StatusNotFound {
			t.Errorf("another seller ends it: %d", s.status)
		}
		if s := h.send(t, other, "POST", "/office/bookings/"+string(b.ID)+"/move", values("from", from.AddDays(1).String())); s.status != http.StatusNotFound {
			t.Errorf("another seller moves it: %d", s.status)
		}
		people := "/office/bookings/" + string(b.ID) + "/travellers"
		h.get(t, admin, people).has("main", "has named nobody yet")
		h.Moment(t, func(tx *db.Tx) error {
			return booking.SetPassengers(tx, h.Desk.Keys, b, []booking.Passenger{
				{Name: "Aigerim Seiit", Born: span.MustDay("1990-02-28"), Document: "N12345678"}, {Name: "Dana Seiit", Born: span.MustDay("1991-06-01"), Document: "N87654321"},
			})
		})
		h.get(t, admin, people).has("tbody", "Aigerim Seiit", "N12345678", "Dana Seiit")
		for who, token := range map[string]string{"another seller": other, "a reader": h.Staffed(t, "reads@example.kz", string(seller.Own), "orders.read")} {
			if s := h.send(t, token, "GET", people, nil); s.status != http.StatusNotFound && s.status != http.StatusForbidden {
				t.Errorf("%s sees the documents: %d", who, s.status)
			}
		}
		h.calendars(t, admin, other)
		for who, token := range map[string]string{
			"a buyer": h.Registered(t, "buyer@example.kz"), "no scope": h.Staffed(t, "goods@example.kz", string(seller.Own), "catalog.*"),
		} {
			if s := h.send(t, token, "GET", "/office/bookings", nil); s.status != http.StatusForbidden {
				t.Errorf("%s opens the board: %d", who, s.status)
			}
		}
	})
}

// TestASellerCancelsABooking on the board: its buyer has all of his money back a day before, when the terms would keep it.
func TestASellerCancelsABooking(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, guest, from := h.AdminToken(t), h.Guest(), h.Today().AddDays(1)
		kettle := h.Goods[apptest.Kettle]
		var p booking.Plan
		h.Moment(t, func(tx *db.Tx) error {
			sold, err := catalog.Get(tx, kettle.Product)
			if err != nil {
				return err
			}
			kind := catalog.Kind{Service: &catalog.Service{Way: booking.WayName}}
			if _, err = catalog.Revise(tx, sold.ID, sold.Version, catalog.Changes{Kind: &kind}); err != nil {
				return err
			}
			name := text.Localized{"kk": "Бөлме", "ru": "Номер", "en": "Lake room"}
			r, err := booking.AddResource(tx, booking.Resource{Seller: seller.Own, Grain: booking.GrainDay, Name: name, Zone: "Asia/Almaty", Units: 1, Ahead: 60})
			if err != nil {
				return err
			}
			p, err = booking.AddPlan(tx, booking.Plan{
				Seller: seller.Own, Product: kettle.Product, Variant: kettle.Variant, Form: booking.FormNights, Name: name,
				PlaceName: text.Localized{"kk": "Сәті", "en": "Saty"}, Zone: "Asia/Almaty", Needs: []booking.Need{{Resource: r.ID, Per: booking.PerUnit}},
				Terms: booking.Terms{Currency: money.KZT, Base: 20_000_00, PeopleMax: 2},
			})
			return err
		})
		id := guest.Do(t, 201, "POST", "/v1/bookings", map[string]any{"plan_id": p.ID, "from": from.String(), "to": from.AddDays(2).String(), "adults": 2}).Text("id")
		cart := guest.Basket(t, h.House)
		guest.Do(t, 201, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": kettle.Variant, "answers": map[string]string{"chosen": id}})
		guest.Do(t, 204, "PUT", "/v1/carts/"+cart+"/contact", map[string]any{"email": "aigul@example.kz", "phone": "+77011234567"})
		bought := guest.Do(t, 200, "POST", "/v1/carts/"+cart+"/checkout", map[string]any{"method": "card", "token": "tok_ok"}).Text("order.id")
		h.Settled(t)
		end := "/office/bookings/" + id + "/cancellation"
		for who, token := range map[string]string{"another seller": h.Staffed(t, "other@example.kz", "sel_other", "*"), "a reader": h.Staffed(t, "reads@example.kz", string(seller.Own), "orders.read")} {
			if s := h.send(t, token, "POST", end, values()); s.status != http.StatusNotFound && s.status != http.StatusForbidden {
				t.Errorf("%s cancels it: %d", who, s.status)
			}
		}
		h.submit(t, admin, h.get(t, admin, "/office/bookings"), "form[action$='"+end+"']", "reason", "A storm")
		h.Settled(t)
		h.Look(t, func(tx *db.Tx) error {
			b, err := booking.Get(tx, booking.ID(id))
			back, err2 := order.Repaid(tx, []order.ID{order.ID(bought)})
			if b.State != booking.StateCancelled || back[order.ID(bought)].Minor != 40_000_00 {
				t.Errorf("it is %s, back came %v", b.State, back)
			}
			return errors.Join(err, err2)
		})
		if s := h.send(t, admin, "POST", end, values()); s.status == http.StatusSeeOther {
			t.Error("it is cancelled a second time")
		}
	})
}

// calendars gives a room a secret address and has it follow another house; another seller does neither.
func (h *house) calendars(t *testing.T, admin, other string) {
	t.Helper()
	page := h.get(t, admin, "/office/calendars")
	page.has("section[aria-labelledby=out]", "Lake room", "Make an address")
	if n := h.Statements(func() { h.get(t, admin, "/office/calendars") }); n > 8 {
		t.Errorf("the page costs %d statements", n)
	}
	var r booking.Resource
	find := func() {
		h.Look(t, func(tx *db.Tx) error {
			all, err := booking.Resources(tx, seller.Own)
			r = all[0]
			return err
		})
	}
	find()
	address := "/office/calendars/" + string(r.ID) + "/address"
	if s := h.send(t, other, "POST", address, values()); s.status != http.StatusNotFound {
		t.Errorf("another seller publishes it: %d", s.status)
	}
	h.send(t, admin, "POST", address, values())
	find()
	h.get(t, admin, "/office/calendars").has("input[value$='"+booking.CalendarPath(h.Desk.Keys, r)+"']", "")
	for url, want := range map[string]int{"http://10.0.0.1/x": http.StatusUnprocessableEntity, "": http.StatusOK} {
		if s := h.send(t, admin, "POST", "/office/calendars/feeds", values("resource", string(r.ID), "name", "Elsewhere", "url", url)); s.status != want && s.status != http.StatusSeeOther {
			t.Errorf("a feed at %q: %d", url, s.status)
		}
	}
	var f booking.Feed
	h.Look(t, func(tx *db.Tx) error {
		all, err := booking.Feeds(tx, seller.Own)
		if len(all) != 1 {
			t.Fatalf("%d feeds", len(all))
		}
		f = all[0]
		return err
	})
	feed := "/office/calendars/feeds/" + string(f.ID)
	day := strings.ReplaceAll(h.Today().AddDays(9).String(), "-", "")
	if s := h.uploadTo(t, admin, feed+"/file", "file", "1.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:"+day+"\nEND:VEVENT\nEND:VCALENDAR"); s.status >= http.StatusBadRequest {
		t.Errorf("its file: %d", s.status)
	}
	h.get(t, admin, "/office/calendars").has("section[aria-labelledby=in]", "Elsewhere", "Times that are closed: 1")
	h.uploadTo(t, admin, feed+"/file", "file", "1.ics", "<html>").has("main", "cannot be read")
	if s := h.send(t, other, "POST", feed+"/end", values()); s.status != http.StatusNotFound {
		t.Errorf("another seller ends it: %d", s.status)
	}
	h.send(t, admin, "POST", feed+"/end", values())
}

// TestTheDoor: the page names nobody; its form works without a script; the list has hashes and no name, and is another seller's own;
// marks are answered one by one, and what is none of a ticket is refused without harm.
func TestTheDoor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, other := h.AdminToken(t), h.Staffed(t, "other@example.kz", "sel_other", "*")
		b := h.atTheDoor(t)
		page := h.get(t, admin, "/office/door")
		page.has("#door[data-list$='/office/door/list.json'] input[name=code]", "")
		if strings.Contains(page.text("body"), apptest.AdminEmail) {
			t.Error("the page that is kept knows who looks")
		}
		if s := h.get(t, admin, "/office/door/list.json"); !strings.Contains(s.body, `"state":"booked"`) || strings.Contains(s.body, b.Code()) || strings.Contains(s.body, string(b.ID)) || strings.Contains(s.body, "ord_") {
			t.Errorf("the list is %s", s.body)
		}
		if s := h.get(t, other, "/office/door/list.json"); !strings.Contains(s.body, `"tickets":[]`) {
			t.Errorf("another seller has %s", s.body)
		}
		h.send(t, admin, "POST", "/office/door", values("code", "NOTHING1")).has(".scanner[data-mood=bad]", "ticket")
		h.send(t, admin, "POST", "/office/door", values("code", b.Code())).has(".scanner[data-mood=good]", "Lake room")
		h.send(t, admin, "POST", "/office/door", values("code", b.Code())).has(".scanner[data-mood=bad]", "used")
	})
}

// TestAMarkOfTheDoor: a mark lets in, also when its answer was lost and it is asked again, and stands in the audit; another mark is
// refused.
func TestAMarkOfTheDoor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, b := h.AdminToken(t), h.atTheDoor(t)
		for _, m := range []struct{ id, verdict string }{{"m1", "in"}, {"m1", "in"}, {"m2", "used"}} {
			r := httptest.NewRequest("POST", "/office/door/marks.json", strings.NewReader(`{"marks":[{"id":"`+m.id+`","said":"`+b.Code()+`"}]}`))
			r.Header.Set("Authorization", "Bearer "+admin)
			w := httptest.NewRecorder()
			h.pages.ServeHTTP(w, r)
			if !strings.Contains(w.Body.String(), `"verdict":"`+m.verdict+`"`) {
				t.Errorf("%s: %d %s", m.id, w.Code, w.Body)
			}
		}
		h.get(t, admin, "/office/audit?object="+string(b.ID)).has("main", "/office/door/marks.json")
	})
}

// atTheDoor gives a booking that is paid and begins now.
func (h *house) atTheDoor(t *testing.T) (b booking.Booking) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		name := text.Localized{"kk": "Бөлме", "ru": "Номер", "en": "Lake room"}
		r, err := booking.AddResource(tx, booking.Resource{Seller: seller.Own, Grain: booking.GrainDay, Name: name, Zone: "Asia/Almaty", Units: 4, Ahead: 60})
		if err != nil {
			return err
		}
		p, err := booking.AddPlan(tx, booking.Plan{
			Seller: seller.Own, Product: h.Goods[apptest.Kettle].Product, Variant: h.Goods[apptest.Kettle].Variant, Form: booking.FormNights, Name: name,
			PlaceName: text.Localized{"kk": "Сәті", "en": "Saty"}, Zone: "Asia/Almaty", Needs: []booking.Need{{Resource: r.ID, Per: booking.PerUnit}},
			Terms: booking.Terms{Currency: money.KZT, Base: 20_000_00, PeopleMax: 2, CheckIn: 1439},
		})
		if err != nil {
			return err
		}
		if b, err = booking.Choose(tx, booking.Draft{Plan: p.ID, From: h.Today(), To: h.Today().AddDays(2), Units: 1, Adults: 2}); err != nil {
			return err
		}
		want := []hold.Want{{Key: booking.DayKey(r.ID, h.Today()), Quantity: 1}, {Key: booking.DayKey(r.ID, h.Today().AddDays(1)), Quantity: 1}}
		if err := hold.Take(tx, "cart/1", want, tx.Now().Add(time.Minute)); err != nil {
			return err
		}
		if err := hold.Confirm(tx, "cart/1"); err != nil {
			return err
		}
		if _, err := booking.Place(tx, booking.Sale{Booking: b.ID, Order: "ord_1", Line: "1", Owner: "cart/1"}); err != nil {
			return err
		}
		b, err = booking.Pay(tx, b.ID)
		return err
	})
	h.Later(t, 12*time.Hour)
	return b
}
