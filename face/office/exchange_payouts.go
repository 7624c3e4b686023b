package office

import (
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountPayouts(site *web.Site) {
	web.Page(site, "GET /office/exchange/payouts", f.payouts, web.Needs(ScopeExchangeRead))
	web.Form(site, "POST /office/exchange/payouts/approval", f.approvePayout, web.Needs(ScopeExchangeDecide))
	web.Form(site, "POST /office/exchange/payouts/refusal", f.refusePayout, web.Needs(ScopeExchangeDecide))
}

// payoutRow is a payout with what its account has.
type payoutRow struct {
	clearing.Payout
	Has int64 // Has is what is settled on the account of this currency.
}

// payouts shows what owners want to have out of their accounts and somebody has to look at.
func (f face) payouts(tx *db.Tx, _ struct{}) (web.View, error) {
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "exchange.tab.payouts"))
	if err != nil {
		return nil, err
	}
	asked, err := clearing.PayoutsAsked(tx)
	if err != nil {
		return nil, err
	}
	accounts := make([]string, len(asked))
	for n, one := range asked {
		accounts[n] = one.Account
	}
	has, err := clearing.Holdings(tx, accounts)
	if err != nil {
		return nil, err
	}
	rows := make([]payoutRow, len(asked))
	for n, one := range asked {
		rows[n] = payoutRow{one, has[one.Account][one.Asset]}
	}
	return payoutsPage(p, rows), nil
}

type payoutForm struct {
	ID     string          `json:"id" maxLength:"100"`
	Reason exchange.Reason `json:"reason,omitempty" maxLength:"500"`
}

// approvePayout lets a payout be made.
func (f face) approvePayout(tx *db.Tx, in payoutForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("exchange/payouts", "confirmed"), clearing.Approve(tx, in.ID)
}

// refusePayout decides against a payout, with a reason that its owner reads.
func (f face) refusePayout(tx *db.Tx, in payoutForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("exchange/payouts", "declined"), clearing.RefusePayout(tx, in.ID, string(in.Reason))
}
