package clearing_test

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/clearing"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// TestStatement gives the opening, the movements and the closing of a day, whatever came after it; over three hundred
// movements, more than a page of the ledger, lie on the second day.
func TestStatement(t *testing.T) {
	each(t, func(x *exchange) {
		today := span.DayOf(x.Clock.Now(), span.Almaty)
		x.give("acc_a", "KZT", 1000)
		x.give("acc_a", "KZ:KSPI", 5)
		x.Clock.Advance(12 * time.Hour) // Midnight in Almaty: the next day.
		for i := range 303 {
			x.give("acc_a", "KZT", int64(i+1))
		}
		x.register(sale(1, "acc_a", "acc_b", 2, 300))
		x.give("acc_b", "KZT", 300)
		x.settle(run(today))
		x.must(func(tx *db.Tx) error {
			return clearing.Withdraw(tx, clearing.Movement{Ref: "out", Place: "exchange/acc_a", Asset: "KZT", Amount: 47356})
		})
		x.Clock.Advance(24*time.Hour - time.Microsecond) // Still the second day, by one microsecond less than a day.
		x.give("acc_a", "USD", 7)
		x.Clock.Advance(time.Microsecond)
		x.give("acc_a", "KZT", 9)
		for day, want := range map[int]string{
			-1: "acc_a  [] 0",
			0:  "acc_a  [{KZ:KSPI 0 5 0 5} {KZT 0 1000 0 1000}] 2",
			1:  "acc_a  [{KZ:KSPI 5 0 2 3} {KZT 1000 46356 47356 0} {USD 0 7 0 7}] 307",
			2:  "acc_a  [{KZ:KSPI 3 0 0 3} {KZT 0 9 0 9} {USD 7 0 0 7}] 1",
			3:  "acc_a  [{KZ:KSPI 3 0 0 3} {KZT 9 0 0 9} {USD 7 0 0 7}] 0",
		} {
			x.Look(t, func(tx *db.Tx) error {
				s, err := clearing.StatementOf(tx, "acc_a", today.AddDays(day), span.Almaty)
				if got := fmt.Sprint(s.Account, "  ", s.Lines, " ", len(s.Entries)); got != want {
					t.Errorf("day %d: %s, want %s", day, got, want)
				}
				if day == 1 && (s.Entries[0].Amount != 1 || s.Entries[305].Kind != "exchange.withdrawal" || s.Entries[305].Amount != -47356) {
					t.Errorf("entries %+v … %+v", s.Entries[0], s.Entries[305])
				}
				return err
			})
		}
	})
}

func TestFiles(t *testing.T) {
	each(t, func(x *exchange) {
		trade := sale(1, "acc_s", "acc_b", 10, 1000)
		trade.BuyFee = 116
		x.register(trade, sale(2, "acc_s", "acc_b", 3, 300), sale(3, "acc_s", "acc_b", 1, 90))
		x.give("acc_s", "KZ:KSPI", 12)
		x.give("acc_b", "KZT", 2000)
		x.must(bust(3))
		x.settle(run(monday))
		x.Look(t, func(tx *db.Tx) error {
			files, err := clearing.FilesOf(tx, monday)
			for name, test := range map[string]struct {
				file []byte
				want string
			}{
				"trades": {files.Trades, `
1,ins_kspi,KZ:KSPI,KZT,100,10,1000,acc_b,acc_s,2,3,2026-11-23,2026-11-23,116,0,16,continuous,0
2,ins_kspi,KZ:KSPI,KZT,100,3,300,acc_b,acc_s,4,5,2026-11-23,2026-11-23,0,0,16,continuous,0
3,ins_kspi,KZ:KSPI,KZT,90,1,90,acc_b,acc_s,6,7,2026-11-23,2026-11-23,0,0,16,continuous,1
`},
				"obligations": {files.Obligations, `
1,buy,acc_b,KZ:KSPI,KZT,2026-11-23,2026-11-23,10,10,0,0,1000,1000,0,0,0,settled
1,sell,acc_s,KZ:KSPI,KZT,2026-11-23,2026-11-23,10,10,0,0,1000,1000,0,0,0,settled
2,buy,acc_b,KZ:KSPI,KZT,2026-11-23,2026-11-24,3,2,1,0,300,200,100,0,1,open
2,sell,acc_s,KZ:KSPI,KZT,2026-11-23,2026-11-24,3,2,1,0,300,200,100,0,1,failed
3,buy,acc_b,KZ:KSPI,KZT,2026-11-23,2026-11-23,1,0,0,1,90,0,0,90,0,busted
3,sell,acc_s,KZ:KSPI,KZT,2026-11-23,2026-11-23,1,0,0,1,90,0,0,90,0,busted
`},
				"failures": {files.Failures, "\n2,2026-11-23,acc_s,KZ:KSPI,1,100,KZT,0,1\n"},
			} {
				rows, err := csv.NewReader(strings.NewReader(string(test.file))).ReadAll()
				if err != nil || len(rows) == 0 {
					t.Fatalf("%s: %v", name, err)
				}
				if _, body, _ := strings.Cut(strings.ReplaceAll(string(test.file), "\r\n", "\n"), "\n"); "\n"+body != test.want {
					t.Errorf("%s:\n%s, want%s", name, body, test.want)
				}
			}
			return err
		})
	})
}

