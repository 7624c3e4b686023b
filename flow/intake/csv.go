package intake

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"sauda/base/text"
	"sauda/core/catalog"
)

// table reads a CSV file of any shop: comma, semicolon or tab between the columns, whatever quotes, columns in any order
// and named in the first row.
type table struct {
	plan    Plan
	room    *allowance
	csv     *csv.Reader
	row     int
	columns []column
}

// column is what stands in a column: one of fields, or an attribute.
type column struct {
	field string // field is empty for a column that is left out.
	name  string // name is as the file writes it.
	code  string // code is set for an attribute.
}

// fields are the columns with a meaning; any other is an attribute of the goods.
var fields = []string{
	"external_id", "sku", "gtin", "name", "description", "brand", "category", "price", "currency", "stock", "origin", "hs",
	"ntin", "tax_class", "weight_g", "unit", "image",
}

// synonyms are other words for fields, in the languages of shops here.
var synonyms = map[string]string{
	"id": "external_id", "title": "name", "barcode": "gtin", "ean": "gtin", "manufacturer": "brand", "quantity": "stock",
	"country": "origin", "picture": "image", "img": "image", "article": "sku", "tnved": "hs",
	"название": "name", "наименование": "name", "цена": "price", "бренд": "brand", "производитель": "brand",
	"категория": "category", "описание": "description", "артикул": "sku", "штрихкод": "gtin", "остаток": "stock",
	"количество": "stock", "валюта": "currency", "страна": "origin", "тн_вэд": "hs", "вес_г": "weight_g", "ед_изм": "unit",
	"единица": "unit", "фото": "image",
	"атауы": "name_kk", "сипаттамасы": "description_kk", "бағасы": "price", "баға": "price", "саны": "stock",
	"санаты": "category", "валютасы": "currency", "елі": "origin", "суреті": "image", "штрихкоды": "gtin",
}

const columnsMax = catalog.AttributesMax + 50

func newTable(in io.Reader, p Plan) (*table, error) {
	b := bufio.NewReaderSize(in, 1<<16)
	head, err := b.Peek(1 << 16)
	if err != nil && err != io.EOF && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	room := &allowance{in: b, left: rowMax}
	t := &table{plan: p, room: room, csv: csv.NewReader(room)}
	t.csv.Comma, t.csv.LazyQuotes, t.csv.FieldsPerRecord, t.csv.ReuseRecord = separator(string(head)), true, -1, true
	names, err := t.csv.Read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, ErrColumns.About("the file is empty")
		}
		return nil, err
	}
	return t, t.head(names)
}

// separator guesses what stands between the columns: what cuts the first lines into the most equal parts. Signs between
// quotation marks do not count.
func separator(head string) rune {
	best, most := ',', 0
	for _, sign := range []rune{',', ';', '\t'} {
		first, lines := 0, 0
		n, quoted := 0, false
		for _, c := range head {
			switch {
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == sign:
				n++
			case c == '\n':
				if lines == 0 {
					first = n
				}
				if lines++; n != first {
					first = min(first, n)
				}
				n = 0
			}
			if lines == 20 {
				break
			}
		}
		if lines == 0 {
			first = n
		}
		if first > most {
			best, most = sign, first
		}
	}
	return best
}

// head says what each column is.
func (t *table) head(names []string) error {
	if len(names) > columnsMax {
		return ErrColumns.About("%d columns", len(names))
	}
	taken := make(map[string]bool, len(names))
	for _, name := range names {
		c := t.column(strings.TrimSpace(name))
		key := c.field + "/" + c.code
		if c.field != "" && taken[key] {
			return ErrColumns.About("%q stands there twice, perhaps under another name", cut(name, shownMax))
		}
		taken[key] = true
		t.columns = append(t.columns, c)
	}
	named := slices.ContainsFunc(t.columns, func(c column) bool { return c.field == "name" || strings.HasPrefix(c.field, "name_") })
	if !named || !taken["price/"] {
		return ErrColumns.About("they are: %s", cut(strings.Join(names, ", "), shownMax))
	}
	for theirs := range t.plan.Map {
		if !slices.ContainsFunc(t.columns, func(c column) bool { return c.name == theirs || plain(c.name) == plain(theirs) }) {
			return ErrColumns.About("there is no %q to rename", theirs)
		}
	}
	return nil
}

