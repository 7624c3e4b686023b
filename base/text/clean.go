package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sauda/base/fault"
)

// Clean gives a text as it should be stored: composed (NFC), without spaces at its ends, with line ends as a single "\n".
// It refuses bytes that are not UTF-8 and characters that cannot be seen: controls other than tab and line end, marks
// that turn the direction of the text around, and characters without meaning.
func Clean(s string) (string, error) {
	if isPlain(s) {
		return strings.TrimSpace(s), nil
	}
	if !utf8.ValidString(s) {
		return "", ErrControl.About("not UTF-8")
	}
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	for _, r := range s {
		if unseen(r) {
			return "", ErrControl.About("%U", r)
		}
	}
	return strings.TrimSpace(norm.NFC.String(s)), nil
}

// Seen gives a text with a space for everything that Clean refuses. It is for what is typed to look something up and is
// shown again, and then not stored.
func Seen(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unseen(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
}

// isPlain says whether a text has only letters and signs of ASCII, which are composed already.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' || c > '~') && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// unseen says whether a character must not be stored. Joiners (U+200C, U+200D) stay, for emoji and other scripts need
// them.
func unseen(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case unicode.IsControl(r):
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // Bidirectional overrides and isolates.
		return true
	case r == 0xfeff, r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe: // A byte order mark, noncharacters.
		return true
	}
	return false
}

// Limit refuses a text of more than max characters with ErrTooLong, whose public values are max and length.
func Limit(s string, max int) error {
	n := utf8.RuneCountInString(s)
	if n <= max {
		return nil
	}
	return fault.With(fault.With(ErrTooLong.About("%d characters of %d", n, max), "max", max), "length", n)
}

// Fits refuses a text that Limit or Clean refuses.
func Fits(s string, max int) error {
	if err := Limit(s, max); err != nil {
		return err
	}
	_, err := Clean(s)
	return err
}

// Fold gives a text in the form in which texts are compared: composed (NFC), folded case, single spaces, ends trimmed.
// Two texts that people take for the same word in another case fold to the same.
func Fold(s string) string {
	if plainASCII(s) {
		return strings.ToLower(s)
	}
	folded := strings.Map(foldRune, sharp.Replace(norm.NFC.String(s)))
	return norm.NFC.String(strings.Join(strings.Fields(folded), " "))
}

// sharp writes the one letter here that folds to two.
var sharp = strings.NewReplacer("ß", "ss", "ẞ", "ss")

// foldRune lowers a letter by way of its capital, so that letters with one capital become one: both small sigmas, the
// long s. The dotless ı of Turkish and of Kazakh in Latin letters stays a letter of its own.
func foldRune(r rune) rune {
	if r == 'ı' {
		return r
	}
	return unicode.ToLower(unicode.ToUpper(r))
}

// plainASCII says whether folding a text only has to lower its letters.
func plainASCII(s string) bool {
	space := true // A space at the front, or a second one.
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f' || (c == ' ' && space) {
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}
