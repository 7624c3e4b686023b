package payment

import (
	"sauda/base/money"
	"sauda/gear/db"
)

// Collect writes down that a buyer paid without a gateway: the carrier handed over the money. The amount is added to
// what was collected before and may not be more than is still promised.
func Collect(tx *db.Tx, id ID, amount money.Money) (Payment, error) {
	return byHand(tx, id, amount, Payment.Capturable, func(p Payment) Result {
		return Result{State: SaidCaptured, Captured: money.Of(p.Captured.Minor+amount.Minor, amount.Currency)}
	})
}

// Waive gives up an amount that was to be collected without a gateway, because a part of the order will not come.
func Waive(tx *db.Tx, id ID, amount money.Money) (Payment, error) {
	return byHand(tx, id, amount, Payment.Capturable, func(p Payment) Result {
		return Result{State: SaidVoided, Authorized: p.Authorized, Voided: money.Of(p.Voided.Minor+amount.Minor, amount.Currency)}
	})
}

// Repay writes down that collected money was given back without a gateway, from the till or by a bank transfer.
func Repay(tx *db.Tx, id ID, amount money.Money) (Payment, error) {
	return byHand(tx, id, amount, Payment.Refundable, func(p Payment) Result {
		return Result{State: SaidRefunded, Refunded: money.Of(p.Refunded.Minor+amount.Minor, amount.Currency)}
	})
}

// byHand changes a payment that no gateway knows. These verbs add, so each call counts: whoever may be told twice calls
// them from a reaction or a story, which run once in effect.
func byHand(tx *db.Tx, id ID, amount money.Money, left func(Payment) money.Money, say func(Payment) Result) (Payment, error) {
	tx.Lock("payment:" + string(id))
	p, err := Get(tx, id)
	if err != nil {
		return Payment{}, err
	}
	if p.Gateway != "" {
		return Payment{}, ErrSettled.About("%s is paid through %s", id, p.Gateway)
	}
	if !amount.IsPositive() {
		return Payment{}, ErrAmount.About("%s of %s", amount, id)
	}
	over, err := amount.Cmp(left(p))
	if err != nil {
		return Payment{}, err
	}
	if over > 0 {
		return Payment{}, ErrOver.With("left", left(p).Minor)
	}
	return note(tx, p, say(p))
}
