package media

import (
	"bytes"
	"encoding/binary"
)

// exif is what a picture's metadata say that we look at.
type exif struct {
	turn    int // turn is the orientation, 1 to 8, or 0 when nothing is said.
	located bool
}

// The tags of TIFF 6.0 and EXIF 2.32 that count here.
const (
	tagOrientation = 0x0112
	tagGPS         = 0x8825
	typeShort      = 3
)

// readExif reads the first directory of the TIFF file that EXIF is (CIPA DC-008 §4.6). One that does not hold together is
// ErrDamaged: what cannot be read cannot be judged.
func readExif(b []byte) (exif, error) {
	var x exif
	if len(b) < 8 {
		return x, ErrDamaged.About("EXIF of %d bytes", len(b))
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(b[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return x, ErrDamaged.About("EXIF that begins with %q", b[:4])
	}
	at := int64(order.Uint32(b[4:]))
	if at < 8 || at+2 > int64(len(b)) {
		return x, ErrDamaged.About("EXIF whose directory is at %d of %d bytes", at, len(b))
	}
	n := int64(order.Uint16(b[at:]))
	if at+2+12*n > int64(len(b)) {
		return x, ErrDamaged.About("EXIF with %d entries in %d bytes", n, len(b))
	}
	for entry := range n {
		e := b[at+2+12*entry:]
		switch order.Uint16(e) {
		case tagOrientation:
			if turn := int(order.Uint16(e[8:])); order.Uint16(e[2:]) == typeShort && turn >= 1 && turn <= 8 {
				x.turn = turn
			}
		case tagGPS:
			x.located = true
		}
	}
	return x, nil
}

// onlyTurn is an EXIF that says how a picture is to be turned, and nothing else.
func onlyTurn(turn int) []byte {
	return []byte{'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, typeShort, 0, 0, 0, 1, 0, byte(turn), 0, 0, 0, 0, 0, 0}
}

// tellsPlace tells whether an XMP packet has words about a place.
func tellsPlace(xmp []byte) bool {
	return bytes.Contains(xmp, []byte("GPSL")) || bytes.Contains(xmp, []byte("Location"))
}
