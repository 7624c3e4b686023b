package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"strconv"
	"strings"

	"sauda/gear/i18n"
)

// flaws is the file of errors. It is made with its first flaw.
type flaws struct {
	name   string
	lang   string // lang is the language in which it is written.
	file   *os.File
	length int64 // length is how much of the file counts: a run that was killed may have written more.
}

// Say tells in a language what is wrong and how to mend it.
func (f Flaw) Say(lang string) (reason, hint string) {
	if said, there := f.said[lang]; there {
		return said.Reason, said.Hint
	}
	switch {
	case f.Refusal == nil:
		return i18n.T(lang, "intake.wrong."+f.Wrong+".reason", f.With...), i18n.T(lang, "intake.wrong."+f.Wrong+".hint", f.With...)
	case f.In.Pointer == "":
		return i18n.T(lang, "intake.catalogue"), i18n.Fault(lang, f.Refusal)
	}
	return i18n.Fault(lang, f.Refusal), i18n.Field(lang, f.In)
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
		var head []string
		for _, column := range []string{"row", "id", "field", "verdict", "reason", "hint", "value"} {
			head = append(head, i18n.T(f.lang, "intake.column."+column))
		}
		_ = w.Write(head)
	}
	for _, l := range all {
		number := ""
		if l.Row > 0 {
			number = strconv.Itoa(l.Row)
		}
		reason, hint := l.Say(f.lang)
		// A buffer takes everything.
		_ = w.Write([]string{number, harmless(l.ID), harmless(l.Field), i18n.T(f.lang, "intake.verdict."+string(l.Verdict)), reason, hint, harmless(l.Value)})
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
