package order

import (
	"encoding/json"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/order/orderdb"
	"sauda/gear/db"
)

// Spent gives what an order has brought of which so much was given back: what is neither cancelled nor returned, or what
// is left of the whole after the refunds, whichever is less. An allowance lessens it, and a return that is paid back
// lessens it once.
func (o Order) Spent(refunded money.Money) money.Money {
	spent := money.Of(0, o.Quote.Currency)
	if o.State == StateCancelled {
		return spent
	}
	spent.Minor = o.Total().Minor
	for _, l := range o.Lines {
		if gone := l.Cancelled + l.Returned; gone > 0 {
			spent.Minor -= l.Worth(0, gone).Total.Minor
		}
	}
	spent.Minor = max(0, min(spent.Minor, o.Total().Minor-refunded.Minor))
	return spent
}

// Repaid gives what of some orders went back to their buyers, in one statement. Those of which nothing did are left out.
// It is for the house and looks at nobody's rights.
func Repaid(tx *db.Tx, ids []ID) (map[ID]money.Money, error) {
	rows, err := orderdb.New(tx).RefundsOfSome(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	back := make(map[ID]money.Money)
	for _, r := range rows {
		var words said
		if err := json.Unmarshal([]byte(r.Body), &words); err != nil {
			return nil, ErrStored.About("the history of %s: %v", r.OrderID, err)
		}
		sum := back[ID(r.OrderID)]
		back[ID(r.OrderID)] = money.Of(sum.Minor+words.Amount.Minor, words.Amount.Currency)
	}
	return back, nil
}

// PlacedAfter gives the orders behind one that were placed before an instant, in their order and at most so many. Let the
// instant lie back far enough that all moments of that time are over. It is for the house and looks at nobody's rights.
func PlacedAfter(tx *db.Tx, after ID, before time.Time, most int) ([]ID, error) {
	rows, err := orderdb.New(tx).PlacedAfter(tx.Context(), orderdb.PlacedAfterParams{After: string(after), Before: span.Micros(before), Page: int64(most)})
	ids := make([]ID, len(rows))
	for i, id := range rows {
		ids[i] = ID(id)
	}
	return ids, err
}
