package promotion

import (
	"sauda/core/catalog"
	"sauda/gear/bus"
	"sauda/gear/cache"
	"sauda/gear/db"
)

// Keeper keeps the promotions that run in the memory of a process until something changes, so that a quote asks no
// statement for them.
type Keeper struct{ kept cache.Kept[Set] }

// Load gives the promotions that run, planned ones too: from memory, or in one statement, and in at most three more when
// there are some.
func (k *Keeper) Load(tx *db.Tx) (*Set, error) { return k.kept.Load(tx, load) }

// Followers forget the set when a fact makes it wrong.
func (k *Keeper) Followers() []bus.Follower {
	return []bus.Follower{
		bus.Follow("promotions: one changed", func(Changed) { k.kept.Forget() }),
		bus.Follow("promotions: the categories changed", func(catalog.CategoryChanged) { k.kept.Forget() }),
		bus.Follow("promotions: a collection changed", func(catalog.CollectionChanged) { k.kept.Forget() }),
	}
}

func load(tx *db.Tx) (*Set, error) {
	all, err := Running(tx)
	if err != nil || len(all) == 0 {
		return NewSet(nil, Shop{}), err
	}
	shop, err := shopOf(tx, all)
	return NewSet(all, shop), err
}

// shopOf looks up what promotions say of the catalogue, in at most three statements.
func shopOf(tx *db.Tx, all []Promotion) (Shop, error) {
	tree, err := catalog.Tree(tx)
	if err != nil {
		return Shop{}, err
	}
	shop := Shop{Tree: tree, Collections: make(map[catalog.CollectionID]catalog.Collection)}
	named := make(map[catalog.CollectionID]bool)
	for _, p := range all {
		for _, id := range p.Goods.Collections {
			named[id] = true
		}
	}
	if len(named) == 0 {
		return shop, nil
	}
	collections, err := catalog.Collections(tx)
	if err != nil {
		return Shop{}, err
	}
	var chosen []catalog.CollectionID
	for _, c := range collections {
		if !named[c.ID] {
			continue
		}
		shop.Collections[c.ID] = c
		if c.Rule == nil {
			chosen = append(chosen, c.ID)
		}
	}
	if len(chosen) > 0 {
		shop.Gathered, err = catalog.Gathered(tx, chosen...)
	}
	return shop, err
}
