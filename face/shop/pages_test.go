package shop_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"sauda/app/apptest"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// spoken is what a few places say in each language.
var spoken = map[string]struct{ add, empty, kettle, price, thanks, total string }{
	"kk": {"Себетке қосу", "Себетіңіз бос", "Шәйнек", "12 000 ₸", "Рақмет, тапсырысыңыз қабылданды", "Барлығы 13 200 ₸"},
	"ru": {"В корзину", "Ваша корзина пуста", "Чайник", "12 000 ₸", "Спасибо, ваш заказ принят", "Итого 13 200 ₸"},
	"en": {"Add to basket", "Your basket is empty", "Kettle", "₸12,000", "Thank you, your order is placed", "Total ₸13,200"},
	"zh": {"加入购物车", "购物车是空的", "水壶", "₸12,000", "谢谢，订单已提交", "合计 ₸13,200"},
}

func (h *house) product(sku string) string { return "/p/" + string(h.Goods[sku].Product) }

// filled are the fields of an address in Almaty.
var filled = []string{
	"name", "Айгүл Серікқызы", "phone", "8 701 123 45 67", "email", "aigul@example.kz", "street", "Абай даңғылы", "house", "10",
}

// basketOf puts things into the basket and gives its page.
func (b *browser) basketOf(h *house, skus ...string) *page {
	b.t.Helper()
	for _, sku := range skus {
		p := b.submit(b.get(h.product(sku)), "form.buy")
		p.wants(".note.good", "1")
		h.Clock.Advance(time.Second) // Lines stand in the order in which they came.
	}
	return b.get("/basket")
}

// ready walks to the last step of the checkout.
func (b *browser) ready(h *house, skus ...string) *page {
	b.t.Helper()
	b.basketOf(h, skus...)
	p := b.submit(b.get("/checkout"), ".stage.open form", filled...)
	return b.submit(p, "form[action$='/checkout/delivery']", "delivery", "sel_own|mth_courier|")
}

func TestOnePurchaseInEachLanguage(t *testing.T) {
	h := open(t, db.SQLite)
	for lang, says := range spoken {
		b := h.browser(t, lang)
		b.get("/basket").wants("main", says.empty)
		b.get("/").wants(".cards", says.kettle, says.price)
		b.get("/c/home").wants("h1", map[string]string{"kk": "Үйге", "ru": "Для дома", "en": "Home", "zh": "家居"}[lang])
		p := b.get(h.product(apptest.Kettle))
		p.wants("h1", says.kettle)
		p.wants("form.buy button", says.add)
		if got := attr(p.one("html"), "lang"); got != lang {
			t.Errorf("the page says that it is in %q", got)
		}
		p = b.ready(h, apptest.Kettle)
		p.wants(".sum", says.total)
		p = b.submit(p, ".stage.open form", "method", "cash_on_delivery")
		p.wants(".note.good", says.thanks)
		p.wants(".sum", says.total)
		b.get("/basket").wants("main", says.empty)
	}
	h.Settled(t)
	h.Sound(t)
}

func TestACardIsAskedForAtTheBank(t *testing.T) {
	for _, test := range []struct{ number, answer, wants string }{
		{"4242424242424242", "", "Thank you"},
		{"4000000000003220", "confirm", "Thank you"},
		{"4000000000003220", "cancel", "was not confirmed"},
		{"4000000000000002", "", "declined"},
		{"4000000000009995", "", "not enough money"},
	} {
		h := open(t, db.SQLite)
		b := h.browser(t, "en")
		p := b.submit(b.ready(h, apptest.Kettle), ".stage.open form", "method", "card")
		if !strings.HasPrefix(p.at.Path, "/gateway/pay") {
			t.Fatalf("the card is asked for at %s", p.at)
		}
		p.wants("main", "₸13,200")
		p = b.pay(p, test.number)
		if test.answer != "" {
			p.wants("h1", "Confirm")
			p = b.ask("POST", p.at.String(), url.Values{"code": {"1234"}, "answer": {test.answer}})
		}
		p.wants(".note", test.wants)
		h.Settled(t)
		if test.wants != "Thank you" {
			p = b.submit(p, ".stage.open form", "method", "cash_on_delivery")
			p.wants(".note.good", "Thank you")
			continue
		}
		b.get(p.at.RequestURI()).wants(".sum", "Paid", "₸13,200")
		h.Settled(t)
		h.Sound(t)
	}
}

