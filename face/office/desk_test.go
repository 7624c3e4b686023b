package office_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/face/office"
	"sauda/gear/db"
)

// TestEveryEntryHasAPicture: the menu folds to its pictures.
func TestEveryEntryHasAPicture(t *testing.T) {
	keys := map[string]string{}
	for _, g := range office.Menu {
		for _, e := range g.Entries {
			if office.Icons[e.Name] == "" {
				t.Errorf("%s has no picture", e.Name)
			}
			if e.Key != "" && keys[e.Key] != "" {
				t.Errorf("g %s leads to %s and to %s", e.Key, keys[e.Key], e.Name)
			}
			keys[e.Key] = e.Name
		}
	}
}

// TestTheFinderFindsWhatOneMaySee: pages by a word in any language, deeds, orders by code and email, goods by SKU and by
// words; and nothing of what the reader has no scope for, or of another seller.
func TestTheFinderFindsWhatOneMaySee(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	id := h.Guest().Buy(t, h.House, apptest.Kettle)
	h.Guest().Buy(t, h.House, apptest.Journal)
	h.Settled(t)
	code := h.get(t, admin, "/office/orders/"+id).text("h1")
	code = code[strings.LastIndex(code, " ")+1:]
	find := func(token, typed string) sheet { return h.get(t, token, "/office/find?q="+url.QueryEscape(typed)) }
	find(admin, "тапсыр").has("#found", "Orders")
	find(admin, "настройки").has("#found", "Settings")
	find(admin, "add product").has("#found", "Add a new product")
	find(admin, code).has(`#found a[href="/office/orders/`+id+`"]`, code, "Placed")
	find(admin, apptest.Kettle).has(`#found a[href="/office/products/`+string(h.Goods[apptest.Kettle].Product)+`"]`, apptest.Kettle)
	find(admin, "qqqqqqq").has(".state", "Nothing was found")
	if n := h.Statements(func() { find(admin, apptest.Kettle) }); n > 9 {
		t.Errorf("the finder takes %d statements", n)
	}
	picker := h.Staffed(t, "picker@example.kz", string(seller.Own), "stock.read")
	for _, typed := range []string{code, apptest.Kettle, "orders", "employ"} {
		if s := find(picker, typed); len(s.all("#found a")) > 0 {
			t.Errorf("a picker finds %s: %s", typed, s.text("#found"))
		}
	}
	other := h.Staffed(t, "other@example.kz", "sel_other", "*")
	for _, typed := range []string{code, apptest.Kettle} {
		if s := find(other, typed); strings.Contains(s.text("#found"), code) || len(s.all(`#found a[href*="/products/prd"]`)) > 0 {
			t.Errorf("another seller finds %s: %s", typed, s.text("#found"))
		}
	}
	if s := h.send(t, h.Registered(t, "buyer@example.kz"), "GET", "/office/find?q=x", nil); s.status != http.StatusForbidden {
		t.Errorf("a buyer: %d", s.status)
	}
}

