package floor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"sauda/base/fault"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/deal"
	"sauda/core/exchange/venue"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// Notary takes what two have agreed on by themselves, and has the market make it once both have said so.
//
//	confirm: the other side confirms ──▶ agree: the market makes the trade or says why not ──▶ keep: both can read it
//
// The market makes it once, whatever breaks in between: it knows the deal by its id.
type Notary struct {
	floor  *Floor
	teller *saga.Teller
}

// Faults of deals that the market knows about.
var (
	// ErrOther is for another side that is not known or may not trade.
	ErrOther = fault.New(fault.Invalid, "floor.other_side", "No account and no member that may trade is called so. Ask the other side what it is called.")
	// ErrCycle has the value usual.
	ErrCycle = fault.New(fault.Invalid, "floor.cycle", "A deal settles on its day, two days later, or as the instrument usually does. Choose one of these.")
)

// Contract is what two have agreed on, as one side states it.
type Contract struct {
	Instrument string // Instrument is its code.
	Side       deal.Side
	Price      int64
	Quantity   int64
	Cycle      int64  // Cycle is 0 for T+0, 2 for T+2, or deal.CycleUsual.
	Other      string // Other is the code of the account or of the member of the other side.
	Ref        string
}

// Sealing is a deal on its way to the market.
type Sealing struct {
	Deal   deal.ID     `json:"deal"`
	By     deal.Party  `json:"by"` // By is the other side, which confirms.
	Member uint16      `json:"member"`
	Input  venue.Input `json:"input"`
	Trade  uint64      `json:"trade,omitempty"`
	Reason string      `json:"reason,omitempty"` // Reason is why the market has made none.
}

const dealStory = "exchange_deal"

// NewNotary makes a notary whose teller knows its story.
func NewNotary(f *Floor, teller *saga.Teller) *Notary {
	n := &Notary{floor: f, teller: teller}
	saga.Learn(teller, saga.Story[Sealing]{Name: dealStory, Steps: []saga.Step[Sealing]{
		{Name: "confirm", Do: n.seal}, {Name: "agree", Call: n.agree}, {Name: "keep", Do: keepDeal},
	}})
	return n
}

// PartyOf gives the side of a deal that somebody speaks for from his seat.
func (s Seat) PartyOf() deal.Party {
	return deal.Party{Account: s.Code, Trader: s.Trader, Member: string(s.Holder.Member)}
}

// Report puts down what a seat has agreed on with another account, or with a member who names one when it confirms. The same
// reference told again is the same deal.
func (n *Notary) Report(tx *db.Tx, s Seat, c Contract) (deal.Deal, error) {
	d, err := n.draft(s, c)
	if err != nil {
		return deal.Deal{}, err
	}
	if d.Other, err = otherSide(tx, c.Other); err != nil {
		return deal.Deal{}, err
	}
	return deal.Report(tx, d)
}

// Correct reports another deal in the place of one that waits for the answer of a seat; the instrument and the two sides stay.
func (n *Notary) Correct(tx *db.Tx, s Seat, id deal.ID, c Contract) (deal.Deal, error) {
	was, err := deal.Get(tx, id, s.PartyOf())
	if err != nil {
		return deal.Deal{}, err
	}
	c.Instrument, c.Side = was.Instrument, was.SideOf(s.Code)
	d, err := n.draft(s, c)
	if err != nil {
		return deal.Deal{}, err
	}
	return deal.Correct(tx, id, d)
}

// draft judges what can be judged before the other side has said anything.
func (n *Notary) draft(s Seat, c Contract) (deal.Deal, error) {
	i, err := n.floor.Instrument(c.Instrument)
	if err != nil {
		return deal.Deal{}, err
	}
	switch {
	case !s.Holder.Suits(i):
		return deal.Deal{}, ErrUnsuited.About("%s for %s", i.Code, s.Code)
	case c.Quantity%i.Terms.Unit != 0:
		return deal.Deal{}, fault.With(ErrQuantity.About("%d of %d", c.Quantity, i.Terms.Unit), "unit", i.Terms.Unit)
	case c.Quantity < i.Terms.QtyMin:
		return deal.Deal{}, fault.With(ErrLeast.About("%d of %s", c.Quantity, i.Code), "least", i.Terms.QtyMin)
	case c.Cycle != deal.CycleUsual && (c.Cycle != 0 && c.Cycle != 2 || i.Kind == exchange.Forward):
		return deal.Deal{}, ErrCycle.About("%d days for %s", c.Cycle, i.Code)
	}
	return deal.Deal{
		Terms: deal.Terms{Instrument: i.Code, Side: c.Side, Price: c.Price, Quantity: c.Quantity, Cycle: c.Cycle}, Own: s.PartyOf(), Ref: c.Ref,
	}, nil
}

