package api

import (
	"context"
	"time"

	"sauda/core/exchange/deal"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/saga"
	"sauda/gear/web"
)

func (f face) mountExchangeDeals(api *web.API) {
	const group = "Exchange: deals"
	answers := web.Faults(floor.ErrSeat, deal.ErrUnknown, deal.ErrSide, deal.ErrDecided, deal.ErrLapsed)
	terms := web.Faults(floor.ErrUnknown, floor.ErrQuantity, floor.ErrLeast, floor.ErrUnsuited, floor.ErrCycle, deal.ErrTerms, deal.ErrRef, deal.ErrDiffers, deal.ErrMany)
	web.Command(api, "POST /v1/exchange/deals", f.reportDeal, web.SignedIn(), web.Status(201),
		web.Doc("Report a trade that was agreed on outside of the book. The other side has to confirm it on the same day.", group),
		web.Faults(floor.ErrSeat, floor.ErrOther), terms)
	web.Query(api, "GET /v1/exchange/deals", f.listDeals, web.SignedIn(),
		web.Doc("List the deals of an account, the youngest first, with those that wait for its answer.", group), web.Faults(floor.ErrSeat))
	web.Query(api, "GET /v1/exchange/deals/{id}", f.showDeal, web.SignedIn(),
		web.Doc("Show a deal.", group), web.Faults(floor.ErrSeat, deal.ErrUnknown))
	web.Act(api, "POST /v1/exchange/deals/{id}/confirmation", f.confirmDeal, web.SignedIn(),
		web.Doc("Confirm a deal as the other side. The answer says whether the market has made the trade, or why not.", group), answers, web.Faults(floor.ErrUnsuited))
	web.Command(api, "POST /v1/exchange/deals/{id}/refusal", f.refuseDeal, web.SignedIn(),
		web.Doc("Refuse a deal as the other side, with a reason.", group), answers, web.Faults(deal.ErrReason))
	web.Command(api, "POST /v1/exchange/deals/{id}/correction", f.correctDeal, web.SignedIn(), web.Status(201),
		web.Doc("Report another deal in the place of one, as the other side. Now the first side has to confirm.", group), answers, terms)
	web.Command(api, "POST /v1/exchange/deals/{id}/withdrawal", f.withdrawDeal, web.SignedIn(),
		web.Doc("Take back a deal that one has reported and nobody has answered.", group), answers)
}

// dealCycles are when deals settle, by their names.
var dealCycles = map[string]int64{"": deal.CycleUsual, "usual": deal.CycleUsual, "t0": 0, "t2": 2}

// dealTerms are what two have agreed on.
type dealTerms struct {
	Price    int64  `json:"price" minimum:"1" doc:"In the smallest unit of the currency."`
	Quantity int64  `json:"quantity" minimum:"1" doc:"In the smallest countable parts."`
	Cycle    string `json:"cycle,omitempty" enum:"usual,t0,t2" doc:"When it settles: as the instrument does, on the same day, or two days later."`
	Ref      string `json:"ref" minLength:"1" maxLength:"60" doc:"Your own name for it: told again under it, it is the same deal."`
}

func (t dealTerms) contract() floor.Contract {
	return floor.Contract{Price: t.Price, Quantity: t.Quantity, Cycle: dealCycles[t.Cycle], Ref: t.Ref}
}

type dealDraft struct {
	Account    string `json:"account" minLength:"1" maxLength:"40" doc:"The account for which you have agreed on it."`
	Instrument string `json:"instrument" minLength:"1" maxLength:"40"`
	Side       string `json:"side" enum:"buy,sell"`
	Other      string `json:"other" minLength:"1" maxLength:"40" doc:"The account of the other side, or its member."`
	dealTerms
}

// dealView is a deal as an account sees it.
type dealView struct {
	ID         deal.ID    `json:"id"`
	Account    string     `json:"account"`
	Instrument string     `json:"instrument"`
	Side       deal.Side  `json:"side" enum:"buy,sell" doc:"What the account does by it."`
	Price      int64      `json:"price"`
	Quantity   int64      `json:"quantity"`
	Cycle      string     `json:"cycle" enum:"usual,t0,t2"`
	Other      string     `json:"other" doc:"The account of the other side; empty while any account of its member may confirm."`
	State      deal.State `json:"state" enum:"reported,confirmed,made,rejected,refused,corrected,withdrawn,lapsed"`
	Answers    bool       `json:"answers" doc:"It waits for the answer of this account."`
	Reason     string     `json:"reason,omitempty" doc:"Why it was refused, or the code for which the market has not made it."`
	Trade      uint64     `json:"trade,omitempty"`
	Corrects   deal.ID    `json:"corrects,omitempty"`
	Ref        string     `json:"ref,omitempty" doc:"The name that this account gave it."`
	At         time.Time  `json:"at"`
	Due        time.Time  `json:"due" doc:"Until then it can be confirmed."`
}

