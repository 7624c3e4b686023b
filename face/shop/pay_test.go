package shop_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/core/payment"
	"sauda/core/payment/cardsim"
	"sauda/face/shop"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

// step sends one request as a browser does and gives the address to which the answer leads, without going there.
func (b *browser) step(method, address string, form url.Values) string {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Accept-Language", b.lang)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	_ = answer.Body.Close()
	to, err := r.URL.Parse(answer.Header.Get("Location"))
	if err != nil || answer.Header.Get("Location") == "" {
		b.t.Fatalf("%s %s: %d leads nowhere (%v)", method, address, answer.StatusCode, err)
	}
	return to.String()
}

// sent enters a card on the page of the bank, and gives the address by which the bank sends the buyer back.
func (b *browser) sent(p *page, number string) string {
	b.t.Helper()
	return b.step("POST", p.at.String(), url.Values{"number": {number}, "expiry": {"12/30"}, "code": {"123"}})
}

// toCard walks to the page of the bank that takes the card.
func (b *browser) toCard(h *house, skus ...string) *page {
	b.t.Helper()
	return b.submit(b.ready(h, skus...), ".stage.open form", "method", "card")
}

// tries counts the payments that were begun, and returns the audit rows of those who came back from the bank.
func (h *house) tries(t *testing.T) (int, []web.Row) {
	t.Helper()
	var all []payment.Payment
	var rows []web.Row
	h.Look(t, func(tx *db.Tx) (err error) {
		if all, _, err = payment.Find(tx, payment.Filter{}); err == nil {
			rows, _, err = web.Audit(tx, web.Wanted{Action: "GET /checkout/return"})
		}
		return err
	})
	return len(all), rows
}

func says(lang string, f *fault.Fault) string { return i18n.Fault(lang, f) }

const goodCard = "4242424242424242"

// TestALinkBuysNothing sends links to the return from the bank to a buyer who is about to enter a card, to one who is not,
// and to strangers.
func TestALinkBuysNothing(t *testing.T) {
	h := open(t, db.SQLite)
	b, other := h.browser(t, "ru"), h.browser(t, "ru")
	p := b.toCard(h, apptest.Kettle)
	theirs, err := url.Parse(other.sent(other.toCard(h, apptest.ShirtS), goodCard))
	if err != nil {
		t.Fatal(err)
	}
	foreign := theirs.Query().Get("state")
	if len(foreign) < 20 {
		t.Fatalf("the state %q is easy to guess", foreign)
	}
	for _, link := range []string{
		"/checkout/return?token=tok_ok", "/checkout/return?token=tok_ok&state=", "/checkout/return?token=tok_ok&state=" + foreign,
		theirs.String(), "/checkout/return?state=" + foreign + "&token=tok_declined", "/ru/checkout/return?token=tok_ok&state=x",
	} {
		for _, who := range []*browser{b, h.browser(t, "ru")} {
			got := who.get(link)
			if who == b && !strings.HasSuffix(got.at.Path, "/checkout") {
				t.Errorf("%s leads to %s", link, got.at)
			}
			got.wants(".note.bad", says("ru", shop.ErrUnasked))
		}
	}
	b.get("/checkout/return?state="+foreign).wants("h1", "Оформление заказа")
	if n, rows := h.tries(t); n != 0 || len(rows) != 0 {
		t.Fatalf("links began %d payments and left %v", n, rows)
	}

	back := b.sent(p, goodCard)
	b.get(back).wants(".note.good", "Спасибо")
	b.get(back).wants(".note.bad", says("ru", shop.ErrUnasked)) // The way back is taken, and the purchase is over.
	h.Settled(t)
	n, rows := h.tries(t)
	if n != 1 || len(rows) != 1 || rows[0].Kind != string(db.KindGuest) || !strings.HasPrefix(rows[0].Object, "crt_") || rows[0].After != "" {
		t.Errorf("%d payments, and the audit says %+v", n, rows)
	}
	h.Sound(t)
}

// TestABankSendsBackOnce reloads the way back, and tries another card on the page of the bank that was left.
func TestABankSendsBackOnce(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	p := b.toCard(h, apptest.Kettle)
	back := b.sent(p, "4000000000009995")
	for range 3 {
		b.get(back).wants(".note.bad", says("en", payment.ErrNoFunds))
	}
	b.get(b.sent(p, goodCard)).wants(".note.bad", says("en", shop.ErrUnasked))
	if n, rows := h.tries(t); n != 1 || len(rows) != 1 {
		t.Errorf("%d payments, %d rows", n, len(rows))
	}
	p = b.submit(b.get("/checkout"), ".stage.open form", "method", "card")
	p = b.get(b.sent(p, "4000000000003220"))
	p = b.ask("POST", p.at.String(), url.Values{"code": {"1234"}, "answer": {"confirm"}})
	p.wants(".note.good", "Thank you")
	h.Settled(t)
	if n, rows := h.tries(t); n != 2 || len(rows) != 3 { // The second purchase came back with the card, and with the code.
		t.Errorf("%d payments, %d rows", n, len(rows))
	}
	h.Sound(t)
}