// pay enters a card on the page of the bank.
func (b *browser) pay(p *page, number string) *page {
	b.t.Helper()
	return b.ask("POST", p.at.String(), url.Values{"number": {number}, "expiry": {"12/30"}, "code": {"123"}})
}

func TestNothingIsDoubled(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	p := b.get(h.product(apptest.Kettle))
	for range 3 {
		b.submit(p, "form.buy", "quantity", "2")
	}
	if got := attr(b.get("/basket").one(".line input[name=quantity]"), "value"); got != "2" {
		t.Errorf("one form put %s into the basket", got)
	}
	b.submit(p, "form.buy", "quantity", "3") // Somebody went back and changed his mind: that is another wish.
	if got := attr(b.get("/basket").one(".line input[name=quantity]"), "value"); got != "5" {
		t.Errorf("there are %s in the basket", got)
	}
	last := b.submit(b.submit(b.get("/checkout"), ".stage.open form", filled...), "form[action$='/checkout/delivery']", "delivery", "sel_own|mth_courier|")
	one := b.submit(last, ".stage.open form", "method", "cash_on_delivery")
	two := b.submit(last, ".stage.open form", "method", "cash_on_delivery")
	if one.at.Path != two.at.Path || !strings.HasPrefix(one.at.Path, "/orders/ord_") {
		t.Errorf("the same form ordered %s and %s", one.at, two.at)
	}
	h.Settled(t)
	if left := h.Left(t, apptest.Kettle); left != measure.Of(95) {
		t.Errorf("%s kettles are left", left)
	}
	b.submit(one, ".cancel form").wants(".head", "Cancelled")
	b.submit(one, ".cancel form").wants(".head", "Cancelled")
	h.Settled(t)
	if left := h.Left(t, apptest.Kettle); left != measure.Of(100) {
		t.Errorf("%s kettles are left after the cancellation", left)
	}
	h.Sound(t)
}

func TestADoubleClickAddsOnce(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			h := open(t, engine)
			b := h.browser(t, "en")
			b.basketOf(h, apptest.Journal)
			p := b.get(h.product(apptest.Kettle))
			form := url.Values{"product": {string(h.Goods[apptest.Kettle].Product)}, "variant": {string(h.Goods[apptest.Kettle].Variant)},
				"quantity": {"1"}, "key": {attr(p.one("form.buy input[name=key]"), "value")}}
			var clicks sync.WaitGroup
			for range 4 {
				clicks.Go(func() {
					r, err := http.NewRequestWithContext(t.Context(), "POST", apptest.Base+"/basket/lines", strings.NewReader(form.Encode()))
					if err != nil {
						t.Error(err)
						return
					}
					r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
					answer, err := b.http.Do(r)
					if err != nil || answer.StatusCode != http.StatusSeeOther {
						t.Errorf("%v %v", answer, err)
						return
					}
					_ = answer.Body.Close()
				})
			}
			clicks.Wait()
			if got := attr(b.get("/basket").one(".lines li:last-child input[name=quantity]"), "value"); got != "1" {
				t.Errorf("four clicks put %s into the basket", got)
			}
		})
	}
}

