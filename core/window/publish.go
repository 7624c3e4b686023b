package window

import (
	"database/sql"
	"errors"
	"time"

	"sauda/base/span"
	"sauda/core/window/windowdb"
	"sauda/gear/db"
)

// Publish shows the draft, now or from its own time on, as a new edition. An earlier address leads to the new one. What was
// ended is shown again. A version that is not the present one is ErrStale.
func Publish(tx *db.Tx, seller string, id ID, version int64) (Piece, error) {
	p, err := Get(tx, seller, id)
	if err != nil {
		return p, err
	}
	return publish(tx, p, version, p.Draft)
}

// Restore shows an earlier edition again, as a new one: undo. The draft becomes the same.
func Restore(tx *db.Tx, seller string, id ID, edition int64) (Piece, error) {
	p, err := Get(tx, seller, id)
	if err != nil {
		return p, err
	}
	stored, err := windowdb.New(tx).EditionOf(tx.Context(), windowdb.EditionOfParams{Piece: string(id), Number: edition})
	if errors.Is(err, sql.ErrNoRows) {
		return p, ErrUnknown.About("edition %d of %s", edition, id)
	}
	if err != nil {
		return p, err
	}
	body, err := decode(stored)
	if err != nil {
		return p, err
	}
	return publish(tx, p, p.Version, body)
}

// publish makes a body the next edition. It is judged anew: the rules may be other ones than when it was written.
func publish(tx *db.Tx, p Piece, version int64, body Body) (Piece, error) {
	body, err := body.check(p.Kind)
	if err != nil {
		return p, err
	}
	q, at, who, stored := windowdb.New(tx), span.Micros(tx.Now()), tx.Who().ID, encode(body)
	if p.Kind.Addressed() {
		others, err := q.Slugged(tx.Context(), windowdb.SluggedParams{Seller: p.Seller, Kind: string(p.Kind), Slug: body.Slug, ID: string(p.ID)})
		if err != nil {
			return p, err
		}
		if len(others) > 0 {
			return p, ErrTaken.About("%s has %s", others[0], body.Slug)
		}
		if err := q.Address(tx.Context(), windowdb.AddressParams{Seller: p.Seller, Kind: string(p.Kind), Slug: body.Slug, Piece: string(p.ID)}); err != nil {
			return p, err
		}
	}
	n, err := q.Publish(tx.Context(), windowdb.PublishParams{Slug: body.Slug, Body: stored, At: at, Who: who, ID: string(p.ID), Version: version})
	if err != nil {
		return p, err
	}
	if n == 0 {
		return p, ErrStale.About("%s is at %d, not %d", p.ID, p.Version, version)
	}
	p.State, p.Slug, p.Draft, p.Shown, p.Edition, p.Version = StateShown, body.Slug, body, body, p.Edition+1, version+1
	p.Changed, p.By = tx.Now(), who
	if p.First.IsZero() {
		p.First = tx.Now()
	}
	if err := q.Edition(tx.Context(), windowdb.EditionParams{Piece: string(p.ID), Number: p.Edition, Body: stored, At: at, Who: who}); err != nil {
		return p, err
	}
	return p, tx.Emit(Published{Piece: p.ID, Seller: p.Seller, Kind: p.Kind, Edition: p.Edition})
}

// End takes a piece out of the shop. Its address says that it has ended; published again, it is there again. One that has
// ended stays so; one that was never published is ErrUnready.
func End(tx *db.Tx, seller string, id ID) (Piece, error) {
	p, err := Get(tx, seller, id)
	if err != nil || p.State == StateEnded {
		return p, err
	}
	n, err := windowdb.New(tx).End(tx.Context(), windowdb.EndParams{At: span.Micros(tx.Now()), Who: tx.Who().ID, ID: string(id)})
	if err != nil {
		return p, err
	}
	if n == 0 {
		return p, ErrUnready.About("%s is a %s", id, p.State)
	}
	p.State, p.Version = StateEnded, p.Version+1
	return p, tx.Emit(Ended{Piece: id, Seller: seller, Kind: p.Kind})
}

// Edition is what was published once.
type Edition struct {
	Number int64
	At     time.Time
	By     string
}

// History gives what was published of a piece, the latest first, as many as are looked at.
func History(tx *db.Tx, seller string, id ID) ([]Edition, error) {
	if _, err := Get(tx, seller, id); err != nil {
		return nil, err
	}
	rows, err := windowdb.New(tx).Editions(tx.Context(), windowdb.EditionsParams{Piece: string(id), Most: listedMax})
	all := make([]Edition, len(rows))
	for i, r := range rows {
		all[i] = Edition{Number: r.Number, At: instant(r.At), By: r.Who}
	}
	return all, err
}

// PreviewTime is how long a link to a draft leads anywhere.
const PreviewTime = 30 * time.Minute

// Share gives a new link to the draft of a piece: whoever has the token sees it until the time is over.
func Share(tx *db.Tx, seller string, id ID) (token string, err error) {
	if _, err := Get(tx, seller, id); err != nil {
		return "", err
	}
	token = tx.Mint("prv")
	return token, windowdb.New(tx).Preview(tx.Context(), windowdb.PreviewParams{Token: token, Piece: string(id), Until: span.Micros(tx.Now().Add(PreviewTime))})
}

// Previewed gives the piece to which a link leads, whoever asks. A link that is over is as unknown as none: ErrNoLink.
func Previewed(tx *db.Tx, token string) (Piece, error) {
	row, err := windowdb.New(tx).Previewed(tx.Context(), windowdb.PreviewedParams{Token: token, Now: span.Micros(tx.Now())})
	if errors.Is(err, sql.ErrNoRows) {
		return Piece{}, ErrNoLink
	}
	if err != nil {
		return Piece{}, err
	}
	return ofRow(row)
}

// ForgetPreviews gives up links that are over, at most so many, and says how many.
func ForgetPreviews(tx *db.Tx, most int) (int, error) {
	n, err := windowdb.New(tx).ForgetPreviews(tx.Context(), windowdb.ForgetPreviewsParams{Now: span.Micros(tx.Now()), Most: int64(most)})
	return int(n), err
}
