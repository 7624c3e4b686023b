package api

import (
	"context"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/search"
	"sauda/gear/db"
	"sauda/gear/web"
)

// choice is a product that was chosen after a query.
type choice struct {
	Words   string            `json:"q" minLength:"1" maxLength:"200" doc:"What was looked for."`
	Product catalog.ProductID `json:"product_id" minLength:"1" maxLength:"60"`
	Place   int               `json:"place" minimum:"1" maximum:"10000" doc:"Where it stood among what was found, from 1."`
}

// choose counts a choice.
func (f face) choose(_ context.Context, in choice) (web.None, error) {
	f.Search.Chosen(in.Words, in.Product, in.Place)
	return web.None{}, nil
}

const officeSearch = "Office: search"

func (f face) mountOfficeSearch(api *web.API) {
	mountRules(api, kindRoutes[synonymBody, synonymView]{
		path: "synonyms", kind: search.Synonym, what: "words that mean the same",
		rule: func(b synonymBody) search.Rule { return search.Rule{Words: b.Words, OneWay: b.OneWay} },
		view: func(r search.Rule) synonymView { return synonymView{r.ID, synonymBody{r.Words, r.OneWay}} },
	})
	mountRules(api, kindRoutes[boostBody, boostView]{
		path: "boosts", kind: search.Boost, what: "what is raised or lowered",
		rule: func(b boostBody) search.Rule {
			return search.Rule{Name: b.Name, Filter: b.Filter, PerMille: b.PerMille}
		},
		view: func(r search.Rule) boostView { return boostView{r.ID, boostBody{r.Name, r.Filter, r.PerMille}} },
	})
	mountRules(api, kindRoutes[curatedBody, curatedView]{
		path: "curated", kind: search.Curated, what: "goods that come first for a query, or are hidden",
		rule: func(b curatedBody) search.Rule {
			return search.Rule{Query: b.Query, Pinned: b.Pinned, Hidden: b.Hidden}
		},
		view: func(r search.Rule) curatedView { return curatedView{r.ID, curatedBody{r.Query, r.Pinned, r.Hidden}} },
	})
	mountRules(api, kindRoutes[redirectBody, redirectView]{
		path: "redirects", kind: search.Redirect, what: "queries that lead to a page",
		rule: func(b redirectBody) search.Rule { return search.Rule{Query: b.Query, To: b.To} },
		view: func(r search.Rule) redirectView { return redirectView{r.ID, redirectBody{r.Query, r.To}} },
	})
	web.Query(api, "GET /v1/office/search/explanations", ofHouse(f.explain), web.Needs(scopeCatalogRead),
		web.Doc("Find goods as buyers do, with the score and the reasons of each.", officeSearch), web.Faults(search.ErrFilter, search.ErrCursor))
	web.Query(api, "GET /v1/office/search/queries", ofHouse(listQueries), web.Needs(scopeCatalogRead),
		web.Doc("What people look for, the most frequent first. No person is noted.", officeSearch), web.Faults(search.ErrCursor))
	web.Query(api, "GET /v1/office/search/index", ofHouse(f.showIndex), web.Needs(scopeHouseRead),
		web.Doc("The numbers of the index of the node that answers.", officeSearch))
}

type synonymBody struct {
	Words  []string `json:"words" minItems:"2" maxItems:"30" doc:"Words, or a few together, that mean the same."`
	OneWay bool     `json:"one_way,omitempty" doc:"Only the first finds the others."`
}

type synonymView struct {
	ID search.RuleID `json:"id"`
	synonymBody
}

type boostBody struct {
	Name     text.Localized `json:"name" doc:"What buyers read about it: answers say that goods were moved."`
	Filter   string         `json:"filter" minLength:"3" maxLength:"2000" doc:"Which goods, as in GET /v1/search: origin:KZ."`
	PerMille int64          `json:"per_mille" minimum:"-900" maximum:"2000" doc:"What is added to the score: 200 is a fifth more."`
}

type boostView struct {
	ID search.RuleID `json:"id"`
	boostBody
}

