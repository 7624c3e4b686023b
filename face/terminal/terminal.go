// Package terminal is what people see of the exchange: the market at a glance, the page of an instrument with its book, its
// candles and the order form, and what somebody has.
//
// Pages are rendered here, in the language of the reader, and do everything without a script: a form is sent, and its page is
// seen anew. Where scripts run, the pages listen to the stream of face/api, and send the same forms without leaving the page.
// What the market shows comes from memory; only trades and statements are read from the store.
package terminal

import (
	"embed"
	"io/fs"
	"time"

	"sauda/base/text"
	"sauda/core/attachment"
	"sauda/flow/floor"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

// Deps are what the terminal shows.
type Deps struct {
	Floor     *floor.Floor       // Floor is nil where the exchange does not run; then the pages say so.
	Board     *floor.Board       // Board is what the public sees.
	Hammer    *floor.Hammer      // Hammer has what auctions and tenders are sealed by, and takes guarantees.
	Notary    *floor.Notary      // Notary has the market make what two have agreed on.
	Now       func() time.Time   // Now is the clock; nil is time.Now.
	Attached  attachment.Library // Attached keeps the documents of those who want to become investors.
	Name      text.Localized     // Name is what the house is called; "Sauda" when it is empty.
	PublicURL string             // PublicURL is how browsers reach the house: "https://shop.example".
}

type face struct {
	Deps
	assets *web.Assets
}

//go:embed texts/*.json
var texts embed.FS

//go:embed assets
var assets embed.FS

func init() { i18n.Have(texts) }

// assetsPath is where the terminal's style and scripts are served.
const assetsPath = "/exchange/assets/"

// Mount adds the pages of the exchange to a site.
func Mount(server *web.Server, site *web.Site, d Deps) {
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		panic("terminal: " + err.Error()) // The folder is embedded.
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	f := &face{Deps: d}
	if f.assets, err = server.Assets(assetsPath, files); err != nil {
		panic("terminal: " + err.Error())
	}
	f.mountMarket(site)
	f.mountInstrument(site)
	f.mountEntry(site)
	f.mountOrders(site)
	f.mountDeals(site)
	f.mountPortfolio(site)
	f.mountTenders(site)
	f.mountStatement(server, site)
	f.mountMoney(site)
	f.mountJoin(site)
}
