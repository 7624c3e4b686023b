package analysis

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// found gives, for each slot of a query, the surest alternative that a document has, and false if a slot has none.
func found(document, query, lang string) (by []Alternative, all bool) {
	has := map[string]bool{}
	for _, term := range Document(document) {
		has[term.Text] = true
	}
	slots := Query(query, lang)
	all = len(slots) > 0
	for _, s := range slots {
		at := slices.IndexFunc(s.Alternatives, func(a Alternative) bool { return has[a.Text] })
		if at < 0 {
			all = false
			continue
		}
		by = append(by, s.Alternatives[at])
	}
	return by, all
}

// TestFound: what a buyer types finds what a seller wrote, for the reason that is meant.
func TestFound(t *testing.T) {
	for _, c := range []struct {
		ability, document, query, lang string
		why                            Why
	}{
		{"the word itself", "Тоңазытқыш", "тоңазытқыш", "kk", Exact},
		{"Kazakh endings in the document", "Балаларға арналған кітаптар", "кітап", "kk", Exact},
		{"Kazakh endings in the query", "Көйлек", "көйлегі", "kk", ByStem},
		{"Kazakh endings on both sides", "Көйлектер", "көйлегім", "kk", ByStem},
		{"a possessive that may be none", "Телефон", "телефоным", "kk", ByStem},
		{"Russian endings", "Беспроводные наушники", "наушниками", "ru", ByStem},
		{"English endings", "Wireless headphones", "headphone", "en", ByStem},
		{"a Kazakh ending on a Russian word", "Қазақстан чемпионы", "чемпион", "", Exact},
		{"a Kazakh ending on a Latin word behind a hyphen", "iPhone-ға арналған қап", "iphone", "", Exact},
		{"a Kazakh ending on a Latin word without one", "Чехол", "чехол", "", Exact},
		{"a Latin word with an ending in the query", "iPhone", "iphone’ға", "", Exact},
		{"a brand with an ending", "Apple iPhone", "айфонды", "kk", ByTable},
		{"ё", "Надёжный шлем", "надежный", "ru", Exact},
		{"е for ё", "Надежный шлем", "надёжный", "ru", Exact},
		{"typed in Russian letters", "Үлкен тоңазытқыш", "улкен", "", Exact},
		{"an inflected word typed in Russian letters", "Қала картасы", "калага", "", ByFolding},
		{"written in Russian letters", "Улкен уй", "үлкен", "kk", ByFolding},
		{"Latin Kazakh of 2021", "Қызыл кітаптар", "kıtaptar", "", LatinKazakh},
		{"Latin Kazakh of 2021 with marks", "Үлкен үй", "ülken", "", LatinKazakh},
		{"Latin Kazakh in haste", "Кітап", "kitaptar", "", Translit},
		{"Russian in Latin letters", "Ноутбук", "noutbuk", "", Translit},
		{"a brand by its sound", "Samsung", "самсунг", "", ByTable},
		{"a brand by its sound without the table", "Rowenta", "ровента", "", Translit},
		{"a brand by the table", "Xiaomi Redmi", "шаоми", "", ByTable},
		{"a brand in Cyrillic letters", "Сяоми", "xiaomi", "", ByTable},
		{"the wrong layout", "Привет", "ghbdtn", "", Layout},
		{"the wrong layout, back", "iPhone", "шзрщту", "", Layout},
		{"the wrong layout around a hyphen", "WiFi", "цш-аш", "", Layout},
		{"the wrong layout with letters on points", "Любимый", "k.,bvsq", "", Layout},
		{"the wrong layout with a letter on a bracket", "Холодильник", "[jkjlbkmybr", "", Layout},
		{"the wrong Kazakh layout", "Қазан", "0fpfy", "", Layout},
		{"a Latin letter in a Cyrillic word", "Сауда", "\x63ауда", "", Exact},
		{"a Latin i in a Kazakh word", "Бір кітап", "б\x69р", "", Exact},
		{"a whole word of the other script", "XP", "хр", "", Lookalike},
		{"a unit without a gap", "Сүт 2 л", "2л", "", ByUnit},
		{"a unit with a gap", "Сүт 2л", "2 л", "", ByUnit},
		{"a unit in another language", "Milk 2 litres", "2 л", "", ByUnit},
		{"a unit of another size", "Вода 1,5 л", "1500 мл", "", ByUnit},
		{"a Kazakh unit", "2 литрлік шелек", "2 л", "", ByUnit},
		{"inches", "Телевизор 55\"", "55 дюйм", "", ByUnit},
		{"Chinese inches", "55英寸电视", "55\"", "", ByUnit},
		{"storage", "SSD 1,5 ТБ", "1500 gb", "", ByUnit},
		{"only the number", "Телевизор 55", "55 дюйм", "", Exact},
		{"a model with a gap", "Samsung RB37 A5491", "RB37A5491", "", Exact},
		{"a model without one", "Samsung RB37A5491", "a5491", "", Exact},
		{"a model with a hyphen", "Samsung RB37A5491", "rb37-a5491", "", ByModel},
		{"a model with Cyrillic letters", "Samsung A5491", "А5491", "", Exact},
		{"a name and a number", "iPhone 15", "iphone15", "", Exact},
		{"a name and a number in one", "iPhone15", "15", "", Exact},
		{"a Cyrillic name and a number in one", "iPhone 15", "айфон15", "", ByModel},
		{"two sizes", "Подушка 50х70", "50x70", "", Exact},
		{"two sizes with a sign", "Подушка 50×70", "50*70", "", ByModel},
		{"two sizes between gaps", "Подушка 50 × 70", "50х70", "", Exact},
		{"a hyphen left out", "Wi-Fi роутер", "wifi", "", Exact},
		{"a hyphen put in", "WiFi роутер", "wi-fi", "", ByModel},
		{"a hyphen between words", "Кресло-кровать", "кровать", "ru", Exact},
		{"an apostrophe", "Levi's", "levis", "en", Exact},
		{"Chinese", "苹果手机壳", "手机壳", "zh", Exact},
		{"one Chinese character", "手机壳", "壳", "zh", Exact},
		{"wide letters", "ＵＳＢ кабель", "usb", "", Exact},
		{"a soft hyphen", "холо\u00adдильник", "холодильник", "", Exact},
		{"square metres", "20 м²", "20 м2", "", ByUnit},
	} {
		by, all := found(c.document, c.query, c.lang)
		if !all {
			t.Errorf("%s: %q does not find %q; it looks for %v among %v", c.ability, c.query, c.document, Query(c.query, c.lang), Document(c.document))
			continue
		}
		if by[0].Why != c.why {
			t.Errorf("%s: %q finds %q by %+v, want %v", c.ability, c.query, c.document, by[0], c.why)
		}
	}
}

