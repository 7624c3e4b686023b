package agreement_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/agreement"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{catalog.Schema, pricing.Schema, agreement.Schema}

var aigul = db.Who{Kind: db.KindBuyer, ID: "usr_aigul", Party: "pty_aigul"}

func kzt(minor int64) money.Money { return money.Of(minor, money.KZT) }

// club is a membership that is sold again and again.
type club struct {
	*dbtest.Store
	list    pricing.ListID
	product catalog.ProductID
	variant catalog.VariantID
	orders  int
}

func open(t *testing.T, s *dbtest.Store, p agreement.PlanBody) *club {
	t.Helper()
	c := &club{Store: s}
	s.Moment(t, func(tx *db.Tx) error {
		category, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "clubs", Name: text.Localized{"kk": "Клубтар"}})
		if err != nil {
			return err
		}
		made, err := catalog.Add(tx, catalog.Draft{
			Seller: seller.Own, Category: category.ID, Name: text.Localized{"kk": "Клуб"}, State: catalog.StateOnSale,
			Kind: catalog.Kind{Service: &catalog.Service{Way: agreement.WayName}}, Variants: []catalog.Variant{{SKU: "club"}},
		})
		if err != nil {
			return err
		}
		c.product, c.variant = made.ID, made.Variants[0].ID
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, text.Localized{"kk": "Бөлшек баға"})
		if err != nil {
			return err
		}
		c.list = list.ID
		return agreement.Set(tx, agreement.Plan{Product: c.product, Seller: string(seller.Own), Offered: true, PlanBody: p})
	})
	c.costs(t, 4_000_00)
	return c
}

// costs sets the price of the list.
func (c *club) costs(t *testing.T, minor int64) {
	t.Helper()
	c.Moment(t, func(tx *db.Tx) error {
		return pricing.Set(tx, c.list, pricing.Entry{Variant: c.variant, Amount: kzt(minor)})
	})
}

func (c *club) today() span.Day { return span.DayOf(c.Clock.Now(), span.Almaty) }

// draft chooses so many memberships.
func (c *club) draft(t *testing.T, n int64) (a agreement.Agreement) {
	t.Helper()
	c.As(aigul).Moment(t, func(tx *db.Tx) (err error) {
		a, err = agreement.Draft(tx, agreement.Choice{Product: c.product, Variant: c.variant, Quantity: measure.Of(n), Every: agreement.EveryMonth})
		return err
	})
	return a
}

// order orders what a reference stands for, as a basket would, and says what was paid.
func (c *club) order(ref string) (paid money.Money, err error) {
	c.orders++
	quote, err := c.quote(ref)
	if err != nil {
		return paid, err
	}
	return quote.Lines[0].Total, c.place(ref, quote)
}

func (c *club) quote(ref string) (q pricing.Quote, err error) {
	err = c.Try(func(tx *db.Tx) error {
		lines, err := agreement.Lines(tx, []string{ref})
		if err != nil {
			return err
		}
		l, there := lines[ref]
		if !there {
			return agreement.ErrNotDue
		}
		prices, err := agreement.Listed(tx, []agreement.Agreement{l.Of})
		if err != nil {
			return err
		}
		unit := prices[l.Of.ID]
		sum, err := measure.Price(unit, l.Quantity, money.HalfUp)
		if err != nil {
			return err
		}
		off, err := l.Off(sum)
		line := pricing.QuoteLine{Line: "1", UnitPrice: unit, Total: sum}
		for _, a := range off {
			a.Reason.Params.Amount = a.Amount
			line.Total.Minor -= a.Amount.Minor
			line.Reasons = append(line.Reasons, a.Reason)
		}
		q = pricing.Quote{Currency: money.KZT, Lines: []pricing.QuoteLine{line}}
		return err
	})
	return q, err
}

func (c *club) place(ref string, q pricing.Quote) error {
	return c.Try(func(tx *db.Tx) error {
		return agreement.Ordered(tx, agreement.Sold{
			Ref: ref, Order: fmt.Sprint("ord_", c.orders), Line: "1", Quantity: measure.One, Quote: q, Card: "crd_1",
			To: agreement.To{Email: "aigul@example.kz", Lang: "kk"},
		})
	})
}

func (c *club) get(t *testing.T, id agreement.ID) (a agreement.Agreement) {
	t.Helper()
	c.As(aigul).Look(t, func(tx *db.Tx) (err error) {
		a, err = agreement.Get(tx, id)
		return err
	})
	return a
}

// begun subscribes and pays the first period.
func (c *club) begun(t *testing.T, n int64) agreement.Agreement {
	t.Helper()
	a := c.draft(t, n)
	if _, err := c.order(a.Ref()); err != nil {
		t.Fatal(err)
	}
	return c.get(t, a.ID)
}

