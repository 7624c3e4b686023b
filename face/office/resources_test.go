package office_test

import (
	"net/http"
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestAResourceIsPutDown: rooms and a master are put down by the form; what is wrong stands beside its field and nothing typed is
// lost; they are changed, closed and opened again, and who may not write or sells something else changes nothing.
func TestAResourceIsPutDown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, stranger, clerk := h.AdminToken(t), h.Staffed(t, "other@example.kz", "sel_other", "*"), h.Staffed(t, "clerk@example.kz", string(seller.Own), "catalog.read", "orders.read")
		h.get(t, admin, "/office/bookings").has("section[aria-labelledby=load]", "A resource is what can be taken only once", "New resource")
		h.get(t, clerk, "/office/bookings").lacks("section[aria-labelledby=load] a")
		h.get(t, admin, "/office/resources").has("main", "There are no resources yet", "New resource")
		form, page := `form[action$="/resources"]`, h.get(t, admin, "/office/resources/new")
		bad := h.trySubmit(t, admin, page, form, "units", "-4", "ahead", "900", "beyond", "x", "zone", "Mars/Olympus")
		bad.has("#name_kk-wrong", "at least one language")
		bad.has("#units-wrong", "from 0 to 10000")
		bad.has("#ahead-wrong", "from 1 to 550")
		bad.has("#beyond-wrong", "from 0 to 1000")
		bad.has("#zone-wrong", "Asia/Almaty")
		if zone, units := bad.attr("#zone", "value"), bad.attr("#units", "value"); zone != "Mars/Olympus" || units != "-4" {
			t.Errorf("what was typed is lost: %q, %q", zone, units)
		}
		h.trySubmit(t, admin, page, form, "name_en", "Lake room", "units", "").has("#units-wrong", "from 0 to 10000")
		page = h.submit(t, admin, bad, form, "name_kk", "Көл бөлмесі", "name_en", "Lake room", "units", "4", "ahead", "60", "beyond", "1", "zone", "Asia/Almaty")
		page.has("h1", "Lake room")
		page.has(".facts", "by days and nights", "Asia/Almaty")
		rooms := h.resourceOf(t, "Lake room")
		if rooms.Units != 4 || rooms.Beyond != 1 || rooms.Ahead != 60 || rooms.Grain != booking.GrainDay || rooms.Name["kk"] != "Көл бөлмесі" {
			t.Errorf("kept is %+v", rooms)
		}
		h.get(t, admin, "/office/bookings").has("section[aria-labelledby=load]", "Lake room", "0/4")
		h.master(t, admin)

		at := "/office/resources/" + string(rooms.ID)
		page = h.submit(t, admin, h.get(t, admin, at), `form[action$="`+string(rooms.ID)+`"]`, "units", "6", "beyond", "0")
		stale := h.trySubmit(t, admin, page, `form[action$="`+string(rooms.ID)+`"]`, "version", "1", "units", "9")
		stale.has("main", "Somebody has changed this meanwhile")
		stale.has(".now", "6")
		h.closedRooms(t, admin, rooms)

		for _, path := range []string{at, "/office/resources/rsc_none"} {
			if s := h.send(t, stranger, "GET", path, nil); s.status != http.StatusNotFound {
				t.Errorf("another seller gets %d for %s", s.status, path)
			}
		}
		h.get(t, clerk, at).lacks("main form[action] button")
		for _, path := range []string{at, at + "/state", "/office/resources", at + "/closings/blk_1"} {
			if s := h.send(t, clerk, "POST", path, values("name_en", "Mine", "grain", "day", "version", "2")); s.status != http.StatusForbidden {
				t.Errorf("a clerk gets %d for %s", s.status, path)
			}
			if s := h.send(t, stranger, "POST", path, values("name_en", "Mine", "grain", "day", "version", "2")); s.status != http.StatusNotFound && path != "/office/resources" {
				t.Errorf("another seller gets %d for %s", s.status, path)
			}
		}
		for path, most := range map[string]int{"/office/resources": 1, "/office/resources/new": 0, at: 2} {
			if n := h.Statements(func() { h.get(t, admin, path) }); n > most {
				t.Errorf("%s takes %d statements, %d are allowed", path, n, most)
			}
		}
	})
}