// plain writes the name of a column as names are compared.
func plain(name string) string {
	name = text.Fold(name)
	return strings.Trim(strings.Map(func(c rune) rune {
		if c == ' ' || c == '-' || c == '.' {
			return '_'
		}
		return c
	}, name), "_")
}

// column says what a column of this name is.
func (t *table) column(name string) column {
	c := column{name: name}
	key := plain(name)
	renamed, ok := t.plan.Map[name]
	for theirs, ours := range t.plan.Map {
		if !ok && plain(theirs) == key {
			renamed, ok = ours, true
		}
	}
	if ok {
		if renamed == "-" {
			return c
		}
		key = plain(renamed)
	}
	if synonym, known := synonyms[key]; known {
		key = synonym
	}
	base, lang, tagged := strings.Cut(key, "_")
	switch {
	case key == "":
	case slices.Contains(fields, key):
		c.field = key
	case tagged && (base == "name" || base == "description") && text.ValidLanguage(lang):
		c.field = key
	default:
		c.field, c.code = "attribute", cutCode(strings.ReplaceAll(text.Slug(key), "-", "_"), 0)
		if c.code == "" {
			c.field = ""
		}
		if ok {
			c.name = renamed
		}
	}
	return c
}

func (t *table) next() (row, error) {
	for {
		t.room.next()
		record, err := t.csv.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return row{}, io.EOF
		case errors.As(err, &broken):
			t.row++
			r := row{number: t.row}
			r.refuse("", "broken_row", strings.Join(record, " "))
			return r, nil
		case err != nil:
			return row{}, err
		}
		if len(record) == 1 && strings.TrimSpace(record[0]) == "" {
			continue
		}
		t.row++
		return t.read(record), nil
	}
}

// read makes a row of a record.
func (t *table) read(record []string) row {
	r := row{number: t.row}
	if len(record) > len(t.columns) && strings.TrimSpace(strings.Join(record[len(t.columns):], "")) != "" {
		r.refuse("", "columns", strings.Join(record, " | "))
		return r
	}
	if n := t.swallowed(record); n > 0 {
		r.refuse("", "open_quote", strings.Join(record, " | "), "count", n)
		return r
	}
	c := cells{row: &r, plan: t.plan, values: make(map[string]string, len(fields))}
	a := attributes{row: &r, seen: make(map[string]bool, len(t.columns))}
	for i, column := range t.columns[:min(len(t.columns), len(record))] {
		value := strings.Clone(strings.TrimSpace(record[i]))
		r.size += len(value)
		switch {
		case column.field == "" || value == "":
		case column.field == "attribute":
			if value = r.fit(column.name, value, catalog.AttributeMax); value != "" {
				a.add(column.name, catalog.Attribute{Code: column.code, Kind: catalog.AttributeText,
					Label: text.Localized{t.plan.Lang: cut(column.name, catalog.NameMax)}, Text: text.Localized{t.plan.Lang: value}})
			}
		default:
			c.values[column.field] = value
		}
	}
	c.fill()
	r.draft.Attributes = a.list
	for i := range r.flaws {
		r.flaws[i].ID = shown(r.draft.ExternalID)
	}
	return r
}

// swallowed tells how many rows stand inside the cells of a record: lines with as many separators as the first row has.
func (t *table) swallowed(record []string) (rows int) {
	for _, cell := range record {
		if strings.IndexByte(cell, '\n') < 0 {
			continue
		}
		for line := range strings.Lines(cell) {
			if n := strings.Count(line, string(t.csv.Comma)); n > 0 && n >= len(t.columns)-2 {
				rows++
			}
		}
	}
	return rows
}
