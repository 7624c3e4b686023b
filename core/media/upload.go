package media

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"sauda/base/span"
	"sauda/core/media/mediadb"
	"sauda/gear/db"
	"sauda/gear/job"
)

// UploadID names an upload.
type UploadID string

// Upload is a file on its way. Only who began it knows of it.
type Upload struct {
	ID     UploadID
	Length int64
	Come   int64  // Come is how many bytes have come.
	Label  string // Label is what the sender calls it.
	Name   string // Name is the file that it has become, or nothing.
	Until  time.Time
	parts  []mediadb.PartsRow
}

// Limits of uploads.
const (
	PartMax    = 64 << 20 // PartMax bounds what one request brings; the rest comes with the next.
	uploadsMax = 50       // uploadsMax bounds what one sender has begun and not finished.
	labelMax   = 200      // labelMax bounds what a sender calls a file, in characters.
)

// ownerOf is who brings something.
func ownerOf(tx *db.Tx) string { return string(tx.Who().Kind) + ":" + tx.Who().ID }

// Begin opens an upload of so many bytes. One of none, or of more than any file may have, is refused before anything is
// sent.
func Begin(tx *db.Tx, length int64, label string) (Upload, error) {
	switch {
	case length <= 0:
		return Upload{}, ErrDamaged.About("an upload of %d bytes", length)
	case length > UploadMax:
		return Upload{}, ErrBytes.With("bytes", length)
	}
	q := mediadb.New(tx)
	open, err := q.Under(tx.Context(), mediadb.UnderParams{Owner: ownerOf(tx), Now: span.Micros(tx.Now())})
	if err != nil {
		return Upload{}, err
	}
	if open >= uploadsMax {
		return Upload{}, ErrMany
	}
	if runes := []rune(label); len(runes) > labelMax {
		label = string(runes[:labelMax])
	}
	u := Upload{ID: UploadID(tx.Mint("upl")), Length: length, Label: label, Until: tx.Now().Add(uploadTime)}
	return u, mediadb.New(tx.Later()).Begin(tx.Context(), mediadb.BeginParams{
		ID: string(u.ID), Owner: ownerOf(tx), Length: length, Label: label, DueAt: span.Micros(u.Until),
	})
}

// Find gives an upload of whoever asks. One of somebody else's, or one that rested too long, is ErrUnknown.
func Find(tx *db.Tx, id UploadID) (Upload, error) {
	q := mediadb.New(tx)
	r, err := q.Upload(tx.Context(), mediadb.UploadParams{ID: string(id), Owner: ownerOf(tx)})
	if errors.Is(err, sql.ErrNoRows) || err == nil && r.DueAt <= span.Micros(tx.Now()) {
		return Upload{}, ErrUnknown.About("%.80q", string(id))
	}
	if err != nil {
		return Upload{}, err
	}
	parts, err := q.Parts(tx.Context(), string(id))
	return Upload{UploadID(r.ID), r.Length, r.Come, r.Label, r.Name, span.FromMicros(r.DueAt), parts}, err
}

// Part is a piece of an upload that has been put down.
type Part struct {
	Upload UploadID
	At     int64
	Bytes  int64
	lies   string
}

