package digital

import (
	"unicode/utf8"

	"sauda/base/measure"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/digital/digitaldb"
	"sauda/core/hold"
	"sauda/gear/db"
)

// AddCodes puts codes of a variant on the shelf, and says how many are new. A code that the variant has or had already is
// passed over, so that a list can be sent again.
func AddCodes(tx *db.Tx, variant catalog.VariantID, codes []string) (added int, err error) {
	if len(codes) == 0 || len(codes) > CodesMax {
		return 0, ErrCodes.About("%d codes", len(codes))
	}
	for _, code := range codes {
		cleaned, err := text.Clean(code)
		if err != nil || cleaned == "" || utf8.RuneCountInString(cleaned) > codeMax {
			return 0, ErrCodes.About("a code of %d bytes", len(code))
		}
		rows, err := digitaldb.New(tx).AddCode(tx.Context(), digitaldb.AddCodeParams{ID: tx.Mint("cod"), Variant: string(variant), Code: cleaned})
		if err != nil {
			return 0, err
		}
		added += int(rows)
	}
	if added == 0 {
		return 0, nil
	}
	_, err = hold.Resize(tx, catalog.CodesKey(variant), string(variant), int64(measure.Of(int64(added))))
	return added, err
}

// CodesIn gives how many codes of each variant can be sold, of the pools of some variants.
func CodesIn(pools []hold.Pool) map[catalog.VariantID]measure.Quantity {
	left := map[catalog.VariantID]measure.Quantity{}
	for _, p := range pools {
		if v := catalog.VariantID(p.Subject); p.Key == catalog.CodesKey(v) {
			left[v] = measure.Quantity(p.Left())
		}
	}
	return left
}

// Mismatch is a variant of which the pool and the codes that lie here say different numbers. There is none.
type Mismatch struct {
	Variant catalog.VariantID
	Pool    measure.Quantity
	Lie     measure.Quantity
}

// Audit compares the pool of a variant with the codes that nobody has.
func Audit(tx *db.Tx, variant catalog.VariantID) (Mismatch, bool, error) {
	n, err := digitaldb.New(tx).CountCodes(tx.Context(), string(variant))
	if err != nil {
		return Mismatch{}, false, err
	}
	key := catalog.CodesKey(variant)
	pools, err := hold.Pools(tx, []string{key})
	m := Mismatch{Variant: variant, Pool: measure.Quantity(pools[key].Capacity), Lie: measure.Of(n)}
	return m, m.Pool == m.Lie, err
}
