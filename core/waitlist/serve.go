package waitlist

import (
	"time"

	"sauda/base/span"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/core/waitlist/waitlistdb"
	"sauda/gear/db"
)

// offersMax is how many offers one moment makes, so that nobody waits long behind it; the next one makes more.
const offersMax = 100

// Serve goes through some lines in the order of asking and offers what is free: whoever it is enough for has it held until the
// offer is over. Who asked for more keeps his place and is passed. Who waits for what is over hears so. It says how many offers
// it made; with nobody in the lines it is one statement.
func (k Kinds) Serve(tx *db.Tx, lines ...string) (int, error) {
	rows, err := waitlistdb.New(tx).Standing(tx.Context(), db.In(lines))
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	all, err := waitsOf(rows)
	if err != nil {
		return 0, err
	}
	demands, err := k.demands(tx, all)
	if err != nil {
		return 0, err
	}
	waiting, err := endOver(tx, all, demands)
	if err != nil {
		return 0, err
	}
	left, err := leftFor(tx, waiting, demands)
	if err != nil {
		return 0, err
	}
	made := 0
	for _, w := range waiting {
		way, fits := left.way(demands[w.ID])
		if !fits {
			continue
		}
		if made++; made > offersMax {
			return offersMax, nil
		}
		if err := offer(tx, w, way, demands[w.ID].Until); err != nil {
			return 0, err
		}
	}
	return made, nil
}

// ServeAfter serves some lines behind one, and gives the last of them; empty when there are no more. It is the net below Serve: it
// finds what came free without anybody saying so.
func (k Kinds) ServeAfter(tx *db.Tx, after string, limit int) (next string, err error) {
	lines, err := waitlistdb.New(tx).Lines(tx.Context(), waitlistdb.LinesParams{After: after, Page: int64(limit)})
	if err != nil || len(lines) == 0 {
		return "", err
	}
	if _, err := k.Serve(tx, lines...); err != nil {
		return "", err
	}
	return lines[len(lines)-1], nil
}

// Offer offers one who waits what he asked for, by the hand of the staff of the seller: before those ahead of him, if enough is
// free. ErrTooFew is when there is not.
func (k Kinds) Offer(tx *db.Tx, of seller.ID, id ID) (Wait, error) {
	w, err := ofSeller(tx, of, id, ScopeWrite)
	if err != nil {
		return Wait{}, err
	}
	if w.State != StateWaiting {
		return w, nil
	}
	demands, err := k.demands(tx, []Wait{w})
	if err != nil {
		return Wait{}, err
	}
	d, there := demands[id]
	if !there {
		return Wait{}, ErrOver.About("%s", id)
	}
	left, err := leftFor(tx, []Wait{w}, demands)
	if err != nil {
		return Wait{}, err
	}
	way, fits := left.way(d)
	if !fits {
		return Wait{}, ErrTooFew.About("%d for %s", w.Places, id)
	}
	if err := offer(tx, w, way, d.Until); err != nil {
		return Wait{}, err
	}
	return find(tx, id)
}

// demands asks each context what those take who wait for something of its.
func (k Kinds) demands(tx *db.Tx, all []Wait) (map[ID]Demand, error) {
	by := make(map[string][]Wait)
	for _, w := range all {
		by[w.Kind] = append(by[w.Kind], w)
	}
	demands := make(map[ID]Demand, len(all))
	for name, kind := range k {
		if len(by[name]) == 0 {
			continue
		}
		some, err := kind.Demands(tx, by[name]) // A house has two kinds.
		if err != nil {
			return nil, err
		}
		for id, d := range some {
			if d.Until.After(tx.Now()) {
				demands[id] = d
			}
		}
	}
	return demands, nil
}

