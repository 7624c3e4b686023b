package review_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/core/review"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{seller.Schema, catalog.Schema, media.Schema, order.Schema, review.Schema}

var (
	aigul  = db.Who{Kind: db.KindBuyer, ID: "usr_1", Party: "pty_1"}
	daulet = db.Who{Kind: db.KindBuyer, ID: "usr_2", Party: "pty_2"}
	guest  = db.Who{Kind: db.KindGuest}
	staff  = db.Who{Kind: db.KindStaff, ID: "usr_3", Seller: "sel_own", Scopes: []string{"reviews.*"}}
	reads  = db.Who{Kind: db.KindStaff, ID: "usr_4", Seller: "sel_own", Scopes: []string{"reviews.read"}}
	alien  = db.Who{Kind: db.KindStaff, ID: "usr_5", Seller: "sel_two", Scopes: []string{"*"}}
)

// stocked is a shop with a kettle and a bundle that has one.
type stocked struct {
	*dbtest.Store
	kettle, set catalog.Product
	sold        int
}

func stock(t *testing.T, s *dbtest.Store) *stocked {
	t.Helper()
	st := &stocked{Store: s}
	s.Moment(t, func(tx *db.Tx) error {
		_, err := seller.EnsureOwn(tx, seller.Enrolment{Name: text.Localized{"kk": "Дүкен"}, Country: place.KZ, Currency: money.KZT, Regime: seller.KZVAT})
		if err != nil {
			return err
		}
		draft := catalog.Draft{Seller: seller.Own, Name: text.Localized{"kk": "Шәйнек"}, Variants: []catalog.Variant{{SKU: "KETTLE"}}}
		if st.kettle, err = catalog.Add(tx, draft); err != nil {
			return err
		}
		draft.Name, draft.Variants = text.Localized{"kk": "Шай жинағы"}, []catalog.Variant{{SKU: "SET"}}
		draft.Kind = catalog.Kind{Bundle: &catalog.Bundle{Parts: []catalog.BundlePart{{Variant: st.kettle.Variants[0].ID, Quantity: measure.One}}}}
		st.set, err = catalog.Add(tx, draft)
		return err
	})
	return st
}

// order places an order of a kettle, alone or as a part of the bundle.
func (s *stocked) order(t *testing.T, party string, inSet bool) (o order.Order) {
	t.Helper()
	s.sold++
	price := money.Of(116_00, money.KZT)
	l := pricing.QuoteLine{Line: "a", Variant: s.kettle.Variants[0].ID, Product: s.kettle.ID, Seller: seller.Own, SKU: "KETTLE", Unit: measure.Piece,
		Quantity: measure.One, UnitPrice: price, Subtotal: price, Total: price, Tax: pricing.TaxLine{Net: money.Of(100_00, money.KZT), Amount: money.Of(16_00, money.KZT), Inclusive: true}}
	q := pricing.Quote{Currency: money.KZT, Total: price}
	if inSet {
		l.Bundle = "b"
		q.Bundles = []pricing.QuoteBundle{{Line: "b", Variant: s.set.Variants[0].ID, Product: s.set.ID, Seller: seller.Own, Quantity: measure.One, UnitPrice: price}}
	}
	q.Lines = []pricing.QuoteLine{l}
	s.Moment(t, func(tx *db.Tx) (err error) {
		o, err = order.Place(tx, order.Placement{Cart: fmt.Sprintf("crt_%d", s.sold), Seller: seller.Own, Party: party, Lang: "kk",
			Contact: order.Contact{Name: "Айгүл", Email: "a@example.kz"}, Method: "card", Quote: q})
		return err
	})
	return o
}

// deliver brings an order to its buyer.
func (s *stocked) deliver(t *testing.T, o order.Order) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		parts := []order.Part{{Line: "a", Quantity: measure.One}}
		_, packed := order.Pack(tx, o.ID, "shp_1", parts)
		_, left := order.HandOver(tx, o.ID, "shp_1", parts)
		_, came := order.Deliver(tx, o.ID, "shp_1", parts)
		return errors.Join(packed, left, came)
	})
}

