package media

import (
	"encoding/binary"
	"io"
)

// webpChunk is one part of a WebP: where it is, and what.
type webpChunk struct {
	kind string
	at   int64 // at is where its body begins.
	n    int64
}

// The flags of an extended WebP (RFC 9649 §2.7.1).
const (
	webpAnimated = 0x02
	webpXMP      = 0x04
	webpExif     = 0x08
)

// webpChunksMax bounds the parts of a picture that stands still: there are eight kinds.
const webpChunksMax = 64

// cleanWebP goes from chunk to chunk (RFC 9649 §2.3 to §2.7), keeps the picture with its transparency and colour profile,
// and drops the rest, but for how it is to be turned. What moves is refused: that is what films are for.
func cleanWebP(w io.Writer, s *source) (Form, error) {
	chunks, err := webpChunks(s)
	if err != nil {
		return Form{}, err
	}
	var width, height int64
	var meta exif
	var kept []webpChunk
	painted := false
	for i, c := range chunks {
		switch c.kind {
		case "VP8X", "VP8 ", "VP8L":
			wide, high, err := webpSize(s, c)
			if err != nil {
				return Form{}, err
			}
			if err := checkPixels(wide, high); err != nil {
				return Form{}, err
			}
			if c.kind == "VP8X" && i > 0 || c.kind != "VP8X" && painted {
				return Form{}, ErrDamaged.About("a second %q", c.kind)
			}
			if painted = c.kind != "VP8X"; width == 0 {
				width, height = wide, high
			} else if wide != width || high != height {
				return Form{}, ErrDamaged.About("%d by %d pixels on a canvas of %d by %d", wide, high, width, height)
			}
			kept = append(kept, c)
		case "ALPH", "ICCP":
			kept = append(kept, c)
		case "EXIF":
			if meta, err = webpMeta(s, c); err != nil {
				return Form{}, err
			}
		case "ANIM", "ANMF":
			return Form{}, ErrKind.About("a WebP that moves")
		}
	}
	if !painted {
		return Form{}, ErrDamaged.About("a WebP without a picture")
	}
	return s.seen(width, height, meta.turn, meta.located), writeWebP(w, s, kept, meta.turn)
}

// webpChunks lists the chunks within the length that the file says of itself.
func webpChunks(s *source) ([]webpChunk, error) {
	var head [12]byte
	if _, err := io.ReadFull(s.section(0, 12), head[:]); err != nil {
		return nil, err
	}
	end := int64(binary.LittleEndian.Uint32(head[4:])) + 8
	if end > s.size {
		return nil, ErrDamaged.About("%d bytes of %d", s.size, end)
	}
	var chunks []webpChunk
	for at := int64(12); at < end; {
		var c [8]byte
		if _, err := io.ReadFull(s.section(at, 8), c[:]); err != nil {
			return nil, err
		}
		n := int64(binary.LittleEndian.Uint32(c[4:]))
		if at+8+n > end || len(chunks) == webpChunksMax {
			return nil, ErrDamaged.About("a chunk of %d bytes at %d of %d", n, at, end)
		}
		chunks = append(chunks, webpChunk{string(c[:4]), at + 8, n})
		at += 8 + n + n&1
	}
	return chunks, nil
}

// webpSize reads how large the picture of a chunk is.
func webpSize(s *source, c webpChunk) (width, height int64, err error) {
	var b [10]byte
	n := min(c.n, 10)
	if _, err := io.ReadFull(s.section(c.at, n), b[:n]); err != nil {
		return 0, 0, err
	}
	switch {
	case c.kind == "VP8 " && n == 10 && b[3] == 0x9d && b[4] == 0x01 && b[5] == 0x2a:
		return int64(binary.LittleEndian.Uint16(b[6:])) & 0x3fff, int64(binary.LittleEndian.Uint16(b[8:])) & 0x3fff, nil
	case c.kind == "VP8L" && n >= 5 && b[0] == 0x2f:
		bits := binary.LittleEndian.Uint32(b[1:])
		return int64(bits&0x3fff) + 1, int64(bits>>14&0x3fff) + 1, nil
	case c.kind == "VP8X" && n == 10:
		if b[0]&webpAnimated != 0 {
			return 0, 0, ErrKind.About("a WebP that moves")
		}
		return uint24(b[4:]) + 1, uint24(b[7:]) + 1, nil
	}
	return 0, 0, ErrDamaged.About("a chunk %q of %d bytes", c.kind, c.n)
}

// uint24 reads three bytes, the lowest first.
func uint24(b []byte) int64 { return int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16 }

// webpMeta reads EXIF, which some programs begin as a JPEG does.
func webpMeta(s *source, c webpChunk) (exif, error) {
	if c.n > pngMetaMax {
		return exif{}, ErrDamaged.About("EXIF of %d bytes", c.n)
	}
	body := make([]byte, c.n)
	if _, err := io.ReadFull(s.section(c.at, c.n), body); err != nil {
		return exif{}, err
	}
	if len(body) > 6 && string(body[:6]) == "Exif\x00\x00" {
		body = body[6:]
	}
	return readExif(body)
}

// writeWebP puts the file together anew.
func writeWebP(w io.Writer, s *source, kept []webpChunk, turn int) error {
	extended := kept[0].kind == "VP8X"
	turns := extended && turn > 1 // One that is not extended has no place for it.
	length := int64(4)
	for _, c := range kept {
		length += 8 + c.n + c.n&1
	}
	if turns {
		length += 8 + int64(len(onlyTurn(turn)))
	}
	head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(length))
	if _, err := w.Write(append(head, "WEBP"...)); err != nil {
		return err
	}
	for _, c := range kept {
		if _, err := w.Write(binary.LittleEndian.AppendUint32([]byte(c.kind), uint32(c.n))); err != nil {
			return err
		}
		body := make([]byte, 0, 16)
		rest := s.section(c.at, c.n)
		if c.kind == "VP8X" {
			body = append(body, 0)
			if _, err := io.ReadFull(rest, body[:1]); err != nil {
				return err
			}
			if body[0] &^= webpXMP | webpExif; turns {
				body[0] |= webpExif
			}
		}
		if _, err := w.Write(body); err != nil {
			return err
		}
		if err := whole(io.Copy(w, rest))(c.n - int64(len(body))); err != nil {
			return err
		}
		if _, err := w.Write(make([]byte, c.n&1)); err != nil {
			return err
		}
	}
	if !turns {
		return nil
	}
	last := binary.LittleEndian.AppendUint32([]byte("EXIF"), uint32(len(onlyTurn(turn))))
	_, err := w.Write(append(last, onlyTurn(turn)...))
	return err
}
