package payment

import (
	"database/sql"
	"errors"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/payment/paymentdb"
	"sauda/gear/db"
)

// Get gives a payment. Who may see it is judged by whoever asks: a payment has no readers of its own.
func Get(tx *db.Tx, id ID) (Payment, error) {
	row, err := paymentdb.New(tx).GetPayment(tx.Context(), string(id))
	return one(row, err, string(id))
}

// ByRef gives the payment that a gateway calls so.
func ByRef(tx *db.Tx, gateway, ref string) (Payment, error) {
	row, err := paymentdb.New(tx).PaymentByRef(tx.Context(), paymentdb.PaymentByRefParams{Gateway: gateway, Ref: ref})
	return one(row, err, gateway+" "+ref)
}

// ByOrder gives the payments of an order, the oldest first. There may be none.
func ByOrder(tx *db.Tx, order string) ([]Payment, error) {
	rows, err := paymentdb.New(tx).PaymentsByOrder(tx.Context(), order)
	return all(rows), err
}

// OfOrders gives the payments of some orders, by order, in one statement. Orders without one are absent.
func OfOrders(tx *db.Tx, orders []string) (map[string][]Payment, error) {
	if len(orders) == 0 {
		return nil, nil
	}
	rows, err := paymentdb.New(tx).PaymentsOfOrders(tx.Context(), db.In(orders))
	if err != nil {
		return nil, err
	}
	found := make(map[string][]Payment, len(rows))
	for _, r := range rows {
		found[r.OrderID] = append(found[r.OrderID], payment(r))
	}
	return found, nil
}

// ByCart gives every try to pay for a cart, the oldest first. There may be none.
func ByCart(tx *db.Tx, cart string) ([]Payment, error) {
	rows, err := paymentdb.New(tx).PaymentsByCart(tx.Context(), cart)
	return all(rows), err
}

func one(row paymentdb.Payment, err error, name string) (Payment, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Payment{}, ErrUnknown.About("%s", name)
	}
	if err != nil {
		return Payment{}, err
	}
	return payment(row), nil
}

func all(rows []paymentdb.Payment) []Payment {
	payments := make([]Payment, len(rows))
	for n, r := range rows {
		payments[n] = payment(r)
	}
	return payments
}

func payment(r paymentdb.Payment) Payment {
	currency := money.Currency(r.Currency)
	return Payment{
		ID: ID(r.ID), Cart: r.Cart, Order: r.OrderID, Seller: r.Seller, Party: r.Party, Method: Code(r.Method),
		Gateway: r.Gateway, Ref: r.Ref, Amount: money.Of(r.Amount, currency),
		Authorized: money.Of(r.Authorized, currency), Captured: money.Of(r.Captured, currency),
		Voided: money.Of(r.Voided, currency), Refunded: money.Of(r.Refunded, currency),
		Declined: r.Declined != 0, Reason: r.Reason, Next: NextStep{Kind: r.NextKind, URL: r.NextUrl},
		At: span.FromMicros(r.At), Changed: span.FromMicros(r.Changed),
	}
}
