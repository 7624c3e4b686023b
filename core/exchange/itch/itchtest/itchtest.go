// Package itchtest reads messages of the feed for tests, by what the documentation says of them.
package itchtest

import (
	"encoding/binary"
	"strings"

	"sauda/core/exchange/itch"
)

// fields are what the documentation says stands behind the head of a message: the number is the size of a field. It shares nothing with how messages are written.
var fields = map[itch.Kind]string{
	'S': "event1", 'R': "code32 currency3 class1 state1 unit8 lot8", 'H': "phase1 auction1", 'A': "order8 side1 quantity8 price8",
	'E': "order8 quantity8 trade8", 'C': "order8 quantity8 trade8 printable1 price8", 'X': "order8 quantity8", 'D': "order8",
	'U': "order8 next8 quantity8 price8", 'P': "side1 quantity8 price8 trade8", 'Q': "quantity8 price8 trade8 auction1", 'B': "trade8",
	'I': "quantity8 surplus8 price8 auction1",
}

// Read reads a message by the documentation, whatever it says; none of that length is not one.
func Read(b []byte) (m itch.Message, ok bool) {
	if len(b) < 11 || fields[itch.Kind(b[0])] == "" {
		return m, false
	}
	m.Kind, m.Instrument = itch.Kind(b[0]), binary.BigEndian.Uint32(b[1:])
	m.Time = int64(binary.BigEndian.Uint64(append([]byte{0, 0}, b[5:11]...))) //nolint:gosec // 48 bits.
	b = b[11:]
	texts := map[string]*string{"code32": &m.Listing.Code, "currency3": &m.Listing.Currency}
	letters := map[string]*byte{
		"event1": (*byte)(&m.Event), "class1": &m.Listing.Class, "state1": &m.Listing.State, "phase1": &m.Phase, "auction1": &m.Auction, "side1": &m.Side,
		"printable1": &m.Printable,
	}
	numbers := map[string]*int64{"unit8": &m.Listing.Unit, "lot8": &m.Listing.Lot, "quantity8": &m.Qty, "price8": &m.Price, "surplus8": &m.Surplus}
	ids := map[string]*uint64{"order8": &m.Ref, "next8": &m.Next, "trade8": &m.Match}
	for _, field := range strings.Fields(fields[m.Kind]) {
		name := strings.TrimRight(field, "0123456789")
		size := map[string]int{"1": 1, "3": 3, "8": 8, "32": 32}[field[len(name):]]
		if len(b) < size {
			return m, false
		}
		switch {
		case texts[field] != nil:
			*texts[field] = strings.TrimRight(string(b[:size]), " ")
		case letters[field] != nil:
			*letters[field] = b[0]
		case numbers[field] != nil:
			*numbers[field] = int64(binary.BigEndian.Uint64(b)) //nolint:gosec // Two's complement.
		default:
			*ids[field] = binary.BigEndian.Uint64(b)
		}
		b = b[size:]
	}
	return m, len(b) == 0
}
