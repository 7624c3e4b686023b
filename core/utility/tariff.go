package utility

import (
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
)

// Base is what a tariff charges for.
type Base string

// The bases.
const (
	BaseMeter  Base = "meter"  // BaseMeter charges what was used, by the meter or, without one, by the norm of each person.
	BaseArea   Base = "area"   // BaseArea charges the square metres.
	BasePerson Base = "person" // BasePerson charges each who lives there.
	BaseFixed  Base = "fixed"  // BaseFixed charges the same for everybody.
)

// Bases are all bases.
var Bases = []Base{BaseMeter, BaseArea, BasePerson, BaseFixed}

// Price is a price of a unit in hundredths of the smallest unit of money, for tariffs have four decimal places.
type Price int64

// perPrice is how many of the parts of a Price, for a millionth of a unit, are one smallest unit of money.
const perPrice = 100 * int64(measure.One)

// Step is a price up to a bound; the last step of a tariff has none.
type Step struct {
	UpTo  measure.Quantity `json:"up_to,omitempty"`
	Price Price            `json:"price"`
}

// Tariff is what is charged from a day on, until the next tariff begins.
type Tariff struct {
	From      span.Day         `json:"from"`
	Base      Base             `json:"base"`
	Steps     []Step           `json:"steps"`
	PerPerson bool             `json:"per_person,omitempty"` // PerPerson says that the bounds of the steps are those of one person.
	Norm      measure.Quantity `json:"norm,omitempty"`       // Norm is what one person counts as using in a month where no meter is read.
}

// tariffsMax and stepsMax bound what a bill has to go through.
const tariffsMax, stepsMax = 24, 10

// Check refuses a tariff that cannot be charged.
func (t Tariff) Check() error {
	if t.From.IsZero() || len(t.Steps) == 0 || len(t.Steps) > stepsMax || t.Norm < 0 || t.Norm > useMax {
		return ErrTariff.About("from %s with %d steps", t.From, len(t.Steps))
	}
	known := false
	for _, b := range Bases {
		known = known || b == t.Base
	}
	if !known {
		return ErrTariff.About("base %.20q", string(t.Base))
	}
	for i, s := range t.Steps {
		last := i == len(t.Steps)-1
		rises := i == 0 || s.UpTo > t.Steps[i-1].UpTo
		if s.Price < 0 || s.Price > priceMax || last != (s.UpTo == 0) || !last && (!rises || s.UpTo > useMax) {
			return ErrTariff.About("step %d", i+1)
		}
	}
	return nil
}

const (
	useMax   = 1_000_000_000 * measure.One // useMax is more than a town uses in a month.
	priceMax = 100_000_000_00              // priceMax keeps use times price within what can be counted after division.
)

// Use is what there is to charge for at an account in a month.
type Use struct {
	People int64
	Area   measure.Quantity
	Read   bool             // Read says that a meter tells what was used.
	Used   measure.Quantity // Used is what it tells.
}

// Part is the reason for a part of a line: so much at such a price.
type Part struct {
	From     span.Day         `json:"from"`           // From is the first day of the tariff that counted.
	Days     int              `json:"days,omitempty"` // Days is on how many days of the month it counted; 0 is on all.
	Step     int              `json:"step,omitempty"` // Step counts from 1; 0 when the tariff has one step only.
	Base     Base             `json:"base"`
	Norm     bool             `json:"norm,omitempty"` // Norm says that the norm stood in for a meter.
	Quantity measure.Quantity `json:"quantity"`
	Price    Price            `json:"price"`
	Sum      int64            `json:"sum"`
}

// MonthOf gives the first day of the month in which a day lies.
func MonthOf(d span.Day) span.Day {
	year, month, _ := d.Date()
	first, err := span.Date(year, month, 1)
	if err != nil {
		return span.Day{}
	}
	return first
}

// nextMonth gives the first day of the month after the one that begins on a day.
func nextMonth(first span.Day) span.Day { return MonthOf(first.AddDays(31)) }

