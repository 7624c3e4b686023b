package shop

import (
	"context"
	"strings"

	"sauda/core/payment"
)

// cardPrefix stands before the card in the name of a way to pay that is a kept card.
const cardPrefix = string(payment.Card) + "."

// way is one of the ways to pay that a buyer chooses from.
type way struct {
	Value string
	Name  string
	Hint  string
	Open  bool // Open says that it can be taken with the delivery that is chosen.
	Keeps bool // Keeps says that what is entered next may be kept.
}

// ways are all ways to pay, in the order of the page: kept cards stand before the entering of another one.
func (d desk) ways(ctx context.Context) []way {
	var all []way
	for _, m := range d.Methods {
		if d.Subscribes() && m.Code != payment.Card { // What comes later is paid by that card.
			continue
		}
		w := way{Value: string(m.Code), Name: in(ctx, m.Name), Hint: payHint(ctx, m.Code), Open: d.offered(m)}
		if !w.Open {
			w.Hint = t(ctx, "checkout.no_cash")
		}
		if m.Code == payment.Card && w.Open {
			for _, c := range d.Cards {
				all = append(all, way{Value: cardPrefix + string(c.ID), Name: cardName(ctx, c.Signs), Hint: t(ctx, "card.until", "until", until(c.Signs)), Open: true})
			}
			if len(d.Cards) > 0 {
				w.Name = t(ctx, "card.another")
			}
			w.Keeps = d.Keeps && !d.Subscribes() // Who subscribes is asked for more.
		}
		all = append(all, w)
	}
	return all
}

// gratis tells whether nothing is to pay, so that there is nothing to choose from.
func (d desk) gratis() bool { return len(d.Ways) == 1 && d.Ways[0].Value == string(payment.Nothing) }

// marked is the way to pay that stands chosen: that of the last try, or the first that can be taken.
func marked(all []way, last string) string {
	first := ""
	for _, w := range all {
		if w.Open && w.Value == last {
			return w.Value
		}
		if first == "" && w.Open {
			first = w.Value
		}
	}
	return first
}

// chosen reads a way to pay: its method, and the card if it is one that the buyer keeps.
func (o ordering) chosen() (payment.Code, payment.CardID) {
	if id, kept := strings.CutPrefix(o.Method, cardPrefix); kept {
		return payment.Card, payment.CardID(id)
	}
	return payment.Code(o.Method), ""
}

// offered are the ways to pay for the chosen delivery, and whether each can be taken now.
func (d desk) offered(m payment.Method) bool {
	switch m.Code {
	case payment.Cash:
		return d.Cash
	case payment.Card:
		return d.Card
	}
	return m.Gateway == ""
}

// payHint says how a way to pay goes.
func payHint(ctx context.Context, code payment.Code) string {
	if id := "pay." + string(code); hasText(ctx, id) {
		return t(ctx, id)
	}
	return ""
}
