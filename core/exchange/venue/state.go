package venue

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"

	"sauda/base/fault"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
)

// ErrState is what Import says of bytes that are no state of a market.
var ErrState = fault.New(fault.Invalid, "exchange.venue_state", "Take another snapshot: this one is damaged.")

const stateMark = "venue\x00\x00\x01" // stateMark ends with the version of the layout.

// head is what a state has of everything that is few.
type head struct {
	Now         int64
	Applied     uint64
	Seq         uint64
	LastOrder   uint64
	LastTrade   uint64
	MovedUpTo   int64
	Instruments []instrumentState
	Accounts    []*Account
	Moved       []string
	Clients     []clientState
}

type instrumentState struct {
	Number  uint32
	Spec    Instrument
	Session *auction.SessionState
	Last    auction.Reference
	Static  auction.Reference
	Closing int64
	Waiting []uint64
	Since   int64
	Begun   int64
	Soonest int64
	Overdue bool
	Stirred bool
}

// clientState is an id of a client that its order does not show any more: one that was replaced since.
type clientState struct {
	Trader uint32
	Client string
	Order  uint64
}

// Export appends the whole state of the market to bytes: all that later events depend on. Two markets that will answer alike
// export alike.
func (v *Venue) Export(to []byte) []byte {
	h := head{Now: v.now, Applied: v.applied, Seq: v.seq, LastOrder: v.lastOrder, LastTrade: v.lastTrade, MovedUpTo: v.movedUpTo, Moved: slices.Sorted(maps.Keys(v.moved))}
	for _, number := range v.ranked {
		h.Instruments = append(h.Instruments, v.instruments[number].state())
	}
	for _, number := range slices.Sorted(maps.Keys(v.accounts)) {
		h.Accounts = append(h.Accounts, v.accounts[number])
	}
	for key, id := range v.clients {
		if o := v.orders[id]; o.Client != key.client || o.Trader != key.trader {
			h.Clients = append(h.Clients, clientState{key.trader, key.client, id})
		}
	}
	slices.SortFunc(h.Clients, func(a, b clientState) int {
		return cmp.Or(cmp.Compare(a.Trader, b.Trader), cmp.Compare(a.Client, b.Client))
	})
	few, err := json.Marshal(h)
	if err != nil {
		panic(err) // There is nothing in it that JSON has no word for.
	}
	to = append(to, stateMark...)
	to = part(to, few)
	for _, number := range v.ranked {
		to = part(to, v.instruments[number].book.Export(nil))
	}
	to = part(to, v.risk.Export(nil))
	return v.exportOrders(to)
}

func part(to, bytes []byte) []byte {
	return append(binary.LittleEndian.AppendUint64(to, uint64(len(bytes))), bytes...)
}

func (i *instrument) state() instrumentState {
	s := instrumentState{
		Number: i.number, Spec: i.spec, Last: i.last, Static: i.static, Closing: i.closing, Waiting: i.waiting, Since: i.since, Begun: i.begun, Soonest: i.soonest,
		Overdue: i.overdue, Stirred: i.stirred,
	}
	if i.session != nil {
		state := i.session.Export()
		s.Session = &state
	}
	return s
}

const orderSize = 8*8 + 3*4 + 2 + 6

func (v *Venue) exportOrders(to []byte) []byte {
	le := binary.LittleEndian
	for _, id := range slices.Sorted(maps.Keys(v.orders)) {
		o := v.orders[id]
		to = le.AppendUint64(to, o.ID)
		for _, n := range [...]int64{o.Price, o.Stop, o.Left, o.Cum, o.Value, o.Entered} {
			to = le.AppendUint64(to, uint64(n))
		}
		to = le.AppendUint64(to, 0) // It is kept for what will come.
		for _, n := range [...]uint32{o.Instrument, o.Account, o.Trader} {
			to = le.AppendUint32(to, n)
		}
		to = le.AppendUint16(to, o.Member)
		to = append(to, byte(o.Side), byte(o.Type), byte(o.Life), byte(o.Auction), byte(o.State), byte(len(o.Client)))
		to = append(to, o.Client...)
	}
	return to
}

// Hash gives the SHA-256 of what Export gives.
func (v *Venue) Hash() [sha256.Size]byte { return sha256.Sum256(v.Export(nil)) }

