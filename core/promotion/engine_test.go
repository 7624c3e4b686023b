package promotion_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/core/tax"
)

var today = span.MustDay("2026-12-03")

// shop is goods of one seller in two categories, one below the other, and of two brands.
type shop struct {
	conditions pricing.Conditions
	given      promotion.Given
}

var tree = promotion.Shop{
	Tree: []catalog.Category{{ID: "home"}, {ID: "kettles", Parent: "home"}, {ID: "books"}},
	Collections: map[catalog.CollectionID]catalog.Collection{
		"hand": {ID: "hand"}, "rule": {ID: "rule", Rule: &catalog.Rule{Category: "home", Origin: place.KZ, Proven: true}},
	},
	Gathered: map[catalog.CollectionID][]catalog.ProductID{"hand": {"prd_b"}},
}

// wares are one for each letter.
var wares = map[catalog.VariantID]promotion.Ware{
	"a": {Product: "prd_a", Seller: seller.Own, Category: "kettles", Brand: "Шай", Origin: place.KZ, Proven: true},
	"b": {Product: "prd_b", Seller: seller.Own, Category: "home", Brand: "Şay", Origin: place.KZ},
	"c": {Product: "prd_c", Seller: seller.Own, Category: "books"},
	"d": {Product: "prd_d", Seller: "sel_other", Category: "kettles", Brand: "Шай"},
}

func open(prices map[catalog.VariantID]int64) shop {
	c := pricing.Conditions{Offers: map[catalog.VariantID]catalog.Offer{}, Prices: pricing.Prices{}, Taxes: tax.Known(),
		Sellers: map[seller.ID]seller.Seller{}}
	for _, id := range []seller.ID{seller.Own, "sel_other"} {
		c.Sellers[id] = seller.Seller{ID: id, State: seller.StateActive, Country: place.KZ, Regimes: []seller.RegimeFrom{{Regime: seller.KZVAT}}}
	}
	for v, minor := range prices {
		w := wares[v]
		c.Offers[v] = catalog.Offer{Variant: v, Product: w.Product, Seller: w.Seller, SKU: string(v), Unit: measure.Piece,
			TaxClass: tax.Standard, State: catalog.StateOnSale, Name: text.Localized{"kk": "Тауар"}}
		c.Prices[v] = []pricing.Step{{List: "prl", Seller: w.Seller, Amount: money.Of(minor, money.KZT)}}
	}
	return shop{c, promotion.Given{Wares: wares, Day: today, Codes: map[promotion.ID]string{}}}
}

