package floor

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/gear/db"
	"sauda/gear/job"
)

// Difference is where the market and the books do not have the same.
type Difference struct {
	clearing.Holding
	What   string // What is settled, due or locked.
	Market int64
	Books  int64
}

// Compare holds the market to the books: what is settled is what the ledger has, margins too; what is due is what open trades
// bring and owe, with their fees; what is locked is what was bought and may be sold only when it is settled. It gives where they
// differ, in order. While trades are not written down only what is settled can be compared, and it is not whole; what the market
// has yet to hear of is a difference that soon is none.
func (f *Floor) Compare(ctx context.Context, store *db.Store) (found []Difference, whole bool, err error) {
	roll := f.taughtRoll()
	var awaited, bought map[clearing.Holding]int64
	var has map[string]map[string]int64
	var secured map[clearing.Holding]int64
	var last uint64
	err = job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
		if last, err = clearing.LastTrade(tx); err != nil {
			return err
		}
		if awaited, bought, err = clearing.Awaited(tx); err != nil {
			return err
		}
		if secured, err = clearing.Secured(tx); err != nil {
			return err
		}
		has, err = clearing.Holdings(tx, slices.Collect(maps.Values(roll.accounts)))
		return err
	})
	if err != nil {
		return nil, false, err
	}
	var kept []risk.Kept
	err = f.Look(ctx, func(v *venue.Venue) { whole, kept = v.Dealt() == last, v.Risk().Kept() }) // The market waits meanwhile.
	if err != nil {
		return nil, false, err
	}
	market := make(map[clearing.Holding]risk.Balance, len(kept))
	for _, k := range kept {
		market[clearing.Holding{Account: roll.accounts[k.Account], Asset: roll.codes[k.Asset]}] = k.Balance
	}
	for h := range named(has, market, secured, awaited, bought) {
		asset := roll.assets[h.Asset]
		if roll.numbers[h.Account] == 0 || asset == 0 {
			continue
		}
		b := market[h]
		books := risk.Balance{Settled: has[h.Account][h.Asset] + secured[h], Due: awaited[h], Locked: b.Locked}
		if waits, alike := roll.waits(asset); !whole {
			books.Due = b.Due
		} else if alike {
			books.Locked = map[bool]int64{true: bought[h]}[waits]
		}
		found = append(found, differences(h, b, books)...)
	}
	slices.SortFunc(found, func(a, b Difference) int {
		return cmp.Or(strings.Compare(a.Account, b.Account), strings.Compare(a.Asset, b.Asset), strings.Compare(a.What, b.What))
	})
	return found, whole, nil
}

// named gives all of which the market or the books have anything.
func named(has map[string]map[string]int64, market map[clearing.Holding]risk.Balance, books ...map[clearing.Holding]int64) map[clearing.Holding]bool {
	all := make(map[clearing.Holding]bool, len(market))
	for account, assets := range has {
		for asset := range assets {
			all[clearing.Holding{Account: account, Asset: asset}] = true
		}
	}
	for h := range market {
		all[h] = true
	}
	for _, one := range books {
		for h := range one {
			all[h] = true
		}
	}
	return all
}

// waits says whether what is bought of an asset may be sold only when it is settled; not alike if that depends on where it was
// bought.
func (r Roll) waits(asset uint32) (waits, alike bool) {
	seen := false
	for _, i := range r.instruments {
		if i.Asset.Number != asset || i.Kind == exchange.Forward {
			continue
		}
		if seen && waits == i.Terms.SellUnsettled {
			return false, false
		}
		seen, waits = true, !i.Terms.SellUnsettled
	}
	return waits, true
}

func differences(h clearing.Holding, market, books risk.Balance) (found []Difference) {
	for _, one := range []Difference{
		{h, "settled", market.Settled, books.Settled}, {h, "due", market.Due, books.Due}, {h, "locked", market.Locked, books.Locked},
	} {
		if one.Market != one.Books {
			found = append(found, one)
		}
	}
	return found
}
