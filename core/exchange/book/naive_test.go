package book

import (
	"container/list"
	"slices"
)

// naive is the book that one writes first: a sorted slice of prices for each side, a list of orders for each price, and a
// map from ids to orders. It knows limit and immediate orders, cancelling and replacing, judges nothing but ids, and is
// the measure of speed.
type naive struct {
	prices [sides][]int64 // prices have the best one last, where a slice is cheap to change.
	levels [sides]map[int64]*list.List
	orders map[uint64]*list.Element
	seq    uint64
	out    []Report
}

type naiveOrder struct {
	id          uint64
	price, left int64
	side        Side
}

func newNaive() *naive {
	n := &naive{orders: make(map[uint64]*list.Element)}
	for s := range n.levels {
		n.levels[s] = make(map[int64]*list.List)
	}
	return n
}

// Apply does what Book.Apply does, for those inputs that it knows.
func (n *naive) Apply(in *Input, reports []Report) []Report {
	n.out = reports
	switch in.Verb {
	case Enter:
		if _, known := n.orders[in.ID]; known {
			n.say(Report{ID: in.ID, Kind: Refused, Reason: DuplicateID, Verb: in.Verb})
			break
		}
		n.say(Report{ID: in.ID, Price: in.Price, Qty: in.Qty, Left: in.Qty, Kind: Accepted, Side: in.Side, Verb: in.Verb})
		n.come(in, naiveOrder{in.ID, in.Price, in.Qty, in.Side})
	case Cancel:
		e := n.orders[in.ID]
		if e == nil {
			n.say(Report{ID: in.ID, Kind: Refused, Reason: Finished, Verb: in.Verb})
			break
		}
		o := e.Value.(*naiveOrder)
		n.say(Report{ID: o.id, Price: o.price, Qty: o.left, Kind: Cancelled, Reason: Asked, Side: o.side, Verb: in.Verb})
		n.remove(e)
	case Replace:
		n.replace(in)
	}
	return n.out
}

func (n *naive) say(r Report) {
	n.seq++
	r.Seq = n.seq
	n.out = append(n.out, r)
}

func (n *naive) replace(in *Input) {
	e := n.orders[in.ID]
	if e == nil {
		n.say(Report{ID: in.ID, Kind: Refused, Reason: Finished, Verb: in.Verb})
		return
	}
	o := e.Value.(*naiveOrder)
	if in.Price == o.price && in.Qty <= o.left {
		n.say(Report{ID: o.id, Price: o.price, Qty: o.left - in.Qty, Left: in.Qty, Shown: in.Qty, Kind: Reduced, Side: o.side, Verb: in.Verb})
		o.left = in.Qty
		return
	}
	n.remove(e)
	n.say(Report{ID: o.id, Price: in.Price, Qty: in.Qty, Left: in.Qty, Kind: Replaced, Side: o.side, Verb: in.Verb})
	n.come(in, naiveOrder{o.id, in.Price, in.Qty, o.side})
}

// come lets an order trade, and rest with what is left.
func (n *naive) come(in *Input, o naiveOrder) {
	other := o.side.Opposite()
	for o.left > 0 && len(n.prices[other]) > 0 {
		best := n.prices[other][len(n.prices[other])-1]
		if o.side == Buy && best > o.price || o.side == Sell && best < o.price {
			break
		}
		e := n.levels[other][best].Front()
		p := e.Value.(*naiveOrder)
		qty := min(o.left, p.left)
		o.left -= qty
		p.left -= qty
		n.say(Report{ID: p.id, Other: o.id, Price: best, Qty: qty, Left: p.left, Shown: p.left, Kind: Traded, Side: p.side, Verb: in.Verb})
		if p.left == 0 {
			n.remove(e)
		}
	}
	switch {
	case o.left == 0:
	case in.Life == Immediate:
		n.say(Report{ID: o.id, Price: o.price, Qty: o.left, Kind: Cancelled, Reason: Rest, Side: o.side, Verb: in.Verb})
	default:
		n.rest(in, o)
	}
}

func (n *naive) rest(in *Input, o naiveOrder) {
	level := n.levels[o.side][o.price]
	if level == nil {
		level = list.New()
		n.levels[o.side][o.price] = level
		i, _ := slices.BinarySearchFunc(n.prices[o.side], -key(o.side, o.price), func(price, k int64) int { return compareInt(-key(o.side, price), k) })
		n.prices[o.side] = slices.Insert(n.prices[o.side], i, o.price)
	}
	kept := o
	n.orders[o.id] = level.PushBack(&kept)
	n.say(Report{ID: o.id, Price: o.price, Qty: o.left, Left: o.left, Shown: o.left, Kind: Rested, Side: o.side, Verb: in.Verb})
}

func compareInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (n *naive) remove(e *list.Element) {
	o := e.Value.(*naiveOrder)
	level := n.levels[o.side][o.price]
	level.Remove(e)
	delete(n.orders, o.id)
	if level.Len() > 0 {
		return
	}
	delete(n.levels[o.side], o.price)
	i, _ := slices.BinarySearchFunc(n.prices[o.side], -key(o.side, o.price), func(price, k int64) int { return compareInt(-key(o.side, price), k) })
	n.prices[o.side] = slices.Delete(n.prices[o.side], i, i+1)
}
