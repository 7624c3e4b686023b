// Package exchange is the reference data of the venue: what is traded, in which steps and hours, by whom, on which account
// and within which limits. What the venue's machines need (book.Rules, auction.Rule, auction.Plan, auction.Collar) is made
// from it.
//
//	an instrument:      drafted ──List──▶ listed ──Suspend──▶ suspended
//	                                       │  ◀──KindResume──    │
//	                                       └──────KindEnd────────┴──▶ delisted
//
//	a member, a trader, an account:   active ──Suspend──▶ suspended ──KindResume──▶ active
//	                                     └──────────KindEnd──┴──▶ ended
//
//	a proposal:         open ──Confirm, Decline──▶ by another person     open ──Withdraw──▶ by who proposed it
//	                    open ──LapseProposals──▶ lapsed
//
//	an application:     filed ──KindAdmit──▶ admitted, with an account   filed ──Refuse──▶ refused, with a reason
//	                    filed ──AskMore──▶ filed, with a question ──Answer──▶ filed
//
// One person may stop trading at once; what lifts a stop, ends something for good or widens a limit is decided by two:
// one proposes, another confirms. Every state stays in the history with who, when and why.
//
// It does not know orders and trades (book, auction), buying power (risk), what is owed (clearing) nor who a user or a
// party is (identity): those are opaque strings. That an account which is ended is empty is for clearing to say.
//
// docs/exchange/listing.md has the rules with their sources.
package exchange

