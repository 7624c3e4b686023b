package intake

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// stored writes a file.
func stored(t *testing.T, name string, body []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A workbook that becomes too large is refused before it is opened, and so are entities of XML.
func TestBombsAreRefused(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if _, err := part.Write(make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Look(context.Background(), stored(t, "a.xlsx", b.Bytes()), ""); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a bomb of %d bytes: %v", b.Len(), err)
	}
	laughs := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><yml_catalog><offer id="1"><name>&b;</name></offer></yml_catalog>`
	m := newMarket(strings.NewReader(laughs), Plan{})
	if _, err := m.next(); !errors.Is(err, ErrXML) {
		t.Errorf("entities: %v", err)
	}
}

// A sheet is read as a table, with numbers as people wrote them.
func TestAWorkbook(t *testing.T) {
	book := excelize.NewFile()
	for cell, value := range map[string]any{"A1": "Прайс", "A3": "Артикул", "B3": "Наименование", "C3": "Цена", "A4": "1E5", "B4": "Кесе", "C4": 661565.72, "A6": "x", "B6": "Шай", "C6": "5 000 ₸"} {
		if err := book.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	f := &file{path: stored(t, "a.xlsx", b.Bytes())}
	plan, err := Plan{Format: CSV}.settled()
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.reader(plan)
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.reader.next()
	second, err2 := s.reader.next()
	if err := errors.Join(err, err2, s.Close()); err != nil {
		t.Fatal(err)
	}
	if first.bad || first.draft.ExternalID != "1E5" || first.offers[0].price.Minor != 661565_72 || second.offers[0].price.Minor != 5000_00 {
		t.Errorf("%+v %+v", first, second)
	}
}

func FuzzFeeds(f *testing.F) {
	for _, seed := range []string{
		`<yml_catalog><category id="1" parentId="1">a</category><offer id="1" group_id="g"><price>5</price><name>n</name><param name="x">1</param></offer><offer id="2" group_id="g"><price>6</price><name>n</name><param name="x">2</param></offer></yml_catalog>`,
		`<kaspi_catalog><offer sku="1"><model>m</model><cityprices><cityprice cityId="1">5</cityprice></cityprices></offer></kaspi_catalog>`,
		`<rss><item><g:id>1</g:id><title>t</title><g:price>5 KZT</g:price></item></rss>`, "Handle,Title,Variant Price\na,b,5\na,,6\n",
		"sku,product_type,name,price,configurable_variations\na,simple,n,5,\nb,configurable,n,,\"sku=a,size=S\"\n", "<", "",
	} {
		f.Add(seed)
	}
	plan, err := Plan{Format: YML}.settled()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		drain(t, newMarket(strings.NewReader(s), plan))
		drain(t, newKaspi(strings.NewReader(s), plan))
		drain(t, newGoogleXML(strings.NewReader(s), plan))
		for _, begin := range []func(records, Plan) (reader, error){
			func(in records, p Plan) (reader, error) { return newMagento(in, p) },
			func(in records, p Plan) (reader, error) { return newShopify(in, p) },
			func(in records, p Plan) (reader, error) { return newGoogleTable(in, p) },
		} {
			in, err := newLines(strings.NewReader(s))
			if err != nil {
				return
			}
			if r, err := begin(in, plan); err == nil {
				drain(t, r)
			}
		}
	})
}
