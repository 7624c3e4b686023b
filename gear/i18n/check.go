package i18n

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sauda/base/fault"
)

// Check gives what is wrong with the loaded texts whose id begins with prefix, one sentence a finding, sorted; nothing is
// wrong when it is empty. Every id must stand in all the languages, not be empty, name the same {values} in each, and have
// all plural forms that the language needs if it has any.
func Check(prefix string, languages ...string) []string {
	all := all()
	ids := map[string]bool{}
	for _, lang := range languages {
		for id := range all[lang] {
			if strings.HasPrefix(id, prefix) {
				ids[id] = true
			}
		}
	}
	var found []string
	for id := range ids {
		var names []string
		for i, lang := range languages {
			e, ok := all[lang][id]
			if !ok {
				found = append(found, fmt.Sprintf("%s has no text in %s", id, lang))
				continue
			}
			found = append(found, e.check(lang, id)...)
			if these := e.names(); i > 0 && names != nil && !slices.Equal(names, these) {
				found = append(found, fmt.Sprintf("%s names %v in %s and %v in %s", id, these, lang, names, languages[0]))
			} else if names == nil {
				names = append([]string{}, these...)
			}
		}
	}
	slices.Sort(found)
	return found
}

// each gives the forms of an entry by their plural categories.
func (e entry) each() map[string]string {
	if e.forms == nil {
		return map[string]string{"other": e.other}
	}
	return e.forms
}

func (e entry) check(lang, id string) (found []string) {
	for form, p := range e.each() {
		if strings.TrimSpace(p) == "" {
			found = append(found, fmt.Sprintf("%s is empty in %s (%s)", id, lang, form))
		}
	}
	if len(e.forms) <= 1 {
		return found
	}
	for _, form := range needed[lang] {
		if _, ok := e.forms[form]; !ok {
			found = append(found, fmt.Sprintf("%s has no form %q in %s", id, form, lang))
		}
	}
	return found
}

// needed are the plural forms of whole numbers (CLDR); "other" is there anyway.
var needed = map[string][]string{"kk": {"one"}, "ru": {"one", "few", "many"}, "en": {"one"}, "zh": {}}

// names gives the {names} of an entry, sorted.
func (e entry) names() []string {
	set := map[string]bool{}
	for _, p := range e.each() {
		all, _ := names(p) // What does not close was not loaded.
		for _, name := range all {
			set[name] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// Unused gives the loaded ids with this prefix that used does not hold, sorted: texts that nobody shows any more.
func Unused(prefix string, used map[string]bool) []string {
	all := all()
	found := map[string]bool{}
	for _, w := range all {
		for id := range w {
			if strings.HasPrefix(id, prefix) && !used[id] {
				found[id] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// CheckFaults gives every registered fault that has no text in one of FaultLanguages, and every fault text whose code no
// linked package registers. It is meant for a test that links the whole house.
func CheckFaults() []string {
	found := Check(FaultPrefix, FaultLanguages...)
	used := map[string]bool{}
	for _, f := range fault.All() {
		id := FaultPrefix + f.Code
		used[id] = true
		for _, lang := range FaultLanguages {
			if !Has(lang, id) {
				found = append(found, fmt.Sprintf("%s has no text in %s", id, lang))
			}
		}
	}
	for _, id := range Unused(FaultPrefix, used) {
		found = append(found, id+" is the text of no fault")
	}
	slices.Sort(found)
	return slices.Compact(found)
}
