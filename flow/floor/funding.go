package floor

import (
	"context"

	"sauda/base/fault"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/venue"
	"sauda/core/ledger"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// Till pays out what accounts have at the exchange.
//
//	debit: the market gives it up ──▶ withdraw: clearing pays it out
//	  ▲                                  │ refused
//	  └───────── credited back ──────────┘
//
// The market goes first, so that nothing is paid out that an order could still spend. It learns of the posting later, under the
// name under which it has given the amount up, and moves it once.
type Till struct {
	floor  *Floor
	teller *saga.Teller
}

// Withdrawal is what shall leave an account. Told again under the same Ref it is the same one.
type Withdrawal struct {
	Account  string `json:"account"` // Account is its code.
	Ref      string `json:"ref"`     // Ref is what whoever asks calls it.
	Asset    string `json:"asset"`
	Amount   int64  `json:"amount"`
	Movement string `json:"movement,omitempty"` // Movement is what the books call it; each try has another one.
	Number   uint32 `json:"number,omitempty"`   // Number and Of are the account and the asset, as the market calls them.
	Of       uint32 `json:"of,omitempty"`
	Payout   string `json:"payout,omitempty"`  // Payout is the one that it is of, if it was asked for as such.
	Refusal  []byte `json:"refusal,omitempty"` // Refusal is the fault for which it cannot begin; see fault.Encode.
}

const withdrawalStory = "exchange_withdrawal"

// NewTill makes a till whose teller knows its story.
func NewTill(f *Floor, teller *saga.Teller) *Till {
	t := &Till{floor: f, teller: teller}
	saga.Learn(teller, saga.Story[Withdrawal]{Name: withdrawalStory, Steps: []saga.Step[Withdrawal]{
		{Name: "name", Do: beginWithdrawal, Undo: func(tx *db.Tx, w *Withdrawal) error { return w.ended(tx, false) }},
		{Name: "debit", Call: t.debit, Recall: t.credit},
		{Name: "withdraw", Do: withdraw},
	}})
	return t
}

// Withdraw takes an amount out of an account, and gives the withdrawal as it was told first under its Ref. One that is Running
// goes on by itself. What the account has not free is ErrRefused, and what clearing keeps back clearing.ErrShort; then the
// account has what it had.
func (t *Till) Withdraw(ctx context.Context, who db.Who, w Withdrawal) (Withdrawal, saga.Outcome, error) {
	return saga.Tell(ctx, t.teller, who, saga.Name{Story: withdrawalStory, Key: w.Account + "/" + w.Ref}, w)
}

// beginWithdrawal names the movement. What cannot begin is refused by the step after it: so the payout that it is of is told.
func beginWithdrawal(tx *db.Tx, w *Withdrawal) error {
	err := nameWithdrawal(tx, w)
	if err == nil {
		return nil
	}
	if kind := fault.Of(err).Kind; kind == fault.Internal || kind == fault.Unavailable {
		return err
	}
	w.Refusal = fault.Encode(err)
	return nil
}

// nameWithdrawal finds out what the market calls the account and the asset, and names the movement.
func nameWithdrawal(tx *db.Tx, w *Withdrawal) error {
	a, err := exchange.GetAccount(tx, w.Account)
	if err != nil {
		return err
	}
	if a.State != exchange.StateActive {
		return exchange.ErrStanding.About("%s is %s", a.Code, a.State)
	}
	if w.Of, err = assetOf(tx, w.Asset); err != nil {
		return err
	}
	w.Number, w.Movement = a.Number, tx.Mint("wdr")
	return nil
}

// debit has the market give the amount up.
func (t *Till) debit(ctx context.Context, _ string, w *Withdrawal) error {
	if err := fault.Decode(w.Refusal); err != nil {
		return err
	}
	return t.move(ctx, w, MovementRef("exchange.withdrawal", w.Movement, w.Account, w.Asset), -w.Amount)
}

// credit gives it back to the market.
func (t *Till) credit(ctx context.Context, _ string, w *Withdrawal) error {
	return t.move(ctx, w, MovementRef("exchange.withdrawal_refused", w.Movement, w.Account, w.Asset), w.Amount)
}

// move moves an amount in the market once. Whether the market has heard of it may be unknown: then it is asked again, and says
// that it has.
func (t *Till) move(ctx context.Context, w *Withdrawal, ref string, amount int64) error {
	return t.floor.move(ctx, venue.Movement{Ref: ref, Account: w.Number, Asset: w.Of, Amount: amount})
}

// withdraw pays out.
func withdraw(tx *db.Tx, w *Withdrawal) error {
	err := clearing.Withdraw(tx, clearing.Movement{Ref: w.Movement, Place: ledger.Exchange(w.Account), Asset: w.Asset, Amount: w.Amount, Cause: w.Account + "/" + w.Ref})
	if err != nil {
		return err
	}
	return w.ended(tx, true)
}

// Deposit brings money or securities in for an account, by its code or id. The account and the asset must be known to the
// exchange, so that the market hears of it. The same reference told again changes nothing; with other contents it is
// clearing.ErrDiffers.
func Deposit(tx *db.Tx, account string, m clearing.Movement) (exchange.Account, error) {
	a, err := exchange.GetAccount(tx, account)
	if err != nil {
		return exchange.Account{}, err
	}
	if _, err := assetOf(tx, m.Asset); err != nil {
		return exchange.Account{}, err
	}
	m.Place = ledger.Exchange(a.Code)
	return a, clearing.Deposit(tx, m)
}

// assetOf gives the number of an asset that the exchange knows.
func assetOf(tx *db.Tx, code string) (uint32, error) {
	assets, err := exchange.Assets(tx)
	if err != nil {
		return 0, err
	}
	for _, asset := range assets {
		if asset.Code == code {
			return asset.Number, nil
		}
	}
	return 0, exchange.ErrUnknown.About("asset %.40q", code)
}
