package office

import (
	"net/url"
	"slices"
	"strings"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/search"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountRules(site *web.Site) {
	web.Page(site, "GET /office/search/{kind}", f.rules, web.Needs(ScopeCatalogRead))
	web.Page(site, "GET /office/search/{kind}/{id}", f.rule, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/search/{kind}", f.addRule, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/search/{kind}/{id}", f.reviseRule, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/search/{kind}/{id}/end", f.dropRule, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/search/{kind}/{id}/restoration", f.restoreRule, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/search/common/{id}", f.switchCommon, web.Needs(ScopeCatalogWrite))
}

// ruleKinds are the kinds of rules by what their addresses say.
var ruleKinds = map[string]search.Kind{
	"synonyms": search.Synonym, "boosts": search.Boost, "curated": search.Curated, "redirects": search.Redirect,
}

// Limits of the lists of rules: of a page, of what was taken away, and of the common words.
const (
	rulesPage   = 50
	droppedMax  = 10
	commonsPage = 30
)

type rulesAsk struct {
	Path  string        `path:"kind" enum:"synonyms,boosts,curated,redirects"`
	After search.RuleID `query:"after" maxLength:"60"`
	Words string        `query:"words" maxLength:"200" doc:"Begins a rule for this query."`
	Find  string        `query:"find" maxLength:"200" doc:"Looks for common words."`
}

type ruleAsk struct {
	Path string        `path:"kind" enum:"synonyms,boosts,curated,redirects"`
	ID   search.RuleID `path:"id" maxLength:"60"`
	Find string        `query:"find" maxLength:"200" doc:"Looks for goods to be put first."`
}

// ruling is the rules of one kind, one of them or the form of a new one.
type ruling struct {
	form
	Path       string // Path is the kind as addresses have it.
	Rules      []search.Rule
	One        search.Rule // One has no id when there is only a list.
	Dropped    []search.Rule
	Begun      bool
	Next       search.RuleID
	Categories []catalog.Category
	Known      map[catalog.ProductID]catalog.Summary
	Commons    commonWords
}

// commonWords are some of the common words, found by a word, and those that are switched off.
type commonWords struct {
	Find   string
	Groups []search.Common
	More   bool
	Off    []string
}

// loadRules gives the rules of a kind with what their page needs, in a number of statements that does not grow.
func loadRules(tx *db.Tx, path string, after search.RuleID) (ruling, error) {
	r := ruling{form: form{Values: url.Values{}, Wrong: map[string]string{}}, Path: path, Begun: after != ""}
	if err := keeper(tx); err != nil {
		return r, err
	}
	kind := ruleKinds[path]
	all, err := search.Rules(tx, kind)
	if err != nil {
		return r, err
	}
	slices.Reverse(all) // The newest first: their ids grow.
	for _, x := range all {
		if after != "" && x.ID >= after {
			continue
		}
		if len(r.Rules) == rulesPage {
			r.Next = r.Rules[rulesPage-1].ID
			break
		}
		r.Rules = append(r.Rules, x)
	}
	if r.Dropped, err = search.Dropped(tx, kind, droppedMax); err != nil {
		return r, err
	}
	var ids []catalog.ProductID
	for _, x := range slices.Concat(r.Rules, r.Dropped) {
		ids = append(ids, x.Pinned[:min(len(x.Pinned), 1)]...)
	}
	if r.Known, err = summariesOf(tx, ids); err != nil {
		return r, err
	}
	if kind == search.Boost {
		r.Categories, err = catalog.Tree(tx)
	}
	return r, err
}

// loadRule gives one rule that counts, with its form.
func loadRule(tx *db.Tx, path string, id search.RuleID) (ruling, error) {
	r, err := loadRules(tx, path, "")
	if err != nil {
		return r, err
	}
	if r.One, err = search.Get(tx, ruleKinds[path], id); err != nil {
		return r, err
	}
	r.Values = ruleValues(r.One)
	return r, nil
}

// rules lists the rules of a kind, with the form of a new one.
func (f face) rules(tx *db.Tx, in rulesAsk) (web.View, error) {
	r, err := loadRules(tx, in.Path, in.After)
	if err != nil {
		return nil, err
	}
	r.Values = url.Values{"query": {in.Words}, "words": {in.Words}, "percent": {number(domesticPercent)}}
	if in.Path == "synonyms" {
		if r.Commons, err = loadCommons(tx, in.Find); err != nil {
			return nil, err
		}
	}
	return rulesPageOf(f.page("search", t(tx.Context(), "search."+in.Path)), r), nil
}

// loadCommons finds common words; those that are switched off come first.
func loadCommons(tx *db.Tx, find string) (c commonWords, err error) {
	c.Find = strings.TrimSpace(find)
	if c.Off, err = search.Off(tx); err != nil {
		return c, err
	}
	var on []search.Common
	for _, g := range search.Commons() {
		fits := slices.ContainsFunc(g.Words, func(w string) bool { return strings.Contains(search.Words(w), search.Words(c.Find)) })
		switch {
		case !fits:
		case slices.Contains(c.Off, g.Name):
			c.Groups = append(c.Groups, g)
		default:
			on = append(on, g)
		}
	}
	c.Groups = append(c.Groups, on...)
	if c.More = len(c.Groups) > commonsPage; c.More {
		c.Groups = c.Groups[:commonsPage]
	}
	return c, nil
}

// rule shows one rule to be revised.
func (f face) rule(tx *db.Tx, in ruleAsk) (web.View, error) {
	if in.Path == "curated" {
		return f.curatedAnswer(tx, in)
	}
	r, err := loadRule(tx, in.Path, in.ID)
	return rulePageOf(f.page("search", t(tx.Context(), "search."+in.Path)), r), err
}

type newRuleForm struct {
	web.Typed
	Path string `path:"kind" enum:"synonyms,boosts,curated,redirects"`
}

// addRule adds a rule of the house.
func (f face) addRule(tx *db.Tx, in newRuleForm) (web.Then, error) {
	r, err := loadRules(tx, in.Path, "")
	if err != nil {
		return web.Then{}, err
	}
	rule := r.read(tx, in.Values)
	if len(r.Wrong) == 0 {
		if rule, err = search.AddRule(tx, rule); err == nil {
			if rule.Kind == search.Curated {
				return see("search/curated/"+url.PathEscape(string(rule.ID)), "added"), nil
			}
			return see("search/"+in.Path, "added"), nil
		}
	}
	if in.Path == "synonyms" {
		off, wrong := loadCommons(tx, "")
		if wrong != nil {
			return web.Then{}, wrong
		}
		r.Commons = off
	}
	return f.ruleAgain(tx, r, err)
}

type ruleForm struct {
	web.Typed
	Path string        `path:"kind" enum:"synonyms,boosts,curated,redirects"`
	ID   search.RuleID `path:"id" maxLength:"60"`
}

// reviseRule revises a rule of the house.
func (f face) reviseRule(tx *db.Tx, in ruleForm) (web.Then, error) {
	r, err := loadRule(tx, in.Path, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	if err := web.Before(tx, r.One); err != nil {
		return web.Then{}, err
	}
	rule := r.read(tx, in.Values)
	if len(r.Wrong) == 0 {
		if _, err = search.ReviseRule(tx, rule); err == nil {
			return see("search/"+in.Path+"/"+url.PathEscape(string(in.ID)), "saved"), nil
		}
	}
	if in.Path == "curated" {
		if r, err = f.curatedWrong(tx, r, err); err != nil {
			return web.Then{}, err
		}
		p := f.page("search", t(tx.Context(), "search.curated"))
		p.Wrong = r.Wrong["query"]
		return web.Again(curatedPage(p, r, picking{})), nil
	}
	return f.ruleAgain(tx, r, err)
}

// ruleAgain shows the form of a rule with what was typed and what is wrong.
func (f face) ruleAgain(tx *db.Tx, r ruling, err error) (web.Then, error) {
	if err != nil && !mendable(err) {
		return web.Then{}, err
	}
	r.note(tx.Context(), err, ruleField)
	p := f.page("search", t(tx.Context(), "search."+r.Path))
	p.Wrong = t(tx.Context(), "fields_wrong")
	if err != nil && len(r.Wrong) == 0 {
		p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	}
	if r.One.ID != "" {
		return web.Again(rulePageOf(p, r)), nil
	}
	return web.Again(rulesPageOf(p, r)), nil
}

// ruleField gives the field of the form that a pointer means.
func ruleField(pointer string) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	switch {
	case parts[0] == "name" && len(parts) > 1:
		return "name_" + parts[1]
	case parts[0] == "name":
		return "name_" + text.Languages[0]
	case parts[0] == "per_mille":
		return "percent"
	case parts[0] == "pinned":
		return "query"
	}
	return parts[0]
}

// dropRule takes a rule away.
func (f face) dropRule(tx *db.Tx, in ruleForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("search/"+in.Path, "dropped_rule"), dropKept(tx, ruleKinds[in.Path], in.ID)
}

// dropKept takes a rule away, and keeps what it said for the audit.
func dropKept(tx *db.Tx, kind search.Kind, id search.RuleID) error {
	old, err := search.Get(tx, kind, id)
	if err != nil {
		return err
	}
	if err := web.Before(tx, old); err != nil {
		return err
	}
	return search.DropRule(tx, kind, id)
}

// restoreRule puts back a rule that was taken away.
func (f face) restoreRule(tx *db.Tx, in ruleForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	_, err := search.RestoreRule(tx, ruleKinds[in.Path], in.ID)
	return see("search/"+in.Path, "restored_rule"), err
}

type commonForm struct {
	Name string `path:"id" maxLength:"100"`
	On   bool   `json:"on,omitempty"`
	Find string `json:"find,omitempty" maxLength:"200"`
}

// switchCommon switches a group of common words off or on, and leads back to what was looked for.
func (f face) switchCommon(tx *db.Tx, in commonForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	back, err := "search/synonyms", error(nil)
	if in.Find != "" {
		back += "?find=" + url.QueryEscape(in.Find)
	}
	if in.On {
		err = search.SwitchOn(tx, in.Name)
	} else {
		err = search.SwitchOff(tx, in.Name)
	}
	return see(back, "switched"), err
}
