package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/gear/db"
)

// fields gives the fields of a form as a browser would send them untouched.
func (s sheet) fields(form string) url.Values {
	s.t.Helper()
	v := url.Values{}
	for _, n := range s.all(form + " input, " + form + " textarea") {
		kind := attribute(n, "type")
		if name := attribute(n, "name"); name != "" && kind != "checkbox" {
			value := attribute(n, "value")
			if n.Data == "textarea" {
				value = words(n)
			}
			v.Add(name, value)
		}
	}
	for _, n := range s.all(form + " select option[selected]") {
		v.Set(attribute(n.Parent, "name"), attribute(n, "value"))
	}
	if len(v) == 0 {
		s.t.Fatalf("there is no form %s: %.500s", form, s.text("main"))
	}
	return v
}

// submit sends a form as it stands on a page, with some fields filled in, and shows where it leads.
func (h *house) submit(t *testing.T, token string, on sheet, form string, fill ...string) sheet {
	t.Helper()
	s := h.trySubmit(t, token, on, form, fill...)
	if s.status != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", form, s.status, s.text("main"))
	}
	return h.get(t, token, s.header.Get("Location"))
}

func (h *house) trySubmit(t *testing.T, token string, on sheet, form string, fill ...string) sheet {
	t.Helper()
	v := on.fields(form)
	for i := 0; i+1 < len(fill); i += 2 {
		v.Set(fill[i], fill[i+1])
	}
	return h.send(t, token, "POST", on.attr(form, "action"), v)
}

// packAll packs all of an order and hands its parcels over.
func packAll(t *testing.T, h *house, token, id string) sheet {
	t.Helper()
	h.submit(t, token, h.get(t, token, "/office/orders/"+id), `form[action$="/pack"]`)
	h.Settled(t)
	s := h.get(t, token, "/office/orders/"+id)
	for _, form := range s.all(`form[action$="/handover"]`) {
		s = h.post(t, token, attribute(form, "action"))
	}
	return s
}

// TestAnOrderGoesOut packs an order, hands it over and takes a part of it back, on both engines.
func TestAnOrderGoesOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		id := h.Guest().Buy(t, h.House, apptest.Kettle, apptest.Journal)
		h.Settled(t)
		h.get(t, admin, "/office").has(".tiles", "1 to pack")
		list := h.get(t, admin, "/office/orders?state=placed")
		list.has("tbody tr", "Placed", "Card")
		page := h.get(t, admin, list.attr("tbody a", "href"))
		page.has("#lines + .wide", "Kettle", "KETTLE")
		page.has("#reasons + details", "Retail")

		page = h.submit(t, admin, page, `form[action$="/pack"]`)
		page.has("[role=status]", "Packed")
		h.Settled(t)
		page = h.get(t, admin, "/office/orders/"+id)
		page.has(".facts .badge", "Packed")
		page.lacks(`form[action$="/pack"]`)
		page = h.submitEmpty(t, admin, page, `form[action$="/handover"]`)
		page.has(".facts .badge", "Shipped")
		page.lacks(`form[action$="/cancel"]`)
		h.get(t, admin, "/office/movements").has("tbody", "Issue", "Kettle")
		arrive(t, h, admin, id)

		page = h.get(t, admin, "/office/orders/"+id)
		page.has(".facts .badge", "Delivered")
		back := page.attr(`form[action$="/return"] input[name^=q_]`, "name")
		h.submit(t, admin, page, `form[action$="/return"]`, back, "1", "reason", "Broken")
		h.Settled(t)
		page = h.get(t, admin, "/office/orders/"+id)
		page.has("#history + .trail", "Goods came back", "Broken", "Money given back")
		page.has("#money + .pairs", "Still owed ₸0")
		h.get(t, admin, "/office/ledger").has(".note.good", "equal")
		h.get(t, admin, "/office/doctor").has(".note", "All is well")
		h.Sound(t)
	})
}

// submitEmpty sends a form without fields.
func (h *house) submitEmpty(t *testing.T, token string, on sheet, form string) sheet {
	t.Helper()
	return h.post(t, token, on.attr(form, "action"))
}

// arrive brings all parcels of an order to the buyer.
func arrive(t *testing.T, h *house, token, id string) {
	t.Helper()
	page := h.get(t, token, "/office/orders/"+id)
	for _, form := range page.all(`form[action$="/arrival"]`) {
		h.post(t, token, attribute(form, "action"))
	}
	h.Settled(t)
}

// TestPartsOfAnOrder packs one line, cancels another, and refuses what is not left.
func TestPartsOfAnOrder(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	id := h.Guest().Buy(t, h.House, apptest.Kettle, apptest.ShirtS)
	h.Settled(t)
	page := h.get(t, admin, "/office/orders/"+id)
	inputs := page.all(`form[action$="/pack"] input[name^=q_]`)
	if len(inputs) != 2 {
		t.Fatalf("%d lines can be packed", len(inputs))
	}
	first, second := attribute(inputs[0], "name"), attribute(inputs[1], "name")
	for _, typed := range []string{"7", "-1", "0.5", "abc", "99999999999999999999"} {
		if s := h.trySubmit(t, admin, page, `form[action$="/cancel-lines"]`, first, typed); s.status != 409 && s.status != 422 && s.status != 400 {
			t.Errorf("cancelled %s: %d %s", typed, s.status, s.text("main"))
		} else {
			s.has("main", "Back")
		}
	}
	if s := h.trySubmit(t, admin, page, `form[action$="/pack"]`, first, "0", second, ""); s.status != http.StatusConflict {
		t.Errorf("packed nothing: %d", s.status)
	}
	page = h.submit(t, admin, page, `form[action$="/pack"]`, second, "0")
	page.has(".facts .badge", "Packing")
	h.submit(t, admin, page, `form[action$="/cancel-lines"]`, second, "1", "reason", "Torn")
	h.Settled(t)
	page = h.get(t, admin, "/office/orders/"+id)
	page.has(".facts .badge", "Packed")
	page.has("#history + .trail", "Torn")
	if got := h.get(t, admin, "/office/audit?object="+id).text(".trail"); !strings.Contains(got, "cancel-lines") {
		t.Errorf("the audit says %s", got)
	}
}

