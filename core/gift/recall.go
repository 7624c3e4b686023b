package gift

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/gift/giftdb"
	"sauda/core/hold"
	"sauda/gear/db"
)

// Recall ends a certificate, because what was paid for it goes back, and says how much was left of it. Who is about to spend
// it has to pay in another way. Recalled twice, nothing is left the second time. The caller posts what it gives back.
func Recall(tx *db.Tx, id ID) (money.Money, error) {
	c, err := Get(tx, id)
	if err != nil {
		return money.Money{}, err
	}
	return end(tx, c)
}

// end ends a certificate and takes what is left of it out of its pool.
func end(tx *db.Tx, c Certificate) (money.Money, error) {
	none := money.Of(0, c.Face.Currency)
	if !c.Ended.IsZero() {
		return none, nil
	}
	rows, err := giftdb.New(tx).EndGift(tx.Context(), giftdb.EndGiftParams{ID: string(c.ID), At: span.Micros(tx.Now()), Lost: c.Left.Minor})
	if err != nil || rows == 0 {
		return none, err
	}
	if c.Paid.IsZero() || !c.Left.IsPositive() {
		return c.Left, nil
	}
	if err := dispossess(tx, Key(c.ID)); err != nil {
		return none, err
	}
	return c.Left, grow(tx, c.ID, money.Of(-c.Left.Minor, c.Left.Currency))
}

// dispossess takes a certificate out of the hands of those who are about to spend it.
func dispossess(tx *db.Tx, key string) error {
	const page = 100
	for after := ""; ; {
		claims, err := hold.On(tx, key, after, page)
		if err != nil {
			return err
		}
		for _, c := range claims {
			after = c.Owner
			if c.State == hold.StateLapsed {
				continue
			}
			if err := hold.ReleasePart(tx, c.Owner, []hold.Want{{Key: key, Quantity: c.Quantity}}); err != nil {
				return err
			}
		}
		if len(claims) < page {
			return nil
		}
	}
}

// RunOut ends certificates whose last day is over, at most so many, and gives those of which something was left, as they were.
// The caller posts it. Call it again while more is true.
func RunOut(tx *db.Tx, limit int) (over []Certificate, more bool, err error) {
	rows, err := giftdb.New(tx).Over(tx.Context(), giftdb.OverParams{Day: Today(tx).String(), Page: int64(limit)})
	if err != nil || len(rows) == 0 {
		return nil, false, err
	}
	all, err := certificates(tx, rows)
	if err != nil {
		return nil, false, err
	}
	for _, c := range all {
		left, err := end(tx, c)
		if err != nil {
			return nil, false, err
		}
		if left.IsPositive() {
			over = append(over, c)
		}
	}
	return over, len(rows) == limit, nil
}

// compared gives those of some ordered certificates of which ledger, pool and uses say different things, in two statements.
func compared(tx *db.Tx, all []Certificate) (wrong []Mismatch, err error) {
	ids, keys := make([]ID, len(all)), make([]string, len(all))
	for i, c := range all {
		ids[i], keys[i] = c.ID, Key(c.ID)
	}
	uses, err := Uses(tx, ids)
	if err != nil {
		return nil, err
	}
	pools, err := hold.Pools(tx, keys)
	for _, c := range all {
		m := Mismatch{Gift: c.ID, Ledger: c.Left, Reckons: c.Face, Pool: money.Of(pools[Key(c.ID)].Capacity, c.Face.Currency)}
		m.Reckons.Minor -= c.Lost.Minor
		for _, u := range uses[c.ID] {
			m.Reckons.Minor -= u.Paid - u.Back
		}
		spendable := c.Left.Minor
		if c.Paid.IsZero() {
			spendable = 0
		}
		if m.Ledger != m.Reckons || m.Pool.Minor != spendable {
			wrong = append(wrong, m)
		}
	}
	return wrong, err
}
