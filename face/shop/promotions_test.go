package shop_test

import (
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/gear/db"
)

// give lets a promotion of the shop run: so many per cent off the kettle.
func (h *house) give(t *testing.T, percent int64, codes ...string) {
	t.Helper()
	p := promotion.Promotion{
		Seller: seller.Own, Currency: money.KZT, Combines: true,
		Name:    text.Localized{"kk": "Шәйнек күні", "ru": "День чайника", "en": "Kettle day", "zh": "水壶日"},
		Effect:  promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(percent)},
		Coupons: promotion.Coupons{Codes: codes},
	}
	p.Goods.Products = append(p.Goods.Products, h.Goods[apptest.Kettle].Product)
	h.Moment(t, func(tx *db.Tx) error {
		added, err := promotion.Add(tx, p)
		if err == nil {
			_, err = promotion.Start(tx, seller.Own, added.ID)
		}
		return err
	})
}

// TestALowerPriceIsShownAndCharged: the page, its data for machines and the basket say the same price, and the page the
// price before.
func TestALowerPriceIsShownAndCharged(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	before := b.get(h.product(apptest.Kettle)).words(".price.big [data-price]")
	h.give(t, 25)
	p := b.get(h.product(apptest.Kettle))
	now := p.words(".price.big [data-price]")
	if now == before || !strings.HasSuffix(p.words(".price.big .was"), before) {
		t.Fatalf("it costs %s, before %s: %s", now, before, p.words(".price.big"))
	}
	p.wants(".promoted li", "Kettle day")
	data := p.words(`script[type="application/ld+json"]`)
	price := strings.NewReplacer("₸", "", ",", "").Replace(now)
	if !strings.Contains(data, `"price":"`+price) {
		t.Errorf("machines are not told %s: %s", price, data)
	}
	basket := b.basketOf(h, apptest.Kettle)
	if got := basket.words(".line > .price"); got != now {
		t.Errorf("the basket asks %s, the page %s", got, now)
	}
	if notes := basket.all(".line .note"); len(notes) != 0 {
		t.Errorf("the basket says %q", basket.words(".line .note"))
	}
	basket.wants(".why li", "Kettle day")
}

// TestCodeInTheBasket: a code is typed in letters that look alike, saves, and is taken out; one that nobody knows is talked
// about beside its field. All of it without a script, in each language, in the basket and at the checkout.
func TestCodeInTheBasket(t *testing.T) {
	for _, lang := range []string{"kk", "ru", "en", "zh"} {
		h := open(t, db.SQLite)
		h.give(t, 10, "KETTLE")
		b := h.browser(t, lang)
		basket := b.basketOf(h, apptest.Kettle)
		full := basket.words(".line > .price")
		basket = b.submit(basket, `form.enter`, "code", "NOSUCH")
		if basket.words(".coupons #code-wrong") == "" {
			t.Errorf("%s: nothing is said of an unknown code: %s", lang, basket.words(".coupons"))
		}
		basket = b.submit(basket, `form.enter`, "code", " \u043a\u0435ttl\u0435 ")
		if basket.words(".coupon .code") != "KETTLE" || basket.words(".line > .price") == full {
			t.Fatalf("%s: %s", lang, basket.words("main"))
		}
		desk := b.get("/checkout")
		if desk.words(".coupon .code") != "KETTLE" {
			t.Errorf("%s: the checkout shows %s", lang, desk.words(".coupons"))
		}
		desk = b.submit(desk, "form.coupon")
		if len(desk.all("form.coupon")) != 0 || !strings.HasPrefix(desk.at.Path, "/checkout") && !strings.Contains(desk.at.Path, "/checkout") {
			t.Errorf("%s: after taking it out %s shows %s", lang, desk.at, desk.words(".coupons"))
		}
	}
}

// TestNothingToPay: where a code pays for everything, the checkout says so and asks for no way to pay, the order is placed by
// one press, and its page asks for nothing. In each language, without a script.
func TestNothingToPay(t *testing.T) {
	for lang, words := range map[string]string{"kk": "Төлейтін ештеңе жоқ", "ru": "Платить не нужно", "en": "Nothing to pay", "zh": "无需付款"} {
		h := open(t, db.SQLite)
		h.give(t, 100, "GIFT")
		b := h.browser(t, lang)
		desk := b.submit(b.ready(h, apptest.Kettle), deliveries, "delivery", "sel_own|mth_pickup|pnt_almaty")
		if len(desk.all("#pay [type=radio]")) == 0 {
			t.Fatalf("%s: before the code nothing can be chosen: %s", lang, desk.words("main"))
		}
		desk = b.submit(desk, "form.enter", "code", "GIFT")
		if desk.words("#pay") == "" || len(desk.all("#pay [type=radio]")) != 0 || len(desk.all("button[form=pay]")) != 1 {
			t.Fatalf("%s: the payment says %q: %s", lang, desk.words("#pay"), desk.words("main"))
		}
		placed := b.submit(desk, "#pay")
		if !strings.Contains(placed.at.Path, "/orders/ord_") || !strings.Contains(placed.words("main"), words) {
			t.Errorf("%s: %s says %s", lang, placed.at, placed.words("main"))
		}
	}
}
