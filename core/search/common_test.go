package search_test

import (
	"slices"
	"strings"
	"testing"

	"sauda/core/search"
	"sauda/core/search/index"
)

// TestCommonWords: the file is read whole, and says nothing twice.
func TestCommonWords(t *testing.T) {
	all := search.Commons()
	if len(all) < 150 {
		t.Errorf("%d groups", len(all))
	}
	seen := map[string]bool{}
	for _, c := range all {
		if len(c.Words) < 2 || len(c.Words) > search.WordsMax {
			t.Errorf("%s: %d words", c.Name, len(c.Words))
		}
		key := c.Name
		if c.OneWay {
			key += " >"
		}
		if seen[key] {
			t.Errorf("%s is there twice", key)
		}
		seen[key] = true
		for i, w := range c.Words {
			if w == "" || search.Words(w) == "" || slices.Contains(c.Words[i+1:], w) || strings.Contains(w, ">") {
				t.Errorf("%s: %q is empty, or there twice", c.Name, w)
			}
		}
	}
}

// TestCommonWordsStandForEachOther: bent, on the other layout, in Russian letters, several words for one, and one way only
// where the file says so.
func TestCommonWordsStandForEachOther(t *testing.T) {
	for _, x := range []struct {
		query, lang, to string
		found           bool
	}{
		{"laptop", "en", "ноутбук", true},
		{"лэптопы", "ru", "ноутбук", true},
		{"laptop", "en", "notebook", true},
		{"notebook", "en", "laptop", false},
		{"тоңазытқышты", "kk", "холодильник", true},
		{"тоназыткыш", "kk", "холодильник", true},
		{"dtkbr", "ru", "велосипед", true},
		{"стиральная машина", "ru", "стиралк", true},
		{"стиральных машин", "ru", "стиралк", true},
		{"сапоги", "ru", "валенк", true},
		{"валенки", "ru", "сапог", false},
	} {
		got := slices.ContainsFunc(search.Sought(x.query, x.lang), func(s index.Slot) bool {
			return slices.ContainsFunc(s.Alternatives, func(a index.Alternative) bool {
				return len(a.Terms) == 1 && strings.HasPrefix(a.Terms[0], x.to)
			})
		})
		if got != x.found {
			t.Errorf("%q finds %q: %t", x.query, x.to, got)
		}
	}
}