// quote prices lines, given as a variant and a number of pieces, with promotions.
func (s shop) quote(t interface{ Fatal(...any) }, set *promotion.Set, lines ...pricing.DraftLine) pricing.Quote {
	c := s.conditions
	c.Adjust = set.Adjusters(s.given)
	q, err := pricing.Price(s.draft(lines), c)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func (s shop) draft(lines []pricing.DraftLine) pricing.Draft {
	d := pricing.Draft{Currency: money.KZT, Day: today, Lines: lines, Destination: place.Address{Country: place.KZ, City: "Алматы"}}
	for _, of := range []seller.ID{seller.Own, "sel_other"} {
		if slices.ContainsFunc(lines, func(l pricing.DraftLine) bool { return wares[l.Variant].Seller == of }) {
			d.Delivery = append(d.Delivery, pricing.Delivery{Method: "courier", Amount: money.Of(150_000, money.KZT), Seller: of})
		}
	}
	return d
}

func pieces(v catalog.VariantID, n int64) pricing.DraftLine {
	return pricing.DraftLine{Line: "line-" + string(v), Variant: v, Quantity: measure.Of(n)}
}

// running is a promotion of the own shop for everything, that combines with others.
func running(id promotion.ID, e promotion.Effect) promotion.Promotion {
	return promotion.Promotion{ID: id, Seller: seller.Own, State: promotion.StateRunning, Name: text.Localized{"en": string(id)},
		Currency: money.KZT, Combines: true, Effect: e}
}

func with(p promotion.Promotion, change func(*promotion.Promotion)) promotion.Promotion {
	change(&p)
	return p
}

// TestEffects: what each kind takes off, and off what.
func TestEffects(t *testing.T) {
	percent := func(n int64) promotion.Effect {
		return promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(n)}
	}
	goods := func(p promotion.Promotion, g promotion.Goods) promotion.Promotion {
		p.Goods = g
		return p
	}
	prices := map[catalog.VariantID]int64{"a": 1_000_00, "b": 333_33, "c": 500_00, "d": 1_000_00}
	all := []pricing.DraftLine{pieces("a", 3), pieces("b", 2), pieces("c", 1), pieces("d", 1)}
	for name, c := range map[string]struct {
		p    promotion.Promotion
		off  string // What is taken off each line, and off the delivery.
		kept func(*promotion.Given)
	}{
		"a share, rounded to whole tenge":  {running("p", percent(10)), "30000 6600 5000 0, 0", nil},
		"a share of one category":          {goods(running("p", percent(10)), promotion.Goods{Categories: []catalog.CategoryID{"kettles"}}), "30000 0 0 0, 0", nil},
		"those below are meant too":        {goods(running("p", percent(10)), promotion.Goods{Categories: []catalog.CategoryID{"home"}}), "30000 6600 0 0, 0", nil},
		"a brand in any case":              {goods(running("p", percent(10)), promotion.Goods{Brands: []string{"ШАЙ"}}), "30000 0 0 0, 0", nil},
		"a list":                           {goods(running("p", percent(10)), promotion.Goods{Products: []catalog.ProductID{"prd_c", "prd_d"}}), "0 0 5000 0, 0", nil},
		"a collection by hand":             {goods(running("p", percent(10)), promotion.Goods{Collections: []catalog.CollectionID{"hand"}}), "0 6600 0 0, 0", nil},
		"a collection by rule":             {goods(running("p", percent(10)), promotion.Goods{Collections: []catalog.CollectionID{"rule"}}), "30000 0 0 0, 0", nil},
		"a collection that is gone":        {goods(running("p", percent(10)), promotion.Goods{Collections: []catalog.CollectionID{"gone"}}), "0 0 0 0, 0", nil},
		"a share up to a sum":              {running("p", promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(10), Cap: 100_00}), "7200 1600 1200 0, 0", nil},
		"an amount for each":               {running("p", promotion.Effect{Kind: promotion.AmountOff, Amount: 400_00}), "120000 66666 40000 0, 0", nil},
		"three for two, the cheapest free": {running("p", promotion.Effect{Kind: promotion.SetFree, Size: 3, Free: 1}), "0 66666 0 0, 0", nil},
		"three for a price":                {running("p", promotion.Effect{Kind: promotion.SetPrice, Size: 3, Amount: 2_000_00}), "100000 0 0 0, 0", nil},
		"six for a price":                  {running("p", promotion.Effect{Kind: promotion.SetPrice, Size: 6, Amount: 4_000_00}), "12000 2666 2000 0, 0", nil},
		"an amount off the order":          {running("p", promotion.Effect{Kind: promotion.OrderOff, Amount: 416_66}), "30000 6666 5000 0, 0", nil},
		"more than the order":              {running("p", promotion.Effect{Kind: promotion.OrderOff, Amount: 1_000_000_00}), "300000 66666 50000 0, 0", nil},
		"delivery free":                    {running("p", promotion.Effect{Kind: promotion.DeliveryOff}), "0 0 0 0, 150000", nil},
		"delivery cheaper":                 {running("p", promotion.Effect{Kind: promotion.DeliveryOff, Amount: 500_00}), "0 0 0 0, 50000", nil},
		"too few":                          {with(running("p", percent(10)), func(p *promotion.Promotion) { p.Needs.Units = 7 }), "0 0 0 0, 0", nil},
		"just enough":                      {with(running("p", percent(10)), func(p *promotion.Promotion) { p.Needs.Units = 6 }), "30000 6600 5000 0, 0", nil},
		"too little":                       {with(running("p", percent(10)), func(p *promotion.Promotion) { p.Needs.Sum = 4166_67 }), "0 0 0 0, 0", nil},
		"just the sum":                     {with(running("p", percent(10)), func(p *promotion.Promotion) { p.Needs.Sum = 4166_66 }), "30000 6600 5000 0, 0", nil},
		"not the first order":              {with(running("p", percent(10)), func(p *promotion.Promotion) { p.Needs.First = true }), "0 0 0 0, 0", nil},
		"the first order":                  {with(running("p", percent(10)), func(p *promotion.Promotion) { p.Needs.First = true }), "30000 6600 5000 0, 0", func(g *promotion.Given) { g.First = true }},
		"without its code":                 {with(running("p", percent(10)), func(p *promotion.Promotion) { p.Coupons.Codes = []string{"SOVET"} }), "0 0 0 0, 0", nil},
		"with its code":                    {with(running("p", percent(10)), func(p *promotion.Promotion) { p.Coupons.Codes = []string{"SOVET"} }), "30000 6600 5000 0, 0", func(g *promotion.Given) { g.Codes["p"] = "SOVET" }},
		"planned":                          {with(running("p", percent(10)), func(p *promotion.Promotion) { p.Days.From = today.AddDays(1) }), "0 0 0 0, 0", nil},
		"the last day":                     {with(running("p", percent(10)), func(p *promotion.Promotion) { p.Days = span.Days{From: today, To: today.AddDays(1)} }), "30000 6600 5000 0, 0", nil},
		"over":                             {with(running("p", percent(10)), func(p *promotion.Promotion) { p.Days.To = today }), "0 0 0 0, 0", nil},
		"paused":                           {with(running("p", percent(10)), func(p *promotion.Promotion) { p.State = promotion.StatePaused }), "0 0 0 0, 0", nil},
		"another currency":                 {with(running("p", percent(10)), func(p *promotion.Promotion) { p.Currency = money.USD }), "0 0 0 0, 0", nil},
	} {
		s := open(prices)
		if c.kept != nil {
			c.kept(&s.given)
		}
		q := s.quote(t, promotion.NewSet([]promotion.Promotion{c.p}, tree), all...)
		if got := takenOff(q); got != c.off {
			t.Errorf("%s takes off %s, want %s", name, got, c.off)
		}
	}
}

