package office_test

import (
	"net/http"
	"slices"
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestAPlanIsPutDown: a product becomes a service by booking and is sold by a plan that the form puts down; what is wrong stands
// beside its field and nothing typed is lost; what it takes is changed with its prices staying, and who may not write or sells
// something else changes nothing.
func TestAPlanIsPutDown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, stranger, clerk := h.AdminToken(t), h.Staffed(t, "other@example.kz", "sel_other", "*"), h.Staffed(t, "clerk@example.kz", string(seller.Own), "catalog.read")
		h.get(t, admin, "/office/plans").has("main", "Nothing is sold by time yet", "A plan says how a product is sold", "New plan")
		h.get(t, admin, "/office/plans/new").has(".note.warn", "Put down first", "New resource")
		rooms, guide, aliya := h.timed(t, booking.GrainDay, "Lake room"), h.timed(t, booking.GrainDay, "Guide"), h.timed(t, booking.GrainQuarter, "Aliya")
		form, page := `form[action$="/plans"]`, h.get(t, admin, "/office/plans/new")
		page.lacks(`#need_0 option[value="` + string(aliya) + `"]`)

		good := []string{"sku", "JOURNAL", "name_kk", "Көл", "name_en", "Lake", "place_en", "Saty", "need_0", string(rooms), "base", "20000", "people_max", "3", "stay_min", "2",
			"cutoff", "12", "check_in", "15:00", "back", "7 | 100\n1 | 50"}
		h.trySubmit(t, admin, page, form, append(good, "sku", "NONE")...).has("#sku-wrong", "nothing of this SKU")
		bad := h.trySubmit(t, admin, page, form, good...)
		bad.has("#sku-wrong", "not sold by booking")
		if name, need := bad.attr("#name_kk", "value"), bad.attr("#need_0 option[selected]", "value"); name != "Көл" || need != string(rooms) {
			t.Errorf("what was typed is lost: %q, %q", name, need)
		}
		product := "/office/products/" + string(h.Goods[apptest.Journal].Product)
		page = h.submit(t, admin, h.get(t, admin, product+"/kind"), `form[action$="/kind/service"]`, "way", booking.WayName)
		page = h.get(t, admin, page.attr(`a[href*="plans/new?sku="]`, "href"))
		if sku := page.attr("#sku", "value"); sku != "JOURNAL" {
			t.Errorf("the plan is for %q", sku)
		}
		h.wrongPlan(t, admin, page)
		page = h.submit(t, admin, page, form, append(good, "arrivals", "5")...)
		page.has("h1", "Lake")
		page.has("section[aria-labelledby=days]", "20,000")
		plan := h.planOf(t, "Lake")
		if got := plan.Terms; plan.Product != h.Goods[apptest.Journal].Product || got.Base != 20_000_00 || got.StayMin != 2 || got.Cutoff != 12 || got.CheckIn != 15*60 || len(got.Arrivals) != 1 ||
			len(got.Back) != 2 || got.Back[1].Share != money.Percent(50) || !slices.Equal(plan.Needs, []booking.Need{{Resource: rooms, Per: booking.PerUnit}}) {
			t.Errorf("kept is %+v", plan)
		}
		h.trySubmit(t, admin, h.get(t, admin, "/office/plans/new"), form, good...).has("#sku-wrong", "sold by a plan already")

		at := "/office/plans/" + string(plan.ID) + "/setup"
		setup := h.get(t, admin, page.attr(`a[href$="/setup"]`, "href"))
		stale := setup
		h.submit(t, admin, setup, `form[action$="/setup"]`, "name_en", "Lake room", "need_1", string(guide), "per_1", "booking", "documents", "1")
		now := h.planOf(t, "Lake room")
		if len(now.Needs) != 2 || now.Needs[1] != (booking.Need{Resource: guide, Per: booking.PerBooking}) || !now.Terms.Documents || now.Terms.StayMin != 2 || len(now.Terms.Back) != 2 || !now.Open {
			t.Errorf("changed is %+v", now)
		}
		bad = h.trySubmit(t, admin, stale, `form[action$="/setup"]`, "name_en", "Mine")
		bad.has("main", "Somebody has changed this meanwhile")
		bad.has(".now", "Lake room")

		if s := h.send(t, stranger, "GET", at, nil); s.status != http.StatusNotFound {
			t.Errorf("another seller gets %d", s.status)
		}
		h.get(t, clerk, at).lacks("main form[action] button")
		for path, status := range map[string]int{at: http.StatusNotFound, "/office/plans": http.StatusUnprocessableEntity} {
			if s := h.send(t, clerk, "POST", path, values("form", "nights", "version", "1")); s.status != http.StatusForbidden {
				t.Errorf("a clerk gets %d for %s", s.status, path)
			}
			if s := h.send(t, stranger, "POST", path, values("form", "nights", "sku", "JOURNAL", "version", "1")); s.status != status {
				t.Errorf("another seller gets %d for %s", s.status, path)
			}
		}
		for path, most := range map[string]int{"/office/plans": 1, "/office/plans/new": 1, at: 2} {
			if n := h.Statements(func() { h.get(t, admin, path) }); n > most {
				t.Errorf("%s takes %d statements, %d are allowed", path, n, most)
			}
		}
	})
}

