package analysis

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// nature says what a token is made of.
type nature uint8

const (
	cyrillic nature = iota
	latin
	other  // Letters of other scripts.
	number // Digits, perhaps with a decimal point.
	mixed  // Letters and digits.
	han
	sign // A sign of a unit behind a number: " ″ % °.
)

// token is a run of letters, digits or Chinese characters in a text, in small letters and one form of Unicode.
type token struct {
	text       string
	start, end int
	nature     nature
	sep        rune // What parts it from the token before: ' ' a gap, '-' a hyphen or its like, '×', 0 nothing, ',' all else.
}

// scanner cuts a text into tokens.
type scanner struct {
	text string
	at   int
	sep  rune
	held []token // Tokens of one run that were cut apart and wait for their turn.
}

// next gives the next token, and false at the end of the text.
func (s *scanner) next() (token, bool) {
	if len(s.held) > 0 {
		t := s.held[0]
		s.held = s.held[1:]
		return t, true
	}
	for s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		switch {
		case isHan(r):
			return s.run(isHan, han), true
		case inWord(r):
			if t, ok := s.word(); ok {
				return t, true
			}
		case unitSign(r) && s.at > 0 && isDigit(s.text[s.at-1]):
			t := token{string(r), s.at, s.at + size, sign, 0}
			s.at += size
			return t, true
		default:
			if !ignored(r) {
				s.part(r)
			}
			s.at += size
		}
	}
	return token{}, false
}

// part remembers what stands between two tokens. Two signs, or a sign beside a gap, part them altogether; only a cross may
// stand between gaps: 50 × 70.
func (s *scanner) part(r rune) {
	switch {
	case unicode.IsSpace(r):
		if s.sep == 0 {
			s.sep = ' '
		} else if s.sep == '-' {
			s.sep = ','
		}
	case (r == '×' || r == '*') && (s.sep == 0 || s.sep == ' '):
		s.sep = '×'
	case strings.ContainsRune("-‐‑–_/.", r) && s.sep == 0:
		s.sep = '-'
	default:
		s.sep = ','
	}
}

// run takes characters as long as they are of one sort.
func (s *scanner) run(is func(rune) bool, n nature) token {
	start := s.at
	for s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if !is(r) {
			break
		}
		s.at += size
	}
	t := token{norm.NFKC.String(s.text[start:s.at]), start, s.at, n, s.sep}
	s.sep = 0
	return t
}

// word takes a run of letters and digits. An apostrophe between letters belongs to the word, and a point or comma between
// digits to the number.
func (s *scanner) word() (token, bool) {
	start, before := s.at, rune(0)
	plain := true
	for s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if !inWord(r) && !ignored(r) {
			after, _ := utf8.DecodeRuneInString(s.text[s.at+size:])
			inner := isApostrophe(r) && unicode.IsLetter(before) && unicode.IsLetter(after) ||
				(r == '.' || r == ',') && digit(before) && digit(after)
			if !inner {
				break
			}
		}
		plain = plain && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'а' && r <= 'я' || kazakhOnly(r))
		before = r
		s.at += size
	}
	raw := s.text[start:s.at]
	if !plain {
		raw = tidy(raw)
	}
	t := token{text: cut(raw), start: start, end: s.at, sep: s.sep}
	t.nature = natureOf(t.text)
	if t.text == "" {
		return token{}, false
	}
	s.sep = 0
	return s.apart(t), true
}

// apart brings a word of two scripts into one where only letters that look alike are to blame, and takes a Kazakh ending
// off a Latin word. Any other word of two scripts is cut where the script changes.
func (s *scanner) apart(t token) token {
	if t.nature != mixed || strings.ContainsAny(t.text, "0123456789") {
		return t
	}
	if one, ok := oneScript(t.text); ok {
		t.text = one
		t.nature = natureOf(one)
		return t
	}
	part, rest := firstScript(t.text)
	first := t
	first.text, first.nature = part, natureOf(part)
	for before := first; rest != ""; {
		part, rest = firstScript(rest)
		next := t
		next.text, next.nature, next.sep = part, natureOf(part), 0
		if before.nature != latin || !isEnding(part) {
			s.held = append(s.held, next)
		}
		before = next
	}
	return first
}

// firstScript cuts a word where its script changes for the first time.
func firstScript(word string) (part, rest string) {
	var script nature
	for i, r := range word {
		n := natureOf(string(r))
		if i > 0 && n != script {
			return word[:i], word[i:]
		}
		script = n
	}
	return word, ""
}

// tidy gives a word in small letters and one form of Unicode, without signs that cannot be seen and without stress marks;
// ё is written е, a comma between digits is a point, and apostrophes are left out.
func tidy(raw string) string {
	var b strings.Builder
	b.Grow(len(raw))
	for _, r := range norm.NFKC.String(raw) {
		r = unicode.ToLower(r)
		switch {
		case r == 'ё':
			b.WriteRune('е')
		case r == ',':
			b.WriteByte('.')
		case ignored(r) || isApostrophe(r) || unicode.Is(unicode.Mn, r):
		case r == '.' || inWord(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// cut shortens a word to WordRunesMax.
func cut(word string) string {
	if len(word) <= WordRunesMax {
		return word
	}
	n := 0
	for i := range word {
		if n == WordRunesMax {
			return word[:i]
		}
		n++
	}
	return word
}

// natureOf says what a word is made of.
func natureOf(word string) nature {
	var digits, latins, cyrillics, others int
	for _, r := range word {
		switch {
		case digit(r) || r == '.':
			digits++
		case r < 0x250:
			latins++
		case r >= cyrillicFirst && r < cyrillicEnd:
			cyrillics++
		default:
			others++
		}
	}
	switch n := digits + latins + cyrillics + others; n {
	case digits:
		return number
	case latins:
		return latin
	case cyrillics:
		return cyrillic
	case others:
		return other
	}
	return mixed
}

func isHan(r rune) bool   { return r >= 0x2e80 && unicode.Is(unicode.Han, r) }
func isDigit(b byte) bool { return b >= '0' && b <= '9' }
func digit(r rune) bool   { return r >= '0' && r <= '9' }

// inWord says whether a character may stand in a word. Signs such as ² and ㎡ are letters and digits in another dress.
func inWord(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
	case r >= 0x400 && r <= 0x482, r >= 0x48a && r < cyrillicEnd:
		return true
	case isHan(r):
		return false
	case r == '²' || r == '³' || r >= 0x3300 && r <= 0x33ff:
		return true
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// ignored says whether a character is left out as if it were not there: a soft hyphen, joiners, a byte order mark.
func ignored(r rune) bool {
	return r == 0xad || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r == 0x2060 || r >= 0x2066 && r <= 0x2069 || r == 0xfeff
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == 'ʼ' || r == '`' || r == '‘' }

// unitSign says whether a sign behind a number is its unit.
func unitSign(r rune) bool { return r == '"' || r == '″' || r == '”' || r == '%' || r == '°' }
