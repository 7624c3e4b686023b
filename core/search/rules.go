package search

import (
	"slices"

	"sauda/base/text"
	"sauda/core/search/index"
)

// rules are the rules of the house as queries need them. They never change: another set takes their place.
type rules struct {
	synonyms  []synonym
	boosts    []index.Boost
	names     map[string]text.Localized // names are what buyers read about boosts, by their ids.
	curated   map[string]Rule           // by query
	redirects map[string]string
}

// synonym is one way from words to others that stand for them.
type synonym struct {
	from []string // from are words as they are asked.
	to   []string // to are terms that a document must have all.
}

// newRules prepares rules.
func newRules(all []Rule) *rules {
	r := &rules{names: make(map[string]text.Localized), curated: make(map[string]Rule), redirects: make(map[string]string)}
	for _, rule := range all {
		switch rule.Kind {
		case Synonym:
			r.addSynonym(rule)
		case Boost:
			filters, err := ParseFilters(rule.Filter)
			if err != nil {
				continue // It was checked when it was set; a filter that is no longer known moves nothing.
			}
			r.boosts = append(r.boosts, index.Boost{ID: string(rule.ID), Filters: filters, PerMille: rule.PerMille})
			r.names[string(rule.ID)] = rule.Name
		case Curated:
			r.curated[rule.Query] = rule
		case Redirect:
			r.redirects[rule.Query] = rule.To
		}
	}
	return r
}

func (r *rules) addSynonym(rule Rule) {
	for i, from := range rule.Words {
		if i > 0 && rule.OneWay {
			return
		}
		var said []string
		for _, s := range Slots(from, "") {
			said = append(said, sure(s))
		}
		for j, to := range rule.Words {
			if i == j {
				continue
			}
			var terms []string
			for _, s := range Slots(to, "") {
				terms = append(terms, sure(s))
			}
			r.synonyms = append(r.synonyms, synonym{from: said, to: terms})
		}
	}
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

// synonymWeight is what a synonym is worth, per mille of the word itself.
const synonymWeight = 850

// widen adds what means the same. Several words that mean one thing become one slot.
func (r *rules) widen(slots []index.Slot) []index.Slot {
	if len(r.synonyms) == 0 {
		return slots
	}
	said := make([]string, len(slots))
	for i, s := range slots {
		said[i] = sure(s)
	}
	var out []index.Slot
	for i := 0; i < len(slots); {
		slot, taken := slots[i], 1
		for _, s := range r.synonyms {
			if len(s.from) > taken && i+len(s.from) <= len(slots) && slices.Equal(s.from, said[i:i+len(s.from)]) {
				taken = len(s.from)
			}
		}
		if taken > 1 {
			slot = index.Slot{Alternatives: []index.Alternative{{Terms: said[i : i+taken], Weight: 1000, Why: whyExact}}}
			for j, s := range slots[i : i+taken] {
				if j > 0 {
					slot.Word += " "
				}
				slot.Word += s.Word
			}
		}
		slot.Alternatives = slices.Clone(slot.Alternatives)
		for _, s := range r.synonyms {
			if slices.Equal(s.from, said[i:i+taken]) {
				slot.Alternatives = append(slot.Alternatives, index.Alternative{Terms: s.to, Weight: synonymWeight, Why: whySynonym})
			}
		}
		out = append(out, slot)
		i += taken
	}
	return out
}
