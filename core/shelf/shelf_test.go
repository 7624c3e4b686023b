package shelf_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/core/review"
	"sauda/core/seller"
	"sauda/core/shelf"
	"sauda/gear/bus"
	"sauda/gear/cache"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{bus.Schema, seller.Schema, catalog.Schema, pricing.Schema, hold.Schema, inventory.Schema, review.Schema}

func kzt(minor int64) money.Money { return money.Of(minor, money.KZT) }

var (
	guest = db.Who{Kind: db.KindGuest}
	staff = db.Who{Kind: db.KindStaff, ID: "usr_1", Seller: string(seller.Own), Scopes: []string{"catalog.*"}}
)

// shop is a store with one seller, a price list and two warehouses.
type shop struct {
	*dbtest.Store
	home       catalog.CategoryID
	list       pricing.ListID
	warehouses []inventory.WarehouseID
}

func open(t *testing.T, s *dbtest.Store) *shop {
	t.Helper()
	x := &shop{Store: s}
	s.Moment(t, func(tx *db.Tx) error {
		x.warehouses = nil // The moment may be run twice.
		_, err := seller.EnsureOwn(tx, seller.Enrolment{Name: text.Localized{"kk": "Дүкен"}, Country: place.KZ, Currency: money.KZT, Regime: seller.KZVAT})
		if err != nil {
			return err
		}
		home, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "home", Name: text.Localized{"kk": "Үйге"}})
		if err != nil {
			return err
		}
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, text.Localized{"kk": "Бөлшек баға"})
		x.home, x.list = home.ID, list.ID
		for range 2 {
			var w inventory.Warehouse
			if err == nil {
				w, err = inventory.AddWarehouse(tx, inventory.Warehouse{
					Seller: seller.Own, Open: true, Name: text.Localized{"kk": "Қойма"}, Address: place.Address{Country: place.KZ, City: "Алматы"},
				})
			}
			x.warehouses = append(x.warehouses, w.ID)
		}
		return err
	})
	return x
}

// variant is what a test says of a variant: a price of none is no price; what lies there is split over both warehouses.
type variant struct {
	tracking catalog.Tracking
	price    int64
	left     int64
	steps    map[int64]int64
}

