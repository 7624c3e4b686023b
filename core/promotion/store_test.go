package promotion_test

import (
	"errors"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{bus.Schema, seller.Schema, catalog.Schema, hold.Schema, promotion.Schema}

// drafted is a promotion that can be added.
func drafted(codes ...string) promotion.Promotion {
	return promotion.Promotion{Seller: seller.Own, Name: text.Localized{"kk": "Жеңілдік"}, Currency: money.KZT, Combines: true,
		Effect: promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(10)}, Coupons: promotion.Coupons{Codes: codes}}
}

func add(t *testing.T, s *dbtest.Store, p promotion.Promotion) (added promotion.Promotion) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		added, err = promotion.Add(tx, p)
		return err
	})
	return added
}

// TestStates leads a promotion through its states, and refuses the ways that there are not.
func TestStates(t *testing.T) {
	type verb = func(*db.Tx, seller.ID, promotion.ID) (promotion.Promotion, error)
	start, pause, end, restore := verb(promotion.Start), verb(promotion.Pause), verb(promotion.End), verb(promotion.Restore)
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		p := add(t, s, drafted())
		for n, c := range []struct {
			do   verb
			want promotion.State
			no   error
		}{
			{pause, "", promotion.ErrState}, {restore, "", promotion.ErrState}, {start, promotion.StateRunning, nil},
			{start, promotion.StateRunning, nil}, {pause, promotion.StatePaused, nil}, {end, promotion.StateEnded, nil},
			{start, "", promotion.ErrState}, {restore, promotion.StatePaused, nil}, {start, promotion.StateRunning, nil},
			{end, promotion.StateEnded, nil}, {restore, promotion.StateRunning, nil},
		} {
			var got promotion.Promotion
			err := s.Try(func(tx *db.Tx) (err error) {
				got, err = c.do(tx, seller.Own, p.ID)
				return err
			})
			if !errors.Is(err, c.no) || got.State != c.want {
				t.Errorf("step %d: %s, %v", n, got.State, err)
			}
		}
		if err := s.Try(func(tx *db.Tx) error { _, err := promotion.End(tx, "sel_other", p.ID); return err }); !errors.Is(err, promotion.ErrUnknown) {
			t.Errorf("of another seller: %v", err)
		}
	})
}

// TestRevise: what was changed meanwhile is not overwritten, a code leads to one promotion, and no fewer uses are allowed
// than were taken.
func TestRevise(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		p := add(t, s, drafted("SOVET"))
		revise := func(change func(*promotion.Promotion)) error {
			next := p
			change(&next)
			return s.Try(func(tx *db.Tx) error {
				got, err := promotion.Revise(tx, next)
				if err == nil {
					p = got
				}
				return err
			})
		}
		if err := revise(func(p *promotion.Promotion) { p.Coupons.Most = 2; p.Coupons.Codes = []string{"SOVET", "KENES"} }); err != nil {
			t.Fatal(err)
		}
		if err := revise(func(p *promotion.Promotion) { p.Version-- }); !errors.Is(err, promotion.ErrStale) {
			t.Errorf("an old version: %v", err)
		}
		if err := s.Try(func(tx *db.Tx) error { _, err := promotion.Add(tx, drafted("k\u0435n\u0435s")); return err }); !errors.Is(err, promotion.ErrTaken) {
			t.Errorf("a code of another: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error { _, err := promotion.Start(tx, seller.Own, p.ID); return err })
		p.Version++
		for _, owner := range []string{"cart/1", "cart/2", "cart/3"} {
			err := s.Try(func(tx *db.Tx) error {
				claims, err := promotion.Claims(tx, []string{promotion.Fold("sovet")}, "", owner)
				if err != nil {
					return err
				}
				wants, err := promotion.Wants(tx, claims, "")
				if err != nil {
					return err
				}
				return promotion.Gone(hold.Take(tx, owner, wants, tx.Now().Add(1_000_000_000)))
			})
			if owner == "cart/3" && !errors.Is(err, promotion.ErrUsedUp) || owner != "cart/3" && err != nil {
				t.Errorf("%s takes a use: %v", owner, err)
			}
		}
		if err := revise(func(p *promotion.Promotion) { p.Coupons.Most = 1 }); !errors.Is(err, promotion.ErrPromised) {
			t.Errorf("fewer uses than were taken: %v", err)
		}
	})
}

