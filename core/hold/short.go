package hold

import (
	"strings"

	"sauda/core/hold/holddb"
	"sauda/gear/db"
)

// Shortage says of which pools little is left. Places are what stands before the subject in the keys of pools.
type Shortage struct {
	Places []string
	Gone   bool // Gone asks for pools of which nothing is left; else something is left, and no more than the mark.
	After  Pool // After is the last pool of the page before; the zero one begins.
	Limit  int
}

// shortMost bounds what CountShort counts: whoever has more sees that there are many.
const shortMost = 1000

// Short gives pools of which little or nothing is left, by place and subject, in one statement that looks at such pools
// only. A pool that was opened with nothing in it is none of them before it is watched or counted anew.
func Short(tx *db.Tx, s Shortage) ([]Pool, error) {
	if len(s.Places) == 0 {
		return nil, nil
	}
	q := holddb.New(tx)
	asked := holddb.LowPoolsParams{
		Places: db.In(s.Places), Place: placeOf(s.After), Subject: s.After.Subject, Page: int64(s.Limit),
	}
	rows, err := []holddb.HoldPool(nil), error(nil)
	if s.Gone {
		rows, err = q.GonePools(tx.Context(), holddb.GonePoolsParams(asked))
	} else {
		rows, err = q.LowPools(tx.Context(), asked)
	}
	found := make([]Pool, len(rows))
	for i, r := range rows {
		found[i] = poolOf(r)
	}
	return found, err
}

// placeOf gives what stands before the subject in the key of a pool.
func placeOf(p Pool) string { return strings.TrimSuffix(p.Key, p.Subject) }

// CountShort counts the pools of some places of which little is left, and those of which nothing is; together at most a
// thousand are counted.
func CountShort(tx *db.Tx, places []string) (low, gone int64, err error) {
	if len(places) == 0 {
		return 0, 0, nil
	}
	n, err := holddb.New(tx).CountShort(tx.Context(), holddb.CountShortParams{Places: db.In(places), Most: shortMost})
	return n.Low, n.Gone, err
}

// Rest no longer counts the pools of some subjects among those of which little is left, until one crosses a level again.
func Rest[S ~string](tx *db.Tx, places []string, subjects []S) error {
	if len(places) == 0 || len(subjects) == 0 {
		return nil
	}
	return holddb.New(tx.Later()).RestShort(tx.Context(), holddb.RestShortParams{Places: db.In(places), Subjects: db.In(subjects)})
}

// Recount counts the pools of some subjects anew among those of which little is left: what Rest was told of is wanted again.
func Recount[S ~string](tx *db.Tx, places []string, subjects []S) error {
	var keys []string
	for _, place := range places {
		for _, s := range subjects {
			keys = append(keys, place+string(s))
		}
	}
	return noteShort(tx, keys, nil)
}

// Shorts gives the pools that are counted so, or were before more came in, by key: those after a key, at most limit.
func Shorts(tx *db.Tx, after string, limit int) ([]Pool, error) {
	rows, err := holddb.New(tx).Shorts(tx.Context(), holddb.ShortsParams{After: after, Page: int64(limit)})
	found := make([]Pool, len(rows))
	for i, r := range rows {
		found[i] = poolOf(r)
	}
	return found, err
}

// keepShort remembers which of the pools that crossed a level have little left.
func (c crossings) keepShort(tx *db.Tx) error {
	var short, enough []string
	for _, x := range c {
		if x.Left <= x.Mark {
			short = append(short, x.Key)
		} else {
			enough = append(enough, x.Key)
		}
	}
	return noteShort(tx, short, enough)
}

func noteShort(tx *db.Tx, short, enough []string) error {
	later := holddb.New(tx.Later())
	if len(enough) > 0 {
		if err := later.DropShort(tx.Context(), db.In(enough)); err != nil {
			return err
		}
	}
	if len(short) == 0 {
		return nil
	}
	return later.NoteShort(tx.Context(), db.In(short))
}
