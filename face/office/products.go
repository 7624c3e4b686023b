package office

import (
	"net/url"
	"slices"
	"strconv"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/shelf"
	"sauda/core/wish"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountProducts(site *web.Site) {
	web.Page(site, "GET /office/products", f.products, web.Needs(ScopeCatalogRead))
	web.Page(site, "GET /office/products/new", f.newProduct, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/products/new", f.addProduct, web.Needs(ScopeCatalogWrite))
	web.Page(site, "GET /office/products/{id}", f.product, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/products/{id}", f.reviseProduct, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/products/{id}/sale", f.putOnSale, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/products/{id}/end", f.endSale, web.Needs(ScopeCatalogWrite))
}

type productsAsk struct {
	State catalog.State `query:"state" enum:"any,draft,on_sale,ended" default:"any"`
	Text  string        `query:"q" maxLength:"200"`
	Below int           `query:"below" minimum:"0" maximum:"100"`
	After string        `query:"after" maxLength:"120"`
}

// productFilters are the values of an address that choose products.
var productFilters = []string{"state", "q", "below"}

// ask reads what an address asks for.
func (f face) ask(tx *db.Tx, in productsAsk) shelf.Ask {
	return shelf.Ask{
		Filter:   catalog.Filter{Seller: sellerOf(tx), State: in.State, Text: in.Text, Below: in.Below, After: in.After, Limit: listed},
		Currency: f.Currency, Unrated: true,
	}
}

// productStates are the tabs of the list.
var productStates = []catalog.State{catalog.StateAny, catalog.StateDraft, catalog.StateOnSale, catalog.StateEnded}

// productsList is a page of products.
type productsList struct {
	layout
	Ask        productsAsk
	Cards      []shelf.Card
	Shown      []column[shelf.Card]
	Next       string
	Categories []catalog.Category
}

// products lists the seller's products in any state.
func (f face) products(tx *db.Tx, in productsAsk) (web.View, error) {
	list := productsList{Ask: in}
	var err error
	if list.layout, list.Shown, err = laidOut(tx, "products", productFilters, productColumns); err != nil {
		return nil, err
	}
	if list.Cards, list.Next, err = shelf.List(tx, f.ask(tx, in)); err != nil {
		return nil, err
	}
	if may(tx.Context(), ScopeCatalogWrite) {
		list.Categories, err = catalog.Tree(tx)
	}
	return productsPage(f.page("products", t(tx.Context(), "nav.products")), list), err
}

// productsFile sends the products that a list shows.
func (f face) productsFile(x web.Exchange) error {
	in := productsAsk{State: catalog.State(askedOf(x.Request, "state")), Text: askedOf(x.Request, "q")}
	in.Below, _ = strconv.Atoi(askedOf(x.Request, "below")) // What is no number narrows nothing.
	if !slices.Contains(productStates, in.State) {
		in.State = catalog.StateAny
	}
	return sendList(f, x, "products", productColumns, func(tx *db.Tx, after string) ([]shelf.Card, string, error) {
		ask := f.ask(tx, in)
		ask.After, ask.Limit = after, catalog.PageMax
		return shelf.List(tx, ask)
	})
}

// belows are the scores by which the list is narrowed to what is incomplete.
var belows = []int{0, 100, 80, 50}

type productAsk struct {
	ID catalog.ProductID `path:"id" maxLength:"60"`
}

// ownProduct gives a product of the actor's seller; another seller's is as unknown as none.
func ownProduct(tx *db.Tx, id catalog.ProductID) (catalog.Product, error) {
	p, err := catalog.Get(tx, id)
	if err == nil && !tx.Who().For(string(p.Seller)) {
		err = catalog.ErrUnknown.About("%s is another seller's", id)
	}
	return p, err
}

// editor is the form of a product, fresh or known.
type editor struct {
	Product    catalog.Product        // Product is as it is stored; without an id it is a new one.
	Values     url.Values             // Values are what the fields show: what is stored, or what was typed.
	Now        url.Values             // Now is what is stored when somebody else was faster.
	Wrong      map[string]fault.Field // Wrong are the fields of the form that are not right.
	Categories []catalog.Category
	Prices     map[catalog.VariantID]money.Money
	Currency   money.Currency
	Keepers    int64 // Keepers is on how many wishlists it is.
}

// product shows a product to be edited.
func (f face) product(tx *db.Tx, in productAsk) (web.View, error) {
	e, err := f.edit(tx, in.ID)
	if err != nil {
		return nil, err
	}
	e.Values = e.stored()
	p := f.page("products", e.Product.Name.In(web.Lang(tx.Context()))).of(string(in.ID), e.Product.Version)
	return productPage(p, e), nil
}

// edit loads all that the form of a product needs.
func (f face) edit(tx *db.Tx, id catalog.ProductID) (editor, error) {
	e := editor{Currency: f.Currency, Prices: map[catalog.VariantID]money.Money{}, Wrong: map[string]fault.Field{}}
	var err error
	if e.Product, err = ownProduct(tx, id); err != nil {
		return e, err
	}
	if e.Categories, err = catalog.Tree(tx); err != nil {
		return e, err
	}
	variants := make([]catalog.VariantID, len(e.Product.Variants))
	for i, v := range e.Product.Variants {
		variants[i] = v.ID
	}
	keepers, err := wish.Keepers(tx, e.Product.Seller, []catalog.ProductID{id})
	if err != nil {
		return e, err
	}
	e.Keepers = keepers[id]
	prices, err := pricing.For(tx, variants, "", f.Currency, span.DayOf(tx.Now(), span.Almaty))
	for _, v := range e.Product.Variants {
		if step, ok := prices.Unit(v.ID, e.Product.Seller, v.Unit.Step()); ok {
			e.Prices[v.ID] = step.Amount
		}
	}
	return e, err
}

// newProduct shows an empty form.
func (f face) newProduct(tx *db.Tx, _ struct{}) (web.View, error) {
	e, err := f.blank(tx)
	return productPage(f.page("products", t(tx.Context(), "products.add")), e), err
}

func (f face) blank(tx *db.Tx) (editor, error) {
	e := editor{Currency: f.Currency, Values: url.Values{}, Wrong: map[string]fault.Field{}}
	e.Values.Set("v_0_tracking", string(catalog.Tracked))
	var err error
	e.Categories, err = catalog.Tree(tx)
	return e, err
}

// productForm is what was typed about a product. Its fields are read by hand, for a product has any number of variants.
type productForm struct {
	web.Typed
	ID      catalog.ProductID `path:"id" maxLength:"60"`
	Version int64             `json:"version"`
}

// newProductForm is the same for a product that has no id yet.
type newProductForm struct{ web.Typed }

// addProduct puts a new product into the catalogue as a draft, with its price.
func (f face) addProduct(tx *db.Tx, in newProductForm) (web.Then, error) {
	e, err := f.blank(tx)
	if err != nil {
		return web.Then{}, err
	}
	e.Values = in.Values
	title := t(tx.Context(), "products.add")
	r, ok := e.read()
	if !ok {
		return f.editAgain(tx, title, e, nil)
	}
	p, err := catalog.Add(tx, catalog.Draft{
		Seller: sellerOf(tx), Category: r.category, Name: r.name, Description: r.description, Brand: r.brand, Origin: r.origin,
		TaxClass: r.taxClass, Variants: r.variants,
	})
	if err == nil {
		err = f.setPrices(tx, p, r.prices, nil)
	}
	if err != nil {
		return f.editAgain(tx, title, e, err)
	}
	return see("products/"+url.PathEscape(string(p.ID)), "added"), nil
}

// reviseProduct writes what was typed over the version that the reader saw. When somebody else was faster, the form
// comes back with what was typed, beside what is stored now.
func (f face) reviseProduct(tx *db.Tx, in productForm) (web.Then, error) {
	e, err := f.edit(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	e.Values = in.Values
	title := e.Product.Name.In(web.Lang(tx.Context()))
	if in.Version != e.Product.Version {
		e.Now = e.stored()
		return f.editAgain(tx, title, e, catalog.ErrStale)
	}
	r, ok := e.read()
	if !ok {
		return f.editAgain(tx, title, e, nil)
	}
	p, err := catalog.Revise(tx, in.ID, in.Version, catalog.Changes{
		Category: &r.category, Name: &r.name, Description: &r.description, Brand: &r.brand, Origin: &r.origin,
		TaxClass: &r.taxClass, Variants: &r.variants,
	})
	if err == nil {
		err = f.setPrices(tx, p, r.prices, e.Prices)
	}
	if err != nil {
		return f.editAgain(tx, title, e, err)
	}
	return see("products/"+url.PathEscape(string(in.ID)), "saved"), nil
}

// listName is what a seller's own price list is called when the first price makes it.
var listName = text.Localized{"kk": "Бөлшек баға", "ru": "Розничная цена", "en": "Retail price", "zh": "零售价"}

// setPrices sets the prices by SKU that are other than before; a variant whose price was emptied cannot be bought.
func (f face) setPrices(tx *db.Tx, p catalog.Product, typed map[string]money.Money, before map[catalog.VariantID]money.Money) error {
	var entries []pricing.Entry
	var withdrawn []catalog.VariantID
	for _, v := range p.Variants {
		now, was := typed[v.SKU], before[v.ID]
		switch {
		case now == was:
		case now.Currency == "":
			withdrawn = append(withdrawn, v.ID)
		default:
			entries = append(entries, pricing.Entry{Variant: v.ID, Amount: now})
		}
	}
	if len(entries) == 0 && len(withdrawn) == 0 {
		return nil
	}
	list, err := pricing.EnsureList(tx, p.Seller, f.Currency, listName)
	if err == nil && len(entries) > 0 {
		_, err = pricing.SetMany(tx, list.ID, entries)
	}
	if err == nil && len(withdrawn) > 0 {
		err = pricing.Withdraw(tx, list.ID, withdrawn)
	}
	return err
}

type stateForm struct {
	ID      catalog.ProductID `path:"id" maxLength:"60"`
	Version int64             `json:"version"`
}

// putOnSale shows a product to buyers.
func (f face) putOnSale(tx *db.Tx, in stateForm) (web.Then, error) {
	if _, err := ownProduct(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	_, err := catalog.PutOnSale(tx, in.ID, in.Version)
	return see("products/"+url.PathEscape(string(in.ID)), "on_sale"), err
}

// endSale takes a product off the shelves.
func (f face) endSale(tx *db.Tx, in stateForm) (web.Then, error) {
	if _, err := ownProduct(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	_, err := catalog.End(tx, in.ID, in.Version)
	return see("products/"+url.PathEscape(string(in.ID)), "ended"), err
}
