package api

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/promotion"
	"sauda/gear/db"
	"sauda/gear/web"
)

// mountPromotions adds what a seller gives away.
func (f face) mountPromotions(api *web.API) {
	const group = "Office: promotions"
	web.Query(api, "GET /v1/office/promotions", listPromotions, web.Needs(scopeCatalogRead),
		web.Doc("List promotions, the newest first, with what they gave away.", group))
	web.Query(api, "GET /v1/office/promotions/{id}", onePromotion, web.Needs(scopeCatalogRead),
		web.Doc("Show a promotion.", group), web.Faults(promotion.ErrUnknown))
	web.Command(api, "POST /v1/office/promotions", f.addPromotion, web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Put a promotion down as a draft: it counts for nobody before it is started.", group),
		web.Faults(promotion.ErrInvalid, promotion.ErrTaken))
	web.Command(api, "PUT /v1/office/promotions/{id}", revisePromotion, web.Needs(scopeCatalogWrite),
		web.Doc("Revise a promotion. Orders that were placed keep what they were promised.", group),
		web.Faults(promotion.ErrUnknown, promotion.ErrInvalid, promotion.ErrState, promotion.ErrStale, promotion.ErrTaken, promotion.ErrPromised))
	web.Command(api, "PUT /v1/office/promotions/{id}/state", movePromotion, web.Needs(scopeCatalogWrite),
		web.Doc("Start, pause or end a promotion, or restore one that has ended.", group),
		web.Faults(promotion.ErrUnknown, promotion.ErrState, promotion.ErrStale, promotion.ErrMany, promotion.ErrTaken))
}

// promotionDraft is a promotion as somebody describes it.
type promotionDraft struct {
	Name     text.Localized    `json:"name" required:"true" doc:"What buyers read as the reason."`
	Days     span.Days         `json:"days,omitempty" doc:"In the time of Kazakhstan; always when absent."`
	Priority int64             `json:"priority,omitempty" minimum:"0" maximum:"1000" doc:"Of promotions that do not go together and save as much, the one with the higher priority counts."`
	Combines bool              `json:"combines,omitempty" doc:"Whether others count for the same goods."`
	Goods    promotion.Goods   `json:"goods,omitempty" doc:"What it is about: whatever is in one of the lists; everything when absent."`
	Needs    promotion.Needs   `json:"needs,omitempty" doc:"What a purchase must have."`
	Effect   reductionView     `json:"effect" required:"true"`
	Coupons  promotion.Coupons `json:"coupons,omitempty" doc:"The codes by which it is claimed; none needs no code."`
}

// reductionView is what a promotion takes off.
type reductionView struct {
	Kind    promotion.Kind `json:"kind" required:"true" enum:"percent_off,amount_off,set_free,set_price,order_off,delivery_off"`
	Percent string         `json:"percent,omitempty" maxLength:"10" example:"12.5" doc:"Of percent_off."`
	Cap     int64          `json:"cap,omitempty" minimum:"0" doc:"The most that percent_off takes off a purchase, in minor units; 0 is no bound."`
	Amount  int64          `json:"amount,omitempty" minimum:"0" doc:"Of amount_off, set_price, order_off and delivery_off, in minor units; delivery_off of 0 makes it free."`
	Size    int64          `json:"size,omitempty" minimum:"0" doc:"How many units a set has."`
	Free    int64          `json:"free,omitempty" minimum:"0" doc:"How many of a set set_free gives away."`
}

// into gives a promotion what the draft says.
func (d promotionDraft) into(p promotion.Promotion) (promotion.Promotion, error) {
	p.Name, p.Days, p.Priority, p.Combines = d.Name, d.Days, d.Priority, d.Combines
	p.Goods, p.Needs, p.Coupons = d.Goods, d.Needs, d.Coupons
	e := d.Effect
	p.Effect = promotion.Effect{Kind: e.Kind, Cap: e.Cap, Amount: e.Amount, Size: e.Size, Free: e.Free}
	var err error
	if e.Percent != "" {
		p.Effect.Rate, err = money.ParseRate(e.Percent)
	}
	return p, err
}

// promotionView is a promotion with what it gave away.
type promotionView struct {
	ID       promotion.ID      `json:"id"`
	State    promotion.State   `json:"state" enum:"draft,running,paused,ended"`
	Phase    promotion.Phase   `json:"phase" enum:"draft,planned,running,paused,over" doc:"How it stands today."`
	Version  int64             `json:"version"`
	Name     text.Localized    `json:"name"`
	Currency money.Currency    `json:"currency"`
	Days     span.Days         `json:"days"`
	Priority int64             `json:"priority"`
	Combines bool              `json:"combines"`
	Goods    promotion.Goods   `json:"goods"`
	Needs    promotion.Needs   `json:"needs"`
	Effect   reductionView     `json:"effect"`
	Coupons  promotion.Coupons `json:"coupons"`
	Uses     int64             `json:"uses" doc:"In orders that stand."`
	Given    *money.Money      `json:"given,omitempty" doc:"What it took off them; absent while nobody has used it."`
}

