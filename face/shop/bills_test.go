package shop_test

import (
	"strings"
	"testing"
	"time"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/core/utility/billersim"
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

// TestAPausedProviderTakesNothing: its page says so and has no button, and the form of a page that was open before is refused.
func TestAPausedProviderTakesNothing(t *testing.T) {
	h := open(t, db.SQLite)
	id := h.bills(t)
	b := h.signedUp(t, "en", aigul)
	before := b.get("/bills/accounts/" + id)
	before.one("form[action$='/pay'] button")
	b.submit(before, "form[action$='/keep']", "name", "Home")
	h.Moment(t, func(tx *db.Tx) error {
		p, err := utility.ByCode(tx, "qala-erc")
		if err == nil {
			p.Paused = true
			_, err = utility.Revise(tx, p)
		}
		return err
	})
	p := b.get("/bills/accounts/" + id)
	p.wants(".note", "takes no payments here for now")
	if n := len(p.all("form[action$='/pay'] button")) + len(p.all("form[action$='/autopay']")); n != 0 {
		t.Errorf("%d buttons to pay", n)
	}
	p = b.submit(before, "form[action$='/pay']")
	p.wants(".note.bad", "takes no payments here for now")
	p = b.get("/bills")
	p.wants(".kept", "takes no payments here for now")
	p.one("input[name=account][disabled]")
}

// telecom opens a provider elsewhere, which the house of the test pretends, and gives its code.
func (h *house) telecom(t *testing.T) string {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		remote, err := utility.Remote{Dialect: "osmp", URL: "http://telecom.test/pay", User: "sauda"}.Seal(h.Desk.Keys, "telecom", "p")
		if err != nil {
			return err
		}
		offers, err := catalog.Offers(tx, []catalog.VariantID{h.Goods[apptest.Kettle].Variant})
		if err != nil {
			return err
		}
		p, err := utility.Register(tx, utility.Provider{
			Seller: seller.Own, Code: "telecom", Kind: utility.KindTelecom, Name: text.Localized{"kk": "Байланыс", "en": "Telecom"}, Currency: money.KZT,
			DueDay: 25, SumMax: 100_000_00, Remote: &remote,
		})
		if err == nil {
			_, err = utility.Sell(tx, p, offers[h.Goods[apptest.Kettle].Variant].Category)
		}
		return err
	})
	return "telecom"
}

// TestABillElsewhere goes the whole way of a bill of a provider that keeps its books elsewhere: it is down and says so, is asked again,
// is paid by an order, takes the money or gives it back, and is paid by itself.
func TestABillElsewhere(t *testing.T) {
	h := &house{apptest.Open(t, db.SQLite, func(c *app.Config) {
		c.Biller = app.Biller{
			Sims: map[string]billersim.Config{"telecom.test": {Dialect: "osmp", User: "sauda", Password: "p", Least: 100}},
			Owe:  map[string]billersim.Account{"8700": {Holder: "Ә***", Owed: 5000_00}},
		}
	})}
	h.telecom(t)
	sim := h.TestBiller("telecom.test")
	sim.Away(true)
	p := h.browser(t, "en").get("/bills?provider=telecom&number=8700")
	p.wants(".note.bad", "does not answer")
	p.wants("main", "Sign in to keep the number")
	b := h.signedUp(t, "en", aigul)
	b.kept(h, goodCard)
	p = b.get("/bills?provider=telecom&number=8700")
	p = b.submit(p, "form[action$='/bills/later']")
	p.wants(".note.good", "ask again by ourselves")
	p.wants("main", "has not answered yet")
	bill := p.at.Path
	sim.Away(false)
	h.Later(t, time.Minute)
	p = b.submit(b.get(bill), "form[action$='/ask']")
	p.wants("main", "5,000")
	b.get("/bills?provider=telecom&number=404").wants(".note.bad", "Look at the number on the bill")

	for _, try := range []struct{ sum, says string }{{"3000", "Taken by the provider"}, {"100", "gave no reason"}} {
		if try.sum == "100" {
			sim.Next(billersim.Refuse)
		}
		b.submit(b.get(bill), "form[action$='/pay']", "sum.told", try.sum)
		b.submit(b.submit(b.get("/checkout"), ".stage.open form"), ".stage.open form").wants(".note.good", "Thank you")
		h.Settled(t)
		p = b.get(bill)
		p.wants("main", try.says)
	}
	if taken := sim.Register(); len(taken) != 1 || taken[0].Sum != 3000_00 {
		t.Errorf("taken: %+v", taken)
	}
	if n := h.Statements(func() { b.get(bill) }); n > 16 {
		t.Errorf("the page of an account costs %d statements", n)
	}
	h.receiptIsPaper(t, b, p)
	h.autopay(t, b, bill)
}

// receiptIsPaper fetches a receipt as PDF, as who paid and as somebody else.
func (h *house) receiptIsPaper(t *testing.T, b *browser, p *page) {
	t.Helper()
	link := ""
	for _, a := range p.all("a[href*='/bills/payments/']") {
		link = attr(a, "href") + "/receipt.pdf"
	}
	file := b.get(strings.TrimPrefix(link, "/en"))
	if file.status != 200 || file.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("%s: %d %s", link, file.status, file.header.Get("Content-Type"))
	}
	for want, other := range map[int]*browser{401: h.browser(t, "en"), 404: h.signedUp(t, "en", "other@example.kz")} {
		if got := other.ask("GET", link, nil).status; got != want {
			t.Errorf("somebody else asks for the receipt: %d, want %d", got, want)
		}
	}
}

// autopay agrees to have the account paid by itself, and ends it by two presses.
func (h *house) autopay(t *testing.T, b *browser, bill string) {
	t.Helper()
	p := b.get(bill)
	bad := b.submit(p, "form[action$='/autopay']", "bill_limit", "100", "month_limit", "50")
	bad.wants(".wrong", "not below that of one payment")
	p = b.submit(p, "form[action$='/autopay']", "day", "25", "bill_limit", "6000", "month_limit", "6000")
	p.wants(".note.good", "is on")
	b.get("/bills").wants(".kept", "Automatic payment")
	p = b.submit(p, "form[action$='/autopay/end']")
	p.wants(".note.good", "has ended")
	p.one("form[action$='/autopay']")
}
