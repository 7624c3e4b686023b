package conduct

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"sauda/core/exchange/conduct/conductdb"
	"sauda/core/exchange/watch"
	"sauda/gear/db"
)

// LastSeen gives the last event that was looked at; not ok when nothing was ever looked at.
func LastSeen(tx *db.Tx) (seq uint64, ok bool, err error) {
	n, err := queries(tx).Seen(tx.Context())
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return uint64(n), err == nil, err
}

// Lines gives what was seen up to that event.
func Lines(tx *db.Tx) ([]watch.Kept, error) {
	rows, err := queries(tx).Lines(tx.Context())
	lines := make([]watch.Kept, len(rows))
	for n, r := range rows {
		lines[n] = watch.Kept{Instrument: uint32(r.Instrument), Body: []byte(r.Body)}
	}
	return lines, err
}

// Raised is an alert with whom it is about: owners, and users who entered its orders.
type Raised struct {
	watch.Alert
	Suspects []string
}

// Glance is what was seen between two events.
type Glance struct {
	From, UpTo uint64 // From is the last event that was written down before; zero with Fresh.
	Fresh      bool   // Fresh says that nothing was ever written down.
	Lines      []watch.Kept
	Alerts     []Raised
}

// Write writes down what was seen, in one moment with up to where. Whoever looks at events that somebody else has looked at
// already is ErrSeen, and nothing is written.
func Write(tx *db.Tx, g Glance) error {
	advance := func() (int64, error) {
		return queries(tx).Advance(tx.Context(), conductdb.AdvanceParams{Seq: int64(g.From), Upto: int64(g.UpTo)})
	}
	if g.Fresh {
		advance = func() (int64, error) { return queries(tx).Begin(tx.Context(), int64(g.UpTo)) }
	}
	rows, err := advance()
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrSeen.About("events %d to %d", g.From, g.UpTo)
	}
	later := conductdb.New(tx.Later())
	for _, l := range g.Lines {
		if err := later.KeepLine(tx.Context(), conductdb.KeepLineParams{Instrument: int64(l.Instrument), Body: string(l.Body)}); err != nil {
			return err
		}
	}
	for _, r := range g.Alerts {
		if err := r.write(tx, later); err != nil {
			return err
		}
	}
	return nil
}

// idOf names an alert by its key, so that raised again it is the same.
func idOf(key string) AlertID {
	sum := sha256.Sum256([]byte(key))
	return AlertID("alr_" + hex.EncodeToString(sum[:13]))
}

// write writes an alert down, or what has come to it.
func (r Raised) write(tx *db.Tx, later *conductdb.Queries) error {
	id := string(idOf(r.Key()))
	owners, err := json.Marshal(r.Owners)
	if err != nil {
		return fmt.Errorf("write the owners of %s: %w", id, err)
	}
	figures, err := json.Marshal(r.Figures)
	if err != nil {
		return fmt.Errorf("write the figures of %s: %w", id, err)
	}
	if err := later.Raise(tx.Context(), conductdb.RaiseParams{ID: id, Kind: string(r.Kind), Instrument: int64(r.Instrument), Day: r.Day.String(),
		Owners: string(owners), Severity: int64(r.Severity), Figures: string(figures), At: r.At}); err != nil {
		return err
	}
	for _, who := range r.Suspects {
		if err := later.Name(tx.Context(), conductdb.NameParams{Alert: id, Party: who}); err != nil {
			return err
		}
	}
	for _, o := range r.Orders {
		if err := evidence(tx, later, conductdb.KeepEvidenceParams{Alert: id, Kind: "order", Ref: int64(o.ID)}, o); err != nil {
			return err
		}
	}
	for _, d := range r.Deals {
		if err := evidence(tx, later, conductdb.KeepEvidenceParams{Alert: id, Kind: "deal", Ref: int64(d.ID)}, d); err != nil {
			return err
		}
	}
	return nil
}

func evidence(tx *db.Tx, later *conductdb.Queries, p conductdb.KeepEvidenceParams, of any) error {
	body, err := json.Marshal(of)
	if err != nil {
		return fmt.Errorf("write the evidence %s %d: %w", p.Kind, p.Ref, err)
	}
	p.Body = string(body)
	return later.KeepEvidence(tx.Context(), p)
}
