package office

import (
	"errors"
	"strings"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountParties(site *web.Site) {
	web.Page(site, "GET /office/exchange/members", f.members, web.Needs(ScopeExchangeRead))
	web.Page(site, "GET /office/exchange/parties/{id}", f.participant, web.Needs(ScopeExchangeRead))
	web.Form(site, "POST /office/exchange/parties/{id}/stop", f.stop, web.Needs(ScopeExchangeWrite))
	web.Form(site, "POST /office/exchange/parties/{id}/proposal", f.proposeAbout, web.Needs(ScopeExchangeDecide))
	web.Form(site, "POST /office/exchange/parties/{id}/limit", f.limit, web.Needs(ScopeExchangeWrite))
	web.Form(site, "POST /office/exchange/parties/{id}/traders", f.admitTrader, web.Needs(ScopeExchangeWrite))
	web.Form(site, "POST /office/exchange/parties/{id}/accounts", f.openAccount, web.Needs(ScopeExchangeWrite))
	web.Form(site, "POST /office/exchange/parties/{id}/licence", f.renewLicence, web.Needs(ScopeExchangeWrite))
	web.Form(site, "POST /office/exchange/parties/{id}/parts", f.openPart, web.Needs(ScopeExchangeWrite))
	web.Form(site, "POST /office/exchange/parties/{id}/grants", f.grantTrader, web.Needs(ScopeExchangeWrite))
}

// memberRow is a member with how many trade for it.
type memberRow struct {
	exchange.Member
	Traders, Accounts int
	Holds             bool // Holds says that its licence holds today.
}

// accountsShown is how many accounts the office looks through for those of one member.
const accountsShown = 10_000

// members lists the members, in a number of statements that does not grow with them.
func (f face) members(tx *db.Tx, _ struct{}) (web.View, error) {
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "exchange.tab.members"))
	if err != nil {
		return nil, err
	}
	all, err := exchange.Members(tx)
	if err != nil {
		return nil, err
	}
	traders, err := exchange.Traders(tx)
	if err != nil {
		return nil, err
	}
	accounts, err := exchange.Accounts(tx, 0, accountsShown)
	if err != nil {
		return nil, err
	}
	rows, at := make([]memberRow, len(all)), map[exchange.MemberID]*memberRow{}
	for n, m := range all {
		rows[n] = memberRow{Member: m, Holds: m.Licence.Days.Contains(span.DayOf(tx.Now(), span.Almaty))}
		at[m.ID] = &rows[n]
	}
	for _, one := range traders {
		at[one.Member].Traders++
	}
	for _, one := range accounts {
		at[one.Member].Accounts++
	}
	return membersPage(p, rows), nil
}

// participant is a member, a trader or an account as its page shows it. Only one of the three is there.
type participant struct {
	ID      exchange.Subject
	Name    string
	State   exchange.State
	Member  *exchange.Member
	Trader  *exchange.Trader
	Account *exchange.Account
	Of      exchange.Member // Of is the member it belongs to.

	Users     names
	Traders   []exchange.Trader // Traders and Accounts are those of the member.
	Accounts  []exchange.Account
	Granted   map[uint32]bool // Granted are the traders that may trade on the account, or the accounts of the trader.
	Limits    []exchange.Limit
	History   []exchange.Past
	Statement *clearing.Statement
}

type participantAsk struct {
	ID  exchange.Subject `path:"id" maxLength:"60"`
	Day string           `query:"day" maxLength:"10"`
}

