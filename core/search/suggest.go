package search

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/search/analysis"
	"sauda/core/search/index"
	"sauda/gear/db"
	"sauda/gear/job"
)

// phrase is something that can be suggested whole: a query of others, a category, a brand.
type phrase struct {
	kind   string
	name   text.Localized
	id     string
	folded [][]string // folded are the words of the name in each language, folded.
	weight int64
}

// Suggestions are what somebody who types may mean.
type Suggestions struct {
	Queries    []string
	Categories []catalog.CategoryID
	Brands     []string
	Products   []index.Hit
}

// learnPhrases gathers what can be suggested whole.
func (k *Keeper) learnPhrases(ctx context.Context) error {
	var asked []Counted
	err := job.Look(ctx, k.store, db.System, func(tx *db.Tx) (err error) {
		asked, err = Queries(tx, false, "", phrasesOfPeople)
		return err
	})
	if err != nil {
		return err
	}
	var all []phrase
	for _, q := range asked {
		if q.Asked >= askedLeast && q.Found > 0 && !q.Weak {
			all = append(all, phrase{kind: "query", name: text.Localized{q.Lang: q.Words}, id: q.Words, folded: [][]string{strings.Fields(q.Words)}, weight: q.Asked})
		}
	}
	counts := k.index.Counts(index.NameCategory)
	for _, c := range k.around.Load().list {
		p := phrase{kind: "category", name: c.Name, id: string(c.ID), weight: int64(counts[string(c.ID)])}
		for _, w := range words(c.Name) {
			p.folded = append(p.folded, strings.Fields(Words(w)))
		}
		if p.weight > 0 {
			all = append(all, p)
		}
	}
	for brand, n := range k.index.Counts(index.NameBrand) {
		all = append(all, phrase{kind: "brand", id: brand, folded: [][]string{strings.Fields(Words(brand))}, weight: int64(n)})
	}
	slices.SortFunc(all, func(a, b phrase) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.id, b.id)) })
	k.phrases.Store(&all)
	return nil
}

const (
	phrasesOfPeople = 2_000 // phrasesOfPeople is how many queries are suggested to others.
	askedLeast      = 3     // askedLeast is how often something is asked before it is suggested: once is nobody's habit.
	productsFrom    = 2     // productsFrom is how many letters are typed before goods are suggested.
)

// Suggest gives what somebody may mean who has typed so much. It reads memory only, so it holds no moment.
func (k *Keeper) Suggest(typed, lang string) Suggestions {
	var s Suggestions
	folded := Words(typed)
	if folded == "" {
		return s
	}
	begun := strings.Fields(folded)
	lasts := []string{begun[len(begun)-1]}
	prefixes := analysis.Prefix(typed)
	for _, a := range prefixes {
		lasts = append(lasts, a.Text)
	}
	for _, p := range *k.phrases.Load() {
		if !p.begins(begun[:len(begun)-1], lasts) {
			continue
		}
		switch {
		case p.kind == "query" && len(s.Queries) < suggestions && p.id != folded:
			s.Queries = append(s.Queries, p.id)
		case p.kind == "category" && len(s.Categories) < suggestions:
			s.Categories = append(s.Categories, catalog.CategoryID(p.id))
		case p.kind == "brand" && len(s.Brands) < suggestions:
			s.Brands = append(s.Brands, p.id)
		}
	}
	if len(begun) > 1 || utf8.RuneCountInString(folded) >= productsFrom {
		s.Products = k.products(folded, lang, begun, prefixes)
	}
	return s
}

// begins tells whether a phrase has the words typed so far, each as the beginning of one of its words, in their order.
func (p phrase) begins(before, lasts []string) bool {
	for _, words := range p.folded {
		at := 0
		for _, b := range before {
			for at < len(words) && !strings.HasPrefix(words[at], b) {
				at++
			}
			at++
		}
		for _, w := range words[min(at, len(words)):] {
			if slices.ContainsFunc(lasts, func(last string) bool { return strings.HasPrefix(w, last) }) {
				return true
			}
		}
	}
	return false
}

// products gives the goods that fit best with what was typed, the last word of which may go on.
func (k *Keeper) products(folded, lang string, begun []string, prefixes []analysis.Alternative) []index.Hit {
	slots := k.rules.Load().widen(Slots(strings.TrimSuffix(folded, begun[len(begun)-1]), lang))
	last := index.Slot{Word: begun[len(begun)-1]}
	for _, a := range prefixes {
		last.Alternatives = append(last.Alternatives, index.Alternative{Terms: []string{a.Text}, Prefix: true, Weight: int64(a.Weight), Why: whyPrefix})
	}
	if len(last.Alternatives) > 0 {
		slots = append(slots, last)
	}
	if len(slots) == 0 {
		return nil
	}
	answer := k.index.Complete(index.Ask{Slots: slots, Limit: suggestions})
	if answer.Weak {
		return nil
	}
	return answer.Hits
}

// Category gives a category as the index knows it; one that it does not know has no name.
func (k *Keeper) Category(id catalog.CategoryID) catalog.Category {
	if s := k.around.Load(); s != nil {
		if trail := s.trails[id]; len(trail) > 0 {
			return trail[len(trail)-1]
		}
	}
	return catalog.Category{ID: id}
}
