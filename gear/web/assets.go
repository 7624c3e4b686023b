package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// zipMin is the least size that is worth compressing.
const zipMin = 1024

var zippers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, 5) // The level is in range.
	return w
}}

// zip compresses for now, quickly.
func zip(b *bytes.Buffer, body []byte) {
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(b)
	_, _ = z.Write(body) // A buffer takes everything.
	_ = z.Close()
}

func (c *call) sendZipped(body []byte, status int) error {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer buffers.Put(b)
	zip(b, body)
	c.writeZipped(b.Bytes(), status)
	return nil
}

// writeZipped sends what is compressed already.
func (c *call) writeZipped(zipped []byte, status int) {
	h := c.Header()
	h["Content-Encoding"] = headerGzip
	h["Content-Length"] = []string{strconv.Itoa(len(zipped))}
	c.WriteHeader(status)
	_, _ = c.Write(zipped)
}

var (
	headerGzip    = []string{"gzip"}
	headerForever = []string{"public, max-age=31536000, immutable"}
	headerEncoded = []string{"Accept-Encoding"}
)

// Assets are files of the binary (styles, scripts, pictures, fonts) under names that hold a hash of their contents, so
// that browsers may keep them for ever.
type Assets struct {
	prefix string
	byName map[string]*asset // By the plain name: shop.css.
	byHash map[string]*asset // By the name with the hash: shop.1a2b3c4d5e6f.css.
}

type asset struct {
	path   string
	kind   string
	plain  []byte
	zipped func() []byte // zipped compresses at first use; it is nil when that saves nothing.
}

// kinds are the media types of what we serve; the table of the system may lack them or have others.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
	".avif": "image/avif", ".ico": "image/x-icon", ".woff2": "font/woff2", ".json": "application/json",
	".webmanifest": "application/manifest+json", ".rules": "application/speculationrules+json", ".txt": "text/plain; charset=utf-8",
}

// Assets serves all files of a file system below a prefix such as "/assets/".
func (s *Server) Assets(prefix string, files fs.FS) (*Assets, error) {
	a := &Assets{prefix: prefix, byName: map[string]*asset{}, byHash: map[string]*asset{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		a.add(name, body)
		return nil
	})
	if err != nil {
		return nil, err
	}
	rt := s.route("GET "+prefix+"{file...}", []Option{Public()})
	rt.immutable = true
	rt.run = a.serve
	return a, nil
}

func (a *Assets) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	f := &asset{path: a.prefix + hashed, kind: kinds[ext], plain: body}
	if f.kind == "" {
		if f.kind = mime.TypeByExtension(ext); f.kind == "" {
			f.kind = "application/octet-stream"
		}
	}
	switch ext {
	case ".css", ".js", ".mjs", ".svg", ".json", ".webmanifest", ".txt":
		if len(body) > zipMin {
			f.zipped = sync.OnceValue(func() []byte { return zipBest(body) })
		}
	}
	a.byName[name], a.byHash[hashed] = f, f
}

// zipBest compresses once and for long.
func zipBest(body []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write(body)
	_ = z.Close()
	return b.Bytes()
}

// Path gives the address of a file by its plain name. A file that does not exist is a mistake of the programmer; its
// address leads nowhere, and a test that follows the links of a page finds it.
func (a *Assets) Path(name string) string {
	if f := a.byName[name]; f != nil {
		return f.path
	}
	return a.prefix + name
}

// serve sends a file. Under its plain name it may be kept only for a minute.
func (a *Assets) serve(c *call) error {
	name := c.r.PathValue("file")
	f, forever := a.byHash[name]
	if !forever {
		if f = a.byName[name]; f == nil {
			return ErrMissing
		}
	}
	h := c.Header()
	h["Cache-Control"] = headerForever
	if !forever {
		h.Set("Cache-Control", "public, max-age=60")
	}
	h["Content-Type"] = []string{f.kind}
	if strings.HasPrefix(f.kind, "image/svg") {
		h["Content-Security-Policy"] = []string{"default-src 'none'; style-src 'unsafe-inline'"} // A picture, never a page.
	}
	body := f.plain
	if f.zipped != nil {
		h["Vary"] = headerEncoded
		if acceptsGzip(c.r) {
			body = f.zipped()
			h["Content-Encoding"] = headerGzip
		}
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.WriteHeader(http.StatusOK)
	if c.r.Method != http.MethodHead {
		_, _ = c.Write(body)
	}
	return nil
}
