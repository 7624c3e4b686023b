package search

import (
	"slices"
	"unicode/utf8"

	"sauda/core/search/analysis"
	"sauda/core/search/index"
)

// synonyms are ways from words to others that stand for them, by the first term that is asked for.
type synonyms map[string][]synonym

// synonym is one way from words to others.
type synonym struct {
	from  []string // from are words as they are asked, without their endings.
	to    []string // to are terms that a document must have all.
	group string   // group names the common group; it is empty for words of the shop itself.
}

// What a synonym is worth, per mille of the word itself: one that the shop has chosen, and one that means the same in most
// shops. Of what may stand for a word, that which is worth less than synonymFrom has none.
const (
	ownWeight    = 850
	commonWeight = 700
	synonymFrom  = 300
)

// weight is what a synonym is worth.
func (s synonym) weight() int64 {
	if s.group == "" {
		return ownWeight
	}
	return commonWeight
}

// askedIn are the languages in which a word may be asked for; its stem may be another in each.
var askedIn = []string{"", "kk", "ru", "en"}

// add adds the ways of a group of words.
func (s synonyms) add(words []string, oneWay bool, group string) {
	means := make([][]string, len(words))
	for i, w := range words {
		for _, slot := range Slots(w, "") {
			means[i] = append(means[i], meant(slot))
		}
	}
	for i, from := range words {
		if i > 0 && oneWay {
			return
		}
		for _, key := range keys(from) {
			for j, to := range means {
				if i != j && len(to) > 0 && !slices.Equal(key, to) {
					s[key[0]] = append(s[key[0]], synonym{from: key, to: to, group: group})
				}
			}
		}
	}
}

// keys gives the forms in which words may be asked for. One word is also asked for in Russian letters and by its sound.
func keys(words string) (all [][]string) {
	note := func(key []string) {
		if len(key) > 0 && !slices.ContainsFunc(all, func(k []string) bool { return slices.Equal(k, key) }) {
			all = append(all, key)
		}
	}
	for _, lang := range askedIn {
		slots := Slots(words, lang)
		key := make([]string, len(slots))
		for i, slot := range slots {
			key[i] = sure(slot)
		}
		note(key)
		if len(slots) != 1 {
			continue
		}
		for _, a := range slots[0].Alternatives {
			if a.Why == whyExact || a.Why == reasons[analysis.ByFolding] || a.Why == reasons[analysis.Translit] {
				note(a.Terms)
			}
		}
	}
	return all
}

// sure is the term that a slot most surely means beyond its spelling: its stem, so that an ending does not hide a synonym.
func sure(s index.Slot) string {
	for _, a := range s.Alternatives {
		if a.Why == whyStem {
			return a.Terms[0]
		}
	}
	return s.Alternatives[0].Terms[0]
}

// stemRunesMin is how long a stem must be to stand for its word: «ча» is in many words that are no tea.
const stemRunesMin = 4

// meant is the term by which a synonym is looked up.
func meant(s index.Slot) string {
	if stem := sure(s); utf8.RuneCountInString(stem) >= stemRunesMin {
		return stem
	}
	return s.Alternatives[0].Terms[0]
}

// widen adds what means the same. Where several words mean one thing, each of them is found by what stands for all.
func (r *rules) widen(slots []index.Slot) []index.Slot {
	said, out := make([]string, len(slots)), make([]index.Slot, len(slots))
	for i, s := range slots {
		said[i], out[i] = sure(s), r.widenOne(s)
	}
	for i := range slots {
		r.each(said[i:], 2, func(s synonym) {
			for j := range s.from {
				out[i+j].Alternatives = better(out[i+j].Alternatives, s.to, s.weight())
			}
		})
	}
	return out
}

// each visits what the words with which a query begins stand for, if there are at least so many of them.
func (r *rules) each(said []string, least int, visit func(synonym)) {
	for _, known := range []synonyms{r.synonyms, r.common} {
		for _, s := range known[said[0]] {
			if n := len(s.from); n >= least && n <= len(said) && !r.off[s.group] && slices.Equal(s.from, said[:n]) {
				visit(s)
			}
		}
	}
}

// widenOne adds the synonyms of one word: of itself, of its surest stem, and for less of what it may stand for, such as a
// word on the other layout of the keyboard.
func (r *rules) widenOne(slot index.Slot) index.Slot {
	out := index.Slot{Word: slot.Word, Alternatives: slices.Clone(slot.Alternatives)}
	stemmed := false
	for _, a := range slot.Alternatives {
		if len(a.Terms) != 1 || a.Prefix || a.Weight < synonymFrom || a.Why == whyStem && stemmed {
			continue
		}
		stemmed = stemmed || a.Why == whyStem
		scale := a.Weight
		if a.Why == whyStem {
			scale = 1000 // The stem is the word itself, bent.
		}
		r.each(a.Terms, 1, func(s synonym) { out.Alternatives = better(out.Alternatives, s.to, s.weight()*scale/1000) })
	}
	return out
}

// better adds a synonym, unless it is there for as much.
func better(all []index.Alternative, to []string, weight int64) []index.Alternative {
	for i, a := range all {
		if slices.Equal(a.Terms, to) && !a.Prefix {
			if a.Weight < weight {
				all[i].Weight, all[i].Why = weight, whySynonym
			}
			return all
		}
	}
	return append(all, index.Alternative{Terms: to, Weight: weight, Why: whySynonym})
}
