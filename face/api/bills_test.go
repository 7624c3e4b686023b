package api_test

import (
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/gear/db"
)

// openBills opens a provider with the account 100200, which owes 1,450.00, of which one line can be changed, and providers elsewhere:
// one that pretends, and one that nobody reaches.
func openBills(t *testing.T, h *apptest.House) {
	t.Helper()
	fixed := func(price utility.Price) []utility.Tariff {
		return []utility.Tariff{{From: span.MustDay("2026-01-01"), Base: utility.BaseFixed, Steps: []utility.Step{{Price: price}}}}
	}
	kettle := h.Goods[apptest.Kettle].Variant
	h.Moment(t, func(tx *db.Tx) error {
		offers, err := catalog.Offers(tx, []catalog.VariantID{kettle})
		if err != nil {
			return err
		}
		open := func(p utility.Provider) (utility.Provider, error) {
			p.Seller, p.Currency, p.DueDay = seller.Own, money.KZT, 25
			if p.Remote != nil {
				sealed, err := p.Remote.Seal(h.Desk.Keys, p.Code, "p")
				if err != nil {
					return p, err
				}
				p.Remote = &sealed
			}
			p, err := utility.Register(tx, p)
			if err != nil {
				return p, err
			}
			return utility.Sell(tx, p, offers[kettle].Category)
		}
		for _, p := range []struct{ code, host string }{{"telecom", apptest.Telecom}, {"nowhere", "nowhere.test"}} {
			_, err := open(utility.Provider{Code: p.code, Kind: utility.KindTelecom, Name: text.Localized{"kk": "Байланыс", "en": "Telecom"}, SumMax: 100_000_00,
				Remote: &utility.Remote{Dialect: "osmp", URL: "http://" + p.host + "/pay", User: "sauda"}})
			if err != nil {
				return err
			}
		}
		p, err := open(utility.Provider{Code: "qala-erc", Kind: utility.KindCentre, Name: text.Localized{"kk": "Қала орталығы", "en": "City centre"}, Services: []utility.Service{
			{Code: "waste", Name: text.Localized{"kk": "Қоқыс", "en": "Waste"}, Tariffs: fixed(1000_0000)},
			{Code: "intercom", Name: text.Localized{"kk": "Домофон", "en": "Intercom"}, Editable: true, Tariffs: fixed(450_0000)},
		}})
		if err != nil {
			return err
		}
		if _, err = utility.OpenMany(tx, p, []utility.Account{{Number: "100200", Holder: "Айгүлім Ахмет", Address: "Абай даңғылы, 10-5", People: 2}}); err != nil {
			return err
		}
		if _, err = utility.Begin(tx, p, span.MustDay("2026-11-01")); err != nil {
			return err
		}
		_, err = utility.Issue(tx, 10)
		return err
	})
}
