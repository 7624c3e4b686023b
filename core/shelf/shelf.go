// Package shelf knows what a buyer sees of the goods: cards in a list and the page of one product, put together from the
// catalogue, the prices, the stock and the stars of the reviews.
//
// It keeps nothing of its own in the store and changes nothing. What was put together once can be kept in memory, as the
// bytes that a face has made of it: Keep and Kept, and as it was read: Shelf.Some and Shelf.Show. The facts of what it is
// made of empty both (see follow.go). Stock is shown as a word, not as a number, so that a sale does not make every page
// anew.
package shelf

import (
	"slices"
	"sync/atomic"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/review"
	"sauda/core/seller"
	"sauda/gear/cache"
	"sauda/gear/db"
)

// Availability says in a word whether something can be ordered.
type Availability string

// The words of availability.
const (
	InStock    Availability = "in_stock"     // InStock lies in a warehouse.
	ToOrder    Availability = "to_order"     // ToOrder is not counted, or may be ordered ahead.
	OutOfStock Availability = "out_of_stock" // OutOfStock cannot be ordered now.
)

// Card is a product in a list.
type Card struct {
	catalog.Summary
	Price        money.Money // Price is the lowest of its variants for one unit; its currency is empty when there is none.
	From         bool        // From says that other variants cost more.
	Was          money.Money // Was is the price without the promotions that lower it for everybody; see Lower.
	Promotion    text.Localized
	Availability Availability
	Rating       review.Rating
}

// Lasting says whether facts tell of all that changes the card, as Page.Lasting does.
func (c Card) Lasting() bool { return lasting(c.Kind) }

// lasting says whether facts tell of all that changes what is shown of goods of a kind. What is left of something is told
// when it runs out, not when it becomes less than a bundle needs.
func lasting(k catalog.Kind) bool {
	return k.Bundle == nil || !slices.ContainsFunc(k.Bundle.Parts, func(p catalog.BundlePart) bool { return p.Quantity > measure.One })
}

// Page is the page of one product.
type Page struct {
	catalog.Detailed
	Seller     seller.Seller
	Offers     map[catalog.VariantID]Offer
	Parts      []Part           // Parts are what a bundle is made of.
	Promotions []text.Localized // Promotions are the names of those that are about it and need no code.
	Rating     review.Rating
}

// Lasting says whether facts tell of all that changes the page, so that it can be kept.
func (p Page) Lasting() bool { return lasting(p.Kind) }

// Part is what is in a bundle.
type Part struct {
	catalog.Offer
	Quantity     measure.Quantity
	Price        money.Money // Price is what it costs by itself; its currency is empty when it has none.
	Availability Availability
}

// Offer is what a variant costs and whether it can be ordered.
type Offer struct {
	Price        money.Money    // Price is for the smallest quantity; its currency is empty when there is none.
	Was          money.Money    // Was is the price without the promotions that lower it for everybody; see Page.Lower.
	Steps        []pricing.Step // Steps are cheaper prices from larger quantities on, the smallest quantity first.
	Availability Availability
}

// Shelf puts pages together and keeps what was made of them.
type Shelf struct {
	kept   *cache.Cache[[]byte]
	packer packer
	beside []cache.Dropper
	tree   cache.Kept[[]catalog.Category]

	cards   *cache.Cache[Card]
	pages   *cache.Cache[Page]
	changed atomic.Uint64 // changed is how many moments had begun when something changed for the last time.
}

// New is a shelf that keeps pages in a cache. What others keep under the same tags is dropped with them.
func New(kept *cache.Cache[[]byte], beside ...cache.Dropper) *Shelf {
	s := &Shelf{kept: kept, cards: cache.New[Card](cardsBytes), pages: cache.New[Page](pagesBytes)}
	s.beside = append([]cache.Dropper{s.cards, s.pages}, beside...)
	return s
}

// Tree is catalog.Tree, kept until a category changes. It belongs to all who ask and must not be changed.
func (s *Shelf) Tree(tx *db.Tx) ([]catalog.Category, error) {
	tree, err := s.tree.Load(tx, func(tx *db.Tx) (*[]catalog.Category, error) {
		tree, err := catalog.Tree(tx)
		return &tree, err
	})
	if err != nil {
		return nil, err
	}
	return *tree, nil
}

// drop forgets all that was made of what a tag says.
func (s *Shelf) drop(tag string) {
	s.change()
	s.kept.Drop(tag)
	for _, b := range s.beside {
		b.Drop(tag)
	}
}

func (s *Shelf) clear() {
	s.change()
	s.kept.Clear()
	for _, b := range s.beside {
		b.Clear()
	}
}

// Ask says what to list and in which currency.
type Ask struct {
	catalog.Filter
	Currency money.Currency
	Group    string
	Unrated  bool // Unrated leaves out the stars, which the office does not show: one statement less.
}

