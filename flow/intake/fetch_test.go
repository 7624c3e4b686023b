package intake_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/flow/intake"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/job"
)

// pictureShop is a server of pictures as a file may name them, good and bad. Its slow picture ends only when who asks has
// gone. inside is a neighbour in the closed network, which counts who reaches it.
type pictureShop struct {
	*httptest.Server
	inside *httptest.Server
	asked  atomic.Int64 // asked is how often the neighbour was reached.
	busy   atomic.Bool  // busy has the server refuse a picture for now.
}

func dot(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func newPictureShop(t *testing.T) *pictureShop {
	t.Helper()
	p, picture := &pictureShop{}, dot(t)
	p.inside = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		p.asked.Add(1)
		_, _ = w.Write(picture)
	}))
	t.Cleanup(p.inside.Close)
	mux := http.NewServeMux()
	mux.HandleFunc("/good.png", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(picture) })
	mux.Handle("/moved.png", http.RedirectHandler("/good.png", http.StatusFound))
	mux.Handle("/round.png", http.RedirectHandler("/round.png", http.StatusFound))
	mux.Handle("/inside.png", http.RedirectHandler(p.inside.URL+"/x.png", http.StatusFound))
	mux.HandleFunc("/endless.png", func(w http.ResponseWriter, _ *http.Request) {
		for part := make([]byte, 1<<16); ; {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/page.png", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write([]byte("<!DOCTYPE html><script>alert(1)</script>"))
	})
	mux.HandleFunc("/slow.png", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(picture[:20])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/busy.png", func(w http.ResponseWriter, _ *http.Request) {
		if p.busy.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write(picture)
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// fetcher may ask the server of pictures, and nothing else of this network.
func (p *pictureShop) fetcher(t *testing.T, s *dbtest.Store) intake.Fetcher {
	t.Helper()
	return intake.Fetcher{
		Store: s.Store, Media: media.Library{Blobs: blob.Folder{Dir: t.TempDir()}},
		Near: []netip.AddrPort{netip.MustParseAddrPort(p.Listener.Addr().String())}, Patience: 300 * time.Millisecond,
	}
}

// named brings one product in that names a picture, and gives the import.
func named(t *testing.T, s *dbtest.Store, d *intake.Desk, address string) intake.ID {
	t.Helper()
	id := handIn(t, s, d, "p.csv", "sku,name,price,image\na,Шай,500,"+address+"\n")
	ask(t, s, id, func(tx *db.Tx, i intake.Import) error { return intake.AskApply(tx, i) })
	work(t, d)
	if i := at(t, s, id); i.Stage != intake.StageApplied || i.Added+i.Changed != 1 {
		t.Fatalf("the import is %s: %+v", i.Stage, i.Report)
	}
	return id
}

// said is what the lines of an import say is wrong.
func said(t *testing.T, s *dbtest.Store, id intake.ID) (words []string) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		lines, _, err := intake.Lines(tx, id, intake.OnlyTrouble, 0)
		for _, l := range lines {
			for _, f := range l.Flaws {
				words = append(words, fmt.Sprintf("%d %s %s %s", l.Number, f.Field, f.Wrong, f.Value[strings.LastIndex(f.Value, "/")+1:]))
			}
		}
		return err
	})
	return words
}

func fetched(t *testing.T, f intake.Fetcher) {
	t.Helper()
	for {
		if err := f.Fetch(context.Background()); !errors.Is(err, job.ErrMore) {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
	}
}

// TestPicturesAreFetched: what can be had lies in the house afterwards. What cannot stays where it is, and the line of the
// import says why, in the words of a person: at once where nothing else can come, and after the last try otherwise.
func TestPicturesAreFetched(t *testing.T) {
	for _, c := range []struct {
		name string
		want string // want is what is wrong; nothing for a picture that comes.
		once bool   // once says that one try is enough to know.
	}{
		{"good.png", "", true}, {"moved.png", "", true}, {"round.png", "far_silent", false}, {"inside.png", "far_inside", true},
		{"endless.png", "far_large", true}, {"page.png", "far_kind", true}, {"slow.png", "far_silent", false}, {"gone.png", "far_none", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
				shop(t, s)
				p := newPictureShop(t)
				f, d := p.fetcher(t, s), desk(t, s)
				if c.name == "endless.png" {
					f.Patience = 0 // Twelve megabytes come in time, and are too many.
				}
				id := named(t, s, d, p.URL+"/"+c.name)
				fetched(t, f)
				if !c.once {
					if now := said(t, s, id); now != nil {
						t.Errorf("said before the last try: %q", now)
					}
					for range 5 {
						s.Clock.Advance(5 * time.Hour)
						fetched(t, f)
					}
				}
				url := product(t, s, "a").Media[0].URL
				if c.want == "" {
					if !strings.HasPrefix(url, media.Path) || said(t, s, id) != nil {
						t.Errorf("it is at %s: %q", url, said(t, s, id))
					}
					ask(t, s, id, intake.AskUndo)
					work(t, d)
					if i := at(t, s, id); i.Undone != 1 || i.Kept != 0 {
						t.Errorf("taken back: %+v", i)
					}
					return
				}
				want := []string{"1 image " + c.want + " " + c.name}
				if got := said(t, s, id); url != p.URL+"/"+c.name || !slices.Equal(got, want) {
					t.Errorf("it is at %s, and the report says %q, want %q", url, got, want)
				}
				s.Clock.Advance(24 * time.Hour)
				fetched(t, f)
				if got := said(t, s, id); !slices.Equal(got, want) || p.asked.Load() != 0 {
					t.Errorf("a day later %q; the neighbour was asked %d times", got, p.asked.Load())
				}
			})
		})
	}
}

// TestNobodyInsideIsAsked: neither by the address that a file names.
func TestNobodyInsideIsAsked(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		shop(t, s)
		p := newPictureShop(t)
		f, d := p.fetcher(t, s), desk(t, s)
		id := named(t, s, d, p.inside.URL+"/x.png")
		fetched(t, f)
		if got := said(t, s, id); p.asked.Load() != 0 || !slices.Equal(got, []string{"1 image far_inside x.png"}) {
			t.Errorf("asked %d times: %q", p.asked.Load(), got)
		}
	})
}

// TestAPictureComesLater: a server that is busy is asked again, and nobody is told of it.
func TestAPictureComesLater(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		shop(t, s)
		p := newPictureShop(t)
		f, d := p.fetcher(t, s), desk(t, s)
		p.busy.Store(true)
		id := named(t, s, d, p.URL+"/busy.png")
		fetched(t, f)
		p.busy.Store(false)
		fetched(t, f)
		if m := product(t, s, "a").Media[0]; !strings.Contains(m.URL, "://") {
			t.Errorf("asked again at once: %s", m.URL)
		}
		s.Clock.Advance(time.Minute)
		fetched(t, f)
		if m := product(t, s, "a").Media[0]; m.Kind != catalog.MediaImage || !strings.HasPrefix(m.URL, media.Path) || said(t, s, id) != nil {
			t.Errorf("a minute later: %s %q", m.URL, said(t, s, id))
		}
	})
}
