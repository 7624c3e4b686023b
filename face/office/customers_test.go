package office_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/core/customer"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/face/office"
	"sauda/gear/db"
)

// TestCustomersHaveTheirPages: who buys is listed, found and taken out as a file; his page shows what he did, and what the
// staff notes down about him.
func TestCustomersHaveTheirPages(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		h.get(t, admin, "/office/customers").has("main", "A customer appears here with the first order.")
		guest := h.Guest()
		guest.Buy(t, h.House, apptest.Kettle)
		second := guest.Buy(t, h.House, apptest.Journal)
		h.Later(t, 2*time.Minute)
		list := h.get(t, admin, "/office/customers")
		rows := list.all("tbody tr")
		if len(rows) != 1 {
			t.Fatalf("%d customers: %s", len(rows), list.text("main"))
		}
		email := list.text(`td[data-name="Email"]`)
		list.has("tbody tr", "Guest", "2")
		for path, want := range map[string]int{
			"?view=back": 1, "?view=new": 1, "?view=lapsed": 0, "?view=companies": 0, "?view=guests": 1, "?sort=spent": 1, "?sort=orders": 1,
			"?q=" + email[:4]: 1, "?q=nobody": 0,
		} {
			if s := h.get(t, admin, "/office/customers"+path); len(s.all("tbody tr")) != want {
				t.Errorf("%s finds %d, want %d", path, len(s.all("tbody tr")), want)
			}
		}
		for path, sorts := range map[string]int{"": 1, "?view=back": 0, "?q=" + email[:4]: 0} { // Only the whole list is sorted.
			if n := len(h.get(t, admin, "/office/customers"+path).all("select[name=sort]")); n != sorts {
				t.Errorf("%q has %d ways to sort", path, n)
			}
		}
		h.get(t, admin, "/office/find?q="+email[:4]).has(`#found a[href*="/office/customers/cus_"]`, email)
		path := list.attr("tbody a.strong", "href")
		s := h.get(t, admin, path)
		if n := len(s.all("#bought + .rows li")); n != 2 {
			t.Errorf("%d orders: %s", n, s.text("main"))
		}
		before := s.text(".figures")
		s.has("#addresses + .rows", "Алматы")
		h.Moment(t, func(tx *db.Tx) error { _, err := order.Cancel(tx, order.ID(second), "Changed my mind"); return err })
		h.Settled(t)
		if now := h.get(t, admin, path).text(".figures"); now == before {
			t.Errorf("a cancelled order is taken off: %s", now)
		}
		wrong := h.trySubmit(t, admin, s, `form[action$="/notes"]`, "note", strings.Repeat("x", customer.NoteMax+1))
		if wrong.status != http.StatusUnprocessableEntity {
			t.Errorf("a long note: %d", wrong.status)
		}
		wrong.has("#note-wrong", "2000")
		s = h.submit(t, admin, s, `form[action$="/notes"]`, "note", "Deliver in the morning")
		s.has("[role=status]", "The note is kept.")
		s.has(".jotted", "Deliver in the morning", "Admin")
		s = h.submitEmpty(t, admin, s, `.jotted form`)
		s.lacks(".jotted")
		clerk := h.Staffed(t, "clerk@example.kz", string(seller.Own), "customers.read")
		seen := h.get(t, clerk, path)
		seen.has("#bought + p", "You have no right to see orders.")
		seen.lacks(`form[action$="/notes"]`)
		if s := h.send(t, clerk, "POST", path+"/notes", values("note", "x")); s.status != http.StatusForbidden {
			t.Errorf("a clerk writes: %d", s.status)
		}
		for name, token := range map[string]string{
			"another seller": h.Staffed(t, "other@example.kz", "sel_other", "*"), "a picker": h.Staffed(t, "picker@example.kz", string(seller.Own), "orders.*"),
		} {
			if s := h.send(t, token, "GET", path, nil); s.status != http.StatusNotFound && s.status != http.StatusForbidden {
				t.Errorf("%s looks: %d", name, s.status)
			}
			if s := h.send(t, token, "GET", "/office/customers", nil); s.status == http.StatusOK && len(s.all("tbody tr")) > 0 {
				t.Errorf("%s lists %s", name, s.text("tbody"))
			}
			if s := h.send(t, token, "GET", "/office/find?q="+email[:4], nil); len(s.all(`#found a[href*="/customers/"]`)) > 0 {
				t.Errorf("%s finds %s", name, s.text("#found"))
			}
		}
		file := readCSV(t, h.send(t, admin, "GET", "/office/customers.csv?cols=email&cols=orders", nil).body)
		if len(file) != 2 || file[1][0] != email || file[1][1] != "1" {
			t.Errorf("the file: %v", file)
		}
		h.get(t, admin, "/office/audit?object=customers").has(".trail", "GET /office/customers.csv")
		if n := h.Statements(func() { h.get(t, admin, path) }); n > 11 {
			t.Errorf("the page takes %d statements", n)
		}
		if n := h.Statements(func() { h.get(t, admin, "/office/customers") }); n > 4 {
			t.Errorf("the list takes %d statements", n)
		}
	})
}

// TestALetterGoesToItsAddress: what is written in an address adds no header and no other reader to the letter.
func TestALetterGoesToItsAddress(t *testing.T) {
	for address, want := range map[string]string{
		"aigul@example.kz":                 "mailto:aigul@example.kz",
		"a+b@example.kz":                   "mailto:a%2Bb@example.kz",
		"x?bcc=eve@evil.kz&y=@example.kz":  "mailto:x%3Fbcc%3Deve%40evil.kz%26y%3D@example.kz",
		"50%,eve%40evil.kz@пошта.example?": "mailto:50%25%2Ceve%2540evil.kz@%D0%BF%D0%BE%D1%88%D1%82%D0%B0.example%3F",
	} {
		if got := string(office.Mailto(address)); got != want {
			t.Errorf("%s leads to %s, want %s", address, got, want)
		}
	}
}