// Receive puts down what comes of an upload from a byte on, also when it is cut off: what has come is not sent again. It
// reads no more than is missing and than PartMax. Add makes it count.
func (l Library) Receive(ctx context.Context, u Upload, at int64, r io.Reader) (Part, error) {
	if at != u.Come {
		return Part{}, ErrOffset.With("offset", u.Come)
	}
	draft, err := os.CreateTemp("", "sauda-part-*")
	if err != nil {
		return Part{}, err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // Nobody misses it.
	defer draft.Close()           //nolint:errcheck // It was read to its end by then.
	sum := sha256.New()
	read := &sent{r: io.LimitReader(r, min(PartMax, u.Length-at))}
	n, err := io.Copy(io.MultiWriter(draft, sum), read)
	if err != nil && read.err == nil { // What came could not be put down; what broke off is no fault of ours.
		return Part{}, err
	}
	if n == 0 {
		return Part{Upload: u.ID, At: at}, nil
	}
	p := Part{u.ID, at, n, fmt.Sprintf("%s-%d-%s.part", u.ID, at, hex.EncodeToString(sum.Sum(nil)[:8]))}
	if _, err := draft.Seek(0, io.SeekStart); err != nil {
		return Part{}, err
	}
	return p, l.Blobs.Keep(context.WithoutCancel(ctx), p.lies, draft, n)
}

// sent remembers how reading ended.
type sent struct {
	r   io.Reader
	err error
}

func (s *sent) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// Add makes a part count. When another came first for the same place, it is ErrOffset, and the part is nothing.
func Add(tx *db.Tx, p Part) (Upload, error) {
	if p.Bytes > 0 {
		rows, err := mediadb.New(tx).Advance(tx.Context(), mediadb.AdvanceParams{
			Bytes: p.Bytes, DueAt: span.Micros(tx.Now().Add(uploadTime)), ID: string(p.Upload), Owner: ownerOf(tx), At: p.At,
		})
		if err != nil {
			return Upload{}, err
		}
		if rows == 0 {
			return Upload{}, ErrOffset
		}
		err = mediadb.New(tx).AddPart(tx.Context(), mediadb.AddPartParams{Upload: string(p.Upload), At: p.At, Bytes: p.Bytes, Lies: p.lies})
		if err != nil {
			return Upload{}, err
		}
	}
	return Find(tx, p.Upload)
}

// Finish puts the parts of an upload together, judges the file and keeps it. An upload that is not whole is ErrPart. Done
// twice, it is the same file.
func (l Library) Finish(ctx context.Context, u Upload) (File, error) {
	if u.Come < u.Length {
		return File{}, ErrPart.With("offset", u.Come)
	}
	draft, err := os.CreateTemp("", "sauda-upload-*")
	if err != nil {
		return File{}, err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // Nobody misses it.
	defer draft.Close()           //nolint:errcheck // It was read to its end by then.
	for _, p := range u.parts {
		if err := l.append(ctx, draft, p); err != nil {
			return File{}, err
		}
	}
	f, err := l.Keep(ctx, draft, u.Length)
	f.Label = u.Label
	return f, err
}

func (l Library) append(ctx context.Context, to io.Writer, p mediadb.PartsRow) error {
	f, err := l.Blobs.Read(ctx, p.Lies)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // It was only read.
	return whole(io.Copy(to, f))(p.Bytes)
}

// Become writes down which file an upload has become. Its parts are forgotten after a while.
func Become(tx *db.Tx, id UploadID, f File) error {
	if err := Note(tx, f); err != nil {
		return err
	}
	rows, err := mediadb.New(tx).Become(tx.Context(), mediadb.BecomeParams{
		Name: f.Name, DueAt: span.Micros(tx.Now().Add(keptTime)), ID: string(id), Owner: ownerOf(tx),
	})
	if err == nil && rows == 0 {
		return ErrUnknown.About("%.80q", string(id))
	}
	return err
}

// End gives up an upload of whoever asks.
func End(tx *db.Tx, id UploadID) error {
	rows, err := mediadb.New(tx).End(tx.Context(), mediadb.EndParams{ID: string(id), Owner: ownerOf(tx)})
	if err == nil && rows == 0 {
		return ErrUnknown.About("%.80q", string(id))
	}
	return err
}

// staleMax bounds how many uploads are forgotten at a time.
const staleMax = 100

// Forget removes what is left of uploads that were given up, rested too long, or have become files.
func (l Library) Forget(ctx context.Context, store *db.Store) error {
	for ctx.Err() == nil {
		var ids, lies []string
		err := job.Look(ctx, store, db.System, func(tx *db.Tx) error {
			rows, err := mediadb.New(tx).Stale(tx.Context(), mediadb.StaleParams{Now: span.Micros(tx.Now()), Most: staleMax})
			ids, lies = nil, nil
			for _, r := range rows {
				if len(ids) == 0 || ids[len(ids)-1] != r.ID {
					ids = append(ids, r.ID)
				}
				if r.Lies != "" {
					lies = append(lies, r.Lies)
				}
			}
			return err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := l.Blobs.Forget(ctx, lies...); err != nil {
			return err
		}
		err = job.Once(ctx, store, db.System, func(tx *db.Tx) error {
			later := mediadb.New(tx.Later())
			return errors.Join(later.ForgetParts(tx.Context(), db.In(ids)), later.ForgetUploads(tx.Context(), db.In(ids)))
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Drop removes a part that did not count, and gives why that was so.
func (l Library) Drop(ctx context.Context, p Part, why error) error {
	if p.lies == "" || !errors.Is(why, ErrOffset) { // It may count after all, when only the answer was lost.
		return why
	}
	return errors.Join(why, l.Blobs.Forget(context.WithoutCancel(ctx), p.lies))
}
