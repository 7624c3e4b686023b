package book

import (
	"crypto/sha256"
	"encoding/binary"

	"sauda/base/fault"
)

// ErrState is what Import says of bytes that are no state of a book under these rules.
var ErrState = fault.New(fault.Invalid, "exchange.state", "Take another snapshot: this one is damaged, or it belongs to an instrument with other rules.")

const (
	stateMark   = "book\x00\x00\x00\x01" // stateMark ends with the version of the layout.
	headSize    = len(stateMark) + 3*8 + 4 + 4*4
	orderSize   = 8*8 + 2*4 + 2*2
	hashBufSize = 64 << 10
)

// Export appends the whole state of the book to bytes: all that later reports depend on, besides the rules. Two books
// that will answer alike export alike, whatever they went through before.
func (b *Book) Export(bytes []byte) []byte {
	bytes = b.exportHead(bytes)
	b.eachOrder(func(slot int32) { bytes = b.exportOrder(bytes, slot) })
	return bytes
}

// Hash gives the SHA-256 of what Export would give, without making it.
func (b *Book) Hash() [sha256.Size]byte {
	hash := sha256.New()
	buf := b.exportHead(make([]byte, 0, hashBufSize))
	b.eachOrder(func(slot int32) {
		if len(buf)+orderSize > cap(buf) {
			hash.Write(buf)
			buf = buf[:0]
		}
		buf = b.exportOrder(buf, slot)
	})
	hash.Write(buf)
	return [sha256.Size]byte(hash.Sum(nil))
}

// ladders are all of them in the order of the state.
func (b *Book) ladders() [4]*ladder {
	return [4]*ladder{&b.sides[Buy], &b.sides[Sell], &b.stops[Buy], &b.stops[Sell]}
}

func (b *Book) eachOrder(do func(slot int32)) {
	for _, l := range b.ladders() {
		w := walk{l: l}
		for lv, _ := w.next(); lv != nil; lv, _ = w.next() {
			for slot := lv.head; slot != 0; slot = b.orders[slot].next {
				do(slot)
			}
		}
	}
}

func (b *Book) exportHead(bytes []byte) []byte {
	bytes = append(bytes, stateMark...)
	for _, n := range []uint64{b.seq, b.top, uint64(b.last)} {
		bytes = binary.LittleEndian.AppendUint64(bytes, n)
	}
	traded := byte(0)
	if b.traded {
		traded = 1
	}
	bytes = append(bytes, byte(b.phase), traded, byte(b.lately), 0)
	for _, l := range b.ladders() {
		var orders uint32
		w := walk{l: l}
		for lv, _ := w.next(); lv != nil; lv, _ = w.next() {
			orders += uint32(lv.count)
		}
		bytes = binary.LittleEndian.AppendUint32(bytes, orders)
	}
	return bytes
}

func (b *Book) exportOrder(bytes []byte, slot int32) []byte {
	o, r := &b.orders[slot], rare{}
	if o.traits&traitRare != 0 {
		r = b.rares[slot]
		if !o.traits.armed() {
			r.limit = 0 // It has no meaning any more.
		}
	}
	le := binary.LittleEndian
	bytes = le.AppendUint64(bytes, o.id)
	for _, n := range [...]int64{o.price, o.left, o.shown, o.size, r.limit, r.display, r.until} {
		bytes = le.AppendUint64(bytes, uint64(n))
	}
	bytes = le.AppendUint32(bytes, o.owner)
	bytes = le.AppendUint32(bytes, o.trader)
	bytes = le.AppendUint16(bytes, o.member)
	return le.AppendUint16(bytes, uint16(o.traits))
}

