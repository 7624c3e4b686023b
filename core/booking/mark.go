package booking

import (
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/seal"
)

// Mark is that a door without a network has let somebody in, as it tells later.
type Mark struct {
	ID   string    `json:"id"`            // ID tells marks apart; told again under the same one, a mark is noted once.
	Door string    `json:"door"`          // Door is what the door calls itself.
	At   time.Time `json:"at"`            // At is when it let in.
	Said string    `json:"-"`             // Said is what the code says, or what was typed.
	Why  string    `json:"why,omitempty"` // Why is the code of the fault for which it should not have let in; empty when it was right.
}

const (
	marksMax = 20                 // marksMax of one ticket are remembered.
	markLate = 7 * 24 * time.Hour // markLate is how long after it a door may tell.
)

// Note notes that a door has let somebody in. The first one is the use of the ticket, at the time at which it was; whoever else was
// let in by it, and who should not have been, stays as a clash that staff sees. What is no ticket of the seller is ErrTicket.
func Note(tx *db.Tx, keys seal.Keys, of seller.ID, m Mark) (Booking, Mark, error) {
	if m.At.After(tx.Now()) || m.At.Before(tx.Now().Add(-markLate)) {
		m.At = tx.Now()
	}
	id, err := shown(tx, keys, of, m)
	if err != nil {
		return Booking{}, m, err
	}
	b, err := Of(tx, of, id)
	if err != nil {
		return Booking{}, m, err
	}
	if i := slices.IndexFunc(b.Marks, func(x Mark) bool { return x.ID == m.ID }); i >= 0 {
		return b, b.Marks[i], nil
	}
	err = b.admits(m.At)
	if err != nil {
		m.Why = fault.Of(err).Code
	}
	if len(b.Marks) < marksMax {
		b.Marks = append(slices.Clone(b.Marks), m)
	}
	if err == nil {
		b.State, b.Used = StateIn, m.At
	}
	if err := keep(tx, &b); err != nil || m.Why != "" {
		return b, m, err
	}
	return b, m, tx.Emit(Arrived{b.ID, b.Order})
}

// Clash tells whether the ticket has let in somebody who should not have been: twice at doors that did not know of each other, or
// after it was given up.
func (b Booking) Clash() bool {
	return slices.ContainsFunc(b.Marks, func(m Mark) bool { return m.Why != "" })
}

// AtDoor gives who may come to a seller's doors today, with who has come already. What is not paid is not among them.
func AtDoor(tx *db.Tx, of seller.ID) ([]Booking, error) {
	all, err := atDoor(tx, of, tx.Now())
	return slices.DeleteFunc(all, func(b Booking) bool { return !b.Paid }), err
}
