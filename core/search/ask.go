package search

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/search/analysis"
	"sauda/core/search/index"
)

// Question is what somebody looks for.
type Question struct {
	Words   string // Words may be empty: then it is for all goods that pass the filters.
	Lang    string // Lang is the language of the page, for words that could be of several.
	Filters []index.Filter
	Facets  []string
	// Best adds attributes as facets: those by which the shop wants goods filtered of the category in which most was found,
	// or, when it asks nothing of that category, so many that tell the found goods apart. Zero adds none.
	Best    int
	Sort    index.Sort
	After   string // After is the mark of the page before.
	Limit   int    // Limit is 24 when it is zero, and at most PageMax.
	Explain bool
	Silent  bool // Silent keeps the question from being counted.
}

// Found is what was found.
type Found struct {
	Hits      []index.Hit
	Count     int
	Weak      bool   // Weak says that nothing has all the words: there is no good answer, only the nearest.
	Corrected string // Corrected is the words that were looked for instead, because nothing has those that were typed.
	Redirect  string // Redirect is the page that the shop has for this query; nothing is looked for then.
	Facets    []index.Facet
	Boosts    map[string]text.Localized // Boosts are what moved hits of this page, with what buyers read about it.
	Next      string
}

// BoostsInOrder are the ids of what moved hits of this page, in the order of their ids.
func (f Found) BoostsInOrder() []string { return slices.Sorted(maps.Keys(f.Boosts)) }

const (
	pageUsual  = 24
	whyExact   = "exact"
	whyStem    = "stem"
	whySynonym = "synonym"
	whyTypo    = "typo"
	whyPrefix  = "prefix"
)

// saysNothing are words of a query that say nothing about the goods: those that join others, and those of somebody who
// wants to buy. Words that change what is meant, such as «без», are none of them.
var saysNothing = set(`
	и в во на с со к ко по от до из за у о об для при под над или же ли что как мне все всех всей
	купить куплю заказать цена цены стоимость недорого дешево
	мен пен бен және үшін арналған да де та те немесе бар сатып алу бағасы құны арзан
	a an the of for with and or to in on at by from buy price cheap`)

// endingsSay is by how much less an ending says about what is wanted than about which word it is.
const endingsSay = 4

// Slots makes of a query what the index is asked for. Words that say nothing about goods are left out where others do.
func Slots(query, lang string) []index.Slot {
	all := analysis.Query(query, lang)
	said := slices.DeleteFunc(slices.Clone(all), func(s analysis.Slot) bool { return saysNothing[text.Fold(s.Word)] })
	if len(said) == 0 {
		said = all
	}
	slots := make([]index.Slot, 0, len(said))
	for _, s := range said {
		if len(s.Alternatives) == 0 {
			continue
		}
		slot := index.Slot{Word: s.Word, Alternatives: make([]index.Alternative, 0, len(s.Alternatives))}
		for _, a := range s.Alternatives {
			weight := int64(a.Weight)
			if a.Why == analysis.ByStem {
				weight = 1000 - (1000-weight)/endingsSay // Who looks for batteries wants a battery.
			}
			slot.Alternatives = append(slot.Alternatives, index.Alternative{Terms: []string{a.Text}, Weight: weight, Why: reasons[a.Why]})
		}
		slots = append(slots, slot)
	}
	return slots
}