// TestMoneyGoesBackOnce gives a part of a card payment back; sent twice, the form counts once.
func TestMoneyGoesBackOnce(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	id := h.Guest().Buy(t, h.House, apptest.Kettle)
	h.Settled(t)
	page := h.get(t, admin, "/office/orders/"+id)
	refund := `form[action$="/refund"]`
	for _, typed := range []string{"0", "-5", "x", "100000000"} {
		if s := h.trySubmit(t, admin, page, refund, "amount", typed); s.status < 400 || s.status >= 500 {
			t.Errorf("%s given back: %d", typed, s.status)
		}
	}
	for range 2 {
		if s := h.trySubmit(t, admin, page, refund, "amount", "1 000,50", "reason", "Scratched"); s.status != http.StatusSeeOther {
			t.Fatalf("%d %s", s.status, s.text("main"))
		}
		h.Settled(t)
	}
	page = h.get(t, admin, "/office/orders/"+id)
	if n := strings.Count(page.text("#history + .trail"), "Scratched"); n != 1 {
		t.Errorf("given back %d times: %s", n, page.text("#history + .trail"))
	}
	page.has("main", "Partly refunded")
	pay := h.get(t, admin, page.attr(`main a[href^="/office/payments/pay"]`, "href"))
	pay.has("main", "1,000.50")
	h.Sound(t)
}

// TestCashIsWrittenDown: what a buyer paid in cash and is owed again is handed over by people, and written down here.
func TestCashIsWrittenDown(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	id := h.Guest().BuyCash(t, h.House, apptest.Kettle)
	h.Settled(t)
	page := h.get(t, admin, "/office/orders/"+id)
	page.lacks(`form[action$="/refund"]`)
	packAll(t, h, admin, id)
	arrive(t, h, admin, id)
	page = h.get(t, admin, "/office/orders/"+id)
	page.has(".facts .badge", "Delivered")
	back := page.attr(`form[action$="/return"] input[name^=q_]`, "name")
	h.submit(t, admin, page, `form[action$="/return"]`, back, "1")
	h.Settled(t)
	page = h.get(t, admin, "/office/orders/"+id)
	page.has("#money + .pairs", "Owed to the buyer ₸12,000")
	page = h.submit(t, admin, page, `form[action$="/refund"]`, "amount", "12000")
	page.has("#money + .pairs", "Still owed ₸0")
	h.Sound(t)
}

// TestStatementsOfOrders holds the pages of orders to their statements.
func TestStatementsOfOrders(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	id := h.Guest().Buy(t, h.House, apptest.Kettle, apptest.Journal, apptest.ShirtS)
	h.Settled(t)
	packAll(t, h, admin, id)
	for range 3 { // A walk is for several orders.
		h.Guest().Buy(t, h.House, apptest.Kettle, apptest.Journal)
	}
	h.Settled(t)
	for path, most := range map[string]int{
		"/office/warehouses": 1, "/office/products/" + string(h.Goods[apptest.Kettle].Product) + "/media": 4,
		"/office/products/" + string(h.Goods[apptest.Kettle].Product) + "/attributes": 3,
		"/office/orders": 5, "/office/orders/" + id: 20, "/office/products": 6, // With the categories to move goods to, and the kept lists.
		"/office/picking": 5, "/office/board": 10, "/office/grid": 6, "/office/payments": 4, "/office/stock": 6, // With what runs out.
		"/office": 12,
	} {
		h.get(t, admin, path)
		if n := h.Statements(func() { h.get(t, admin, path) }); n > most {
			t.Errorf("%s takes %d statements, %d are allowed", path, n, most)
		} else {
			t.Logf("%s: %d statements", path, n)
		}
	}
}

// TestOrdersAreFound by code, e-mail and state, a page at a time.
func TestOrdersAreFound(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	guest := h.Guest()
	for range 52 {
		guest.Buy(t, h.House, apptest.Journal)
	}
	first := h.get(t, admin, "/office/orders")
	if n := len(first.all("tbody tr")); n != 50 {
		t.Errorf("%d orders on the first page", n)
	}
	second := h.get(t, admin, first.attr(`a[rel=next]`, "href"))
	if n := len(second.all("tbody tr")); n != 2 {
		t.Errorf("%d orders on the second page", n)
	}
	code := second.text("tbody td a")
	found := h.get(t, admin, "/office/orders?q="+url.QueryEscape(strings.ToLower(code)))
	if n := len(found.all("tbody tr")); n != 1 || found.text("tbody td a") != code {
		t.Errorf("%d orders of %s", n, code)
	}
	h.get(t, admin, "/office/orders?q=nobody@example.kz").has("main", "Nothing was found")
	h.get(t, admin, "/office/orders?state=delivered").has("main", "Nothing was found")
	if s := h.send(t, admin, "GET", "/office/orders?state=nonsense", nil); s.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown state: %d", s.status)
	}
}