// participant shows a member, a trader or an account, with its limits and its history.
func (f face) participant(tx *db.Tx, in participantAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	v := participant{ID: in.ID, Granted: map[uint32]bool{}}
	member, err := v.find(tx)
	if err != nil {
		return nil, err
	}
	for _, read := range []func() error{
		func() (err error) { v.Of, err = exchange.GetMember(tx, string(member)); return err },
		func() (err error) { v.Users, err = officeNames(tx); return err },
		func() (err error) { v.Limits, err = exchange.LimitHistory(tx, in.ID); return err },
		func() (err error) { v.History, err = exchange.History(tx, in.ID); return err },
		func() error { return v.readNear(tx) },
		func() error { return v.readStatement(tx, in.Day) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	if v.Member != nil {
		v.Member, v.State, v.Name = &v.Of, v.Of.State, v.Of.Name.In(web.Lang(tx.Context()))
	}
	p, err := f.exchangePage(tx.Context(), v.Name)
	return participantPage(p, v), err
}

// find finds out what the page is about, and gives the member it belongs to.
func (v *participant) find(tx *db.Tx) (exchange.MemberID, error) {
	prefix, _, _ := strings.Cut(string(v.ID), "_")
	switch prefix {
	case "mbr":
		v.Member = &exchange.Member{}
		return exchange.MemberID(v.ID), nil
	case "trd":
		one, err := exchange.GetTrader(tx, string(v.ID))
		v.Trader, v.Name, v.State = &one, one.Code, one.State
		return one.Member, err
	case "acc":
		one, err := exchange.GetAccount(tx, string(v.ID))
		v.Account, v.Name, v.State = &one, one.Code, one.State
		return one.Member, err
	}
	return "", exchange.ErrUnknown.About("%.60q", string(v.ID))
}

// readNear reads who trades for the member, on which accounts, and who may trade where.
func (v *participant) readNear(tx *db.Tx) error {
	traders, err := exchange.Traders(tx)
	if err != nil {
		return err
	}
	accounts, err := exchange.Accounts(tx, 0, accountsShown)
	if err != nil {
		return err
	}
	for _, one := range traders {
		if one.Member == v.Of.ID {
			v.Traders = append(v.Traders, one)
		}
	}
	for _, one := range accounts {
		if one.Member == v.Of.ID {
			v.Accounts = append(v.Accounts, one)
		}
	}
	grants, err := exchange.Grants(tx)
	for _, g := range grants {
		switch {
		case v.Account != nil && g.Account == v.Account.Number:
			v.Granted[g.Trader] = true
		case v.Trader != nil && g.Trader == v.Trader.Number:
			v.Granted[g.Account] = true
		}
	}
	return err
}

// readStatement reads what happened to an account on a day; without a day, on this one.
func (v *participant) readStatement(tx *db.Tx, typed string) error {
	if v.Account == nil {
		return nil
	}
	day, err := span.Parse(typed)
	if err != nil {
		day = span.DayOf(tx.Now(), span.Almaty)
	}
	s, err := clearing.StatementOf(tx, v.Account.Code, day, span.Almaty)
	v.Statement = &s
	return err
}

// user gives the name of a trader's user, or who it is where he does not work here.
func (v participant) user(one exchange.Trader) string { return v.Users.of(one.User) }

type aboutForm struct {
	ID     exchange.Subject `path:"id" maxLength:"60"`
	Kind   string           `json:"kind,omitempty" enum:"resume,end"`
	Reason exchange.Reason  `json:"reason" maxLength:"500"`
}

// partyAddress is the page of a member, a trader, an account or an instrument.
func partyAddress(id exchange.Subject) string {
	if strings.HasPrefix(string(id), "ins_") {
		return "exchange/instruments/" + string(id)
	}
	return "exchange/parties/" + string(id)
}

// stop throws the switch: trading ends at once, and the orders are taken back as soon as the market hears of it.
func (f face) stop(tx *db.Tx, in aboutForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see(partyAddress(in.ID), "stopped"), exchange.Suspend(tx, in.ID, in.Reason)
}

// proposeAbout asks another person to let somebody trade again, or to end it for good.
func (f face) proposeAbout(tx *db.Tx, in aboutForm) (web.Then, error) {
	kind := exchange.KindResume
	if in.Kind == "end" {
		kind = exchange.KindEnd
	}
	return propose(tx, proposalForm{Kind: kind, Subject: in.ID, Reason: in.Reason}, nil)
}

type limitForm struct {
	ID     exchange.Subject `path:"id" maxLength:"60"`
	What   exchange.Bound   `json:"what" maxLength:"40"`
	Most   int64            `json:"most,omitempty" minimum:"0"`
	Lifted bool             `json:"lifted,omitempty"`
	Reason exchange.Reason  `json:"reason" maxLength:"500"`
}

// bounds are what a limit can be about.
var bounds = []exchange.Bound{exchange.OrderValue, exchange.OrderQuantity, exchange.OrderRate, exchange.Position, exchange.OpenOrders}

// limit sets a limit or makes it tighter; one that would be wider is proposed to another person.
func (f face) limit(tx *db.Tx, in limitForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	l := exchange.Limit{Subject: in.ID, What: in.What, Most: in.Most, Lifted: in.Lifted, Reason: in.Reason}
	err := exchange.SetLimit(tx, l)
	if errors.Is(err, exchange.ErrTwo) {
		return propose(tx, proposalForm{Kind: exchange.KindLimit, Subject: in.ID, Reason: in.Reason}, exchange.Limit{What: in.What, Most: in.Most, Lifted: in.Lifted})
	}
	return see(partyAddress(in.ID), "limited"), err
}

type admitForm struct {
	ID     exchange.MemberID `path:"id" maxLength:"60"`
	Email  string            `json:"email,omitempty" maxLength:"254"`
	Reason exchange.Reason   `json:"reason" maxLength:"500"`
}

// admitTrader lets a user enter orders for a member.
func (f face) admitTrader(tx *db.Tx, in admitForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	u, _, err := identity.ByEmail(tx, in.Email)
	if err != nil {
		return web.Then{}, err
	}
	_, err = exchange.AdmitTrader(tx, in.ID, string(u.ID), in.Reason)
	return see(partyAddress(exchange.Subject(in.ID)), "added"), err
}

// openAccount opens an account of a member for itself.
func (f face) openAccount(tx *db.Tx, in admitForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	_, err := exchange.OpenOwn(tx, in.ID, in.Reason)
	return see(partyAddress(exchange.Subject(in.ID)), "added"), err
}

type tradeGrantForm struct {
	ID     exchange.AccountID `path:"id" maxLength:"60"`
	Trader exchange.TraderID  `json:"trader" maxLength:"60"`
	Ends   bool               `json:"ends,omitempty"`
}

// grantTrader lets a trader trade on an account, or no more.
func (f face) grantTrader(tx *db.Tx, in tradeGrantForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	if in.Ends {
		return see(partyAddress(exchange.Subject(in.ID)), "disallowed"), exchange.Withdraw(tx, in.Trader, in.ID)
	}
	return see(partyAddress(exchange.Subject(in.ID)), "allowed"), exchange.Grant(tx, in.Trader, in.ID)
}
