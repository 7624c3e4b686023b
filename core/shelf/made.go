package shelf

import (
	"maps"
	"slices"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/cache"
	"sauda/gear/db"
)

const (
	// cardsBytes and pagesBytes bound what is kept of products as it was read: about three thousand cards, and as many pages
	// as a house has that somebody looks at.
	cardsBytes = 4 << 20
	pagesBytes = 4 << 20
	// cardCost and variantCost are about what a card takes beside its texts, and each of its variants.
	cardCost, variantCost = 900, 300
)

// Some is the function Some for everybody, without asking the store for cards that are kept. What is kept changes with the
// facts, as copies of pages do: by the tags of PageTags. Cards belong to who asks; what they refer to does not.
func (s *Shelf) Some(tx *db.Tx, ids []catalog.ProductID, currency money.Currency) ([]Card, error) {
	today, ticket := madeKey(tx, currency), s.cards.Ticket()
	all, missing := make([]Card, 0, len(ids)), make([]catalog.ProductID, 0, len(ids))
	for _, id := range ids {
		if c, ok := s.cards.Get(today + string(id)); ok {
			all = append(all, c)
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return all, nil
	}
	read, err := Some(tx, missing, currency, "")
	if err != nil {
		return nil, err
	}
	s.keepCards(tx, ticket, today, slices.Clone(read))
	if len(all) == 0 {
		return read, nil
	}
	at := make(map[catalog.ProductID]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	all = append(all, read...)
	slices.SortFunc(all, func(a, b Card) int { return at[a.ID] - at[b.ID] })
	return all, nil
}

// keepCards keeps cards that a moment has read, unless something has changed since it began.
func (s *Shelf) keepCards(tx *db.Tx, ticket cache.Ticket, today string, read []Card) {
	tx.AfterCommit(func() {
		for _, c := range read {
			if !s.fresh(tx) || c.Kind.Bundle != nil { // A bundle changes with parts that it does not name.
				continue
			}
			tags := []string{ProductTag(c.ID)}
			for _, v := range c.Variants {
				tags = append(tags, tagVariant(v.ID))
			}
			s.cards.Put(ticket, today+string(c.ID), c, c.size(), tags...)
		}
	})
}

// Show is the function Show for everybody, without asking the store for a page that is kept. What a page refers to is for
// reading only, but for its offers.
func (s *Shelf) Show(tx *db.Tx, id catalog.ProductID, currency money.Currency) (Page, error) {
	key, ticket := madeKey(tx, currency)+string(id), s.pages.Ticket()
	if p, ok := s.pages.Get(key); ok {
		return p.apart(), nil
	}
	p, err := Show(tx, id, currency, "")
	if err != nil || p.State != catalog.StateOnSale || p.Kind.Bundle != nil {
		return p, err
	}
	own := p.apart()
	tx.AfterCommit(func() {
		if s.fresh(tx) {
			s.pages.Put(ticket, key, own, own.size(), PageTags(own)...)
		}
	})
	return p, nil
}

// fresh tells of a moment that is over whether it began after all that has changed by the time at which it took its ticket:
// only what such a one has read may be kept. What changed after that the ticket knows.
func (s *Shelf) fresh(tx *db.Tx) bool { return tx.Turn() > s.changed.Load() }

// change notes that something has changed, before anything is dropped.
func (s *Shelf) change() {
	for now := db.Turns(); ; {
		was := s.changed.Load()
		if was >= now || s.changed.CompareAndSwap(was, now) {
			return
		}
	}
}

// madeKey begins the keys of a day, for prices begin and end with days.
func madeKey(tx *db.Tx, currency money.Currency) string {
	return span.DayOf(tx.Now(), span.Almaty).String() + " " + string(currency) + " "
}

// apart gives a page whose offers are its own: promotions lower them in place.
func (p Page) apart() Page {
	p.Offers = maps.Clone(p.Offers)
	for id, o := range p.Offers {
		if len(o.Steps) > 0 {
			o.Steps = slices.Clone(o.Steps)
			p.Offers[id] = o
		}
	}
	return p
}

func (c Card) size() int { return cardCost + len(c.Variants)*variantCost + texts(c.Name) }

func (p Page) size() int {
	n := 3*cardCost + len(p.Variants)*2*variantCost + texts(p.Product.Name) + texts(p.Product.Description) + len(p.Media)*variantCost
	for _, a := range p.Attributes {
		n += variantCost + texts(a.Label) + texts(a.Text)
	}
	return n
}

func texts(words text.Localized) (n int) {
	for _, w := range words {
		n += len(w) + 40
	}
	return n
}
