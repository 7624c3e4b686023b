package bookmark_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sauda/core/bookmark"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

func staff(id, seller string) db.Who { return db.Who{Kind: db.KindStaff, ID: id, Seller: seller} }

// TestBookmarksAreOnesOwnUntilShared: who made one sees and drops it, colleagues see it when it is shared and cannot drop
// it, and those of another seller never do.
func TestBookmarksAreOnesOwnUntilShared(t *testing.T) {
	dbtest.Each(t, []db.Schema{bookmark.Schema}, func(t *testing.T, s *dbtest.Store) {
		aigul, dana, other := s.As(staff("usr_1", "sel_own")), s.As(staff("usr_2", "sel_own")), s.As(staff("usr_3", "sel_2"))
		names := func(as *dbtest.Store) string {
			var found []string
			as.Moment(t, func(tx *db.Tx) error {
				all, err := bookmark.Of(tx, tx.Who().Seller, "orders")
				for _, b := range all {
					found = append(found, b.Name+"?"+b.Query)
				}
				return err
			})
			return strings.Join(found, " ")
		}
		keep := func(as *dbtest.Store, name, query string, shared bool) (kept bookmark.Bookmark) {
			as.Moment(t, func(tx *db.Tx) error {
				var err error
				kept, err = bookmark.Keep(tx, bookmark.Bookmark{Seller: tx.Who().Seller, Page: "orders", Name: name, Query: query, Shared: shared})
				return err
			})
			return kept
		}
		mine := keep(aigul, "Mine", "state=placed", false)
		keep(aigul, " Team ", "?state=packed", true)
		if got := names(aigul); got != "Mine?state=placed Team?state=packed" {
			t.Errorf("her own: %s", got)
		}
		if got := names(dana); got != "Team?state=packed" {
			t.Errorf("a colleague: %s", got)
		}
		if got := names(other); got != "" {
			t.Errorf("another seller: %s", got)
		}
		if again := keep(aigul, "Mine", "state=shipped", false); again.ID != mine.ID || names(aigul) != "Mine?state=shipped Team?state=packed" {
			t.Errorf("anew: %+v %s", again, names(aigul))
		}
		for who, as := range map[string]*dbtest.Store{"a colleague": dana, "another seller": other} {
			if err := as.Try(func(tx *db.Tx) error { return bookmark.Drop(tx, tx.Who().Seller, mine.ID) }); !errors.Is(err, bookmark.ErrUnknown) {
				t.Errorf("%s drops it: %v", who, err)
			}
		}
		aigul.Moment(t, func(tx *db.Tx) error { return bookmark.Drop(tx, "sel_own", mine.ID) })
		if got := names(aigul); got != "Team?state=packed" {
			t.Errorf("dropped: %s", got)
		}
	})
}

// TestWhatCannotBeKept: for another seller, without a name, too long, too many.
func TestWhatCannotBeKept(t *testing.T) {
	dbtest.Each(t, []db.Schema{bookmark.Schema}, func(t *testing.T, s *dbtest.Store) {
		for name, c := range map[string]struct {
			who  db.Who
			b    bookmark.Bookmark
			want error
		}{
			"another seller": {staff("usr_1", "sel_2"), bookmark.Bookmark{Seller: "sel_own", Name: "x"}, bookmark.ErrDenied},
			"a buyer":        {db.Who{Kind: db.KindBuyer, ID: "usr_1"}, bookmark.Bookmark{Seller: "", Name: "x"}, bookmark.ErrDenied},
			"no name":        {staff("usr_1", "sel_own"), bookmark.Bookmark{Seller: "sel_own", Name: " "}, bookmark.ErrInvalid},
			"a long name":    {staff("usr_1", "sel_own"), bookmark.Bookmark{Seller: "sel_own", Name: strings.Repeat("ы", 61)}, bookmark.ErrInvalid},
			"a long query":   {staff("usr_1", "sel_own"), bookmark.Bookmark{Seller: "sel_own", Name: "x", Query: strings.Repeat("a", 501)}, bookmark.ErrInvalid},
			"a zero byte":    {staff("usr_1", "sel_own"), bookmark.Bookmark{Seller: "sel_own", Name: "x\x00"}, bookmark.ErrInvalid},
		} {
			err := s.As(c.who).Try(func(tx *db.Tx) error {
				_, err := bookmark.Keep(tx, c.b)
				return err
			})
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		as := s.As(staff("usr_1", "sel_own"))
		err := as.Try(func(tx *db.Tx) error {
			for i := range 31 {
				if _, err := bookmark.Keep(tx, bookmark.Bookmark{Seller: "sel_own", Page: "orders", Name: fmt.Sprint(i)}); err != nil {
					return err
				}
			}
			return nil
		})
		if !errors.Is(err, bookmark.ErrTooMany) {
			t.Errorf("too many: %v", err)
		}
	})
}
