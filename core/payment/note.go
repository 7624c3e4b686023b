package payment

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/payment/paymentdb"
	"sauda/gear/db"
)

// Note writes down what a gateway said and states what is new in it. Each total becomes the larger of the two, so the
// order in which results come does not matter, and the same result twice is nothing. What cannot be true of this payment
// (another currency, another reference, more than was asked for) is refused with ErrContradict and changes nothing.
func Note(tx *db.Tx, id ID, r Result) (Payment, error) {
	tx.Lock("payment:" + string(id))
	was, err := Get(tx, id)
	if err != nil {
		return Payment{}, err
	}
	return note(tx, was, r)
}

func note(tx *db.Tx, was Payment, r Result) (Payment, error) {
	is, err := join(was, r)
	if err != nil {
		return was, err
	}
	return write(tx, was, is)
}

// write keeps what a payment has become since it was read, and states it. Where that is nothing, it does nothing.
func write(tx *db.Tx, was, is Payment) (Payment, error) {
	if is == was {
		return was, nil
	}
	is.Changed = tx.Now()
	if err := paymentdb.New(tx.Later()).NotePayment(tx.Context(), paymentdb.NotePaymentParams{
		OrderID: is.Order, Ref: is.Ref, Authorized: is.Authorized.Minor, Captured: is.Captured.Minor, Voided: is.Voided.Minor,
		Refunded: is.Refunded.Minor, Declined: flag(is.Declined), Reason: is.Reason, NextKind: is.Next.Kind,
		NextUrl: is.Next.URL, Changed: span.Micros(is.Changed), ID: string(is.ID),
	}); err != nil {
		return Payment{}, err
	}
	return is, tx.Emit(news(was, is)...)
}

// join is the least payment that both the record and the result are true of. It is commutative, associative and
// idempotent in its results.
func join(p Payment, r Result) (Payment, error) {
	if r.Ref != "" && p.Ref != "" && r.Ref != p.Ref {
		return p, ErrContradict.About("%s is %s at the gateway and not %s", p.ID, p.Ref, r.Ref)
	}
	j := p
	j.Ref = max(p.Ref, r.Ref)
	for _, total := range []struct {
		had  *money.Money
		told money.Money
	}{{&j.Authorized, r.Authorized}, {&j.Captured, r.Captured}, {&j.Voided, r.Voided}, {&j.Refunded, r.Refunded}} {
		if total.told.IsNegative() || (!total.told.IsZero() && total.told.Currency != p.Amount.Currency) {
			return p, ErrContradict.About("%s of %s: the gateway says %s", p.ID, p.Amount, total.told)
		}
		total.had.Minor = max(total.had.Minor, total.told.Minor)
	}
	if j.Authorized.Minor > p.Amount.Minor || j.Capturable().IsNegative() || j.Refundable().IsNegative() {
		return p, ErrContradict.About("%s of %s: %s authorized, %s captured, %s voided, %s refunded",
			p.ID, p.Amount, j.Authorized, j.Captured, j.Voided, j.Refunded)
	}
	if r.State == SaidDeclined || (r.State == SaidVoided && r.Authorized.IsZero()) {
		j.Declined = true
		j.Reason = max(j.Reason, r.Reason)
	}
	if r.Next.URL > j.Next.URL {
		j.Next = r.Next
	}
	return j, nil
}

// news gives the facts between two records of one payment, in the order in which they must have happened.
func news(was, is Payment) []db.Fact {
	var facts []db.Fact
	stated := func(before, after money.Money) Stated {
		return Stated{
			Payment: is.ID, Cart: is.Cart, Order: is.Order, Seller: is.Seller, Method: is.Method, Gateway: is.Gateway,
			Amount: money.Of(after.Minor-before.Minor, after.Currency), Total: after,
		}
	}
	if is.Authorized != was.Authorized {
		facts = append(facts, Authorized{stated(was.Authorized, is.Authorized)})
	}
	if is.Captured != was.Captured {
		facts = append(facts, Captured{stated(was.Captured, is.Captured)})
	}
	if is.Voided != was.Voided {
		facts = append(facts, Voided{stated(was.Voided, is.Voided)})
	}
	if is.Refunded != was.Refunded {
		facts = append(facts, Refunded{stated(was.Refunded, is.Refunded)})
	}
	if is.State() == StateDeclined && was.State() != StateDeclined {
		facts = append(facts, Declined{stated(was.Authorized, is.Amount), is.Reason})
	}
	return facts
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