// TestListsAreSetUpAndKept: columns are chosen by the address, a list is kept for oneself or for the team, and a file has
// what the list shows.
func TestListsAreSetUpAndKept(t *testing.T) {
	h := lived(t)
	admin := h.AdminToken(t)
	s := h.get(t, admin, "/office/orders?state=placed&cols=code&cols=email")
	if heads := s.all("thead th"); len(heads) != 3 { // The boxes stand in one of their own.
		t.Errorf("%d columns: %s", len(heads), s.text("thead"))
	}
	s.has("thead", "Code", "Email")
	s = h.submit(t, admin, s, `form[action$="/bookmarks"]`, "name", "To pack", "shared", "true")
	s.has(".kept .chip.on", "To pack")
	clerk := h.Staffed(t, "clerk@example.kz", string(seller.Own), "orders.read")
	mine := h.get(t, clerk, "/office/orders")
	mine.has(".kept", "To pack")
	mine.lacks(".kept form")
	mine.lacks(".manybar")
	if s := h.send(t, clerk, "POST", s.attr(".kept form", "action"), values("page", "orders")); s.status != http.StatusNotFound {
		t.Errorf("a clerk drops another's list: %d", s.status)
	}
	other := h.Staffed(t, "other@example.kz", "sel_other", "*")
	h.get(t, other, "/office/orders").lacks(".kept .chip")

	file := h.send(t, clerk, "GET", "/office/orders.csv?state=placed&cols=code&cols=total", nil)
	rows := readCSV(t, file.body)
	if want := len(h.get(t, clerk, "/office/orders?state=placed").all("tbody tr")); len(rows) != want+1 || !slices.Equal(rows[0], []string{"Code", "Total"}) {
		t.Errorf("%d rows instead of %d: %v", len(rows), want+1, rows)
	}
	if got := readCSV(t, h.send(t, other, "GET", "/office/orders.csv", nil).body); len(got) != 1 {
		t.Errorf("another seller takes out %d orders", len(got)-1)
	}
	if s := h.send(t, clerk, "GET", "/office/products.csv", nil); s.status != http.StatusForbidden {
		t.Errorf("without the scope: %d", s.status)
	}
	for _, page := range []string{"products", "stock", "payments"} {
		if rows := readCSV(t, h.send(t, admin, "GET", "/office/"+page+".csv", nil).body); len(rows) < 3 {
			t.Errorf("%s.csv has %d rows", page, len(rows))
		}
	}
	h.submit(t, admin, s, ".kept form").lacks(".kept .chip")
}

func readCSV(t *testing.T, body string) [][]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	return rows
}

// TestNoFormulaInAFile: what a spreadsheet would take for a formula is a text; numbers stay numbers.
func TestNoFormulaInAFile(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+7701": "'+7701", "@x": "'@x", "-cmd|x": "'-cmd|x", "-5": "-5", "-1990,50": "-1990,50", "x=1": "x=1", "": "",
	} {
		if got := office.Harmless(in); got != want {
			t.Errorf("%q is %q", in, got)
		}
	}
}

// TestSeveralProductsAtOnce: a preview says what would change and changes nothing, one button does it and another takes
// it back; what somebody changed meanwhile comes back for another look.
func TestSeveralProductsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		kettle, shirt := h.Goods[apptest.Kettle], h.Goods[apptest.ShirtS]
		price := func() string {
			return h.get(t, admin, "/office/products/"+string(kettle.Product)).attr("#v_0_price", "value")
		}
		before := price()
		picks := "&pick=" + string(kettle.Product) + "&pick=" + string(shirt.Product) + "&pick=prd_none"
		preview := h.get(t, admin, "/office/products/bulk?act=price&percent=10&rounding=100"+picks)
		preview.has("main", "Change prices by percent")
		if price() != before {
			t.Fatal("a preview changed a price")
		}
		done := h.trySubmit(t, admin, preview, `main form[method=post]`)
		if done.status != http.StatusOK || price() == before {
			t.Fatalf("%d: %s, still %s", done.status, done.text("main"), before)
		}
		h.submit(t, admin, done, `main form[method=post]`)
		if got := price(); got != before {
			t.Errorf("taken back, it costs %s instead of %s", got, before)
		}
		again := h.trySubmit(t, admin, preview, `main form[method=post]`)
		if again.status != http.StatusOK {
			t.Errorf("the same preview: %d", again.status)
		}
		if stale := h.trySubmit(t, admin, preview, `main form[method=post]`); stale.status != http.StatusUnprocessableEntity || !strings.Contains(stale.text("main"), "Somebody else changed") {
			t.Errorf("an old preview: %d %s", stale.status, stale.text("main"))
		}

		preview = h.get(t, admin, "/office/products/bulk?act=end"+picks)
		done = h.trySubmit(t, admin, preview, `main form[method=post]`)
		h.get(t, admin, "/office/products/"+string(kettle.Product)).has(".facts .badge", "Ended")
		done = h.trySubmit(t, admin, done, `main form[method=post]`)
		if done.status != http.StatusOK {
			t.Fatalf("taken back: %d %s", done.status, done.text("main"))
		}
		h.get(t, admin, "/office/products/"+string(kettle.Product)).has(".facts .badge", "On sale")

		for _, wrong := range []string{"act=price&percent=0", "act=price&percent=301", "act=nothing", "act=category", "act=category&category=cat_none"} {
			h.get(t, admin, "/office/products/bulk?"+wrong+picks).has(".note.warn", ".")
		}
		other := h.Staffed(t, "other@example.kz", "sel_other", "*")
		h.get(t, other, "/office/products/bulk?act=end"+picks).lacks("tbody tr")
		if s := h.send(t, other, "POST", "/office/products/bulk", values("act", "end", "pick", string(kettle.Product), "seen_"+string(kettle.Product), "9")); s.status != http.StatusUnprocessableEntity {
			t.Errorf("another seller ends it: %d", s.status)
		}
	})
}

