package window

import (
	"database/sql"
	"errors"
	"time"

	"sauda/base/span"
	"sauda/core/window/windowdb"
	"sauda/gear/db"
)

// Begin begins a piece as a draft, which nobody sees who has no link to it. Of a look there is one: a second is the first.
func Begin(tx *db.Tx, seller string, kind Kind, draft Body) (Piece, error) {
	if err := staff(tx, seller); err != nil {
		return Piece{}, err
	}
	if kind == KindLook {
		if old, err := Looking(tx, seller); err != nil || old.ID != "" {
			return old, err
		}
	}
	draft, err := draft.check(kind)
	if err != nil {
		return Piece{}, err
	}
	q := windowdb.New(tx)
	n, err := q.Count(tx.Context(), seller)
	if err != nil {
		return Piece{}, err
	}
	if n >= piecesMax {
		return Piece{}, ErrTooMany.About("%d of %s", n, seller)
	}
	p := Piece{ID: ID(tx.Mint("win")), Seller: seller, Kind: kind, State: StateDraft, Draft: draft, Version: 1, Changed: tx.Now(), By: tx.Who().ID}
	return p, q.Begin(tx.Context(), windowdb.BeginParams{ID: string(p.ID), Seller: seller, Kind: string(kind), Draft: encode(draft),
		Changed: span.Micros(p.Changed), Who: p.By})
}

// staff refuses everybody who does not work for a seller.
func staff(tx *db.Tx, seller string) error {
	if who := tx.Who(); seller == "" || !who.For(seller) {
		return ErrDenied.About("%s of %q for %q", who.ID, who.Seller, seller)
	}
	return nil
}

// Looking gives the look of a seller, or the zero Piece when there is none yet. Only his people see it, for it has a draft.
func Looking(tx *db.Tx, seller string) (Piece, error) {
	if err := staff(tx, seller); err != nil {
		return Piece{}, err
	}
	rows, err := windowdb.New(tx).Look(tx.Context(), seller)
	if err != nil || len(rows) == 0 {
		return Piece{}, err
	}
	return ofRow(rows[0])
}

// Get gives a piece with its draft to the people of its seller; to all others it is unknown.
func Get(tx *db.Tx, seller string, id ID) (Piece, error) {
	if err := staff(tx, seller); err != nil {
		return Piece{}, err
	}
	row, err := windowdb.New(tx).Get(tx.Context(), windowdb.GetParams{ID: string(id), Seller: seller})
	if errors.Is(err, sql.ErrNoRows) {
		return Piece{}, ErrUnknown.About("%s of %s", id, seller)
	}
	if err != nil {
		return Piece{}, err
	}
	return ofRow(row)
}

// List gives the pieces of a kind with their drafts, the newest first.
func List(tx *db.Tx, seller string, kind Kind) ([]Piece, error) {
	if err := staff(tx, seller); err != nil {
		return nil, err
	}
	rows, err := windowdb.New(tx).List(tx.Context(), windowdb.ListParams{Seller: seller, Kind: string(kind)})
	if err != nil {
		return nil, err
	}
	return ofRows(rows)
}

// Save keeps a draft over the version that its writer has seen. What is published stays as it is.
func Save(tx *db.Tx, seller string, id ID, version int64, draft Body) (Piece, error) {
	p, err := Get(tx, seller, id)
	if err != nil {
		return p, err
	}
	if draft, err = draft.check(p.Kind); err != nil {
		return p, err
	}
	n, err := windowdb.New(tx).Save(tx.Context(), windowdb.SaveParams{Draft: encode(draft), Changed: span.Micros(tx.Now()), Who: tx.Who().ID,
		ID: string(id), Version: version})
	if err == nil && n == 0 {
		err = ErrStale.About("%s is at %d, not %d", id, p.Version, version)
	}
	p.Draft, p.Version, p.Changed, p.By = draft, version+1, tx.Now(), tx.Who().ID
	return p, err
}

func ofRow(r windowdb.WindowPiece) (Piece, error) {
	p := Piece{ID: ID(r.ID), Seller: r.Seller, Kind: Kind(r.Kind), State: State(r.State), Slug: r.Slug, Edition: r.Edition,
		Version: r.Version, First: instant(r.First), Changed: instant(r.Changed), By: r.Who}
	var err error
	if p.Draft, err = decode(r.Draft); err != nil {
		return p, err
	}
	p.Shown, err = decode(r.Shown)
	return p, err
}

func ofRows(rows []windowdb.WindowPiece) ([]Piece, error) {
	all := make([]Piece, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = ofRow(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// instant reads a stored time; 0 is none.
func instant(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
