package office_test

import (
	"net/http"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestWhatRunsOutIsSeen: a mark is set in the sheet or on the list, what falls to it stands on the first page and in the
// list, and what has sold out stands apart.
func TestWhatRunsOutIsSeen(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		h.get(t, admin, "/office/stock?short=low").has(".state", "There is enough of everything")
		rare := string(h.Goods[apptest.Rare].Variant)
		sheet := h.get(t, admin, "/office/grid?q=rare")
		field := ""
		for _, n := range sheet.all("td.cell input") {
			if name := attribute(n, "name"); strings.HasPrefix(name, "low-") && strings.HasSuffix(name, rare) {
				field = name
				break
			}
		}
		if field == "" {
			t.Fatalf("no mark in the sheet: %s", sheet.text("main"))
		}
		s := h.submit(t, admin, sheet, "#grid", field, "5", "do", "save")
		if got := s.attr(`input[name="`+field+`"]`, "value"); got != "5" {
			t.Errorf("the mark is %q", got)
		}
		low := h.get(t, admin, "/office/stock?short=low")
		low.has("tbody tr", "Rare book", "RARE", "1")
		low.has(".tabs [aria-current]", "Low", "1")
		h.get(t, admin, "/office").has(".tiles", "1 running low")
		mark := low.attr("tbody input", "name")
		wrong := h.trySubmit(t, admin, low, `form[action$="/stock/marks"]`, mark, "much")
		if wrong.status != http.StatusUnprocessableEntity || wrong.attr("tbody input", "value") != "much" {
			t.Errorf("a mark that is none: %d %s", wrong.status, wrong.text("main"))
		}
		file := readCSV(t, h.send(t, admin, "GET", "/office/stock.csv?short=low", nil).body)
		if len(file) != 2 {
			t.Errorf("the file: %v", file)
		}
		clerk := h.Staffed(t, "clerk@example.kz", string(seller.Own), "stock.read")
		h.get(t, clerk, "/office/stock?short=low").lacks("tbody input")
		if s := h.send(t, clerk, "POST", "/office/stock/marks", values(mark, "1")); s.status != http.StatusForbidden {
			t.Errorf("a clerk sets marks: %d", s.status)
		}
		other := h.Staffed(t, "other@example.kz", "sel_other", "*")
		h.get(t, other, "/office/stock?short=low").lacks("tbody tr")
		h.post(t, other, "/office/stock/marks", "short", "low", mark, "1")
		if got := h.get(t, admin, "/office/stock?short=low").attr("tbody input", "value"); got != "5" {
			t.Errorf("another seller has set the mark to %q", got)
		}
		s = h.submit(t, admin, low, `form[action$="/stock/marks"]`, mark, "0")
		s.has(".state", "There is enough of everything")
		warehouse := strings.Split(strings.TrimPrefix(mark, "mark."), ".")[0]
		h.post(t, admin, "/office/stock/"+rare+"/count", "warehouse", warehouse, "quantity", "0", "cause", "None is left")
		h.get(t, admin, "/office/stock?short=gone").has("tbody tr", "Rare book")
		product := string(h.Goods[apptest.Rare].Product)
		h.submit(t, admin, h.get(t, admin, "/office/products/"+product), `form[action$="/end"]`)
		h.Settled(t)
		if s := h.get(t, admin, "/office/stock?short=gone"); strings.Contains(s.text("main"), "Rare book") || strings.Contains(s.text(".tabs"), "1") {
			t.Errorf("what has ended is still missed: %s", s.text("main"))
		}
	})
}

// TestStatementsOfShortStock: what runs out is found without a look at what does not.
func TestStatementsOfShortStock(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	if n := h.Statements(func() { h.get(t, admin, "/office/stock?short=gone") }); n > 6 {
		t.Errorf("it takes %d statements", n)
	}
}
