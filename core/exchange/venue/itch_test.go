package venue_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"sauda/core/exchange/book"
	"sauda/core/exchange/itch"
	"sauda/core/exchange/venue"
)

// reader has nothing but the bytes of the feed, and reads them by the layouts of docs/exchange/feed.md with code of its own.
type reader struct {
	orders map[uint64]stood
	levels map[uint32]*[2]map[int64][]uint64 // levels are the references at a price, the oldest first.
	phases map[uint32]byte
	trades map[uint64]int64 // trades are the quantities that were traded, by number.
	broken map[uint64]bool
	kinds  map[byte]int
	time   uint64
}

// stood is an order as the reader knows it.
type stood struct {
	in    uint32
	side  int
	price int64
	qty   int64
}

func newReader() *reader {
	return &reader{
		orders: map[uint64]stood{}, levels: map[uint32]*[2]map[int64][]uint64{}, phases: map[uint32]byte{}, trades: map[uint64]int64{},
		broken: map[uint64]bool{}, kinds: map[byte]int{},
	}
}

// hear takes one message.
func (r *reader) hear(b []byte) error {
	u64 := func(at int) uint64 { return binary.BigEndian.Uint64(b[at:]) }
	i64 := func(at int) int64 { return int64(u64(at)) }
	in := binary.BigEndian.Uint32(b[1:])
	r.kinds[b[0]]++
	time := u64(3) & (1<<48 - 1)
	if time < r.time {
		return fmt.Errorf("the time goes back to %d", time)
	}
	r.time = time
	switch b[0] {
	case 'S', 'R', 'I':
		return nil
	case 'H':
		r.phases[in] = b[11]
	case 'A':
		return r.add(u64(11), stood{in, map[byte]int{'B': 0, 'S': 1}[b[19]], i64(28), i64(20)})
	case 'U':
		was, known := r.orders[u64(11)]
		if !known {
			return fmt.Errorf("order %d is replaced and was not there", u64(11))
		}
		r.drop(u64(11))
		return r.add(u64(19), stood{was.in, was.side, i64(35), i64(27)})
	case 'D':
		if _, known := r.orders[u64(11)]; !known {
			return fmt.Errorf("order %d is deleted and was not there", u64(11))
		}
		r.drop(u64(11))
	case 'E', 'C', 'X':
		return r.less(b, u64(11), i64(19))
	case 'P':
		r.trades[u64(28)] += i64(12)
	case 'Q':
		r.trades[u64(27)] += i64(11)
	case 'B':
		r.broken[u64(11)] = true
	}
	return nil
}

// less takes something off an order.
func (r *reader) less(b []byte, ref uint64, qty int64) error {
	o, known := r.orders[ref]
	if !known || o.qty < qty || qty <= 0 {
		return fmt.Errorf("%d goes off order %d, which has %d", qty, ref, o.qty)
	}
	if b[0] != 'X' && (b[0] == 'E' || b[35] == 'Y') {
		r.trades[binary.BigEndian.Uint64(b[27:])] += qty
	}
	if o.qty -= qty; o.qty == 0 {
		r.drop(ref)
		return nil
	}
	r.orders[ref] = o
	return nil
}

func (r *reader) add(ref uint64, o stood) error {
	if _, known := r.orders[ref]; known || o.qty <= 0 {
		return fmt.Errorf("order %d is added twice, or with %d", ref, o.qty)
	}
	if r.levels[o.in] == nil {
		r.levels[o.in] = &[2]map[int64][]uint64{{}, {}}
	}
	r.orders[ref] = o
	at := r.levels[o.in][o.side]
	at[o.price] = append(at[o.price], ref)
	return nil
}

func (r *reader) drop(ref uint64) {
	o := r.orders[ref]
	delete(r.orders, ref)
	at := r.levels[o.in][o.side]
	if at[o.price] = slices.DeleteFunc(at[o.price], func(n uint64) bool { return n == ref }); len(at[o.price]) == 0 {
		delete(at, o.price)
	}
}