import (
	"cmp"
	"database/sql"
	"embed"
	"errors"
	"regexp"
	"strings"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of the exchange.
var Schema = db.Schema{Name: "exchange", Files: schemaFiles}

// Faults of the reference data.
var (
	ErrInvalid  = fault.New(fault.Invalid, "exchange.invalid", "Correct the marked fields.")
	ErrISIN     = fault.New(fault.Invalid, "exchange.isin", "Check the ISIN: it has two letters, nine letters or digits, and a check digit.")
	ErrUnknown  = fault.New(fault.Missing, "exchange.unknown", "The exchange knows nothing of this name. Look at the list again.")
	ErrStanding = fault.New(fault.Conflict, "exchange.standing", "It does not stand so that this could be done. Look at it again.")
	ErrStale    = fault.New(fault.Precondition, "exchange.stale", "Somebody has changed this meanwhile. Look at it again and repeat your change.")
	ErrTaken    = fault.New(fault.Conflict, "exchange.taken", "This code or number is taken already. Choose another one.")
	ErrFixed    = fault.New(fault.Conflict, "exchange.fixed", "This cannot change any more, because it has been traded by. Draft another instrument instead.")
	ErrReason   = fault.New(fault.Invalid, "exchange.reason", "Say why, in at most 500 characters: the reason stays in the history.")
	ErrFull     = fault.New(fault.Conflict, "exchange.full", "All numbers of this kind have been given. No more of them can be added.")

	ErrNotStaff = fault.New(fault.Denied, "exchange.not_staff", "Only a person who works for the exchange can decide this.")
	ErrFourEyes = fault.New(fault.Denied, "exchange.four_eyes", "Another person has to decide this. Whoever proposed it may only withdraw it.")
	ErrTwo      = fault.New(fault.Conflict, "exchange.two_needed", "Two people decide this. Propose it, and let another one confirm.")
	ErrProposed = fault.New(fault.Conflict, "exchange.proposed", "This is proposed already. Decide that proposal first.")
	ErrDecided  = fault.New(fault.Conflict, "exchange.decided", "This has been decided already.")
	ErrLapsed   = fault.New(fault.Gone, "exchange.lapsed", "Nobody has decided this in time. Propose it again.")

	ErrFiled   = fault.New(fault.Conflict, "exchange.filed", "An application of yours is being looked at already. Wait for the answer.")
	ErrAsked   = fault.New(fault.Conflict, "exchange.asked", "The applicant has not answered yet. Decide when he has.")
	ErrUnasked = fault.New(fault.Conflict, "exchange.not_asked", "Nothing was asked of you about this application. Wait for the answer.")
	ErrClient  = fault.New(fault.Conflict, "exchange.client", "This investor has an account with this member already. Open a sub-account instead.")
	ErrSponsor = fault.New(fault.Conflict, "exchange.sponsor", "Only a member who may trade, and who has no sponsor himself, can answer for another one.")

	// ErrNotice has the value day, the first day that could be chosen.
	ErrNotice   = fault.New(fault.Conflict, "exchange.notice", "This must be published seven working days before. Choose a later day.")
	ErrSchedule = fault.New(fault.Invalid, "exchange.schedule", "The steps of the day do not lead from one to the next. Correct them.")
	ErrHorizon  = fault.New(fault.Invalid, "exchange.horizon", "The calendar has no day of trade near this one. Correct the calendar.")

	// ErrGrant is given whatever the reason is that somebody may not trade on an account; About has it.
	ErrGrant = fault.New(fault.Denied, "exchange.not_granted", "You may not trade on this account. Ask the member who keeps it.")
)

const (
	nameMax   = 200
	reasonMax = 500
)

// codeShape is what people call members, traders, accounts, groups and tables by.
var codeShape = regexp.MustCompile(`^[A-Z0-9][A-Z0-9_.-]{1,31}$`)

// Numbers of the venue are given once and never again. Those of members fit into 16 bits, all others into 32.
const (
	numbersInstrument = "instrument"
	numbersAsset      = "asset"
	numbersMember     = "member"
	numbersTrader     = "trader"
	numbersAccount    = "account"
)

// number gives the next number of a kind, or ErrFull.
func number(tx *db.Tx, kind string) (uint32, error) {
	most := int64(1<<32 - 1)
	if kind == numbersMember {
		most = 1<<16 - 1
	}
	n, err := exchangedb.New(tx).NextNumber(tx.Context(), kind)
	if err != nil {
		if db.Breaks(err) == db.BrokenCheck {
			return 0, ErrFull.About("%s", kind)
		}
		return 0, err
	}
	if n > most {
		return 0, ErrFull.About("%s %d", kind, n)
	}
	return uint32(n), nil
}

// Asset is what is owned or paid with, as the venue numbers it: a currency, a security by its ISIN, goods by their code.
type Asset struct {
	Number uint32 `json:"number"`
	Code   string `json:"code"`
}

// NumberAsset gives the number of an asset, and gives it one when it has none.
func NumberAsset(tx *db.Tx, code string) (uint32, error) {
	n, err := exchangedb.New(tx).AssetNumber(tx.Context(), code)
	if !errors.Is(err, sql.ErrNoRows) {
		return uint32(n), err
	}
	given, err := number(tx, numbersAsset)
	if err != nil {
		return 0, err
	}
	return given, exchangedb.New(tx).AddAsset(tx.Context(), exchangedb.AddAssetParams{Code: code, Number: int64(given)})
}

// Assets gives all that have a number, by their numbers.
func Assets(tx *db.Tx) ([]Asset, error) {
	rows, err := exchangedb.New(tx).Assets(tx.Context())
	assets := make([]Asset, len(rows))
	for i, row := range rows {
		assets[i] = Asset{Number: uint32(row.Number), Code: row.Code}
	}
	return assets, err
}

// Reason is why something is done. It stays in the history.
type Reason string

// cleaned gives a reason as it is stored, or ErrReason.
func (r Reason) cleaned() (Reason, error) {
	s, err := text.Clean(strings.TrimSpace(string(r)))
	if err != nil || s == "" || text.Limit(s, reasonMax) != nil {
		return "", ErrReason.About("%.80q", string(r))
	}
	return Reason(s), nil
}

// checker notes what is wrong, by field.
type checker struct{ fields []fault.Field }

func (c *checker) when(bad bool, pointer string, said fault.Sentence) {
	if bad {
		c.fields = append(c.fields, said.At(pointer))
	}
}

// within refuses a number below the least or above the most.
func (c *checker) within(n, least, most int64, pointer string) {
	c.when(n < least || n > most, pointer, fault.Say("Give a whole number from {least} to {most}.").With("least", least).With("most", most))
}

// shaped refuses a text that does not have a form.
func (c *checker) shaped(s string, shape *regexp.Regexp, pointer string) {
	c.when(!shape.MatchString(s), pointer, fault.Say("This does not have the form that is asked for."))
}

// named cleans a name, which has to be said in at least one language.
func (c *checker) named(l text.Localized, pointer string) text.Localized {
	name, err := l.Cleaned()
	c.when(err != nil || name.CheckFilled(nameMax) != nil, pointer,
		fault.Say("Write the name in at least one language, at most {n} characters.").With("n", nameMax))
	return name
}

// oneOf refuses what is not among some values.
func oneOf[T ~string](c *checker, got T, pointer string, all ...T) {
	names := make([]string, len(all))
	for i, one := range all {
		if one == got {
			return
		}
		names[i] = string(one)
	}
	c.when(true, pointer, fault.Say("Choose one of these: {n}.").With("n", strings.Join(names, ", ")))
}

func (c *checker) fault() error { return ErrInvalid.Fields(c.fields...) }

// missing turns a row that is not there into ErrUnknown.
func missing(err error, name string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrUnknown.About("%.60q", name)
	}
	return err
}

// each turns rows into what they are, and gives the first failure.
func each[R, T any](rows []R, err error, of func(R) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	all := make([]T, len(rows))
	for i, row := range rows {
		one, e := of(row)
		all[i], err = one, cmp.Or(err, e)
	}
	return all, err
}
