package intake

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// Study is what a file is taken for before anything is done with it.
type Study struct {
	Format  Format
	Columns []Column // Columns are there for a table whose columns may mean anything; a form that is known has none.
	Head    string   // Head is the digest of the names of the columns: files of one head are mapped alike.
}

// Look studies a file: which form it has, which columns, and what they are taken for. It reads the beginning only. A format
// that is named is believed.
func Look(ctx context.Context, name string, format Format) (Study, error) {
	f, err := fetch(ctx, name)
	if err != nil {
		return Study{}, err
	}
	defer f.drop()
	return f.study(format, nil)
}

// study looks at the beginning of a file.
func (f *file) study(format Format, renames map[string]string) (Study, error) {
	if format == "" {
		var err error
		if format, err = f.detect(); err != nil {
			return Study{}, err
		}
	}
	s := Study{Format: format}
	if format != CSV {
		return s, nil
	}
	in, closer, err := f.records()
	if err != nil {
		return s, err
	}
	s.Columns, err = look(in, renames)
	for _, c := range s.Columns {
		s.Head += plain(c.Name) + "\x00"
	}
	sum := sha256.Sum256([]byte(s.Head))
	s.Head = hex.EncodeToString(sum[:16])
	return s, errors.Join(err, closer.Close())
}

// look reads the first rows of a table and says what its columns are.
func look(in records, renames map[string]string) ([]Column, error) {
	names, err := heading(in)
	if err != nil {
		return nil, err
	}
	if len(names) > columnsMax {
		return nil, ErrColumns.About("%d columns", len(names))
	}
	columns, found := make([]Column, len(names)), make([]column, len(names))
	for i, n := range names {
		found[i] = columnOf(strings.TrimSpace(n), renames)
		columns[i].Name = strings.TrimSpace(n)
	}
	values := make([][]string, len(names))
	for range studyRows {
		record, err := in.next()
		if errors.Is(err, io.EOF) || errors.Is(err, ErrRowSize) || errors.Is(err, ErrTooLarge) {
			break
		}
		for i := range min(len(record), len(names)) { // Of a row that cannot be read there may be a beginning.
			if value := strings.TrimSpace(record[i]); value != "" {
				values[i] = append(values[i], strings.Clone(shown(value)))
			}
		}
	}
	better := guessed(found, values)
	taken := make(map[string]bool)
	for i, c := range found {
		columns[i].Samples = values[i][:min(len(values[i]), samplesMax)]
		columns[i].Field = c.field
		if better[i] != "" {
			columns[i].Field = better[i]
		}
		if columns[i].Field == "" || columns[i].Field != attributeField && taken[columns[i].Field] {
			columns[i].Field = "-"
		}
		taken[columns[i].Field] = true
	}
	return columns, nil
}

// renames gives what a study found that the names alone do not say.
func (s Study) renames(given map[string]string) map[string]string {
	all := make(map[string]string, len(given))
	for theirs, ours := range given {
		all[theirs] = ours
	}
	for _, c := range s.Columns {
		if c.Name == "" || slices.ContainsFunc(keysOf(given), func(theirs string) bool { return plain(theirs) == plain(c.Name) }) {
			continue
		}
		if by := columnOf(c.Name, nil); by.field != c.Field && c.Field != attributeField && c.Field != "-" {
			all[c.Name] = c.Field
		}
	}
	return all
}

func keysOf(m map[string]string) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// detect tells the form of a file by how it begins: workbooks and archives by their signs, XML by its first element, a
// table by the names of its columns.
func (f *file) detect() (Format, error) {
	book, err := f.isBook()
	if err != nil {
		return "", err
	}
	if !book {
		in, err := f.decoded()
		if err != nil {
			return "", err
		}
		b := bufio.NewReaderSize(in, 1<<14)
		head, _ := b.Peek(1 << 14) // A shorter file has all of it.
		if err := in.Close(); err != nil {
			return "", err
		}
		switch begin := bytes.TrimSpace(head); {
		case len(begin) == 0:
			return "", ErrFile.About("the file is empty")
		case begin[0] == '[' || begin[0] == '{':
			return Icecat, nil
		case begin[0] == '<':
			return formOfXML(begin)
		}
	}
	in, closer, err := f.records()
	if err != nil {
		return "", err
	}
	names, err := heading(in)
	if err := errors.Join(err, closer.Close()); err != nil {
		return "", err
	}
	return formOfHead(names), nil
}

