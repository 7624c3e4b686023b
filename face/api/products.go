package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/core/seller"
	"sauda/core/shelf"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountProducts(api *web.API) {
	web.Cached(api, "GET /v1/products", f.keptProducts, f.listProducts, web.Public(), web.Shape[web.List[cardView]](),
		web.Doc("List products on sale, the newest first.", "Products"), web.Faults(catalog.ErrNoCategory, catalog.ErrCursor))
	web.Cached(api, "GET /v1/products/{id}", f.keptProduct, f.showProduct, web.Public(), web.Shape[productView](),
		web.Doc("Show a product with its variants, prices and availability.", "Products"), web.Faults(catalog.ErrUnknown))
	web.Query(api, "GET /v1/categories", listCategories, web.Public(),
		web.Doc("List the tree of categories.", "Products"))
}

// productsAsk is a page of the list.
type productsAsk struct {
	Category catalog.CategoryID `query:"category" maxLength:"60" doc:"Only this category and those below it."`
	Seller   seller.ID          `query:"seller" maxLength:"60" doc:"Only goods of this seller."`
	Brand    string             `query:"brand" maxLength:"100" doc:"Only goods of this brand."`
	Origin   place.Country      `query:"origin" maxLength:"2" doc:"Only goods of this country of origin, ISO 3166-1."`
	Proven   bool               `query:"proven" doc:"Only goods whose origin has evidence."`
	Currency money.Currency     `query:"currency" maxLength:"3" doc:"The currency of the prices."`
	Cursor   string             `query:"cursor" maxLength:"120" doc:"Where the page before ended."`
	Limit    int                `query:"limit" minimum:"1" maximum:"100" default:"24" doc:"How many at most."`
}

// productAsk is one product.
type productAsk struct {
	ID       catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
	Currency money.Currency    `query:"currency" maxLength:"3" doc:"The currency of the prices."`
}

// cardView is a product in a list.
type cardView struct {
	ID           catalog.ProductID  `json:"id"`
	Seller       seller.ID          `json:"seller"`
	Slug         string             `json:"slug"`
	Category     catalog.CategoryID `json:"category,omitempty"`
	Name         text.Localized     `json:"name"`
	Brand        string             `json:"brand,omitempty"`
	Origin       place.Country      `json:"origin,omitempty" doc:"The country of origin, ISO 3166-1."`
	Proof        catalog.Grade      `json:"origin_grade,omitempty" enum:"register,document,claim" doc:"What stands behind the origin; without one it is the seller's word."`
	Image        *mediaView         `json:"image,omitempty"`
	Price        *money.Money       `json:"price,omitempty" doc:"The lowest price of one unit; absent when there is none."`
	PriceWas     *money.Money       `json:"price_was,omitempty" doc:"The price without the promotion that lowers it for everybody."`
	Promotion    text.Localized     `json:"promotion,omitempty" doc:"The promotion that lowers the price for everybody."`
	PriceFrom    bool               `json:"price_from,omitempty" doc:"Other variants cost more."`
	Availability shelf.Availability `json:"availability" enum:"in_stock,to_order,out_of_stock"`
	Rating       *ratingView        `json:"rating,omitempty" doc:"What buyers say of it; absent while nobody has."`
	Variants     []cardVariant      `json:"variants" nullable:"false"`
	Kind         string             `json:"kind,omitempty" doc:"What kind of goods it is, when it is no thing that lies on a shelf: bundle, made or digital."`
}

// cardVariant is what can be put into a basket straight from the list.
type cardVariant struct {
	ID    catalog.VariantID `json:"id"`
	SKU   string            `json:"sku"`
	Label text.Localized    `json:"label,omitempty"`
	Unit  measure.Unit      `json:"unit"`
}

// mediaView is a picture, a film, a model or a document.
type mediaView struct {
	Kind    catalog.MediaKind `json:"kind" doc:"image, video, model or document."`
	URL     string            `json:"url"`
	Alt     text.Localized    `json:"alt,omitempty"`
	Poster  string            `json:"poster,omitempty" doc:"The picture that stands for a film or a model until it is played."`
	Options map[string]string `json:"options,omitempty" doc:"The choices of the variants that it shows; all of them when absent."`
	Srcset  string            `json:"srcset,omitempty" readOnly:"true" doc:"Smaller copies of a picture in JPEG, as the attribute srcset of HTML takes them. The same with .webp are smaller still."`
}

