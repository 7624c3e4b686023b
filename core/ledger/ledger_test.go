package ledger_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/money"
	"sauda/core/ledger"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{ledger.Schema}

func charge(ref string, minor int64) ledger.Posting {
	return ledger.Posting{Kind: "charge", Ref: ref, Cause: "ord_1", Transfers: []ledger.Transfer{
		ledger.Move(ledger.Buyer("ord_1"), ledger.Sales("sel_own"), money.Of(minor, money.KZT), "sel_own"),
		ledger.Move(ledger.Buyer("ord_1"), ledger.Tax("sel_own", "KZ", "standard"), money.Of(16, money.KZT), "sel_own"),
	}}
}

func balance(t *testing.T, s *dbtest.Store, a ledger.Account) (b int64) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		b, err = ledger.Balance(tx, a, "KZT")
		return err
	})
	return b
}

func TestPost(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error {
			_, err := ledger.Post(tx, charge("ord_1", 100))
			return err
		})
		err := s.Try(func(tx *db.Tx) error {
			_, err := ledger.Post(tx, charge("ord_1", 999))
			return err
		})
		if !errors.Is(err, ledger.ErrPosted) {
			t.Errorf("posted twice: %v, want ErrPosted", err)
		}
		for account, want := range map[ledger.Account]int64{
			ledger.Buyer("ord_1"): 116, ledger.Sales("sel_own"): -100, ledger.Tax("sel_own", "KZ", "standard"): -16,
			ledger.Bank("sel_own"): 0,
		} {
			if got := balance(t, s, account); got != want {
				t.Errorf("balance of %s: %d, want %d", account, got, want)
			}
		}
	})
}

// TestPostTwiceInAMoment lets a caller treat a repeat as done and go on with its moment.
func TestPostTwiceInAMoment(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error {
			for n, want := range []error{nil, ledger.ErrPosted} {
				if _, err := ledger.Post(tx, charge("ord_1", 100)); !errors.Is(err, want) {
					t.Errorf("posting %d: %v, want %v", n, err, want)
				}
			}
			return nil
		})
		if got := balance(t, s, ledger.Buyer("ord_1")); got != 116 {
			t.Errorf("balance: %d, want 116", got)
		}
	})
}

func TestPostRefuses(t *testing.T) {
	good := ledger.Transfer{Debit: "bank/a", Credit: "gateway/b", Asset: "KZT", Amount: 1}
	with := func(change func(*ledger.Transfer)) ledger.Posting {
		bad := good
		change(&bad)
		return ledger.Posting{Kind: "k", Ref: "r", Transfers: []ledger.Transfer{good, bad}}
	}
	tests := map[string]struct {
		posting ledger.Posting
		want    error
	}{
		"nothing":         {ledger.Posting{Kind: "k", Ref: "r"}, ledger.ErrEmpty},
		"no kind":         {ledger.Posting{Ref: "r", Transfers: []ledger.Transfer{good}}, ledger.ErrEmpty},
		"no ref":          {ledger.Posting{Kind: "k", Transfers: []ledger.Transfer{good}}, ledger.ErrEmpty},
		"zero":            {with(func(t *ledger.Transfer) { t.Amount = 0 }), ledger.ErrAmount},
		"negative":        {with(func(t *ledger.Transfer) { t.Amount = -5 }), ledger.ErrAmount},
		"to itself":       {with(func(t *ledger.Transfer) { t.Credit = t.Debit }), ledger.ErrSame},
		"no path":         {with(func(t *ledger.Transfer) { t.Debit = "bank" }), ledger.ErrAccount},
		"a strange path":  {with(func(t *ledger.Transfer) { t.Credit = "bank/Ақ ша" }), ledger.ErrAccount},
		"a long path":     {with(func(t *ledger.Transfer) { t.Credit = ledger.Bank(strings.Repeat("x", 200)) }), ledger.ErrAccount},
		"no asset":        {with(func(t *ledger.Transfer) { t.Asset = "" }), ledger.ErrAsset},
		"a strange asset": {with(func(t *ledger.Transfer) { t.Asset = "tenge" }), ledger.ErrAsset},
	}
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for name, test := range tests {
			err := s.Try(func(tx *db.Tx) error {
				_, err := ledger.Post(tx, test.posting)
				return err
			})
			if !errors.Is(err, test.want) {
				t.Errorf("%s: %v, want %v", name, err, test.want)
			}
		}
		s.Moment(t, func(tx *db.Tx) error {
			trial, err := ledger.Trial(tx)
			if len(trial) != 0 {
				t.Errorf("a refused posting left %v", trial)
			}
			return err
		})
	})
}

