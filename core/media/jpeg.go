package media

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// The markers of a JPEG (ITU-T T.81 table B.1) that count here.
const (
	markSOF0, markSOF1, markSOF2 = 0xc0, 0xc1, 0xc2 // Baseline, extended, progressive.
	markRST0, markRST7           = 0xd0, 0xd7
	markSOI, markEOI, markSOS    = 0xd8, 0xd9, 0xda
	markAPP0, markAPP1, markAPP2 = 0xe0, 0xe1, 0xe2
	markAPP14, markAPP15         = 0xee, 0xef
	markCOM                      = 0xfe
)

// jpegWalk is a walk through a JPEG.
type jpegWalk struct {
	r             *bufio.Reader
	w             io.Writer
	width, height int64
	meta          exif
	scanned       bool
	turned        bool // turned says that the orientation was written.
}

// cleanJPEG goes from marker to marker (ITU-T T.81 §B.1) up to the end of the image and drops what stands behind it.
// Colour profiles stay; comments and everything that cameras and programs write about a picture go, except how it is to
// be turned. What browsers do not paint (lossless, arithmetic coding) is refused.
func cleanJPEG(w io.Writer, s *source) (Form, error) {
	j := jpegWalk{r: s.reader(), w: w}
	if _, err := j.r.Discard(2); err != nil {
		return Form{}, err
	}
	if _, err := w.Write([]byte{0xff, markSOI}); err != nil {
		return Form{}, err
	}
	for {
		marker, err := j.next()
		if err != nil {
			return Form{}, err
		}
		if marker == markEOI {
			break
		}
		if err := j.segment(marker); err != nil {
			return Form{}, err
		}
	}
	if !j.scanned {
		return Form{}, ErrDamaged.About("a JPEG without a scan")
	}
	_, err := w.Write([]byte{0xff, markEOI})
	return s.seen(j.width, j.height, j.meta.turn, j.meta.located), err
}

// next gives the next marker. Before the first scan it must come at once; in and after a scan, what is coded stands before
// it, with zeros stuffed behind its 0xff and restart markers in between, and is written on.
func (j *jpegWalk) next() (byte, error) {
	for {
		coded, err := j.r.ReadSlice(0xff)
		whole := err == nil
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return 0, err
		}
		if whole {
			coded = coded[:len(coded)-1]
		}
		if len(coded) > 0 && !j.scanned {
			return 0, ErrDamaged.About("%d bytes where a marker should be", len(coded))
		}
		if _, err := j.w.Write(coded); err != nil {
			return 0, err
		}
		if !whole {
			continue
		}
		marker := byte(0xff)
		for marker == 0xff { // A marker may be filled up before.
			if marker, err = j.r.ReadByte(); err != nil {
				return 0, err
			}
		}
		stuffed := marker == 0 || marker >= markRST0 && marker <= markRST7
		if !j.scanned || !stuffed {
			return marker, nil
		}
		if _, err := j.w.Write([]byte{0xff, marker}); err != nil {
			return 0, err
		}
	}
}

// segment reads what belongs to a marker and writes it when it stays.
func (j *jpegWalk) segment(marker byte) error {
	var length [2]byte
	if _, err := io.ReadFull(j.r, length[:]); err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	if n < 2 {
		return ErrDamaged.About("a segment of %d bytes", n)
	}
	body := make([]byte, n-2)
	if _, err := io.ReadFull(j.r, body); err != nil {
		return err
	}
	stays, err := j.judge(marker, body)
	if err != nil || !stays {
		return err
	}
	if marker < markAPP0 && !j.turned { // After the header of JFIF, before everything else that counts.
		if err := j.turn(); err != nil {
			return err
		}
	}
	return j.write(marker, body)
}

func (j *jpegWalk) write(marker byte, body []byte) error {
	head := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2))
	if _, err := j.w.Write(head); err != nil {
		return err
	}
	_, err := j.w.Write(body)
	return err
}

// turn writes how the picture is to be turned, once.
func (j *jpegWalk) turn() error {
	j.turned = true
	if j.meta.turn <= 1 {
		return nil
	}
	return j.write(markAPP1, append([]byte("Exif\x00\x00"), onlyTurn(j.meta.turn)...))
}

// judge says whether a segment stays, and reads those that say something about the picture.
func (j *jpegWalk) judge(marker byte, body []byte) (stays bool, err error) {
	switch {
	case marker == markSOF0 || marker == markSOF1 || marker == markSOF2:
		if len(body) < 6 || j.width != 0 {
			return false, ErrDamaged.About("a second frame, or one of %d bytes", len(body))
		}
		j.height, j.width = int64(binary.BigEndian.Uint16(body[1:])), int64(binary.BigEndian.Uint16(body[3:]))
		return true, checkPixels(j.width, j.height)
	case marker == markSOS:
		if j.width == 0 {
			return false, ErrDamaged.About("a scan before its frame")
		}
		j.scanned = true
		return true, nil
	case marker == 0xc4 || marker == 0xdb || marker == 0xdd: // Tables and the interval of restarts.
		return true, nil
	case marker == markAPP0:
		return len(body) == 14 && bytes.HasPrefix(body, []byte("JFIF\x00")), nil // Longer ones hold another picture.
	case marker == markAPP1:
		return false, j.app1(body)
	case marker == markAPP2:
		return bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")), nil
	case marker == markAPP14:
		return len(body) == 12 && bytes.HasPrefix(body, []byte("Adobe")), nil // Says how colours are coded.
	case marker > markAPP0 && marker <= markAPP15 || marker == markCOM:
		return false, nil
	}
	return false, ErrDamaged.About("a JPEG with the marker %x, which browsers do not paint", marker)
}

// app1 reads EXIF and XMP.
func (j *jpegWalk) app1(body []byte) error {
	if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok {
		said, err := readExif(tiff)
		if err != nil {
			return err
		}
		if j.meta.turn == 0 {
			j.meta.turn = said.turn
		}
		j.meta.located = j.meta.located || said.located
		return nil
	}
	j.meta.located = j.meta.located || tellsPlace(body)
	return nil
}
