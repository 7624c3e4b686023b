package ledger_test

import (
	"fmt"
	"testing"

	"sauda/core/ledger"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

func TestTurnovers(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error {
			for i, minor := range []int64{100, 50} {
				if _, err := ledger.Post(tx, charge(fmt.Sprint(i), minor)); err != nil {
					return err
				}
			}
			return nil
		})
		s.Look(t, func(tx *db.Tx) error {
			got, err := ledger.Turnovers(tx, []ledger.Account{ledger.Buyer("ord_1"), ledger.Sales("sel_own"), ledger.Buyer("ord_none")})
			want := map[ledger.Account]ledger.Turnover{
				ledger.Buyer("ord_1"): {Kind: "charge", Asset: "KZT", Debit: 182}, ledger.Sales("sel_own"): {Kind: "charge", Asset: "KZT", Credit: 150},
			}
			for account, w := range want {
				if len(got) != len(want) || len(got[account]) != 1 || got[account][0] != w {
					t.Errorf("%s: %+v, want %+v", account, got, w)
				}
			}
			if none, err := ledger.Turnovers(tx, nil); err != nil || len(none) != 0 {
				t.Errorf("of none: %v %v", none, err)
			}
			return err
		})
	})
}

func TestCheckReadsEveryPosting(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		const n = 2003 // More than two pages.
		s.Moment(t, func(tx *db.Tx) error {
			for i := range n {
				if _, err := ledger.Post(tx, charge(fmt.Sprint(i), 100)); err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(tx.Context(), `INSERT INTO ledger_posting (id, kind, ref, at, cause) VALUES ('lp_0', 'charge', 'empty', 0, '')`)
			return err
		})
		s.Look(t, func(tx *db.Tx) error {
			postings, wrong := 0, 0
			for after := ledger.ID(""); ; {
				page, err := ledger.Check(tx, after)
				if err != nil {
					return err
				}
				postings, wrong = postings+page.Postings, wrong+len(page.Wrong)
				if after = page.Next; after == "" {
					break
				}
			}
			if postings != n+1 || wrong != 1 {
				t.Errorf("%d postings, %d wrong", postings, wrong)
			}
			return nil
		})
	})
}