// TestSchemaRefuses shows that the tables keep the rules without the verbs.
func TestSchemaRefuses(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error {
			_, err := ledger.Post(tx, charge("ord_1", 100))
			return err
		})
		for _, statement := range []string{
			"UPDATE ledger_transfer SET amount = 0",
			"UPDATE ledger_transfer SET amount = -1",
			"UPDATE ledger_transfer SET credit = debit",
			"INSERT INTO ledger_posting (id, kind, ref, at, cause) VALUES ('txn_x', 'charge', 'ord_1', 1, '')",
		} {
			err := s.Try(func(tx *db.Tx) error {
				_, err := tx.ExecContext(tx.Context(), statement)
				return err
			})
			if err == nil {
				t.Errorf("allowed: %s", statement)
			}
		}
	})
}

func TestStatementsOfPost(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		got := s.Statements(func() {
			s.Moment(t, func(tx *db.Tx) error {
				_, err := ledger.Post(tx, charge("ord_1", 100))
				return err
			})
		})
		if got > 3 {
			t.Errorf("a posting of 2 transfers took %d statements, want at most 3", got)
		}
	})
}

// TestPostMany writes a posting of a thousand transfers in a few statements, each transfer in its place.
func TestPostMany(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		p := ledger.Posting{Kind: "exchange.settle", Ref: "1"}
		var sum int64
		for n := range int64(1001) {
			p.Transfers = append(p.Transfers, ledger.Transfer{
				Debit: ledger.ExchangeHouse("ccp"), Credit: ledger.Exchange(fmt.Sprint("acc_", n)), Asset: "KZT", Amount: n + 1,
			})
			sum += n + 1
		}
		if got := s.Statements(func() {
			s.Moment(t, func(tx *db.Tx) error { _, err := ledger.Post(tx, p); return err })
		}); got > 8 {
			t.Errorf("%d statements, want at most 8", got)
		}
		if got := balance(t, s, ledger.ExchangeHouse("ccp")); got != sum {
			t.Errorf("the house has %d, want %d", got, sum)
		}
		s.Look(t, func(tx *db.Tx) error {
			entries, _, err := ledger.History(tx, "exchange/acc_700", ledger.Cursor{}, 9)
			if len(entries) != 1 || entries[0].Position != 701 || entries[0].Amount != 701 {
				t.Errorf("the history of acc_700 is %v", entries)
			}
			return err
		})
	})
}

func TestHistory(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		const postings = 23
		for n := range postings {
			s.Clock.Advance(1_000_000) // Ids sort by the millisecond.
			s.Moment(t, func(tx *db.Tx) error {
				_, err := ledger.Post(tx, charge(fmt.Sprint("r", n), int64(n+1)))
				return err
			})
		}
		var amounts []int64
		var from ledger.Cursor
		for pages := 0; ; pages++ {
			var entries []ledger.Entry
			s.Moment(t, func(tx *db.Tx) (err error) {
				entries, from, err = ledger.History(tx, ledger.Sales("sel_own"), from, 5)
				return err
			})
			for _, e := range entries {
				amounts = append(amounts, e.Amount)
			}
			if from == (ledger.Cursor{}) || pages > postings {
				break
			}
		}
		want := make([]int64, postings)
		for n := range want {
			want[n] = int64(postings - n)
		}
		if !slices.Equal(amounts, want) {
			t.Errorf("history %v, want %v", amounts, want)
		}
	})
}

