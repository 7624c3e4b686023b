package office

import (
	"context"
	"strings"
	"time"

	"sauda/gear/web"
)

// page is what every page of the office has.
type page struct {
	Sheet        string
	UploadScript string // UploadScript brings files with their progress, on the pages that have it.
	Title        string // Title is in the language of the reader.
	Active       string // Active is the entry of the menu.
	Soon         int    // Soon is after how many seconds the page loads itself again; zero is never.
	Wrong        string // Wrong is what is said on top when a form is shown again.
}

// page begins a page.
func (f face) page(active, title string) page {
	return page{Sheet: f.assets.Path("office.css"), UploadScript: f.assets.Path("upload.js"), Active: active, Title: title}
}

// entry is one entry of the menu.
type entry struct {
	Name   string // Name is the end of its address and of its text.
	Scope  string
	Keeper bool // Keeper says that only keepers of the house see it.
}

// group is entries of the menu under one heading.
type group struct {
	Name    string
	Entries []entry
}

var menu = []group{
	{"trade", []entry{
		{Name: "orders", Scope: ScopeOrdersRead}, {Name: "products", Scope: ScopeCatalogRead},
		{Name: "categories", Scope: ScopeCatalogRead}, {Name: "collections", Scope: ScopeCatalogRead},
		{Name: "duplicates", Scope: ScopeCatalogRead}, {Name: "search", Scope: ScopeCatalogRead, Keeper: true},
		{Name: "imports", Scope: ScopeCatalogRead}, {Name: "export", Scope: ScopeCatalogRead},
		{Name: "stock", Scope: ScopeStockRead}, {Name: "movements", Scope: ScopeStockRead}, {Name: "warehouses", Scope: ScopeStockRead},
	}},
	{"money", []entry{{Name: "payments", Scope: ScopeMoneyRead}, {Name: "ledger", Scope: ScopeMoneyRead}}},
	{"shop", []entry{
		{Name: "delivery", Scope: ScopeHouseRead}, {Name: "users", Scope: ScopeHouseRead}, {Name: "keys", Scope: ScopeHouseRead},
		{Name: "settings", Scope: ScopeHouseRead},
	}},
	{"house", []entry{
		{Name: "stories", Scope: ScopeHouseRead, Keeper: true}, {Name: "parked", Scope: ScopeHouseRead, Keeper: true},
		{Name: "jobs", Scope: ScopeHouseRead, Keeper: true}, {Name: "facts", Scope: ScopeHouseRead, Keeper: true},
		{Name: "audit", Scope: ScopeHouseRead, Keeper: true}, {Name: "doctor", Scope: ScopeHouseRead, Keeper: true},
	}},
}

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
