package course

import (
	"sauda/base/money"
	"sauda/base/span"
)

// Payment is one part of a price and the day on which it is due.
type Payment struct {
	Day    span.Day
	Amount money.Money
}

// Payments divides a price by a plan. The first part is due on the day of the enrolment, the others so many days after the
// first lesson, and never before the enrolment. The parts add up to the price to the last minor unit. Without a plan there is
// one part.
func Payments(price money.Money, plan []Installment, enrolled, begins span.Day) []Payment {
	if len(plan) == 0 || price.IsZero() {
		return []Payment{{enrolled, price}}
	}
	shares := make([]int64, len(plan))
	for i, p := range plan {
		shares[i] = int64(p.Share)
	}
	all := make([]Payment, len(plan))
	for i, amount := range price.Split(shares) {
		all[i] = Payment{begins.AddDays(plan[i].AfterDays), amount}
		if i == 0 || all[i].Day.Before(enrolled) {
			all[i].Day = enrolled
		}
	}
	return all
}

// Reduced gives a price less the share of a scholarship, which is rounded down: the student never pays a part of a minor unit
// that the school has not asked for.
func Reduced(price money.Money, share money.Rate) money.Money {
	less, err := price.Sub(share.Of(price, money.Down))
	if err != nil { // A share of an amount has its currency.
		panic("course: " + err.Error())
	}
	return less
}

// Parting is what is settled when a student leaves.
type Parting struct {
	Held   int         // Held is how many lessons of all were held for him.
	All    int         // All are those that the price is for.
	Earned money.Money // Earned is what the school keeps, of the price.
	Paid   money.Money
	Back   money.Money // Back goes back to him,
	Owed   money.Money // and Owed is what he still owes; one of the two is zero.
}

// Settled is what is shown before a student leaves: what goes back to him, or below zero what he still owes.
func (p Parting) Settled() money.Money { return money.Of(p.Back.Minor-p.Owed.Minor, p.Back.Currency) }

// Settle reckons what a student gets back who leaves: the price is earned lesson by lesson, and what was paid beyond it goes
// back (Civil Code of Kazakhstan art. 686(1): who orders a service may give it up when he pays for what it has cost). What was earned is
// rounded down to a minor unit, in his favour. Without any lesson nothing is earned until all are over.
func Settle(price, paid money.Money, held, all int) Parting {
	held = min(max(held, 0), max(all, 0))
	p := Parting{Held: held, All: all, Earned: money.Of(0, price.Currency), Paid: paid,
		Back: money.Of(0, price.Currency), Owed: money.Of(0, price.Currency)}
	if all > 0 {
		earned, err := price.Times(int64(held), int64(all), money.Down)
		if err != nil { // A share of an amount that is stored can be counted.
			panic("course: " + err.Error())
		}
		p.Earned = earned
	}
	if rest := paid.Minor - p.Earned.Minor; rest >= 0 {
		p.Back.Minor = rest
	} else {
		p.Owed.Minor = -rest
	}
	return p
}
