package hold

import (
	"sauda/base/span"
	"sauda/core/hold/holddb"
	"sauda/gear/db"
)

// Of gives the claims of an owner by key, lapsed ones too.
func Of(tx *db.Tx, owner string) ([]Claim, error) {
	rows, err := holddb.New(tx).Claims(tx.Context(), owner)
	return claimsOf(rows), err
}

// On gives the claims on one pool by owner, a page at a time: those after an owner, at most limit. An empty after begins.
func On(tx *db.Tx, key, after string, limit int) ([]Claim, error) {
	rows, err := holddb.New(tx).ClaimsOn(tx.Context(), holddb.ClaimsOnParams{Key: key, After: after, Page: int64(limit)})
	return claimsOf(rows), err
}

// Live gives the claims of all owners that have not lapsed, by owner and key, a page at a time: those after a claim, at most
// limit. The zero Claim begins.
func Live(tx *db.Tx, after Claim, limit int) ([]Claim, error) {
	page := holddb.LiveClaimsParams{Owner: after.Owner, Key: after.Key, Page: int64(limit)}
	rows, err := holddb.New(tx).LiveClaims(tx.Context(), page)
	return claimsOf(rows), err
}

func claimsOf(rows []holddb.HoldClaim) []Claim {
	claims := make([]Claim, len(rows))
	for n, r := range rows {
		claims[n] = Claim{r.Owner, r.Key, r.Quantity, State(r.State), span.FromMicros(r.Until)}
	}
	return claims
}

// Left gives how much can still be taken under each key, in one statement. Keys without a pool are absent.
func Left(tx *db.Tx, keys []string) (map[string]int64, error) {
	pools, err := Pools(tx, keys)
	if err != nil {
		return nil, err
	}
	left := make(map[string]int64, len(pools))
	for key, p := range pools {
		left[key] = p.Left()
	}
	return left, nil
}

// Mismatch is a pool whose taken is not the sum of its claims. There is none while the verbs of this package are the only
// ones that write here.
type Mismatch struct {
	Key     string
	Taken   int64
	Claimed int64
}

// Audit compares every pool with its claims and gives at most a thousand that differ.
func Audit(tx *db.Tx) ([]Mismatch, error) {
	rows, err := holddb.New(tx).Uneven(tx.Context())
	if err != nil {
		return nil, err
	}
	var found []Mismatch
	for _, r := range rows {
		found = append(found, Mismatch(r))
	}
	return found, nil
}