// formOfXML tells the form of XML by its first elements.
func formOfXML(head []byte) (Format, error) {
	for sign, format := range map[string]Format{"<yml_catalog": YML, "<kaspi_catalog": Kaspi, "<rss": Google, "<feed": Google} {
		if bytes.Contains(head, []byte(sign)) {
			return format, nil
		}
	}
	return "", ErrXML.About("neither yml_catalog nor kaspi_catalog nor rss nor feed")
}

// formOfHead tells the form of a table by the names that only one form has.
func formOfHead(names []string) Format {
	has := make(map[string]bool, len(names))
	for _, n := range names {
		has[strings.ReplaceAll(strings.ToLower(strings.TrimSpace(n)), " ", "_")] = true
	}
	switch {
	case has["sku"] && has["product_type"] && (has["attribute_set_code"] || has["configurable_variations"]):
		return Magento
	case has["handle"] && has["title"] && (has["variant_price"] || has["option1_name"]):
		return Shopify
	case has["id"] && has["title"] && has["image_link"] && has["price"]:
		return Google
	}
	return CSV
}

// pictureEnds are how the names of pictures end.
var pictureEnds = []string{".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".svg"}

func isPictureName(name string) bool {
	return slices.Contains(pictureEnds, strings.ToLower(filepath.Ext(name)))
}

// isBook tells whether a file is a workbook, by what is in it.
func (f *file) isBook() (bool, error) {
	archive, err := zip.OpenReader(f.path)
	if err != nil {
		return false, nil // It is no archive.
	}
	defer func() { _ = archive.Close() }() // It was only read.
	for _, part := range archive.File {
		if part.Name == "xl/workbook.xml" {
			return true, nil
		}
	}
	return false, nil
}

// records opens a file as a table.
func (f *file) records() (records, io.Closer, error) {
	book, err := f.isBook()
	if err != nil {
		return nil, nil, err
	}
	if book {
		s, err := newSheet(f.path)
		if err != nil {
			return nil, nil, err
		}
		f.read.Store(f.size) // How far a workbook is, its rows do not say.
		return s, s, nil
	}
	in, err := f.decoded()
	if err != nil {
		return nil, nil, err
	}
	l, err := newLines(in)
	if err != nil {
		return nil, nil, errors.Join(err, in.Close())
	}
	return l, in, nil
}

// reader opens the file and reads its head.
func (f *file) reader(p Plan) (source, error) {
	switch p.Format {
	case Icecat:
		in, err := f.open()
		if err != nil {
			return source{}, err
		}
		return source{newIcecat(in, p), in}, nil
	case YML, Kaspi:
		in, err := f.decoded()
		if err != nil {
			return source{}, err
		}
		if p.Format == YML {
			return source{newMarket(in, p), in}, nil
		}
		return source{newKaspi(in, p), in}, nil
	case Google:
		if form, err := f.xmlish(); err != nil || form {
			in, err := f.decoded()
			if err != nil {
				return source{}, err
			}
			return source{newGoogleXML(in, p), in}, nil
		}
	}
	in, closer, err := f.records()
	if err != nil {
		return source{}, err
	}
	var r reader
	switch p.Format {
	case Magento:
		r, err = newMagento(in, p)
	case Shopify:
		r, err = newShopify(in, p)
	case Google:
		r, err = newGoogleTable(in, p)
	default:
		r, err = newTable(in, p)
	}
	if err != nil {
		return source{}, errors.Join(err, closer.Close())
	}
	return source{r, closer}, nil
}

// xmlish tells whether a file begins as XML does.
func (f *file) xmlish() (bool, error) {
	if book, err := f.isBook(); err != nil || book {
		return false, err
	}
	in, err := f.decoded()
	if err != nil {
		return false, err
	}
	head := make([]byte, 256)
	n, _ := io.ReadFull(in, head) // A shorter file has all of it.
	return strings.HasPrefix(strings.TrimSpace(string(head[:n])), "<"), in.Close()
}
