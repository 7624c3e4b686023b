package shop_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/core/agreement"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestASubscription: it is chosen, agreed to and paid in the shop; its page skips, pauses, changes and ends it, and belongs to
// its buyer alone.
func TestASubscription(t *testing.T) {
	h := open(t, db.SQLite)
	product := strings.Split(strings.TrimPrefix(h.product(apptest.Kettle), "/p/"), "/")[0]
	h.Moment(t, func(tx *db.Tx) error {
		return agreement.Set(tx, agreement.Plan{Product: catalog.ProductID(product), Seller: string(seller.Own), Offered: true, PlanBody: agreement.PlanBody{
			Rhythms: []agreement.Every{agreement.EveryWeek, agreement.EveryMonth}, Share: money.Percent(10), Months: 6,
		}})
	})
	h.Settled(t)
	guest := h.browser(t, "en")
	guest.get("/subscribe/"+product).wants(".sheet", "Sign in")
	b := h.signedUp(t, "en", aigul)
	b.get(h.product(apptest.Kettle)).wants(".note", "You can subscribe to this")
	p := b.get("/subscribe/" + product)
	p.wants(".sheet", "₸10,800", "Every week", "Every month", "two clicks")
	p = b.submit(p, ".sheet form", "quantity", "0")
	p.wants(".sheet", "Choose a quantity above zero")
	b.submit(p, ".sheet form", "quantity", "2", "every", "month").wants(".short, main", "Subscription")
	p = b.submit(b.get("/checkout"), ".stage.open form", append(slices.Clone(filled), "flat", "25")...)
	if len(p.all("input[value='sel_own|mth_courier|']")) > 0 {
		p = b.submit(p, "form[action$='/checkout/delivery']", "delivery", "sel_own|mth_courier|")
	}
	p.wants(".stage.open", "I agree that my card is kept")
	if len(p.all("input[value=cash_on_delivery]")) != 0 {
		t.Error("cash is offered for what comes again and again")
	}
	p = b.pay(b.submit(p, ".stage.open form", "method", "card", "mandate", "1"), goodCard)
	p.wants(".note.good", "Thank you")
	h.Settled(t)
	list := b.get("/account/subscriptions")
	list.wants(".kept", "Kettle", "Every month", "Active")
	address := attr(list.one(".kept a"), "href")
	page := b.get(address)
	page.wants(".part", "Next orders", "Visa •••• 4242", "Абай даңғылы 10, 25")
	if n := h.Statements(func() { b.get(address) }); n > 9 {
		t.Errorf("the page costs %d statements, 9 are allowed", n)
	}
	other := h.signedUp(t, "en", "bolat@example.kz")
	for _, act := range []string{"skip", "pay", "pause", "resume", "change", "card", "address", "end", "price"} {
		other.ask("POST", address+"/"+act, url.Values{"version": {"1"}})
	}
	if p := other.ask("GET", address, nil); p.status != http.StatusNotFound {
		t.Errorf("somebody else sees it: %d", p.status)
	}
	first := page.one("ol.bare li:first-child time")
	page = b.submit(page, "form[action$='/skip']")
	if again := page.one("ol.bare li:first-child time"); attr(again, "datetime") <= attr(first, "datetime") {
		t.Errorf("skipped, the next is still %s", attr(again, "datetime"))
	}
	page = b.submit(page, "form[action$='/change']", "quantity", "3", "every", "week", "lacking", "wait")
	page.wants(".part", "3", "Every week")
	page = b.submit(page, "form[action$='/pause']", "until", "1990-01-01")
	page.wants(".part", "Choose a day after today")
	page = b.submit(page, "form[action$='/pause']", "until", "")
	page.wants(".part", "Paused", "Go on")
	page = b.submit(page, "form[action$='/resume']")
	page.wants(".part", "Active")
	page = b.submit(b.get(address), "form[action$='/end']")
	page.wants(".part", "The subscription has ended")
	h.Sound(t)
}
