package index

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// manifest names the files of an index and holds what all of them share.
type manifest struct {
	Form         int
	Stamp        string // Stamp is of whoever fills the index: another one means that it must be built anew.
	Dictionaries [][]string
	Labels       map[string]Value
	Segments     []manifestSegment
}

type manifestSegment struct {
	File       string
	Sum        uint32
	Dead       []uint64
	Price      []int64
	Stock      []uint32
	Popularity []int64
}

const (
	// form counts the layouts of the files; another one is not read.
	form = 2
	// manifestName is the file of the manifest. It is written last and replaces the one before in one step.
	manifestName = "manifest"
)

// Save writes down what Open finds again: the parts that lie in files. Those in memory are small and young; whoever opens
// the index asks a Review what is missing.
func (x *Index) Save(stamp string) error {
	if x.dir == "" {
		return nil
	}
	x.saving.Lock()
	defer x.saving.Unlock()
	x.mu.Lock()
	s := x.now.Load()
	m := manifest{Form: form, Stamp: stamp, Labels: *s.schema.labels.Load()}
	for _, d := range s.schema.dictionaries() {
		m.Dictionaries = append(m.Dictionaries, (*d).all())
	}
	for _, h := range s.holds {
		if h.seg.file == "" {
			continue
		}
		of := manifestSegment{File: h.seg.file, Sum: h.seg.sum, Dead: h.dead}
		for doc := range h.seg.len() {
			n := h.seg.numbers(uint32(doc))
			of.Price, of.Stock, of.Popularity = append(of.Price, n.Price), append(of.Stock, uint32(n.Stock)), append(of.Popularity, n.Popularity)
		}
		m.Segments = append(m.Segments, of)
	}
	x.mu.Unlock()
	if len(m.Segments) == 0 && len(x.saved) == 0 {
		return nil // A small shop is read in no time.
	}
	if err := m.write(x.dir); err != nil {
		return fmt.Errorf("write down the search index: %w", err)
	}
	before := x.saved
	x.saved = m.files()
	return remove(x.dir, before, x.saved)
}

func (m *manifest) files() (names []string) {
	for _, s := range m.Segments {
		names = append(names, s.File)
	}
	return names
}

// remove removes files that are not to be kept. Who still reads one has it until he is done.
func remove(dir string, names, keep []string) (err error) {
	for _, name := range names {
		if !slices.Contains(keep, name) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, name)))
		}
	}
	return err
}

// write replaces the manifest of a folder. Its last four bytes are the sum of those before.
func (m *manifest) write(dir string) error {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(m); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, manifestName+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(binary.BigEndian.AppendUint32(body.Bytes(), crc32.Checksum(body.Bytes(), castagnoli)))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, manifestName))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// Open puts in place what Save wrote down with the same stamp. It tells whether there was such an index; one that is
// damaged or of another form is none. It is called before anything else, and removes what an earlier process left over.
func (x *Index) Open(stamp string, tree *Tree) bool {
	if x.dir == "" {
		return false
	}
	s, files, err := open(x.dir, stamp)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		x.trouble(fmt.Errorf("open the search index: %w", err))
	}
	x.saving.Lock()
	defer x.saving.Unlock()
	x.saved = files
	if err := tidy(x.dir, files); err != nil {
		x.trouble(fmt.Errorf("tidy up the folder of the search index: %w", err))
	}
	if err != nil {
		return false
	}
	s.tree = tree
	x.mu.Lock()
	defer x.mu.Unlock()
	x.young = make(map[string]*Document)
	x.put(s)
	return true
}

// tidy removes what lies in the folder beside the manifest and its files.
func tidy(dir string, keep []string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), segmentEnding) || strings.HasPrefix(e.Name(), manifestName+"-") {
			names = append(names, e.Name())
		}
	}
	return remove(dir, names, keep)
}

func open(dir, stamp string) (s *snapshot, files []string, err error) {
	m, err := readManifest(dir)
	if err != nil {
		return nil, nil, err
	}
	if m.Form != form || m.Stamp != stamp {
		return nil, nil, os.ErrNotExist
	}
	s = &snapshot{schema: newSchema()}
	all := s.schema.dictionaries()
	if len(m.Dictionaries) != len(all) {
		return nil, nil, errTorn
	}
	for i, names := range m.Dictionaries {
		*all[i] = newDictionary(names)
	}
	if m.Labels != nil {
		s.schema.labels.Store(&m.Labels)
	}
	for _, of := range m.Segments {
		h, err := of.open(dir, s.schema)
		if err != nil {
			return nil, nil, err
		}
		s.holds = append(s.holds, h)
	}
	return s, m.files(), nil
}

func readManifest(dir string) (m manifest, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, manifestName)) //nolint:gosec // The folder is the index's own.
	if err != nil {
		return m, err
	}
	if len(raw) < 4 {
		return m, errTorn
	}
	body, sum := raw[:len(raw)-4], raw[len(raw)-4:]
	if binary.BigEndian.Uint32(sum) != crc32.Checksum(body, castagnoli) {
		return m, errTorn
	}
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(&m); err != nil {
		return m, fmt.Errorf("%w: %w", errTorn, err)
	}
	return m, nil
}

func (m *manifestSegment) open(dir string, of *schema) (holding, error) {
	f, err := os.Open(filepath.Join(dir, filepath.Base(m.File))) //nolint:gosec // The folder is the index's own.
	if err != nil {
		return holding{}, err
	}
	defer func() { _ = f.Close() }()
	sum := crc32.New(castagnoli)
	if _, err := io.Copy(sum, f); err != nil {
		return holding{}, err
	}
	if sum.Sum32() != m.Sum {
		return holding{}, errTorn
	}
	s, err := thaw(f, of)
	if err != nil {
		return holding{}, err
	}
	s.file, s.sum = m.File, m.Sum
	n := s.len()
	if len(m.Dead) != len(newBitmap(n)) || len(m.Price) != n || len(m.Stock) != n || len(m.Popularity) != n {
		return holding{}, errTorn
	}
	s.price, s.stock, s.popularity = m.Price, m.Stock, m.Popularity
	return holding{s, m.Dead}, nil
}

// Review compares an index, as it was when the review began, with what there is.
type Review struct {
	of   *snapshot
	seen []bitmap
}

// Review begins a review.
func (x *Index) Review() *Review {
	r := &Review{of: x.now.Load()}
	for _, h := range r.of.holds {
		r.seen = append(r.seen, newBitmap(h.seg.len()))
	}
	return r
}

// Current notes that there is a document, and tells whether the index has it in this version.
func (r *Review) Current(id string, version int64) bool {
	for i, h := range r.of.holds {
		if doc, ok := h.seg.find(id); ok && !h.dead.has(doc) {
			r.seen[i].set(doc)
			return h.seg.versions[doc] == version
		}
	}
	return false
}

// Rest gives the documents of the index that were not noted.
func (r *Review) Rest() (ids []string) {
	for i, h := range r.of.holds {
		left := full(h.seg.len())
		left.without(h.dead)
		left.without(r.seen[i])
		left.each(func(doc uint32) { ids = append(ids, strings.Clone(h.seg.id(doc))) })
	}
	return ids
}
