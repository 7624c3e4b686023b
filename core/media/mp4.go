package media

import (
	"encoding/binary"
	"io"
	"slices"
	"strings"
)

// box is a part of an MP4 file (ISO/IEC 14496-12 §4.2).
type box struct {
	kind string
	at   int64 // at is where it begins.
	head int64 // head is how long its head is.
	n    int64 // n is how long it is, with its head.
}

// body is where what is in it begins and ends.
func (b box) body() (from, to int64) { return b.at + b.head, b.at + b.n }

const (
	boxesMax  = 10_000  // boxesMax bounds the boxes of one level: a film in fragments has one for each second.
	tracksMax = 32      // tracksMax bounds the tracks of a film.
	entryMax  = 1 << 10 // entryMax bounds what is read of a description.
)

// The boxes that stay at the top of a file and in a film and its tracks. What else is there, such as descriptions with
// places and what programs keep for themselves, is overwritten, so that everything else stays where it is.
var (
	topStays  = []string{"ftyp", "styp", "moov", "moof", "mdat", "sidx", "mfra"}
	filmStays = []string{"mvhd", "trak", "mvex", "iods"}
	tracStays = []string{"tkhd", "tref", "edts", "mdia", "load", "imap", "matt"}
	// handlers are the kinds of tracks that a film may have (§12): picture, sound, subtitles.
	handlers = []string{"vide", "soun", "subt", "sbtl", "text"}
	// codecs are what the browsers of today all show, by the name of their description.
	codecs = []string{"avc1", "avc3", "av01", "vp09"}
)

// film is a walk through an MP4.
type film struct {
	s             *source
	blank         []box // blank are the boxes to be overwritten.
	width, height int64
	pictures      int
}

// cleanMP4 goes from box to box and holds a film to one that browsers show, with a track of pictures. Places in its
// descriptions are overwritten; a track of places is refused.
func cleanMP4(w io.Writer, s *source) (Form, error) {
	f := film{s: s}
	top, err := boxesIn(s, 0, s.size)
	if err != nil {
		return Form{}, err
	}
	if err := f.top(top); err != nil {
		return Form{}, err
	}
	form := s.form
	form.Width, form.Height = f.width, f.height
	return form, f.write(w)
}

// boxesIn lists the boxes between two places, which they must fill.
func boxesIn(s *source, from, to int64) ([]box, error) {
	var all []box
	for at := from; at < to; {
		var h [16]byte
		n, err := io.ReadFull(s.section(at, min(16, to-at)), h[:min(16, to-at)])
		if err != nil || n < 8 {
			return nil, ErrDamaged.About("a box cut off at %d", at)
		}
		b := box{kind: string(h[4:8]), at: at, head: 8, n: int64(binary.BigEndian.Uint32(h[:]))}
		switch {
		case b.n == 1 && n == 16:
			b.head, b.n = 16, int64(binary.BigEndian.Uint64(h[8:])&(1<<62-1))
		case b.n == 0: // Up to the end.
			b.n = to - at
		}
		if b.n < b.head || b.n > to-at || len(all) == boxesMax {
			return nil, ErrDamaged.About("a box %q of %d bytes at %d of %d", b.kind, b.n, at, to)
		}
		all = append(all, b)
		at += b.n
	}
	return all, nil
}

func (f *film) top(boxes []box) error {
	films, data := 0, false
	for i, b := range boxes {
		switch {
		case (b.kind == "ftyp") != (i == 0):
			return ErrDamaged.About("a box %q where it cannot be", b.kind)
		case b.kind == "ftyp":
			if err := f.brand(b); err != nil {
				return err
			}
		case b.kind == "moov":
			films++
			if err := f.moov(b); err != nil {
				return err
			}
		}
		data = data || b.kind == "mdat"
		f.keepOnly(b, topStays)
	}
	if films != 1 || !data || f.pictures == 0 {
		return ErrDamaged.About("%d films with %d tracks of pictures", films, f.pictures)
	}
	return nil
}

// keepOnly has a box overwritten unless it stays.
func (f *film) keepOnly(b box, stays []string) {
	if !slices.Contains(stays, b.kind) {
		f.blank = append(f.blank, b)
	}
}

