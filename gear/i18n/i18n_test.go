package i18n_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"sauda/base/fault"
	"sauda/gear/i18n"
)

var errGone = fault.New(fault.Gone, "i18n_test.gone", "Only {left} left.")

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestMain(m *testing.M) {
	err := i18n.Load(fstest.MapFS{
		"shop.kk.json": file(`{"t.items": {"one": "{count} тауар", "other": "{count} тауар"}, "t.city": "{city} қаласы", "fault.i18n_test.gone": "Қалғаны: {left}."}`),
		"shop.ru.json": file(`{"t.items": {"one": "{count} товар", "few": "{count} товара", "many": "{count} товаров", "other": "{count} товара"}, "t.city": "Город: {city}", "t.ru": "только здесь", "fault.i18n_test.gone": "Осталось: {left}."}`),
		"a/b.en.json":  file(`{"t.items": {"one": "{count} item", "other": "{count} items"}, "t.city": "{town}"}`),
		"shop.zh.json": file(`{"t.items": "{count} 件商品", "t.city": " ", "fault.i18n_test.gone": "只剩 {left} 件。"}`),
	})
	if err != nil {
		panic(err)
	}
	m.Run()
}

func TestTexts(t *testing.T) {
	for _, c := range []struct {
		lang, id string
		args     []any
		want     string
	}{
		{"ru", "t.items", []any{"count", 1}, "1 товар"},
		{"ru", "t.items", []any{"count", 22}, "22 товара"},
		{"ru", "t.items", []any{"count", int64(11)}, "11 товаров"},
		{"ru", "t.items", []any{"count", int64(9_000_000_000_000_021)}, "9000000000000021 товар"},
		{"ru", "t.items", nil, "{count} товара"},
		{"kk", "t.items", []any{"count", 5}, "5 тауар"},
		{"en", "t.items", []any{"count", 1}, "1 item"},
		{"en", "t.items", []any{"count", 0}, "0 items"},
		{"zh", "t.items", []any{"count", 3}, "3 件商品"},
		{"kk", "t.city", []any{"city", "Алматы {x}"}, "Алматы {x} қаласы"},
		{"en", "t.ru", nil, "только здесь"},
		{"de", "t.city", []any{"city", "Ақтау"}, "Ақтау қаласы"},
		{"kk", "t.nowhere", nil, "t.nowhere"},
	} {
		if got := i18n.T(c.lang, c.id, c.args...); got != c.want {
			t.Errorf("%s %s %v: %q, wanted %q", c.lang, c.id, c.args, got, c.want)
		}
	}
}