// TestWhatIsOverEnds: after its last day a promotion ends by itself, and makes room for another one.
func TestWhatIsOverEnds(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		first := span.DayOf(s.Clock.Now(), span.Almaty)
		var last promotion.ID
		s.Moment(t, func(tx *db.Tx) error {
			for range promotion.RunningMax {
				p := drafted()
				p.Days = span.Days{From: first, To: first.AddDays(2)}
				p, err := promotion.Add(tx, p)
				if err == nil {
					_, err = promotion.Start(tx, seller.Own, p.ID)
				}
				if err != nil {
					return err
				}
				last = p.ID
			}
			return nil
		})
		next := add(t, s, drafted())
		for day, want := range []error{promotion.ErrMany, promotion.ErrMany, nil} {
			s.Moment(t, promotion.Tell)
			s.Moment(t, promotion.Tell)
			err := s.Try(func(tx *db.Tx) error { _, err := promotion.Start(tx, seller.Own, next.ID); return err })
			if !errors.Is(err, want) {
				t.Errorf("on day %d one more: %v", day, err)
			}
			s.Clock.Advance(24 * time.Hour)
		}
		s.Look(t, func(tx *db.Tx) error {
			p, err := promotion.Get(tx, seller.Own, last)
			if p.State != promotion.StateEnded || p.Was != promotion.StateRunning {
				t.Errorf("the last one is %s, was %s", p.State, p.Was)
			}
			return err
		})
	})
}

// TestAnEndedPromotionGivesItsCodes to the next one that asks for them, and comes back only where they are free.
func TestAnEndedPromotionGivesItsCodes(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		leads := func(code string) (id promotion.ID) {
			s.Look(t, func(tx *db.Tx) error {
				claims, err := promotion.Claims(tx, []string{promotion.Fold(code)}, "", "")
				if err == nil {
					id = claims[0].Promotion.ID
				}
				return err
			})
			return id
		}
		end := func(id promotion.ID) {
			s.Moment(t, func(tx *db.Tx) error { _, err := promotion.End(tx, seller.Own, id); return err })
		}
		restore := func(id promotion.ID) error {
			return s.Try(func(tx *db.Tx) error { _, err := promotion.Restore(tx, seller.Own, id); return err })
		}
		old := drafted("SALE", "OLD")
		old.Coupons.Most = 3
		old = add(t, s, old)
		end(old.ID)
		next := add(t, s, drafted("SALE"))
		if leads("SALE") != next.ID || leads("OLD") != old.ID {
			t.Errorf("SALE leads to %s, OLD to %s", leads("SALE"), leads("OLD"))
		}
		if err := restore(old.ID); !errors.Is(err, promotion.ErrTaken) {
			t.Errorf("put back while its code is another's: %v", err)
		}
		end(next.ID)
		if err := restore(old.ID); err != nil || leads("SALE") != old.ID {
			t.Errorf("put back: %v; SALE leads to %s", err, leads("SALE"))
		}
		if err := restore(next.ID); !errors.Is(err, promotion.ErrTaken) {
			t.Errorf("the other one: %v", err)
		}
	})
}

// TestWhatIsRefused names the field of each mistake.
func TestWhatIsRefused(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for at, change := range map[string]func(*promotion.Promotion){
			"/name":            func(p *promotion.Promotion) { p.Name = nil },
			"/currency":        func(p *promotion.Promotion) { p.Currency = "TENGE" },
			"/days/to":         func(p *promotion.Promotion) { p.Days = span.Days{From: today, To: today} },
			"/priority":        func(p *promotion.Promotion) { p.Priority = -1 },
			"/effect/kind":     func(p *promotion.Promotion) { p.Effect.Kind = "gift" },
			"/effect/rate":     func(p *promotion.Promotion) { p.Effect.Rate = money.One + 1 },
			"/effect/cap":      func(p *promotion.Promotion) { p.Effect.Cap = 1_50 },
			"/effect/amount":   func(p *promotion.Promotion) { p.Effect = promotion.Effect{Kind: promotion.OrderOff} },
			"/effect/size":     func(p *promotion.Promotion) { p.Effect = promotion.Effect{Kind: promotion.SetFree, Size: 1, Free: 1} },
			"/effect/free":     func(p *promotion.Promotion) { p.Effect = promotion.Effect{Kind: promotion.SetFree, Size: 3, Free: 3} },
			"/coupons/codes/0": func(p *promotion.Promotion) { p.Coupons.Codes = []string{"--a"} },
			"/coupons/each":    func(p *promotion.Promotion) { p.Coupons.Each = -1 },
			"/needs/sum":       func(p *promotion.Promotion) { p.Needs.Sum = -1 },
			"/needs/units":     func(p *promotion.Promotion) { p.Needs.Units = -1 },
			"/goods/products":  func(p *promotion.Promotion) { p.Goods.Products = many() },
		} {
			p := drafted()
			change(&p)
			err := s.Try(func(tx *db.Tx) error { _, err := promotion.Add(tx, p); return err })
			fields := fault.FieldsOf(err)
			if !errors.Is(err, promotion.ErrInvalid) || len(fields) == 0 || fields[0].Pointer != at {
				t.Errorf("%s: %v, %v", at, err, fields)
			}
		}
	})
}

// many are more products than a promotion may name.
func many() (ids []catalog.ProductID) {
	for n := range promotion.ListMax + 1 {
		ids = append(ids, catalog.ProductID("prd_"+string(rune('a'+n%26))+string(rune('a'+n/26))))
	}
	return ids
}
