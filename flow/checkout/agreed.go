package checkout

import (
	"context"

	"sauda/base/money"
	"sauda/core/agreement"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// agreed gives which lines of a basket are of agreements, by what they call them. A basket without asks for nothing.
func agreed(tx *db.Tx, lines []cart.Line) (map[string]agreement.Chosen, error) {
	var refs []string
	for _, l := range lines {
		if ref := l.Answers[catalog.ChosenCode]; agreement.IsRef(ref) {
			refs = append(refs, ref)
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	found, err := agreement.Lines(tx, refs)
	for _, l := range lines {
		ref := l.Answers[catalog.ChosenCode]
		c, there := found[ref]
		switch {
		case !there:
		case c.Variant != l.Variant:
			delete(found, ref)
		case !c.Of.Service: // The buyer may have changed it in the basket.
			c.Quantity = l.Quantity
			found[ref] = c
		}
	}
	return found, err
}

// lapsed says which lines are of agreements by which nothing can be ordered any more.
func lapsed(lines []cart.Line, offers map[catalog.VariantID]catalog.Offer, found map[string]agreement.Chosen) (notices []cart.Notice) {
	for _, l := range lines {
		ref, kind := l.Answers[catalog.ChosenCode], offers[l.Variant].Kind
		if _, there := found[ref]; ref != "" && !there && kind.Service == nil && kind.Made == nil {
			notices = append(notices, cart.Notice{Line: l.ID, Kind: cart.NoticeGone})
		}
	}
	return notices
}

// subscribed takes off the lines of a basket what its agreements say, before any promotion does.
func (b *Basket) subscribed() []pricing.Adjuster {
	if len(b.agreed) == 0 {
		return nil
	}
	return []pricing.Adjuster{{Name: "agreements", Phase: pricing.PhaseLine, Adjust: func(basis pricing.Basis) (all []pricing.Adjustment, err error) {
		for _, l := range b.Cart.Lines {
			terms, there := b.agreed[l.Answers[catalog.ChosenCode]]
			if !there {
				continue
			}
			sum, names := money.Of(0, b.Cart.Currency), []string(nil)
			for _, q := range basis.Lines {
				if q.Line == string(l.ID) || q.Bundle == string(l.ID) {
					sum.Minor += q.Subtotal.Minor
					names = append(names, q.Line)
				}
			}
			off, err := terms.Off(sum)
			if err != nil {
				return nil, err
			}
			for _, a := range off {
				a.Lines = names
				all = append(all, a)
			}
		}
		return all, nil
	}}}
}

// Subscribes says whether something in the basket is subscribed to, so that it is paid by a card that is kept.
func (b *Basket) Subscribes() bool { return len(b.agreed) > 0 }

// Renews says whether a line is subscribed to.
func (b *Basket) Renews(line string) bool {
	for _, l := range b.Cart.Lines {
		if string(l.ID) == line {
			_, there := b.agreed[l.Answers[catalog.ChosenCode]]
			return there
		}
	}
	return false
}

// Words is what the buyer of a basket is asked to agree to, in a language.
func (b *Basket) Words(lang string) string { return agreement.Words(lang, b.shop.In(lang)) }

// mandate refuses to begin an agreement without the buyer's word that his card may be used again, and notes that word. What
// the house renews has it already.
func (d *Desk) mandate(tx *db.Tx, s *State, b Basket) error {
	if !b.Subscribes() {
		return nil
	}
	s.Subscribed = true
	p := s.Purchase
	if tx.Who().Kind == db.KindSystem {
		return nil
	}
	if p.Method != payment.Card || p.Card == "" && !(p.Keep && d.Keys.Ready()) || p.Mandate == "" {
		return agreement.ErrMandate
	}
	s.MandateCard, s.Words = string(p.Card), b.Words(p.Mandate)
	return nil
}

// subscribe has the agreements of an order hear of it, in the moment in which it is placed.
func (s *State) subscribe(tx *db.Tx, o order.Order) error {
	if !s.Subscribed {
		return nil
	}
	to := agreement.To{
		Name: s.Contact.Name, Email: s.Contact.Email, Phone: s.Contact.Phone, Lang: s.Cart.Lang, Address: s.Cart.Address,
		Method: s.Delivery.Method, Point: s.Delivery.Point,
	}
	for _, l := range s.Cart.Lines {
		ref := l.Answers[catalog.ChosenCode]
		if !agreement.IsRef(ref) {
			continue
		}
		err := agreement.Ordered(tx, agreement.Sold{
			Ref: ref, Order: string(o.ID), Line: string(l.ID), Quantity: l.Quantity, Quote: s.Quote, Card: s.MandateCard, To: to,
			Consent: agreement.Consent{At: tx.Now(), Words: s.Words},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// PayWith has one of the buyer's own cards pay for an agreement: one that he keeps at its seller and that can still be used. Any
// other is payment.ErrNoCard.
func PayWith(tx *db.Tx, id agreement.ID, card payment.CardID) error {
	a, err := agreement.Get(tx, id)
	if err != nil {
		return err
	}
	cards, err := payment.Cards(tx, a.Party)
	if err != nil {
		return err
	}
	for _, c := range cards {
		if c.ID == card && c.Seller == a.Seller && !c.Over(tx.Now()) {
			return agreement.PayWith(tx, id, string(card))
		}
	}
	return payment.ErrNoCard.About("%.60s for %s", string(card), id)
}

// Renew orders a basket of the house once, by a card that its party has allowed to be used. Told again it only says what became of
// it, or why its one try came to nothing. While the bank has not decided, its outcome is not saga.Failed.
func (d *Desk) Renew(ctx context.Context, p Purchase) (Answer, error) {
	answer, err := d.Continue(ctx, db.System, p.Cart)
	if err == nil && answer.Order == "" && answer.Outcome == saga.Failed {
		if err = answer.Setback; err == nil {
			answer, err = d.Order(ctx, db.System, p)
		}
	}
	return answer, err
}
