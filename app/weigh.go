package app

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/gear/db"
)

// weigher weighs products that have changed, by whether their variants have a price in the currency of the house.
func weigher(currency money.Currency) func(*db.Tx, int) (int, error) {
	priced := func(tx *db.Tx, variants []catalog.VariantID) (map[catalog.VariantID]bool, error) {
		prices, err := pricing.For(tx, variants, "", currency, span.DayOf(tx.Now(), span.Almaty))
		if err != nil {
			return nil, err
		}
		has := make(map[catalog.VariantID]bool, len(variants))
		for _, v := range variants {
			has[v] = len(prices[v]) > 0
		}
		return has, nil
	}
	return func(tx *db.Tx, most int) (int, error) { return catalog.Weigh(tx, most, priced) }
}