// TestNotFound: what only looks alike does not find each other.
func TestNotFound(t *testing.T) {
	for _, c := range []struct{ why, document, query string }{
		{"another unit", "Вода 2 кг", "3 л"},
		{"another number", "Вода 1,5 л", "15 мл"},
		{"binary storage is not decimal", "1024 гб", "1 тб"},
		{"another stem", "Балық", "бала"},
		{"a number of the next part", "Экран 32, A5 бумага", "32a5"},
		{"two in one is no voltage", "Шампунь 2 в 1", "2 вольт 5"},
		{"other Chinese", "手电筒", "手机"},
	} {
		if by, all := found(c.document, c.query, ""); all {
			t.Errorf("%s: %q finds %q by %v", c.why, c.query, c.document, by)
		}
	}
}

// TestLanguage: the language of the page settles which stem is worth more.
func TestLanguage(t *testing.T) {
	weight := func(lang, text string) int {
		for _, a := range Query("банкі", lang)[0].Alternatives {
			if a.Text == text {
				return a.Weight
			}
		}
		return 0
	}
	if kk, ru := weight("kk", "банк"), weight("ru", "банк"); kk <= ru || ru == 0 {
		t.Errorf("the Kazakh stem is worth %d on a Kazakh page, %d on a Russian one", kk, ru)
	}
}

// TestPrefix: while it is typed, a word is found by its beginning in other spellings too.
func TestPrefix(t *testing.T) {
	for _, c := range []struct{ typed, document string }{
		{"тоңаз", "Тоңазытқыш"}, {"тоназ", "Тоңазытқыш"}, {"tonaz", "Тоңазытқыш"}, {"njyfp", "Тоназ"}, {"шао", "Xiaomi"}, {"мобильный самс", "Samsung"},
		{"rb37-a5", "RB37 A5491"}, {"手", "手机"}, {"苹果手", "果手"}, {"кітаптары", "Кітап"}, {"55", "55 дюйм"},
	} {
		ok := false
		for _, a := range Prefix(c.typed) {
			for _, term := range Document(c.document) {
				ok = ok || strings.HasPrefix(term.Text, a.Text)
			}
		}
		if !ok {
			t.Errorf("%q does not find %q by %v", c.typed, c.document, Prefix(c.typed))
		}
	}
	for _, typed := range []string{"", "  ", "тоңаз ", "-", "55\""} {
		if got := Prefix(typed); got != nil {
			t.Errorf("%q is the beginning of %v", typed, got)
		}
	}
}