func (s *stocked) write(who db.Who, d review.Draft) (r review.Review, err error) {
	err = s.As(who).Try(func(tx *db.Tx) (err error) {
		r, err = review.Write(tx, d)
		return err
	})
	return r, err
}

// kettles is a review of the kettle.
func (s *stocked) kettles(stars int, body string) review.Draft {
	return review.Draft{Product: s.kettle.ID, Author: "Айгүл Серікова", Lang: "kk", Stars: stars, Body: body}
}

func (s *stocked) judge(who db.Who, do func(*db.Tx) (review.Review, error)) (r review.Review, err error) {
	err = s.As(who).Try(func(tx *db.Tx) (err error) {
		r, err = do(tx)
		return err
	})
	return r, err
}

func (s *stocked) show(t *testing.T, r review.Review) review.Review {
	t.Helper()
	shown, err := s.judge(staff, func(tx *db.Tx) (review.Review, error) { return review.Show(tx, r.ID, r.Version) })
	if err != nil {
		t.Fatal(err)
	}
	return shown
}

// stars wants a product to have so many stars, and the kept ones to be those of the reviews.
func (s *stocked) stars(t *testing.T, by ...int64) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		found, err := review.Ratings(tx, []catalog.ProductID{s.kettle.ID})
		if err != nil {
			return err
		}
		if got := found[s.kettle.ID].By; !slices.Equal(got[:], by) {
			t.Errorf("the stars are %v, want %v", got, by)
		}
		uneven, err := review.Audit(tx)
		if len(uneven) > 0 {
			t.Errorf("kept otherwise than counted: %+v", uneven)
		}
		return err
	})
}

// TestOnlyWhoHasReceivedWrites: an order is not enough, and nobody else's delivery is.
func TestOnlyWhoHasReceivedWrites(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := stock(t, store)
		o := s.order(t, "pty_1", false)
		if _, err := s.write(aigul, s.kettles(5, "Жақсы")); !errors.Is(err, review.ErrReceived) {
			t.Errorf("before it has come: %v", err)
		}
		s.deliver(t, o)
		s.deliver(t, s.order(t, "", false)) // A guest is nobody.
		for who, want := range map[*db.Who]error{&daulet: review.ErrReceived, &guest: review.ErrBuyer, &staff: review.ErrBuyer, &db.System: review.ErrBuyer} {
			if _, err := s.write(*who, s.kettles(5, "Жақсы")); !errors.Is(err, want) {
				t.Errorf("%s %s: %v", who.Kind, who.ID, err)
			}
		}
		set := s.kettles(4, "")
		set.Product = s.set.ID
		if _, err := s.write(aigul, set); !errors.Is(err, review.ErrReceived) {
			t.Errorf("a set of which only a part was bought alone: %v", err)
		}
		s.deliver(t, s.order(t, "pty_1", true))
		if _, err := s.write(aigul, set); err != nil {
			t.Errorf("a set that has come: %v", err)
		}
		r, err := s.write(aigul, s.kettles(5, " Жақсы\r\nшәйнек "))
		if err != nil || r.State != review.StateWaiting || r.Author != "Айгүл С." || r.Body != "Жақсы\nшәйнек" || r.Version != 1 {
			t.Errorf("%+v %v", r, err)
		}
		unknown := s.kettles(5, "")
		unknown.Product = "prd_none"
		if _, err := s.write(aigul, unknown); !errors.Is(err, catalog.ErrUnknown) {
			t.Errorf("what is not there: %v", err)
		}
	})
}

