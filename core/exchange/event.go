package exchange

import (
	"sauda/base/span"
	"sauda/base/text"
	"sauda/gear/db"
)

// InstrumentDrafted states that there is a new instrument, which is not traded yet.
type InstrumentDrafted struct {
	Instrument InstrumentID `json:"instrument"`
	Number     uint32       `json:"number"`
}

// Fact names the event.
func (InstrumentDrafted) Fact() string { return "exchange.instrument_drafted" }

// Key orders the reactions to the facts of one instrument.
func (e InstrumentDrafted) Key() string { return string(e.Instrument) }

// InstrumentChanged states that an instrument says something else from a version on. The venue takes it up between two
// days, since orders that rest have to stand on its steps of the price.
type InstrumentChanged struct {
	Instrument InstrumentID `json:"instrument"`
	Number     uint32       `json:"number"`
	Version    int64        `json:"version"`
}

// Fact names the event.
func (InstrumentChanged) Fact() string { return "exchange.instrument_changed" }

// Key orders the reactions to the facts of one instrument.
func (e InstrumentChanged) Key() string { return string(e.Instrument) }

// Moved states that an instrument, a member, a trader or an account has come into another state.
type Moved struct {
	Subject Subject `json:"subject"`
	Was     State   `json:"was"`
	State   State   `json:"state"`
}

// Key orders the reactions to the facts of one subject.
func (e Moved) Key() string { return string(e.Subject) }

// InstrumentMoved states that an instrument was listed, suspended, resumed or delisted.
type InstrumentMoved struct{ Moved }

// Fact names the event.
func (InstrumentMoved) Fact() string { return "exchange.instrument_moved" }

// MemberMoved states that a member was suspended, resumed or ended.
type MemberMoved struct{ Moved }

// Fact names the event.
func (MemberMoved) Fact() string { return "exchange.member_moved" }

// TraderMoved states that a trader was suspended, resumed or ended.
type TraderMoved struct{ Moved }

// Fact names the event.
func (TraderMoved) Fact() string { return "exchange.trader_moved" }

// AccountMoved states that an account was suspended, resumed or ended.
type AccountMoved struct{ Moved }

// Fact names the event.
func (AccountMoved) Fact() string { return "exchange.account_moved" }

// stateMove states a new state by the fact of its sort.
func stateMove(tx *db.Tx, subject Subject, was, now State) error {
	m := Moved{Subject: subject, Was: was, State: now}
	switch subject.sort() {
	case prefixInstrument:
		return tx.Emit(InstrumentMoved{m})
	case prefixMember:
		return tx.Emit(MemberMoved{m})
	case prefixTrader:
		return tx.Emit(TraderMoved{m})
	}
	return tx.Emit(AccountMoved{m})
}

// MemberAdmitted states that there is a new member.
type MemberAdmitted struct {
	Member MemberID `json:"member"`
	Number uint16   `json:"number"`
}

// Fact names the event.
func (MemberAdmitted) Fact() string { return "exchange.member_admitted" }

// Key orders the reactions to the facts of one member.
func (e MemberAdmitted) Key() string { return string(e.Member) }

// TraderAdmitted states that somebody may enter orders for a member.
type TraderAdmitted struct {
	Trader TraderID `json:"trader"`
	Number uint32   `json:"number"`
	Member MemberID `json:"member"`
}

// Fact names the event.
func (TraderAdmitted) Fact() string { return "exchange.trader_admitted" }

// Key orders the reactions to the facts of one trader.
func (e TraderAdmitted) Key() string { return string(e.Trader) }

// AccountOpened states that there is a new account.
type AccountOpened struct {
	Account AccountID `json:"account"`
	Number  uint32    `json:"number"`
	Member  MemberID  `json:"member"`
	Party   string    `json:"party"`
}

// Fact names the event.
func (AccountOpened) Fact() string { return "exchange.account_opened" }

// Key orders the reactions to the facts of one account.
func (e AccountOpened) Key() string { return string(e.Account) }

// GrantChanged states that a trader may trade on an account from now on, or no more.
type GrantChanged struct {
	Trader  TraderID  `json:"trader"`
	Account AccountID `json:"account"`
	Granted bool      `json:"granted"`
}

// Fact names the event.
func (GrantChanged) Fact() string { return "exchange.grant_changed" }

// Key orders the reactions to the facts of one account.
func (e GrantChanged) Key() string { return string(e.Account) }

// LimitSet states that a limit counts from now on, or none of this sort.
type LimitSet struct{ Limit }

// Fact names the event.
func (LimitSet) Fact() string { return "exchange.limit_set" }

// Key orders the reactions to the limits of one subject.
func (e LimitSet) Key() string { return string(e.Subject) }

// CalendarChanged states what was announced of some days.
type CalendarChanged struct {
	Calendar string             `json:"calendar"`
	Days     map[string]DaySort `json:"days"`
}

// Fact names the event.
func (CalendarChanged) Fact() string { return "exchange.calendar_changed" }

// Key orders the announcements of one calendar.
func (e CalendarChanged) Key() string { return e.Calendar }

// ScheduleLaid states that a group of instruments has other hours from a day on.
type ScheduleLaid struct {
	Group string   `json:"group"`
	From  span.Day `json:"from"`
}

// Fact names the event.
func (ScheduleLaid) Fact() string { return "exchange.schedule_laid" }

// Key orders the schedules of one group.
func (e ScheduleLaid) Key() string { return e.Group }

// Proposed states that something waits for the decision of another person.
type Proposed struct {
	Proposal ProposalID   `json:"proposal"`
	Kind     ProposalKind `json:"kind"`
	Subject  Subject      `json:"subject"`
}

// Fact names the event.
func (Proposed) Fact() string { return "exchange.proposed" }

// Key orders the reactions to the proposals about one subject.
func (e Proposed) Key() string { return string(e.Subject) }

// Confirmed states that two people want something to be done. What is not a thing of this context is done by who hears it.
type Confirmed struct {
	Proposal ProposalID   `json:"proposal"`
	Kind     ProposalKind `json:"kind"`
	Subject  Subject      `json:"subject"`
	Body     text.JSON    `json:"body"`
}

// Fact names the event.
func (Confirmed) Fact() string { return "exchange.confirmed" }

// Key orders the reactions to the proposals about one subject.
func (e Confirmed) Key() string { return string(e.Subject) }

// ApplicationWaits states that somebody wants to become an investor.
type ApplicationWaits struct {
	Application ApplicationID `json:"application"`
	Party       string        `json:"party"`
}

// Fact names the event.
func (ApplicationWaits) Fact() string { return "exchange.application_filed" }

// Key orders the reactions to the applications of one party.
func (e ApplicationWaits) Key() string { return e.Party }

// ApplicationDecided states that somebody has become an investor or was refused.
type ApplicationDecided struct {
	Application ApplicationID    `json:"application"`
	Party       string           `json:"party"`
	State       ApplicationState `json:"state"`
	Account     AccountID        `json:"account,omitempty"`
	Reason      Reason           `json:"reason,omitempty"`
}

// Fact names the event.
func (ApplicationDecided) Fact() string { return "exchange.application_decided" }

// Key orders the reactions to the applications of one party.
func (e ApplicationDecided) Key() string { return e.Party }

// ApplicationAsked states that an applicant was asked for something.
type ApplicationAsked struct {
	Application ApplicationID `json:"application"`
	Party       string        `json:"party"`
	Question    Reason        `json:"question"`
}

// Fact names the event.
func (ApplicationAsked) Fact() string { return "exchange.application_asked" }

// Key orders the reactions to the applications of one party.
func (e ApplicationAsked) Key() string { return e.Party }
