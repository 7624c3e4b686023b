package payment

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/payment/paymentdb"
	"sauda/gear/db"
)

// Opening is what a payment begins with.
type Opening struct {
	Cart    string
	Seller  string
	Party   string // Party is empty for a guest.
	Method  Code
	Country string // Country is where the goods go: it decides what is offered.
	Amount  money.Money
}

// Begin records a try to pay, if its method is offered for this purchase. Through a gateway, nothing is promised yet. A
// method without a gateway has only the buyer's word, so its amount counts as authorized at once and no fact is stated.
// Begin called twice makes two payments: the story that calls it keeps the first.
func Begin(tx *db.Tx, o Opening) (Payment, error) {
	methods, err := Methods(tx, Ask{Country: o.Country, Amount: o.Amount})
	if err != nil {
		return Payment{}, err
	}
	return BeginBy(tx, o, methods)
}

// BeginBy is Begin among the methods that the caller knows to be offered for this purchase.
func BeginBy(tx *db.Tx, o Opening, offered []Method) (Payment, error) {
	if !o.Amount.IsPositive() {
		return Payment{}, ErrAmount.About("%s for the cart %s", o.Amount, o.Cart)
	}
	for _, m := range offered {
		if m.Code == o.Method {
			return begin(tx, o, m.Gateway)
		}
	}
	return Payment{}, ErrMethod.With("method", string(o.Method))
}

func begin(tx *db.Tx, o Opening, gateway string) (Payment, error) {
	none := money.Of(0, o.Amount.Currency)
	p := Payment{
		ID: ID(tx.Mint("pay")), Cart: o.Cart, Seller: o.Seller, Party: o.Party, Method: o.Method, Gateway: gateway,
		Amount: o.Amount, Authorized: none, Captured: none, Voided: none, Refunded: none, At: tx.Now(), Changed: tx.Now(),
	}
	if gateway == "" {
		p.Authorized = o.Amount
	}
	return p, paymentdb.New(tx.Later()).AddPayment(tx.Context(), paymentdb.AddPaymentParams{
		ID: string(p.ID), Cart: p.Cart, Seller: p.Seller, Party: p.Party, Method: string(p.Method), Gateway: p.Gateway,
		Currency: string(p.Amount.Currency), Amount: p.Amount.Minor, Authorized: p.Authorized.Minor,
		At: span.Micros(p.At),
	})
}

// Bind says which order a payment pays for, and notes what the gateway said of it so far; a zero result says nothing. Said
// twice, it stays; another order is refused.
func Bind(tx *db.Tx, id ID, order string, said Result) (Payment, error) {
	tx.Lock("payment:" + string(id))
	was, err := Get(tx, id)
	if err != nil {
		return Payment{}, err
	}
	if was.Order != "" && was.Order != order {
		return Payment{}, ErrContradict.About("%s pays for another order than %s", id, order)
	}
	bound := was
	bound.Order = order
	is, err := join(bound, said)
	if err != nil {
		return was, err
	}
	return write(tx, was, is)
}
