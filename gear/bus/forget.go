package bus

import (
	"strconv"
	"strings"
	"time"

	"sauda/gear/bus/busdb"
	"sauda/gear/db"
)

// PartMax is how many facts Forget and Strip change at once.
const PartMax = 1000

// Forget drops up to PartMax facts of these names that were stated before an instant, and says how many; a job calls it
// until it is less. Facts whose reactions are not done stay.
func Forget(tx *db.Tx, names []string, before time.Time) (int64, error) {
	return busdb.New(tx).ForgetFacts(tx.Context(), busdb.ForgetFactsParams{Names: db.In(names), Before: floor(before)})
}

// ForgetKey drops the whole history of one key, such as a basket whose owner asked for it. Facts whose reactions are not
// done stay.
func ForgetKey(tx *db.Tx, key string) (int64, error) {
	return busdb.New(tx).ForgetKey(tx.Context(), key)
}

// Strip makes up to PartMax facts of these names that were stated before an instant anonymous, and says how many: who
// stated them is forgotten, and so are the named fields of their bodies. Facts that are stripped already do not count,
// so a job calls it until it is less.
func Strip(tx *db.Tx, names []string, before time.Time, fields ...string) (int64, error) {
	q := busdb.New(tx)
	rows, err := q.StrippableFacts(tx.Context(), busdb.StrippableFactsParams{Names: db.In(names), Before: floor(before)})
	if err != nil {
		return 0, err
	}
	later := busdb.New(tx.Later())
	for _, r := range rows {
		if err := later.StripFact(tx.Context(), busdb.StripFactParams{ID: r.ID, Body: strip(r.Body, fields)}); err != nil {
			return 0, err
		}
	}
	return int64(len(rows)), nil
}

// stated reads the instant out of the id of a fact.
func stated(id string) time.Time {
	high, low, _ := strings.Cut(id, "-")
	low, _, _ = strings.Cut(low, "-")
	millis, err := strconv.ParseInt(high+low, 16, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}
