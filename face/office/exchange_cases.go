package office

import (
	"slices"

	"sauda/core/exchange"
	"sauda/core/exchange/conduct"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountCases(site *web.Site) {
	needs := web.Needs(ScopeExchangeWatch)
	web.Page(site, "GET /office/exchange/watch/cases", f.watchCases, needs)
	web.Page(site, "GET /office/exchange/watch/cases/{id}", f.watchCase, needs)
	web.Form(site, "POST /office/exchange/watch/cases/{id}/notes", f.noteCase, needs)
	web.Form(site, "POST /office/exchange/watch/cases/{id}/links", f.linkCase, needs)
	web.Form(site, "POST /office/exchange/watch/cases/{id}/assignment", f.assignCase, needs)
	web.Form(site, "POST /office/exchange/watch/cases/{id}/decision", f.decideCase, needs)
	web.Form(site, "POST /office/exchange/watch/cases/{id}/closure", f.closeCase, needs)
}

// watchCases lists the cases, open ones first.
func (f face) watchCases(tx *db.Tx, _ struct{}) (web.View, error) {
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "watch.cases"))
	if err != nil {
		return nil, err
	}
	all, err := conduct.Cases(tx)
	if err != nil {
		return nil, err
	}
	people, err := officeNames(tx)
	return casesPage(p, all, people), err
}

// caseFile is a case as its page shows it.
type caseFile struct {
	conduct.Case
	Alerts      []conduct.Alert
	Entries     []conduct.Entry
	Names       map[identity.PartyID]identity.Party
	People      names
	Watchers    []identity.User // Watchers are to whom it can be given.
	Instruments map[uint32]exchange.Instrument
}

type caseAsk struct {
	ID conduct.CaseID `path:"id" maxLength:"60"`
}

// watchCase shows a case file.
func (f face) watchCase(tx *db.Tx, in caseAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	c, err := conduct.GetCase(tx, in.ID)
	if err != nil {
		return nil, err
	}
	v := caseFile{Case: c, Instruments: f.Floor.Instruments(), People: names{}}
	if v.Alerts, err = conduct.AlertsOf(tx, c); err != nil {
		return nil, err
	}
	if v.Entries, err = conduct.Entries(tx, c); err != nil {
		return nil, err
	}
	if v.Names, err = ownersOf(tx, v.Alerts); err != nil {
		return nil, err
	}
	users, err := identity.Office(tx)
	if err != nil {
		return nil, err
	}
	suspects, err := conduct.SuspectsOf(tx, c)
	for _, u := range users {
		v.People[string(u.ID)] = u.Name
		if u.Who("").May(ScopeExchangeWatch) && !slices.Contains(suspects, string(u.ID)) {
			v.Watchers = append(v.Watchers, u)
		}
	}
	if err != nil {
		return nil, err
	}
	p, err := f.exchangePage(tx.Context(), c.Title)
	return casePage(p, v), err
}

// alert gives an alert of the case by its id.
func (v caseFile) alert(id string) (conduct.Alert, bool) {
	for _, a := range v.Alerts {
		if string(a.ID) == id {
			return a, true
		}
	}
	return conduct.Alert{}, false
}

type caseForm struct {
	ID      conduct.CaseID  `path:"id" maxLength:"60"`
	Text    string          `json:"text,omitempty" maxLength:"4000"`
	Address string          `json:"address,omitempty" maxLength:"1000"`
	Person  string          `json:"person,omitempty" maxLength:"60"`
	Outcome conduct.Outcome `json:"outcome,omitempty" maxLength:"20"`
	Who     string          `json:"who,omitempty" maxLength:"60"`
}

// seeCase leads back to a case.
func (in caseForm) seeCase(deed string) web.Then {
	return see("exchange/watch/cases/"+string(in.ID), deed)
}

func (f face) noteCase(tx *db.Tx, in caseForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return in.seeCase("noted_down"), conduct.Note(tx, in.ID, in.Text)
}

func (f face) linkCase(tx *db.Tx, in caseForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return in.seeCase("noted_down"), conduct.Link(tx, in.ID, in.Address, in.Text)
}

// assignCase gives a case to somebody who watches over the exchange.
func (f face) assignCase(tx *db.Tx, in caseForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	u, err := identity.Get(tx, identity.UserID(in.Person))
	if err != nil {
		return web.Then{}, err
	}
	if who := u.Who(""); !who.May(ScopeExchangeWatch) || !keeps(who) {
		return web.Then{}, conduct.ErrDenied.About("%s is given a case", u.ID)
	}
	return in.seeCase("case_assigned"), conduct.Assign(tx, in.ID, in.Person)
}

// decideCase says what follows; a restriction stops a member, a trader or an account, by its code, in the same moment.
func (f face) decideCase(tx *db.Tx, in caseForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	if in.Outcome != conduct.Restriction {
		return in.seeCase("case_decided"), conduct.Decide(tx, in.ID, in.Outcome, in.Text)
	}
	subject, err := tradesAs(tx, in.Who)
	if err != nil {
		return web.Then{}, err
	}
	return in.seeCase("case_decided"), conduct.Restrict(tx, in.ID, subject, exchange.Reason(in.Text))
}

// tradesAs gives who is called by a code: an account, a trader or a member.
func tradesAs(tx *db.Tx, code string) (exchange.Subject, error) {
	a, err := exchange.GetAccount(tx, code)
	if err == nil || unlessUnknown(err) != nil {
		return exchange.Subject(a.ID), err
	}
	one, err := exchange.GetTrader(tx, code)
	if err == nil || unlessUnknown(err) != nil {
		return exchange.Subject(one.ID), err
	}
	m, err := exchange.GetMember(tx, code)
	return exchange.Subject(m.ID), err
}

func (f face) closeCase(tx *db.Tx, in caseForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return in.seeCase("case_closed"), conduct.Close(tx, in.ID, in.Text)
}
