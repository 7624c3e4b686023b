package order

import (
	"sauda/base/measure"
	"sauda/gear/db"
)

// Kinds of changes in the history of an order.
const (
	kindPlaced     = "placed"
	kindNumbered   = "numbered"
	kindCancelled  = "cancelled"
	kindPacked     = "packed"
	kindUnpacked   = "unpacked"
	kindHandedOver = "handed_over"
	kindDelivered  = "delivered"
	kindCameBack   = "came_back"
	kindWentOn     = "went_on"
	kindReturned   = "returned"
	kindRefunded   = "refunded"
	kindShort      = "short"
)

// Cancel ends an order of which nothing is on its way or with the buyer; what came back undelivered can be cancelled. Its buyer may do it, and staff who may change orders. What follows
// (stock, money, a letter to the buyer) is listed in app/reactions.go under Cancelled.
func Cancel(tx *db.Tx, id ID, reason string) (Order, error) {
	o, err := ended(tx, id)
	if err != nil {
		return Order{}, err
	}
	for _, l := range o.Lines {
		if l.Shipped > 0 {
			return Order{}, ErrShipped.About("cancel %s", id)
		}
	}
	return cancel(tx, o, nil, reason)
}

// CancelLines takes parts of an order away that have not left, or came back undelivered. When nothing is left after that, the whole order is
// cancelled. Who may cancel an order may cancel its parts.
func CancelLines(tx *db.Tx, id ID, parts []Part, reason string) (Order, error) {
	o, err := ended(tx, id)
	if err != nil {
		return Order{}, err
	}
	if len(parts) == 0 {
		return Order{}, ErrNothing.About("cancel no lines of %s", id)
	}
	return cancel(tx, o, parts, reason)
}

// ToChange gives an order to whoever may change what it has bought: its buyer, a guest who holds its id, and staff of its seller
// with orders.write. One that was cancelled is ErrCancelled.
func ToChange(tx *db.Tx, id ID) (Order, error) { return ended(tx, id) }

// ended gives the order to whoever may end it, if it has not ended yet.
func ended(tx *db.Tx, id ID) (Order, error) {
	tx.Lock("order:" + string(id))
	o, err := Get(tx, id)
	if err != nil {
		return Order{}, err
	}
	if who := tx.Who(); who.Kind == db.KindStaff && !who.May(ScopeWrite) {
		return Order{}, ErrDenied.About("%s cancels %s", who.ID, id)
	}
	if o.State == StateCancelled {
		return Order{}, ErrCancelled.About("cancel %s", id)
	}
	return o, nil
}

func cancel(tx *db.Tx, o Order, parts []Part, reason string) (Order, error) {
	parts, err := o.chosen(parts, func(l Line) measure.Quantity { return l.Live() - l.Shipped })
	if err != nil {
		return Order{}, err
	}
	if err := o.wholeBundles(tx.Who(), parts); err != nil {
		return Order{}, err
	}
	moved := o.moved(parts)
	c := change{kind: kindCancelled, ref: tx.Mint("chg"), reason: reason, amount: o.sum(moved), moved: moved}
	if err := record(tx, &o, c, func(l *Line, q measure.Quantity) {
		l.Cancelled += q
		l.Packed = min(l.Packed, l.Live()) // What was packed of it is unpacked.
		l.decided(q)
	}); err != nil {
		return Order{}, err
	}
	if o.State != StateCancelled {
		return o, tx.Emit(LinesCancelled{o.about(), c.ref, reason, moved, c.amount})
	}
	delivery := o.DeliveryWorth()
	c.amount.Minor += delivery.Total.Minor
	return o, tx.Emit(Cancelled{o.about(), c.ref, reason, moved, delivery, c.amount})
}