// TestManyComeBackAtOnce loads the way back many times at once, with the same token and with others.
func TestManyComeBackAtOnce(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			h := open(t, engine)
			for _, number := range []string{goodCard, "4000000000009995"} {
				b := h.browser(t, "en")
				p := b.toCard(h, apptest.Kettle)
				ways := []string{b.sent(p, number), b.sent(p, number)}
				var loads sync.WaitGroup
				for n := range 8 {
					loads.Go(func() {
						to := b.step("GET", ways[n/2%2], nil)
						if !strings.Contains(to, "/orders/ord_") && !strings.Contains(to, shop.ErrUnasked.Code) && !strings.Contains(to, payment.ErrNoFunds.Code) {
							t.Errorf("a load of the way back leads to %s", to)
						}
					})
				}
				loads.Wait()
			}
			h.Settled(t)
			n, rows := h.tries(t)
			if left := h.Left(t, apptest.Kettle); n != 2 || len(rows) != 2 || left != measure.Of(99) {
				t.Errorf("%d payments, %d rows, %s kettles left", n, len(rows), left)
			}
			h.Sound(t)
		})
	}
}

// TestAPurchaseBelongsToItsBasket signs in between the bank and the shop: the basket is another one then.
func TestAPurchaseBelongsToItsBasket(t *testing.T) {
	h := open(t, db.SQLite)
	own := h.browser(t, "en")
	own.basketOf(h, apptest.Journal)
	own.submit(own.get("/sign-up"), ".sheet form", "name", "Aigul", "email", "aigul@example.kz", "password", "tau-men-dala-7")

	b := h.browser(t, "en")
	back := b.sent(b.toCard(h, apptest.Kettle), goodCard)
	b.submit(b.get("/sign-in"), ".sheet form", "email", "aigul@example.kz", "password", "tau-men-dala-7")
	p := b.get(back)
	p.wants(".note.bad", says("en", shop.ErrUnasked))
	if n, _ := h.tries(t); n != 0 {
		t.Errorf("%d payments", n)
	}
	if n := len(b.get("/basket").all(".line")); n != 2 {
		t.Errorf("%d lines are in the basket", n)
	}
	h.Sound(t)
}

// TestTheBankIsFaster has the gateway's message tell of a decline before the buyer is back.
func TestTheBankIsFaster(t *testing.T) {
	h := open(t, db.SQLite)
	for _, lang := range i18n.Languages {
		for _, test := range []struct {
			answers []url.Values
			wants   *fault.Fault
		}{
			{[]url.Values{{"answer": {"cancel"}}}, payment.ErrCancelled},
			{[]url.Values{{"answer": {"confirm"}, "code": {"1"}}, {"answer": {"confirm"}, "code": {"2"}}, {"answer": {"confirm"}, "code": {"3"}}}, payment.ErrDeclined},
		} {
			b := h.browser(t, lang)
			p := b.get(b.sent(b.toCard(h, apptest.Kettle), "4000000000003220"))
			back := ""
			for n, answer := range test.answers {
				if n < len(test.answers)-1 {
					b.ask("POST", p.at.String(), answer)
					continue
				}
				back = b.step("POST", p.at.String(), answer)
			}
			h.told(t)
			for range 2 {
				p = b.get(back)
				p.wants(".note.bad", says(lang, test.wants))
			}
			if lang == "zh" && says(lang, test.wants) == test.wants.Text {
				t.Errorf("%s is said in English", test.wants.Code)
			}
			b.get("/checkout/return").wants(".note.bad", says(lang, test.wants)) // So does the page that waited.
			if got := attr(p.one("input[name=method][checked]"), "value"); got != "card" {
				t.Errorf("%s stands chosen", got)
			}
			p = b.submit(p, ".stage.open form", "method", "cash_on_delivery")
			p.wants(".note.good", spoken[lang].thanks)
		}
	}
	h.Settled(t)
	h.Sound(t)
}

// told has all messages of the gateway arrive, and what they cause be done.
func (h *house) told(t *testing.T) {
	t.Helper()
	h.Settled(t)
	if err := h.TestGateway().Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.Settled(t)
}

// TestNobodyConfirms leaves the page of the bank open until it is too late.
func TestNobodyConfirms(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "kk")
	b.get(b.sent(b.toCard(h, apptest.Kettle), "4000000000003220"))
	h.Later(t, 30*time.Minute)
	b.get("/checkout/return").wants(".note.bad", says("kk", payment.ErrCancelled))
	h.Sound(t)
}

// TestTheBasketChangesWhileItIsPaid puts something into the basket while the bank asks: nothing is ordered that the buyer
// has not seen.
func TestTheBasketChangesWhileItIsPaid(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	p := b.get(b.sent(b.toCard(h, apptest.Kettle), "4000000000003220"))
	b.basketOf(h, apptest.ShirtS)
	back := b.step("POST", p.at.String(), url.Values{"answer": {"confirm"}, "code": {"1234"}})
	h.told(t)
	b.get(back).wants(".note.bad", says("en", checkout.ErrUndone))
	if n := len(b.get("/basket").all(".line")); n != 2 {
		t.Errorf("%d lines are in the basket", n)
	}
	h.Sound(t)
}

