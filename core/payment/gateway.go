package payment

import (
	"context"

	"sauda/base/money"
)

// Gateway takes money somewhere in the world. Every act has a key: the same key again is the same act and gives the same
// answer, however often it is asked. The amounts of a Result are totals of the whole payment.
//
// A card may stay on file with the gateway. The customer agrees to that while he pays by himself: Charge.Keep. As soon as
// the money is promised, and not before, Kept gives the card, also when the promise was given up since; a Result never has
// it, because results are written down. A later payment names it in Charge.OnFile. It is for one customer: for another, and
// once it was forgotten, it is ErrCardGone. A gateway that keeps no cards gives none.
//
// An act that may or may not have happened fails with ErrNoAnswer: ask again with the same key. ErrOver, ErrSettled,
// ErrToken, ErrCardGone and ErrRefused are answers: nothing happened, and the same key would be told the same again. A decline is no
// error but a Result.
type Gateway interface {
	// Name is the gateway's name in records, accounts and addresses.
	Name() string
	// Authorize asks for a promise of money.
	Authorize(ctx context.Context, key string, c Charge) (Result, error)
	// Capture takes a part of what is promised, or all of it.
	Capture(ctx context.Context, key, ref string, amount money.Money) (Result, error)
	// Void gives up what is promised and not yet captured. It also ends a challenge that nobody answered.
	Void(ctx context.Context, key, ref string) (Result, error)
	// Refund gives back a part of what was captured, or all of it.
	Refund(ctx context.Context, key, ref string, amount money.Money) (Result, error)
	// Look says where the payment stands now.
	Look(ctx context.Context, ref string) (Result, error)
	// Kept gives the card that a payment put on file; the zero OnFile when it put none.
	Kept(ctx context.Context, ref string) (OnFile, error)
	// Forget takes a card of a customer off file. One that is not there is forgotten already.
	Forget(ctx context.Context, key, customer string, card OnFile) error
}

// Charge is what a gateway is asked to authorize.
type Charge struct {
	Payment     ID          // Payment is said back by the gateway in its messages.
	Amount      money.Money // Amount is above zero.
	Token       string      // Token stands for the card; the gateway's own page made it. Empty when OnFile pays.
	Customer    string      // Customer is for whom a card is kept and used; empty for a guest.
	Keep        bool        // Keep asks the gateway to keep the card on file: the customer agrees to that in this payment.
	OnFile      OnFile      // OnFile is a card that was kept and that the customer chose to pay with.
	ReturnURL   string      // ReturnURL is where the buyer comes back to after a challenge.
	Description string      // Description may be shown to the buyer by the bank.
	Lang        string      // Lang is the language of the gateway's pages.
}

// Said is the state of a payment in a gateway's words. It is for people and logs: totals decide.
type Said string

// What a gateway may say.
const (
	SaidPending    Said = "pending"    // Look again later.
	SaidChallenge  Said = "challenge"  // The buyer has to do the next step.
	SaidDeclined   Said = "declined"   // Final: no money was promised.
	SaidAuthorized Said = "authorized" // The amount is promised.
	SaidCaptured   Said = "captured"   // Some or all was taken.
	SaidVoided     Said = "voided"     // The promise was given up.
	SaidRefunded   Said = "refunded"   // Some or all was given back.
)

// NextStep is the one thing that the buyer must do before the payment can go on. The zero NextStep is none.
type NextStep struct {
	Kind string `json:"kind,omitempty" enum:"redirect" doc:"What to do: open the URL in the buyer's browser."`
	URL  string `json:"url,omitempty" doc:"Where to go."`
}

// Result is what a gateway says about a payment: its state and the totals so far.
type Result struct {
	Ref        string      `json:"ref"`
	State      Said        `json:"state"`
	Next       NextStep    `json:"next,omitzero"`
	Reason     string      `json:"reason,omitempty"` // Reason is a code such as "insufficient_funds", when declined.
	Authorized money.Money `json:"authorized"`
	Captured   money.Money `json:"captured"`
	Voided     money.Money `json:"voided"`
	Refunded   money.Money `json:"refunded"`
}

// Refusal gives the fault for a declined result, and nil for any other.
func (r Result) Refusal() error { return refusal(r.State == SaidDeclined, r.Reason) }

// Refusal gives the fault for a declined payment, and nil for any other.
func (p Payment) Refusal() error { return refusal(p.State() == StateDeclined, p.Reason) }

// Reasons that gateways give for a decline and that are told to the buyer as such. All others are ErrDeclined.
const (
	ReasonFunds     = "insufficient_funds"
	ReasonCancelled = "cancelled_by_buyer"
	ReasonExpired   = "challenge_expired"
	ReasonVoided    = "voided" // ReasonVoided is that of a challenge that the shop gave up, because nobody answered it.
)

func refusal(declined bool, reason string) error {
	switch {
	case !declined:
		return nil
	case reason == ReasonFunds:
		return ErrNoFunds.With("reason", reason)
	case reason == ReasonCancelled || reason == ReasonExpired || reason == ReasonVoided:
		return ErrCancelled.With("reason", reason)
	}
	return ErrDeclined.With("reason", reason)
}