// endOver ends those who wait for what is over, gives back what is held for them, and gives those who wait on.
func endOver(tx *db.Tx, all []Wait, demands map[ID]Demand) (waiting []Wait, err error) {
	over := map[State][]ID{}
	for _, w := range all {
		if _, there := demands[w.ID]; there {
			if w.State == StateWaiting {
				waiting = append(waiting, w)
			}
			continue
		}
		to := StateEnded
		if !w.Closes.After(tx.Now()) {
			to = StateLate
		}
		if w.State == StateOffered {
			if err := hold.Release(tx, w.ID.Owner()); err != nil {
				return nil, err
			}
		}
		over[to] = append(over[to], w.ID)
		if err := tx.Emit(Ended{w.about(), to == StateLate}); err != nil {
			return nil, err
		}
	}
	for _, to := range []State{StateLate, StateEnded} {
		if err := end(tx, over[to], to); err != nil {
			return nil, err
		}
	}
	return waiting, nil
}

// EndProduct ends the waiting for all of a product that is not sold any more.
func EndProduct(tx *db.Tx, product string) error {
	rows, err := waitlistdb.New(tx).OfProduct(tx.Context(), product)
	if err != nil || len(rows) == 0 {
		return err
	}
	all, err := waitsOf(rows)
	if err != nil {
		return err
	}
	_, err = endOver(tx, all, nil)
	return err
}

func end(tx *db.Tx, ids []ID, to State) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := waitlistdb.New(tx).End(tx.Context(), waitlistdb.EndParams{State: string(to), UntilAt: span.Micros(tx.Now().Add(kept)), Ids: db.In(ids)})
	return err
}

// free is what is left of pools, by their keys.
type free map[string]int64

// leftFor gives what is left of all that some take, in one statement.
func leftFor(tx *db.Tx, all []Wait, demands map[ID]Demand) (free, error) {
	var keys []string
	seen := make(map[string]bool)
	for _, w := range all {
		for _, way := range demands[w.ID].Ways {
			for _, want := range way {
				if !seen[want.Key] {
					seen[want.Key] = true
					keys = append(keys, want.Key)
				}
			}
		}
	}
	return hold.Left(tx, keys)
}

// way gives the first way for which enough is left, and takes it.
func (f free) way(d Demand) ([]hold.Want, bool) {
	for _, way := range d.Ways {
		need := make(map[string]int64, len(way))
		for _, w := range way {
			need[w.Key] += w.Quantity
		}
		fits := len(way) > 0
		for key, n := range need {
			fits = fits && f[key] >= n
		}
		if !fits {
			continue
		}
		for key, n := range need {
			f[key] -= n
		}
		return way, true
	}
	return nil, false
}

// offer holds for somebody what he asked for, and states it.
func offer(tx *db.Tx, w Wait, way []hold.Want, last time.Time) error {
	until := tx.Now().Add(OfferTime)
	if last.Before(until) {
		until = last
	}
	if err := hold.Take(tx, w.ID.Owner(), way, until.Add(Grace)); err != nil {
		return err
	}
	n, err := waitlistdb.New(tx).Offer(tx.Context(), waitlistdb.OfferParams{ID: string(w.ID), UntilAt: span.Micros(until)})
	if err == nil && n == 0 {
		err = db.ErrRace // He has left meanwhile.
	}
	if err != nil {
		return err
	}
	return tx.Emit(Offered{w.about(), until})
}

// Lapse ends at most limit offers whose time is over, gives back what is held for them, and forgets what was made of offers and
// what is over for a week. It says how many; call it again while it gives limit.
func Lapse(tx *db.Tx, limit int) (int, error) {
	rows, err := waitlistdb.New(tx).Due(tx.Context(), waitlistdb.DueParams{Now: span.Micros(tx.Now()), Most: int64(limit)})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	all, err := waitsOf(rows)
	if err != nil {
		return 0, err
	}
	var lapsed, gone []ID
	for _, w := range all {
		if w.State != StateOffered {
			gone = append(gone, w.ID)
			continue
		}
		lapsed = append(lapsed, w.ID)
		if err := hold.Release(tx, w.ID.Owner()); err != nil {
			return 0, err
		}
		if err := tx.Emit(Lapsed{w.about()}); err != nil {
			return 0, err
		}
	}
	if err := end(tx, lapsed, StateLapsed); err != nil {
		return 0, err
	}
	return len(all), drop(tx, gone)
}