// TestNoMoreComesBack changes a membership in any way, on any days: what is given back of a period is never more than was paid
// for it. And no two facts of a kind have the same version, so that each is told.
func TestNoMoreComesBack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := open(t, s, agreement.PlanBody{Rhythms: []agreement.Every{agreement.EveryWeek, agreement.EveryMonth}, Months: 12})
		for seed := range uint64(12) {
			c.anyChanges(t, seed)
		}
		told := make(map[string]bool)
		for _, f := range c.Facts(t) {
			var about agreement.About
			if err := json.Unmarshal(f.Body, &about); err != nil {
				t.Fatal(err)
			}
			if key := fmt.Sprint(f.Name, about.Agreement, about.Version); about.Agreement != "" && told[key] {
				t.Errorf("two letters have one key: %s", f.Body)
			} else {
				told[key] = true
			}
		}
	})
}

func (c *club) anyChanges(t *testing.T, seed uint64) {
	t.Helper()
	dice := rand.New(rand.NewPCG(seed, 7))
	a := c.begun(t, 1+dice.Int64N(4))
	paid, back := a.Paid.Minor, int64(0)
	for step := range 40 {
		was := c.get(t, a.ID)
		err := c.changes(t, dice, was)
		now := c.get(t, a.ID)
		if err != nil && !errors.Is(err, agreement.ErrState) && !errors.Is(err, agreement.ErrNotDue) {
			t.Fatalf("seed %d, step %d: %v", seed, step, err)
		}
		back += max(now.Credit.Minor-was.Credit.Minor, 0)
		if back > paid {
			t.Fatalf("seed %d, step %d: %d was paid for the period, and %d comes back", seed, step, paid, back)
		}
		if now.Begun != "" && len(now.History) > 0 && now.Until != was.Until && now.Paid.IsPositive() {
			paid, back = now.Paid.Minor, 0
		}
	}
	c.As(aigul).Moment(t, func(tx *db.Tx) error { return agreement.End(tx, a.ID) })
}

// changes lets days pass, or has the buyer change something, or orders what is due.
func (c *club) changes(t *testing.T, dice *rand.Rand, a agreement.Agreement) error {
	t.Helper()
	try := func(do func(*db.Tx) error) error { return c.As(aigul).Try(do) }
	switch dice.IntN(8) {
	case 0:
		return try(func(tx *db.Tx) error { return agreement.Skip(tx, a.ID, 0) })
	case 1:
		return try(func(tx *db.Tx) error { return agreement.Pause(tx, a.ID, span.Day{}) })
	case 2:
		return try(func(tx *db.Tx) error { return agreement.Resume(tx, a.ID) })
	case 3, 4, 5:
		every := agreement.EveryMonth
		if dice.IntN(3) == 0 {
			every = agreement.EveryWeek
		}
		change := agreement.Change{Quantity: measure.Of(1 + dice.Int64N(6)), Every: every, Lacking: agreement.LackingSkip}
		return try(func(tx *db.Tx) error { return agreement.Alter(tx, a.ID, a.Version, change) })
	case 6:
		c.Clock.Advance(time.Duration(dice.IntN(15)) * 24 * time.Hour)
		return nil
	}
	c.Moment(t, func(tx *db.Tx) error {
		_, err := agreement.Foretell(tx, 10)
		return err
	})
	if a = c.get(t, a.ID); a.State != agreement.StateActive || c.today().Before(a.Due) {
		return nil
	}
	_, err := c.order(a.Ref())
	return err
}

// TestGivenBack: the money of a period that was given back is not taken off the next one besides.
func TestGivenBack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := open(t, s, agreement.PlanBody{Rhythms: []agreement.Every{agreement.EveryMonth}, Months: 12})
		a := c.begun(t, 4)
		c.Moment(t, func(tx *db.Tx) error { return agreement.Way{}.Ended(tx, string(a.ID)) })
		c.As(aigul).Moment(t, func(tx *db.Tx) error {
			return agreement.Alter(tx, a.ID, 0, agreement.Change{Quantity: measure.One, Every: agreement.EveryMonth, Lacking: agreement.LackingSkip})
		})
		if now := c.get(t, a.ID); now.Credit.IsPositive() {
			t.Errorf("%s is taken off, and was given back", now.Credit)
		}
	})
}

