package gift_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/gift"
	"sauda/core/hold"
	"sauda/core/ledger"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/core/tax"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{seller.Schema, tax.Schema, catalog.Schema, pricing.Schema, hold.Schema, ledger.Schema, gift.Schema}

const worth = 10_000_00

func kzt(minor int64) money.Money { return money.Of(minor, money.KZT) }

// shop has one certificate of 10,000 tenge on sale.
func shop(t *testing.T, s *dbtest.Store, class tax.Class) (v catalog.VariantID) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		if _, err := seller.EnsureOwn(tx, seller.Enrolment{Name: text.Localized{"kk": "Дүкен"}, Country: place.KZ, Currency: money.KZT, Regime: seller.KZVAT}); err != nil {
			return err
		}
		home, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "gifts", Name: text.Localized{"kk": "Сыйлық"}})
		if err != nil {
			return err
		}
		p, err := catalog.Add(tx, catalog.Draft{
			Seller: seller.Own, Category: home.ID, Name: text.Localized{"kk": "Сыйлық сертификаты"}, State: catalog.StateOnSale, TaxClass: class,
			Kind: catalog.Kind{Service: &catalog.Service{Way: gift.WayName}}, Variants: []catalog.Variant{{SKU: "GIFT-10"}},
		})
		if err != nil {
			return err
		}
		v = p.Variants[0].ID
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, text.Localized{"kk": "Бөлшек баға"})
		if err != nil {
			return err
		}
		_, err = pricing.SetMany(tx, list.ID, []pricing.Entry{{Variant: v, Amount: kzt(worth)}})
		return err
	})
	return v
}

func wish(v catalog.VariantID) gift.Wish {
	return gift.Wish{Variant: v, Currency: money.KZT, Lang: "kk", To: gift.Present{Name: "Айгүл", Email: "aigul@example.kz", From: "Дархан"}}
}

// post moves what is left of a certificate, as the books do: above zero onto it.
func post(tx *db.Tx, id gift.ID, ref string, minor int64) error {
	debit, credit := ledger.Buyer("ord_1"), ledger.Gift(string(id))
	if minor < 0 {
		debit, credit, minor = credit, debit, -minor
	}
	_, err := ledger.Post(tx, ledger.Posting{Kind: "test", Ref: ref, Cause: "test", Transfers: []ledger.Transfer{ledger.Move(debit, credit, kzt(minor), "")}})
	return err
}

// sold is a certificate that was ordered and paid, with its code.
func sold(t *testing.T, s *dbtest.Store, v catalog.VariantID, order string) (id gift.ID, code string) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error {
		c, err := gift.Choose(tx, wish(v))
		if err != nil {
			return err
		}
		id = c.ID
		if err := (gift.Way{}).Placed(tx, choice.Sale{Ref: string(id), Order: order, Line: "lin_1", Lang: "kk"}); err != nil {
			return err
		}
		return post(tx, id, "sold "+order, worth)
	})
	s.Moment(t, func(tx *db.Tx) error {
		if done, err := (gift.Way{}).Paid(tx, string(id)); err != nil || !done {
			return fmt.Errorf("paid: %v, %w", done, err)
		}
		_, err := gift.Seal(tx, id) // The letter is lost, and another one sent.
		return err
	})
	s.Moment(t, func(tx *db.Tx) (err error) {
		code, err = gift.Seal(tx, id)
		return err
	})
	return id, code
}

func spend(tx *db.Tx, id gift.ID, order string, minor int64) error {
	if err := hold.Confirm(tx, order); err != nil {
		return err
	}
	if err := gift.Spend(tx, gift.Spending{Gift: id, Order: order, Owner: order, Amount: kzt(minor)}); err != nil {
		return err
	}
	return post(tx, id, "spent "+order, -minor)
}

func reach(tx *db.Tx, id gift.ID, order string, minor int64) error {
	return gift.Gone(hold.Take(tx, order, []hold.Want{gift.Want(id, kzt(minor))}, tx.Now().Add(time.Minute)))
}

