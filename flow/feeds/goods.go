// Package feeds brings goods out: as files in the forms of other shops and markets, as feeds at addresses that stay, and as
// the maps by which search engines find the pages.
//
// It reads and changes nothing. The store is walked in pages, each in a snapshot of its own, so a catalogue of any size
// takes the memory of one page and nobody waits behind an export. What it writes, intake reads back as the same goods, as
// far as a form can say them.
package feeds

import (
	"context"
	"slices"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/core/shelf"
	"sauda/gear/db"
	"sauda/gear/job"
)

// good is a product with what it costs and how many there are.
type good struct {
	catalog.Product
	path   []text.Localized // path is its categories, the widest first; the one that imports make for themselves is left out.
	stands map[catalog.VariantID]shelf.Stood
	lower  func(money.Money) money.Money // lower takes off a price what promotions take off it for everybody.
}

// importsRoot is the slug of the category below which imports put theirs: brought in again, it would stand there twice.
const importsRoot = "catalogue"

// walk visits a seller's goods in this state, the newest first, a page at a time.
func walk(ctx context.Context, store *db.Store, o Order, each func([]good) error) error {
	after := ""
	for {
		var page []good
		next := ""
		err := job.Look(ctx, store, db.System, func(tx *db.Tx) error {
			found, mark, err := catalog.List(tx, catalog.Filter{Seller: o.Seller, State: o.State, After: after, Limit: catalog.PageMax})
			if err != nil {
				return err
			}
			next = mark
			page, err = load(tx, o, found)
			return err
		})
		if err != nil {
			return err
		}
		if err := each(page); err != nil || next == "" {
			return err
		}
		after = next
	}
}

// load gives the goods of a page, in six statements, seven when bundles are among them, and four more at most on the
// first page, for the promotions that run.
func load(tx *db.Tx, o Order, found []catalog.Summary) ([]good, error) {
	ids := make([]catalog.ProductID, len(found))
	for i, s := range found {
		ids[i] = s.ID
	}
	known, err := catalog.Some(tx, ids)
	if err != nil {
		return nil, err
	}
	products := make(map[catalog.ProductID]catalog.Product, len(known))
	for _, p := range known {
		products[p.ID] = p
	}
	tree, err := catalog.Tree(tx)
	if err != nil {
		return nil, err
	}
	stands, err := shelf.Stands(tx, found, o.Currency, "")
	if err != nil {
		return nil, err
	}
	running, err := o.promotions.Load(tx)
	if err != nil {
		return nil, err
	}
	ways := waysOf(tree)
	goods := make([]good, 0, len(ids))
	for i, id := range ids {
		g := good{Product: products[id], path: ways[products[id].Category], stands: make(map[catalog.VariantID]shelf.Stood, 1),
			lower: shelf.Lowering(tx, running, found[i])}
		for _, v := range g.Variants {
			g.stands[v.ID] = stands[v.ID]
		}
		goods = append(goods, g)
	}
	return goods, nil
}

// waysOf gives the way to each category.
func waysOf(tree []catalog.Category) map[catalog.CategoryID][]text.Localized {
	ways := make(map[catalog.CategoryID][]text.Localized, len(tree))
	for _, c := range tree { // Each comes after its parent.
		if c.Parent == "" && c.Slug == importsRoot {
			continue
		}
		ways[c.ID] = append(slices.Clone(ways[c.Parent]), c.Name)
	}
	return ways
}

// source is the id by which others know a product.
func (g good) source() string {
	if g.ExternalID != "" {
		return g.ExternalID
	}
	return string(g.ID)
}

// category writes the way to the category of a product.
func (g good) category(lang, sign string) string {
	words := ""
	for _, c := range g.path {
		if words != "" {
			words += sign
		}
		words += c.In(lang)
	}
	return words
}

// sells tells whether a variant can be bought now.
func (g good) sells(v catalog.Variant) bool {
	return g.State == catalog.StateOnSale && g.stands[v.ID].Availability != shelf.OutOfStock
}

// listed is the price that a list says of a variant, for files: what a bundle costs that costs what its parts do, and what
// is made to order by its answers, is none.
func (g good) listed(v catalog.Variant) (price money.Money, ok bool) {
	price = g.stands[v.ID].Listed
	return price, price.Currency != ""
}

// counted is how much of a variant lies there, for files: what has no stock of its own has no number.
func (g good) counted(v catalog.Variant) (left measure.Quantity, ok bool) {
	s := g.stands[v.ID]
	return s.Left, s.Counted && g.Kind.Name() == ""
}

// asked is a price as a market shows it.
type asked struct {
	money.Money
	from bool // from says that other answers cost more.
	page bool // page says that the page of the product shows the same amount.
}

// price is what a market is told that one unit of a variant costs: what the page of the product shows, by the promotions that
// lower it for everybody. ok is false when it has no price today.
func (g good) price(v catalog.Variant) (a asked, ok bool) {
	price := g.stands[v.ID].Price
	if price.Currency == "" {
		return asked{}, false
	}
	m := g.Kind.Made
	if m == nil {
		return asked{Money: g.lower(price), page: true}, true
	}
	least, err := m.Least(price)
	if err != nil {
		return asked{}, false
	}
	return asked{Money: g.lower(least), from: m.Varies(), page: least == price}, true
}

// pictures are the addresses of the pictures, whole ones.
func (g good) pictures(base string) (all []string) {
	for _, m := range g.Media {
		if m.Kind == catalog.MediaImage {
			all = append(all, whole(base, m.URL))
		}
	}
	return all
}

// whole puts the address of the house before a path.
func whole(base, address string) string {
	if len(address) > 0 && address[0] == '/' {
		return base + address
	}
	return address
}

// page is the address of a product's page.
func (g good) page(base string) string {
	return base + "/p/" + string(g.ID) + "/" + g.Slug
}

// option gives what a variant has of an option, in words.
func (g good) option(v catalog.Variant, o catalog.Option) text.Localized {
	for _, value := range o.Values {
		if value.Code == v.Options[o.Code] {
			return value.Name
		}
	}
	return nil
}

// Order says which goods to bring out, and how.
type Order struct {
	Format   Format
	Seller   seller.ID
	State    catalog.State  // State is catalog.StateAny when it is empty.
	Currency money.Currency // Currency is money.KZT when it is empty.
	Lang     string         // Lang is the language of forms that have one; "ru" when it is empty.
	Base     string         // Base stands before addresses: "https://shop.example".
	Name     string         // Name is what the shop is called.
	Merchant string         // Merchant is the seller's sign at Kaspi.
	country  place.Country  // country is the seller's.
	// promotions are those that run: they are read once for a file.
	promotions *promotion.Keeper
}

// settled gives an order with everything filled in.
func (o Order) settled() Order {
	if o.Seller == "" {
		o.Seller = seller.Own
	}
	if o.State == "" {
		o.State = catalog.StateAny
	}
	if o.Currency == "" {
		o.Currency = money.KZT
	}
	if o.Lang == "" {
		o.Lang = "ru"
	}
	if o.promotions == nil {
		o.promotions = &promotion.Keeper{}
	}
	return o
}
