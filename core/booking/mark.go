package booking

import (
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/seal"
)

// Mark is that a door lets somebody in: now, or without a network, as it tells later.
type Mark struct {
	ID   string    `json:"id"`            // ID tells marks apart; told again under the same one, a mark is noted once. Without one it is not remembered.
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
	if known, is := b.marked(m.ID); is {
		return b, known, nil
	}
	if no := b.admits(m.At); no != nil {
		m.Why = fault.Of(no).Code
		b.mark(m)
		return b, m, keep(tx, &b)
	}
	b, err = letIn(tx, b, m)
	return b, m, err
}

// marked gives the mark of an ID, if it was noted.
func (b Booking) marked(id string) (Mark, bool) {
	i := slices.IndexFunc(b.Marks, func(m Mark) bool { return m.ID == id })
	if i < 0 {
		return Mark{}, false
	}
	return b.Marks[i], true
}

// mark remembers a mark that has an ID.
func (b *Booking) mark(m Mark) {
	if m.ID != "" && len(b.Marks) < marksMax {
		b.Marks = append(slices.Clone(b.Marks), m)
	}
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
