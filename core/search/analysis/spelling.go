package analysis

import (
	"strings"
	"unicode/utf8"
)

// kazakhOnly says whether a small letter is one that Kazakh has and Russian has not.
func kazakhOnly(r rune) bool { return russianFor(r) != r }

// russianFor gives the letter that is typed in place of a Kazakh one on a Russian keyboard.
func russianFor(r rune) rune {
	switch r {
	case 'ә':
		return 'а'
	case 'ғ':
		return 'г'
	case 'қ':
		return 'к'
	case 'ң':
		return 'н'
	case 'ө':
		return 'о'
	case 'ұ', 'ү':
		return 'у'
	case 'һ':
		return 'х'
	case 'і':
		return 'и'
	}
	return r
}

// Russian gives a word of small letters as it is typed on a Russian keyboard, which has no letters of Kazakh.
func Russian(word string) string { return fold(word) }

// fold gives a word as it is typed on a Russian keyboard.
func fold(word string) string {
	if strings.IndexFunc(word, kazakhOnly) < 0 {
		return word
	}
	return strings.Map(russianFor, word)
}

// twins are letters that look the same in both scripts, as capitals or as small ones: first Cyrillic, then Latin.
const (
	cyrillicTwins = "авекмнорстухіһ"
	latinTwins    = "abekmhopctyxih"
)

// twin gives the letter of the other script that looks like r, and false if there is none.
func twin(r rune) (rune, bool) {
	if r < utf8.RuneSelf {
		if at := strings.IndexByte(latinTwins, byte(r)); at >= 0 {
			return []rune(cyrillicTwins)[at], true
		}
		return r, false
	}
	if at := strings.IndexRune(cyrillicTwins, r); at >= 0 {
		return rune(latinTwins[at/2]), true // A Cyrillic letter has two bytes.
	}
	return r, false
}

// inScript writes a word in one script by letters that look alike, and says false if a letter has no twin there.
func inScript(word string, want nature) (string, bool) {
	ok := true
	text := strings.Map(func(r rune) rune {
		if isLatin := r < 0x250; digit(r) || isLatin == (want == latin) {
			return r
		}
		t, has := twin(r)
		ok = ok && has
		return t
	}, word)
	return text, ok
}

// oneScript writes a word of two scripts in one of them: in the one that more of its letters are of, or in the other one
// where letters have no twin there.
func oneScript(word string) (string, bool) {
	latins, cyrillics := 0, 0
	for _, r := range word {
		if r < 0x250 {
			latins++
		} else {
			cyrillics++
		}
	}
	first, second := cyrillic, latin
	if latins > cyrillics {
		first, second = latin, cyrillic
	}
	if text, ok := inScript(word, first); ok {
		return text, true
	}
	return inScript(word, second)
}

// The keys of a keyboard, and the letters on them in the Russian layout. The Kazakh layout has the same letters, and nine
// more in the row of digits.
const (
	latinKeys     = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
	russianKeys   = "йцукенгшщзхъфывапролджэячсмитьбюё"
	digitKeys     = "2345890-="
	kazakhDigits  = "әіңғүұқөһ"
	latinShifted  = `{}:"<>~`
	plainUnshifed = "[];',.`"
)

var toRussianKeys, toKazakhKeys, toLatinKeys = func() (russian, kazakh, back map[rune]rune) {
	russian, kazakh, back = map[rune]rune{}, map[rune]rune{}, map[rune]rune{}
	pair := func(keys, letters string, to map[rune]rune) {
		runes := []rune(letters)
		for i, k := range keys {
			to[k] = runes[i]
			back[runes[i]] = k
		}
	}
	pair(latinKeys, russianKeys, russian)
	pair(latinKeys, russianKeys, kazakh)
	pair(digitKeys, kazakhDigits, kazakh)
	for i, k := range latinShifted {
		russian[k] = russian[rune(plainUnshifed[i])]
		kazakh[k] = russian[k]
	}
	delete(back, 'ё') // A word has no ё here.
	return russian, kazakh, back
}()

// retype gives what the keys of a chunk of text would write on the other layout, and says false where that is no word.
// A chunk with digits is read on the Kazakh layout.
func retype(chunk string) (string, bool) {
	keys := toRussianKeys
	ascii := true
	for _, r := range chunk {
		ascii = ascii && r < utf8.RuneSelf
		if digit(r) || r == '-' || r == '=' {
			keys = toKazakhKeys
		}
	}
	if !ascii {
		keys = toLatinKeys
	}
	ok := true
	text := strings.Map(func(r rune) rune {
		k, has := keys[r]
		ok = ok && has
		return k
	}, chunk)
	if !ok || !pronounceable(text) {
		return "", false
	}
	return strings.ReplaceAll(text, "ё", "е"), true
}

// pronounceable says whether letters could be a word: it has a vowel, no more than three vowels and no more than four
// consonants in a row, and no sign where none can be.
func pronounceable(word string) bool {
	vowels, consonants, seen, n := 0, 0, false, 0
	for _, r := range word {
		switch {
		case isVowel(r) || strings.ContainsRune("aeiouy", r):
			vowels, consonants, seen = vowels+1, 0, true
		case r == 'ь' || r == 'ъ':
			if n == 0 || vowels > 0 {
				return false
			}
		default:
			vowels, consonants = 0, consonants+1
			if r < 'a' || r > 'z' && r < cyrillicFirst || r >= cyrillicEnd {
				return false
			}
		}
		if n++; vowels > 3 || consonants > 4 || n == 3 && consonants == 3 && word[0] != 's' {
			return false
		}
	}
	return seen && n > 1
}
