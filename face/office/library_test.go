package office_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/text"
	"sauda/core/media"
	"sauda/core/seller"
	"sauda/core/window"
	"sauda/gear/db"
)

// TestTheLibraryKnowsWhatIsShown: files are listed with where they are shown and with what they lack; words and the file
// itself are changed everywhere at once; what is shown nowhere is thrown away, taken back, and cleared away at last.
func TestTheLibraryKnowsWhatIsShown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		product := string(h.Goods[apptest.Kettle].Product)
		s := h.upload(t, admin, "/office/products/"+product+"/media/pictures", "кружка красная.jpg", photo(t, 40))
		if s.status != http.StatusSeeOther {
			t.Fatalf("%d %s", s.status, s.text("main"))
		}
		s = h.upload(t, admin, "/office/media", "blue.jpg", photo(t, 90))
		if s.status != http.StatusSeeOther {
			t.Fatalf("%d %s", s.status, s.text("main"))
		}
		h.Later(t, time.Minute)
		found := func(query string) string {
			t.Helper()
			return h.get(t, admin, "/office/media?"+query).text("main .files")
		}
		for query, want := range map[string][2]string{ // What is there, and what is not.
			"": {"кружка красная.jpg", "qq"}, "unused=true": {"blue.jpg", "кружка"}, "lacks=kk": {"кружка", "blue"}, "lacks=ru": {"кружка", "blue"},
			"q=" + url.QueryEscape("красн"): {"кружка", "blue"}, "kind=image": {"blue", "qq"}, "largest=true": {"blue", "qq"},
		} {
			if got := found(query); !strings.Contains(got, want[0]) || strings.Contains(got, want[1]) {
				t.Errorf("%q shows %q", query, got)
			}
		}
		if got := found("kind=video"); got != "" {
			t.Errorf("films: %q", got)
		}
		path := ""
		for _, n := range h.get(t, admin, "/office/media?q="+url.QueryEscape("красн")).all(".files a") {
			path = attribute(n, "href")
		}
		s = h.get(t, admin, path)
		s.has("#uses + .rows", "Kettle")
		s.lacks(`form[action$="/removal"]`)
		if got := h.send(t, admin, "POST", path+"/removal", values()); got.status != http.StatusUnprocessableEntity && got.status != http.StatusConflict {
			t.Errorf("what is shown is thrown away: %d", got.status)
		}
		s = h.submit(t, admin, s, `form[action$="/words"]`, "alt_kk", "Қызыл кесе", "alt_ru", "Красная кружка")
		s.has("[role=status]", "Saved")
		if got := h.get(t, admin, "/office/products/"+product+"/media").attr("#m_1_alt_kk", "value"); got != "Қызыл кесе" {
			t.Errorf("the product says %q", got)
		}
		if got := found("lacks=kk"); strings.Contains(got, "кружка") {
			t.Errorf("without words: %q", got)
		}
		if got := found("q=" + url.QueryEscape("қызыл")); !strings.Contains(got, "кружка") {
			t.Errorf("by its words: %q", got)
		}
		swapped := h.upload(t, admin, path+"/replacement", "green.jpg", photo(t, 140))
		if swapped.status != http.StatusSeeOther {
			t.Fatalf("%d %s", swapped.status, swapped.text("main"))
		}
		h.get(t, admin, swapped.header.Get("Location")).has("#uses + .rows", "Kettle")
		if got := h.get(t, admin, "/office/products/"+product+"/media").attr("#m_1_alt_kk", "value"); got != "Қызыл кесе" {
			t.Errorf("the words of the other one: %q", got)
		}
		old := h.get(t, admin, path)
		old.has("#uses + p", "This file is shown nowhere.")
		gone := h.submitEmpty(t, admin, old, `form[action$="/removal"]`)
		gone.has("[role=status]", "The file is thrown away.")
		back := h.submitEmpty(t, admin, gone, ".undo")
		back.has("[role=status]", "The file is back.")
		h.submitEmpty(t, admin, back, `form[action$="/removal"]`)
		if got := found("dropped=true"); !strings.Contains(got, "кружка") {
			t.Errorf("what was thrown away: %q", got)
		}
		name := path[strings.LastIndex(path, "/")+1:]
		trail := h.get(t, admin, "/office/audit?object="+name).text(".trail")
		for _, act := range []string{"/words", "/replacement", "/removal", "/return"} {
			if !strings.Contains(trail, act) {
				t.Errorf("the audit does not say of which file %s was: %s", act, trail)
			}
		}
		clear := func(there bool) {
			t.Helper()
			if err := h.Library().Clear(context.Background(), h.Store); err != nil {
				t.Fatal(err)
			}
			f, err := h.Library().Blobs.Read(context.Background(), name)
			if (err == nil) != there {
				t.Errorf("the file is there: %v", err)
			}
			if err == nil {
				_ = f.Close()
			}
		}
		clear(true)
		h.Clock.Advance(media.DroppedTime + time.Hour)
		clear(false)
		h.Look(t, func(tx *db.Tx) error {
			if _, err := media.Get(tx, name); !errors.Is(err, media.ErrUnknown) {
				t.Errorf("it is still known: %v", err)
			}
			return nil
		})
	})
}

