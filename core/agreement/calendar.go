package agreement

import (
	"slices"
	"time"

	"sauda/base/money"
	"sauda/base/span"
)

// Every is a rhythm.
type Every string

// The rhythms.
const (
	EveryWeek      Every = "week"
	EveryTwoWeeks  Every = "two_weeks"
	EveryMonth     Every = "month"
	EveryTwoMonths Every = "two_months"
	EveryQuarter   Every = "quarter"
	EveryYear      Every = "year"
)

// Rhythms are all of them, the shortest first.
var Rhythms = []Every{EveryWeek, EveryTwoWeeks, EveryMonth, EveryTwoMonths, EveryQuarter, EveryYear}

// Valid says whether it is a rhythm.
func (e Every) Valid() bool { return slices.Contains(Rhythms, e) }

// step gives a rhythm in days or in months.
func (e Every) step() (days, months int) {
	switch e {
	case EveryWeek:
		return 7, 0
	case EveryTwoWeeks:
		return 14, 0
	case EveryTwoMonths:
		return 0, 2
	case EveryQuarter:
		return 0, 3
	case EveryYear:
		return 0, 12
	}
	return 0, 1
}

// Monthly is what a sum of each period comes to in a month; a year has 52 weeks and 12 months here.
func (e Every) Monthly(sum money.Money) (money.Money, error) {
	if days, months := e.step(); days == 0 {
		return sum.Times(1, int64(months), money.HalfUp)
	} else {
		return sum.Times(int64(52*7/days), 12, money.HalfUp)
	}
}

// Calendar is the days of an agreement: the nth is so many steps after the first, so that what begins on the 31st comes on the
// last day of a short month, and on the 31st again after it.
type Calendar struct {
	From  span.Day `json:"from"`
	Every Every    `json:"every"`
	N     int      `json:"n"` // N is how many steps have been taken.
}

// At gives the nth day.
func (c Calendar) At(n int) span.Day {
	days, months := c.Every.step()
	if months == 0 {
		return c.From.AddDays(days * n)
	}
	year, month, day := c.From.Date()
	first := time.Date(year, month+time.Month(months*n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	d, err := span.Date(first.Year(), first.Month(), min(day, last))
	if err != nil {
		return never
	}
	return d
}

// After moves the calendar to its first day after another, and gives it. However long the house stood still, days that have
// passed are not made up for.
func (c *Calendar) After(d span.Day) span.Day {
	for {
		c.N++
		if at := c.At(c.N); d.Before(at) {
			return at
		}
	}
}

// Coming gives the next days on which an agreement orders, the first of them first; none while it rests or waits for a card.
func (a Agreement) Coming(n int) []span.Day {
	if a.State != StateActive && a.State != StateDunning || a.Hard {
		return nil
	}
	days := []span.Day{a.Due} // Of what waits for its payment, that is when it is tried again.
	for c := a.Calendar; len(days) < n; {
		days = append(days, c.After(days[len(days)-1]))
	}
	return days
}

// dunning is on which days after the first failure a payment is tried again. When the last of these has failed, too, the
// agreement ends.
var dunning = []int{1, 3, 7}

// triesMax is how often a period is tried at once with another card. Networks of cards let a payment be tried 15 times in 30
// days; from then on it is tried on its days.
const triesMax = 10

// NoticeDays is how many days before an order its buyer is told of it.
const NoticeDays = 3

// noticeFor is when the buyer is told of what is ordered on a day: in time, or at once.
func noticeFor(day span.Day) span.Day { return day.AddDays(-NoticeDays) }