// TestDistance: long words forgive more, numbers nothing.
func TestDistance(t *testing.T) {
	for word, want := range map[string]int{
		"": 0, "нан": 0, "үтік": 1, "телефон": 1, "наушники": 2, "тоңазытқыш": 2, "rb37a5491": 0, "手机壳手机壳": 0, "=2000ml": 0, "~telefon": 0,
	} {
		if got := Distance(word); got != want {
			t.Errorf("%q may have %d slips, want %d", word, got, want)
		}
	}
}

// TestTokens: a text is cut where a reader would cut it.
func TestTokens(t *testing.T) {
	for text, want := range map[string]string{
		"iphone\u0493\u0430":                       "iphone", // With ға behind it.
		"iPhone-ға, ҚР-дағы":                       "iphone қр",
		"\u0430\u0431\u0432xyz\u0434\u0435\u0436q": "абв xyz деж q",
		"Levi’s o'zen":                             "levis ozen",
		"1,5 л 3.0. 2,":                            "1.5 л 3.0 2",
		"手机壳USB":                                   "手机壳 usb",
		"ЗА\u0301МОК":                              "замок",
		"a\x00b\xffc":                              "a b c",
		strings.Repeat("ж", 100):                   strings.Repeat("ж", WordRunesMax),
		"!?… — \u200b":                             "",
	} {
		var got []string
		for _, token := range tokensOf(text) {
			got = append(got, token.text)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q is cut to %q, want %q", text, s, want)
		}
	}
}

// TestUnitsExact: a quantity is a whole number of the smallest unit, or the exact fraction of it, and never rounded.
func TestUnitsExact(t *testing.T) {
	for text, want := range map[string]string{
		"1,5 л": "=1500ml", "0.25кг": "=250000mg", "1.0000005 кг": "=1000000.5mg", "15,6\"": "=15.6in", "0 вт": "=0w", "3,00 м": "=3000mm",
		"120 мин": "=120min", "2 сағат": "=120min", "2 часа": "=120min", "5 штук": "=5pc", "500 граммдық": "=500000mg", "100%": "=100%",
		"1234567890 кг": "", "1.2.3 кг": "", "2 в 1": "", "л": "", "42, в наличии": "", "2-литровый": "=2000ml", "12 друзей": "",
	} {
		got := ""
		for _, term := range Document(text) {
			if term.Kind == Unit {
				got = term.Text
			}
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// TestTables: every line of the tables is of use: a spelling is written as a query is read, stands once, and a unit is
// found by its name.
func TestTables(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range brandNames {
		if tokens := tokensOf(name); len(tokens) != 1 || tokens[0].text != name {
			t.Errorf("%q is read as %v", name, tokens)
		}
		if seen[name] || len(brands[name]) == 0 {
			t.Errorf("%q stands twice, or alone", name)
		}
		seen[name] = true
	}
	for name := range units {
		if u, ok := unitOf(name); !ok || u.factor <= 0 || u.base == "" {
			t.Errorf("%q is the unit %+v", name, u)
		}
	}
}

// TestSlots: slots say where they stand, and compounds are one.
func TestSlots(t *testing.T) {
	query := "Samsung RB37-A5491, 2 л — 55″ wi-fi 手机壳"
	var words []string
	for _, s := range Query(query, "") {
		words = append(words, s.Word)
		if s.Alternatives[0].Weight != 1000 {
			t.Errorf("the surest of %q is worth %d", s.Word, s.Alternatives[0].Weight)
		}
	}
	if got, want := strings.Join(words, "|"), "Samsung|RB37-A5491|2 л|55″|wi-fi|手机|机壳"; got != want {
		t.Errorf("slots are %s, want %s", got, want)
	}
	if got := Query("рубашка", "ru"); query[0] != 'S' || got[0].Start != 0 || got[0].End != len("рубашка") {
		t.Errorf("a word stands at %d to %d", got[0].Start, got[0].End)
	}
}

// messy draws texts as people write them, and some that nobody writes.
var messy = rapid.Custom(func(t *rapid.T) string {
	pieces := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom(strings.Split("Samsung|RB37|A5491|rb37-a5491|тоңазытқыштар|iPhone-ға|айфонды|2|л|55\"|1,5|ТБ|wi-fi|手机壳|Levi's|кресло-кровать|50х70|4K|в|1|ghbdtn|k.,bvsq|0fpfy|cауда|й|м²|㎡|ﬁ|İ|ß|о̄|%|№ 5|10%|…|\u200d|5G|USB-C 3.0", "|")),
		kazakhWord, rapid.StringN(0, 8, -1)), 1, 8).Draw(t, "pieces")
	return strings.Join(pieces, rapid.SampledFrom([]string{" ", " ", " ", "-", ", ", "", "/"}).Draw(t, "gap"))
})

// TestAgree: whatever stands in a document, it finds itself: the whole text, and each of its words alone.
func TestAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := messy.Draw(t, "text")
		slots := Query(text, rapid.SampledFrom([]string{"", "kk", "ru", "en", "zh"}).Draw(t, "lang"))
		if len(slots) == SlotsMax || utf8.RuneCountInString(text) > QueryRunesMax {
			return // The rest was cut.
		}
		queries := []string{text}
		for _, s := range slots {
			queries = append(queries, s.Word)
		}
		for _, q := range queries {
			if len(Query(q, "")) == 0 {
				continue
			}
			if _, all := found(text, q, ""); !all {
				t.Fatalf("%q does not find %q: %v among %v", q, text, Query(q, ""), Document(text))
			}
		}
	})
}

