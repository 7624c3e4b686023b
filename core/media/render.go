package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gen2brain/webp"
	goWebP "golang.org/x/image/webp"

	"sauda/base/span"
	"sauda/core/media/mediadb"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/job"
)

// Widths are how wide the copies of pictures are: for a list, a page on a telephone, a page on a large screen. A picture
// that is narrower has copies of its own width.
var Widths = []blob.Size{1600, 800, 320}

const (
	jpegQuality = 82 // jpegQuality and webpQuality look alike on photographs of goods.
	webpQuality = 78
	webpMethod  = 2 // webpMethod is a quarter of the time of the library's own choice, for 5 % more bytes.
)

// copiesOf is how many copies a picture gets.
func copiesOf(Form) int64 { return int64(2 * len(Widths)) }

// pictureEndings are those of the names of pictures.
var pictureEndings = []string{".jpg", ".png", ".webp"}

// Instead names what stands for a copy that is not there yet: one in JPEG, a larger one, the picture itself. Browsers go
// by what they get, not by the name.
func Instead(name string) []string {
	stem, _, ok := strings.Cut(name, "-")
	if !ok {
		return nil
	}
	others := []string{strings.TrimSuffix(name, path.Ext(name)) + ".jpg"}
	for _, ending := range pictureEndings {
		others = append(others, stem+ending)
	}
	return others
}

// Sources gives the addresses of the copies of a picture of the house, as srcset wants them: "…-320.webp 320w, …". For a
// picture from elsewhere, or one that is drawn, there are none.
func Sources(url, ending string) string {
	name, ok := strings.CutPrefix(url, Path)
	if !ok || !hasCopies(name) {
		return ""
	}
	var all []string
	for i := range Widths {
		width := Widths[len(Widths)-1-i]
		all = append(all, fmt.Sprintf("%s%s %dw", Path, blob.Copy(name, width, ending), width))
	}
	return strings.Join(all, ", ")
}

// Small gives the address of the copy of a picture that is so wide, or the picture's own.
func Small(url string, width blob.Size) string {
	if name, ok := strings.CutPrefix(url, Path); ok && hasCopies(name) {
		return Path + blob.Copy(name, width, ".jpg")
	}
	return url
}

func hasCopies(name string) bool {
	return blob.Public(name) && !strings.Contains(name, "-") && slices.Contains(pictureEndings, path.Ext(name))
}

// Shrunk is a copy of a picture.
type Shrunk struct {
	Name string
	Body []byte
}

// ShrinkJPEG is Shrink without the copies in WebP: what pages can do with.
func ShrinkJPEG(name string, body []byte, hand func(Shrunk) error) error {
	return shrink(name, body, encodeJPEG, hand)
}

// Shrink makes the copies of a picture that Clean has judged and hands each on as it is made, the widest first. It unpacks
// the picture once. Copies are upright, tell nothing but how they look, and keep the colour profile where JPEG has one.
func Shrink(name string, body []byte, hand func(Shrunk) error) error {
	return shrink(name, body, encode, hand)
}

// copied is one picture to be written: its size by name, its pixels, its colour profile.
type copied struct {
	of      string
	width   blob.Size
	image   *image.YCbCr
	profile []byte
}

func shrink(name string, body []byte, write func(copied, func(Shrunk) error) error, hand func(Shrunk) error) error {
	form, err := Clean(io.Discard, bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return err
	}
	m, err := decode(form, body)
	if err != nil {
		return ErrDamaged.About("unpack %s: %w", name, err)
	}
	if b := m.Bounds(); checkPixels(int64(b.Dx()), int64(b.Dy())) != nil {
		return ErrDamaged.About("%s is another size than it says", name)
	}
	p := planesOf(m)
	profile := profileOf(form, body)
	for i, width := range Widths {
		wide, high := min(int64(width), form.Width), form.Height // As it is seen.
		if wide < form.Width {
			high = max(1, (form.Height*wide+form.Width/2)/form.Width)
		}
		if i == 0 { // Turned when it is small already, and before anybody sees it.
			if form.Turn >= 5 {
				p = p.scale(int(high), int(wide))
			} else {
				p = p.scale(int(wide), int(high))
			}
			p = planes{p.y.turn(form.Turn), p.cb.turn(form.Turn), p.cr.turn(form.Turn)}
		}
		p = p.scale(int(wide), int(high))
		if err := write(copied{name, width, p.image(), profile}, hand); err != nil {
			return err
		}
	}
	return nil
}

// encode writes a copy in each format. A copy in WebP that would be larger, or whose colours would be others because we
// cannot write its profile there, is handed on without a body.
func encode(c copied, hand func(Shrunk) error) error {
	inJPEG := 0
	if err := encodeJPEG(c, func(s Shrunk) error {
		inJPEG = len(s.Body)
		return hand(s)
	}); err != nil {
		return err
	}
	name := blob.Copy(c.of, c.width, ".webp")
	if len(c.profile) > 0 {
		return hand(Shrunk{name, nil})
	}
	var w bytes.Buffer
	if err := webp.Encode(&w, c.image, webp.Options{Quality: webpQuality, Method: webpMethod}); err != nil {
		return err
	}
	if w.Len() >= inJPEG {
		return hand(Shrunk{name, nil})
	}
	return hand(Shrunk{name, w.Bytes()})
}

func encodeJPEG(c copied, hand func(Shrunk) error) error {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, c.image, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return err
	}
	body := b.Bytes()
	if len(c.profile) > 0 {
		body = slices.Concat(body[:2], c.profile, body[2:])
	}
	return hand(Shrunk{blob.Copy(c.of, c.width, ".jpg"), body})
}

