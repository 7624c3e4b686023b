package index

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"unsafe"
)

// frozenMin is how many documents a segment has before it is worth a file.
const frozenMin = 512

// castagnoli is the polynomial that processors compute (CRC-32C).
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errTorn says that a file is not what was written once.
var errTorn = errors.New("the file is damaged")

// tape writes the arrays of a segment one after the other, or finds them again where they were written.
//
// An array is its length in eight bytes and its values as the processor holds them, filled up to eight bytes: the file is
// for the machine that wrote it and is used where it lies.
type tape struct {
	out io.Writer // out is where arrays are written; nil when they are found again.
	in  []byte    // in is what was not read yet.
	err error
}

// lay writes an array, or finds it again.
func lay[T byte | bool | uint32 | uint64 | int64](t *tape, array *[]T) {
	if t.err != nil {
		return
	}
	size := int(unsafe.Sizeof(*new(T)))
	if t.out != nil {
		raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(*array))), len(*array)*size)
		t.write(binary.NativeEndian.AppendUint64(nil, uint64(len(*array))))
		t.write(raw)
		t.write(make([]byte, padding(len(raw))))
		return
	}
	head := t.take(8)
	if t.err != nil {
		return
	}
	n := binary.NativeEndian.Uint64(head)
	if n > uint64(len(t.in)/size) {
		t.err = errTorn
		return
	}
	raw := t.take(int(n) * size)
	t.take(padding(len(raw)))
	if n > 0 && t.err == nil {
		*array = unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(raw))), n)
	}
}

func padding(n int) int { return -n & 7 }

func (t *tape) write(b []byte) {
	if t.err == nil {
		_, t.err = t.out.Write(b)
	}
}

func (t *tape) take(n int) []byte {
	if t.err != nil || n > len(t.in) {
		t.err = cmp.Or(t.err, errTorn)
		return nil
	}
	b := t.in[:n:n]
	t.in = t.in[n:]
	return b
}

func (p *packed) lay(t *tape) {
	lay(t, &p.text)
	lay(t, &p.ends)
}

// lay writes a segment, or finds it again. The numbers are left out: they are overwritten, and the file stays as it is.
func (s *segment) lay(t *tape) {
	s.ids.lay(t)
	s.externals.lay(t)
	for _, array := range []*[]uint32{&s.order, &s.category, &s.brand, &s.seller, &s.origin, &s.titles, &s.titleEnds} {
		lay(t, array)
	}
	for _, array := range []*[]int64{&s.versions, &s.since} {
		lay(t, array)
	}
	s.terms.lay(t)
	lay(t, &s.postings)
	s.layColumns(t)
	for _, array := range []*[]uint32{&s.telling.categories, &s.telling.ends, &s.telling.codes} {
		lay(t, array)
	}
}

func (s *segment) layColumns(t *tape) {
	var codes []uint32
	var kinds []byte
	for code := range s.columns {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		kinds = append(kinds, byte(s.columns[code].kind))
	}
	lay(t, &codes)
	lay(t, &kinds)
	if len(kinds) != len(codes) {
		t.err = cmp.Or(t.err, errTorn)
		return
	}
	if t.out == nil {
		s.columns = make(map[uint32]*column, len(codes))
	}
	for i, code := range codes {
		c := s.columns[code]
		if c == nil {
			c = &column{kind: Kind(kinds[i])}
			s.columns[code] = c
		}
		lay(t, &c.docs)
		lay(t, &c.values)
		lay(t, &c.names)
		lay(t, &c.numbers)
	}
}

// freeze moves a segment out of the memory that is searched for garbage into a file of a folder, or into one without a
// name when there is no folder. The file outlives the process if a manifest names it (see save.go).
func (s *segment) freeze(dir string) (*segment, error) {
	if dir != "" {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, fmt.Errorf("freeze a part of the search index: %w", err)
		}
	}
	f, err := os.CreateTemp(dir, "*"+segmentEnding)
	if err != nil {
		return nil, fmt.Errorf("freeze a part of the search index: %w", err)
	}
	defer func() { _ = f.Close() }()
	sum, err := s.print(f)
	var frozen *segment
	if err == nil {
		frozen, err = thaw(f, s.schema)
	}
	if err != nil || dir == "" {
		_ = os.Remove(f.Name()) // Where it is mapped it stays until it is let go.
	}
	if err != nil {
		return nil, fmt.Errorf("freeze a part of the search index: %w", err)
	}
	frozen.sum = sum
	frozen.price, frozen.stock, frozen.popularity = s.price, s.stock, s.popularity
	if dir != "" {
		frozen.file = filepath.Base(f.Name())
	}
	return frozen, nil
}

// segmentEnding is how the names of files with segments end.
const segmentEnding = ".seg"

// print writes a segment to a file and gives the sum of all bytes.
func (s *segment) print(f *os.File) (uint32, error) {
	sum := crc32.New(castagnoli)
	out := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<20)
	t := &tape{out: out}
	s.lay(t)
	if t.err != nil {
		return 0, t.err
	}
	if err := out.Flush(); err != nil {
		return 0, err
	}
	return sum.Sum32(), f.Sync()
}

// thaw uses a segment where it lies in a file. Its numbers are the caller's to set.
func thaw(f *os.File, of *schema) (*segment, error) {
	r, err := mapFile(f)
	if err != nil {
		return nil, err
	}
	s := &segment{schema: of}
	t := &tape{in: r.bytes}
	s.lay(t)
	if t.err == nil && !s.fits() {
		t.err = errTorn
	}
	if t.err != nil {
		r.free()
		return nil, t.err
	}
	s.frozen = int64(len(r.bytes))
	runtime.AddCleanup(s, func(r region) { r.free() }, r)
	return s, nil
}

// fits tells whether the arrays of a segment belong together. The sum has told already that they are what was written.
func (s *segment) fits() bool {
	n := s.len()
	for _, other := range []int{s.externals.len(), len(s.order), len(s.category), len(s.brand), len(s.seller), len(s.origin), len(s.versions),
		len(s.since), len(s.titleEnds)} {
		if other != n {
			return false
		}
	}
	words := s.terms.len()
	return len(s.terms.posts) == words+1 && len(s.terms.dfs) == words && len(s.terms.words) == words
}
