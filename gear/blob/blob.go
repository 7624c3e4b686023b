// Package blob keeps files that are never changed: pictures of goods, papers. A file is named after what is in it, so the
// same file is kept once, a name never means anything else, and browsers may keep what they got for ever.
//
// It keeps them in a folder. It does not know what they are pictures of, and it judges nobody: whoever knows a name may
// read the file, and a name cannot be guessed.
package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"sauda/base/fault"
)

// Faults of files.
var (
	ErrUnknown = fault.New(fault.Missing, "blob.unknown", "There is no such file. It may have been removed.")
	ErrKind    = fault.New(fault.Invalid, "blob.kind", "Files of this kind are not kept. Choose a picture (SVG, PNG, JPEG, WebP, AVIF), a PDF or an MP4 film.")
)

// kinds are what is kept, by the ending of the name. What a browser would run as a page of ours is not among them.
var kinds = map[string]string{
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".avif": "image/avif",
	".pdf": "application/pdf", ".mp4": "video/mp4",
}

// hashLen is how many letters of the hash a name has: 128 bits, which nobody guesses and no two files share.
const hashLen = 32

// Folder keeps files below a directory, which is made with the first of them.
type Folder struct {
	Dir string
}

// Put keeps what r gives and names it: a hash and the ending, such as ".svg". The same content gets the same name and is
// kept once. A file is there whole or not at all, also after a crash.
func (f Folder) Put(r io.Reader, ending string) (name string, err error) {
	if kinds[ending] == "" {
		return "", ErrKind.With("kind", ending)
	}
	if err := os.MkdirAll(f.Dir, 0o750); err != nil {
		return "", err
	}
	draft, err := os.CreateTemp(f.Dir, ".draft-*")
	if err != nil {
		return "", err
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // It has its name by then, or nobody misses it.
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(draft, sum), r)
	err = errors.Join(err, draft.Sync(), draft.Close())
	if err != nil {
		return "", fmt.Errorf("keep a file: %w", err)
	}
	name = hex.EncodeToString(sum.Sum(nil))[:hashLen] + ending
	return name, os.Rename(draft.Name(), filepath.Join(f.Dir, name))
}

// Name gives the name that Put would give to this content.
func Name(content []byte, ending string) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])[:hashLen] + ending
}

// Open gives a file by its name, or ErrUnknown. The caller closes it.
func (f Folder) Open(name string) (*os.File, error) {
	if !known(name) {
		return nil, ErrUnknown.About("%q is no name of a file", name)
	}
	file, err := os.Open(filepath.Join(f.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrUnknown.About("%s", name)
	}
	return file, err
}

// known says whether a name is of the form that Put gives; nothing else can be asked of the folder.
func known(name string) bool {
	ending := filepath.Ext(name)
	hash := strings.TrimSuffix(name, ending)
	return kinds[ending] != "" && len(hash) == hashLen && strings.Trim(hash, "0123456789abcdef") == ""
}

// ServeHTTP sends the file that {name} of the pattern names, or a part of it. It may be kept for ever.
func (f Folder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	file, err := f.Open(name)
	if err != nil {
		w.Header().Set("Cache-Control", "no-store")
		status := http.StatusInternalServerError
		if errors.Is(err, ErrUnknown) {
			status = http.StatusNotFound
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	defer file.Close() //nolint:errcheck // It was only read.
	info, err := file.Stat()
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	ending := filepath.Ext(name)
	h := w.Header()
	h.Set("Content-Type", kinds[ending])
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+strings.TrimSuffix(name, ending)+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	if ending == ".svg" { // A picture, never a page: it may not run or load anything when it is opened by itself.
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	}
	http.ServeContent(w, r, "", info.ModTime(), file)
}
