// Package renew makes the orders of agreements: on its day each gets a basket of its own, which is ordered by the same story as
// any other, with the card that its buyer has allowed to be used.
//
//	prepare ▸ buy ▸ settle
//
// The story's key is the agreement, its period and its try; the moment that places the order ends the period. However often and
// by however many processes a day is told, a period is ordered once, and each try asks the bank once. While a bank has not
// answered, or asks the buyer, the try is open, and there is no other one.
//
// It does not know how a basket is ordered: checkout does.
package renew

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/agreement"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/saga"
)

// storyName names the story in the store; it never changes.
const storyName = "renew"

// Basket is what is to be ordered.
type Basket struct {
	ID   cart.ID
	Card payment.CardID
	Of   agreement.ID
	Lang string
}

// Bought is what became of a basket: its order, or that the bank has not decided yet, and what it asks its buyer to do.
type Bought struct {
	Order string
	Waits bool
	Next  payment.NextStep
}

// Buy orders a basket of the house once. Told again, it says what became of it.
type Buy func(ctx context.Context, b Basket) (Bought, error)

// Desk is where agreements are renewed.
type Desk struct {
	teller *saga.Teller
	buy    Buy
}

// New opens the desk and teaches the teller its story.
func New(teller *saga.Teller, buy Buy) *Desk {
	d := &Desk{teller: teller, buy: buy}
	saga.Learn(teller, saga.Story[State]{Name: storyName, Steps: []saga.Step[State]{
		{Name: "prepare", Do: prepare},
		{Name: "buy", When: func(s *State) bool { return s.Why == "" }, Call: d.order},
		{Name: "settle", Do: settle},
	}})
	return d
}

// State is what the story remembers between its steps.
type State struct {
	Agreement agreement.ID     `json:"agreement"`
	Seq       int64            `json:"seq"`
	Try       int              `json:"try"`
	Cart      cart.ID          `json:"cart,omitempty"`
	Card      payment.CardID   `json:"card,omitempty"`
	Lang      string           `json:"lang,omitempty"`
	Order     string           `json:"order,omitempty"`
	Next      payment.NextStep `json:"next,omitzero"` // Next is what the bank asks the buyer to do while the try waits.
	Why       string           `json:"why,omitempty"` // Why is the code of the fault for which there is no order.
}

// try names the try that is told.
func (s *State) try() agreement.Try {
	return agreement.Try{Agreement: s.Agreement, Seq: s.Seq, N: s.Try}
}

const (
	// atOnce bounds how many agreements are looked up together.
	atOnce = 100
	// wrongMax bounds how many troubles one run tells of: most have one cause.
	wrongMax = 10
)

// Run does what is due today of all agreements. What fails of one is no trouble of the others, and is told of in the end.
func (d *Desk) Run(ctx context.Context, store *db.Store) error {
	var after agreement.Agreement
	var wrong []error
	for ctx.Err() == nil {
		var due []agreement.Agreement
		err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
			due, err = agreement.Due(tx, after, atOnce)
			return err
		})
		if err != nil || len(due) == 0 {
			return errors.Join(append(wrong, err)...)
		}
		for _, a := range due {
			after = a
			if err := d.turn(ctx, store, a); err != nil && len(wrong) < wrongMax {
				wrong = append(wrong, fmt.Errorf("renew: %s: %w", a.ID, err))
			}
		}
	}
	return errors.Join(append(wrong, ctx.Err())...)
}

// turn does what is due of one agreement.
func (d *Desk) turn(ctx context.Context, store *db.Store, a agreement.Agreement) error {
	var done bool
	err := job.Once(ctx, store, db.System, func(tx *db.Tx) (err error) {
		done, err = agreement.Lapse(tx, a.ID)
		return err
	})
	if err != nil || done {
		return err
	}
	return d.Try(ctx, a)
}

// Try tries to order the period of an agreement that is due, or goes on with the try that is open. What is not due is not
// ordered, and no trouble.
func (d *Desk) Try(ctx context.Context, a agreement.Agreement) error {
	_, _, err := d.tell(ctx, a.Trying())
	if errors.Is(err, agreement.ErrNotDue) {
		return nil
	}
	return err
}

// Pay tries at once what waits for its payment, with its buyer present, or goes on with the try that is open. It gives what the
// bank asks him to do; nothing when it has decided, or decides without him. Whose it is not does not know it.
func (d *Desk) Pay(ctx context.Context, store *db.Store, who db.Who, id agreement.ID) (payment.NextStep, error) {
	var a agreement.Agreement
	err := job.Once(ctx, store, who, func(tx *db.Tx) (err error) {
		a, err = agreement.PayNow(tx, id)
		return err
	})
	if err != nil {
		return payment.NextStep{}, err
	}
	s, outcome, err := d.tell(ctx, a.Trying())
	if err != nil || outcome != saga.Waiting {
		return payment.NextStep{}, err
	}
	return s.Next, nil
}

// tell tells a try.
func (d *Desk) tell(ctx context.Context, t agreement.Try) (State, saga.Outcome, error) {
	name := saga.Name{Story: storyName, Key: fmt.Sprintf("%s/%d/%d", t.Agreement, t.Seq, t.N)}
	return saga.Tell(ctx, d.teller, db.System, name, State{Agreement: t.Agreement, Seq: t.Seq, Try: t.N})
}