func viewMedia(m catalog.Media) mediaView {
	v := mediaView{Kind: m.Kind, URL: m.URL, Alt: m.Alt, Poster: m.Poster, Options: m.Options}
	if m.Kind == catalog.MediaImage {
		v.Srcset = media.Sources(m.URL, ".jpg")
	}
	return v
}

// productView is a product with all that its page shows.
type productView struct {
	ID          catalog.ProductID   `json:"id"`
	ExternalID  string              `json:"external_id,omitempty" doc:"The id in the source that it was imported from."`
	Seller      sellerView          `json:"seller"`
	Slug        string              `json:"slug"`
	State       catalog.State       `json:"state" enum:"draft,on_sale,ended"`
	Category    catalog.CategoryID  `json:"category,omitempty"`
	Trail       []categoryView      `json:"trail,omitempty" doc:"The categories from the root to this product's."`
	Name        text.Localized      `json:"name"`
	Description text.Localized      `json:"description,omitempty"`
	Brand       string              `json:"brand,omitempty"`
	Origin      place.Country       `json:"origin,omitempty"`
	Provenance  catalog.Provenance  `json:"provenance,omitzero" doc:"By what the origin is known."`
	Attributes  []catalog.Attribute `json:"attributes,omitempty"`
	Groups      []groupView         `json:"attribute_groups,omitempty" doc:"The attributes as a page groups them."`
	Options     []catalog.Option    `json:"options,omitempty"`
	Media       []mediaView         `json:"media,omitempty"`
	Variants    []variantView       `json:"variants" nullable:"false"`
	Kind        string              `json:"kind,omitempty" doc:"What kind of goods it is, when it is no thing that lies on a shelf: bundle, made or digital."`
	Parts       []partView          `json:"parts,omitempty" doc:"What a bundle is made of."`
	Made        *catalog.Made       `json:"made,omitempty" doc:"What is asked before it is made to order, and how its price follows."`
	Promotions  []text.Localized    `json:"promotions,omitempty" doc:"Promotions that are about it and need no code."`
	Rating      *ratingView         `json:"rating,omitempty" doc:"What buyers say of it; absent while nobody has."`
	Version     int64               `json:"version"`
	Since       time.Time           `json:"since"`
}

// groupView is attributes under one heading.
type groupView struct {
	Heading text.Localized `json:"heading,omitempty"`
	Codes   []string       `json:"codes"`
}

// sellerView is who sells.
type sellerView struct {
	ID   seller.ID      `json:"id"`
	Name text.Localized `json:"name"`
	BIN  string         `json:"bin,omitempty" doc:"The business identification number."`
}

// variantView is what is bought.
type variantView struct {
	ID           catalog.VariantID  `json:"id"`
	SKU          string             `json:"sku"`
	GTIN         string             `json:"gtin,omitempty"`
	NTIN         string             `json:"ntin,omitempty"`
	HS           string             `json:"hs,omitempty"`
	Options      map[string]string  `json:"options,omitempty"`
	Label        text.Localized     `json:"label,omitempty"`
	Unit         measure.Unit       `json:"unit" doc:"UN/ECE Recommendation 20."`
	Step         measure.Quantity   `json:"step" doc:"The smallest quantity; quantities are multiples of it."`
	Mass         measure.Mass       `json:"mass_g,omitempty"`
	Price        *money.Money       `json:"price,omitempty"`
	PriceWas     *money.Money       `json:"price_was,omitempty" doc:"The price without the promotions that lower it for everybody."`
	Steps        []stepView         `json:"price_steps,omitempty" doc:"Cheaper prices from larger quantities on."`
	Availability shelf.Availability `json:"availability" enum:"in_stock,to_order,out_of_stock"`
}

// partView is what is in a bundle.
type partView struct {
	Variant      catalog.VariantID  `json:"variant_id"`
	Product      catalog.ProductID  `json:"product_id"`
	Name         text.Localized     `json:"name"`
	Label        text.Localized     `json:"label,omitempty"`
	Quantity     measure.Quantity   `json:"quantity"`
	Unit         measure.Unit       `json:"unit"`
	Price        *money.Money       `json:"price,omitempty" doc:"What one unit costs by itself."`
	Availability shelf.Availability `json:"availability" enum:"in_stock,to_order,out_of_stock"`
}

