package office

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/exchange"
	"sauda/core/identity"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/web"
)

func (f face) mountProposals(site *web.Site) {
	web.Page(site, "GET /office/exchange/proposals", f.proposals, web.Needs(ScopeExchangeRead))
	web.FormAct(site, "POST /office/exchange/proposals/{id}/confirmation", f.confirm, web.Needs(ScopeExchangeDecide))
	web.Form(site, "POST /office/exchange/proposals/{id}/refusal", f.decline, web.Needs(ScopeExchangeDecide))
	web.Form(site, "POST /office/exchange/proposals/{id}/withdrawal", f.withdraw, web.Needs(ScopeExchangeDecide))
}

// proposalRow is a proposal with what it would do.
type proposalRow struct {
	exchange.Proposal
	Says   string // Says is a sentence.
	By     string
	Mine   bool
	Lapsed bool
}

// proposals shows what waits for the decision of another person.
func (f face) proposals(tx *db.Tx, _ struct{}) (web.View, error) {
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "exchange.tab.proposals"))
	if err != nil {
		return nil, err
	}
	open, err := exchange.OpenProposals(tx)
	if err != nil {
		return nil, err
	}
	people, err := officeNames(tx)
	if err != nil {
		return nil, err
	}
	rows := make([]proposalRow, len(open))
	for n, o := range open {
		rows[n] = proposalRow{Proposal: o, By: people.of(o.By), Mine: o.By == tx.Who().ID, Lapsed: !tx.Now().Before(o.Due)}
		if rows[n].Says, err = f.foretell(tx, o); err != nil {
			return nil, err
		}
	}
	return proposalsPage(p, rows), nil
}

// foretell says what a proposal would do.
func (f face) foretell(tx *db.Tx, p exchange.Proposal) (string, error) {
	ctx := tx.Context()
	name, i, err := f.subjectName(tx, p.Subject)
	if err != nil {
		return "", err
	}
	if said, err := foretellCycle(tx, p, name, i); said != "" || err != nil {
		return said, err
	}
	switch p.Kind {
	case floor.KindBust:
		id, _ := floor.TradeOf(p.Subject)
		return t(ctx, "exchange.will.bust", "trade", thousands(ctx, int64(id))), nil
	case floor.KindDefault:
		return t(ctx, "exchange.will.default", "what", name), nil
	case floor.KindFund:
		var s floor.ShareOut
		if err := json.Unmarshal(p.Body, &s); err != nil {
			return "", err
		}
		return t(ctx, "exchange.will.fund", "what", name, "amount", held(ctx, s.Amount, s.Asset)), nil
	case exchange.KindResume:
		return t(ctx, "exchange.will.resume", "what", name), nil
	case exchange.KindEnd:
		if i != nil {
			return t(ctx, "exchange.will.delist", "what", name), nil
		}
		return t(ctx, "exchange.will.end", "what", name), nil
	case exchange.KindAdmit:
		return t(ctx, "exchange.will.admit", "what", name), nil
	case exchange.KindMember:
		var c exchange.Candidate
		if err := json.Unmarshal(p.Body, &c); err != nil {
			return "", err
		}
		return t(ctx, "exchange.will.member", "what", in(ctx, c.Name), "bin", string(c.BIN), "licence", c.Licence.Number), nil
	case floor.KindResume:
		return t(ctx, "exchange.will.reopen", "what", name), nil
	case floor.KindWaive:
		var w floor.Waiver
		if err := json.Unmarshal(p.Body, &w); err != nil {
			return "", err
		}
		return t(ctx, "exchange.will.waive", "what", name, "auction", t(ctx, "exchange.auction."+w.Auction)), nil
	case floor.KindLift:
		return t(ctx, "exchange.will.let", "what", name), nil
	case floor.KindAccept:
		var a floor.Acceptance
		if err := json.Unmarshal(p.Body, &a); err != nil || i == nil {
			return t(ctx, "exchange.will.other", "what", name, "kind", string(p.Kind)), nil
		}
		return t(ctx, "exchange.will.accept", "what", name, "price", sum(ctx, money.Of(a.Price, i.Currency))), nil
	case exchange.KindLimit:
		var l exchange.Limit
		if err := json.Unmarshal(p.Body, &l); err != nil {
			return "", err
		}
		if l.Lifted {
			return t(ctx, "exchange.will.lift", "what", name, "limit", t(ctx, "exchange.bound."+string(l.What))), nil
		}
		return t(ctx, "exchange.will.limit", "what", name, "limit", t(ctx, "exchange.bound."+string(l.What)), "most", thousands(ctx, l.Most)), nil
	}
	return t(ctx, "exchange.will.other", "what", name, "kind", string(p.Kind)), nil
}

