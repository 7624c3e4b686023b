package shop_test

import (
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/estimate"
	"sauda/core/notify"
	"sauda/core/seller"
	"sauda/gear/db"
)

// TestAPriceIsAskedFor: a guest is sent to sign in; a buyer asks, hears by letter, sees both payments and the rules, takes the price
// into the basket, and a price that has lapsed leads back to the product.
func TestAPriceIsAskedFor(t *testing.T) {
	apptest.Each(t, func(t *testing.T, opened *apptest.House) {
		h := &house{opened}
		h.revise(t, apptest.Kettle, catalog.Changes{Kind: &catalog.Kind{Made: &catalog.Made{Currency: money.KZT, Quoted: true, Questions: []catalog.Question{
			{Code: "width", Kind: catalog.QuestionNumber, Unit: "CMT", Least: "40", Greatest: "200", Label: text.Localized{"kk": "Ені", "ru": "Ширина", "en": "Width"}},
		}}}})
		h.Settled(t)
		h.browser(t, "en").get(h.product(apptest.Kettle)).wants("main", "Sign in to ask for the price")
		b := h.signedUp(t, "en", "aigul@example.kz")
		wrong := b.submit(b.get(h.product(apptest.Kettle)), "form.buy", "a_width", "7")
		wrong.wants("main", "from 40 to 200")
		b.submit(wrong, "form.buy", "a_width", "120", "note", "Of oak").wants("main", "The shop is looking at your request")
		var e estimate.Estimate
		answer := func() {
			h.Moment(t, func(tx *db.Tx) error {
				all, _, err := estimate.Queue(tx, seller.Own, estimate.StateAsked, "", 1)
				if err != nil || len(all) != 1 {
					t.Fatalf("asked for are %+v, %v", all, err)
				}
				e, err = estimate.Answer(tx, all[0].ID, all[0].Version, estimate.Offer{Price: money.Of(100_000_00, money.KZT), Included: "Oak and oil", Days: 9,
					Deposit: 30, Last: span.DayOf(tx.Now(), span.Almaty).AddDays(3)})
				return err
			})
			h.Settled(t)
		}
		answer()
		if letters := h.mailed(t, "aigul@example.kz", notify.EstimateAnswered); len(letters) != 1 {
			t.Errorf("letters: %+v", letters)
		}
		page := "/account/estimates/" + string(e.ID)
		p := b.get(page)
		p.wants("main", "Oak and oil", "Deposit, 30", "30,000", "70,000", "returned only for a defect", "120")
		b.submit(p, "form[action$='/acceptance']").wants("main", "Deposit", "30,000")
		b.get("/account/estimates").wants("main", "Taken")
		b.submit(b.get(page), "form[action$='/withdrawal']").wants("main", "Withdrawn")
		b.submit(b.get(h.product(apptest.Kettle)), "form.buy", "a_width", "90")
		answer()
		h.Later(t, 5*24*time.Hour)
		b.get("/account/estimates/"+string(e.ID)).wants("main", "The price has lapsed", "Ask again")
	})
}
