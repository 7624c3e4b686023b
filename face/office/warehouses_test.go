package office_test

import (
	"net/http"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestAWarehouseOpensAndCloses adds a warehouse, mends what is wrong, renames it, fills and empties it, and closes it.
func TestAWarehouseOpensAndCloses(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		h.get(t, admin, "/office").has(".side", "Warehouses")
		blank := h.get(t, admin, "/office/warehouses/new")
		form := `main form[action$="/warehouses/new"]`
		s := h.trySubmit(t, admin, blank, form, "name_kk", "", "city", "", "street", "Сарайшық", "priority", "-1")
		if s.status != http.StatusUnprocessableEntity || s.attr("#street", "value") != "Сарайшық" {
			t.Fatalf("%d keeps %q", s.status, s.attr("#street", "value"))
		}
		s.has("#priority-wrong", "whole number")
		s = h.trySubmit(t, admin, s, form, "priority", "5", "postcode", strings.Repeat("1", 17))
		s.has("#name_kk-wrong", "at least one language")
		s.has("#city-wrong", "city")
		s.has("#postcode-wrong", "fewer")
		s = h.submit(t, admin, s, form, "name_kk", "Астана қоймасы", "name_en", "Astana", "region", "710000000", "postcode", "010000")
		s.has("[role=status]", "Added")
		s.has("#standing + .dim", "empty")
		if got := s.attr("#city", "value"); got != "Астана" {
			t.Errorf("the city is %q", got)
		}
		path := strings.TrimSuffix(s.attr(`form[action$="/closing"]`, "action"), "/closing")
		s = h.submit(t, admin, s, `main form[action="`+path+`"]`, "name_en", "The north")
		h.get(t, admin, "/office/warehouses").has("tbody", "The north", "Астана", "Open", "5")

		id := strings.TrimPrefix(path, "/office/warehouses/")
		kettle := "/office/stock/" + string(h.Goods[apptest.Kettle].Variant)
		h.post(t, admin, kettle+"/receipt", "warehouse", id, "quantity", "3", "cause", "Note")
		s = h.get(t, admin, path)
		s.has("#standing + .wide", "Kettle", "KETTLE", "3")
		s.lacks(`form[action$="/closing"]`)
		s = h.send(t, admin, "POST", path+"/closing", values())
		if s.status != http.StatusUnprocessableEntity {
			t.Errorf("a full one closed: %d", s.status)
		}
		s.has("[role=alert]", "Goods still lie in this warehouse")
		h.post(t, admin, kettle+"/count", "warehouse", id, "quantity", "0", "cause", "Sheet")
		s = h.post(t, admin, path+"/closing")
		s.has(".facts .badge", "Closed")
		if s := h.send(t, admin, "POST", kettle+"/receipt", values("warehouse", id, "quantity", "1", "cause", "Note")); s.status != http.StatusConflict {
			t.Errorf("received in a closed one: %d", s.status)
		}
		s = h.post(t, admin, s.attr(`form[action$="/opening"]`, "action"))
		s.has(".facts .badge", "Open")
		h.Settled(t)
		h.Sound(t)
	})
}

// TestTheLastWarehouseSaysSo: a page warns before the last open warehouse is closed, and what is promised keeps it open.
func TestTheLastWarehouseSaysSo(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	list := h.get(t, admin, "/office/warehouses")
	path := list.attr("tbody a", "href")
	h.get(t, admin, path).has("#closing + p", "cannot be closed")
	s := h.post(t, admin, "/office/warehouses/new", "name_en", "Second", "country", "KZ", "city", "Almaty", "priority", "1")
	s.lacks("#closing + .warn")
	other := h.Staffed(t, "other@example.kz", "sel_other", "stock.*")
	s = h.get(t, other, "/office/warehouses")
	s.has(".note", "no warehouse yet")
	for _, act := range []string{"", "/closing", "/opening"} {
		if s := h.send(t, other, "POST", path+act, values("name_en", "Mine", "country", "KZ", "city", "Almaty", "priority", "1")); s.status != http.StatusNotFound {
			t.Errorf("another seller's %q: %d", act, s.status)
		}
	}
	if s := h.send(t, other, "GET", path, nil); s.status != http.StatusNotFound {
		t.Errorf("another seller's warehouse is seen: %d", s.status)
	}
	s = h.post(t, other, "/office/warehouses/new", "name_en", "Mine", "country", "UZ", "region", "750000000", "city", "Toshkent", "priority", "0")
	s.has("#closing + .warn", "only open warehouse")
	if got := s.attr("#region option[selected]", "value"); got != "" {
		t.Errorf("a region of Kazakhstan abroad: %q", got)
	}
	reader := h.Staffed(t, "reader@example.kz", string(seller.Own), "stock.read")
	s = h.get(t, reader, path)
	if len(s.all("main fieldset[disabled]")) != 1 {
		t.Error("a reader may write")
	}
	if s := h.send(t, reader, "POST", path+"/closing", values()); s.status != http.StatusForbidden {
		t.Errorf("a reader closes: %d", s.status)
	}
}
