package review_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/core/review"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// pictured has somebody bring pictures and show them in his review of the kettle.
func (s *stocked) pictured(t *testing.T, who db.Who, body string, numbers ...int) review.Review {
	t.Helper()
	var files []media.File
	d := s.kettles(5, body)
	for _, n := range numbers {
		files = append(files, file(n))
		d.Pictures = append(d.Pictures, file(n).URL())
	}
	if err := s.As(who).Try(func(tx *db.Tx) error { return review.Bring(tx, files...) }); err != nil {
		t.Fatal(err)
	}
	r, err := s.write(who, d)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// walked says that everything that shows files is known, as soon after the start of a house: before, nothing is thrown away.
func (s *stocked) walked(t *testing.T) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error { return media.NoteWalked(tx, "") })
}

// left wants these pictures to be there when what was let go is cleared away, and no others.
func (s *stocked) left(t *testing.T, when string, want ...int) {
	t.Helper()
	s.Clock.Advance(media.DroppedTime + time.Hour)
	if err := (media.Library{Blobs: blob.Folder{Dir: t.TempDir()}}).Clear(t.Context(), s.Store.Store); err != nil {
		t.Fatal(err)
	}
	var got []int
	s.Look(t, func(tx *db.Tx) error {
		for n := range 20 {
			known, err := media.Of(tx, file(n).URL())
			if err != nil {
				return err
			}
			if len(known) > 0 {
				got = append(got, n)
			}
		}
		return nil
	})
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v are left, want %v", when, got, want)
	}
}

// TestPicturesGoWithTheirReview: what no review shows any more is cleared away, whether it was withdrawn, replaced, never
// shown, or its author has left; what is shown stays, also when he has.
func TestPicturesGoWithTheirReview(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := stock(t, store)
		s.walked(t)
		s.deliver(t, s.order(t, "pty_1", false))
		s.deliver(t, s.order(t, "pty_2", false))
		s.pictured(t, aigul, "Жақсы", 1, 2)
		s.pictured(t, daulet, "Мынау да", 2, 3) // Both have brought the same second one.
		if err := s.As(aigul).Try(func(tx *db.Tx) error { return review.Bring(tx, file(4)) }); err != nil {
			t.Fatal(err)
		}
		s.left(t, "one was never shown", 1, 2, 3)
		again := s.kettles(5, "Сол сурет")
		again.Pictures = []string{file(4).URL()}
		if _, err := s.write(aigul, again); !errors.Is(err, review.ErrInvalid) {
			t.Errorf("a picture that is gone is shown: %v", err)
		}
		hers := s.pictured(t, aigul, "Басқа сурет", 2, 5)
		s.left(t, "one was replaced", 2, 3, 5)
		if err := s.As(aigul).Try(func(tx *db.Tx) error { return review.Withdraw(tx, hers.ID) }); err != nil {
			t.Fatal(err)
		}
		s.left(t, "hers is withdrawn", 2, 3)

		shown := s.show(t, s.pictured(t, aigul, "Қайта жаздым", 6))
		if err := s.As(aigul).Try(func(tx *db.Tx) error { return review.Bring(tx, file(7)) }); err != nil {
			t.Fatal(err)
		}
		s.Moment(t, func(tx *db.Tx) error { return errors.Join(review.Leave(tx, "pty_1"), review.Leave(tx, "pty_2")) })
		s.left(t, "both have left", 6)
		if shown.Pictures[0].URL != file(6).URL() {
			t.Errorf("it shows %+v", shown.Pictures)
		}
	})
}

// TestThePictureOfTheHouseStaysTheHouses: a buyer who shows it in his review takes it out of no library, and while he shows
// it, it is not thrown away.
func TestThePictureOfTheHouseStaysTheHouses(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := stock(t, store)
		s.walked(t)
		s.deliver(t, s.order(t, "pty_1", false))
		s.Moment(t, func(tx *db.Tx) error { return media.Note(tx, file(1)) })
		r := s.pictured(t, aigul, "Дүкендікіндей", 1, 2)
		drop := func(n int) error { return s.Try(func(tx *db.Tx) error { return media.Drop(tx, file(n).Name) }) }
		s.Look(t, func(tx *db.Tx) error {
			found, _, err := media.List(tx, media.Filter{})
			if len(found) != 1 || found[0].Name != file(1).Name || found[0].Uses != 1 || len(found[0].Lacks) > 0 {
				t.Errorf("the library has %+v", found)
			}
			return err
		})
		if err := drop(1); !errors.Is(err, media.ErrUsed) {
			t.Errorf("what a review shows is thrown away: %v", err)
		}
		if err := drop(2); !errors.Is(err, media.ErrUnknown) {
			t.Errorf("what a buyer brought is in the library: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error { return media.Note(tx, file(2)) })
		s.As(aigul).Moment(t, func(tx *db.Tx) error { return review.Withdraw(tx, r.ID) })
		s.left(t, "withdrawn", 1, 2) // The house has brought the second one since.
		if err := errors.Join(drop(1), drop(2)); err != nil {
			t.Error(err)
		}
		s.left(t, "thrown away")
	})
}