// TestTheGridSavesAllOrNothing: changed cells are saved in one moment, cells that are wrong are marked and keep what was
// typed, and one that somebody else changed shows both values.
func TestTheGridSavesAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		kettle := string(h.Goods[apptest.Kettle].Variant)
		page := h.get(t, admin, "/office/grid?q="+url.QueryEscape(apptest.Kettle))
		price, count := "price."+kettle, ""
		for _, n := range page.all("td.cell input[name]") {
			if name := attribute(n, "name"); strings.HasSuffix(name, "."+kettle) && !strings.HasPrefix(name, "price.") && !strings.HasPrefix(name, "seen.") {
				count = name
			}
		}
		stored := func(name string) string {
			return h.get(t, admin, "/office/grid?q="+url.QueryEscape(apptest.Kettle)).attr(`input[name="`+name+`"]`, "value")
		}
		was := stored(price)
		wrong := h.trySubmit(t, admin, page, "#grid", "do", "save", price, "7 777,50", count, "many")
		if wrong.status != http.StatusUnprocessableEntity || stored(price) != was {
			t.Fatalf("half of it was saved: %d %s", wrong.status, stored(price))
		}
		wrong.has("td.bad .wrong", ".")
		if got := wrong.attr(`input[name="`+count+`"]`, "value"); got != "many" {
			t.Errorf("what was typed is %q", got)
		}
		shown := h.trySubmit(t, admin, page, "#grid", "do", "preview", price, "7777.50", count, "5")
		shown.has("#changes ~ .rows", "7777.50", "5")
		if stored(price) != was {
			t.Error("a preview saved")
		}
		h.submit(t, admin, page, "#grid", "do", "save", price, "7 777,50", count, "5")
		if stored(price) != "7777.50" || stored(count) != "5" {
			t.Errorf("%s, %s", stored(price), stored(count))
		}
		stale := h.trySubmit(t, admin, page, "#grid", "do", "save", price, "8888", count, "5")
		if stale.status != http.StatusUnprocessableEntity {
			t.Fatalf("a colleague's price is overwritten: %d", stale.status)
		}
		stale.has("td.bad .wrong", "A colleague changed it. Now: 7777.50")
		h.submit(t, admin, stale, "#grid", "do", "save")
		if got := stored(price); got != "8888" {
			t.Errorf("kept after a second look: %s", got)
		}
		reader := h.Staffed(t, "reader@example.kz", string(seller.Own), "catalog.read", "stock.read")
		h.get(t, reader, "/office/grid").lacks("td.cell input")
		h.send(t, reader, "POST", "/office/grid", values("do", "save", price, "1", "seen."+price, "8888"))
		other := h.Staffed(t, "other@example.kz", "sel_other", "*")
		h.send(t, other, "POST", "/office/grid", values("do", "save", price, "1", "seen."+price, "8888", count, "1", "seen."+count, "5"))
		if got := stored(price); !strings.HasPrefix(got, "8888") || stored(count) != "5" {
			t.Errorf("somebody else changed it: %s", got)
		}
	})
}

