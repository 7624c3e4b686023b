package office

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/attachment"
	"sauda/core/exchange"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountAdmission(site *web.Site) {
	web.Form(site, "POST /office/exchange/members", f.proposeMember, web.Needs(ScopeExchangeDecide))
	web.Page(site, "GET /office/exchange/investors", f.investors, web.Needs(ScopeExchangeRead))
	web.Form(site, "POST /office/exchange/applications/{id}/question", f.askInvestor, web.Needs(ScopeExchangeDecide))
}

// memberForm is a legal entity that shall become a member.
type memberForm struct {
	Code    string            `json:"code" maxLength:"32"`
	BIN     string            `json:"bin" maxLength:"20"`
	Sponsor exchange.MemberID `json:"sponsor,omitempty" maxLength:"60"`
	KK      string            `json:"name_kk" maxLength:"200"`
	RU      string            `json:"name_ru" maxLength:"200"`
	EN      string            `json:"name_en,omitempty" maxLength:"200"`
	Licence string            `json:"licence" maxLength:"200"`
	From    string            `json:"from" maxLength:"10"`
	To      string            `json:"to" maxLength:"10"`
	Broker  bool              `json:"broker,omitempty"`
	Reason  exchange.Reason   `json:"reason" maxLength:"500"`
}

// proposeMember asks another person to admit a legal entity as a member. What could not be admitted is refused at once, with its
// fields.
func (f face) proposeMember(tx *db.Tx, in memberForm) (web.Then, error) {
	licence, err := readLicence(in.Licence, in.From, in.To)
	if err != nil {
		return web.Then{}, err
	}
	c := exchange.Candidate{
		Code: in.Code, BIN: ident.BIN(in.BIN), Sponsor: in.Sponsor, Party: "bin_" + in.BIN, Broker: in.Broker,
		Name: text.Localized{"kk": in.KK, "ru": in.RU, "en": in.EN}, Licence: licence,
	}
	for lang, said := range c.Name {
		if said == "" {
			delete(c.Name, lang)
		}
	}
	return propose(tx, proposalForm{Kind: exchange.KindMember, Subject: c.Subject(), Reason: in.Reason}, c)
}

// readLicence reads a licence. Both of its days are asked for: a last one that cannot be read is not one without end.
func readLicence(number, from, to string) (exchange.Licence, error) {
	first, err := span.Parse(clean(from))
	last, also := span.Parse(clean(to))
	if err != nil || also != nil {
		return exchange.Licence{}, exchange.ErrInvalid.Fields(fault.Say("This value is not right.").At("/licence/days"))
	}
	return exchange.Licence{Number: clean(number), Days: span.Days{From: first, To: last}}, nil
}

// sponsors are members who can answer for another one.
func sponsors(rows []memberRow) []memberRow {
	return slices.DeleteFunc(slices.Clone(rows), func(r memberRow) bool { return r.Sponsor != "" || r.State != exchange.StateActive })
}

type investorsAsk struct {
	State  string `query:"state" maxLength:"20"`
	Member string `query:"member" maxLength:"60"`
	After  string `query:"after" maxLength:"12"`
}

// investorList are investors with the brokers who keep their accounts.
type investorList struct {
	Ask      investorsAsk
	Accounts []exchange.Account
	Names    map[identity.PartyID]identity.Party
	Members  []exchange.Member
	Next     string
}

// memberStates are those that an account can have.
var memberStates = []exchange.State{exchange.StateActive, exchange.StateSuspended, exchange.StateEnded}

const investorsPage = 50

// investors lists those who have become investors, with how their accounts stand, in three statements.
func (f face) investors(tx *db.Tx, in investorsAsk) (web.View, error) {
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "exchange.tab.investors"))
	if err != nil {
		return nil, err
	}
	if !slices.Contains(memberStates, exchange.State(in.State)) {
		in.State = ""
	}
	after, err := strconv.ParseUint(in.After, 10, 32)
	if err != nil {
		after = 0
	}
	l := investorList{Ask: in}
	if l.Accounts, err = exchange.Investors(tx, exchange.State(in.State), exchange.MemberID(in.Member), uint32(after), investorsPage+1); err != nil {
		return nil, err
	}
	if len(l.Accounts) > investorsPage {
		l.Accounts = l.Accounts[:investorsPage]
		l.Next = strconv.FormatUint(uint64(l.Accounts[investorsPage-1].Number), 10)
	}
	if l.Members, err = exchange.Members(tx); err != nil {
		return nil, err
	}
	ids := make([]identity.PartyID, len(l.Accounts))
	for n, a := range l.Accounts {
		ids[n] = identity.PartyID(a.Party)
	}
	l.Names, err = identity.Parties(tx, ids)
	return investorsPageOf(p, l), err
}

// member gives the broker who keeps an account.
func (l investorList) member(a exchange.Account) exchange.Member {
	for _, m := range l.Members {
		if m.ID == a.Member {
			return m
		}
	}
	return exchange.Member{}
}

// askInvestor asks an applicant for something that is missing.
func (f face) askInvestor(tx *db.Tx, in applicationForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("exchange/applications/"+string(in.ID), "asked_investor"), exchange.AskMore(tx, in.ID, in.Reason)
}

// mountPapers adds the documents of applications, which nobody else is shown.
func (f face) mountPapers(server *web.Server) {
	server.Protocol("GET /office/exchange/applications/{id}/documents/{file}", f.paper, web.Needs(ScopeExchangeRead))
}

// paper gives a document of an application to be saved, to keepers of the house only; never to be shown as a page.
func (f face) paper(x web.Exchange) error {
	if who := web.WhoFrom(x.Context()); !keeps(who) {
		return web.ErrDenied.About("%s does not keep the house", who.ID)
	}
	id := attachment.ID(x.PathValue("file"))
	var file attachment.File
	err := x.Moment(func(tx *db.Tx) error {
		a, err := exchange.GetApplication(tx, exchange.ApplicationID(x.PathValue("id")))
		if err != nil {
			return err
		}
		found, err := attachment.Some(tx, []attachment.ID{id})
		if file = found[id]; err == nil && (!slices.Contains(a.Documents, string(id)) || file.ID == "") {
			return attachment.ErrUnknown.About("%.60s", string(id))
		}
		return err
	})
	if err != nil {
		return err
	}
	body, err := f.Attached.Open(x.Context(), file)
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // It was only read.
	return x.Send(web.Sent{Name: file.Name, Kind: file.Type, Object: string(file.ID)}, func(w io.Writer) error {
		if _, err := io.Copy(w, body); err != nil {
			return fmt.Errorf("send the document %s: %w", file.ID, err)
		}
		return nil
	})
}
