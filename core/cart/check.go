package cart

import (
	"sauda/core/cart/cartdb"
	"sauda/gear/db"
)

// End is what became of a basket.
type End struct {
	Cart  ID
	State State
	Order string // Order is what it became, or the basket that it was merged into.
}

// Ends gives what became of some baskets, in one statement. Those that are unknown are absent. It is for the house and
// looks at nobody's rights.
func Ends(tx *db.Tx, ids []ID) (map[ID]End, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := cartdb.New(tx).Ends(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	found := make(map[ID]End, len(rows))
	for _, r := range rows {
		found[ID(r.ID)] = End{ID(r.ID), State(r.State), r.OrderRef}
	}
	return found, nil
}

// OrderedAfter gives the baskets that were ordered, a page at a time: those after an id, at most limit. An empty id begins.
func OrderedAfter(tx *db.Tx, after ID, limit int) ([]End, error) {
	rows, err := cartdb.New(tx).OrderedAfter(tx.Context(), cartdb.OrderedAfterParams{After: string(after), Page: int64(limit)})
	if err != nil {
		return nil, err
	}
	found := make([]End, len(rows))
	for n, r := range rows {
		found[n] = End{ID(r.ID), StateOrdered, r.OrderRef}
	}
	return found, nil
}