// TestTheBankIsElsewhere pays at a gateway on another site.
func TestTheBankIsElsewhere(t *testing.T) {
	sim, err := cardsim.New(cardsim.Config{Now: time.Now, Returns: []string{apptest.Base}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	bank := httptest.NewServer(sim)
	defer bank.Close()
	h := &house{apptest.Open(t, db.SQLite, func(c *app.Config) { c.Cards.URL, c.PublicURL = bank.URL, apptest.Base })}
	b := h.browser(t, "kk")
	p := b.toCard(h, apptest.Kettle)
	card, err := url.Parse(attr(p.one("main a.main"), "href"))
	if err != nil || !strings.HasPrefix(card.String(), bank.URL+"/pay?") {
		t.Fatalf("the card is asked for at %s", card)
	}
	back := card.Query().Get("return_url")
	if !strings.HasPrefix(back, apptest.Base+"/checkout/return?state=") {
		t.Fatalf("the bank sends back to %s", back)
	}
	b.get(apptest.Base+"/checkout/return?token=tok_ok").wants(".note.bad", says("kk", shop.ErrUnasked))
	b.get(back+"&token=tok_insufficient").wants(".note.bad", says("kk", payment.ErrNoFunds))
	p = b.submit(b.get("/checkout"), ".stage.open form", "method", "card")
	card, err = url.Parse(attr(p.one("main a.main"), "href")) // A fresh try is not told the reason of the last one.
	if err != nil {
		t.Fatal(err)
	}
	b.get(card.Query().Get("return_url")+"&token=tok_ok").wants(".note.good", spoken["kk"].thanks)
	h.Settled(t)
}

// TestComplaintsAreSaidInEveryLanguage wants what the checkout may say in Chinese too.
func TestComplaintsAreSaidInEveryLanguage(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "zh")
	b.basketOf(h, apptest.Kettle)
	for _, f := range fault.All() {
		if b.get("/checkout?wrong="+f.Code).words(".note.bad") == f.Text {
			t.Errorf("%s is said in English", f.Code)
		}
	}
}

// TestStrangeCookies brings cookies along that another program has set, beside those of the shop and without them.
func TestStrangeCookies(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	b.basketOf(h, apptest.Kettle)
	at, err := url.Parse(apptest.Base)
	if err != nil {
		t.Fatal(err)
	}
	own := ""
	for _, c := range b.http.Jar.Cookies(at) {
		own += c.Name + "=" + c.Value + "; "
	}
	for _, strange := range []string{
		"\xff\xfe=\x80", "name=\xd2\x9b", `a="b c"d; e`, "=", ";;;", "{\"json\": [1,2]}", "қазақша=иә", "a=" + strings.Repeat("x", 8000),
		"sauda_cart=%%%", "sauda_cart=crt_x.1", `sauda_cart=".1"`, "sauda_cart=.-5", "sauda_pay=a.b.c.d", "sauda_lang=\xff", "sauda_session=\"", "sauda_device=\x01",
	} {
		for _, line := range []string{strange + "; " + own, own + strange, own + "\n" + strange, strange + "\n" + own} {
			for _, address := range []string{"/", "/basket", "/checkout", "/orders", "/sign-in", "/checkout/return", h.product(apptest.Kettle)} {
				r := httptest.NewRequest("GET", apptest.Base+address, nil)
				r.Header["Cookie"] = strings.Split(line, "\n")
				r.Header.Set("Accept-Language", "en")
				w := httptest.NewRecorder()
				h.Handler().ServeHTTP(w, r)
				if w.Code != http.StatusOK && w.Code != http.StatusSeeOther && (w.Code != http.StatusMovedPermanently || !strings.HasPrefix(address, "/p/")) {
					t.Errorf("%q: %s is %d", line, address, w.Code)
				}
				if address == "/basket" && !strings.Contains(w.Body.String(), "Kettle") {
					t.Errorf("%q: the basket is lost: %d", line, w.Code)
				}
			}
		}
	}
}

// TestAPurchaseOfTheReleaseBefore comes back from the bank with the cookie that an older program had sent: four parts.
func TestAPurchaseOfTheReleaseBefore(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	p := b.toCard(h, apptest.Kettle)
	at, err := url.Parse(apptest.Base)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.http.Jar.Cookies(at) {
		if c.Name == "sauda_pay" {
			parts := strings.Split(c.Value, ".")
			b.http.Jar.SetCookies(at, []*http.Cookie{{Name: c.Name, Value: strings.Join(parts[:4], "."), Path: "/"}})
		}
	}
	b.pay(p, goodCard).wants(".note.good", "Thank you")
	h.Sound(t)
}
