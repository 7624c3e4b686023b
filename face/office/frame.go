package office

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"sauda/core/utility"
	"sauda/gear/web"
)

// page is what every page of the office has.
type page struct {
	Title  string // Title is in the language of the reader.
	Active string // Active is the entry of the menu.
	Soon   int    // Soon is after how many seconds the page loads itself again; zero is never.
	Wrong  string // Wrong is what is said on top when a form is shown again.

	object   string      // object is what the page shows, when it shall be told that a colleague changes it.
	version  int64       // version is the one of the object that the page shows.
	list     string      // list is what is told when an order of the reader's seller changes; empty is nothing.
	seen     int64       // seen is how often that had happened when the page was made.
	scripts  []string    // scripts are what this page has beside those of all pages.
	exchange bool        // exchange shows the way to the exchange.
	assets   *web.Assets // assets are nil on the page of a fault, whose files have their plain names.
}

// page begins a page.
func (f face) page(active, title string) page {
	return page{assets: f.assets, Active: active, Title: title, exchange: f.Exchange != nil && f.Exchange()}
}

// with adds scripts to a page that it is better with.
func (p page) with(scripts ...string) page {
	p.scripts = append(slices.Clone(p.scripts), scripts...)
	return p
}

// of says which object a page shows, and in which version.
func (p page) of(object string, version int64) page {
	p.object, p.version = object, version
	return p.with("live.js")
}

// listing says that a page lists orders, and how often something had happened to them before it looked.
func (p page) listing(seen int64) page {
	p.list, p.seen = "orders", seen
	return p.with("live.js")
}

// file is the address of a style or a script.
func (p page) file(name string) string {
	if p.assets == nil {
		return assetsPath + name
	}
	return p.assets.Path(name)
}

// inside tells whether a page stands below the one of its entry in the menu, to which its head then leads.
func (p page) inside(ctx context.Context) bool {
	return p.Active != "" && p.Active != "home" && p.Title != t(ctx, "nav."+p.Active)
}

// entry is one entry of the menu.
type entry struct {
	Name   string // Name is the end of its address and of its text.
	Scope  string
	Keeper bool   // Keeper says that only keepers of the house see it.
	Key    string // Key is the letter that leads there after g; none has no letter.
}

// group is entries of the menu under one heading.
type group struct {
	Name    string
	Entries []entry
}

var menu = []group{
	{"trade", []entry{
		{Name: "orders", Scope: ScopeOrdersRead, Key: "o"}, {Name: "estimates", Scope: ScopeOrdersRead}, {Name: "workshop", Scope: ScopeOrdersRead}, {Name: "bookings", Scope: ScopeOrdersRead}, {Name: "subscriptions", Scope: ScopeOrdersRead}, {Name: "customers", Scope: ScopeCustomersRead, Key: "b"},
		{Name: "products", Scope: ScopeCatalogRead, Key: "p"}, {Name: "categories", Scope: ScopeCatalogRead, Key: "c"},
		{Name: "collections", Scope: ScopeCatalogRead}, {Name: "duplicates", Scope: ScopeCatalogRead},
		{Name: "media", Scope: ScopeCatalogRead, Keeper: true, Key: "g"}, {Name: "promotions", Scope: ScopeCatalogRead},
		{Name: "reviews", Scope: ScopeReviewsRead}, {Name: "questions", Scope: ScopeQuestionsRead}, {Name: "courses", Scope: ScopeCoursesRead}, {Name: "groups", Scope: ScopeCoursesTeach},
		{Name: "search", Scope: ScopeCatalogRead, Keeper: true}, {Name: "imports", Scope: ScopeCatalogRead, Key: "i"},
		{Name: "export", Scope: ScopeCatalogRead, Key: "x"}, {Name: "stock", Scope: ScopeStockRead, Key: "s"},
		{Name: "movements", Scope: ScopeStockRead, Key: "v"}, {Name: "warehouses", Scope: ScopeStockRead, Key: "w"},
	}},
	{"money", []entry{{Name: "bills", Scope: utility.ScopeRead}, {Name: "payments", Scope: ScopeMoneyRead, Key: "m"}, {Name: "gifts", Scope: ScopeMoneyRead}, {Name: "ledger", Scope: ScopeMoneyRead, Key: "l"}}},
	{"market", []entry{{Name: "exchange", Scope: ScopeExchangeRead, Keeper: true, Key: "t"}}},
	{"shop", []entry{
		{Name: "window", Scope: ScopeHouseRead, Keeper: true}, {Name: "content", Scope: ScopeHouseRead, Keeper: true},
		{Name: "delivery", Scope: ScopeHouseRead, Key: "d"}, {Name: "users", Scope: ScopeHouseRead, Key: "u"},
		{Name: "keys", Scope: ScopeHouseRead, Key: "k"}, {Name: "webhooks", Scope: ScopeHouseRead}, {Name: "settings", Scope: ScopeHouseRead, Key: "e"},
	}},
	{"house", []entry{
		{Name: "stories", Scope: ScopeHouseRead, Keeper: true}, {Name: "parked", Scope: ScopeHouseRead, Keeper: true, Key: "r"},
		{Name: "jobs", Scope: ScopeHouseRead, Keeper: true, Key: "j"}, {Name: "facts", Scope: ScopeHouseRead, Keeper: true, Key: "f"},
		{Name: "audit", Scope: ScopeHouseRead, Keeper: true, Key: "a"}, {Name: "doctor", Scope: ScopeHouseRead, Keeper: true},
	}},
}

// homeKey leads to the first page after g.
const homeKey = "h"

// shown gives the menu as the reader may see it.
func shown(ctx context.Context) []group {
	who := web.WhoFrom(ctx)
	var groups []group
	for _, g := range menu {
		var entries []entry
		for _, e := range g.Entries {
			if who.May(e.Scope) && (!e.Keeper || keeps(who)) {
				entries = append(entries, e)
			}
		}
		if len(entries) > 0 {
			groups = append(groups, group{g.Name, entries})
		}
	}
	return groups
}

// Fault is the page that shows a fault below /office.
func Fault(p web.Problem) web.View { return faultPage(p) }

// faultIcon is what stands above a fault.
func faultIcon(p web.Problem) string {
	switch p.Status {
	case http.StatusForbidden, http.StatusUnauthorized:
		return "lock"
	case http.StatusNotFound, http.StatusGone:
		return "missing"
	}
	return "broken"
}

// above gives the page to which somebody goes back who was refused: the object of a form, or the list of an object.
func above(path string) string {
	path = strings.TrimSuffix(path, "/")
	i := strings.LastIndexByte(path, '/')
	if i <= 0 {
		return "/office"
	}
	return path[:i]
}

// timeValue is an instant in the pages.
type timeValue = time.Time

// langName is what a language calls itself.
func langName(lang string) string {
	switch lang {
	case "kk":
		return "Қазақша"
	case "ru":
		return "Русский"
	case "zh":
		return "中文"
	}
	return "English"
}