// List gives a page of cards in at most five statements, one more when bundles are among them, and the mark of the next page.
func List(tx *db.Tx, a Ask) ([]Card, string, error) {
	summaries, next, err := catalog.List(tx, a.Filter)
	if err != nil {
		return nil, "", err
	}
	cards, err := unrated(tx, summaries, a.Currency, a.Group)
	if err == nil && !a.Unrated {
		err = rate(tx, cards)
	}
	return cards, next, err
}

// Some gives the cards of these products in as many, in the order of the ids. One that is not on sale is
// left out.
func Some(tx *db.Tx, ids []catalog.ProductID, currency money.Currency, group string) ([]Card, error) {
	summaries, err := catalog.Summaries(tx, ids, catalog.StateOnSale)
	if err != nil {
		return nil, err
	}
	return Cards(tx, summaries, currency, group)
}

// Cards adds prices, stock and stars to products, in three statements, four when bundles are among them.
func Cards(tx *db.Tx, summaries []catalog.Summary, currency money.Currency, group string) ([]Card, error) {
	cards, err := unrated(tx, summaries, currency, group)
	if err != nil {
		return nil, err
	}
	return cards, rate(tx, cards)
}

// unrated adds prices and stock to products.
func unrated(tx *db.Tx, summaries []catalog.Summary, currency money.Currency, group string) ([]Card, error) {
	var variants []catalog.VariantID
	kinds := make([]catalog.Kind, len(summaries))
	for i, s := range summaries {
		kinds[i] = s.Kind
		for _, v := range s.Variants {
			variants = append(variants, v.ID)
		}
	}
	s, err := stand(tx, variants, catalog.Parts(kinds...), currency, group)
	if err != nil {
		return nil, err
	}
	cards := make([]Card, len(summaries))
	for i := range summaries {
		cards[i] = s.card(summaries[i])
	}
	return cards, nil
}

// rate adds the stars to cards.
func rate(tx *db.Tx, cards []Card) error {
	ids := make([]catalog.ProductID, len(cards))
	for i, c := range cards {
		ids[i] = c.ID
	}
	ratings, err := review.Ratings(tx, ids)
	for i := range cards {
		cards[i].Rating = ratings[cards[i].ID]
	}
	return err
}

// Show gives the page of a product in at most seven statements, that of a bundle in eight. A draft is as unknown as none to
// those who do not work for its seller.
func Show(tx *db.Tx, id catalog.ProductID, currency money.Currency, group string) (Page, error) {
	detail, err := catalog.Detail(tx, id)
	if err != nil {
		return Page{}, err
	}
	if detail.State == catalog.StateDraft && !tx.Who().For(string(detail.Product.Seller)) {
		return Page{}, catalog.ErrUnknown.About("%s is a draft", id)
	}
	return page(tx, detail, currency, group)
}

// Preview gives the page to which a link to a draft leads, in one statement more. Whoever has the link sees it, and
// no other product by it.
func Preview(tx *db.Tx, id catalog.ProductID, token string, currency money.Currency) (Page, error) {
	shown, err := catalog.Previewed(tx, token)
	if err != nil {
		return Page{}, err
	}
	if shown != id {
		return Page{}, catalog.ErrUnknown.About("the link is to %s", shown)
	}
	detail, err := catalog.Detail(tx, id)
	if err != nil {
		return Page{}, err
	}
	return page(tx, detail, currency, "")
}

// page puts the page of a product together, in four statements, in five for a bundle.
func page(tx *db.Tx, detail catalog.Detailed, currency money.Currency, group string) (Page, error) {
	var err error
	p := Page{Detailed: detail, Offers: make(map[catalog.VariantID]Offer, len(detail.Variants))}
	if p.Seller, err = seller.Get(tx, detail.Product.Seller); err != nil {
		return Page{}, err
	}
	variants := make([]catalog.VariantID, len(detail.Variants))
	for i, v := range detail.Variants {
		variants[i] = v.ID
	}
	s, err := stand(tx, variants, catalog.Parts(detail.Kind), currency, group)
	if err != nil {
		return Page{}, err
	}
	for _, v := range detail.Variants {
		o := Offer{Availability: s.available(detail.Kind, v.ID, v.Tracking)}
		if step, ok := s.prices.Each(detail.Kind, v.ID, p.Seller.ID, v.Unit.Step()); ok {
			o.Price = step.Amount
			o.Steps = cheaper(s.prices[v.ID], step, p.Seller.ID)
		}
		p.Offers[v.ID] = o
	}
	p.Parts = s.in(detail.Kind, p.Seller.ID)
	ratings, err := review.Ratings(tx, []catalog.ProductID{p.ID})
	p.Rating = ratings[p.ID]
	return p, err
}

// cheaper gives the steps beyond the first price, as long as each costs less than the one before.
func cheaper(all []pricing.Step, first pricing.Step, of seller.ID) []pricing.Step {
	var steps []pricing.Step
	last := first
	for i := len(all) - 1; i >= 0; i-- { // The one to ask first, which is the largest quantity, stands in front.
		s := all[i]
		if s.List == first.List && s.Seller == of && s.From > last.From && s.Amount.Minor < last.Amount.Minor {
			steps = append(steps, s)
			last = s
		}
	}
	return steps
}
