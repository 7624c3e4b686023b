package exchange

import (
	"slices"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

// Subject is an instrument, a member, a trader or an account, by its id.
type Subject string

// State is how something stands.
type State string

// The states. Drafted, listed and delisted are of instruments, active and ended of all others.
const (
	StateDrafted   State = "drafted"   // StateDrafted is not traded and may change in everything but its code.
	StateListed    State = "listed"    // StateListed is traded.
	StateSuspended State = "suspended" // StateSuspended is not traded, or may not trade, until it is resumed.
	StateDelisted  State = "delisted"  // StateDelisted will never be traded again.
	StateActive    State = "active"    // StateActive may trade.
	StateEnded     State = "ended"     // StateEnded will never trade again.
)

// sort is what a subject is, by the beginning of its id.
func (s Subject) sort() string {
	prefix, _, _ := strings.Cut(string(s), "_")
	return prefix
}

// open gives the state in which a subject is traded or trades, and over the one from which nothing leads on.
func (s Subject) open() (open, over State) {
	if s.sort() == prefixInstrument {
		return StateListed, StateDelisted
	}
	return StateActive, StateEnded
}

const (
	prefixInstrument = "ins"
	prefixMember     = "mbr"
	prefixTrader     = "trd"
	prefixAccount    = "acc"
)

// step is one change of a state.
type step struct {
	subject Subject
	to      State
	from    []State
	reason  Reason
	by      string
	second  string // second is who confirmed it, where two decide.
}

// Suspend stops trading in an instrument, or of a member, a trader or an account, at once. One person is enough, for a stop
// that came in vain costs less than one that came too late (RTS 7, Regulation (EU) 2017/584 art. 18, kill functionality).
// What is suspended already, ended or not traded yet is ErrStanding; without a reason it is ErrReason.
func Suspend(tx *db.Tx, subject Subject, why Reason) error {
	open, _ := subject.open()
	return take(tx, step{subject: subject, to: StateSuspended, from: []State{open}, reason: why, by: tx.Who().ID})
}

// take brings a subject into another state, and keeps and states that.
func take(tx *db.Tx, s step) error {
	why, err := s.reason.cleaned()
	if err != nil {
		return err
	}
	was, err := StandingOf(tx, s.subject)
	if err != nil {
		return err
	}
	if !slices.Contains(s.from, was) {
		return ErrStanding.About("%s is %s, not to be %s", s.subject, was, s.to)
	}
	rows, err := exchangedb.New(tx).Move(tx.Context(), exchangedb.MoveParams{State: string(s.to), Subject: string(s.subject), Was: string(was)})
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrStale.About("%s was %s", s.subject, was)
	}
	s.reason = why
	if err := remember(tx, s, was); err != nil {
		return err
	}
	return stateMove(tx, s.subject, was, s.to)
}

// begin gives a subject its first state.
func begin(tx *db.Tx, subject Subject, state State, s step) error {
	if err := exchangedb.New(tx).Stand(tx.Context(), exchangedb.StandParams{Subject: string(subject), State: string(state)}); err != nil {
		return err
	}
	s.subject, s.to = subject, state
	return remember(tx, s, "")
}

// first is the step by which something comes into being.
func first(tx *db.Tx, why Reason) step { return step{reason: why, by: tx.Who().ID} }

// note keeps that a subject was changed, and why, while its state stays as it is.
func note(tx *db.Tx, subject Subject, state State, why Reason) error {
	return remember(tx, step{subject: subject, to: state, reason: why, by: tx.Who().ID}, state)
}

// Note keeps in the history of a subject what was done about it while its state stays as it is, such as a halt of a day, and
// why. Who is not known is ErrUnknown.
func Note(tx *db.Tx, subject Subject, why Reason) error {
	why, err := why.cleaned()
	if err != nil {
		return err
	}
	state, err := StandingOf(tx, subject)
	if err != nil {
		return err
	}
	return note(tx, subject, state, why)
}

func remember(tx *db.Tx, s step, was State) error {
	return exchangedb.New(tx).Remember(tx.Context(), exchangedb.RememberParams{ID: tx.Mint("exh"), Subject: string(s.subject),
		Was: string(was), State: string(s.to), Reason: string(s.reason), DoneBy: s.by, SecondBy: s.second, At: span.Micros(tx.Now())})
}

// StandingOf gives the state of a subject, or ErrUnknown.
func StandingOf(tx *db.Tx, subject Subject) (State, error) {
	state, err := exchangedb.New(tx).Standing(tx.Context(), string(subject))
	return State(state), missing(err, string(subject))
}

// Past is one state that something has had, or a change of it in the same state.
type Past struct {
	Was    State     `json:"was"` // Was is empty for the first one.
	State  State     `json:"state"`
	Reason Reason    `json:"reason"`
	By     string    `json:"by"`
	Second string    `json:"second,omitempty"` // Second is who confirmed it, where two decide.
	At     time.Time `json:"at"`
}

// History gives every state of a subject, the first one first; of what is not known there is none.
func History(tx *db.Tx, subject Subject) ([]Past, error) {
	rows, err := exchangedb.New(tx).History(tx.Context(), string(subject))
	return each(rows, err, func(row exchangedb.ExchangeHistory) (Past, error) {
		return Past{Was: State(row.Was), State: State(row.State), Reason: Reason(row.Reason), By: row.DoneBy, Second: row.SecondBy,
			At: span.FromMicros(row.At)}, nil
	})
}