// TestWhatIsSoldNoMoreWasReceived: who has received a variant that was dropped since can still write.
func TestWhatIsSoldNoMoreWasReceived(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := stock(t, store)
		s.deliver(t, s.order(t, "pty_1", false))
		s.Moment(t, func(tx *db.Tx) error {
			variants := []catalog.Variant{{SKU: "KETTLE-2"}}
			name := text.Localized{"kk": "Шәйнек 2"}
			p, err := catalog.Revise(tx, s.kettle.ID, s.kettle.Version, catalog.Changes{Name: &name, Variants: &variants})
			if err == nil && p.Variants[0].ID == s.kettle.Variants[0].ID {
				t.Error("the variant was not dropped")
			}
			return err
		})
		if r, err := s.write(aigul, s.kettles(5, "Ескісі жақсы еді")); err != nil || r.State != review.StateWaiting {
			t.Errorf("%+v %v", r, err)
		}
		if _, err := s.write(daulet, s.kettles(1, "")); !errors.Is(err, review.ErrReceived) {
			t.Errorf("who has not received it: %v", err)
		}
	})
}

// TestTheSameReplyChangesNothing: neither its version, nor is it told; and one that was taken away was never given.
func TestTheSameReplyChangesNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := stock(t, store)
		s.deliver(t, s.order(t, "pty_1", false))
		r, err := s.write(aigul, s.kettles(2, "Ағады"))
		if err != nil {
			t.Fatal(err)
		}
		for n, step := range []struct {
			words   string
			version int64
		}{{"", 1}, {"Кешіріңіз!", 2}, {" Кешіріңіз!\r\n", 2}, {"", 3}, {"", 3}} {
			r, err = s.judge(staff, func(tx *db.Tx) (review.Review, error) { return review.Reply(tx, r.ID, r.Version, step.words) })
			if err != nil || r.Version != step.version || r.Replied.IsZero() != (step.words == "") {
				t.Fatalf("step %d: %+v %v", n, r, err)
			}
		}
		replied := 0
		for _, f := range s.Facts(t) {
			if f.Name == "review.replied" {
				replied++
			}
		}
		if replied != 2 {
			t.Errorf("%d replies are told", replied)
		}
	})
}

// TestReviewsFromBeforeUsesAreWalked: a house that was upgraded knows nothing of what its reviews show; the walk tells it.
func TestReviewsFromBeforeUsesAreWalked(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := stock(t, store)
		for n, who := range []db.Who{aigul, daulet} {
			s.deliver(t, s.order(t, who.Party, false))
			s.pictured(t, who, "Жақсы", n+1)
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, err := tx.ExecContext(tx.Context(), `DELETE FROM media_use`)
			if err == nil {
				_, err = tx.ExecContext(tx.Context(), `UPDATE media_file SET uses = 0`)
			}
			return err
		})
		steps := 0
		for after := review.ID(""); steps == 0 || after != ""; steps++ {
			s.Moment(t, func(tx *db.Tx) (err error) { after, err = review.Walk(tx, after, 1); return err })
		}
		uses := 0
		s.Moment(t, func(tx *db.Tx) error {
			return tx.QueryRowContext(tx.Context(), `SELECT SUM(uses) FROM media_file`).Scan(&uses)
		})
		if steps != 3 || uses != 2 {
			t.Errorf("in %d steps %d uses are known, want 2 in 3", steps, uses)
		}
	})
}

// TestADraftIsJudgedBeforeItsPicturesAreKept: what Write would refuse, Check refuses, and more pictures than are shown.
func TestADraftIsJudgedBeforeItsPicturesAreKept(t *testing.T) {
	s := stock(t, dbtest.SQLite(t, schemas))
	s.deliver(t, s.order(t, "pty_1", false))
	s.pictured(t, aigul, "Жақсы", 1, 2)
	kept := s.kettles(5, "")
	kept.Pictures = []string{file(1).URL(), file(2).URL()}
	check := func(who db.Who, d review.Draft, added int) error {
		return s.As(who).Try(func(tx *db.Tx) error { return review.Check(tx, d, added) })
	}
	if err := check(aigul, kept, review.PicturesMax-2); err != nil {
		t.Errorf("a good one: %v", err)
	}
	if err := check(aigul, kept, review.PicturesMax-1); !errors.Is(err, review.ErrInvalid) {
		t.Errorf("one picture too many: %v", err)
	}
	if err := check(aigul, s.kettles(0, ""), 1); !errors.Is(err, review.ErrInvalid) {
		t.Errorf("without stars: %v", err)
	}
	if err := check(aigul, s.kettles(5, "a\x07b"), 1); !errors.Is(err, review.ErrInvalid) {
		t.Errorf("a control sign: %v", err)
	}
	if err := check(daulet, s.kettles(5, ""), 1); !errors.Is(err, review.ErrReceived) {
		t.Errorf("who has not received it: %v", err)
	}
}
