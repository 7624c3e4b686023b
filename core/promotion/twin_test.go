package promotion_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/promotion"
)

// thing is a line of the slow twin.
type thing struct {
	ware    promotion.Ware
	price   int64 // price is that of one.
	halves  int64 // halves are how many half ones there are.
	left    int64
	touched bool
}

// pieces are how many can be counted; of what is weighed none.
func (t thing) pieces() int64 {
	if t.halves%2 == 1 {
		return 0
	}
	return t.halves / 2
}

// cheaper is what a share or an amount takes off a thing, one by one and in whole tenge.
func (t thing) cheaper(e promotion.Effect) int64 {
	if e.Kind == promotion.AmountOff {
		return min(e.Amount, t.price) * t.halves / 2
	}
	if e.Rate == money.One {
		return t.price * t.halves / 2
	}
	return t.price * int64(e.Rate) / 1_000_000 / 100 * 100 * t.halves / 2
}

// weighed sells everything by the kilogram.
func (s shop) weighed() shop {
	for v, o := range s.conditions.Offers {
		o.Unit = measure.Kilogram
		s.conditions.Offers[v] = o
	}
	return s
}

// choice is a promotion that lets no other count. Late ones come after the goods.
type choice struct {
	promotion.Promotion
	late bool
}

func (c choice) local() bool {
	return c.Effect.Kind == promotion.AmountOff || c.Effect.Kind == promotion.PercentOff && c.Effect.Cap == 0
}

func (c choice) about(w promotion.Ware) bool {
	of := c.Goods.Categories
	return w.Seller == c.Seller && (len(of) == 0 || of[0] == w.Category || of[0] == "home" && w.Category == "kettles")
}

// takes tells what a choice takes off some things together, and off which of them something.
func (c choice) takes(things []thing, of []int) (off int64, from []int) {
	e := c.Effect
	var dealt []piece // piece by piece, the dearest first
	for _, i := range of {
		for range things[i].pieces() {
			dealt = append(dealt, piece{i, things[i].price})
		}
	}
	direction := int64(1)
	if e.Kind == promotion.SetFree {
		direction = -1
	}
	slices.SortStableFunc(dealt, func(a, b piece) int { return int(direction * (b.minor - a.minor)) })
	switch e.Kind {
	case promotion.PercentOff:
		for _, i := range of {
			if o := things[i].cheaper(e); o > 0 {
				off, from = off+o, append(from, i)
			}
		}
		off = min(off, e.Cap)
	case promotion.OrderOff:
		for _, i := range of {
			off, from = off+things[i].left, append(from, i)
		}
		off = min(off, e.Amount)
	case promotion.SetFree:
		for _, p := range dealt[:int64(len(dealt))/e.Size*e.Free] {
			off, from = off+p.minor, append(from, p.line)
		}
	case promotion.SetPrice:
		for set := range slices.Chunk(dealt, int(e.Size)) {
			beyond := -e.Amount
			for _, p := range set {
				beyond += p.minor
			}
			for _, p := range set {
				if int64(len(set)) == e.Size && beyond > 0 {
					from = append(from, p.line)
				}
			}
			if int64(len(set)) == e.Size {
				off += max(0, beyond)
			}
		}
	}
	return off, from
}

// saves is what some choices take off a purchase, by the rules that docs/promotions.md tells.
func saves(things []thing, some []choice) (sum int64) {
	things = slices.Clone(things)
	open := func(c choice) (of []int) {
		for i, t := range things {
			if !t.touched && c.about(t.ware) {
				of = append(of, i)
			}
		}
		return of
	}
	take := func(c choice) {
		off, from := c.takes(things, open(c))
		for _, i := range from {
			things[i].touched = true
		}
		sum += off
	}
	for _, c := range some {
		if !c.local() && !c.late {
			take(c)
		}
	}
	for i := range things {
		most := int64(0)
		for _, c := range some {
			if c.local() && !things[i].touched && c.about(things[i].ware) {
				most = max(most, things[i].cheaper(c.Effect))
			}
		}
		things[i].touched = things[i].touched || most > 0
		sum += most
	}
	var all int64
	for _, t := range things {
		all += t.left
	}
	rest := all - sum
	for _, c := range some {
		if c.late && rest >= c.Needs.Sum {
			take(c)
		}
	}
	return sum
}

