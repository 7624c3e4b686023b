package cart_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

func merge(t *testing.T, s *dbtest.Store, from cart.ID, party string) cart.Cart {
	t.Helper()
	var c cart.Cart
	s.Moment(t, func(tx *db.Tx) (err error) { c, err = cart.Merge(tx, from, party); return err })
	return c
}

func quantities(c cart.Cart) map[catalog.VariantID]measure.Quantity {
	found := map[catalog.VariantID]measure.Quantity{}
	for _, l := range c.Lines {
		found[l.Variant] = l.Quantity
	}
	return found
}

func TestMergeAdopts(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		things := shelf(t, s, 1)
		anybody := s.As(guest)
		id := open(t, anybody)
		anybody.Moment(t, add(id, things[0], 2))
		for range 2 { // The second time it is the party's own.
			if c := merge(t, anybody, id, "ann"); c.ID != id || c.Party != "ann" || len(c.Lines) != 1 {
				t.Errorf("basket %+v", c)
			}
		}
		refuse(t, anybody, "a guest with the old id", cart.ErrUnknown, add(id, things[0], 1))
		s.As(buyer("ann")).Moment(t, add(id, things[0], 1))
		refuse(t, anybody, "nobody", cart.ErrParty, func(tx *db.Tx) error { _, err := cart.Merge(tx, id, ""); return err })
		refuse(t, anybody, "somebody else's", cart.ErrUnknown, func(tx *db.Tx) error { _, err := cart.Merge(tx, id, "bob"); return err })
	})
}

func TestMergeJoins(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		things := shelf(t, s, 3)
		anybody, ann := s.As(guest), s.As(buyer("ann"))
		own, loose := open(t, ann), open(t, anybody)
		ann.Moment(t, add(own, things[0], 2))
		ann.Moment(t, add(own, things[1], 1_000_000))
		anybody.Moment(t, add(loose, things[0], 3))
		anybody.Moment(t, add(loose, things[1], 7))
		anybody.Moment(t, add(loose, things[2], 1))
		anybody.Moment(t, func(tx *db.Tx) error {
			if err := cart.Allow(tx, loose, cart.Consent{Remind: true}); err != nil {
				return err
			}
			return cart.SetAddress(tx, loose, place.Address{Country: place.KZ, City: "Алматы"})
		})
		for range 2 {
			c := merge(t, anybody, loose, "ann")
			got := quantities(c)
			if c.ID != own || len(got) != 3 || got[things[0]] != measure.Of(5) || got[things[1]] != cart.QuantityMax || got[things[2]] != measure.One {
				t.Errorf("merged into %v", got)
			}
			if c.Address.City != "Алматы" || !c.Consent.Remind {
				t.Errorf("basket %+v", c)
			}
		}
		refuse(t, anybody, "the guest's is gone", cart.ErrClosed, add(loose, things[0], 1))
		if c := get(t, anybody, loose); c.State != cart.StateMerged || c.Order != string(own) || !c.Address.IsZero() {
			t.Errorf("the guest's %+v", c)
		}
		var foreign cart.ID
		anybody.Moment(t, func(tx *db.Tx) error {
			c, err := cart.Open(tx, cart.Opening{Currency: money.USD, Lang: "en"})
			foreign = c.ID
			return err
		})
		if c := merge(t, anybody, foreign, "ann"); c.ID != own || get(t, anybody, foreign).State != cart.StateOpen {
			t.Error("baskets of two currencies were joined")
		}
		if c := merge(t, anybody, "crt_none", "ann"); c.ID != own {
			t.Errorf("an unknown basket: %+v", c)
		}
	})
}

// TestMergeOverfull joins two full baskets: no line is lost, and the next new one is refused.
func TestMergeOverfull(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		things := shelf(t, s, cart.LinesMax+2)
		anybody, ann := s.As(guest), s.As(buyer("ann"))
		own, loose := open(t, ann), open(t, anybody)
		fill := func(s *dbtest.Store, id cart.ID, some []catalog.VariantID) {
			s.Moment(t, func(tx *db.Tx) error {
				for _, v := range some {
					if err := add(id, v, 1)(tx); err != nil {
						return err
					}
				}
				return nil
			})
		}
		fill(ann, own, things[:cart.LinesMax])
		fill(anybody, loose, things[cart.LinesMax-1:cart.LinesMax+1])
		if c := merge(t, anybody, loose, "ann"); len(c.Lines) != cart.LinesMax+1 {
			t.Errorf("%d lines", len(c.Lines))
		}
		refuse(t, ann, "one more", cart.ErrFull, add(own, things[cart.LinesMax+1], 1))
	})
}

