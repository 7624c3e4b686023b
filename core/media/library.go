package media

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/media/mediadb"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/job"
)

// Entry is a file as the library lists it.
type Entry struct {
	File
	Uses    int64    // Uses is on how many products and pieces it is shown.
	Lacks   []string // Lacks are the languages, of those that the law asks for, in which it is shown without words somewhere.
	Dropped time.Time
}

// Filter says which files are listed.
type Filter struct {
	Kind    Kind
	Unused  bool   // Unused keeps files that are shown nowhere.
	Lacks   string // Lacks keeps files that are shown without words in kk or ru.
	Text    string // Text is words that the name of a file, or what is said of it, must contain. It reads on until a page is full.
	Largest bool   // Largest has the largest first, instead of the newest.
	Dropped bool   // Dropped lists what was thrown away, the latest first, and nothing else.
	After   string // After is what List gave to go on from.
	Limit   int    // Limit is at most 200; anything else counts as 60.
}

const (
	listMax   = 200
	listUsual = 60
	termsMax  = 5 // termsMax bounds the words that are looked for.
)

// List gives files of the house, and what to go on from, which is empty when there is no more. What buyers brought to their
// reviews is not among them. It takes one statement, which walks one index in the order of the page.
func List(tx *db.Tx, f Filter) ([]Entry, string, error) {
	if f.Limit < 1 || f.Limit > listMax {
		f.Limit = listUsual
	}
	at, name := int64(math.MaxInt64), ""
	if f.After != "" {
		number, rest, ok := strings.Cut(f.After, "-")
		n, err := strconv.ParseInt(number, 36, 64)
		if !ok || err != nil {
			return nil, "", ErrCursor.About("%.80q", f.After)
		}
		at, name = n, rest
	}
	query, args := f.query(at, name)
	found, marks, err := entries(tx, query, args)
	if err != nil || len(found) <= f.Limit {
		return found, "", err
	}
	last := f.Limit - 1
	return found[:f.Limit], strconv.FormatInt(marks[last], 36) + "-" + found[last].Name, nil
}

// likeEscape keeps the signs of a pattern from being taken for more than themselves.
var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// query writes the statement of a filter. The conditions that are not asked for are left out, so that an index fits.
func (f Filter) query(at int64, name string) (string, []any) {
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	by, where := "kept", "f.dropped_at = 0"
	switch {
	case f.Dropped:
		by, where = "dropped_at", "f.dropped_at > 0"
	case f.Largest:
		by = "bytes"
	}
	where += " AND f.buyers = 0"
	if f.Kind != "" {
		where += " AND f.kind = " + arg(string(f.Kind))
	}
	if f.Unused {
		where += " AND f.uses = 0"
	}
	switch f.Lacks {
	case "kk":
		where += " AND f.lacks_kk = 1"
	case "ru":
		where += " AND f.lacks_ru = 1"
	}
	terms := strings.Fields(text.Fold(f.Text))
	for _, term := range terms[:min(len(terms), termsMax)] {
		like := arg("%" + likeEscape.Replace(term) + "%")
		where += ` AND (f.words LIKE ` + like + ` ESCAPE '\' OR EXISTS (SELECT 1 FROM media_use u WHERE u.name = f.name AND u.words LIKE ` + like + ` ESCAPE '\'))`
	}
	return "SELECT f.name, f.kind, f.type, f.bytes, f.width, f.height, f.state, f.done, f.total, f.kept, f.label, f.uses, f.lacks_kk, f.lacks_ru, f.dropped_at, f." + by +
		" FROM media_file f WHERE " + where + " AND (f." + by + ", f.name) < (" + arg(at) + ", " + arg(name) + ")" +
		" ORDER BY f." + by + " DESC, f.name DESC LIMIT " + arg(int64(f.Limit+1)), args
}

// entries runs a statement of a filter. Marks are what the rows are sorted by.
func entries(tx *db.Tx, query string, args []any) (found []Entry, marks []int64, err error) {
	rows, err := tx.QueryContext(tx.Context(), query, args...)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r mediadb.MediaFile
		var mark int64
		if err := rows.Scan(&r.Name, &r.Kind, &r.Type, &r.Bytes, &r.Width, &r.Height, &r.State, &r.Done, &r.Total, &r.Kept, &r.Label,
			&r.Uses, &r.LacksKk, &r.LacksRu, &r.DroppedAt, &mark); err != nil {
			return nil, nil, err
		}
		found, marks = append(found, entryOf(r)), append(marks, mark)
	}
	return found, marks, rows.Err()
}

