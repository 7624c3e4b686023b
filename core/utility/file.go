package utility

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
)

// Columns of files, as they stand in the first line, in any order. Files are CSV (RFC 4180) in UTF-8 with commas or semicolons.
var (
	accountColumns  = []string{"number", "holder", "address", "people", "area"}
	registerColumns = []string{"txn_id", "account", "sum"}
)

// FileRows is how many rows of a file are read at most.
const FileRows = 100_000

// rowsOf reads a file and gives each of its rows by column to take, with the number of its line. Columns that must be there are
// named; a row that cannot be read is ErrFile with the values line and column.
func rowsOf(from io.Reader, must []string, take func(line int, row map[string]string) error) error {
	body, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	text := strings.TrimPrefix(string(body), "\ufeff")
	r := csv.NewReader(strings.NewReader(text))
	first, _, _ := strings.Cut(text, "\n")
	if strings.Count(first, ";") > strings.Count(first, ",") {
		r.Comma = ';'
	}
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	head, err := r.Read()
	if err != nil {
		return fault.With(ErrFile.About("%w", err), "line", 1)
	}
	names := make([]string, len(head))
	for i, h := range head {
		names[i] = strings.ToLower(strings.TrimSpace(h))
	}
	for _, m := range must {
		if !slices.Contains(names, m) {
			return fault.With(fault.With(ErrFile.About("no column %s", m), "line", 1), "column", m)
		}
	}
	for n := 0; ; n++ {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.With(ErrFile.About("after %d rows: %w", n, err), "line", n+2)
		}
		line, _ := r.FieldPos(0)
		if n >= FileRows || len(cells) > len(names) {
			return fault.With(ErrFile.About("row %d of %d cells", n, len(cells)), "line", line)
		}
		row := make(map[string]string, len(names))
		for i, c := range cells {
			row[names[i]] = strings.TrimSpace(c)
		}
		if err := take(line, row); err != nil {
			return fault.With(err, "line", line)
		}
	}
}

// ReadAccounts reads accounts from a file with the columns number, holder, address, people and area.
func ReadAccounts(from io.Reader) (all []Account, err error) {
	err = rowsOf(from, accountColumns[:1], func(_ int, row map[string]string) error {
		a := Account{Number: Number(row["number"]), Holder: row["holder"], Address: row["address"]}
		if row["people"] != "" {
			n, err := strconv.ParseInt(row["people"], 10, 32)
			if err != nil {
				return ErrFile.With("column", "people")
			}
			a.People = n
		}
		if row["area"] != "" {
			q, err := measure.Parse(strings.ReplaceAll(row["area"], ",", "."))
			if err != nil {
				return ErrFile.With("column", "area")
			}
			a.Area = q
		}
		if err := a.check(); err != nil {
			return ErrFile.About("%w", err)
		}
		all = append(all, a)
		return nil
	})
	return all, err
}

// ReadBills reads bills from a file: the column number, and a column for each service, by its code.
func ReadBills(p Provider, from io.Reader) (all []Charged, err error) {
	err = rowsOf(from, accountColumns[:1], func(_ int, row map[string]string) error {
		c := Charged{Number: Number(row["number"])}
		if c.Number == "" {
			return ErrFile.With("column", "number")
		}
		for _, s := range p.Services {
			if row[s.Code] == "" {
				continue
			}
			m, err := sumOf(row[s.Code], p.Currency)
			if err != nil {
				return fault.With(err, "column", s.Code)
			}
			if m > 0 {
				c.Lines = append(c.Lines, Line{Service: s.Code, Sum: m})
			}
		}
		all = append(all, c)
		return nil
	})
	return all, err
}

// sumOf reads a sum that is not below zero.
func sumOf(s string, currency money.Currency) (int64, error) {
	m, err := money.Parse(strings.ReplaceAll(s, ",", "."), currency)
	if err != nil || m.IsNegative() || m.Minor > sumMax {
		return 0, ErrFile.About("%.40q is no sum", s)
	}
	return m.Minor, nil
}

// ReadRegister reads the register of the other side: the columns txn_id, account and sum.
func ReadRegister(currency money.Currency, from io.Reader) (all []Entry, err error) {
	err = rowsOf(from, registerColumns, func(_ int, row map[string]string) error {
		sum, err := sumOf(row["sum"], currency)
		if err != nil {
			return fault.With(err, "column", "sum")
		}
		if row["txn_id"] == "" {
			return ErrFile.With("column", "txn_id")
		}
		all = append(all, Entry{Txn: row["txn_id"], Account: Number(row["account"]), Sum: sum})
		return nil
	})
	return all, err
}

// WriteRegister writes a register so that ReadRegister reads it. Cells that a spreadsheet would take for a formula stay text.
func WriteRegister(to io.Writer, p Provider, entries []Entry) error {
	w := csv.NewWriter(to)
	err := w.Write([]string{"txn_id", "account", "sum", "date", "number"})
	for _, e := range entries {
		row := []string{e.Txn, e.Account, p.money(e.Sum).Decimal(), e.Day.String(), strconv.FormatInt(e.Number, 10)}
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) {
				row[i] = "'" + cell
			}
		}
		err = errors.Join(err, w.Write(row))
	}
	w.Flush()
	return errors.Join(err, w.Error())
}
