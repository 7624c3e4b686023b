package media

import (
	"cmp"
	"database/sql"
	"errors"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/media/mediadb"
	"sauda/gear/db"
)

// Use is a place where a file is shown.
type Use struct {
	Object string // Object is a product, a piece of the window or a review, as its context calls it.
	URL    string
	Alt    text.Localized // Alt says what it shows.
	Silent bool           // Silent needs no words: the poster of a film that has its own.
}

// Shown writes down which files some objects show now, in the place of what was written down before. What is not kept by
// the house is left out; what names a copy of a picture shows the picture. It reads once, once more for copies, and writes
// only where something differs.
func Shown(tx *db.Tx, objects []string, uses []Use) error {
	if len(objects) == 0 {
		return nil
	}
	rows, err := mediadb.New(tx).UsesBy(tx.Context(), db.In(objects))
	if err != nil {
		return err
	}
	before := map[seat]string{}
	for _, r := range rows {
		before[seat{r.Object, r.Name}] = r.Alt
	}
	now, err := seated(tx, uses)
	if err != nil {
		return err
	}
	changed, names := map[string]bool{}, map[string]bool{}
	for at, alt := range before {
		if u, still := now[at]; !still || u.Alt.String() != alt {
			changed[at.object], names[at.name] = true, true
		}
	}
	for at := range now {
		if _, was := before[at]; !was {
			changed[at.object], names[at.name] = true, true
		}
	}
	if len(changed) == 0 {
		return nil
	}
	later := mediadb.New(tx.Later())
	err = later.DropUses(tx.Context(), db.In(keysOf(changed)))
	for _, at := range slices.SortedFunc(maps.Keys(now), func(a, b seat) int { return strings.Compare(a.object+" "+a.name, b.object+" "+b.name) }) {
		if u := now[at]; err == nil && changed[at.object] {
			err = later.AddUse(tx.Context(), mediadb.AddUseParams{
				Object: at.object, Name: at.name, Alt: u.Alt.String(), Words: wordsIn(u.Alt), Kk: flag(u.Silent || u.Alt["kk"] != ""), Ru: flag(u.Silent || u.Alt["ru"] != ""),
			})
		}
	}
	if err != nil {
		return err
	}
	return later.Recount(tx.Context(), db.In(keysOf(names)))
}

// seat is one file in one object.
type seat struct{ object, name string }

// seated gives the uses by object and file, of two of one file the first that has words.
func seated(tx *db.Tx, uses []Use) (map[seat]Use, error) {
	stands, err := originals(tx, uses)
	if err != nil {
		return nil, err
	}
	now := map[seat]Use{}
	for _, u := range uses {
		name, ok := strings.CutPrefix(u.URL, Path)
		if !ok {
			continue
		}
		at := seat{u.Object, cmp.Or(stands[name], name)}
		if first, twice := now[at]; !twice || first.Silent {
			now[at] = u
		}
	}
	return now, nil
}

// copyName takes the name of a copy of a picture apart.
var copyName = regexp.MustCompile(`^([0-9a-f]{16,64})-\d+\.\w+$`)

// originals gives the pictures of which copies are shown, by the names of these.
func originals(tx *db.Tx, uses []Use) (map[string]string, error) {
	hashes, asked := map[string]string{}, map[string]bool{}
	for _, u := range uses {
		name := strings.TrimPrefix(u.URL, Path)
		if parts := copyName.FindStringSubmatch(name); parts != nil {
			hashes[name] = parts[1]
			for _, ending := range pictureEndings {
				asked[parts[1]+ending] = true
			}
		}
	}
	if len(asked) == 0 {
		return nil, nil
	}
	rows, err := mediadb.New(tx).Files(tx.Context(), db.In(keysOf(asked)))
	if err != nil {
		return nil, err
	}
	of, stands := map[string]string{}, map[string]string{}
	for _, r := range rows {
		of[strings.TrimSuffix(r.Name, path.Ext(r.Name))] = r.Name
	}
	for name, hash := range hashes {
		stands[name] = of[hash]
	}
	return stands, nil
}

// keysOf gives the keys of a set in their order.
func keysOf(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

// wordsIn is a text in all its languages, as it is looked for.
func wordsIn(l text.Localized) string {
	var all []string
	for _, words := range l {
		all = append(all, text.Fold(words))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// UsesOf gives where a file is shown, at most so many places, by object. What happened in the last seconds may be missing.
func UsesOf(tx *db.Tx, name string, most int) ([]Use, error) {
	rows, err := mediadb.New(tx).UsesOf(tx.Context(), mediadb.UsesOfParams{Name: name, Most: int64(most)})
	all := make([]Use, len(rows))
	for i, r := range rows {
		all[i] = Use{Object: r.Object, URL: Path + r.Name}
		if err := all[i].Alt.Scan(r.Alt); err != nil {
			return nil, err
		}
	}
	return all, err
}

// walkTime is how often everything that shows files is walked through again: a binary from before, which ran beside this one,
// has noted nothing.
const walkTime = 7 * 24 * time.Hour

// Walked says how far everything that shows files was walked through, to note where each is shown, and whether the walk goes
// on now: it begins again, from nothing, some days after it has come to its end.
func Walked(tx *db.Tx) (upto string, due bool, err error) {
	w, err := mediadb.New(tx).Walked(tx.Context())
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", true, nil
	case err != nil:
		return "", false, err
	}
	return w.Upto, w.Upto != "" || span.Micros(tx.Now().Add(-walkTime)) >= w.ThroughAt, nil
}

// NoteWalked notes how far the walk has come; nothing says that it has come to its end, from where on files can be thrown
// away.
func NoteWalked(tx *db.Tx, upto string) error {
	w, err := mediadb.New(tx).Walked(tx.Context())
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if upto == "" {
		w.ThroughAt = span.Micros(tx.Now())
	}
	return mediadb.New(tx.Later()).NoteWalked(tx.Context(), mediadb.NoteWalkedParams{Upto: upto, ThroughAt: w.ThroughAt})
}
