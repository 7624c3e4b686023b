package exchange

import (
	"encoding/json"
	"regexp"
	"slices"
	"time"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

// ProposalID names a proposal.
type ProposalID string

// ProposalKind says what is proposed.
type ProposalKind string

// What this context carries out in the moment of the confirmation. Every other kind (a halt, a bust) is carried out by who
// learns of it by Confirmed.
const (
	KindResume ProposalKind = "exchange.resume" // KindResume lifts a suspension; it has no body.
	KindEnd    ProposalKind = "exchange.end"    // KindEnd delists an instrument, or ends a member, a trader or an account; no body.
	KindLimit  ProposalKind = "exchange.limit"  // KindLimit sets or lifts a limit: the body is a Limit without subject.
	KindAdmit  ProposalKind = "exchange.admit"  // KindAdmit makes an investor of who has filed an application; no body.
	KindMember ProposalKind = "exchange.member" // KindMember makes a member of a legal entity: the body is a Candidate, about its Subject.
)

// ProposalState is how a proposal stands.
type ProposalState string

// The states of a proposal.
const (
	ProposalOpen      ProposalState = "open"
	ProposalConfirmed ProposalState = "confirmed"
	ProposalDeclined  ProposalState = "declined"
	ProposalWithdrawn ProposalState = "withdrawn"
	ProposalLapsed    ProposalState = "lapsed"
)

// Proposal is what one person wants to be done and another one decides.
type Proposal struct {
	ID      ProposalID    `json:"id"`
	Kind    ProposalKind  `json:"kind"`
	Subject Subject       `json:"subject"` // Subject is what it is about; other kinds may name things that others know.
	Body    text.JSON     `json:"body,omitempty"`
	Reason  Reason        `json:"reason"`
	State   ProposalState `json:"state"`
	By      string        `json:"by"`
	Decided string        `json:"decided,omitempty"` // Decided is who decided it.
	Note    string        `json:"note,omitempty"`    // Note is why it was declined.
	At      time.Time     `json:"at"`
	Due     time.Time     `json:"due"`
}

const (
	proposalLife  = 24 * time.Hour // proposalLife is long enough for the next shift and short enough that nothing old is confirmed.
	proposalLimit = 16 << 10       // proposalLimit bounds a body, in bytes.
)

var kindShape = regexp.MustCompile(`^[a-z]+\.[a-z_]{1,40}$`)

// judge refuses what this context could not do now; of other kinds it knows nothing.
func (p Proposal) judge(tx *db.Tx) error {
	open, _ := p.Subject.open()
	switch p.Kind {
	case KindResume:
		return stands(tx, p.Subject, StateSuspended)
	case KindEnd:
		return stands(tx, p.Subject, open, StateSuspended)
	case KindLimit:
		_, err := p.limit(tx)
		return err
	case KindAdmit:
		_, err := p.application(tx)
		return err
	case KindMember:
		_, err := p.candidate(tx)
		return err
	}
	return nil
}

// carryOut does what was confirmed, if it is a thing of this context.
func (p Proposal) carryOut(tx *db.Tx) error {
	open, over := p.Subject.open()
	s := step{subject: p.Subject, reason: p.Reason, by: p.By, second: p.Decided}
	switch p.Kind {
	case KindResume:
		s.to, s.from = open, []State{StateSuspended}
		return take(tx, s)
	case KindEnd:
		s.to, s.from = over, []State{open, StateSuspended}
		return take(tx, s)
	case KindLimit:
		l, err := p.limit(tx)
		if err != nil {
			return err
		}
		return setLimit(tx, l)
	case KindAdmit:
		return p.admit(tx)
	case KindMember:
		c, err := p.candidate(tx)
		if err != nil {
			return err
		}
		_, err = admit(tx, c.member(), s)
		return err
	}
	return nil
}

// person gives who acts, if it is a person who may work in the office of the exchange; else ErrNotStaff. The house itself
// is no person: it can neither propose nor confirm.
func person(tx *db.Tx) (string, error) {
	who := tx.Who()
	if who.ID == "" || who.Kind != db.KindStaff && who.Kind != db.KindAdmin || !who.May("exchange.decide") {
		return "", ErrNotStaff.About("%s %s", who.Kind, who.ID)
	}
	return who.ID, nil
}

// Propose puts down what another person shall decide within a day. What could not be done now is refused at once, as it
// would be when it is confirmed. The same thing proposed again while it is open is ErrProposed.
func Propose(tx *db.Tx, kind ProposalKind, subject Subject, body any, why Reason) (Proposal, error) {
	who, err := person(tx)
	if err != nil {
		return Proposal{}, err
	}
	if why, err = why.cleaned(); err != nil {
		return Proposal{}, err
	}
	p := Proposal{ID: ProposalID(tx.Mint("prp")), Kind: kind, Subject: subject, Reason: why, State: ProposalOpen, By: who,
		At: tx.Now(), Due: tx.Now().Add(proposalLife)}
	if body != nil {
		if p.Body, err = json.Marshal(body); err != nil {
			return Proposal{}, err
		}
	}
	c := &checker{}
	c.shaped(string(kind), kindShape, "/kind")
	c.within(int64(len(subject)), 1, nameMax, "/subject")
	c.within(int64(len(p.Body)), 0, proposalLimit, "/body")
	if err := c.fault(); err != nil {
		return Proposal{}, err
	}
	if err := p.judge(tx); err != nil {
		return Proposal{}, err
	}
	if _, err := LapseProposals(tx); err != nil { // One that is past its time stands in nobody's way.
		return Proposal{}, err
	}
	rows, err := exchangedb.New(tx).Propose(tx.Context(), exchangedb.ProposeParams{ID: string(p.ID), Kind: string(kind), Subject: string(subject),
		Body: string(p.Body), Reason: string(why), ProposedBy: who, ProposedAt: span.Micros(p.At), DueAt: span.Micros(p.Due)})
	if err != nil {
		return Proposal{}, err
	}
	if rows == 0 {
		return Proposal{}, ErrProposed.About("%s of %s", kind, subject)
	}
	return p, tx.Emit(Proposed{Proposal: p.ID, Kind: kind, Subject: subject})
}

// Confirm decides for a proposal, and does what it proposes where that is a thing of this context. Whoever proposed it is
// ErrFourEyes; what is decided is ErrDecided, and what nobody has decided in time ErrLapsed. When what is proposed cannot be
// done any more, the proposal stays open, to be declined.
func Confirm(tx *db.Tx, id ProposalID) (Proposal, error) {
	p, err := decide(tx, id, ProposalConfirmed, "")
	if err != nil {
		return Proposal{}, err
	}
	if err := p.carryOut(tx); err != nil {
		return Proposal{}, err
	}
	return p, tx.Emit(Confirmed{Proposal: p.ID, Kind: p.Kind, Subject: p.Subject, Body: p.Body})
}

// Decline decides against a proposal, with a reason. Whoever proposed it withdraws it instead: ErrFourEyes.
func Decline(tx *db.Tx, id ProposalID, why Reason) (Proposal, error) {
	why, err := why.cleaned()
	if err != nil {
		return Proposal{}, err
	}
	return decide(tx, id, ProposalDeclined, string(why))
}

// WithdrawProposal takes a proposal back. Only who proposed it can do so; for others it is ErrFourEyes.
func WithdrawProposal(tx *db.Tx, id ProposalID) (Proposal, error) {
	return decide(tx, id, ProposalWithdrawn, "")
}

func decide(tx *db.Tx, id ProposalID, to ProposalState, note string) (Proposal, error) {
	who, err := person(tx)
	if err != nil {
		return Proposal{}, err
	}
	p, err := GetProposal(tx, id)
	if err != nil {
		return Proposal{}, err
	}
	switch {
	case p.State == ProposalLapsed || p.State == ProposalOpen && !tx.Now().Before(p.Due):
		return Proposal{}, ErrLapsed.About("%s was due at %s", id, p.Due)
	case p.State != ProposalOpen:
		return Proposal{}, ErrDecided.About("%s is %s", id, p.State)
	case (p.By == who) != (to == ProposalWithdrawn):
		return Proposal{}, ErrFourEyes.About("%s was proposed by %s, to be %s by %s", id, p.By, to, who)
	}
	rows, err := exchangedb.New(tx).Decide(tx.Context(), exchangedb.DecideParams{State: string(to), DecidedBy: who, Note: note,
		DecidedAt: span.Micros(tx.Now()), ID: string(id)})
	if err != nil {
		return Proposal{}, err
	}
	if rows == 0 {
		return Proposal{}, ErrDecided.About("%s", id)
	}
	p.State, p.Decided, p.Note = to, who, note
	return p, nil
}

// LapseProposals ends all that nobody has decided in time, and says how many. A clock calls it; twice is the same as once.
func LapseProposals(tx *db.Tx) (int64, error) {
	return exchangedb.New(tx).Lapse(tx.Context(), span.Micros(tx.Now()))
}

// GetProposal gives a proposal, or ErrUnknown.
func GetProposal(tx *db.Tx, id ProposalID) (Proposal, error) {
	row, err := exchangedb.New(tx).Proposal(tx.Context(), string(id))
	if err != nil {
		return Proposal{}, missing(err, string(id))
	}
	return proposalOf(row)
}

// LastProposal gives the youngest proposal of a kind about a subject, however it stands, or ErrUnknown.
func LastProposal(tx *db.Tx, kind ProposalKind, subject Subject) (Proposal, error) {
	row, err := exchangedb.New(tx).LastProposal(tx.Context(), exchangedb.LastProposalParams{Kind: string(kind), Subject: string(subject)})
	if err != nil {
		return Proposal{}, missing(err, string(subject))
	}
	return proposalOf(row)
}

// Block suspends at once what two people have decided about, in the names of both, for whoever carries that out. What is suspended
// already stays so, and its history has their reason too.
func Block(tx *db.Tx, p Proposal) error {
	open, over := p.Subject.open()
	s := step{subject: p.Subject, to: StateSuspended, from: []State{open}, reason: p.Reason, by: p.By, second: p.Decided}
	state, err := StandingOf(tx, p.Subject)
	if err != nil {
		return err
	}
	if state == StateSuspended || state == over {
		s.to = state
		return remember(tx, s, state)
	}
	return take(tx, s)
}

// OpenProposals gives all that wait for a decision, the oldest first, also those that are past their time.
func OpenProposals(tx *db.Tx) ([]Proposal, error) {
	rows, err := exchangedb.New(tx).OpenProposals(tx.Context())
	return each(rows, err, proposalOf)
}

func proposalOf(row exchangedb.ExchangeProposal) (Proposal, error) {
	return Proposal{ID: ProposalID(row.ID), Kind: ProposalKind(row.Kind), Subject: Subject(row.Subject), Body: text.JSON(row.Body),
		Reason: Reason(row.Reason), State: ProposalState(row.State), By: row.ProposedBy, Decided: row.DecidedBy, Note: row.Note,
		At: span.FromMicros(row.ProposedAt), Due: span.FromMicros(row.DueAt)}, nil
}

// stands refuses a subject that is in none of some states.
func stands(tx *db.Tx, subject Subject, states ...State) error {
	state, err := StandingOf(tx, subject)
	if err != nil {
		return err
	}
	if slices.Contains(states, state) {
		return nil
	}
	return ErrStanding.About("%s is %s", subject, state)
}
