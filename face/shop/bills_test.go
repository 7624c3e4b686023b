package shop_test

import (
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/gear/db"
)

// bills opens a provider with one account that owes 1,450.00, of which one line can be changed.
func (h *house) bills(t *testing.T) (id string) {
	t.Helper()
	fixed := func(price utility.Price) []utility.Tariff {
		return []utility.Tariff{{From: span.MustDay("2026-01-01"), Base: utility.BaseFixed, Steps: []utility.Step{{Price: price}}}}
	}
	h.Moment(t, func(tx *db.Tx) error {
		offers, err := catalog.Offers(tx, []catalog.VariantID{h.Goods[apptest.Kettle].Variant})
		if err != nil {
			return err
		}
		p, err := utility.Register(tx, utility.Provider{
			Seller: seller.Own, Code: "qala-erc", Kind: utility.KindCentre, Name: text.Localized{"kk": "Қала орталығы", "en": "City centre"}, Currency: money.KZT, DueDay: 25,
			Services: []utility.Service{
				{Code: "waste", Name: text.Localized{"kk": "Қоқыс", "en": "Waste"}, Tariffs: fixed(1000_0000)},
				{Code: "intercom", Name: text.Localized{"kk": "Домофон", "en": "Intercom"}, Editable: true, Tariffs: fixed(450_0000)},
			},
		})
		if err != nil {
			return err
		}
		if p, err = utility.Sell(tx, p, offers[h.Goods[apptest.Kettle].Variant].Category); err != nil {
			return err
		}
		if _, err = utility.OpenMany(tx, p, []utility.Account{{Number: "100200", Holder: "Айгүлім Ахмет", Address: "Абай даңғылы, 10-5", People: 2}}); err != nil {
			return err
		}
		if _, err = utility.Begin(tx, p, span.MustDay("2026-11-01")); err != nil {
			return err
		}
		if _, err = utility.Issue(tx, 10); err != nil {
			return err
		}
		a, err := utility.Find(tx, p.ID, "100200")
		id = string(a.ID)
		return err
	})
	return id
}

// TestABillIsFoundAndPaid: by provider and number, without a name in full, with a line that is changed within its bounds, into
// the basket.
func TestABillIsFoundAndPaid(t *testing.T) {
	h := open(t, db.SQLite)
	id := h.bills(t)
	b := h.browser(t, "en")
	b.get("/bills?provider=qala-erc&number=999").wants(".note.bad", "Look at the number on the bill")
	b.get("/bills?provider=nobody&number=999").wants(".note.bad", "Choose one from the list")
	b.get("/bills").one("main form[method=get] select[name=provider] option[value=qala-erc]")
	p := b.get("/bills?provider=qala-erc&number=100+200")
	if !strings.HasSuffix(p.at.Path, "/bills/accounts/"+id) {
		t.Fatalf("found at %s", p.at)
	}
	p.wants("main", "1,450")
	for address, most := range map[string]int{"/bills": 1, "/bills/accounts/" + id: 5} {
		right := b.get(address).at.RequestURI()
		if n := h.Statements(func() { b.get(right) }); n > most {
			t.Errorf("%s costs %d statements, %d are allowed", address, n, most)
		}
	}
	if strings.Contains(p.text, "Айгүлім") {
		t.Error("a stranger reads the name")
	}
	pay := "form[action$='/pay']"
	p = b.submit(p, pay, "sum.intercom", "500")
	if p.status != 422 {
		t.Errorf("more than the line: %d", p.status)
	}
	p.wants(".wrong", "450")
	p = b.submit(p, pay, "sum.intercom", "50")
	p.wants("main", "1,050")
	if p.at.Path != "/basket" && !strings.HasSuffix(p.at.Path, "/basket") {
		t.Errorf("at %s", p.at)
	}
	b.get("/bills/payments/utx_none")
}
