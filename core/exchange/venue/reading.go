package venue

import (
	"encoding/binary"
	"math"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
)

// reading takes one thing after the other off the tables of a state; after the first that is not in order, all are zero.
type reading struct {
	from []byte
	bad  bool
}

// take gives the next bytes, or as many zeros.
func (r *reading) take(n int) []byte {
	if r.bad || n > len(r.from) {
		r.bad = true
		return make([]byte, n)
	}
	bytes := r.from[:n]
	r.from = r.from[n:]
	return bytes
}

// count gives how many things follow, each of a size at least.
func (r *reading) count(size int) int {
	n, used := binary.Uvarint(r.from)
	if r.bad || used <= 0 || n > uint64(len(r.from)/size) {
		r.bad = true
		return 0
	}
	r.from = r.from[used:]
	return int(n)
}

// number gives a number.
func (r *reading) number() uint64 {
	n, used := binary.Uvarint(r.from)
	if r.bad || used <= 0 {
		r.bad = true
		return 0
	}
	r.from = r.from[used:]
	return n
}

func (v *Venue) readAccounts(r *reading) {
	le := binary.LittleEndian
	before := uint32(0)
	for range r.count(9) {
		of := r.take(7)
		a := &Account{Number: le.Uint32(of), Member: le.Uint16(of[4:]), Closed: of[6]&1 != 0, Short: of[6]&2 != 0}
		a.Code = string(r.take(r.count(1)))
		for range r.count(4) {
			a.Traders = append(a.Traders, le.Uint32(r.take(4)))
		}
		if r.bad = r.bad || a.Number <= before || of[6] > 3; r.bad {
			return
		}
		before = a.Number
		v.hold(a)
	}
}

// readReferences reads the names of what was done; those of a state from before names had days are taken for fresh ones.
func (v *Venue) readReferences(r *reading, old bool) {
	before := ""
	for range r.count(2) {
		ref := string(r.take(r.count(1)))
		if r.bad = r.bad || ref <= before; r.bad {
			return
		}
		before = ref
		day := max(1, v.movedUpTo/dayMicros)
		if !old {
			day = int64(r.number())
		}
		if r.bad = r.bad || day < 0 || day > math.MaxInt32; r.bad {
			return
		}
		v.moved.add(ref, int32(day))
	}
}

func (v *Venue) readOrders(r *reading) {
	le := binary.LittleEndian
	before := uint64(0)
	for range r.count(orderSize + 1) {
		of := r.take(orderSize)
		n := func(i int) int64 { return int64(le.Uint64(of[8*i:])) }
		o := record{
			id: le.Uint64(of), price: n(1), stop: n(2), qty: n(3), left: n(4), cum: n(5), value: n(6), entered: n(7),
			instrument: le.Uint32(of[64:]), account: le.Uint32(of[68:]), trader: le.Uint32(of[72:]), member: le.Uint16(of[76:]),
			side: book.Side(of[78]), kind: book.Type(of[79]), life: book.Life(of[80]), auction: auction.Kind(of[81]), state: State(of[82]),
		}
		names := make([]string, r.count(2))
		for i := range names {
			names[i] = string(r.take(int(r.take(1)[0])))
			if len(names[i]) == 0 || len(names[i]) > ClientMax || v.today.named(o.trader, names[i]) != nil {
				r.bad = true
			}
		}
		if r.bad = r.bad || o.id <= before || o.id > v.lastOrder || v.instrument(o.instrument) == nil || v.account(o.account) == nil || o.state > Ended; r.bad {
			return
		}
		before = o.id
		noted := v.note(o, "")
		for i := len(names) - 1; i >= 0; i-- {
			v.today.call(noted, names[i])
		}
	}
}

// whole says whether everybody knows the same orders: whatever stands in a book or waits for an auction is an order that lives.
func (v *Venue) whole() error {
	live := 0
	for _, i := range v.instruments[1:] {
		live += i.book.Live() + len(i.waiting)
		for _, id := range i.waiting {
			if o := v.today.find(id); o == nil || o.state != Waiting {
				return ErrState.About("order %d does not wait", id)
			}
		}
	}
	for slot := v.today.oldest; slot != 0; {
		o := v.today.orders.At(slot)
		slot = o.younger
		if !o.live() {
			continue
		}
		live--
		if o.state == Open {
			if _, stands := v.instrument(o.instrument).book.Find(o.id); !stands {
				return ErrState.About("order %d stands nowhere", o.id)
			}
		}
	}
	if live != 0 {
		return ErrState.About("%d orders that nobody has entered", live)
	}
	return nil
}