// TestAReviewGoesItsWay from its author over the staff to everybody, and back.
func TestAReviewGoesItsWay(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := stock(t, store)
		s.deliver(t, s.order(t, "pty_1", false))
		s.deliver(t, s.order(t, "pty_2", false))
		r, err := s.write(aigul, s.kettles(5, "Жақсы"))
		if err != nil {
			t.Fatal(err)
		}
		s.stars(t, 0, 0, 0, 0, 0)
		for who, want := range map[*db.Who]error{&aigul: review.ErrUnknown, &guest: review.ErrUnknown, &alien: review.ErrUnknown, &reads: review.ErrDenied} {
			if _, err := s.judge(*who, func(tx *db.Tx) (review.Review, error) { return review.Show(tx, r.ID, r.Version) }); !errors.Is(err, want) {
				t.Errorf("%s %s shows it: %v", who.Kind, who.ID, err)
			}
		}
		r = s.show(t, r)
		s.stars(t, 0, 0, 0, 0, 1)
		if _, err := s.judge(staff, func(tx *db.Tx) (review.Review, error) { return review.Show(tx, r.ID, r.Version) }); !errors.Is(err, review.ErrJudged) {
			t.Errorf("shown twice: %v", err)
		}
		other := s.kettles(2, "Ағады")
		second, err := s.write(daulet, other)
		if err != nil {
			t.Fatal(err)
		}
		second = s.show(t, second)
		s.stars(t, 0, 1, 0, 0, 1)

		// What was changed waits again, and who has read the version before decides nothing.
		again, err := s.write(aigul, s.kettles(3, "Бір айдан кейін ақты"))
		if err != nil || again.ID != r.ID || again.State != review.StateWaiting || again.Version != r.Version+1 {
			t.Fatalf("%+v %v", again, err)
		}
		s.stars(t, 0, 1, 0, 0, 0)
		if same, err := s.write(aigul, s.kettles(3, "Бір айдан кейін ақты")); err != nil || same.Version != again.Version {
			t.Errorf("written as it is: %+v %v", same, err)
		}
		if _, err := s.judge(staff, func(tx *db.Tx) (review.Review, error) { return review.Show(tx, r.ID, r.Version) }); !errors.Is(err, review.ErrChanged) {
			t.Errorf("shown as it was before: %v", err)
		}
		refuse := func(of review.Review, why string) (review.Review, error) {
			return s.judge(staff, func(tx *db.Tx) (review.Review, error) { return review.Refuse(tx, of.ID, of.Version, why) })
		}
		if _, err := refuse(again, " "); !errors.Is(err, review.ErrInvalid) {
			t.Errorf("refused without a reason: %v", err)
		}
		if again, err = refuse(again, "Бөтен тауар туралы"); err != nil || again.State != review.StateRefused {
			t.Errorf("%+v %v", again, err)
		}
		if second, err = refuse(second, "Балағат сөз"); err != nil {
			t.Error(err)
		}
		s.stars(t, 0, 0, 0, 0, 0)
		second = s.show(t, second)
		second, err = s.judge(staff, func(tx *db.Tx) (review.Review, error) {
			return review.Reply(tx, second.ID, second.Version, "Кешіріңіз!")
		})
		if err != nil || second.Reply != "Кешіріңіз!" || second.Replied.IsZero() {
			t.Errorf("%+v %v", second, err)
		}
		if err := s.As(aigul).Try(func(tx *db.Tx) error { return review.Withdraw(tx, second.ID) }); !errors.Is(err, review.ErrUnknown) {
			t.Errorf("somebody else withdraws: %v", err)
		}
		if err := s.As(daulet).Try(func(tx *db.Tx) error { return review.Withdraw(tx, second.ID) }); err != nil {
			t.Error(err)
		}
		s.stars(t, 0, 0, 0, 0, 0)
		var names []string
		for _, f := range s.Facts(t) {
			if name, ok := strings.CutPrefix(f.Name, "review."); ok {
				names = append(names, name)
			}
		}
		if got := strings.Join(names, " "); got != "written rated shown written rated shown rated written refused rated refused rated shown replied rated withdrawn" {
			t.Errorf("the facts are %s", got)
		}
	})
}

