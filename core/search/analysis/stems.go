package analysis

import (
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
)

// russianStem gives the stem of a Russian word in small letters, by Snowball.
func russianStem(word string) string {
	env := snowballstem.NewEnv(word)
	russian.Stem(env)
	return env.Current()
}

// englishStem gives the stem of an English word in small letters, by Snowball. Words with other letters stay.
func englishStem(word string) string {
	for i := range len(word) {
		if word[i] >= 0x80 {
			return word
		}
	}
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	return env.Current()
}

// Languages as they are asked for and guessed.
const (
	kazakhLanguage  = "kk"
	russianLanguage = "ru"
	englishLanguage = "en"
)

// russianOnly are endings that a Russian word has and a Kazakh one has not.
var russianOnly = []string{"ый", "ий", "ая", "яя", "ое", "ее", "ые", "ие", "ого", "его", "ому", "ему", "ых", "их", "ыми", "ими", "ть", "ться", "ов", "ев", "ами", "ями", "ах", "ях", "ость"}

// languageOf guesses the language of a Cyrillic word by its letters and its end; "" where it may be either.
func languageOf(word string) string {
	if strings.IndexFunc(word, kazakhOnly) >= 0 {
		return kazakhLanguage
	}
	if strings.ContainsAny(word, "щъэ") {
		return russianLanguage
	}
	for _, ending := range russianOnly {
		if strings.HasSuffix(word, ending) {
			return russianLanguage
		}
	}
	return ""
}

// stem is what a word may be a form of.
type stem struct {
	text, language string
	folded, second bool // Of a word typed in Russian letters; not the surest stem of its language.
}

// stems gives what a word may be a form of, at most five, without the word itself. A Cyrillic word without a letter that
// only Kazakh has is taken as Kazakh, as Russian, and as Kazakh in Russian letters.
func stems(word string, n nature) (all []stem) {
	add := func(s stem) {
		if s.text == word || s.text == "" {
			return
		}
		for _, known := range all {
			if known.text == s.text {
				return
			}
		}
		all = append(all, s)
	}
	switch n {
	case latin:
		add(stem{text: englishStem(word), language: englishLanguage})
	case cyrillic:
		guess := languageOf(word)
		if guess != kazakhLanguage {
			add(stem{text: russianStem(word), language: russianLanguage})
		}
		if guess == russianLanguage {
			return all
		}
		first, second := kazakhStems(word, false)
		add(stem{text: first, language: kazakhLanguage})
		add(stem{text: second, language: kazakhLanguage, second: true})
		if guess == "" {
			folded, _ := kazakhStems(word, true)
			add(stem{text: folded, language: kazakhLanguage, folded: true})
		}
	}
	return all
}
