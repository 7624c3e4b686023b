package shop

import (
	"context"
	"errors"
	"strconv"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/estimate"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountEstimates(site *web.Site) {
	web.Page(site, "GET /account/estimates", f.estimates, web.SignedIn())
	web.Page(site, "GET /account/estimates/{id}", f.estimate, web.SignedIn())
	web.Form(site, "POST /account/estimates/{id}/acceptance", f.acceptEstimate, web.SignedIn())
	web.Form(site, "POST /account/estimates/{id}/basket", f.buyEstimate, web.SignedIn())
	web.Form(site, "POST /account/estimates/{id}/withdrawal", f.withdrawEstimate, web.SignedIn())
}

// estimatesListed is how many a page of them has.
const estimatesListed = 20

func estimateAddress(id estimate.ID) string { return "/account/estimates/" + string(id) }

// quoted tells whether the seller of a product names its price to each buyer.
func (s shown) quoted() bool {
	return s.State == catalog.StateOnSale && s.Page.Kind.Way() == catalog.WayEstimate
}

// askPrice asks the seller for the price of what was answered.
func (f *face) askPrice(tx *db.Tx, in picked) (web.Then, error) {
	if first, err := web.Once(tx, in.Key+" quote"); err != nil || !first {
		return web.See("/account/estimates"), err
	}
	e, err := estimate.Ask(tx, estimate.Wish{
		Product: in.Product, Variant: in.Variant, Answers: answersIn(in.Values), Note: in.Values.Get("note"), Lang: web.Lang(tx.Context()),
	})
	if refused(err) {
		return f.addAgain(tx, in, err)
	}
	return web.See(address(estimateAddress(e.ID), "done", "asked")), err
}

type estimatesAsk struct {
	accountAsk
	Before estimate.ID `query:"before" maxLength:"60"`
}

// estimatesView is what a buyer has asked the price of.
type estimatesView struct {
	cabinet
	All   []estimate.Estimate
	Next  string
	Begun bool
}

// estimates lists what a buyer has asked the price of.
func (f *face) estimates(tx *db.Tx, in estimatesAsk) (web.View, error) {
	c, err := f.cabinetOf(tx, in.accountAsk, "estimates")
	if err == nil {
		err = c.buyer()
	}
	if err != nil {
		return nil, err
	}
	v := estimatesView{cabinet: c, Begun: in.Before != ""}
	all, next, err := estimate.Mine(tx, in.Before, estimatesListed)
	if v.All = all; next != "" {
		v.Next = address("/account/estimates", "before", string(next))
	}
	return estimatesPage(v), err
}

type estimateAsk struct {
	accountAsk
	ID estimate.ID `path:"id" maxLength:"60"`
}

// estimateView is what was asked for and the price that the seller has named.
type estimateView struct {
	cabinet
	estimate.Estimate
	Now time.Time
}

func (f *face) estimate(tx *db.Tx, in estimateAsk) (web.View, error) {
	v, err := f.openEstimate(tx, in)
	return estimatePage(v), err
}

func (f *face) openEstimate(tx *db.Tx, in estimateAsk) (estimateView, error) {
	c, err := f.cabinetOf(tx, in.accountAsk, "estimates")
	if err == nil {
		err = c.buyer()
	}
	if err != nil {
		return estimateView{}, err
	}
	v := estimateView{cabinet: c, Now: tx.Now()}
	if v.Estimate, err = estimate.Get(tx, in.ID); err != nil {
		return v, err
	}
	v.Title = v.Estimate.Name.In(web.Lang(tx.Context()))
	return v, nil
}

type estimateAct struct {
	web.Typed
	estimateAsk
}

// acceptEstimate takes the price that was shown, and puts it into the basket.
func (f *face) acceptEstimate(tx *db.Tx, in estimateAct) (web.Then, error) {
	minor, err := strconv.ParseInt(in.Values.Get("price"), 10, 64)
	if err != nil {
		return web.Then{}, estimate.ErrChanged.About("%w", err)
	}
	e, err := estimate.Accept(tx, in.ID, money.Of(minor, money.Currency(in.Values.Get("currency"))))
	if err != nil {
		return f.estimateAgain(tx, in, err)
	}
	return f.putEstimate(tx, in.visitor, e, string(e.ID), e.Upfront())
}

// buyEstimate puts what was accepted, or the rest of its price, into the basket.
func (f *face) buyEstimate(tx *db.Tx, in estimateAct) (web.Then, error) {
	e, err := estimate.Get(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	if e.Payable() {
		return f.putEstimate(tx, in.visitor, e, estimate.RestRef(e.ID), e.Later())
	}
	if e.State != estimate.StateAccepted || !e.Open(tx.Now()) {
		return f.estimateAgain(tx, in, estimate.ErrState.About("%s is %s", e.ID, e.State))
	}
	return f.putEstimate(tx, in.visitor, e, string(e.ID), e.Upfront())
}

// putEstimate puts something of an estimate into the basket and leads there. What is there already stays there once.
func (f *face) putEstimate(tx *db.Tx, v visitor, e estimate.Estimate, ref string, price money.Money) (web.Then, error) {
	err := f.put(tx, v, cart.Addition{
		Variant: e.Variant, Quantity: measure.One, PriceSeen: price, Source: "estimate", Answers: map[string]string{catalog.ChosenCode: ref},
	})
	if errors.Is(err, cart.ErrChosen) {
		err = nil
	}
	return web.See("/basket"), err
}

// withdrawEstimate has the buyer not want it any more.
func (f *face) withdrawEstimate(tx *db.Tx, in estimateAct) (web.Then, error) {
	if _, err := estimate.Withdraw(tx, in.ID); err != nil {
		return f.estimateAgain(tx, in, err)
	}
	return web.See(estimateAddress(in.ID)), nil
}

// estimateAgain shows the page again with what is wrong.
func (f *face) estimateAgain(tx *db.Tx, in estimateAct, err error) (web.Then, error) {
	if !refused(err) {
		return web.Then{}, err
	}
	v, bad := f.openEstimate(tx, in.estimateAsk)
	if bad != nil {
		return web.Then{}, bad
	}
	v.Form = typed(tx.Context(), in.Typed, err)
	return web.Again(estimatePage(v)), nil
}

// stateOf is how far an estimate is: one whose last day is over has lapsed, also before the clock has noticed.
func stateOf(e estimate.Estimate, now time.Time) estimate.State {
	if (e.State == estimate.StateAnswered || e.State == estimate.StateAccepted) && !e.Open(now) {
		return estimate.StateLapsed
	}
	return e.State
}

// shareWords writes a deposit in words.
func shareWords(ctx context.Context, e estimate.Estimate) string {
	return money.Percent(int64(e.Deposit)).Format(web.Lang(ctx))
}
