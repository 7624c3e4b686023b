package api

import (
	"context"
	"crypto/rand"

	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/saga"
	"sauda/gear/web"
)

func (f face) mountExchangeMoney(api *web.API) {
	web.Act(api, "POST /v1/exchange/accounts/{code}/withdrawals", f.withdrawFunds, web.SignedIn(), web.Status(201),
		web.Doc("Take money or securities out of one's own account. What open orders hold, and what is owed, stays.", "Exchange: trading"),
		web.Faults(floor.ErrSeat, floor.ErrRefused, clearing.ErrShort, clearing.ErrGoods, clearing.ErrDiffers, exchange.ErrUnknown, exchange.ErrStanding))
	web.Command(api, "POST /v1/office/exchange/deposits", ofHouse(depositFunds), web.Needs(scopeMoneyWrite), web.Status(201),
		web.Doc("Write down money or securities that have come in for an account. The market knows of them some seconds later.", "Office: exchange"),
		web.Faults(exchange.ErrUnknown, clearing.ErrDiffers, clearing.ErrGoods, clearing.ErrMovement))
}

type withdrawalDraft struct {
	Code   string `path:"code" maxLength:"40" doc:"The account."`
	Asset  string `json:"asset" minLength:"1" maxLength:"40" doc:"A currency, or the code of a security."`
	Amount int64  `json:"amount" minimum:"1" doc:"In the smallest unit of the asset."`
	Ref    string `json:"ref,omitempty" maxLength:"60" pattern:"^[!-~]*$" doc:"Your own name for it: asked for again under it, it leaves once."`
}

// withdrawalView is what leaves an account.
type withdrawalView struct {
	Ref    string `json:"ref"`
	Asset  string `json:"asset"`
	Amount int64  `json:"amount"`
	State  string `json:"state" enum:"done,running" doc:"One that is running goes on by itself."`
}

// withdrawFunds takes something out of an account. Whoever may only trade on it may not.
func (f face) withdrawFunds(ctx context.Context, in withdrawalDraft) (withdrawalView, error) {
	if in.Ref == "" {
		in.Ref = rand.Text()
	}
	var a exchange.Account
	err := web.Look(ctx, func(tx *db.Tx) (err error) {
		a, err = reached(tx, in.Code)
		if err == nil && (a.Party == "" || a.Party != tx.Who().Party) {
			err = floor.ErrSeat.About("%s is not of %s", a.Code, tx.Who().Party)
		}
		return err
	})
	if err != nil {
		return withdrawalView{}, err
	}
	if err := floor.MayLeave(in.Asset, in.Amount); err != nil {
		return withdrawalView{}, err
	}
	w, outcome, err := f.Till.Withdraw(ctx, web.WhoFrom(ctx), floor.Withdrawal{Account: a.Code, Ref: in.Ref, Asset: in.Asset, Amount: in.Amount})
	switch {
	case outcome == saga.Failed:
		return withdrawalView{}, err
	case w.Asset != in.Asset || w.Amount != in.Amount:
		return withdrawalView{}, clearing.ErrDiffers.About("%s was %d %s", in.Ref, w.Amount, w.Asset)
	}
	v := withdrawalView{in.Ref, w.Asset, w.Amount, "done"}
	if outcome != saga.Done {
		v.State = "running"
	}
	return v, nil
}

type depositDraft struct {
	Account string `json:"account" minLength:"1" maxLength:"40"`
	Asset   string `json:"asset" minLength:"1" maxLength:"40"`
	Amount  int64  `json:"amount" minimum:"1" doc:"In the smallest unit of the asset."`
	Ref     string `json:"ref" minLength:"1" maxLength:"100" doc:"What names it for good, such as the number of the bank's document: the same told again changes nothing."`
	Cause   string `json:"cause,omitempty" maxLength:"200"`
}

// depositView is what has come in.
type depositView struct {
	Ref     string `json:"ref"`
	Account string `json:"account"`
	Asset   string `json:"asset"`
	Amount  int64  `json:"amount"`
}

// depositFunds writes down what has come in for an account that is there, of an asset that the exchange knows.
func depositFunds(tx *db.Tx, in depositDraft) (depositView, error) {
	cause := in.Cause
	if cause == "" {
		cause = in.Ref
	}
	a, err := floor.Deposit(tx, in.Account, clearing.Movement{Ref: in.Ref, Asset: in.Asset, Amount: in.Amount, Cause: cause})
	return depositView{in.Ref, a.Code, in.Asset, in.Amount}, err
}
