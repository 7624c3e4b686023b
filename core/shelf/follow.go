package shelf

import (
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/review"
	"sauda/core/seller"
	"sauda/gear/bus"
	"sauda/gear/cache"
)

// Tags under which bytes are kept: all lists, one product by its own id, one product by the id of one of its variants.
const tagLists = "lists"

// ProductTag is dropped when something has changed that is said about a product.
func ProductTag(id catalog.ProductID) string { return "product/" + string(id) }
func tagVariant(id catalog.VariantID) string { return "variant/" + string(id) }

// ListTags are what a kept list depends on: any change of what is for sale makes it anew.
func ListTags() []string { return []string{tagLists} }

// PageTags are what a kept page of a product depends on.
func PageTags(p Page) []string {
	tags := []string{ProductTag(p.ID)}
	for _, v := range p.Variants {
		tags = append(tags, tagVariant(v.ID))
	}
	for _, part := range p.Parts {
		tags = append(tags, tagVariant(part.Variant), ProductTag(part.Product))
	}
	return tags
}

// LeadTags are what a page depends on that leads to other products by their cards.
func LeadTags(all []Related) []string {
	var tags []string
	for _, r := range all {
		for _, c := range r.Cards {
			tags = append(tags, ProductTag(c.ID))
			for _, v := range c.Variants {
				tags = append(tags, tagVariant(v.ID))
			}
		}
	}
	return tags
}

// Kept gives the bytes that a face made before, as long as nothing has changed that they depend on. The key says all that
// they depend on beside the facts: the face, the address, the language, the currency.
func (s *Shelf) Kept(key string) ([]byte, bool) {
	small, ok := s.kept.Get(key)
	if !ok {
		return nil, false
	}
	body, err := s.packer.unpack(small)
	return body, err == nil
}

// Ticket is taken before the store is read for what is to be kept.
func (s *Shelf) Ticket() cache.Ticket { return s.kept.Ticket() }

// Keep keeps bytes under a key, unless something that they depend on has changed since the ticket was taken.
func (s *Shelf) Keep(t cache.Ticket, key string, body []byte, tags []string) {
	small := s.packer.pack(body)
	s.kept.Put(t, key, small, len(small), tags...)
}

// Followers empty what is kept when a fact makes it wrong.
func (s *Shelf) Followers() []bus.Follower {
	product := func(id catalog.ProductID) {
		s.drop(ProductTag(id))
		s.drop(tagLists)
	}
	variants := func(ids []catalog.VariantID) {
		for _, id := range ids {
			s.drop(tagVariant(id))
		}
		s.drop(tagLists)
	}
	return []bus.Follower{
		bus.Follow("shelf: a product was added", func(e catalog.ProductAdded) { product(e.Product) }),
		bus.Follow("shelf: a product was revised", func(e catalog.ProductRevised) { product(e.Product) }),
		bus.Follow("shelf: a product went on sale", func(e catalog.ProductPutOnSale) { product(e.Product) }),
		bus.Follow("shelf: a product has ended", func(e catalog.ProductEnded) { product(e.Product) }),
		bus.Follow("shelf: products were imported", func(e catalog.ProductsImported) {
			for _, id := range e.Changed {
				s.drop(ProductTag(id))
			}
			s.drop(tagLists)
		}),
		bus.Follow("shelf: stock is counted from now on", func(e catalog.VariantsTracked) { variants(e.Variants) }),
		bus.Follow("shelf: the categories changed", func(catalog.CategoryChanged) { s.tree.Forget(); s.clear() }),
		bus.Follow("shelf: prices were set", func(e pricing.PricesSet) { variants(e.Variants) }),
		bus.Follow("shelf: prices were withdrawn", func(e pricing.PricesWithdrawn) { variants(e.Variants) }),
		bus.Follow("shelf: a price list began", func(pricing.ListAdded) { s.clear() }),
		bus.Follow("shelf: a price list ended", func(pricing.ListEnded) { s.clear() }),
		bus.Follow("shelf: stock ran out or came in", func(e hold.Crossed) {
			for _, p := range e.Pools {
				if p.Emptied() {
					variants([]catalog.VariantID{catalog.VariantID(p.Subject)})
				}
			}
		}),
		bus.Follow("shelf: a promotion changed", func(promotion.Changed) { s.clear() }),
		bus.Follow("shelf: a product has other stars", func(e review.Rated) { product(e.Product) }),
		bus.Follow("shelf: a seller was suspended", func(seller.Suspended) { s.clear() }),
		bus.Follow("shelf: a seller was readmitted", func(seller.Readmitted) { s.clear() }),
		bus.Follow("shelf: a seller was renamed", func(seller.Renamed) { s.clear() }),
	}
}