// add puts a product on sale, or only drafts it.
func (x *shop) add(t *testing.T, name string, state catalog.State, variants ...variant) (p catalog.Product) {
	t.Helper()
	d := catalog.Draft{Seller: seller.Own, Category: x.home, Name: text.Localized{"kk": name}, State: state}
	for n, v := range variants {
		made := catalog.Variant{SKU: fmt.Sprint(name, n), Tracking: v.tracking}
		if len(variants) > 1 {
			made.Options = map[string]string{"size": fmt.Sprint("s", n)}
		}
		d.Variants = append(d.Variants, made)
	}
	if len(variants) > 1 {
		size := catalog.Option{Code: "size", Name: text.Localized{"kk": "Өлшемі"}}
		for n := range variants {
			size.Values = append(size.Values, catalog.OptionValue{Code: fmt.Sprint("s", n), Name: text.Localized{"kk": fmt.Sprint("S", n)}})
		}
		d.Options = []catalog.Option{size}
	}
	x.Moment(t, func(tx *db.Tx) (err error) {
		if p, err = catalog.Add(tx, d); err != nil {
			return err
		}
		for n, v := range variants {
			id := p.Variants[n].ID
			if v.price > 0 {
				entries := []pricing.Entry{{Variant: id, Amount: kzt(v.price)}}
				for from, amount := range v.steps {
					entries = append(entries, pricing.Entry{Variant: id, From: measure.Of(from), Amount: kzt(amount)})
				}
				if _, err := pricing.SetMany(tx, x.list, entries); err != nil {
					return err
				}
			}
			for half := range min(v.left, 2) {
				units := v.left / 2
				if half == 0 {
					units = v.left - v.left/2
				}
				change := inventory.Change{Warehouse: x.warehouses[half], Variant: id, Quantity: measure.Of(units), Cause: "the first"}
				if err := inventory.Receive(tx, change); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return p
}

func (x *shop) cards(t *testing.T, a shelf.Ask) (cards []shelf.Card, next string) {
	t.Helper()
	a.Currency = money.KZT
	x.As(guest).Look(t, func(tx *db.Tx) (err error) {
		cards, next, err = shelf.List(tx, a)
		return err
	})
	return cards, next
}

func (x *shop) page(t *testing.T, id catalog.ProductID) (p shelf.Page) {
	t.Helper()
	x.As(guest).Look(t, func(tx *db.Tx) (err error) {
		p, err = shelf.Show(tx, id, money.KZT, "")
		return err
	})
	return p
}

// TestCardsAndPages shows goods of every kind: the card and the page of each say the same, and what the store says.
func TestCardsAndPages(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		x := open(t, s)
		for _, c := range []struct {
			name     string
			variants []variant
			price    int64
			from     bool
			have     shelf.Availability
			each     []shelf.Availability
		}{
			{"one", []variant{{tracking: catalog.Tracked, price: 500, left: 3}}, 500, false, shelf.InStock, []shelf.Availability{shelf.InStock}},
			{"none", []variant{{tracking: catalog.Tracked, price: 500}}, 500, false, shelf.OutOfStock, []shelf.Availability{shelf.OutOfStock}},
			{"uncounted", []variant{{tracking: catalog.Untracked, price: 500}}, 500, false, shelf.ToOrder, []shelf.Availability{shelf.ToOrder}},
			{"ahead", []variant{{tracking: catalog.Backorder, price: 500}}, 500, false, shelf.ToOrder, []shelf.Availability{shelf.ToOrder}},
			{"ahead and there", []variant{{tracking: catalog.Backorder, price: 500, left: 1}}, 500, false, shelf.InStock, []shelf.Availability{shelf.InStock}},
			{"no price", []variant{{tracking: catalog.Tracked, left: 1}}, 0, false, shelf.InStock, []shelf.Availability{shelf.InStock}},
			{"two prices", []variant{
				{tracking: catalog.Tracked, price: 700}, {tracking: catalog.Tracked, price: 500, left: 2}, {tracking: catalog.Tracked},
			}, 500, true, shelf.InStock, []shelf.Availability{shelf.OutOfStock, shelf.InStock, shelf.OutOfStock}},
			{"the cheap one first", []variant{
				{tracking: catalog.Tracked, price: 500}, {tracking: catalog.Untracked, price: 700},
			}, 500, true, shelf.ToOrder, []shelf.Availability{shelf.OutOfStock, shelf.ToOrder}},
			{"the same price", []variant{{tracking: catalog.Tracked, price: 500}, {tracking: catalog.Tracked, price: 500}}, 500, false, shelf.OutOfStock,
				[]shelf.Availability{shelf.OutOfStock, shelf.OutOfStock}},
		} {
			p := x.add(t, c.name, catalog.StateOnSale, c.variants...)
			cards, _ := x.cards(t, shelf.Ask{})
			n := slices.IndexFunc(cards, func(card shelf.Card) bool { return card.ID == p.ID })
			if n < 0 {
				t.Errorf("%s is not listed", c.name)
				continue
			}
			if got := cards[n]; got.Price.Minor != c.price || got.From != c.from || got.Availability != c.have || (c.price == 0) != (got.Price.Currency == "") {
				t.Errorf("the card of %s: %s, from %v, %s", c.name, got.Price, got.From, got.Availability)
			}
			page := x.page(t, p.ID)
			if page.Seller.ID != seller.Own || len(page.Trail) != 1 || len(page.Offers) != len(c.variants) {
				t.Errorf("the page of %s: %+v", c.name, page)
			}
			for i, v := range page.Variants {
				if o := page.Offers[v.ID]; o.Price.Minor != c.variants[i].price || o.Availability != c.each[i] {
					t.Errorf("the page of %s offers %s for %s, %s", c.name, v.SKU, o.Price, o.Availability)
				}
			}
		}
	})
}

// TestSteps offers cheaper prices from larger quantities on, and leaves out a step that would cost no less.
func TestSteps(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		x := open(t, s)
		p := x.add(t, "steps", catalog.StateOnSale, variant{price: 500, steps: map[int64]int64{5: 450, 10: 480, 20: 400}})
		o := x.page(t, p.ID).Offers[p.Variants[0].ID]
		var steps []string
		for _, step := range o.Steps {
			steps = append(steps, fmt.Sprintf("%s: %d", step.From, step.Amount.Minor))
		}
		if got := strings.Join(steps, ", "); got != "5: 450, 20: 400" || o.Price != kzt(500) {
			t.Errorf("%s, then %s", o.Price, got)
		}
	})
}

