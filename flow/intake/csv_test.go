package intake_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/flow/intake"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

func TestOneTableInManyForms(t *testing.T) {
	plain := "id;name;name_kk;description;brand;category;price;stock;weight_g;unit;Түсі\n" +
		"a-1;Чайник, стальной;;\"Две\nстроки\";Шаңырақ;Дом > Кухня;699 990,50;12;1 250;шт;қызыл\n"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	russian := strings.NewReplacer("Шаңырақ", "Шанырак", "Түсі", "Тусі", "қызыл", "кызыл").Replace(plain)
	cp1251, err := charmap.Windows1251.NewEncoder().String(russian)
	if err != nil {
		t.Fatal(err)
	}
	comma := strings.NewReplacer(";", ",", "Чайник, стальной", `"Чайник, стальной"`, "699 990,50", `"699 990,50"`).Replace(plain)
	for name, body := range map[string]string{
		"semicolons": plain, "a byte order mark": "\ufeff" + plain, "tabs": strings.ReplaceAll(plain, ";", "\t"), "commas": comma,
		"UTF-16": utf16, "Windows-1251": cp1251, "carriage returns": strings.ReplaceAll(plain, "\n", "\r\n"),
		"no-break spaces": strings.ReplaceAll(plain, "699 990", "699\u00a0990"),
	} {
		t.Run(name, func(t *testing.T) {
			s := dbtest.SQLite(t, schemas)
			shop(t, s)
			r := run(t, s, written(t, "a.csv", body), intake.Plan{Format: intake.CSV})
			if r.Added != 1 || r.Refused != 0 {
				t.Fatalf("%+v", r)
			}
			p := product(t, s, "a-1")
			v := p.Variants[0]
			if p.Name["ru"] != "Чайник, стальной" || p.Description["ru"] != "Две\nстроки" || !strings.HasPrefix(p.Brand, "Ша") ||
				v.SKU != "a-1" || v.Mass != 1250 || v.Unit != measure.Piece || v.Tracking != catalog.Tracked || len(p.Attributes) != 1 {
				t.Errorf("%+v", p)
			}
			if got := unitPrice(t, s, p, money.KZT); got != money.Of(699_990_50, money.KZT) {
				t.Errorf("it costs %s", got)
			}
			if got := left(t, s, p); got != measure.Of(12) {
				t.Errorf("%s are left", got)
			}
		})
	}
}

func TestWrongRowsAreNamed(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		shop(t, s)
		head := "sku,name,price,currency,stock,origin,gtin,tax_class,unit,weight_g,hs,image\n"
		rows := []struct{ row, want string }{
			{"g1,Good,1,,,,,,,,,", ""},
			{"g2,Dollars,\"1 000,5\",usd,\"3,0\",kz,4006381333931,medical,кг,,8517130000,https://a.example/b.jpg", ""},
			{"b1,,5,,,,,,,,,", "name refused"},
			{"b2,No price,,,,,,,,,,", "price refused"},
			{"b3,Words,дорого,,,,,,,,,", "price refused"},
			{"b4,Two ways,\"1,234\",,,,,,,,,", "price refused"},
			{"b5,Zero,0,,,,,,,,,", "price refused"},
			{"b6,Below,-5,,,,,,,,,", "price refused"},
			{"b7,Odd money,5,XXQ,,,,,,,,", "currency refused"},
			{"b8,Half a piece,5,,\"0,5\",,,,,,,", "stock refused"},
			{"b9,Nowhere,5,,,Narnia,,,,,,", "origin refused"},
			{"b10,Bar code,5,,,,4006381333932,,,,,", "gtin refused"},
			{"b11,Class,5,,,,,luxury,,,,", "tax_class refused"},
			{"b12,Unit,5,,,,,,parsec,,,", "unit refused"},
			{"b13,Mass,5,,,,,,,\"1,5\",,", "weight_g refused"},
			{"b14,Customs,5,,,,,,,,12,", "hs refused"},
			{"g3,Picture,5,,,,,,,,,javascript:alert(1)", "image trimmed"},
			{"g1,Twice,5,,,,,,,,,", "external_id refused"},
			{"b16,Shifted,5,,,,,,,,,,,,much", " refused"},
			{strings.Repeat("x", 101) + ",Long sku,5,,,,,,,,,", "sku refused"},
		}
		body, errs := head, filepath.Join(t.TempDir(), "e.csv")
		var want []string
		for i, r := range rows {
			body += r.row + "\n"
			if r.want != "" {
				want = append(want, fmt.Sprintf("%d %s", i+1, r.want))
			}
		}
		r := run(t, s, written(t, "a.csv", body), intake.Plan{Format: intake.CSV, Errors: errs})
		if r.Added != 3 || r.Refused != len(rows)-3 || r.Trimmed != 1 || r.Stocks != 1 {
			t.Errorf("%+v", r)
		}
		if got := flaws(t, errs); !slices.Equal(got, want) {
			t.Errorf("flaws:\n%q, want\n%q", got, want)
		}
		if got := unitPrice(t, s, product(t, s, "g2"), money.USD); got != money.Of(1000_50, money.USD) {
			t.Errorf("the dollars: %s", got)
		}
	})
}