// TestOneTrial: a buyer has one trial of a product, however many he puts into baskets, in whatever order, and after it has ended.
func TestOneTrial(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := open(t, s, agreement.PlanBody{Rhythms: []agreement.Every{agreement.EveryMonth}, Trial: &agreement.Trial{Days: 10, Price: kzt(500_00)}})
		first, second, third := c.draft(t, 1), c.draft(t, 1), c.draft(t, 1)
		c.Moment(t, func(tx *db.Tx) error {
			lines, err := agreement.Lines(tx, []string{first.Ref(), second.Ref()})
			if lines[first.Ref()].Trial.IsZero() || !lines[second.Ref()].Trial.IsZero() {
				t.Errorf("in one basket: %+v", lines)
			}
			return err
		})
		late, err := c.quote(third.Ref())
		if err != nil {
			t.Fatal(err)
		}
		if paid, err := c.order(first.Ref()); err != nil || paid != kzt(500_00) || c.get(t, first.ID).Day != c.today().AddDays(10) {
			t.Errorf("a trial: %s until %s, %v", paid, c.get(t, first.ID).Day, err)
		}
		if paid, err := c.order(second.Ref()); err != nil || paid != kzt(4_000_00) || !c.today().AddDays(20).Before(c.get(t, second.ID).Day) {
			t.Errorf("another at the same time: %s until %s, %v", paid, c.get(t, second.ID).Day, err)
		}
		if err := c.place(third.Ref(), late); !errors.Is(err, agreement.ErrTrial) {
			t.Errorf("a trial that was reckoned before: %v", err)
		}
		for _, id := range []agreement.ID{first.ID, second.ID} {
			c.As(aigul).Moment(t, func(tx *db.Tx) error { return agreement.End(tx, id) })
		}
		again := c.draft(t, 1)
		if paid, err := c.order(again.Ref()); err != nil || paid != kzt(4_000_00) {
			t.Errorf("after its end: %s, %v", paid, err)
		}
	})
}

// TestAskedAgain: a price for which a buyer is asked is judged again by the list when he answers and on its day.
func TestAskedAgain(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := open(t, s, agreement.PlanBody{Rhythms: []agreement.Every{agreement.EveryMonth}})
		for _, x := range []struct {
			name        string
			then, late  int64 // Then is what the list says after the buyer was asked for 5,000; late after the day has passed.
			says        int64 // Says is the price to which the buyer agrees, if to any.
			after       bool  // After says that he does so after the day.
			want        error
			price, asks int64
			state       agreement.State
		}{
			{name: "the offer stands until its day", then: 6_000_00, says: 5_000_00, price: 5_000_00, state: agreement.StateActive},
			{name: "cheaper than asked", then: 4_500_00, says: 5_000_00, price: 4_500_00, state: agreement.StateActive},
			{name: "as cheap as before", then: 4_000_00, says: 5_000_00, price: 4_000_00, state: agreement.StateActive},
			{name: "nobody answers, and it is as cheap as before", then: 4_000_00, price: 4_000_00, state: agreement.StateActive},
			{name: "nobody answers", then: 6_000_00, price: 4_000_00, asks: 6_000_00, state: agreement.StatePaused},
			{name: "too late for the offer", then: 6_000_00, says: 5_000_00, after: true, want: agreement.ErrChanged, price: 4_000_00, asks: 6_000_00, state: agreement.StatePaused},
			{name: "too late, and the list of now", then: 6_000_00, late: 6_500_00, says: 6_500_00, after: true, price: 6_500_00, state: agreement.StateActive},
			{name: "too late, and cheaper", then: 5_000_00, late: 4_200_00, says: 5_000_00, after: true, price: 4_200_00, state: agreement.StateActive},
			{name: "a price that nobody asked for", then: 5_000_00, says: 4_900_00, want: agreement.ErrChanged, price: 4_000_00, asks: 5_000_00, state: agreement.StatePaused},
		} {
			c.costs(t, 4_000_00)
			a := c.begun(t, 1)
			c.Clock.Advance(time.Duration(c.today().DaysUntil(a.Day)-agreement.NoticeDays) * 24 * time.Hour)
			c.costs(t, 5_000_00)
			c.Moment(t, func(tx *db.Tx) error { _, err := agreement.Foretell(tx, 10); return err })
			c.costs(t, x.then)
			agree := func(after bool) {
				if x.says == 0 || x.after != after {
					return
				}
				if err := c.As(aigul).Try(func(tx *db.Tx) error { return agreement.Agree(tx, a.ID, kzt(x.says)) }); !errors.Is(err, x.want) {
					t.Errorf("%s: %v", x.name, err)
				}
			}
			agree(false)
			c.Clock.Advance(agreement.NoticeDays * 24 * time.Hour)
			c.Moment(t, func(tx *db.Tx) error { _, err := agreement.Lapse(tx, a.ID); return err })
			if x.late > 0 {
				c.costs(t, x.late)
			}
			agree(true)
			now := c.get(t, a.ID)
			c.Look(t, func(tx *db.Tx) (err error) {
				now, err = agreement.Judged(tx, now)
				return err
			})
			if now.Price.Minor != x.price || now.Asked.Minor != x.asks || now.State != x.state {
				t.Errorf("%s: %s at %s, asks for %s", x.name, now.State, now.Price, now.Asked)
			}
			if x.asks == 0 {
				if paid, err := c.order(now.Ref()); !x.after && (err != nil || paid.Minor != x.price) {
					t.Errorf("%s: %s is paid, %v", x.name, paid, err)
				}
			}
			c.As(aigul).Moment(t, func(tx *db.Tx) error { return agreement.End(tx, a.ID) })
		}
	})
}
