package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// slugMax keeps an address readable and within what search engines show.
const slugMax = 80

// latin writes Cyrillic in ASCII: Kazakh letters in the manner of the Latin alphabet of 2021 without its marks, Russian
// ones as passports and Russian addresses have them. ж is zh and ш is sh, for both languages are read.
var latin = map[rune]string{
	'а': "a", 'ә': "a", 'б': "b", 'в': "v", 'г': "g", 'ғ': "g", 'д': "d", 'е': "e", 'ё': "yo", 'ж': "zh", 'з': "z",
	'и': "i", 'й': "i", 'к': "k", 'қ': "q", 'л': "l", 'м': "m", 'н': "n", 'ң': "n", 'о': "o", 'ө': "o", 'п': "p",
	'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ұ': "u", 'ү': "u", 'ф': "f", 'х': "h", 'һ': "h", 'ц': "ts", 'ч': "ch",
	'ш': "sh", 'щ': "sch", 'ъ': "", 'ы': "y", 'і': "i", 'ь': "", 'э': "e", 'ю': "yu", 'я': "ya",
	// Neighbours: Ukrainian, Belarusian, Uzbek, Tajik, Kyrgyz letters that the above lack.
	'ї': "i", 'є': "e", 'ґ': "g", 'ў': "u", 'ҳ': "h", 'ҷ': "j", 'ӣ': "i", 'ӯ': "u",
	// Latin letters that do not fall apart into a letter and a mark.
	'ı': "i", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ŋ': "n",
}

// Slug gives a text as a part of an address: lower-case ASCII letters and digits, words joined by single hyphens, at most
// 80 characters and cut between words where that is possible. A text without any such letters, a Chinese one for
// instance, gives nothing: use an id then. Different texts may give the same slug.
func Slug(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	write := func(part string) {
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteString(part)
	}
	for _, r := range norm.NFC.String(strings.ToLower(s)) {
		switch { // Most texts are plain letters and blanks.
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			write(string(r))
			continue
		case r == ' ':
			gap = true
			continue
		}
		part, known := latin[r]
		switch {
		case known && part != "":
			write(part)
		case known, r == '\'', r == '’', r == 'ʼ': // Signs inside a word.
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			write(string(r))
		default:
			if plain := plainLetters(r); plain != "" {
				write(plain)
			} else if !unicode.Is(unicode.Mn, r) {
				gap = true
			}
		}
	}
	return cut(b.String())
}

// plainLetters gives the ASCII letters and digits of which a character is made when it has nothing else but marks: é is e,
// № is no, and ½ is nothing.
func plainLetters(r rune) string {
	var b strings.Builder
	for _, d := range norm.NFKD.String(string(r)) {
		switch d = unicode.ToLower(d); {
		case d < 0x80 && (unicode.IsLetter(d) || unicode.IsDigit(d)):
			b.WriteRune(d)
		case !unicode.Is(unicode.Mn, d):
			return ""
		}
	}
	return b.String()
}

// cut shortens a slug, between words unless the first word is too long itself.
func cut(slug string) string {
	if len(slug) <= slugMax {
		return slug
	}
	if at := strings.LastIndexByte(slug[:slugMax+1], '-'); at > 0 {
		return slug[:at]
	}
	return slug[:slugMax]
}
