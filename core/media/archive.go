package media

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"path"
	"strings"
)

const (
	usdzAlign   = 64  // usdzAlign is where each file of a USDZ begins, so that it can be used where it lies.
	usdzEntries = 256 // usdzEntries bounds its files.
	zipEnd      = 22  // zipEnd is how long the end of an archive is, without a comment.
)

// cleanUSDZ holds an archive to what a USDZ is (AOUSD USDZ 1.3): files as they are, each where it can be used, the first
// a scene, the others scenes, pictures and sounds; nothing before the first and nothing behind the end.
func cleanUSDZ(w io.Writer, s *source) (Form, error) {
	tail := make([]byte, min(s.size, zipEnd))
	if _, err := io.ReadFull(s.section(s.size-int64(len(tail)), zipEnd), tail); err != nil {
		return Form{}, err
	}
	if len(tail) < zipEnd || string(tail[:4]) != "PK\x05\x06" {
		return Form{}, ErrDamaged.About("an archive without its end, or with something behind it")
	}
	archive, err := zip.NewReader(s, s.size)
	if err != nil {
		return Form{}, ErrDamaged.About("an archive: %w", err)
	}
	if len(archive.File) == 0 || len(archive.File) > usdzEntries {
		return Form{}, ErrKind.About("an archive of %d files", len(archive.File))
	}
	end := int64(0)
	for i, f := range archive.File {
		if end, err = usdzEntry(s, f, i == 0, end); err != nil {
			return Form{}, err
		}
	}
	if directory := int64(binary.LittleEndian.Uint32(tail[16:])); directory < end || directory-end > usdzAlign {
		return Form{}, ErrDouble.About("%d bytes that belong to no file", directory-end)
	}
	return s.form, whole(io.Copy(w, s.section(0, s.size)))(s.size)
}

// usdzEntry holds one file of a USDZ to the rules and gives where it ends.
func usdzEntry(s *source, f *zip.File, first bool, before int64) (end int64, err error) {
	ending := strings.ToLower(path.Ext(f.Name))
	scene := ending == ".usd" || ending == ".usda" || ending == ".usdc"
	if first && !scene {
		return 0, ErrKind.About("an archive that begins with %.40q", f.Name)
	}
	at, err := f.DataOffset()
	if err != nil {
		return 0, ErrDamaged.About("%.40q: %w", f.Name, err)
	}
	n := int64(f.UncompressedSize64)
	switch {
	case f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 || f.Flags&1 != 0:
		return 0, ErrDamaged.About("%.40q is packed or locked", f.Name)
	case at%usdzAlign != 0 || n < 0 || at > s.size || n > s.size-at:
		return 0, ErrDamaged.About("%.40q is at %d, %d bytes of %d", f.Name, at, n, s.size)
	case at < before || at-before > usdzAlign+1<<16:
		return 0, ErrDouble.About("%d bytes that belong to no file", at-before)
	case path.IsAbs(f.Name) || strings.Contains(f.Name, "..") || strings.Contains(f.Name, "\\"):
		return 0, ErrActive.About("a file called %.40q", f.Name)
	}
	switch ending {
	case ".usd", ".usda", ".usdc", ".m4a", ".mp3", ".wav":
	case ".png", ".jpg", ".jpeg":
		found, err := Clean(io.Discard, io.NewSectionReader(s, at, n), n)
		if err != nil {
			return 0, err
		}
		if found.located {
			return 0, ErrLocated
		}
	default:
		return 0, ErrActive.About("a file called %.40q in a model", f.Name)
	}
	return at + n, nil
}

const (
	pdfTail  = 1 << 10   // pdfTail is where the end of a PDF must be (ISO 32000-1 annex H.3, note 18).
	pdfBlock = 256 << 10 // pdfBlock is how much of a document is looked at at a time.
)

// pdfActive are the names (ISO 32000-2 §12.6.4, §7.11.4) under which a document runs something or carries other files.
// Where a document hides them in compressed parts they are not seen: documents are for downloading, and the reader's
// program has the last word.
var pdfActive = [][]byte{[]byte("/JavaScript"), []byte("/Launch"), []byte("/EmbeddedFile"), []byte("/RichMedia")}

// cleanPDF holds a document to its beginning and end and looks for what would run.
func cleanPDF(w io.Writer, s *source) (Form, error) {
	tail := make([]byte, min(s.size, pdfTail))
	if _, err := io.ReadFull(s.section(s.size-int64(len(tail)), pdfTail), tail); err != nil {
		return Form{}, err
	}
	last := bytes.LastIndex(tail, []byte("%%EOF"))
	switch {
	case last < 0 || !bytes.Contains(tail, []byte("startxref")):
		return Form{}, ErrDamaged.About("a PDF without its end")
	case len(bytes.Trim(tail[last+5:], "\r\n\t \x00")) > 0:
		return Form{}, ErrDouble.About("%d bytes behind the end of a PDF", len(tail)-last-5)
	}
	if bytes.Contains(tail, []byte("PK\x05\x06")) {
		return Form{}, ErrDouble.About("a PDF that is an archive, too")
	}
	var carried []byte // What a name may have begun with in the block before.
	block := make([]byte, pdfBlock)
	r := s.reader()
	for {
		n, err := io.ReadFull(r, block)
		if found := pdfFinds(append(carried, block[:n]...)); found != nil {
			return Form{}, found
		}
		if _, err := w.Write(block[:n]); err != nil {
			return Form{}, err
		}
		if err != nil { // The end, or what could not be read: the length tells.
			return s.form, notEnd(err)
		}
		carried = append(carried[:0], block[n-32:n]...)
	}
}

// notEnd drops the error that only says that a file was read to its end.
func notEnd(err error) error {
	if isFault(err, io.EOF, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// pdfFinds tells what a part of a document must not hold.
func pdfFinds(part []byte) error {
	for _, name := range pdfActive {
		for at := 0; ; {
			i := bytes.Index(part[at:], name)
			if i < 0 {
				break
			}
			if at += i + len(name); at < len(part) && !isNameByte(part[at]) {
				return ErrActive.About("a PDF with %s", name)
			}
		}
	}
	if bytes.Contains(part, []byte("PK\x03\x04")) && bytes.Contains(part, []byte("PK\x01\x02")) {
		return ErrDouble.About("a PDF that is an archive, too")
	}
	return nil
}

// isNameByte tells whether a name goes on with this byte.
func isNameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '-' || b == '.'
}
