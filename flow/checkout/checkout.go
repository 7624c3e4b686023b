// Package checkout turns a basket into an order: it prices the basket, holds what is in it, has the payment authorized,
// places the order, and only then takes the money.
//
//	quote ▸ hold ▸ authorize ▸ place ▸ capture ▸ settle ▸ file ▸ keep
//
// The story's key is the basket, and a basket is ordered once. The buyer's browser, the gateway's webhook and the clock
// all tell the same story; however often and in whatever order they do, it buys once. When a step fails, what was done
// before is taken back: the hold is released, the authorization voided. Money is captured only when the order stands, so
// nobody is charged without an order. The last two are for a card that its buyer wants kept; no order waits for them.
//
// What a gift certificate pays is held with the goods, and taken from it in the moment in which the order is
// placed. Where promotions or a certificate leave nothing to pay, no payment is begun and no gateway is asked: the order is placed, and it is paid.
//
// It does not know what follows from an order: that is app/reactions.go.
package checkout

import (
	"context"
	"errors"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/agreement"
	"sauda/core/cart"
	"sauda/core/choice"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/saga"
	"sauda/gear/seal"
)

// Faults of the checkout.
var (
	ErrEmpty    = fault.New(fault.Conflict, "checkout.empty", "There is nothing in the basket. Put something into it first.")
	ErrMissing  = fault.New(fault.Invalid, "checkout.missing", "Something is still missing before the order can be placed. Fill in the marked fields.")
	ErrChanged  = fault.New(fault.Conflict, "checkout.price_changed", "The total has changed since you saw it. Look at the basket again and confirm the new total.")
	ErrAltered  = fault.New(fault.Conflict, "checkout.basket_altered", "The basket was altered in another window since you saw it. Look at address, delivery and total once more, and confirm them.")
	ErrSellers  = fault.New(fault.Conflict, "checkout.several_sellers", "The basket holds goods of several sellers. Order the goods of each seller by themselves.")
	ErrCurrency = fault.New(fault.Invalid, "checkout.currency", "The total that you confirm is in another currency than the basket.")
	ErrUndone   = fault.New(fault.Conflict, "checkout.undone", "The order could not be completed, and nothing was taken from the card. Look at the basket and place the order again.")
	ErrNoCash   = fault.New(fault.Conflict, "checkout.no_cash", "This delivery takes no cash. Pay by card or choose another delivery.")
)

// storyName names the story in the store; it never changes.
const storyName = "checkout"

const (
	// holdTime is how long goods wait for the buyer to pay. It is longer than patience, so that a buyer who confirms at
	// the last moment still gets them.
	holdTime = 20 * time.Minute
	// patience is how long the buyer may take for what the bank asks.
	patience = 15 * time.Minute
)

// Desk is where baskets are looked at and ordered.
type Desk struct {
	Keys       seal.Keys        // Keys seal what gateways give for cards; without one no card is kept.
	Promotions promotion.Keeper // Promotions keeps those that run.
	Plans      agreement.Keeper // Plans keeps what can be subscribed to.
	Ways       choice.Ways      // Ways are the contexts that sell services.

	gateways map[string]payment.Gateway
	teller   *saga.Teller
	terms    terms
}

// New opens the desk and teaches the teller its story.
func New(teller *saga.Teller, gateways ...payment.Gateway) *Desk {
	d := &Desk{gateways: make(map[string]payment.Gateway, len(gateways)), teller: teller}
	for _, g := range gateways {
		d.gateways[g.Name()] = g
	}
	saga.Learn(teller, d.story())
	return d
}

// Purchase is what a buyer says to order a basket.
type Purchase struct {
	Cart      cart.ID
	Method    payment.Code
	Token     string         // Token stands for a card; the gateway's own page made it. Empty for cash, and when Card pays.
	Card      payment.CardID // Card is one that the buyer keeps and pays with.
	Keep      bool           // Keep says that the buyer agreed to have the card that he enters kept.
	ReturnURL string         // ReturnURL is where the buyer comes back to from the bank.
	Seen      int64          // Seen is the version of the basket that the buyer saw and agrees to; zero agrees to whatever it is.
	Total     money.Money    // Total is what the buyer saw and agrees to pay, beside a certificate; without a currency it agrees to whatever it is.
	Comment   string
	Mandate   string // Mandate is the language in which the buyer read, and agreed, that his card pays for what he subscribes to; empty when he did not.
}

// Answer is what became of it: an order, or the one next thing that the buyer has to do.
type Answer struct {
	Outcome saga.Outcome
	Order   order.ID // Order, Code and Total are set once the order is placed.
	Code    string
	Total   money.Money
	Next    payment.NextStep // Next is set while the story waits for the buyer.
	Setback error            // Setback is why the last try came to nothing; only Continue sets it, when it has nothing to go on with.
}

