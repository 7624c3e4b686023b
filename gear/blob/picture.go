package blob

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"sauda/base/fault"
)

// Limits of a picture that somebody brings: any photograph of a telephone of today fits.
const (
	PictureMax = 10 << 20   // PictureMax is the most bytes.
	PixelsMax  = 50_000_000 // PixelsMax is width times height: unpacked, that fills 200 MB.
	SideMax    = 16_383     // SideMax is what WebP can be wide or high; no browser paints more.
)

// Faults of pictures.
var (
	ErrPicture = fault.New(fault.Invalid, "blob.picture", "This is not a whole picture in JPEG, PNG or WebP. Choose another file.")
	ErrHeavy   = fault.New(fault.TooLarge, "blob.picture_bytes", "The picture is larger than 10 MB. Make it smaller and bring it again.")
	ErrPixels  = fault.New(fault.Invalid, "blob.picture_pixels", "The picture has more than 50 million pixels, or a side of more than 16,383. Make it smaller and bring it again.")
)

// Picture is what a picture says of itself.
type Picture struct {
	Name   string // Name is under which the file is kept.
	Type   string // Type is its media type.
	Width  int64
	Height int64
}

// PutPicture keeps a picture that somebody brings: JPEG, PNG or WebP by what is in it, whatever it is called. It walks
// through the whole file without unpacking it, so that half a picture, one beyond the limits and anything else are
// refused with the reason before they are kept.
func (f Folder) PutPicture(r io.ReaderAt, size int64) (Picture, error) {
	if size > PictureMax {
		return Picture{}, ErrHeavy.With("bytes", size)
	}
	whole := func() *io.SectionReader { return io.NewSectionReader(r, 0, size) }
	p, ending, err := examine(bufio.NewReaderSize(whole(), 32<<10), size)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Picture{}, ErrPicture.About("it ends too early: %w", err)
	}
	if err != nil {
		return Picture{}, err
	}
	switch {
	case p.Width == 0 || p.Height == 0:
		return Picture{}, ErrPicture.About("%d by %d pixels", p.Width, p.Height)
	case p.Width > SideMax || p.Height > SideMax || p.Width*p.Height > PixelsMax:
		return Picture{}, fault.With(ErrPixels.With("width", p.Width), "height", p.Height)
	}
	p.Name, err = f.Put(whole(), ending)
	return p, err
}

// pngSign begins every PNG.
var pngSign = []byte("\x89PNG\r\n\x1a\n")

// examine tells by its first bytes what a file is, walks through it to its end, and gives the ending of its name.
func examine(r *bufio.Reader, size int64) (p Picture, ending string, err error) {
	first, err := r.Peek(12)
	if err != nil {
		return p, "", err
	}
	var width, height uint32
	switch {
	case bytes.HasPrefix(first, []byte{0xff, 0xd8, 0xff}):
		ending = ".jpg"
		width, height, err = walkJPEG(r)
	case bytes.HasPrefix(first, pngSign):
		ending = ".png"
		width, height, err = walkPNG(r)
	case string(first[:4]) == "RIFF" && string(first[8:]) == "WEBP":
		ending = ".webp"
		width, height, err = walkWebP(r, size)
	default:
		err = ErrPicture.About("it begins with %q", first)
	}
	return Picture{Type: kinds[ending], Width: int64(width), Height: int64(height)}, ending, err
}

// walkJPEG goes from marker to marker (ITU-T T.81 §B.1) up to the end of the image. What browsers do not paint (lossless,
// arithmetic coding) is refused. What a telephone writes after the end is left alone.
func walkJPEG(r *bufio.Reader) (width, height uint32, err error) {
	if _, err := r.Discard(2); err != nil {
		return 0, 0, err
	}
	scanned := false
	for {
		marker, err := nextMarker(r, scanned)
		if err != nil {
			return 0, 0, err
		}
		switch {
		case marker == 0xd9: // The end of the image.
			if !scanned {
				return 0, 0, ErrPicture.About("a JPEG without a scan")
			}
			return width, height, nil
		case marker == 0x01: // Stands alone.
			continue
		}
		segment, err := segmentOf(r)
		if err != nil {
			return 0, 0, err
		}
		switch marker {
		case 0xc0, 0xc1, 0xc2: // Baseline, extended, progressive.
			if len(segment) < 6 {
				return 0, 0, ErrPicture.About("a frame of %d bytes", len(segment))
			}
			height, width = uint32(binary.BigEndian.Uint16(segment[1:])), uint32(binary.BigEndian.Uint16(segment[3:]))
		case 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf:
			return 0, 0, ErrPicture.About("a JPEG of the kind %x, which browsers do not paint", marker)
		case 0xda:
			if width == 0 {
				return 0, 0, ErrPicture.About("a scan before its frame")
			}
			scanned = true
		}
	}
}

