package book

import "sauda/base/fault"

// ErrStrike is what Strike says of trades that the book cannot have agreed to. It has the value order.
var ErrStrike = fault.New(fault.Conflict, "exchange.strike", "The result of the auction belongs to another book than this one. Compute it again from the book as it stands.")

// Pair is a trade of an auction: who buys from whom, how much. An order that the book does not hold is one that waited
// elsewhere for the auction; of it the book says nothing.
type Pair struct {
	Buy, Sell uint64
	Qty       int64
}

// Strike lets orders trade at the one price of an auction that was held over this book while it collected. What is left
// of an order keeps its place; an iceberg shows as much of itself as it always does. Stop orders that the price has
// reached wait until the book turns to continuous trading.
//
// Trades that take more than an order has, or that ask more of it than its limit, are ErrStrike, as they are in another
// phase. Nothing is changed then.
func (b *Book) Strike(price int64, pairs []Pair, reports []Report) ([]Report, error) {
	if b.phase != Collecting {
		return reports, ErrStrike.About("phase %d", b.phase)
	}
	if err := b.judgeStrike(price, pairs); err != nil {
		return reports, err
	}
	b.out, b.verb = reports, Turn
	for _, p := range pairs {
		b.strike(p.Buy, p.Sell, p.Qty, price)
		b.strike(p.Sell, p.Buy, p.Qty, price)
	}
	if len(pairs) > 0 {
		b.traded, b.last, b.lately = true, price, Buy
	}
	return b.out, nil
}

func (b *Book) judgeStrike(price int64, pairs []Pair) error {
	taken := make(map[uint64]int64)
	judge := func(id uint64, s Side, n int64) error {
		slot := b.ids.find(id, b.orders)
		if slot == 0 {
			return nil
		}
		o := &b.orders[slot]
		if o.traits.armed() || o.traits.side() != s || n <= 0 || n > o.left-taken[id] || key(s, o.price) > key(s, price) {
			return fault.With(ErrStrike.About("%d at %d of %d", n, price, id), "order", id)
		}
		taken[id] += n
		return nil
	}
	for _, p := range pairs {
		if err := judge(p.Buy, Buy, p.Qty); err != nil {
			return err
		}
		if err := judge(p.Sell, Sell, p.Qty); err != nil {
			return err
		}
	}
	return nil
}

// strike takes n off an order that has traded it in an auction.
func (b *Book) strike(id, other uint64, n, price int64) {
	slot := b.ids.find(id, b.orders)
	if slot == 0 {
		return
	}
	o := &b.orders[slot]
	l, k := b.ladder(o)
	lv := l.level(o.tick, k)
	lv.shown -= o.shown
	lv.hidden -= o.left - o.shown
	o.left -= n
	o.shown = o.left
	if o.traits&traitRare != 0 {
		o.shown = b.rares[slot].shown(o.left)
	}
	lv.shown += o.shown
	lv.hidden += o.left - o.shown
	r := b.stand(Struck, o)
	r.Other, r.Price, r.Qty = other, price, n
	if o.left == 0 {
		b.leave(slot)
		b.forget(slot)
	}
}
