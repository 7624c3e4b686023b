package shop_test

import (
	"net/url"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

const deliveries = "form[action$='/checkout/delivery']"

// TestTheAddressLeadsToThePayment writes an address: the delivery that most people take stands chosen then, the sum has it,
// and the one next step is to order. Another delivery changes the sum.
func TestTheAddressLeadsToThePayment(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		b := h.browser(t, "en")
		b.basketOf(h, apptest.Kettle)
		p := b.submit(b.get("/checkout"), ".stage.open form", filled...)
		if got := attr(p.one(deliveries+" input[checked]"), "value"); got != "sel_own|mth_courier|" {
			t.Errorf("%q stands chosen", got)
		}
		p.wants(".stage.open h2", "Payment")
		p.wants(".sum", "Total ₸13,200")
		p.wants("button[form=pay]", "₸13,200")
		p = b.submit(p, deliveries, "delivery", "sel_own|mth_parcel|")
		p.wants(".sum", "Total ₸13,500")
		if got := attr(p.one(deliveries+" input[checked]"), "value"); got != "sel_own|mth_parcel|" {
			t.Errorf("%q stands chosen", got)
		}
		b.submit(b.get("/checkout?step=address"), ".stage.open form", "flat", "7").wants(".sum", "Total ₸13,500") // The choice stays.
		p = b.submit(b.get("/checkout?step=address"), ".stage.open form", "city", "Караганда")
		p.wants(".stage .done", "Karaganda Region")
		h.Sound(t)
	})
}

// TestADoorHasAStreet writes an address without a street: it is enough to fetch the goods at a point, and for the door it is asked for
// beside its field.
func TestADoorHasAStreet(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		b := h.browser(t, "en")
		b.basketOf(h, apptest.Kettle)
		p := b.submit(b.get("/checkout"), ".stage.open form", append(filled, "street", "", "house", "")...)
		if p.all(deliveries+" input[checked]") != nil {
			t.Error("a delivery to no door stands chosen")
		}
		p = b.submit(p, deliveries, "delivery", "sel_own|mth_courier|")
		p.wants("#street-wrong", "street")
		b.submit(b.get("/checkout?step=delivery"), deliveries, "delivery", "sel_own|mth_pickup|pnt_almaty").wants(".stage.open h2", "Payment")
		b.submit(b.get("/checkout?step=delivery"), deliveries, "delivery", "sel_own|mth_courier|")
		b.submit(b.get("/checkout"), ".stage.open form", "street", "Абай даңғылы").wants(".stage.open h2", "Payment")
		h.Sound(t)
	})
}

// TestDeliveriesAreForeseen shows days and prices for the place in the form before anything is sent, and writes nothing.
func TestDeliveriesAreForeseen(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "ru")
	b.basketOf(h, apptest.Kettle)
	p := b.get("/checkout")
	p.wants("[data-part=delivery]", "Алматы: способы доставки", "1 200 ₸", "ноября")
	if len(p.all("#towns option")) != 90 || attr(p.one("#towns option[value='Караганда']"), "data-region") != "350000000" {
		t.Error("the towns are not offered")
	}
	p = b.get("/checkout?step=address&country=KZ&region=750000000&city=" + url.QueryEscape("қарағанды"))
	p.wants("[data-part=delivery]", "Караганда: способы доставки")
	if strings.Contains(p.words("[data-part=delivery]"), "1 200 ₸") {
		t.Error("a courier of Almaty goes to Karaganda")
	}
	if got := attr(p.one("#city"), "value"); got != "қарағанды" {
		t.Errorf("typed was %q", got)
	}
	if got := attr(b.get("/checkout").one("#city"), "value"); got != "" {
		t.Errorf("looking has written %q", got)
	}
	for _, odd := range []string{"country=XX&city=x", "country=KZ&region=1", "country=DE&city=Berlin"} {
		b.get("/checkout?step=address&" + odd).one("#name")
	}
	h.Sound(t)
}

// TestTwoWindowsOfACheckout sends the form of one window after the other has changed where the goods go: for the same total,
// nothing is ordered that its buyer has not seen.
func TestTwoWindowsOfACheckout(t *testing.T) {
	h := open(t, db.SQLite)
	for _, lang := range i18n.Languages {
		b := h.browser(t, lang)
		for _, method := range []string{"cash_on_delivery", "card"} {
			old := b.ready(h, apptest.Kettle)
			b.submit(b.get("/checkout?step=address"), ".stage.open form", "flat", "250")
			p := b.submit(old, ".stage.open form", "method", method)
			if method == "card" {
				p = b.pay(p, goodCard)
			}
			p.wants(".note.bad", says(lang, checkout.ErrAltered))
			p.wants(".stage .done", "250")
			p = b.submit(p, ".stage.open form", "method", "cash_on_delivery")
			p.wants(".note.good", spoken[lang].thanks)
			if again := b.submit(old, ".stage.open form", "method", "cash_on_delivery"); again.at.Path != p.at.Path {
				t.Errorf("the old form leads to %s after %s", again.at, p.at)
			}
		}
	}
	h.Settled(t)
	h.Sound(t)
}
