package office

import (
	"slices"

	"sauda/core/attachment"
	"sauda/core/exchange"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountApplications(site *web.Site) {
	web.Page(site, "GET /office/exchange/applications", f.applications, web.Needs(ScopeExchangeRead))
	web.Page(site, "GET /office/exchange/applications/{id}", f.application, web.Needs(ScopeExchangeRead))
	web.Form(site, "POST /office/exchange/applications/{id}/admission", f.admitInvestor, web.Needs(ScopeExchangeDecide))
	web.Form(site, "POST /office/exchange/applications/{id}/refusal", f.refuseInvestor, web.Needs(ScopeExchangeDecide))
}

// applicationRow is an application with who it is of.
type applicationRow struct {
	exchange.Application
	Name string
}

// applications lists those that wait, the oldest first, in two statements.
func (f face) applications(tx *db.Tx, _ struct{}) (web.View, error) {
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "exchange.tab.applications"))
	if err != nil {
		return nil, err
	}
	all, err := exchange.Applications(tx)
	if err != nil {
		return nil, err
	}
	ids := make([]identity.PartyID, len(all))
	for n, a := range all {
		ids[n] = identity.PartyID(a.Party)
	}
	parties, err := identity.Parties(tx, ids)
	rows := make([]applicationRow, len(all))
	for n, a := range all {
		rows[n] = applicationRow{a, partyName(parties, a.Party)}
	}
	return applicationsPage(p, rows), err
}

// partyName gives the name of a party, or its id where it is not known here.
func partyName(known map[identity.PartyID]identity.Party, id string) string {
	if p, is := known[identity.PartyID(id)]; is && p.Name != "" {
		return p.Name
	}
	return id
}

type applicationAsk struct {
	ID exchange.ApplicationID `path:"id" maxLength:"60"`
}

// filed is an application as its page shows it, each answer beside its question.
type filed struct {
	applicationRow
	Member    exchange.Member
	Questions exchange.Questionnaire
	People    names
	Proposed  *exchange.Proposal // Proposed is the proposal to admit, while it waits.
	Inquiries []exchange.Inquiry
	Papers    []attachment.File // Papers are the documents that are files here; others are known by their names only.
}

// chosen tells whether a choice was made.
func (v filed) chosen(question, choice string) bool {
	return slices.Contains(v.Answers[question], choice)
}

// application shows one application.
func (f face) application(tx *db.Tx, in applicationAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	a, err := exchange.GetApplication(tx, in.ID)
	if err != nil {
		return nil, err
	}
	v := filed{applicationRow: applicationRow{Application: a}}
	parties, err := identity.Parties(tx, []identity.PartyID{identity.PartyID(a.Party)})
	if err != nil {
		return nil, err
	}
	v.Name = partyName(parties, a.Party)
	if v.Member, err = exchange.GetMember(tx, string(a.Member)); err != nil {
		return nil, err
	}
	if v.Questions, err = exchange.GetQuestionnaire(tx, a.Questionnaire); err != nil {
		return nil, err
	}
	if v.People, err = officeNames(tx); err != nil {
		return nil, err
	}
	if v.Inquiries, err = exchange.Inquiries(tx, a.ID); err != nil {
		return nil, err
	}
	if err := v.readPapers(tx); err != nil {
		return nil, err
	}
	open, err := exchange.OpenProposals(tx)
	for n, p := range open {
		if p.Kind == exchange.KindAdmit && p.Subject == exchange.Subject(a.ID) {
			v.Proposed = &open[n]
		}
	}
	if err != nil {
		return nil, err
	}
	p, err := f.exchangePage(tx.Context(), v.Name)
	return applicationPage(p, v), err
}

// readPapers reads what the documents are.
func (v *filed) readPapers(tx *db.Tx) error {
	ids := make([]attachment.ID, len(v.Documents))
	for n, d := range v.Documents {
		ids[n] = attachment.ID(d)
	}
	known, err := attachment.Some(tx, ids)
	for _, id := range ids {
		if file, is := known[id]; is {
			v.Papers = append(v.Papers, file)
		}
	}
	return err
}

type applicationForm struct {
	ID     exchange.ApplicationID `path:"id" maxLength:"60"`
	Reason exchange.Reason        `json:"reason" maxLength:"500"`
}

// admitInvestor is the first of the two decisions by which somebody becomes an investor.
func (f face) admitInvestor(tx *db.Tx, in applicationForm) (web.Then, error) {
	return propose(tx, proposalForm{Kind: exchange.KindAdmit, Subject: exchange.Subject(in.ID), Reason: in.Reason}, nil)
}

// refuseInvestor refuses an application with a reason that the applicant is told.
func (f face) refuseInvestor(tx *db.Tx, in applicationForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	_, err := exchange.Refuse(tx, in.ID, in.Reason)
	return see("exchange/applications", "refused_investor"), err
}
