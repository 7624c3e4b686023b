package shop

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/search"
	"sauda/core/search/index"
	"sauda/core/shelf"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountSearch(site *web.Site) {
	web.Page(site, "GET /search", f.search, web.Public())
	web.Page(site, "GET /search/suggestions", f.suggest, web.Public())
}

// narrowing is what a list can be narrowed and ordered by; it stands in the address.
type narrowing struct {
	Filter string     `query:"filter" maxLength:"2000"`
	Sort   index.Sort `query:"sort" enum:"relevance,newest,price,-price,popular"`
}

type searchAsk struct {
	visitor
	Words  string     `query:"q" maxLength:"200"`
	Filter string     `query:"filter" maxLength:"2000"`
	Sort   index.Sort `query:"sort" enum:"relevance,newest,price,-price,popular"`
	After  string     `query:"after" maxLength:"100"`
}

// found is a list that the index has given, with what it can be narrowed by.
type found struct {
	Base      string // Base is the path of the list, and Words what was looked for.
	Words     string
	Filters   []index.Filter
	Sort      index.Sort
	Sorts     []index.Sort
	Total     int
	Weak      bool
	Corrected string
	Boosts    []text.Localized
	Facets    []narrow
	Homeland  *option // Homeland narrows to what is proven to be made in Kazakhstan; nil when nothing is.
	Chosen    []chip
	Hits      []hit
	Begun     bool
	Next      string
	Plain     bool // Plain says that the index is still being built: there is nothing to narrow by.
}

// cards are those of what was found.
func (f found) cards() []shelf.Card {
	cards := make([]shelf.Card, len(f.Hits))
	for i, h := range f.Hits {
		cards[i] = h.Card
	}
	return cards
}

// hit is a product that was found, with the address that tells where it stood.
type hit struct {
	shelf.Card
	To string
}

// narrow is a facet as people read it.
type narrow struct {
	Name   string
	Label  string
	Values []option
	Open   bool
}

// option is a value of a facet: its address takes it in, or out again when it is chosen.
type option struct {
	Label  string
	Count  int
	To     string
	Chosen bool
}

// chip is a chosen value that can be taken back.
type chip struct{ Label, To string }

// searched is the page of a search.
type searched struct {
	page
	found
	Around []catalog.Category // Around are the categories to go on from when nothing was found.
}

// best is how many attributes are offered beside what all goods have.
const best = 6

// search finds goods, in at most five statements, and in one more when there are none.
func (f *face) search(tx *db.Tx, in searchAsk) (web.View, error) {
	ctx := tx.Context()
	in.Words = text.Seen(in.Words)
	title := t(ctx, "search.title")
	if in.Words != "" {
		title = t(ctx, "search.of", "words", in.Words)
	}
	p := searched{page: f.page(ctx, in.visitor, "goods", title)}
	p.Query = in.Words
	got, redirect, err := f.seek(tx, asked{base: "/search", words: in.Words, narrowing: narrowing{in.Filter, in.Sort}, after: in.After})
	if err != nil {
		return nil, err
	}
	if redirect != "" {
		return web.Elsewhere(redirect), nil
	}
	p.found = got
	if err := f.fillHearts(tx, &p.page, in.visitor); err != nil {
		return nil, err
	}
	p.tell(ctx)
	if len(got.Hits) == 0 {
		tree, err := f.Shelf.Tree(tx)
		if err != nil {
			return nil, err
		}
		p.Around = below(tree, "")
	}
	return searchPage(p), nil
}

// tell says to search engines what was found, under one address for all orders and narrowings. What finds nothing, what
// fits badly and what goes on from a mark is not for them. What a visitor typed stands in the title and in the address, and
// the shop says nothing else in his words.
func (s *searched) tell(ctx context.Context) {
	if len(s.Hits) == 0 || s.Weak || s.Begun {
		return
	}
	words := cmp.Or(s.Corrected, s.Words)
	s.Own = address("/search", "q", words)
	s.Description = t(ctx, "category.description", "category", t(ctx, "nav.goods"), "name", s.Name)
}

// asked is a question of a page.
type asked struct {
	narrowing
	base     string
	words    string
	category catalog.CategoryID
	after    string
}

