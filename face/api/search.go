package api

import (
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/search"
	"sauda/core/search/index"
	"sauda/core/shelf"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountSearch(api *web.API) {
	web.Query(api, "GET /v1/search", f.search, web.Public(),
		web.Doc("Find goods by words and filters, with facets.", "Search"), web.Faults(search.ErrFilter, search.ErrCursor))
	web.Query(api, "GET /v1/suggestions", f.suggest, web.Public(),
		web.Doc("What somebody may mean who has typed so much.", "Search"))
	web.Act(api, "POST /v1/search/choices", f.choose, web.Public(), web.Status(204),
		web.Doc("Say which product was chosen among what was found, so that what people want is found higher. No person is noted.", "Search"))
}

// searchAsk is what is looked for.
type searchAsk struct {
	Words  string     `query:"q" maxLength:"200" doc:"Words, in any of the languages; absent is all goods."`
	Lang   string     `query:"lang" maxLength:"10" doc:"The language of the words: kk, ru, en or zh; that of the request when absent."`
	Filter string     `query:"filter" maxLength:"2000" doc:"Filters, parted by bars: brand:HP,Dell|price:100000..500000|attr.colour:Black. Of the values of one any counts; of a range the first bound is included and the second is not; a backslash takes the meaning from the sign behind it. Names: category, brand, seller, origin, price (minor units), stock (in_stock, to_order, out_of_stock), attr.<code>."`
	Facets string     `query:"facets" maxLength:"2000" doc:"Names of filters to be counted over the whole result, parted by commas. The filter of a facet is left out of its own count."`
	Best   int        `query:"best_facets" minimum:"0" maximum:"12" doc:"Add attributes as facets: those that are marked filterable for the category in which most was found, or, when nothing is asked of it, so many that tell the found goods apart best."`
	Sort   index.Sort `query:"sort" enum:"relevance,newest,price,-price,popular" default:"relevance"`
	Cursor string     `query:"cursor" maxLength:"60" doc:"Where the page before ended."`
	Limit  int        `query:"limit" minimum:"1" maximum:"100" default:"24" doc:"How many at most."`
}

// foundView is an answer.
type foundView struct {
	Items     []hitView   `json:"items" nullable:"false"`
	Found     int         `json:"found" doc:"How many goods pass, in all."`
	Good      bool        `json:"good" doc:"False says that nothing has all the words: there is no good answer, only the nearest."`
	Indexed   bool        `json:"indexed" doc:"False says that the index is still being built: the plain list of the catalogue has answered, without order, facets and filters other than one category."`
	Corrected string      `json:"corrected,omitempty" doc:"What was looked for instead, because nothing has the words that were typed."`
	Redirect  string      `json:"redirect,omitempty" doc:"A page of the shop for this query; nothing else is answered then."`
	Boosts    []boostNote `json:"boosts,omitempty" doc:"What the shop has raised or lowered on this page, in words for buyers."`
	Facets    []facetView `json:"facets,omitempty"`
	Next      string      `json:"next,omitempty"`
}

// hitView is a product that was found.
type hitView struct {
	ID         catalog.ProductID `json:"id"`
	ExternalID string            `json:"external_id" doc:"The id in the source that it was imported from; empty when it has none."`
	Product    cardView          `json:"product"`
	Pinned     bool              `json:"pinned,omitempty" doc:"The shop has put it first for this query."`
	Boosts     []string          `json:"boosts,omitempty" doc:"The ids of the boosts that moved it."`
	Score      int64             `json:"score,omitempty" doc:"Only for staff."`
	Reasons    []reasonView      `json:"reasons,omitempty" doc:"Only for staff: where each word was found."`
}

// reasonView says where a word was found.
type reasonView struct {
	Word   string   `json:"word"`
	As     string   `json:"as" doc:"The term of the index."`
	Why    string   `json:"why" doc:"What makes the term stand for the word, such as exact, stem, synonym or typo."`
	Fields []string `json:"fields"`
}

// boostNote is a boost in words for buyers.
type boostNote struct {
	ID   string         `json:"id"`
	Name text.Localized `json:"name"`
}

// facetView is a count of values.
type facetView struct {
	Name   string         `json:"name"`
	Kind   string         `json:"kind" enum:"value,range,hierarchy"`
	Label  text.Localized `json:"label,omitempty"`
	Unit   string         `json:"unit,omitempty"`
	Values []facetValue   `json:"values" nullable:"false"`
}

// facetValue is one value of a facet.
type facetValue struct {
	Value  string         `json:"value" doc:"What stands behind the name in a filter."`
	Label  text.Localized `json:"label,omitempty"`
	Parent string         `json:"parent,omitempty" doc:"The category above."`
	Count  int            `json:"count"`
	Chosen bool           `json:"chosen,omitempty"`
}

// search finds goods, in at most five statements, in none when the cards of the goods are kept.
func (f face) search(tx *db.Tx, in searchAsk) (foundView, error) { return f.find(tx, in, false) }

func (f face) find(tx *db.Tx, in searchAsk, explain bool) (foundView, error) {
	q := search.Question{Words: in.Words, Lang: in.Lang, Best: in.Best, Sort: in.Sort, After: in.Cursor, Limit: in.Limit,
		Explain: explain, Silent: explain}
	var err error
	if q.Filters, err = search.ParseFilters(in.Filter); err != nil {
		return foundView{}, err
	}
	if q.Facets, err = search.ParseFacets(in.Facets); err != nil {
		return foundView{}, err
	}
	if q.Lang == "" {
		q.Lang = web.Lang(tx.Context())
	}
	if !f.Search.Ready() {
		return f.plain(tx, in, q.Filters)
	}
	found, err := f.Search.Ask(q)
	if err != nil {
		return foundView{}, err
	}
	ids := make([]catalog.ProductID, len(found.Hits))
	for i, h := range found.Hits {
		ids[i] = catalog.ProductID(h.ID)
	}
	cards, err := f.Shelf.Some(tx, ids, f.Currency)
	if err == nil {
		err = f.lower(tx, cards)
	}
	if err != nil {
		return foundView{}, err
	}
	by := make(map[catalog.ProductID]shelf.Card, len(cards))
	for _, c := range cards {
		by[c.ID] = c
	}
	view := foundView{Items: make([]hitView, 0, len(cards)), Found: found.Count, Good: !found.Weak, Indexed: true,
		Corrected: found.Corrected, Redirect: found.Redirect, Next: found.Next}
	for i, h := range found.Hits {
		if c, ok := by[ids[i]]; ok { // One that has ended this instant is left out.
			view.Items = append(view.Items, viewHit(h, c, explain))
		}
	}
	for _, b := range found.BoostsInOrder() {
		view.Boosts = append(view.Boosts, boostNote{b, found.Boosts[b]})
	}
	for _, x := range found.Facets {
		view.Facets = append(view.Facets, f.viewFacet(x))
	}
	return view, nil
}

// plain answers from the catalogue while there is no index.
func (f face) plain(tx *db.Tx, in searchAsk, filters []index.Filter) (foundView, error) {
	ask := shelf.Ask{Filter: catalog.Filter{Text: in.Words, After: in.Cursor, Limit: in.Limit}, Currency: f.Currency}
	for _, x := range filters {
		if x.Name == index.NameCategory && len(x.Values) == 1 {
			ask.Category = catalog.CategoryID(x.Values[0])
		}
	}
	cards, next, err := shelf.List(tx, ask)
	if err == nil {
		err = f.lower(tx, cards)
	}
	view := foundView{Items: make([]hitView, len(cards)), Found: len(cards), Good: true, Next: next}
	for i, c := range cards {
		view.Items[i] = hitView{ID: c.ID, Product: viewCard(c)}
	}
	return view, err
}

func viewHit(h index.Hit, c shelf.Card, explain bool) hitView {
	v := hitView{ID: c.ID, ExternalID: h.External, Product: viewCard(c), Pinned: h.Pinned, Boosts: h.Boosts}
	if explain {
		v.Score = h.Score
		for _, r := range h.Reasons {
			v.Reasons = append(v.Reasons, reasonView(r))
		}
	}
	return v
}

func (f face) viewFacet(x index.Facet) facetView {
	v := facetView{Name: x.Name, Kind: x.Kind, Label: x.Label, Unit: x.Unit, Values: make([]facetValue, len(x.Values))}
	for i, value := range x.Values {
		v.Values[i] = facetValue{Value: value.Value, Label: value.Words, Parent: value.Parent, Count: value.Count, Chosen: value.Chosen}
		switch x.Kind {
		case "range":
			v.Values[i].Value = search.WriteRange(x.Name, value.From, value.To)
		case "hierarchy":
			v.Values[i].Label = f.Search.Category(catalog.CategoryID(value.Value)).Name
		}
	}
	return v
}

type suggestAsk struct {
	Words string `query:"q" maxLength:"200" required:"true" doc:"What was typed so far."`
	Lang  string `query:"lang" maxLength:"10" doc:"The language of the page; that of the request when absent."`
}

// suggestView is what somebody may mean.
type suggestView struct {
	Queries    []string       `json:"queries" nullable:"false" doc:"What others look for."`
	Categories []categoryView `json:"categories" nullable:"false"`
	Brands     []string       `json:"brands" nullable:"false"`
	Products   []hitView      `json:"products" nullable:"false"`
}

// suggest tells what somebody may mean, in at most five statements, in none when the cards of the goods are kept.
func (f face) suggest(tx *db.Tx, in suggestAsk) (suggestView, error) {
	lang := in.Lang
	if lang == "" {
		lang = web.Lang(tx.Context())
	}
	s := f.Search.Suggest(in.Words, lang)
	view := suggestView{Queries: append([]string{}, s.Queries...), Brands: append([]string{}, s.Brands...), Categories: []categoryView{}, Products: []hitView{}}
	for _, id := range s.Categories {
		view.Categories = append(view.Categories, viewCategory(f.Search.Category(id)))
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
		for _, h := range s.Products {
			if h.ID == string(c.ID) {
				view.Products = append(view.Products, viewHit(h, c, false))
			}
		}
	}
	return view, err
}
