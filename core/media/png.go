package media

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// pngSign begins every PNG.
const pngSign = "\x89PNG\r\n\x1a\n"

// pngStays are the chunks (W3C PNG §11) that say how a picture looks. All others go: texts, times, places, moving parts.
var pngStays = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true, "cHRM": true, "gAMA": true, "iCCP": true, "sBIT": true,
	"sRGB": true, "cICP": true, "mDCV": true, "cLLI": true, "bKGD": true, "pHYs": true,
}

// pngMetaMax bounds what is read of a chunk that is looked into.
const pngMetaMax = 1 << 20

// pngWalk is a walk through a PNG.
type pngWalk struct {
	r             *bufio.Reader
	w             io.Writer
	width, height int64
	meta          exif
	painted       bool
}

// cleanPNG goes from chunk to chunk (W3C PNG §5.3), holds each to its check sum, and drops what stands behind the last.
func cleanPNG(w io.Writer, s *source) (Form, error) {
	p := pngWalk{r: s.reader(), w: w}
	if _, err := io.CopyN(w, p.r, int64(len(pngSign))); err != nil {
		return Form{}, err
	}
	for first := true; ; first = false {
		kind, err := p.chunk(first)
		if err != nil {
			return Form{}, err
		}
		if kind == "IEND" {
			break
		}
	}
	if !p.painted {
		return Form{}, ErrDamaged.About("a PNG without a picture")
	}
	return s.seen(p.width, p.height, p.meta.turn, p.meta.located), nil
}

// chunk reads one chunk and writes it when it stays.
func (p *pngWalk) chunk(first bool) (kind string, err error) {
	var head [8]byte
	if _, err := io.ReadFull(p.r, head[:]); err != nil {
		return "", err
	}
	n := int64(binary.BigEndian.Uint32(head[:4]))
	kind = string(head[4:])
	if first != (kind == "IHDR") || n > ImageMax || first && n != 13 {
		return "", ErrDamaged.About("a chunk %.4q of %d bytes", kind, n)
	}
	sum := crc32.NewIEEE()
	_, _ = sum.Write(head[4:])
	body := io.TeeReader(io.LimitReader(p.r, n), sum)
	switch {
	case first:
		err = p.header(head[:], body)
	case kind == "eXIf" && n <= pngMetaMax:
		err = p.exif(body)
	case pngStays[kind]:
		p.painted = p.painted || kind == "IDAT"
		if _, err = p.w.Write(head[:]); err == nil {
			err = whole(io.Copy(p.w, body))(n)
		}
	default:
		err = whole(io.Copy(io.Discard, body))(n)
	}
	if err != nil {
		return "", err
	}
	return kind, p.tail(kind, sum.Sum32(), first || pngStays[kind])
}

// whole makes an error of a copy that was cut off.
func whole(n int64, err error) func(want int64) error {
	return func(want int64) error {
		if err == nil && n < want {
			return io.ErrUnexpectedEOF
		}
		return err
	}
}

// tail holds a chunk to its check sum, and writes that for one that stays.
func (p *pngWalk) tail(kind string, sum uint32, stays bool) error {
	var said [4]byte
	if _, err := io.ReadFull(p.r, said[:]); err != nil {
		return err
	}
	if binary.BigEndian.Uint32(said[:]) != sum {
		return ErrDamaged.About("the chunk %.4q is damaged", kind)
	}
	if !stays {
		return nil
	}
	_, err := p.w.Write(said[:])
	return err
}

func (p *pngWalk) header(head []byte, r io.Reader) error {
	body := make([]byte, 13)
	if _, err := io.ReadFull(r, body); err != nil {
		return err
	}
	p.width, p.height = int64(binary.BigEndian.Uint32(body)), int64(binary.BigEndian.Uint32(body[4:]))
	if err := checkPixels(p.width, p.height); err != nil {
		return err
	}
	_, err := p.w.Write(append(head, body...))
	return err
}

// exif reads what a chunk of EXIF says and writes only how the picture is to be turned. It may stand anywhere before the
// end.
func (p *pngWalk) exif(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if p.meta, err = readExif(body); err != nil || p.meta.turn <= 1 {
		return err
	}
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(onlyTurn(1))))
	chunk = append(append(chunk, "eXIf"...), onlyTurn(p.meta.turn)...)
	_, err = p.w.Write(binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:])))
	return err
}
