package takeback

import (
	"slices"
	"strings"

	"sauda/core/books"
	"sauda/core/gift"
	"sauda/core/order"
	"sauda/gear/db"
)

// recall ends the certificates among lines that fall away. Of each only what is left falls away: kept is what its owner has
// spent of them.
func recall(tx *db.Tx, o order.Order, lines []order.Moved) (back []order.Moved, kept int64, err error) {
	back = slices.Clone(lines)
	for i, m := range back {
		l, err := o.Line(m.Line)
		if err != nil {
			return nil, 0, err
		}
		if l.Service == nil || l.Service.Way != gift.WayName {
			continue
		}
		left, err := gift.Recall(tx, gift.ID(l.Service.Ref))
		if err != nil {
			return nil, 0, err
		}
		kept += m.Worth.Total.Minor - left.Minor
		back[i].Worth = order.Worth{Net: left, Tax: m.Worth.Tax, Total: left}
	}
	return back, kept, nil
}

// ontoGift ends the names of refunds that went back onto a certificate.
const ontoGift = "/gift"

// OntoGift says whether a refund went back onto a gift certificate, by its name.
func OntoGift(ref string) bool { return strings.HasSuffix(ref, ontoGift) }

// onto puts what falls away of an order back onto the certificate that has paid it, as far as that has paid, and gives what
// is left of the refund for the other way.
func onto(tx *db.Tx, o order.Order, r Refund) (Refund, error) {
	id, back, err := gift.GiveBack(tx, string(o.ID), r.Amount)
	if err != nil || !back.IsPositive() {
		return r, err
	}
	if err := books.GivenBack(tx, o, id, back, r.name()); err != nil {
		return r, err
	}
	r.Amount.Minor -= back.Minor
	_, err = order.NoteRefund(tx, o.ID, order.Refund{Ref: r.Ref + ontoGift, Amount: back, Reason: r.Reason})
	return r, err
}