// TestSeveralOrdersArePacked: what waits is listed for one walk, packed together and taken back, and stands on the board
// where it is.
func TestSeveralOrdersArePacked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		one, two := h.Guest().Buy(t, h.House, apptest.Kettle), h.Guest().Buy(t, h.House, apptest.Kettle, apptest.Journal)
		h.Settled(t)
		walk := h.get(t, admin, "/office/picking")
		rows := 0
		for _, n := range walk.all("tbody tr") {
			if said := words(n); strings.Contains(said, apptest.Kettle) {
				rows++
				if !strings.Contains(said, "2") {
					t.Errorf("two kettles are %s", said)
				}
			}
		}
		if rows != 1 {
			t.Errorf("the kettles stand in %d rows", rows)
		}
		table := h.get(t, admin, "/office/picking/"+two)
		if got := table.attr("[data-codes]", "data-codes"); got == "" {
			t.Error("nothing can be scanned")
		}
		h.get(t, admin, "/office/board").has(`.lane a[href="/office/orders/`+one+`"]`, "-")
		preview := h.get(t, admin, "/office/packing?pick="+one+"&pick="+two)
		done := h.trySubmit(t, admin, preview, `main form[method=post]`)
		if done.status != http.StatusOK {
			t.Fatalf("%d %s", done.status, done.text("main"))
		}
		h.Settled(t)
		h.get(t, admin, "/office/orders/"+one).has(".facts .badge", "Packed")
		h.get(t, admin, "/office/picking/"+one).has(".state", "This order is packed")
		if again := h.trySubmit(t, admin, preview, `main form[method=post]`); again.status != http.StatusUnprocessableEntity {
			t.Errorf("packed twice: %d", again.status)
		}
		h.submit(t, admin, done, `main form[method=post]`)
		h.Settled(t)
		h.get(t, admin, "/office/orders/"+one).has(".facts .badge", "Placed")
		other := h.Staffed(t, "other@example.kz", "sel_other", "*")
		for _, path := range []string{"/office/packing?pick=" + one, "/office/picking/" + one} {
			if s := h.send(t, other, "GET", path, nil); s.status != http.StatusNotFound {
				t.Errorf("%s by another seller: %d", path, s.status)
			}
		}
		for _, form := range []url.Values{values("pick", one), values("shipment", done.attr("[name=shipment]", "value"))} {
			path := "/office/packing"
			if form.Has("shipment") {
				path += "/undo"
			}
			if s := h.send(t, other, "POST", path, form); s.status != http.StatusNotFound {
				t.Errorf("%s by another seller: %d", path, s.status)
			}
		}
	})
}

// TestHomeSaysHowTradeGoes: what was ordered today and this week stands beside the week before, and the page takes a number
// of statements that does not grow.
func TestHomeSaysHowTradeGoes(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	h.get(t, admin, "/office").has(".invite", "To the first sale")
	h.Guest().Buy(t, h.House, apptest.Kettle)
	h.Later(t, 7*24*time.Hour+time.Minute)
	h.Guest().Buy(t, h.House, apptest.Kettle)
	h.Guest().Buy(t, h.House, apptest.Kettle)
	h.Settled(t)
	home := h.get(t, admin, "/office")
	home.lacks(".invite")
	home.has(".trade .figures", "+100 %")
	home.has(".trade table", "Turnover", "a week before")
	if n := h.Statements(func() { h.get(t, admin, "/office") }); n > 16 { // Orders, trade, price requests, stock, payments, reviews and questions each have a word on it.
		t.Errorf("the first page takes %d statements", n)
	}
	picker := h.Staffed(t, "picker@example.kz", string(seller.Own), "stock.read")
	h.get(t, picker, "/office").lacks(".trade")
}

