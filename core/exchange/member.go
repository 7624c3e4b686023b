package exchange

import (
	"encoding/json"
	"fmt"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

// MemberID names a member.
type MemberID string

// Member is a legal entity that trades on the exchange, for itself or for clients.
type Member struct {
	ID      MemberID  `json:"-"`
	Number  uint16    `json:"-"` // Number is what the venue calls it: given once and never again.
	Code    string    `json:"-"` // Code is what people call it.
	BIN     ident.BIN `json:"-"`
	Sponsor MemberID  `json:"-"` // Sponsor is the member who answers for it, whose limits count too; empty for none.
	State   State     `json:"-"`

	Party   string         `json:"party"` // Party is who it is, by a string that identity knows.
	Name    text.Localized `json:"name"`
	Licence Licence        `json:"licence"`
	Broker  bool           `json:"broker,omitempty"` // Broker says that it may act for clients.
}

// Licence is what lets a member trade.
type Licence struct {
	Number string    `json:"number"`
	Days   span.Days `json:"days"` // Days are those on which it holds.
}

func (l Licence) check(c *checker) {
	c.within(int64(len(l.Number)), 1, nameMax, "/licence/number")
	c.when(l.Days.From.IsZero() || l.Days.Check() != nil, "/licence/days", endAfterStart())
}

// Candidate is a legal entity that shall become a member, as it is proposed: see KindMember.
type Candidate struct {
	Code    string         `json:"code"`
	BIN     ident.BIN      `json:"bin"`
	Sponsor MemberID       `json:"sponsor,omitempty"`
	Party   string         `json:"party"`
	Name    text.Localized `json:"name"`
	Licence Licence        `json:"licence"`
	Broker  bool           `json:"broker,omitempty"`
}

// Subject is what a proposal to admit it is about: its code stands for it while it has no id.
func (c Candidate) Subject() Subject { return Subject("new_" + c.Code) }

// member is what becomes of a candidate.
func (c Candidate) member() Member {
	return Member{Code: c.Code, BIN: c.BIN, Sponsor: c.Sponsor, Party: c.Party, Name: c.Name, Licence: c.Licence, Broker: c.Broker}
}

// candidate gives the candidate of a proposal, if it can be admitted now.
func (p Proposal) candidate(tx *db.Tx) (Candidate, error) {
	var c Candidate
	if err := json.Unmarshal(p.Body, &c); err != nil {
		return Candidate{}, ErrInvalid.About("%s: %w", p.ID, err)
	}
	m := c.member()
	if err := m.check(tx); err != nil {
		return Candidate{}, err
	}
	_, err := GetMember(tx, m.Code)
	if err == nil {
		return Candidate{}, ErrTaken.About("member %s", m.Code)
	}
	if fault.Of(err) != ErrUnknown {
		return Candidate{}, err
	}
	return c, nil
}

// check judges a member who shall be admitted, and cleans what it says.
func (m *Member) check(tx *db.Tx) error {
	c := &checker{}
	c.shaped(m.Code, codeShape, "/code")
	bin, err := ident.ParseBIN(string(m.BIN))
	if err != nil {
		c.fields = append(c.fields, fault.Found("/bin", err))
	} else {
		c.when(bin.Part() != ident.HeadOffice || bin.Kind() == ident.JointSoleTraders, "/bin", fault.Say("This value is not right."))
	}
	c.within(int64(len(m.Party)), 1, nameMax, "/party")
	m.Name = c.named(m.Name, "/name")
	m.Licence.check(c)
	if err := c.fault(); err != nil {
		return err
	}
	m.BIN = bin
	if m.Sponsor == "" {
		return nil
	}
	sponsor, err := GetMember(tx, string(m.Sponsor))
	if err != nil {
		return err
	}
	if sponsor.State != StateActive || sponsor.Sponsor != "" {
		return ErrSponsor.About("%s is %s, sponsored by %q", sponsor.Code, sponsor.State, sponsor.Sponsor)
	}
	m.Sponsor = sponsor.ID
	return nil
}

// Admit makes a legal entity a member, with a number of its own. A code or a BIN that another one has is ErrTaken. A branch
// and a joint trade of persons are no legal entity. A sponsor must be active and have none himself: ErrSponsor. In the office two
// people admit: KindMember.
func Admit(tx *db.Tx, m Member, why Reason) (Member, error) {
	why, err := why.cleaned()
	if err != nil {
		return Member{}, err
	}
	return admit(tx, m, first(tx, why))
}

// admit makes a legal entity a member.
func admit(tx *db.Tx, m Member, s step) (Member, error) {
	if err := m.check(tx); err != nil {
		return Member{}, err
	}
	n, err := number(tx, numbersMember)
	if err != nil {
		return Member{}, err
	}
	m.ID, m.Number, m.State = MemberID(tx.Mint(prefixMember)), uint16(n), StateActive
	body, err := json.Marshal(m)
	if err != nil {
		return Member{}, err
	}
	rows, err := exchangedb.New(tx).AddMember(tx.Context(), exchangedb.AddMemberParams{ID: string(m.ID), Number: int64(n), Code: m.Code,
		Bin: string(m.BIN), Sponsor: string(m.Sponsor), Body: string(body)})
	if err != nil {
		return Member{}, err
	}
	if rows == 0 {
		return Member{}, ErrTaken.About("member %s, %s", m.Code, m.BIN)
	}
	if err := begin(tx, Subject(m.ID), StateActive, s); err != nil {
		return Member{}, err
	}
	return m, tx.Emit(MemberAdmitted{m.ID, m.Number})
}

// Renew gives a member another licence in place of the one that it has, which the history keeps with the reason. A member
// that has ended is ErrStanding.
func Renew(tx *db.Tx, id MemberID, l Licence, why Reason) (Member, error) {
	why, err := why.cleaned()
	if err != nil {
		return Member{}, err
	}
	m, err := GetMember(tx, string(id))
	if err != nil {
		return Member{}, err
	}
	if m.State == StateEnded {
		return Member{}, ErrStanding.About("%s is %s", id, m.State)
	}
	c := &checker{}
	l.check(c)
	if err := c.fault(); err != nil {
		return Member{}, err
	}
	if err := note(tx, Subject(m.ID), m.State, "Licence "+Reason(m.Licence.Number)+" → "+Reason(l.Number)+": "+why); err != nil {
		return Member{}, err
	}
	m.Licence = l
	body, err := json.Marshal(m)
	if err != nil {
		return Member{}, err
	}
	return m, exchangedb.New(tx).ReviseMember(tx.Context(), exchangedb.ReviseMemberParams{Body: string(body), ID: string(m.ID)})
}

// GetMember gives a member by its id or its code, or ErrUnknown.
func GetMember(tx *db.Tx, name string) (Member, error) {
	row, err := exchangedb.New(tx).Member(tx.Context(), name)
	if err != nil {
		return Member{}, missing(err, name)
	}
	return memberOf(exchangedb.MembersRow(row))
}

// Members gives all members in whatever state, by their numbers.
func Members(tx *db.Tx) ([]Member, error) {
	rows, err := exchangedb.New(tx).Members(tx.Context())
	return each(rows, err, memberOf)
}

func memberOf(row exchangedb.MembersRow) (Member, error) {
	m := Member{ID: MemberID(row.ID), Number: uint16(row.Number), Code: row.Code, BIN: ident.BIN(row.Bin), Sponsor: MemberID(row.Sponsor), State: State(row.State)}
	return m, json.Unmarshal([]byte(row.Body), &m)
}

// TraderID names a trader.
type TraderID string

// Trader is a user who enters orders for a member. One user may be a trader of several members, by another name for each.
type Trader struct {
	ID     TraderID `json:"id"`
	Number uint32   `json:"number"` // Number is what the venue calls it: given once and never again.
	Code   string   `json:"code"`
	Member MemberID `json:"member"`
	User   string   `json:"user"` // User is who it is, by a string that identity knows.
	State  State    `json:"state"`
}

// AdmitTrader lets a user enter orders for a member that is active. Who does so already is ErrTaken, also when he was
// suspended or has ended.
func AdmitTrader(tx *db.Tx, member MemberID, user string, why Reason) (Trader, error) {
	why, err := why.cleaned()
	if err != nil {
		return Trader{}, err
	}
	c := &checker{}
	c.within(int64(len(user)), 1, nameMax, "/user")
	if err := c.fault(); err != nil {
		return Trader{}, err
	}
	m, err := activeMember(tx, member)
	if err != nil {
		return Trader{}, err
	}
	n, err := number(tx, numbersTrader)
	if err != nil {
		return Trader{}, err
	}
	t := Trader{ID: TraderID(tx.Mint(prefixTrader)), Number: n, Code: fmt.Sprintf("T%06d", n), Member: m.ID, User: user, State: StateActive}
	rows, err := exchangedb.New(tx).AddTrader(tx.Context(), exchangedb.AddTraderParams{ID: string(t.ID), Number: int64(n), Code: t.Code, Member: string(m.ID), UserRef: user})
	if err != nil {
		return Trader{}, err
	}
	if rows == 0 {
		return Trader{}, ErrTaken.About("trader %s of %s", user, m.Code)
	}
	if err := begin(tx, Subject(t.ID), StateActive, first(tx, why)); err != nil {
		return Trader{}, err
	}
	return t, tx.Emit(TraderAdmitted{t.ID, t.Number, m.ID})
}

// activeMember gives a member that may trade, else ErrStanding.
func activeMember(tx *db.Tx, id MemberID) (Member, error) {
	m, err := GetMember(tx, string(id))
	if err == nil && m.State != StateActive {
		return Member{}, ErrStanding.About("%s is %s", id, m.State)
	}
	return m, err
}

// GetTrader gives a trader by its id or its code, or ErrUnknown.
func GetTrader(tx *db.Tx, name string) (Trader, error) {
	row, err := exchangedb.New(tx).Trader(tx.Context(), name)
	if err != nil {
		return Trader{}, missing(err, name)
	}
	return traderOf(exchangedb.TradersRow(row))
}

// Traders gives all traders in whatever state, by their numbers.
func Traders(tx *db.Tx) ([]Trader, error) {
	rows, err := exchangedb.New(tx).Traders(tx.Context())
	return each(rows, err, traderOf)
}

// TradersOf gives what a user is as a trader: one for each member.
func TradersOf(tx *db.Tx, user string) ([]Trader, error) {
	rows, err := exchangedb.New(tx).TradersOf(tx.Context(), user)
	return each(rows, err, func(row exchangedb.TradersOfRow) (Trader, error) { return traderOf(exchangedb.TradersRow(row)) })
}

func traderOf(row exchangedb.TradersRow) (Trader, error) {
	return Trader{ID: TraderID(row.ID), Number: uint32(row.Number), Code: row.Code, Member: MemberID(row.Member), User: row.UserRef, State: State(row.State)}, nil
}
