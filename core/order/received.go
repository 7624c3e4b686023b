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
// nobody knows who they are. It takes one statement, and at most two more when only a bundle could say yes: it is looked for in
// the latest orders with bundles.
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
	return receivedBundle(tx, who.Party, variants)
}

// bundlesMax is how many orders with bundles are looked into: each is read whole.
const bundlesMax = 100

// receivedBundle tells whether a part of one of some bundles was delivered to a party.
func receivedBundle(tx *db.Tx, party string, variants []catalog.VariantID) (bool, error) {
	q := orderdb.New(tx)
	rows, err := q.ReceivedBundles(tx.Context(), orderdb.ReceivedBundlesParams{Party: party, Most: bundlesMax})
	if err != nil {
		return false, err
	}
	type part struct{ order, line string }
	parts := make(map[part]bool)
	var ids []string
	for _, r := range rows {
		var b body
		if err := json.Unmarshal([]byte(r.Body), &b); err != nil {
			return false, ErrStored.About("%s of %s: %v", r.ID, party, err)
		}
		for _, l := range b.Quote.Lines {
			of := slices.IndexFunc(b.Quote.Bundles, func(whole pricing.QuoteBundle) bool { return whole.Line == l.Bundle })
			if l.Bundle == "" || of < 0 || !slices.Contains(variants, b.Quote.Bundles[of].Variant) {
				continue
			}
			if parts[part{r.ID, l.Line}] = true; !slices.Contains(ids, r.ID) {
				ids = append(ids, r.ID)
			}
		}
	}
	if len(ids) == 0 {
		return false, nil
	}
	delivered, err := q.DeliveredLines(tx.Context(), db.In(ids))
	return slices.ContainsFunc(delivered, func(l orderdb.DeliveredLinesRow) bool { return parts[part{l.OrderID, l.Line}] }), err
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
