package office_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/inventory"
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
		short := func() (n int) { // What CountShort looks at.
			h.Look(t, func(tx *db.Tx) error {
				all, err := hold.Shorts(tx, "", 100)
				n = len(all)
				return err
			})
			return n
		}
		if n := short(); n != 0 {
			t.Errorf("%d are counted", n)
		}
		h.submit(t, admin, h.get(t, admin, "/office/products/"+product), `form[action$="/sale"]`)
		h.Settled(t)
		gone := h.get(t, admin, "/office/stock?short=gone")
		gone.has("tbody tr", "Rare book")
		gone.has(".tabs [aria-current]", "Sold out", "1")
		h.submit(t, admin, h.get(t, admin, "/office/products/"+product), `form[action$="/end"]`)
		h.Settled(t)
		h.Moment(t, func(tx *db.Tx) error { // As the upgrade has counted what ended before it.
			return inventory.Recount(tx, []catalog.VariantID{h.Goods[apptest.Rare].Variant})
		})
		if n := short(); n != 1 {
			t.Errorf("%d are counted", n)
		}
		h.Later(t, time.Hour)
		if n := short(); n != 0 {
			t.Errorf("an hour later %d are counted", n)
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

// TestMarksOfColleagues: who left a mark as it was leaves it to a colleague; who typed another one is told what it is now, also
// when the row has left the page, and saves again to keep his.
func TestMarksOfColleagues(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	var fields []string
	h.Moment(t, func(tx *db.Tx) error {
		all, err := inventory.Warehouses(tx)
		if err != nil {
			return err
		}
		var lows []inventory.Low
		for _, sku := range []string{apptest.Rare, apptest.Kettle} {
			stocks, err := inventory.Stocks(tx, []catalog.VariantID{h.Goods[sku].Variant})
			if err != nil {
				return err
			}
			lows = append(lows, inventory.Low{Warehouse: stocks[0].Warehouse, Variant: stocks[0].Variant, Mark: stocks[0].OnHand})
			fields = append(fields, "mark."+string(stocks[0].Warehouse)+"."+string(stocks[0].Variant))
		}
		return inventory.WatchLowMany(tx, all, lows)
	})
	rare, kettle := fields[0], fields[1]
	form := `form[action$="/stock/marks"]`
	mine := h.get(t, admin, "/office/stock?short=low")
	theirs := h.get(t, admin, "/office/stock?short=low")
	value := func(s sheet, field string) string { return s.attr(`input[name="`+field+`"]`, "value") }
	h.submit(t, admin, theirs, form, rare, "700", kettle, "")
	s := h.trySubmit(t, admin, mine, form, rare, "900", kettle, "800")
	if s.status != http.StatusUnprocessableEntity || value(s, rare) != "900" || value(s, kettle) != "800" {
		t.Fatalf("a colleague's marks are written over, or what was typed is lost: %d %s", s.status, s.text("main"))
	}
	s.has("tbody", "A colleague changed it. Now: 700", "A colleague changed it. Now: —")
	s = h.submit(t, admin, s, form)
	if value(s, rare) != "900" || value(s, kettle) != "800" {
		t.Errorf("saved again they are %q and %q", value(s, rare), value(s, kettle))
	}
	h.submit(t, admin, h.get(t, admin, "/office/stock?short=low"), form, kettle, "850")
	s = h.submit(t, admin, s, form, rare, "950")
	if value(s, rare) != "950" || value(s, kettle) != "850" {
		t.Errorf("who left a mark as it was has set it: %q and %q", value(s, rare), value(s, kettle))
	}
}
