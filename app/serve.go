package app

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sauda/base/money"
	"sauda/core/attachment"
	"sauda/core/digital"
	"sauda/core/media"
	"sauda/face/api"
	"sauda/face/office"
	"sauda/face/shop"
	"sauda/face/terminal"
	selfcare "sauda/flow/account"
	"sauda/flow/display"
	"sauda/flow/feeds"
	"sauda/gear/blob"
	"sauda/gear/web"
)

// serve makes the server with all faces.
func (h *House) serve() *web.Server {
	c := h.config
	server := web.New(web.Options{
		Store: h.Store, Sessions: h.Sessions, Log: c.Log, Quiet: c.Quiet, TLS: c.secure(), Title: "Sauda", Version: "1",
		Limits: c.Limits, Checks: []web.Check{{Name: "tables", Do: h.current}},
	})
	api.Mount(server, api.Deps{
		Shelf: h.shelf, Search: h.Search, Desk: h.Desk, Keys: h.Desk.Keys, Packing: h.Packing, Returns: h.Returns, Teller: h.Teller, Collect: h.Collect, Sessions: h.Sessions, Account: h.account(),
		Media: h.Library(), Attached: h.Attached(), Sold: h.Sold(), Currency: money.KZT, Webhooks: api.Webhooks{CardSecret: h.world.signing, Carrier: h.world.parcels},
		Floor: h.Floor, Board: h.Board, Till: h.Till, Hammer: h.Hammer, Notary: h.Notary, Waits: Waits,
	})
	server.Handle("GET /media/{name}", blob.Shown{Store: h.files, Instead: media.Instead}, web.Public(), web.Time(mediaTime))
	h.stand(server)
	site := server.Site(web.SiteOptions{Fault: h.faultPage, Copies: h.copies})
	shop.Mount(server, site, shop.Deps{
		Shelf: h.shelf, Search: h.Search, Desk: h.Desk, Renewals: h.Renewals, Store: h.Store, Collect: h.Collect, Account: h.account(), Sessions: h.Sessions, Media: h.Library(), Attached: h.Attached(), Taught: h.Taught(), Display: h.Display, Currency: money.KZT, TestMode: h.world.cards != nil, PublicURL: c.PublicURL, PayURL: c.cardPage(),
		Exchange: h.trades,
	})
	terminal.Mount(server, site, terminal.Deps{Floor: h.Floor, Board: h.Board, Hammer: h.Hammer, Notary: h.Notary, Now: c.Now, PublicURL: c.PublicURL, Attached: h.Attached()})
	office.Mount(server, site, office.Deps{
		Store: h.Store, Floor: h.Floor, Board: h.Board, Packing: h.Packing, Returns: h.Returns, Imports: h.Imports, Search: h.Search, Sessions: h.Sessions, Media: h.Library(), Attached: h.Attached(), Sold: h.Sold(), Taught: h.Taught(),
		PublicURL: c.PublicURL, Keys: h.Desk.Keys, Hosts: display.Prover{Store: h.Store, HTTP: c.Internet.HTTP, TXT: c.Internet.TXT},
		Currency: money.KZT, Doctor: h.findings, Pieces: h.world.cards != nil, Watch: h.Watch, Exchange: h.trades, Waits: Waits,
	})
	if h.world.cards != nil {
		server.Handle(gatewayPath+"/", http.StripPrefix(gatewayPath, h.world.cards), web.Public())
	}
	return server
}

// stand shows the feeds of the own shop and the maps of the site.
func (h *House) stand(server *web.Server) {
	s := &feeds.Stand{
		Store: h.Store, Dir: below(h.config.Data, "feeds"), Fresh: feedsFresh, Log: h.config.Log,
		Beside: func() []string { return shop.Paths(h.Display) },
		Home:   h.Display.Home,
		Order:  feeds.Order{Base: strings.TrimSuffix(h.config.PublicURL, "/"), Name: "Sauda", Currency: money.KZT},
	}
	for pattern, show := range map[string]http.HandlerFunc{
		"GET /feeds/{name}": s.Feed, "GET /sitemap.xml": s.Map, "GET /sitemap/{part}": s.Part, "GET /robots.txt": s.Robots,
	} {
		server.Handle(pattern, show, web.Public(), web.Time(feedsTime))
	}
}

const (
	feedsFresh = 10 * time.Minute // feedsFresh is how old a feed may be: markets fetch once an hour at most.
	feedsTime  = 5 * time.Minute  // feedsTime is enough to write a million products.
)

// account does what people do about themselves.
func (h *House) account() selfcare.Desk {
	return selfcare.Desk{Sessions: h.Sessions, Blobs: h.files, Home: h.config.home()}
}

// trades tells whether the exchange has anything to show.
func (h *House) trades() bool { return terminal.Listed(h.Floor) }

// faultPage is the page of a fault: the office's below /office, else the shop's.
func (h *House) faultPage(p web.Problem) web.View {
	if p.Instance == "/office" || strings.HasPrefix(p.Instance, "/office/") {
		return office.Fault(p)
	}
	return shop.Fault(h.Display, p)
}

// findings are what the doctor finds, in the language of the page.
func (h *House) findings(ctx context.Context) ([]office.Finding, error) {
	found, err := h.Examine(ctx)
	list := make([]office.Finding, len(found))
	for i, f := range found {
		what, hint := f.In(web.Lang(ctx))
		list[i] = office.Finding{Area: AreaIn(web.Lang(ctx), f.Area), Serious: f.Severity == Wrong, What: what, Hint: hint}
	}
	return list, err
}

// cardPage is the gateway's page that turns a card into a token.
func (c Config) cardPage() string {
	if c.Cards.URL == "" {
		return gatewayPath + "/pay"
	}
	return strings.TrimSuffix(c.Cards.URL, "/") + "/pay"
}

// mediaTime is how long a film may take over a slow line.
const mediaTime = 30 * time.Minute

// Media is where the files of goods are kept; they are shown below /media/.
func (h *House) Media() blob.Store { return h.files }

// Library keeps what sellers bring.
func (h *House) Library() media.Library { return media.Library{Blobs: h.files} }

// Attached keeps what buyers bring.
func (h *House) Attached() attachment.Library { return attachment.Library{Blobs: h.files} }

// Sold keeps the files that are sold.
func (h *House) Sold() digital.Library { return digital.Library{Blobs: h.files} }

// current tells whether the tables are those of this binary.
func (h *House) current(ctx context.Context) error {
	behind, err := h.Store.Behind(ctx, Schemas)
	if err == nil && len(behind) > 0 {
		err = fmt.Errorf("tables are behind: %v", behind)
	}
	return err
}
