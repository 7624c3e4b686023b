package promotion

import (
	"cmp"
	"slices"

	"sauda/base/measure"
	"sauda/base/money"
)

// usual is the smallest amount of a currency that people pay by: a whole tenge and a whole som, though both have minor
// units. Shares of a price are rounded down to it, so that prices stay what they look like.
func usual(c money.Currency) int64 {
	switch c {
	case money.KZT, "UZS":
		return 100
	}
	return 1
}

// take gives what the promotion takes off each of the open units, by their places in the list, never more than is left.
func (p *prepared) take(units []unit, open []int, currency money.Currency) []int64 {
	off := make([]int64, len(open))
	switch p.Effect.Kind {
	case PercentOff:
		for n, i := range open {
			off[n] = p.share(units[i], usual(currency))
		}
		capped(off, p.Effect.Cap, usual(currency), currency)
	case AmountOff:
		for n, i := range open {
			off[n] = p.share(units[i], usual(currency))
		}
	case SetFree:
		p.giveAway(units, open, off)
	case SetPrice:
		p.together(units, open, off, currency)
	case OrderOff:
		weights, sum := make([]int64, len(open)), int64(0)
		for n, i := range open {
			weights[n] = units[i].left
			sum += units[i].left
		}
		for n, share := range money.Of(min(p.Effect.Amount, sum), currency).Split(weights) {
			off[n] = share.Minor
		}
	}
	return off
}

// lowered gives what one piece or one kilogram costs by a share or an amount off it.
func (p *prepared) lowered(price, step int64) int64 {
	if p.Effect.Kind == AmountOff {
		return max(0, price-p.Effect.Amount)
	}
	if p.Effect.Rate == money.One { // Nothing is left of it, not even what is no whole coin.
		return 0
	}
	off := p.Effect.Rate.Of(money.Of(price, ""), money.Down).Minor
	return price - (off - off%step)
}

// share gives what is taken off a unit by lowering the price of one piece or one kilogram, which is what the page of the
// product says: what is left costs never more than the lowered price says, not by a fraction of a coin.
func (p *prepared) share(u unit, step int64) int64 {
	if down := part(u.price, u.quantity); u.price > 0 && (u.left == down || u.left == down+1) { // The line was rounded.
		return u.left - part(p.lowered(u.price, step), u.quantity)
	}
	if each, n := u.each(); n > 0 && each*n == u.left {
		return u.left - p.lowered(each, step)*n
	}
	if p.Effect.Kind == AmountOff {
		return min(part(p.Effect.Amount, u.quantity), u.left)
	}
	return u.left - p.lowered(u.left, step)
}

// part gives what a quantity costs at a price for one, without the rest.
func part(price int64, q measure.Quantity) int64 {
	whole, _ := money.MulDiv(price, int64(q), int64(measure.One), money.Down)
	return whole
}

// capped brings amounts down to at most a sum, in whole steps.
func capped(off []int64, most, step int64, currency money.Currency) {
	sum := int64(0)
	for _, o := range off {
		sum += o
	}
	if most <= 0 || sum <= most {
		return
	}
	for n, share := range money.Of(most/step, currency).Split(off) {
		off[n] = share.Minor * step
	}
}

// giveAway takes off the cheapest units of whole sets.
func (p *prepared) giveAway(units []unit, open []int, off []int64) {
	ranked, count := rank(units, open, 1)
	free := count / p.Effect.Size * p.Effect.Free
	for _, n := range ranked {
		_, there := units[open[n]].each()
		k := min(there, free)
		off[n], _ = money.MulDiv(units[open[n]].left, k, there, money.Down)
		free -= k
	}
}

// together takes off what the dearest units of whole sets cost beyond the price of the set. A set that costs no more than
// that stays as it is.
func (p *prepared) together(units []unit, open []int, off []int64, currency money.Currency) {
	ranked, count := rank(units, open, -1)
	sets := count / p.Effect.Size
	at, used := 0, int64(0) // The unit that is being dealt out, and how many of it were.
	for sets > 0 {
		each, there := units[open[ranked[at]]].each()
		if whole := min(sets, (there-used)/p.Effect.Size); whole > 0 { // Sets of one thing are all the same.
			off[ranked[at]] += max(0, each*p.Effect.Size-p.Effect.Amount) * whole
			used, sets = used+whole*p.Effect.Size, sets-whole
			continue
		}
		var of []int
		var worth []int64
		sum := int64(0)
		for need := p.Effect.Size; need > 0; {
			each, there = units[open[ranked[at]]].each()
			if used == there {
				at, used = at+1, 0
				continue
			}
			k := min(need, there-used)
			of, worth, sum = append(of, ranked[at]), append(worth, each*k), sum+each*k
			used, need = used+k, need-k
		}
		sets--
		if sum <= p.Effect.Amount {
			return // Those that follow are cheaper still.
		}
		for n, share := range money.Of(sum-p.Effect.Amount, currency).Split(worth) {
			off[of[n]] += share.Minor
		}
	}
}

// rank gives the places of the open units that can be counted, by what one costs, the cheapest first or the dearest, and
// how many there are together.
func rank(units []unit, open []int, direction int) (ranked []int, count int64) {
	for n, i := range open {
		if _, there := units[i].each(); there > 0 {
			ranked = append(ranked, n)
			count += there
		}
	}
	slices.SortStableFunc(ranked, func(a, b int) int {
		x, _ := units[open[a]].each()
		y, _ := units[open[b]].each()
		return direction * cmp.Compare(x, y)
	})
	return ranked, count
}
