package book

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"testing"
)

const seenLevels = 10

// event is one line of a LOBSTER day: what happened, and the ten best levels of each side afterwards.
type event struct {
	kind  int
	id    uint64
	size  int64
	price int64
	side  Side
	after [sides][]Level // after has price and shown quantity only.
}

// lobsterDay gives the events of the day in order.
func lobsterDay(t *testing.T, do func(event)) {
	t.Helper()
	files, err := zip.OpenReader(shared + "LOBSTER_SampleFile_GOOG_2012-06-21_10.zip")
	if err != nil {
		t.Fatalf("the day of ../shared/data/exchange is not there: %v", err)
	}
	defer files.Close()
	open := func(which string) *bufio.Scanner {
		for _, f := range files.File {
			if ok, _ := path.Match("*_"+which+"_10.csv", f.Name); ok {
				r, err := f.Open()
				if err != nil {
					t.Fatal(err)
				}
				return bufio.NewScanner(io.Reader(r))
			}
		}
		t.Fatalf("the day has no %s file", which)
		return nil
	}
	messages, books := open("message"), open("orderbook")
	for messages.Scan() && books.Scan() {
		m, row := numbers(t, messages.Text(), 1), numbers(t, books.Text(), 0)
		e := event{kind: int(m[0]), id: uint64(m[1]), size: m[2], price: m[3]}
		if m[4] < 0 {
			e.side = Sell
		}
		for i := range seenLevels {
			for s, at := range [sides]int{Buy: 4*i + 2, Sell: 4 * i} {
				if row[at+1] > 0 { // Dummies fill up a side with fewer levels.
					e.after[s] = append(e.after[s], Level{Price: row[at], Shown: row[at+1]})
				}
			}
		}
		do(e)
	}
}