func entryOf(r mediadb.MediaFile) Entry {
	e := Entry{File: fileOf(r), Uses: r.Uses}
	if r.LacksKk == 1 {
		e.Lacks = append(e.Lacks, "kk")
	}
	if r.LacksRu == 1 {
		e.Lacks = append(e.Lacks, "ru")
	}
	if r.DroppedAt > 0 {
		e.Dropped = span.FromMicros(r.DroppedAt)
	}
	return e
}

// Get gives a file of the house by its name. What a buyer brought is unknown here.
func Get(tx *db.Tx, name string) (Entry, error) {
	rows, err := mediadb.New(tx).Files(tx.Context(), db.In([]string{name}))
	if err != nil {
		return Entry{}, err
	}
	if len(rows) == 0 || rows[0].Buyers == 1 {
		return Entry{}, ErrUnknown.About("%.100q", name)
	}
	return entryOf(rows[0]), nil
}

// DroppedTime is how long what was thrown away can be taken back. Until it is over the file can still be seen, so that a
// page that names it is never broken by mistake.
const DroppedTime = 30 * 24 * time.Hour

// Drop throws a file away that is shown nowhere; one that is, is ErrUsed, and before everything that shows files was walked
// through once, ErrUnsure. Thrown away twice, it is once.
func Drop(tx *db.Tx, name string) error {
	e, err := Get(tx, name)
	if err != nil || !e.Dropped.IsZero() {
		return err
	}
	n, err := mediadb.New(tx).DropFile(tx.Context(), mediadb.DropFileParams{At: span.Micros(tx.Now()), Name: name})
	switch {
	case err != nil || n > 0:
		return err
	case e.Uses == 0:
		return ErrUnsure.About("%s", name)
	}
	return ErrUsed.About("%s", name)
}

// LetGo throws away what buyers brought, by its addresses, as far as nothing shows it: their files are in no library in which
// somebody could. What is shown again before DroppedTime is over stays.
func LetGo(tx *db.Tx, urls ...string) error {
	var names []string
	for _, url := range urls {
		if name, ok := strings.CutPrefix(url, Path); ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return mediadb.New(tx.Later()).LetGoFiles(tx.Context(), mediadb.LetGoFilesParams{At: span.Micros(tx.Now()), Names: db.In(names)})
}

// TakeBack takes back what was thrown away. What was not, or longer ago than DroppedTime, is as it is.
func TakeBack(tx *db.Tx, name string) error {
	if _, err := Get(tx, name); err != nil {
		return err
	}
	_, err := mediadb.New(tx).TakeBackFile(tx.Context(), name)
	return err
}

// clearMost bounds how many files are cleared away at a time.
const clearMost = 100

// Clear gives up what was thrown away longer ago than DroppedTime and is shown nowhere since, with its copies; nothing before
// everything that shows files was walked through once. The row goes first: cut off between the two, a file stays that nobody
// names.
func (l Library) Clear(ctx context.Context, store *db.Store) error {
	for ctx.Err() == nil {
		var due []mediadb.DroppedBeforeRow
		err := job.Once(ctx, store, db.System, func(tx *db.Tx) (err error) {
			q := mediadb.New(tx)
			if err := q.RescueFiles(tx.Context()); err != nil {
				return err
			}
			due, err = q.DroppedBefore(tx.Context(), mediadb.DroppedBeforeParams{Before: span.Micros(tx.Now().Add(-DroppedTime)), Most: clearMost})
			if err != nil || len(due) == 0 {
				return err
			}
			names := make([]string, len(due))
			for i, d := range due {
				names[i] = d.Name
			}
			return q.ForgetFiles(tx.Context(), db.In(names))
		})
		if err != nil || len(due) == 0 {
			return err
		}
		var lie []string
		for _, d := range due {
			lie = append(lie, d.Name)
			if Kind(d.Kind) == KindImage {
				for _, width := range Widths {
					lie = append(lie, blob.Copy(d.Name, width, ".jpg"), blob.Copy(d.Name, width, ".webp"))
				}
			}
		}
		if err := l.Blobs.Forget(ctx, lie...); err != nil {
			return err
		}
	}
	return ctx.Err()
}