// prepare fills a basket with what a period brings. Where that cannot be, the reason is noted, and nothing is bought.
func prepare(tx *db.Tx, s *State) error {
	a, err := agreement.Attempt(tx, s.try())
	if err != nil {
		return err
	}
	s.Card, s.Lang = payment.CardID(a.Card), a.To.Lang
	if a.Card == "" {
		s.Why = payment.ErrNoCard.Code
		return nil
	}
	if why, err := wanting(tx, a); err != nil || why != "" {
		s.Why = why
		return err
	}
	if s.Cart, err = cart.Stand(tx, cart.Standing{Party: a.Party, For: a.Ref(), Currency: money.KZT, Lang: a.To.Lang}); err != nil {
		return err
	}
	if err := fill(tx, a, s.Cart); err != nil {
		return s.refused(err)
	}
	return agreement.Tried(tx, a, string(s.Cart))
}

// wanting says why what a period brings cannot be put into a basket, if so: it is not sold any more, or not in such parts.
func wanting(tx *db.Tx, a agreement.Agreement) (why string, err error) {
	offers, err := catalog.Offers(tx, []catalog.VariantID{a.Variant})
	if err != nil {
		return "", err
	}
	switch o, there := offers[a.Variant]; {
	case !there || !o.ForSale():
		return catalog.ErrEnded.Code, nil
	case o.Unit.Fits(a.Quantity) != nil:
		return pricing.ErrNotForSale.Code, nil
	}
	return "", nil
}

// refused notes why there is no order; a trouble, after which nobody knows, is given back.
func (s *State) refused(err error) error {
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		return err
	}
	s.Why = f.Code
	return nil
}

// fill puts what a period brings into its basket, and says where it goes.
func fill(tx *db.Tx, a agreement.Agreement, id cart.ID) error {
	n := a.Quantity
	if a.Service {
		n = measure.One
	}
	if _, err := cart.Add(tx, id, cart.Addition{
		Variant: a.Variant, Quantity: n, Source: "agreement", Answers: map[string]string{catalog.ChosenCode: a.Ref()},
	}); err != nil {
		return err
	}
	to := cart.Contact{Email: a.To.Email, Phone: a.To.Phone}
	if a.Service {
		return cart.SetContact(tx, id, to)
	}
	if err := cart.SendTo(tx, id, a.To.Address, to); err != nil {
		return err
	}
	return cart.ChooseDelivery(tx, id, cart.Choice{Seller: seller.ID(a.Seller), Method: a.To.Method, Point: a.To.Point})
}

// order has the basket ordered, and notes why it was not.
func (d *Desk) order(ctx context.Context, _ string, s *State) error {
	b, err := d.buy(ctx, Basket{s.Cart, s.Card, s.Agreement, s.Lang})
	s.Next = b.Next
	switch {
	case b.Order != "":
		s.Order = b.Order
		return nil
	case b.Waits:
		return saga.ErrWait
	case err == nil:
		return saga.ErrUnknown
	}
	if err := s.refused(err); err != nil {
		return fmt.Errorf("%w: %w", saga.ErrUnknown, err) // It is asked again, and bought once.
	}
	return nil
}

// unpaid are the faults that say that a card was to pay, and did not. Whatever else stands against an order is not its buyer's.
var unpaid = []string{
	payment.ErrDeclined.Code, payment.ErrNoFunds.Code, payment.ErrCancelled.Code, payment.ErrNoCard.Code, payment.ErrCardGone.Code,
	payment.ErrToken.Code, saga.ErrTooLate.Code,
}

// settle says what follows where a period was not ordered. One that was has said so when it was.
func settle(tx *db.Tx, s *State) error {
	if s.Order != "" {
		return nil
	}
	if s.Cart != "" {
		if err := cart.Drop(tx, s.Cart); err != nil {
			return err
		}
	}
	switch {
	case s.Why == hold.ErrSoldOut.Code:
		return agreement.Lack(tx, s.try())
	case s.Why == catalog.ErrEnded.Code:
		return agreement.Drop(tx, s.try())
	case !slices.Contains(unpaid, s.Why):
		return agreement.Stall(tx, s.try(), s.Why)
	}
	hard, err := isHard(tx, s)
	if err != nil {
		return err
	}
	return agreement.Fail(tx, s.try(), agreement.Refusal{Why: s.Why, Card: string(s.Card), Hard: hard})
}

// final are the reasons for which a bank refuses a card for good: it is not asked again. Card networks fine whoever does, and it
// would not help.
var final = []string{"stolen_card", "lost_card", "expired_card", "closed_account", "pickup_card", "invalid_card"}

// isHard says whether the card of a try is not to be tried again.
func isHard(tx *db.Tx, s *State) (bool, error) {
	if slices.Contains([]string{payment.ErrNoCard.Code, payment.ErrCardGone.Code, payment.ErrToken.Code}, s.Why) {
		return true, nil
	}
	if s.Cart == "" {
		return false, nil
	}
	tries, err := payment.ByCart(tx, string(s.Cart))
	if err != nil || len(tries) == 0 {
		return false, err
	}
	return slices.Contains(final, tries[len(tries)-1].Reason), nil
}
