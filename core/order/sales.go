package order

import (
	"errors"
	"time"

	"sauda/base/ident"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/seller"
	"sauda/gear/db"
)

// salesMax bounds how many days one look adds up: it reads every order of them.
const salesMax = 92

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

// Hour is what was ordered from a seller within one hour, in one currency.
type Hour struct {
	At     time.Time // At is when the hour begins.
	Early  bool      // Early says that this is the part of the hour before the moment that Hours was asked to part by.
	Orders int64
	Total  money.Money
}

// hourMicros is the length of an hour.
const hourMicros = int64(time.Hour / time.Microsecond)

// Hours gives what was ordered from a seller on the days of a span, by hour and currency, in one statement: to staff with
// orders.read. The hour in which a moment lies is given in two parts, what was ordered before it and the rest, so that
// a day that is not over can be compared with one that is. Hours without an order are left out. The span begins and ends,
// and has at most 92 days.
func Hours(tx *db.Tx, of seller.ID, days span.Days, part time.Time) (hours []Hour, err error) {
	if who := tx.Who(); !who.For(string(of)) || !who.May(ScopeRead) {
		return nil, ErrDenied.About("%s reads the sales of %s", who.ID, of)
	}
	if n := days.Len(); n < 1 || n > salesMax {
		return nil, ErrFilter.About("%d days", n)
	}
	from, to := days.Instants(span.Almaty)
	const query = `SELECT (placed_at - $1) / $2, CASE WHEN placed_at < $3 THEN 1 ELSE 0 END, currency, count(*), cast(sum(total) AS BIGINT)
		FROM orders WHERE seller = $4 AND id >= $5 AND id < $6 AND state <> 'cancelled' GROUP BY 1, 2, 3 ORDER BY 1, 2 DESC, 3`
	rows, err := tx.QueryContext(tx.Context(), query, span.Micros(from), hourMicros, span.Micros(part), string(of), ident.Least("ord", from), ident.Least("ord", to))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var h Hour
		var hour, early int64
		if err := rows.Scan(&hour, &early, &h.Total.Currency, &h.Orders, &h.Total.Minor); err != nil {
			return nil, err
		}
		h.At, h.Early = from.Add(time.Duration(hour)*time.Hour), early == 1
		hours = append(hours, h)
	}
	return hours, rows.Err()
}
