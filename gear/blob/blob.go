// Package blob keeps files that are never changed: pictures of goods, films, papers. What is for the world is named after
// what is in it, so the same file is kept once, a name never means anything else, and browsers may keep what they got for
// ever.
//
// It keeps them in a folder or in an object store that speaks S3; one suite of tests holds both to the same promises. It
// does not know what they are pictures of, and it judges nobody: whoever knows a name may read the file, and a name
// cannot be guessed.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"time"

	"sauda/base/fault"
)

// Faults of files.
var (
	ErrUnknown = fault.New(fault.Missing, "blob.unknown", "There is no such file. It may have been removed.")
	ErrKind    = fault.New(fault.Invalid, "blob.kind", "Files of this kind are not kept. Choose a picture, a film, a 3D model or a PDF.")
)

// Store keeps files under names. A file is there whole or not at all, also after a crash; keeping one again under its
// name replaces it. Names are those that Fits takes, others are ErrUnknown.
type Store interface {
	// Keep keeps what r gives, which must be size bytes long.
	Keep(ctx context.Context, name string, r io.Reader, size int64) error
	// Read opens a file, or gives ErrUnknown. The caller closes it.
	Read(ctx context.Context, name string) (File, error)
	// Forget removes files. One that is not there is no error.
	Forget(ctx context.Context, names ...string) error
}

// File is a file that can be read at any place.
type File interface {
	io.ReadSeekCloser
	io.ReaderAt
	Size() int64
	Kept() time.Time
}

var names = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,99}\.[a-z0-9]{1,8}$`)

// Fits tells whether this can be the name of a file: small letters, digits and dashes, a dot, an ending.
func Fits(name string) bool { return names.MatchString(name) }

// hashLen is how many letters of the hash a name has: 128 bits, which nobody guesses and no two files share.
const hashLen = 32

// Put keeps what r gives under a name of its content, and gives that: a hash and the ending, such as ".svg". The same
// content gets the same name and is kept once.
func Put(ctx context.Context, s Store, r io.Reader, ending string) (name string, err error) {
	if kinds[ending].media == "" {
		return "", ErrKind.With("kind", ending)
	}
	draft, err := os.CreateTemp("", "sauda-*")
	if err != nil {
		return "", err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // Nobody misses it.
	defer draft.Close()           //nolint:errcheck // It was read to its end by then.
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(draft, sum), r)
	if err != nil {
		return "", fmt.Errorf("keep a file: %w", err)
	}
	name = Named(sum.Sum(nil), ending)
	if kept, err := s.Read(ctx, name); err == nil {
		return name, kept.Close()
	} else if !errors.Is(err, ErrUnknown) {
		return "", err
	}
	if _, err := draft.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	return name, s.Keep(ctx, name, draft, size)
}

// Named gives the name of a content with this SHA-256.
func Named(sum []byte, ending string) string { return hex.EncodeToString(sum)[:hashLen] + ending }

// Size is how wide a copy of a picture is. Copies stand beside the picture under its hash.
type Size int

var public = regexp.MustCompile(`^([0-9a-f]{32})(?:-[1-9][0-9]{1,4})?(\.[a-z0-9]+)$`)

// Copy names the copy of a picture that is so wide: "…-800.jpg".
func Copy(name string, width Size, ending string) string {
	return fmt.Sprintf("%s-%d%s", name[:min(len(name), hashLen)], width, ending)
}

// Public tells whether a file may be shown to the world by its name: it is named after its content, or is a copy of one
// that is, and is of a kind that is shown.
func Public(name string) bool {
	return public.MatchString(name) && kinds[path.Ext(name)].media != ""
}
