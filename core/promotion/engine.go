package promotion

import (
	"cmp"
	"slices"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
)

// ReasonCode is the code of what a promotion has taken off: Ref names the promotion, Name is what buyers read, Clause is
// the code that was entered.
const ReasonCode = "promotion"

// Set are promotions as quotes need them, with what was looked up for their goods. It never changes: another takes its
// place.
type Set struct {
	all   []prepared // all are by priority, the highest first, and then by id.
	byID  map[ID]int
	above map[catalog.CategoryID][]catalog.CategoryID // above are a category and all above it.
}

// prepared is a promotion with its goods to be looked up.
type prepared struct {
	Promotion
	brands   map[string]bool
	products map[catalog.ProductID]bool // products are those of the collections too.
	rules    []catalog.Rule             // rules are of collections that have one.
}

// Shop is what promotions say of the catalogue, looked up.
type Shop struct {
	Tree        []catalog.Category
	Collections map[catalog.CollectionID]catalog.Collection
	Gathered    map[catalog.CollectionID][]catalog.ProductID
}

// NewSet prepares promotions. A collection that is not there any more has no goods.
func NewSet(all []Promotion, shop Shop) *Set {
	s := &Set{byID: make(map[ID]int, len(all)), above: make(map[catalog.CategoryID][]catalog.CategoryID, len(shop.Tree))}
	for _, c := range shop.Tree { // Each comes after its parent.
		s.above[c.ID] = append([]catalog.CategoryID{c.ID}, s.above[c.Parent]...)
	}
	for _, p := range all {
		s.all = append(s.all, prepare(p, shop))
	}
	slices.SortFunc(s.all, func(a, b prepared) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.ID, b.ID))
	})
	for i, p := range s.all {
		s.byID[p.ID] = i
	}
	return s
}

func prepare(p Promotion, shop Shop) prepared {
	x := prepared{Promotion: p, brands: make(map[string]bool), products: make(map[catalog.ProductID]bool)}
	for _, brand := range p.Goods.Brands {
		x.brands[text.Fold(brand)] = true
	}
	for _, id := range p.Goods.Products {
		x.products[id] = true
	}
	for _, id := range p.Goods.Collections {
		c, known := shop.Collections[id]
		if known && c.Rule != nil {
			x.rules = append(x.rules, *c.Rule)
			continue
		}
		for _, product := range shop.Gathered[id] {
			x.products[product] = true
		}
	}
	return x
}

// Ware is what promotions ask about goods.
type Ware struct {
	Product  catalog.ProductID
	Seller   seller.ID
	Category catalog.CategoryID
	Brand    string
	Origin   place.Country
	Proven   bool // Proven says that the origin has evidence.
}

// about says whether the promotion is about a ware.
func (p *prepared) about(w Ware, above map[catalog.CategoryID][]catalog.CategoryID) bool {
	if p.Seller != w.Seller {
		return false
	}
	if p.Goods.All() || p.products[w.Product] || w.Brand != "" && p.brands[text.Fold(w.Brand)] {
		return true
	}
	in := func(c catalog.CategoryID) bool { return slices.Contains(above[w.Category], c) }
	return slices.ContainsFunc(p.Goods.Categories, in) || slices.ContainsFunc(p.rules, func(r catalog.Rule) bool {
		return (r.Category == "" || in(r.Category)) && (r.Brand == "" || text.Fold(r.Brand) == text.Fold(w.Brand)) &&
			(r.Origin == "" || r.Origin == w.Origin) && (!r.Proven || w.Proven)
	})
}

// Given is what is known of a purchase beside its numbers.
type Given struct {
	Wares map[catalog.VariantID]Ware
	Day   span.Day
	First bool          // First says that it is the first order of a buyer who has signed in.
	Codes map[ID]string // Codes are those that the buyer has entered and may use, by their promotions.
}

// counts says whether a promotion counts for a buyer on a day, as far as that does not depend on the goods.
func (g Given) counts(p *prepared, currency money.Currency) bool {
	_, entered := g.Codes[p.ID]
	return p.On(g.Day) == PhaseRunning && p.Currency == currency && (entered || !p.Coded()) && (g.First || !p.Needs.First)
}

// Adjusters are how the promotions enter a quote: none when nothing runs. Within a quote they never take more than is
// left, and the order of its lines changes nothing.
func (s *Set) Adjusters(g Given) []pricing.Adjuster {
	if s == nil || len(s.all) == 0 {
		return nil
	}
	of := func(phase pricing.Phase, kinds ...Kind) pricing.Adjuster {
		return pricing.Adjuster{Name: ReasonCode, Phase: phase, Adjust: func(b pricing.Basis) ([]pricing.Adjustment, error) {
			return s.adjust(g, b, kinds), nil
		}}
	}
	return []pricing.Adjuster{
		of(pricing.PhaseLine, PercentOff, AmountOff, SetFree, SetPrice, OrderOff), // They are chosen together.
		of(pricing.PhaseDelivery, DeliveryOff),
	}
}

// adjust gives what the promotions of some kinds take off.
func (s *Set) adjust(g Given, b pricing.Basis, kinds []Kind) []pricing.Adjustment {
	w := work{set: s, given: g, currency: b.Draft.Currency}
	w.see(b)
	w.choose(kinds)
	if len(w.able) == 0 {
		return nil
	}
	if kinds[0] == DeliveryOff {
		return w.deliveries(b.Delivery)
	}
	return w.adjustments(w.best())
}

// see makes units of what is bought: a bundle is one, with all of its lines.
func (w *work) see(b pricing.Basis) {
	draft := make(map[string]pricing.DraftLine, len(b.Draft.Lines))
	for _, l := range b.Draft.Lines {
		draft[l.Line] = l
	}
	at := make(map[string]int, len(b.Lines))
	for _, l := range b.Lines {
		name := cmp.Or(l.Bundle, l.Line)
		i, known := at[name]
		if !known {
			i = len(w.units)
			at[name] = i
			w.units = append(w.units, unit{name: name, ware: w.given.Wares[draft[name].Variant], quantity: draft[name].Quantity})
			if l.Bundle == "" {
				w.units[i].price = l.UnitPrice.Minor
			}
		}
		u := &w.units[i]
		u.lines = append(u.lines, l.Line)
		u.left += l.Subtotal.Minor - l.Discount.Minor
		for _, r := range l.Reasons {
			if r.Code != ReasonCode {
				continue
			}
			u.touched = true
			if i, known := w.set.byID[ID(r.Params.Ref)]; known && !w.set.all[i].Combines {
				u.closed = true
			}
		}
	}
	slices.SortFunc(w.units, func(a, b unit) int { return cmp.Compare(a.name, b.name) })
}

// unit is a line of the draft while promotions are judged.
type unit struct {
	name     string
	lines    []string
	ware     Ware
	quantity measure.Quantity
	price    int64 // price is what one costs by the shares and amounts taken off; 0 when that is not known.
	left     int64
	touched  bool // touched says that a promotion has taken something off it.
	closed   bool // closed says that one did that lets no other count.
}

// each gives what one unit costs and how many there are, when they can be counted.
func (u unit) each() (minor, count int64) {
	n, whole := u.quantity.Whole()
	if !whole || n <= 0 {
		return 0, 0
	}
	return u.left / n, n
}