// TestHidden: a draft is shown to those who work for its seller only, and listed to nobody who asks for what is on sale.
func TestHidden(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		x := open(t, s)
		draft := x.add(t, "draft", catalog.StateDraft, variant{price: 500})
		show := func(who db.Who, id catalog.ProductID) error {
			return s.As(who).Try(func(tx *db.Tx) error { _, err := shelf.Show(tx, id, money.KZT, ""); return err })
		}
		stranger := staff
		stranger.Seller = "sel_two"
		for _, c := range []struct {
			who  db.Who
			id   catalog.ProductID
			want error
		}{{guest, draft.ID, catalog.ErrUnknown}, {stranger, draft.ID, catalog.ErrUnknown}, {staff, draft.ID, nil}, {guest, "prd_none", catalog.ErrUnknown}} {
			if err := show(c.who, c.id); !errors.Is(err, c.want) {
				t.Errorf("%s sees %s: %v, want %v", c.who.Kind, c.id, err, c.want)
			}
		}
		if cards, next := x.cards(t, shelf.Ask{}); len(cards) != 0 || next != "" {
			t.Errorf("listed: %v, %q", cards, next)
		}
	})
}

// TestStatements: a page of the list and the page of a product take as many statements for many goods as for one.
func TestStatements(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		x := open(t, s)
		var last catalog.Product
		for n := range 12 {
			last = x.add(t, fmt.Sprint("good", n), catalog.StateOnSale, variant{tracking: catalog.Tracked, price: 500, left: 4}, variant{price: 700})
			x.Clock.Set(x.Clock.Now().Add(1000))
		}
		seen := map[catalog.ProductID]bool{}
		for after := ""; ; {
			var cards []shelf.Card
			if n := x.Statements(func() { cards, after = x.cards(t, shelf.Ask{Filter: catalog.Filter{Limit: 5, After: after}}) }); n > 5 {
				t.Errorf("a list takes %d statements", n)
			}
			for _, c := range cards {
				if seen[c.ID] || c.Price != kzt(500) || !c.From {
					t.Errorf("the card %+v", c)
				}
				seen[c.ID] = true
			}
			if after == "" {
				break
			}
		}
		if len(seen) != 12 {
			t.Errorf("%d of 12 goods are listed", len(seen))
		}
		if n := x.Statements(func() { x.page(t, last.ID) }); n > 7 {
			t.Errorf("a page takes %d statements", n)
		}
	})
}

