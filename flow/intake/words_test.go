package intake_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/core/catalog"
	"sauda/flow/intake"
	"sauda/gear/db/dbtest"
	"sauda/gear/i18n"
)

// What rows are refused for is said in each language, with no sentence left over from another.
func TestTheFileOfErrorsSpeaks(t *testing.T) {
	body := "sku,name,price,origin,stock,image\n" +
		"a,Шай,5,Narnia,,\n" +
		"b,Нан,дорого,,,\n" +
		strings.Repeat("x", catalog.CodeMax+1) + ",Бал,5,,,\n" +
		"c,Құрт,5,,,ftp://a.example/b.jpg\n"
	for lang, want := range map[string][]string{
		"kk": {"жол", "нәтиже", "қалай түзетуге болады", "қабылданбады", "қысқартылды", "Мұндай ел коды жоқ.", "Бұл сома емес.",
			"Көрінетін таңбалардан тұратын мән жазыңыз, таңба саны ең көбі: 100.", "https:// деп басталатын мекенжай жазыңыз, таңба саны ең көбі: 1000."},
		"ru": {"строка", "итог", "как исправить", "не принято", "урезано", "Такого кода страны нет.", "Это не сумма.",
			"Используйте только видимые знаки, не больше: 100."},
		"en": {"row", "verdict", "hint", "refused", "trimmed", "There is no such country code.", "It is no amount.",
			"Use only characters that can be seen, at most 100."},
		"": {"жол", "қабылданбады"}, // Kazakh is the language of the house.
	} {
		t.Run("in "+lang, func(t *testing.T) {
			s := dbtest.SQLite(t, schemas)
			shop(t, s)
			errs := filepath.Join(t.TempDir(), "e.csv")
			_, err := intake.Run(t.Context(), s.Store, written(t, "a.csv", body), intake.Plan{Format: intake.CSV, Errors: errs, Speak: lang})
			if err != nil {
				t.Fatal(err)
			}
			file, err := os.ReadFile(errs)
			if err != nil {
				t.Fatal(err)
			}
			records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(file), "\ufeff"))).ReadAll()
			if err != nil || len(records) != 5 {
				t.Fatalf("%d records, %v", len(records), err)
			}
			said := slices.Concat(records...)
			for _, w := range want {
				if !slices.ContainsFunc(said, func(cell string) bool { return strings.HasSuffix(cell, w) }) {
					t.Errorf("%q is not in\n%s", w, file)
				}
			}
			if strings.ContainsAny(string(file), "{}") {
				t.Errorf("a value is missing in\n%s", file)
			}
		})
	}
}

// What the catalogue refuses is said in its own words: of the whole row, of a field in which a fault was found, and of a
// field about which a verb wrote a sentence.
func TestTheCatalogueIsQuoted(t *testing.T) {
	field := fault.Found("/variants/0/gtin", ident.ErrGTIN)
	written := fault.Say("Use small Latin letters, digits and hyphens, at most {n}.").With("n", 120).At("/slug")
	for lang, want := range map[string][]string{
		"kk": {"Бұл артикул", "Штрихкод нөмірін", "Кіші латын әріптерін, цифрларды және дефисті пайдаланыңыз. Таңбалардың ең көп саны: 120."},
		"ru": {"Такой артикул", "Проверьте номер штрихкода", "Используйте строчные латинские буквы, цифры и дефисы. Наибольшее число символов: 120."},
		"en": {"Another product", "Check the bar code", "Use small Latin letters, digits and hyphens, at most 120."},
	} {
		for i, f := range []intake.Flaw{
			{Refusal: catalog.ErrSKUTaken.About("a")}, {Refusal: catalog.ErrInvalid.Fields(field), In: field}, {Refusal: catalog.ErrInvalid.Fields(written), In: written},
		} {
			if reason, hint := f.Say(lang); !strings.HasPrefix(hint, want[i]) || reason == "" {
				t.Errorf("%s: %q %q", lang, reason, hint)
			}
		}
	}
}

// TestEveryTextIsThereAndUsed: what rows are refused for has its texts in all languages, and no text is left over.
func TestEveryTextIsThereAndUsed(t *testing.T) {
	for _, wrong := range i18n.Check("intake.", i18n.TerminalLanguages...) {
		t.Error(wrong)
	}
	used := map[string]bool{"intake.catalogue": true}
	names := []string{"gtin", "origin", "hs", "ntin"} // Fields that checked refuses by their own name.
	asked := regexp.MustCompile(`(?:\.(?:refuse|trim|mend)|refusedItem)\([^,]+, "([a-z_]+)"|\blost\("([a-z_]+)"`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(source), -1) {
			names = append(names, m[1]+m[2])
		}
	}
	if len(names) < 30 {
		t.Errorf("only these are asked for: %v", names)
	}
	for _, name := range names {
		used["intake.wrong."+name+".reason"], used["intake.wrong."+name+".hint"] = true, true
	}
	for _, column := range []string{"row", "id", "field", "verdict", "reason", "hint", "value"} {
		used["intake.column."+column] = true
	}
	used["intake.verdict."+string(intake.Mended)] = true
	used["intake.verdict."+string(intake.Refused)], used["intake.verdict."+string(intake.Trimmed)] = true, true
	for id := range used {
		if !i18n.Has("kk", id) {
			t.Errorf("%s is asked for and has no text", id)
		}
	}
	for _, id := range i18n.Unused("intake.", used) {
		t.Errorf("%s is asked for nowhere", id)
	}
}
