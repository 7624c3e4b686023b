package app

import (
	"context"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/flow/gallery"
	"sauda/gear/db"
	"sauda/gear/job"
)

// weighed is how many products are weighed together: few enough that buyers hardly wait behind them.
const weighed = 50

// weigh weighs products that have changed, and notes which files they show. They are read in a view, for that takes long, and
// nobody waits behind it. While a search index is built it rests: who looks for goods comes before who counts what they lack.
func (h *House) weigh(ctx context.Context) error {
	for !h.Search.Building() {
		var products []catalog.Product
		err := job.Look(ctx, h.Store, db.System, func(tx *db.Tx) (err error) {
			products, err = catalog.Unscored(tx, weighed)
			return err
		})
		if err != nil || len(products) == 0 {
			return err
		}
		err = job.Once(ctx, h.Store, db.System, func(tx *db.Tx) error {
			same, err := catalog.Weigh(tx, products, priced)
			if err != nil {
				return err
			}
			return gallery.Note(tx, same)
		})
		if err != nil || len(products) < weighed {
			return err
		}
	}
	return nil
}

// noteFiles notes which files everything shows that was there before the house noted such things. It rests as weigh does.
func (h *House) noteFiles(tx *db.Tx) error {
	if h.Search.Building() {
		return nil
	}
	return more(gallery.Walk(tx))
}

// priced tells which variants have a price in the currency of the house.
func priced(tx *db.Tx, variants []catalog.VariantID) (map[catalog.VariantID]bool, error) {
	prices, err := pricing.For(tx, variants, "", money.KZT, span.DayOf(tx.Now(), span.Almaty))
	if err != nil {
		return nil, err
	}
	has := make(map[catalog.VariantID]bool, len(variants))
	for _, v := range variants {
		has[v] = len(prices[v]) > 0
	}
	return has, nil
}
