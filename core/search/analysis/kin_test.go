package analysis

import (
	"slices"
	"testing"
)

// TestKin: words of one root find each other by the terms of a document, and a query is no longer than it may be.
func TestKin(t *testing.T) {
	for _, x := range []struct {
		query, document string
		found           bool
	}{
		{"сумочка", "сумка", true}, {"сумка", "сумочки", true}, {"мячик", "мяч", true}, {"книжка", "книга", true}, {"книга", "книжки", true},
		{"школа", "школьный", true}, {"школьная", "школа", true}, {"костюм", "костюмная", true}, {"дети", "детский", true},
		{"шерсть", "шерстяной", true}, {"молоко", "молочный", true}, {"китайский", "китай", true},
		{"сумка", "сушка", false}, {"мяч", "меч", false},
	} {
		terms := Document(x.document)
		slots := Query(x.query, "ru")
		found := slices.ContainsFunc(slots[0].Alternatives, func(a Alternative) bool {
			return (a.Why == ByKin || a.Why == ByStem) && slices.ContainsFunc(terms, func(d Term) bool { return d.Text == a.Text })
		})
		if found != x.found {
			t.Errorf("%s finds %s: %t", x.query, x.document, found)
		}
		if n := len(slots[0].Alternatives); n > alternativesMax {
			t.Errorf("%s has %d alternatives", x.query, n)
		}
	}
}