// takenOff writes what is taken off each line and off the first delivery.
func takenOff(q pricing.Quote) string {
	var all string
	for i, l := range q.Lines {
		if i > 0 {
			all += " "
		}
		all += fmt.Sprint(l.Discount.Minor)
	}
	return all + ", " + fmt.Sprint(q.Delivery[0].Discount.Minor)
}

// TestAlone: what lets no other count gives way to what saves more, thing by thing.
func TestAlone(t *testing.T) {
	alone := func(id promotion.ID, percent, priority int64, of ...catalog.CategoryID) promotion.Promotion {
		p := running(id, promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(percent)})
		p.Combines, p.Priority, p.Goods.Categories = false, priority, of
		return p
	}
	order := func(amount int64, combines bool, sum int64) promotion.Promotion {
		p := running("order", promotion.Effect{Kind: promotion.OrderOff, Amount: amount})
		p.Combines, p.Needs.Sum = combines, sum
		return p
	}
	tenth := running("tenth", promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(10)})
	s := open(map[catalog.VariantID]int64{"a": 1_000_00, "b": 1_000_00, "c": 1_000_00})
	lines := []pricing.DraftLine{pieces("a", 1), pieces("b", 1), pieces("c", 1)}
	for name, c := range map[string]struct {
		of   []promotion.Promotion
		want string
	}{
		"the better one for each thing": {[]promotion.Promotion{alone("all", 5, 9), alone("kettles", 20, 0, "kettles")}, "20000 5000 5000, 0"},
		"together they save more":       {[]promotion.Promotion{alone("alone", 12, 9), running("x", promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(10)}), running("y", promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(10)})}, "19000 19000 19000, 0"},
		"alone it saves more":           {[]promotion.Promotion{alone("alone", 25, 0), running("x", promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(10)}), running("y", promotion.Effect{Kind: promotion.AmountOff, Amount: 50_00})}, "25000 25000 25000, 0"},
		"off the order it saves more":   {[]promotion.Promotion{order(600_00, false, 0), tenth}, "20000 20000 20000, 0"},
		"off the order it saves less":   {[]promotion.Promotion{order(299_00, false, 0), tenth}, "10000 10000 10000, 0"},
		"off the order after the goods": {[]promotion.Promotion{order(60_00, false, 0), alone("alone", 25, 0, "home")}, "25000 25000 6000, 0"},
		"what is left is enough":        {[]promotion.Promotion{order(27_00, true, 2_700_00), tenth}, "10900 10900 10900, 0"},
		"what is left is too little":    {[]promotion.Promotion{order(27_00, true, 2_700_01), tenth}, "10000 10000 10000, 0"},
		"off the order none is added":   {[]promotion.Promotion{alone("alone", 25, 0, "home"), running("order", promotion.Effect{Kind: promotion.OrderOff, Amount: 60_00})}, "25000 25000 6000, 0"},
	} {
		if got := takenOff(s.quote(t, promotion.NewSet(c.of, tree), lines...)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// drawn draws a promotion of one of some kinds.
func drawn(t *rapid.T, i int, kinds ...promotion.Kind) promotion.Promotion {
	draw := func(most int64, label string) int64 { return rapid.Int64Range(1, most).Draw(t, label) }
	e := promotion.Effect{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	switch e.Kind {
	case promotion.PercentOff:
		e.Rate, e.Cap = money.Rate(draw(1_000_000, "rate")), rapid.SampledFrom([]int64{0, 100, 1_000_00, 55_500}).Draw(t, "cap")
	case promotion.SetFree:
		e.Size = 1 + draw(5, "size")
		e.Free = rapid.Int64Range(1, e.Size-1).Draw(t, "free")
	case promotion.SetPrice:
		e.Size, e.Amount = 1+draw(5, "size"), draw(3_000, "price")*100
	default:
		e.Amount = draw(2_000, "amount") * 100
	}
	p := running(promotion.ID(fmt.Sprint("prm_", i)), e)
	p.Combines = rapid.Bool().Draw(t, "combines")
	p.Priority = rapid.Int64Range(0, 2).Draw(t, "priority")
	p.Goods.Categories = rapid.SampledFrom([][]catalog.CategoryID{nil, nil, {"home"}, {"kettles"}, {"books"}}).Draw(t, "categories")
	p.Needs.Units = rapid.SampledFrom([]int64{0, 0, 2, 5}).Draw(t, "units")
	p.Needs.Sum = rapid.SampledFrom([]int64{0, 0, 1_500_00}).Draw(t, "sum")
	return p
}

func drawnShop(t *rapid.T) (shop, []pricing.DraftLine) {
	prices := map[catalog.VariantID]int64{}
	var lines []pricing.DraftLine
	for v := range wares {
		prices[v] = rapid.Int64Range(0, 300_000).Draw(t, "price "+string(v))
	}
	for _, v := range []catalog.VariantID{"a", "b", "c", "d"} {
		if n := rapid.Int64Range(0, 7).Draw(t, "pieces "+string(v)); n > 0 {
			lines = append(lines, pieces(v, n))
		}
	}
	return open(prices), lines
}

func drawnSet(t *rapid.T) []promotion.Promotion {
	var all []promotion.Promotion
	for i := range rapid.IntRange(0, 6).Draw(t, "promotions") {
		all = append(all, drawn(t, i, promotion.Kinds...))
	}
	return all
}

// TestNeverTooMuch: whatever runs, nothing costs less than nothing, sums agree, the order of the lines changes nothing, the
// goods of others stay as they are, and the goods cost at most what is shown of them.
func TestNeverTooMuch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, lines := drawnShop(t)
		s = s.weighed()
		for i := range lines {
			lines[i].Quantity += measure.One / 2 * measure.Quantity(rapid.Int64Range(0, 1).Draw(t, "and a half"))
		}
		set := promotion.NewSet(drawnSet(t), tree)
		q := s.quote(t, set, lines...)
		var off, shown int64
		for _, l := range q.Lines {
			if l.Total.IsNegative() || l.Discount.IsNegative() || l.Discount.Minor > l.Subtotal.Minor {
				t.Fatalf("%s costs %s of %s", l.Line, l.Total, l.Subtotal)
			}
			if l.Seller != seller.Own && !l.Discount.IsZero() {
				t.Fatalf("%s is taken off %s", l.Discount, l.Line)
			}
			var said int64
			for _, r := range l.Reasons {
				if r.Code == promotion.ReasonCode {
					said += r.Params.Amount.Minor
				}
			}
			if said != l.Discount.Minor {
				t.Fatalf("the reasons of %s come to %d, not to %s", l.Line, said, l.Discount)
			}
			off += l.Discount.Minor
			if lower, _ := set.Lower(wares[l.Variant], l.UnitPrice, today); lower == l.UnitPrice {
				shown += l.Subtotal.Minor
			} else {
				shown += lower.Minor * int64(l.Quantity) / int64(measure.One)
			}
		}
		if q.Goods.Minor > shown {
			t.Fatalf("the goods cost %s, shown are %d", q.Goods, shown)
		}
		for _, d := range q.Delivery {
			off += d.Discount.Minor
		}
		var given int64
		for _, m := range promotion.GivenAway(q) {
			given += m.Minor
		}
		if off != q.Discount.Minor || given != off {
			t.Fatalf("%d is taken off, %s in all, %d by promotion", off, q.Discount, given)
		}
		turned := slices.Clone(lines)
		slices.Reverse(turned)
		if other := s.quote(t, set, turned...); other.Fingerprint() != q.Fingerprint() {
			t.Fatalf("in another order: %s, %s", q.Total, other.Total)
		}
	})
}