type curatedBody struct {
	Query  string              `json:"query" minLength:"1" maxLength:"200"`
	Pinned []catalog.ProductID `json:"pinned,omitempty" maxItems:"50"`
	Hidden []catalog.ProductID `json:"hidden,omitempty" maxItems:"50"`
}

type curatedView struct {
	ID search.RuleID `json:"id"`
	curatedBody
}

type redirectBody struct {
	Query string `json:"query" minLength:"1" maxLength:"200"`
	To    string `json:"to" minLength:"1" maxLength:"500" doc:"A path of this shop: /c/notebooks."`
}

type redirectView struct {
	ID search.RuleID `json:"id"`
	redirectBody
}

// kindRoutes are the routes of one kind of rules.
type kindRoutes[B, V any] struct {
	path, what string
	kind       search.Kind
	rule       func(B) search.Rule
	view       func(search.Rule) V
}

type ruleAsk struct {
	ID search.RuleID `path:"id" maxLength:"60" doc:"The rule."`
}

// mountRules adds the routes of a kind. Rules count for the whole house, so its own staff sets them.
func mountRules[B, V any](api *web.API, k kindRoutes[B, V]) {
	at := "/v1/office/search/" + k.path
	web.Query(api, "GET "+at, ofHouse(func(tx *db.Tx, _ struct{}) (web.List[V], error) {
		rules, err := search.Rules(tx, k.kind)
		page := web.List[V]{Items: make([]V, len(rules))}
		for i, r := range rules {
			page.Items[i] = k.view(r)
		}
		return page, err
	}), web.Needs(scopeCatalogRead), web.Doc("List "+k.what+".", officeSearch))
	web.Command(api, "POST "+at, ofHouse(func(tx *db.Tx, in B) (V, error) {
		r := k.rule(in)
		r.Kind = k.kind
		r, err := search.AddRule(tx, r)
		return k.view(r), err
	}), web.Needs(scopeCatalogWrite), web.Status(201), web.Doc("Add "+k.what+". It counts within a second.", officeSearch),
		web.Faults(search.ErrRule, search.ErrRules))
	web.Command(api, "DELETE "+at+"/{id}", ofHouse(func(tx *db.Tx, in ruleAsk) (web.None, error) {
		return web.None{}, search.DropRule(tx, k.kind, in.ID)
	}), web.Needs(scopeCatalogWrite), web.Status(204), web.Doc("Drop a rule.", officeSearch), web.Faults(search.ErrUnknown))
}

// explain finds goods and says why.
func (f face) explain(tx *db.Tx, in searchAsk) (foundView, error) { return f.find(tx, in, true) }

type queriesAsk struct {
	InVain bool   `query:"in_vain" doc:"Only what finds nothing, or nothing that has all the words."`
	Cursor string `query:"cursor" maxLength:"300"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// queryView is how often something was looked for.
type queryView struct {
	Lang  string `json:"lang"`
	Words string `json:"words"`
	Asked int64  `json:"asked"`
	Found int64  `json:"found" doc:"How many goods the last one found."`
	Weak  bool   `json:"weak,omitempty" doc:"None of them had all the words."`
}

// listQueries lists what people look for.
func listQueries(tx *db.Tx, in queriesAsk) (web.List[queryView], error) {
	found, err := search.Queries(tx, in.InVain, in.Cursor, in.Limit+1)
	page := web.List[queryView]{Items: make([]queryView, 0, len(found))}
	for i, q := range found {
		if i == in.Limit {
			page.Next = found[i-1].After
			break
		}
		page.Items = append(page.Items, queryView(q.Query))
	}
	return page, err
}

// indexView is the numbers of an index.
type indexView struct {
	Ready    bool  `json:"ready"`
	Products int   `json:"products"`
	Segments int   `json:"segments"`
	Bytes    int64 `json:"bytes" doc:"About how much memory it takes."`
	TookMS   int64 `json:"took_ms" doc:"How long the last building took."`
}

// showIndex shows the numbers of the index.
func (f face) showIndex(_ *db.Tx, _ struct{}) (indexView, error) {
	s := f.Search.Stats()
	return indexView{s.Ready, s.Products, s.Segments, s.Bytes, s.Took.Milliseconds()}, nil
}