// master puts a hairdresser down, whose hours are written by the day.
func (h *house) master(t *testing.T, admin string) {
	t.Helper()
	form := `form[action$="/resources"]`
	page := h.get(t, admin, "/office/resources/new?grain=quarter")
	none := []string{"hours_1", "", "hours_2", "", "hours_3", "", "hours_4", "", "hours_5", ""}
	h.trySubmit(t, admin, page, form, append(none, "name_en", "Aliya")...).has("#hours_1-wrong", "from when to when")
	bad := h.trySubmit(t, admin, page, form, "name_en", "Aliya", "hours_2", "09:00-13:00, 14:00-18:10", "hours_6", "late", "ahead", "300")
	bad.has("#hours_2-wrong", "from when to when")
	bad.has("#hours_6-wrong", "from when to when")
	bad.has("#ahead-wrong", "from 1 to 120")
	page = h.submit(t, admin, bad, form, "hours_2", "09:00-13:00, 14:00–18:00", "hours_6", "10:00-24:00", "ahead", "30")
	if got := page.attr("#hours_2", "value"); got != "09:00–13:00, 14:00–18:00" {
		t.Errorf("the hours are %q", got)
	}
	h.get(t, admin, "/office/resources").has("section:last-of-type .facts", "by the hour", "Mon 09:00–18:00; Tue 09:00–13:00, 14:00–18:00; Wed–Fri 09:00–18:00; Sat 10:00–24:00")
	if got := h.resourceOf(t, "Aliya"); len(got.Hours) != 7 || got.Hours[6] != (booking.Hours{Weekday: 6, From: 600, To: 1440}) {
		t.Errorf("kept are %+v", got.Hours)
	}
}

// closedRooms closes a day of rooms and opens it again, then the rooms as a whole: nothing more of them is sold until they are
// opened.
func (h *house) closedRooms(t *testing.T, admin string, rooms booking.Resource) {
	t.Helper()
	at, day := "/office/resources/"+string(rooms.ID), h.Today().AddDays(5)
	h.post(t, admin, "/office/bookings/closing", "resource", string(rooms.ID), "from", day.String(), "to", day.String(), "units", "2", "note", "Paint")
	page := h.get(t, admin, at)
	page.has("#closed-days + ul", "Paint", "2")
	h.submitEmpty(t, admin, page, `form[action*="/closings/"]`).lacks("#closed-days")

	var plan booking.Plan
	h.Moment(t, func(tx *db.Tx) (err error) {
		plan, err = booking.AddPlan(tx, booking.Plan{
			Seller: seller.Own, Product: h.Goods[apptest.Kettle].Product, Variant: h.Goods[apptest.Kettle].Variant, Form: booking.FormNights, Name: rooms.Name,
			PlaceName: text.Localized{"en": "Saty"}, Zone: "Asia/Almaty", Needs: []booking.Need{{Resource: rooms.ID, Per: booking.PerUnit}},
			Terms: booking.Terms{Currency: money.KZT, Base: 20_000_00, PeopleMax: 2},
		})
		return err
	})
	left := func() (n int64) {
		h.Look(t, func(tx *db.Tx) error {
			days, err := booking.Calendar(tx, plan, span.Days{From: day, To: day.AddDays(1)})
			n = days[0].Left
			return err
		})
		return n
	}
	if n := left(); n != 6 {
		t.Errorf("%d are left of 6", n)
	}
	page = h.submit(t, admin, h.get(t, admin, at), `form[action$="/state"]`, "closed", "true")
	page.has(".facts .badge", "closed")
	if n := left(); n != 0 {
		t.Errorf("%d are left of rooms that are closed", n)
	}
	h.get(t, admin, "/office/bookings").has("section[aria-labelledby=load] .badge", "closed")
	page = h.submit(t, admin, page, `form[action$="`+string(rooms.ID)+`"]`, "units", "5")
	page.has(".facts .badge", "closed")
	h.submit(t, admin, page, `form[action$="/state"]`).lacks(".facts .badge")
	if n := left(); n != 5 {
		t.Errorf("%d are left of 5 that are open again", n)
	}
}

// resourceOf gives the resource of the house that has a name.
func (h *house) resourceOf(t *testing.T, name string) (r booking.Resource) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) error {
		all, err := booking.Resources(tx, seller.Own)
		for _, x := range all {
			if x.Name["en"] == name {
				r = x
			}
		}
		return err
	})
	return r
}
