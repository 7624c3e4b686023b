package shop_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

// TestASessionEndsInTheCheckout ends the session of a buyer at every step of the checkout, in each language: each leads to
// the sign-in and back, and shows nobody else what is in the basket.
func TestASessionEndsInTheCheckout(t *testing.T) {
	h := open(t, db.SQLite)
	for _, lang := range i18n.Languages {
		b := h.browser(t, lang)
		account := []string{"email", lang + "@example.kz", "password", "tau-men-dala-7"}
		b.submit(b.get("/sign-up"), ".sheet form", append(account, "name", "Aigul")...)
		b.basketOf(h, apptest.Kettle, apptest.Journal)
		address := b.get("/checkout")
		delivery := b.submit(address, ".stage.open form", filled...)
		last := b.submit(delivery, "form[action$='/checkout/delivery']", "delivery", "sel_own|mth_courier|")
		steps := []func() *page{
			func() *page { return b.get("/basket") },
			func() *page { return b.get("/checkout") },
			func() *page {
				return b.submit(delivery, "form[action$='/checkout/delivery']", "delivery", "sel_own|mth_courier|")
			},
			func() *page { return b.submit(last, ".stage.open form", "method", "cash_on_delivery") },
			func() *page { return b.submit(last, ".stage.open form", "method", "card") },
			func() *page {
				return b.submit(address, ".stage.open form", append(filled, "flat", "250")...)
			},
		}
		for n, step := range steps {
			h.Clock.Advance(15 * 24 * time.Hour)
			p := step()
			p.wants(".sheet .note", i18n.T(lang, "shop.sign_in.lapsed"))
			if strings.Contains(p.text, "/p/prd_") {
				t.Errorf("step %d shows what is in the basket", n)
			}
			p = b.submit(p, ".sheet form", account...)
			if n == len(steps)-1 {
				p.wants(".sheet .note.good", i18n.T(lang, "shop.sign_in.resumed"))
				sound(t, p)
				p = b.submit(p, ".sheet form")
				p.wants(".stage .done", "250", "aigul@example.kz")
			}
			p.wants(".count", "2")
		}
		p := b.submit(b.get("/checkout"), ".stage.open form", "method", "cash_on_delivery")
		p.wants(".note.good", spoken[lang].thanks)
		b.submit(b.get("/"), ".foot form")
		b.get("/basket").wants("main", spoken[lang].empty) // Who signed out is asked for nothing.
	}
	h.Settled(t)
	h.Sound(t)
}

// TestTheWholeAddressIsKept holds what is carried through the sign-in to the form of the address.
func TestTheWholeAddressIsKept(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	b.submit(b.get("/sign-up"), ".sheet form", "email", "aigul@example.kz", "password", "tau-men-dala-7", "name", "Aigul")
	b.basketOf(h, apptest.Kettle)
	form := b.get("/checkout")
	want := map[string]string{}
	var typed []string
	for _, n := range form.all(".stage.open form input, .stage.open form select") {
		want[attr(n, "name")] = "<" + attr(n, "name") + ">"
		typed = append(typed, attr(n, "name"), want[attr(n, "name")])
	}
	h.Clock.Advance(15 * 24 * time.Hour)
	p := b.submit(form, ".stage.open form", typed...)
	p = b.submit(p, ".sheet form", "email", "aigul@example.kz", "password", "wrong")
	p = b.submit(p, ".sheet form", "password", "tau-men-dala-7")
	got := map[string]string{}
	for _, n := range p.all(".sheet form input") {
		got[attr(n, "name")] = attr(n, "value")
	}
	if len(want) < 12 || !maps.Equal(got, want) {
		t.Errorf("of %v these are carried along: %v", slices.Sorted(maps.Keys(want)), got)
	}
	if got := attr(p.one(".sheet form"), "action"); got != "/checkout/address" {
		t.Errorf("they go to %s", got)
	}
}
