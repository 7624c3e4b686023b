// Package analysis knows how words are written and bent in Kazakh, Russian, English and Chinese. It makes the terms of a
// text that are put into an index, and the terms of a query that are looked up there. Both sides are made here, so that
// they always agree: whatever word a document has, that word finds it.
//
// The package keeps no index, gives no ranks and knows no product. What the terms look like is a matter of its own; a
// change of it asks for a new index, and Version says so.
package analysis

import "unicode/utf8"

// Version changes whenever a document has other terms than before; an index of another version must be built anew.
const Version = 2

// Limits of what is looked at. What is beyond them is left out, without a fault.
const (
	QueryRunesMax   = 200 // Characters of a query.
	SlotsMax        = 24  // Words of a query.
	WordRunesMax    = 64  // Characters of a word; longer ones are cut.
	alternativesMax = 24  // Alternatives of one word of a query.
)

// Kind says how a term came out of a text.
type Kind uint8

// Kinds of terms, from the surest to the vaguest.
const (
	Word     Kind = iota // Word is the word as it is written, in small letters.
	Stem                 // Stem is a word without its endings.
	Unit                 // Unit is a number with its unit, in a form that all spellings of it share.
	Model                // Model is a part of a model number, or several parts joined.
	Ideogram             // Ideogram is one or two Chinese characters.
	Folded               // Folded is a word or stem with Russian letters in place of those that only Kazakh has.
	Sound                // Sound is how a word or stem sounds, whatever script it is written in.
)

// Term is one thing to index. Position counts the words of the text from 0; terms of one word share it.
type Term struct {
	Text     string
	Position int
	Kind     Kind
}

// Why says what makes an alternative stand for a word of a query.
type Why uint8

// Reasons, from the surest to the vaguest.
const (
	Exact       Why = iota // Exact is the word itself.
	ByUnit                 // ByUnit is a number with its unit in the form that all spellings share.
	ByModel                // ByModel is a model number without its hyphens.
	ByTable                // ByTable is another spelling of a brand, from the table of brands.
	ByStem                 // ByStem is the word without its endings.
	ByKin                  // ByKin is another word of the same root: сумочка for сумка.
	Lookalike              // Lookalike has letters of the other script that look the same.
	ByFolding              // ByFolding has Russian letters in place of those that only Kazakh has.
	LatinKazakh            // LatinKazakh was written in the Latin alphabet of Kazakh.
	Translit               // Translit sounds the same, written in another script.
	Layout                 // Layout is what would stand there on the other layout of the keyboard.
	Synonym                // Synonym means the same; this package knows none, whoever asks it may add them.
)

// Slot is a word of a query, or several that are one thing ("2 л"), with all that may stand for it. Start and End are
// its bytes in the query. The slots of a query are in its order and never overlap, except those of Chinese, where each
// two neighbours are a slot.
type Slot struct {
	Word         string
	Start, End   int
	Alternatives []Alternative
}

// Alternative is a text to look up, how much a find of it is worth in per mille of a find of the word itself, and why.
type Alternative struct {
	Text   string
	Weight int
	Why    Why
}

// Distance gives how many slips of the finger are allowed in a word of this length: none in up to three letters, one in
// up to seven, two in more. There are none in numbers, in Chinese, and in terms that are no words.
func Distance(word string) int {
	for _, r := range word {
		if r >= '0' && r <= '9' || isHan(r) || r == soundMark || r == unitMark {
			return 0
		}
	}
	switch n := utf8.RuneCountInString(word); {
	case n <= 3:
		return 0
	case n <= 7:
		return 1
	}
	return 2
}

// Marks begin terms that are no words, so that no word is taken for one of them.
const (
	soundMark = '~'
	unitMark  = '='
)