// brand holds the file to a brand of ISO's; those of cameras' own formats and of still pictures are refused.
func (f *film) brand(b box) error {
	said, err := f.read(b, 0)
	if err != nil {
		return err
	}
	for i := 0; i+4 <= len(said); i += 4 {
		if brand := string(said[i : i+4]); i != 4 && (strings.HasPrefix(brand, "iso") || brand == "mp41" || brand == "mp42") {
			return nil
		}
	}
	return ErrCodec.About("the brands are %.40q", said)
}

// read gives the beginning of what is in a box, from a place on.
func (f *film) read(b box, skip int64) ([]byte, error) {
	from, to := b.body()
	if from += skip; from > to {
		return nil, ErrDamaged.About("a box %q of %d bytes", b.kind, b.n)
	}
	said := make([]byte, min(to-from, entryMax))
	_, err := io.ReadFull(f.s.section(from, int64(len(said))), said)
	return said, err
}

func (f *film) moov(b box) error {
	from, to := b.body()
	boxes, err := boxesIn(f.s, from, to)
	if err != nil {
		return err
	}
	tracks := 0
	for _, in := range boxes {
		if in.kind == "trak" {
			if tracks++; tracks > tracksMax {
				return ErrDamaged.About("more than %d tracks", tracksMax)
			}
			if err := f.track(in); err != nil {
				return err
			}
		}
		f.keepOnly(in, filmStays)
	}
	return nil
}

// track looks at one track: what it carries, and how large its picture is.
func (f *film) track(b box) error {
	from, to := b.body()
	boxes, err := boxesIn(f.s, from, to)
	if err != nil {
		return err
	}
	for _, in := range boxes {
		f.keepOnly(in, tracStays)
	}
	hdlr, err := f.find(b, "mdia", "hdlr")
	if err != nil {
		return err
	}
	said, err := f.read(hdlr, 8)
	if err != nil || len(said) < 4 {
		return ErrDamaged.About("a track of no kind: %w", err)
	}
	handler := string(said[:4])
	if !slices.Contains(handlers, handler) {
		return ErrTracks.About("a track of the kind %q", handler)
	}
	if handler != "vide" {
		return nil
	}
	return f.picture(b)
}

// picture looks at a track of pictures.
func (f *film) picture(b box) error {
	stsd, err := f.find(b, "mdia", "minf", "stbl", "stsd")
	if err != nil {
		return err
	}
	said, err := f.read(stsd, 8)
	if err != nil || len(said) < 36 {
		return ErrDamaged.About("a track of pictures without a description: %w", err)
	}
	if codec := string(said[4:8]); !slices.Contains(codecs, codec) {
		return ErrCodec.About("pictures coded as %q", codec)
	}
	width, height := int64(binary.BigEndian.Uint16(said[32:])), int64(binary.BigEndian.Uint16(said[34:]))
	if f.pictures++; f.pictures == 1 {
		f.width, f.height = width, height
	}
	return checkPixels(width, height)
}

// find gives the box at the end of a way through others.
func (f *film) find(b box, way ...string) (box, error) {
	for _, kind := range way {
		from, to := b.body()
		boxes, err := boxesIn(f.s, from, to)
		if err != nil {
			return box{}, err
		}
		i := slices.IndexFunc(boxes, func(in box) bool { return in.kind == kind })
		if i < 0 {
			return box{}, ErrDamaged.About("there is no %v in a track", way)
		}
		b = boxes[i]
	}
	return b, nil
}

// write copies the film, with free space of zeros for the boxes that go: nothing moves, so that all places in it stay
// right.
func (f *film) write(w io.Writer) error {
	slices.SortFunc(f.blank, func(a, b box) int { return int(min(max(a.at-b.at, -1), 1)) })
	at := int64(0)
	for _, b := range f.blank {
		if b.at < at {
			continue // It is inside one that went.
		}
		if err := whole(io.Copy(w, f.s.section(at, b.at-at)))(b.at - at); err != nil {
			return err
		}
		head := make([]byte, b.head)
		if _, err := io.ReadFull(f.s.section(b.at, b.head), head); err != nil {
			return err
		}
		copy(head[4:8], "free")
		if _, err := w.Write(head); err != nil {
			return err
		}
		if _, err := io.CopyN(w, zeros{}, b.n-b.head); err != nil {
			return err
		}
		at = b.at + b.n
	}
	return whole(io.Copy(w, f.s.section(at, f.s.size-at)))(f.s.size - at)
}

// zeros are without end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}
