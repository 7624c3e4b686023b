package venue

import (
	"hash/maphash"
	"strings"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/slots"
)

// today is the orders of today and the ids that traders have given them, in memory in which the collector has nothing to follow.
type today struct {
	orders   slots.Slab[record]
	byID     slots.Table
	names    slots.Slab[name]
	byName   slots.Table
	seed     maphash.Seed // seed keeps anybody from choosing ids that crowd. It differs each time, and no answer depends on it.
	texts    texts
	oldest   int32
	youngest int32
}

// record is an order of today. It stands in three lists: of all orders, of those of its account, and of those of its account
// that live; one that has ended stands in that of the ended ones of its instrument instead of the last.
type record struct {
	id         uint64
	price      int64
	stop       int64
	qty        int64
	left       int64
	cum        int64
	value      int64
	entered    int64
	instrument uint32
	account    uint32
	trader     uint32
	slot       int32
	holder     int32 // holder is the slot of its account.
	older      int32
	younger    int32
	before     int32 // before and after are the next older and younger one of its account.
	after      int32
	below      int32 // below and above are those of the ones that live; of one that has ended below is the next one of its instrument.
	above      int32
	names      int32 // names are the ids that its trader has given it, the last one first.
	member     uint16
	side       book.Side
	kind       book.Type
	life       book.Life
	auction    auction.Kind
	state      State
}

// name is an id that a trader has given an order.
type name struct {
	text  text
	order int32
	next  int32
}

// holder is an account with its orders of today.
type holder struct {
	*Account
	youngest int32
	live     int32 // live is the youngest one that lives.
}

func newToday() today {
	return today{byID: slots.NewTable(ordersUsual), byName: slots.NewTable(ordersUsual), seed: maphash.MakeSeed()}
}

func (o *record) live() bool { return o.state == Open || o.state == Waiting }

// find gives an order, or nil.
func (t *today) find(id uint64) *record {
	hash := slots.Hash(id)
	for slot, at := t.byID.First(hash); slot != 0; slot, at = t.byID.Next(hash, at) {
		if o := t.orders.At(slot); o.id == id {
			return o
		}
	}
	return nil
}

func (t *today) hash(trader uint32, client string) uint32 {
	return uint32(maphash.String(t.seed, client)>>32) ^ slots.Hash(uint64(trader)<<3)
}

// named gives the order to which a trader has given an id, or nil.
func (t *today) named(trader uint32, client string) *record {
	if client == "" {
		return nil
	}
	hash := t.hash(trader, client)
	for slot, at := t.byName.First(hash); slot != 0; slot, at = t.byName.Next(hash, at) {
		n := t.names.At(slot)
		if o := t.orders.At(n.order); o.trader == trader && t.texts.at(n.text) == client {
			return o
		}
	}
	return nil
}

// client gives the id that an order was given last.
func (t *today) client(o *record) string {
	if o.names == 0 {
		return ""
	}
	return t.texts.at(t.names.At(o.names).text)
}

// call gives an order one more id; it is not known yet. None is none.
func (t *today) call(o *record, client string) {
	if client == "" {
		return
	}
	slot := t.names.Take()
	*t.names.At(slot) = name{text: t.texts.add(client), order: o.slot, next: o.names}
	t.byName.Put(t.hash(o.trader, client), slot)
	o.names = slot
}

// show gives an order as its owner knows it.
func (t *today) show(o *record) Order {
	return Order{
		ID: o.id, Client: t.client(o), Instrument: o.instrument, Account: o.account, Trader: o.trader, Member: o.member, Side: o.side,
		Type: o.kind, Life: o.life, Auction: o.auction, State: o.state, Price: o.price, Stop: o.stop, Qty: o.qty, Left: o.left, Cum: o.cum,
		Value: o.value, Entered: o.entered,
	}
}

// note takes in an order that is younger than all others. Its account is known.
func (v *Venue) note(order record, client string) *record {
	t := &v.today
	order.slot = t.orders.Take()
	order.holder = v.byAccount.Find(uint64(order.account))
	h := &v.holders[order.holder]
	order.older, order.before = t.youngest, h.youngest
	o := t.orders.At(order.slot)
	*o = order
	if o.older != 0 {
		t.orders.At(o.older).younger = o.slot
	} else {
		t.oldest = o.slot
	}
	if o.before != 0 {
		t.orders.At(o.before).after = o.slot
	}
	t.youngest, h.youngest = o.slot, o.slot
	t.byID.Put(slots.Hash(o.id), o.slot)
	t.call(o, client)
	if !o.live() {
		v.lay(o)
		return o
	}
	if o.below = h.live; o.below != 0 {
		t.orders.At(o.below).above = o.slot
	}
	h.live = o.slot
	return o
}

