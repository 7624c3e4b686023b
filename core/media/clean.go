package media

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// most is the limit of bytes for each kind.
var most = map[Kind]int64{KindImage: ImageMax, KindVideo: VideoMax, KindModel: ModelMax, KindDocument: DocumentMax}

// format is one that is taken: how it begins, and who walks through it.
type format struct {
	Form
	begins func(first []byte) bool
	clean  func(w io.Writer, s *source) (Form, error)
}

// formats are all that is taken. None of them can begin as another.
func formats() []format {
	return []format{
		{Form{Kind: KindImage, Type: "image/jpeg", Ending: ".jpg"}, starts("\xff\xd8\xff"), cleanJPEG},
		{Form{Kind: KindImage, Type: "image/png", Ending: ".png"}, starts(pngSign), cleanPNG},
		{Form{Kind: KindImage, Type: "image/webp", Ending: ".webp"}, func(b []byte) bool {
			return len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP"
		}, cleanWebP},
		{Form{Kind: KindVideo, Type: "video/mp4", Ending: ".mp4"}, func(b []byte) bool {
			return len(b) >= 12 && string(b[4:8]) == "ftyp"
		}, cleanMP4},
		{Form{Kind: KindModel, Type: "model/gltf-binary", Ending: ".glb"}, starts("glTF"), cleanGLB},
		{Form{Kind: KindModel, Type: "model/vnd.usdz+zip", Ending: ".usdz"}, starts("PK\x03\x04"), cleanUSDZ},
		{Form{Kind: KindDocument, Type: "application/pdf", Ending: ".pdf"}, starts("%PDF-"), cleanPDF},
		{Form{Kind: KindModel, Type: "model/gltf+json", Ending: ".gltf"}, starts("{"), cleanGLTF},
	}
}

func starts(with string) func([]byte) bool {
	return func(first []byte) bool { return bytes.HasPrefix(first, []byte(with)) }
}

// source is a file that is walked through.
type source struct {
	io.ReaderAt
	size int64
	form Form // form is what it begins as.
}

// reader reads it from its beginning.
func (s *source) reader() *bufio.Reader {
	return bufio.NewReaderSize(io.NewSectionReader(s, 0, s.size), 32<<10)
}

// section is a part of it; what lies beyond its end is not there.
func (s *source) section(at, n int64) *io.SectionReader {
	return io.NewSectionReader(s, at, max(0, min(n, s.size-at)))
}

// Clean tells by its content what a file is, whatever it is called, walks through it to its end, and writes it to w
// without what it tells about a place and without what stands behind its end. What is damaged, cut off, beyond the limits,
// of another kind or of two kinds is refused with the reason; pixels are counted before anything is unpacked, and memory
// does not grow with the file. What was written before a refusal is to be thrown away.
func Clean(w io.Writer, r io.ReaderAt, size int64) (Form, error) {
	var head [512]byte
	n, err := r.ReadAt(head[:min(size, int64(len(head)))], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Form{}, err
	}
	first := head[:n]
	if n == 0 {
		return Form{}, ErrDamaged.About("there is nothing in it")
	}
	for _, f := range formats() {
		if !f.begins(first) {
			continue
		}
		if size > most[f.Kind] {
			return Form{}, ErrBytes.With("bytes", size)
		}
		found, err := f.clean(w, &source{ReaderAt: r, size: size, form: f.Form})
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = ErrDamaged.About("it ends too early: %w", err)
		}
		return found, err
	}
	if looksDrawn(first) {
		return Form{}, ErrDrawing
	}
	return Form{}, ErrKind.About("it begins with %.12q", first)
}

// looksDrawn tells whether a file is a drawing in SVG, to say so.
func looksDrawn(first []byte) bool {
	return bytes.Contains(bytes.ToLower(first), []byte("<svg"))
}

// checkPixels holds a picture to the limits, before anything is unpacked.
func checkPixels(width, height int64) error {
	switch {
	case width <= 0 || height <= 0:
		return ErrDamaged.About("%d by %d pixels", width, height)
	case width > SideMax || height > SideMax || width*height > PixelsMax:
		return ErrPixels.About("%d by %d pixels", width, height)
	}
	return nil
}

// seen gives the form of a picture of this size that is to be turned.
func (s *source) seen(width, height int64, turn int, located bool) Form {
	f := s.form
	f.Width, f.Height, f.Turn, f.located = width, height, turn, located
	if turn >= 5 { // The four turns that lay a picture on its side.
		f.Width, f.Height = height, width
	}
	return f
}