func TestTheBasket(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	p := b.basketOf(h, apptest.Kettle, apptest.ShirtS)
	p.wants(".count", "2")
	p.wants(".why", "Price in the list")
	shirt := ".lines li:nth-child(2) "
	p = b.submit(p, shirt+".count-form", "quantity", "5")
	p.wants(".sum", "₸34,500") // From five on a shirt costs 4 500.
	for typed, says := range map[string]string{"0": "above zero", "0.5": "such parts", "x": "number", "-1": "above zero", "1e300": "number"} {
		again := b.submit(p, shirt+".count-form", "quantity", typed)
		if again.status != http.StatusUnprocessableEntity || attr(again.one(shirt+"input[name=quantity]"), "value") != typed {
			t.Errorf("%q: %d, and what was typed is lost", typed, again.status)
		}
		again.wants(".wrong, .note", says)
		if id := attr(again.one(shirt+"[aria-invalid]"), "aria-describedby"); len(again.all("#"+id)) != 1 {
			t.Errorf("%q is described by %q, which is not there", typed, id)
		}
	}
	gone := b.submit(p, shirt+".acts form:nth-child(2)")
	gone.wants(".note", "Removed from the basket: Shirt")
	if n := len(gone.all(".line")); n != 1 {
		t.Errorf("%d lines are left", n)
	}
	b.submit(p, shirt+".acts form:nth-child(2)").wants(".count", "1") // Twice is the same as once.
	p = b.submit(gone, "form.note")
	p.wants(".sum", "₸34,500")
	if b.submit(gone, "form.note"); len(b.get("/basket").all(".line")) != 2 {
		t.Error("what was put back twice is there twice")
	}
	b.get("/basket").wants(".sum", "₸34,500")

	h.Moment(t, func(tx *db.Tx) error {
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
		if err != nil {
			return err
		}
		return pricing.Set(tx, list.ID, pricing.Entry{Variant: h.Goods[apptest.Kettle].Variant, Amount: money.Of(13_000_00, money.KZT)})
	})
	b.get("/basket").wants(".line .note", "₸12,000", "₸13,000")
	p = b.submit(b.get("/basket"), ".lines li:first-child .count-form", "quantity", "101")
	p.wants(".line .note.bad", "Only 100")
	if len(p.all(`.sum a[href="/checkout"]`)) != 0 {
		t.Error("a basket with too much leads to the checkout")
	}
}

func TestPartsOfAUnit(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "ru")
	p := b.get(h.product(apptest.Cloth))
	if q := p.one("#quantity"); attr(q, "step") != "0.01" || attr(q, "min") != "0.01" {
		t.Errorf("the cloth is sold in steps of %s", attr(q, "step"))
	}
	again := b.submit(p, "form.buy", "quantity", "0,005")
	if again.status != http.StatusUnprocessableEntity || attr(again.one("#quantity"), "value") != "0,005" {
		t.Errorf("%d", again.status)
	}
	again.wants("#quantity-wrong", "")
	for _, l := range again.all(".langs a[hreflang=en]") {
		if attr(l, "href") != "/en"+p.at.Path {
			t.Errorf("the other language is at %s", attr(l, "href"))
		}
	}
	b.submit(p, "form.buy", "quantity", "0,5").wants(".note.good", "0,5 м")
	b.get("/basket").wants(".line .price", "1 166,67 ₸")
}

func TestTheCheckoutKeepsWhatWasTyped(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "kk")
	b.get("/checkout").wants("main", "Себетіңіз бос")
	b.basketOf(h, apptest.Kettle)
	p := b.get("/checkout")
	again := b.submit(p, ".stage.open form", "name", "Айгүл", "phone", "abc", "email", "x", "street", "Абай", "region", "190000000")
	if again.status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", again.status)
	}
	for name, want := range map[string]string{"name": "Айгүл", "phone": "abc", "email": "x", "street": "Абай"} {
		if got := attr(again.one("input#"+name), "value"); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if attr(again.one("#region option[selected]"), "value") != "190000000" {
		t.Error("the region is lost")
	}
	again.wants("#phone-wrong", "+77011234567")
	again.wants("#email-wrong", "name@example.kz")
	again.wants("#city-wrong", "")
	p = b.submit(again, ".stage.open form", filled...)
	p.wants("#city-wrong", "")
	p = b.submit(p, ".stage.open form", "city", "Қонаев")
	p.wants("[data-part=delivery]", "қараша", "₸")
	wrong := b.submit(p, "form[action$='/checkout/delivery']", "delivery", "sel_own|mth_nothing|")
	if wrong.status != http.StatusUnprocessableEntity {
		t.Errorf("%d for a delivery that is not offered", wrong.status)
	}
	p = b.submit(p, "form[action$='/checkout/delivery']", "delivery", "sel_own|mth_parcel|")
	changed := b.submit(p, ".stage.open form", "method", "cash_on_delivery", "total", "100")
	changed.wants(".note.bad", "")
	if !strings.Contains(changed.at.RawQuery, "checkout.price_changed") {
		t.Errorf("another total led to %s", changed.at)
	}
	b.get("/checkout?step=address").one("#name")
	if got := b.get("/checkout?wrong=web.denied").words(".note.bad"); got != "" {
		t.Errorf("the address made the page say %q", got)
	}
}

