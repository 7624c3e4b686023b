package analysis

import (
	"strings"
	"unicode/utf8"
)

// soundRunesMin is the length from which on a word is looked up by its sound; shorter ones sound like too many others.
const soundRunesMin = 3

// cyrillicSounds are what letters sound like, by the letter minus cyrillicFirst; signs that have no sound give "".
var cyrillicSounds = func() (sounds [cyrillicEnd - cyrillicFirst]string) {
	for _, group := range strings.Fields("а:a ә:a б:b в:v г:g ғ:g д:d е:e э:e ё:e ж:j з:z и:i і:i й:i ы:i к:k қ:k л:l м:m н:n ң:n " +
		"о:o ө:o п:p р:r с:s т:t у:u ұ:u ү:u ф:f х:h һ:h ц:ts ч:ch ш:sh щ:sh ю:iu я:ia") {
		letter, heard, _ := strings.Cut(group, ":")
		r, _ := utf8.DecodeRuneInString(letter)
		sounds[r-cyrillicFirst] = heard
	}
	return sounds
}()

// latinSounds writes a Latin word by its sounds. What is longer comes first.
var latinSounds = strings.NewReplacer(
	"sch", "sh", "shch", "sh", "sh", "sh", "ş", "sh", "ch", "ch", "ç", "ch", "zh", "j", "kh", "h", "gh", "g", "ph", "f", "th", "t", "ck", "k",
	"ce", "se", "ci", "si", "cy", "si", "c", "k", "q", "k", "x", "ks", "w", "v", "oo", "u", "ee", "i",
	"ya", "ia", "yu", "iu", "y", "i", "ı", "i", "ä", "a", "á", "a", "é", "e", "ğ", "g", "ǵ", "g", "ñ", "n", "ŋ", "n", "ń", "n",
	"ö", "o", "ó", "o", "ü", "u", "ū", "u", "ú", "u", "ý", "u",
)

// sound gives the term for what a word sounds like, the same for both scripts: самсунг and samsung, кітап and kitap.
// Double letters count once. It gives "" for a word that is too short, or in another script.
func sound(word string) string {
	if utf8.RuneCountInString(word) < soundRunesMin {
		return ""
	}
	var heard string
	switch natureOf(word) {
	case latin:
		heard = latinSounds.Replace(word)
	case cyrillic:
		var b strings.Builder
		for _, r := range word {
			b.WriteString(cyrillicSounds[r-cyrillicFirst])
		}
		heard = b.String()
	default:
		return ""
	}
	out := make([]byte, 1, len(heard)+1)
	out[0] = soundMark
	for i := range len(heard) {
		if heard[i] >= utf8.RuneSelf {
			return "" // A letter of another Latin alphabet.
		}
		if heard[i] != out[len(out)-1] {
			out = append(out, heard[i])
		}
	}
	if len(out) <= soundRunesMin-1 {
		return ""
	}
	return string(out)
}

// latinKazakh are the letters of the Kazakh Latin alphabet of 2021, with the acute ones of 2018 and the pairs of letters
// that people write where their keyboard has no others. The second column of a letter is for words with back vowels.
var latinKazakh = strings.NewReplacer(
	"shch", "щ", "sh", "ш", "ch", "ч", "zh", "ж", "kh", "х", "gh", "ғ", "ya", "я", "yu", "ю", "ia", "ия",
	"a", "а", "ä", "ә", "á", "ә", "b", "б", "v", "в", "w", "у", "g", "г", "ğ", "ғ", "ǵ", "ғ", "d", "д", "e", "е", "j", "ж", "z", "з",
	"i", "и", "ı", "і", "k", "к", "q", "қ", "l", "л", "m", "м", "n", "н", "ñ", "ң", "ŋ", "ң", "ń", "ң", "o", "о", "ö", "ө", "ó", "ө",
	"p", "п", "r", "р", "s", "с", "t", "т", "u", "у", "ū", "ұ", "ü", "ү", "ú", "ү", "ý", "у", "f", "ф", "h", "х", "ş", "ш", "y", "ы",
	"c", "к", "x", "кс",
)

// latinKazakhOnly are letters that show a word to be Kazakh in Latin letters.
const latinKazakhOnly = "äáğǵıñŋńöóūüúýşqń"

// cyrillicReadings gives the Cyrillic words that a Latin word may stand for: letter by letter as the alphabet of 2021 has
// it, and as it is written in haste, with i for і. There are none for a word with letters of other alphabets.
func cyrillicReadings(word string) (readings [2]string) {
	strict := latinKazakh.Replace(word)
	if natureOf(strict) != cyrillic {
		return readings
	}
	readings[0] = strict
	if strings.ContainsRune(strict, 'и') {
		readings[1] = strings.ReplaceAll(strict, "и", "і")
	}
	return readings
}