// stepView is the price of one unit from a quantity on.
type stepView struct {
	From  measure.Quantity `json:"from"`
	Price money.Money      `json:"price"`
}

// categoryView is a category.
type categoryView struct {
	ID     catalog.CategoryID `json:"id"`
	Parent catalog.CategoryID `json:"parent,omitempty"`
	Slug   string             `json:"slug"`
	Name   text.Localized     `json:"name"`
}

func (a productsAsk) key() string {
	return "api/products?" + string(a.Category) + "&" + string(a.Seller) + "&" + string(a.Currency) + "&" + a.Cursor + "&" +
		strconv.Itoa(a.Limit) + "&" + string(a.Origin) + "&" + strconv.FormatBool(a.Proven) + "&" + a.Brand
}

func (a productAsk) key() string { return "api/product/" + string(a.ID) + "?" + string(a.Currency) }

// keptProducts answers a page of the list from memory.
func (f face) keptProducts(_ context.Context, in productsAsk) (web.Raw, bool) {
	return f.kept(in.key())
}

// keptProduct answers a product from memory. What is kept was made for a guest, so nobody sees more than that.
func (f face) keptProduct(ctx context.Context, in productAsk) (web.Raw, bool) {
	return f.kept(in.key())
}

// listProducts gives products on sale.
func (f face) listProducts(tx *db.Tx, in productsAsk) (web.Raw, error) {
	ticket := f.Shelf.Ticket()
	cards, next, err := shelf.List(tx, shelf.Ask{
		Filter:   catalog.Filter{Category: in.Category, Seller: in.Seller, Brand: in.Brand, Origin: in.Origin, Proven: in.Proven, After: in.Cursor, Limit: in.Limit},
		Currency: f.currency(in.Currency),
	})
	if err != nil {
		return web.Raw{}, err
	}
	if err := f.lower(tx, cards); err != nil {
		return web.Raw{}, err
	}
	page := web.List[cardView]{Items: make([]cardView, len(cards)), Next: next}
	for i, c := range cards {
		page.Items[i] = viewCard(c)
	}
	raw, err := rawOf(page, next)
	if err != nil {
		return web.Raw{}, err
	}
	if !slices.ContainsFunc(cards, func(c shelf.Card) bool { return !c.Lasting() }) {
		f.Shelf.Keep(ticket, in.key(), wrap(raw), shelf.ListTags())
	}
	return raw, nil
}

// showProduct gives one product.
func (f face) showProduct(tx *db.Tx, in productAsk) (web.Raw, error) {
	ticket := f.Shelf.Ticket()
	p, err := shelf.Show(tx, in.ID, f.currency(in.Currency), "")
	if err != nil {
		return web.Raw{}, err
	}
	set, err := f.Desk.Promotions.Load(tx)
	if err != nil {
		return web.Raw{}, err
	}
	p.Lower(tx, set)
	raw, err := rawOf(viewProduct(p), "")
	if err != nil || p.State == catalog.StateDraft || !p.Lasting() { // A draft is for its seller's eyes only.
		return raw, err
	}
	f.Shelf.Keep(ticket, in.key(), wrap(raw), shelf.PageTags(p))
	return raw, nil
}

// lower shows on cards what promotions take off their prices for everybody, which costs no statement once they are known.
func (f face) lower(tx *db.Tx, cards []shelf.Card) error {
	set, err := f.Desk.Promotions.Load(tx)
	if err == nil {
		shelf.Lower(tx, set, cards)
	}
	return err
}

// listCategories gives all categories, parents before their children.
func listCategories(tx *db.Tx, _ struct{}) (web.List[categoryView], error) {
	tree, err := catalog.Tree(tx)
	page := web.List[categoryView]{Items: make([]categoryView, 0, len(tree))}
	for _, c := range tree {
		page.Items = append(page.Items, viewCategory(c))
	}
	return page, err
}

func (f face) currency(asked money.Currency) money.Currency {
	if asked == "" {
		return f.Currency
	}
	return asked
}

// rawOf makes the bytes of a view, with a tag of what is in them.
func rawOf(v any, next string) (web.Raw, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return web.Raw{}, err
	}
	sum := sha256.Sum256(body)
	return web.Raw{Body: body, ETag: hex.EncodeToString(sum[:tagBytes]), Next: next}, nil
}

