package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/flow/feeds"
	"sauda/gear/db"
)

// TestGoodsAreTakenOut downloads each form, with a row of the audit for each, and only by those who may see the stock.
func TestGoodsAreTakenOut(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	page := h.get(t, admin, "/office/export")
	page.has("main", "Take goods out into a file", "/feeds/google.xml", "/sitemap.xml")
	if page.attr(`a[href$="/feeds/kaspi.xml?lang=kk"]`, "hreflang") != "kk" {
		t.Error("the feeds are not offered in Kazakh")
	}
	for _, format := range feeds.Formats {
		if len(page.all(`[name=format][value="`+string(format)+`"]`)) != 1 {
			t.Errorf("%s is not offered", format)
		}
		s := h.send(t, admin, "POST", "/office/export", url.Values{"format": {string(format)}, "state": {"any"}, "lang": {"en"}})
		if s.status != http.StatusOK || !strings.HasPrefix(s.header.Get("Content-Disposition"), "attachment; filename=goods-") {
			t.Errorf("%s: %d %v", format, s.status, s.header)
		}
		if format != feeds.XLSX && !strings.Contains(s.body, apptest.Kettle) {
			t.Errorf("%s has no kettle: %.200s", format, s.body)
		}
		if got := h.get(t, admin, "/office/audit?object="+url.QueryEscape("sel_own "+string(format))).text("main"); !strings.Contains(got, "POST /office/export") {
			t.Errorf("%s has no row in the audit: %.300s", format, got)
		}
	}
	if s := h.send(t, admin, "POST", "/office/export", url.Values{"format": {"exe"}}); s.status != http.StatusBadRequest && s.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown form: %d", s.status)
	}
}

// TestGoodsOfOthersStay: staff of another seller take out their own goods, are shown no feeds of the own shop, and staff
// without a view of the stock take out nothing.
func TestGoodsOfOthersStay(t *testing.T) {
	h := open(t, db.SQLite)
	other := h.Staffed(t, "other@example.kz", "sel_other", "catalog.read", "stock.read")
	h.get(t, other, "/office/export").lacks("#feeds")
	if s := h.send(t, other, "POST", "/office/export", url.Values{"format": {"csv"}}); s.status != http.StatusNotFound || strings.Contains(s.body, apptest.Kettle) {
		t.Errorf("a seller who is not there takes out goods: %d %.200s", s.status, s.body)
	}
	clerk := h.Staffed(t, "clerk@example.kz", "sel_own", "catalog.read")
	page := h.get(t, clerk, "/office/export")
	page.lacks("form[action$='/export']")
	page.has("main", "See stock")
	if s := h.send(t, clerk, "POST", "/office/export", url.Values{"format": {"csv"}}); s.status != http.StatusForbidden {
		t.Errorf("a clerk takes out the stock: %d", s.status)
	}
}
