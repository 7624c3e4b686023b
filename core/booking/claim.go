package booking

import (
	"slices"
	"strings"

	"sauda/base/span"
	"sauda/core/booking/bookingdb"
	"sauda/core/hold"
	"sauda/gear/db"
)

// leave gives back the days that are left of what a booking takes: who had it has gone, or has not come. What is past stays taken,
// so that the board shows how full it was.
func (b *Booking) leave(tx *db.Tx) error {
	today := span.DayOf(tx.Now(), location(b.Zone))
	was, all := *b, b.wants()
	b.Uses = slices.Clone(b.Uses)
	for i, u := range b.Uses {
		if !u.Quarters && today.Before(u.To) {
			b.Uses[i].To = u.From
			if u.From.Before(today) {
				b.Uses[i].To = today
			}
		}
	}
	left := beyond(all, b.wants())
	if len(left) == 0 {
		return nil
	}
	if err := hold.ReleasePart(tx, b.holder, left); err != nil {
		return err
	}
	return remarkOf(tx, was)
}

// Claim is what a booking has of a pool, under the name of who holds it.
type Claim struct{ Owner, Key string }

// Holder gives the booking that holds under a name of its own since it was changed.
func Holder(owner string) (ID, bool) {
	of, is := strings.CutPrefix(owner, holderBegin)
	id, _, _ := strings.Cut(of, "/")
	return ID(id), is
}

// Claimed gives how much the bookings of some orders, and some bookings, have of which pools.
func Claimed(tx *db.Tx, orders []string, ids []ID) (map[Claim]int64, error) {
	all := make(map[Claim]int64)
	if len(orders)+len(ids) == 0 {
		return all, nil
	}
	rows, err := bookingdb.New(tx).Standing(tx.Context(), bookingdb.StandingParams{Orders: db.In(orders), Ids: db.In(ids)})
	if err != nil {
		return nil, err
	}
	booked, err := bookingsOf(rows)
	for _, b := range booked {
		if b.has(StateDraft, StateCancelled) {
			continue
		}
		for _, w := range b.wants() {
			all[Claim{b.holder, w.Key}] += w.Quantity
		}
	}
	return all, err
}