// Charge gives what a month costs by tariffs that are in the order of their days, to the smallest unit of money, and why. A
// tariff that begins within the month counts from its day: what was used is shared among the tariffs by their days, so that
// nothing is lost, and so are the bounds of steps and what is charged by the month. Each part is rounded half up, once. Before
// the first tariff nothing is charged. It is ErrTariff when the sum cannot be counted.
func Charge(tariffs []Tariff, month span.Day, u Use) (sum int64, parts []Part, err error) {
	spans := during(tariffs, month)
	all := month.DaysUntil(nextMonth(month))
	var gone int64
	for _, s := range spans {
		days := int64(s.days)
		whole, norm := u.of(s.Tariff)
		from, okFrom := money.MulDiv(int64(whole), gone, int64(all), money.HalfUp)
		upTo, okTo := money.MulDiv(int64(whole), gone+days, int64(all), money.HalfUp)
		if !okFrom || !okTo {
			return 0, nil, ErrTariff.About("%d of %s", int64(whole), s.From)
		}
		quantity := upTo - from
		gone += days
		fresh, err := s.steps(measure.Quantity(quantity), days, int64(all), u.People)
		if err != nil {
			return 0, nil, err
		}
		for _, p := range fresh {
			p.Norm = norm
			if s.days != all {
				p.Days = s.days
			}
			if sum += p.Sum; sum > sumMax {
				return 0, nil, ErrTariff.About("more than can be billed")
			}
			parts = append(parts, p)
		}
	}
	return sum, parts, nil
}

// sumMax is the largest sum of a bill.
const sumMax = 1_000_000_000_000_00

// counted is a tariff with the days of the month on which it counts.
type counted struct {
	Tariff
	days int
}

// during gives the tariffs of a month with their days, in order.
func during(tariffs []Tariff, month span.Day) (spans []counted) {
	end := nextMonth(month)
	for i, t := range tariffs {
		from, to := t.From, end
		if from.Before(month) {
			from = month
		}
		if i+1 < len(tariffs) && tariffs[i+1].From.Before(to) {
			to = tariffs[i+1].From
		}
		if days := from.DaysUntil(to); days > 0 {
			spans = append(spans, counted{t, days})
		}
	}
	return spans
}

// of gives how much of what a tariff charges for there is in a whole month, and whether the norm says so.
func (u Use) of(t Tariff) (q measure.Quantity, norm bool) {
	switch t.Base {
	case BaseArea:
		return u.Area, false
	case BasePerson:
		return measure.Of(u.People), false
	case BaseFixed:
		return measure.One, false
	}
	if u.Read {
		return u.Used, false
	}
	return t.Norm * measure.Quantity(min(u.People, peopleMax)), true
}

// peopleMax is how many may live at one account.
const peopleMax = 1000

// steps goes up the steps of a tariff with a quantity.
func (t Tariff) steps(q measure.Quantity, days, all, people int64) (parts []Part, err error) {
	var below measure.Quantity
	for i, s := range t.Steps {
		rest := q - below
		if rest <= 0 && i > 0 {
			break
		}
		if s.UpTo > 0 {
			bound := int64(s.UpTo)
			if t.PerPerson {
				bound *= max(1, min(people, peopleMax))
			}
			bound, _ = money.MulDiv(bound, days, all, money.HalfUp)
			rest = min(rest, measure.Quantity(bound)-below)
		}
		sum, ok := money.MulDiv(int64(rest), int64(s.Price), perPrice, money.HalfUp)
		if !ok || sum > sumMax {
			return nil, ErrTariff.About("%d at %d", int64(rest), int64(s.Price))
		}
		p := Part{From: t.From, Base: t.Base, Quantity: rest, Price: s.Price, Sum: sum}
		if len(t.Steps) > 1 {
			p.Step = i + 1
		}
		parts, below = append(parts, p), below+rest
	}
	return parts, nil
}

// dueOf is the day by which the bill of a month is to be paid: a day of the month after it.
func dueOf(month span.Day, day int) span.Day {
	next := nextMonth(month)
	year, m, _ := next.Date()
	last := next.DaysUntil(nextMonth(next))
	due, err := span.Date(year, time.Month(m), max(1, min(day, last)))
	if err != nil {
		return next
	}
	return due
}