// Ask looks for goods. It reads memory only, so it holds no moment; it is for an index that is Ready.
func (k *Keeper) Ask(q Question) (Found, error) {
	offset, err := readMark(q.After)
	if err != nil {
		return Found{}, err
	}
	if q.Limit <= 0 {
		q.Limit = pageUsual
	}
	q.Limit = min(q.Limit, PageMax)
	rules := k.rules.Load()
	words := Words(q.Words)
	if to, ok := rules.redirects[words]; ok && offset == 0 {
		return Found{Redirect: to}, nil
	}
	slots, corrected := k.spelled(rules.widen(Slots(q.Words, q.Lang)))
	if words != "" && len(slots) == 0 {
		return Found{Weak: true}, nil // Signs without a word find nothing.
	}
	ask := index.Ask{Slots: slots, Filters: q.Filters, Facets: q.Facets, Best: q.Best, Sort: q.Sort, Offset: offset,
		Limit: q.Limit + 1, Boosts: rules.boosts, Explain: q.Explain, Offered: k.offered}
	if rule, ok := rules.curated[words]; ok && words != "" {
		ask.Pinned, ask.Hidden = ids(rule.Pinned), ids(rule.Hidden)
	}
	answer := k.index.Search(ask)
	found := Found{Hits: answer.Hits, Count: answer.Found, Weak: answer.Weak, Facets: answer.Facets}
	if corrected {
		found.Corrected = join(slots)
	}
	if len(found.Hits) > q.Limit {
		found.Hits = found.Hits[:q.Limit]
		if offset+q.Limit < DepthMax {
			found.Next = mark(offset + q.Limit)
		}
	}
	for _, h := range found.Hits {
		for _, id := range h.Boosts {
			if found.Boosts == nil {
				found.Boosts = make(map[string]text.Localized)
			}
			found.Boosts[id] = rules.names[id]
		}
	}
	if words != "" && offset == 0 && !q.Silent {
		k.notes.asked(q.Lang, words, found)
	}
	return found, nil
}

// offered names the attributes by which the shop wants goods of a category filtered. It leaves that open for a category of
// which it asks nothing.
func (k *Keeper) offered(category string) (names []string, decided bool) {
	s := k.around.Load()
	if s == nil {
		return nil, false
	}
	codes, decided := s.offered[catalog.CategoryID(category)]
	for _, code := range codes[:min(len(codes), FacetsMax)] {
		names = append(names, index.AttributePrefix+code)
	}
	return names, decided
}

// typoWeight is what a word is worth that is a slip of the finger away, per mille, for each slip less.
var typoWeight = [...]int64{1000, 700, 500}

// typosMax bounds how many words stand for one that is not known.
const typosMax = 4

// spelled replaces words that no document has by those that are nearest to them, and tells whether it did.
func (k *Keeper) spelled(slots []index.Slot) (out []index.Slot, corrected bool) {
	out = slices.Clone(slots)
	for i, s := range slots {
		if k.known(s) {
			continue
		}
		word := text.Fold(s.Word)
		most := min(analysis.Distance(word), len(typoWeight)-1)
		if most == 0 {
			continue
		}
		near := k.index.Near(word, most, typosMax)
		if len(slots) > 1 { // Fingers seldom slip on the first letter, and the other words find something.
			near = slices.DeleteFunc(near, func(n index.Near) bool { return initial(n.Word) != initial(word) })
		}
		if len(near) == 0 {
			continue
		}
		out[i] = index.Slot{Word: near[0].Word}
		for _, n := range near {
			out[i].Alternatives = append(out[i].Alternatives, index.Alternative{Terms: []string{n.Word}, Weight: typoWeight[n.Distance], Why: whyTypo})
		}
		corrected = true
	}
	return out, corrected
}

// initial is the first letter of a word, in its Russian spelling.
func initial(word string) rune {
	r, _ := utf8.DecodeRuneInString(analysis.Russian(word))
	return r
}

// known tells whether anything that stands for a word is in the index.
func (k *Keeper) known(s index.Slot) bool {
	for _, a := range s.Alternatives {
		all := true
		for _, t := range a.Terms {
			all = all && k.index.Documents(t) > 0
		}
		if all {
			return true
		}
	}
	return false
}

func join(slots []index.Slot) string {
	words := make([]string, len(slots))
	for i, s := range slots {
		words[i] = s.Word
	}
	return strings.Join(words, " ")
}

// mark names the place in an answer where the next page begins.
func mark(offset int) string { return "s" + strconv.FormatInt(int64(offset), 36) }

func readMark(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(s, "s"), 36, 32)
	if err != nil || s[0] != 's' || n <= 0 || n >= DepthMax {
		return 0, ErrCursor.About("%.60q", s)
	}
	return int(n), nil
}

func ids(products []catalog.ProductID) []string {
	list := make([]string, len(products))
	for i, id := range products {
		list[i] = string(id)
	}
	return list
}
