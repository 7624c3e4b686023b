package venue

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"io"
	"slices"

	"sauda/base/fault"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/slots"
)

// ErrState is what Import says of bytes that are no state of a market.
var ErrState = fault.New(fault.Invalid, "exchange.venue_state", "Take another snapshot: this one is damaged.")

const (
	stateMark = "venue\x00\x00\x04" // stateMark ends with the version of the layout.
	stateOld  = "venue\x00\x00\x03" // stateOld is the one before, whose names of movements have no day.
)

// A state is its mark and these parts, the first ones with their length before them: the head, each book, and risk; then the
// accounts, the references and the orders, each table with the number of its rows before it. Rows are in the order of what
// names them.

// head is what a state has of everything that is few.
type head struct {
	Now         int64
	Applied     uint64
	Seq         uint64
	LastOrder   uint64
	LastTrade   uint64
	MovedUpTo   int64
	Instruments []instrumentState
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

// Export appends the whole state of the market to bytes: all that later events depend on. Two markets that will answer alike
// export alike. Bytes with room for it make it faster: see StateSize.
func (v *Venue) Export(to []byte) []byte {
	s := sink{bytes: slices.Grow(to, v.StateSize())}
	v.write(&s)
	return s.bytes
}

// Write writes what Export gives, without having all of it in memory at once.
func (v *Venue) Write(to io.Writer) error {
	s := sink{to: to}
	v.write(&s)
	s.spill(0)
	return s.err
}

// Hash gives the SHA-256 of what Export gives.
func (v *Venue) Hash() [sha256.Size]byte {
	hash := sha256.New()
	v.Write(hash) // A hash takes everything.
	return [sha256.Size]byte(hash.Sum(nil))
}

// StateSize gives how many bytes Export needs room for, or somewhat more.
func (v *Venue) StateSize() int {
	live := v.risk.Live()
	return v.today.orders.Len()*(orderSize+1) + v.today.names.Len() + v.today.texts.live + live*(bookUsual+riskUsual) + v.risk.Rows()*riskUsual +
		len(v.ranked)*instrumentUsual + len(v.holders)*accountUsual + len(v.moved.known)*referenceUsual
}

const (
	spillSize       = 1 << 16
	orderSize       = 8*8 + 3*4 + 2 + 5
	bookUsual       = 76 // What an order takes in the state of a book, and what it and others take in that of risk.
	riskUsual       = 72
	instrumentUsual = 1 << 10
	accountUsual    = 64
	referenceUsual  = 32
)

// sink takes a state in: all of it, or as much as is not written away yet.
type sink struct {
	bytes []byte
	to    io.Writer
	err   error
}

// spill writes away what there is, if it is more than a size.
func (s *sink) spill(size int) {
	if s.to == nil || s.err != nil || len(s.bytes) <= size {
		return
	}
	_, s.err = s.to.Write(s.bytes)
	s.bytes = s.bytes[:0]
}

// part takes in what a function appends, behind its length.
func (s *sink) part(export func([]byte) []byte) {
	at := len(s.bytes)
	s.bytes = export(append(s.bytes, 0, 0, 0, 0, 0, 0, 0, 0))
	binary.LittleEndian.PutUint64(s.bytes[at:], uint64(len(s.bytes)-at-8))
	s.spill(spillSize)
}

func (v *Venue) write(s *sink) {
	h := head{Now: v.now, Applied: v.applied, Seq: v.seq, LastOrder: v.lastOrder, LastTrade: v.lastTrade, MovedUpTo: v.movedUpTo}
	for _, number := range v.ranked {
		h.Instruments = append(h.Instruments, v.instrument(number).state())
	}
	few, err := json.Marshal(h)
	if err != nil {
		panic(err) // There is nothing in it that JSON has no word for.
	}
	s.bytes = append(s.bytes, stateMark...)
	s.part(func(to []byte) []byte { return append(to, few...) })
	for _, number := range v.ranked {
		s.part(v.instrument(number).book.Export)
	}
	s.part(v.risk.Export)
	v.writeAccounts(s)
	refs := v.moved.all()
	s.bytes = binary.AppendUvarint(s.bytes, uint64(len(refs)))
	for _, ref := range refs {
		s.bytes = append(binary.AppendUvarint(s.bytes, uint64(len(ref))), ref...)
		s.bytes = binary.AppendUvarint(s.bytes, uint64(v.moved.known[ref]))
		s.spill(spillSize)
	}
	v.writeOrders(s)
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

func (v *Venue) writeAccounts(s *sink) {
	ranked := make([]slots.Keyed, 0, len(v.holders))
	for slot := 1; slot < len(v.holders); slot++ {
		ranked = append(ranked, slots.Keyed{Key: uint64(v.holders[slot].Number), Slot: int32(slot)})
	}
	le := binary.LittleEndian
	s.bytes = binary.AppendUvarint(s.bytes, uint64(len(ranked)))
	for _, k := range slots.Sort(ranked, nil) {
		a := v.holders[k.Slot].Account
		s.bytes = le.AppendUint32(s.bytes, a.Number)
		s.bytes = le.AppendUint16(s.bytes, a.Member)
		s.bytes = append(s.bytes, flag(a.Closed)|flag(a.Short)<<1)
		s.bytes = append(binary.AppendUvarint(s.bytes, uint64(len(a.Code))), a.Code...)
		s.bytes = binary.AppendUvarint(s.bytes, uint64(len(a.Traders)))
		for _, t := range a.Traders {
			s.bytes = le.AppendUint32(s.bytes, t)
		}
		s.spill(spillSize)
	}
}

func flag(yes bool) byte {
	if yes {
		return 1
	}
	return 0
}

// writeOrders writes the orders of today, and behind each the ids that it was given, the last one first.
func (v *Venue) writeOrders(s *sink) {
	le := binary.LittleEndian
	t := &v.today
	s.bytes = binary.AppendUvarint(s.bytes, uint64(t.orders.Len()))
	for slot := t.oldest; slot != 0; {
		o := t.orders.At(slot)
		at := len(s.bytes)
		s.bytes = slices.Grow(s.bytes, orderSize+binary.MaxVarintLen64)[:at+orderSize]
		to := s.bytes[at:]
		le.PutUint64(to, o.id)
		for n, number := range [...]int64{o.price, o.stop, o.qty, o.left, o.cum, o.value, o.entered} {
			le.PutUint64(to[8+8*n:], uint64(number))
		}
		le.PutUint32(to[64:], o.instrument)
		le.PutUint32(to[68:], o.account)
		le.PutUint32(to[72:], o.trader)
		le.PutUint16(to[76:], o.member)
		to[78], to[79], to[80], to[81], to[82] = byte(o.side), byte(o.kind), byte(o.life), byte(o.auction), byte(o.state)
		names := 0
		for n := o.names; n != 0; n = t.names.At(n).next {
			names++
		}
		s.bytes = binary.AppendUvarint(s.bytes, uint64(names))
		for n := o.names; n != 0; n = t.names.At(n).next {
			client := t.texts.at(t.names.At(n).text)
			s.bytes = append(append(s.bytes, byte(len(client))), client...)
		}
		s.spill(spillSize)
		slot = o.younger
	}
}

// Import gives the market whose state Export gave. Bytes that are none are ErrState.
func Import(from []byte) (*Venue, error) {
	old := len(from) >= len(stateOld) && string(from[:len(stateOld)]) == stateOld
	if !old && (len(from) < len(stateMark) || string(from[:len(stateMark)]) != stateMark) {
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
	left := reading{from: rest}
	v.readAccounts(&left)
	v.readReferences(&left, old)
	v.readOrders(&left)
	if left.bad || len(left.from) > 0 {
		return nil, ErrState.About("a table that cannot be read")
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
	if v.instrument(s.Number) != nil || s.Number == 0 {
		return ErrState.About("instrument %d twice", s.Number)
	}
	v.enlist(i)
	v.ranked = append(v.ranked, s.Number)
	return nil
}
