package intake

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// file is what is brought in: a file on disk, known by the digest of its bytes.
type file struct {
	name   string // name is what the person called it.
	path   string
	size   int64
	digest string
	own    bool         // own says that the path is a copy of the standard input, which goes when the import ends.
	read   atomic.Int64 // read is how many bytes of it are read.
}

// fetch finds a file and reads it once for its digest. The standard input is kept on disk meanwhile, for it is read more
// than once.
func fetch(ctx context.Context, name string) (*file, error) {
	f := &file{name: name, path: name}
	if name == "-" {
		f.name = "stdin"
		if err := f.keep(ctx, os.Stdin); err != nil {
			f.drop()
			return nil, err
		}
	}
	in, err := os.Open(f.path)
	if err != nil {
		return nil, ErrFile.About("%v", err)
	}
	defer func() { _ = in.Close() }() // It was only read.
	sum := sha256.New()
	if f.size, err = io.Copy(sum, waking{ctx, in}); err != nil {
		f.drop()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, ErrFile.About("%v", err)
	}
	f.digest = hex.EncodeToString(sum.Sum(nil))
	return f, nil
}

// keep writes what comes to a file that goes when the import ends.
func (f *file) keep(ctx context.Context, from io.Reader) error {
	to, err := os.CreateTemp("", "sauda-import-*")
	if err != nil {
		return err
	}
	f.path, f.own = to.Name(), true
	n, err := io.Copy(to, io.LimitReader(waking{ctx, from}, totalMax+1))
	if n > totalMax {
		err = ErrTooLarge.About("more than %d bytes", totalMax)
	}
	return errors.Join(err, to.Close())
}

// drop removes the copy of the standard input.
func (f *file) drop() {
	if f.own {
		_ = os.Remove(f.path) // The system clears what is left there.
	}
}

// errors names the file of errors that belongs to it.
func (f *file) errors() string {
	if f.own {
		return "stdin.errors.csv"
	}
	return f.path + ".errors.csv"
}

// open gives the bytes of the file, unpacked. What is packed is told by how it begins, not by its name.
func (f *file) open() (io.ReadCloser, error) {
	in, err := os.Open(f.path)
	if err != nil {
		return nil, ErrFile.About("%v", err)
	}
	head := make([]byte, 4)
	n, _ := io.ReadFull(in, head) // A shorter file is not packed.
	f.read.Store(0)
	switch head = head[:n]; {
	case bytes.Equal(head, []byte("PK\x03\x04")):
		return f.unzip(in)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		if _, err := in.Seek(0, io.SeekStart); err != nil {
			return nil, errors.Join(err, in.Close())
		}
		plain, err := gzip.NewReader(bufio.NewReaderSize(counting{in, &f.read}, 1<<16))
		if err != nil {
			return nil, errors.Join(ErrFile.About("%v", err), in.Close())
		}
		return stream{&guarded{in: plain, packed: f.size}, in}, nil
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return stream{&guarded{in: counting{in, &f.read}}, in}, nil
}

// unzip gives the one file of an archive that is no picture.
func (f *file) unzip(in *os.File) (io.ReadCloser, error) {
	archive, err := zip.NewReader(countingAt{in, &f.read}, f.size)
	if err != nil {
		return nil, errors.Join(ErrArchive.About("%v", err), in.Close())
	}
	var found []*zip.File
	for _, part := range archive.File {
		hidden := strings.HasPrefix(filepath.Base(part.Name), ".") || strings.HasPrefix(part.Name, "__MACOSX/")
		if !part.FileInfo().IsDir() && !hidden && !isPictureName(part.Name) {
			found = append(found, part)
		}
	}
	if len(found) != 1 || found[0].Flags&1 != 0 { // The first flag says that it is encrypted.
		return nil, errors.Join(ErrArchive.About("%d files", len(found)), in.Close())
	}
	plain, err := found[0].Open()
	if err != nil {
		return nil, errors.Join(ErrArchive.About("%v", err), in.Close())
	}
	return stream{&guarded{in: plain, packed: f.size}, in}, nil
}

// stream reads from one thing and closes another.
type stream struct {
	io.Reader
	io.Closer
}

// counting says how much is read of a file.
type counting struct {
	in   io.Reader
	read *atomic.Int64
}

func (c counting) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.read.Add(int64(n))
	return n, err
}