func viewDeal(d deal.Deal, s floor.Seat, now time.Time) dealView {
	v := dealView{
		ID: d.ID, Account: s.Code, Instrument: d.Instrument, Side: d.SideOf(s.Code), Price: d.Price, Quantity: d.Quantity, Cycle: "usual", Other: d.Own.Account,
		State: d.State, Answers: d.Open(now) && d.Names(s.PartyOf()), Reason: d.Reason, Trade: d.Trade, Corrects: d.Corrects, At: d.At, Due: d.Due,
	}
	switch d.Cycle {
	case 0:
		v.Cycle = "t0"
	case 2:
		v.Cycle = "t2"
	}
	if d.Own.Account == s.Code {
		v.Other, v.Ref = d.Other.Account, d.Ref
	}
	return v
}

// reportDeal reports a deal.
func (f face) reportDeal(tx *db.Tx, in dealDraft) (dealView, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return dealView{}, err
	}
	c := in.contract()
	c.Instrument, c.Side, c.Other = in.Instrument, deal.Side(in.Side), in.Other
	d, err := f.Notary.Report(tx, s, c)
	return viewDeal(d, s, tx.Now()), err
}

type dealsAsk struct {
	Account string  `query:"account" required:"true" maxLength:"40"`
	Before  deal.ID `query:"before" maxLength:"60" doc:"Only deals before this one."`
	Limit   int     `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// listDeals lists the deals of an account.
func (f face) listDeals(tx *db.Tx, in dealsAsk) (web.List[dealView], error) {
	page := web.List[dealView]{Items: []dealView{}}
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return page, err
	}
	found, err := deal.Of(tx, s.PartyOf(), in.Before, in.Limit)
	for _, d := range found {
		page.Items = append(page.Items, viewDeal(d, s, tx.Now()))
	}
	return page, err
}

type dealAsk struct {
	ID      deal.ID `path:"id" maxLength:"60" doc:"The deal."`
	Account string  `query:"account" required:"true" maxLength:"40"`
}

// showDeal shows a deal.
func (f face) showDeal(tx *db.Tx, in dealAsk) (dealView, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return dealView{}, err
	}
	d, err := deal.Get(tx, in.ID, s.PartyOf())
	return viewDeal(d, s, tx.Now()), err
}

type dealAnswer struct {
	ID      deal.ID `path:"id" maxLength:"60" doc:"The deal."`
	Account string  `json:"account" minLength:"1" maxLength:"40" doc:"The account for which you answer."`
}

// confirmDeal confirms a deal and has the market make it.
func (f face) confirmDeal(ctx context.Context, in dealAnswer) (dealView, error) {
	s, err := f.seat(ctx, in.Account)
	if err != nil {
		return dealView{}, err
	}
	if _, outcome, err := f.Notary.Confirm(ctx, web.WhoFrom(ctx), s, in.ID); outcome == saga.Failed {
		return dealView{}, err
	}
	var v dealView
	err = web.Look(ctx, func(tx *db.Tx) error {
		d, err := deal.Get(tx, in.ID, s.PartyOf())
		v = viewDeal(d, s, tx.Now())
		return err
	})
	return v, err
}

type dealRefusal struct {
	dealAnswer
	Reason string `json:"reason" minLength:"1" maxLength:"300" doc:"The other side reads it."`
}

// refuseDeal says that a deal was not agreed so.
func (f face) refuseDeal(tx *db.Tx, in dealRefusal) (dealView, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return dealView{}, err
	}
	d, err := deal.Refuse(tx, in.ID, s.PartyOf(), in.Reason)
	return viewDeal(d, s, tx.Now()), err
}

type dealCorrection struct {
	dealAnswer
	dealTerms
}

// correctDeal reports another deal in the place of one.
func (f face) correctDeal(tx *db.Tx, in dealCorrection) (dealView, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return dealView{}, err
	}
	d, err := f.Notary.Correct(tx, s, in.ID, in.contract())
	return viewDeal(d, s, tx.Now()), err
}

// withdrawDeal takes a deal back.
func (f face) withdrawDeal(tx *db.Tx, in dealAnswer) (dealView, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return dealView{}, err
	}
	d, err := deal.Withdraw(tx, in.ID, s.PartyOf())
	return viewDeal(d, s, tx.Now()), err
}
