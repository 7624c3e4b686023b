package shelf

import (
	"sauda/base/span"
	"sauda/core/catalog"
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
	ware := promotion.Ware{Product: p.ID, Seller: p.Product.Seller, Category: p.Category, Brand: p.Brand, Origin: p.Origin,
		Proven: p.Provenance.Grade.Proven()}
	for id, o := range p.Offers {
		if now, _ := set.Lower(ware, o.Price, day); now != o.Price {
			o.Was, o.Price = o.Price, now
		}
		for i, step := range o.Steps {
			o.Steps[i].Amount, _ = set.Lower(ware, step.Amount, day)
		}
		p.Offers[id] = o
	}
	p.Promotions = set.Named(ware, day)
}

func wareOf(s catalog.Summary) promotion.Ware {
	return promotion.Ware{Product: s.ID, Seller: s.Seller, Category: s.Category, Brand: s.Brand, Origin: s.Origin, Proven: s.Proof.Proven()}
}
