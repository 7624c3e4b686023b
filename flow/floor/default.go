package floor

import (
	"context"
	"encoding/json"
	"fmt"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/core/ledger"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// KindDefault declares a member in default; its subject is the member, and it has no body.
const KindDefault exchange.ProposalKind = "floor.default"

// ErrNothingOpen is for a member about whose trades nothing is left to do.
var ErrNothingOpen = fault.New(fault.Conflict, "floor.nothing_open", "This member has no open trades of its own and owes nothing, so there is nothing to close out. If it must not trade, stop it.")

// Fallen is a member whom two people have declared in default.
//
//	block: it is suspended ──▶ stop: the market takes its orders back ──▶ close: clearing closes out what is open
//
// It is stopped before anything is judged, so that nothing is added to what ends. What it traded until then is written down in
// the moment in which it ends. When the losses are not covered, nothing moves and it stays stopped; two people then decide anew.
type Fallen struct {
	Proposal exchange.ProposalID `json:"proposal"`
	Member   exchange.MemberID   `json:"member"`
	Party    risk.Party          `json:"party"`
}

const defaultStory = "exchange_default"

func (c *Chair) learnDefault() {
	saga.Learn(c.teller, saga.Story[Fallen]{Name: defaultStory, Steps: []saga.Step[Fallen]{
		{Name: "block", Do: block}, {Name: "stop", Call: c.stopFallen}, {Name: "close", Do: c.closeOut},
	}})
}

// ForeseeDefault gives what the default of a member would come to now: of its own accounts only, for no client pays for his broker.
// Prices are the last ones of the open market, and of forwards the settlement prices where those are younger.
func ForeseeDefault(tx *db.Tx, member exchange.MemberID) (clearing.Outcome, error) {
	d, err := insolvencyOf(tx, member)
	if err != nil || len(d.Accounts) == 0 {
		return clearing.Outcome{}, err
	}
	return clearing.Foresee(tx, d)
}

// ProposeDefault proposes to declare a member in default. One with nothing open is ErrNothingOpen; one whose losses would not be
// covered is clearing.ErrUncovered.
func ProposeDefault(tx *db.Tx, member exchange.MemberID, why exchange.Reason) (exchange.Proposal, error) {
	o, err := ForeseeDefault(tx, member)
	switch {
	case err != nil:
		return exchange.Proposal{}, err
	case o.Nothing():
		return exchange.Proposal{}, ErrNothingOpen.About("%s", member)
	case o.Uncovered():
		return exchange.Proposal{}, clearing.ErrUncovered.About("%s: %+v", member, o.Paid)
	}
	return exchange.Propose(tx, KindDefault, exchange.Subject(member), nil, why)
}

// DefaultTold says how the last decision about a member is carried out, by the proposal that was confirmed: Running until it is
// over, and why it could not be; Trouble is nil where it could.
func DefaultTold(tx *db.Tx, p exchange.Proposal) (running bool, trouble error, err error) {
	if p.State != exchange.ProposalConfirmed {
		return false, nil, nil
	}
	stories, err := saga.List(tx, saga.Filter{Name: defaultStory, Key: string(p.ID), Limit: 1})
	if err != nil || len(stories) == 0 {
		return err == nil, nil, err // Nobody has heard of the confirmation yet.
	}
	state := stories[0].State
	return state != "done" && state != "failed", stories[0].Reason, nil
}

// fall begins to carry out that a member is in default.
func (c *Chair) fall(tx *db.Tx, e exchange.Confirmed) error {
	return saga.Begin(tx, c.teller, saga.Name{Story: defaultStory, Key: string(e.Proposal)}, Fallen{Proposal: e.Proposal, Member: exchange.MemberID(e.Subject)})
}

// block suspends the member in the names of both people.
func block(tx *db.Tx, f *Fallen) error {
	p, err := exchange.GetProposal(tx, f.Proposal)
	if err != nil {
		return err
	}
	if f.Party, err = PartyOf(tx, p.Subject); err != nil {
		return err
	}
	return exchange.Block(tx, p)
}

// stopFallen has the market take all orders of the member back, those for its clients too. Told twice it is stopped once.
func (c *Chair) stopFallen(ctx context.Context, _ string, f *Fallen) error {
	body, err := json.Marshal(venue.Scope{Party: f.Party})
	if err != nil {
		return fmt.Errorf("write who is stopped: %w", err)
	}
	return c.ask(ctx, "", &Decision{Input: venue.Input{Verb: venue.Kill, Body: body}})
}

// closeOut writes down what the member has traded until it was stopped, and closes out what is open of its own accounts.
func (c *Chair) closeOut(tx *db.Tx, f *Fallen) error {
	for more := true; more; {
		var err error
		if more, err = c.floor.Record(tx); err != nil {
			return err
		}
	}
	d, err := insolvencyOf(tx, f.Member)
	if err != nil {
		return err
	}
	d.Ref = string(f.Proposal)
	_, err = clearing.Default(tx, d)
	return err
}

// insolvencyOf gives what is closed out of a member now, and at which prices.
func insolvencyOf(tx *db.Tx, member exchange.MemberID) (clearing.Insolvency, error) {
	m, err := exchange.GetMember(tx, string(member))
	if err != nil {
		return clearing.Insolvency{}, err
	}
	all, err := exchange.AccountsOf(tx, m.Party)
	if err != nil {
		return clearing.Insolvency{}, err
	}
	d := clearing.Insolvency{Member: m.Code, Day: span.DayOf(tx.Now(), span.Almaty)}
	for _, a := range all {
		if a.Member == m.ID && a.Kind == exchange.Own {
			d.Accounts = append(d.Accounts, a.Code)
		}
	}
	if len(d.Accounts) == 0 {
		return d, nil
	}
	d.Prices, err = closingPrices(tx, d)
	return d, err
}

// closingPrices gives the prices at which what is open of some accounts would be closed out.
func closingPrices(tx *db.Tx, d clearing.Insolvency) (map[string]clearing.Price, error) {
	open, err := clearing.OpenOf(tx, d.Accounts)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	known, err := exchange.Instruments(tx, exchange.StateListed, exchange.StateSuspended, exchange.StateDelisted)
	if err != nil {
		return nil, err
	}
	units, forwards := make(map[string]int64), []string(nil)
	for _, i := range known {
		units[i.Code] = i.Terms.Unit
	}
	for _, t := range open {
		if t.Forward {
			forwards = append(forwards, t.Instrument)
		}
	}
	marks, err := marksOn(tx, forwards, d.Day)
	if err != nil {
		return nil, err
	}
	last, err := clearing.PricesNow(tx, open...)
	if err != nil {
		return nil, err
	}
	prices := make(map[string]clearing.Price, len(open))
	for _, t := range open {
		price, marked := marks[t.Instrument]
		if !marked {
			price.Price = last[t.Instrument]
		}
		prices[t.Instrument] = clearing.Price{Price: price.Price, Unit: units[t.Instrument]}
	}
	return prices, nil
}

// Contribute brings money in for the share of a member in the default fund, or without a member for the capital with which the house
// stands in. The same reference told again changes nothing; with other contents it is clearing.ErrDiffers.
func Contribute(tx *db.Tx, member string, m clearing.Movement) error {
	if _, err := assetOf(tx, m.Asset); err != nil {
		return err
	}
	m.Place = ledger.ExchangeHouse("capital")
	if member != "" {
		one, err := exchange.GetMember(tx, member)
		if err != nil {
			return err
		}
		m.Place = ledger.ExchangeFund(one.Code)
	}
	return clearing.Deposit(tx, m)
}
