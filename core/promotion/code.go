package promotion

import (
	"strings"
	"unicode"

	"sauda/base/text"
)

// alike are the Cyrillic letters that look like Latin ones, in their small form, and two digits that people take for letters.
var alike = strings.NewReplacer(
	"а", "a", "в", "b", "е", "e", "ё", "e", "к", "k", "м", "m", "н", "h", "о", "o", "р", "p", "с", "c", "т", "t", "у", "y",
	"ү", "y", "х", "x", "і", "i", "һ", "h", "ѕ", "s", "ј", "j", "қ", "k", "0", "o", "1", "i", "l", "i",
)

// Fold gives a code in the form in which two of them are compared: small letters without blanks and dashes, Cyrillic
// letters as the Latin ones that look like them, and 0 and 1 as the letters that look like them. What is typed in any of
// these ways is the same code.
func Fold(code string) string {
	var kept strings.Builder
	for _, r := range text.Fold(code) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			kept.WriteRune(r)
		}
	}
	return alike.Replace(kept.String())
}
