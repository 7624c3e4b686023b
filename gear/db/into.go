package db

import (
	"strconv"
	"strings"
	"sync"
)

// intoMax bounds the rows of one INSERT: more are rare, and each number of rows is a statement to keep prepared.
const intoMax = 16

// Into is an INSERT of any number of rows. It is built, because a statement with its number of rows is several times as
// fast as one statement a row, on both engines. Its texts are kept, so it is a variable of its package.
type Into struct {
	Head    string // Head is what stands before the rows: INSERT INTO … VALUES.
	Tail    string // Tail is what ends each row behind its values; "" for nothing.
	Columns int    // Columns is how many values a row has.
	texts   sync.Map
}

// Add writes rows whose values stand in args one after the other, and none where there are none. Like all that goes through
// Later, a failure among them fails the moment.
func (i *Into) Add(tx *Tx, args []any) error {
	for len(args) > 0 {
		n := min(len(args), intoMax*i.Columns)
		if _, err := tx.Later().ExecContext(tx.Context(), i.text(n/i.Columns), args[:n]...); err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

// text is the statement for a number of rows.
func (i *Into) text(rows int) string {
	if text, ok := i.texts.Load(rows); ok {
		return text.(string)
	}
	var s strings.Builder
	s.WriteString(i.Head)
	for n := range rows * i.Columns {
		switch {
		case n == 0:
			s.WriteString(" (")
		case n%i.Columns == 0:
			s.WriteString(i.Tail + "), (")
		default:
			s.WriteString(", ")
		}
		s.WriteString("$" + strconv.Itoa(n+1))
	}
	s.WriteString(i.Tail + ")")
	i.texts.Store(rows, s.String())
	return s.String()
}
