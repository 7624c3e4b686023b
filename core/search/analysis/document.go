package analysis

import (
	"sync"
	"unicode/utf8"
)

// Document gives the terms of a text that is to be found, in the order of its words. A word has its small letters, its
// stems, their Russian spelling and their sound; a number with a unit has one form for all its spellings; a model number
// has its parts and itself without gaps; Chinese has every character and every two neighbours.
func Document(text string) []Term {
	tokens := tokensOf(text)
	terms := make([]Term, 0, 4*len(tokens))
	position := 0
	for i := range tokens {
		t := &tokens[i]
		if term, _ := measured(t, at(tokens, i+1), at(tokens, i+2)); term != "" {
			terms = append(terms, Term{term, position, Unit})
		}
		joined(tokens[i:], func(text string, _ int) {
			terms = append(terms, Term{text, position, Model})
		})
		switch t.nature {
		case sign:
			continue
		case han:
			terms, position = ideograms(terms, t.text, position)
			continue
		case mixed:
			text := modelLetters(t.text)
			terms = append(terms, Term{text, position, Word})
			pieces(text, func(piece string) { terms = append(terms, Term{piece, position, Model}) })
			if name := namePart(t.text); name != "" {
				terms = placed(terms, termsOf(name, natureOf(name)), position)
			}
		default:
			terms = placed(terms, termsOf(t.text, t.nature), position)
		}
		position++
	}
	return terms
}

// placed adds the terms of a word at its position.
func placed(terms, word []Term, position int) []Term {
	for _, t := range word {
		t.Position = position
		terms = append(terms, t)
	}
	return terms
}

// ideograms adds the characters of a run of Chinese and each two neighbours.
func ideograms(terms []Term, run string, position int) ([]Term, int) {
	for i, r := range run {
		size := utf8.RuneLen(r)
		terms = append(terms, Term{run[i : i+size], position, Ideogram})
		if i+size < len(run) {
			_, next := utf8.DecodeRuneInString(run[i+size:])
			terms = append(terms, Term{run[i : i+size+next], position, Ideogram})
		}
		position++
	}
	return terms, position
}

// tokensOf gives all tokens of a text. An ending that stands behind a hyphen on its own, as in iPhone-ға, is left out.
func tokensOf(text string) []token {
	s := scanner{text: text, sep: ','}
	tokens := make([]token, 0, len(text)/10+1)
	for t, ok := s.next(); ok; t, ok = s.next() {
		if n := len(tokens); n > 0 && t.sep == '-' && t.nature == cyrillic && isEnding(t.text) &&
			(len(t.text) > 2 || tokens[n-1].nature == latin) {
			continue
		}
		tokens = append(tokens, t)
	}
	return tokens
}

// at gives a token, nil behind the last one.
func at(tokens []token, i int) *token {
	if i >= len(tokens) {
		return nil
	}
	return &tokens[i]
}

// wordsKept is how many words the memory of known words holds before it begins anew; that is at most some ten megabytes.
const wordsKept = 1 << 14

// known remembers the terms of words, since the words of a catalogue come again and again.
var known = struct {
	sync.RWMutex
	terms map[string][]Term
}{terms: map[string][]Term{}}

// termsOf gives the terms of one word, all at position 0. They are shared and not to be changed.
func termsOf(word string, n nature) []Term {
	known.RLock()
	terms, ok := known.terms[word]
	known.RUnlock()
	if ok {
		return terms
	}
	terms = newTerms(word, n)
	known.Lock()
	if len(known.terms) >= wordsKept {
		clear(known.terms)
	}
	known.terms[string([]byte(word))] = terms // A copy, so that a whole text is not kept for its words.
	known.Unlock()
	return terms
}

// newTerms works out the terms of one word.
func newTerms(word string, n nature) (terms []Term) {
	word = string([]byte(word))
	add := func(text string, k Kind) {
		for _, t := range terms {
			if t.Text == text {
				return
			}
		}
		if text != "" {
			terms = append(terms, Term{text, 0, k})
		}
	}
	add(word, Word)
	if n == number {
		return terms
	}
	all := stems(word, n)
	for _, s := range all {
		if s.folded {
			add(s.text, Folded)
		} else {
			add(s.text, Stem)
		}
	}
	if n == cyrillic {
		add(fold(word), Folded)
		for _, s := range all {
			add(fold(s.text), Folded)
		}
	}
	add(sound(word), Sound)
	for _, s := range all {
		if !s.second {
			add(sound(s.text), Sound)
		}
	}
	return terms
}
