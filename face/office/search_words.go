package office

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/search"
	"sauda/core/search/index"
)

// searchTabs are the parts of the search in the order of their tabs, by the ends of their addresses.
var searchTabs = []string{"", "queries", "synonyms", "boosts", "curated", "redirects"}

// tabTo is where a tab of the search leads.
func tabTo(ctx context.Context, tab string) templ.SafeURL {
	if tab == "" {
		return to(ctx, "search")
	}
	return to(ctx, "search", tab)
}

// searchTab is the id of the text of a tab.
func searchTab(tab string) string {
	switch tab {
	case "":
		return "try"
	case "queries":
		return "vain"
	}
	return tab
}

// because says for each word of a query why a product was found by it: the surest reason, and where the word stands.
func because(ctx context.Context, h index.Hit) (said []string) {
	var words []string
	for _, r := range h.Reasons {
		if slices.Contains(words, r.Word) {
			continue // What is surer comes first.
		}
		words = append(words, r.Word)
		places := make([]string, len(r.Fields))
		for i, field := range r.Fields {
			places[i] = t(ctx, "search.where."+field)
		}
		said = append(said, t(ctx, "search.because", "word", r.Word, "why", whyWords(ctx, r), "where", strings.Join(places, ", ")))
	}
	return said
}

// whyWords says why a term stands for a word, and names the term where it is another word that people can read.
func whyWords(ctx context.Context, r index.Reason) string {
	why := t(ctx, "search.why."+r.Why)
	if r.As == text.Fold(r.Word) || strings.ContainsAny(r.As, "~=") {
		return why
	}
	return why + " «" + r.As + "»"
}

// moves says what a boost does.
func moves(ctx context.Context, r search.Rule, categories []catalog.Category) string {
	what := goodsOf(ctx, r.Filter, categories)
	if r.PerMille < 0 {
		return t(ctx, "search.lower", "percent", number(-r.PerMille/10), "what", what)
	}
	return t(ctx, "search.higher", "percent", number(r.PerMille/10), "what", what)
}

// goodsOf says in words which goods a filter means; what has no words is written as it stands.
func goodsOf(ctx context.Context, filter string, categories []catalog.Category) string {
	plain, rest := filterFields(filter)
	var said []string
	for _, c := range categories {
		if string(c.ID) == plain[index.NameCategory] {
			said = append(said, in(ctx, c.Name))
		}
	}
	if brand := plain[index.NameBrand]; brand != "" {
		said = append(said, brand)
	}
	if origin := plain[index.NameOrigin]; origin != "" {
		said = append(said, t(ctx, "search.made_in", "country", place.Country(origin).Name(lang(ctx))))
	}
	if stock := plain[index.NameStock]; stock != "" {
		said = append(said, t(ctx, "availability."+stock))
	}
	if rest != "" {
		said = append(said, rest)
	}
	return strings.Join(said, " · ")
}

// domesticBoost gives the boost of goods that are made in Kazakhstan, if the shop has one.
func domesticBoost(rules []search.Rule) (search.Rule, bool) {
	i := slices.IndexFunc(rules, func(r search.Rule) bool { return r.Filter == domestic })
	if i < 0 {
		return search.Rule{}, false
	}
	return rules[i], true
}

// wordsLine is words that mean the same on one line; an arrow says that it is one way.
func wordsLine(words []string, oneWay bool) string {
	if oneWay && len(words) > 1 {
		return words[0] + " → " + strings.Join(words[1:], ", ")
	}
	return strings.Join(words, " = ")
}

// ruleLine is a rule on one line.
func ruleLine(ctx context.Context, r search.Rule, g ruling) string {
	switch r.Kind {
	case search.Synonym:
		return wordsLine(r.Words, r.OneWay)
	case search.Boost:
		return in(ctx, r.Name)
	case search.Redirect:
		return r.Query + " → " + r.To
	}
	if len(r.Pinned) == 0 {
		return r.Query
	}
	return r.Query + " → " + in(ctx, g.Known[r.Pinned[0]].Name)
}

// ruleTo is where the form of a rule goes.
func ruleTo(ctx context.Context, r ruling) templ.SafeURL {
	if r.One.ID == "" {
		return to(ctx, "search", r.Path)
	}
	return to(ctx, "search", r.Path, string(r.One.ID))
}

// shopSearch is what buyers see for a query.
func shopSearch(ctx context.Context, query string) templ.SafeURL {
	return templ.SafeURL(linkTo(ctx, "/search") + "?" + url.Values{"q": {query}}.Encode())
}

// shopLang is a language in which a query can be tried; that of the reader for another.
func shopLang(lang string) string {
	if slices.Contains(text.Languages, lang) {
		return lang
	}
	return ""
}

// placesTo is where the buttons of a curated answer lead: to one that is there, or to a new one.
func placesTo(ctx context.Context, r ruling) templ.SafeURL {
	if r.One.ID == "" {
		return to(ctx, "search", "curated")
	}
	return to(ctx, "search", "curated", string(r.One.ID), "places")
}

// pickTo is where goods to choose from are looked for.
func pickTo(ctx context.Context, r ruling) templ.SafeURL {
	if r.One.ID == "" {
		return to(ctx, "search", "curated", "new")
	}
	return to(ctx, "search", "curated", string(r.One.ID))
}
