package shop

import (
	"context"
	"encoding/json"
	"time"

	"sauda/core/catalog"
	"sauda/core/shelf"
	"sauda/gear/db"
	"sauda/gear/web"
)

// liveEvery is how old a price or a stock on an open page may be.
const liveEvery = 4 * time.Second

func (f *face) mountLive(site *web.Site) {
	web.AddStream(site, "GET /live/{id}", web.Stream[liveAsk]{Begin: f.opened, Look: f.live, Every: liveEvery}, web.Public())
}

func liveAddress(id catalog.ProductID) string { return "/live/" + string(id) }

type liveAsk struct {
	visitor
	ID   catalog.ProductID `path:"id" maxLength:"60"`
	Last string            `query:"last" maxLength:"40"`
}

// standing is how a product stands now, in the words of its page.
type standing struct {
	Price    string                            `json:"price"`
	From     bool                              `json:"from"`
	Variants map[catalog.VariantID]liveVariant `json:"variants"`
}

// liveVariant is how a variant stands.
type liveVariant struct {
	Price string             `json:"price"`
	Seen  string             `json:"seen"` // Seen is the price as the form sends it.
	Stock shelf.Availability `json:"stock"`
	Said  string             `json:"said"` // Said is the stock in words.
	Sells bool               `json:"sells"`
}

// live tells an open page what things cost now and whether they are there, in at most eight statements for all who look
// at the same page. A product that is not shown to everybody is not told of.
func (f *face) live(tx *db.Tx, in liveAsk) ([]byte, error) {
	ctx := tx.Context()
	p, err := shelf.Show(tx, in.ID, f.Currency, "")
	if err == nil {
		err = f.lowerPage(tx, &p)
	}
	if err != nil {
		return nil, err
	}
	s := shown{Page: p}
	offer, from := s.price()
	now := standing{From: from, Variants: make(map[catalog.VariantID]liveVariant, len(s.Variants))}
	if offer.Price.Currency != "" {
		now.Price = amount(ctx, offer.Price)
	}
	for _, v := range s.Variants {
		o := s.Offers[v.ID]
		l := liveVariant{Stock: o.Availability, Said: t(ctx, "stock."+string(o.Availability)), Sells: s.sells(v)}
		if o.Price.Currency != "" {
			l.Price, l.Seen = amount(ctx, o.Price), o.Price.Decimal()
		}
		now.Variants[v.ID] = l
	}
	return json.Marshal(now)
}

// opened notes that a page is really looked at: it may have been fetched before anybody asked for it.
func (f *face) opened(ctx context.Context, in liveAsk) { f.noteSeen(ctx, in.visitor, in.ID) }
