package api

import (
	"context"
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
	web.Act(api, "GET /v1/office/exchange/sessions", f.listSessions, web.Needs(scopeExchangeRead),
		web.Doc("Show how far the day of each instrument is.", tag), web.Faults(floor.ErrElsewhere, floor.ErrClosed))
	web.Act(api, "POST /v1/office/exchange/instruments/{code}/halt", f.haltInstrument, web.Needs(scopeExchangeDecide),
		web.Doc("Stop trading in an instrument at once. One person is enough; two end it.", tag),
		web.Faults(floor.ErrUnknown, floor.ErrRefused, floor.ErrElsewhere, floor.ErrClosed))
	web.Command(api, "POST /v1/office/exchange/instruments/{code}/resumption", f.proposeResumption, web.Needs(scopeExchangeDecide), web.Status(201),
		web.Doc("Propose that a halt ends by a call. Another person confirms it.", tag), web.Faults(floor.ErrUnknown, exchange.ErrProposed, exchange.ErrReason, exchange.ErrNotStaff))
	web.Command(api, "POST /v1/office/exchange/instruments/{code}/auction-override", f.proposeWaiver, web.Needs(scopeExchangeDecide), web.Status(201),
		web.Doc("Propose that an auction of an instrument which is halted is not held today. Another person confirms it.", tag),
		web.Faults(floor.ErrUnknown, exchange.ErrProposed, exchange.ErrReason, exchange.ErrNotStaff))
	web.Act(api, "POST /v1/office/exchange/kill", f.killTrading, web.Needs(scopeExchangeDecide),
		web.Doc("Stop a member, a trader or an account at once, and take all of its orders back. One person is enough; two end it.", tag),
		web.Faults(exchange.ErrUnknown, floor.ErrRefused, floor.ErrElsewhere, floor.ErrClosed))
	web.Command(api, "POST /v1/office/exchange/lift", proposeLift, web.Needs(scopeExchangeDecide), web.Status(201),
		web.Doc("Propose that somebody who was stopped trades again. Another person confirms it.", tag),
		web.Faults(exchange.ErrUnknown, exchange.ErrProposed, exchange.ErrReason, exchange.ErrNotStaff))
	web.Query(api, "GET /v1/office/exchange/proposals", listProposals, web.Needs(scopeExchangeRead),
		web.Doc("List what waits for the decision of another person, the oldest first.", tag))
	web.Command(api, "POST /v1/office/exchange/proposals/{id}/confirmation", confirmProposal, web.Needs(scopeExchangeDecide),
		web.Doc("Confirm what another person has proposed. What the market has to do for it is done right afterwards.", tag),
		web.Faults(exchange.ErrUnknown, exchange.ErrFourEyes, exchange.ErrDecided, exchange.ErrLapsed, exchange.ErrNotStaff))
	web.Command(api, "POST /v1/office/exchange/proposals/{id}/refusal", refuseProposal, web.Needs(scopeExchangeDecide),
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

// haltInstrument stops trading in one.
func (f face) haltInstrument(ctx context.Context, in instrumentAsk) (web.None, error) {
	i, err := f.Floor.Instrument(in.Code)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, f.Floor.Halt(ctx, i.Number)
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

type resumptionDraft struct {
	instrumentAsk
	Reason exchange.Reason `json:"reason" minLength:"1" maxLength:"500"`
}

// proposeResumption proposes the end of a halt.
func (f face) proposeResumption(tx *db.Tx, in resumptionDraft) (proposalView, error) {
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

// killTrading stops somebody.
func (f face) killTrading(ctx context.Context, in stopDraft) (web.None, error) {
	var party risk.Party
	err := web.Look(ctx, func(tx *db.Tx) (err error) {
		party, err = floor.PartyOf(tx, in.Subject)
		return err
	})
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, f.Floor.Kill(ctx, party)
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

// confirmProposal decides for a proposal.
func confirmProposal(tx *db.Tx, in proposalAsk) (proposalView, error) {
	return viewProposal(exchange.Confirm(tx, in.ID))
}

type refusalDraft struct {
	proposalAsk
	Reason exchange.Reason `json:"reason" minLength:"1" maxLength:"500"`
}

// refuseProposal decides against one.
func refuseProposal(tx *db.Tx, in refusalDraft) (proposalView, error) {
	return viewProposal(exchange.Decline(tx, in.ID, in.Reason))
}