// end lets an order live no longer.
func (v *Venue) end(o *record, state State) {
	if o.live() {
		v.unlink(o)
		v.lay(o)
	}
	o.state = state
}

// unlink takes an order out of those of its account that live.
func (v *Venue) unlink(o *record) {
	if o.above != 0 {
		v.today.orders.At(o.above).below = o.below
	} else {
		v.holders[o.holder].live = o.below
	}
	if o.below != 0 {
		v.today.orders.At(o.below).above = o.above
	}
}

// lay lays an order to the ended ones of its instrument.
func (v *Venue) lay(o *record) {
	i := v.instrument(o.instrument)
	o.below, o.above = i.ended, 0
	i.ended = o.slot
}

// forget forgets an order and its ids. One that has ended must not lie with those of its instrument any more.
func (v *Venue) forget(o *record) {
	t := &v.today
	if o.live() {
		v.unlink(o)
	}
	if o.older != 0 {
		t.orders.At(o.older).younger = o.younger
	} else {
		t.oldest = o.younger
	}
	if o.younger != 0 {
		t.orders.At(o.younger).older = o.older
	} else {
		t.youngest = o.older
	}
	if o.before != 0 {
		t.orders.At(o.before).after = o.after
	}
	if o.after != 0 {
		t.orders.At(o.after).before = o.before
	} else {
		v.holders[o.holder].youngest = o.before
	}
	for slot := o.names; slot != 0; {
		n := t.names.At(slot)
		t.byName.Drop(t.hash(o.trader, t.texts.at(n.text)), slot)
		t.texts.drop(n.text)
		t.names.Give(slot)
		slot = n.next
	}
	t.byID.Drop(slots.Hash(o.id), o.slot)
	t.orders.Give(o.slot)
}

// forgetEnded forgets the orders of an instrument that have ended.
func (v *Venue) forgetEnded(i *instrument) {
	for slot := i.ended; slot != 0; {
		o := v.today.orders.At(slot)
		slot = o.below
		v.forget(o)
	}
	i.ended = 0
	v.today.gather()
}

// gather writes the ids that are left anew, once most of what was written is forgotten.
func (t *today) gather() {
	if t.texts.written < gatherMin || t.texts.live > t.texts.written/2 {
		return
	}
	var fresh texts
	for slot := t.oldest; slot != 0; slot = t.orders.At(slot).younger {
		for at := t.orders.At(slot).names; at != 0; at = t.names.At(at).next {
			n := t.names.At(at)
			n.text = fresh.add(t.texts.at(n.text))
		}
	}
	t.texts = fresh
}

const (
	chunkSize = 1 << 13
	gatherMin = 1 << 20 // gatherMin bytes of texts are not worth being gathered.
	lengthMax = 1 << 8
)

// texts are short texts in chunks, in which nothing is written twice: a text that was given stays what it is, as long as
// somebody has it.
type texts struct {
	chunks  []*strings.Builder
	written int
	live    int
}

// text says where a text begins, and its length in the lowest bits.
type text uint64

// add keeps a text of less than lengthMax bytes.
func (t *texts) add(s string) text {
	last := len(t.chunks) - 1
	if last < 0 || t.chunks[last].Len()+len(s) > chunkSize {
		chunk := new(strings.Builder)
		chunk.Grow(chunkSize)
		t.chunks = append(t.chunks, chunk)
		last++
	}
	begin := last*chunkSize + t.chunks[last].Len()
	t.chunks[last].WriteString(s)
	t.written += len(s)
	t.live += len(s)
	return text(begin*lengthMax + len(s))
}

func (t *texts) at(x text) string {
	begin, length := x/lengthMax, x%lengthMax
	from := begin % chunkSize
	return t.chunks[begin/chunkSize].String()[from : from+length]
}

func (t *texts) drop(x text) { t.live -= int(x % lengthMax) }
