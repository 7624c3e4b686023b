package ledger

import (
	"regexp"

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
	later := ledgerdb.New(tx.Later())
	for n, t := range p.Transfers {
		if err := later.AddTransfer(tx.Context(), ledgerdb.AddTransferParams{
			Posting: id, Position: int64(n + 1), Debit: string(t.Debit), Credit: string(t.Credit),
			Asset: t.Asset, Amount: t.Amount, Seller: t.Seller,
		}); err != nil {
			return "", err
		}
	}
	return ID(id), nil
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
		case !assetShape.MatchString(t.Asset):
			return ErrAsset.About("%.60q", t.Asset)
		}
	}
	return nil
}
