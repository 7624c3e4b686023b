package intake

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"sauda/base/text"
)

// table reads a table of any shop: columns in any order and named in the first row. Rows that follow each other, have one
// id and say which option they are, are variants of one product.
type table struct {
	plan    Plan
	in      records
	row     int
	columns []column
	ahead   *item // ahead is an item that was read and belongs to the next product.
	end     error
}

func newTable(in records, p Plan) (*table, error) {
	names, err := heading(in)
	if err != nil {
		return nil, err
	}
	t := &table{plan: p, in: in}
	return t, t.head(names)
}

// heading reads the names of the columns. Lines above them that have a single cell, such as the name of the price list, are
// passed over.
func heading(in records) ([]string, error) {
	for range 20 {
		names, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil, ErrColumns.About("the file is empty")
		}
		if err != nil {
			return nil, err
		}
		filled := 0
		for _, n := range names {
			if strings.TrimSpace(n) != "" {
				filled++
			}
		}
		if filled > 1 {
			return slices.Clone(names), nil
		}
	}
	return nil, ErrColumns.About("no row names columns")
}

// head says what each column is.
func (t *table) head(names []string) error {
	if len(names) > columnsMax {
		return ErrColumns.About("%d columns", len(names))
	}
	taken := make(map[string]bool, len(names))
	for _, name := range names {
		c := columnOf(strings.TrimSpace(name), t.plan.Map)
		key := c.field + "/" + c.code
		if c.field != "" && taken[key] {
			return ErrColumns.About("%q stands there twice, perhaps under another name", cut(name, shownMax))
		}
		taken[key] = true
		t.columns = append(t.columns, c)
	}
	named := slices.ContainsFunc(t.columns, func(c column) bool { return withoutLang(c.field) == "name" })
	if !named || !taken["price/"] {
		return ErrColumns.About("they are: %s", cut(strings.Join(names, ", "), shownMax))
	}
	for theirs := range t.plan.Map {
		if !slices.ContainsFunc(names, func(name string) bool { return name == theirs || plain(name) == plain(theirs) }) {
			return ErrColumns.About("there is no %q to rename", theirs)
		}
	}
	return nil
}

func (t *table) next() (row, error) {
	first, err := t.item()
	if err != nil {
		return row{}, err
	}
	items := []item{first}
	for {
		one, err := t.item()
		if err != nil {
			t.end = err
			break
		}
		if !sameProduct(first, one) {
			t.ahead = &one
			break
		}
		if len(items) <= variantsAhead {
			items = append(items, one)
		}
	}
	t.row++
	return assemble(t.plan, t.row, items), nil
}

// variantsAhead bounds how many variants of one product are kept: one more than a product may have, so that the catalogue
// refuses it.
const variantsAhead = 100

// sameProduct tells whether two items that follow each other are variants of one product.
func sameProduct(a, b item) bool {
	return a.fields["external_id"] != "" && a.fields["external_id"] == b.fields["external_id"] && len(a.options) > 0 && len(b.options) > 0
}

// item gives the next row that holds anything.
func (t *table) item() (item, error) {
	if t.ahead != nil {
		one := *t.ahead
		t.ahead = nil
		return one, nil
	}
	if t.end != nil {
		return item{}, t.end
	}
	for {
		record, err := t.in.next()
		var broken *csv.ParseError
		switch {
		case errors.As(err, &broken):
			return refusedItem("", "broken_row", strings.Join(record, " ")), nil
		case err != nil:
			return item{}, err
		}
		if strings.TrimSpace(strings.Join(record, "")) == "" {
			continue
		}
		return t.read(record), nil
	}
}

// refusedItem is an item of which nothing can be told but what is wrong.
func refusedItem(field, wrong, value string, with ...any) item {
	var r row
	r.refuse(field, wrong, value, with...)
	return item{flaws: r.flaws, broken: true}
}

