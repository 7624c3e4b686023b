package booking

import (
	"slices"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Offer is what a change would mean.
type Offer struct {
	Booking
	Was money.Money // Was is the price before.
	Due money.Money // Due is what is to be paid more, the fee included; below zero is what comes back.
}

// OfferChange says what it would cost to have a booking at another time or for other people, without changing anything. What
// is taken already by the booking itself counts as free.
func OfferChange(tx *db.Tx, b Booking, d Draft) (Offer, error) {
	m, err := moveOf(tx, b, d, b.Terms.ChangeFee)
	if err != nil {
		return Offer{}, err
	}
	return Offer{m.fresh, b.Price, m.due}, left(tx, m.more())
}

// Change moves a booking to another time or to other people: what it took is given back and what it takes now is taken in one
// moment, or all stays as it was. The price is reckoned anew on the terms on which it was booked, with the fee for the
// change. What is cheaper comes back. What is dearer is not changed yet: the amendment that is given then has to be bought
// first. It is refused when the time for changes is over, with ErrTooLate.
func Change(tx *db.Tx, b Booking, d Draft) (Booking, *Amendment, error) {
	if !b.Changeable(tx.Now()) {
		if b.State != StateBooked || !b.Paid {
			return Booking{}, nil, b.wrongState("change")
		}
		return Booking{}, nil, ErrTooLate.About("change %s", b.ID)
	}
	m, err := moveOf(tx, b, d, b.Terms.ChangeFee)
	if err != nil {
		return Booking{}, nil, err
	}
	if !m.due.IsPositive() {
		fresh, err := m.make(tx)
		return fresh, nil, err
	}
	if err := left(tx, m.more()); err != nil {
		return Booking{}, nil, err
	}
	a, err := amend(tx, m)
	return b, &a, err
}

// Move is a change by the seller: at any time before the end, and without a fee. What is cheaper comes back to the buyer; what
// is dearer he does not pay.
func Move(tx *db.Tx, of seller.ID, id ID, d Draft) (Booking, error) {
	b, err := Of(tx, of, id)
	if err != nil {
		return Booking{}, err
	}
	if b.State != StateBooked || !tx.Now().Before(b.Ends) {
		return Booking{}, b.wrongState("move")
	}
	m, err := moveOf(tx, b, d, 0)
	if err != nil {
		return Booking{}, err
	}
	if m.due.IsPositive() || !b.Paid { // What is not paid yet stays the sum that its order asks for.
		m.fresh.Price, m.fresh.Parts, m.due.Minor = b.Price, b.Parts, 0
	}
	return m.make(tx)
}

// move is a change as it would be made.
type move struct {
	was, fresh  Booking
	wants       []hold.Want // wants are what it takes then.
	due         money.Money // due is what it costs more; below zero is what comes back.
	order, line string      // order and line have paid what is due.
}

// more is what a change takes beyond what the booking has already.
func (m move) more() []hold.Want { return beyond(m.wants, m.was.wants()) }

// make makes a change.
func (m move) make(tx *db.Tx) (Booking, error) {
	b, fresh := m.was, m.fresh
	if err := b.release(tx); err != nil {
		return Booking{}, err
	}
	fresh.holder = holderOf(b)
	if err := hold.Take(tx, fresh.holder, m.wants, tx.Now().Add(time.Minute)); err != nil {
		return Booking{}, err
	}
	if err := hold.Confirm(tx, fresh.holder); err != nil {
		return Booking{}, err
	}
	var back []Payment
	switch {
	case m.due.IsPositive():
		fresh.Payments = append(slices.Clone(b.Payments), Payment{m.order, m.line, m.due})
	case m.due.IsNegative():
		fresh.Payments, back = b.repaid(m.due.Neg())
	}
	fresh.Reminded = false
	if err := keep(tx, &fresh); err != nil {
		return Booking{}, err
	}
	for _, x := range []Booking{b, fresh} {
		if err := remarkOf(tx, x); err != nil {
			return Booking{}, err
		}
	}
	return fresh, tx.Emit(Changed{fresh.ID, fresh.Order, fresh.Price, m.due, fresh.version, back})
}

// moveOf loads what a change is judged by, and judges it.
func moveOf(tx *db.Tx, b Booking, d Draft, fee int64) (move, error) {
	d, err := d.cleaned()
	if err != nil {
		return move{}, err
	}
	p, err := PlanNamed(tx, b.Plan)
	if err != nil {
		return move{}, err
	}
	deps, err := departuresOf(tx, d)
	if err != nil {
		return move{}, err
	}
	return b.moved(p, d, moving{deps[d.Departure], tx.Now(), fee})
}

// moving is what is known when a change is judged.
type moving struct {
	to  Departure
	at  time.Time
	fee int64
}

// moved gives a booking as it would be at another time. The plan says what it takes, and the terms on which it was booked
// what it costs; the day on which it was booked counts for booking early, fees of earlier changes stay, and so does what promotions took
// off, as far as it reaches.
func (b Booking) moved(p Plan, d Draft, by moving) (move, error) {
	p.Open, p.Terms, d.Plan = true, b.Terms, b.Plan
	if d.Staff == "" {
		d.Staff = b.Draft.Staff
	}
	j, err := p.judge(d, by.to, by.at)
	if err != nil {
		return move{}, err
	}
	if j.Priced, err = b.Terms.Price(j.Draft, span.DayOf(b.Made, p.Location())); err != nil {
		return move{}, err
	}
	if err := b.carry(&j.Priced, by.fee); err != nil {
		return move{}, err
	}
	fresh := p.booking(j)
	fresh.Offs = b.Offs
	fresh.ID, fresh.State, fresh.Party, fresh.Order, fresh.Line = b.ID, b.State, b.Party, b.Order, b.Line
	fresh.Name, fresh.Paid, fresh.Made, fresh.version, fresh.Payments = b.Name, b.Paid, b.Made, b.version, b.Payments
	return move{was: b, fresh: fresh, wants: j.Wants, due: money.Of(fresh.Price.Minor-b.Price.Minor, b.Price.Currency)}, nil
}

// carry adds to the price of a change what stays of the price before: the fees, with that of the change, and what promotions took
// off.
func (b Booking) carry(to *Priced, fee int64) (err error) {
	var stay []Part
	for _, part := range b.Parts {
		if part.Code == PartFee {
			stay = append(stay, part)
		}
	}
	if fee > 0 {
		stay = append(stay, Part{Code: PartFee, Amount: money.Of(fee, b.Price.Currency)})
	}
	off := int64(0)
	for _, o := range b.Offs {
		n, err := o.of(base(to.Parts))
		if err != nil {
			return err
		}
		off += n
	}
	if off > 0 {
		stay = append(stay, Part{Code: PartOff, Amount: money.Of(-off, b.Price.Currency)})
	}
	for _, part := range stay {
		if to.Total, err = to.Total.Add(part.Amount); err != nil {
			return err
		}
	}
	to.Parts = append(to.Parts, stay...)
	return nil
}
