package itch

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// headSize is the size of what every message begins with: its letter, the instrument where ITCH 5.0 has the locate and the
// tracking number, and 48 bits of time.
const (
	headSize = 11
	timeBits = 48
	timeMax  = 1<<timeBits - 1
)

// sizes are how long a message of a kind is. Where ITCH 5.0 has 32 bits for a quantity or a price, these have 64: a price of
// goods in tiyn and a quantity in kilograms do not fit into less.
var sizes = map[Kind]int{
	System: headSize + 1, Directory: headSize + CodeMax + 3 + 1 + 1 + 8 + 8, State: headSize + 2, Add: headSize + 8 + 1 + 8 + 8,
	Executed: headSize + 24, Priced: headSize + 24 + 1 + 8, Reduced: headSize + 16, Deleted: headSize + 8, Replaced: headSize + 32,
	Traded: headSize + 1 + 24, Crossed: headSize + 24 + 1, Broken: headSize + 8, Indicated: headSize + 24 + 1,
}

// SizeMax is how long a message is at most.
const SizeMax = headSize + CodeMax + 3 + 1 + 1 + 8 + 8

// Append appends a message to bytes. One that says what it cannot say (a letter that is none, a code that is too long, a number
// below zero) is not appended: ErrMessage.
func Append(to []byte, m *Message) ([]byte, error) {
	w := wire{to: to}
	if !w.message(m) {
		return to, fmt.Errorf("%w: %c of instrument %d", ErrMessage, m.Kind, m.Instrument)
	}
	return w.to, nil
}

// wire writes a message, and notes when it says what cannot be said.
type wire struct {
	to  []byte
	bad bool
}

// message goes through a message, and says whether it is one.
func (w *wire) message(m *Message) bool {
	if sizes[m.Kind] == 0 {
		return false
	}
	w.letter(byte(m.Kind), "SRHAECXDUPQBI")
	w.head(m)
	switch m.Kind {
	case System:
		w.letter(byte(m.Event), "OCQ")
	case Directory:
		w.listing(m.Listing)
	case State:
		w.letter(m.Phase, PhaseLetters)
		w.letter(m.Auction, AuctionLetters)
	case Add:
		w.id(m.Ref)
		w.letter(m.Side, "BS")
		w.quantity(m.Qty)
		w.number(m.Price)
	case Traded:
		w.letter(m.Side, "BS")
		w.trade(m)
	case Executed, Priced:
		w.id(m.Ref)
		w.quantity(m.Qty)
		w.id(m.Match)
		if m.Kind == Priced {
			w.letter(m.Printable, "YN")
			w.number(m.Price)
		}
	case Reduced:
		w.id(m.Ref)
		w.quantity(m.Qty)
	case Deleted:
		w.id(m.Ref)
	case Replaced:
		w.id(m.Ref)
		w.id(m.Next)
		w.quantity(m.Qty)
		w.number(m.Price)
	case Crossed:
		w.trade(m)
		w.letter(m.Auction, AuctionLetters[1:]+string(AtClose))
	case Broken:
		w.id(m.Match)
	case Indicated:
		w.number(m.Qty)
		w.number(m.Surplus)
		w.number(m.Price)
		w.letter(m.Auction, AuctionLetters)
		w.bad = w.bad || m.Qty < 0
	}
	return !w.bad
}

func (w *wire) head(m *Message) {
	w.bad = w.bad || m.Time < 0 || m.Time > timeMax
	w.to = binary.BigEndian.AppendUint32(w.to, m.Instrument)
	w.to = binary.BigEndian.AppendUint16(w.to, uint16(m.Time>>32)) //nolint:gosec // 48 bits.
	w.to = binary.BigEndian.AppendUint32(w.to, uint32(m.Time))     //nolint:gosec // The lower half.
}

// trade is how much was traded at which price, and under which number.
func (w *wire) trade(m *Message) {
	w.quantity(m.Qty)
	w.number(m.Price)
	w.id(m.Match)
}

func (w *wire) listing(l Listing) {
	w.text(l.Code, CodeMax)
	w.text(l.Currency, 3)
	w.letter(l.Class, "SBUGF")
	w.letter(l.State, "LPD")
	w.quantity(l.Unit)
	w.quantity(l.Lot)
}

// letter is one letter of some.
func (w *wire) letter(l byte, of string) {
	w.to = append(w.to, l)
	w.bad = w.bad || strings.IndexByte(of, l) < 0
}

// number is any number.
func (w *wire) number(n int64) {
	w.to = binary.BigEndian.AppendUint64(w.to, uint64(n)) //nolint:gosec // Two's complement.
}

// quantity is a number above zero.
func (w *wire) quantity(n int64) {
	w.number(n)
	w.bad = w.bad || n <= 0
}

// id is what something is known by; zero is nothing.
func (w *wire) id(n uint64) {
	w.to = binary.BigEndian.AppendUint64(w.to, n)
	w.bad = w.bad || n == 0
}

// text is printed ASCII, filled up with spaces on the right.
func (w *wire) text(s string, size int) {
	w.bad = w.bad || len(s) > size || s == "" || strings.HasSuffix(s, " ")
	padded := s + strings.Repeat(" ", max(0, size-len(s)))
	w.to = append(w.to, padded[:size]...)
	for _, c := range []byte(s) {
		w.bad = w.bad || c < ' ' || c > '~'
	}
}
