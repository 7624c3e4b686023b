package clearing

import (
	"strings"

	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Reconcile holds the house to its rules and gives what breaks them, in their order:
//
//	even       each asset sums to zero over all accounts of the ledger
//	flat       nothing stands on the account of the house
//	negative   no account, margin, share or part of the house is below zero
//	vault      the vault holds what was brought in less what was taken out
//	sides      buyers and sellers have settled the same; registered is settled, open and ended
//	trades     each trade has its two obligations
//	receipts   what an account has of goods is what its receipts say
//
// It reads the whole ledger.
func Reconcile(tx *db.Tx) ([]Breach, error) {
	trial, err := ledger.Trial(tx)
	if err != nil {
		return nil, err
	}
	moved, err := clearingdb.New(tx).MovedIn(tx.Context())
	if err != nil {
		return nil, err
	}
	vault := make(map[string]int64)
	for _, m := range moved {
		vault[m.Asset] = m.Amount
	}
	found := standing(trial, vault)
	more, err := registered(tx)
	if err != nil {
		return nil, err
	}
	stored, err := clearingdb.New(tx).StoredBy(tx.Context())
	if err != nil {
		return nil, err
	}
	return append(append(found, more...), receipts(trial, stored)...), nil
}

// standing judges the balances of the ledger.
func standing(trial []ledger.Standing, vault map[string]int64) (found []Breach) {
	even := make(map[string]int64)
	for _, s := range trial {
		even[s.Asset] += s.Balance()
		name := string(s.Account) + " " + s.Asset
		switch {
		case s.Account == house("ccp"):
			if s.Balance() != 0 {
				found = append(found, Breach{"flat", name, s.Balance(), 0})
			}
		case s.Account == house("vault"):
			if s.Balance() != vault[s.Asset] {
				found = append(found, Breach{"vault", name, s.Balance(), vault[s.Asset]})
			}
			delete(vault, s.Asset)
		case strings.HasPrefix(string(s.Account), "exchange") && s.Balance() > 0:
			found = append(found, Breach{"negative", name, -s.Balance(), 0})
		}
	}
	for _, asset := range sorted(even) {
		if even[asset] != 0 {
			found = append(found, Breach{"even", asset, even[asset], 0})
		}
	}
	for _, asset := range sorted(vault) {
		if vault[asset] != 0 {
			found = append(found, Breach{"vault", asset, 0, vault[asset]})
		}
	}
	return found
}

// registered judges what trades have come to.
func registered(tx *db.Tx) (found []Breach, err error) {
	sides, err := clearingdb.New(tx).SidesOfAssets(tx.Context())
	if err != nil {
		return nil, err
	}
	trades, err := clearingdb.New(tx).TradesOf(tx.Context())
	if err != nil {
		return nil, err
	}
	bought := make(map[string]clearingdb.SidesOfAssetsRow)
	count := make(map[string]int64)
	for _, s := range sides {
		count[s.Asset] += s.N
		if sum := s.Settled + s.Open + s.Ended; s.Quantity != sum {
			found = append(found, Breach{"sides", s.Asset + " " + s.Side, sum, s.Quantity})
		}
		if sum := s.Paid + s.Owed + s.Dropped; s.Amount != sum {
			found = append(found, Breach{"sides", s.Asset + " " + s.Side + " money", sum, s.Amount})
		}
		if s.Side == string(Buy) {
			bought[s.Asset] = s
			continue
		}
		b := bought[s.Asset]
		for _, pair := range [][2]int64{
			{s.Settled, b.Settled}, {s.Open, b.Open}, {s.Ended, b.Ended}, {s.Paid, b.Paid}, {s.Owed, b.Owed}, {s.Dropped, b.Dropped},
		} {
			if pair[0] != pair[1] {
				found = append(found, Breach{"sides", s.Asset, pair[0], pair[1]})
			}
		}
	}
	for _, t := range trades {
		if count[t.Asset] != 2*t.N {
			found = append(found, Breach{"trades", t.Asset, count[t.Asset], 2 * t.N})
		}
	}
	return found, nil
}

// receipts judges what receipts add up to.
func receipts(trial []ledger.Standing, stored []clearingdb.StoredByRow) (found []Breach) {
	goods := make(map[string]bool)
	want := make(map[string]int64)
	for _, r := range stored {
		goods[r.Asset] = true
		want[string(ledger.Exchange(r.Owner))+" "+r.Asset] = r.Quantity
	}
	for _, s := range trial {
		if !goods[s.Asset] || !strings.HasPrefix(string(s.Account), "exchange/") {
			continue
		}
		name := string(s.Account) + " " + s.Asset
		if -s.Balance() != want[name] {
			found = append(found, Breach{"receipts", name, want[name], -s.Balance()})
		}
		delete(want, name)
	}
	for _, name := range sorted(want) {
		found = append(found, Breach{"receipts", name, want[name], 0})
	}
	return found
}
