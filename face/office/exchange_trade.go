package office

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountTrades(site *web.Site) {
	web.Page(site, "GET /office/exchange/trades", f.trade, web.Needs(ScopeExchangeRead))
	web.Form(site, "POST /office/exchange/trades/{id}/bust", f.proposeBust, web.Needs(ScopeExchangeDecide))
}

type tradeAsk struct {
	Number string `query:"number" maxLength:"30"`
}

// tradeSeen is one trade with both of its sides.
type tradeSeen struct {
	Number  string // Number is what was asked for.
	Known   bool
	Trade   clearing.Trade
	Sides   []clearing.Obligation
	Trouble string // Trouble is why it could not be taken back the last time that two people wanted it.
}

// ends tells whether the trade can still be taken back.
func (s tradeSeen) ends() bool {
	state := s.Sides[0].State
	return state != clearing.Taken && state != clearing.Closed && state != clearing.BoughtIn
}

// trade shows a trade that is looked for by its number: both sides, and how far it is settled.
func (f face) trade(tx *db.Tx, in tradeAsk) (web.View, error) {
	ctx := tx.Context()
	p, err := f.exchangePage(ctx, t(ctx, "exchange.trade"))
	if err != nil {
		return nil, err
	}
	s := tradeSeen{Number: in.Number}
	id, err := strconv.ParseUint(strings.NewReplacer(" ", "", "\u00a0", "", ",", "").Replace(in.Number), 10, 63)
	if err != nil {
		return tradePage(p, s), nil
	}
	if s.Trade, s.Sides, err = clearing.Lookup(tx, id); err != nil {
		return tradePage(p, s), unlessNoTrade(err)
	}
	s.Known = true
	trouble, err := floor.BustTrouble(tx, id)
	if trouble != nil {
		s.Trouble = i18n.Fault(lang(ctx), trouble)
	}
	return tradePage(p, s), err
}

func unlessNoTrade(err error) error {
	if errors.Is(err, clearing.ErrUnknown) {
		return nil
	}
	return err
}

type bustForm struct {
	ID     uint64          `path:"id"`
	Reason exchange.Reason `json:"reason" maxLength:"500"`
}

// proposeBust proposes to take a trade back; another person confirms.
func (f face) proposeBust(tx *db.Tx, in bustForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	_, err := floor.ProposeBust(tx, in.ID, in.Reason)
	return see("exchange/proposals", "proposed"), err
}

// sideName says which side of a trade an obligation is.
func sideName(ctx context.Context, o clearing.Obligation) string {
	if o.Side == clearing.Buy {
		return t(ctx, "exchange.buyer")
	}
	return t(ctx, "exchange.seller")
}

// feeOf is what a side of a trade pays.
func feeOf(tr clearing.Trade, o clearing.Obligation) int64 {
	if o.Side == clearing.Buy {
		return tr.BuyFee
	}
	return tr.SellFee
}
