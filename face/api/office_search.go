package api

import (
	"context"
	"slices"

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
	mountRules(api, kindRoutes[synonymBody, synonymRevision, synonymView]{
		path: "synonyms", kind: search.Synonym, what: "words that mean the same",
		rule:    synonymBody.rule,
		revised: func(r synonymRevision) (search.RuleID, search.Rule) { return r.ID, r.rule() },
		view:    func(r search.Rule) synonymView { return synonymView{r.ID, synonymBody{r.Words, r.OneWay}} },
	})
	mountRules(api, kindRoutes[boostBody, boostRevision, boostView]{
		path: "boosts", kind: search.Boost, what: "what is raised or lowered",
		rule:    boostBody.rule,
		revised: func(r boostRevision) (search.RuleID, search.Rule) { return r.ID, r.rule() },
		view:    func(r search.Rule) boostView { return boostView{r.ID, boostBody{r.Name, r.Filter, r.PerMille}} },
	})
	mountRules(api, kindRoutes[curatedBody, curatedRevision, curatedView]{
		path: "curated", kind: search.Curated, what: "goods that come first for a query, or are hidden",
		rule:    curatedBody.rule,
		revised: func(r curatedRevision) (search.RuleID, search.Rule) { return r.ID, r.rule() },
		view:    func(r search.Rule) curatedView { return curatedView{r.ID, curatedBody{r.Query, r.Pinned, r.Hidden}} },
	})
	mountRules(api, kindRoutes[redirectBody, redirectRevision, redirectView]{
		path: "redirects", kind: search.Redirect, what: "queries that lead to a page",
		rule:    redirectBody.rule,
		revised: func(r redirectRevision) (search.RuleID, search.Rule) { return r.ID, r.rule() },
		view:    func(r search.Rule) redirectView { return redirectView{r.ID, redirectBody{r.Query, r.To}} },
	})
	web.Query(api, "GET /v1/office/search/common", ofHouse(listCommon), web.Needs(scopeCatalogRead),
		web.Doc("List the common words: what means the same in any shop, and what this one has switched off.", officeSearch))
	web.Command(api, "PUT /v1/office/search/common/{id}", ofHouse(switchCommon), web.Needs(scopeCatalogWrite), web.Status(204),
		web.Doc("Switch a group of common words off or on. It counts within a second.", officeSearch), web.Faults(search.ErrCommon))
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

func (b synonymBody) rule() search.Rule { return search.Rule{Words: b.Words, OneWay: b.OneWay} }

type synonymRevision struct {
	ID search.RuleID `path:"id" maxLength:"60" doc:"The rule."`
	synonymBody
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

func (b boostBody) rule() search.Rule {
	return search.Rule{Name: b.Name, Filter: b.Filter, PerMille: b.PerMille}
}

type boostRevision struct {
	ID search.RuleID `path:"id" maxLength:"60" doc:"The rule."`
	boostBody
}

type boostView struct {
	ID search.RuleID `json:"id"`
	boostBody
}

type curatedBody struct {
	Query  string              `json:"query" minLength:"1" maxLength:"200" doc:"A query has one curated answer."`
	Pinned []catalog.ProductID `json:"pinned,omitempty" maxItems:"50"`
	Hidden []catalog.ProductID `json:"hidden,omitempty" maxItems:"50"`
}

func (b curatedBody) rule() search.Rule {
	return search.Rule{Query: b.Query, Pinned: b.Pinned, Hidden: b.Hidden}
}

type curatedRevision struct {
	ID search.RuleID `path:"id" maxLength:"60" doc:"The rule."`
	curatedBody
}

type curatedView struct {
	ID search.RuleID `json:"id"`
	curatedBody
}

type redirectBody struct {
	Query string `json:"query" minLength:"1" maxLength:"200" doc:"A query has one redirect."`
	To    string `json:"to" minLength:"1" maxLength:"500" doc:"A path of this shop: /c/notebooks."`
}

func (b redirectBody) rule() search.Rule { return search.Rule{Query: b.Query, To: b.To} }

type redirectRevision struct {
	ID search.RuleID `path:"id" maxLength:"60" doc:"The rule."`
	redirectBody
}

type redirectView struct {
	ID search.RuleID `json:"id"`
	redirectBody
}

// kindRoutes are the routes of one kind of rules: what makes a rule, what revises one, and what shows one.
type kindRoutes[B, R, V any] struct {
	path, what string
	kind       search.Kind
	rule       func(B) search.Rule
	revised    func(R) (search.RuleID, search.Rule)
	view       func(search.Rule) V
}

type ruleAsk struct {
	ID search.RuleID `path:"id" maxLength:"60" doc:"The rule."`
}

// mountRules adds the routes of a kind. Rules count for the whole house, so its own staff sets them.
func mountRules[B, R, V any](api *web.API, k kindRoutes[B, R, V]) {
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
		web.Faults(search.ErrRule, search.ErrRules, search.ErrTaken))
	web.Command(api, "PUT "+at+"/{id}", ofHouse(func(tx *db.Tx, in R) (V, error) {
		id, r := k.revised(in)
		if err := k.before(tx, id); err != nil {
			var none V
			return none, err
		}
		r.ID, r.Kind = id, k.kind
		r, err := search.ReviseRule(tx, r)
		return k.view(r), err
	}), web.Needs(scopeCatalogWrite), web.Doc("Revise "+k.what+": the rule says this from now on.", officeSearch),
		web.Faults(search.ErrRule, search.ErrUnknown, search.ErrTaken))
	web.Command(api, "DELETE "+at+"/{id}", ofHouse(func(tx *db.Tx, in ruleAsk) (web.None, error) {
		if err := k.before(tx, in.ID); err != nil {
			return web.None{}, err
		}
		return web.None{}, search.DropRule(tx, k.kind, in.ID)
	}), web.Needs(scopeCatalogWrite), web.Status(204), web.Doc("Take a rule away. For ninety days it can be put back.", officeSearch), web.Faults(search.ErrUnknown))
	web.Command(api, "POST "+at+"/{id}/restoration", ofHouse(func(tx *db.Tx, in ruleAsk) (V, error) {
		r, err := search.RestoreRule(tx, k.kind, in.ID)
		return k.view(r), err
	}), web.Needs(scopeCatalogWrite), web.Doc("Put back a rule that was taken away.", officeSearch),
		web.Faults(search.ErrUnknown, search.ErrRules, search.ErrTaken))
}

// before keeps what a rule said for the audit.
func (k kindRoutes[B, R, V]) before(tx *db.Tx, id search.RuleID) error {
	old, err := search.Get(tx, k.kind, id)
	if err != nil {
		return err
	}
	return web.Before(tx, k.view(old))
}

// commonView is a group of words that mean the same in any shop.
type commonView struct {
	Name   string   `json:"name" doc:"Its first word."`
	Words  []string `json:"words"`
	OneWay bool     `json:"one_way,omitempty" doc:"Only the first finds the others."`
	Off    bool     `json:"off,omitempty" doc:"This shop has switched it off."`
}

// listCommon lists the common words. They are part of the house, so there is no second page.
func listCommon(tx *db.Tx, _ struct{}) (web.List[commonView], error) {
	off, err := search.Off(tx)
	all := search.Commons()
	page := web.List[commonView]{Items: make([]commonView, len(all))}
	for i, c := range all {
		page.Items[i] = commonView{Name: c.Name, Words: c.Words, OneWay: c.OneWay, Off: slices.Contains(off, c.Name)}
	}
	return page, err
}

type commonSwitch struct {
	ID string `path:"id" maxLength:"100" doc:"The name of the group."`
	On bool   `json:"on" doc:"Whether it counts."`
}

// switchCommon switches a group of common words off or on.
func switchCommon(tx *db.Tx, in commonSwitch) (web.None, error) {
	if in.On {
		return web.None{}, search.SwitchOn(tx, in.ID)
	}
	return web.None{}, search.SwitchOff(tx, in.ID)
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
