package bus

import (
	"encoding/json"
	"fmt"

	"sauda/gear/db"
)

// seal writes the facts of a moment and their deliveries, at its end: two statements for the facts of a usual moment.
func (b *Bus) seal(tx *db.Tx, facts []db.Fact) error {
	at := tx.Now().UnixMicro()
	who := tx.Who()
	written := make([]any, 0, intoFact.Columns*len(facts))
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
			if r.idle != nil && r.idle(f) {
				continue
			}
			deliveries = append(deliveries, r.Name, key, id, at)
		}
		if b.followers[name] != nil {
			seen = append(seen, sighting{id, name, f, text})
		}
	}
	if err := intoFact.Add(tx, written); err != nil {
		return err
	}
	if err := intoDelivery.Add(tx, deliveries); err != nil {
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

// The rows of a fact and of a delivery that nobody has taken yet.
var (
	intoFact     = &db.Into{Head: `INSERT INTO fact (id, at, name, key, who_kind, who_id, body) VALUES`, Columns: 7}
	intoDelivery = &db.Into{
		Head: `INSERT INTO delivery (reaction, key, fact, due, tries, lease_by, parked, error) VALUES`,
		Tail: `, 0, '', 0, ''`, Columns: 4,
	}
)