// TestSpellings: capitals and decomposed letters change nothing.
func TestSpellings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(kazakhWord, 1, 4).Draw(t, "words"), " ")
		want := Document(text)
		for _, same := range []string{strings.ToUpper(text), norm.NFD.String(text), "\u200b" + text} {
			if got := Document(same); !slices.Equal(got, want) {
				t.Fatalf("%q gives %v, and %q gives %v", same, got, text, want)
			}
		}
		if folded := fold(text); fold(folded) != folded {
			t.Fatalf("%q is folded to %q, and that to %q", text, folded, fold(folded))
		}
	})
}

// FuzzAnalysis: no text, however odd or long, breaks the limits.
func FuzzAnalysis(f *testing.F) {
	for _, seed := range []string{"", "2 л", "k.,bvsq", "rb37-a5491", "手机壳 55″", "\xff\xfe", "cауда", strings.Repeat("аb", 5000), strings.Repeat("1.", 5000),
		strings.Repeat("а-", 5000), strings.Repeat("́", 10000), strings.Repeat("手", 10000), "o'zen’ʼ", "999999999999 тб", "0.000000001 ггц", "1..5 л"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		slots := Query(text, "")
		if len(slots) > SlotsMax {
			t.Fatalf("%d slots", len(slots))
		}
		for i, s := range slots {
			if s.Start < 0 || s.End > len(text) || s.Start >= s.End || len(s.Alternatives) == 0 || len(s.Alternatives) > alternativesMax {
				t.Fatalf("slot %+v of %q", s, text)
			}
			if i > 0 && s.Start < slots[i-1].Start {
				t.Fatalf("slot %+v comes behind %+v", s, slots[i-1])
			}
			for j, a := range s.Alternatives {
				if a.Text == "" || a.Weight <= 0 || a.Weight > 1000 || j > 0 && a.Weight > s.Alternatives[j-1].Weight {
					t.Fatalf("alternative %d of %+v", j, s)
				}
			}
		}
		last := 0
		for _, term := range Document(text) {
			if term.Text == "" || term.Position < last || term.Position > last+1 {
				t.Fatalf("term %+v behind position %d", term, last)
			}
			last = term.Position
		}
		for _, a := range Prefix(text) {
			if a.Text == "" || a.Weight <= 0 {
				t.Fatalf("a beginning %+v", a)
			}
		}
	})
}

// TestKnown: the memory of words is shared by many, begins anew when it is full, and changes no answer.
func TestKnown(t *testing.T) {
	want := Document("Балаларға арналған кітаптар")
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for j := range wordsKept {
				Document(strconv.Itoa(i*wordsKept + j))
			}
			if got := Document("Балаларға арналған кітаптар"); !slices.Equal(got, want) {
				t.Errorf("%v, and before it was %v", got, want)
			}
		})
	}
	all.Wait()
	if n := len(known.terms); n > wordsKept {
		t.Errorf("%d words are kept", n)
	}
}
