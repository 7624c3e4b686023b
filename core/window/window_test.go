package window_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sauda/base/text"
	"sauda/core/window"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

const own = "sel_own"

func staff(seller string) db.Who { return db.Who{Kind: db.KindStaff, ID: "usr_1", Seller: seller} }

func page(slug, title string) window.Body {
	return window.Body{Slug: slug, Title: text.Localized{"kk": title}, Text: text.Localized{"kk": "Мәтін", "ru": "Текст"}}
}

// load reads what buyers see.
func load(t *testing.T, s *dbtest.Store) *window.Window {
	t.Helper()
	var w *window.Window
	s.Look(t, func(tx *db.Tx) (err error) {
		w, err = window.Load(tx, own)
		return err
	})
	return w
}

// TestAPieceFromDraftToEnd: a draft is not seen, publishing shows it, a change waits for its publishing, an earlier edition
// comes back, an address that changed leads on, and an end is gone.
func TestAPieceFromDraftToEnd(t *testing.T) {
	dbtest.Each(t, []db.Schema{window.Schema}, func(t *testing.T, s *dbtest.Store) {
		as := s.As(staff(own))
		var p window.Piece
		do := func(verb func(tx *db.Tx) (window.Piece, error)) {
			t.Helper()
			as.Moment(t, func(tx *db.Tx) (err error) {
				p, err = verb(tx)
				return err
			})
		}
		now := s.Clock.Now
		title := func(slug string) string {
			t.Helper()
			at, err := load(t, s).At(window.KindPage, slug, now())
			if err != nil {
				return err.Error()
			}
			return at.Slug + " " + at.Shown.Title["kk"]
		}
		do(func(tx *db.Tx) (window.Piece, error) {
			return window.Begin(tx, own, window.KindPage, page("about", "Біз"))
		})
		if got := title("about"); !strings.HasPrefix(got, "window.unknown") {
			t.Errorf("a draft: %s", got)
		}
		if missing := strings.Join(p.Draft.Missing(), " "); missing != "ru en zh" {
			t.Errorf("missing: %s", missing)
		}
		do(func(tx *db.Tx) (window.Piece, error) { return window.Publish(tx, own, p.ID, p.Version) })
		if got := title("about"); got != "about Біз" || p.Fresh() {
			t.Errorf("published: %s", got)
		}
		do(func(tx *db.Tx) (window.Piece, error) {
			return window.Save(tx, own, p.ID, p.Version, page("us", "Дүкен"))
		})
		if got := title("about"); got != "about Біз" || !p.Fresh() {
			t.Errorf("a draft over it: %s", got)
		}
		do(func(tx *db.Tx) (window.Piece, error) { return window.Publish(tx, own, p.ID, p.Version) })
		if got := title("about"); got != "us Дүкен" { // The page at /about leads to /us.
			t.Errorf("moved: %s", got)
		}
		do(func(tx *db.Tx) (window.Piece, error) { return window.Restore(tx, own, p.ID, 1) })
		if got := title("us"); got != "about Біз" || p.Edition != 3 {
			t.Errorf("restored: %s, edition %d", got, p.Edition)
		}
		as.Moment(t, func(tx *db.Tx) error {
			all, err := window.History(tx, own, p.ID)
			if len(all) != 3 || all[0].Number != 3 || all[0].By != "usr_1" {
				t.Errorf("history: %+v", all)
			}
			return err
		})
		do(func(tx *db.Tx) (window.Piece, error) { return window.End(tx, own, p.ID) })
		do(func(tx *db.Tx) (window.Piece, error) { return window.End(tx, own, p.ID) })
		for _, slug := range []string{"about", "us"} {
			if got := title(slug); !strings.HasPrefix(got, "window.gone") {
				t.Errorf("ended: %s", got)
			}
		}
		do(func(tx *db.Tx) (window.Piece, error) { return window.Publish(tx, own, p.ID, p.Version) })
		if got := title("about"); got != "about Біз" {
			t.Errorf("published again: %s", got)
		}
		names := ""
		for _, f := range s.Facts(t) {
			names += " " + f.Name
		}
		if want := " window.published window.published window.published window.ended window.published"; names != want {
			t.Errorf("facts: %s", names)
		}
	})
}

// TestPiecesKeepTheirTimes: a banner is seen from its start to its end, and a post whose time has not come is unknown.
func TestPiecesKeepTheirTimes(t *testing.T) {
	dbtest.Each(t, []db.Schema{window.Schema}, func(t *testing.T, s *dbtest.Store) {
		as, now := s.As(staff(own)), s.Clock.Now()
		as.Moment(t, func(tx *db.Tx) error {
			for kind, slug := range map[window.Kind]string{window.KindBanner: "", window.KindPost: "later"} {
				b := page(slug, "Наурыз")
				b.Starts, b.Ends = now.Add(time.Hour), now.Add(2*time.Hour)
				p, err := window.Begin(tx, own, kind, b)
				if err != nil {
					return err
				}
				if _, err := window.Publish(tx, own, p.ID, p.Version); err != nil {
					return err
				}
			}
			return nil
		})
		w := load(t, s)
		for _, c := range []struct {
			after time.Duration
			seen  int
			fault error
		}{{0, 0, window.ErrUnknown}, {time.Hour, 1, nil}, {2*time.Hour - 1, 1, nil}, {2 * time.Hour, 0, window.ErrGone}} {
			at := now.Add(c.after)
			if n := len(w.Seen(window.KindBanner, at)); n != c.seen {
				t.Errorf("after %s: %d banners", c.after, n)
			}
			if _, err := w.At(window.KindPost, "later", at); !errors.Is(err, c.fault) {
				t.Errorf("after %s: %v", c.after, err)
			}
		}
	})
}

