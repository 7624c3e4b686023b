package api

import (
	"context"
	"encoding/json"
	"time"

	"sauda/core/exchange"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/web"
)

// Scopes of the office of the exchange.
const (
	scopeExchangeRead   = "exchange.read"
	scopeExchangeDecide = "exchange.decide"
)

func (f face) mountExchangeOffice(api *web.API) {
	const tag = "Office: exchange"
	web.Act(api, "GET /v1/office/exchange/sessions", ofHouseAct(f.listSessions), web.Needs(scopeExchangeRead),
		web.Doc("Show how far the day of each instrument is.", tag), web.Faults(floor.ErrElsewhere, floor.ErrClosed))
	web.Act(api, "POST /v1/office/exchange/instruments/{code}/halt", ofHouseAct(f.haltInstrument), web.Needs(scopeExchangeDecide),
		web.Doc("Stop trading in an instrument at once. One person is enough; two end it.", tag),
		web.Faults(floor.ErrUnknown, floor.ErrRefused, floor.ErrElsewhere, floor.ErrClosed, exchange.ErrReason))
	web.Command(api, "POST /v1/office/exchange/instruments/{code}/resumption", ofHouse(f.proposeResumption), web.Needs(scopeExchangeDecide), web.Status(201),
		web.Doc("Propose that a halt ends by a call. Another person confirms it.", tag), web.Faults(floor.ErrUnknown, exchange.ErrProposed, exchange.ErrReason, exchange.ErrNotStaff))
	web.Command(api, "POST /v1/office/exchange/instruments/{code}/auction-override", ofHouse(f.proposeWaiver), web.Needs(scopeExchangeDecide), web.Status(201),
		web.Doc("Propose that an auction of an instrument which is halted is not held today. Another person confirms it.", tag),
		web.Faults(floor.ErrUnknown, exchange.ErrProposed, exchange.ErrReason, exchange.ErrNotStaff))
	web.Act(api, "POST /v1/office/exchange/kill", ofHouseAct(f.killTrading), web.Needs(scopeExchangeDecide),
		web.Doc("Stop a member, a trader or an account at once, and take all of its orders back. One person is enough; two end it.", tag),
		web.Faults(exchange.ErrUnknown, floor.ErrRefused, floor.ErrElsewhere, floor.ErrClosed, exchange.ErrReason))
	web.Command(api, "POST /v1/office/exchange/lift", ofHouse(proposeLift), web.Needs(scopeExchangeDecide), web.Status(201),
		web.Doc("Propose that somebody who was stopped trades again. Another person confirms it.", tag),
		web.Faults(exchange.ErrUnknown, exchange.ErrProposed, exchange.ErrReason, exchange.ErrNotStaff))
	web.Query(api, "GET /v1/office/exchange/proposals", ofHouse(listProposals), web.Needs(scopeExchangeRead),
		web.Doc("List what waits for the decision of another person, the oldest first.", tag))
	web.Act(api, "POST /v1/office/exchange/proposals/{id}/confirmation", ofHouseAct(f.confirmProposal), web.Needs(scopeExchangeDecide),
		web.Doc("Confirm what another person has proposed. What the market has to do for it is done right afterwards; a price that it does not take any more is refused, and stays confirmed in vain.", tag),
		web.Faults(exchange.ErrUnknown, exchange.ErrFourEyes, exchange.ErrDecided, exchange.ErrLapsed, exchange.ErrNotStaff, exchange.ErrInvalid,
			floor.ErrPrice, floor.ErrRefused, floor.ErrElsewhere, floor.ErrClosed))
	web.Command(api, "POST /v1/office/exchange/proposals/{id}/refusal", ofHouse(refuseProposal), web.Needs(scopeExchangeDecide),
		web.Doc("Decide against what another person has proposed.", tag),
		web.Faults(exchange.ErrUnknown, exchange.ErrFourEyes, exchange.ErrDecided, exchange.ErrLapsed, exchange.ErrReason, exchange.ErrNotStaff))
}

// marketDayView is how far the day of an instrument is. Times are microseconds since 1970, zero before the first.
type marketDayView struct {
	Instrument string `json:"instrument"`
	Phase      string `json:"phase"`
	Auction    string `json:"auction"`
	Since      int64  `json:"since"`
	Begun      int64  `json:"begun"`
	EndsAt     int64  `json:"ends_at" doc:"When a random end is over."`
}

// listSessions shows the days of all instruments.
func (f face) listSessions(ctx context.Context, _ struct{}) (web.List[marketDayView], error) {
	page := web.List[marketDayView]{Items: []marketDayView{}}
	instruments := f.Floor.Instruments()
	err := f.Floor.Look(ctx, func(v *venue.Venue) {
		for _, d := range v.Days() {
			page.Items = append(page.Items, marketDayView{
				instruments[d.Instrument].Code, d.Phase.String(), d.Auction.String(), d.Since, d.Begun, d.EndsAt,
			})
		}
	})
	return page, err
}

type haltDraft struct {
	instrumentAsk
	Reason exchange.Reason `json:"reason" minLength:"1" maxLength:"500"`
}

// haltInstrument stops trading in one at once, and then keeps why: what has to stop waits for no database.
func (f face) haltInstrument(ctx context.Context, in haltDraft) (web.None, error) {
	i, err := f.Floor.Instrument(in.Code)
	if err != nil {
		return web.None{}, err
	}
	if err := f.Floor.Halt(ctx, i.Number); err != nil {
		return web.None{}, err
	}
	return web.None{}, noteReason(ctx, exchange.Subject(i.ID), in.Reason)
}

