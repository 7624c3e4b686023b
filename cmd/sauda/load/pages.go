package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"sync"
)

// The targets of the pages of the shop: milliseconds of a page that is made for its visitor, at the median, and the share
// of what a bare handler could send to those who come for the first time.
const (
	categoryMade, productMade = 2.0, 1.0
	pageShare                 = 0.30
	pagesMost                 = 2000 // pagesMost bounds the products whose pages are read.
	pageReaders, pageBuyers   = 32, 8
)

// firstVisit are the headers of a browser that comes for the first time, someVisit those of one that has chosen its light
// before: it has pages of its own.
var (
	firstVisit = []header{{"Accept-Encoding", "gzip"}, {"Accept", "text/html"}}
	someVisit  = append(slices.Clone(firstVisit), header{"Cookie", "sauda_look=light"})
)

// visits measures the pages of the shop: made for one visitor, as they come to those without a cookie, and that while others
// buy.
func (b *bench) visits(ctx context.Context, h *house, s *server) error {
	if !b.wants("pages") {
		return nil
	}
	kinds, err := shopPages(ctx, s.addr, h.shelf)
	if err != nil {
		return err
	}
	for _, of := range kinds {
		b.say("%s: made for one visitor", of.name)
		made, err := b.read(ctx, s, 1, of.as(someVisit...))
		if err != nil {
			return err
		}
		row := Row{What: of.name + ", made for one visitor", Engine: h.engine, Figures: made}
		b.report.add(row.judged(of.half, fmt.Sprintf("p50 < %.0f ms", of.half), made.P50 < of.half && made.Failed == 0))
		if err := b.beside(ctx, of.as(firstVisit...), h, s); err != nil {
			return err
		}
	}
	return b.crowded(ctx, h, s, kinds)
}

// crowded has visitors read all pages while buyers buy.
func (b *bench) crowded(ctx context.Context, h *house, s *server, kinds []reading) error {
	b.say("pages: %d visitors and %d buyers", pageReaders, pageBuyers)
	var all []string
	for _, of := range kinds {
		all = append(all, of.targets...)
	}
	var bought Figures
	var failed error
	var buying sync.WaitGroup
	buying.Go(func() { bought, failed = b.crowd(s, h, pageBuyers, nil).run(ctx) })
	seen, err := b.read(ctx, s, pageReaders, reading{targets: all, headers: firstVisit})
	buying.Wait()
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	b.report.add(Row{What: "pages, first visits while others buy", Engine: h.engine, Figures: seen})
	b.report.add(Row{What: "purchases meanwhile", Engine: h.engine, Figures: bought})
	return nil
}

// shopPages finds the addresses of the pages in Kazakh: of every category that fills one, and of some of the products.
func shopPages(ctx context.Context, addr string, from shelf) ([]reading, error) {
	categories := reading{name: "category page", half: categoryMade, least: pageShare}
	for _, slug := range from.slugs {
		categories.targets = append(categories.targets, "/kk/c/"+url.PathEscape(slug))
	}
	products := reading{name: "product page", half: productMade, least: pageShare}
	some := slices.Clone(from.products)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	for _, id := range some[:min(len(some), pagesMost)] {
		target := "/kk/p/" + id
		answer, err := answered(ctx, addr, target, firstVisit...)
		if err != nil {
			return nil, err
		}
		if err := answer.Body.Close(); err != nil {
			return nil, err
		}
		if to := answer.Header.Get("Location"); to != "" {
			target = to // Its address has its name.
		}
		products.targets = append(products.targets, target)
	}
	return []reading{categories, products}, nil
}
