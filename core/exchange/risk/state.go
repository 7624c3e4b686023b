package risk

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"sauda/base/fault"
	"sauda/core/exchange/slots"
)

// ErrState is what Import says of bytes that are no state.
var ErrState = fault.New(fault.Invalid, "exchange.risk_state", "Take another snapshot: this one is damaged.")

// stateMark ends with the version of the layout.
const stateMark = "risk\x00\x00\x00\x01"

// A state is its mark and six tables: instruments, assets, parties, balances, stakes, orders, and how many rows each
// has before it. A row is whole numbers of eight bytes; rows stand in the order of what names them, and each only if it
// says something. What follows from others is not there: what orders hold, and what is open of whom.
const (
	rowInstrument = 15
	rowAsset      = 4
	rowParty      = 28
	rowBalance    = 5
	rowStake      = 4
	rowOrder      = 9
)

// Export appends the whole state to bytes: all that later answers depend on. Two machines that will answer alike export
// alike, whatever they went through before. It is asked for between a Follow and the next Take; alarms are no part of it.
func (r *Risk) Export(bytes []byte) []byte {
	bytes = append(bytes, stateMark...)
	t := tables{bytes: bytes}
	t.begin()
	for slot := 1; slot < len(r.instruments); slot++ {
		t.name(uint64(r.instruments[slot].ID), slot)
	}
	t.rows(func(row []int64, slot int32) []int64 { return r.instruments[slot].row(row) })
	t.end()
	t.begin()
	for slot := 1; slot < len(r.assets); slot++ {
		if r.assets[slot].says() {
			t.name(uint64(r.assets[slot].id), slot)
		}
	}
	t.rows(func(row []int64, slot int32) []int64 { return r.assets[slot].row(row) })
	t.end()
	t.begin()
	for slot := range r.parties {
		t.name(uint64(r.parties[slot].who)<<32|uint64(r.parties[slot].id), slot)
	}
	t.rows(func(row []int64, slot int32) []int64 {
		p := &r.parties[slot]
		return p.row(row, r.parties[p.above].id)
	})
	t.end()
	t.begin()
	for slot := 1; slot < len(r.balances); slot++ {
		if b := &r.balances[slot]; b.says() {
			t.name(balanceKey(b.account, b.asset), slot)
		}
	}
	t.rows(func(row []int64, slot int32) []int64 { return r.balances[slot].row(row) })
	t.end()
	r.exportStakes(&t)
	r.exportOrders(&t)
	return t.bytes
}

func (r *Risk) exportStakes(t *tables) {
	t.begin()
	for who := range whos {
		for slot := 1; slot < len(r.stakes); slot++ {
			if s := &r.stakes[slot]; s.who == who && s.pos != 0 {
				t.name(stakeKey(r.parties[s.party].id, r.instruments[s.ins].ID), slot)
			}
		}
		t.rows(func(row []int64, slot int32) []int64 {
			s := &r.stakes[slot]
			return append(row, int64(s.who), int64(r.parties[s.party].id), int64(r.instruments[s.ins].ID), s.pos)
		})
	}
	t.end()
}

func (r *Risk) exportOrders(t *tables) {
	t.begin()
	for slot := int32(1); slot <= r.orders.Top(); slot++ {
		if o := r.orders.At(slot); o.account != 0 { // It is no free slot.
			t.name(o.id, int(slot))
		}
	}
	t.rows(r.rowOfOrder)
	t.end()
}

// Rows gives how many rows Export writes besides those of orders, or somewhat more.
func (r *Risk) Rows() int {
	return len(r.instruments) + len(r.assets) + len(r.balances) + len(r.stakes) + rowParty*8*len(r.parties)/(rowOrder*8)
}

// Hash gives the SHA-256 of what Export would give.
func (r *Risk) Hash() [sha256.Size]byte { return sha256.Sum256(r.Export(nil)) }

// tables writes one table after the other.
type tables struct {
	bytes  []byte
	at     int // at is where the table has the number of its rows.
	count  int
	named  []slots.Keyed // named are the slots of rows that are not written yet.
	spare  []slots.Keyed
	number [rowParty]int64
}

func (t *tables) begin() {
	t.at, t.count = len(t.bytes), 0
	t.bytes = append(t.bytes, 0, 0, 0, 0, 0, 0, 0, 0)
}

func (t *tables) name(key uint64, slot int) {
	t.named = append(t.named, slots.Keyed{Key: key, Slot: int32(slot)})
}

// rows writes the rows of the named slots, in the order of what names them.
func (t *tables) rows(row func(row []int64, slot int32) []int64) {
	t.spare = slices.Grow(t.spare[:0], len(t.named))
	sorted := slots.Sort(t.named, t.spare)
	for _, k := range sorted {
		numbers := row(t.number[:0], k.Slot)
		at := len(t.bytes)
		t.bytes = slices.Grow(t.bytes, 8*len(numbers))[:at+8*len(numbers)]
		for n, number := range numbers {
			binary.LittleEndian.PutUint64(t.bytes[at+8*n:], uint64(number))
		}
	}
	t.count += len(sorted)
	t.named = t.named[:0]
}

func (t *tables) end() { binary.LittleEndian.PutUint64(t.bytes[t.at:], uint64(t.count)) }

// compareRows compares by the first numbers, which name a row; they are compared as they were before they had a sign.
func compareRows(a, b []int64) int {
	for i := range a {
		if c := cmp.Compare(uint64(a[i]), uint64(b[i])); c != 0 {
			return c
		}
	}
	return 0
}

func bit(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

func (i *instrument) row(row []int64) []int64 {
	return append(row,
		int64(i.ID), int64(i.Asset), int64(i.Currency), int64(i.Kind), i.Unit, i.Piece, int64(i.Maker), int64(i.Taker),
		int64(i.Auction), int64(i.Margin), int64(i.Collar), bit(i.Resale)|bit(i.Proceeds)<<1|bit(i.Short)<<2,
		bit(i.marked)|bit(i.referred)<<1, i.mark, i.ref)
}

func (a *asset) says() bool { return a.supply != 0 || a.fees != 0 || a.lent != 0 }

func (a *asset) row(row []int64) []int64 { return append(row, int64(a.id), a.supply, a.fees, a.lent) }

func (l *Limits) row(row []int64) []int64 {
	return append(row, l.Qty, l.Value, l.Open, l.Position, l.Rate, l.Burst, l.Window, l.Messages, l.Refusals)
}

func (p *party) row(row []int64, above uint32) []int64 {
	row = append(row,
		int64(p.who), int64(p.id), int64(above), bit(p.killed)|bit(p.short)<<1, p.tokens, p.at, p.began, p.messages,
		p.refusals, p.until)
	return p.override.row(p.limits.row(row))
}

func (b *balance) says() bool { return b.settled != 0 || b.due != 0 || b.locked != 0 }

func (b *balance) row(row []int64) []int64 {
	return append(row, int64(b.account), int64(b.asset), b.settled, b.due, b.locked)
}

func (r *Risk) rowOfOrder(row []int64, slot int32) []int64 {
	o := r.orders.At(slot)
	return append(row,
		int64(o.id), int64(r.instruments[r.stakes[o.account].ins].ID), int64(r.holder(o.account)), int64(r.holder(o.trader)),
		int64(r.holder(o.member)), int64(o.side), o.price, o.left, o.traded)
}