// TestTheLibraryKnowsReviews: a picture of the house that a buyer shows in his review stays in the library, which says so, and
// is not thrown away; the words for it are those of the goods.
func TestTheLibraryKnowsReviews(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	product := string(h.Goods[apptest.Kettle].Product)
	if s := h.upload(t, admin, "/office/products/"+product+"/media/pictures", "red.jpg", photo(t, 40)); s.status != http.StatusSeeOther {
		t.Fatalf("%d", s.status)
	}
	h.Later(t, time.Minute)
	path := h.get(t, admin, "/office/media").attr(".files a", "href")
	h.submit(t, admin, h.get(t, admin, path), `form[action$="/words"]`, "alt_kk", "Қызыл кесе", "alt_ru", "Красная кружка")
	h.Moment(t, func(tx *db.Tx) error {
		name := path[strings.LastIndex(path, "/")+1:]
		return media.Shown(tx, []string{"rev_1"}, []media.Use{{Object: "rev_1", URL: media.Path + name, Silent: true}})
	})
	s := h.get(t, admin, path)
	s.has("#uses + .rows", "Kettle", "Reviews")
	s.lacks(".note.warn")
	s.lacks(`form[action$="/removal"]`)
	if got := s.attr(`[name=alt_kk]`, "value"); got != "Қызыл кесе" {
		t.Errorf("the words are %q", got)
	}
}

// TestTheLibraryIsTheHouses: other sellers do not see it, and who may only read changes nothing.
func TestTheLibraryIsTheHouses(t *testing.T) {
	h := open(t, db.SQLite)
	admin := h.AdminToken(t)
	if s := h.upload(t, admin, "/office/media", "blue.jpg", photo(t, 90)); s.status != http.StatusSeeOther {
		t.Fatalf("%d", s.status)
	}
	path := h.get(t, admin, "/office/media").attr(".files a", "href")
	other := h.Staffed(t, "other@example.kz", "sel_other", "*")
	for _, p := range []string{"/office/media", path} {
		if s := h.send(t, other, "GET", p, nil); s.status != http.StatusForbidden {
			t.Errorf("another seller opens %s: %d", p, s.status)
		}
	}
	for _, act := range []string{"/removal", "/return", "/words"} {
		if s := h.send(t, other, "POST", path+act, values()); s.status != http.StatusForbidden {
			t.Errorf("another seller: %s %d", act, s.status)
		}
	}
	if s := h.upload(t, other, "/office/media", "x.jpg", photo(t, 10)); s.status != http.StatusForbidden {
		t.Errorf("another seller brings a file: %d", s.status)
	}
	clerk := h.Staffed(t, "clerk@example.kz", string(seller.Own), "catalog.read")
	h.get(t, clerk, path).lacks(`form[method=post]:not([action$="/session"])[action*="/media/"]`)
	if s := h.send(t, clerk, "POST", path+"/removal", values()); s.status != http.StatusForbidden {
		t.Errorf("who may only read: %d", s.status)
	}
	if s := h.upload(t, admin, "/office/media", "notes.txt", "plain words"); s.status != http.StatusUnprocessableEntity {
		t.Errorf("a text: %d", s.status)
	} else {
		s.has(".note.bad.plain", "notes.txt")
	}
	for _, page := range []string{"/office/media", path} {
		if n := h.Statements(func() { h.get(t, admin, page) }); n > 4 {
			t.Errorf("%s takes %d statements", page, n)
		}
	}
}