// read makes an item of a record.
func (t *table) read(record []string) item {
	var r row // r collects what is wrong with the record.
	record = t.mended(&r, record)
	if len(record) > len(t.columns) && strings.TrimSpace(strings.Join(record[len(t.columns):], "")) != "" {
		return refusedItem("", "columns", strings.Join(record, " | "))
	}
	if n := t.swallowed(record); n > 0 {
		return refusedItem("", "open_quote", strings.Join(record, " | "), "count", n)
	}
	var i item
	for at, column := range t.columns[:min(len(t.columns), len(record))] {
		value := strings.Clone(strings.TrimSpace(record[at]))
		switch {
		case column.field == "" || value == "":
		case column.field == attributeField:
			i.size += len(value)
			i.attributes = append(i.attributes, statement{name: column.name, value: value, code: column.code})
		default:
			i.set(column.field, harmed(value))
		}
	}
	i.options = optionsOf(i.fields, t.plan.Lang)
	i.flaws = r.flaws
	return i
}

// harmed takes the apostrophe away that keeps a spreadsheet from calculating a cell: our own exports have it.
func harmed(value string) string {
	if len(value) > 1 && value[0] == '\'' && strings.ContainsRune("=+-@\t\r", rune(value[1])) {
		return value[1:]
	}
	return value
}

// optionsOf reads the choices of a row from its cells option1_name, option1_value and so on.
func optionsOf(fields map[string]string, lang string) (choices []choice) {
	for n := 1; n <= 3; n++ {
		begin := "option" + strconv.Itoa(n)
		c := choice{code: fields[begin+"_code"], value: fields[begin+"_value_code"], name: text.Localized{}, said: text.Localized{}}
		for key, value := range fields {
			base := withoutLang(key)
			in := lang
			if base != key {
				in = key[len(base)+1:]
			}
			switch base {
			case begin + "_name":
				c.name[in] = value
			case begin + "_value":
				c.said[in] = value
			}
		}
		if c.value != "" || len(c.said) > 0 {
			choices = append(choices, c)
		}
	}
	return choices
}

// mended puts a record right where that is sure: a decimal comma that was not quoted has cut a number in two, and cells that
// all stand one place too far to the right, behind an empty first one.
func (t *table) mended(r *row, record []string) []string {
	if len(record) != len(t.columns)+1 || strings.TrimSpace(record[len(record)-1]) == "" {
		return record
	}
	if t.in.sign() == ',' {
		if at := t.torn(record); at >= 0 {
			whole := slices.Clone(record[:at+1])
			whole[at] += "," + record[at+1]
			r.mend(t.columns[at].name, "torn", whole[at])
			return append(whole, record[at+2:]...)
		}
	}
	if strings.TrimSpace(record[0]) == "" && t.fits(record[1:]) && !t.fits(record[:len(t.columns)]) {
		r.mend("", "shifted", strings.Join(record, " | "))
		return record[1:]
	}
	return record
}

// torn finds the one number that a comma has cut in two; -1 is none, or more than one.
func (t *table) torn(record []string) int {
	found := -1
	for i, c := range t.columns {
		if !slices.Contains(numbers, c.field) || !digits(strings.ReplaceAll(strings.TrimSpace(record[i]), " ", "")) {
			continue
		}
		behind := strings.TrimSpace(record[i+1])
		whole := append(slices.Clone(record[:i+1]), record[i+2:]...)
		if !digits(behind) || len(behind) > 2 || !t.fits(whole) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

// numbers are the fields that hold a number.
var numbers = []string{"price", "stock", "weight_g", "weight_kg"}

// fits tells whether the cells that must be of a kind are: the price a number, the name words, a currency a code.
func (t *table) fits(record []string) bool {
	for i, c := range t.columns[:min(len(t.columns), len(record))] {
		value := strings.TrimSpace(record[i])
		switch {
		case value == "" && (c.field == "price" || c.field == "name"):
			return false
		case value == "":
		case slices.Contains(numbers, c.field):
			if number, _, _ := priced(value); strings.Trim(number, "0123456789.,") != "" {
				return false
			}
		case c.field == "gtin" && !isGTIN(value), c.field == "image" && !webAddress(value), c.field == "name" && isAmount(value):
			return false
		}
	}
	return true
}

// swallowed tells how many rows stand inside the cells of a record: lines with as many separators as the first row has.
func (t *table) swallowed(record []string) (rows int) {
	if t.in.sign() == 0 {
		return 0
	}
	for _, cell := range record {
		if strings.IndexByte(cell, '\n') < 0 {
			continue
		}
		for line := range strings.Lines(cell) {
			if n := strings.Count(line, string(t.in.sign())); n > 0 && n >= len(t.columns)-2 {
				rows++
			}
		}
	}
	return rows
}
