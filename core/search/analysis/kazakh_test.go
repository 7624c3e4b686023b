package analysis

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestKazakhStem goes through the endings by the chapters of a grammar.
func TestKazakhStem(t *testing.T) {
	for _, c := range []struct{ chapter, stem, forms string }{
		{"cases behind a vowel", "бала", "баланың балаға баланы балада баладан баламен"},
		{"cases behind a front vowel", "кеме", "кеменің кемеге кемені кемеде кемеден кемемен"},
		{"cases behind a hard end", "сурет", "суреттің суретке суретті суретте суреттен суретпен"},
		{"cases behind a nasal", "шам", "шамның шамға шамды шамда шамнан шаммен"},
		{"cases behind з", "қыз", "қыздың қызға қызды қызда қыздан қызбен"},
		{"plural", "үй", "үйлер үйлердің үйлерге үйлерді үйлерде үйлерден үйлермен"},
		{"plural behind a nasal", "көйлек", "көйлектер көйлектерді көйлектермен"},
		{"the possessive of the third person", "телефон", "телефонның телефоны телефонын телефонына телефонында телефонынан телефонының телефонымен"},
		{"the possessive behind a vowel", "сөмке", "сөмкесі сөмкесін сөмкесіне сөмкесінде сөмкесінен сөмкесінің сөмкесімен"},
		{"our and your, of more than one", "дүкен", "дүкеніміз дүкеніңіз дүкендеріміздің дүкендеріңізге"},
		{"my, before the dative", "бөлме", "бөлмеме бөлмеңе"},
		{"what is there", "қала", "қаладағы қалалардағы қаласындағы"},
		{"like something", "тас", "тастай"},
		{"voiced between vowels", "көйлек", "көйлегі көйлегін көйлегіне көйлегім"},
		{"voiced between back vowels", "құлақ", "құлағы құлағын құлағына"},
		{"б is п again", "шкаф", "шкафты шкафқа шкафтар"},
		{"п again", "кітап", "кітабы кітабын кітабына кітаптар кітапты"},
		{"an elided vowel", "орын", "орны орнына орнында"},
		{"an elided vowel before қ", "халық", "халқы халқына халқының"},
		{"an elided vowel before з", "ауыз", "аузы аузына"},
		{"borrowed words", "банк", "банкке банкі банктер банктің"},
		{"borrowed with back vowels", "конкурс", "конкурсы конкурстар конкурсқа конкурстың"},
		{"a hyphen before an ending", "ҚР", "ҚР-дағы ҚР-да ҚР-ға"},
		{"the last of two", "әке-шеше", "әке-шешесін әке-шешенің"},
		{"tenses", "кел", "келді келген келеді келетін келмейді келмеген келіп келсе келгенше"},
		{"tenses of a back verb", "сат", "сатты сатқан сатады сататын сатпайды сатылды сатылған сатып сатса сату сатуға"},
		{"tenses behind a vowel", "таста", "тастады тастаған тастайды тастайтын тастамайды тасталды тастап тастау тастауға"},
		{"й and у together", "қой", "қою қоюға қояды қоятын"},
		{"a verb of two letters", "іш", "ішетін ішеді ішкен ішіп ішті ішу ішуге ішсе ішпейді ішпеген ішейік"},
		{"of two letters with back vowels", "ал", "алатын алады алған алып алды алу алмайды алмаған"},
		{"of two letters, voiced between vowels", "ек", "егетін егеді еккен егіп екті егу"},
		{"of two letters with a vowel at the end", "же", "жейтін жейді жеген"},
		{"nouns that look like them", "жең", "жеңдер жеңі жеңге"},
		{"verbs that lose ы", "тан", "таныған таныды танып таниды тану"},
	} {
		for _, form := range strings.Fields(c.forms) {
			if got := KazakhStem(form); got != c.stem {
				t.Errorf("%s: %s has the stem %q, want %q", c.chapter, form, got, c.stem)
			}
		}
	}
}

// TestKazakhWhole: words that only look inflected stay, and so does what breaks the laws of sounds.
func TestKazakhWhole(t *testing.T) {
	for _, word := range strings.Fields("аға жара бала кітап сабын алтын киім сауда баға нан сүт ет дастарқан көшбасшы қойшы сапалы " +
		"балақа кемеға суретда телефонке") {
		if got := KazakhStem(word); got != word {
			t.Errorf("%s was cut to %q", word, got)
		}
	}
	long := strings.Repeat("қала", 20) + "ның"
	for _, word := range []string{"", "а", "телефон1", "phone", "手机", long} {
		if got := KazakhStem(word); got != word {
			t.Errorf("%q was cut to %q", word, got)
		}
	}
}

// TestRoots: a word that is said to be whole is whole, in either spelling, and is found behind its own endings.
func TestRoots(t *testing.T) {
	n := 0
	for line := range strings.Lines(rootsText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, word := range strings.Fields(line) {
			n++
			if got := KazakhStem(word); got != word {
				t.Errorf("%s was cut to %s", word, got)
			}
			if got, _ := kazakhStems(fold(word), true); got != fold(word) {
				t.Errorf("%s was cut to %s", fold(word), got)
			}
			for _, ending := range []string{"лар", "лер", "дар", "дер", "тар", "тер"} {
				stem := []rune(word)
				e := []rune(ending)
				if h := harmonyOf(e[1]); agrees(stem, h) && pluralAgrees(endClass(stem), e[0]) {
					if got := KazakhStem(word + ending); got != word {
						t.Errorf("%s has the stem %s", word+ending, got)
					}
				}
			}
		}
	}
	if n < 50 {
		t.Errorf("%d roots", n)
	}
}

// pluralAgrees says whether the plural behind an end of this class begins with the letter.
func pluralAgrees(c class, first rune) bool {
	switch first {
	case 'л':
		return c&(vowelEnd|glideEnd) != 0
	case 'д':
		return c&(liquidEnd|nasalEnd|buzzEnd) != 0
	}
	return c&hardEnd != 0
}

// kazakhWord draws a word of Kazakh letters; most are no words of Kazakh.
var kazakhWord = rapid.StringMatching(`[абвгдежзиклмнопрстуфхцчшыьюяәғқңөұүһі]{1,14}(лар|лер|дың|ның|ға|ке|ты|сы|нда|дан|мен|ген|ып|ады)?`)

// TestKazakhStemProperties: a stem is never longer than its word by more than the one letter that had been elided, begins
// as its word does, and has a vowel if the word was cut.
func TestKazakhStemProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := kazakhWord.Draw(t, "word")
		first, second := kazakhStems(word, rapid.Bool().Draw(t, "folded"))
		for _, stem := range []string{first, second} {
			if stem == "" || stem == word {
				continue
			}
			w, s := []rune(word), []rune(stem)
			if len(s) > len(w) || len(s) < 2 || s[0] != w[0] || syllables(s) == 0 {
				t.Fatalf("%s has the stem %s", word, stem)
			}
		}
		if first == second {
			t.Fatalf("%s has %s twice", word, first)
		}
	})
}