type countingAt struct {
	in   io.ReaderAt
	read *atomic.Int64
}

func (c countingAt) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.in.ReadAt(p, at)
	c.read.Store(at + int64(n))
	return n, err
}

// waking stops reading when its context ends.
type waking struct {
	ctx context.Context
	in  io.Reader
}

func (w waking) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.in.Read(p)
}

// guarded refuses what becomes too large when it is unpacked.
type guarded struct {
	in     io.Reader
	packed int64 // packed is the size before; zero for what is not packed.
	read   int64
}

// ratioFrom is from where on the ratio counts: a little file may well be one letter many times.
const ratioFrom = 1 << 20

func (g *guarded) Read(p []byte) (int, error) {
	n, err := g.in.Read(p)
	g.read += int64(n)
	if g.read > totalMax || g.packed > 0 && g.read > ratioFrom && g.read/ratioMax > g.packed {
		return 0, ErrTooLarge.About("%d bytes out of %d", g.read, g.packed)
	}
	if err != nil && err != io.EOF {
		err = ErrFile.About("%v", err)
	}
	return n, err
}

// decoded gives the text of a file as UTF-8. A byte order mark decides; without one, a file that is UTF-8 from end to end
// is UTF-8, and any other is Windows-1251, which is what spreadsheets here save.
func (f *file) decoded() (io.ReadCloser, error) {
	in, err := f.open()
	if err != nil {
		return nil, err
	}
	b := bufio.NewReaderSize(in, 1<<16)
	head, _ := b.Peek(3) // Fewer are none of the marks.
	var plain io.Reader
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err = b.Discard(3)
		plain = b
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		plain = transform.NewReader(b, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	default:
		var utf8 bool
		if utf8, err = isUTF8(b); err != nil {
			break
		}
		if err = in.Close(); err != nil {
			break
		}
		if in, err = f.open(); err != nil {
			return nil, err
		}
		if plain = in; !utf8 {
			plain = transform.NewReader(in, charmap.Windows1251.NewDecoder())
		}
	}
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return stream{plain, in}, nil
}

// isUTF8 reads to the end. A file that holds a zero byte is no text at all.
func isUTF8(in io.Reader) (bool, error) {
	valid := true
	buffer := make([]byte, 0, 1<<16)
	for {
		n, err := in.Read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		if bytes.IndexByte(buffer, 0) >= 0 {
			return false, ErrEncoding.About("a zero byte")
		}
		rest := 0
		for i := 1; err == nil && i < utf8.UTFMax && i <= len(buffer); i++ { // The last character may go on in the next part.
			if last := buffer[len(buffer)-i:]; utf8.RuneStart(last[0]) {
				if !utf8.FullRune(last) {
					rest = i
				}
				break
			}
		}
		whole := len(buffer) - rest
		valid = valid && utf8.Valid(buffer[:whole])
		buffer = buffer[:copy(buffer[:rest], buffer[whole:])]
		if err == io.EOF {
			return valid, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// allowance refuses a row that is too large: whoever reads a row gives it a fresh allowance before.
type allowance struct {
	in   io.Reader
	left int
	row  int
}

// next begins another row. What was read ahead belongs to it, and is small against the allowance.
func (a *allowance) next() {
	a.left = rowMax
	a.row++
}

func (a *allowance) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, fmt.Errorf("row %d: %w", a.row, ErrRowSize.With("row", a.row))
	}
	n, err := a.in.Read(p[:min(len(p), a.left)])
	a.left -= n
	return n, err
}
