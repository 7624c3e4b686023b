package office

import (
	"cmp"

	"sauda/core/catalog"
	"sauda/core/search"
	"sauda/core/search/index"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountSearch(site *web.Site) {
	web.Page(site, "GET /office/search", f.tryQuery, web.Needs(ScopeCatalogRead))
	web.Page(site, "GET /office/search/queries", f.inVain, web.Needs(ScopeCatalogRead))
	f.mountRules(site)
	f.mountCurated(site)
}

// hitsMax is how many goods a tried query shows, and inVainMax how many queries a page lists.
const (
	hitsMax   = 20
	inVainMax = 50
)

type tryAsk struct {
	Words string `query:"q" maxLength:"200"`
	Lang  string `query:"lang" enum:"kk,ru,en,zh"`
}

// tried is what a query finds, as a buyer sees it and with the reason of each.
type tried struct {
	tryAsk
	Ready bool // Ready says that there is an index: for a moment after the start there is none.
	search.Found
	Known map[catalog.ProductID]catalog.Summary
}

// tryQuery shows what a query finds and why. The question is not counted among those of buyers.
func (f face) tryQuery(tx *db.Tx, in tryAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	in.Lang = cmp.Or(in.Lang, web.Lang(tx.Context()))
	r := tried{tryAsk: in, Ready: f.Search.Ready()}
	if r.Ready && in.Words != "" {
		var err error
		r.Found, err = f.Search.Ask(search.Question{Words: in.Words, Lang: in.Lang, Limit: hitsMax, Explain: true, Silent: true})
		if err != nil {
			return nil, err
		}
		if r.Known, err = summariesOf(tx, hitIDs(r.Hits)); err != nil {
			return nil, err
		}
	}
	return tryPage(f.page("search", t(tx.Context(), "nav.search")), r), nil
}

func hitIDs(hits []index.Hit) []catalog.ProductID {
	ids := make([]catalog.ProductID, len(hits))
	for i, h := range hits {
		ids[i] = catalog.ProductID(h.ID)
	}
	return ids
}

type inVainAsk struct {
	After string `query:"after" maxLength:"300"`
}

// vain is what buyers looked for and did not find.
type vain struct {
	Queries []search.Counted
	Begun   bool
	Next    string
}

// inVain lists what buyers looked for and did not find, the most frequent first.
func (f face) inVain(tx *db.Tx, in inVainAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	all, err := search.Queries(tx, true, in.After, inVainMax+1)
	if err != nil {
		return nil, err
	}
	v := vain{Queries: all, Begun: in.After != ""}
	if len(all) > inVainMax {
		v.Queries = all[:inVainMax]
		v.Next = all[inVainMax-1].After
	}
	return vainPage(f.page("search", t(tx.Context(), "search.vain")), v), nil
}
