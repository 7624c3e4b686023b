package terminal

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"sauda/base/money"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountMoney(site *web.Site) {
	web.PageAct(site, "GET /exchange/portfolio/{account}/money", f.money, web.SignedIn())
	web.FormAct(site, "POST /exchange/portfolio/{account}/money", f.takeOut, web.SignedIn())
}

type moneyAsk struct {
	Account string `path:"account" maxLength:"40"`
	Done    string `query:"done" maxLength:"20"`
}

// moneyView is the money of an account: what is free, how more comes in, and what left or wants to leave.
type moneyView struct {
	page
	form
	Account exchange.Account
	Owner   bool // Owner says that the reader may take money out.
	Purses  []purse
	Payouts []clearing.Payout
	Brought []clearing.Brought
	Key     string
}

// money shows how money comes in and goes out. Whoever only trades for the account sees it and takes nothing out.
func (f *face) money(ctx context.Context, in moneyAsk) (web.View, error) {
	v, err := f.moneyView(ctx, in.Account)
	if err != nil {
		return nil, err
	}
	if in.Done == "asked" || in.Done == "paid" {
		v.Done = t(ctx, "money.done."+in.Done)
	}
	return moneyPage(v), nil
}

func (f *face) moneyView(ctx context.Context, account string) (moneyView, error) {
	a, _, err := f.accountOf(ctx, account)
	if err != nil {
		return moneyView{}, err
	}
	v := moneyView{page: f.page(ctx, "portfolio", t(ctx, "money.page")), Account: a, Key: web.FormKey(ctx)}
	v.form = form{Values: map[string]string{}, Wrong: map[string]string{}}
	v.Owner = a.Party != "" && a.Party == web.WhoFrom(ctx).Party
	has := portfolioView{Account: a, Of: f.Floor.Instruments()}
	if err := f.has(ctx, &has, nil); err != nil {
		return moneyView{}, err
	}
	v.Purses = has.Purses
	return v, web.Look(ctx, func(tx *db.Tx) (err error) {
		if v.Payouts, err = clearing.PayoutsOf(tx, a.Code); err != nil {
			return err
		}
		v.Brought, err = clearing.BroughtTo(tx, a.Code)
		return err
	})
}

type takeOutForm struct {
	web.Typed
	Account string `path:"account" maxLength:"40"`
	Asset   string `json:"asset" maxLength:"3"`
	Amount  string `json:"amount,omitempty" maxLength:"30"`
	Bank    string `json:"bank,omitempty" maxLength:"42"`
	Key     string `json:"key" maxLength:"36"`
}

// takeOut asks for money out of the reader's own account. A form that is sent twice asks once.
func (f *face) takeOut(ctx context.Context, in takeOutForm) (web.Then, error) {
	a, _, err := f.accountOf(ctx, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	p := clearing.Payout{ID: in.Key, Account: a.Code, Asset: in.Asset, Bank: in.Bank}
	amount, err := money.Parse(strings.NewReplacer(",", ".", " ", "", "\u00a0", "", "\u202f", "").Replace(in.Amount), money.Currency(in.Asset))
	if err != nil {
		err = clearing.ErrPayout.About("%w", err)
	} else {
		p.Amount = amount.Minor
		err = web.Do(ctx, func(tx *db.Tx) (err error) {
			p, err = floor.AskPayout(tx, p)
			return err
		})
	}
	switch {
	case err != nil && (!refused(err) || errors.Is(err, floor.ErrSeat)):
		return web.Then{}, err
	case err != nil:
		v, lost := f.moneyView(ctx, in.Account)
		if lost != nil {
			return web.Then{}, lost
		}
		v.form = typed(ctx, in.Typed)
		v.form.add(ctx, err)
		return web.Again(moneyPage(v)), nil
	}
	done := "paid"
	if p.State == clearing.PayoutAsked {
		done = "asked"
	}
	return web.See("/exchange/portfolio/" + url.PathEscape(a.Code) + "/money?done=" + done), nil
}

// free is the first currency of which something can be taken out; tenge without any.
func (v moneyView) free() money.Currency {
	for _, p := range v.Purses {
		if p.Free > 0 {
			return p.Currency
		}
	}
	return money.KZT
}