// decode unpacks a picture.
func decode(f Form, body []byte) (image.Image, error) {
	switch f.Ending {
	case ".jpg":
		return jpeg.Decode(bytes.NewReader(body))
	case ".png":
		return png.Decode(bytes.NewReader(body))
	case ".webp":
		return goWebP.Decode(bytes.NewReader(body))
	}
	return nil, ErrKind.About("%s is no picture", f.Type)
}

// profileOf gives the segments of a JPEG with its colour profile, ready to be put into another.
func profileOf(f Form, body []byte) []byte {
	if f.Ending != ".jpg" {
		return nil
	}
	var profile []byte
	for at := 2; at+4 <= len(body) && body[at] == 0xff && body[at+1] != markSOS; {
		end := at + 2 + int(body[at+2])<<8 + int(body[at+3])
		if end > len(body) {
			break
		}
		if body[at+1] == markAPP2 && bytes.HasPrefix(body[at+4:end], []byte("ICC_PROFILE\x00")) {
			profile = append(profile, body[at:end]...)
		}
		at = end
	}
	return profile
}

const (
	workers    = 2                // workers is how many pictures are worked on at once, when they are small.
	large      = 12_000_000       // large is from how many pixels on a picture is worked on alone: it fills the memory of two.
	lease      = 10 * time.Minute // lease is how long a picture that was taken is nobody else's.
	triesMax   = 5                // triesMax is how often a picture is tried that kills the process, or that a store does not take.
	renderPage = 20
)

// Render makes the copies of every picture that waits, and returns when none does. A process that dies begins its picture
// again. What cannot be unpacked is refused and stays as it was brought; another failure is tried again later.
func (l Library) Render(ctx context.Context, store *db.Store) error {
	for ctx.Err() == nil {
		var due []taken
		err := job.Once(ctx, store, db.System, func(tx *db.Tx) (err error) {
			due, err = take(tx)
			return err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		if err := l.renderAll(ctx, store, due); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// taken is a picture that is ours to work on.
type taken struct {
	File
	tries int64
}

func take(tx *db.Tx) ([]taken, error) {
	rows, err := mediadb.New(tx).Due(tx.Context(), mediadb.DueParams{Now: span.Micros(tx.Now()), Page: renderPage})
	if err != nil {
		return nil, err
	}
	due := make([]taken, 0, len(rows))
	later := mediadb.New(tx.Later())
	for _, r := range rows {
		due = append(due, taken{fileOf(r), r.Tries + 1})
		err := later.Lease(tx.Context(), mediadb.LeaseParams{Until: span.Micros(tx.Now().Add(lease)), Name: r.Name, DueAt: r.DueAt})
		if err != nil {
			return nil, err
		}
	}
	return due, nil
}

// renderAll works on several pictures at once, on a large one alone.
func (l Library) renderAll(ctx context.Context, store *db.Store, due []taken) error {
	var memory sync.RWMutex
	var all sync.WaitGroup
	next, failed := make(chan taken), make(chan error, len(due))
	for range workers {
		all.Go(func() {
			for t := range next {
				release := memory.RUnlock
				if t.Width*t.Height >= large {
					memory.Lock()
					release = memory.Unlock
				} else {
					memory.RLock()
				}
				failed <- l.renderOne(ctx, store, t)
				release()
			}
		})
	}
	for _, t := range due {
		next <- t
	}
	close(next)
	all.Wait()
	close(failed)
	var err error
	for e := range failed {
		err = errors.Join(err, e)
	}
	return err
}

// renderOne makes the copies of one picture and writes down how that ended. The error is that of the house's own store.
func (l Library) renderOne(ctx context.Context, store *db.Store, t taken) error {
	done := int64(0)
	note := func(do func(*db.Tx) error) error { return job.Once(context.WithoutCancel(ctx), store, db.System, do) }
	failure := l.shrinkTo(ctx, t.Name, func() error {
		done++
		return note(func(tx *db.Tx) error {
			return mediadb.New(tx.Later()).Progress(tx.Context(), mediadb.ProgressParams{Name: t.Name, Done: done})
		})
	})
	return note(func(tx *db.Tx) error { return settle(tx, t, done, failure) })
}

// shrinkTo makes the copies of a kept picture and keeps them beside it.
func (l Library) shrinkTo(ctx context.Context, name string, made func() error) error {
	f, err := l.Blobs.Read(ctx, name)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // It was only read.
	if f.Size() > ImageMax {
		return ErrBytes.About("%s has %d bytes", name, f.Size())
	}
	body, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	return Shrink(name, body, func(s Shrunk) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.Body != nil {
			if err := l.Blobs.Keep(ctx, s.Name, bytes.NewReader(s.Body), int64(len(s.Body))); err != nil {
				return err
			}
		}
		return made()
	})
}

// settle writes down how the work on a picture ended.
func settle(tx *db.Tx, t taken, done int64, failure error) error {
	p := mediadb.SettleParams{Name: t.Name, State: string(StateReady), Done: done}
	switch {
	case failure == nil:
	case isFault(failure, ErrDamaged, ErrKind, ErrPixels, ErrBytes, blob.ErrUnknown) || t.tries >= triesMax:
		p.State, p.Error = string(StateRefused), shortly(failure)
	default:
		p.State, p.Error, p.DueAt = string(StateWaiting), shortly(failure), span.Micros(tx.Now().Add(PauseOf(t.tries)))
	}
	return mediadb.New(tx.Later()).Settle(tx.Context(), p)
}

// PauseOf is how long a picture waits after so many tries.
func PauseOf(tries int64) time.Duration { return time.Duration(tries) * time.Minute }

// shortly bounds what is kept of an error.
func shortly(err error) string {
	runes := []rune(err.Error())
	return string(runes[:min(len(runes), 500)])
}