// piece is one piece for the slow twin: which line it is of, and what it costs.
type piece struct {
	line  int
	minor int64
}

// TestSetsBySlowTwin lays out every piece and deals them into sets by hand.
func TestSetsBySlowTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, lines := drawnShop(t)
		p := drawn(t, 0, promotion.SetFree, promotion.SetPrice)
		p.Goods, p.Needs = promotion.Goods{}, promotion.Needs{}
		var all []piece
		for i, l := range lines {
			if n, _ := l.Quantity.Whole(); wares[l.Variant].Seller == seller.Own {
				for range n {
					all = append(all, piece{i, s.conditions.Prices[l.Variant][0].Amount.Minor})
				}
			}
		}
		slices.SortStableFunc(all, func(a, b piece) int { return int(b.minor - a.minor) })
		sets := len(all) / int(p.Effect.Size)
		var want int64
		for n := range sets {
			if p.Effect.Kind == promotion.SetFree {
				for _, x := range all[len(all)-(n+1)*int(p.Effect.Free) : len(all)-n*int(p.Effect.Free)] {
					want += x.minor
				}
				continue
			}
			sum := -p.Effect.Amount
			for _, x := range all[n*int(p.Effect.Size) : (n+1)*int(p.Effect.Size)] {
				sum += x.minor
			}
			want += max(0, sum)
		}
		q := s.quote(t, promotion.NewSet([]promotion.Promotion{p}, tree), lines...)
		if q.Discount.Minor != want {
			t.Fatalf("%+v takes off %s, piece by piece %d", p.Effect, q.Discount, want)
		}
	})
}

