package office

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/agreement"
	"sauda/core/catalog"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountSubscriptions(site *web.Site) {
	web.Page(site, "GET /office/subscriptions", f.subscriptions, web.Needs(ScopeOrdersRead))
	web.Page(site, "GET /office/products/{id}/subscription", f.subscribable, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/products/{id}/subscription", f.setPlan, web.Needs(ScopeCatalogWrite))
}

type subscriptionsAsk struct {
	State agreement.State `query:"state" enum:"active,dunning,paused,ended" default:"active"`
	After string          `query:"after" maxLength:"100"`
}

// subscriptionsView is a page of agreements.
type subscriptionsView struct {
	State agreement.State
	Tally agreement.Tally
	All   []agreement.Agreement
	Next  string
}

// subscriptions lists what buyers subscribe to at the seller, what is due first, in three statements.
func (f face) subscriptions(tx *db.Tx, in subscriptionsAsk) (web.View, error) {
	v := subscriptionsView{State: in.State}
	of := string(sellerOf(tx))
	var err error
	if v.Tally, err = agreement.Count(tx, of); err != nil {
		return nil, err
	}
	v.All, err = agreement.List(tx, agreement.Filter{Seller: of, State: in.State, After: agreedAfter(in.After), Limit: listed + 1})
	if len(v.All) > listed {
		v.All = v.All[:listed]
		last := v.All[listed-1]
		v.Next = last.Due.String() + " " + string(last.ID)
	}
	return subscriptionsPage(f.page("subscriptions", t(tx.Context(), "nav.subscriptions")), v), err
}

// agreedAfter reads where a page begins; what is none begins at the first.
func agreedAfter(typed string) (a agreement.Agreement) {
	day, id, _ := strings.Cut(typed, " ")
	due, err := span.Parse(day)
	if err != nil {
		return a
	}
	a.Due, a.ID = due, agreement.ID(id)
	return a
}

// agreedSum is what a period of an agreement costs, without delivery.
func agreedSum(a agreement.Agreement) money.Money {
	sum, err := a.Amount()
	if err != nil {
		return money.Money{}
	}
	return sum
}

// waits says why an order of an agreement has not come about on its day; what its buyer has to pay is said beside it.
func waits(ctx context.Context, a agreement.Agreement) string {
	switch f := fault.Find(a.Waits); {
	case a.Open:
		return t(ctx, "subscriptions.paying")
	case a.Waits == agreement.WhyLacking:
		return t(ctx, "subscriptions.waits.sold_out")
	case a.Waits == checkout.ErrMissing.Code: // All else that an order needs, it has.
		return t(ctx, "subscriptions.waits.undelivered")
	case f != nil:
		return i18n.Fault(web.Lang(ctx), f)
	}
	return a.Waits
}

// offeredPlan is how a product can be subscribed to, as it is edited.
type offeredPlan struct {
	form
	Product catalog.Product
	Plan    agreement.Plan
}

func (f face) loadPlan(tx *db.Tx, id catalog.ProductID) (v offeredPlan, err error) {
	v = offeredPlan{form: form{Wrong: map[string]string{}}}
	if v.Product, err = ownProduct(tx, id); err != nil {
		return v, err
	}
	if v.Plan, err = agreement.PlanOf(tx, id); fault.Of(err) == agreement.ErrNoPlan {
		v.Plan, err = agreement.Plan{}, nil
	}
	v.Values = url.Values{"share": {v.Plan.Share.String()}, "months": {strconv.Itoa(v.Plan.Months)}}
	if v.Plan.Offered {
		v.Values.Set("offered", "1")
	}
	for _, e := range v.Plan.Rhythms {
		v.Values.Add("rhythm", string(e))
	}
	if p := v.Plan.Trial; p != nil {
		v.Values.Set("trial_days", strconv.Itoa(p.Days))
		v.Values.Set("trial_price", p.Price.Decimal())
	}
	return v, err
}

// subscribable shows how a product can be subscribed to.
func (f face) subscribable(tx *db.Tx, in productAsk) (web.View, error) {
	v, err := f.loadPlan(tx, in.ID)
	return offeredPage(f.page("products", v.Product.Name.In(web.Lang(tx.Context()))), v), err
}

// setPlan says how a product can be subscribed to from now on.
func (f face) setPlan(tx *db.Tx, in productForm) (web.Then, error) {
	v, err := f.loadPlan(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	v.Values = in.Values
	p, ok := v.read(tx)
	if ok {
		if err = agreement.Set(tx, p); err == nil {
			return see("products/"+url.PathEscape(string(in.ID))+"/subscription", "saved"), nil
		}
		if !mendable(err) {
			return web.Then{}, err
		}
		v.note(tx.Context(), err, func(pointer string) string { return strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", "_") })
	}
	page := f.page("products", v.Product.Name.In(web.Lang(tx.Context())))
	if err != nil {
		page.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	}
	return web.Again(offeredPage(page, v)), nil
}

// read reads what was typed, and marks what cannot be read.
func (v offeredPlan) read(tx *db.Tx) (p agreement.Plan, ok bool) {
	p = agreement.Plan{Product: v.Product.ID, Seller: string(v.Product.Seller), Offered: v.Values.Get("offered") != ""}
	for _, e := range v.Values["rhythm"] {
		p.Rhythms = append(p.Rhythms, agreement.Every(e))
	}
	ctx, ok := tx.Context(), true
	wrong := func(field string, bad error, words fault.Sentence) {
		if bad != nil {
			v.Wrong[field], ok = said(ctx, words), false
		}
	}
	number := func(field string) (n int) {
		if typed := clean(v.Values.Get(field)); typed != "" {
			var err error
			n, err = strconv.Atoi(typed)
			wrong(field, err, fault.Say("Write a whole number that is not below zero."))
		}
		return n
	}
	if typed := clean(v.Values.Get("share")); typed != "" {
		rate, err := money.ParseRate(typed)
		p.Share = rate
		wrong("share", err, fault.Say("Take off from 0 to 90 percent."))
	}
	p.Months = number("months")
	if days := number("trial_days"); days != 0 {
		price, err := money.Parse(clean(v.Values.Get("trial_price")), money.KZT)
		p.Trial = &agreement.Trial{Days: days, Price: price}
		wrong("trial_price", err, fault.Say("A trial costs at least something: the card is confirmed by that payment."))
	}
	return p, ok
}

// chose tells whether a rhythm is ticked.
func (v offeredPlan) chose(e agreement.Every) bool {
	for _, typed := range v.Values["rhythm"] {
		if typed == string(e) {
			return true
		}
	}
	return false
}
