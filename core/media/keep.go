package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/media/mediadb"
	"sauda/gear/blob"
	"sauda/gear/db"
)

// Library keeps files where the house keeps them.
type Library struct {
	Blobs blob.Store
}

// Keep judges a file, cleans it, and keeps it under a name of its content. It is known to the house when Note has written
// it down. The same content has the same name, also when one of them told a place and the other did not.
func (l Library) Keep(ctx context.Context, r io.ReaderAt, size int64) (File, error) {
	return l.keep(ctx, r, size, Kind.any)
}

// KeepImage is Keep for who takes pictures and nothing else: what is none is ErrKind, and nothing of it is kept.
func (l Library) KeepImage(ctx context.Context, r io.ReaderAt, size int64) (File, error) {
	return l.keep(ctx, r, size, Kind.image)
}

// JudgeImage refuses what KeepImage would refuse, and keeps nothing: for who brings several pictures, of which all are kept
// or none.
func JudgeImage(ctx context.Context, r io.ReaderAt, size int64) error {
	form, err := Clean(io.Discard, attended{ctx, r}, size)
	if err != nil {
		return err
	}
	return form.Kind.image()
}

func (Kind) any() error { return nil }

func (k Kind) image() error {
	if k != KindImage {
		return ErrKind.About("a %s is no picture", k)
	}
	return nil
}

// keep keeps a file of a kind that is taken.
func (l Library) keep(ctx context.Context, r io.ReaderAt, size int64, takes func(Kind) error) (File, error) {
	draft, err := os.CreateTemp("", "sauda-media-*")
	if err != nil {
		return File{}, err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // Nobody misses it.
	defer draft.Close()           //nolint:errcheck // It was read to its end by then.
	sum := sha256.New()
	form, err := Clean(io.MultiWriter(draft, sum), attended{ctx, r}, size)
	if err == nil {
		err = takes(form.Kind)
	}
	if err != nil {
		return File{}, err
	}
	f := File{Form: form, Name: blob.Named(sum.Sum(nil), form.Ending), State: StateReady}
	if form.Kind == KindImage {
		f.State, f.All = StateWaiting, copiesOf(form)
	}
	if f.Bytes, err = draft.Seek(0, io.SeekCurrent); err != nil {
		return File{}, err
	}
	if there, err := l.Blobs.Read(ctx, f.Name); err == nil {
		return f, there.Close()
	} else if !errors.Is(err, blob.ErrUnknown) {
		return File{}, err
	}
	if _, err := draft.Seek(0, io.SeekStart); err != nil {
		return File{}, err
	}
	return f, l.Blobs.Keep(ctx, f.Name, draft, f.Bytes)
}

// attended is read as long as somebody waits for it.
type attended struct {
	ctx context.Context
	io.ReaderAt
}

func (a attended) ReadAt(b []byte, at int64) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	return a.ReaderAt.ReadAt(b, at)
}

// KeepBytes is Keep for what is in memory.
func (l Library) KeepBytes(ctx context.Context, body []byte) (File, error) {
	return l.Keep(ctx, bytes.NewReader(body), int64(len(body)))
}

// Note writes down what was kept, and has the smaller copies of pictures made. Noted again, it is what it was; only a
// picture that could not be unpacked is tried once more.
func Note(tx *db.Tx, files ...File) error {
	later := mediadb.New(tx.Later())
	for _, f := range files {
		err := later.KeepFile(tx.Context(), mediadb.KeepFileParams{
			Name: f.Name, Kind: string(f.Kind), Type: f.Type, Bytes: f.Bytes, Width: f.Width, Height: f.Height,
			State: string(f.State), Total: f.All, Kept: span.Micros(tx.Now()), Label: labelOf(f.Label), Words: text.Fold(labelOf(f.Label)),
			Buyers: flag(f.Buyers),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// labelOf is what a file was called, as it is kept: its name without folders, and nothing that cannot be read.
func labelOf(said string) string {
	clean, err := text.Clean(path.Base(strings.ReplaceAll(said, "\\", "/")))
	if said == "" || err != nil {
		return ""
	}
	runes := []rune(strings.TrimSpace(clean))
	return string(runes[:min(len(runes), labelMax)])
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Of gives what is known of files, by their addresses below /media/. Other addresses are left out.
func Of(tx *db.Tx, urls ...string) (map[string]File, error) {
	var names []string
	for _, url := range urls {
		if name, ok := strings.CutPrefix(url, Path); ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	rows, err := mediadb.New(tx).Files(tx.Context(), db.In(names))
	if err != nil {
		return nil, err
	}
	found := make(map[string]File, len(rows))
	for _, r := range rows {
		found[Path+r.Name] = fileOf(r)
	}
	return found, nil
}

func fileOf(r mediadb.MediaFile) File {
	return File{
		Form: Form{Kind: Kind(r.Kind), Type: r.Type, Ending: path.Ext(r.Name), Width: r.Width, Height: r.Height},
		Name: r.Name, Label: r.Label, Bytes: r.Bytes, State: State(r.State), Done: r.Done, All: r.Total, Kept: span.FromMicros(r.Kept),
		Buyers: r.Buyers == 1,
	}
}

// Path is where the files of the house are shown.
const Path = "/media/"

// URL is the address of a file.
func (f File) URL() string { return Path + f.Name }

// uploadTime is how long an upload may rest before it is forgotten; keptTime how long one that has become a file can be
// named.
const (
	uploadTime = 24 * time.Hour
	keptTime   = time.Hour
)
