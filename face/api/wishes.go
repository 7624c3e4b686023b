package api

import (
	"time"

	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/shelf"
	"sauda/core/wish"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountWishes(api *web.API) {
	web.Query(api, "GET /v1/me/wishlist", f.listWishes, web.SignedIn(),
		web.Doc("List what the buyer keeps, the latest first, with the price that was seen and the one of today.", "People"), web.Faults(wish.ErrBuyer))
	web.Command(api, "PUT /v1/me/wishlist/{id}", f.keepWish, web.SignedIn(),
		web.Doc("Keep a product. One that is kept already stays as it is; another variant of it takes the place of the one that was meant.", "People"),
		web.Faults(wish.ErrBuyer, wish.ErrProduct, wish.ErrEnded, wish.ErrFull))
	web.Command(api, "DELETE /v1/me/wishlist/{id}", dropWish, web.SignedIn(),
		web.Doc("Let a product go. One that is not kept stays so.", "People"), web.Faults(wish.ErrBuyer))
	web.Query(api, "GET /v1/office/products/{id}/wishes", countWishes, web.Needs(scopeCatalogRead),
		web.Doc("Count how many people keep a product. Who they are, nobody is told.", "Office: goods"), web.Faults(wish.ErrDenied, catalog.ErrUnknown))
}

// wishView is what a buyer keeps.
type wishView struct {
	Product      catalog.ProductID  `json:"product_id"`
	Variant      catalog.VariantID  `json:"variant_id,omitempty" doc:"Which one is meant, if that was said."`
	Seen         money.Money        `json:"price_seen,omitzero" doc:"What it cost when it was kept."`
	Price        money.Money        `json:"price,omitzero" doc:"What it costs now; of several variants the lowest. Absent when it is not for sale."`
	Availability shelf.Availability `json:"availability" enum:"in_stock,to_order,out_of_stock"`
	Kept         time.Time          `json:"kept"`
}

func (f face) listWishes(tx *db.Tx, _ struct{}) (web.List[wishView], error) {
	things, err := wish.Mine(tx)
	if err != nil {
		return web.List[wishView]{}, err
	}
	ids := make([]catalog.ProductID, len(things))
	for i, t := range things {
		ids[i] = t.Product
	}
	today, err := f.today(tx, ids...)
	views := make([]wishView, len(things))
	for i, t := range things {
		views[i] = today.view(t)
	}
	return web.List[wishView]{Items: views}, err
}

// today is how products stand today.
type today struct {
	products map[catalog.ProductID]catalog.Summary
	stands   map[catalog.VariantID]shelf.Stood
}

// today gives how products stand, at the prices that promotions leave for everybody.
func (f face) today(tx *db.Tx, ids ...catalog.ProductID) (today, error) {
	summaries, err := catalog.Summaries(tx, ids, catalog.StateOnSale)
	if err != nil {
		return today{}, err
	}
	now := today{products: make(map[catalog.ProductID]catalog.Summary, len(summaries))}
	for _, s := range summaries {
		now.products[s.ID] = s
	}
	if now.stands, err = shelf.Stands(tx, summaries, f.Currency, ""); err != nil {
		return now, err
	}
	set, err := f.Desk.Promotions.Load(tx)
	if err == nil {
		shelf.LowerStands(tx, set, summaries, now.stands)
	}
	return now, err
}

// view puts something that is kept together with how it stands.
func (d today) view(t wish.Thing) wishView {
	c := shelf.Meant(d.products[t.Product], d.stands, t.Variant)
	return wishView{Product: t.Product, Variant: t.Variant, Seen: t.Seen, Price: c.Price, Availability: c.Availability, Kept: t.Kept}
}

type wishKept struct {
	ID      catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
	Variant catalog.VariantID `json:"variant_id,omitempty" maxLength:"60" doc:"Which one is meant, if that matters."`
}

func (f face) keepWish(tx *db.Tx, in wishKept) (wishView, error) {
	if err := wish.Buyer(tx); err != nil { // Only a buyer has a list here: guests have theirs on the pages.
		return wishView{}, err
	}
	today, err := f.today(tx, in.ID)
	if err != nil {
		return wishView{}, err
	}
	seen := today.view(wish.Thing{Product: in.ID, Variant: in.Variant}).Price
	kept, _, err := wish.Keep(tx, "", wish.Choice{Product: in.ID, Variant: in.Variant, Seen: seen, Source: "api"})
	return today.view(kept), err
}

type wishNamed struct {
	ID catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
}

func dropWish(tx *db.Tx, in wishNamed) (web.None, error) {
	if err := wish.Buyer(tx); err != nil {
		return web.None{}, err
	}
	_, _, err := wish.Drop(tx, "", in.ID)
	return web.None{}, err
}

type wishesCount struct {
	People int64 `json:"people" doc:"On how many wishlists the product is."`
}

func countWishes(tx *db.Tx, in wishNamed) (wishesCount, error) {
	p, err := own(tx, in.ID)
	if err != nil {
		return wishesCount{}, err
	}
	found, err := wish.Keepers(tx, p.Seller, []catalog.ProductID{in.ID})
	return wishesCount{found[in.ID]}, err
}
