package hold

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/hold/holddb"
	"sauda/gear/db"
)

// Take makes an owner hold exactly these wants until an instant, all of them or none. Wants for one key are summed.
// Taking the same again only moves the instant; taking something else takes and gives back the difference, and no want at
// all gives back everything. What the owner has confirmed stays as it is: then the same wants change nothing and others
// are refused with ErrSettled. When a pool has too little, or is not there, nothing is taken: ErrSoldOut says how much is
// left.
func Take(tx *db.Tx, owner string, wants []Want, until time.Time) error {
	wanted, err := sum(wants)
	if err != nil {
		return err
	}
	if owner == "" || !until.After(tx.Now()) {
		return ErrWant.About("owner %q until %s", owner, until)
	}
	claims, err := Of(tx, owner)
	if err != nil {
		return err
	}
	moves, settled := difference(wanted, claims)
	switch {
	case settled && len(moves) > 0:
		return ErrSettled.About("take by %s", owner)
	case settled || len(wanted)+len(claims) == 0:
		return nil
	case len(moves) == 0:
		return holddb.New(tx.Later()).Renew(tx.Context(), holddb.RenewParams{Until: span.Micros(until), Owner: owner})
	}
	if err := move(tx, moves); err != nil {
		return err
	}
	if err := dropOthers(tx, owner, wanted, claims); err != nil {
		return err
	}
	return writeClaims(tx, owner, wanted, until)
}

// sum adds the wants for each key and sorts by key.
func sum(wants []Want) ([]Want, error) {
	sorted := slices.Clone(wants)
	slices.SortStableFunc(sorted, func(a, b Want) int { return cmp.Compare(a.Key, b.Key) })
	var total []Want
	for _, w := range sorted {
		if w.Key == "" || w.Quantity <= 0 || w.Quantity > sizeMax {
			return nil, ErrWant.About("%d of %q", w.Quantity, w.Key)
		}
		last := len(total) - 1
		if last < 0 || total[last].Key != w.Key {
			total = append(total, w)
			continue
		}
		total[last].Quantity += w.Quantity
		if total[last].Quantity > sizeMax {
			return nil, ErrWant.About("%d of %q", total[last].Quantity, w.Key)
		}
	}
	return total, nil
}

// difference gives what has to be taken (above zero) and given back (below) in key order, and whether the owner has
// confirmed claims. Both lists are sorted by key.
func difference(wanted []Want, claims []Claim) (moves []Want, settled bool) {
	live := make(map[string]int64, len(claims))
	for _, c := range claims {
		if c.State != StateLapsed {
			live[c.Key] = c.Quantity
		}
		settled = settled || c.State == StateConfirmed
	}
	for _, w := range wanted {
		if n := w.Quantity - live[w.Key]; n != 0 {
			moves = append(moves, Want{w.Key, n})
		}
		delete(live, w.Key)
	}
	for key, n := range live {
		moves = append(moves, Want{key, -n})
	}
	slices.SortFunc(moves, func(a, b Want) int { return cmp.Compare(a.Key, b.Key) })
	return moves, settled
}

// move takes from the pools what is above zero and gives back what is below, in the order given.
func move(tx *db.Tx, moves []Want) error {
	var crossed crossings
	for _, m := range moves {
		tx.Lock("hold:" + m.Key)
		var rows []holddb.HoldPool
		var err error
		if m.Quantity > 0 {
			rows, err = holddb.New(tx).TakeSome(tx.Context(), holddb.TakeSomeParams{N: m.Quantity, Key: m.Key})
		} else {
			rows, err = holddb.New(tx).GiveSome(tx.Context(), holddb.GiveSomeParams{N: -m.Quantity, Key: m.Key})
		}
		switch {
		case err != nil:
			return err
		case len(rows) == 0 && m.Quantity > 0:
			return soldOut(tx, m)
		case len(rows) == 0:
			return fmt.Errorf("hold: %d cannot be given back to %s", -m.Quantity, m.Key)
		}
		p := poolOf(rows[0])
		crossed.note(p, p.Left()+m.Quantity)
	}
	return crossed.state(tx)
}

// soldOut says how much is left of what was asked in vain.
func soldOut(tx *db.Tx, asked Want) error {
	pools, err := Pools(tx, []string{asked.Key})
	if err != nil {
		return err
	}
	p := pools[asked.Key] // A pool that was never opened has nothing.
	refused := ErrSoldOut.About("%d asked of %s, %d left", asked.Quantity, asked.Key, p.Left())
	refused = fault.With(fault.With(refused, "key", asked.Key), "subject", p.Subject)
	return fault.With(fault.With(refused, "asked", asked.Quantity), "left", max(0, p.Left()))
}

// dropOthers forgets the claims that are wanted no more.
func dropOthers(tx *db.Tx, owner string, wanted []Want, claims []Claim) error {
	for _, c := range claims {
		if slices.ContainsFunc(wanted, func(w Want) bool { return w.Key == c.Key }) {
			continue
		}
		err := holddb.New(tx.Later()).DropOne(tx.Context(), holddb.DropOneParams{Owner: owner, Key: c.Key})
		if err != nil {
			return err
		}
	}
	return nil
}

func poolOf(r holddb.HoldPool) Pool {
	return Pool{Key: r.Key, Subject: r.Subject, Capacity: r.Capacity, Beyond: r.Beyond, Taken: r.Taken, Mark: r.Mark}
}
