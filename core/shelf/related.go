package shelf

import (
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/gear/db"
)

// Related is the cards of one relation of a product.
type Related struct {
	Kind  catalog.RelationKind
	Cards []Card
}

// Others gives what a product leads to and is on sale, in the order of the kinds and in at most six statements. A kind
// without cards is left out.
func Others(tx *db.Tx, id catalog.ProductID, currency money.Currency) ([]Related, error) {
	relations, err := catalog.Relations(tx, id)
	if err != nil || len(relations) == 0 {
		return nil, err
	}
	var ids []catalog.ProductID
	for _, kind := range catalog.RelationKinds {
		ids = append(ids, relations[kind]...)
	}
	known, err := byID(tx, ids, currency)
	if err != nil {
		return nil, err
	}
	var all []Related
	for _, kind := range catalog.RelationKinds {
		if cards := pick(relations[kind], known); len(cards) > 0 {
			all = append(all, Related{kind, cards})
		}
	}
	return all, nil
}

// Collected is a collection with its first cards.
type Collected struct {
	catalog.Collection
	Cards []Card
}

// rulesMax bounds the collections of the first page that a rule fills: each costs a list.
const rulesMax = 3

// Home gives the collections that the first page shows now, each with at most so many cards. Those that are chosen by hand
// take six statements together, and each of at most three that a rule fills takes five.
func Home(tx *db.Tx, most int, currency money.Currency) ([]Collected, error) {
	collections, err := catalog.Collections(tx)
	if err != nil {
		return nil, err
	}
	var shown []Collected
	var byHand []catalog.CollectionID
	rules := 0
	for _, c := range collections {
		if !c.Home || !c.Shown(tx.Now()) {
			continue
		}
		if c.Rule == nil {
			byHand = append(byHand, c.ID)
		} else if rules++; rules > rulesMax {
			continue
		}
		shown = append(shown, Collected{Collection: c})
	}
	if len(shown) == 0 {
		return nil, nil
	}
	chosen, known, err := chosenBy(tx, byHand, currency)
	if err != nil {
		return nil, err
	}
	for i := range shown {
		c := &shown[i]
		if c.Rule == nil {
			c.Cards = pick(chosen[c.ID], known)
			c.Cards = c.Cards[:min(len(c.Cards), most)]
		} else if c.Cards, _, err = ruled(tx, *c.Rule, "", most, currency); err != nil {
			return nil, err
		}
	}
	return shown, nil
}

func chosenBy(tx *db.Tx, ids []catalog.CollectionID, currency money.Currency) (map[catalog.CollectionID][]catalog.ProductID, map[catalog.ProductID]Card, error) {
	if len(ids) == 0 {
		return nil, nil, nil
	}
	chosen, err := catalog.Gathered(tx, ids...)
	if err != nil {
		return nil, nil, err
	}
	var products []catalog.ProductID
	for _, of := range ids {
		products = append(products, chosen[of]...)
	}
	products = products[:min(len(products), catalog.OffersMax)]
	known, err := byID(tx, products, currency)
	return chosen, known, err
}

// Gathered gives a page of a collection's cards. What is chosen by hand is one page.
func Gathered(tx *db.Tx, c catalog.Collection, after string, limit int, currency money.Currency) (cards []Card, next string, err error) {
	if c.Rule != nil {
		return ruled(tx, *c.Rule, after, limit, currency)
	}
	chosen, known, err := chosenBy(tx, []catalog.CollectionID{c.ID}, currency)
	return pick(chosen[c.ID], known), "", err
}

func ruled(tx *db.Tx, r catalog.Rule, after string, limit int, currency money.Currency) ([]Card, string, error) {
	return List(tx, Ask{Currency: currency, Filter: catalog.Filter{Category: r.Category, Brand: r.Brand, Origin: r.Origin,
		Proven: r.Proven, After: after, Limit: limit}})
}

func byID(tx *db.Tx, ids []catalog.ProductID, currency money.Currency) (map[catalog.ProductID]Card, error) {
	cards, err := Some(tx, ids, currency, "")
	if err != nil {
		return nil, err
	}
	known := make(map[catalog.ProductID]Card, len(cards))
	for _, c := range cards {
		known[c.ID] = c
	}
	return known, nil
}

func pick(ids []catalog.ProductID, known map[catalog.ProductID]Card) []Card {
	var cards []Card
	for _, id := range ids {
		if c, ok := known[id]; ok {
			cards = append(cards, c)
		}
	}
	return cards
}
