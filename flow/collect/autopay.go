package collect

import (
	"context"
	"errors"
	"slices"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/identity"
	"sauda/core/payment"
	"sauda/core/utility"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/saga"
)

// payStory names the story in the store; it never changes.
const payStory = "autopay"

// Due is a basket that is paid by itself.
type Due struct {
	Cart  cart.ID
	Card  string
	Total money.Money
}

// Till orders a basket and pays it with a card that its owner keeps. Told twice, it orders once. A clear no is a fault; ErrConfirm is
// a bank that wants the owner to be there.
type Till func(ctx context.Context, who db.Who, d Due) (order string, err error)

// ErrConfirm is a bank that asks the owner of a card who is not there.
var ErrConfirm = fault.New(fault.Conflict, "collect.confirm", "The bank wants you to confirm this payment yourself. Please pay the bill by hand.")

// Paying is a day on which something is paid by itself.
type Paying struct {
	Autopay utility.AutopayID `json:"autopay"`
	Remote  bool              `json:"remote,omitempty"`
	Turn    utility.Turn      `json:"turn"`
	Told    *utility.Told     `json:"told,omitempty"` // Told is what a provider elsewhere says that is owed.
	Cart    cart.ID           `json:"cart,omitempty"`
	Card    string            `json:"card,omitempty"`
	Party   string            `json:"party"`
	Total   money.Money       `json:"total"`
}

func (c *Collector) learnPaying() {
	saga.Learn(c.teller, saga.Story[Paying]{Name: payStory, Steps: []saga.Step[Paying]{
		{Name: "look", When: func(s *Paying) bool { return s.Remote }, Call: c.lookFor},
		{Name: "fill", Do: fill},
		{Name: "order", When: func(s *Paying) bool { return s.Cart != "" && s.Turn.State == "" }, Call: c.order},
		{Name: "close", Do: closePaying},
	}})
}

// actor is the house where it acts for a party.
func actor(party string) db.Who {
	who := db.System
	who.Party = party
	return who
}

// Cards gives the cards of who acts that can pay at the seller of a provider.
func Cards(tx *db.Tx, p utility.Provider) ([]payment.KeptCard, error) {
	all, err := payment.Cards(tx, tx.Who().Party)
	var fit []payment.KeptCard
	for _, c := range all {
		if c.Seller == string(p.Seller) && !c.Over(tx.Now()) {
			fit = append(fit, c)
		}
	}
	return fit, err
}

// Agree keeps what the buyer who acts agrees to, as utility.Agree does. A card that he does not keep at the seller of the provider
// is none.
func Agree(tx *db.Tx, a utility.Autopay) (utility.Autopay, error) {
	of, err := utility.AccountOf(tx, a.Account)
	if err != nil {
		return a, err
	}
	p, err := utility.Get(tx, of.Provider)
	if err != nil {
		return a, err
	}
	cards, err := Cards(tx, p)
	if err != nil {
		return a, err
	}
	if !slices.ContainsFunc(cards, func(c payment.KeptCard) bool { return string(c.ID) == a.Card }) {
		a.Card = ""
	}
	return utility.Agree(tx, a)
}

// paysAtOnce bounds what is read at once of what is due.
const paysAtOnce = 50

// PayDue pays what is due to be paid by itself. Each day of each is one story, so that it is paid once, however often and by however
// many processes this is called.
func (c *Collector) PayDue(ctx context.Context) error {
	var wrong []error
	for after := utility.AutopayID(""); ctx.Err() == nil; {
		var due []utility.Autopay
		var of map[utility.ProviderID]utility.Provider
		err := job.Look(ctx, c.store, db.System, func(tx *db.Tx) (err error) {
			if due, err = utility.AutopaysDue(tx, after, paysAtOnce); err != nil {
				return err
			}
			ids := make([]utility.ProviderID, len(due))
			for i, a := range due {
				ids[i] = a.Provider
			}
			of, err = utility.Some(tx, ids)
			return err
		})
		if err != nil || len(due) == 0 {
			return errors.Join(append(wrong, err)...)
		}
		for _, a := range due {
			after = a.ID
			name := saga.Name{Story: payStory, Key: string(a.ID) + "/" + a.Next.String()}
			_, _, err := saga.Tell(ctx, c.teller, actor(a.Party), name, Paying{
				Autopay: a.ID, Remote: of[a.Provider].Remote != nil, Party: a.Party, Turn: utility.Turn{Autopay: a.ID, Day: a.Next},
			})
			if err != nil && !errors.Is(err, utility.ErrDown) {
				wrong = append(wrong, err)
			}
		}
	}
	return errors.Join(append(wrong, ctx.Err())...)
}

// lookFor asks a provider elsewhere what is owed. While it does not answer, the payment waits.
func (c *Collector) lookFor(ctx context.Context, _ string, s *Paying) error {
	var p utility.Provider
	var a utility.Account
	err := job.Look(ctx, c.store, db.System, func(tx *db.Tx) error {
		agreed, err := utility.AutopayOf(tx, s.Autopay)
		if err != nil {
			return err
		}
		if a, err = utility.AccountOf(tx, agreed.Account); err != nil {
			return err
		}
		p, err = utility.Get(tx, a.Provider)
		return err
	})
	if errors.Is(err, utility.ErrAutopay) {
		return nil // It was forgotten with its owner.
	}
	if err != nil {
		return later(err)
	}
	if p.Paused { // Nothing is paid, so nothing is asked.
		return nil
	}
	heard, err := c.Look(ctx, p, a.Number)
	switch {
	case err == nil:
		s.Told = &heard
	case errors.Is(err, utility.ErrAccount), errors.Is(err, utility.ErrClosed), errors.Is(err, utility.ErrRefused):
		s.Turn.State, s.Turn.Why = utility.TurnFailed, utility.NoAccount
	default:
		return later(err)
	}
	return nil
}

