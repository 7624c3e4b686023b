package media_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"sauda/core/media"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// full is a store whose disk is full.
type full struct{ blob.Store }

func (full) Keep(context.Context, string, io.Reader, int64) error {
	return errors.New("no space left")
}

var seller = db.Who{Kind: db.KindStaff, ID: "usr_1", Seller: "sel_1", Scopes: []string{"catalog.*"}}

func begin(t *testing.T, s *dbtest.Store, length int64) media.Upload {
	t.Helper()
	var u media.Upload
	s.Moment(t, func(tx *db.Tx) (err error) {
		u, err = media.Begin(tx, length, "photo.jpg")
		return err
	})
	return u
}

func find(s *dbtest.Store, id media.UploadID) (u media.Upload, err error) {
	err = s.Try(func(tx *db.Tx) (err error) {
		u, err = media.Find(tx, id)
		return err
	})
	return u, err
}

// bring puts down what comes from a byte on.
func bring(t *testing.T, s *dbtest.Store, l media.Library, id media.UploadID, at int64, r io.Reader) (media.Upload, error) {
	t.Helper()
	u, err := find(s, id)
	if err != nil {
		return u, err
	}
	part, err := l.Receive(t.Context(), u, at, r)
	if err != nil {
		return u, err
	}
	err = s.Try(func(tx *db.Tx) (err error) {
		u, err = media.Add(tx, part)
		return err
	})
	if err != nil {
		err = l.Drop(t.Context(), part, err)
	}
	return u, err
}

// torn gives some bytes and breaks off.
type torn struct{ r io.Reader }

func (b torn) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("the line broke off")
	}
	return n, err
}

func TestUploadGoesOnAfterABreak(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s = s.As(seller)
		folder := blob.Folder{Dir: t.TempDir()}
		l := media.Library{Blobs: folder}
		body := jpegPlaced(200, 150, 6)
		u := begin(t, s, int64(len(body)))
		if u, err := bring(t, s, l, u.ID, 0, torn{bytes.NewReader(body[:1000])}); err != nil || u.Come != 1000 {
			t.Fatalf("broken off it is at %d, %v", u.Come, err)
		}
		for _, at := range []int64{0, 999, 1001} {
			if _, err := bring(t, s, l, u.ID, at, bytes.NewReader(body)); !errors.Is(err, media.ErrOffset) {
				t.Errorf("from %d on: %v", at, err)
			}
		}
		u, err := find(s, u.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Finish(t.Context(), u); !errors.Is(err, media.ErrPart) {
			t.Errorf("half of it: %v", err)
		}
		// More than was said is not read.
		u, err = bring(t, s, l, u.ID, 1000, io.MultiReader(bytes.NewReader(body[1000:]), strings.NewReader("more")))
		if err != nil || u.Come != u.Length {
			t.Fatalf("%d of %d, %v", u.Come, u.Length, err)
		}
		f, err := l.Finish(t.Context(), u)
		if err != nil || f.Width != 150 || f.Type != "image/jpeg" {
			t.Fatalf("%+v, %v", f, err)
		}
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error { return media.Become(tx, u.ID, f) })
		}
		s.Clock.Advance(2 * time.Hour)
		if err := l.Forget(t.Context(), s.Store); err != nil {
			t.Fatal(err)
		}
		if _, err := find(s, u.ID); !errors.Is(err, media.ErrUnknown) {
			t.Errorf("it is still there: %v", err)
		}
		if left, _ := os.ReadDir(folder.Dir); len(left) != 1 {
			t.Errorf("%d files are left", len(left))
		}
	})
}

func TestUploadsBelongToWhoBeganThem(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s, l := store.As(seller), media.Library{Blobs: blob.Folder{Dir: t.TempDir()}}
		u := begin(t, s, 10)
		other := store.As(db.Who{Kind: db.KindStaff, ID: "usr_2", Seller: "sel_1"})
		if _, err := find(other, u.ID); !errors.Is(err, media.ErrUnknown) {
			t.Errorf("seen by another: %v", err)
		}
		for name, do := range map[string]func(tx *db.Tx) error{
			"ended": func(tx *db.Tx) error { return media.End(tx, u.ID) },
			"become": func(tx *db.Tx) error {
				return media.Become(tx, u.ID, media.File{Form: media.Form{Kind: media.KindImage}, Bytes: 1, State: media.StateReady})
			},
			"added": func(tx *db.Tx) error {
				_, err := media.Add(tx, media.Part{Upload: u.ID, Bytes: 5})
				return err
			},
		} {
			if err := other.Try(do); !errors.Is(err, media.ErrUnknown) && !errors.Is(err, media.ErrOffset) {
				t.Errorf("%s by another: %v", name, err)
			}
		}
		if _, err := bring(t, s, l, u.ID, 0, strings.NewReader("12345")); err != nil {
			t.Error(err)
		}
		s.Moment(t, func(tx *db.Tx) error { return media.End(tx, u.ID) })
		if _, err := find(s, u.ID); !errors.Is(err, media.ErrUnknown) {
			t.Errorf("ended: %v", err)
		}
	})
}

func TestUploadsAreBounded(t *testing.T) {
	s := dbtest.SQLite(t, schemas).As(seller)
	for length, want := range map[int64]error{0: media.ErrDamaged, -1: media.ErrDamaged, 5 << 30: media.ErrBytes, media.UploadMax + 1: media.ErrBytes} {
		err := s.Try(func(tx *db.Tx) error {
			_, err := media.Begin(tx, length, "")
			return err
		})
		if !errors.Is(err, want) {
			t.Errorf("%d bytes: %v", length, err)
		}
	}
	for range 50 {
		begin(t, s, 1)
	}
	many := func(tx *db.Tx) error {
		_, err := media.Begin(tx, 1, "")
		return err
	}
	if err := s.Try(many); !errors.Is(err, media.ErrMany) {
		t.Errorf("one more: %v", err)
	}
	s.Clock.Advance(25 * time.Hour)
	if err := s.Try(many); err != nil {
		t.Errorf("a day later: %v", err)
	}
}