// TestForgets keeps a list and the pages of two products, and states each fact: what it makes wrong is forgotten, on the
// node that states it and before the moment is answered, and the rest is kept.
func TestForgets(t *testing.T) {
	const list, one, two = "list ", "one ", "two "
	first := shelf.Page{Detailed: catalog.Detailed{Product: catalog.Product{ID: "prd_1", Variants: []catalog.Variant{{ID: "var_1"}, {ID: "var_2"}}}}}
	second := shelf.Page{Detailed: catalog.Detailed{Product: catalog.Product{ID: "prd_2", Variants: []catalog.Variant{{ID: "var_3"}}}}}
	of := func(ids ...catalog.VariantID) []catalog.VariantID { return ids }
	crossed := func(variant string, before, left int64) hold.Crossed {
		return hold.Crossed{Pools: []hold.Crossing{{Key: "stock:" + variant, Subject: variant, Before: before, Left: left, Mark: 5}}}
	}
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		kept := shelf.New(cache.New[[]byte](1 << 20))
		bus.New(s.Store, bus.Options{Followers: kept.Followers()})
		for _, c := range []struct {
			fact db.Fact
			left string
		}{
			{catalog.ProductAdded{Product: "prd_9"}, one + two},
			{catalog.ProductRevised{Product: "prd_1"}, two},
			{catalog.ProductPutOnSale{Product: "prd_1"}, two},
			{catalog.ProductEnded{Product: "prd_2"}, one},
			{catalog.ProductsImported{Added: []catalog.ProductID{"prd_9"}, Changed: []catalog.ProductID{"prd_2"}}, one},
			{catalog.VariantsTracked{Variants: of("var_2")}, two},
			{catalog.CategoryChanged{Category: "cat_1"}, ""},
			{pricing.PricesSet{Variants: of("var_3", "var_9")}, one},
			{pricing.PricesWithdrawn{Variants: of("var_1", "var_3")}, ""},
			{pricing.ListAdded{List: "prl_1"}, ""},
			{pricing.ListEnded{List: "prl_1"}, ""},
			{crossed("var_1", 3, 0), two},              // It ran out.
			{crossed("var_3", 0, 3), one},              // It came in.
			{crossed("var_1", 9, 5), list + one + two}, // It ran low, which is not shown.
			{seller.Suspended{Seller: "sel_own"}, ""},  // Its goods are not for sale.
			{seller.Readmitted{Seller: "sel_own"}, ""}, //
			{seller.Renamed{Seller: "sel_own"}, ""},    // Its name stands on every page.
			{review.Rated{Product: "prd_1"}, two},
			{seller.Enrolled{Seller: "sel_9"}, list + one + two}, // It has no goods yet.
		} {
			before := kept.Ticket()
			kept.Keep(before, list, []byte(list), shelf.ListTags())
			kept.Keep(before, one, []byte(one), shelf.PageTags(first))
			kept.Keep(before, two, []byte(two), shelf.PageTags(second))
			early := kept.Ticket() // Somebody reads the store just before the fact, and keeps what was read just after.
			if err := s.Update(context.Background(), db.System, func(tx *db.Tx) error { return tx.Emit(c.fact) }); err != nil {
				t.Fatal(err)
			}
			var left string
			for _, key := range []string{list, one, two} {
				if body, ok := kept.Kept(key); ok {
					left += string(body)
				}
			}
			if left != c.left {
				t.Errorf("after %s %+v %q is kept, want %q", c.fact.Fact(), c.fact, left, c.left)
			}
			kept.Keep(early, one, []byte("stale"), shelf.PageTags(first))
			if _, ok := kept.Kept(one); ok != strings.Contains(c.left, one) {
				t.Errorf("after %s a page that was read before it is kept: %v", c.fact.Fact(), ok)
			}
		}
	})
}

// TestDay: the prices of a page are those of today in Kazakhstan.
func TestDay(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		x := open(t, s)
		p := x.add(t, "soon dearer", catalog.StateOnSale, variant{price: 500})
		today := span.DayOf(s.Clock.Now(), span.Almaty)
		s.Moment(t, func(tx *db.Tx) error {
			_, err := pricing.SetMany(tx, x.list, []pricing.Entry{{Variant: p.Variants[0].ID, Amount: kzt(600), Days: span.Days{From: today.AddDays(1)}}})
			return err
		})
		for day, want := range map[span.Day]money.Money{today: kzt(500), today.AddDays(1): kzt(600)} {
			s.Clock.Set(day.Start(span.Almaty))
			if got := x.page(t, p.ID).Offers[p.Variants[0].ID].Price; got != want {
				t.Errorf("on %s it costs %s, want %s", day, got, want)
			}
		}
	})
}
