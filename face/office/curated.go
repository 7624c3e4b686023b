package office

import (
	"cmp"
	"net/url"
	"slices"

	"sauda/core/catalog"
	"sauda/core/search"
	"sauda/core/search/index"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountCurated(site *web.Site) {
	web.Page(site, "GET /office/search/curated/new", f.newCurated, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/search/curated/{id}/places", f.placeProduct, web.Needs(ScopeCatalogWrite))
}

// picking is goods from which some are chosen for a query.
type picking struct {
	Find string
	Hits []index.Hit
}

type newCuratedAsk struct {
	Query string `query:"query" maxLength:"200"`
	Find  string `query:"find" maxLength:"200"`
}

// newCurated shows what a query finds, to choose what comes first.
func (f face) newCurated(tx *db.Tx, in newCuratedAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	r := ruling{form: form{Values: url.Values{"query": {in.Query}}}, Path: "curated", One: search.Rule{Kind: search.Curated, Query: in.Query}}
	pick, err := f.pick(tx, &r, in.Find)
	return curatedPage(f.page("search", t(tx.Context(), "search.curated_add")), r, pick), err
}

// curatedAnswer shows a curated answer, and goods to choose from.
func (f face) curatedAnswer(tx *db.Tx, in ruleAsk) (web.View, error) {
	r, err := loadRule(tx, in.Path, in.ID)
	if err != nil {
		return nil, err
	}
	pick, err := f.pick(tx, &r, in.Find)
	return curatedPage(f.page("search", t(tx.Context(), "search.curated")), r, pick), err
}

// pick looks for goods to choose from: by other words, or by those of the query. It reads the names of all of them.
func (f face) pick(tx *db.Tx, r *ruling, find string) (picking, error) {
	p := picking{Find: find}
	words := cmp.Or(find, r.One.Query)
	if words != "" && f.Search.Ready() {
		found, err := f.Search.Ask(search.Question{Words: words, Lang: web.Lang(tx.Context()), Limit: hitsMax, Silent: true})
		if err != nil {
			return p, err
		}
		p.Hits = slices.DeleteFunc(found.Hits, func(h index.Hit) bool {
			id := catalog.ProductID(h.ID)
			return slices.Contains(r.One.Pinned, id) || slices.Contains(r.One.Hidden, id)
		})
	}
	var err error
	r.Known, err = summariesOf(tx, slices.Concat(r.One.Pinned, r.One.Hidden, hitIDs(p.Hits)))
	return p, err
}

// curatedWrong prepares the page of a curated answer that could not be renamed.
func (f face) curatedWrong(tx *db.Tx, r ruling, err error) (ruling, error) {
	if err != nil && !mendable(err) {
		return r, err
	}
	r.note(tx.Context(), err, ruleField)
	if err != nil && r.Wrong["query"] == "" {
		r.Wrong["query"] = i18n.Fault(web.Lang(tx.Context()), err)
	}
	_, err = f.pick(tx, &r, "")
	return r, err
}

type placeForm struct {
	ID      search.RuleID     `path:"id" maxLength:"60"`
	Product catalog.ProductID `json:"product" maxLength:"60"`
	To      string            `json:"to" enum:"first,up,down,hidden,out"`
	Find    string            `json:"find,omitempty" maxLength:"200"`
}

// placeProduct puts a product first, moves it, hides it or takes it out of a curated answer. An answer from which the last
// one is taken is taken away itself, and can be put back.
func (f face) placeProduct(tx *db.Tx, in placeForm) (web.Then, error) {
	r, err := loadRule(tx, "curated", in.ID)
	if err != nil {
		return web.Then{}, err
	}
	rule := r.One
	seat(&rule, in.Product, in.To)
	if len(rule.Pinned)+len(rule.Hidden) == 0 {
		return see("search/curated", "dropped_rule"), dropKept(tx, search.Curated, in.ID)
	}
	if err := web.Before(tx, r.One); err != nil {
		return web.Then{}, err
	}
	if _, err := search.ReviseRule(tx, rule); err != nil {
		return web.Then{}, err
	}
	back := "search/curated/" + url.PathEscape(string(in.ID))
	if in.Find != "" {
		back += "?find=" + url.QueryEscape(in.Find)
	}
	return see(back, "saved"), nil
}
