package clearing

import (
	"cmp"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"

	"sauda/core/ledger"
	"sauda/gear/db"
)

// house gives an account of the house itself.
func house(part string) ledger.Account { return ledger.ExchangeHouse(part) }

// accountAt gives the account of the exchange that a place is of, if it is one of an investor.
func accountAt(place ledger.Account) (account string, ours bool) {
	return strings.CutPrefix(string(place), "exchange/")
}

// held is one asset in one place.
type held struct {
	place ledger.Account
	asset string
}

func (h held) compare(o held) int {
	return cmp.Or(cmp.Compare(h.place, o.place), cmp.Compare(h.asset, o.asset))
}

// sums counts assets in places: what is there, or what changes.
type sums map[held]int64

// pass moves an amount from one place to another.
func (s sums) pass(from, to ledger.Account, asset string, n int64) {
	s[held{from, asset}] -= n
	s[held{to, asset}] += n
}

// inOrder gives all that is not zero, by place and asset.
func (s sums) inOrder() []held {
	keys := make([]held, 0, len(s))
	for h, n := range s {
		if n != 0 {
			keys = append(keys, h)
		}
	}
	slices.SortFunc(keys, held.compare)
	return keys
}

// transfers leads every change through the house: first what is given, then what is got. What does not sum to zero in
// each asset is refused, so nothing stays on the house.
func (s sums) transfers() ([]ledger.Transfer, error) {
	var given, got []ledger.Transfer
	left := make(map[string]int64)
	for _, h := range s.inOrder() {
		n := s[h]
		if n == math.MinInt64 {
			return nil, ErrOverflow.About("%s at %s", h.asset, h.place)
		}
		left[h.asset] += n
		if n < 0 {
			given = append(given, ledger.Transfer{Debit: h.place, Credit: house("ccp"), Asset: h.asset, Amount: -n})
		} else {
			got = append(got, ledger.Transfer{Debit: house("ccp"), Credit: h.place, Asset: h.asset, Amount: n})
		}
	}
	for asset, n := range left {
		if n != 0 {
			return nil, errUneven(asset, n)
		}
	}
	return append(given, got...), nil
}

// post writes the changes as one posting, and the receipts of goods go with them. Nothing to change is no posting.
func (s sums) post(tx *db.Tx, kind, ref, cause string) error {
	transfers, err := s.transfers()
	if err != nil || len(transfers) == 0 {
		return err
	}
	if _, err := ledger.Post(tx, ledger.Posting{Kind: kind, Ref: ref, Cause: cause, Transfers: transfers}); err != nil {
		return err
	}
	return carry(tx, s)
}

// places gives all places that something changes at.
func (s sums) places() []ledger.Account {
	seen := make(map[ledger.Account]bool)
	for h := range s {
		seen[h.place] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// covered refuses changes that would take a place below zero; only the vault, which holds the other side of everything,
// may stand there.
func (s sums) covered(tx *db.Tx) error {
	have, err := holdings(tx, s.places())
	if err != nil {
		return err
	}
	for _, h := range s.inOrder() {
		if n := s[h]; n < 0 && h.place != house("vault") && have[h]+n < 0 {
			return ErrShort.About("%s has %d %s, %d are needed", h.place, have[h], h.asset, -n)
		}
	}
	return nil
}

// holdings gives what places have, in one statement.
func holdings(tx *db.Tx, places []ledger.Account) (sums, error) {
	found, err := ledger.Turnovers(tx, places)
	if err != nil {
		return nil, err
	}
	have := make(sums)
	for place, turnovers := range found {
		for _, t := range turnovers {
			have[held{place, t.Asset}] += t.Credit - t.Debit
		}
	}
	return have, nil
}

// Holdings gives what accounts have of each asset, in one statement: money, securities and goods that are settled. What
// they have nothing of is absent.
func Holdings(tx *db.Tx, accounts []string) (map[string]map[string]int64, error) {
	places := make([]ledger.Account, len(accounts))
	name := make(map[ledger.Account]string, len(accounts))
	for i, a := range accounts {
		places[i] = ledger.Exchange(a)
		name[places[i]] = a
	}
	have, err := holdings(tx, places)
	if err != nil {
		return nil, err
	}
	all := make(map[string]map[string]int64, len(accounts))
	for h, n := range have {
		if n == 0 {
			continue
		}
		if all[name[h.place]] == nil {
			all[name[h.place]] = make(map[string]int64)
		}
		all[name[h.place]][h.asset] = n
	}
	return all, nil
}

// Secured gives what all accounts have given as security for their forwards, in one statement.
func Secured(tx *db.Tx) (map[Holding]int64, error) {
	standing, err := ledger.Balances(tx, "exchange-margin")
	if err != nil {
		return nil, err
	}
	all := make(map[Holding]int64, len(standing))
	for _, s := range standing {
		all[Holding{strings.TrimPrefix(string(s.Account), "exchange-margin/"), s.Asset}] = -s.Balance()
	}
	return all, nil
}

// checkAssets refuses names that the ledger would refuse.
func checkAssets(assets ...string) error {
	var wrong []error
	for _, a := range assets {
		wrong = append(wrong, ledger.CheckAsset(a))
	}
	return errors.Join(wrong...)
}
