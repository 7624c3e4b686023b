package app

import (
	"fmt"
	"strings"

	"sauda/base/money"
	"sauda/core/books"
	"sauda/core/cart"
	"sauda/core/hold"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/gear/db"
)

// allOrders compares each order with the ledger and with its payments, and its state with its lines.
func (e *exam) allOrders() error {
	filter := order.Filter{Limit: pageOfOrders}
	for {
		err := e.look(func(tx *db.Tx) error {
			page, next, err := order.List(tx, filter)
			if err != nil {
				return err
			}
			filter.After = next
			return e.page(tx, page)
		})
		if err != nil {
			return err
		}
		if filter.After == "" {
			break
		}
	}
	for after := order.ID(""); ; {
		var wrong []order.Wrong
		err := e.look(func(tx *db.Tx) (err error) {
			wrong, after, err = order.Check(tx, after)
			return err
		})
		if err != nil {
			return err
		}
		for _, w := range wrong {
			e.find(Wrong, fmt.Sprintf("Order %s is written down as %s, but its lines make it %s.", w.Order, w.Stored, w.Is), "Somebody wrote into the tables. Compare with a backup.")
		}
		if after == "" {
			return e.numbers()
		}
	}
}

// page judges orders by what the ledger and the payments say of them.
func (e *exam) page(tx *db.Tx, page []order.Summary) error {
	accounts, ids := make([]ledger.Account, len(page)), make([]string, len(page))
	for i, o := range page {
		accounts[i], ids[i] = ledger.Buyer(string(o.ID)), string(o.ID)
	}
	turnovers, err := ledger.Turnovers(tx, accounts)
	if err != nil {
		return err
	}
	payments, err := payment.OfOrders(tx, ids)
	if err != nil {
		return err
	}
	return e.judge(tx, func() {
		for i, o := range page {
			e.order(o, turnovers[accounts[i]], payments[ids[i]])
		}
	})
}

// account is what the ledger says of one buyer's account, by the kind of posting.
type account struct {
	charged, waived, paid, refunded int64
	strange                         string // strange is what does not belong there.
}

func accountOf(turnovers []ledger.Turnover, asset string) (a account) {
	for _, t := range turnovers {
		switch net := t.Debit - t.Credit; {
		case t.Asset != asset:
			a.strange = t.Asset
		case t.Kind == books.KindCharge:
			a.charged += net
		case t.Kind == books.KindWaiver:
			a.waived -= net
		case t.Kind == books.KindPayment:
			a.paid -= net
		case t.Kind == books.KindRefund:
			a.refunded += net
		default:
			a.strange = t.Kind
		}
	}
	return a
}

// owed is what the buyer still owes.
func (a account) owed() int64 { return a.charged - a.waived - a.paid + a.refunded }

func (e *exam) order(o order.Summary, turnovers []ledger.Turnover, payments []payment.Payment) {
	name, currency := fmt.Sprintf("Order %s (%s)", o.ID, o.State), o.Total.Currency
	amount := func(minor int64) string { return money.Of(minor, currency).String() }
	a := accountOf(turnovers, string(currency))
	live := e.orders[string(o.ID)]
	var captured, refunded int64
	for _, p := range payments {
		captured, refunded = captured+p.Captured.Minor, refunded+p.Refunded.Minor
		live = live || e.carts[p.Cart]
	}
	if a.strange != "" {
		e.find(Wrong, name+" has postings of "+a.strange+".", "Look at its account in the ledger.")
	}
	if a.charged != o.Total.Minor {
		e.find(Wrong, fmt.Sprintf("%s costs %s, but %s were charged.", name, o.Total, amount(a.charged)), "Look at its account in the ledger; it must be charged exactly once.")
	}
	if a.paid != captured {
		e.unless(live, fmt.Sprintf("%s: %s were taken from the buyer, but %s are posted.", name, amount(captured), amount(a.paid)), "Compare the payment with its postings.")
	}
	if a.refunded != refunded {
		e.unless(live, fmt.Sprintf("%s: %s went back to the buyer, but %s are posted.", name, amount(refunded), amount(a.refunded)), "Compare the payment with its postings.")
	}
	if o.Number == "" {
		e.unless(false, name+" has no document number.", "See why its reaction was given up.")
	}
	e.owed(o, a.owed(), live)
}

// owed judges what an order still owes: it must be explained by cash that comes with the parcel, or by a story.
func (e *exam) owed(o order.Summary, owed int64, live bool) {
	name := fmt.Sprintf("Order %s (%s)", o.ID, o.State)
	sum := money.Of(max(owed, -owed), o.Total.Currency).String()
	cash := payment.Code(o.Method) == payment.Cash
	ended := o.State == order.StateCancelled || o.State == order.StateDelivered || o.State == order.StateReturned
	switch {
	case owed == 0, owed > 0 && cash && !ended, owed > 0 && live && !ended:
	case owed > 0:
		e.unless(live, fmt.Sprintf("%s still owes %s, and nothing is under way that would settle it.", name, sum), "Look at its payment, and take the money or let the charge fall away.")
	case cash:
		e.find(Note, fmt.Sprintf("%s: the buyer is to get %s back.", name, sum), "Give the cash back by hand and write it down in the office.")
	default:
		e.unless(live, fmt.Sprintf("%s: the buyer is to get %s back, and nothing is under way that would bring it.", name, sum), "Give the money back in the office.")
	}
}

