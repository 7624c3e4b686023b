package hold

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"sauda/base/span"
	"sauda/core/hold/holddb"
	"sauda/gear/db"
)

// lapsedKept is how long a lapsed claim can still be confirmed, when there is enough left: a story that was cut off by a
// crash or by a bank that was away for a weekend may come back for it.
const lapsedKept = 30 * 24 * time.Hour

// Confirm makes all that an owner holds stay until it is consumed or released. Confirmed twice, it changes nothing. What
// has lapsed is taken again, and when it is gone meanwhile, all is as before and ErrLapsed says so. An owner who holds
// nothing, because nothing was taken or all was released, gets ErrLapsed too: whoever took nothing has nothing to confirm.
func Confirm(tx *db.Tx, owner string) error {
	rows, err := holddb.New(tx).Settle(tx.Context(), owner)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return ErrLapsed.About("%s holds nothing", owner)
	}
	var again []Want
	for _, r := range rows {
		if State(r.State) == StateLapsed {
			again = append(again, Want{r.Key, r.Quantity})
		}
	}
	if len(again) == 0 {
		return nil
	}
	byKey(again)
	if err := move(tx, again); err != nil {
		if errors.Is(err, ErrSoldOut) {
			return ErrLapsed.About("confirm for %s: %w", owner, err)
		}
		return err
	}
	return holddb.New(tx.Later()).Revive(tx.Context(), owner)
}

// Release gives back all that an owner holds, confirmed or not. Released twice, or never held, it changes nothing.
func Release(tx *db.Tx, owner string) error {
	rows, err := holddb.New(tx).Drop(tx.Context(), owner)
	if err != nil {
		return err
	}
	var back []Want
	for _, r := range rows {
		if State(r.State) != StateLapsed {
			back = append(back, Want{r.Key, -r.Quantity})
		}
	}
	byKey(back)
	return move(tx, back)
}

// ReleasePart gives back some of what an owner holds: a line of an order was cancelled. More than is held is refused with
// ErrNotHeld, and then nothing is given back. It acts each time that it is called.
func ReleasePart(tx *db.Tx, owner string, parts []Want) error {
	total, err := lessen(tx, owner, parts)
	if err != nil {
		return err
	}
	for n := range total {
		total[n].Quantity = -total[n].Quantity
	}
	return move(tx, total)
}

// Pass makes a part of what an owner holds another's, held until an instant: nobody else can have it in between, and the pools do
// not move. More than is held is refused with ErrNotHeld, and an owner who has claims already with ErrSettled; then nothing is
// passed. It acts each time that it is called.
func Pass(tx *db.Tx, from, to string, parts []Want, until time.Time) error {
	if from == "" || to == "" || from == to || len(parts) == 0 || !until.After(tx.Now()) {
		return ErrWant.About("from %q to %q until %s", from, to, until)
	}
	has, err := Of(tx, to)
	if err != nil {
		return err
	}
	if len(has) > 0 {
		return ErrSettled.About("pass to %s", to)
	}
	total, err := lessen(tx, from, parts)
	if err != nil {
		return err
	}
	return writeClaims(tx, to, total, until)
}

// Consume takes units that an owner holds out of the pools for good: the parcel leaves. More than is held is refused with
// ErrNotHeld, and what was promised beyond the capacity with ErrAbsent; then nothing is consumed. It acts each time that
// it is called.
func Consume(tx *db.Tx, owner string, parts []Want) error {
	total, err := lessen(tx, owner, parts)
	if err != nil {
		return err
	}
	for _, w := range total {
		tx.Lock("hold:" + w.Key)
		rows, err := holddb.New(tx).ConsumeSome(tx.Context(), holddb.ConsumeSomeParams{N: w.Quantity, Key: w.Key})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return ErrAbsent.About("%d of %s for %s", w.Quantity, w.Key, owner)
		}
	}
	return nil
}

// Restore puts units back into the pools that an owner had consumed: the parcel came back. They are there again and are the
// owner's again, confirmed, so that nobody else is promised less or more. A pool that is not there is refused with
// ErrUnknown, and an owner who holds some of it unconfirmed with ErrLapsed; then nothing is restored. It acts each time
// that it is called.
func Restore(tx *db.Tx, owner string, parts []Want) error {
	total, err := sum(parts)
	if err != nil {
		return err
	}
	if owner == "" {
		return ErrWant.About("nobody restores %d pools", len(total))
	}
	for _, w := range total {
		tx.Lock("hold:" + w.Key)
		rows, err := holddb.New(tx).RestoreSome(tx.Context(), holddb.RestoreSomeParams{N: w.Quantity, Key: w.Key, Most: sizeMax})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return ErrUnknown.About("restore %d of %s for %s", w.Quantity, w.Key, owner)
		}
		regained, err := holddb.New(tx).Regain(tx.Context(), holddb.RegainParams{Owner: owner, Key: w.Key, N: w.Quantity})
		if err != nil {
			return err
		}
		if regained == 0 {
			return ErrLapsed.About("restore %d of %s for %s", w.Quantity, w.Key, owner)
		}
	}
	return nil
}

// lessen makes the claims of an owner smaller by the summed parts, which it gives in key order.
func lessen(tx *db.Tx, owner string, parts []Want) ([]Want, error) {
	total, err := sum(parts)
	if err != nil || len(total) == 0 {
		return nil, err
	}
	claims, err := Of(tx, owner)
	if err != nil {
		return nil, err
	}
	later := holddb.New(tx.Later())
	for _, w := range total {
		at := slices.IndexFunc(claims, func(c Claim) bool { return c.Key == w.Key && c.State != StateLapsed })
		switch {
		case at < 0 || claims[at].Quantity < w.Quantity:
			return nil, ErrNotHeld.About("%d of %s for %s", w.Quantity, w.Key, owner)
		case claims[at].Quantity == w.Quantity:
			err = later.DropOne(tx.Context(), holddb.DropOneParams{Owner: owner, Key: w.Key})
		default:
			err = later.Lessen(tx.Context(), holddb.LessenParams{N: w.Quantity, Owner: owner, Key: w.Key})
		}
		if err != nil {
			return nil, err
		}
	}
	return total, nil
}

// Expire gives back what was held too long, at most limit claims, the oldest first, and says how many it were. A claim
// that lapsed thirty days ago is forgotten. Call it again while it gives limit.
func Expire(tx *db.Tx, limit int) (int, error) {
	q := holddb.New(tx)
	rows, err := q.Lapse(tx.Context(), holddb.LapseParams{Now: span.Micros(tx.Now()), Most: int64(limit)})
	if err != nil {
		return 0, err
	}
	back := map[string]int64{}
	for _, r := range rows {
		back[r.Key] += r.Quantity
	}
	var moves []Want
	for key, n := range back {
		moves = append(moves, Want{key, -n})
	}
	byKey(moves)
	if err := move(tx, moves); err != nil {
		return 0, err
	}
	before := span.Micros(tx.Now().Add(-lapsedKept))
	_, err = q.Forget(tx.Context(), holddb.ForgetParams{Before: before, Most: int64(limit)})
	return len(rows), err
}

func byKey(wants []Want) {
	slices.SortFunc(wants, func(a, b Want) int { return cmp.Compare(a.Key, b.Key) })
}