func TestBalances(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error {
			_, err := ledger.Post(tx, charge("ord_1", 100))
			return err
		})
		for below, want := range map[ledger.Account]string{
			"seller":           "[{seller/sel_own/sales KZT 0 100} {seller/sel_own/tax/KZ/standard KZT 0 16}]",
			"seller/sel_own":   "[{seller/sel_own/sales KZT 0 100} {seller/sel_own/tax/KZ/standard KZT 0 16}]",
			"seller/sel_ow":    "[]",
			"seller/%":         "[]",
			"buyer/ord_1":      "[{buyer/ord_1 KZT 116 0}]",
			"BUYER":            "[]",
			"":                 "[]",
			"seller/sel_own/t": "[]",
		} {
			s.Moment(t, func(tx *db.Tx) error {
				got, err := ledger.Balances(tx, below)
				if fmt.Sprint(got) != want {
					t.Errorf("below %q: %v, want %s", below, got, want)
				}
				return err
			})
		}
	})
}

// TestAgainstModel posts random postings and holds the ledger to a map of balances. Whatever is posted, the trial
// balance of each asset is even.
func TestAgainstModel(t *testing.T) {
	accounts := []ledger.Account{"bank/a", "bank/b", "gateway/card", "buyer/1", "buyer/2", "seller/a/sales", "seller/a/tax/KZ/standard"}
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		run := 0
		model := map[string]int64{}
		rapid.Check(t, func(rt *rapid.T) {
			run++
			p := ledger.Posting{Kind: "k", Ref: fmt.Sprint(run)}
			for range rapid.IntRange(1, 5).Draw(rt, "transfers") {
				pair := rapid.Permutation(accounts).Draw(rt, "accounts")
				p.Transfers = append(p.Transfers, ledger.Transfer{
					Debit: pair[0], Credit: pair[1], Asset: rapid.SampledFrom([]string{"KZT", "USD", "KZ:KSPI"}).Draw(rt, "asset"),
					Amount: rapid.Int64Range(1, 1_000_000_000).Draw(rt, "amount"),
				})
			}
			s.Moment(t, func(tx *db.Tx) error {
				_, err := ledger.Post(tx, p)
				return err
			})
			for _, m := range p.Transfers {
				model[string(m.Debit)+" "+m.Asset] += m.Amount
				model[string(m.Credit)+" "+m.Asset] -= m.Amount
			}
		})
		got, even := map[string]int64{}, map[string]int64{}
		s.Moment(t, func(tx *db.Tx) error {
			trial, err := ledger.Trial(tx)
			for _, row := range trial {
				got[string(row.Account)+" "+row.Asset] = row.Balance()
				even[row.Asset] += row.Debit - row.Credit
			}
			return err
		})
		if !maps.Equal(got, model) {
			t.Errorf("the ledger says %v, the model %v", got, model)
		}
		for asset, sum := range even {
			if sum != 0 {
				t.Errorf("%s is off by %d", asset, sum)
			}
		}
	})
}

func TestNames(t *testing.T) {
	for account, want := range map[ledger.Account]string{
		ledger.Buyer("ord_1"):                   "Owed by the buyer: ord_1",
		ledger.Tax("sel_own", "KZ", "standard"): "Tax to pay: sel_own, KZ, standard",
		ledger.Sales("sel_own"):                 "Earned by goods: sel_own",
		ledger.Transit("courier"):               "Cash with the carrier: courier",
		ledger.Exchange("acc_1"):                "Investor's account on the exchange: acc_1",
		ledger.ExchangeMargin("acc_1"):          "Margin for forwards: acc_1",
		ledger.ExchangeFund("mbr_1"):            "Share in the default fund: mbr_1",
		ledger.ExchangeHouse("ccp"):             "Central counterparty of the exchange",
		ledger.ExchangeHouse("vault"):           "Assets brought to the exchange",
		ledger.ExchangePledge("A00000002"):      "Guarantee for a bidding: A00000002",
		"exchange-house/cellar":                 "Account: exchange-house/cellar",
		"seller/x/unheard":                      "Account: seller/x/unheard",
		"odd":                                   "Account: odd",
	} {
		if got := ledger.NameOf(account).In("en"); got != want {
			t.Errorf("%s is called %q, want %q", account, got, want)
		}
		if kk := ledger.NameOf(account).In("kk"); kk == ledger.NameOf(account).In("ru") || kk == "" {
			t.Errorf("%s has no Kazakh name: %q", account, kk)
		}
	}
}
