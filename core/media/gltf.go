package media

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// The parts of a GLB (glTF 2.0 §4.4).
const (
	glbHead      = 12
	glbJSON      = 0x4e4f534a
	glbBinary    = 0x004e4942
	gltfTextMax  = 16 << 20 // gltfTextMax bounds the JSON of a model.
	texturesMax  = 64       // texturesMax bounds its pictures.
	textureSides = 8_192    // textureSides is what graphics chips of telephones take.
)

// gltf is what is looked at of a model.
type gltf struct {
	Asset struct {
		Version string `json:"version"`
	} `json:"asset"`
	Required []string     `json:"extensionsRequired"`
	Buffers  []gltfBuffer `json:"buffers"`
	Views    []struct {
		Buffer int   `json:"buffer"`
		At     int64 `json:"byteOffset"`
		N      int64 `json:"byteLength"`
	} `json:"bufferViews"`
	Images []gltfImage `json:"images"`
}

type gltfBuffer struct {
	URI *string `json:"uri"`
	N   int64   `json:"byteLength"`
}

type gltfImage struct {
	URI  *string `json:"uri"`
	View *int    `json:"bufferView"`
}

// compressed are extensions that need programs of others to be unpacked, which a page of ours does not load.
var compressed = []string{"KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression", "KHR_texture_basisu"}

// patch is what stands in the place of other bytes, as many as before.
type patch struct {
	at   int64
	body []byte
}

