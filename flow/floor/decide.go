package floor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"sauda/base/fault"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// What two people decide about a market that runs. A stop needs one only: Halt and Kill.
const (
	KindResume exchange.ProposalKind = "floor.resume" // KindResume ends the halt of an instrument by a call; it has no body.
	KindWaive  exchange.ProposalKind = "floor.waive"  // KindWaive lets an auction of an instrument that is halted go: the body is a Waiver.
	KindLift   exchange.ProposalKind = "floor.lift"   // KindLift lets somebody trade again whom Kill has stopped; it has no body.
)

// Waiver names the auction that will not be held today.
type Waiver struct {
	Auction string `json:"auction"`
}

// Chair carries out what two people have decided about the market.
type Chair struct {
	floor  *Floor
	teller *saga.Teller
}

// Decision is something that was decided.
type Decision struct {
	Confirmed exchange.Confirmed `json:"confirmed"`
	Input     venue.Input        `json:"input"` // Input is what the market is asked for.
}

const decisionStory = "exchange_decision"

// NewChair makes a chair whose teller knows its story.
func NewChair(f *Floor, teller *saga.Teller) *Chair {
	c := &Chair{floor: f, teller: teller}
	saga.Learn(teller, saga.Story[Decision]{Name: decisionStory, Steps: []saga.Step[Decision]{
		{Name: "word", Do: word}, {Name: "ask", When: asks, Call: c.ask},
	}})
	saga.Learn(teller, saga.Story[Undone]{Name: bustStory, Steps: []saga.Step[Undone]{
		{Name: "books", Do: bustBooks}, {Name: "market", Call: c.bustMarket},
	}})
	c.learnDefault()
	return c
}

// Confirmed begins to carry out what was decided, if it is a thing of the market or of the life of what is traded. What cannot be
// done any more, or the market refuses, then stands as the reason of a story that has failed, and stands in the way of no other
// decision about the same instrument; the decision has to be made again.
func (c *Chair) Confirmed(tx *db.Tx, e exchange.Confirmed) error {
	switch e.Kind {
	case KindResume, KindWaive, KindLift, KindNotice, KindCallOff, KindFix, KindFund:
		return saga.Begin(tx, c.teller, saga.Name{Story: decisionStory, Key: string(e.Proposal)}, Decision{Confirmed: e})
	case KindBust:
		return c.bust(tx, e)
	case KindDefault:
		return c.fall(tx, e)
	}
	return nil
}

// asks tells whether a decision is one that the market carries out.
func asks(d *Decision) bool { return d.Input.Verb != 0 }

// word puts a decision into the words of the market, or carries it out where it is a thing of the books.
func word(tx *db.Tx, d *Decision) error {
	e := d.Confirmed
	switch e.Kind {
	case KindNotice, KindCallOff, KindFix:
		return carryOut(tx, e)
	case KindFund:
		return payShare(tx, e)
	}
	if e.Kind == KindLift {
		party, err := PartyOf(tx, e.Subject)
		if err != nil {
			return err
		}
		d.Input = venue.Input{Verb: venue.Kill}
		d.Input.Body, err = json.Marshal(venue.Scope{Party: party, Lift: true})
		return err
	}
	i, err := exchange.GetInstrument(tx, string(e.Subject))
	if err != nil {
		return err
	}
	d.Input = venue.Input{Verb: venue.Step, Instrument: i.Number, Step: auction.Input{Step: auction.Resume}}
	if e.Kind == KindResume {
		return nil
	}
	var w Waiver
	if err := json.Unmarshal(e.Body, &w); err != nil {
		return exchange.ErrInvalid.About("%s: %w", e.Proposal, err)
	}
	d.Input.Step.Step = auction.Waive
	for k := auction.Opening; k <= auction.Closing; k++ {
		if k.String() == w.Auction {
			d.Input.Step.Auction = k
			return nil
		}
	}
	return exchange.ErrInvalid.About("auction %.40q", w.Auction)
}

// ask asks the market. Whether it has heard may be unknown; asked again, it refuses what it has done already, which shows in
// the story and changes nothing.
func (c *Chair) ask(ctx context.Context, _ string, d *Decision) error {
	err := c.floor.command(ctx, d.Input)
	if err != nil && fault.Of(err).Kind == fault.Unavailable {
		return fmt.Errorf("%w: %w", saga.ErrUnknown, err)
	}
	return err
}

// command asks the market for something that needs no answer but that it is done.
func (f *Floor) command(ctx context.Context, in venue.Input) error {
	events, err := f.Do(ctx, in)
	if err != nil {
		return err
	}
	if events[0].Kind == venue.Refused {
		return refused(events[0].Reason)
	}
	return nil
}

// move has the market move something once: that it has done so already is as good. A market that does not answer may have done
// it: saga.ErrUnknown.
func (f *Floor) move(ctx context.Context, m venue.Movement) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write the movement %s: %w", m.Ref, err)
	}
	err = f.command(ctx, venue.Input{Verb: venue.Move, Account: m.Account, Body: body})
	switch {
	case err == nil, isReason(err, venue.Repeated):
		return nil
	case errors.Is(err, ErrRefused):
		return err
	}
	return fmt.Errorf("%w: %w", saga.ErrUnknown, err)
}

// Halt stops trading in an instrument at once; orders can be taken back. It is ended by two: KindResume.
func (f *Floor) Halt(ctx context.Context, instrument uint32) error {
	return f.command(ctx, venue.Input{Verb: venue.Step, Instrument: instrument, Step: auction.Input{Step: auction.Stop}})
}

// Kill stops a member, a trader or an account at once and takes all of its orders back (RTS 7, Regulation (EU) 2017/584 art. 18).
// It is ended by two: KindLift.
func (f *Floor) Kill(ctx context.Context, party risk.Party) error {
	body, err := json.Marshal(venue.Scope{Party: party})
	if err != nil {
		return fmt.Errorf("write who is stopped: %w", err)
	}
	return f.command(ctx, venue.Input{Verb: venue.Kill, Body: body})
}

// PartyOf gives what the market calls a member, a trader or an account, by its id.
func PartyOf(tx *db.Tx, subject exchange.Subject) (risk.Party, error) {
	prefix, _, _ := strings.Cut(string(subject), "_")
	switch prefix {
	case "mbr":
		m, err := exchange.GetMember(tx, string(subject))
		return risk.Party{Who: risk.Member, ID: uint32(m.Number)}, err
	case "trd":
		t, err := exchange.GetTrader(tx, string(subject))
		return risk.Party{Who: risk.Trader, ID: t.Number}, err
	case "acc":
		a, err := exchange.GetAccount(tx, string(subject))
		return risk.Party{Who: risk.Account, ID: a.Number}, err
	}
	return risk.Party{}, exchange.ErrUnknown.About("%.60q is nobody who trades", string(subject))
}
