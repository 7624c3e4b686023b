package order

import (
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/gear/db"
)

// Pack says that parts of an order lie in the parcels of a shipment. No parts mean all that is left to pack. Said twice
// of one shipment, it counts once.
func Pack(tx *db.Tx, id ID, shipment string, parts []Part) (Order, error) {
	return step(tx, id, change{kind: kindPacked, ref: shipment}, parts, stage{
		left:  func(l Line) measure.Quantity { return l.Live() - l.Packed },
		count: func(l *Line, q measure.Quantity) { l.Packed += q; l.decided(q) },
		fact:  func(o Order, moved []Moved) db.Fact { return Packed{o.about(), shipment, moved} },
	})
}

// Unpack says that parts of an order were taken out of the parcels of a shipment that has not left; they wait to be packed
// again or cancelled. Said twice of one ref, it counts once.
func Unpack(tx *db.Tx, id ID, out Unpacking) (Order, error) {
	return step(tx, id, change{kind: kindUnpacked, ref: out.Ref, reason: out.Reason}, out.Parts, stage{
		left:  func(l Line) measure.Quantity { return l.Packed - l.Shipped },
		count: func(l *Line, q measure.Quantity) { l.Packed -= q },
		fact:  func(o Order, moved []Moved) db.Fact { return Unpacked{o.about(), out.Shipment, out.Reason, moved} },
	})
}

// Unpacking is goods that are taken out of a parcel.
type Unpacking struct {
	Shipment string // Shipment is empty when it is taken out of several.
	Ref      string // Ref names the unpacking; a shipment is unpacked as a whole under its own name.
	Reason   string
	Parts    []Part // No parts mean all that is packed and has not left.
}

// HandOver says that a shipment left with its carrier. No parts mean all that is packed and has not left. Said twice of
// one shipment, it counts once.
func HandOver(tx *db.Tx, id ID, shipment string, parts []Part) (Order, error) {
	return step(tx, id, change{kind: kindHandedOver, ref: shipment}, parts, stage{
		left:  func(l Line) measure.Quantity { return l.Packed - l.Shipped },
		count: func(l *Line, q measure.Quantity) { l.Shipped += q },
		fact:  func(o Order, moved []Moved) db.Fact { return HandedOver{o.about(), shipment, moved} },
	})
}

// Deliver says that a shipment reached the buyer. No parts mean all that has left and not arrived. Said twice of one
// shipment, it counts once.
func Deliver(tx *db.Tx, id ID, shipment string, parts []Part) (Order, error) {
	return step(tx, id, change{kind: kindDelivered, ref: shipment}, parts, stage{
		left:  func(l Line) measure.Quantity { return l.Shipped - l.Delivered },
		count: func(l *Line, q measure.Quantity) { l.Delivered += q },
		fact:  func(o Order, moved []Moved) db.Fact { return Delivered{o.about(), shipment, moved} },
	})
}

// BringBack says that a shipment did not reach the buyer and is back. No parts mean all that has left and not arrived. Said
// twice of one shipment, it counts once.
func BringBack(tx *db.Tx, id ID, shipment string, parts []Part) (Order, error) {
	return step(tx, id, change{kind: kindCameBack, ref: shipment}, parts, stage{
		left: func(l Line) measure.Quantity { return l.Shipped - l.Delivered },
		count: func(l *Line, q measure.Quantity) {
			l.Shipped -= q
			l.Packed -= q
			l.Undelivered += q
		},
		fact: func(o Order, moved []Moved) db.Fact { return CameBack{o.about(), shipment, moved} },
	})
}

