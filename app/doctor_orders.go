package app

import (
	"maps"
	"strings"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/agreement"
	"sauda/core/booking"
	"sauda/core/books"
	"sauda/core/cart"
	"sauda/core/course"
	"sauda/core/gift"
	"sauda/core/hold"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/promotion"
	"sauda/core/shipping"
	"sauda/core/waitlist"
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
			e.find(Wrong, "order_state", "order", w.Order, "stored", w.Stored, "is", w.Is)
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
	gift                            byGift
	strange                         string // strange is what does not belong there.
}

func accountOf(turnovers []ledger.Turnover, asset string) (a account) {
	for _, t := range turnovers {
		switch net := t.Debit - t.Credit; {
		case t.Asset != asset:
			a.strange = t.Asset
		case a.gift.count(t.Kind, net):
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
func (a account) owed() int64 {
	return a.charged - a.waived - a.paid + a.refunded - a.gift.paid + a.gift.back
}

func (e *exam) order(o order.Summary, turnovers []ledger.Turnover, payments []payment.Payment) {
	currency := o.Total.Currency
	amount := func(minor int64) money.Money { return money.Of(minor, currency) }
	a := accountOf(turnovers, string(currency))
	live := e.orders[string(o.ID)]
	var captured, refunded int64
	for _, p := range payments {
		captured, refunded = captured+p.Captured.Minor, refunded+p.Refunded.Minor
		live = live || e.carts[p.Cart]
	}
	if a.strange != "" {
		e.find(Wrong, "strange_posting", "order", o.ID, "state", o.State, "of", a.strange)
	}
	if a.charged != o.Total.Minor {
		e.find(Wrong, "charged", "order", o.ID, "state", o.State, "total", o.Total, "charged", amount(a.charged))
	}
	if free := a.gift.whole(o.Total); free != (payment.Code(o.Method) == payment.Nothing) || free && len(payments) > 0 {
		e.find(Wrong, "for_nothing", "order", o.ID, "state", o.State, "total", o.Total, "method", o.Method, "count", len(payments))
	}
	if a.paid != captured {
		e.unless(live, "paid", "order", o.ID, "state", o.State, "taken", amount(captured), "posted", amount(a.paid))
	}
	if a.refunded != refunded {
		e.unless(live, "refunded", "order", o.ID, "state", o.State, "given", amount(refunded), "posted", amount(a.refunded))
	}
	if o.Number == "" {
		e.unless(false, "no_number", "order", o.ID, "state", o.State)
	}
	e.owed(o, a.owed(), live)
}

// owed judges what an order still owes: it must be explained by cash that comes with the parcel, or by a story.
func (e *exam) owed(o order.Summary, owed int64, live bool) {
	sum := money.Of(max(owed, -owed), o.Total.Currency)
	cash := payment.Code(o.Method) == payment.Cash
	ended := o.State == order.StateCancelled || o.State == order.StateDelivered || o.State == order.StateReturned
	switch {
	case owed == 0, owed > 0 && cash && !ended, owed > 0 && live && !ended:
	case owed > 0:
		e.unless(live, "owes", "order", o.ID, "state", o.State, "sum", sum)
	case cash:
		e.find(Note, "cash_back", "order", o.ID, "state", o.State, "sum", sum)
	default:
		e.unless(live, "owed_back", "order", o.ID, "state", o.State, "sum", sum)
	}
}

// shipments looks for parcels in the warehouse in which there is more than their orders count as packed: nobody could hand
// them over.
func (e *exam) shipments() error {
	for after := ""; ; {
		err := e.look(func(tx *db.Tx) error {
			page, next, err := shipping.Unfinished(tx, after, pageOfOrders)
			if err != nil {
				return err
			}
			after = next
			ids := make([]string, len(page))
			for i, s := range page {
				ids[i] = s.Order
			}
			packed, err := order.InParcels(tx, ids)
			if err != nil {
				return err
			}
			return e.judge(tx, func() { e.backed(page, packed) })
		})
		if err != nil || after == "" {
			return err
		}
	}
}

// backed judges the shipments of some orders by what these count as packed: the parcel that was packed first is backed
// first.
func (e *exam) backed(page []shipping.Shipment, packed map[string]map[string]measure.Quantity) {
	used := map[[2]string]measure.Quantity{}
	for _, s := range page {
		if s.State.Left() {
			continue
		}
		var unbacked measure.Quantity
		for _, box := range s.Parcels {
			for _, c := range box.Contents {
				line := [2]string{s.Order, c.Line}
				before := used[line]
				used[line] += c.Quantity
				unbacked += max(0, used[line]-max(before, packed[s.Order][c.Line]))
			}
		}
		if unbacked > 0 {
			e.unless(e.orders[s.Order], "unbacked", "shipment", s.ID, "order", s.Order, "count", unbacked)
		}
	}
}

// payments looks for money without an order.
func (e *exam) payments() error {
	for before := payment.ID(""); ; {
		err := e.look(func(tx *db.Tx) error {
			page, next, err := payment.Find(tx, payment.Filter{Before: before})
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
		e.unless(live, "taken", "payment", p.ID, "sum", p.Refundable())
	case p.Gateway != "" && p.Capturable().IsPositive() && e.store.Now().Sub(p.Changed) > abandoned:
		e.unless(live, "reserved", "payment", p.ID, "sum", p.Capturable())
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
					e.find(Wrong, "lost_basket", "basket", c.Cart, "order", c.Order, "found", o.Order)
				}
			}
			return err
		})
		if err != nil || len(page) < pageOfClaims {
			return err
		}
	}
}

// periods looks for periods of subscriptions that were ordered, without their order.
func (e *exam) periods() error {
	for after := (agreement.Period{}); ; {
		var page []agreement.Period
		err := e.look(func(tx *db.Tx) (err error) {
			if page, err = agreement.OrderedAfter(tx, after, order.SomeMax); err != nil || len(page) == 0 {
				return err
			}
			after = page[len(page)-1]
			ids, there := make([]order.ID, len(page)), make(map[order.ID]bool, len(page))
			for i, p := range page {
				ids[i] = order.ID(p.Order)
			}
			all, err := order.Some(tx, ids)
			for _, o := range all {
				there[o.ID] = true
			}
			for i, p := range page {
				if err == nil && !there[ids[i]] {
					e.find(Wrong, "lost_period", "agreement", p.Agreement, "period", p.Seq, "order", p.Order)
				}
			}
			return err
		})
		if err != nil || len(page) < order.SomeMax {
			return err
		}
	}
}

// claims looks for holds without a living owner.
func (e *exam) claims() error {
	err := e.look(func(tx *db.Tx) error {
		uneven, err := hold.Audit(tx)
		for _, m := range uneven {
			e.find(Wrong, "promises", "key", m.Key, "taken", m.Taken, "claimed", m.Claimed)
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
	var ids, keys []string
	for _, c := range claims {
		keys = append(keys, c.Key)
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
	seated, err := course.Seated(tx, keys)
	if err != nil {
		return err
	}
	booked, err := bookedClaims(tx, claims, became)
	if err != nil {
		return err
	}
	own, err := ownersOf(tx, claims)
	if err != nil {
		return err
	}
	return e.judge(tx, func() {
		for _, c := range claims {
			id, ok := strings.CutPrefix(c.Owner, claimant)
			o, ordered := became[id]
			switch {
			case c.State == hold.StateConfirmed && booked[booking.Claim{Owner: c.Owner, Key: c.Key}] == c.Quantity:
				// What is booked stays taken.
			case own[c.Owner] || !ok && c.State == hold.StateHeld && !c.Until.After(e.store.Now()):
				// An offer or what was made of one; or one of those whose time is over, which the clock ends.
			case !ok:
				e.find(Wrong, "held_by_nobody", "key", c.Key, "owner", c.Owner)
			case ordered && promotion.IsUse(c.Key) && c.State == hold.StateConfirmed && o.State != order.StateCancelled:
				// A code that was used stays used.
			case ordered && c.State == hold.StateConfirmed && seated[course.Seat{Owner: c.Owner, Key: c.Key}] == int64(c.Quantity):
				// A place on which somebody studies stays taken.
			case ordered:
				e.promised(c, o)
			default:
				e.held(c, ends[cart.ID(id)])
			}
		}
	})
}

// bookedClaims gives what the bookings have that hold some of these claims.
func bookedClaims(tx *db.Tx, claims []hold.Claim, became map[string]order.Became) (map[booking.Claim]int64, error) {
	var orders []string
	var ids []booking.ID
	for _, c := range claims {
		if id, is := booking.Holder(c.Owner); is {
			ids = append(ids, id)
		} else if o, ordered := became[strings.TrimPrefix(c.Owner, claimant)]; ordered && (len(orders) == 0 || orders[len(orders)-1] != string(o.Order)) {
			orders = append(orders, string(o.Order))
		}
	}
	return booking.Claimed(tx, orders, ids)
}

// ownersOf says which owners of claims are no orders and yet have them rightly: who has an offer after waiting, and what was made of
// it. What a booking has by itself is judged by bookedClaims once it is ordered.
func ownersOf(tx *db.Tx, claims []hold.Claim) (map[string]bool, error) {
	var owners []string
	for _, c := range claims {
		if !strings.HasPrefix(c.Owner, claimant) && (len(owners) == 0 || owners[len(owners)-1] != c.Owner) {
			owners = append(owners, c.Owner)
		}
	}
	own, err := waitlist.Held(tx, owners)
	if err != nil {
		return nil, err
	}
	bookings, err := booking.Holding(tx, owners)
	if err != nil {
		return nil, err
	}
	for o, b := range bookings {
		own[o] = b.State == booking.StateDraft
	}
	enrolments, err := course.Holding(tx, owners)
	maps.Copy(own, enrolments)
	return own, err
}

// promised judges a claim of an order.
func (e *exam) promised(c hold.Claim, o order.Became) {
	values := []any{"count", c.Quantity, "key", c.Key, "order", o.Order, "state", o.State}
	switch o.State {
	case order.StatePlaced, order.StatePacking, order.StatePacked, order.StatePartlyShipped, order.StateUndelivered:
		if c.State == hold.StateHeld {
			e.unless(e.carts[o.Cart], "unconfirmed", values...)
		}
	default:
		e.unless(e.orders[string(o.Order)], "held_by_order", values...)
	}
}

// held judges a claim of a basket that is not ordered.
func (e *exam) held(c hold.Claim, end cart.End) {
	values := []any{"count", c.Quantity, "key", c.Key, "basket", strings.TrimPrefix(c.Owner, claimant), "state", end.State}
	switch {
	case c.State == hold.StateHeld && !c.Until.After(e.store.Now()):
		e.find(Note, "lapsed", values...)
	case c.State == hold.StateHeld && end.State == cart.StateOpen:
	case end.State == "":
		e.unless(e.carts[string(end.Cart)], "held_by_unknown", values...)
	default:
		e.unless(e.carts[string(end.Cart)], "held_by_basket", values...)
	}
}

// gifts compares what the ledger, the holds and the orders say of each certificate.
func (e *exam) gifts() error {
	for after := gift.ID(""); ; {
		err := e.look(func(tx *db.Tx) error {
			wrong, next, err := gift.Audit(tx, after, pageOfClaims)
			for _, m := range wrong {
				e.find(Wrong, "gift", "gift", m.Gift, "ledger", m.Ledger, "reckons", m.Reckons, "pool", m.Pool)
			}
			after = next
			return err
		})
		if err != nil || after == "" {
			return err
		}
	}
}

// byGift is what certificates have paid on a buyer's account, and what has gone back onto them.
type byGift struct{ paid, back int64 }

// count counts a posting of a certificate.
func (t *byGift) count(kind string, net int64) bool {
	switch kind {
	case books.KindGift:
		t.paid -= net
	case books.KindGiftBack:
		t.back += net
	default:
		return false
	}
	return true
}

// whole says whether certificates have paid all of a sum.
func (t byGift) whole(total money.Money) bool { return t.paid == total.Minor }
