package office_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/gear/db"
)

// TestAProviderIsSetUp makes a provider with a line and a tariff by steps, then one that is asked elsewhere, whose password nobody sees
// again; only who runs the house says how one is asked, and another seller finds none of them.
func TestAProviderIsSetUp(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	clerk := h.Staffed(t, "clerk@example.kz", string(seller.Own), "utility.*")
	var shelf catalog.CategoryID
	h.Look(t, func(tx *db.Tx) error {
		all, err := catalog.Tree(tx)
		shelf = all[0].ID
		return err
	})
	provider := []string{"code", "su", "kind", "water", "name_kk", "Су", "name_ru", "Вода", "name_en", "Water", "due_day", "25", "sum_max", "100000", "category", string(shelf)}
	if s := h.send(t, clerk, "POST", "/office/bills", values(append(provider, "dialect", "kaspi", "url", "https://pay.example.kz/")...)); s.status != http.StatusUnprocessableEntity {
		t.Errorf("a clerk says how a provider is asked: %d", s.status)
	}
	h.post(t, clerk, "/office/bills", provider...)
	of := h.providerOf(t, "su")
	if of.Variant == "" || of.SumMax != 100_000_00 {
		t.Errorf("made: %+v", of)
	}
	at := "/office/bills/" + string(of.ID)
	h.post(t, clerk, at+"/services", "service", "cold", "service_kk", "Суық су", "unit", "MTQ", "editable", "true")
	for _, bad := range [][]string{
		{"price_1", "1"}, {"from", "2026-01-01"}, {"from", "2026-01-01", "price_1", "1.00001"}, {"from", "2026-01-01", "price_1", "1", "up_to_1", "3"},
		{"from", "2026-01-01", "price_1", "-1"},
	} {
		if s := h.send(t, clerk, "POST", at+"/tariffs", values(append([]string{"of", "cold", "base", "meter"}, bad...)...)); s.status != http.StatusUnprocessableEntity {
			t.Errorf("a tariff of %v: %d", bad, s.status)
		}
	}
	h.post(t, clerk, at+"/tariffs", "of", "cold", "from", "2026-01-01", "base", "meter", "norm", "4,5", "per_person", "true", "up_to_1", "3", "price_1", "96,5425", "price_2", "120")
	of = h.providerOf(t, "su")
	if s, _ := of.Service("cold"); len(s.Tariffs) != 1 || len(s.Tariffs[0].Steps) != 2 || s.Tariffs[0].Steps[0].Price != 96_5425 || !s.Tariffs[0].PerPerson || !s.Editable {
		t.Errorf("the tariff: %+v", s)
	}
	h.get(t, clerk, at+"/settings").has("#services + .wide", "96.5425")

	h.post(t, admin, "/office/bills", "code", "telecom", "kind", "telecom", "name_kk", "Байланыс", "due_day", "25", "dialect", "osmp", "url", "https://pay.example.kz/biller", "user", "sauda", "password", "secret-word")
	remote := h.providerOf(t, "telecom")
	if remote.Remote == nil || remote.Remote.Sealed == "" || strings.Contains(remote.Remote.Sealed, "secret-word") {
		t.Fatalf("%+v", remote.Remote)
	}
	s := h.get(t, admin, "/office/bills/"+string(remote.ID)+"/settings")
	if strings.Contains(s.body, "secret-word") || strings.Contains(s.body, remote.Remote.Sealed) {
		t.Error("the password is shown")
	}
	stranger := h.Staffed(t, "other@example.kz", "sel_other", "utility.*")
	for _, path := range []string{at + "/settings", "/office/bills/" + string(remote.ID)} {
		if s := h.send(t, stranger, "GET", path, nil); s.status != http.StatusNotFound {
			t.Errorf("another seller sees %s: %d", path, s.status)
		}
	}
	if s := h.send(t, stranger, "POST", at+"/services", values("service", "x", "service_kk", "x")); s.status != http.StatusNotFound {
		t.Errorf("another seller changes it: %d", s.status)
	}
}

// TestAPaymentOrderHasAllOfItsDay: what came late, after the register of its day was written, is in the order that goes to the bank.
func TestAPaymentOrderHasAllOfItsDay(t *testing.T) {
	h := open(t, db.SQLite)
	clerk := h.Staffed(t, "clerk@example.kz", string(seller.Own), "utility.*")
	day := span.DayOf(h.Clock.Now(), span.Almaty)
	pay := func(txn string, sum int64) {
		h.Moment(t, func(tx *db.Tx) error {
			p, err := utility.ByCode(tx, "su")
			if err != nil {
				return err
			}
			a, err := utility.Find(tx, p.ID, "100")
			if err == nil {
				_, _, err = utility.Pay(tx, p, utility.Payment{Channel: utility.Here, Txn: txn, Account: a.ID, Sum: sum, Dated: day.Start(span.Almaty).Add(time.Hour)})
			}
			return err
		})
	}
	h.Moment(t, func(tx *db.Tx) error {
		p, err := utility.Register(tx, utility.Provider{Seller: seller.Own, Code: "su", Kind: utility.KindWater, Name: text.Localized{"kk": "Су"}, Currency: money.KZT, DueDay: 25,
			BIN: "251040000121", IBAN: "KZ86125KZT5004100100", BIC: "KCJBKZKX", Services: []utility.Service{{Code: "cold", Name: text.Localized{"kk": "Суық су"}}}})
		if err == nil {
			_, err = utility.OpenMany(tx, p, []utility.Account{{Number: "100"}})
		}
		return err
	})
	pay("1", 100_00)
	h.Clock.Advance(24 * time.Hour)
	h.Moment(t, func(tx *db.Tx) error { return utility.CloseDay(tx, day) })
	pay("2", 50_50)
	at := "/office/bills/" + string(h.providerOf(t, "su").ID) + "/registers/sauda/" + day.String()
	s := h.send(t, clerk, "POST", at+"/order.xml", values("iban", "KZ86125KZT5004100100", "bic", "HSBKKZKX"))
	if s.status != http.StatusOK || !strings.Contains(s.body, `<InstdAmt Ccy="KZT">150.50</InstdAmt>`) || !strings.Contains(s.body, "payments: 2") {
		t.Errorf("%d: %s", s.status, s.body)
	}
}

func (h *house) providerOf(t *testing.T, code string) (p utility.Provider) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) (err error) {
		p, err = utility.ByCode(tx, code)
		return err
	})
	return p
}