func TestPeopleAndTheirBaskets(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	b.basketOf(h, apptest.Kettle)
	p := b.submit(b.get("/sign-up?next=/basket"), ".sheet form", "name", "Aigul", "email", "aigul@example.kz", "password", "12345678")
	p.wants("#password-wrong", "")
	if attr(p.one("#name"), "value") != "Aigul" || attr(p.one("#password"), "value") != "" {
		t.Error("the name is lost, or the password is sent back")
	}
	p = b.submit(p, ".sheet form", "password", "tau-men-dala-7")
	if p.at.Path != "/basket" {
		t.Fatalf("%s %s", p.at, p.words("main"))
	}
	p.wants(".count", "1")
	b.get("/orders").wants("main", "no orders yet")
	p = b.submit(b.submit(b.get("/checkout"), ".stage.open form", filled...), "form[action$='/checkout/delivery']", "delivery", "sel_own|mth_courier|")
	order := b.submit(p, ".stage.open form", "method", "cash_on_delivery").at.Path
	b.get("/orders").wants(".orders", "Placed", "₸13,200")

	other := h.browser(t, "en")
	if p := other.ask("GET", order, nil); p.status != http.StatusNotFound {
		t.Errorf("a stranger gets %d for the order", p.status)
	}
	b.submit(b.get("/"), ".foot form")
	if p := b.ask("GET", order, nil); p.status != http.StatusNotFound {
		t.Errorf("after signing out the order is %d", p.status)
	}
	b.basketOf(h, apptest.ShirtS)
	p = b.submit(b.get("/sign-in"), ".sheet form", "email", "aigul@example.kz", "password", "wrong wrong")
	p.wants(".note.bad", "wrong")
	for _, next := range []string{"https://evil.kz/", "//evil.kz", `/\evil.kz`} {
		if got := attr(b.get("/sign-in?next="+url.QueryEscape(next)).one("input[name=next]"), "value"); got != "/" {
			t.Errorf("%s leads to %s", next, got)
		}
	}
	b.submit(p, ".sheet form", "password", "tau-men-dala-7").wants(".count", "1")
	b.get("/basket").wants(".line", "Shirt")
	b.get(order).wants("h1", "Order")
	fresh := h.browser(t, "en")
	fresh.basketOf(h, apptest.ShirtS, apptest.Kettle)
	fresh.submit(fresh.get("/sign-in"), ".sheet form", "email", "aigul@example.kz", "password", "tau-men-dala-7")
	p = fresh.get("/basket")
	p.wants(".count", "2")
	if got := attr(p.one(".lines li:first-child input[name=quantity]"), "value"); got != "2" {
		t.Errorf("the baskets of two devices hold %s shirts", got)
	}
	admin := h.browser(t, "en")
	p = admin.submit(admin.get("/sign-in"), ".sheet form", "email", apptest.AdminEmail, "password", apptest.AdminPassword)
	if p.at.Path != "/office" {
		t.Errorf("the administrator is led to %s", p.at)
	}
}

func TestAGuestFindsTheOrder(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	p := b.submit(b.ready(h, apptest.Kettle), ".stage.open form", "method", "cash_on_delivery")
	h.Settled(t)
	p = b.get(p.at.Path)
	p.wants("main", "document number: 2026-000001")
	code := strings.TrimPrefix(p.words("h1"), "Order ")
	other := h.browser(t, "en")
	find := other.get("/orders")
	no := other.submit(find, ".sheet form", "code", code, "email", "somebody@example.kz")
	if no.status != http.StatusUnprocessableEntity || attr(no.one("#code"), "value") != code {
		t.Errorf("%d", no.status)
	}
	no.wants(".note.bad", "no such order")
	other.submit(find, ".sheet form", "code", "xx", "email", "aigul@example.kz").wants(".note.bad", "")
	found := other.submit(find, ".sheet form", "code", strings.ToLower(code), "email", "Aigul@Example.kz")
	if found.at.Path != p.at.Path {
		t.Errorf("%s leads to %s", code, found.at)
	}
}

