package bus

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"

	"sauda/gear/bus/busdb"
	"sauda/gear/db"
)

// leaseText is the one statement that only PostgreSQL needs: it takes those of the wanted that nobody else is taking.
const leaseText = `WITH free AS (
  SELECT d.reaction, d.key, d.fact FROM delivery d
  JOIN jsonb_to_recordset(cast($1 AS jsonb)) AS w(r text, k text, f text) ON d.reaction = w.r AND d.key = w.k AND d.fact = w.f
  WHERE d.due <= $2 FOR UPDATE OF d SKIP LOCKED)
UPDATE delivery SET lease_by = $3, due = $4 FROM free
WHERE delivery.reaction = free.reaction AND delivery.key = free.key AND delivery.fact = free.fact
RETURNING delivery.reaction, delivery.fact`

// wanted names a delivery in leaseText.
type wanted struct {
	Reaction string `json:"r"`
	Key      string `json:"k"`
	Fact     string `json:"f"`
}

// lease takes deliveries for this process, for a minute. Those that others have taken meanwhile are left to them, and so
// are those behind them.
func (b *Bus) lease(ctx context.Context, due []delivery) ([]delivery, error) {
	list := make([]wanted, len(due))
	for i, d := range due {
		list[i] = wanted{d.Reaction, d.Key, d.Fact}
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	lease := b.me + "-" + rand.Text()[:8] // Another one each time, so that a late process cannot take it for its own.
	var mine []delivery
	err = b.store.Update(ctx, actor, func(tx *db.Tx) error {
		taken, err := leased(tx, string(text), lease)
		if err != nil {
			return err
		}
		mine = mine[:0]
		behind := make(map[line]bool)
		for _, d := range due {
			switch got := taken[line{d.Reaction, d.Fact}]; {
			case !got:
				behind[d.line()] = true
			case behind[d.line()]:
				err := busdb.New(tx.Later()).ReturnDelivery(tx.Context(), busdb.ReturnDeliveryParams{
					Reaction: d.Reaction, Key: d.Key, Fact: d.Fact, LeaseBy: lease, Due: d.Due,
				})
				if err != nil {
					return err
				}
			default:
				d.lease = lease
				mine = append(mine, d)
			}
		}
		return nil
	})
	return mine, err
}

// leased runs leaseText. The result names deliveries by reaction and fact.
func leased(tx *db.Tx, list, lease string) (taken map[line]bool, err error) {
	rows, err := tx.QueryContext(tx.Context(), leaseText, list, tx.Now().UnixMicro(), lease, tx.Now().Add(leaseTime).UnixMicro())
	if err != nil {
		return nil, err
	}
	return named(rows)
}

// named reads rows that name deliveries by reaction and fact.
func named(rows *sql.Rows) (found map[line]bool, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	found = make(map[line]bool)
	for rows.Next() {
		var l line
		if err := rows.Scan(&l.reaction, &l.key); err != nil {
			return nil, err
		}
		found[l] = true
	}
	return found, rows.Err()
}