// subjectName gives what people call what a proposal is about, and the instrument if it is one. What is not known here keeps
// its id.
func (f face) subjectName(tx *db.Tx, s exchange.Subject) (name string, i *exchange.Instrument, err error) {
	prefix, _, _ := strings.Cut(string(s), "_")
	switch prefix {
	case "ins":
		found, err := exchange.GetInstrument(tx, string(s))
		if err == nil {
			return instrumentName(tx.Context(), found), &found, nil
		}
		return string(s), nil, unlessUnknown(err)
	case "mbr":
		m, err := exchange.GetMember(tx, string(s))
		if err == nil {
			return in(tx.Context(), m.Name), nil, nil
		}
		return string(s), nil, unlessUnknown(err)
	case "trd":
		found, err := exchange.GetTrader(tx, string(s))
		if err == nil {
			return found.Code, nil, nil
		}
		return string(s), nil, unlessUnknown(err)
	case "acc":
		a, err := exchange.GetAccount(tx, string(s))
		if err == nil {
			return a.Code, nil, nil
		}
		return string(s), nil, unlessUnknown(err)
	case "app":
		a, err := exchange.GetApplication(tx, exchange.ApplicationID(s))
		if err != nil {
			return string(s), nil, unlessUnknown(err)
		}
		parties, err := identity.Parties(tx, []identity.PartyID{identity.PartyID(a.Party)})
		if p, known := parties[identity.PartyID(a.Party)]; known {
			return p.Name, nil, err
		}
		return a.Party, nil, err
	}
	return string(s), nil, nil
}

func unlessUnknown(err error) error {
	if errors.Is(err, exchange.ErrUnknown) {
		return nil
	}
	return err
}

// proposalForm asks for the decision of another person.
type proposalForm struct {
	Kind    exchange.ProposalKind `json:"kind" maxLength:"50"`
	Subject exchange.Subject      `json:"subject" maxLength:"60"`
	Reason  exchange.Reason       `json:"reason" maxLength:"500"`
}

// propose puts a proposal down and leads to where it waits.
func propose(tx *db.Tx, in proposalForm, body any) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	_, err := exchange.Propose(tx, in.Kind, in.Subject, body, in.Reason)
	return see("exchange/proposals", "proposed"), err
}

type decisionForm struct {
	ID     exchange.ProposalID `path:"id" maxLength:"60"`
	Reason exchange.Reason     `json:"reason,omitempty" maxLength:"500"`
}

// marketPatience is how long a decision waits for the answer of the market.
const marketPatience = 10 * time.Second

// confirm decides for a proposal, as the second person. A price is accepted at once, while both people are still about it; when
// the market does not take it any more, the page says so. What else the market has to do is a story.
func (f face) confirm(ctx context.Context, in decisionForm) (web.Then, error) {
	if _, err := f.exchangePage(ctx, ""); err != nil {
		return web.Then{}, err
	}
	var p exchange.Proposal
	number := uint32(0)
	err := job.Once(ctx, f.Store, web.WhoFrom(ctx), func(tx *db.Tx) (err error) {
		if p, err = exchange.Confirm(tx, in.ID); err != nil || p.Kind != floor.KindAccept {
			return err
		}
		i, err := exchange.GetInstrument(tx, string(p.Subject))
		number = i.Number
		return err
	})
	if p.Kind == floor.KindDefault {
		return see(defaultAddress(exchange.MemberID(p.Subject)), "confirmed"), err
	}
	if err != nil || number == 0 {
		return see("exchange/proposals", "confirmed"), err
	}
	var a floor.Acceptance
	if len(p.Body) > 0 {
		if err := json.Unmarshal(p.Body, &a); err != nil {
			return web.Then{}, exchange.ErrInvalid.About("%s: %w", p.ID, err)
		}
	}
	asking, end := context.WithTimeout(context.WithoutCancel(ctx), marketPatience)
	defer end()
	err = f.Floor.Accept(asking, number, a)
	if f := fault.Of(err); err != nil && f.Kind == fault.Conflict {
		return see("exchange/proposals", "confirmed_in_vain"), nil
	}
	return see("exchange", "confirmed"), err
}

// decline decides against a proposal.
func (f face) decline(tx *db.Tx, in decisionForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	_, err := exchange.Decline(tx, in.ID, in.Reason)
	return see("exchange/proposals", "declined"), err
}

// withdraw takes back what the reader has proposed.
func (f face) withdraw(tx *db.Tx, in decisionForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	_, err := exchange.WithdrawProposal(tx, in.ID)
	return see("exchange/proposals", "withdrawn"), err
}