// TestMergeCoupons joins the codes of two baskets: those of the guest, who has just entered one, stay, and of the party's as
// many as there is room for. Nothing is left in the guest's.
func TestMergeCoupons(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		anybody, ann := s.As(guest), s.As(buyer("ann"))
		own, loose := open(t, ann), open(t, anybody)
		enter := func(s *dbtest.Store, id cart.ID, codes ...string) {
			s.Moment(t, func(tx *db.Tx) error {
				var err error
				for _, code := range codes {
					err = errors.Join(err, cart.EnterCoupon(tx, id, code))
				}
				return err
			})
		}
		enter(ann, own, "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9")
		enter(anybody, loose, "c2", "new1", "new2")
		want := []string{"c2", "new1", "new2", "c1", "c3", "c4", "c5", "c6", "c7", "c8"}
		if c := merge(t, anybody, loose, "ann"); c.ID != own || !slices.Equal(c.Coupons, want) {
			t.Errorf("the codes are %v, want %v", c.Coupons, want)
		}
		if c := get(t, anybody, loose); len(c.Coupons) != 0 {
			t.Errorf("the guest's basket keeps %v", c.Coupons)
		}
		refuse(t, ann, "one more", cart.ErrCoupon, func(tx *db.Tx) error { return cart.EnterCoupon(tx, own, "c10") })
	})
}

// TestCouponInLetters: a code may have 40 characters of any alphabet.
func TestCouponInLetters(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s = s.As(guest)
		id := open(t, s)
		s.Moment(t, func(tx *db.Tx) error { return cart.EnterCoupon(tx, id, strings.Repeat("ж", 40)) })
		refuse(t, s, "41 letters", cart.ErrCoupon, func(tx *db.Tx) error { return cart.EnterCoupon(tx, id, strings.Repeat("ж", 41)) })
	})
}

func TestReview(t *testing.T) {
	kzt := func(n int64) money.Money { return money.Of(n, money.KZT) }
	line := func(seen money.Money) cart.Line {
		return cart.Line{ID: "l", Variant: "v", Quantity: measure.Of(3), PriceSeen: seen}
	}
	for _, c := range []struct {
		name  string
		seen  money.Money
		today *cart.Today
		want  []cart.NoticeKind
	}{
		{"nothing changed", kzt(5), &cart.Today{Price: kzt(5), ForSale: true}, nil},
		{"enough", kzt(5), &cart.Today{Price: kzt(5), ForSale: true, Limited: true, Left: measure.Of(3)}, nil},
		{"unknown", kzt(5), nil, []cart.NoticeKind{cart.NoticeEnded}},
		{"ended", kzt(5), &cart.Today{Price: kzt(9)}, []cart.NoticeKind{cart.NoticeEnded}},
		{"no price", kzt(5), &cart.Today{ForSale: true}, []cart.NoticeKind{cart.NoticeEnded}},
		{"sold out", kzt(5), &cart.Today{Price: kzt(9), ForSale: true, Limited: true}, []cart.NoticeKind{cart.NoticeSoldOut}},
		{"only two left, and dearer", kzt(5), &cart.Today{Price: kzt(9), ForSale: true, Limited: true, Left: measure.Of(2)},
			[]cart.NoticeKind{cart.NoticeOnlyLeft, cart.NoticeDearer}},
		{"cheaper", kzt(5), &cart.Today{Price: kzt(4), ForSale: true}, []cart.NoticeKind{cart.NoticeCheaper}},
		{"no price was seen", money.Money{}, &cart.Today{Price: kzt(4), ForSale: true}, nil},
	} {
		today := map[catalog.VariantID]cart.Today{}
		if c.today != nil {
			today["v"] = *c.today
		}
		got := cart.Review([]cart.Line{line(c.seen)}, today)
		same := len(got) == len(c.want)
		for n := range got {
			same = same && got[n].Kind == c.want[n] && got[n].Stops() == (got[n].Kind != cart.NoticeDearer && got[n].Kind != cart.NoticeCheaper)
		}
		if !same {
			t.Errorf("%s: %+v, want %v", c.name, got, c.want)
		}
	}
}

func TestRetention(t *testing.T) {
	for _, c := range []struct {
		fact    string
		learn   bool
		days    time.Duration
		detach  bool
		learned bool
	}{
		{"cart.added", false, 90, true, false},
		{"cart.added", true, 730, true, true},
		{"cart.address_set", true, 90, false, false},
		{"cart.coupon_entered", true, 90, false, false},
		{"cart.ordered", false, 1825, false, false},
		{"somebody.else", true, 90, false, false},
	} {
		got := cart.Retention(c.fact, cart.Consent{Learn: c.learn})
		if want := (cart.Rule{Keep: c.days * 24 * time.Hour, Detach: c.detach, Learned: c.learned}); got != want {
			t.Errorf("%s with consent %v: %+v, want %+v", c.fact, c.learn, got, want)
		}
	}
}