func TestFaultsAreSaidToPeople(t *testing.T) {
	err := errGone.With("left", 3)
	for lang, want := range map[string]string{"kk": "Қалғаны: 3.", "ru": "Осталось: 3.", "en": "Only {left} left.", "zh": "只剩 3 件。"} {
		if got := i18n.Fault(lang, err); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
	if got := i18n.Fault("ru", strings.NewReader("").UnreadByte()); !strings.HasPrefix(got, "У нас что-то") {
		t.Errorf("%q", got)
	}
	if i18n.Fault("kk", nil) != "" {
		t.Error("something is said of nothing")
	}
}

func TestFieldsAreSaidToPeople(t *testing.T) {
	long := fault.Say("Use at most {n} characters.").With("n", 20).At("/name")
	left := fault.Found("/lines/0", errGone.With("left", 3))
	for lang, want := range map[string][2]string{
		"kk": {"Таңбалардың ең көп саны: 20.", "Қалғаны: 3."}, "ru": {"Наибольшее число символов: 20.", "Осталось: 3."},
		"en": {"Use at most 20 characters.", "Only 3 left."}, "zh": {"最多 20 个字符。", "只剩 3 件。"},
	} {
		if got := i18n.Field(lang, long); got != want[0] {
			t.Errorf("a sentence in %s: %q", lang, got)
		}
		if got := i18n.Field(lang, left); got != want[1] {
			t.Errorf("a fault in %s: %q", lang, got)
		}
	}
	older := fault.Decode([]byte(`{"code":"i18n_test.gone","fields":[{"pointer":"/a","text":"Use fewer than {n}.","params":{"n":5}}]}`))
	if got := i18n.Field("kk", fault.FieldsOf(older)[0]); got != "Use fewer than 5." {
		t.Errorf("of a sentence that an older version stored: %q", got)
	}
}

func TestWhatIsWrongIsFound(t *testing.T) {
	found := strings.Join(i18n.Check("t.", "kk", "ru", "en", "zh"), "\n")
	for _, want := range []string{"t.ru has no text in kk", "t.city is empty in zh", "t.city names [town] in en and [city] in kk"} {
		if !strings.Contains(found, want) {
			t.Errorf("%q is not found in:\n%s", want, found)
		}
	}
	if strings.Contains(found, "t.items") {
		t.Error(found)
	}
	if got := i18n.Unused("t.", map[string]bool{"t.items": true, "t.city": true}); len(got) != 1 || got[0] != "t.ru" {
		t.Errorf("%v", got)
	}
	for name, text := range map[string]string{
		"x.de.json": `{"a":"b"}`, "x.kk.json": `{"a":"{b"}`, "y.kk.json": `{"a":{"one":"b"}}`, "z.kk.json": `{"a":{"other":"b","lots":"c"}}`,
		"w.kk.json": `{"t.city":"басқа"}`, "v.kk.json": `{"a":5}`, "u.kk.json": `[]`, "q.kk.json": `{"a":"{b c}"}`,
		"r.kk.json": `{"a":"b","a":"c"}`,
	} {
		if err := i18n.Load(fstest.MapFS{name: file(text)}); err == nil {
			t.Errorf("%s with %s was loaded", name, text)
		}
	}
}

func TestTheBestLanguageIsChosen(t *testing.T) {
	for accept, want := range map[string]string{
		"": "kk", "de": "kk", "ru-KZ,ru;q=0.9,en;q=0.8": "ru", "de, en;q=0.3, zh-CN;q=0.7": "zh", "en;q=0, ru;q=0.1": "ru",
		"ru;q=nonsense": "ru", "*": "kk", strings.Repeat("ru,", 500): "kk", "KK": "kk", "en; q=0.5, kk;q=0.5": "en",
	} {
		if got := i18n.Match(accept); got != want {
			t.Errorf("%.40q: %s, wanted %s", accept, got, want)
		}
	}
}

// What stands in a file for one language and not for another is found when faults are checked.
func TestFaultsWantAllTheirLanguages(t *testing.T) {
	for _, f := range fault.All() {
		for _, lang := range i18n.FaultLanguages {
			if !i18n.Has(lang, i18n.FaultPrefix+f.Code) {
				t.Errorf("%s has no text in %s", f.Code, lang)
			}
		}
	}
	if err := i18n.Load(fstest.MapFS{"late.kk.json": file(`{"fault.i18n_test.late": "Кеш."}`), "late.ru.json": file(`{"fault.i18n_test.late": "Поздно."}`)}); err != nil {
		t.Fatal(err)
	}
	found := strings.Join(i18n.CheckFaults(), "\n")
	for _, want := range []string{"fault.i18n_test.late has no text in zh", "fault.i18n_test.late is the text of no fault"} {
		if !strings.Contains(found, want) {
			t.Errorf("%q is not found in:\n%s", want, found)
		}
	}
}

func TestTheTerminalIsSpokenToInItsLanguage(t *testing.T) {
	for _, c := range []struct {
		all, messages, lang, want string
	}{
		{"", "", "", "kk"},
		{"", "", "ru_RU.UTF-8", "ru"},
		{"", "kk_KZ.UTF-8", "ru_RU.UTF-8", "kk"},
		{"en_US.UTF-8", "kk_KZ", "ru_RU", "en"},
		{"C.UTF-8", "", "kk_KZ.UTF-8", "en"},
		{"POSIX", "", "", "en"},
		{"", "", "de_DE.UTF-8", "en"},
		{"", "", "kk_KZ@latin", "kk"},
		{"", "", "RU-kz", "ru"},
	} {
		environment := map[string]string{"LC_ALL": c.all, "LC_MESSAGES": c.messages, "LANG": c.lang}
		if got := i18n.Locale(func(name string) string { return environment[name] }); got != c.want {
			t.Errorf("%v: %s, wanted %s", environment, got, c.want)
		}
	}
}
