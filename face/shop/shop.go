// Package shop is what buyers see: the pages of the goods, the basket, the checkout and the orders.
//
// Pages are rendered here, in the language of the reader, and do everything without a script. A page reads one snapshot,
// a form acts in one moment; only ordering tells a story. A guest's basket is known by a cookie that no script can read; a
// buyer who signs in takes it along. Whatever adds something carries a key, so that a double click or the back button
// adds it once; the order itself is kept from doubling by its basket. Whoever comes back from the bank must be the browser
// that was sent there: a link to that address buys nothing.
package shop

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"strings"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/attachment"
	"sauda/core/course"
	"sauda/core/media"
	"sauda/core/search"
	"sauda/core/shelf"
	"sauda/flow/account"
	"sauda/flow/checkout"
	"sauda/flow/collect"
	"sauda/flow/display"
	"sauda/flow/renew"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/session"
	"sauda/gear/web"
)

// Deps are what the shop sells with.
type Deps struct {
	Shelf     *shelf.Shelf
	Search    *search.Keeper
	Desk      *checkout.Desk
	Renewals  *renew.Desk // Renewals pays for what somebody subscribes to, while he waits for it.
	Store     *db.Store
	Collect   *collect.Collector // Collect asks providers of services that keep their books elsewhere.
	Account   account.Desk       // Account does what people do about themselves.
	Sessions  *session.Keeper    // Sessions are where they are signed in.
	Media     media.Library      // Media keeps the pictures of reviews; they are shown below /media/.
	Attached  attachment.Library // Attached keeps the files that buyers bring.
	Taught    course.Library     // Taught keeps what students read and watch.
	Display   *display.Keeper    // Display keeps the look, the pages and the blog in memory.
	Currency  money.Currency     // Currency is in which prices are shown and baskets are opened.
	Name      text.Localized     // Name is what the shop is called; "Sauda" when it is empty.
	TestMode  bool               // TestMode says that cards are taken by the test gateway: every page tells so.
	PublicURL string             // PublicURL is how browsers reach the house: "https://shop.example".
	// PayURL is the gateway's page that turns a card into a token: a path when it is in this house, an address when it is
	// elsewhere. Without one no card is taken.
	PayURL string
	// Exchange tells whether the exchange has anything to show; nil is no. Ways lead there only then.
	Exchange func() bool
}

// face is the shop with what it sells with.
type face struct {
	Deps
	assets *web.Assets
	picks  keptPicks
}

//go:embed texts/*.json
var texts embed.FS

//go:embed assets
var assets embed.FS

func init() { i18n.Have(texts) }

// assetsPath is where the shop's style and drawings are served.
const assetsPath = "/assets/"

// Mount adds the pages of the shop to a site. The site's fault page is the app's to choose: Fault is the one of the shop.
func Mount(server *web.Server, site *web.Site, d Deps) {
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		panic("shop: " + err.Error()) // The folder is embedded.
	}
	f := &face{Deps: d}
	if f.assets, err = server.Assets(assetsPath, files); err != nil {
		panic("shop: " + err.Error())
	}
	f.mountGoods(site)
	f.mountCompare(site)
	f.mountReviews(site)
	f.mountEnquiries(site)
	f.mountEstimates(site)
	f.mountWishes(site)
	f.mountCourses(site, server)
	f.mountSearch(site)
	server.Handle("GET "+viewPath+"{name}", http.HandlerFunc(f.view), web.Public())
	f.mountBasket(site)
	f.mountCheckout(site)
	f.mountOrders(site)
	f.mountBills(site, server)
	f.mountMaking(site)
	f.mountBooking(site)
	f.mountWaiting(site)
	f.mountPeople(site, server)
	f.mountTaste(site)
	f.mountLive(site)
	f.mountOffline(server, site)
	f.mountWindow(server, site)
	site.Speculate(f.assets.Path("prefetch.rules"))
}

// base is how the addresses of the house begin for who asks: by a name of the shop's own, or as everybody reaches it.
func (f *face) base(ctx context.Context) string { return f.Display.Home(web.Host(ctx), f.PublicURL) }

// secure tells whether browsers come by https.
func (f *face) secure() bool { return strings.HasPrefix(f.PublicURL, "https://") }