// seek asks the index, or the plain list while it is being built.
func (f *face) seek(tx *db.Tx, a asked) (list found, redirect string, err error) {
	a.Filter = text.Seen(a.Filter)
	list = found{Base: a.base, Words: a.words, Sort: a.Sort, Begun: a.after != ""}
	if list.Filters, err = search.ParseFilters(a.Filter); err != nil {
		list.Filters = nil // An address that somebody has cut short still shows goods.
	}
	list.Sorts = []index.Sort{index.ByRelevance, index.ByNewest, index.ByPriceUp, index.ByPriceDown, index.ByPopular}
	facets := []string{index.NameCategory, index.NameBrand, index.NamePrice, index.NameStock, index.NameOrigin, search.NameProven}
	filters := list.Filters
	if a.category != "" {
		facets, list.Sorts = facets[1:], list.Sorts[1:]
		filters = append(slices.Clone(filters), index.Filter{Name: index.NameCategory, Values: []string{string(a.category)}})
	}
	if list.Sort == "" {
		list.Sort = list.Sorts[0]
	}
	if !f.Search.Ready() || strings.Contains(a.after, ".") { // A mark of the plain list goes on in the plain list.
		return f.plain(tx, a, list)
	}
	answer, err := f.Search.Ask(search.Question{Words: a.words, Lang: web.Lang(tx.Context()), Filters: filters, Facets: facets,
		Best: best, Sort: list.Sort, After: a.after, Limit: listed})
	if err != nil || answer.Redirect != "" {
		return list, answer.Redirect, err
	}
	list.Total, list.Weak, list.Corrected = answer.Count, answer.Weak, answer.Corrected
	for _, id := range answer.BoostsInOrder() {
		list.Boosts = append(list.Boosts, answer.Boosts[id])
	}
	if answer.Next != "" {
		list.Next = list.address(list.Filters, list.Sort, answer.Next)
	}
	f.describe(tx.Context(), &list, answer.Facets)
	ids := make([]catalog.ProductID, len(answer.Hits))
	for i, h := range answer.Hits {
		ids[i] = catalog.ProductID(h.ID)
	}
	cards, err := f.Shelf.Some(tx, ids, f.Currency)
	if err == nil {
		err = f.lower(tx, cards)
	}
	for _, c := range cards {
		to := pageOf(tx.Context(), c.ID, c.Slug, c.Name)
		if a.words != "" {
			to = address(to, "q", a.words, "n", strconv.Itoa(slices.Index(ids, c.ID)+1))
		}
		list.Hits = append(list.Hits, hit{c, to})
	}
	return list, "", err
}

// plain lists goods from the catalogue.
func (f *face) plain(tx *db.Tx, a asked, list found) (found, string, error) {
	list.Plain = true
	cards, next, err := shelf.List(tx, shelf.Ask{Currency: f.Currency,
		Filter: catalog.Filter{Category: a.category, Text: a.words, After: a.after, Limit: listed}})
	if err == nil {
		err = f.lower(tx, cards)
	}
	for _, c := range cards {
		list.Hits = append(list.Hits, hit{c, pageOf(tx.Context(), c.ID, c.Slug, c.Name)})
	}
	list.Total = len(cards)
	if next != "" {
		list.Next = list.address(nil, "", next)
	}
	if fault.Of(err) == catalog.ErrCursor && strings.HasPrefix(a.after, "s") { // A mark of the index, from before the house began anew.
		a.after = ""
		return f.plain(tx, a, found{Base: list.Base, Words: list.Words, Sorts: list.Sorts})
	}
	return list, "", err
}

// address is that of the list with other filters, in another order, or from a mark on.
func (l found) address(filters []index.Filter, sort index.Sort, after string) string {
	if len(l.Sorts) > 0 && sort == l.Sorts[0] {
		sort = ""
	}
	return address(l.Base, "q", l.Words, "filter", search.WriteFilters(filters), "sort", string(sort), "after", after)
}

// sortAddress is that of the list in another order.
func (l found) sortAddress(sort index.Sort) string { return l.address(l.Filters, sort, "") }

// first is the address of the first page.
func (l found) first() string { return l.address(l.Filters, l.Sort, "") }

// describe makes the facets and the chosen values readable.
func (f *face) describe(ctx context.Context, l *found, facets []index.Facet) {
	for _, x := range facets {
		if x.Name == search.NameProven {
			f.proven(ctx, l, x)
			continue
		}
		n := narrow{Name: x.Name, Label: facetLabel(ctx, x), Open: l.filtered(x.Name) || x.Name == index.NameCategory || x.Name == index.NamePrice}
		for _, v := range x.Values {
			o := option{Label: f.valueLabel(ctx, x, v), Count: v.Count, Chosen: v.Chosen, To: l.address(l.toggled(x, v), l.Sort, "")}
			if v.Chosen {
				l.Chosen = append(l.Chosen, chip{o.Label, o.To})
			}
			n.Values = append(n.Values, o)
		}
		if len(n.Values) > 1 || n.Open && l.filtered(x.Name) {
			l.Facets = append(l.Facets, n)
		}
	}
}

// proven offers what is proven to be made in Kazakhstan. Another country is offered by its name alone, but who has it in
// the address can take it back.
func (f *face) proven(ctx context.Context, l *found, x index.Facet) {
	for _, v := range x.Values {
		country := place.Country(v.Value)
		o := option{Label: t(ctx, "facet.proven", "country", country.Name(web.Lang(ctx))), Count: v.Count, Chosen: v.Chosen, To: l.address(l.toggled(x, v), l.Sort, "")}
		if country == place.KZ {
			o.Label = t(ctx, "made_here")
			l.Homeland = &o
		}
		if v.Chosen {
			l.Chosen = append(l.Chosen, chip{o.Label, o.To})
		}
	}
}

