package search

import (
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/bus"
)

// changes are what the index has not looked at yet.
type changes struct {
	products map[catalog.ProductID]bool // products may have other words.
	variants map[catalog.VariantID]bool // variants may have another price or stock.
	tree     bool
	rules    bool
	all      bool // all says that nothing less than a new index will do.
}

func newChanges() changes {
	return changes{products: make(map[catalog.ProductID]bool), variants: make(map[catalog.VariantID]bool)}
}

func (c *changes) empty() bool {
	return len(c.products)+len(c.variants) == 0 && !c.tree && !c.rules && !c.all
}

// join adds other changes.
func (c *changes) join(other changes) {
	for id := range other.products {
		c.products[id] = true
	}
	for id := range other.variants {
		c.variants[id] = true
	}
	c.tree, c.rules, c.all = c.tree || other.tree, c.rules || other.rules, c.all || other.all
}

// Followers note what has changed; Run looks at it at once.
func (k *Keeper) Followers() []bus.Follower {
	product := func(id catalog.ProductID) { k.note(func(c *changes) { c.products[id] = true }) }
	variants := func(ids []catalog.VariantID) {
		k.note(func(c *changes) {
			for _, id := range ids {
				c.variants[id] = true
			}
		})
	}
	rules := func() { k.note(func(c *changes) { c.rules = true }) }
	all := func() { k.note(func(c *changes) { c.all = true }) }
	return []bus.Follower{
		bus.Follow("search: a product was added", func(e catalog.ProductAdded) { product(e.Product) }),
		bus.Follow("search: a product was revised", func(e catalog.ProductRevised) { product(e.Product) }),
		bus.Follow("search: a product went on sale", func(e catalog.ProductPutOnSale) { product(e.Product) }),
		bus.Follow("search: a product has ended", func(e catalog.ProductEnded) { product(e.Product) }),
		bus.Follow("search: products were imported", func(e catalog.ProductsImported) {
			k.note(func(c *changes) {
				for _, ids := range [][]catalog.ProductID{e.Added, e.Changed} {
					for _, id := range ids {
						c.products[id] = true
					}
				}
			})
		}),
		bus.Follow("search: the categories changed", func(e catalog.CategoryChanged) {
			k.note(func(c *changes) {
				c.tree = true
				c.all = c.all || e.What == "renamed" || e.What == "moved" // Their names are words of the goods.
			})
		}),
		bus.Follow("search: prices were set", func(e pricing.PricesSet) { variants(e.Variants) }),
		bus.Follow("search: prices were withdrawn", func(e pricing.PricesWithdrawn) { variants(e.Variants) }),
		bus.Follow("search: a price list began", func(pricing.ListAdded) { all() }),
		bus.Follow("search: a price list ended", func(pricing.ListEnded) { all() }),
		bus.Follow("search: stock is counted from now on", func(e catalog.VariantsTracked) { variants(e.Variants) }),
		bus.Follow("search: stock ran out or came in", func(e hold.Crossed) {
			for _, p := range e.Pools {
				if p.Emptied() {
					variants([]catalog.VariantID{catalog.VariantID(p.Subject)})
				}
			}
		}),
		bus.Follow("search: a seller was suspended", func(seller.Suspended) { all() }),
		bus.Follow("search: a seller was readmitted", func(seller.Readmitted) { all() }),
		bus.Follow("search: a rule was set", func(RuleSet) { rules() }),
		bus.Follow("search: a rule was dropped", func(RuleDropped) { rules() }),
		bus.Follow("search: common words were switched on or off", func(CommonSwitched) { rules() }),
	}
}

// note takes a change down. As long as there is no index and none is being built, there is nothing to keep in step.
func (k *Keeper) note(change func(*changes)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.ready.Load() && !k.building {
		return
	}
	change(&k.dirty)
	if k.building {
		change(&k.since)
	}
	select {
	case k.wake <- struct{}{}:
	default:
	}
}
