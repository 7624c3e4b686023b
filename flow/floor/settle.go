package floor

import (
	"errors"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/gear/db"
)

const (
	// SettlementCalendar is the code of the calendar that says on which days is settled. Without it, that is from Monday to Friday.
	SettlementCalendar = "SETTLEMENT"
	// penalty is what a day of failure costs: one basis point of what is open, as for liquid shares in the European Union
	// (Delegated Regulation (EU) 2017/389, annex).
	penalty = money.One / 10_000
	// buyIn is after how many failures a trade may be bought in (Regulation (EU) No 909/2014 art. 7(3): four business days).
	buyIn = 4
	// weekDays bounds the way to the next day of settlement: no holidays last longer.
	weekDays = 60
)

// Settle settles what is due by a day and can be; the last run of a day states what has failed. What it has moved the market
// hears of by Follow.
func Settle(tx *db.Tx, day span.Day, last bool) (clearing.Settlement, error) {
	settles, err := settlementDays(tx)
	if err != nil {
		return clearing.Settlement{}, err
	}
	next := func(day span.Day) span.Day {
		for range weekDays {
			if day = day.AddDays(1); settles(day) {
				return day
			}
		}
		return day
	}
	run := clearing.Run{Day: day, Last: last, Next: next, Penalty: penalty, BuyIn: buyIn}
	done, err := clearing.Settle(tx, run)
	if err != nil {
		return done, err
	}
	return done, stateOverdue(tx, run.Day, done.Failures)
}

// settlementDays gives what says whether a day is one of settlement.
func settlementDays(tx *db.Tx) (func(span.Day) bool, error) {
	c, err := exchange.GetCalendar(tx, SettlementCalendar)
	if errors.Is(err, exchange.ErrUnknown) {
		return func(day span.Day) bool { return day.Weekday() != 0 && day.Weekday() != 6 }, nil
	}
	return c.Trades, err
}
