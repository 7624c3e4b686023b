package api

import (
	"strconv"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/tax"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountOfficeGoods(api *web.API) {
	web.Query(api, "GET /v1/office/products", officeProducts, web.Needs(scopeCatalogRead),
		web.Doc("List products of the seller in any state.", "Office: goods"))
	web.Query(api, "GET /v1/office/products/{id}", officeProduct, web.Needs(scopeCatalogRead),
		web.Doc("Show a product in any state.", "Office: goods"), web.Faults(catalog.ErrUnknown))
	web.Command(api, "POST /v1/office/products", addProduct, web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Add a product.", "Office: goods"), web.Faults(catalog.ErrInvalid, catalog.ErrSKUTaken, catalog.ErrExternal, catalog.ErrUnverified, catalog.ErrPart))
	web.Command(api, "PATCH /v1/office/products/{id}", reviseProduct, web.Needs(scopeCatalogWrite),
		web.Doc("Revise a product. Send the version that you saw as If-Match.", "Office: goods"),
		web.Faults(catalog.ErrUnknown, catalog.ErrStale, catalog.ErrInvalid, catalog.ErrUnverified, catalog.ErrPart))
	web.Command(api, "PUT /v1/office/products/{id}/sale", putOnSale, web.Needs(scopeCatalogWrite),
		web.Doc("Put a product on sale.", "Office: goods"), web.Faults(catalog.ErrUnknown, catalog.ErrOnSale, catalog.ErrSilent))
	web.Command(api, "DELETE /v1/office/products/{id}/sale", endSale, web.Needs(scopeCatalogWrite),
		web.Doc("Take a product off sale. What was ordered stays ordered.", "Office: goods"), web.Faults(catalog.ErrUnknown, catalog.ErrEnded))
	web.Command(api, "POST /v1/office/categories", ofHouse(addCategory), web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Add a category. The tree is of the house, so its own staff keeps it.", "Office: goods"))
	web.Command(api, "PUT /v1/office/prices", f.setPrices, web.Needs(scopeCatalogWrite),
		web.Doc("Set prices in the seller's own price list.", "Office: goods"), web.Faults(pricing.ErrTooMany, catalog.ErrUnknown))
}

type officeProductsAsk struct {
	Category catalog.CategoryID `query:"category" maxLength:"60"`
	State    catalog.State      `query:"state" enum:"any,draft,on_sale,ended" default:"any"`
	Text     string             `query:"q" maxLength:"200" doc:"Words of name, brand, SKU, GTIN or external id."`
	Origin   place.Country      `query:"origin" maxLength:"2"`
	Proven   bool               `query:"proven" doc:"Only those whose origin has evidence."`
	Below    int                `query:"below" minimum:"0" maximum:"100" doc:"Only those less complete than this, from 1 to 100."`
	Cursor   string             `query:"cursor" maxLength:"120"`
	Limit    int                `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// officeProductView is a product in a list of the office.
type officeProductView struct {
	ID       catalog.ProductID  `json:"id"`
	State    catalog.State      `json:"state"`
	Name     text.Localized     `json:"name"`
	Brand    string             `json:"brand,omitempty"`
	Category catalog.CategoryID `json:"category,omitempty"`
	Variants []cardVariant      `json:"variants" nullable:"false"`
	Score    *int               `json:"score,omitempty" doc:"How complete it is, from 0 to 100; absent for a moment after a change."`
	Version  int64              `json:"version"`
}

// officeProducts lists the seller's products.
func officeProducts(tx *db.Tx, in officeProductsAsk) (web.List[officeProductView], error) {
	found, next, err := catalog.List(tx, catalog.Filter{
		Category: in.Category, Seller: sellerOf(tx), State: in.State, Text: in.Text, Origin: in.Origin,
		Proven: in.Proven, Below: in.Below, After: in.Cursor, Limit: in.Limit,
	})
	page := web.List[officeProductView]{Items: make([]officeProductView, len(found)), Next: next}
	for i, s := range found {
		v := officeProductView{
			ID: s.ID, State: s.State, Name: s.Name, Brand: s.Brand, Category: s.Category, Version: s.Version,
			Variants: make([]cardVariant, len(s.Variants)),
		}
		if s.Score != catalog.Unweighed {
			v.Score = &s.Score
		}
		for n, x := range s.Variants {
			v.Variants[n] = cardVariant{ID: x.ID, SKU: x.SKU, Label: x.Label, Unit: x.Unit}
		}
		page.Items[i] = v
	}
	return page, err
}

// goodsView is a product as the office edits it.
type goodsView struct {
	ID          catalog.ProductID   `json:"id"`
	ExternalID  string              `json:"external_id,omitempty"`
	Slug        string              `json:"slug"`
	State       catalog.State       `json:"state"`
	Category    catalog.CategoryID  `json:"category,omitempty"`
	Name        text.Localized      `json:"name"`
	Description text.Localized      `json:"description,omitempty"`
	Brand       string              `json:"brand,omitempty"`
	Origin      place.Country       `json:"origin,omitempty"`
	Provenance  catalog.Provenance  `json:"provenance,omitzero"`
	TaxClass    tax.Class           `json:"tax_class"`
	Attributes  []catalog.Attribute `json:"attributes,omitempty"`
	Options     []catalog.Option    `json:"options,omitempty"`
	Media       []mediaView         `json:"media,omitempty"`
	Variants    []goodsVariant      `json:"variants" nullable:"false"`
	Kind        catalog.Kind        `json:"kind,omitzero" doc:"What kind of goods it is, when it is no thing that lies on a shelf."`
	Version     int64               `json:"version"`
}

// Revision makes the version the tag of the product.
func (g goodsView) Revision() int64 { return g.Version }

// goodsVariant is a variant as the office edits it.
type goodsVariant struct {
	ID       catalog.VariantID `json:"id,omitempty" readOnly:"true"`
	SKU      string            `json:"sku" maxLength:"100"`
	GTIN     string            `json:"gtin,omitempty" maxLength:"14"`
	NTIN     string            `json:"ntin,omitempty" maxLength:"20"`
	HS       string            `json:"hs,omitempty" maxLength:"10"`
	Options  map[string]string `json:"options,omitempty"`
	Unit     measure.Unit      `json:"unit,omitempty" maxLength:"3" doc:"UN/ECE Recommendation 20; C62, a piece, when absent."`
	Mass     measure.Mass      `json:"mass_g,omitempty" minimum:"0"`
	Size     measure.Size      `json:"size_mm,omitzero"`
	Tracking catalog.Tracking  `json:"tracking,omitempty" enum:"tracked,untracked,backorder"`
}

func (v goodsVariant) variant() catalog.Variant {
	return catalog.Variant{
		SKU: v.SKU, GTIN: v.GTIN, NTIN: v.NTIN, HS: v.HS, Options: v.Options, Unit: v.Unit, Mass: v.Mass, Size: v.Size, Tracking: v.Tracking,
	}
}

func viewGoods(p catalog.Product) goodsView {
	v := goodsView{
		ID: p.ID, ExternalID: p.ExternalID, Slug: p.Slug, State: p.State, Category: p.Category, Name: p.Name, Description: p.Description,
		Brand: p.Brand, Origin: p.Origin, Provenance: p.Provenance, TaxClass: p.TaxClass, Attributes: p.Attributes, Options: p.Options, Version: p.Version,
		Kind:     p.Kind,
		Variants: make([]goodsVariant, len(p.Variants)),
	}
	for _, m := range p.Media {
		v.Media = append(v.Media, viewMedia(m))
	}
	for i, x := range p.Variants {
		v.Variants[i] = goodsVariant{
			ID: x.ID, SKU: x.SKU, GTIN: x.GTIN, NTIN: x.NTIN, HS: x.HS, Options: x.Options, Unit: x.Unit, Mass: x.Mass, Size: x.Size, Tracking: x.Tracking,
		}
	}
	return v
}

type officeProductAsk struct {
	ID catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
}

// own gives a product of the actor's seller; another seller's is as unknown as none.
func own(tx *db.Tx, id catalog.ProductID) (catalog.Product, error) {
	p, err := catalog.Get(tx, id)
	if err == nil && !tx.Who().For(string(p.Seller)) {
		err = catalog.ErrUnknown.About("%s is another seller's", id)
	}
	return p, err
}

// officeProduct shows a product in any state.
func officeProduct(tx *db.Tx, in officeProductAsk) (goodsView, error) {
	p, err := own(tx, in.ID)
	return viewGoods(p), err
}

type productDraft struct {
	ExternalID  string              `json:"external_id,omitempty" maxLength:"100"`
	Slug        string              `json:"slug,omitempty" maxLength:"200"`
	Category    catalog.CategoryID  `json:"category,omitempty" maxLength:"60"`
	Name        text.Localized      `json:"name"`
	Description text.Localized      `json:"description,omitempty"`
	Brand       string              `json:"brand,omitempty" maxLength:"100"`
	Origin      place.Country       `json:"origin,omitempty" maxLength:"2"`
	Provenance  catalog.Provenance  `json:"provenance,omitzero" doc:"By what the origin is known: register, document or claim, with its evidence."`
	TaxClass    tax.Class           `json:"tax_class,omitempty" enum:"standard,medical,periodical,export-zero,exempt"`
	State       catalog.State       `json:"state,omitempty" enum:"draft,on_sale"`
	Attributes  []catalog.Attribute `json:"attributes,omitempty" maxItems:"300"`
	Options     []catalog.Option    `json:"options,omitempty" maxItems:"3"`
	Media       []mediaView         `json:"media,omitempty" maxItems:"50"`
	Variants    []goodsVariant      `json:"variants" minItems:"1" maxItems:"100"`
	Kind        catalog.Kind        `json:"kind,omitzero" doc:"A bundle of other goods, a thing that is made to order, or what is fetched as a file or code. Absent for a thing that lies on a shelf."`
}

// addProduct adds a product of the actor's seller.
func addProduct(tx *db.Tx, in productDraft) (goodsView, error) {
	d := catalog.Draft{
		Seller: sellerOf(tx), ExternalID: in.ExternalID, Slug: in.Slug, Category: in.Category, Name: in.Name, Description: in.Description,
		Brand: in.Brand, Origin: in.Origin, Provenance: in.Provenance, TaxClass: in.TaxClass, State: in.State, Attributes: in.Attributes, Options: in.Options,
		Media: mediaOf(in.Media), Variants: variantsOf(in.Variants), Kind: in.Kind,
	}
	p, err := catalog.Add(tx, d)
	return viewGoods(p), err
}

func (m mediaView) medium() catalog.Media {
	return catalog.Media{Kind: m.Kind, URL: m.URL, Alt: m.Alt, Poster: m.Poster, Options: m.Options}
}

func mediaOf(views []mediaView) []catalog.Media {
	var media []catalog.Media
	for _, m := range views {
		media = append(media, m.medium())
	}
	return media
}

func variantsOf(views []goodsVariant) []catalog.Variant {
	var variants []catalog.Variant
	for _, v := range views {
		variants = append(variants, v.variant())
	}
	return variants
}

type productChanges struct {
	ID          catalog.ProductID    `path:"id" maxLength:"60" doc:"The product."`
	IfMatch     web.IfMatch          `header:"If-Match" doc:"The ETag of the version that you saw."`
	Slug        *string              `json:"slug,omitempty" maxLength:"200"`
	Category    *catalog.CategoryID  `json:"category,omitempty" maxLength:"60"`
	Name        *text.Localized      `json:"name,omitempty"`
	Description *text.Localized      `json:"description,omitempty"`
	Brand       *string              `json:"brand,omitempty" maxLength:"100"`
	Origin      *place.Country       `json:"origin,omitempty" maxLength:"2"`
	Provenance  *catalog.Provenance  `json:"provenance,omitempty"`
	TaxClass    *tax.Class           `json:"tax_class,omitempty" enum:"standard,medical,periodical,export-zero,exempt"`
	Attributes  *[]catalog.Attribute `json:"attributes,omitempty" maxItems:"300"`
	Options     *[]catalog.Option    `json:"options,omitempty" maxItems:"3"`
	Media       *[]mediaView         `json:"media,omitempty" maxItems:"50"`
	Variants    *[]goodsVariant      `json:"variants,omitempty" minItems:"1" maxItems:"100" doc:"All variants; one that is missing is dropped."`
	Kind        *catalog.Kind        `json:"kind,omitempty" doc:"The kind as a whole; an empty one makes it a thing that lies on a shelf."`
}

// reviseProduct changes what is given and leaves the rest.
func reviseProduct(tx *db.Tx, in productChanges) (goodsView, error) {
	before, err := own(tx, in.ID)
	if err != nil {
		return goodsView{}, err
	}
	if err := in.IfMatch.Check(before.Version); err != nil {
		return goodsView{}, err
	}
	if err := web.Before(tx, viewGoods(before)); err != nil {
		return goodsView{}, err
	}
	changes := catalog.Changes{
		Slug: in.Slug, Category: in.Category, Name: in.Name, Description: in.Description, Brand: in.Brand, Origin: in.Origin,
		Provenance: in.Provenance, TaxClass: in.TaxClass, Attributes: in.Attributes, Options: in.Options, Kind: in.Kind,
	}
	if in.Media != nil {
		media := mediaOf(*in.Media)
		changes.Media = &media
	}
	if in.Variants != nil {
		variants := variantsOf(*in.Variants)
		changes.Variants = &variants
	}
	p, err := catalog.Revise(tx, in.ID, before.Version, changes)
	return viewGoods(p), err
}

// putOnSale puts a product on sale.
func putOnSale(tx *db.Tx, in officeProductAsk) (goodsView, error) {
	p, err := own(tx, in.ID)
	if err != nil {
		return goodsView{}, err
	}
	p, err = catalog.PutOnSale(tx, in.ID, p.Version)
	return viewGoods(p), err
}

// endSale takes a product off sale.
func endSale(tx *db.Tx, in officeProductAsk) (goodsView, error) {
	p, err := own(tx, in.ID)
	if err != nil {
		return goodsView{}, err
	}
	p, err = catalog.End(tx, in.ID, p.Version)
	return viewGoods(p), err
}

type categoryDraft struct {
	Parent catalog.CategoryID `json:"parent,omitempty" maxLength:"60"`
	Slug   string             `json:"slug,omitempty" maxLength:"200"`
	Name   text.Localized     `json:"name"`
}

// addCategory adds a category.
func addCategory(tx *db.Tx, in categoryDraft) (categoryView, error) {
	c, err := catalog.AddCategory(tx, catalog.CategoryDraft{Parent: in.Parent, Slug: in.Slug, Name: in.Name})
	return viewCategory(c), err
}

type prices struct {
	Currency money.Currency `json:"currency,omitempty" maxLength:"3"`
	Prices   []priceEntry   `json:"prices" minItems:"1" maxItems:"1000"`
}

type priceEntry struct {
	Variant catalog.VariantID `json:"variant_id" maxLength:"60"`
	From    measure.Quantity  `json:"from,omitempty" doc:"The quantity from which this price counts; any when absent."`
	Amount  int64             `json:"amount" minimum:"0" doc:"The price of one unit in minor units."`
}

// changed says how many were different.
type changed struct {
	Changed int `json:"changed"`
}

// retailName is how the list is called that the first prices of a seller make.
var retailName = text.Localized{"kk": "Бөлшек баға", "ru": "Розничная цена", "en": "Retail price", "zh": "零售价"}

// setPrices sets prices in the seller's own list of the currency.
func (f face) setPrices(tx *db.Tx, in prices) (changed, error) {
	currency := f.currency(in.Currency)
	entries, variants := make([]pricing.Entry, len(in.Prices)), make([]catalog.VariantID, len(in.Prices))
	for i, p := range in.Prices {
		entries[i], variants[i] = pricing.Entry{Variant: p.Variant, From: p.From, Amount: money.Of(p.Amount, currency)}, p.Variant
	}
	offers, err := catalog.Offers(tx, variants)
	if err != nil {
		return changed{}, err
	}
	for i, v := range variants {
		if o, known := offers[v]; !known || o.Seller != sellerOf(tx) {
			return changed{}, catalog.ErrUnknown.At("/prices/"+strconv.Itoa(i)+"/variant_id", fault.Say("The seller has nothing of this id."))
		}
	}
	list, err := pricing.EnsureList(tx, sellerOf(tx), currency, retailName)
	if err != nil {
		return changed{}, err
	}
	n, err := pricing.SetMany(tx, list.ID, entries)
	return changed{n}, err
}