// GoOn says that a shipment is on its way to the buyer after all, though it was told to have come back: the carrier was
// wrong. Of a shipment that did not come back, and said twice, it changes nothing. Parts that were packed again or
// cancelled since are refused with ErrTooMany: somebody has to find out where the goods are.
func GoOn(tx *db.Tx, id ID, shipment string, parts []Part) (Order, error) {
	o, err := worked(tx, id)
	if err != nil {
		return Order{}, err
	}
	back, err := happened(tx, id, change{kind: kindCameBack, ref: shipment})
	if err != nil || !back {
		return o, err
	}
	return step(tx, id, change{kind: kindWentOn, ref: shipment}, parts, stage{
		left: func(l Line) measure.Quantity { return l.Undelivered },
		count: func(l *Line, q measure.Quantity) {
			l.Undelivered -= q
			l.Packed += q
			l.Shipped += q
		},
		fact: func(o Order, moved []Moved) db.Fact { return WentOn{o.about(), shipment, moved} },
	})
}

// TakeBack says that delivered goods came back. No parts mean all that was delivered and has not come back. Said twice
// of one ref, it counts once. What the goods were worth is in the fact; giving money back is not decided here.
func TakeBack(tx *db.Tx, id ID, back Back) (Order, error) {
	return step(tx, id, change{kind: kindReturned, ref: back.Ref, reason: back.Reason}, back.Parts, stage{
		left:  func(l Line) measure.Quantity { return l.Delivered - l.Returned },
		count: func(l *Line, q measure.Quantity) { l.Returned += q },
		fact: func(o Order, moved []Moved) db.Fact {
			return Returned{o.about(), back.Ref, back.Reason, moved, o.sum(moved)}
		},
	})
}

// Back is goods on their way back to the seller.
type Back struct {
	Ref    string // Ref names the return.
	Reason string
	Parts  []Part
}

// stage is one step on the way of the goods.
type stage struct {
	left  func(Line) measure.Quantity   // left is how much of a line may take the step.
	count func(*Line, measure.Quantity) // count writes it down.
	fact  func(o Order, moved []Moved) db.Fact
}

// step moves one count of an order by one change, and states its fact.
func step(tx *db.Tx, id ID, c change, parts []Part, s stage) (Order, error) {
	o, err := worked(tx, id)
	if err != nil {
		return Order{}, err
	}
	done, err := happened(tx, id, c)
	if err != nil || done {
		return o, err
	}
	if o.State == StateCancelled {
		return Order{}, ErrCancelled.About("%s %s", c.kind, id)
	}
	if parts, err = o.chosen(parts, s.left); err != nil {
		return Order{}, err
	}
	c.moved = o.moved(parts)
	if err := record(tx, &o, c, s.count); err != nil {
		return Order{}, err
	}
	return o, tx.Emit(s.fact(o, c.moved))
}

// Refund is money that went back to the buyer.
type Refund struct {
	Ref    string // Ref names the refund at the payment; the same one twice counts once.
	Amount money.Money
	Reason string
}

// NoteRefund writes into the history that money went back to the buyer, and states it. It moves no money: whoever gave
// it back says it here.
func NoteRefund(tx *db.Tx, id ID, r Refund) (Order, error) {
	if !r.Amount.IsPositive() {
		return Order{}, ErrAmount.About("%s for %s", r.Amount, id)
	}
	o, err := worked(tx, id)
	if err != nil {
		return Order{}, err
	}
	if r.Amount.Currency != o.Quote.Currency {
		return Order{}, ErrAmount.About("%s for %s", r.Amount, id)
	}
	c := change{kind: kindRefunded, ref: r.Ref, reason: r.Reason, amount: r.Amount}
	done, err := happened(tx, id, c)
	if err != nil || done {
		return o, err
	}
	if err := record(tx, &o, c, nil); err != nil {
		return Order{}, err
	}
	return o, tx.Emit(Refunded{o.about(), r.Ref, r.Reason, r.Amount})
}

// NoteShort writes into the history that a part of what was due to the buyer had come back before, and does not come back again.
// Noted again it stands once.
func NoteShort(tx *db.Tx, id ID, r Refund) error {
	o, err := Get(tx, id)
	if err != nil {
		return err
	}
	c := change{kind: kindShort, ref: r.Ref, reason: r.Reason, amount: r.Amount}
	done, err := happened(tx, id, c)
	if err != nil || done {
		return err
	}
	return record(tx, &o, c, nil)
}
