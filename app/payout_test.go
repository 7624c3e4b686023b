package app_test

import (
	"testing"

	"sauda/app/apptest"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// TestAPayoutOfAStoppedAccount comes to nothing, and its owner sees that; nothing has left the account.
func TestAPayoutOfAStoppedAccount(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := openCycle(t, h)
		account := c.m.Accounts[0]
		var before map[string]map[string]int64
		has := func() (all map[string]map[string]int64) {
			h.Look(t, func(tx *db.Tx) (err error) {
				all, err = clearing.Holdings(tx, []string{account.Code})
				return err
			})
			return all
		}
		before = has()
		asked := clearing.Payout{ID: "out:1", Account: account.Code, Asset: "KZT", Amount: 6_000_000_00, Bank: "KZ86125KZT5004100100"}
		c.as("usr_owner", func(tx *db.Tx) error {
			_, err := clearing.AskPayout(tx, asked, false)
			return err
		})
		c.as("usr_first", func(tx *db.Tx) error {
			return exchange.Suspend(tx, exchange.Subject(account.ID), "A court has asked for it.")
		})
		c.as("usr_second", func(tx *db.Tx) error { return clearing.Approve(tx, asked.ID) })
		h.Settled(t)
		h.Look(t, func(tx *db.Tx) error {
			p, err := clearing.GetPayout(tx, asked.ID)
			if p.State != clearing.PayoutFailed {
				t.Errorf("the payout is %s", p.State)
			}
			return err
		})
		if after := has(); after[account.Code]["KZT"] != before[account.Code]["KZT"] {
			t.Errorf("%s had %v, and has %v", ledger.Exchange(account.Code), before, after)
		}
		same(t, h)
		h.Sound(t)
	})
}
