package terminal

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"sauda/core/exchange"
	"sauda/core/exchange/deal"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/saga"
	"sauda/gear/web"
)

func (f *face) mountDeals(site *web.Site) {
	web.Page(site, "GET /exchange/deals", f.deals, web.SignedIn())
	web.Form(site, "POST /exchange/deals", f.report, web.SignedIn())
	web.Page(site, "GET /exchange/deals/{id}", f.deal, web.SignedIn())
	web.FormAct(site, "POST /exchange/deals/{id}/confirmation", f.confirmDeal, web.SignedIn())
	web.Form(site, "POST /exchange/deals/{id}/refusal", f.refuseDeal, web.SignedIn())
	web.Form(site, "POST /exchange/deals/{id}/correction", f.correctDeal, web.SignedIn())
	web.Form(site, "POST /exchange/deals/{id}/withdrawal", f.withdrawDeal, web.SignedIn())
}

// dealsMost is how many deals a page shows.
const dealsMost = 50

// cycles are when a deal can settle, by the names of the API.
var cycles = []string{"usual", "t0", "t2"}

var cycleOf = map[string]int64{"usual": deal.CycleUsual, "t0": 0, "t2": 2}

type dealsAsk struct {
	Account    string `query:"account" maxLength:"40"`
	Instrument string `query:"instrument" maxLength:"40"`
	Before     string `query:"before" maxLength:"60"`
	Done       string `query:"done" maxLength:"20"`
}

type dealsView struct {
	page
	Seats      []floor.Seat
	Seat       floor.Seat
	Instrument string // Instrument is the one with which the form begins.
	Listed     []exchange.Instrument
	Coded      map[string]exchange.Instrument
	Deals      []deal.Deal
	Waiting    int64 // Waiting is how many deals wait for the answer of the account.
	Next       deal.ID
	Now        time.Time
	form
	Key string
}

// deals shows what somebody has agreed on with others, what waits for his answer, and the form by which he reports.
func (f *face) deals(tx *db.Tx, in dealsAsk) (web.View, error) {
	v, err := f.dealsView(tx, in)
	return dealsPage(v), err
}

func (f *face) dealsView(tx *db.Tx, in dealsAsk) (dealsView, error) {
	ctx := tx.Context()
	v := dealsView{
		page: f.page(ctx, "deals", t(ctx, "deals")), Seats: f.Floor.Seats(tx.Who().ID), Instrument: in.Instrument, Coded: make(map[string]exchange.Instrument),
		Now: tx.Now(), form: form{Values: map[string]string{}, Wrong: map[string]string{}}, Key: web.FormKey(ctx),
	}
	if slices.Contains(dones, in.Done) {
		v.Done = t(ctx, "done."+in.Done)
	}
	for _, i := range f.Floor.Instruments() {
		v.Coded[i.Code] = i
		if i.State == exchange.StateListed {
			v.Listed = append(v.Listed, i)
		}
	}
	slices.SortFunc(v.Listed, func(a, b exchange.Instrument) int { return strings.Compare(a.Code, b.Code) })
	if len(v.Seats) == 0 {
		return v, nil
	}
	if in.Account == "" {
		in.Account = v.Seats[0].Code
	}
	var err error
	if v.Seat, err = floor.SeatOf(tx, tx.Who().ID, in.Account); err != nil {
		return v, err
	}
	if v.Deals, err = deal.Of(tx, v.Seat.PartyOf(), deal.ID(in.Before), dealsMost); err != nil {
		return v, err
	}
	if len(v.Deals) == dealsMost {
		v.Next = v.Deals[dealsMost-1].ID
	}
	v.Waiting, err = deal.Incoming(tx, v.Seat.PartyOf())
	return v, err
}

type contractForm struct {
	web.Typed
	Account    string `json:"account" maxLength:"40"`
	Key        string `json:"key" maxLength:"36"`
	Instrument string `json:"instrument,omitempty" maxLength:"40"`
	Side       string `json:"side,omitempty" maxLength:"10"`
	Other      string `json:"other,omitempty" maxLength:"40"`
	Price      string `json:"price,omitempty" maxLength:"30"`
	Quantity   string `json:"quantity,omitempty" maxLength:"30"`
	Cycle      string `json:"cycle,omitempty" maxLength:"10"`
}

// contract reads what was typed, or gives the fields that are wrong.
func (in contractForm) contract(i exchange.Instrument) (floor.Contract, error) {
	r := &reader{i: i}
	c := floor.Contract{
		Instrument: i.Code, Price: r.price("price", in.Price, true), Quantity: r.parts("quantity", in.Quantity, true), Other: strings.TrimSpace(in.Other), Ref: in.Key,
	}
	c.Side = deal.Side(sides[one[uint8](r, "side", in.Side, sides)])
	c.Cycle = cycleOf[cycles[one[uint8](r, "cycle", in.Cycle, cycles)]]
	if len(r.fields) > 0 {
		return c, ErrInvalid.Fields(r.fields...)
	}
	return c, nil
}

// report reports a deal: once, however often its form is sent.
func (f *face) report(tx *db.Tx, in contractForm) (web.Then, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	i, err := f.Floor.Instrument(in.Instrument)
	if err != nil {
		return web.Then{}, err
	}
	c, err := in.contract(i)
	if err == nil {
		_, err = f.Notary.Report(tx, s, c)
	}
	switch {
	case err == nil:
		return web.See(dealsAt(s, "reported")), nil
	case !refused(err) && !errors.Is(err, floor.ErrUnsuited):
		return web.Then{}, err
	}
	v, unseen := f.dealsView(tx, dealsAsk{Account: in.Account, Instrument: in.Instrument})
	v.form, v.Key = typed(tx.Context(), in.Typed), in.Key
	v.form.add(tx.Context(), err)
	return web.Again(dealsPage(v)), unseen
}