// tagBytes is enough of a hash that two versions of one address never share it.
const tagBytes = 12

// wrap packs an answer into one slice of bytes to be kept: the tag, the cursor with its length, the body.
func wrap(r web.Raw) []byte {
	out := make([]byte, 0, 2*tagBytes+1+len(r.Next)+len(r.Body))
	out = append(out, r.ETag...)
	out = append(out, byte(len(r.Next)))
	out = append(out, r.Next...)
	return append(out, r.Body...)
}

// kept unpacks what wrap packed.
func (f face) kept(key string) (web.Raw, bool) {
	b, ok := f.Shelf.Kept(key)
	if !ok {
		return web.Raw{}, false
	}
	body := 2*tagBytes + 1 + int(b[2*tagBytes])
	return web.Raw{ETag: string(b[:2*tagBytes]), Next: string(b[2*tagBytes+1 : body]), Body: b[body:]}, true
}

func viewCard(c shelf.Card) cardView {
	v := cardView{
		ID: c.ID, Seller: c.Seller, Slug: c.Slug, Category: c.Category, Name: c.Name, Brand: c.Brand, Origin: c.Origin,
		Proof: c.Proof, PriceFrom: c.From, Price: priceOf(c.Price), PriceWas: priceOf(c.Was), Promotion: c.Promotion, Availability: c.Availability, Variants: make([]cardVariant, len(c.Variants)),
		Kind: c.Kind.Name(), Rating: viewRating(c.Rating),
	}
	if c.Cover != nil {
		cover := viewMedia(*c.Cover)
		v.Image = &cover
	}
	for i, x := range c.Variants {
		v.Variants[i] = cardVariant{ID: x.ID, SKU: x.SKU, Label: x.Label, Unit: x.Unit}
	}
	return v
}

func viewProduct(p shelf.Page) productView {
	v := productView{
		Promotions: p.Promotions,
		ID:         p.ID, ExternalID: p.ExternalID, Slug: p.Slug, State: p.State, Category: p.Category, Name: p.Name,
		Description: p.Description, Brand: p.Brand, Origin: p.Origin, Provenance: p.Provenance, Attributes: p.Attributes, Options: p.Options,
		Seller: sellerView{ID: p.Seller.ID, Name: p.Seller.Name, BIN: p.Seller.BIN}, Version: p.Version, Since: p.Since,
		Variants: make([]variantView, len(p.Variants)), Kind: p.Kind.Name(), Made: p.Kind.Made, Rating: viewRating(p.Rating),
	}
	for _, part := range p.Parts {
		v.Parts = append(v.Parts, partView{
			Variant: part.Variant, Product: part.Product, Name: part.Name, Label: part.Label, Quantity: part.Quantity, Unit: part.Unit,
			Price: priceOf(part.Price), Availability: part.Availability,
		})
	}
	if groups := p.Groups(); len(groups) > 1 || len(groups) == 1 && !groups[0].Heading.IsEmpty() {
		for _, g := range groups {
			view := groupView{Heading: g.Heading}
			for _, a := range g.Attributes {
				view.Codes = append(view.Codes, a.Code)
			}
			v.Groups = append(v.Groups, view)
		}
	}
	for _, c := range p.Trail {
		v.Trail = append(v.Trail, viewCategory(c))
	}
	for _, m := range p.Media {
		v.Media = append(v.Media, viewMedia(m))
	}
	for i, x := range p.Variants {
		o := p.Offers[x.ID]
		v.Variants[i] = variantView{
			ID: x.ID, SKU: x.SKU, GTIN: x.GTIN, NTIN: x.NTIN, HS: x.HS, Options: x.Options, Label: x.Label, Unit: x.Unit,
			Step: x.Unit.Step(), Mass: x.Mass, Price: priceOf(o.Price), PriceWas: priceOf(o.Was), Availability: o.Availability,
		}
		for _, s := range o.Steps {
			v.Variants[i].Steps = append(v.Variants[i].Steps, stepView{From: s.From, Price: s.Amount})
		}
	}
	return v
}

func viewCategory(c catalog.Category) categoryView {
	return categoryView{ID: c.ID, Parent: c.Parent, Slug: c.Slug, Name: c.Name}
}

// priceOf is a price, or nothing where there is none.
func priceOf(m money.Money) *money.Money {
	if m.Currency == "" {
		return nil
	}
	return &m
}
