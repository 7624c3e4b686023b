package blob

import (
	"context"
	"errors"
	"net/http"
	"path"
)

// kind is how files of one ending are shown.
type kind struct {
	media   string
	attach  bool // attach has the browser save the file instead of showing it.
	foreign bool // foreign lets pages of another origin read it, such as our own page of a model, which has none.
}

// kinds are what is shown to the world, by the ending of the name. What a browser would run as a page of ours is not among
// them.
var kinds = map[string]kind{
	".svg": {media: "image/svg+xml"}, ".png": {media: "image/png"}, ".jpg": {media: "image/jpeg"}, ".webp": {media: "image/webp"},
	".avif": {media: "image/avif"}, ".mp4": {media: "video/mp4"}, ".pdf": {media: "application/pdf", attach: true},
	".glb": {media: "model/gltf-binary", foreign: true}, ".gltf": {media: "model/gltf+json", foreign: true},
	".usdz": {media: "model/vnd.usdz+zip"},
}

// TypeOf is the media type of a file by its name, or that of bytes that nobody opens.
func TypeOf(name string) string {
	if k := kinds[path.Ext(name)]; k.media != "" {
		return k.media
	}
	return "application/octet-stream"
}

// Shown sends files to browsers.
type Shown struct {
	Store Store
	// Instead names the files that stand for one that is not there, the best first: another copy of the same picture.
	Instead func(name string) []string
}

// policy lets nothing of a file run, load or be framed, whatever it is and however it is opened.
const policy = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"

// How long browsers may keep what they got.
const (
	forever = "public, max-age=31536000, immutable"
	soon    = "public, max-age=60" // Of what stands for another file, which may be there soon.
)

// ServeHTTP sends the file that {name} of the pattern names, or a part of it. It may be kept for ever; what stands for it
// for a minute.
func (s Shown) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	h := w.Header()
	file, found, err := s.find(r.Context(), name)
	if err != nil {
		h.Set("Cache-Control", "no-store")
		status := http.StatusInternalServerError
		if errors.Is(err, ErrUnknown) {
			status = http.StatusNotFound
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	defer file.Close() //nolint:errcheck // It was only read.
	k := kinds[path.Ext(found)]
	h.Set("Cache-Control", forever)
	if found != name {
		h.Set("Cache-Control", soon)
	}
	h.Set("Content-Type", k.media)
	h.Set("ETag", `"`+found+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", policy)
	if k.attach {
		h.Set("Content-Disposition", `attachment; filename="`+found+`"`)
	}
	if k.foreign {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	http.ServeContent(w, r, "", file.Kept(), file)
}

// find opens a file, or one that stands for it.
func (s Shown) find(ctx context.Context, name string) (File, string, error) {
	if !Public(name) {
		return nil, "", ErrUnknown.About("%.120q", name)
	}
	file, err := s.Store.Read(ctx, name)
	if err == nil || !errors.Is(err, ErrUnknown) || s.Instead == nil {
		return file, name, err
	}
	for _, other := range s.Instead(name) {
		if file, err := s.Store.Read(ctx, other); err == nil || !errors.Is(err, ErrUnknown) {
			return file, other, err
		}
	}
	return nil, "", err
}
