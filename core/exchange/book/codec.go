package book

import (
	"encoding/binary"

	"sauda/base/fault"
)

// ErrInput is what Decode says of bytes that are no input.
var ErrInput = fault.New(fault.Invalid, "exchange.input", "Take the journal from its last whole record: this one is damaged.")

// A written input is the fields that are there, in the order of their bits, behind two bytes that say which. Numbers are
// variable in length, those with a sign in zigzag: an ordinary limit order takes some 25 bytes of the 80 that it has in
// memory.
const (
	hasTime uint16 = 1 << iota
	hasID
	hasPrice
	hasQty
	hasStop
	hasDisplay
	hasMin
	hasUntil
	hasOwner
	hasTrader
	hasMember
	hasKinds // hasKinds: Side, Type, Life, Guard, Phase and Flags, each in a byte.
)

const verbShift = 12 // verbShift puts the verb above the bits.

// Encode appends an input to bytes, in a form that is the same for the same input. A verb above 15 is none, and is
// written as 15.
func Encode(bytes []byte, in *Input) []byte {
	start := len(bytes)
	bytes = append(bytes, 0, 0)
	has := uint16(min(in.Verb, 15)) << verbShift
	signed := func(bit uint16, n int64) {
		if n != 0 {
			has |= bit
			bytes = binary.AppendVarint(bytes, n)
		}
	}
	counted := func(bit uint16, n uint64) {
		if n != 0 {
			has |= bit
			bytes = binary.AppendUvarint(bytes, n)
		}
	}
	signed(hasTime, in.Time)
	counted(hasID, in.ID)
	signed(hasPrice, in.Price)
	signed(hasQty, in.Qty)
	signed(hasStop, in.Stop)
	signed(hasDisplay, in.Display)
	signed(hasMin, in.Min)
	signed(hasUntil, in.Until)
	counted(hasOwner, uint64(in.Owner))
	counted(hasTrader, uint64(in.Trader))
	counted(hasMember, uint64(in.Member))
	if kinds := [6]byte{byte(in.Side), byte(in.Type), byte(in.Life), byte(in.Guard), byte(in.Phase), byte(in.Flags)}; kinds != [6]byte{} {
		has |= hasKinds
		bytes = append(bytes, kinds[:]...)
	}
	binary.LittleEndian.PutUint16(bytes[start:], has)
	return bytes
}

// Decode reads one input and gives how many bytes it took. Only what Encode writes is understood, so that each input has
// one form: anything else is ErrInput.
func Decode(bytes []byte, in *Input) (int, error) {
	*in = Input{}
	if len(bytes) < 2 {
		return 0, ErrInput.About("%d bytes", len(bytes))
	}
	r := reader{bytes: bytes[2:], has: binary.LittleEndian.Uint16(bytes)}
	in.Verb = Verb(r.has >> verbShift)
	in.Time = r.signed(hasTime)
	in.ID = r.counted(hasID, 1<<64-1)
	in.Price = r.signed(hasPrice)
	in.Qty = r.signed(hasQty)
	in.Stop = r.signed(hasStop)
	in.Display = r.signed(hasDisplay)
	in.Min = r.signed(hasMin)
	in.Until = r.signed(hasUntil)
	in.Owner = uint32(r.counted(hasOwner, 1<<32-1))
	in.Trader = uint32(r.counted(hasTrader, 1<<32-1))
	in.Member = uint16(r.counted(hasMember, 1<<16-1))
	if r.has&hasKinds != 0 {
		if len(r.bytes) < 6 || [6]byte(r.bytes) == [6]byte{} {
			r.bad = true
		} else {
			k := r.bytes
			in.Side, in.Type, in.Life, in.Guard, in.Phase, in.Flags = Side(k[0]), Type(k[1]), Life(k[2]), Guard(k[3]), Phase(k[4]), Flags(k[5])
			r.bytes = k[6:]
		}
	}
	if r.bad {
		return 0, ErrInput.About("fields %x", r.has)
	}
	return len(bytes) - len(r.bytes), nil
}

// reader takes one field after the other off bytes; after the first that is not in order, all are zero.
type reader struct {
	bytes []byte
	has   uint16
	bad   bool
}

func (r *reader) counted(bit uint16, limit uint64) uint64 {
	if r.bad || r.has&bit == 0 {
		return 0
	}
	n, size := binary.Uvarint(r.bytes)
	if size <= 0 || n == 0 || n > limit || size > 1 && r.bytes[size-1] == 0 { // A last byte of zero is a longer form.
		r.bad = true
		return 0
	}
	r.bytes = r.bytes[size:]
	return n
}

func (r *reader) signed(bit uint16) int64 {
	n := r.counted(bit, 1<<64-1)
	return int64(n>>1) ^ -int64(n&1)
}
