package bus

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"sauda/gear/db"
)

// rowsMax bounds the rows of one INSERT: more are rare, and each number of rows is a statement to keep prepared.
const rowsMax = 16

// seal writes the facts of a moment and their deliveries, at its end: two statements for the facts of a usual moment.
func (b *Bus) seal(tx *db.Tx, facts []db.Fact) error {
	at := tx.Now().UnixMicro()
	who := tx.Who()
	written := make([]any, 0, factColumns*len(facts))
	var deliveries []any
	var seen []sighting
	for _, f := range facts {
		body, err := json.Marshal(f)
		if err != nil {
			return fmt.Errorf("bus: the fact %s: %w", f.Fact(), err)
		}
		id, name, key, text := b.ids.next(tx.Now()), f.Fact(), f.Key(), string(body)
		written = append(written, id, at, name, key, string(who.Kind), who.ID, text)
		for _, r := range b.reactions[name] {
			if r.idle != nil && r.idle() {
				continue
			}
			deliveries = append(deliveries, r.Name, key, id, at)
		}
		if b.followers[name] != nil {
			seen = append(seen, sighting{id, name, f, text})
		}
	}
	if err := insert(tx, intoFact, written, factColumns); err != nil {
		return err
	}
	if err := insert(tx, intoDelivery, deliveries, deliveryColumns); err != nil {
		return err
	}
	tx.AfterCommit(func() {
		b.counts.Facts.Add(int64(len(facts)))
		if len(seen) > 0 {
			b.watch.know(seen)
			b.follow(seen)
		}
		if len(deliveries) > 0 {
			nudge(b.wake)
		}
		if len(seen)+len(deliveries) > 0 {
			nudge(b.call)
		}
	})
	return nil
}

// into is an INSERT of any number of rows. It is built, because a statement with its number of rows is several times as
// fast as one statement a row, on both engines.
type into struct {
	head, tail string // Before the rows, and at the end of each.
	columns    int
	texts      sync.Map // number of rows → text
}

const (
	factColumns     = 7
	deliveryColumns = 4
)

var (
	intoFact = &into{
		head: `INSERT INTO fact (id, at, name, key, who_kind, who_id, body) VALUES `, columns: factColumns,
	}
	intoDelivery = &into{
		head: `INSERT INTO delivery (reaction, key, fact, due, tries, lease_by, parked, error) VALUES `,
		tail: `, 0, '', 0, ''`, columns: deliveryColumns,
	}
)

// text is the statement for a number of rows.
func (i *into) text(rows int) string {
	if text, ok := i.texts.Load(rows); ok {
		return text.(string)
	}
	var s strings.Builder
	s.WriteString(i.head)
	for n := range rows * i.columns {
		switch {
		case n == 0:
			s.WriteString("(")
		case n%i.columns == 0:
			s.WriteString(i.tail + "), (")
		default:
			s.WriteString(", ")
		}
		s.WriteString("$" + strconv.Itoa(n+1))
	}
	s.WriteString(i.tail + ")")
	i.texts.Store(rows, s.String())
	return s.String()
}

// insert writes rows whose values stand in args one after the other.
func insert(tx *db.Tx, into *into, args []any, columns int) error {
	for len(args) > 0 {
		n := min(len(args), rowsMax*columns)
		if _, err := tx.Later().ExecContext(tx.Context(), into.text(n/columns), args[:n]...); err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}
