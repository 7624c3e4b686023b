package bidding

import "sauda/core/exchange"

// NoticeGiven states that somebody has announced something.
type NoticeGiven struct {
	Notice  NoticeID `json:"notice"`
	Number  int64    `json:"number"`
	Kind    Kind     `json:"kind"`
	Account string   `json:"account"`
}

// Fact names the event.
func (NoticeGiven) Fact() string { return "bidding.notice_given" }

// Key orders the reactions to the facts of one notice.
func (e NoticeGiven) Key() string { return string(e.Notice) }

// NoticeWithdrawn states that a notice was taken back before the first bid.
type NoticeWithdrawn struct {
	Notice NoticeID `json:"notice"`
	Reason string   `json:"reason"`
}

// Fact names the event.
func (NoticeWithdrawn) Fact() string { return "bidding.notice_withdrawn" }

// Key orders the reactions to the facts of one notice.
func (e NoticeWithdrawn) Key() string { return string(e.Notice) }

// Turned states that a notice has come into another state by its clock.
type Turned struct {
	Notice NoticeID `json:"notice"`
	State  State    `json:"state"`
}

// Fact names the event.
func (Turned) Fact() string { return "bidding.turned" }

// Key orders the reactions to the facts of one notice.
func (e Turned) Key() string { return string(e.Notice) }

// Entered states that something was said in a bidding, and where its end lies since. It does not say what, nor by whom:
// bids may be sealed.
type Entered struct {
	Notice NoticeID `json:"notice"`
	Number int64    `json:"number"`
	Ends   int64    `json:"ends"` // Ends is microseconds since 1970.
}

// Fact names the event.
func (Entered) Fact() string { return "bidding.entered" }

// Key orders the reactions to the facts of one notice.
func (e Entered) Key() string { return string(e.Notice) }

// Brought states that somebody has brought an offer for the first stage of a tender. It does not say who: offers are sealed.
type Brought struct {
	Notice NoticeID `json:"notice"`
}

// Fact names the event.
func (Brought) Fact() string { return "bidding.brought" }

// Key orders the reactions to the facts of one notice.
func (e Brought) Key() string { return string(e.Notice) }

// OfferJudged states what was found about the offer of a bidder, who is told.
type OfferJudged struct {
	Notice  NoticeID `json:"notice"`
	Account string   `json:"account"`
	User    string   `json:"user"` // User is who has brought it.
	Verdict Verdict  `json:"verdict"`
	Reason  string   `json:"reason,omitempty"`
}

// Fact names the event.
func (OfferJudged) Fact() string { return "bidding.offer_judged" }

// Key orders the reactions to the facts of one notice.
func (e OfferJudged) Key() string { return string(e.Notice) }

// NoticeDecided states what a bidding has come to. What was won of an instrument becomes trades of the exchange.
type NoticeDecided struct {
	Notice     NoticeID `json:"notice"`
	Kind       Kind     `json:"kind"`
	Instrument string   `json:"instrument,omitempty"`
	Awards     int      `json:"awards"`
}

// Fact names the event.
func (NoticeDecided) Fact() string { return "bidding.notice_decided" }

// Key orders the reactions to the facts of one notice.
func (e NoticeDecided) Key() string { return string(e.Notice) }

// NoticeSettled states that all that was won has come to its end, or that nothing of it was kept.
type NoticeSettled struct {
	Notice NoticeID `json:"notice"`
	State  State    `json:"state"`
}

// Fact names the event.
func (NoticeSettled) Fact() string { return "bidding.notice_settled" }

// Key orders the reactions to the facts of one notice.
func (e NoticeSettled) Key() string { return string(e.Notice) }

// PledgeEnded states that a guarantee secures nothing any more: it goes back to its bidder, or to who announced.
type PledgeEnded struct {
	Notice   NoticeID    `json:"notice"`
	Account  string      `json:"account"`
	To       string      `json:"to"` // To is the account that gets it.
	Amount   int64       `json:"amount"`
	Currency string      `json:"currency"`
	Ref      string      `json:"ref"`
	State    PledgeState `json:"state"`
}

// Fact names the event.
func (PledgeEnded) Fact() string { return "bidding.pledge_ended" }

// Key orders the reactions to the facts of one bidder's guarantee.
func (e PledgeEnded) Key() string { return e.Ref }

// KindBreak finds that a winner has not kept his word: the subject is the notice, the body a Breach. His guarantee is drawn.
const KindBreak exchange.ProposalKind = "bidding.break"

// Breach names the award that was not kept.
type Breach struct {
	Award int64 `json:"award"`
}