// otherSide finds an account or a member by its code.
func otherSide(tx *db.Tx, code string) (deal.Party, error) {
	a, err := exchange.GetAccount(tx, code)
	switch {
	case err == nil && a.State == exchange.StateActive:
		return deal.Party{Account: a.Code, Member: string(a.Member)}, nil
	case err != nil && !errors.Is(err, exchange.ErrUnknown):
		return deal.Party{}, err
	}
	m, err := exchange.GetMember(tx, code)
	if err == nil && m.State == exchange.StateActive {
		return deal.Party{Member: string(m.ID)}, nil
	}
	if err != nil && !errors.Is(err, exchange.ErrUnknown) {
		return deal.Party{}, err
	}
	return deal.Party{}, ErrOther.About("%.40q", code)
}

// Confirm confirms a deal from a seat of the other side, has the market make it, and gives it as it stands then: made, or
// rejected with the reason of the market. One that is still confirmed goes on by itself.
func (n *Notary) Confirm(ctx context.Context, who db.Who, s Seat, id deal.ID) (Sealing, saga.Outcome, error) {
	return saga.Tell(ctx, n.teller, who, saga.Name{Story: dealStory, Key: string(id) + "/" + s.Code}, Sealing{Deal: id, By: s.PartyOf(), Member: s.Member})
}

// seal confirms a deal and puts it into the words of the market. What does not suit who confirms is ErrUnsuited.
func (n *Notary) seal(tx *db.Tx, s *Sealing) error {
	d, err := deal.Confirm(tx, s.Deal, s.By)
	if err != nil {
		return err
	}
	i, err := exchange.GetInstrument(tx, d.Instrument)
	if err != nil {
		return err
	}
	var sides [2]venue.Party
	for at, p := range [2]deal.Party{d.Own, d.Other} {
		a, err := exchange.GetAccount(tx, p.Account)
		if err != nil {
			return err
		}
		m, err := exchange.GetMember(tx, string(a.Member))
		if err != nil {
			return err
		}
		if !a.Suits(i) {
			return ErrUnsuited.About("%s for %s", i.Code, a.Code)
		}
		sides[at] = venue.Party{Account: a.Number, Trader: p.Trader, Member: m.Number}
	}
	t := venue.Trade{Price: d.Price, Qty: d.Quantity / i.Terms.Unit, Buy: sides[0], Sell: sides[1]}
	if d.Side == deal.Sell {
		t.Buy, t.Sell = t.Sell, t.Buy
	}
	if d.Cycle != deal.CycleUsual {
		t.Cycle = venue.After(d.Cycle)
	}
	s.Input = venue.Input{Verb: venue.Agree, Instrument: i.Number}
	s.Input.Body, err = json.Marshal(venue.Agreement{Ref: dealRef(d.ID), How: venue.HowAgreed, Trades: []venue.Trade{t}})
	return err
}

// dealRef is what the market and clearing call a deal.
func dealRef(id deal.ID) string { return "deal " + string(id) }

// agree has the market make the trade. What it refuses is its answer; only when nobody knows whether it has heard is it asked
// again.
func (n *Notary) agree(ctx context.Context, _ string, s *Sealing) error {
	events, err := n.floor.Do(ctx, s.Input)
	if err != nil {
		return fmt.Errorf("%w: %w", saga.ErrUnknown, err)
	}
	for _, e := range events {
		switch {
		case e.Kind == venue.Refused && e.Reason != venue.Repeated:
			s.Reason = e.Reason.Code()
		case e.Kind == venue.Dealt:
			s.Trade = e.Trade.ID
		}
	}
	return nil
}

// keepDeal says what the market has answered. A trade whose number was lost with an answer is found once it is written down.
func keepDeal(tx *db.Tx, s *Sealing) error {
	if s.Reason != "" {
		_, err := deal.Reject(tx, s.Deal, s.Reason)
		return err
	}
	if s.Trade == 0 {
		t, err := clearing.TradeCalled(tx, dealRef(s.Deal))
		if errors.Is(err, clearing.ErrUnknown) {
			return saga.ErrWait
		}
		if err != nil {
			return err
		}
		s.Trade = t.ID
	}
	_, err := deal.Make(tx, s.Deal, s.Trade)
	return err
}
