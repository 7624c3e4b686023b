package order

import (
	"encoding/json"
	"slices"

	"sauda/core/catalog"
	"sauda/core/order/orderdb"
	"sauda/core/pricing"
	"sauda/gear/db"
)

// Received tells whether one of some variants was ever delivered to the party of the actor, also when it was given back
// later: who had it in his hands knows it. A bundle has arrived when a part of it has. Guests have received nothing, for
// nobody knows who they are. It takes one statement, and one more when only a bundle could say yes.
func Received(tx *db.Tx, variants []catalog.VariantID, bundle bool) (bool, error) {
	who := tx.Who()
	if who.Kind != db.KindBuyer || who.Party == "" || len(variants) == 0 {
		return false, nil
	}
	q := orderdb.New(tx)
	n, err := q.ReceivedLines(tx.Context(), orderdb.ReceivedLinesParams{Party: who.Party, Variants: db.In(variants)})
	if err != nil || n > 0 || !bundle {
		return n > 0, err
	}
	rows, err := q.ReceivedBundles(tx.Context(), who.Party)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		var b body
		if err := json.Unmarshal([]byte(r.Body), &b); err != nil {
			return false, ErrStored.About("an order of %s: %v", who.Party, err)
		}
		for _, l := range b.Quote.Lines {
			if l.Line != r.Line || l.Bundle == "" {
				continue
			}
			of := slices.IndexFunc(b.Quote.Bundles, func(whole pricing.QuoteBundle) bool { return whole.Line == l.Bundle })
			if of >= 0 && slices.Contains(variants, b.Quote.Bundles[of].Variant) {
				return true, nil
			}
		}
	}
	return false, nil
}

// LatelyReceived gives what was delivered to the party of the actor, that of his latest order first and at most so many; of a
// bundle its parts. Guests have received nothing.
func LatelyReceived(tx *db.Tx, most int) ([]catalog.VariantID, error) {
	who := tx.Who()
	if who.Kind != db.KindBuyer || who.Party == "" {
		return nil, nil
	}
	rows, err := orderdb.New(tx).ReceivedVariants(tx.Context(), orderdb.ReceivedVariantsParams{Party: who.Party, Most: int64(most)})
	variants := make([]catalog.VariantID, len(rows))
	for i, v := range rows {
		variants[i] = catalog.VariantID(v)
	}
	return variants, err
}
