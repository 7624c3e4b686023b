package risk

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"sauda/base/fault"
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
	bytes = table(bytes, r.instruments[1:], instrument.row)
	bytes = table(bytes, r.assets[1:], asset.row)
	bytes = table(bytes, r.parties, func(p party) []int64 { return p.row(r.parties[p.above].id) })
	bytes = table(bytes, r.balances[1:], balance.row)
	bytes = table(bytes, r.stakes[1:], func(s stake) []int64 { return s.row(r.parties[s.party].id, r.instruments[s.ins].ID) })
	return table(bytes, r.orders[1:], func(o order) []int64 { return r.rowOfOrder(o) })
}

// Hash gives the SHA-256 of what Export would give.
func (r *Risk) Hash() [sha256.Size]byte { return sha256.Sum256(r.Export(nil)) }

// table appends the rows that say something, in the order of what names them.
func table[T any](bytes []byte, all []T, row func(T) []int64) []byte {
	var rows [][]int64
	for _, one := range all {
		if numbers := row(one); numbers != nil {
			rows = append(rows, numbers)
		}
	}
	slices.SortFunc(rows, compareRows)
	bytes = binary.LittleEndian.AppendUint64(bytes, uint64(len(rows)))
	for _, numbers := range rows {
		for _, n := range numbers {
			bytes = binary.LittleEndian.AppendUint64(bytes, uint64(n))
		}
	}
	return bytes
}

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

func (i instrument) row() []int64 {
	return []int64{
		int64(i.ID), int64(i.Asset), int64(i.Currency), int64(i.Kind), i.Unit, i.Piece, int64(i.Maker), int64(i.Taker),
		int64(i.Auction), int64(i.Margin), int64(i.Collar), bit(i.Resale) | bit(i.Proceeds)<<1 | bit(i.Short)<<2,
		bit(i.marked) | bit(i.referred)<<1, i.mark, i.ref,
	}
}

func (a asset) row() []int64 {
	if a.supply == 0 && a.fees == 0 && a.lent == 0 {
		return nil
	}
	return []int64{int64(a.id), a.supply, a.fees, a.lent}
}

func (l *Limits) row() []int64 {
	return []int64{l.Qty, l.Value, l.Open, l.Position, l.Rate, l.Burst, l.Window, l.Messages, l.Refusals}
}

func (p party) row(above uint32) []int64 {
	row := []int64{
		int64(p.who), int64(p.id), int64(above), bit(p.killed) | bit(p.short)<<1, p.tokens, p.at, p.began, p.messages,
		p.refusals, p.until,
	}
	return append(append(row, p.limits.row()...), p.override.row()...)
}

func (b balance) row() []int64 {
	if b.settled == 0 && b.due == 0 && b.locked == 0 {
		return nil
	}
	return []int64{int64(b.account), int64(b.asset), b.settled, b.due, b.locked}
}

func (s stake) row(id, ins uint32) []int64 {
	if s.pos == 0 {
		return nil
	}
	return []int64{int64(s.who), int64(id), int64(ins), s.pos}
}

func (r *Risk) rowOfOrder(o order) []int64 {
	if o.account == 0 { // A free slot.
		return nil
	}
	return []int64{
		int64(o.id), int64(r.instruments[r.stakes[o.account].ins].ID), int64(r.holder(o.account)), int64(r.holder(o.trader)), int64(r.holder(o.member)),
		int64(o.side), o.price, o.left, o.traded,
	}
}
