package office

import (
	"net/url"

	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/promotion"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountPromotions(site *web.Site) {
	web.Page(site, "GET /office/promotions", f.promotions, web.Needs(ScopeCatalogRead))
	web.Page(site, "GET /office/promotions/new", f.newPromotion, web.Needs(ScopeCatalogWrite))
	web.Page(site, "GET /office/promotions/{id}", f.promotion, web.Needs(ScopeCatalogRead))
	web.Page(site, "GET /office/promotions/sentence", f.sentence, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/promotions", f.addPromotion, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/promotions/{id}", f.revisePromotion, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/promotions/{id}/{deed}", f.movePromotion, web.Needs(ScopeCatalogWrite))
}

// promotionsPage is how many promotions stand on a page.
const promotionsPage = 50

type promotionsAsk struct {
	After promotion.ID `query:"after" maxLength:"60"`
}

type promotionAsk struct {
	ID promotion.ID `path:"id" maxLength:"60"`
}

// promoting is the list of promotions, or one of them with its form.
type promoting struct {
	form
	All         []promotion.Promotion
	One         promotion.Promotion // One has no id when it is new.
	Totals      map[promotion.ID]promotion.Total
	Categories  []catalog.Category
	Collections []catalog.Collection
	Products    map[catalog.ProductID]catalog.Summary // Products are those that a promotion of the list names first, and all of One.
	Today       span.Day
	Begun       bool
	Next        promotion.ID
}

// gather looks up what the sentences of promotions name, in four statements.
func (g *promoting) gather(tx *db.Tx) error {
	g.Today = span.DayOf(tx.Now(), span.Almaty)
	g.Values, g.Wrong = url.Values{}, map[string]string{}
	var ids []promotion.ID
	var products []catalog.ProductID
	for _, p := range g.All {
		ids = append(ids, p.ID)
		products = append(products, p.Goods.Products[:min(len(p.Goods.Products), 1)]...)
	}
	ids, products = append(ids, g.One.ID), append(products, g.One.Goods.Products...)
	var err error
	if g.Totals, err = promotion.Totals(tx, ids); err != nil {
		return err
	}
	if g.Categories, err = catalog.Tree(tx); err != nil {
		return err
	}
	if g.Collections, err = catalog.Collections(tx); err != nil {
		return err
	}
	g.Products, err = summariesOf(tx, products)
	return err
}

// promotions lists the promotions of the reader's seller, the newest first, in five statements.
func (f face) promotions(tx *db.Tx, in promotionsAsk) (web.View, error) {
	g := promoting{Begun: in.After != ""}
	var err error
	if g.All, err = promotion.Of(tx, sellerOf(tx), in.After, promotionsPage+1); err != nil {
		return nil, err
	}
	if len(g.All) > promotionsPage {
		g.All = g.All[:promotionsPage]
		g.Next = g.All[promotionsPage-1].ID
	}
	if err := g.gather(tx); err != nil {
		return nil, err
	}
	return promotionsPageOf(f.page("promotions", t(tx.Context(), "nav.promotions")), g), nil
}

// newPromotion shows the form of a new promotion.
func (f face) newPromotion(tx *db.Tx, _ struct{}) (web.View, error) {
	g := promoting{One: promotion.Promotion{Seller: sellerOf(tx), Currency: f.Currency, Combines: true}}
	if err := g.gather(tx); err != nil {
		return nil, err
	}
	g.Values = promotionValues(g.One, g.Products)
	return promotionPageOf(f.page("promotions", t(tx.Context(), "promotions.new")), g), nil
}

// loadPromotion gives one promotion of the reader's seller with its form.
func (f face) loadPromotion(tx *db.Tx, id promotion.ID) (g promoting, err error) {
	if g.One, err = promotion.Get(tx, sellerOf(tx), id); err != nil {
		return g, err
	}
	if err := g.gather(tx); err != nil {
		return g, err
	}
	g.Values = promotionValues(g.One, g.Products)
	return g, nil
}

// promotion shows one promotion to be revised.
func (f face) promotion(tx *db.Tx, ask promotionAsk) (web.View, error) {
	g, err := f.loadPromotion(tx, ask.ID)
	return promotionPageOf(f.page("promotions", in(tx.Context(), g.One.Name)), g), err
}

// sentence says what a promotion would give as its form stands, in at most six statements; nothing while it cannot be read.
func (f face) sentence(tx *db.Tx, _ struct{}) (web.View, error) {
	asked, err := url.Parse(web.Path(tx.Context()))
	if err != nil {
		return nil, err
	}
	g := promoting{One: promotion.Promotion{Seller: sellerOf(tx), Currency: f.Currency}}
	if err := g.gather(tx); err != nil {
		return nil, err
	}
	p, err := g.read(tx, asked.Query())
	if err != nil || len(g.Wrong) > 0 || !says(p) {
		return promotionSentence(""), nil
	}
	if g.Products, err = summariesOf(tx, p.Goods.Products[:min(len(p.Goods.Products), 1)]); err != nil {
		return nil, err
	}
	return promotionSentence(promise(tx.Context(), p, g)), nil
}

type newPromotionForm struct{ web.Typed }

type promotionForm struct {
	web.Typed
	ID promotion.ID `path:"id" maxLength:"60"`
}

// addPromotion puts a promotion down as a draft.
func (f face) addPromotion(tx *db.Tx, typed newPromotionForm) (web.Then, error) {
	g := promoting{One: promotion.Promotion{Seller: sellerOf(tx), Currency: f.Currency}}
	if err := g.gather(tx); err != nil {
		return web.Then{}, err
	}
	p, err := g.read(tx, typed.Values)
	if err == nil && len(g.Wrong) == 0 {
		if p, err = promotion.Add(tx, p); err == nil {
			return see("promotions/"+url.PathEscape(string(p.ID)), "added"), nil
		}
	}
	return f.promotionAgain(tx, g, err)
}

// revisePromotion revises a promotion of the reader's seller.
func (f face) revisePromotion(tx *db.Tx, typed promotionForm) (web.Then, error) {
	g, err := f.loadPromotion(tx, typed.ID)
	if err != nil {
		return web.Then{}, err
	}
	if err := web.Before(tx, g.One); err != nil {
		return web.Then{}, err
	}
	p, err := g.read(tx, typed.Values)
	if err == nil && len(g.Wrong) == 0 {
		if _, err = promotion.Revise(tx, p); err == nil {
			return see("promotions/"+url.PathEscape(string(p.ID)), "saved"), nil
		}
	}
	return f.promotionAgain(tx, g, err)
}

// promotionAgain shows the form with what was typed and what is wrong.
func (f face) promotionAgain(tx *db.Tx, g promoting, err error) (web.Then, error) {
	if err != nil && !mendable(err) {
		return web.Then{}, err
	}
	g.note(tx.Context(), err, promotionField)
	p := f.page("promotions", t(tx.Context(), "nav.promotions"))
	p.Wrong = t(tx.Context(), "fields_wrong")
	if err != nil && len(g.Wrong) == 0 {
		p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	}
	return web.Again(promotionPageOf(p, g)), nil
}

type promotionDeed struct {
	ID   promotion.ID `path:"id" maxLength:"60"`
	Deed string       `path:"deed" enum:"start,pause,end,restore"`
}

// movePromotion starts, pauses, ends or restores a promotion of the reader's seller.
func (f face) movePromotion(tx *db.Tx, asked promotionDeed) (web.Then, error) {
	old, err := promotion.Get(tx, sellerOf(tx), asked.ID)
	if err != nil {
		return web.Then{}, err
	}
	if err := web.Before(tx, old); err != nil {
		return web.Then{}, err
	}
	move := promotion.Start
	switch asked.Deed {
	case "pause":
		move = promotion.Pause
	case "end":
		move = promotion.End
	case "restore":
		move = promotion.Restore
	}
	_, err = move(tx, old.Seller, old.ID)
	return see("promotions/"+url.PathEscape(string(old.ID)), "saved"), err
}
