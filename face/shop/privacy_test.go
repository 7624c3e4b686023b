package shop_test

import (
	"archive/zip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/core/catalog"
	"sauda/core/enquiry"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/seller"
	"sauda/core/wish"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

func TestConsentsAreSeenAndTakenBack(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		b := h.signedUp(t, "en", aigul)
		b.basketOf(h, apptest.Kettle)
		const form = "[action$='/account/consents']"
		p := b.submit(b.get("/account/privacy"), form, "learn", "1")
		p.wants(".note.good", "Saved")
		if !has(p.one("#learn"), "checked") || has(p.one("#remind"), "checked") {
			t.Error("the page does not say what is allowed")
		}
		if !has(b.get("/checkout").one("#learn"), "checked") {
			t.Error("the checkout does not know what is allowed")
		}
		h.Clock.Advance(time.Minute)
		b.submit(b.get("/checkout"), ".stage.open form", filled...)
		p = b.get("/account/privacy")
		if !has(p.one("#learn"), "checked") {
			t.Error("a form that was sent as it stood takes a consent back")
		}
		b.ask("POST", "/account/consents", map[string][]string{"learn": {""}})
		p = b.get("/account/privacy")
		if has(p.one("#learn"), "checked") || len(p.all(".story li")) != 2 {
			t.Errorf("the history is %s", p.words(".story"))
		}
		p.wants(".story li:first-child", "Taken back")
		p.wants(".story li:last-child", "Allowed")
	})
}

// fetched gives the files of the archive at a link, by their names.
func (b *browser) fetched(p *page) map[string]string {
	b.t.Helper()
	archive := b.get(attr(p.one(".box a[download]"), "href")).text
	z, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		b.t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			b.t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			b.t.Fatal(err)
		}
		files[f.Name] = string(body)
		if strings.HasSuffix(f.Name, ".json") && !json.Valid(body) {
			b.t.Errorf("%s is no JSON", f.Name)
		}
	}
	return files
}

func TestDataIsTakenAlong(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		b := h.signedUp(t, "en", aigul)
		b.submit(b.ready(h, apptest.Kettle), ".stage.open form", "method", "cash_on_delivery")
		b.kept(h, goodCard)
		b.submit(b.get("/account/addresses/new"), "form.box", "street", "Достық даңғылы", "house", "5")
		stranger := h.signedUp(t, "en", "other@example.kz")
		stranger.submit(stranger.ready(h, apptest.Kettle), ".stage.open form", "method", "cash_on_delivery")
		b.basketOf(h, apptest.Journal)
		b.submit(b.get(h.product(apptest.Rare)), ".about form.heart", "keep", "true")
		b.submit(b.get(h.product(apptest.Rare)), "form[action^='/questions/']", "body", "Is it a first edition?")
		const form = "[action$='/account/export']"
		p := b.submit(b.get("/account/privacy"), form)
		p.wants("[role=status]", "being gathered")
		h.Later(t, time.Minute)
		p = b.get("/account/privacy")
		files := b.fetched(p)
		for name, words := range map[string][]string{
			"me.json": {aigul, "Айгүл Серікқызы"}, "addresses.json": {"Достық даңғылы"}, "basket.json": {string(h.Goods[apptest.Journal].Variant)},
			"consents.json": {"["}, "cards.json": {`"digits": "4242"`, "agreed_to_be_kept"}, "wishlist.json": {string(h.Goods[apptest.Rare].Product), "70000"}, "waiting_list.json": {"["}, "questions.json": {"first edition", "waiting"}, "price_requests.json": {"["}, "devices.json": {"signed_in"}, "letters.json": {"order_placed"}, "README.txt": {"personal data"},
		} {
			for _, w := range words {
				if !strings.Contains(files[name], w) {
					t.Errorf("%s says nothing of %q: %s", name, w, files[name])
				}
			}
		}
		for name, body := range files {
			if strings.Contains(body, "cof_") {
				t.Errorf("%s says what stands for a card", name)
			}
		}
		if len(files) != 18 {
			t.Errorf("%d files", len(files))
		}
		if letters := h.mailed(t, aigul, notify.ExportReady); len(letters) != 1 {
			t.Errorf("%d letters say that it is ready", len(letters))
		}
		link := attr(p.one(".box a[download]"), "href")
		if got := stranger.ask("GET", link, nil); got.status != http.StatusNotFound {
			t.Errorf("a stranger gets the file: %d", got.status)
		}
		if got := h.browser(t, "en").ask("GET", link, nil); !strings.HasSuffix(got.at.Path, "/sign-in") && got.status != http.StatusUnauthorized {
			t.Errorf("a guest gets the file: %d %s", got.status, got.at)
		}
		h.Later(t, 73*time.Hour)
		if got := b.ask("GET", link, nil); got.status != http.StatusNotFound {
			t.Errorf("an old link gives the file: %d", got.status)
		}
		b.get("/account/privacy").one(form)
		h.Sound(t)
	})
}

