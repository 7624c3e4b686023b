package catalog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// photo is a picture that is called x.
func photo(x string) catalog.Media {
	return catalog.Media{Kind: catalog.MediaImage, URL: "/media/" + x + ".jpg", Alt: name("The " + x)}
}

// order gives what a product shows, in its order.
func order(t *testing.T, s *dbtest.Store, id catalog.ProductID) string {
	t.Helper()
	var urls []string
	s.Look(t, func(tx *db.Tx) error {
		p, err := catalog.Get(tx, id)
		for _, m := range p.Media {
			urls = append(urls, strings.TrimSuffix(strings.TrimPrefix(m.URL, "/media/"), ".jpg"))
		}
		return err
	})
	return strings.Join(urls, " ")
}

// TestWhatIsRemovedComesBack: a picture that was taken off comes back to where it stood, with its words, once, and only
// for a while.
func TestWhatIsRemovedComesBack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		p := add(t, s, plain(branch(t, s, "", "things"), "P"))
		show := func(media ...catalog.Media) {
			t.Helper()
			s.Moment(t, func(tx *db.Tx) (err error) {
				p, err = catalog.AddMedia(tx, p.ID, media...)
				return err
			})
		}
		arrange := func(media ...catalog.Media) {
			t.Helper()
			s.Moment(t, func(tx *db.Tx) (err error) {
				p, err = catalog.Revise(tx, p.ID, p.Version, catalog.Changes{Media: &media})
				return err
			})
		}
		restore := func(url string) error {
			return s.Try(func(tx *db.Tx) (err error) {
				restored, err := catalog.RestoreMedia(tx, p.ID, url)
				if err == nil {
					p = restored
				}
				return err
			})
		}
		removed := func() (urls string) {
			s.Look(t, func(tx *db.Tx) error {
				all, err := catalog.RemovedMedia(tx, p.ID)
				for _, r := range all {
					urls += r.URL + " " + r.Alt.In("en") + ";"
				}
				return err
			})
			return urls
		}
		show(photo("a"), photo("b"))
		show(photo("b"), photo("c"), photo("c"))
		if got := order(t, s, p.ID); got != "a b c" || p.Version != 3 {
			t.Fatalf("it shows %s at %d", got, p.Version)
		}
		show(photo("a"))
		if p.Version != 3 {
			t.Errorf("what was there already made the version %d", p.Version)
		}
		arrange(photo("c"), photo("a"))
		if got := removed(); got != "/media/b.jpg The b;" {
			t.Errorf("removed is %s", got)
		}
		if err := restore("/media/b.jpg"); err != nil {
			t.Fatal(err)
		}
		if got := order(t, s, p.ID); got != "c b a" || removed() != "" {
			t.Errorf("restored it shows %s, removed is %s", got, removed())
		}
		for _, url := range []string{"/media/b.jpg", "/media/none.jpg", ""} {
			if err := restore(url); !errors.Is(err, catalog.ErrNotRemoved) {
				t.Errorf("restored again, %q: %v", url, err)
			}
		}
		arrange()
		show(photo("a"))
		if got := removed(); got != "/media/c.jpg The c;/media/b.jpg The b;" {
			t.Errorf("what was brought anew is still removed: %s", got)
		}
		if err := restore("/media/b.jpg"); err != nil || order(t, s, p.ID) != "a b" {
			t.Errorf("restored behind the end: %v, %s", err, order(t, s, p.ID))
		}
		s.Clock.Advance(catalog.RemovedTime - time.Second)
		s.Moment(t, func(tx *db.Tx) error {
			n, err := catalog.ForgetRemoved(tx, 10)
			if n != 0 {
				t.Errorf("%d were forgotten too early", n)
			}
			return err
		})
		s.Clock.Advance(2 * time.Second)
		s.Moment(t, func(tx *db.Tx) error {
			n, err := catalog.ForgetRemoved(tx, 10)
			if n != 1 {
				t.Errorf("%d were forgotten", n)
			}
			return err
		})
		if err := restore("/media/c.jpg"); !errors.Is(err, catalog.ErrNotRemoved) {
			t.Errorf("restored too late: %v", err)
		}
	})
}

// TestManyBringPicturesAtOnce: nobody's picture is lost, and there are never too many.
func TestManyBringPicturesAtOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		p := add(t, s, plain(branch(t, s, "", "things"), "P"))
		if n := crowd(t, s, nil, func(tx *db.Tx, i int) error {
			_, err := catalog.AddMedia(tx, p.ID, photo(fmt.Sprint("x", i)))
			return err
		}); n != 12 {
			t.Errorf("%d of 12 were added", n)
		}
		if got := len(strings.Fields(order(t, s, p.ID))); got != 12 {
			t.Errorf("%d are shown", got)
		}
		many := make([]catalog.Media, catalog.MediaMax-11)
		for i := range many {
			many[i] = photo(fmt.Sprint("y", i))
		}
		if err := s.Try(func(tx *db.Tx) error {
			_, err := catalog.AddMedia(tx, p.ID, many...)
			return err
		}); !errors.Is(err, catalog.ErrInvalid) {
			t.Errorf("one too many: %v", err)
		}
	})
}
