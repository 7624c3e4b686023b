// Package attachment knows the files that buyers bring to what they order: a picture to be printed, a drawing to be cut.
//
// A file is judged and cleaned as those of the catalogue are (media), and lies under a name that nobody is told. It has no
// address of its own: whoever may see the basket or the order that names it may see the file, and nobody else. It does not
// know why it was asked for (catalog), nor what became of the order.
//
//	kept ──Bind──▶ with an order, for as long as that is kept
//	  └──Forget──▶ gone after ninety days, as the basket
package attachment

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"io"
	"os"
	"slices"
	"time"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/attachment/attachmentdb"
	"sauda/core/media"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/job"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the table of attachments.
var Schema = db.Schema{Name: "attachment", Files: schemaFiles}

// ID names a file. It holds random bits that nobody guesses.
type ID string

// File is what was brought.
type File struct {
	ID    ID
	Party string // Party is whose it is; empty for a guest's.
	Name  string // Name is what its sender calls it; no part of it says where it lies.
	Type  string // Type is the media type, by its content.
	Bytes int64
	lies  string
}

// Limits of what buyers bring.
const (
	BytesMax = 20 << 20 // BytesMax is more than a telephone's photograph or a drawing of some pages.
	filesMax = 20       // filesMax bounds what is brought to one basket and not ordered.
	nameMax  = 150
	idle     = 90 * 24 * time.Hour // idle is how long a file waits to be ordered, as its basket does.
)

// Faults of attachments.
var (
	ErrKind    = fault.New(fault.Invalid, "attachment.kind", "Bring a picture (JPEG, PNG, WebP) or a document (PDF).")
	ErrBytes   = fault.New(fault.TooLarge, "attachment.bytes", "The file is too large: at most 20 MB. Make it smaller and bring it again.")
	ErrMany    = fault.New(fault.Limited, "attachment.many", "At most 20 files can be brought to one basket. Order first what is in it.")
	ErrUnknown = fault.New(fault.Missing, "attachment.unknown", "The file is not there. It may have been too long ago; bring it again.")
)

// Library keeps the files where the house keeps its own.
type Library struct {
	Blobs blob.Store
}

// Kept is a file that is kept and that nobody knows of yet: Note writes it down.
type Kept struct {
	form media.Form
	lies string
	size int64
	name string
}

// Brought is a file as it comes.
type Brought struct {
	Body io.ReaderAt
	Size int64
	Name string // Name is what its sender calls it.
}

