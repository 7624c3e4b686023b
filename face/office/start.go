package office

import (
	"slices"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/seller"
	"sauda/core/shelf"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountStart(site *web.Site) {
	web.Page(site, "GET /office/start", f.start, web.Needs(ScopeHouseRead, ScopeCatalogRead, ScopeOrdersRead))
}

// startSteps are the steps from an empty house to the first sale, in their order, with the page on which each is done.
var startSteps = []struct {
	Name string
	Path []string
}{
	{"name", []string{"settings"}}, {"product", []string{"products", "new"}}, {"price", []string{"products"}}, {"stock", []string{"stock"}},
	{"delivery", []string{"delivery"}}, {"payment", []string{"payments"}}, {"sale", []string{"products"}}, {"order", nil},
}

// startStep is one step of the first-run guide.
type startStep struct {
	Name string
	Path []string // Path is where it is done; empty is the shop.
	Done bool     // Done is read off what is there: nobody ticks it.
}

// start leads from an empty house to the first sale.
func (f face) start(tx *db.Tx, _ struct{}) (web.View, error) {
	steps, err := f.startOf(tx)
	return startPage(f.page("", t(tx.Context(), "start.title")), steps), err
}

// mayStart tells whether somebody is shown the guide: who may see all that it looks at.
func mayStart(who db.Who) bool {
	return !slices.ContainsFunc([]string{ScopeHouseRead, ScopeCatalogRead, ScopeOrdersRead}, func(s string) bool { return !who.May(s) })
}

// startOf looks at what is there, in a number of statements that does not grow with the house.
func (f face) startOf(tx *db.Tx) ([]startStep, error) {
	of := sellerOf(tx)
	orders, _, err := order.List(tx, order.Filter{Seller: of, Limit: 1})
	if err != nil {
		return nil, err
	}
	known, err := seller.Some(tx, []seller.ID{of})
	if err != nil {
		return nil, err
	}
	cards, _, err := shelf.List(tx, shelf.Ask{Filter: catalog.Filter{Seller: of, State: catalog.StateAny, Limit: listed}, Currency: f.Currency, Unrated: true})
	if err != nil {
		return nil, err
	}
	tariff, err := shipping.Load(tx, []seller.ID{of})
	if err != nil {
		return nil, err
	}
	ways, err := payment.AllMethods(tx)
	done := map[string]bool{
		"name": isNamed(known[of].Name), "product": len(cards) > 0, "order": len(orders) > 0,
		"delivery": len(tariff.Methods) > 0,
		"payment":  slices.ContainsFunc(ways, func(m payment.Method) bool { return m.Offered && m.Currency == f.Currency }),
		"price":    slices.ContainsFunc(cards, func(c shelf.Card) bool { return c.Price.Currency != "" }),
		"stock":    slices.ContainsFunc(cards, func(c shelf.Card) bool { return c.Availability != shelf.OutOfStock }),
		"sale":     slices.ContainsFunc(cards, func(c shelf.Card) bool { return c.State == catalog.StateOnSale }),
	}
	steps := make([]startStep, len(startSteps))
	for i, s := range startSteps {
		steps[i] = startStep{s.Name, s.Path, done[s.Name]}
	}
	return steps, err
}

// isNamed tells whether a shop has a name of its own in the languages of Kazakhstan: a fresh one is called "My shop".
func isNamed(name text.Localized) bool {
	return name["kk"] != "" && name["ru"] != "" && name["kk"] != "Менің дүкенім" && name["ru"] != "Мой магазин"
}

// toStart counts the steps that are left.
func toStart(steps []startStep) (n int) {
	for _, s := range steps {
		if !s.Done {
			n++
		}
	}
	return n
}

// firstOpen is the step that comes next, or -1.
func firstOpen(steps []startStep) int {
	return slices.IndexFunc(steps, func(s startStep) bool { return !s.Done })
}
