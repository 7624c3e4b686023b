package analysis

import (
	"strings"
	"unicode/utf8"
)

// kinRootMin is how many letters a word and its kin must share.
const kinRootMin = 3

// kinEndings are what Russian makes other words with that buyers use for the same: small ones (сумка, сумочка), and
// adjectives of what something is made of or belongs to (сталь, стальной; дети, детский). Stems have them at their end.
var kinEndings = []struct{ bare, made string }{
	{"к", "очк"}, {"к", "ечк"}, {"г", "жк"}, {"", "ик"}, {"", "ск"}, {"", "ов"}, {"", "ян"}, {"к", "чн"}, {"", "ьн"}, {"", "н"},
}

// kin gives the stems of words that are made of the same root as a Russian stem: of what it is made of, and what is made
// of it. Most of them are no words; then nothing has them.
func kin(stem string) (all []string) {
	add := func(root, ending string) {
		if root = strings.TrimSuffix(root, "ь"); utf8.RuneCountInString(root) >= kinRootMin {
			all = append(all, root+ending)
		}
	}
	for _, e := range kinEndings {
		if root, ok := strings.CutSuffix(stem, e.made); ok {
			add(root, e.bare)
			return all // What is made of a word is made of it once.
		}
	}
	for _, e := range kinEndings {
		if root, ok := strings.CutSuffix(stem, e.bare); ok {
			add(root, e.made)
		}
	}
	return all
}