func TestPagesThatAreNotThere(t *testing.T) {
	h := open(t, db.SQLite)
	for lang, says := range map[string]string{"kk": "Мұндай бет табылмады", "ru": "Такой страницы нет", "en": "There is no such page"} {
		b := h.browser(t, lang)
		for _, address := range []string{
			"/nothing", "/c/nothing", "/p/prd_x", h.product(apptest.Plan), "/orders/ord_01", "/basket/../x", "/orders/" + strings.Repeat("x", 50),
		} {
			p := b.ask("GET", address, nil)
			if p.status != http.StatusNotFound {
				t.Errorf("%s is %d", address, p.status)
			}
			p.wants("h1", says)
			p.one(`a.button[href="/"]`)
		}
		b.get(h.product(apptest.Gone)).one(".about .note")
		b.get(h.product(apptest.Free)).one(".about .note")
	}
	b := h.browser(t, "en")
	if p := b.ask("GET", "/p/"+strings.Repeat("x", 100), nil); p.status != http.StatusUnprocessableEntity {
		t.Errorf("an absurd id is %d", p.status)
	}
	if p := b.get(h.product(apptest.Kettle) + "/wrong-slug"); p.at.Path != h.product(apptest.Kettle)+"/kettle" {
		t.Errorf("the wrong slug leads to %s", p.at)
	}
	other := b.get("/en/c/home?x=1").one(".langs a[hreflang=ru]")
	if attr(other, "href") != "/ru/c/home?x=1" {
		t.Errorf("the choice of languages leads to %s", attr(other, "href"))
	}
	if p := b.get("/ru/"); attr(p.one(".brand"), "href") != "/ru/" {
		t.Errorf("a page of /ru leads to %s", attr(p.one(".brand"), "href"))
	}
}

func TestAListGoesOn(t *testing.T) {
	h := open(t, db.SQLite)
	h.Moment(t, func(tx *db.Tx) error {
		home, err := catalog.CategoryBySlug(tx, "home")
		if err != nil {
			return err
		}
		sub, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "lamps", Parent: home.ID, Name: text.Localized{"en": "Lamps", "kk": "Шамдар"}})
		if err != nil {
			return err
		}
		if _, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "void", Name: text.Localized{"en": "Void"}}); err != nil {
			return err
		}
		for n := range 30 {
			_, err := catalog.Add(tx, catalog.Draft{
				Seller: seller.Own, Category: sub.ID, Name: text.Localized{"en": "Lamp"}, State: catalog.StateOnSale,
				Variants: []catalog.Variant{{SKU: "LAMP-" + string(rune('A'+n))}},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	b := h.browser(t, "en")
	p := b.get("/c/home")
	p.wants(".tiles", "Lamps")
	b.get("/c/void").wants(".calm", "nothing in this category")
	b.get("/c/lamps").wants(".trail", "Catalogue", "Home", "Lamps")
	seen := map[string]bool{}
	for pages := 1; ; pages++ {
		for _, a := range p.all(".card h3 a") {
			if seen[attr(a, "href")] {
				t.Errorf("%s is there twice", attr(a, "href"))
			}
			seen[attr(a, "href")] = true
		}
		next := p.all(".pages a[rel=next]")
		if len(next) == 0 {
			if pages != 2 || len(seen) != 36 {
				t.Errorf("%d pages show %d products", pages, len(seen))
			}
			break
		}
		p = b.get(attr(next[0], "href"))
	}
	if p := b.ask("GET", "/c/home?after=nonsense", nil); p.status != http.StatusBadRequest {
		t.Errorf("a damaged mark is %d", p.status)
	}
}

func TestStatementsArePaidFor(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "kk")
	b.basketOf(h, apptest.Kettle, apptest.ShirtS, apptest.Journal, apptest.Cloth)
	for _, test := range []struct {
		address string
		most    int
	}{
		{"/", 12}, {"/catalogue", 1}, {"/c/home", 6}, {h.product(apptest.ShirtS) + "/shirt", 9}, {"/basket", 5}, {"/checkout", 5},
	} {
		right := b.get(test.address).at.RequestURI() // Without what a redirect costs.
		if n := h.Statements(func() { b.get(right) }); n > test.most {
			t.Errorf("%s costs %d statements, %d are allowed", test.address, n, test.most)
		}
	}
	ordered := b.submit(b.ready(h, apptest.Kettle), ".stage.open form", "method", "cash_on_delivery").at.Path
	h.Settled(t)
	if n := h.Statements(func() { b.get(ordered) }); n > 8 {
		t.Errorf("a plain order costs %d statements, 8 are allowed: neither bookings nor the workshop are asked", n)
	}
}

func TestPagesAreSound(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "kk")
	pages := []*page{
		b.get("/"), b.get("/catalogue"), b.get("/c/home"), b.get(h.product(apptest.Kettle)), b.get(h.product(apptest.ShirtS)), b.get("/basket"),
		b.basketOf(h, apptest.Kettle, apptest.Cloth), b.get("/checkout"),
	}
	p := b.submit(b.get("/checkout"), ".stage.open form", filled...)
	pages = append(pages, p)
	p = b.submit(p, "form[action$='/checkout/delivery']", "delivery", "sel_own|mth_courier|")
	pages = append(pages, p, b.submit(p, ".stage.open form", "method", "cash_on_delivery"))
	pages = append(pages, b.get("/orders"), b.get("/sign-in"), b.get("/sign-up"), b.ask("GET", "/nothing", nil))
	linked := map[string]bool{}
	for _, p := range pages {
		sound(t, p)
		for _, n := range p.all("link[rel=stylesheet], link[rel=icon], script") {
			linked[attr(n, "href")+attr(n, "src")] = true // Of these, each has one.
		}
	}
	for address := range linked {
		if a := b.ask("GET", address, nil); a.status != http.StatusOK {
			t.Errorf("%s is %d", address, a.status)
		}
	}
}

