package booking

import (
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
	_, fresh, err := moved(tx, b, d, b.Terms.ChangeFee)
	if err != nil {
		return Offer{}, err
	}
	return Offer{fresh, b.Price, money.Of(fresh.Price.Minor-b.Price.Minor, b.Price.Currency)}, nil
}

// Change moves a booking to another time or to other people: what it took is given back and what it takes now is taken in one
// moment, or all stays as it was. The price is reckoned anew on the terms on which it was booked, with the fee for the
// change. It is refused when the time for changes is over, with ErrTooLate.
func Change(tx *db.Tx, b Booking, d Draft) (Booking, error) {
	if !b.Changeable(tx.Now()) {
		if b.State != StateBooked || !b.Paid {
			return Booking{}, b.wrongState("change")
		}
		return Booking{}, ErrTooLate.About("change %s", b.ID)
	}
	return change(tx, b, d, b.Terms.ChangeFee)
}

// Move is a change by the seller: at any time before the end, and without a fee.
func Move(tx *db.Tx, of seller.ID, id ID, d Draft) (Booking, error) {
	b, err := Of(tx, of, id)
	if err != nil {
		return Booking{}, err
	}
	if b.State != StateBooked || !tx.Now().Before(b.Ends) {
		return Booking{}, b.wrongState("move")
	}
	return change(tx, b, d, 0)
}

func change(tx *db.Tx, b Booking, d Draft, fee int64) (Booking, error) {
	j, fresh, err := moved(tx, b, d, fee)
	if err != nil {
		return Booking{}, err
	}
	if err := b.release(tx); err != nil {
		return Booking{}, err
	}
	fresh.holder = holderOf(b)
	if err := hold.Take(tx, fresh.holder, j.Wants, tx.Now().Add(time.Minute)); err != nil {
		return Booking{}, err
	}
	if err := hold.Confirm(tx, fresh.holder); err != nil {
		return Booking{}, err
	}
	due := money.Of(fresh.Price.Minor-b.Price.Minor, b.Price.Currency)
	fresh.Due.Minor = b.Due.Minor + due.Minor
	fresh.Reminded = false
	if err := keep(tx, &fresh); err != nil {
		return Booking{}, err
	}
	for _, x := range []Booking{b, fresh} {
		if err := remarkOf(tx, x); err != nil {
			return Booking{}, err
		}
	}
	return fresh, tx.Emit(Changed{fresh.ID, fresh.Order, fresh.Price, due})
}

// moved gives a booking as it would be at another time. The plan says what it takes, and the terms on which it was booked
// what it costs; the day on which it was booked counts for booking early, and fees of earlier changes stay.
func moved(tx *db.Tx, b Booking, d Draft, fee int64) (judged, Booking, error) {
	d, err := d.cleaned()
	if err != nil {
		return judged{}, Booking{}, err
	}
	d.Plan = b.Plan
	p, err := PlanNamed(tx, b.Plan)
	if err != nil {
		return judged{}, Booking{}, err
	}
	p.Open, p.Terms = true, b.Terms
	deps, err := departuresOf(tx, d)
	if err != nil {
		return judged{}, Booking{}, err
	}
	if d.Staff == "" {
		d.Staff = b.Draft.Staff
	}
	j, err := p.judge(d, deps[d.Departure], tx.Now())
	if err != nil {
		return judged{}, Booking{}, err
	}
	if j.Priced, err = b.Terms.Price(j.Draft, span.DayOf(b.Made, p.Location())); err != nil {
		return judged{}, Booking{}, err
	}
	var fees []Part
	for _, part := range b.Parts {
		if part.Code == PartFee {
			fees = append(fees, part)
		}
	}
	if fee > 0 {
		fees = append(fees, Part{Code: PartFee, Amount: money.Of(fee, b.Price.Currency)})
	}
	for _, part := range fees {
		if j.Priced.Total, err = j.Priced.Total.Add(part.Amount); err != nil {
			return judged{}, Booking{}, err
		}
	}
	j.Priced.Parts = append(j.Priced.Parts, fees...)
	fresh := p.booking(j)
	fresh.ID, fresh.State, fresh.Party, fresh.Order, fresh.Line = b.ID, b.State, b.Party, b.Order, b.Line
	fresh.Name, fresh.Paid, fresh.Made, fresh.version = b.Name, b.Paid, b.Made, b.version
	return j, fresh, nil
}
