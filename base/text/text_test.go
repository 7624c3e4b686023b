package text_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"sauda/base/fault"
	"sauda/base/text"
)

func TestIn(t *testing.T) {
	all := text.Localized{"kk": "қ", "ru": "р", "en": "e", "zh": "中"}
	for _, c := range []struct {
		l          text.Localized
		lang, want string
	}{
		{all, "kk", "қ"}, {all, "kk-Cyrl-KZ", "қ"}, {all, "KK", "қ"}, {all, "zh_Hans", "中"}, {all, "de", "e"}, {all, "", "e"},
		{text.Localized{"ru": "р", "en": "e"}, "kk", "р"},
		{text.Localized{"kk": "қ", "zh": "中"}, "ru", "қ"},
		{text.Localized{"kk": "қ", "ru": "р"}, "zh", "р"},
		{text.Localized{"ru": "р", "kk": ""}, "kk", "р"},
		{text.Localized{"uz": "u", "fr": "f"}, "kk", "f"},
		{text.Localized{"kk-Latn": "l", "kk": "қ"}, "kk-Latn-KZ", "l"},
		{text.Localized{}, "kk", ""},
		{nil, "kk", ""},
	} {
		if got := c.l.In(c.lang); got != c.want {
			t.Errorf("%v in %q is %q, want %q", c.l, c.lang, got, c.want)
		}
	}
	if s, in := (text.Localized{"ru": "р"}).Find("kk"); s != "р" || in != "ru" {
		t.Errorf("found %q in %q", s, in)
	}
}

func TestCheck(t *testing.T) {
	if err := (text.Localized{"kk": "қазақ", "kk-Latn": "qazaq", "zh-Hant": ""}).Check(5); err != nil {
		t.Error(err)
	}
	err := text.Localized{"kk": "қазақша", "Kaz": "a", "en": "a\x00", "a/b": "c"}.Check(5)
	var got []string
	for _, f := range fault.FieldsOf(err) {
		got = append(got, f.Pointer+" "+f.Code)
	}
	want := []string{"/Kaz text.language", "/a~1b text.language", "/en text.control", "/kk text.too_long"}
	if !slices.Equal(got, want) || !errors.Is(err, text.ErrLanguage) {
		t.Errorf("got %q, %v", got, err)
	}
	if err := (text.Localized{"kk": ""}).CheckFilled(5); !errors.Is(err, text.ErrEmpty) {
		t.Errorf("an empty text is filled: %v", err)
	}
	if err := (text.Localized{"kk": "а"}).CheckFilled(5); err != nil {
		t.Error(err)
	}
	for _, tag := range []string{"", "und", "KK", "kk_KZ", "qazaqsha", strings.Repeat("a", 40)} {
		if text.ValidLanguage(tag) {
			t.Errorf("%q is a language", tag)
		}
	}
}

func TestLocalizedComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := text.Localized(rapid.MapOf(rapid.SampledFrom([]string{"kk", "ru", "en", "zh", "de", "kk-Latn"}), rapid.String()).Draw(t, "texts"))
		value, err := l.Value()
		if err != nil {
			t.Fatal(err)
		}
		again, _ := text.Localized(maps.Clone(l)).Value()
		if value != again {
			t.Fatalf("%v is stored as %s and as %s", l, value, again)
		}
		var back text.Localized
		if err := back.Scan([]byte(value.(string))); err != nil || !maps.Equal(back, l) {
			t.Fatalf("%v came back as %v, %v", l, back, err)
		}
		lang := rapid.SampledFrom([]string{"kk", "ru", "en", "zh", "tr"}).Draw(t, "lang")
		if (l.In(lang) == "") != l.IsEmpty() {
			t.Fatalf("%v in %s is %q", l, lang, l.In(lang))
		}
	})
}