// TestWindowsAreOfTheirSeller: nobody else reads, writes, publishes, ends or shares a piece; a link to a draft is for a while.
func TestWindowsAreOfTheirSeller(t *testing.T) {
	dbtest.Each(t, []db.Schema{window.Schema}, func(t *testing.T, s *dbtest.Store) {
		var p window.Piece
		var token string
		s.As(staff(own)).Moment(t, func(tx *db.Tx) (err error) {
			if p, err = window.Begin(tx, own, window.KindPage, page("about", "Біз")); err != nil {
				return err
			}
			token, err = window.Share(tx, own, p.ID)
			return err
		})
		verbs := map[string]func(tx *db.Tx, seller string) error{
			"get": func(tx *db.Tx, seller string) error { _, err := window.Get(tx, seller, p.ID); return err },
			"save": func(tx *db.Tx, seller string) error {
				_, err := window.Save(tx, seller, p.ID, 1, page("a", "b"))
				return err
			},
			"publish": func(tx *db.Tx, seller string) error { _, err := window.Publish(tx, seller, p.ID, 1); return err },
			"restore": func(tx *db.Tx, seller string) error { _, err := window.Restore(tx, seller, p.ID, 1); return err },
			"end":     func(tx *db.Tx, seller string) error { _, err := window.End(tx, seller, p.ID); return err },
			"history": func(tx *db.Tx, seller string) error { _, err := window.History(tx, seller, p.ID); return err },
			"share":   func(tx *db.Tx, seller string) error { _, err := window.Share(tx, seller, p.ID); return err },
		}
		for name, verb := range verbs {
			for _, c := range []struct {
				who    db.Who
				seller string
				want   error
			}{
				{staff("sel_2"), own, window.ErrDenied}, {staff("sel_2"), "sel_2", window.ErrUnknown}, {db.Who{Kind: db.KindBuyer, ID: "usr_2"}, own, window.ErrDenied},
				{db.Who{}, own, window.ErrDenied},
			} {
				if err := s.As(c.who).Try(func(tx *db.Tx) error { return verb(tx, c.seller) }); !errors.Is(err, c.want) {
					t.Errorf("%s by %s of %q for %s: %v", name, c.who.Kind, c.who.Seller, c.seller, err)
				}
			}
		}
		guest := s.As(db.Who{Kind: db.KindGuest})
		peek := func(token string) error {
			return guest.Try(func(tx *db.Tx) error { _, err := window.Previewed(tx, token); return err })
		}
		if err := peek(token); err != nil {
			t.Error(err)
		}
		if err := peek("prv_unknown"); !errors.Is(err, window.ErrNoLink) {
			t.Error(err)
		}
		s.Clock.Advance(window.PreviewTime)
		if err := peek(token); !errors.Is(err, window.ErrNoLink) {
			t.Errorf("over: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			n, err := window.ForgetPreviews(tx, 10)
			if n != 1 {
				t.Errorf("%d links forgotten", n)
			}
			return err
		})
	})
}

// TestWhatCannotBeWritten: a stale version, an address of another page, fields that are not right.
func TestWhatCannotBeWritten(t *testing.T) {
	dbtest.Each(t, []db.Schema{window.Schema}, func(t *testing.T, s *dbtest.Store) {
		as := s.As(staff(own))
		var first, second window.Piece
		as.Moment(t, func(tx *db.Tx) (err error) {
			if first, err = window.Begin(tx, own, window.KindPage, page("about", "Біз")); err != nil {
				return err
			}
			if second, err = window.Begin(tx, own, window.KindPage, page("about", "Екінші")); err != nil {
				return err
			}
			first, err = window.Publish(tx, own, first.ID, 1)
			return err
		})
		try := func(want error, name string, verb func(tx *db.Tx) error) {
			t.Helper()
			if err := as.Try(verb); !errors.Is(err, want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		try(window.ErrTaken, "taken", func(tx *db.Tx) error { _, err := window.Publish(tx, own, second.ID, 1); return err })
		try(window.ErrStale, "stale save", func(tx *db.Tx) error { _, err := window.Save(tx, own, first.ID, 1, page("about", "x")); return err })
		try(window.ErrStale, "stale publish", func(tx *db.Tx) error { _, err := window.Publish(tx, own, first.ID, 1); return err })
		try(window.ErrUnready, "end a draft", func(tx *db.Tx) error { _, err := window.End(tx, own, second.ID); return err })
		try(window.ErrUnknown, "no edition", func(tx *db.Tx) error { _, err := window.Restore(tx, own, first.ID, 9); return err })
		for name, b := range map[string]window.Body{
			"no title": {Slug: "x"}, "no slug": page("", "x"), "a path": page("../x", "x"), "big letters": page("About", "x"), "long": page(strings.Repeat("a", 81), "x"),
			"long title": page("x", strings.Repeat("ы", 161)), "control": page("x", "a\x00b"), "an end before its start": func() window.Body {
				b := page("x", "x")
				b.Starts, b.Ends = s.Clock.Now(), s.Clock.Now()
				return b
			}(),
			"a link of script":  {Slug: "x", Title: text.Localized{"kk": "x"}, Link: "javascript:x"},
			"a foreign picture": {Slug: "x", Title: text.Localized{"kk": "x"}, Picture: &window.Picture{URL: "https://evil.example/x.png", Width: 1, Height: 1}},
		} {
			try(window.ErrInvalid, name, func(tx *db.Tx) error { _, err := window.Begin(tx, own, window.KindPage, b); return err })
		}
	})
}
