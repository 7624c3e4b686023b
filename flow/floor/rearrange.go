package floor

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sauda/core/exchange/clearing"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/saga"
)

// Steward does in the books what changes trades that are open otherwise than by settling them (the end of trades with somebody
// who cannot pay, a split, a buy-in) and has the market hear of it.
//
//	a moment: the books do it ──▶ told: the market awaits what the books await
//
// What the ledger moves by it the market hears of by Follow, as always.
type Steward struct {
	floor  *Floor
	teller *saga.Teller
}

// Shift is what an account awaits more of an asset by its trades, or less when it is below zero.
type Shift struct {
	clearing.Holding
	By int64 `json:"by"`
}

// Rearranged is what the market has to hear.
type Rearranged struct {
	Ref    string  `json:"ref"`
	Shifts []Shift `json:"shifts"`
}

const rearrangeStory = "exchange_rearrangement"

// NewSteward makes a steward whose teller knows its story.
func NewSteward(f *Floor, teller *saga.Teller) *Steward {
	s := &Steward{floor: f, teller: teller}
	saga.Learn(teller, saga.Story[Rearranged]{Name: rearrangeStory, Steps: []saga.Step[Rearranged]{{Name: "told", Call: s.told}}})
	return s
}

// Rearrange has the books do something under a reference, and begins to tell the market what its accounts await after it. It is
// part of the moment in which the books do it: told again under the same reference, nobody hears of it twice.
func (s *Steward) Rearrange(tx *db.Tx, ref string, do func(*db.Tx) error) error {
	tx.Strict() // What is awaited is compared before and after.
	before, err := clearing.Awaited(tx)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return err
	}
	after, err := clearing.Awaited(tx)
	if err != nil {
		return err
	}
	shifts := shiftsOf(before, after)
	if len(shifts) == 0 {
		return nil
	}
	return saga.Begin(tx, s.teller, saga.Name{Story: rearrangeStory, Key: ref}, Rearranged{Ref: ref, Shifts: shifts})
}

// shiftsOf gives what is awaited otherwise, who gets something first: then no sum over all accounts is ever below nothing.
func shiftsOf(before, after map[clearing.Holding]int64) []Shift {
	var shifts []Shift
	for h := range after {
		if by := after[h] - before[h]; by != 0 {
			shifts = append(shifts, Shift{h, by})
		}
	}
	for h, n := range before {
		if _, still := after[h]; !still {
			shifts = append(shifts, Shift{h, -n})
		}
	}
	slices.SortFunc(shifts, func(a, b Shift) int {
		return cmp.Or(cmp.Compare(b.By, a.By), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Asset, b.Asset))
	})
	return shifts
}

// told tells the market of all shifts; of each it hears once.
func (s *Steward) told(ctx context.Context, _ string, r *Rearranged) error {
	return s.floor.shift(ctx, r.Ref, r.Shifts)
}

func (f *Floor) shift(ctx context.Context, ref string, shifts []Shift) error {
	if f == nil {
		return fmt.Errorf("%w: %w", saga.ErrLater, ErrElsewhere)
	}
	roll := f.taughtRoll()
	for _, shift := range shifts {
		m := venue.Movement{
			Ref: MovementRef("exchange.rearranged", ref, shift.Account, shift.Asset), Account: roll.numbers[shift.Account],
			Asset: roll.assets[shift.Asset], Due: shift.By, Forced: true,
		}
		if err := f.move(ctx, m); err != nil { // Whatever it was, the books have done it.
			return fmt.Errorf("%w: %s: %v", saga.ErrLater, m.Ref, err)
		}
	}
	return nil
}

// Difference is where the market and the books do not have the same.
type Difference struct {
	clearing.Holding
	What   string // What is settled or due.
	Market int64
	Books  int64
}

// Compare holds the market to the books, when both are at rest: what is settled is what the ledger has, and what is due is what
// open trades bring and owe, with their fees. It gives where they differ, in order. While trades are not written down or
// movements not heard of, there are differences that are none.
func (f *Floor) Compare(ctx context.Context, store *db.Store) ([]Difference, error) {
	roll := f.taughtRoll()
	var awaited map[clearing.Holding]int64
	var has map[string]map[string]int64
	err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
		if awaited, err = clearing.Awaited(tx); err != nil {
			return err
		}
		has, err = clearing.Holdings(tx, slices.Collect(maps.Values(roll.accounts)))
		return err
	})
	if err != nil {
		return nil, err
	}
	var found []Difference
	err = f.Look(ctx, func(v *venue.Venue) {
		for number, account := range roll.accounts {
			for asset, code := range roll.codes {
				h, b := clearing.Holding{Account: account, Asset: code}, v.Risk().Balance(number, asset)
				found = append(found, differences(h, b, has[account][code], awaited[h])...)
			}
		}
	})
	slices.SortFunc(found, func(a, b Difference) int {
		return cmp.Or(strings.Compare(a.Account, b.Account), strings.Compare(a.Asset, b.Asset), strings.Compare(a.What, b.What))
	})
	return found, err
}

func differences(h clearing.Holding, market risk.Balance, has, awaits int64) (found []Difference) {
	if market.Settled != has {
		found = append(found, Difference{h, "settled", market.Settled, has})
	}
	if market.Due != awaits {
		found = append(found, Difference{h, "due", market.Due, awaits})
	}
	return found
}

// Default closes out what is open of accounts that cannot pay, as clearing.Default does, and the market hears of it. Whoever
// calls it has stopped them before.
func (s *Steward) Default(tx *db.Tx, d clearing.Insolvency) (fallen []clearing.Waterfall, err error) {
	err = s.Rearrange(tx, "default "+d.Ref, func(tx *db.Tx) (err error) {
		fallen, err = clearing.Default(tx, d)
		return err
	})
	return fallen, err
}

// Split divides the units of an asset, as clearing.Split does, and the market hears of it. Orders and prices of what was divided
// are for whoever calls it: no order may stand.
func (s *Steward) Split(tx *db.Tx, d clearing.Division) error {
	return s.Rearrange(tx, "split "+d.Ref, func(tx *db.Tx) error { return clearing.Split(tx, d) })
}
