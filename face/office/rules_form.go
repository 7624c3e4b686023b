package office

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/search"
	"sauda/core/search/index"
	"sauda/gear/db"
)

// Bounds of a boost as people type it, in per cent.
const (
	percentMin = search.BoostMin / 10
	percentMax = search.BoostMax / 10
)

// domestic is the filter of goods that are made in Kazakhstan, and domesticPercent by how much the office proposes to
// raise them.
const (
	domestic        = index.NameOrigin + ":KZ"
	domesticPercent = 20
)

// plainFilters are the filters that a boost has fields for; the rest stands in a line of its own.
var plainFilters = []string{index.NameCategory, index.NameBrand, index.NameOrigin, index.NameStock}

// ruleValues gives the fields of the form as a rule is stored.
func ruleValues(r search.Rule) url.Values {
	v := url.Values{"words": {strings.Join(r.Words, "\n")}, "query": {r.Query}, "to": {r.To}, "percent": {number(r.PerMille / 10)}}
	if r.OneWay {
		v.Set("one_way", "1")
	}
	for _, l := range text.Languages {
		v.Set("name_"+l, r.Name[l])
	}
	plain, rest := filterFields(r.Filter)
	for name, value := range plain {
		v.Set(name, value)
	}
	v.Set("filter", rest)
	return v
}

// filterFields takes a filter apart into the fields that have one value, and the rest as it is written.
func filterFields(filter string) (plain map[string]string, rest string) {
	plain = map[string]string{}
	filters, err := search.ParseFilters(filter)
	if err != nil {
		return plain, filter
	}
	filters = slices.DeleteFunc(filters, func(x index.Filter) bool {
		if !slices.Contains(plainFilters, x.Name) || len(x.Values) != 1 {
			return false
		}
		plain[x.Name] = x.Values[0]
		return true
	})
	return plain, search.WriteFilters(filters)
}

// read gives the rule that was typed over the one that is stored, and marks what cannot be read.
func (r *ruling) read(tx *db.Tx, typed url.Values) search.Rule {
	r.Values = typed
	rule := search.Rule{ID: r.One.ID, Kind: ruleKinds[r.Path], Added: r.One.Added}
	if hasControl(typed) {
		r.Wrong[map[string]string{"synonyms": "words", "boosts": "filter"}[r.Path]] = said(tx.Context(), fault.Say("Leave out characters that cannot be seen."))
		return rule
	}
	switch rule.Kind {
	case search.Synonym:
		rule.Words, rule.OneWay = readWords(typed.Get("words")), ticked(typed, "one_way")
	case search.Boost:
		r.readBoost(tx, typed, &rule)
	case search.Curated:
		rule.Query, rule.Pinned, rule.Hidden = clean(typed.Get("query")), r.One.Pinned, r.One.Hidden
		if product := typed.Get("product"); product != "" {
			seat(&rule, catalog.ProductID(product), typed.Get("to"))
		}
	case search.Redirect:
		rule.Query, rule.To = clean(typed.Get("query")), clean(typed.Get("to"))
	}
	return rule
}

// readWords reads words that mean the same, parted by commas or by lines.
func readWords(typed string) (words []string) {
	for w := range strings.FieldsFuncSeq(clean(typed), func(c rune) bool { return c == ',' || c == '\n' }) {
		if w = strings.TrimSpace(w); w != "" {
			words = append(words, w)
		}
	}
	return words
}

// readBoost reads what a boost is about, and by how much it moves goods.
func (r *ruling) readBoost(tx *db.Tx, typed url.Values, rule *search.Rule) {
	rule.Name = readLocalized(typed, "name")
	for lang, words := range r.One.Name {
		if !slices.Contains(text.Languages, lang) { // Texts in languages that the form does not show stay.
			rule.Name[lang] = words
		}
	}
	var filters []index.Filter
	for _, name := range plainFilters {
		if value := clean(typed.Get(name)); value != "" {
			filters = append(filters, index.Filter{Name: name, Values: []string{value}})
		}
	}
	rule.Filter = strings.Trim(search.WriteFilters(filters)+"|"+clean(typed.Get("filter")), "|")
	percent, err := strconv.ParseInt(strings.TrimPrefix(clean(typed.Get("percent")), "+"), 10, 32)
	if err != nil || percent == 0 || percent < percentMin || percent > percentMax {
		r.Wrong["percent"] = said(tx.Context(), fault.Say("Give a number from {least} to {most}, and not 0.").With("least", percentMin).With("most", percentMax))
	}
	rule.PerMille = percent * 10
}

// seat puts a product first for the query of a rule, hides it, takes it out or moves it among those that come first.
func seat(rule *search.Rule, id catalog.ProductID, to string) {
	at := slices.Index(rule.Pinned, id)
	swap := func(with int) {
		if at >= 0 && with >= 0 && with < len(rule.Pinned) {
			rule.Pinned[at], rule.Pinned[with] = rule.Pinned[with], rule.Pinned[at]
		}
	}
	rule.Pinned = slices.Clone(rule.Pinned)
	switch to {
	case "up":
		swap(at - 1)
		return
	case "down":
		swap(at + 1)
		return
	}
	is := func(x catalog.ProductID) bool { return x == id }
	rule.Pinned, rule.Hidden = slices.DeleteFunc(rule.Pinned, is), slices.DeleteFunc(slices.Clone(rule.Hidden), is)
	switch to {
	case "first":
		rule.Pinned = append(rule.Pinned, id)
	case "hidden":
		rule.Hidden = append(rule.Hidden, id)
	}
}
