package shop_test

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/core/identity"
	"sauda/core/payment"
	"sauda/core/seller"
	"sauda/gear/db"
)

// kept pays for a kettle with a card that is entered and kept.
func (b *browser) kept(h *house, number string) *page {
	b.t.Helper()
	p := b.submit(b.ready(h, apptest.Kettle), ".stage.open form", "method", "card", "keep_card", "1")
	return b.pay(p, number)
}

// TestACardIsKeptInTheShop keeps a card at the checkout, sees it in the account, pays with it by one press, and takes it
// away, in each language.
func TestACardIsKeptInTheShop(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		b := h.signedUp(t, "en", aigul)
		p := b.ready(h, apptest.Kettle)
		if has(p.one("input[name=keep_card]"), "checked") {
			t.Error("the card is kept unless one says no")
		}
		b.pay(b.submit(p, ".stage.open form", "method", "card"), goodCard).wants(".note.good", "Thank you")
		b.get("/account/cards").wants(".part", "No card is kept yet")
		b.kept(h, goodCard).wants(".note.good", "Thank you")
		b.kept(h, "5555555555554444").wants(".note.good", "Thank you")
		for lang, words := range map[string]string{"kk": "Мерзімі: 12/30", "ru": "Срок действия: 12/30", "en": "Valid until 12/30", "zh": "有效期至 12/30"} {
			p = b.get("/" + lang + "/account/cards")
			p.wants(".kept li:first-child", "Visa •••• 4242", words)
			p.wants(".kept li:last-child", "Mastercard •••• 4444", words)
		}
		p = b.submit(b.get("/account/cards"), ".kept li:last-child form[action$='/prefer']")
		p.wants(".kept li:first-child", "Mastercard •••• 4444", "Preferred")

		p = b.ready(h, apptest.Kettle)
		p.wants(".stage.open .options", "Mastercard •••• 4444", "Visa •••• 4242", "Another card", "Cash")
		if got := attr(p.one("input[name=method][checked]"), "value"); !strings.HasPrefix(got, "card.crd_") {
			t.Errorf("%s stands chosen", got)
		}
		p = b.submit(p, ".stage.open form")
		p.wants(".note.good", "Thank you")
		h.Settled(t)
		b.get(p.at.Path).wants(".sum", "Paid", "₸13,200")

		p = b.submit(b.get("/account/cards"), ".kept li:first-child form[action$='/remove']")
		p.wants(".note.good", "Removed")
		p.wants(".kept li", "Visa •••• 4242", "Preferred")
		h.Sound(t)
	})
}

// TestAKeptCardIsItsOwners: neither a guest nor another buyer sees, uses or removes it, whatever he sends.
func TestAKeptCardIsItsOwners(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.signedUp(t, "en", aigul)
	b.kept(h, goodCard)
	action := attr(b.get("/account/cards").one(".kept form[action$='/remove']"), "action")
	id := strings.Split(strings.TrimPrefix(action[strings.Index(action, "/account"):], "/account/cards/"), "/")[0]
	other := h.signedUp(t, "en", "other@example.kz")
	other.ask("POST", "/account/cards/"+id+"/remove", url.Values{})
	if p := other.ask("POST", "/account/cards/"+id+"/prefer", url.Values{}); p.status != http.StatusNotFound {
		t.Errorf("another buyer prefers it: %d", p.status)
	}
	p := other.ready(h, apptest.Kettle)
	if strings.Contains(p.text, id) || strings.Contains(p.text, "4242") {
		t.Error("another buyer sees it")
	}
	other.submit(p, ".stage.open form", "method", "card."+id).wants(".note.bad", says("en", payment.ErrNoCard))
	guest := h.browser(t, "en")
	p = guest.ready(h, apptest.Kettle)
	if len(p.all("input[name=keep_card]")) != 0 {
		t.Error("a guest is asked whether his card be kept")
	}
	guest.submit(p, ".stage.open form", "method", "card."+id).wants(".note.bad", says("en", payment.ErrNoCard))
	b.get("/account/cards").wants(".kept li", "Visa •••• 4242")
	h.Sound(t)
}

// TestAKeptCardIsAskedForOrGone: the bank may still ask for a code, and a card that it has forgotten is removed with a word.
func TestAKeptCardIsAskedForOrGone(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.signedUp(t, "ru", aigul)
	p := b.kept(h, "4000000000003220")
	b.ask("POST", p.at.String(), url.Values{"code": {"1234"}}).wants(".note.good", "Спасибо")
	p = b.submit(b.ready(h, apptest.Kettle), ".stage.open form")
	if !strings.HasPrefix(p.at.Path, "/gateway/challenge/") {
		t.Fatalf("the bank does not ask: %s", p.at)
	}
	p = b.ask("POST", p.at.String(), url.Values{"answer": {"cancel"}})
	p.wants(".note.bad", says("ru", payment.ErrCancelled))
	p = b.submit(p, ".stage.open form", "method", attr(p.one("input[name=method][value^='card.']"), "value"))
	b.ask("POST", p.at.String(), url.Values{"code": {"1234"}}).wants(".note.good", "Спасибо")

	b.submit(b.get("/account/cards"), ".kept form[action$='/remove']")
	b.kept(h, "4000000000000259").wants(".note.good", "Спасибо")
	p = b.submit(b.ready(h, apptest.Kettle), ".stage.open form")
	p.wants(".note.bad", says("ru", payment.ErrCardGone))
	if got := attr(p.one("input[name=method][checked]"), "value"); got != "card" {
		t.Errorf("%s stands chosen", got)
	}
	b.get("/account/cards").wants(".part", "Сохранённых карт пока нет")
	h.Settled(t)
	h.Sound(t)
}

// TestTheBoxIsThereWhenItCounts: whoever keeps as many cards as anybody may is not asked whether one more be kept.
func TestTheBoxIsThereWhenItCounts(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.signedUp(t, "en", aigul)
	b.ready(h, apptest.Kettle).one("input[name=keep_card]")
	h.Moment(t, func(tx *db.Tx) error {
		u, _, err := identity.ByEmail(tx, aigul)
		for n := range payment.CardsMax {
			card := payment.NewCard{
				Signs: payment.Signs{Brand: "visa", Digits: "4242", Month: 12, Year: 2099}, Mark: strconv.Itoa(n), Sealed: "x", Agreed: tx.Now(),
			}
			_, bad := payment.KeepCard(tx, payment.Holder{Party: string(u.Party), Seller: string(seller.Own), Gateway: "card"}, card)
			err = errors.Join(err, bad)
		}
		return err
	})
	p := b.get("/checkout")
	if n := len(p.all("input[name=keep_card]")); n != 0 {
		t.Errorf("%d boxes that count for nothing", n)
	}
	if n := len(p.all("input[name=method][value^='card.']")); n != payment.CardsMax {
		t.Errorf("%d cards are offered", n)
	}
}
