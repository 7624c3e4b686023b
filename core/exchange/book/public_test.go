package book

import (
	"fmt"
	"slices"
)

// public is a book as somebody sees it who has nothing but the reports, and of them only what the public may see: never
// Left, and no order before it rests.
type public struct {
	seq    uint64
	queues [sides]map[int64][]seenOrder
	where  map[uint64]seenOrder
}

type seenOrder struct {
	id, price int64
	shown     int64
	side      Side
}

func newPublic() *public {
	p := &public{where: make(map[uint64]seenOrder)}
	for s := range p.queues {
		p.queues[s] = make(map[int64][]seenOrder)
	}
	return p
}

func (p *public) follow(reports []Report) {
	for _, r := range reports {
		if r.Seq != p.seq+1 {
			panic(fmt.Sprintf("report %d follows on %d", r.Seq, p.seq))
		}
		p.seq = r.Seq
		switch r.Kind {
		case Rested, Refreshed:
			p.drop(r.ID)
			o := seenOrder{int64(r.ID), r.Price, r.Shown, r.Side}
			p.where[r.ID] = o
			p.queues[o.side][o.price] = append(p.queues[o.side][o.price], o)
		case Traded, Struck, Reduced:
			o, here := p.where[r.ID]
			switch {
			case !here:
			case r.Shown == 0:
				p.drop(r.ID)
			default:
				o.shown = r.Shown
				p.where[r.ID] = o
				queue := p.queues[o.side][o.price]
				queue[slices.IndexFunc(queue, func(q seenOrder) bool { return q.id == o.id })].shown = r.Shown
			}
		case Replaced, Cancelled:
			p.drop(r.ID)
		}
	}
}

func (p *public) drop(id uint64) {
	o, here := p.where[id]
	if !here {
		return
	}
	delete(p.where, id)
	queue := slices.DeleteFunc(p.queues[o.side][o.price], func(q seenOrder) bool { return q.id == o.id })
	if p.queues[o.side][o.price] = queue; len(queue) == 0 {
		delete(p.queues[o.side], o.price)
	}
}

// same compares each order in its place (L3), each level (L2) and the best one (L1) with the book.
func (p *public) same(b *Book, s Side) error {
	var levels []Level
	place := make(map[int64]int)
	for o := range b.Orders(s) {
		queue := p.queues[s][o.Price]
		i := place[o.Price]
		place[o.Price]++
		if i >= len(queue) || queue[i] != (seenOrder{int64(o.ID), o.Price, o.Shown, s}) {
			return fmt.Errorf("order %+v is not at %d of %+v", o, i, queue)
		}
	}
	for price, queue := range p.queues[s] {
		l := Level{Price: price, Orders: len(queue)}
		for _, o := range queue {
			l.Shown += o.shown
		}
		levels = append(levels, l)
	}
	slices.SortFunc(levels, func(a, b Level) int { return int(min(1, max(-1, key(s, a.Price)-key(s, b.Price)))) })
	i := 0
	for l := range b.Levels(s) {
		l.Hidden = 0
		if i >= len(levels) || levels[i] != l {
			return fmt.Errorf("level %+v is not the %dth of %+v", l, i, levels)
		}
		i++
	}
	if i != len(levels) {
		return fmt.Errorf("%d levels instead of %d", len(levels), i)
	}
	return nil
}
