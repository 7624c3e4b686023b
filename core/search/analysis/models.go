package analysis

import (
	"strings"
	"unicode/utf8"
)

const (
	modelPartsMax  = 4  // Neighbours that are joined to one model number.
	modelRunesMax  = 24 // Characters of a joined model number.
	modelPiecesMax = 6  // Places where a model number may be cut.
	nameRunesMax   = 10 // Letters of a name that is joined with the number behind it: iPhone 15.
)

// modelLetters writes a word of letters and digits in Latin letters if all its letters look like such: А5491, with a
// Cyrillic А, is a5491, and 50х70 is 50x70.
func modelLetters(word string) string {
	if text, ok := inScript(word, latin); ok {
		return text
	}
	return word
}

// pieces calls yield for the parts of a model number: cut where digits begin behind letters and the other way round, and
// letters with the digits behind them. So rb37a5491 gives rb, 37, 5491, rb37 and a5491; a single sign is no part.
func pieces(word string, yield func(string)) {
	cuts := [modelPiecesMax + 2]int{0}
	n, before := 1, false
	for i, r := range word {
		is := digit(r) || r == '.'
		if i > 0 && is != before {
			if n > modelPiecesMax {
				return
			}
			cuts[n] = i
			n++
		}
		before = is
	}
	if n == 1 {
		return
	}
	cuts[n] = len(word)
	for i := range n {
		if cuts[i+1]-cuts[i] > 1 {
			yield(word[cuts[i]:cuts[i+1]])
		}
		letters := !isDigit(word[cuts[i]])
		if letters && i+2 <= n && cuts[i+2]-cuts[i] < len(word) {
			yield(word[cuts[i]:cuts[i+2]])
		}
	}
}

// joins says whether a token and the one before it may be parts of one model number or of one word: with a hyphen between
// them any two may, with a gap only a short name and a number, or two parts with digits.
func joins(before, t *token) bool {
	if before.nature == han || t.nature == han || before.nature == sign || t.nature == sign {
		return false
	}
	named := func(t *token) bool { return t.nature == latin || t.nature == mixed || t.nature == number }
	hasDigits := func(t *token) bool { return t.nature == mixed || t.nature == number }
	switch t.sep {
	case '-', 0:
		return before.nature != number || t.nature != number
	case ',':
		return false
	case '×':
		return before.nature == number && hasDigits(t)
	}
	return (hasDigits(t) || hasDigits(before)) && (before.nature != number || t.nature != number) &&
		named(before) && named(t) && len(before.text) <= nameRunesMax && len(t.text) <= nameRunesMax
}

// joined calls yield for the texts that begin with the first token and hold two or more of its neighbours.
func joined(tokens []token, yield func(text string, parts int)) {
	if len(tokens) < 2 || !joins(&tokens[0], &tokens[1]) {
		return
	}
	text := tokens[0].text
	for i := 1; i < min(len(tokens), modelPartsMax) && joins(&tokens[i-1], &tokens[i]); i++ {
		if tokens[i].sep == '×' {
			text += "x"
		}
		if text += tokens[i].text; len(text) > modelRunesMax {
			return
		}
		if squeezed(text) {
			yield(modelLetters(text), i+1)
		} else {
			yield(text, i+1)
		}
	}
}

// squeezed says whether a text of a model has letters and digits.
func squeezed(text string) bool {
	return strings.ContainsAny(text, "0123456789") && strings.IndexFunc(text, func(r rune) bool { return !digit(r) && r != '.' }) >= 0
}

// namePart gives the letters that a word of letters and digits begins with, if they are enough for a name: айфон of
// айфон15.
func namePart(word string) string {
	at := strings.IndexFunc(word, digit)
	if at < 0 || utf8.RuneCountInString(word[:at]) < soundRunesMin || natureOf(word[:at]) > latin {
		return ""
	}
	return word[:at]
}