// TestReconcileSees breaks each rule of the house behind its back, and wants it found.
func TestReconcileSees(t *testing.T) {
	for rule, statements := range map[string][]string{
		"flat": {
			"INSERT INTO ledger_posting (id, kind, ref, at, cause) VALUES ('txn_x', 'x', 'x', 1, '')",
			"INSERT INTO ledger_transfer (posting, position, debit, credit, asset, amount, seller) VALUES ('txn_x', 1, 'exchange/acc_b', 'exchange-house/ccp', 'KZT', 1, '')",
		},
		"negative": {
			"INSERT INTO ledger_posting (id, kind, ref, at, cause) VALUES ('txn_x', 'x', 'x', 1, '')",
			"INSERT INTO ledger_transfer (posting, position, debit, credit, asset, amount, seller) VALUES ('txn_x', 1, 'exchange/acc_x', 'exchange/acc_b', 'KZT', 1, '')",
		},
		"vault":    {"UPDATE clearing_movement SET amount = amount + 1"},
		"sides":    {"UPDATE clearing_obligation SET settled = settled - 1, ended = ended + 1 WHERE side = 'buy'"},
		"trades":   {"DELETE FROM clearing_obligation WHERE side = 'buy'"},
		"receipts": {"UPDATE clearing_receipt SET owner = 'acc_x'"},
	} {
		t.Run(rule, func(t *testing.T) {
			each(t, func(x *exchange) {
				x.give("acc_s", "KZ:KSPI", 10)
				x.give("acc_b", "KZT", 1000)
				x.must(lodge("r1", "acc_s", 10, "2027-05-01"))
				x.register(sale(1, "acc_s", "acc_b", 10, 1000))
				x.settle(run(monday))
				x.sound()
				cut := fmt.Errorf("enough seen")
				if err := x.Try(func(tx *db.Tx) error {
					for _, statement := range statements {
						if _, err := tx.ExecContext(tx.Context(), statement); err != nil {
							return err
						}
					}
					found, err := clearing.Reconcile(tx)
					if !slices.ContainsFunc(found, func(b clearing.Breach) bool { return b.Rule == rule && b.Got != b.Want }) {
						t.Errorf("found %+v", found)
					}
					if err != nil {
						return err
					}
					return cut
				}); err != cut {
					t.Error(err)
				}
			})
		})
	}
}

// TestSchemaRefuses shows that the tables keep what a trade comes to without the verbs.
func TestSchemaRefuses(t *testing.T) {
	each(t, func(x *exchange) {
		x.give("acc_s", "KZ:KSPI", 4)
		x.give("acc_b", "KZT", 1000)
		x.register(sale(1, "acc_s", "acc_b", 10, 1000))
		x.settle(run(monday))
		for _, statement := range []string{
			"UPDATE clearing_obligation SET settled = settled + 1",
			"UPDATE clearing_obligation SET open = -1, settled = quantity + 1",
			"UPDATE clearing_obligation SET paid = paid + 1",
			"UPDATE clearing_obligation SET state = 'settled'",
			"UPDATE clearing_obligation SET open = 0, settled = quantity",
			"UPDATE clearing_trade SET kind = 'dice'",
			"UPDATE clearing_failure SET open = 0",
			"INSERT INTO clearing_movement (ref, place, source, asset, amount, at) VALUES ('in1', 'x', '', 'KZT', 1, 1)",
		} {
			if err := x.Try(func(tx *db.Tx) error {
				_, err := tx.ExecContext(tx.Context(), statement)
				return err
			}); err == nil {
				t.Errorf("allowed: %s", statement)
			}
		}
		x.has(ledger.Exchange("acc_b"), "KZ:KSPI 4, KZT 600")
	})
}