// TestTheGuideTicksItself: what is there is ticked, and the next step is what is not.
func TestTheGuideTicksItself(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	s := h.get(t, admin, "/office/start")
	s.has(".steps .next", "shop")
	ticked := len(s.all(".steps .ticked"))
	h.post(t, admin, "/office/settings/name", "name_kk", "Алма дүкені", "name_ru", "Магазин Алма", "name_en", "Alma")
	h.Guest().Buy(t, h.House, apptest.Kettle)
	h.Settled(t)
	s = h.get(t, admin, "/office/start")
	if now := len(s.all(".steps .ticked")); now != ticked+2 {
		t.Errorf("%d steps are ticked after %d", now, ticked)
	}
	picker := h.Staffed(t, "picker@example.kz", string(seller.Own), "stock.read")
	if s := h.send(t, picker, "GET", "/office/start", nil); s.status != http.StatusForbidden {
		t.Errorf("a picker: %d", s.status)
	}
}

// TestTheAuditSaysWhatChanged: a row has the values that an act changed, and people are found by their names.
func TestTheAuditSaysWhatChanged(t *testing.T) {
	got := office.Differences(`{"a":1,"b":{"c":"x","d":[1,2]},"e":null}`, `{"a":1,"b":{"c":"y","d":[1,3]},"f":true}`)
	want := "b.c x y|b.d[1] 2 3|f  true"
	var said []string
	for _, d := range got {
		said = append(said, d.Path+" "+d.Before+" "+d.After)
	}
	if strings.Join(said, "|") != want {
		t.Errorf("%q", said)
	}
	if got := office.Differences("", "no JSON"); len(got) != 1 || got[0].After != "no JSON" {
		t.Errorf("%+v", got)
	}
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	h.post(t, admin, "/office/settings/name", "name_kk", "Алма", "name_ru", "Алма", "name_en", "Alma")
	h.get(t, admin, "/office/audit?who=Admin").has(".trail", "POST /office/settings/name", "Admin")
	h.get(t, admin, "/office/audit?from=2001-01-01&to=2001-01-02").lacks(".trail li")
	h.Guest().Buy(t, h.House, apptest.Kettle)
	for by, want := range map[string][2]bool{"": {true, true}, "people": {true, false}, "buyers": {false, true}, "house": {}} {
		trail := h.get(t, admin, "/office/audit?by="+by).text("main")
		if got := [2]bool{strings.Contains(trail, "POST /office/settings/name"), strings.Contains(trail, "/v1/carts")}; got != want {
			t.Errorf("by %q: acts of people and of buyers are there: %v, want %v", by, got, want)
		}
	}
}

// TestPaymentsAreFound narrows the list of payments by state and by day, on the page and in its file.
func TestPaymentsAreFound(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	h.Guest().Buy(t, h.House, apptest.Kettle)
	h.Guest().BuyCash(t, h.House, apptest.Cloth)
	h.Settled(t)
	today := h.Today().String()
	for _, c := range []struct {
		query string
		rows  int
	}{
		{"", 2}, {"?state=captured", 1}, {"?state=refunded", 0}, {"?from=" + today + "&to=" + today, 2}, {"?to=2001-01-01", 0},
		{"?state=captured&from=" + today, 1}, {"?from=nonsense", 2},
	} {
		page := h.get(t, admin, "/office/payments"+c.query)
		if got := len(page.all("main tbody tr")); got != c.rows {
			t.Errorf("%q shows %d rows, want %d", c.query, got, c.rows)
		}
		if got := strings.Count(h.get(t, admin, "/office/payments.csv"+c.query).body, "\n") - 1; got != c.rows {
			t.Errorf("the file of %q has %d rows, want %d", c.query, got, c.rows)
		}
	}
	h.get(t, admin, "/office/payments?state=captured").has("main option[selected]", "Captured")
}

