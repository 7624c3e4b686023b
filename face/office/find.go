package office

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/customer"
	"sauda/core/order"
	"sauda/core/search"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountFind(site *web.Site) {
	web.Page(site, "GET /office/find", f.find, web.SignedIn())
	web.Page(site, "GET /office/keyboard", f.keyboard, web.SignedIn())
}

type findAsk struct {
	Text string `query:"q" maxLength:"100"`
}

// foundMax is how many things of a kind the finder shows: whoever wants more looks into the list.
const foundMax = 6

// thing is one answer of the finder.
type thing struct {
	Icon    string
	Address templ.SafeURL
	Name    string
	Said    string // Said tells it from others of that name.
}

// finds are answers of one kind under one heading.
type finds struct {
	Kind   string
	Things []thing
}

// act is something that can be done from everywhere.
type act struct {
	Name  string // Name is the end of its text.
	Path  []string
	Scope string
}

var acts = []act{
	{"add_product", []string{"products", "new"}, ScopeCatalogWrite},
	{"add_category", []string{"categories"}, ScopeCatalogWrite},
	{"import", []string{"imports"}, ScopeCatalogWrite},
	{"employ", []string{"users"}, ScopeHouseWrite},
	{"make_key", []string{"keys"}, ScopeHouseWrite},
	{"rename", []string{"settings"}, ScopeHouseWrite},
}

// isStaff tells whether somebody works here.
func isStaff(who db.Who) bool { return who.Kind == db.KindStaff || who.Kind == db.KindAdmin }

// find answers what somebody typed with pages, deeds, orders and goods, each only to who may see it. It takes a handful of
// statements, and none that reads on until something fits.
func (f face) find(tx *db.Tx, in findAsk) (web.View, error) {
	if who := tx.Who(); !isStaff(who) {
		return nil, web.ErrDenied.About("%s is no staff", who.ID)
	}
	typed := strings.TrimSpace(in.Text)
	var orders, people, goods []thing
	if typed != "" {
		var err error
		if orders, err = findOrders(tx, typed); err != nil {
			return nil, err
		}
		if people, err = findCustomers(tx, typed); err != nil {
			return nil, err
		}
		if goods, err = f.findGoods(tx, typed); err != nil {
			return nil, err
		}
	}
	ctx := tx.Context()
	all := []finds{{"orders", orders}, {"customers", people}, {"pages", findPages(ctx, typed)}, {"acts", findActs(ctx, typed)}, {"products", goods}}
	return findPage(f.page("", t(tx.Context(), "find.title")), typed, all), nil
}

// saidAs tells whether a text of the office, in any of its languages, has a word that begins as each typed one does.
func saidAs(id, typed string) bool {
	for _, lang := range languages {
		if beginsAll(i18n.T(lang, "office."+id), typed) {
			return true
		}
	}
	return false
}

func beginsAll(said, typed string) bool {
	words := strings.Fields(text.Fold(said))
	for _, w := range strings.Fields(text.Fold(typed)) {
		begins := false
		for _, s := range words {
			begins = begins || strings.HasPrefix(s, w)
		}
		if !begins {
			return false
		}
	}
	return true
}

// findPages gives the pages of the menu that are called so; all of them when nothing is typed.
func findPages(ctx context.Context, typed string) []thing {
	var found []thing
	if saidAs("home.title", typed) {
		found = append(found, thing{Icon: "home", Address: to(ctx), Name: t(ctx, "home.title")})
	}
	for _, g := range shown(ctx) {
		for _, e := range g.Entries {
			if saidAs("nav."+e.Name, typed) {
				found = append(found, thing{Icon: e.Name, Address: to(ctx, e.Name), Name: t(ctx, "nav."+e.Name), Said: t(ctx, "menu."+g.Name)})
			}
		}
	}
	if saidAs("nav.keyboard", typed) {
		found = append(found, thing{Icon: "keyboard", Address: to(ctx, "keyboard"), Name: t(ctx, "nav.keyboard")})
	}
	return found
}

// findActs gives what can be done that is called so.
func findActs(ctx context.Context, typed string) []thing {
	var found []thing
	for _, a := range acts {
		if may(ctx, a.Scope) && saidAs("act."+a.Name, typed) {
			found = append(found, thing{Icon: "action", Address: to(ctx, a.Path...), Name: t(ctx, "act."+a.Name)})
		}
	}
	return found
}