// TestNothingInUseIsThrownAway: a house that was upgraded throws nothing away, and clears nothing away, before it has walked
// through all that shows files; what a draft, an edition of long ago, or a link to a smaller copy shows is in use.
func TestNothingInUseIsThrownAway(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		names := map[string]string{}
		for i, label := range []string{"banner", "edition", "draft", "idle"} {
			if s := h.upload(t, admin, "/office/media", label+".jpg", photo(t, uint8(30+40*i))); s.status != http.StatusSeeOther {
				t.Fatalf("%d %s", s.status, s.text("main"))
			}
			path := h.get(t, admin, "/office/media?q="+label).attr(".files a", "href")
			names[label] = path[strings.LastIndex(path, "/")+1:]
		}
		uses := func(label string) (n int64) {
			t.Helper()
			h.Look(t, func(tx *db.Tx) error {
				e, err := media.Get(tx, names[label])
				n = e.Uses
				return err
			})
			return n
		}
		drop := func(label string) sheet {
			return h.send(t, admin, "POST", "/office/media/"+names[label]+"/removal", values())
		}
		form := `main form[data-preview]`
		small := strings.TrimSuffix(names["edition"], ".jpg") + "-800.jpg"
		s := h.submit(t, admin, h.get(t, admin, "/office/content/page/new"), form, "slug", "help", "title_kk", "Көмек", "text_kk", "[x](/media/"+small+")", "do", "save")
		s = h.submit(t, admin, s, form, "do", "publish")
		s = h.submit(t, admin, s, form, "text_kk", "Жауап", "do", "publish")
		h.submit(t, admin, s, form, "text_kk", "![x](/media/"+names["draft"]+")", "do", "save")
		for label, want := range map[string]int64{"edition": 1, "draft": 1, "idle": 0} {
			if got := uses(label); got != want {
				t.Errorf("%s is shown at %d places, want %d", label, got, want)
			}
		}
		if got := drop("idle"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text("main"), "still counts") {
			t.Errorf("thrown away before anything was counted: %d %s", got.status, got.text("main"))
		}
		h.Moment(t, func(tx *db.Tx) error {
			p, err := window.Begin(tx, string(seller.Own), window.KindBanner, window.Body{
				Title: text.Localized{"kk": "Көктем"}, Picture: &window.Picture{URL: media.Path + names["banner"], Width: 40, Height: 30},
			})
			if err == nil {
				_, err = window.Publish(tx, p.Seller, p.ID, p.Version)
			}
			return err
		})
		h.Settled(t)
		for _, as := range []string{ // As an older binary has left it, which had counted nothing and thrown away what is shown.
			`DELETE FROM media_use`, `UPDATE media_file SET uses = 0`, `UPDATE media_file SET dropped_at = 1 WHERE name = '` + names["banner"] + `'`,
		} {
			h.Moment(t, func(tx *db.Tx) error { _, err := tx.ExecContext(tx.Context(), as); return err })
		}
		clear := func() {
			t.Helper()
			if err := h.Library().Clear(context.Background(), h.Store); err != nil {
				t.Fatal(err)
			}
		}
		clear()
		h.Later(t, time.Minute)
		for label, want := range map[string]int64{"banner": 1, "edition": 1, "draft": 1, "idle": 0} {
			if got := uses(label); got != want {
				t.Errorf("after the walk %s is shown at %d places, want %d", label, got, want)
			}
		}
		clear()
		h.get(t, admin, "/office/media/"+names["banner"]).lacks(`form[action$="/return"]`)
		if got := drop("edition"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("an edition that can be published again loses its picture: %d", got.status)
		}
		if got := drop("idle"); got.status != http.StatusSeeOther {
			t.Errorf("what is shown nowhere stays: %d %s", got.status, got.text("main"))
		}
	})
}
