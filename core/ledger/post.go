package ledger

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sauda/gear/db"

	"sauda/base/span"
	"sauda/core/ledger/ledgerdb"
)

var assetShape = regexp.MustCompile(`^[A-Z][A-Z0-9.:-]{1,39}$`)

// Post writes a posting, all of it or nothing. The same kind and ref a second time is ErrPosted, and nothing is
// written: a caller that may be told twice treats it as done. A posting without transfers is refused.
func Post(tx *db.Tx, p Posting) (ID, error) {
	if err := p.check(); err != nil {
		return "", err
	}
	id := tx.Mint("txn")
	rows, err := ledgerdb.New(tx).AddPosting(tx.Context(), ledgerdb.AddPostingParams{
		ID: id, Kind: p.Kind, Ref: p.Ref, At: span.Micros(tx.Now()), Cause: p.Cause,
	})
	if err != nil {
		return "", err
	}
	if rows == 0 {
		return "", ErrPosted.About("%s %s", p.Kind, p.Ref)
	}
	if len(p.Transfers) > few {
		return ID(id), addMany(tx, id, p.Transfers)
	}
	values := make([]any, 0, intoTransfer.Columns*len(p.Transfers))
	for n, t := range p.Transfers {
		values = append(values, id, int64(n+1), string(t.Debit), string(t.Credit), t.Asset, t.Amount, t.Seller)
	}
	return ID(id), intoTransfer.Add(tx, values)
}

// intoTransfer is the rows of a usual posting.
var intoTransfer = &db.Into{
	Head: `INSERT INTO ledger_transfer (posting, position, debit, credit, asset, amount, seller) VALUES`, Columns: 7,
}

// few is up to how many transfers are written by a statement that is kept; a settlement of the exchange has thousands, and
// writes many of them at a time.
const few, many = 16, 200

// addMany writes transfers, two hundred rows a statement.
func addMany(tx *db.Tx, id string, transfers []Transfer) error {
	position := 0
	for chunk := range slices.Chunk(transfers, many) {
		args := make([]any, 0, 1+6*len(chunk))
		args = append(args, id)
		rows := make([]string, len(chunk))
		for i, t := range chunk {
			position++
			n := len(args)
			rows[i] = fmt.Sprintf("($1, $%d, $%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5, n+6)
			args = append(args, position, string(t.Debit), string(t.Credit), t.Asset, t.Amount, t.Seller)
		}
		query := `INSERT INTO ledger_transfer (posting, position, debit, credit, asset, amount, seller) VALUES ` + strings.Join(rows, ", ")
		if _, err := tx.Later().ExecContext(tx.Context(), query, args...); err != nil {
			return err
		}
	}
	return nil
}

// check refuses a posting that cannot stand, before anything is written.
func (p Posting) check() error {
	if p.Kind == "" || p.Ref == "" || len(p.Transfers) == 0 {
		return ErrEmpty.About("%q %q with %d transfers", p.Kind, p.Ref, len(p.Transfers))
	}
	for _, t := range p.Transfers {
		if err := t.Debit.Check(); err != nil {
			return err
		}
		if err := t.Credit.Check(); err != nil {
			return err
		}
		switch {
		case t.Debit == t.Credit:
			return ErrSame.About("%s", t.Debit)
		case t.Amount <= 0:
			return ErrAmount.About("%d %s from %s to %s", t.Amount, t.Asset, t.Credit, t.Debit)
		}
		if err := CheckAsset(t.Asset); err != nil {
			return err
		}
	}
	return nil
}

// CheckAsset refuses what no asset can be called: a currency code, or the code of a security, in capital letters and digits.
func CheckAsset(asset string) error {
	if !assetShape.MatchString(asset) {
		return ErrAsset.About("%.60q", asset)
	}
	return nil
}
