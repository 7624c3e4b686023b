package analysis

import (
	_ "embed" // The table of brands.
	"strings"
)

//go:embed brands.txt
var brandsText string

// brands gives the other spellings of each spelling of a brand; brandNames are all spellings, to be looked through by
// their beginnings.
var brands, brandNames = func() (others map[string][]string, names []string) {
	others = map[string][]string{}
	for line := range strings.Lines(brandsText) {
		name, rest, found := strings.Cut(strings.TrimSpace(line), ":")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		spellings := []string{strings.ReplaceAll(name, "-", "")}
		for _, s := range strings.Fields(rest) {
			spellings = append(spellings, strings.ReplaceAll(s, "ё", "е"))
		}
		for i, s := range spellings {
			others[s] = append(append([]string{}, spellings[:i]...), spellings[i+1:]...)
		}
		names = append(names, spellings...)
	}
	return others, names
}()