// TestBestBySlowTwin tries every choice of up to ten promotions that let no other count, by rules of its own: of few the
// engine finds the one that saves the most; of many it finds none that saves less than the best single one, nor more than
// there is to be saved.
func TestBestBySlowTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prices, quantities := map[catalog.VariantID]int64{}, map[catalog.VariantID]int64{}
		var lines []pricing.DraftLine
		var things []thing
		for _, v := range []catalog.VariantID{"a", "b", "c"} {
			prices[v] = rapid.Int64Range(1_000, 3_000).Draw(t, "price "+string(v)) * 100
			if quantities[v] = rapid.Int64Range(0, 12).Draw(t, "halves "+string(v)); quantities[v] > 0 {
				lines = append(lines, pricing.DraftLine{Line: "line-" + string(v), Variant: v, Quantity: measure.Quantity(quantities[v]) * measure.One / 2})
				things = append(things, thing{ware: wares[v], price: prices[v], halves: quantities[v], left: prices[v] * quantities[v] / 2})
			}
		}
		s := open(prices).weighed()
		all, choices := drawnChoices(t, things)
		best, single := int64(0), int64(0)
		for subset := range 1 << len(choices) {
			var some []choice
			for i, c := range choices {
				if subset>>i&1 == 1 {
					some = append(some, c)
				}
			}
			sum := saves(things, some)
			if best = max(best, sum); len(some) == 1 {
				single = max(single, sum)
			}
		}
		got := s.quote(t, promotion.NewSet(all, tree), lines...).Discount.Minor
		if got > best || got < single || len(choices) <= 8 && got != best {
			t.Fatalf("of %d choices the engine's saves %d, the best %d, the best single one %d", len(choices), got, best, single)
		}
	})
}

// drawnChoices draws promotions that let no other count, and all ways in which those whose conditions are met may be chosen.
func drawnChoices(t *rapid.T, things []thing) (all []promotion.Promotion, choices []choice) {
	for i := range rapid.IntRange(0, 10).Draw(t, "promotions") {
		kinds := []promotion.Kind{promotion.PercentOff, promotion.AmountOff, promotion.SetFree, promotion.SetPrice}
		if i < 2 { // Each counts for two choices.
			kinds = append(kinds, promotion.OrderOff)
		}
		p := drawn(t, i, kinds...)
		p.ID, p.Combines = promotion.ID(fmt.Sprintf("prm_%02d", i)), false
		if p.Effect.Cap > 0 {
			p.Effect.Cap = 1_000_00
		}
		if p.Effect.Kind == promotion.OrderOff {
			p.Goods = promotion.Goods{}
		}
		all = append(all, p)
	}
	slices.SortStableFunc(all, func(a, b promotion.Promotion) int { return cmp.Compare(b.Priority, a.Priority) })
	for _, p := range all {
		c := choice{Promotion: p}
		var count, sum int64
		for _, x := range things {
			if c.about(x.ware) {
				count, sum = count+x.halves/2, sum+x.left
			}
		}
		if sum == 0 || count < p.Needs.Units || sum < p.Needs.Sum {
			continue
		}
		choices = append(choices, c)
		if p.Effect.Kind == promotion.OrderOff {
			c.late = true
			choices = append(choices, c)
		}
	}
	return all, choices
}

// TestWeighedAsShown: what is weighed costs no more than the lowered price of a kilogram says, to the tiyn.
func TestWeighedAsShown(t *testing.T) {
	s := open(map[catalog.VariantID]int64{"a": 1_990_00}).weighed()
	set := promotion.NewSet([]promotion.Promotion{running("p", promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(10)})}, tree)
	for quantity, want := range map[measure.Quantity]int64{measure.One / 2: 895_50, measure.One * 333 / 1000: 596_40, measure.Of(3): 5_373_00} {
		q := s.quote(t, set, pricing.DraftLine{Line: "l", Variant: "a", Quantity: quantity})
		if q.Goods.Minor != want {
			t.Errorf("%v kg cost %s, want %d", quantity, q.Goods, want)
		}
	}
}

// TestAllIsTakenOff: a hundred per cent leave nothing to pay, also where a price is no whole coin.
func TestAllIsTakenOff(t *testing.T) {
	s := open(map[catalog.VariantID]int64{"a": 990_50})
	set := promotion.NewSet([]promotion.Promotion{running("p", promotion.Effect{Kind: promotion.PercentOff, Rate: money.One})}, tree)
	for _, quantity := range []measure.Quantity{measure.One, measure.Of(3)} {
		if q := s.quote(t, set, pricing.DraftLine{Line: "l", Variant: "a", Quantity: quantity}); q.Goods.Minor != 0 {
			t.Errorf("%v cost %s", quantity, q.Goods)
		}
	}
}
