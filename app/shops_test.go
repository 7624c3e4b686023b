package app_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"sauda/app/apptest"
	"sauda/core/catalog"
	"sauda/core/search"
	"sauda/flow/intake"
	"sauda/gear/db"
)

// shelves are the tables of real shops in ../shared/data/kz-shops, and the categories under which their goods are brought in.
var shelves = map[string]string{
	"TV": "Телевизоры", "cleaners": "Пылесосы", "dishwashers": "Посудомоечные машины", "fridges": "Холодильники", "laptops": "Ноутбуки",
	"watches": "Смарт-часы",
}

// wished are queries over these goods, written before anybody looked at what is found, and the names of what was meant. What has
// another name is wrong.
var wished = map[string][]struct{ words, meant string }{
	"kk": {
		{"самсунг теледидары", `Телевизор.*SAMSUNG`}, {"сони теледидарлары", `Телевизор.*SONY`}, {"lg теледидар", `Телевизор.*LG`},
		{"тоңазытқыш", `Холодильник`}, {"тоңазытқыштар самсунг", `Холодильник.*SAMSUNG`}, {"бош тоңазытқышы", `Холодильник.*BOSCH`},
		{"тоназыткыш атлант", `Холодильник.*ATLANT`}, {"шаңсорғыш", `Пылесос`}, {"шаңсорғышты bosch", `Пылесос.*BOSCH`},
		{"шансоргыш филипс", `Пылесос.*PHILIPS`}, {"ыдыс жуғыш машина", `Посудомоечная`}, {"ыдыс жуғыш hansa", `Посудомоечная.*HANSA`},
		{"ақылды сағат", `Смарт часы`}, {"ақылды сағаттар xiaomi", `Смарт часы.*XIAOMI`}, {"леново ноутбугі", `(?i)lenovo`},
		{"ноутбуктар асер", `(?i)acer`}, {"apple ноутбугы", `Apple`}, {"samsung-ның тоңазытқышы", `Холодильник.*SAMSUNG`},
	},
	"ru": {
		{"телевизор самсунг", `Телевизор.*SAMSUNG`}, {"телевизоры sony", `Телевизор.*SONY`}, {"телек lg", `Телевизор.*LG`}, {"холодильник элджи", `Холодильник.*LG`},
		{"холодильники атлант", `Холодильник.*ATLANT`}, {"купить холодильник бирюса", `Холодильник.*БИРЮСА`}, {"пылесосы филипс", `Пылесос.*PHILIPS`},
		{"пылесос miele", `Пылесос.*MIELE`}, {"посудомойка бош", `Посудомоечная.*BOSCH`}, {"посудомоечную машину электролюкс", `Посудомоечная.*ELECTROLUX`},
		{"смарт-часы хуавей", `Смарт часы.*HUAWEI`}, {"умные часы самсунг", `Смарт часы.*SAMSUNG`}, {"ноутбук делл", `(?i)dell`},
		{"ноутбуки lenovo ideapad", `(?i)lenovo.*ideapad`}, {"макбук", `(?i)macbook`}, {"ноутбук асус", `(?i)asus`},
	},
	"mixed": {
		{"ntktdbpjh cfvceyu", `Телевизор.*SAMSUNG`}, {"[jkjlbkmybr lg", `Холодильник.*LG`}, {"RB37A5491EL", `RB 37 A5491EL`}, {"rb-37 a5491el", `RB 37 A5491EL`},
		{"телевзор sony", `Телевизор.*SONY`}, {"холодилник bosch", `Холодильник.*BOSCH`}, {"пылисос lg", `Пылесос.*LG`}, {"macbok pro", `(?i)macbook pro`},
		{"televizor samsung", `Телевизор.*SAMSUNG`}, {"lenovo-ны ideapad", `(?i)lenovo.*ideapad`}, {"dyson шаңсорғыш", `Пылесос.*DYSON`}, {"samsyng teledidar", `Телевизор.*SAMSUNG`},
	},
}

// namesIn reads the names of the goods of a table.
func namesIn(t *testing.T, file string) (names []string) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(body))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := max(slices.Index(rows[0], "Name"), 0)
	for _, row := range rows[1:] {
		names = append(names, row[min(at, len(row)-1)])
	}
	return names
}

// TestRealShopsAreSearched brings the tables in and asks for their goods in Kazakh, in Russian, and mistyped: so much of the first ten
// is what was meant, as NDCG@10 of yes and no.
func TestRealShopsAreSearched(t *testing.T) {
	h := apptest.Open(t, db.SQLite)
	var goods []string // Goods are the names of all.
	for _, name := range slices.Sorted(maps.Keys(shelves)) {
		plan := intake.Plan{Format: intake.CSV, Category: shelves[name], Map: map[string]string{"rating": "-"}, Errors: filepath.Join(t.TempDir(), "errors.csv")}
		if name == "laptops" {
			plan.Map = map[string]string{"Mark": "brand"}
		}
		file := filepath.Join("../../shared/data/kz-shops", name+".csv")
		report, err := intake.Run(t.Context(), h.Store, file, plan)
		if err != nil || report.Added < 20 {
			t.Fatalf("%s: %+v %v", name, report, err)
		}
		goods = append(goods, namesIn(t, file)...)
	}
	h.Settled(t)
	if err := h.Search.Catch(context.Background()); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{} // By the ids of the products.
	nameOf := func(id string) string {
		if names[id] == "" {
			h.Look(t, func(tx *db.Tx) error {
				p, err := catalog.Get(tx, catalog.ProductID(id))
				names[id] = p.Name.In("ru")
				return err
			})
		}
		return names[id]
	}
	for group, least := range map[string]float64{"kk": 0.95, "ru": 0.95, "mixed": 0.9} {
		var sum float64
		for _, w := range wished[group] {
			found, err := h.Search.Ask(search.Question{Words: w.words, Lang: map[string]string{"kk": "kk"}[group], Limit: 10})
			if err != nil {
				t.Fatalf("%s: %v", w.words, err)
			}
			meant, got, best := regexp.MustCompile(w.meant), 0.0, 0.0
			for i, hit := range found.Hits {
				if meant.MatchString(nameOf(hit.ID)) {
					got += 1 / math.Log2(float64(i)+2)
				}
			}
			there := slices.DeleteFunc(slices.Clone(goods), func(name string) bool { return !meant.MatchString(name) })
			for i := range min(len(there), 10) {
				best += 1 / math.Log2(float64(i)+2)
			}
			if got == 0 {
				t.Errorf("%s: %q finds nothing that was meant, but %d others", group, w.words, len(found.Hits))
				continue
			}
			if sum += got / best; got < best {
				t.Logf("%s: %q: %.3f", group, w.words, got/best)
			}
		}
		score := sum / float64(len(wished[group]))
		t.Logf("%s: %.3f over %d queries", group, score, len(wished[group]))
		if score < least {
			t.Errorf("%s: %.3f, less than %.2f", group, score, least)
		}
	}
}