func TestScan(t *testing.T) {
	l := text.Localized{"kk": "бұрынғы"}
	for _, none := range []any{nil, "", []byte{}, "null"} {
		if err := l.Scan(none); err != nil || len(l) != 0 {
			t.Errorf("%v is %v, %v", none, l, err)
		}
	}
	for _, bad := range []any{5, "{", `{"kk":5}`, "[]"} {
		if err := l.Scan(bad); !errors.Is(err, text.ErrStored) {
			t.Errorf("%v is %v, %v", bad, l, err)
		}
	}
	if value, err := text.Localized(nil).Value(); err != nil || value != "{}" {
		t.Errorf("nothing is stored as %v, %v", value, err)
	}
}

func TestCleaned(t *testing.T) {
	got, err := text.Localized{"kk": " сөз ", "ru": "  "}.Cleaned()
	if err != nil || !maps.Equal(got, text.Localized{"kk": "сөз"}) {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := (text.Localized{"kk": "\x00"}).Cleaned(); !errors.Is(err, text.ErrControl) {
		t.Errorf("got %v", err)
	}
}

func TestClean(t *testing.T) {
	for s, want := range map[string]string{
		"  сөз\u00a0": "сөз", "и\u0306": "й", "a\r\nb\rc": "a\nb\nc", "a\tb": "a\tb", "👨\u200d👩": "👨\u200d👩", "": "", " \n": "",
	} {
		if got, err := text.Clean(s); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", s, got, err, want)
		}
	}
	if got := text.Seen("қазақша\t\x1b[31m\u202ea\xff\x00b\n🫖"); got != "қазақша\t [31m a  b\n🫖" || text.Seen("a b") != "a b" {
		t.Errorf("seen is %q", got)
	}
	for _, bad := range []string{"a\x00", "\x1b[31m", "\x7f", "a\u202eb", "\u2066", "\ufeffa", "\ufffe", "\U0001ffff", "\xff", "\u0085"} {
		if got, err := text.Clean(bad); !errors.Is(err, text.ErrControl) {
			t.Errorf("%q is %q, %v", bad, got, err)
		}
	}
}

func TestLimit(t *testing.T) {
	err := text.Limit("қазақша", 6)
	if !errors.Is(err, text.ErrTooLong) || fault.ParamsOf(err)["max"] != int64(6) || fault.ParamsOf(err)["length"] != int64(7) {
		t.Errorf("%v, %v", err, fault.ParamsOf(err))
	}
	if text.Limit("қазақша", 7) != nil || text.Fits("a\x00", 5) == nil {
		t.Error("limits are wrong")
	}
}

func TestFold(t *testing.T) {
	for a, b := range map[string]string{
		"ҚАЗАҚ": "қазақ", "И\u0306ОД": "йод", "  два   слова ": "Два Слова", "STRASSE": "straße", "Ὀδυσσεύς": "ὀδυσσεύσ", "ABC": "abc", "a\tB": "a b", "": " ",
	} {
		if text.Fold(a) != text.Fold(b) {
			t.Errorf("%q folds to %q, and %q to %q", a, text.Fold(a), b, text.Fold(b))
		}
	}
}

func TestFoldSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if once := text.Fold(s); text.Fold(once) != once || !norm.NFC.IsNormalString(once) {
			t.Fatalf("%q folds to %q and then to %q", s, once, text.Fold(once))
		}
	})
}