// stands fails unless a certificate has so much left in such a state, and ledger, pool and uses agree.
func stands(t *testing.T, s *dbtest.Store, id gift.ID, left int64, state gift.State) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		c, err := gift.Get(tx, id)
		if c.Left != kzt(left) || c.State(gift.Today(tx)) != state {
			t.Errorf("%s is left and it is %s, want %s and %s", c.Left, c.State(gift.Today(tx)), kzt(left), state)
		}
		if err != nil {
			return err
		}
		wrong, _, err := gift.Audit(tx, "", 100)
		if len(wrong) > 0 {
			t.Errorf("they differ: %+v", wrong)
		}
		return err
	})
}

// TestLife follows a certificate from the basket until it has run out, and what goes back onto it after that.
func TestLife(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		v := shop(t, s, tax.Exempt)
		id, code := sold(t, s, v, "ord_1")
		stands(t, s, id, worth, gift.StateGood)
		s.Moment(t, func(tx *db.Tx) error { _, err := (gift.Way{}).Paid(tx, string(id)); return err })
		s.Look(t, func(tx *db.Tx) error {
			typed := " " + strings.ToLower(strings.ReplaceAll(code, "-", "")) + " "
			if c, err := gift.Find(tx, typed); err != nil || c.ID != id || !strings.HasSuffix(c.Masked(), code[len(code)-4:]) {
				t.Errorf("found %s as %q, %v", c.ID, c.Masked(), err)
			}
			for _, other := range []string{"", "0000-0000-0000-0000", code + "0", "тест"} {
				if _, err := gift.Find(tx, other); !errors.Is(err, gift.ErrUnknown) {
					t.Errorf("found by %q: %v", other, err)
				}
			}
			return nil
		})
		s.Moment(t, func(tx *db.Tx) error {
			return errors.Join(reach(tx, id, "ord_2", 4_000_00), spend(tx, id, "ord_2", 4_000_00))
		})
		stands(t, s, id, 6_000_00, gift.StateGood)
		if err := s.Try(func(tx *db.Tx) error { return reach(tx, id, "ord_3", 6_000_01) }); !errors.Is(err, gift.ErrHeld) {
			t.Errorf("more than is left: %v", err)
		}
		s.Clock.Advance(4 * 365 * 24 * time.Hour)
		if err := s.Try(func(tx *db.Tx) error {
			return errors.Join(reach(tx, id, "ord_3", 1), spend(tx, id, "ord_3", 1))
		}); !errors.Is(err, gift.ErrEnded) {
			t.Errorf("spent after its last day: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			over, more, err := gift.RunOut(tx, 10)
			if err != nil || len(over) != 1 || more || over[0].Left != kzt(6_000_00) {
				t.Errorf("%+v ran out, %v, %v", over, more, err)
			}
			return post(tx, id, "over", -6_000_00)
		})
		stands(t, s, id, 0, gift.StateEnded)
		s.Moment(t, func(tx *db.Tx) error {
			_, back, err := gift.GiveBack(tx, "ord_2", kzt(5_000_00)) // What it has paid, and no more.
			if back != kzt(4_000_00) {
				t.Errorf("%s went back", back)
			}
			return errors.Join(err, post(tx, id, "back", 4_000_00))
		})
		s.Moment(t, func(tx *db.Tx) error {
			if _, back, err := gift.GiveBack(tx, "ord_2", kzt(1)); err != nil || !back.IsZero() {
				t.Errorf("a second time %s went back, %v", back, err)
			}
			_, back, err := gift.GiveBack(tx, "ord_9", kzt(1))
			if !back.IsZero() {
				t.Errorf("%s went back of what it did not pay", back)
			}
			return err
		})
		stands(t, s, id, 4_000_00, gift.StateGood)
	})
}

