package office

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"sauda/base/money"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountDefault(site *web.Site) {
	web.Page(site, "GET /office/exchange/parties/{id}/default", f.fallen, web.Needs(ScopeExchangeRead))
	web.Form(site, "POST /office/exchange/parties/{id}/default", f.proposeDefault, web.Needs(ScopeExchangeDecide))
	web.Form(site, "POST /office/exchange/parties/{id}/fund", f.proposeShareOut, web.Needs(ScopeExchangeDecide))
}

// fallenSeen is the default of a member before and after it is decided.
type fallenSeen struct {
	Member  exchange.Member
	Seen    clearing.Outcome   // Seen is what it would come to now.
	Told    []clearing.Outcome // Told are those that were carried out.
	Last    exchange.Proposal  // Last is the youngest proposal; without an id there was none.
	Open    bool               // Open says that the last one waits for a second person.
	Mine    bool
	Running bool   // Running says that what was decided is being carried out.
	Trouble string // Trouble is why it could not be.
	By      string
	Names   map[string]exchange.Member
	Shares  map[string]int64 // Shares is what the member has in the default fund, by asset.
}

type memberAsk struct {
	ID exchange.MemberID `path:"id" maxLength:"60"`
}

// fallen shows what the default of a member would come to, how far a decision about it is, and what earlier ones came to.
func (f face) fallen(tx *db.Tx, in memberAsk) (web.View, error) {
	ctx := tx.Context()
	p, err := f.exchangePage(ctx, t(ctx, "exchange.default"))
	if err != nil {
		return nil, err
	}
	v := fallenSeen{Names: map[string]exchange.Member{}}
	all, err := exchange.Members(tx)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if v.Names[m.Code] = m; m.ID == in.ID {
			v.Member = m
		}
	}
	if v.Member.ID == "" {
		return nil, exchange.ErrUnknown.About("member %.60q", string(in.ID))
	}
	if v.Seen, err = floor.ForeseeDefault(tx, v.Member.ID); err != nil {
		return nil, err
	}
	if v.Told, err = clearing.Defaults(tx, v.Member.Code); err != nil {
		return nil, err
	}
	if v.Shares, err = floor.Shares(tx, v.Member.Code); err != nil {
		return nil, err
	}
	if err := v.readDecision(tx); err != nil {
		return nil, err
	}
	return fallenPage(p, v), nil
}

// readDecision reads how far the last proposal is.
func (v *fallenSeen) readDecision(tx *db.Tx) error {
	last, err := exchange.LastProposal(tx, floor.KindDefault, exchange.Subject(v.Member.ID))
	if errors.Is(err, exchange.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	people, err := officeNames(tx)
	if err != nil {
		return err
	}
	v.Last, v.By, v.Mine = last, people.of(last.By), last.By == tx.Who().ID
	v.Open = last.State == exchange.ProposalOpen && tx.Now().Before(last.Due)
	running, trouble, err := floor.DefaultTold(tx, last)
	if v.Running = running; trouble != nil {
		v.Trouble = i18n.Fault(lang(tx.Context()), trouble)
	}
	return err
}

type defaultForm struct {
	ID     exchange.MemberID `path:"id" maxLength:"60"`
	Reason exchange.Reason   `json:"reason" maxLength:"500"`
}

// proposeDefault proposes to declare a member in default; another person confirms.
func (f face) proposeDefault(tx *db.Tx, in defaultForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	_, err := floor.ProposeDefault(tx, in.ID, in.Reason)
	return see(defaultAddress(in.ID), "proposed"), err
}

type shareOutForm struct {
	ID     exchange.MemberID `path:"id" maxLength:"60"`
	Asset  string            `json:"asset" maxLength:"40"`
	Amount string            `json:"amount" maxLength:"30"`
	Reason exchange.Reason   `json:"reason" maxLength:"500"`
}

// proposeShareOut proposes to pay a part of a member's share in the default fund out; another person confirms.
func (f face) proposeShareOut(tx *db.Tx, in shareOutForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	amount, err := amountOf(in.Amount, in.Asset)
	if err != nil {
		return web.Then{}, err
	}
	_, err = floor.ProposeShareOut(tx, in.ID, floor.ShareOut{Asset: in.Asset, Amount: amount}, in.Reason)
	return see(defaultAddress(in.ID), "proposed"), err
}

func defaultAddress(id exchange.MemberID) string {
	return partyAddress(exchange.Subject(id)) + "/default"
}

// layer is one of those who pay for a loss, with the sum.
type layer struct {
	Name string
	Sum  int64
	Mood string
}

// layers are who pays for the losses in a currency, in their order; those that pay nothing are shown too, so that the order is seen.
func (v fallenSeen) layers(ctx context.Context, w clearing.Waterfall) []layer {
	all := []layer{
		{t(ctx, "exchange.default.own"), w.Own, ""}, {t(ctx, "exchange.default.fund"), w.Fund, ""},
		{t(ctx, "exchange.default.capital"), w.Capital, ""},
	}
	if len(w.Others) == 0 {
		all = append(all, layer{t(ctx, "exchange.default.others"), 0, ""})
	}
	for _, code := range slices.Sorted(maps.Keys(w.Others)) {
		name := cmp.Or(in(ctx, v.Names[code].Name), code)
		all = append(all, layer{t(ctx, "exchange.default.other", "member", name), w.Others[code], ""})
	}
	if w.Written > 0 {
		all = append(all, layer{t(ctx, "exchange.default.written"), w.Written, ""})
	}
	if w.Lacks > 0 {
		all = append(all, layer{t(ctx, "exchange.default.lacks"), w.Lacks, "bad"})
	}
	return all
}

// demanded is all that has to be paid in a currency: losses, and what is owed to the house.
func demanded(w clearing.Waterfall) int64 {
	all := w.Own + w.Fund + w.Capital + w.Written + w.Lacks
	for _, part := range w.Others {
		all += part
	}
	return all
}

// netted writes what is open of an account in an instrument: what was bought above zero, what was sold below.
func netted(ctx context.Context, c clearing.Closing) string { return thousands(ctx, c.Bought-c.Sold) }

// closedAt writes the price of a close-out, and for how much it is where that is more than one.
func closedAt(ctx context.Context, c clearing.Closing) string {
	price := sum(ctx, money.Of(c.Price, money.Currency(c.Currency)))
	if c.Unit == 1 {
		return price
	}
	return price + " / " + thousands(ctx, c.Unit)
}