// findOrders gives the orders of a code, a document number, or the buyer of an email address with all that he ordered.
func findOrders(tx *db.Tx, typed string) ([]thing, error) {
	ctx := tx.Context()
	if !may(ctx, ScopeOrdersRead) {
		return nil, nil
	}
	orders, next, err := order.List(tx, order.Filter{Seller: sellerOf(tx), Text: typed, Limit: foundMax})
	var found []thing
	if !may(ctx, ScopeCustomersRead) && len(orders) > 0 && strings.EqualFold(orders[0].Email, typed) && (len(orders) > 1 || next != "") {
		found = append(found, thing{Icon: "customers", Address: asked(ctx, "orders", "q", orders[0].Email), Name: orders[0].Name, Said: orders[0].Email})
	}
	for _, o := range orders {
		said := strings.Join([]string{o.Name, sum(ctx, o.Total), t(ctx, "order.state."+string(o.State))}, " · ")
		found = append(found, thing{Icon: "orders", Address: to(ctx, "orders", string(o.ID)), Name: o.Code, Said: said})
	}
	return found, err
}

// findCustomers gives the customers whose name, address or telephone number begins so.
func findCustomers(tx *db.Tx, typed string) ([]thing, error) {
	ctx := tx.Context()
	if !may(ctx, ScopeCustomersRead) {
		return nil, nil
	}
	all, _, err := customer.List(tx, customer.Filter{Seller: sellerOf(tx), Text: typed, Limit: foundMax})
	var found []thing
	for _, c := range all {
		said := strings.Join([]string{c.Email, t(ctx, "customers.count", "count", c.Orders)}, " · ")
		found = append(found, thing{Icon: "customers", Address: to(ctx, "customers", string(c.ID)), Name: customerName(c), Said: said})
	}
	return found, err
}

// findGoods gives the seller's goods of a SKU, and those on sale that have the words.
func (f face) findGoods(tx *db.Tx, typed string) ([]thing, error) {
	ctx := tx.Context()
	if !may(ctx, ScopeCatalogRead) {
		return nil, nil
	}
	bySKU, err := catalog.BySKU(tx, sellerOf(tx), []string{typed, strings.ToUpper(typed)})
	if err != nil {
		return nil, err
	}
	var ids []catalog.ProductID
	for _, id := range bySKU {
		ids = append(ids, id)
	}
	if f.Search.Ready() {
		asked, err := f.Search.Ask(search.Question{Words: typed, Lang: web.Lang(ctx), Limit: foundMax, Silent: true})
		if err != nil {
			return nil, err
		}
		ids = append(ids, hitIDs(asked.Hits)...)
	}
	known, err := summariesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	var found []thing
	shown := map[catalog.ProductID]bool{}
	for _, id := range ids {
		p, ok := known[id]
		if !ok || shown[id] || !tx.Who().For(string(p.Seller)) {
			continue
		}
		shown[id] = true
		said := t(ctx, "product.state."+string(p.State))
		if len(p.Variants) > 0 {
			said = p.Variants[0].SKU + " · " + said
		}
		found = append(found, thing{Icon: "products", Address: to(ctx, "products", string(p.ID)), Name: in(ctx, p.Name), Said: said})
	}
	return found, nil
}

// keyboard says which keys do what.
func (f face) keyboard(tx *db.Tx, _ struct{}) (web.View, error) {
	if who := tx.Who(); !isStaff(who) {
		return nil, web.ErrDenied.About("%s is no staff", who.ID)
	}
	return keyboardPage(f.page("", t(tx.Context(), "nav.keyboard"))), nil
}

// keysOf are the keys of the office beside those that lead to pages, with the ends of their texts.
var keysOf = []struct{ Keys, Name string }{
	{"/ · Ctrl K · ⌘ K", "find"}, {"?", "help"}, {"J", "next"}, {"K", "previous"}, {"Enter", "open"}, {"X", "choose"}, {"N", "next_page"},
}

// foundNone tells whether nothing of any kind was found.
func foundNone(all []finds) bool {
	for _, kind := range all {
		if len(kind.Things) > 0 {
			return false
		}
	}
	return true
}