// fill looks what is owed and what was agreed to, and puts the bill into a basket of its own.
func fill(tx *db.Tx, s *Paying) error {
	a, err := utility.AutopayOf(tx, s.Autopay)
	if errors.Is(err, utility.ErrAutopay) {
		return nil
	}
	if err != nil || !a.On || a.Next != s.Turn.Day || s.Turn.State != "" {
		return err
	}
	p, err := utility.Get(tx, a.Provider)
	if err != nil {
		return err
	}
	if p.Paused { // It is looked again tomorrow.
		s.Turn.State = utility.TurnNothing
		return nil
	}
	of, err := utility.AccountOf(tx, a.Account)
	if err == nil && s.Told != nil {
		of, err = utility.Keep(tx, p, of.Number, *s.Told)
	}
	if err != nil {
		return err
	}
	owed, err := utility.Owed(tx, p, of)
	if err != nil {
		return err
	}
	s.Turn.Sum = max(0, owed)
	if owed <= 0 {
		s.Turn.State = utility.TurnNothing
		return nil
	}
	if s.Turn.Why, err = a.Over(tx, owed); err != nil || s.Turn.Why != "" {
		s.Turn.State = utility.TurnStopped
		return err
	}
	if err = s.choose(tx, a, p, of); err != nil && !passes(err) { // It is not sold any more, or its owner cannot be reached.
		s.Turn.State, s.Turn.Why, err = utility.TurnFailed, utility.NoAccount, nil
	}
	return err
}

// choose makes the basket. A bill that somebody else is paying just now is looked at again tomorrow.
func (s *Paying) choose(tx *db.Tx, a utility.Autopay, p utility.Provider, of utility.Account) error {
	d, err := utility.Choose(tx, p, of, nil)
	switch {
	case errors.Is(err, utility.ErrPaying), errors.Is(err, utility.ErrNothing):
		s.Turn.State = utility.TurnNothing
		return nil
	case errors.Is(err, utility.ErrBounds):
		s.Turn.State, s.Turn.Why = utility.TurnStopped, utility.OutOfSum
		return nil
	case err != nil:
		return err
	}
	u, err := identity.Get(tx, identity.UserID(a.User))
	if err != nil {
		return err
	}
	if s.Cart, err = cart.Stand(tx, cart.Standing{Party: a.Party, For: "autopay/" + string(a.ID), Currency: p.Currency, Lang: u.Lang}); err != nil {
		return err
	}
	s.Card, s.Total = a.Card, money.Of(d.Sum, p.Currency)
	if _, err := cart.Add(tx, s.Cart, cart.Addition{
		Variant: p.Variant, Quantity: measure.One, PriceSeen: s.Total, Source: "autopay", Answers: map[string]string{catalog.ChosenCode: string(d.ID)},
	}); err != nil {
		return err
	}
	return cart.SetContact(tx, s.Cart, cart.Contact{Email: u.Email})
}

// order has the basket ordered and paid. What is refused is told to its owner; what nobody knows is asked again.
func (c *Collector) order(ctx context.Context, _ string, s *Paying) error {
	order, err := c.till(ctx, actor(s.Party), Due{Cart: s.Cart, Card: s.Card, Total: s.Total})
	switch {
	case err == nil:
		s.Turn.State, s.Turn.Order, s.Turn.Sum = utility.TurnPaid, order, s.Total.Minor
	case errors.Is(err, ErrConfirm):
		s.Turn.State, s.Turn.Why = utility.TurnFailed, utility.Challenge
	case errors.Is(err, utility.ErrPaid), errors.Is(err, utility.ErrPaying), errors.Is(err, utility.ErrDraft), errors.Is(err, choice.ErrUnknown):
		s.Turn.State = utility.TurnNothing // Somebody of the family was faster.
	case passes(err):
		return later(err)
	default:
		s.Turn.State, s.Turn.Why = utility.TurnFailed, utility.NoCard
	}
	return nil
}

// passes tells a trouble that may be over when it is tried again from a refusal.
func passes(err error) bool {
	kind := fault.Of(err).Kind
	return kind == fault.Internal || kind == fault.Unavailable
}

// closePaying notes what became of the day.
func closePaying(tx *db.Tx, s *Paying) error {
	a, err := utility.AutopayOf(tx, s.Autopay)
	if errors.Is(err, utility.ErrAutopay) || err == nil && s.Turn.State == "" {
		return nil
	}
	if err != nil {
		return err
	}
	if s.Cart != "" && s.Turn.State != utility.TurnPaid {
		if err := cart.Drop(tx, s.Cart); err != nil {
			return err
		}
	}
	return utility.Turned(tx, a, s.Turn)
}