// payments looks for money without an order.
func (e *exam) payments() error {
	for before := payment.ID(""); ; {
		err := e.look(func(tx *db.Tx) error {
			page, next, err := payment.List(tx, "", before, 0)
			if err != nil {
				return err
			}
			before = next
			return e.judge(tx, func() {
				for _, p := range page {
					e.payment(p)
				}
			})
		})
		if err != nil {
			return err
		}
		if before == "" {
			return nil
		}
	}
}

func (e *exam) payment(p payment.Payment) {
	live := e.carts[p.Cart]
	switch {
	case p.Order != "":
	case p.Refundable().IsPositive():
		e.unless(live, fmt.Sprintf("Payment %s took %s without an order.", p.ID, p.Refundable()), "Give the money back at the gateway.")
	case p.Gateway != "" && p.Capturable().IsPositive() && e.store.Now().Sub(p.Changed) > abandoned:
		e.unless(live, fmt.Sprintf("Payment %s reserves %s without an order.", p.ID, p.Capturable()), "Void it at the gateway.")
	}
}

// baskets looks for ordered baskets without their order.
func (e *exam) baskets() error {
	for after := cart.ID(""); ; {
		var page []cart.End
		err := e.look(func(tx *db.Tx) (err error) {
			if page, err = cart.OrderedAfter(tx, after, pageOfClaims); err != nil {
				return err
			}
			ids := make([]string, len(page))
			for i, c := range page {
				ids[i], after = string(c.Cart), c.Cart
			}
			became, err := order.OfCarts(tx, ids)
			for _, c := range page {
				if o, there := became[string(c.Cart)]; err == nil && (!there || string(o.Order) != c.Order) {
					e.find(Wrong, fmt.Sprintf("Basket %s was ordered as %q, but its order is %q.", c.Cart, c.Order, o.Order), "Compare with a backup.")
				}
			}
			return err
		})
		if err != nil || len(page) < pageOfClaims {
			return err
		}
	}
}

// claims looks for holds without a living owner.
func (e *exam) claims() error {
	err := e.look(func(tx *db.Tx) error {
		uneven, err := hold.Audit(tx)
		for _, m := range uneven {
			e.find(Wrong, fmt.Sprintf("%s has %d promised, but %d are claimed.", m.Key, m.Taken, m.Claimed), "Somebody wrote into the tables. Compare with a backup.")
		}
		return err
	})
	if err != nil {
		return err
	}
	for after := (hold.Claim{}); ; {
		var page []hold.Claim
		err := e.look(func(tx *db.Tx) (err error) {
			if page, err = hold.Live(tx, after, pageOfClaims); err != nil || len(page) == 0 {
				return err
			}
			after = page[len(page)-1]
			return e.owners(tx, page)
		})
		if err != nil || len(page) < pageOfClaims {
			return err
		}
	}
}

// claimant begins the owners of claims: the rest is the basket that holds, also after it was ordered.
const claimant = "cart/"

func (e *exam) owners(tx *db.Tx, claims []hold.Claim) error {
	var carts []cart.ID
	var ids []string
	for _, c := range claims {
		if id, ok := strings.CutPrefix(c.Owner, claimant); ok && (len(ids) == 0 || ids[len(ids)-1] != id) {
			carts, ids = append(carts, cart.ID(id)), append(ids, id)
		}
	}
	ends, err := cart.Ends(tx, carts)
	if err != nil {
		return err
	}
	became, err := order.OfCarts(tx, ids)
	if err != nil {
		return err
	}
	return e.judge(tx, func() {
		for _, c := range claims {
			id, ok := strings.CutPrefix(c.Owner, claimant)
			o, ordered := became[id]
			switch {
			case !ok:
				e.find(Wrong, fmt.Sprintf("%s is held by %q, whom nobody knows.", c.Key, c.Owner), "Release it.")
			case ordered:
				e.promised(c, o)
			default:
				e.held(c, ends[cart.ID(id)])
			}
		}
	})
}

// promised judges a claim of an order.
func (e *exam) promised(c hold.Claim, o order.Became) {
	what := fmt.Sprintf("%d of %s are held for order %s, which is %s.", c.Quantity, c.Key, o.Order, o.State)
	switch o.State {
	case order.StatePlaced, order.StatePacking, order.StatePacked, order.StatePartlyShipped, order.StateUndelivered:
		if c.State == hold.StateHeld {
			e.unless(e.carts[o.Cart], what+" The hold ends by itself.", "Confirm it before somebody else gets the goods.")
		}
	default:
		e.unless(e.orders[string(o.Order)], what, "Release them, so that others can buy.")
	}
}

// held judges a claim of a basket that is not ordered.
func (e *exam) held(c hold.Claim, end cart.End) {
	what := fmt.Sprintf("%d of %s are held for basket %s", c.Quantity, c.Key, strings.TrimPrefix(c.Owner, claimant))
	switch {
	case c.State == hold.StateHeld && !c.Until.After(e.store.Now()):
		e.find(Note, what+", whose time is over.", "A running house gives them back by itself.")
	case c.State == hold.StateHeld && end.State == cart.StateOpen:
	case end.State == "":
		e.unless(e.carts[string(end.Cart)], what+", which is unknown.", "Release them, so that others can buy.")
	default:
		e.unless(e.carts[string(end.Cart)], fmt.Sprintf("%s, which is %s and has no order.", what, end.State), "Release them, so that others can buy.")
	}
}