// wrongPlan types what no plan can be, form by form.
func (h *house) wrongPlan(t *testing.T, admin string, page sheet) {
	t.Helper()
	form := `form[action$="/plans"]`
	bad := h.trySubmit(t, admin, page, form, "need_2", "rsc_none", "per_2", "some", "zone", "Mars", "base", "much", "people_max", "0", "stay_min", "9", "stay_max", "3", "cutoff", "-1",
		"check_in", "25:70", "back", "7 | 200")
	for field, want := range map[string]string{"name_kk": "at least one language", "place_kk": "at least one language", "zone": "Asia/Almaty", "need_2": "nothing of this id", "per_2": "one of the values",
		"base": "not below zero", "people_max": "from 1 to 60", "stay_max": "end after the start", "cutoff": "from 0", "check_in": "from 0", "back": "0 to 100"} {
		bad.has("#"+field+"-wrong", want)
	}
	if base, back := bad.attr("#base", "value"), bad.text("#back"); base != "much" || back != "7 | 200" {
		t.Errorf("what was typed is lost: %q, %q", base, back)
	}
	h.trySubmit(t, admin, page, form, "name_en", "x", "place_en", "y", "base", "1").has("#need_0-wrong", "what it takes")
	slot := h.get(t, admin, "/office/plans/new?form=slot&sku=JOURNAL")
	bad = h.trySubmit(t, admin, slot, form, "name_en", "Hair", "place_en", "Almaty", "base", "5000", "minutes", "5")
	bad.has("#staff-wrong", "what it takes")
	bad.has("#minutes-wrong", "from 15")
	departure := h.get(t, admin, "/office/plans/new?form=departure&sku=JOURNAL")
	h.trySubmit(t, admin, departure, form, "need_0", string(h.resourceOf(t, "Guide").ID), "shift_0", "99").has("#shift_0-wrong", "from 0 to 60")
}

// timed puts a resource down.
func (h *house) timed(t *testing.T, grain booking.Grain, name string) booking.ResourceID {
	t.Helper()
	r := booking.Resource{Seller: seller.Own, Grain: grain, Name: text.Localized{"en": name}, Zone: "Asia/Almaty", Units: 3, Ahead: 30}
	if grain == booking.GrainQuarter {
		r.Hours = []booking.Hours{{Weekday: 1, From: 540, To: 1080}}
	}
	h.Moment(t, func(tx *db.Tx) (err error) {
		r, err = booking.AddResource(tx, r)
		return err
	})
	return r.ID
}

// planOf gives the plan of the house that has a name.
func (h *house) planOf(t *testing.T, name string) (p booking.Plan) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) error {
		all, err := booking.Plans(tx, seller.Own)
		for _, x := range all {
			if x.Name["en"] == name {
				p = x
			}
		}
		return err
	})
	return p
}