// Import gives the market whose state Export gave. Bytes that are none are ErrState.
func Import(from []byte) (*Venue, error) {
	if len(from) < len(stateMark) || string(from[:len(stateMark)]) != stateMark {
		return nil, ErrState.About("a head of %d bytes", len(from))
	}
	few, rest, ok := cut(from[len(stateMark):])
	var h head
	if !ok || json.Unmarshal(few, &h) != nil {
		return nil, ErrState.About("a head that cannot be read")
	}
	v := New()
	v.now, v.applied, v.seq, v.lastOrder, v.lastTrade, v.movedUpTo = h.Now, h.Applied, h.Seq, h.LastOrder, h.LastTrade, h.MovedUpTo
	for n := range h.Instruments {
		var bytes []byte
		if bytes, rest, ok = cut(rest); !ok {
			return nil, ErrState.About("a book that is cut off")
		}
		if err := v.importInstrument(&h.Instruments[n], bytes); err != nil {
			return nil, err
		}
	}
	bytes, rest, ok := cut(rest)
	if !ok {
		return nil, ErrState.About("risk is cut off")
	}
	keeper, err := risk.Import(ordersUsual, bytes)
	if err != nil {
		return nil, err
	}
	v.risk = keeper
	for _, a := range h.Accounts {
		v.accounts[a.Number] = a
	}
	for _, ref := range h.Moved {
		v.moved[ref] = true
	}
	if err := v.importOrders(rest); err != nil {
		return nil, err
	}
	for _, c := range h.Clients {
		v.clients[clientKey{c.Trader, c.Client}] = c.Order
	}
	return v, v.whole()
}

// cut takes the next part off bytes.
func cut(from []byte) (bytes, rest []byte, ok bool) {
	if len(from) < 8 {
		return nil, nil, false
	}
	n := binary.LittleEndian.Uint64(from)
	if n > uint64(len(from)-8) {
		return nil, nil, false
	}
	return from[8 : 8+n], from[8+n:], true
}

func (v *Venue) importInstrument(s *instrumentState, bytes []byte) error {
	b, err := book.Import(s.Spec.Rules, bytes)
	if err != nil {
		return err
	}
	i := &instrument{
		number: s.Number, spec: s.Spec, book: b, last: s.Last, static: s.Static, closing: s.Closing, waiting: s.Waiting,
		since: s.Since, begun: s.Begun, soonest: s.Soonest, overdue: s.Overdue, stirred: s.Stirred,
	}
	if s.Session != nil {
		if i.session, err = auction.ImportSession(*s.Session); err != nil {
			return err
		}
	}
	if v.instruments[s.Number] != nil || s.Number == 0 {
		return ErrState.About("instrument %d twice", s.Number)
	}
	v.instruments[s.Number] = i
	v.ranked = append(v.ranked, s.Number)
	return nil
}

func (v *Venue) importOrders(at []byte) error {
	le := binary.LittleEndian
	for len(at) > 0 {
		if len(at) < orderSize || len(at) < orderSize+int(at[orderSize-1]) {
			return ErrState.About("an order that is cut off")
		}
		n := func(i int) int64 { return int64(le.Uint64(at[8*i:])) }
		rest := at[64:]
		o := &Order{
			ID: le.Uint64(at), Price: n(1), Stop: n(2), Left: n(3), Cum: n(4), Value: n(5), Entered: n(6),
			Instrument: le.Uint32(rest), Account: le.Uint32(rest[4:]), Trader: le.Uint32(rest[8:]), Member: le.Uint16(rest[12:]),
			Side: book.Side(rest[14]), Type: book.Type(rest[15]), Life: book.Life(rest[16]), Auction: auction.Kind(rest[17]), State: State(rest[18]),
			Client: string(at[orderSize : orderSize+int(rest[19])]),
		}
		at = at[orderSize+len(o.Client):]
		if o.ID == 0 || v.orders[o.ID] != nil || v.instruments[o.Instrument] == nil || o.State > Ended {
			return ErrState.About("order %d", o.ID)
		}
		v.orders[o.ID] = o
		v.clients[clientKey{o.Trader, o.Client}] = o.ID
	}
	return nil
}

// whole says whether everybody knows the same orders: whatever stands in a book or waits for an auction is an order that lives.
func (v *Venue) whole() error {
	live := 0
	for _, i := range v.instruments {
		live += i.book.Live() + len(i.waiting)
		for _, id := range i.waiting {
			if o := v.orders[id]; o == nil || o.State != Waiting {
				return ErrState.About("order %d does not wait", id)
			}
		}
	}
	for _, o := range v.orders {
		if !o.Live() {
			continue
		}
		live--
		if o.State == Open {
			if _, stands := v.instruments[o.Instrument].book.Find(o.ID); !stands {
				return ErrState.About("order %d stands nowhere", o.ID)
			}
		}
	}
	for _, id := range v.clients {
		if v.orders[id] == nil {
			return ErrState.About("an id of a client for order %d", id)
		}
	}
	if live != 0 {
		return ErrState.About("%d orders that nobody has entered", live)
	}
	return nil
}