func TestSlug(t *testing.T) {
	for s, want := range map[string]string{
		"Қазақстан Республикасы":     "qazaqstan-respublikasy",
		"Жүн шұлық, №5":              "zhun-shulyq-no5",
		"Щётка для обуви":            "schyotka-dlya-obuvi",
		"Café «Été» 100% — déjà vu!": "cafe-ete-100-deja-vu",
		"O'zbek sozi":                "ozbek-sozi",
		"Объектив 50mm f/1.8":        "obektiv-50mm-f-1-8",
		"手机":                         "",
		"手机 iPhone 15":               "iphone-15",
		"--a--b--":                   "a-b",
		"":                           "",
		"Ｆｕｌｌ ½":                     "full",
		"Straße Øre":                 "strasse-ore",
		"İstanbul ılık":              "istanbul-ilik",
		strings.Repeat("sөz ", 50):   strings.TrimSuffix(strings.Repeat("soz-", 20), "-"),
		strings.Repeat("х", 100):     strings.Repeat("h", 80),
		"Әәә Ғ Қ Ң Ө Ұ Ү Һ І":        "aaa-g-q-n-o-u-u-h-i",
	} {
		if got := text.Slug(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}

func FuzzSlug(f *testing.F) {
	f.Add("Қазақстан 2026")
	f.Fuzz(func(t *testing.T, s string) {
		slug := text.Slug(s)
		if len(slug) > 80 || strings.HasPrefix(slug, "-") || strings.HasSuffix(slug, "-") || strings.Contains(slug, "--") {
			t.Fatalf("%q is %q", s, slug)
		}
		if strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || text.Slug(slug) != slug {
			t.Fatalf("%q is %q, which is %q", s, slug, text.Slug(slug))
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add(" a\r\n\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		cleaned, err := text.Clean(s)
		if err != nil {
			return
		}
		if again, err := text.Clean(cleaned); err != nil || again != cleaned || !utf8.ValidString(cleaned) {
			t.Fatalf("%q is %q, which is %q, %v", s, cleaned, again, err)
		}
		text.Fold(s)
	})
}

func TestCollate(t *testing.T) {
	for lang, words := range map[string][]string{
		"kk": {"ай", "әке", "бала", "гүл", "ғалым", "дәптер", "көз", "қала", "нан", "ңг", "орман", "өзен", "ұл", "үй", "хат", "ыдыс", "ілік"},
		"ru": {"арбуз", "ёлка", "ель", "жук", "йод", "кот", "яма"},
		"en": {"2 pens", "10 pens", "apple", "Apple", "banana"},
		"!!": {"a", "b"},
	} {
		order := text.Collate(lang)
		shuffled := slices.Clone(words)
		slices.Reverse(shuffled)
		slices.SortFunc(shuffled, order.Compare)
		if !slices.Equal(shuffled, words) {
			t.Errorf("%s: %q", lang, shuffled)
		}
		slices.Reverse(shuffled)
		slices.SortFunc(shuffled, func(a, b string) int { return bytes.Compare(order.Key(a), order.Key(b)) })
		if !slices.Equal(shuffled, words) {
			t.Errorf("keys of %s: %q", lang, shuffled)
		}
	}
}

func TestCollateByMany(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				if text.Collate("kk").Compare("әке", "бала") != -1 || len(text.Collate("kk").Key("әке")) == 0 {
					t.Error("the order was lost")
				}
			}
		})
	}
	all.Wait()
}

func TestJSON(t *testing.T) {
	var doc struct{ Body text.JSON }
	if err := json.Unmarshal([]byte(`{"Body":{"a":1}}`), &doc); err != nil || string(doc.Body) != `{"a":1}` {
		t.Fatalf("%s, %v", doc.Body, err)
	}
	if data, err := json.Marshal(doc); err != nil || string(data) != `{"Body":{"a":1}}` {
		t.Errorf("%s, %v", data, err)
	}
	if value, err := doc.Body.Value(); err != nil || value != `{"a":1}` {
		t.Errorf("%v, %v", value, err)
	}
	source := []byte(`[1]`)
	if err := doc.Body.Scan(source); err != nil {
		t.Fatal(err)
	}
	source[1] = '2'
	if string(doc.Body) != `[1]` {
		t.Error("the column is not a copy")
	}
	if err := doc.Body.Scan(nil); err != nil || doc.Body != nil {
		t.Errorf("NULL is %s, %v", doc.Body, err)
	}
	if err := doc.Body.Scan(5); !errors.Is(err, text.ErrStored) {
		t.Errorf("a number is %s, %v", doc.Body, err)
	}
	if data, err := json.Marshal(text.JSON(nil)); err != nil || string(data) != "null" {
		t.Errorf("%s, %v", data, err)
	}
}
