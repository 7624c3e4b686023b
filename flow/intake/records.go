package intake

import (
	"archive/zip"
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// records gives the rows of a table, whatever it was kept in: a CSV or a sheet. It gives io.EOF behind the last one; a row
// that cannot be read is a *csv.ParseError, and the next one may be fine.
type records interface {
	next() ([]string, error)
	sign() rune // sign is what stands between the cells, zero where that cannot be in a cell by mistake.
}

// lines are the records of a CSV: comma, semicolon or tab between the cells, whatever quotes.
type lines struct {
	room *allowance
	csv  *csv.Reader
}

func newLines(in io.Reader) (*lines, error) {
	b := bufio.NewReaderSize(in, 1<<16)
	head, err := b.Peek(1 << 16)
	if err != nil && err != io.EOF && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	room := &allowance{in: ends(b), left: rowMax}
	l := &lines{room: room, csv: csv.NewReader(room)}
	l.csv.Comma, l.csv.LazyQuotes, l.csv.FieldsPerRecord, l.csv.ReuseRecord = separator(string(head)), true, -1, true
	return l, nil
}

func (l *lines) sign() rune { return l.csv.Comma }

func (l *lines) next() ([]string, error) {
	l.room.next()
	return l.csv.Read()
}

// ends reads a file whose lines end in a carriage return alone, as old spreadsheets write them, as one with line feeds. It
// looks one byte ahead: a carriage return before a line feed stays for the CSV reader.
func ends(b *bufio.Reader) io.Reader { return &lineEnds{in: b} }

type lineEnds struct{ in *bufio.Reader }

func (e *lineEnds) Read(p []byte) (int, error) {
	n, err := e.in.Read(p)
	for i := range n {
		if p[i] != '\r' {
			continue
		}
		if i+1 < n {
			if p[i+1] != '\n' {
				p[i] = '\n'
			}
			continue
		}
		if ahead, _ := e.in.Peek(1); len(ahead) == 0 || ahead[0] != '\n' { // At the end of the file there is nothing ahead.
			p[i] = '\n'
		}
	}
	return n, err
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

// Limits of workbooks. A workbook is a zip of XML, so it may become far larger than it is.
const (
	bookMax      = 64 << 20  // bookMax bounds the file: it is held in memory as it is packed.
	bookPlainMax = 512 << 20 // bookPlainMax bounds what is packed in it.
	bookPartsMax = 5_000
	bookPartMax  = 16 << 20 // bookPartMax is how large a part may be and stay in memory; larger ones go to disk while they are read.
	bookRatioMax = 300      // bookRatioMax bounds how many times larger it may become; sheets of equal rows reach 100.
	cellsMax     = 2_000    // cellsMax bounds the cells of a row.
)

// sheet is the records of the first sheet of a workbook that has any.
type sheet struct {
	book *excelize.File
	rows *excelize.Rows
}

// newSheet opens a workbook. What is packed in it is counted before anything is believed.
func newSheet(path string) (*sheet, error) {
	if err := weigh(path); err != nil {
		return nil, err
	}
	book, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true, UnzipSizeLimit: bookPlainMax, UnzipXMLSizeLimit: bookPartMax})
	if err != nil {
		return nil, ErrFile.About("a workbook: %v", err)
	}
	for _, name := range book.GetSheetList() {
		rows, err := book.Rows(name)
		if err != nil {
			continue // A sheet of charts has no rows.
		}
		s := &sheet{book: book, rows: rows}
		if first, err := s.next(); err == nil && len(first) > 0 {
			if err := rows.Close(); err != nil {
				return nil, errors.Join(err, book.Close())
			}
			if s.rows, err = book.Rows(name); err != nil {
				return nil, errors.Join(ErrFile.About("a sheet: %v", err), book.Close())
			}
			return s, nil
		}
		if err := rows.Close(); err != nil {
			return nil, errors.Join(err, book.Close())
		}
	}
	return nil, errors.Join(ErrColumns.About("the workbook has no rows"), book.Close())
}

// weigh unpacks a workbook into nothing and refuses one that becomes too large, whatever its directory says.
func weigh(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return ErrFile.About("%v", err)
	}
	if info.Size() > bookMax {
		return ErrTooLarge.About("a workbook of %d bytes", info.Size())
	}
	book, err := zip.OpenReader(path)
	if err != nil {
		return ErrArchive.About("%v", err)
	}
	defer func() { _ = book.Close() }() // It was only read.
	if len(book.File) > bookPartsMax {
		return ErrTooLarge.About("a workbook of %d parts", len(book.File))
	}
	total, most := int64(0), min(bookPlainMax, max(ratioFrom, info.Size()*bookRatioMax))
	for _, part := range book.File {
		in, err := part.Open()
		if err != nil {
			return ErrArchive.About("%v", err)
		}
		n, err := io.Copy(io.Discard, io.LimitReader(in, most-total+1))
		if total += n; total > most {
			return errors.Join(ErrTooLarge.About("more than %d bytes out of %d", most, info.Size()), in.Close())
		}
		if err := errors.Join(err, in.Close()); err != nil {
			return ErrArchive.About("%v", err)
		}
	}
	return nil
}

func (s *sheet) sign() rune { return 0 }

// next gives the next row that holds anything.
func (s *sheet) next() ([]string, error) {
	for s.rows.Next() {
		row, err := s.rows.Columns()
		if err != nil {
			return nil, ErrFile.About("a sheet: %v", err)
		}
		if len(row) > cellsMax {
			return nil, ErrColumns.About("%d cells in a row", len(row))
		}
		bytes, filled := 0, false
		for i := range row {
			row[i] = plainNumber(row[i])
			bytes += len(row[i])
			filled = filled || strings.TrimSpace(row[i]) != ""
		}
		if bytes > rowMax {
			return nil, ErrRowSize.About("%d bytes", bytes)
		}
		if filled {
			return row, nil
		}
	}
	if err := s.rows.Error(); err != nil {
		return nil, ErrFile.About("a sheet: %v", err)
	}
	return nil, io.EOF
}

// plainNumber writes a number of a sheet as people do. Sheets keep seventeen digits, 661565.71999999997 for 661565.72, and
// large ones as 4.0063813339310002E+12. What is shorter may be a text, such as the SKU 1E5.
func plainNumber(s string) string {
	_, fraction, _ := strings.Cut(s, ".")
	if len(s) > 30 || s == "" || s[0] != '-' && (s[0] < '0' || s[0] > '9') || len(fraction) < 9 {
		return s
	}
	number, err := strconv.ParseFloat(s, 64)
	if err != nil || number > 1e15 || number < -1e15 {
		return s
	}
	return strconv.FormatFloat(number, 'f', -1, 64)
}

// Close lets go of the workbook and what was unpacked of it.
func (s *sheet) Close() error { return errors.Join(s.rows.Close(), s.book.Close()) }