// segmentOf reads what belongs to a marker.
func segmentOf(r *bufio.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	if n < 2 {
		return nil, ErrPicture.About("a segment of %d bytes", n)
	}
	segment := make([]byte, n-2)
	_, err := io.ReadFull(r, segment)
	return segment, err
}

// nextMarker gives the next marker. Before the first scan it must come at once; in and after a scan, what is coded stands
// before it, with zeros stuffed behind its 0xff and restart markers in between.
func nextMarker(r *bufio.Reader, coded bool) (byte, error) {
	for {
		skipped, err := r.ReadSlice(0xff)
		if errors.Is(err, bufio.ErrBufferFull) && coded {
			continue
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return 0, err
		}
		if len(skipped) > 1 && !coded {
			return 0, ErrPicture.About("%d bytes where a marker should be", len(skipped))
		}
		marker := byte(0xff)
		for marker == 0xff { // A marker may be filled up before.
			if marker, err = r.ReadByte(); err != nil {
				return 0, err
			}
		}
		if coded && (marker == 0 || marker >= 0xd0 && marker <= 0xd7) {
			continue
		}
		return marker, nil
	}
}

// walkPNG goes from chunk to chunk (W3C PNG §5.3) and holds each to its check sum.
func walkPNG(r *bufio.Reader) (width, height uint32, err error) {
	if _, err := r.Discard(len(pngSign)); err != nil {
		return 0, 0, err
	}
	painted := false
	for first := true; ; first = false {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return 0, 0, err
		}
		n, kind := binary.BigEndian.Uint32(head[:4]), string(head[4:])
		if first != (kind == "IHDR") || n > PictureMax {
			return 0, 0, ErrPicture.About("a chunk %q of %d bytes", kind, n)
		}
		sum := crc32.NewIEEE()
		_, _ = sum.Write(head[4:])
		body := io.TeeReader(io.LimitReader(r, int64(n)), sum)
		if first {
			var size [8]byte
			if _, err := io.ReadFull(body, size[:]); err != nil {
				return 0, 0, err
			}
			width, height = binary.BigEndian.Uint32(size[:4]), binary.BigEndian.Uint32(size[4:])
		}
		if _, err := io.Copy(io.Discard, body); err != nil {
			return 0, 0, err
		}
		var said [4]byte
		if _, err := io.ReadFull(r, said[:]); err != nil {
			return 0, 0, err
		}
		if binary.BigEndian.Uint32(said[:]) != sum.Sum32() {
			return 0, 0, ErrPicture.About("the chunk %q is damaged", kind)
		}
		painted = painted || kind == "IDAT"
		if kind == "IEND" {
			if !painted {
				return 0, 0, ErrPicture.About("a PNG without a picture")
			}
			return width, height, nil
		}
	}
}

// walkWebP reads the first chunk of a WebP (RFC 9649 §2.5 to §2.7), which says how large it is, and holds the file to the
// length that it says of itself.
func walkWebP(r *bufio.Reader, size int64) (width, height uint32, err error) {
	var head [30]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, 0, err
	}
	if said := int64(binary.LittleEndian.Uint32(head[4:])) + 8; said > size {
		return 0, 0, ErrPicture.About("%d bytes of %d", size, said)
	}
	chunk := head[20:]
	switch kind := string(head[12:16]); {
	case kind == "VP8 " && chunk[3] == 0x9d && chunk[4] == 0x01 && chunk[5] == 0x2a:
		return uint32(binary.LittleEndian.Uint16(chunk[6:])) & 0x3fff, uint32(binary.LittleEndian.Uint16(chunk[8:])) & 0x3fff, nil
	case kind == "VP8L" && chunk[0] == 0x2f:
		bits := binary.LittleEndian.Uint32(chunk[1:])
		return bits&0x3fff + 1, bits>>14&0x3fff + 1, nil
	case kind == "VP8X":
		return uint24(chunk[4:]) + 1, uint24(chunk[7:]) + 1, nil
	default:
		return 0, 0, ErrPicture.About("a WebP that begins with %q", kind)
	}
}

// uint24 reads three bytes, the lowest first.
func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }
