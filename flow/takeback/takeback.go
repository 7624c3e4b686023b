// Package takeback undoes what was sold: it gives stock back to the shelf, lets the charge fall away, and returns money
// to the buyer by the way it came.
//
//	a cancellation ─▶ stock back, charge waived ─┐
//	goods come back ─▶ charge waived ────────────┼─▶ the refund: reckon ▸ return ▸ record
//	the shop's goodwill ─▶ an allowance ─────────┘
//
// What a gift certificate has paid goes back onto it first, in the same moment. A certificate that is given back itself ends,
// and only what is left of it is paid back.
//
// The gateway is the judge of what happened first: an authorization that is not yet captured is voided, or, when the
// capture won, refunded. Each refund has a reference, and one reference is returned once.
package takeback

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/books"
	"sauda/core/gift"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// Faults of taking back.
var (
	ErrNothing = fault.New(fault.Conflict, "takeback.nothing_paid", "Nothing has been paid for this order that could be given back.")
	ErrTooMuch = fault.New(fault.Invalid, "takeback.too_much", "This is more than the buyer has paid. Choose a smaller amount.")
	ErrByHand  = fault.New(fault.Conflict, "takeback.by_hand", "This order was paid in cash. Give the money back by hand and write it down here.")
)

// refundStory names the story in the store; it never changes.
const refundStory = "refund"

// Desk is where money goes back.
type Desk struct {
	gateways map[string]payment.Gateway
	teller   *saga.Teller
}

// New opens the desk and teaches the teller its story.
func New(teller *saga.Teller, gateways ...payment.Gateway) *Desk {
	d := &Desk{gateways: make(map[string]payment.Gateway, len(gateways)), teller: teller}
	for _, g := range gateways {
		d.gateways[g.Name()] = g
	}
	saga.Learn(teller, saga.Story[Refund]{Name: refundStory, Steps: []saga.Step[Refund]{
		{Name: "reckon", Do: reckon},
		{Name: "return", Call: d.giveBack},
		{Name: "record", Do: record},
	}})
	return d
}

// Refund is money on its way back.
type Refund struct {
	Order   order.ID       `json:"order"`
	Ref     string         `json:"ref"` // Ref names, within the order, what it is for: a cancellation, a return, an allowance.
	Amount  money.Money    `json:"amount"`
	Whole   bool           `json:"whole"` // Whole says that the whole order fell away.
	Reason  string         `json:"reason,omitempty"`
	Payment payment.ID     `json:"payment,omitempty"`
	Gateway string         `json:"gateway,omitempty"`
	At      string         `json:"at,omitempty"` // At is the gateway's reference of the payment.
	Result  payment.Result `json:"result"`
}

// name names a refund in the whole house. People name returns and allowances as they like, each order's and each seller's anew.
func (r Refund) name() string { return string(r.Order) + "/" + r.Ref }

// Cancelled is the reaction to a whole cancellation: stock, charge and money go back.
func (d *Desk) Cancelled(tx *db.Tx, e order.Cancelled) error {
	o, err := order.Get(tx, e.Order)
	if err != nil {
		return err
	}
	if err := hold.Release(tx, owner(o)); err != nil {
		return err
	}
	return d.fallAway(tx, o, away{e.Lines, e.Delivery}, Refund{Order: o.ID, Ref: e.Ref, Amount: e.Amount, Whole: true, Reason: e.Reason})
}

// LinesCancelled is the reaction to a cancellation of some lines.
func (d *Desk) LinesCancelled(tx *db.Tx, e order.LinesCancelled) error {
	o, err := order.Get(tx, e.Order)
	if err != nil {
		return err
	}
	claims, err := hold.Of(tx, owner(o))
	if err != nil {
		return err
	}
	held, err := stillHeld(tx, o, e.Lines)
	if err != nil {
		return err
	}
	if err := hold.ReleasePart(tx, owner(o), released(o, held, claims)); err != nil {
		return err
	}
	return d.fallAway(tx, o, away{lines: e.Lines}, Refund{Order: o.ID, Ref: e.Ref, Amount: e.Amount, Reason: e.Reason})
}

// Returned is the reaction to goods that came back: they lie on the shelf again and are paid back.
func (d *Desk) Returned(tx *db.Tx, e order.Returned) error {
	o, err := order.Get(tx, e.Order)
	if err != nil {
		return err
	}
	parts, err := homes(o, e.Lines)
	if err != nil {
		return err
	}
	for _, a := range parts {
		l, err := o.Line(a.Line)
		if err != nil {
			return err
		}
		if err := inventory.Return(tx, inventory.Change{
			Warehouse: inventory.WarehouseID(a.Warehouse), Variant: l.Variant, Quantity: a.Quantity, Cause: e.Ref,
		}); err != nil {
			return err
		}
	}
	return d.fallAway(tx, o, away{lines: e.Lines}, Refund{Order: o.ID, Ref: ofReturn + e.Ref, Amount: e.Amount, Reason: e.Reason})
}

// ofReturn begins the names of refunds for goods that came back: staff name returns and allowances, and may name both alike.
const ofReturn = "returned/"

// Allow gives a part of the money back out of goodwill: the goods stay with the buyer. Ref names it within the order, and makes the
// second telling the same as the first, also when nothing is left by then.
func (d *Desk) Allow(tx *db.Tx, id order.ID, ref string, amount money.Money, reason string) (order.Order, error) {
	o, err := order.Get(tx, id)
	if err != nil {
		return order.Order{}, err
	}
	if !tx.Who().May(order.ScopeWrite) || !tx.Who().For(string(o.Seller)) {
		return order.Order{}, order.ErrDenied.About("%s refunds %s", tx.Who().ID, id)
	}
	here, err := paidBy(tx, o)
	if err != nil {
		return order.Order{}, err
	}
	left, err := here.left(tx, o)
	if err != nil {
		return order.Order{}, err
	}
	r := Refund{Order: id, Ref: ref, Amount: amount, Reason: reason}
	if amount.IsPositive() {
		if again, err := books.Allow(tx, o, r.name(), amount); err != nil || again {
			return o, err
		}
	}
	if !left.IsPositive() {
		return order.Order{}, ErrNothing.About("%s", id)
	}
	if over, err := amount.Cmp(left); err != nil || over > 0 || !amount.IsPositive() {
		return order.Order{}, errors.Join(err, ErrTooMuch.With("left", left.Minor))
	}
	return o, d.give(tx, o, r)
}

// Due gives back what is due to the buyer by the terms of what was sold. What the shop has given back already by hand is not
// given twice: there comes back what is left, and the history of the order says how much of it was not there any more.
func (d *Desk) Due(tx *db.Tx, id order.ID, ref string, amount money.Money, reason string) error {
	o, err := order.Get(tx, id)
	if err != nil || !amount.IsPositive() {
		return err
	}
	here, err := paidBy(tx, o)
	if err != nil || here == (paid{}) && o.Payment == "" { // What cost nothing brings nothing back.
		return err
	}
	left, err := here.left(tx, o)
	if err != nil {
		return err
	}
	give := money.Of(min(amount.Minor, left.Minor), amount.Currency)
	if short := amount.Minor - give.Minor; short > 0 && here.taken {
		if err := order.NoteShort(tx, id, order.Refund{Ref: ref, Amount: money.Of(short, amount.Currency), Reason: reason}); err != nil {
			return err
		}
	}
	if !give.IsPositive() {
		return nil
	}
	_, err = d.Allow(tx, id, ref, give, reason)
	return err
}

// Handed writes down that the shop gave cash back by hand. Ref names it within the order; told twice, it is written down once.
func (d *Desk) Handed(tx *db.Tx, id order.ID, ref string, amount money.Money, reason string) (order.Order, error) {
	o, err := order.Get(tx, id)
	if err != nil {
		return order.Order{}, err
	}
	if !tx.Who().May(order.ScopeWrite) || !tx.Who().For(string(o.Seller)) {
		return order.Order{}, order.ErrDenied.About("%s refunds %s", tx.Who().ID, id)
	}
	if o.Payment == "" {
		return order.Order{}, ErrNothing.About("%s", id)
	}
	owed, err := books.Owed(tx, o)
	if err != nil {
		return order.Order{}, err
	}
	p, err := payment.Get(tx, payment.ID(o.Payment))
	if err != nil {
		return order.Order{}, err
	}
	if amount.IsPositive() {
		if again, err := books.Refund(tx, p, o.ID, amount, Refund{Order: id, Ref: ref}.name()); err != nil || again {
			return o, err
		}
	}
	if amount.Minor > -owed.Minor {
		return order.Order{}, ErrTooMuch.With("left", max(0, -owed.Minor))
	}
	if _, err := payment.Repay(tx, p.ID, amount); err != nil {
		return order.Order{}, err
	}
	return order.NoteRefund(tx, id, order.Refund{Ref: ref, Amount: amount, Reason: reason})
}

// away is what falls away of an order.
type away struct {
	lines    []order.Moved
	delivery order.Worth
}

// fallAway has a part of the charge fall away, and its money go back.
func (d *Desk) fallAway(tx *db.Tx, o order.Order, a away, r Refund) error {
	lines, kept, err := recall(tx, o, a.lines)
	if err != nil {
		return err
	}
	r.Amount.Minor -= kept
	if err := books.Waive(tx, o, r.name(), lines, a.delivery); err != nil {
		return err
	}
	return d.back(tx, o, a.lines, r)
}

// back begins to give money back for lines that have fallen away: first onto the certificate that has paid, the rest by the way it
// came. What the buyer got before as an allowance, or because a booking among the lines became cheaper, is not given a second time:
// beyond what was paid and is still here nothing goes back, and the allowance is taken back in the ledger. Of an order that cost
// nothing, nothing goes back.
func (d *Desk) back(tx *db.Tx, o order.Order, gone []order.Moved, r Refund) error {
	here, err := paidBy(tx, o)
	if err != nil || here == (paid{}) && o.Payment == "" {
		return err
	}
	owed, err := books.Owed(tx, o)
	if err != nil {
		return err
	}
	before, err := givenBack(tx, o, gone)
	if err != nil {
		return err
	}
	if over := max(before, -owed.Minor-here.refundable); over > 0 && here.taken {
		over = min(over, r.Amount.Minor)
		if err := books.Retract(tx, o, r.name(), money.Of(over, r.Amount.Currency)); err != nil {
			return err
		}
		r.Amount.Minor -= over
	}
	return d.give(tx, o, r)
}

// give begins to give money back: first onto the certificate that has paid, the rest by the way it came. It acts each time that it is
// called.
func (d *Desk) give(tx *db.Tx, o order.Order, r Refund) error {
	r, err := onto(tx, o, r)
	if err != nil || !r.Amount.IsPositive() || o.Payment == "" {
		return err
	}
	return d.begin(tx, r)
}

// paid is what an order was paid by, a payment and a certificate together.
type paid struct {
	refundable int64 // Refundable is what can still go back, in minor units.
	taken      bool  // Taken says that something was paid already, and not only promised.
}

func paidBy(tx *db.Tx, o order.Order) (all paid, err error) {
	if o.Payment != "" {
		p, err := payment.Get(tx, payment.ID(o.Payment))
		if err != nil {
			return paid{}, err
		}
		all = paid{p.Refundable().Minor, p.Captured.IsPositive()}
	}
	u, ok, err := gift.UseOf(tx, string(o.ID))
	if ok {
		all = paid{all.refundable + u.Paid - u.Back, true}
	}
	return all, err
}

// left is what of an order can still go back: what was taken, less what went back and what is on its way.
func (p paid) left(tx *db.Tx, o order.Order) (money.Money, error) {
	owed, err := books.Owed(tx, o)
	return money.Of(max(0, p.refundable+min(0, owed.Minor)), owed.Currency), err
}

func (d *Desk) begin(tx *db.Tx, r Refund) error {
	return saga.Begin(tx, d.teller, saga.Name{Story: refundStory, Key: r.name()}, r)
}

// reckon says by which way the money goes back.
func reckon(tx *db.Tx, r *Refund) error {
	o, err := order.Get(tx, r.Order)
	if err != nil {
		return err
	}
	p, err := payment.Get(tx, payment.ID(o.Payment))
	if err != nil {
		return err
	}
	r.Payment, r.Gateway, r.At = p.ID, p.Gateway, p.Ref
	if p.Gateway != "" {
		return nil
	}
	// Cash that was not collected yet is not asked for any more. What was collected the shop gives back by hand.
	waived := money.Of(min(r.Amount.Minor, p.Capturable().Minor), r.Amount.Currency)
	if !waived.IsPositive() {
		return nil
	}
	_, err = payment.Waive(tx, p.ID, waived)
	return err
}

// giveBack voids what was only promised, or refunds what was taken. The two are different acts to the gateway, with keys of
// their own: a void that the capture outran is followed by a refund.
func (d *Desk) giveBack(ctx context.Context, key string, r *Refund) error {
	if r.Gateway == "" {
		return nil
	}
	gateway, ok := d.gateways[r.Gateway]
	if !ok {
		return payment.ErrRefused.About("no gateway is called %q", r.Gateway)
	}
	now, err := gateway.Look(ctx, r.At)
	if err != nil {
		return unsure(err)
	}
	switch {
	case now.Captured.IsPositive():
		r.Result, err = gateway.Refund(ctx, key+"/refund", r.At, r.Amount)
	case r.Whole && now.Voided.IsZero():
		r.Result, err = gateway.Void(ctx, key+"/void", r.At)
		if errors.Is(err, payment.ErrSettled) { // The capture came first after all.
			return unsure(err)
		}
	case r.Whole:
		r.Result = now
	default:
		return fmt.Errorf("%w: a part can go back only after the capture", saga.ErrUnknown)
	}
	return unsure(err)
}

// unsure has every trouble of the world tried again: the buyer has a right to the money.
func unsure(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", saga.ErrUnknown, err)
}

// record writes down what went back.
func record(tx *db.Tx, r *Refund) error {
	if r.Gateway == "" {
		return nil
	}
	p, err := payment.Note(tx, r.Payment, r.Result)
	if err != nil || !r.Result.Refunded.IsPositive() {
		return err
	}
	if _, err := books.Refund(tx, p, r.Order, r.Amount, r.name()); err != nil {
		return err
	}
	_, err = order.NoteRefund(tx, r.Order, order.Refund{Ref: r.Ref, Amount: r.Amount, Reason: r.Reason})
	return err
}

// owner names the claims of the basket that the order was.
func owner(o order.Order) string { return "cart/" + o.Cart }

// released says what of its claims an order gives back for lines that were cancelled. Cancellations eat a line from its
// end, so that what is left is taken as it was planned; what has left with a parcel is claimed no more and is passed over.
func released(o order.Order, cancelled []order.Moved, claims []hold.Claim) []hold.Want {
	held := make(map[string]int64, len(claims))
	for _, c := range claims {
		if c.State != hold.StateLapsed {
			held[c.Key] = c.Quantity
		}
	}
	var back []hold.Want
	for _, m := range cancelled {
		rest := int64(m.Quantity)
		if l, err := o.Line(m.Line); err == nil && l.Service != nil {
			rest = math.MaxInt64 // A service is cancelled as a whole, whatever it takes.
		}
		for _, a := range slices.Backward(o.Allocations) {
			if a.Line != m.Line || a.Key == "" {
				continue
			}
			give := min(rest, int64(a.Quantity), held[a.Key])
			if give <= 0 {
				continue
			}
			held[a.Key] -= give
			rest -= give
			back = append(back, hold.Want{Key: a.Key, Quantity: give})
		}
	}
	return back
}

// homes gives on which shelves goods are put that a buyer has sent back: those from which they were to be taken, beginning
// with the last. What was cancelled or came back before is passed over.
func homes(o order.Order, back []order.Moved) ([]order.Allocation, error) {
	var out []order.Allocation
	for _, m := range back {
		l, err := o.Line(m.Line)
		if err != nil {
			return nil, err
		}
		skip, rest := l.Cancelled+l.Returned-m.Quantity, m.Quantity
		for _, a := range slices.Backward(o.Allocations) {
			if a.Line != m.Line {
				continue
			}
			passed := min(skip, a.Quantity)
			skip -= passed
			a.Quantity = min(a.Quantity-passed, rest)
			if rest -= a.Quantity; a.Quantity > 0 && a.Key != "" && a.Warehouse != "" {
				out = append(out, a)
			}
		}
	}
	return out, nil
}
