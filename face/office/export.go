package office

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/flow/feeds"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/web"
)

// exportTime is enough for a million products over a slow line.
const exportTime = 30 * time.Minute

func (f face) mountExport(server *web.Server, site *web.Site) {
	web.Page(site, "GET /office/export", f.export, web.Needs(ScopeCatalogRead))
	// The files say how much is left, so they ask for both.
	server.Protocol("POST /office/export", f.takeOut, web.Needs(ScopeCatalogRead, ScopeStockRead), web.Time(exportTime))
}

// exportFile is how a form is called as a file.
var exportFile = map[feeds.Format]struct{ ending, kind string }{
	feeds.CSV: {".csv", "text/csv; charset=utf-8"}, feeds.XLSX: {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	feeds.Magento: {"-magento.csv", "text/csv; charset=utf-8"}, feeds.Shopify: {"-shopify.csv", "text/csv; charset=utf-8"},
	feeds.YML: {"-yml.xml", "application/xml"}, feeds.Kaspi: {"-kaspi.xml", "application/xml"}, feeds.Google: {"-google.xml", "application/xml"},
}

// exportStates are the goods that can be taken out.
var exportStates = []catalog.State{catalog.StateAny, catalog.StateOnSale, catalog.StateDraft, catalog.StateEnded}

// feed is a file at an address that stays; ?lang= asks for a language.
type feed struct {
	Name    feeds.Format
	Address string
}

// outlet is what the page of exports shows.
type outlet struct {
	Feeds []feed // Feeds are those of the own shop, for its keepers.
	Maps  []string
}

// export shows where goods are taken out, and where markets and search engines fetch them.
func (f face) export(tx *db.Tx, _ struct{}) (web.View, error) {
	var o outlet
	if keeps(tx.Who()) {
		for _, format := range feeds.Public {
			o.Feeds = append(o.Feeds, feed{format, f.base() + "/feeds/" + string(format) + ".xml"})
		}
		o.Maps = []string{f.base() + "/sitemap.xml", f.base() + "/robots.txt"}
	}
	return exportPage(f.page("export", t(tx.Context(), "nav.export")), o), nil
}

// base is what stands before public addresses.
func (f face) base() string { return strings.TrimSuffix(f.PublicURL, "/") }

// takeOut sends the goods of the actor's seller as a file, while it is written.
func (f face) takeOut(x web.Exchange) error {
	x.Body = http.MaxBytesReader(x, x.Body, exportFormMax)
	who := web.WhoFrom(x.Context())
	o := feeds.Order{
		Format: feeds.Format(x.PostFormValue("format")), State: catalog.State(x.PostFormValue("state")), Lang: x.PostFormValue("lang"),
		Merchant: strings.TrimSpace(x.PostFormValue("merchant")), Seller: ownerOf(who), Currency: f.Currency, Base: f.base(),
	}
	file, known := exportFile[o.Format]
	switch {
	case !known:
		return feeds.ErrFormat.About("%.40q", string(o.Format))
	case !slices.Contains(exportStates, o.State):
		o.State = catalog.StateAny
	}
	if !slices.Contains(text.Languages, o.Lang) {
		o.Lang = web.Lang(x.Context())
	}
	if len(o.Merchant) > merchantMax {
		o.Merchant = ""
	}
	var err error
	if o.Name, err = f.shopName(x.Context(), who, o); err != nil {
		return err
	}
	name := "goods-" + span.DayOf(time.Now(), span.Almaty).String() + file.ending
	sent := web.Sent{Name: name, Kind: file.kind, Object: string(o.Seller) + " " + string(o.Format)}
	return x.Send(sent, func(to io.Writer) error { return feeds.Export(x.Context(), f.Store, to, o) })
}

const (
	exportFormMax = 4 << 10 // exportFormMax is more than the form can say.
	merchantMax   = 60
)

// shopName is what the seller is called in the language of the file.
func (f face) shopName(ctx context.Context, who db.Who, o feeds.Order) (name string, err error) {
	err = job.Look(ctx, f.Store, who, func(tx *db.Tx) error {
		own, err := seller.Get(tx, o.Seller)
		name = own.Name.In(o.Lang)
		return err
	})
	return name, err
}
