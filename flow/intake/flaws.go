package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"strconv"
	"strings"
)

// flaws is the file of errors. It is made with its first flaw.
type flaws struct {
	name   string
	file   *os.File
	length int64 // length is how much of the file counts: a run that was killed may have written more.
}

// write adds flaws, and gives how long the file is then.
func (f *flaws) write(all []Flaw) error {
	if len(all) == 0 {
		return nil
	}
	if f.file == nil {
		if err := f.open(); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if f.length == 0 {
		b.WriteString("\ufeff") // Spreadsheets take a CSV without it for Windows-1251.
		_ = w.Write([]string{"row", "id", "field", "verdict", "reason", "hint", "value"})
	}
	for _, l := range all {
		number := ""
		if l.Row > 0 {
			number = strconv.Itoa(l.Row)
		}
		// A buffer takes everything.
		_ = w.Write([]string{number, harmless(l.ID), harmless(l.Field), string(l.Verdict), l.Reason, l.Hint, harmless(l.Value)})
	}
	w.Flush()
	n, err := f.file.Write(b.Bytes())
	f.length += int64(n)
	if err != nil {
		return ErrFile.About("%v", err)
	}
	return nil
}

// open opens the file and cuts off what does not count.
func (f *flaws) open() (err error) {
	if f.file, err = os.OpenFile(f.name, os.O_CREATE|os.O_RDWR, 0o640); err != nil {
		return ErrFile.About("%v", err)
	}
	size, err := f.file.Seek(0, 2)
	if err == nil && size < f.length { // Somebody removed or emptied it meanwhile.
		f.length = 0
	}
	if err == nil {
		err = f.file.Truncate(f.length)
	}
	if err == nil {
		_, err = f.file.Seek(f.length, 0)
	}
	if err != nil {
		return ErrFile.About("%v", err)
	}
	return nil
}

// close makes sure that what was written stays.
func (f *flaws) close() error {
	if f.file == nil {
		return nil
	}
	return errors.Join(f.file.Sync(), f.file.Close())
}

// harmless keeps a spreadsheet from taking what a hostile file said for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+@\t\r", rune(s[0])) || len(s) > 1 && s[0] == '-' && (s[1] < '0' || s[1] > '9') {
		return "'" + s
	}
	return s
}