// Keep judges a file by its content, takes out what it tells about a place, and keeps it. What is neither a picture nor a
// document, or is too large, is refused. Kept again for the same basket, it lies there once.
func (l Library) Keep(ctx context.Context, cart string, b Brought) (Kept, error) {
	r, size := b.Body, b.Size
	if size > BytesMax {
		return Kept{}, ErrBytes.With("bytes", size)
	}
	draft, err := os.CreateTemp("", "sauda-attachment-*")
	if err != nil {
		return Kept{}, err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // Nobody misses it.
	defer draft.Close()           //nolint:errcheck // It was read to its end by then.
	sum := sha256.New()
	_, _ = io.WriteString(sum, cart+"\x00") // A hash takes all that it is given.
	form, err := media.Clean(io.MultiWriter(draft, sum), r, size)
	if err == nil && form.Kind != media.KindImage && form.Kind != media.KindDocument {
		err = ErrKind.About("it is %s", form.Type)
	}
	if errors.Is(err, media.ErrKind) {
		err = ErrKind.About("%w", err)
	}
	if err != nil {
		return Kept{}, err
	}
	k := Kept{form: form, name: named(b.Name)}
	if k.size, err = draft.Seek(0, io.SeekCurrent); err != nil {
		return Kept{}, err
	}
	if _, err := draft.Seek(0, io.SeekStart); err != nil {
		return Kept{}, err
	}
	k.lies = "attached-" + blob.Named(sum.Sum(nil), form.Ending) // No name of this form is shown to the world.
	return k, l.Blobs.Keep(ctx, k.lies, draft, k.size)
}

// named gives what the sender calls a file, as it can be shown.
func named(name string) string {
	cleaned, err := text.Clean(name)
	if err != nil {
		return ""
	}
	if utf8.RuneCountInString(cleaned) > nameMax {
		cleaned = string([]rune(cleaned)[:nameMax])
	}
	return cleaned
}

// Note writes down what was kept for a basket that the actor may use, or for a form that will open one; the caller has
// checked that. More than twenty files for one basket are ErrMany, and then none is written down.
func Note(tx *db.Tx, cart string, kept ...Kept) ([]File, error) {
	n, err := attachmentdb.New(tx).CountOf(tx.Context(), cart)
	if err != nil {
		return nil, err
	}
	if n+int64(len(kept)) > filesMax {
		return nil, ErrMany.About("%s has %d", cart, n)
	}
	later, files := attachmentdb.New(tx.Later()), make([]File, len(kept))
	for i, k := range kept {
		f := File{ID: ID(tx.Mint("att")), Party: tx.Who().Party, Name: k.name, Type: k.form.Type, Bytes: k.size, lies: k.lies}
		err := later.Keep(tx.Context(), attachmentdb.KeepParams{
			ID: string(f.ID), Cart: cart, Party: f.Party, Name: f.Name, Type: f.Type, Bytes: f.Bytes, Lies: f.lies,
			DueAt: span.Micros(tx.Now().Add(idle)),
		})
		if err != nil {
			return nil, err
		}
		files[i] = f
	}
	return files, nil
}

// Some gives files by their ids, in one statement. One that is not there is left out. It looks at nobody's rights.
func Some(tx *db.Tx, ids []ID) (map[ID]File, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := attachmentdb.New(tx).Some(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	files := make(map[ID]File, len(rows))
	for _, r := range rows {
		files[ID(r.ID)] = File{ID: ID(r.ID), Party: r.Party, Name: r.Name, Type: r.Type, Bytes: r.Bytes, lies: r.Lies}
	}
	return files, nil
}

// Check refuses files that are not there, or that belong to another party than this one, with ErrUnknown. A guest's file
// belongs to whoever knows its id, as his basket does.
func Check(tx *db.Tx, ids []ID, party string) error {
	files, err := Some(tx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if f, there := files[id]; !there || f.Party != "" && f.Party != party {
			return ErrUnknown.About("%.60s", string(id))
		}
	}
	return nil
}

// Bind has an order keep its files. Bound twice, they are bound once.
func Bind(tx *db.Tx, ids []ID, order string) error {
	_, err := attachmentdb.New(tx).Bind(tx.Context(), attachmentdb.BindParams{OrderRef: order, Ids: db.In(ids)})
	return err
}

// Open gives the content of a file. The caller closes it, and has checked who asks.
func (l Library) Open(ctx context.Context, f File) (blob.File, error) {
	return l.Blobs.Read(ctx, f.lies)
}

// forgotten bounds how many files are forgotten at once.
const forgotten = 100

// Forget takes away what nobody has ordered for ninety days. Cut off between the two, a file stays that nobody reaches.
func (l Library) Forget(ctx context.Context, store *db.Store) error {
	for {
		var gone []string
		err := job.Once(ctx, store, db.System, func(tx *db.Tx) (err error) {
			gone, err = forget(tx)
			return err
		})
		if err != nil || len(gone) == 0 {
			return err
		}
		if err := l.Blobs.Forget(ctx, gone...); err != nil {
			return err
		}
	}
}

// forget deletes what is due and gives the names under which nothing lies for anybody any more.
func forget(tx *db.Tx) ([]string, error) {
	q := attachmentdb.New(tx)
	due, err := q.Due(tx.Context(), attachmentdb.DueParams{Now: span.Micros(tx.Now()), Most: forgotten})
	if err != nil || len(due) == 0 {
		return nil, err
	}
	ids := make([]string, len(due))
	for i, r := range due {
		ids[i] = r.ID
	}
	gone, err := q.Forget(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	named, err := q.Named(tx.Context(), db.In(gone))
	return slices.DeleteFunc(gone, func(name string) bool { return slices.Contains(named, name) }), err
}
