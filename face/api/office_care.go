package api

import (
	"time"

	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/gear/db"
	"sauda/gear/web"
)

// mountOfficeCare adds what a seller keeps his goods in order with: what they lack, their history, links, plans and twins.
func (f face) mountOfficeCare(api *web.API) {
	web.Query(api, "GET /v1/office/products/{id}/completeness", f.completeness, web.Needs(scopeCatalogRead),
		web.Doc("Tell how complete a product is and what it lacks.", "Office: goods"), web.Faults(catalog.ErrUnknown))
	web.Query(api, "GET /v1/office/products/{id}/changes", listChanges, web.Needs(scopeCatalogRead),
		web.Doc("List who changed what of a product and when, the latest first.", "Office: goods"), web.Faults(catalog.ErrUnknown))
	web.Command(api, "POST /v1/office/products/{id}/changes/{version}/undoing", undoChange, web.Needs(scopeCatalogWrite),
		web.Doc("Take a change back, unless its fields were changed again later.", "Office: goods"),
		web.Faults(catalog.ErrUnknown, catalog.ErrNoChange, catalog.ErrNotUndoable, catalog.ErrChangedSince))
	web.Command(api, "POST /v1/office/products/{id}/previews", sharePreview, web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Make a link that shows the product, also a draft, to whoever has it.", "Office: goods"), web.Faults(catalog.ErrUnknown))
	web.Command(api, "DELETE /v1/office/products/{id}/previews", endPreviews, web.Needs(scopeCatalogWrite),
		web.Doc("End all links to a product.", "Office: goods"), web.Faults(catalog.ErrUnknown))
	web.Query(api, "GET /v1/office/products/{id}/plan", showPlan, web.Needs(scopeCatalogRead),
		web.Doc("Show when a product goes on sale and ends by itself.", "Office: goods"), web.Faults(catalog.ErrUnknown))
	web.Command(api, "PUT /v1/office/products/{id}/plan", setPlan, web.Needs(scopeCatalogWrite),
		web.Doc("Plan when a product goes on sale and ends; an absent time is not planned.", "Office: goods"),
		web.Faults(catalog.ErrUnknown, catalog.ErrPlan))
	web.Query(api, "GET /v1/office/duplicates", listTwins, web.Needs(scopeCatalogRead),
		web.Doc("List products of the seller that may be the same: by GTIN, NTIN or the words of their names.", "Office: goods"))
}

// completeness tells what a product lacks.
func (f face) completeness(tx *db.Tx, in officeProductAsk) (catalog.Completeness, error) {
	p, err := own(tx, in.ID)
	if err != nil {
		return catalog.Completeness{}, err
	}
	definitions, err := catalog.Definitions(tx, p.Category)
	if err != nil {
		return catalog.Completeness{}, err
	}
	variants, priced := make([]catalog.VariantID, len(p.Variants)), map[catalog.VariantID]bool{}
	for i, v := range p.Variants {
		variants[i] = v.ID
	}
	prices, err := pricing.For(tx, variants, "", f.Currency, span.DayOf(tx.Now(), span.Almaty))
	for _, v := range variants {
		priced[v] = len(prices[v]) > 0
	}
	return catalog.Complete(p, definitions, priced), err
}

type changesAsk struct {
	officeProductAsk
	Before int64 `query:"before" minimum:"0" doc:"Only changes before this version."`
}

// changeView is one entry of the history.
type changeView struct {
	Version int64         `json:"version" doc:"The version that the change made."`
	At      time.Time     `json:"at"`
	Kind    string        `json:"who_kind"`
	Who     string        `json:"who_id"`
	Fields  []string      `json:"fields"`
	Before  catalog.Facts `json:"before"`
	After   catalog.Facts `json:"after"`
	CanUndo bool          `json:"can_undo"`
}

type changesView struct {
	Items []changeView `json:"items"`
	Next  int64        `json:"next_before,omitempty"`
}

// listChanges lists the history of a product.
func listChanges(tx *db.Tx, in changesAsk) (changesView, error) {
	if _, err := own(tx, in.ID); err != nil {
		return changesView{}, err
	}
	all, next, err := catalog.History(tx, in.ID, in.Before)
	page := changesView{Items: make([]changeView, len(all)), Next: next}
	for i, c := range all {
		page.Items[i] = changeView{Version: c.Version, At: c.At, Kind: c.Kind, Who: c.Who, Fields: c.Fields, Before: c.Before,
			After: c.After, CanUndo: c.CanUndo()}
	}
	return page, err
}

type undoing struct {
	officeProductAsk
	Version int64 `path:"version" doc:"The version that the change made."`
}

// undoChange takes a change back.
func undoChange(tx *db.Tx, in undoing) (goodsView, error) {
	p, err := own(tx, in.ID)
	if err != nil {
		return goodsView{}, err
	}
	if err := web.Before(tx, viewGoods(p)); err != nil {
		return goodsView{}, err
	}
	p, err = catalog.Undo(tx, in.ID, p.Version, in.Version)
	return viewGoods(p), err
}

type previewView struct {
	Address string    `json:"address" doc:"The address in the shop."`
	Until   time.Time `json:"until"`
}

// sharePreview makes a link to a product.
func sharePreview(tx *db.Tx, in officeProductAsk) (previewView, error) {
	if _, err := own(tx, in.ID); err != nil {
		return previewView{}, err
	}
	p, err := catalog.Share(tx, in.ID)
	return previewView{Address: "/p/" + string(in.ID) + "?preview=" + p.Token, Until: p.Until}, err
}

// endPreviews ends all links to a product.
func endPreviews(tx *db.Tx, in officeProductAsk) (web.None, error) {
	if _, err := own(tx, in.ID); err != nil {
		return web.None{}, err
	}
	return web.None{}, catalog.Unshare(tx, in.ID)
}

type planView struct {
	Starts  *time.Time `json:"starts,omitempty"`
	Ends    *time.Time `json:"ends,omitempty"`
	Refused string     `json:"refused,omitempty" doc:"The code of the fault that stopped it last."`
}

func viewPlan(p catalog.Plan) planView {
	v := planView{Refused: p.Refused}
	if !p.Starts.IsZero() {
		v.Starts = &p.Starts
	}
	if !p.Ends.IsZero() {
		v.Ends = &p.Ends
	}
	return v
}

// showPlan shows the plan of a product.
func showPlan(tx *db.Tx, in officeProductAsk) (planView, error) {
	if _, err := own(tx, in.ID); err != nil {
		return planView{}, err
	}
	p, err := catalog.PlanOf(tx, in.ID)
	return viewPlan(p), err
}

type planDraft struct {
	officeProductAsk
	Starts *time.Time `json:"starts,omitempty"`
	Ends   *time.Time `json:"ends,omitempty"`
}

// setPlan plans the sale of a product.
func setPlan(tx *db.Tx, in planDraft) (planView, error) {
	if _, err := own(tx, in.ID); err != nil {
		return planView{}, err
	}
	at := func(t *time.Time) time.Time {
		if t == nil {
			return time.Time{}
		}
		return *t
	}
	p, err := catalog.Schedule(tx, in.ID, at(in.Starts), at(in.Ends))
	return viewPlan(p), err
}

type twinsView struct {
	Likeness catalog.Likeness    `json:"likeness" enum:"gtin,ntin,name"`
	Number   string              `json:"number,omitempty"`
	Products []catalog.ProductID `json:"products"`
}

// listTwins lists products that may be the same.
func listTwins(tx *db.Tx, _ struct{}) (web.List[twinsView], error) {
	all, err := catalog.Twinned(tx, sellerOf(tx))
	page := web.List[twinsView]{Items: make([]twinsView, len(all))}
	for i, t := range all {
		page.Items[i] = twinsView(t)
	}
	return page, err
}
