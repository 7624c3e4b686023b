package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Folder keeps files below a directory, which is made with the first of them.
type Folder struct {
	Dir string
}

var _ Store = Folder{}

// Keep writes a file beside its place, has it made durable, and moves it there.
func (f Folder) Keep(ctx context.Context, name string, r io.Reader, size int64) error {
	if !Fits(name) {
		return ErrUnknown.About("%.120q is no name of a file", name)
	}
	if err := os.MkdirAll(f.Dir, 0o750); err != nil {
		return err
	}
	draft, err := os.CreateTemp(f.Dir, ".draft-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // It has its name by then, or nobody misses it.
	n, err := io.Copy(draft, &attended{ctx, r})
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes instead of %d: %w", n, size, io.ErrUnexpectedEOF)
	}
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return fmt.Errorf("keep a file: %w", err)
	}
	return os.Rename(draft.Name(), filepath.Join(f.Dir, name))
}

// attended is read as long as somebody waits for it.
type attended struct {
	ctx context.Context
	r   io.Reader
}

func (a *attended) Read(b []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	return a.r.Read(b)
}

// Read opens a file of the folder.
func (f Folder) Read(_ context.Context, name string) (File, error) {
	if !Fits(name) {
		return nil, ErrUnknown.About("%.120q is no name of a file", name)
	}
	file, err := os.Open(filepath.Join(f.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrUnknown.About("%s", name)
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return lying{file, info.Size(), info.ModTime()}, nil
}

// Forget removes files of the folder.
func (f Folder) Forget(_ context.Context, names ...string) error {
	var all error
	for _, name := range names {
		if !Fits(name) {
			continue
		}
		if err := os.Remove(filepath.Join(f.Dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

// lying is a file of a folder.
type lying struct {
	*os.File
	size int64
	kept time.Time
}

func (l lying) Size() int64     { return l.size }
func (l lying) Kept() time.Time { return l.kept }