// cleanGLB holds a binary model (glTF 2.0 §4.4) together: it names no other file, its pictures are whole, within the
// limits, and tell no place.
func cleanGLB(w io.Writer, s *source) (Form, error) {
	var head [glbHead + 8]byte
	if _, err := io.ReadFull(s.section(0, int64(len(head))), head[:]); err != nil {
		return Form{}, err
	}
	said, n := int64(binary.LittleEndian.Uint32(head[8:])), int64(binary.LittleEndian.Uint32(head[12:]))
	if version := binary.LittleEndian.Uint32(head[4:]); version != 2 || said != s.size || binary.LittleEndian.Uint32(head[16:]) != glbJSON {
		return Form{}, ErrDamaged.About("version %d, %d bytes of %d", version, s.size, said)
	}
	at := int64(len(head))
	if n > gltfTextMax || at+n > s.size {
		return Form{}, ErrDamaged.About("a description of %d bytes", n)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(s.section(at, n), text); err != nil {
		return Form{}, err
	}
	m, err := readGLTF(text)
	if err != nil {
		return Form{}, err
	}
	binary, err := glbBody(s, at+n)
	if err != nil {
		return Form{}, err
	}
	patches, err := m.textures(s, binary)
	if err != nil {
		return Form{}, err
	}
	return s.form, writePatched(w, s, patches)
}

// glbBody gives where the one binary part is; what a model has beside it is refused.
func glbBody(s *source, at int64) (webpChunk, error) {
	if at == s.size {
		return webpChunk{at: at}, nil
	}
	var head [8]byte
	if _, err := io.ReadFull(s.section(at, 8), head[:]); err != nil {
		return webpChunk{}, err
	}
	n := int64(binary.LittleEndian.Uint32(head[:]))
	if binary.LittleEndian.Uint32(head[4:]) != glbBinary || at+8+n != s.size {
		return webpChunk{}, ErrDamaged.About("a part of %d bytes at %d of %d", n, at, s.size)
	}
	return webpChunk{"BIN", at + 8, n}, nil
}

// readGLTF reads the description of a model and holds it to one that a page can show without asking anybody.
func readGLTF(text []byte) (gltf, error) {
	var m gltf
	if err := json.Unmarshal(text, &m); err != nil {
		return m, ErrDamaged.About("the description of a model: %w", err)
	}
	if !strings.HasPrefix(m.Asset.Version, "2.") {
		return m, ErrKind.About("JSON, but no model: version %.20q of glTF", m.Asset.Version)
	}
	if len(m.Images) > texturesMax {
		return m, ErrPixels.About("%d pictures in a model", len(m.Images))
	}
	for _, needed := range m.Required {
		if slices.Contains(compressed, needed) {
			return m, ErrCodec.About("the model needs %s", needed)
		}
	}
	for _, b := range m.Buffers {
		if b.URI != nil && !strings.HasPrefix(*b.URI, "data:") {
			return m, ErrActive.About("the model names %.80q", *b.URI)
		}
	}
	for _, i := range m.Images {
		if i.URI != nil && !strings.HasPrefix(*i.URI, "data:") {
			return m, ErrActive.About("the model names %.80q", *i.URI)
		}
	}
	return m, nil
}

// textures looks at every picture of a model. One in the binary part that told too much is replaced in its place.
func (m gltf) textures(s *source, bin webpChunk) ([]patch, error) {
	var patches []patch
	for _, i := range m.Images {
		switch {
		case i.URI != nil:
			if err := textureOf(*i.URI); err != nil {
				return nil, err
			}
		case i.View != nil:
			if *i.View < 0 || *i.View >= len(m.Views) {
				return nil, ErrDamaged.About("a picture of a model is nowhere")
			}
			v := m.Views[*i.View]
			if v.Buffer != 0 || v.At < 0 || v.N <= 0 || v.At > bin.n || v.N > bin.n-v.At {
				return nil, ErrDamaged.About("a picture of a model is at %d, %d bytes of %d", v.At, v.N, bin.n)
			}
			cleaned, err := texture(s.section(bin.at+v.At, v.N), v.N)
			if err != nil {
				return nil, err
			}
			patches = append(patches, patch{bin.at + v.At, append(cleaned, make([]byte, max(0, v.N-int64(len(cleaned))))...)})
		}
	}
	return patches, nil
}

// texture gives a picture of a model without what it tells.
func texture(r io.ReaderAt, n int64) ([]byte, error) {
	var b bytes.Buffer
	f, err := Clean(&b, r, n)
	switch {
	case err != nil:
		return nil, err
	case f.Kind != KindImage:
		return nil, ErrKind.About("a model with a %s in it", f.Type)
	case f.Width > textureSides || f.Height > textureSides:
		return nil, ErrPixels.About("a picture of %d by %d pixels in a model", f.Width, f.Height)
	case int64(b.Len()) > n:
		return nil, ErrDamaged.About("a picture of a model grew")
	}
	return b.Bytes(), nil
}

// textureOf looks at a picture that stands in the text of a model. It cannot be replaced there, so it must tell nothing.
func textureOf(uri string) error {
	_, coded, ok := strings.Cut(uri, ";base64,")
	body, err := base64.StdEncoding.DecodeString(coded)
	if !ok || err != nil {
		return ErrDamaged.About("a picture in the text of a model")
	}
	f, err := Clean(io.Discard, bytes.NewReader(body), int64(len(body)))
	switch {
	case err != nil:
		return err
	case f.Kind != KindImage:
		return ErrKind.About("a model with a %s in it", f.Type)
	case f.located:
		return ErrLocated
	}
	return nil
}

// writePatched copies a file with patches.
func writePatched(w io.Writer, s *source, patches []patch) error {
	slices.SortFunc(patches, func(a, b patch) int { return int(min(max(a.at-b.at, -1), 1)) })
	at := int64(0)
	for _, p := range patches {
		if p.at < at {
			return ErrDamaged.About("pictures of a model that lie over each other")
		}
		if err := whole(io.Copy(w, s.section(at, p.at-at)))(p.at - at); err != nil {
			return err
		}
		if _, err := w.Write(p.body); err != nil {
			return err
		}
		at = p.at + int64(len(p.body))
	}
	return whole(io.Copy(w, s.section(at, s.size-at)))(s.size - at)
}

// cleanGLTF holds a model in text (glTF 2.0 §3.2) together, which must have everything in itself.
func cleanGLTF(w io.Writer, s *source) (Form, error) {
	text := make([]byte, s.size)
	if _, err := io.ReadFull(s.section(0, s.size), text); err != nil {
		return Form{}, err
	}
	if !json.Valid(text) {
		return Form{}, ErrKind.About("it begins as JSON and is none")
	}
	m, err := readGLTF(text)
	if err != nil {
		return Form{}, err
	}
	if _, err := m.textures(s, webpChunk{}); err != nil {
		return Form{}, err
	}
	_, err = w.Write(text)
	return s.form, err
}

// isFault tells whether a refusal is one of these.
func isFault(err error, these ...error) bool {
	return slices.ContainsFunc(these, func(one error) bool { return errors.Is(err, one) })
}