// Import gives the book whose state Export gave, under the same rules. Bytes that no book under these rules could have
// exported are ErrState.
func Import(rules Rules, bytes []byte) (*Book, error) {
	b, err := New(rules)
	if err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	if len(bytes) < headSize || string(bytes[:len(stateMark)]) != stateMark {
		return nil, ErrState.About("head of %d bytes", len(bytes))
	}
	at := bytes[len(stateMark):]
	b.seq, b.top, b.last = le.Uint64(at), le.Uint64(at[8:]), int64(le.Uint64(at[16:]))
	at = at[24:]
	b.phase, b.traded, b.lately = Phase(at[0]), at[1] == 1, Side(at[2])
	if b.phase >= phases || at[1] > 1 || b.lately >= sides || at[3] != 0 || !b.traded && (b.last != 0 || b.lately != 0) {
		return nil, ErrState.About("phase %d, trade %d, side %d", b.phase, at[1], b.lately)
	}
	counts, at := at[4:20], at[20:]
	for i := range b.ladders() {
		s, armed := Side(i%2), i >= 2
		for range le.Uint32(counts[4*i:]) {
			if len(at) < orderSize {
				return nil, ErrState.About("cut off in ladder %d", i)
			}
			if err := b.importOrder(at[:orderSize], s, armed); err != nil {
				return nil, err
			}
			at = at[orderSize:]
		}
	}
	if len(at) > 0 || b.phase == Continuous && b.crossed() {
		return nil, ErrState.About("%d bytes too many, or a crossed book", len(at))
	}
	return b, nil
}

// importOrder takes in the next order of a ladder; they come as they stand, so that each joins the end of its level.
func (b *Book) importOrder(at []byte, s Side, armed bool) error {
	le := binary.LittleEndian
	n := func(i int) int64 { return int64(le.Uint64(at[8*i:])) }
	o := order{
		id: le.Uint64(at), price: n(1), left: n(2), shown: n(3), size: n(4), owner: le.Uint32(at[64:]), trader: le.Uint32(at[68:]),
		member: le.Uint16(at[72:]), traits: traits(le.Uint16(at[74:])),
	}
	r := rare{limit: n(5), display: n(6), until: n(7)}
	if o.traits.side() != s || o.traits.armed() != armed || !b.plausible(&o, &r) {
		return ErrState.About("order %d", o.id)
	}
	l := &b.sides[s]
	if armed {
		l = &b.stops[s]
		b.armed++
	}
	slot := b.slot()
	b.orders[slot] = o
	if o.traits&traitRare != 0 {
		*b.rare(slot) = r
	}
	_, k := b.ladder(&o)
	if last := l.last(); last != nil {
		if _, worst := b.ladder(&b.orders[last.tail]); k < worst {
			return ErrState.About("order %d stands before a better one", o.id)
		}
	}
	b.ids.put(o.id, slot, b.orders)
	b.join(slot)
	b.live++
	return nil
}

// plausible says whether such an order can wait in a book under these rules. Its id must not be known yet.
func (b *Book) plausible(o *order, r *rare) bool {
	t := o.traits
	stopped := t.kind() == StopMarket || t.kind() == StopLimit
	rareFits := t&traitRare != 0 || *r == rare{} && !stopped
	limit := o.price
	shown := r.shown(o.left)
	if t.armed() {
		limit, shown = r.limit, 0
	} else if r.limit != 0 {
		return false
	}
	onUnit := o.price%b.unit == 0 && limit%b.unit == 0
	inReach := o.price >= -priceMax && o.price <= priceMax && limit >= -priceMax && limit <= priceMax
	full := o.shown == shown || !t.armed() && o.shown > 0 && o.shown < shown // An iceberg whose part has begun to trade.
	return t&^traitsAll == 0 && stopped == t.armed() && (stopped || t.kind() == Limit) && t.guard() < guards &&
		(t.life() == Day || t.life() == Lasting || t.life() == Dated) && (t.life() == Dated) == (r.until != 0) &&
		rareFits && onUnit && inReach && full && b.showsEnough(r.display, o.left) && (o.shown == shown || r.display > 0) &&
		o.left > 0 && o.left <= qtyMax && o.size >= o.left && o.id != 0 && o.id <= b.top && b.live < ordersMax &&
		b.ids.find(o.id, b.orders) == 0
}
