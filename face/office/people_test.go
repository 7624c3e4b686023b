package office_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestPeopleAreEmployed employs, grants and suspends, and nobody gives what he does not have.
func TestPeopleAreEmployed(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	if s := h.send(t, admin, "POST", "/office/users", values("name", "Dana", "email", "dana@example.kz", "password", "1")); s.status != http.StatusUnprocessableEntity || s.attr("#name", "value") != "Dana" {
		t.Errorf("a short password: %d", s.status)
	}
	s := h.post(t, admin, "/office/users", "name", "Dana", "email", "dana@example.kz", "password", "qyzgaldaq-42", "scopes", "orders.read", "scopes", "stock.read")
	s.has("tbody", "Dana", "See orders · See stock")
	if s := h.send(t, admin, "POST", "/office/users", values("name", "Dana", "email", "DANA@example.kz", "password", "qyzgaldaq-42")); s.status != http.StatusUnprocessableEntity {
		t.Errorf("employed twice: %d", s.status)
	}
	dana := ""
	for _, a := range s.all("tbody a") {
		if words(a) == "Dana" {
			dana = attribute(a, "href")
		}
	}
	h.post(t, admin, dana+"/scopes", "scopes", "orders.read", "scopes", "orders.write")
	h.get(t, admin, "/office/users").has("tbody", "See orders · Change orders")
	s = h.post(t, admin, dana+"/suspension", "reason", "Left")
	s.has(".badge", "Suspended")
	s = h.post(t, admin, dana+"/reinstatement")
	s.has(".badge", "Active")

	head := h.Staffed(t, "head@example.kz", string(seller.Own), "house.*", "orders.read")
	if s := h.send(t, head, "POST", "/office/users", values("name", "X", "email", "x@example.kz", "password", "qyzgaldaq-42", "scopes", "money.read")); s.status != http.StatusForbidden {
		t.Errorf("granted what he has not: %d", s.status)
	}
	if s := h.send(t, head, "POST", "/office/users", values("name", "X", "email", "x@example.kz", "password", "qyzgaldaq-42", "admin", "true")); s.status != http.StatusForbidden {
		t.Errorf("made an administrator: %d", s.status)
	}
	other := h.Staffed(t, "other@example.kz", "sel_other", "*")
	if s := h.send(t, other, "GET", dana, nil); s.status != http.StatusNotFound {
		t.Errorf("another seller's staff is seen: %d", s.status)
	}
	me := h.get(t, admin, "/office/users")
	for _, a := range me.all("tbody a") {
		if words(a) == "Admin" {
			if s := h.send(t, admin, "POST", attribute(a, "href")+"/suspension", values("reason", "")); s.status != http.StatusConflict {
				t.Errorf("the administrator suspends himself: %d", s.status)
			}
		}
	}
}

// TestAKeyIsShownOnce issues a key, uses it, and revokes it.
func TestAKeyIsShownOnce(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	if s := h.send(t, admin, "POST", "/office/keys", values("name", "Till")); s.status != http.StatusUnprocessableEntity {
		t.Errorf("a key without scopes: %d", s.status)
	}
	s := h.send(t, admin, "POST", "/office/keys", values("name", "Till", "scopes", "orders.read", "expires", "2027-01-31"))
	secret := s.text("#secret")
	if s.status != http.StatusOK || secret == "" {
		t.Fatalf("%d %s", s.status, s.text("main"))
	}
	h.get(t, secret, "/office/orders")
	if s := h.send(t, secret, "GET", "/office/stock", nil); s.status != http.StatusForbidden {
		t.Errorf("the key sees the stock: %d", s.status)
	}
	list := h.get(t, admin, "/office/keys")
	list.has("tbody", "Till", "See orders")
	if strings.Contains(list.body, secret) {
		t.Error("the secret is shown again")
	}
	if audit := h.get(t, admin, "/office/audit"); strings.Contains(audit.body, secret) {
		t.Error("the secret stands in the audit")
	}
	list = h.post(t, admin, list.attr(`form[action$="/revocation"]`, "action"))
	list.has("tbody", "Revoked")
	if s := h.send(t, secret, "GET", "/office/orders", nil); s.status == http.StatusOK {
		t.Error("a revoked key works")
	}
}

// TestSettingsAreKept renames the seller, changes its regime and a price of a delivery.
func TestSettingsAreKept(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	s := h.post(t, admin, "/office/settings/name", "name_kk", "Шаңырақ", "name_en", "Shanyraq")
	if got := s.attr("#name_kk", "value"); got != "Шаңырақ" {
		t.Errorf("the name is %q", got)
	}
	s = h.post(t, admin, "/office/settings/regime", "regime", "kz.simplified", "from", "2027-01-01")
	s.has("#regime + .rows", "Simplified declaration", "since 2027-01-01")
	if s := h.send(t, admin, "POST", "/office/settings/regime", values("regime", "kz.vat", "from", "2020-01-01")); s.status != http.StatusConflict {
		t.Errorf("a regime of the past: %d", s.status)
	}
	page := h.get(t, admin, "/office/delivery")
	form := `form[action$="/mth_courier"]`
	page = h.submit(t, admin, page, form, "r_0_step_0", "1 350,00", "r_0_free", "")
	if got := page.attr(form+" input[name=r_0_step_0]", "value"); got != "1350.00" {
		t.Errorf("the price is %q", got)
	}
	if got := page.attr(form+" input[name=r_0_free]", "value"); got != "" {
		t.Errorf("it is free from %q", got)
	}
	if s := h.trySubmit(t, admin, page, form, "r_0_step_0", "-1"); s.status < 400 {
		t.Errorf("a price below zero: %d", s.status)
	}
	other := h.Staffed(t, "other@example.kz", "sel_other", "house.*")
	if s := h.trySubmit(t, other, page, form, "r_0_step_0", "1"); s.status != http.StatusNotFound {
		t.Errorf("another seller's delivery: %d", s.status)
	}
}

// TestTheHouseIsLookedAfter: jobs are hastened, and what is not there cannot be retried.
func TestTheHouseIsLookedAfter(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	h.Later(t, time.Hour)
	h.Guest().Buy(t, h.House, apptest.Kettle)
	h.Settled(t)
	jobs := h.get(t, admin, "/office/jobs")
	jobs.has("tbody", "holds:")
	h.post(t, admin, "/office/jobs/hasten", "name", jobs.attr(`input[name=name]`, "value")).has("[role=status]", "The job runs now")
	h.get(t, admin, "/office/stories").has("tbody", "An order is placed", "Done")
	for path, status := range map[string]int{
		"/office/stories/sto_none/again": 404, "/office/parked/retry": 404, "/office/parked/dismiss": 404,
	} {
		if s := h.send(t, admin, "POST", path, values("id", "none")); s.status != status {
			t.Errorf("%s: %d instead of %d", path, s.status, status)
		}
	}
	h.get(t, admin, "/office/parked").has(".note", "Nothing is parked")
}
