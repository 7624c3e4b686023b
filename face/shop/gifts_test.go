package shop_test

import (
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/core/catalog"
	"sauda/core/notify"
	"sauda/gear/db"
)

// TestACertificateFromTheShelfToTheOrderThatItPays: it is chosen on its page, refused beside the field, paid by card; whoever
// was sent its code sees what is left, pays with it at the checkout, and reads so with his order. All of it without a script.
func TestACertificateFromTheShelfToTheOrderThatItPays(t *testing.T) {
	h := open(t, db.SQLite)
	var product catalog.ProductID
	h.Moment(t, func(tx *db.Tx) error {
		v, err := apptest.Gifts(tx, 50_000_00)
		if err != nil {
			return err
		}
		offers, err := catalog.Offers(tx, []catalog.VariantID{catalog.VariantID(v)})
		product = offers[catalog.VariantID(v)].Product
		return err
	})
	h.Settled(t)
	b := h.browser(t, "en")
	form := b.get("/gift/" + string(product))
	form = b.submit(form, "main form.box", "to/name", "Aigul", "to/email", "aigul")
	if form.words("#to\\/email-wrong") == "" {
		t.Fatalf("nothing is said of a wrong address: %s", form.words("main"))
	}
	form = b.submit(form, "main form.box", "to/name", "Aigul", "to/email", "aigul@example.kz", "to/from", "Darkhan", "day", "2026-13-01")
	if form.words("#day-wrong") == "" {
		t.Fatalf("a day that is none is taken for today: %s", form.words("main"))
	}
	basket := b.submit(form, "main form.box", "to/name", "Aigul", "to/email", "aigul@example.kz", "to/from", "Darkhan", "day", "")
	basket.wants(".line", "Aigul")
	p := b.submit(b.get("/checkout"), ".stage.open form", "email", "darkhan@example.kz", "phone", "+77011234567")
	b.pay(b.submit(p, ".stage.open form", "method", "card"), "4242424242424242").wants(".note.good", "Thank you")
	h.Settled(t)
	code := ""
	h.Look(t, func(tx *db.Tx) error {
		letters, err := notify.To(tx, "aigul@example.kz")
		for _, l := range letters {
			code = l.Params["key"]
		}
		return err
	})
	if code == "" {
		t.Fatal("no code was sent")
	}
	other := h.browser(t, "en")
	left := other.get("/gifts")
	if left = other.submit(left, "main form.box", "code", "0000-0000-0000-0000"); left.words("#code-wrong") == "" {
		t.Errorf("nothing is said of an unknown code: %s", left.words("main"))
	}
	other.submit(left, "main form.box", "code", strings.ToLower(code)).wants("section.box", "₸50,000")
	desk := other.submit(other.ready(h, apptest.Kettle), deliveries, "delivery", "sel_own|mth_pickup|pnt_almaty")
	if desk = other.submit(desk, "form.lay", "code", "nothing"); desk.words("#gift-wrong") == "" {
		t.Errorf("nothing is said of what is no code: %s", desk.words(".sum"))
	}
	desk = other.submit(desk, "form.lay", "code", code)
	desk.wants(".laid .code", code[len(code)-4:])
	desk = other.submit(desk, "form.laid")
	desk = other.submit(desk, "form.lay", "code", code)
	placed := other.submit(desk, "#pay")
	if !strings.Contains(placed.at.Path, "/orders/ord_") || !strings.Contains(placed.words("main"), "Paid by gift certificate") {
		t.Errorf("%s says %s", placed.at, placed.words("main"))
	}
}
