package order

import (
	"encoding/json"
	"fmt"
	"time"

	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/order/orderdb"
	"sauda/gear/db"
)

// Bought is what stands in some orders: how often each variant was ordered, not how much of it. A bundle counts, and so do
// its parts.
type Bought struct {
	Times  map[catalog.VariantID]int64
	Orders int
	Last   ID // Last is the last of the orders; the next look begins behind it.
}

// BoughtAfter adds up what stands in the orders behind one, of those that were placed before an instant, at most so many
// orders, in two statements. It names nobody. Let the instant lie back far enough that all moments of that time are over.
func BoughtAfter(tx *db.Tx, after ID, before time.Time, most int) (Bought, error) {
	rows, err := orderdb.New(tx).VariantsAfter(tx.Context(), orderdb.VariantsAfterParams{After: string(after), Before: span.Micros(before), Page: int64(most)})
	if err != nil {
		return Bought{}, err
	}
	b := Bought{Times: make(map[catalog.VariantID]int64), Last: after}
	for _, r := range rows {
		if id := ID(r.ID); id != b.Last {
			b.Last = id
			b.Orders++
		}
		b.Times[catalog.VariantID(r.Variant)]++
	}
	bodies, err := orderdb.New(tx).BundlesAfter(tx.Context(), orderdb.BundlesAfterParams{After: string(after), Before: span.Micros(before), Page: int64(most)})
	if err != nil {
		return Bought{}, err
	}
	for _, stored := range bodies {
		var of body
		if err := json.Unmarshal([]byte(stored), &of); err != nil {
			return Bought{}, fmt.Errorf("order: the body of an order with bundles: %w", err)
		}
		for _, bundle := range of.Quote.Bundles {
			b.Times[bundle.Variant]++
		}
	}
	return b, nil
}