// dealsAt is the address of the deals of a seat, after something was done.
func dealsAt(s floor.Seat, done string) string {
	return "/exchange/deals?done=" + done + "&account=" + url.QueryEscape(s.Code)
}

type dealAsk struct {
	ID      deal.ID `path:"id" maxLength:"60"`
	Account string  `query:"account" maxLength:"40"`
}

type dealView struct {
	page
	exchange.Instrument
	Deal deal.Deal
	Seat floor.Seat
	Now  time.Time
	form
	Key string
}

// answers tells whether the reader is the one who has to answer.
func (v dealView) answers() bool { return v.Deal.Open(v.Now) && v.Deal.Names(v.Seat.PartyOf()) }

// withdraws tells whether the reader can take the deal back.
func (v dealView) withdraws() bool {
	return v.Deal.Open(v.Now) && v.Deal.Own.Account == v.Seat.Code
}

// deal shows one deal, and what the reader can do about it.
func (f *face) deal(tx *db.Tx, in dealAsk) (web.View, error) {
	v, err := f.dealView(tx, in)
	return dealPage(v), err
}

func (f *face) dealView(tx *db.Tx, in dealAsk) (v dealView, err error) {
	ctx := tx.Context()
	v = dealView{page: f.page(ctx, "deals", t(ctx, "deal")), Now: tx.Now(), Key: web.FormKey(ctx), form: form{Values: map[string]string{}, Wrong: map[string]string{}}}
	if v.Seat, err = floor.SeatOf(tx, tx.Who().ID, in.Account); err != nil {
		return v, err
	}
	if v.Deal, err = deal.Get(tx, in.ID, v.Seat.PartyOf()); err != nil {
		return v, err
	}
	v.Instrument, err = f.Floor.Instrument(v.Deal.Instrument)
	return v, err
}

type dealForm struct {
	ID      deal.ID `path:"id" maxLength:"60"`
	Account string  `json:"account" maxLength:"40"`
	Reason  string  `json:"reason,omitempty" maxLength:"300"`
}

// confirmDeal confirms a deal for the other side and has the market make it. How it stands then, the page of the deal shows.
func (f *face) confirmDeal(ctx context.Context, in dealForm) (web.Then, error) {
	var s floor.Seat
	if err := web.Look(ctx, func(tx *db.Tx) (err error) {
		s, err = floor.SeatOf(tx, tx.Who().ID, in.Account)
		return err
	}); err != nil {
		return web.Then{}, err
	}
	_, outcome, err := f.Notary.Confirm(ctx, web.WhoFrom(ctx), s, in.ID)
	if err != nil && outcome == saga.Failed && !errors.Is(err, deal.ErrDecided) && !errors.Is(err, deal.ErrLapsed) {
		return web.Then{}, err
	}
	return web.See("/exchange/deals/" + url.PathEscape(string(in.ID)) + "?account=" + url.QueryEscape(s.Code)), nil
}

// refuseDeal says that a deal was not agreed so.
func (f *face) refuseDeal(tx *db.Tx, in dealForm) (web.Then, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	_, err = deal.Refuse(tx, in.ID, s.PartyOf(), in.Reason)
	return web.See(dealsAt(s, "refused")), err
}

// withdrawDeal takes a deal back.
func (f *face) withdrawDeal(tx *db.Tx, in dealForm) (web.Then, error) {
	s, err := floor.SeatOf(tx, tx.Who().ID, in.Account)
	if err != nil {
		return web.Then{}, err
	}
	_, err = deal.Withdraw(tx, in.ID, s.PartyOf())
	return web.See(dealsAt(s, "withdrawn")), err
}

type correctionForm struct {
	ID deal.ID `path:"id" maxLength:"60"`
	contractForm
}

// correctDeal reports another deal in the place of one, for the first side to confirm.
func (f *face) correctDeal(tx *db.Tx, in correctionForm) (web.Then, error) {
	v, err := f.dealView(tx, dealAsk{in.ID, in.Account})
	if err != nil {
		return web.Then{}, err
	}
	c, err := in.contract(v.Instrument)
	if err != nil { // Nothing was written yet: what is refused later leaves nothing of this moment.
		v.form, v.Key = typed(tx.Context(), in.Typed), in.Key
		v.form.add(tx.Context(), err)
		return web.Again(dealPage(v)), nil
	}
	_, err = f.Notary.Correct(tx, v.Seat, in.ID, c)
	return web.See(dealsAt(v.Seat, "corrected")), err
}

// cycleName says when a deal settles.
func cycleName(d deal.Deal) string {
	for _, name := range cycles {
		if cycleOf[name] == d.Cycle {
			return name
		}
	}
	return cycles[0]
}

// otherName is what the other side of a deal is called, as an account sees it.
func otherName(d deal.Deal, account string) string {
	if d.Own.Account != account {
		return d.Own.Account
	}
	return d.Other.Account // Empty while any account of a member may confirm.
}

// dealReason says in words why a deal was not made.
func dealReason(ctx context.Context, d deal.Deal) string {
	if d.State == deal.Rejected {
		return said(ctx, floor.Refusal(d.Reason))
	}
	return d.Reason
}
