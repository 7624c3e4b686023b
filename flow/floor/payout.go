package floor

import (
	"strings"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// PayoutFree is how much leaves an account without anybody looking at it, a payout at a time, in tiyn; of other currencies
// nothing does. It is a rule of the house.
const PayoutFree = 5_000_000_00

// free tells whether so much leaves an account without anybody looking at it.
func free(asset string, amount int64) bool { return asset == string(money.KZT) && amount <= PayoutFree }

// MayLeave refuses money that somebody of the office has to look at first: ErrRefused with the reason needs_approval. What is no
// money leaves without.
func MayLeave(asset string, amount int64) error {
	if !money.Currency(asset).Valid() || free(asset, amount) {
		return nil
	}
	return fault.With(ErrRefused.About("%d %s", amount, asset), "reason", "needs_approval")
}

// AskPayout asks for money out of an account, for its owner and nobody else: ErrSeat. Up to PayoutFree it is paid right away,
// more after somebody of the office has looked at it.
func AskPayout(tx *db.Tx, p clearing.Payout) (clearing.Payout, error) {
	a, err := exchange.GetAccount(tx, p.Account)
	if err != nil || a.Party == "" || a.Party != tx.Who().Party {
		return clearing.Payout{}, ErrSeat.About("%s is not of %s: %w", p.Account, tx.Who().Party, err)
	}
	if a.State != exchange.StateActive {
		return clearing.Payout{}, exchange.ErrStanding.About("%s is %s", a.Code, a.State)
	}
	if _, err := assetOf(tx, p.Asset); err != nil {
		return clearing.Payout{}, err
	}
	p.ID, p.Account = "out:"+a.Code+":"+p.ID, a.Code
	return clearing.AskPayout(tx, p, free(p.Asset, p.Amount))
}

// Cleared begins to make a payout.
func (t *Till) Cleared(tx *db.Tx, e clearing.PayoutCleared) error {
	p, err := clearing.GetPayout(tx, e.Payout)
	if err != nil || p.State != clearing.PayoutApproved {
		return err
	}
	name := saga.Name{Story: withdrawalStory, Key: p.Account + "/" + strings.ReplaceAll(p.ID, "/", "-")}
	return saga.Begin(tx, t.teller, name, Withdrawal{Account: p.Account, Ref: p.ID, Asset: p.Asset, Amount: p.Amount, Payout: p.ID})
}

// ended says of a payout what became of it.
func (w *Withdrawal) ended(tx *db.Tx, paid bool) error {
	if w.Payout == "" {
		return nil
	}
	return clearing.EndPayout(tx, w.Payout, paid)
}