// Revision is the version that stands in the ETag.
func (v promotionView) Revision() int64 { return v.Version }

func viewPromotion(tx *db.Tx, p promotion.Promotion, total promotion.Total) promotionView {
	e := reductionView{Kind: p.Effect.Kind, Cap: p.Effect.Cap, Amount: p.Effect.Amount, Size: p.Effect.Size, Free: p.Effect.Free}
	if p.Effect.Kind == promotion.PercentOff {
		e.Percent = p.Effect.Rate.String()
	}
	v := promotionView{
		ID: p.ID, State: p.State, Phase: p.On(span.DayOf(tx.Now(), span.Almaty)), Version: p.Version, Name: p.Name, Currency: p.Currency,
		Days: p.Days, Priority: p.Priority, Combines: p.Combines, Goods: p.Goods, Needs: p.Needs, Effect: e, Coupons: p.Coupons, Uses: total.Uses,
	}
	if total.Uses > 0 {
		v.Given = &total.Given
	}
	return v
}

type promotionsAsk struct {
	Cursor promotion.ID `query:"cursor" maxLength:"60"`
	Limit  int          `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

// listPromotions lists a page of promotions in two statements.
func listPromotions(tx *db.Tx, in promotionsAsk) (web.List[promotionView], error) {
	all, err := promotion.Of(tx, sellerOf(tx), in.Cursor, in.Limit+1)
	if err != nil {
		return web.List[promotionView]{}, err
	}
	page := web.List[promotionView]{Items: []promotionView{}}
	if len(all) > in.Limit {
		all = all[:in.Limit]
		page.Next = string(all[in.Limit-1].ID)
	}
	ids := make([]promotion.ID, len(all))
	for i, p := range all {
		ids[i] = p.ID
	}
	totals, err := promotion.Totals(tx, ids)
	for _, p := range all {
		page.Items = append(page.Items, viewPromotion(tx, p, totals[p.ID]))
	}
	return page, err
}

type promotionAsk struct {
	ID promotion.ID `path:"id" maxLength:"60"`
}

func onePromotion(tx *db.Tx, in promotionAsk) (promotionView, error) {
	p, err := promotion.Get(tx, sellerOf(tx), in.ID)
	return promotionOf(tx, p, err)
}

// promotionOf shows a promotion with its total.
func promotionOf(tx *db.Tx, p promotion.Promotion, err error) (promotionView, error) {
	if err != nil {
		return promotionView{}, err
	}
	totals, err := promotion.Totals(tx, []promotion.ID{p.ID})
	return viewPromotion(tx, p, totals[p.ID]), err
}

// addPromotion puts a promotion down.
func (f face) addPromotion(tx *db.Tx, in promotionDraft) (promotionView, error) {
	p, err := in.into(promotion.Promotion{Seller: sellerOf(tx), Currency: f.Currency})
	if err == nil {
		p, err = promotion.Add(tx, p)
	}
	if err != nil {
		return promotionView{}, err
	}
	return viewPromotion(tx, p, promotion.Total{}), nil
}

type promotionChange struct {
	ID      promotion.ID `path:"id" maxLength:"60"`
	IfMatch web.IfMatch  `header:"If-Match" doc:"The ETag of the version that you saw."`
	promotionDraft
}

// revisePromotion puts what a promotion says in the place of what it said.
func revisePromotion(tx *db.Tx, in promotionChange) (promotionView, error) {
	old, err := seenPromotion(tx, in.ID, in.IfMatch)
	if err != nil {
		return promotionView{}, err
	}
	p, err := in.into(old)
	if err == nil {
		p, err = promotion.Revise(tx, p)
	}
	return promotionOf(tx, p, err)
}

// seenPromotion gives a promotion in the version that somebody saw, and notes it as what stood before.
func seenPromotion(tx *db.Tx, id promotion.ID, seen web.IfMatch) (promotion.Promotion, error) {
	old, err := promotion.Get(tx, sellerOf(tx), id)
	if err == nil {
		err = seen.Check(old.Version)
	}
	if err == nil {
		err = web.Before(tx, old)
	}
	return old, err
}

type promotionState struct {
	ID      promotion.ID `path:"id" maxLength:"60"`
	IfMatch web.IfMatch  `header:"If-Match" doc:"The ETag of the version that you saw."`
	State   string       `json:"state" required:"true" enum:"running,paused,ended,restored" doc:"restored leads an ended one back to where it came from."`
}

// movePromotion starts, pauses, ends or restores a promotion.
func movePromotion(tx *db.Tx, in promotionState) (promotionView, error) {
	old, err := seenPromotion(tx, in.ID, in.IfMatch)
	if err != nil {
		return promotionView{}, err
	}
	move := promotion.Start
	switch in.State {
	case "paused":
		move = promotion.Pause
	case "ended":
		move = promotion.End
	case "restored":
		move = promotion.Restore
	}
	p, err := move(tx, old.Seller, old.ID)
	return promotionOf(tx, p, err)
}