// TestWhoSeesWhat: everybody what is shown, the newest first; its author what is his; the staff what waits.
func TestWhoSeesWhat(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := stock(t, store)
		var all []review.Review
		for n := range 5 {
			who := db.Who{Kind: db.KindBuyer, ID: fmt.Sprint("usr_", n), Party: fmt.Sprint("pty_", n)}
			s.deliver(t, s.order(t, who.Party, false))
			r, err := s.write(who, s.kettles(n+1, fmt.Sprint("№ ", n)))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, r)
			s.Clock.Advance(time.Minute)
		}
		for _, r := range all[:4] {
			s.show(t, r)
		}
		bodies := func(found []review.Review) string {
			var b []string
			for _, r := range found {
				b = append(b, strings.TrimPrefix(r.Body, "№ "))
			}
			return strings.Join(b, " ")
		}
		s.As(guest).Look(t, func(tx *db.Tx) error {
			first, next, err := review.ShownOf(tx, s.kettle.ID, "", 3)
			if err != nil || bodies(first) != "3 2 1" {
				t.Errorf("the first page is %q, %v", bodies(first), err)
			}
			rest, next, err := review.ShownOf(tx, s.kettle.ID, next, 3)
			if err != nil || bodies(rest) != "0" || next != "" {
				t.Errorf("the next page is %q, %q, %v", bodies(rest), next, err)
			}
			_, there, err := review.Own(tx, s.kettle.ID)
			if there {
				t.Error("a guest has a review")
			}
			if _, _, err := review.Queue(tx, seller.Own, review.StateWaiting, "", 10); !errors.Is(err, review.ErrDenied) {
				t.Errorf("a guest sees what waits: %v", err)
			}
			return err
		})
		s.As(reads).Look(t, func(tx *db.Tx) error {
			queue, _, err := review.Queue(tx, seller.Own, review.StateWaiting, "", 10)
			n, counted := review.Waiting(tx, seller.Own)
			if bodies(queue) != "4" || n != 1 {
				t.Errorf("%q and %d wait", bodies(queue), n)
			}
			return errors.Join(err, counted)
		})
		s.As(alien).Look(t, func(tx *db.Tx) error {
			if _, err := review.Waiting(tx, seller.Own); !errors.Is(err, review.ErrDenied) {
				t.Errorf("a rival counts: %v", err)
			}
			return nil
		})

		// Whoever leaves stays only as stars and words that others have read.
		s.Moment(t, func(tx *db.Tx) error { return errors.Join(review.Leave(tx, "pty_3"), review.Leave(tx, "pty_4")) })
		s.stars(t, 1, 1, 1, 1, 0)
		s.Look(t, func(tx *db.Tx) error {
			found, _, err := review.ShownOf(tx, s.kettle.ID, "", 10)
			if bodies(found) != "3 2 1 0" || found[0].Author != "" || found[0].Party != "" || found[1].Author == "" {
				t.Errorf("left are %+v", found)
			}
			waiting, _, bad := review.Queue(tx, seller.Own, review.StateWaiting, "", 10)
			if len(waiting) > 0 {
				t.Errorf("what was not shown is kept: %+v", waiting)
			}
			return errors.Join(err, bad)
		})
	})
}

// TestBadReviewsAreRefused field by field.
func TestBadReviewsAreRefused(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := stock(t, store)
		s.deliver(t, s.order(t, "pty_1", false))
		for name, x := range map[string]struct {
			stars    int
			body     string
			pictures []string
			want     string
		}{
			"no star":             {0, "", nil, "/stars"},
			"six stars":           {6, "", nil, "/stars"},
			"too long":            {5, strings.Repeat("ә", review.BodyMax+1), nil, "/body"},
			"a control sign":      {5, "a\x07b", nil, "/body"},
			"no UTF-8":            {5, "a\xff", nil, "/body"},
			"turned around":       {5, "abc\u202ecba", nil, "/body"},
			"a picture of no one": {5, "", []string{"/media/x.jpg"}, "/pictures"},
			"a picture elsewhere": {5, "", []string{"https://example.com/x.jpg"}, "/pictures"},
			"six pictures":        {5, "", []string{"1", "2", "3", "4", "5", "6"}, "/pictures"},
		} {
			d := s.kettles(x.stars, x.body)
			d.Pictures = x.pictures
			_, err := s.write(aigul, d)
			fields := fault.FieldsOf(err)
			if !errors.Is(err, review.ErrInvalid) || len(fields) != 1 || fields[0].Pointer != x.want {
				t.Errorf("%s: %v %v", name, err, fields)
			}
		}
		if _, err := s.write(aigul, s.kettles(1, strings.Repeat("ә", review.BodyMax))); err != nil {
			t.Errorf("as long as may be: %v", err)
		}
	})
}

