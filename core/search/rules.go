package search

import (
	"sauda/base/text"
	"sauda/core/search/index"
	"sauda/gear/db"
)

// rules are the rules of the house as queries need them. They never change: another set takes their place.
type rules struct {
	synonyms  synonyms        // synonyms are the shop's own.
	common    synonyms        // common are those of any shop.
	off       map[string]bool // off are the common groups that the shop has switched off.
	boosts    []index.Boost
	names     map[string]text.Localized // names are what buyers read about boosts, by their ids.
	curated   map[string]Rule           // by query
	redirects map[string]string
}

// readRules reads what the shop has decided, in two statements.
func readRules(tx *db.Tx) (*rules, error) {
	own, err := Rules(tx, "")
	if err != nil {
		return nil, err
	}
	off, err := Off(tx)
	return newRules(own, off), err
}

// newRules prepares rules; off names the common groups that do not count.
func newRules(all []Rule, off []string) *rules {
	r := &rules{synonyms: make(synonyms), common: commonSynonyms(), off: make(map[string]bool), names: make(map[string]text.Localized), curated: make(map[string]Rule), redirects: make(map[string]string)}
	for _, name := range off {
		r.off[name] = true
	}
	for _, rule := range all {
		switch rule.Kind {
		case Synonym:
			r.synonyms.add(rule.Words, rule.OneWay, "")
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