// narrows tells whether there is anything to narrow by.
func (l found) narrows() bool { return len(l.Facets) > 0 || l.Homeland != nil }

// filtered tells whether the list is narrowed by a facet.
func (l found) filtered(name string) bool {
	return slices.ContainsFunc(l.Filters, func(f index.Filter) bool { return f.Name == name })
}

// toggled gives the filters with a value taken in, or out. Of ranges and of the hierarchy one is chosen at a time.
func (l found) toggled(x index.Facet, v index.FacetValue) []index.Filter {
	filters := slices.Clone(l.Filters)
	i := slices.IndexFunc(filters, func(f index.Filter) bool { return f.Name == x.Name })
	fresh := index.Filter{Name: x.Name, Values: []string{v.Value}}
	if x.Kind == "range" {
		fresh = index.Filter{Name: x.Name, Bounded: true, From: v.From, To: v.To}
	}
	switch {
	case i < 0:
		return append(filters, fresh)
	case x.Kind != "value" || filters[i].Bounded:
		if v.Chosen {
			return slices.Delete(filters, i, i+1)
		}
		filters[i] = fresh
		return filters
	case !v.Chosen:
		filters[i].Values = append(slices.Clone(filters[i].Values), v.Value)
		return filters
	}
	filters[i].Values = slices.DeleteFunc(slices.Clone(filters[i].Values), func(s string) bool { return s == v.Value })
	if len(filters[i].Values) == 0 {
		filters = slices.Delete(filters, i, i+1)
	}
	return filters
}

// facetLabel names a facet.
func facetLabel(ctx context.Context, x index.Facet) string {
	if code, ok := strings.CutPrefix(x.Name, index.AttributePrefix); ok {
		return label(ctx, catalog.Attribute{Code: code, Label: x.Label})
	}
	return t(ctx, "facet."+x.Name)
}

// valueLabel names a value of a facet.
func (f *face) valueLabel(ctx context.Context, x index.Facet, v index.FacetValue) string {
	lang := web.Lang(ctx)
	switch x.Name {
	case index.NameCategory:
		return in(ctx, f.Search.Category(catalog.CategoryID(v.Value)).Name)
	case index.NameStock:
		return t(ctx, "stock."+v.Value)
	case index.NameOrigin:
		return place.Country(v.Value).Name(lang)
	case index.NamePrice:
		return t(ctx, "facet.between", "from", amount(ctx, money.Of(v.From, f.Currency)), "to", amount(ctx, money.Of(v.To, f.Currency)))
	}
	number := func(s string) string {
		return value(ctx, catalog.Attribute{Kind: catalog.AttributeNumber, Number: s, Unit: x.Unit})
	}
	switch {
	case x.Kind == "range":
		return t(ctx, "facet.between", "from", number(index.Decimal(v.From)), "to", number(index.Decimal(v.To)))
	case v.To > 0 && v.Words == nil:
		return number(v.Value)
	case v.Value == "true" || v.Value == "false":
		return t(ctx, map[string]string{"true": "yes", "false": "no"}[v.Value])
	}
	if words := in(ctx, v.Words); words != "" {
		return words
	}
	return v.Value
}

type suggestAsk struct {
	Words string `query:"q" maxLength:"200"`
}

// suggested is what somebody may mean, each with its address.
type suggested struct {
	Queries, Categories, Brands []chip
	Products                    []hit
}

// suggest gives what is shown below the field while somebody types, in at most five statements.
func (f *face) suggest(tx *db.Tx, ask suggestAsk) (web.View, error) {
	ctx := tx.Context()
	ask.Words = text.Seen(ask.Words)
	s := f.Search.Suggest(ask.Words, web.Lang(ctx))
	var list suggested
	for _, q := range s.Queries {
		list.Queries = append(list.Queries, chip{q, address("/search", "q", q)})
	}
	for _, id := range s.Categories {
		c := f.Search.Category(id)
		list.Categories = append(list.Categories, chip{in(ctx, c.Name), shelfAddress(c)})
	}
	for _, b := range s.Brands {
		filter := search.WriteFilters([]index.Filter{{Name: index.NameBrand, Values: []string{b}}})
		list.Brands = append(list.Brands, chip{b, address("/search", "filter", filter)})
	}
	ids := make([]catalog.ProductID, len(s.Products))
	for i, h := range s.Products {
		ids[i] = catalog.ProductID(h.ID)
	}
	cards, err := f.Shelf.Some(tx, ids, f.Currency)
	if err == nil {
		err = f.lower(tx, cards)
	}
	for _, c := range cards {
		list.Products = append(list.Products, hit{c, address(pageOf(ctx, c.ID, c.Slug, c.Name), "q", ask.Words, "n", "1")})
	}
	return suggestionList(list), err
}