// noteReason keeps why the market was asked to stop something, also for one who does not wait for it.
func noteReason(ctx context.Context, subject exchange.Subject, why exchange.Reason) error {
	return web.Do(context.WithoutCancel(ctx), func(tx *db.Tx) error { return exchange.Note(tx, subject, why) })
}

// proposalView is what one person wants to be done and another one decides.
type proposalView struct {
	ID      exchange.ProposalID    `json:"id"`
	Kind    exchange.ProposalKind  `json:"kind"`
	Subject exchange.Subject       `json:"subject"`
	Reason  exchange.Reason        `json:"reason"`
	State   exchange.ProposalState `json:"state" enum:"open,confirmed,declined,withdrawn,lapsed"`
	By      string                 `json:"by"`
	Decided string                 `json:"decided,omitempty"`
	Note    string                 `json:"note,omitempty"`
	At      time.Time              `json:"at"`
	Due     time.Time              `json:"due"`
}

func viewProposal(p exchange.Proposal, err error) (proposalView, error) {
	return proposalView{p.ID, p.Kind, p.Subject, p.Reason, p.State, p.By, p.Decided, p.Note, p.At, p.Due}, err
}

// proposeResumption proposes the end of a halt.
func (f face) proposeResumption(tx *db.Tx, in haltDraft) (proposalView, error) {
	i, err := f.Floor.Instrument(in.Code)
	if err != nil {
		return proposalView{}, err
	}
	return viewProposal(exchange.Propose(tx, floor.KindResume, exchange.Subject(i.ID), nil, in.Reason))
}

type waiverDraft struct {
	instrumentAsk
	Auction string          `json:"auction" enum:"opening,intraday,volatility,reopening,closing"`
	Reason  exchange.Reason `json:"reason" minLength:"1" maxLength:"500"`
}

// proposeWaiver proposes that an auction is not held.
func (f face) proposeWaiver(tx *db.Tx, in waiverDraft) (proposalView, error) {
	i, err := f.Floor.Instrument(in.Code)
	if err != nil {
		return proposalView{}, err
	}
	return viewProposal(exchange.Propose(tx, floor.KindWaive, exchange.Subject(i.ID), floor.Waiver{Auction: in.Auction}, in.Reason))
}

type stopDraft struct {
	Subject exchange.Subject `json:"subject" minLength:"1" maxLength:"60" doc:"A member, a trader or an account, by its id."`
	Reason  exchange.Reason  `json:"reason" minLength:"1" maxLength:"500"`
}

// killTrading stops somebody at once, and then keeps why.
func (f face) killTrading(ctx context.Context, in stopDraft) (web.None, error) {
	var party risk.Party
	err := web.Look(ctx, func(tx *db.Tx) (err error) {
		party, err = floor.PartyOf(tx, in.Subject)
		return err
	})
	if err != nil {
		return web.None{}, err
	}
	if err := f.Floor.Kill(ctx, party); err != nil {
		return web.None{}, err
	}
	return web.None{}, noteReason(ctx, in.Subject, in.Reason)
}

// proposeLift proposes that somebody trades again.
func proposeLift(tx *db.Tx, in stopDraft) (proposalView, error) {
	if _, err := floor.PartyOf(tx, in.Subject); err != nil {
		return proposalView{}, err
	}
	return viewProposal(exchange.Propose(tx, floor.KindLift, in.Subject, nil, in.Reason))
}

// listProposals lists what is open.
func listProposals(tx *db.Tx, _ struct{}) (web.List[proposalView], error) {
	open, err := exchange.OpenProposals(tx)
	page := web.List[proposalView]{Items: make([]proposalView, len(open))}
	for n, p := range open {
		page.Items[n], _ = viewProposal(p, nil)
	}
	return page, err
}

type proposalAsk struct {
	ID exchange.ProposalID `path:"id" maxLength:"60" doc:"The proposal."`
}

// confirmProposal decides for a proposal. A price is accepted at once, as whoever confirms floor.KindAccept has to; what else
// the market has to do is a story.
func (f face) confirmProposal(ctx context.Context, in proposalAsk) (proposalView, error) {
	var p exchange.Proposal
	var i exchange.Instrument
	err := web.Do(ctx, func(tx *db.Tx) (err error) {
		if p, err = exchange.Confirm(tx, in.ID); err == nil && p.Kind == floor.KindAccept {
			i, err = exchange.GetInstrument(tx, string(p.Subject))
		}
		return err
	})
	if err != nil || p.Kind != floor.KindAccept {
		return viewProposal(p, err)
	}
	var a floor.Acceptance
	if err := json.Unmarshal(p.Body, &a); err != nil {
		return proposalView{}, exchange.ErrInvalid.About("%s: %w", p.ID, err)
	}
	return viewProposal(p, f.Floor.Accept(context.WithoutCancel(ctx), i.Number, a))
}

type refusalDraft struct {
	proposalAsk
	Reason exchange.Reason `json:"reason" minLength:"1" maxLength:"500"`
}

// refuseProposal decides against one.
func refuseProposal(tx *db.Tx, in refusalDraft) (proposalView, error) {
	return viewProposal(exchange.Decline(tx, in.ID, in.Reason))
}