func numbers(t *testing.T, line string, from int) (list []int64) {
	for _, field := range strings.Split(line, ",")[from:] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

// replay is a book that follows the day. What stood there before an order was seen, one nameless order of each level
// stands for, ahead of all that have a name.
type replay struct {
	b        *Book
	nameless uint64 // nameless is the last id of such an order; the exchange gives no id so high.
	stock    [sides]map[int64]uint64
	seen     [sides][]Level
	named    int // named is how many executions were of an order whose place was known,
	hit      int // and hit how many of them met the order that NASDAQ names.
	unnamed  int
	passed   int                 // passed is how many executions passed over an older order at the same price,
	older    map[uint64]struct{} // and older those that were passed over; the day must name each of them later.
	strange  []string
}

func (r *replay) ask(in Input) []Report { return r.b.Apply(&in, nil) }

// lessen takes a quantity off an order, or off the nameless one of its level if nobody has seen it come.
func (r *replay) lessen(e event) {
	id := e.id
	if _, here := r.b.Find(id); !here {
		id = r.stock[e.side][e.price]
	}
	o, here := r.b.Find(id)
	switch {
	case !here || o.Left < e.size || o.Price != e.price || o.Side != e.side:
		r.strange = append(r.strange, fmt.Sprintf("%+v of %+v", e, o))
	case o.Left == e.size:
		r.ask(Input{Verb: Cancel, ID: id})
	default:
		r.ask(Input{Verb: Replace, ID: id, Price: o.Price, Qty: o.Left - e.size})
	}
}

// execute sends what the exchange must have received: an order that takes this much at this price at once.
func (r *replay) execute(e event) {
	want, known := e.id, true
	if _, known = r.b.Find(e.id); !known {
		want = r.stock[e.side][e.price]
	}
	for o := range r.b.Orders(e.side) {
		if known && o.ID != e.id && o.Price == e.price { // What NASDAQ ranks orders by is not all in the day.
			r.passed++
			r.named++
			r.older[o.ID] = struct{}{}
			r.lessen(e)
			return
		}
		break
	}
	r.nameless++
	reports := r.ask(Input{Verb: Enter, ID: r.nameless, Side: e.side.Opposite(), Price: e.price, Qty: e.size, Life: Immediate})
	met := len(reports) == 2 && reports[1].Kind == Traded && reports[1].ID == want && reports[1].Price == e.price && reports[1].Qty == e.size
	switch {
	case !met:
		r.strange = append(r.strange, fmt.Sprintf("%+v, wants %d, known %v: %+v", e, want, known, reports))
	case known:
		r.hit++
	}
	if known {
		r.named++
	} else {
		r.unnamed++
	}
}

// explained says whether the levels that were known before, changed by the event, are what the day shows; it gives how
// many of a side those were.
func (r *replay) explained(e event, s Side) (int, bool) {
	worst, all := int64(0), len(r.seen[s]) < seenLevels
	if !all {
		worst = key(s, r.seen[s][seenLevels-1].Price)
	}
	n := 0
	for l := range r.b.Levels(s) {
		if n == seenLevels || !all && key(s, l.Price) > worst && (e.kind != 1 || l.Price != e.price) {
			break
		}
		if n >= len(e.after[s]) || e.after[s][n] != (Level{Price: l.Price, Shown: l.Shown}) {
			return n, false
		}
		n++
	}
	return n, true
}

// learn brings the levels that have come into sight below those that were known to what the day shows. Nobody has seen
// what happened there meanwhile, so that their orders lose their names.
func (r *replay) learn(e event, s Side, known int) {
	shown := e.after[s]
	for i := known; i < len(shown); i++ {
		var stale []uint64
		for o := range r.b.Orders(s) {
			if k := key(s, o.Price); k <= key(s, shown[i].Price) && (i == 0 || k > key(s, shown[i-1].Price)) {
				stale = append(stale, o.ID)
			}
		}
		for _, id := range stale {
			r.ask(Input{Verb: Cancel, ID: id})
		}
		r.nameless++
		r.stock[s][shown[i].Price] = r.nameless
		r.ask(Input{Verb: Enter, ID: r.nameless, Side: s, Price: shown[i].Price, Qty: shown[i].Shown, Life: Lasting})
	}
	r.seen[s] = shown
}

// TestDay: a day of GOOG on NASDAQ. Each event, given to the book, changes the ten best levels as the day shows it, and
// each execution of an order whose place is known, sent as an immediate order, trades with that order. Five times the day
// itself does not go by time: it names an order behind one that it shows to be still there afterwards.
func TestDay(t *testing.T) {
	b, err := New(Rules{AnyID: true, Ticks: []Band{{0, 100}}})
	if err != nil {
		t.Fatal(err)
	}
	r := &replay{b: b, nameless: 1 << 40, stock: [sides]map[int64]uint64{{}, {}}, older: map[uint64]struct{}{}}
	events, failed := 0, 0
	lobsterDay(t, func(e event) {
		events++
		delete(r.older, e.id)
		if events > 1 {
			switch e.kind {
			case 1:
				if reports := r.ask(Input{Verb: Enter, ID: e.id, Side: e.side, Price: e.price, Qty: e.size, Life: Lasting}); len(reports) != 2 || reports[1].Kind != Rested {
					r.strange = append(r.strange, fmt.Sprintf("%+v does not rest: %+v", e, reports))
				}
			case 2, 3:
				r.lessen(e)
			case 4:
				r.execute(e)
			}
		}
		for s := range sides {
			known, ok := r.explained(e, s)
			if events > 1 && !ok {
				failed++
				r.strange = append(r.strange, fmt.Sprintf("%d: %+v is not explained", events, e))
			}
			r.learn(e, s, known)
		}
	})
	t.Logf("%d events, %d sides not explained; %d executions of known orders, %d hit, %d passed over an older one; %d of orders from before", events, failed, r.named, r.hit, r.passed, r.unnamed)
	for _, s := range r.strange[:min(len(r.strange), 10)] {
		t.Error(s)
	}
	if events != 147_916 || failed != 0 || r.passed != 5 || r.hit+r.passed != r.named || len(r.older) > 0 || r.named < 5000 || len(r.strange) > 0 {
		t.Errorf("%d events, %d not explained, %d of %d hit, %d strange", events, failed, r.hit, r.named, len(r.strange))
	}
}
