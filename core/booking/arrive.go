package booking

import (
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/booking/bookingdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Early is how long before its start a ticket is good already: who comes the evening before a departure is not let in.
const Early = 12 * time.Hour

// CheckIn lets in who has booked. A second time it is ErrUsed, with the instant of the first. What is not paid, was given up or
// is of another day is refused.
func CheckIn(tx *db.Tx, of seller.ID, id ID) (Booking, error) {
	b, err := Of(tx, of, id)
	if err != nil {
		return Booking{}, err
	}
	return letIn(tx, b, Mark{At: tx.Now()})
}

// letIn lets in by a mark.
func letIn(tx *db.Tx, b Booking, m Mark) (Booking, error) {
	if err := b.admits(m.At); err != nil {
		return b, err
	}
	b.State, b.Used = StateIn, m.At
	b.mark(m)
	if err := keep(tx, &b); err != nil {
		return Booking{}, err
	}
	return b, tx.Emit(Arrived{b.ID, b.Order})
}

// admits says why the ticket lets nobody in at some time.
func (b Booking) admits(at time.Time) error {
	switch {
	case b.has(StateIn, StateDone) && !b.Used.IsZero():
		first := b.Used.In(location(b.Zone)).Format("02.01.2006 15:04")
		return fault.With(ErrUsed.About("%s was used at %s", b.ID, b.Used), "at", first)
	case b.State != StateBooked || !b.Paid:
		return b.wrongState("check in")
	case at.Before(b.Starts.Add(-Early)) || !at.Before(b.Ends):
		return ErrNotToday.About("%s is from %s to %s", b.ID, b.Starts, b.Ends)
	}
	return nil
}

// Finish ends what has come and is over; who leaves early gives back the nights that are left. Twice is the same as once.
func Finish(tx *db.Tx, of seller.ID, id ID) (Booking, error) {
	b, err := Of(tx, of, id)
	if err != nil || b.State == StateDone {
		return b, err
	}
	if b.State != StateIn {
		return b, b.wrongState("finish")
	}
	return finish(tx, b)
}

func finish(tx *db.Tx, b Booking) (Booking, error) {
	b.State = StateDone
	if err := b.leave(tx); err != nil {
		return Booking{}, err
	}
	if err := keep(tx, &b); err != nil {
		return Booking{}, err
	}
	return b, tx.Emit(Finished{b.ID, b.Order, b.Line})
}

// Miss notes that who had booked has not come, an hour after the start at the earliest. What is kept of the price is the share
// of the terms, and what is to come of it can be sold again. Twice is the same as once.
func Miss(tx *db.Tx, of seller.ID, id ID) (Booking, error) {
	b, err := Of(tx, of, id)
	if err != nil || b.State == StateMissed {
		return b, err
	}
	if b.State != StateBooked || tx.Now().Before(b.Starts.Add(time.Hour)) {
		return b, b.wrongState("miss")
	}
	return miss(tx, b)
}

func miss(tx *db.Tx, b Booking) (Booking, error) {
	r := b.Terms.Missing(b.Price, b.Parts)
	back := b.give(r)
	b.State, b.Kept = StateMissed, r.Kept
	if err := b.leave(tx); err != nil {
		return Booking{}, err
	}
	if err := keep(tx, &b); err != nil {
		return Booking{}, err
	}
	return b, tx.Emit(Missed{b.ID, b.Order, b.Line, r.Back, r.Kept, back})
}

// Sweep settles at most limit bookings that are over: who was there is done, and who was not has missed it a day after the
// end. It says how many there were; call it again while it gives limit.
func Sweep(tx *db.Tx, limit int) (int, error) {
	rows, err := bookingdb.New(tx).Over(tx.Context(), bookingdb.OverParams{Now: span.Micros(tx.Now().Add(-24 * time.Hour)), Most: int64(limit)})
	if err != nil {
		return 0, err
	}
	all, err := bookingsOf(rows)
	for _, b := range all {
		settle := finish
		if b.State == StateBooked {
			settle = miss
		}
		if _, err := settle(tx, b); err != nil {
			return 0, err
		}
	}
	return len(all), err
}

// Remind states of at most limit bookings that they begin within a day, once for each, and says how many they were. Call it
// again while it gives limit.
func Remind(tx *db.Tx, limit int) (int, error) {
	rows, err := bookingdb.New(tx).Soon(tx.Context(), bookingdb.SoonParams{
		Now: span.Micros(tx.Now()), Until: span.Micros(tx.Now().Add(24 * time.Hour)), Most: int64(limit),
	})
	if err != nil {
		return 0, err
	}
	all, err := bookingsOf(rows)
	for i := range all {
		all[i].Reminded = true
		if err := keep(tx, &all[i]); err != nil {
			return 0, err
		}
		if err := tx.Emit(DueSoon{all[i].ID, all[i].Order}); err != nil {
			return 0, err
		}
	}
	return len(all), err
}

// Board gives a seller's bookings that touch some days, by their first day, at most limit. Those that were given up are not
// among them.
func Board(tx *db.Tx, of seller.ID, days span.Days, limit int) ([]Booking, error) {
	rows, err := bookingdb.New(tx).Board(tx.Context(), bookingdb.BoardParams{
		Seller: string(of), First: days.From.String(), Last: days.To.String(),
		Earliest: days.From.AddDays(-NightsMax - 30).String(), Most: int64(limit), // A departure takes at most thirty days.
	})
	if err != nil {
		return nil, err
	}
	return bookingsOf(rows)
}