// What is promised to buyers is not counted away.
func TestACountBelowThePromisedStays(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		shop(t, s)
		run(t, s, written(t, "a.csv", "sku,name,price,stock\na,A,5,10\nb,B,5,10\n"), intake.Plan{Format: intake.CSV})
		p := product(t, s, "a")
		s.Moment(t, func(tx *db.Tx) error {
			all, err := inventory.Warehouses(tx)
			if err != nil {
				return err
			}
			return hold.Take(tx, "somebody", []hold.Want{{Key: inventory.Key(all[0].ID, p.Variants[0].ID), Quantity: int64(measure.Of(6))}}, tx.Now().Add(1e12))
		})
		errs := filepath.Join(t.TempDir(), "e.csv")
		r := run(t, s, written(t, "a.csv", "sku,name,price,stock\na,A,6,5\nb,B,5,7\n"), intake.Plan{Format: intake.CSV, Errors: errs})
		if r.Same != 2 || r.Prices != 1 || r.Stocks != 1 || !slices.Equal(flaws(t, errs), []string{"1 stock trimmed"}) {
			t.Errorf("%+v, %q", r, flaws(t, errs))
		}
		if got := left(t, s, p); got != measure.Of(4) {
			t.Errorf("%s are left", got)
		}
	})
}

func TestAQuotationMarkThatIsNotClosed(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	shop(t, s)
	errs := filepath.Join(t.TempDir(), "e.csv")
	r := run(t, s, written(t, "a.csv", "name,price,brand\nTV 55\",5,LG\n\"open,5,LG\nlost,5,LG\nlost too,5,LG\n"), intake.Plan{Format: intake.CSV, Errors: errs})
	if r.Added != 1 || r.Refused != 1 || !slices.Equal(flaws(t, errs), []string{"2  refused"}) {
		t.Errorf("%+v %q", r, flaws(t, errs))
	}
}

// What shops in Kazakhstan really listed: nearly all of it comes in, and what does not is named.
func TestRealShops(t *testing.T) {
	files, err := filepath.Glob("../../../shared/data/kz-shops/*.csv")
	if err != nil || len(files) != 6 {
		t.Fatalf("the tables of ../shared/data/kz-shops are not there: %v %v", files, err)
	}
	s := dbtest.SQLite(t, schemas)
	shop(t, s)
	for _, f := range files {
		rename := map[string]string{"rating": "-"}
		if filepath.Base(f) == "laptops.csv" {
			rename = map[string]string{"Mark": "brand"}
		}
		errs := filepath.Join(t.TempDir(), "e.csv")
		r := run(t, s, f, intake.Plan{Format: intake.CSV, Map: rename, Errors: errs, Category: filepath.Base(f)})
		if r.Rows < 20 || r.Refused*10 > r.Rows || r.Added+r.Refused != r.Rows {
			t.Errorf("%s: %+v %q", f, r, flaws(t, errs)[:min(5, len(flaws(t, errs)))])
		}
		if again := run(t, s, f, intake.Plan{Format: intake.CSV, Map: rename, Errors: errs, Category: filepath.Base(f)}); again.Same != r.Added {
			t.Errorf("%s again: %+v", f, again)
		}
	}
}