// TestAnOpenPageHearsOfAChange: a stream says at once what happened since the page was read, and otherwise when it happens,
// by whom; and nothing of what the reader may not see.
func TestAnOpenPageHearsOfAChange(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	id := h.Guest().Buy(t, h.House, apptest.Kettle)
	h.Settled(t)
	page := h.get(t, admin, "/office/orders/"+id)
	stream := page.attr("main", "data-stream") + "?object=" + id + "&version=" + page.attr("main", "data-version")
	heard := make(chan sheet)
	go func() { heard <- h.send(t, admin, "GET", stream, nil) }()
	h.post(t, admin, "/office/orders/"+id+"/cancel", "reason", "Changed my mind")
	if s := <-heard; s.status != http.StatusOK || s.header.Get("Content-Type") != "text/event-stream" || !strings.Contains(s.body, "event: changed\ndata: \"Admin\"\n\n") {
		t.Errorf("while it happens: %d %q", s.status, s.body)
	}
	if s := h.send(t, admin, "GET", stream, nil); !strings.Contains(s.body, "event: changed\n") {
		t.Errorf("afterwards: %q", s.body)
	}
	product := "prd_none"
	for _, g := range h.Goods {
		product = string(g.Product)
	}
	if s := h.send(t, admin, "GET", "/office/live?version=0&object="+product, nil); !strings.Contains(s.body, "event: changed\n") {
		t.Errorf("of a product: %d %q", s.status, s.body)
	}
	for who, token := range map[string]string{
		"a picker":       h.Staffed(t, "picker@example.kz", string(seller.Own), "stock.read"),
		"another seller": h.Staffed(t, "other@example.kz", "sel_other", "*"),
		"a buyer":        h.Registered(t, "buyer@example.kz"),
	} {
		for _, object := range []string{id, product, "usr_1"} {
			if s := h.send(t, token, "GET", "/office/live?version=0&object="+object, nil); s.status != http.StatusNotFound {
				t.Errorf("%s hears of %s: %d %q", who, object, s.status, s.body)
			}
		}
	}
}

// TestAListHearsOfItsOrders: a page that lists orders is told that something happened to one of them, once, also when it was
// away meanwhile; nobody else hears of it.
func TestAListHearsOfItsOrders(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	id := h.Guest().Buy(t, h.House, apptest.Kettle)
	h.Settled(t)
	for _, path := range []string{"/office/orders", "/office/board"} {
		page := h.get(t, admin, path)
		stream := page.attr("main", "data-stream") + "?list=" + page.attr("main", "data-list") + "&seen=" + page.attr("main", "data-seen")
		heard := make(chan sheet)
		go func() { heard <- h.send(t, admin, "GET", stream, nil) }()
		if path == "/office/orders" {
			h.post(t, admin, "/office/orders/"+id+"/pack", "q_"+h.lineOf(t, id), "1")
		} else {
			h.post(t, admin, "/office/orders/"+id+"/cancel", "reason", "Changed my mind")
		}
		if s := <-heard; s.status != http.StatusOK || strings.Count(s.body, "event: moved\n") < 1 {
			t.Errorf("%s while it happens: %d %q", path, s.status, s.body)
		}
		fresh := h.get(t, admin, path)
		if fresh.attr("main", "data-seen") == page.attr("main", "data-seen") {
			t.Errorf("%s counts nothing", path)
		}
	}
	for who, token := range map[string]string{
		"a picker": h.Staffed(t, "picker@example.kz", string(seller.Own), "stock.read"), "a buyer": h.Registered(t, "buyer@example.kz"),
	} {
		if s := h.send(t, token, "GET", "/office/live?list=orders&seen=0", nil); s.status != http.StatusNotFound {
			t.Errorf("%s hears of orders: %d %q", who, s.status, s.body)
		}
	}
	other := h.Staffed(t, "other@example.kz", "sel_other", "*")
	if seen := h.get(t, other, "/office/orders").attr("main", "data-seen"); seen != "0" {
		t.Errorf("another seller hears of %s", seen)
	}
}

// lineOf is the first line of an order.
func (h *house) lineOf(t *testing.T, id string) (line string) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) error {
		o, err := order.Get(tx, order.ID(id))
		line = o.Lines[0].Line
		return err
	})
	return line
}
