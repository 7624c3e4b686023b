package exchange_test

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"

	"sauda/core/exchange"
	"sauda/gear/db"
)

// crowd is how many act at once.
const crowd = 8

// together runs the same for each of a crowd and gives the errors.
func together(do func(n int) error) []error {
	var wait sync.WaitGroup
	errs := make([]error, crowd)
	for n := range crowd {
		wait.Go(func() { errs[n] = do(n) })
	}
	wait.Wait()
	return errs
}

// TestCrowd: of many who admit traders at once each gets a number of its own without a gap, and of many who confirm one
// proposal, or set a first limit, one does.
func TestCrowd(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		m := h.admitted(t)
		errs := together(func(n int) error {
			return try(h.asel, func(tx *db.Tx) (exchange.Trader, error) {
				return exchange.AdmitTrader(tx, m.ID, "usr_"+strconv.Itoa(n), because)
			})
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		for n, trader := range must(t, h.Store, exchange.Traders) {
			if int(trader.Number) != n+1 {
				t.Errorf("trader %d has the number %d", n, trader.Number)
			}
		}
		p := propose(t, h.asel, "ins_1")
		errs = together(func(int) error {
			return try(h.bolat, func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Confirm(tx, p.ID) })
		})
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !errors.Is(err, exchange.ErrDecided) {
				t.Errorf("confirmed beside others: %v", err)
			}
		}
		confirmed := slices.DeleteFunc(h.facts(t, "ins_1"), func(name string) bool { return name != "exchange.confirmed" })
		if done != 1 || len(confirmed) != 1 {
			t.Errorf("%d have confirmed it, and it was stated %d times", done, len(confirmed))
		}
		errs = together(func(int) error {
			return h.asel.Try(func(tx *db.Tx) error {
				return exchange.SetLimit(tx, exchange.Limit{Subject: exchange.Subject(m.ID), What: exchange.OrderValue, Most: 7, Reason: because})
			})
		})
		if limits := must(t, h.Store, exchange.Limits); errors.Join(errs...) != nil || len(limits) != 1 {
			t.Errorf("%d limits, %v", len(limits), errs)
		}
	})
}

// TestFull: when the numbers of a kind are given, no more are: a member's fit into 16 bits, a trader's into 32.
func TestFull(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		m := h.admitted(t)
		h.asel.Moment(t, func(tx *db.Tx) error {
			_, err := tx.ExecContext(tx.Context(), "UPDATE exchange_number SET last = 65534 WHERE kind = 'member'")
			return err
		})
		next := broker()
		next.Code, next.BIN = "OTHER", otherBIN
		if got := must(t, h.asel, func(tx *db.Tx) (exchange.Member, error) { return exchange.Admit(tx, next, because) }); got.Number != 65535 {
			t.Errorf("the last number is %d", got.Number)
		}
		next.Code, next.BIN = "THIRD", thirdBIN
		if err := try(h.asel, func(tx *db.Tx) (exchange.Member, error) { return exchange.Admit(tx, next, because) }); !errors.Is(err, exchange.ErrFull) {
			t.Errorf("one member more: %v", err)
		}
		trader := func(user string) error {
			return try(h.asel, func(tx *db.Tx) (exchange.Trader, error) { return exchange.AdmitTrader(tx, m.ID, user, because) })
		}
		if err := trader("usr_1"); err != nil {
			t.Fatal(err)
		}
		h.asel.Moment(t, func(tx *db.Tx) error {
			_, err := tx.ExecContext(tx.Context(), "UPDATE exchange_number SET last = 4294967294 WHERE kind = 'trader'")
			return err
		})
		if err := trader("usr_2"); err != nil {
			t.Fatal(err)
		}
		if err := trader("usr_3"); !errors.Is(err, exchange.ErrFull) {
			t.Errorf("one trader more: %v", err)
		}
	})
}
