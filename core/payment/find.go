package payment

import (
	"errors"
	"strconv"
	"strings"

	"sauda/base/ident"
	"sauda/base/span"
	"sauda/core/payment/paymentdb"
	"sauda/gear/db"
)

// Filter says which payments are found. Empty fields want all.
type Filter struct {
	Seller string
	State  State
	From   span.Day
	To     span.Day // To is the last day, included.
	Before ID       // Before is what Find gave to go on from.
	Limit  int      // Limit is at most 200; anything else counts as that.
}

// stands are the states as SQL sees them: the same cases as in State, each without those before it.
var stands = map[State]string{
	StateRefunded:       "captured > 0 AND refunded = captured",
	StatePartlyRefunded: "refunded > 0 AND NOT (captured > 0 AND refunded = captured)",
	StatePartlyCaptured: "refunded = 0 AND captured > 0 AND captured < authorized - voided",
	StateCaptured:       "refunded = 0 AND captured > 0 AND captured >= authorized - voided",
	StateVoided:         "refunded = 0 AND captured = 0 AND authorized > 0 AND voided = authorized",
	StateAuthorized:     "refunded = 0 AND captured = 0 AND authorized > 0 AND voided <> authorized",
	StateDeclined:       "declined = 1 AND refunded = 0 AND captured = 0 AND authorized = 0",
	StateChallenged:     "declined = 0 AND refunded = 0 AND captured = 0 AND authorized = 0 AND next_url <> ''",
	StateBegun:          "declined = 0 AND refunded = 0 AND captured = 0 AND authorized = 0 AND next_url = ''",
}

// pageMax bounds a page of payments.
const pageMax = 200

// Find gives payments as a filter wants them, the newest first, and the id to go on from, which is empty when there is no
// more. A state that is none finds nothing. Days are those of Kazakhstan.
func Find(tx *db.Tx, f Filter) ([]Payment, ID, error) {
	if f.Limit < 1 || f.Limit > pageMax {
		f.Limit = pageMax
	}
	query, args, known := f.query()
	if !known {
		return nil, "", nil
	}
	found, err := payments(tx, query, args)
	if err != nil || len(found) <= f.Limit {
		return found, "", err
	}
	found = found[:f.Limit]
	return found, found[f.Limit-1].ID, nil
}

// query writes the statement of a filter. What is not asked for is left out, so that an index fits.
func (f Filter) query() (query string, args []any, known bool) {
	conditions := []string{"1 = 1"}
	add := func(condition, value string) {
		args = append(args, value)
		conditions = append(conditions, condition+"$"+strconv.Itoa(len(args)))
	}
	if f.State != "" {
		stand, ok := stands[f.State]
		if !ok {
			return "", nil, false
		}
		conditions = append(conditions, stand)
	}
	if f.Seller != "" {
		add("seller = ", f.Seller)
	}
	if !f.From.IsZero() {
		add("id >= ", ident.Least("pay", f.From.Start(span.Almaty)))
	}
	if !f.To.IsZero() {
		add("id < ", ident.Least("pay", f.To.AddDays(1).Start(span.Almaty)))
	}
	if f.Before != "" {
		add("id < ", string(f.Before))
	}
	args = append(args, int64(f.Limit+1))
	return "SELECT " + columns + " FROM payment WHERE " + strings.Join(conditions, " AND ") +
		" ORDER BY id DESC LIMIT $" + strconv.Itoa(len(args)), args, true
}

// columns are those of a payment, in the order in which payments reads them.
const columns = `id, cart, order_id, seller, party, method, gateway, ref, currency, amount, authorized, captured, voided, refunded,
	declined, reason, next_kind, next_url, at, changed`

// payments runs a statement of a filter.
func payments(tx *db.Tx, query string, args []any) (found []Payment, err error) {
	rows, err := tx.QueryContext(tx.Context(), query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r paymentdb.Payment
		if err := rows.Scan(&r.ID, &r.Cart, &r.OrderID, &r.Seller, &r.Party, &r.Method, &r.Gateway, &r.Ref, &r.Currency, &r.Amount,
			&r.Authorized, &r.Captured, &r.Voided, &r.Refunded, &r.Declined, &r.Reason, &r.NextKind, &r.NextUrl, &r.At, &r.Changed); err != nil {
			return nil, err
		}
		found = append(found, payment(r))
	}
	return found, rows.Err()
}