// sound looks for what every page must have, and must not have.
func sound(t *testing.T, p *page) {
	t.Helper()
	csp := p.header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Errorf("%s: %s", p.at, csp)
	}
	for _, never := range []string{
		`script:not([src]):not([type="application/ld+json"])`, `script[src]:not([defer])`, "style", "[style]", "[onclick]", "[onsubmit]",
		"[onchange]", `a[href^="javascript:"]`,
	} {
		if len(p.all(never)) > 0 {
			t.Errorf("%s has %s", p.at, never)
		}
	}
	for _, once := range []string{"h1", "main#main", "title", "header", "footer", "meta[name=viewport]"} {
		if n := len(p.all(once)); n != 1 {
			t.Errorf("%s has %d of %s", p.at, n, once)
		}
	}
	if p.status == http.StatusOK && len(p.all(".test")) != 1 {
		t.Errorf("%s does not say that no money moves", p.at)
	}
	ids := map[string]bool{}
	for _, n := range p.all("[id]") {
		if ids[attr(n, "id")] {
			t.Errorf("%s: the id %q stands twice", p.at, attr(n, "id"))
		}
		ids[attr(n, "id")] = true
	}
	for _, name := range []string{"for", "aria-describedby", "aria-labelledby"} {
		for _, n := range p.all("[" + name + "]") {
			if !ids[attr(n, name)] {
				t.Errorf("%s: %s=%q leads nowhere", p.at, name, attr(n, name))
			}
		}
	}
	labels := map[string]bool{}
	for _, n := range p.all("label[for]") {
		labels[attr(n, "for")] = true
	}
	for _, n := range p.all("input:not([type=hidden]), select") {
		if !labels[attr(n, "id")] {
			t.Errorf("%s: the field %q has no label", p.at, attr(n, "name"))
		}
	}
	for _, n := range p.all("img:not([alt])") {
		t.Errorf("%s: the picture %s says nothing", p.at, attr(n, "src"))
	}
	for _, n := range p.all("button, a") {
		if strings.TrimSpace(inner(n)) == "" && !has(n, "aria-hidden") && len(p.all("a img[alt]")) == 0 {
			t.Errorf("%s: a link or button without words", p.at)
		}
	}
	if raw := p.words("body"); strings.Contains(raw, "shop.") || strings.Contains(raw, "{") {
		t.Errorf("%s shows an id or a mark: %s", p.at, raw)
	}
}

func inner(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(inner(c))
	}
	return b.String()
}
