package booking

import (
	"slices"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/gear/db"
)

// Refund is what happens to the money of a booking that is given up.
type Refund struct {
	Back  money.Money // Back is what the buyer has again.
	Kept  money.Money // Kept is what the seller keeps. Both together are what was paid.
	Share money.Rate  // Share is the one of the policy.
	Days  int         // Days are those before the start.
}

// Refund says what comes back of a price to who gives up on a day: the share of the step that counts, of everything but the
// tax, which comes back whole as nobody has stayed. It is rounded half up to the minor unit; back and kept are the price.
func (t Terms) Refund(price money.Money, parts []Part, first, today span.Day) Refund {
	r := Refund{Days: today.DaysUntil(first)}
	for _, b := range t.Back {
		if r.Days >= b.Days {
			r.Share = b.Share
			break
		}
	}
	if r.Days < 0 {
		r.Share = 0
	}
	return r.of(price, parts)
}

// Missing says what comes back to who has not come: everything but the share that is kept, and the tax.
func (t Terms) Missing(price money.Money, parts []Part) Refund {
	return Refund{Share: money.One - t.NoShow}.of(price, parts)
}

func (r Refund) of(price money.Money, parts []Part) Refund {
	var tax int64
	for _, p := range parts {
		if p.Code == PartTax {
			tax += p.Amount.Minor
		}
	}
	tax = min(tax, price.Minor)
	rest := r.Share.Of(money.Of(price.Minor-tax, price.Currency), money.HalfUp)
	r.Back = money.Of(rest.Minor+tax, price.Currency)
	r.Kept = money.Of(price.Minor-r.Back.Minor, price.Currency)
	return r
}

// Refund says what comes back of a booking that is given up at an instant. Nothing comes back of what is over.
func (b Booking) Refund(at time.Time) Refund {
	loc := location(b.Zone)
	return b.Terms.Refund(b.Price, b.Parts, b.From, span.DayOf(at, loc))
}

// RefundBy says what comes back when somebody gives a booking up at an instant. Its buyer is bound by the terms; what its seller
// does not give is paid back whole.
func (b Booking) RefundBy(who db.Who, at time.Time) Refund {
	if who.Kind == db.KindBuyer || who.Kind == db.KindGuest {
		return b.Refund(at)
	}
	return b.whole()
}

// Open says whether a booking may still be given up by its buyer at an instant.
func (b Booking) Open(at time.Time) bool { return b.State == StateBooked && at.Before(b.Starts) }

// Changeable says whether a booking may still be moved to another time by its buyer.
func (b Booking) Changeable(at time.Time) bool {
	return b.Open(at) && b.Paid && span.DayOf(at, location(b.Zone)).DaysUntil(b.From) >= b.Terms.ChangeTo
}

// Payment is what one line of an order has paid for a booking: the first when it was booked, and one for each change that made
// it dearer.
type Payment struct {
	Order  string      `json:"order"`
	Line   string      `json:"line"`
	Amount money.Money `json:"amount"`
}

// repaid takes a sum from the payments of a booking, the latest first, and gives what is left of them and what comes back of
// each. More than was paid never comes back.
func (b Booking) repaid(sum money.Money) (left, back []Payment) {
	rest := sum.Minor
	for _, p := range slices.Backward(b.Payments) {
		n := min(rest, p.Amount.Minor)
		rest -= n
		if n > 0 {
			back = append(back, Payment{p.Order, p.Line, money.Of(n, p.Amount.Currency)})
		}
		p.Amount.Minor -= n
		left = append(left, p)
	}
	slices.Reverse(left)
	return left, back
}

// give takes what a refund brings back from the payments, and says of which. Where nothing is kept, the line of the booking is
// cancelled and brings back by itself what it has paid, so that its payment stays.
func (b *Booking) give(r Refund) []Payment {
	left, back := b.repaid(r.Back)
	for i, p := range b.Payments {
		if r.Kept.IsZero() && p.Order == b.Order && p.Line == b.Line {
			left[i] = p
		}
	}
	b.Payments = left
	return back
}

// whole is the refund of what the seller does not give: all that was paid comes back.
func (b Booking) whole() Refund {
	r := Refund{Back: money.Of(0, b.Price.Currency), Kept: money.Of(0, b.Price.Currency), Share: money.One}
	for _, p := range b.Payments {
		if b.Paid {
			r.Back.Minor += p.Amount.Minor
		}
	}
	return r
}