// same compares the reader's book with that of the market, order by order.
func (r *reader) same(v *venue.Venue, number uint32) error {
	levels := r.levels[number]
	if levels == nil {
		levels = &[2]map[int64][]uint64{{}, {}}
	}
	for s := range levels {
		place := map[int64]int{}
		n := 0
		for o := range v.Book(number).Orders(book.Side(s)) {
			n++
			at := levels[s][o.Price]
			if place[o.Price] >= len(at) || r.orders[at[place[o.Price]]].qty != o.Shown {
				return fmt.Errorf("order %+v is not at place %d of %v", o, place[o.Price], at)
			}
			place[o.Price]++
		}
		for _, at := range levels[s] {
			n -= len(at)
		}
		if n != 0 {
			return fmt.Errorf("side %d has %d orders more than are known", s, n)
		}
	}
	if phase := itch.PhaseLetters[v.Day(number).Phase]; r.phases[number] != phase {
		return fmt.Errorf("the phase is %c, not %c", r.phases[number], phase)
	}
	return nil
}

// press lets readers hear messages as bytes.
func press(t *testing.T, readers ...*reader) func(*itch.Message) {
	return func(m *itch.Message) {
		b, err := itch.Append(nil, m)
		if err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
		for _, r := range readers {
			if err := r.hear(b); err != nil {
				t.Fatalf("%+v: %v", m, err)
			}
		}
	}
}

// TestITCH: whoever has only the bytes of the feed has, after every input of random histories, each order of each book in its
// place with what is shown of it, and the phase; so has one who came later; and every trade with its quantity, and which of
// them were undone.
func TestITCH(t *testing.T) {
	kinds := map[byte]int{}
	listed := map[uint32]itch.Listing{
		1: {Code: "KZ1", Currency: "KZT", Class: 'S', State: 'L', Unit: 1, Lot: 10},
		2: {Code: "KZ2", Currency: "KZT", Class: 'G', State: 'L', Unit: 1000, Lot: 60_000},
	}
	for seed := *firstSeed; seed < *firstSeed+25; seed++ {
		m := open(t)
		dice := rand.New(rand.NewPCG(seed, 2))
		r, late := newReader(), newReader()
		first, second := itch.NewPress(m.now), itch.NewPress(m.now)
		first.Begin(m.v, listed, press(t, r))
		trades := map[uint64]int64{}
		for n := range 600 {
			m.now += dice.Int64N(5_000_000)
			before := len(m.events)
			m.do(m.draw(dice))
			for _, e := range m.events[before:] {
				if e.Kind == venue.Dealt {
					trades[e.Trade.ID] = e.Trade.Qty
				}
			}
			first.Take(m.events[before:], press(t, r))
			if n == 300 {
				second.Begin(m.v, listed, press(t, late))
			} else if n > 300 {
				second.Take(m.events[before:], press(t, late))
			}
			for _, number := range []uint32{1, 2} {
				if err := r.same(m.v, number); err != nil {
					t.Fatalf("seed %d, input %d: %v", seed, n, err)
				}
				if n >= 300 {
					if err := late.same(m.v, number); err != nil {
						t.Fatalf("seed %d, input %d, late: %v", seed, n, err)
					}
				}
			}
		}
		for number, qty := range trades {
			if r.trades[number] != qty {
				t.Fatalf("seed %d: trade %d is told with %d, not %d", seed, number, r.trades[number], qty)
			}
		}
		for _, e := range m.events {
			if e.Kind == venue.Busted && !r.broken[e.Trade.ID] {
				t.Fatalf("seed %d: trade %d was undone, and nobody was told", seed, e.Trade.ID)
			}
		}
		for kind, n := range r.kinds {
			kinds[kind] += n
		}
	}
	for _, kind := range []byte("SRHAECXDUPQBI") {
		if kinds[kind] == 0 {
			t.Errorf("no %c was told", kind)
		}
	}
}
