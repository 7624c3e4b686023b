package office

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/estimate"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountEstimates(site *web.Site) {
	web.Page(site, "GET /office/estimates", f.estimates, web.Needs(ScopeOrdersRead))
	web.Page(site, "GET /office/estimates/{id}", f.estimate, web.Needs(ScopeOrdersRead))
	web.Form(site, "POST /office/estimates/{id}/answer", f.answerEstimate, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/estimates/{id}/refusal", f.refuseEstimate, web.Needs(ScopeOrdersWrite))
}

type estimatesAsk struct {
	State estimate.State `query:"state" enum:"asked,answered,accepted,ordered,refused,withdrawn,lapsed,ended" default:"asked"`
	After estimate.ID    `query:"after" maxLength:"60"`
}

// estimatesView is a page of the prices that buyers have asked for.
type estimatesView struct {
	State estimate.State
	All   []estimate.Estimate
	Next  estimate.ID
}

// estimates lists what buyers have asked the price of, what waits longest first.
func (f face) estimates(tx *db.Tx, in estimatesAsk) (web.View, error) {
	v := estimatesView{State: in.State}
	var err error
	v.All, v.Next, err = estimate.Queue(tx, sellerOf(tx), in.State, in.After, listed)
	return estimatesPage(f.page("estimates", t(tx.Context(), "nav.estimates")), v), err
}

type estimateAsk struct {
	ID estimate.ID `path:"id" maxLength:"60"`
}

// estimateView is one of them, with the form by which it is answered.
type estimateView struct {
	form
	estimate.Estimate
	Today span.Day
}

// estimate shows what one buyer wants, and answers it.
func (f face) estimate(tx *db.Tx, in estimateAsk) (web.View, error) {
	v, err := loadEstimate(tx, in.ID)
	return estimatePage(f.page("estimates", v.Name.In(web.Lang(tx.Context()))), v), err
}

// usual are how long a price stands, and what is paid with the order, until the seller writes otherwise.
const (
	usualDays    = 14
	usualDeposit = 50
)

func loadEstimate(tx *db.Tx, id estimate.ID) (estimateView, error) {
	v := estimateView{Today: span.DayOf(tx.Now(), span.Almaty)}
	var err error
	if v.Estimate, err = estimate.Get(tx, id); err != nil {
		return v, err
	}
	v.Values = url.Values{"valid_to": {v.Today.AddDays(usualDays).String()}, "deposit": {strconv.Itoa(usualDeposit)}}
	if v.Price.IsPositive() {
		v.Values = url.Values{"price": {v.Price.Decimal()}, "included": {v.Included}, "days": {strconv.Itoa(v.Days)},
			"deposit": {strconv.Itoa(v.Deposit)}, "valid_to": {v.Last.String()}}
	}
	return v, nil
}

// answerable tells whether a price can be named, or another one.
func (v estimateView) answerable() bool {
	return v.State == estimate.StateAsked || v.State == estimate.StateAnswered
}

// estimateSaid is what is typed about an estimate.
type estimateSaid struct {
	web.Typed
	estimateAsk
	Version int64 `json:"version"`
}

// answerEstimate names the price.
func (f face) answerEstimate(tx *db.Tx, in estimateSaid) (web.Then, error) {
	read := func(field string) string { return clean(in.Values.Get(field)) }
	price, err := money.Parse(cmp.Or(read("price"), "0"), f.Currency)
	if err != nil {
		price = money.Of(0, f.Currency) // Which is refused.
	}
	days, err := strconv.Atoi(read("days"))
	if err != nil {
		days = 0 // Which is refused.
	}
	deposit, err := strconv.Atoi(read("deposit"))
	if err != nil {
		deposit = -1
	}
	last, err := span.Parse(read("valid_to"))
	if err != nil {
		last = span.Day{}
	}
	_, err = estimate.Answer(tx, in.ID, in.Version, estimate.Offer{
		Price: price, Included: in.Values.Get("included"), Days: days, Deposit: deposit, Last: last,
	})
	return f.estimateAgain(tx, in, err)
}

// refuseEstimate tells the buyer that it is not made.
func (f face) refuseEstimate(tx *db.Tx, in estimateSaid) (web.Then, error) {
	_, err := estimate.Refuse(tx, in.ID, in.Version, in.Values.Get("reason"))
	return f.estimateAgain(tx, in, err)
}

// estimateAgain leads back to the page, or shows it again with what is wrong.
func (f face) estimateAgain(tx *db.Tx, in estimateSaid, err error) (web.Then, error) {
	if err == nil {
		return see("estimates/"+url.PathEscape(string(in.ID)), "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	v, bad := loadEstimate(tx, in.ID)
	if bad != nil {
		return web.Then{}, bad
	}
	if fault.Of(err).Kind == fault.Invalid {
		v.Values = in.Values
	}
	v.note(tx.Context(), err, func(pointer string) string { return strings.TrimPrefix(pointer, "/") })
	p := f.page("estimates", v.Name.In(web.Lang(tx.Context())))
	p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	return web.Again(estimatePage(p, v)), nil
}
