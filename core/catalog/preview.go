package catalog

import (
	"database/sql"
	"errors"
	"time"

	"sauda/base/span"
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// PreviewTime is how long a link to a draft leads anywhere.
const PreviewTime = 7 * 24 * time.Hour

// Preview is a link to a draft.
type Preview struct {
	Token string // Token is all that a reader needs: whoever has it sees the draft.
	Until time.Time
}

// Share gives a new link to a product in any state. Earlier links lead on until their own time is over.
func Share(tx *db.Tx, id ProductID) (Preview, error) {
	if _, err := Get(tx, id); err != nil {
		return Preview{}, err
	}
	p := Preview{Token: tx.Mint("prv"), Until: tx.Now().Add(PreviewTime)}
	return p, catalogdb.New(tx.Later()).InsertPreview(tx.Context(), catalogdb.InsertPreviewParams{Token: p.Token,
		Product: string(id), Until: span.Micros(p.Until)})
}

// Unshare ends all links to a product.
func Unshare(tx *db.Tx, id ProductID) error {
	return catalogdb.New(tx).DropPreviews(tx.Context(), string(id))
}

// Previewed gives the product to which a link leads. A link that is over or was ended is as unknown as none.
func Previewed(tx *db.Tx, token string) (ProductID, error) {
	id, err := catalogdb.New(tx).Previewed(tx.Context(), catalogdb.PreviewedParams{Token: token, Now: span.Micros(tx.Now())})
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrUnknown.About("no preview")
	}
	return ProductID(id), err
}

// ForgetPreviews gives up links that are over, at most so many, and says how many.
func ForgetPreviews(tx *db.Tx, most int) (int, error) {
	n, err := catalogdb.New(tx).ForgetPreviews(tx.Context(), catalogdb.ForgetPreviewsParams{Now: span.Micros(tx.Now()), Most: int64(most)})
	return int(n), err
}