// State is what the story remembers between its steps.
type State struct {
	Purchase    Purchase               `json:"purchase"`
	Seller      seller.ID              `json:"seller"`
	Shop        string                 `json:"shop"` // Shop is the seller's name, which the bank shows to the buyer.
	Contact     order.Contact          `json:"contact"`
	Cart        cart.Cart              `json:"cart"`
	Quote       pricing.Quote          `json:"quote"`
	Delivery    order.Delivery         `json:"delivery"`
	Allocations []inventory.Allocation `json:"allocations"`
	Payment     payment.ID             `json:"payment"` // Payment is empty where nothing is due.
	Gateway     string                 `json:"gateway"`
	Result      payment.Result         `json:"result"`
	Sealed      string                 `json:"sealed,omitempty"` // Sealed is the card that pays, when the buyer keeps it.
	Agreed      time.Time              `json:"agreed,omitzero"`  // Agreed is when the buyer said that his card be kept.
	New         *payment.NewCard       `json:"new,omitempty"`    // New is the card that is kept, or discarded when there is no order.
	Asked       int                    `json:"asked,omitempty"`  // Asked is how often the gateway was asked for a card that is to be discarded.
	Gone        bool                   `json:"gone,omitempty"`   // Gone says that the gateway does not know the card any more that shall pay.
	Order       order.ID               `json:"order"`
	Code        string                 `json:"code"`
	Digital     bool                   `json:"digital,omitempty"` // Digital says that the order has something to be handed over at once.
	Served      bool                   `json:"served,omitempty"`  // Served says that the order has services.

	Subscribed  bool   `json:"subscribed,omitempty"`   // Subscribed says that the order is of agreements.
	Words       string `json:"words,omitempty"`        // Words are those in which their buyer has agreed to the payments.
	MandateCard string `json:"mandate_card,omitempty"` // MandateCard pays for what they bring; empty where it is still being kept.

	Gift Laid `json:"gift,omitzero"` // Gift is what a certificate pays; its money is taken when the order is placed.

	Uses bool `json:"uses,omitempty"` // Uses says that uses of codes are held.

	methods []payment.Method  // What is offered; quote tells it to take, in the same moment.
	claims  []promotion.Claim // The codes that count; as methods.
}

func (d *Desk) story() saga.Story[State] {
	return saga.Story[State]{Name: storyName, Patience: patience, Steps: []saga.Step[State]{
		{Name: "quote", Do: d.quote},
		{Name: "hold", Do: d.take, Undo: release},
		{Name: "authorize", Call: d.authorize, Recall: d.void},
		{Name: "place", Do: d.place},
		{Name: "capture", Call: d.capture},
		{Name: "settle", Do: settle},
		{Name: "file", When: files, Call: d.file},
		{Name: "keep", Do: keepCard},
	}}
}

// Order orders a basket, or goes on with an order that waits for its buyer. Only who may see the basket may order it;
// the caller has checked that by cart.Get. A decline is a fault, and the basket can be tried again.
func (d *Desk) Order(ctx context.Context, who db.Who, p Purchase) (Answer, error) {
	answer, err := d.tell(ctx, who, p)
	for p.Method != "" && isIdle(err) { // Somebody else only looked, in this very moment, and that was his answer.
		answer, err = d.tell(ctx, who, p)
	}
	return answer, err
}

func (d *Desk) tell(ctx context.Context, who db.Who, p Purchase) (Answer, error) {
	s, outcome, err := saga.Tell(ctx, d.teller, who, saga.Name{Story: storyName, Key: string(p.Cart)}, State{Purchase: p})
	if s.Cart.Party != "" && s.Cart.Party != who.Party && who.Kind != db.KindSystem {
		return Answer{}, cart.ErrUnknown.About("%s is another party's", p.Cart)
	}
	answer := Answer{Outcome: outcome, Order: s.Order, Code: s.Code, Total: s.Quote.Due}
	if outcome == saga.Waiting {
		answer.Next = s.Result.Next
	}
	if answer.Order != "" {
		return answer, nil // The order stands; if its capture has trouble, the clock goes on with it.
	}
	return answer, err
}

// Continue goes on with the story of a basket after the buyer came back or the gateway sent word. A basket that nobody
// ordered stays as it is; one whose last try has come to nothing meanwhile, because the gateway's word was faster than the
// buyer, says why in Setback.
func (d *Desk) Continue(ctx context.Context, who db.Who, id cart.ID) (Answer, error) {
	answer, err := d.tell(ctx, who, Purchase{Cart: id})
	if i, ok := errors.AsType[*idle](err); ok {
		answer.Setback = i.setback
		return answer, nil
	}
	return answer, err
}

// idle ends a story that Continue would have begun: there was none to go on with.
type idle struct{ setback error }

func (i *idle) Error() string { return "checkout: there is no story to go on with" }

// Unwrap gives what is missing for a story to begin.
func (i *idle) Unwrap() error { return ErrMissing.At("/method", fault.Say("Choose a payment method.")) }

func isIdle(err error) bool {
	_, ok := errors.AsType[*idle](err)
	return ok
}

// Wake has the story of a basket go on after the present moment, without anybody waiting for it: the gateway has sent
// word. If the process dies before, the clock looks after the story by itself.
func (d *Desk) Wake(tx *db.Tx, id cart.ID) {
	saga.Wake(tx, d.teller, saga.Name{Story: storyName, Key: string(id)})
}