// file is a picture that was kept.
func file(n int) media.File {
	return media.File{Form: media.Form{Kind: media.KindImage, Type: "image/png", Ending: ".png", Width: 40, Height: 30}, Name: fmt.Sprintf("%064d.png", n), Bytes: 9, State: media.StateReady}
}

// TestPicturesAreOnesOwn: a review shows what its author has brought, and not too much in a day.
func TestPicturesAreOnesOwn(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := stock(t, store)
		s.deliver(t, s.order(t, "pty_1", false))
		s.deliver(t, s.order(t, "pty_2", false))
		bring := func(who db.Who, files ...media.File) error {
			return s.As(who).Try(func(tx *db.Tx) error { return review.Bring(tx, files...) })
		}
		if err := bring(aigul, file(1), file(2)); err != nil {
			t.Fatal(err)
		}
		if err := bring(guest, file(3)); !errors.Is(err, review.ErrBuyer) {
			t.Errorf("a guest brings: %v", err)
		}
		film := file(4)
		film.Kind = media.KindVideo
		if err := bring(aigul, film); !errors.Is(err, media.ErrKind) {
			t.Errorf("a film: %v", err)
		}
		d := s.kettles(5, "")
		d.Pictures = []string{file(2).URL(), file(1).URL()}
		r, err := s.write(aigul, d)
		if err != nil || len(r.Pictures) != 2 || r.Pictures[0] != (review.Picture{URL: file(2).URL(), Width: 40, Height: 30}) {
			t.Errorf("%+v %v", r, err)
		}
		if _, err := s.write(daulet, d); !errors.Is(err, review.ErrInvalid) {
			t.Errorf("somebody else's pictures: %v", err)
		}
		var many []media.File
		for n := range 28 {
			many = append(many, file(10+n))
		}
		if err := bring(aigul, many...); err != nil {
			t.Error(err)
		}
		if err := bring(aigul, file(99)); !errors.Is(err, review.ErrPictures) {
			t.Errorf("the thirty-first: %v", err)
		}
		s.Clock.Advance(25 * time.Hour)
		if err := bring(aigul, file(99)); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}

// TestACrowdWritesOneReview: the same buyer in many windows has one, and a crowd of decisions counts once.
func TestACrowdWritesOneReview(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		s := stock(t, store)
		s.deliver(t, s.order(t, "pty_1", false))
		var wait sync.WaitGroup
		for n := range 8 {
			wait.Go(func() {
				if _, err := s.write(aigul, s.kettles(n%5+1, "")); err != nil && !errors.Is(err, review.ErrChanged) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		var queue []review.Review
		s.As(staff).Look(t, func(tx *db.Tx) (err error) {
			queue, _, err = review.Queue(tx, seller.Own, review.StateWaiting, "", 10)
			return err
		})
		if len(queue) != 1 {
			t.Fatalf("%d reviews of one buyer", len(queue))
		}
		for range 8 {
			wait.Go(func() {
				_, err := s.judge(staff, func(tx *db.Tx) (review.Review, error) { return review.Show(tx, queue[0].ID, queue[0].Version) })
				if err != nil && !errors.Is(err, review.ErrChanged) && !errors.Is(err, review.ErrJudged) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		want := make([]int64, 5)
		want[queue[0].Stars-1] = 1
		s.stars(t, want...)
	})
}

func TestRatingsAreRounded(t *testing.T) {
	for want, by := range map[string][5]int64{"0": {}, "5": {0, 0, 0, 0, 3}, "4.7": {0, 0, 0, 1, 2}, "3.3": {0, 0, 2, 1, 0}, "4.3": {0, 0, 1, 1, 2}, "1.5": {1, 1, 0, 0, 0}} {
		if got := (review.Rating{By: by}).Average().String(); got != want {
			t.Errorf("%v is %s, want %s", by, got, want)
		}
	}
}

func TestNamesAreShortened(t *testing.T) {
	for name, want := range map[string]string{
		"Айгүл Серікова": "Айгүл С.", "Айгүл": "Айгүл", "  Әлия   қызы Омарова ": "Әлия Қ.", "": "", "王小明": "王**", "王": "王",
		"aigul@example.kz": "", "Ivan\x07 Petrov": "Ivan P.",
	} {
		if got := review.ShownName(name); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}
