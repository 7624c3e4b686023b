package order

import (
	"errors"
	"slices"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Sold is what was ordered from a seller on one day, in one currency. Orders that were cancelled do not count.
type Sold struct {
	Day    span.Day
	Orders int64
	Total  money.Money
}

// salesMax bounds how many days one look adds up: it reads every order of them.
const salesMax = 92

// dayMicros is the length of a day in Kazakhstan, whose clocks are never put forward or back.
const dayMicros = int64(24 * time.Hour / time.Microsecond)

// Sales gives what was ordered from a seller on the days of a span, by day and currency, in one statement: to staff with
// orders.read. Days without an order are left out. The span begins and ends, and has at most 92 days.
func Sales(tx *db.Tx, of seller.ID, days span.Days) (sold []Sold, err error) {
	if who := tx.Who(); !who.For(string(of)) || !who.May(ScopeRead) {
		return nil, ErrDenied.About("%s reads the sales of %s", who.ID, of)
	}
	if n := days.Len(); n < 1 || n > salesMax {
		return nil, ErrFilter.About("%d days", n)
	}
	from, to := days.Instants(span.Almaty)
	const query = `SELECT (placed_at - $1) / $2, currency, count(*), cast(sum(total) AS BIGINT) FROM orders
		WHERE seller = $3 AND id >= $4 AND id < $5 AND state <> 'cancelled' GROUP BY 1, 2`
	rows, err := tx.QueryContext(tx.Context(), query, span.Micros(from), dayMicros, string(of), bound(from), bound(to))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s Sold
		var day int64
		if err := rows.Scan(&day, &s.Total.Currency, &s.Orders, &s.Total.Minor); err != nil {
			return nil, err
		}
		s.Day = days.From.AddDays(int(day))
		sold = append(sold, s)
	}
	slices.SortFunc(sold, func(a, b Sold) int { return a.Day.Compare(b.Day) })
	return sold, rows.Err()
}

// InWork counts the orders of a seller that still need hands, by state: to staff with orders.read. Those that have
// arrived, came back or were cancelled are not counted, for their number grows without end.
func InWork(tx *db.Tx, of seller.ID) (counts map[State]int64, err error) {
	if who := tx.Who(); !who.For(string(of)) || !who.May(ScopeRead) {
		return nil, ErrDenied.About("%s counts the orders of %s", who.ID, of)
	}
	open := []State{StatePlaced, StatePacking, StatePacked, StatePartlyShipped, StateShipped, StateUndelivered}
	const query = `SELECT state, count(*) FROM orders
		WHERE seller = $1 AND state IN (SELECT value FROM json_each(cast($2 AS TEXT))) GROUP BY state`
	rows, err := tx.QueryContext(tx.Context(), query, string(of), db.In(open))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	counts = make(map[State]int64, len(open))
	for rows.Next() {
		var s State
		var n int64
		if err := rows.Scan(&s, &n); err != nil {
			return nil, err
		}
		counts[s] = n
	}
	return counts, rows.Err()
}
