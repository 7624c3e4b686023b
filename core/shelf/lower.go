package shelf

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/gift"
	"sauda/core/promotion"
	"sauda/gear/db"
)

// Lower shows on cards what promotions take off the price for everybody, and keeps the price without them in Was. It asks
// no statement.
func Lower(tx *db.Tx, set *promotion.Set, cards []Card) {
	day := span.DayOf(tx.Now(), span.Almaty)
	for i := range cards {
		c := &cards[i]
		now, names := set.Lower(wareOf(c.Summary), c.Price, day)
		if now != c.Price {
			c.Was, c.Price, c.Promotion = c.Price, now, names[0]
		}
	}
}

// Lower shows on the page what promotions take off the prices for everybody, and names those that are about the product.
// It asks no statement.
func (p *Page) Lower(tx *db.Tx, set *promotion.Set) {
	day := span.DayOf(tx.Now(), span.Almaty)
	if gift.Is(p.Kind) {
		return
	}
	ware := promotion.Ware{Product: p.ID, Seller: p.Product.Seller, Category: p.Category, Brand: p.Brand, Origin: p.Origin,
		Proven: p.Provenance.Grade.Proven()}
	for id, o := range p.Offers {
		o.lower(func(price money.Money) money.Money {
			now, _ := set.Lower(ware, price, day)
			return now
		})
		p.Offers[id] = o
	}
	p.Promotions = set.Named(ware, day)
}

// LowerStands lowers the prices of the variants of products in the same way; what lists say of them stays. It asks no statement.
func LowerStands(tx *db.Tx, set *promotion.Set, products []catalog.Summary, stands map[catalog.VariantID]Stood) {
	for _, p := range products {
		lower := Lowering(tx, set, p)
		for _, v := range p.Variants {
			if s, known := stands[v.ID]; known {
				s.lower(lower)
				stands[v.ID] = s
			}
		}
	}
}

// Lowering gives what is left of a price of a product by what promotions take off it for everybody.
func Lowering(tx *db.Tx, set *promotion.Set, of catalog.Summary) func(money.Money) money.Money {
	day, ware := span.DayOf(tx.Now(), span.Almaty), wareOf(of)
	return func(price money.Money) money.Money {
		now, _ := set.Lower(ware, price, day)
		return now
	}
}

// lower lowers all prices of an offer.
func (o *Offer) lower(by func(money.Money) money.Money) {
	if now := by(o.Price); now != o.Price {
		o.Was, o.Price = o.Price, now
	}
	for i, step := range o.Steps {
		o.Steps[i].Amount = by(step.Amount)
	}
}

func wareOf(s catalog.Summary) promotion.Ware {
	if gift.Is(s.Kind) {
		return promotion.Ware{} // No promotion is about money.
	}
	return promotion.Ware{Product: s.ID, Seller: s.Seller, Category: s.Category, Brand: s.Brand, Origin: s.Origin, Proven: s.Proof.Proven()}
}