// TestNoChoiceSavesMore tries every choice of the promotions that let no other count, each with all that combine, by pricing
// the purchase anew, and finds none that saves more on the goods. By which rules a choice saves, TestBestBySlowTwin looks at.
func TestNoChoiceSavesMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, lines := drawnShop(t)
		var alone, others []promotion.Promotion
		for _, p := range drawnSet(t) {
			switch {
			case p.Effect.Kind == promotion.DeliveryOff:
			case p.Combines:
				others = append(others, p)
			case len(alone) < 4: // What is taken off the order counts for two, and all choices of eight are tried.
				alone = append(alone, p)
			}
		}
		best := s.quote(t, promotion.NewSet(slices.Concat(alone, others), tree), lines...).Discount.Minor
		for subset := range 1 << len(alone) {
			some := slices.Clone(others)
			for i, p := range alone {
				if subset>>i&1 == 1 {
					some = append(some, p)
				}
			}
			if off := s.quote(t, promotion.NewSet(some, tree), lines...).Discount.Minor; off > best {
				t.Fatalf("choice %b saves %d, the best one %d", subset, off, best)
			}
		}
	})
}

// TestHints: a hint says what is missing, and once that is bought the promotion counts.
func TestHints(t *testing.T) {
	s := open(map[catalog.VariantID]int64{"a": 1_000_00, "b": 1_000_00})
	three := running("three", promotion.Effect{Kind: promotion.SetFree, Size: 3, Free: 1})
	sum := running("sum", promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(10)})
	sum.Needs.Sum = 2_500_00
	for _, c := range []struct {
		of     promotion.Promotion
		pieces int64
		want   string
	}{
		{three, 1, "three 2 1 <nil>"}, {three, 2, "three 1 1 <nil>"}, {three, 3, ""}, {three, 5, "three 1 1 <nil>"},
		{sum, 1, ""}, {sum, 2, "sum 0 0 500.00 KZT"}, {sum, 3, ""},
	} {
		set := promotion.NewSet([]promotion.Promotion{c.of}, tree)
		lines := []pricing.DraftLine{pieces("a", c.pieces)}
		q := s.quote(t, set, lines...)
		var got string
		for _, h := range set.Hints(s.given, s.draft(lines), q) {
			got += fmt.Sprint(h.Promotion, " ", h.Units, " ", h.Free, " ", h.Sum)
		}
		if got != c.want {
			t.Errorf("%s with %d pieces: %q, want %q", c.of.ID, c.pieces, got, c.want)
		}
	}
}

// TestFold: a code is the same however it is typed.
func TestFold(t *testing.T) {
	for _, typed := range []string{"SOVET10", "sovet10", " So vet-10 ", "\u0405\u041eV\u0415\u04221\u041e", "S\u041eV\u0415\u042210", "sovetl0"} {
		if got := promotion.Fold(typed); got != promotion.Fold("SOVET10") {
			t.Errorf("%q folds to %q, not to %q", typed, got, promotion.Fold("SOVET10"))
		}
	}
	if promotion.Fold("ЖАЗ") == promotion.Fold("ҚЫС") || promotion.Fold("--") != "" {
		t.Errorf("%q, %q, %q", promotion.Fold("ЖАЗ"), promotion.Fold("ҚЫС"), promotion.Fold("--"))
	}
}
