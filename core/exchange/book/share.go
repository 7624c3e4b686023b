package book

import "math/bits"

// proRata lets an order trade with the best level, each order there with its share. Orders of its own owner are met
// first, so that no share falls to them.
func (b *Book) proRata(l *ladder, t *coming) {
	lv := l.best
	if t.owner != 0 {
		for slot := lv.head; slot != 0 && t.left > 0 && t.why == NoReason; {
			next := b.orders[slot].next
			if b.orders[slot].owner == t.owner {
				b.meetOwn(slot, t)
			}
			slot = next
		}
		if t.left == 0 || t.why != NoReason || lv.count == 0 {
			return
		}
	}
	orders := int(lv.count) // An iceberg that is refreshed stands behind these, and waits for the next round.
	if t.left >= lv.shown {
		for range orders {
			b.trade(l, lv.head, b.orders[lv.head].shown, t)
		}
		return
	}
	b.allot(lv, t.left)
	slot := lv.head
	for i := range orders {
		next := b.orders[slot].next
		if b.portion[i] > 0 {
			b.trade(l, slot, b.portion[i], t)
		}
		slot = next
	}
}

// whole is one as a fraction of 2⁶³.
const whole = 1 << 63

// allot divides a quantity that is smaller than what a level shows into portions of its orders, in the order of their
// time. The first share goes by time; then each order has, in whole lots, its part by the kernel: with R open behind it
// and T open in all, (R+open)ᵏ/Tᵏ − Rᵏ/Tᵏ, which is plain pro rata for k = 1 and leans to who came first above it; what
// rounding leaves goes by time again.
func (b *Book) allot(lv *level, qty int64) {
	lot := b.rules.Lot
	b.portion = b.portion[:0]
	first := qty * b.rules.First / wholeShare
	first -= first % lot
	byTime := first
	for slot := lv.head; slot != 0; slot = b.orders[slot].next {
		n := min(byTime, b.orders[slot].shown)
		b.portion = append(b.portion, n)
		byTime -= n
	}
	all, left := lv.shown-first, qty-first
	behind, before, rounding := all, uint64(whole), left
	i := 0
	for slot := lv.head; slot != 0; slot = b.orders[slot].next {
		open := b.orders[slot].shown - b.portion[i]
		behind -= open
		n := int64(0)
		if b.rules.Weight == 1 {
			n = part(uint64(left), uint64(open), uint64(all))
		} else {
			after := power(behind, all, b.rules.Weight)
			n = part(uint64(left), before-after, whole)
			before = after
		}
		n = min(n-n%lot, open)
		b.portion[i] += n
		rounding -= n
		i++
	}
	i = 0
	for slot := lv.head; slot != 0 && rounding > 0; slot = b.orders[slot].next {
		n := min(rounding, b.orders[slot].shown-b.portion[i])
		b.portion[i] += n
		rounding -= n
		i++
	}
}

// part gives a·b/c, rounded down, for b not above c.
func part(a, b, c uint64) int64 {
	if b == c {
		return int64(a)
	}
	high, low := bits.Mul64(a, b)
	quotient, _ := bits.Div64(high, low, c)
	return int64(quotient)
}

// power gives (a/b)ᵏ as a fraction of 2⁶³, for a not above b. Each step is rounded down: it is not exact, and the same on
// every machine.
func power(a, b, k int64) uint64 {
	fraction, _ := bits.Div64(uint64(a)>>1, uint64(a)<<63, uint64(b))
	p := fraction
	for range k - 1 {
		high, low := bits.Mul64(p, fraction)
		p = high<<1 | low>>63
	}
	return p
}