// TestRecall: what is left goes back once, whoever is about to spend it, and one that was never paid is simply over.
func TestRecall(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		v := shop(t, s, tax.Exempt)
		id, code := sold(t, s, v, "ord_1")
		s.Moment(t, func(tx *db.Tx) error { return reach(tx, id, "ord_2", 3_000_00) })
		s.Moment(t, func(tx *db.Tx) error {
			return errors.Join(reach(tx, id, "ord_3", 1_000_00), spend(tx, id, "ord_3", 1_000_00))
		})
		s.Moment(t, func(tx *db.Tx) error {
			left, err := gift.Recall(tx, id)
			if left != kzt(9_000_00) {
				t.Errorf("%s was left", left)
			}
			return errors.Join(err, post(tx, id, "recalled", -left.Minor))
		})
		if err := s.Try(func(tx *db.Tx) error { return spend(tx, id, "ord_2", 3_000_00) }); err == nil {
			t.Error("spent after it was recalled")
		}
		s.Moment(t, func(tx *db.Tx) error {
			left, err := gift.Recall(tx, id)
			if !left.IsZero() {
				t.Errorf("a second time %s was left", left)
			}
			return err
		})
		if err := s.Try(func(tx *db.Tx) error { _, err := gift.Seal(tx, id); return err }); !errors.Is(err, gift.ErrUnsent) {
			t.Errorf("sent after it was recalled: %v", err)
		}
		stands(t, s, id, 0, gift.StateEnded)
		s.Look(t, func(tx *db.Tx) error {
			c, err := gift.Find(tx, code)
			if no := c.Pays(seller.Own, money.KZT, gift.Today(tx)); !errors.Is(no, gift.ErrEnded) {
				t.Errorf("it pays: %v", no)
			}
			return err
		})
	})
}

// TestTheLastOfACertificate has forty buyers spend a certificate at once, of which ten can.
func TestTheLastOfACertificate(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id, _ := sold(t, s, shop(t, s, tax.Exempt), "ord_1")
		var won, lost atomic.Int64
		var wait sync.WaitGroup
		for n := range 40 {
			wait.Go(func() {
				order := fmt.Sprintf("ord_crowd%d", n)
				err := s.Try(func(tx *db.Tx) error { return reach(tx, id, order, worth/10) })
				if err == nil {
					err = s.Try(func(tx *db.Tx) error { return spend(tx, id, order, worth/10) })
				}
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, gift.ErrHeld):
					lost.Add(1)
				default:
					t.Errorf("%s: %v", order, err)
				}
			})
		}
		wait.Wait()
		if won.Load() != 10 || lost.Load() != 30 {
			t.Errorf("%d spent it and %d could not", won.Load(), lost.Load())
		}
		stands(t, s, id, 0, gift.StateSpent)
	})
}

// TestChoose refuses what no letter could be written by, and what is no certificate.
func TestChoose(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		v := shop(t, s, tax.Exempt)
		for pointer, spoil := range map[string]func(*gift.Wish){
			"/to/name":  func(w *gift.Wish) { w.To.Name = " " },
			"/to/email": func(w *gift.Wish) { w.To.Email = "aigul" },
			"/to/words": func(w *gift.Wish) { w.To.Words = strings.Repeat("ә", 501) },
			"/day":      func(*gift.Wish) {},
		} {
			w := wish(v)
			spoil(&w)
			err := s.Try(func(tx *db.Tx) error {
				if pointer == "/day" {
					w.Day = gift.Today(tx).AddDays(-1)
				}
				_, err := gift.Choose(tx, w)
				return err
			})
			if fields := fault.FieldsOf(err); !errors.Is(err, gift.ErrInvalid) || len(fields) != 1 || fields[0].Pointer != pointer {
				t.Errorf("%s: %v", pointer, err)
			}
		}
		other := wish(v)
		other.Currency = money.USD
		for name, w := range map[string]gift.Wish{"another currency": other, "nothing": wish("var_none")} {
			if err := s.Try(func(tx *db.Tx) error { _, err := gift.Choose(tx, w); return err }); !errors.Is(err, gift.ErrNotSold) {
				t.Errorf("%s: %v", name, err)
			}
		}
		s.Moment(t, func(tx *db.Tx) error { _, err := gift.Choose(tx, wish(v)); return err })
		s.Clock.Advance(31 * 24 * time.Hour)
		s.Moment(t, func(tx *db.Tx) error {
			n, err := gift.Forget(tx, 10)
			if n != 1 {
				t.Errorf("%d were forgotten", n)
			}
			return err
		})
	})
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		taxed := shop(t, s, tax.Standard)
		if err := s.Try(func(tx *db.Tx) error { _, err := gift.Choose(tx, wish(taxed)); return err }); !errors.Is(err, gift.ErrNotSold) {
			t.Errorf("with tax: %v", err)
		}
	})
}
