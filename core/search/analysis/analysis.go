// Package analysis turns what people write and search for into terms.
package analysis

import (
	"strings"
	"unicode"
)

// Kind says what a term is.
type Kind uint8

// Term is a word as the index knows it.
type Term struct {
	Text     string
	Position int
	Kind     Kind
}

// Why says why an alternative stands for a word.
type Why string

// Alternative is a term that stands for a word of a query.
type Alternative struct {
	Text   string
	Weight int // Weight is per mille.
	Why    Why
}

// Slot is a word of a query with what may stand for it.
type Slot struct {
	Word         string
	Start, End   int
	Alternatives []Alternative
}

// Document gives the terms of a text.
func Document(text string) []Term {
	var terms []Term
	for i, w := range words(text) {
		terms = append(terms, Term{Text: stem(w), Position: i})
	}
	return terms
}

// Query gives the slots of a query.
func Query(text, lang string) []Slot {
	var slots []Slot
	for i, w := range words(text) {
		slots = append(slots, Slot{Word: w, Start: i, End: i + 1, Alternatives: []Alternative{{stem(w), 1000, "exact"}}})
	}
	return slots
}

// Prefix gives the beginnings that the last word of a query may have.
func Prefix(text string) []Alternative {
	w := words(text)
	if len(w) == 0 {
		return nil
	}
	return []Alternative{{w[len(w)-1], 1000, "prefix"}}
}

// Distance is how many letters of a word may be wrong.
func Distance(word string) int {
	switch n := len([]rune(word)); {
	case n < 4:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

func stem(w string) string {
	switch {
	case len(w) > 4 && strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss"):
		return w[:len(w)-1]
	}
	return w
}