func TestAnAccountIsErased(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		b := h.signedUp(t, "en", aigul)
		p := b.submit(b.ready(h, apptest.Kettle), ".stage.open form", "method", "cash_on_delivery")
		id := order.ID(p.at.Path[strings.LastIndex(p.at.Path, "/")+1:])
		b.kept(h, goodCard).wants(".note.good", "Thank you")
		b.submit(b.get("/account/addresses/new"), "form.box", "street", "Достық даңғылы")
		b.basketOf(h, apptest.Journal)
		b.submit(b.get(h.product(apptest.Rare)), ".about form.heart", "keep", "true")
		b.submit(b.get(h.product(apptest.Rare)), "form[action^='/questions/']", "body", "Is it a first edition?")
		h.Settled(t)
		const ask, undo = "[action$='/account/erasure']", "[action$='/erasure/undo']"
		p = b.get("/account/privacy")
		p.wants("main", "five years", "seven days")
		if p := b.submit(p, ask); len(p.all(undo)) != 0 {
			t.Error("without the tick the account is erased")
		}
		p = b.submit(p, ask, "sure", "1")
		p.wants(".note.bad", "will be erased")
		if len(h.mailed(t, aigul, notify.ErasureAsked)) != 1 {
			t.Error("nobody is told")
		}
		b.submit(p, undo).wants(".note.good", "stays")
		h.Later(t, 8*24*time.Hour)
		b.submit(b.get("/account/privacy"), ask, "sure", "1")
		b.submit(b.get("/account/privacy"), "[action$='/account/export']")
		h.Later(t, 6*24*time.Hour)
		b.get("/account")
		h.Later(t, 25*time.Hour)
		if p := b.ask("GET", "/account", nil); p.at.Path != "/sign-in" {
			t.Errorf("the session of an erased account sees %s", p.at)
		}
		if p := b.submit(b.get("/sign-in"), ".sheet form", "email", aigul, "password", secret); p.status != http.StatusUnauthorized && p.status != http.StatusUnprocessableEntity {
			t.Errorf("an erased account signs in: %d", p.status)
		}
		h.Later(t, 2*time.Minute) // The bank is told of the card.
		h.Look(t, func(tx *db.Tx) error {
			o, err := order.Get(tx, id)
			if err != nil {
				return err
			}
			if o.Contact.Name == "" || o.Address.Street == "" {
				t.Error("the order has lost whose contract it is")
			}
			party, err := identity.GetParty(tx, identity.PartyID(o.Party))
			if party.Name+party.Email+party.Phone != "" {
				t.Errorf("the party is still %+v", party)
			}
			addresses, bad := identity.Addresses(tx, party.ID)
			if bad != nil || len(addresses) != 0 {
				t.Errorf("%d addresses stay, %v", len(addresses), bad)
			}
			cards, bad := payment.Cards(tx, string(party.ID))
			gone, worse := payment.CardsGone(tx, "", 10)
			if bad != nil || worse != nil || len(cards)+len(gone) != 0 {
				t.Errorf("%d cards stay, of %d the bank was not told, %v %v", len(cards), len(gone), bad, worse)
			}
			if kept, bad := wish.Keepers(tx, seller.Own, []catalog.ProductID{h.Goods[apptest.Rare].Product}); bad != nil || len(kept) != 0 {
				t.Errorf("the wishlist stays: %v, %v", kept, bad)
			}
			if asked, _, bad := enquiry.Queue(tx, seller.Own, enquiry.StateWaiting, "", 10); bad != nil || len(asked) != 0 {
				t.Errorf("a question that nobody saw stays: %v, %v", asked, bad)
			}
			letters, bad := notify.To(tx, aigul)
			for _, l := range letters {
				if l.Order == "" {
					t.Errorf("the letter %s stays", l.Template)
				}
			}
			if bad != nil {
				return bad
			}
			return err
		})
		h.Sound(t)
		h.signedUp(t, "en", aigul).get("/orders").wants("main", "no orders") // The address is free for somebody new.
	})
}

func TestAKeptAddressIsChosen(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		b := h.signedUp(t, "en", aigul)
		b.basketOf(h, apptest.Kettle)
		const write = ".stage.open form[action$='/checkout/address']"
		b.submit(b.get("/checkout"), write, append(filled, "keep", "1")...)
		b.get("/account/addresses").wants(".kept", "Абай даңғылы 10", "+77011234567")
		b.submit(b.get("/account/addresses/new"), "form.box", "street", "Достық даңғылы", "house", "5", "phone", "8 701 555 66 77")
		second := attr(b.get("/account/addresses").one(".kept > li:nth-child(2) a"), "href")
		second = second[strings.LastIndex(second, "/")+1:]
		p := b.submit(b.get("/checkout?step=address"), ".kept-choice", "address", second)
		p.wants(".stage .done", "Достық даңғылы 5", "+77015556677", aigul)
		stranger := h.signedUp(t, "en", "other@example.kz")
		stranger.basketOf(h, apptest.Kettle)
		if got := stranger.ask("POST", "/checkout/kept", map[string][]string{"address": {second}}); got.status != http.StatusNotFound {
			t.Errorf("a stranger sends to it: %d", got.status)
		}
	})
}

func TestThePrivacyPageSpeaksEachLanguage(t *testing.T) {
	h := open(t, db.SQLite)
	for _, lang := range i18n.Languages {
		b := h.signedUp(t, lang, lang+"@example.kz")
		b.submit(b.get("/account/privacy"), "[action$='/account/consents']", "learn", "1", "remind", "1")
		b.submit(b.get("/account/privacy"), "[action$='/account/export']")
		sound(t, b.get("/account/privacy"))
		h.Later(t, time.Minute)
		b.submit(b.get("/account/privacy"), "[action$='/account/erasure']", "sure", "1")
		sound(t, b.get("/account/privacy"))
	}
}
