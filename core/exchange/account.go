package exchange

import (
	"fmt"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

// AccountID names an account.
type AccountID string

// AccountKind says for whom a member keeps an account.
type AccountKind string

// The kinds of accounts.
const (
	Own    AccountKind = "own"    // Own is the member's.
	Client AccountKind = "client" // Client is that of an investor, for whom the member acts as a broker.
)

// Account is where a position lies: what an investor, or a member for itself, holds through a member.
type Account struct {
	ID     AccountID   `json:"id"`
	Number uint32      `json:"number"` // Number is what the venue calls it: given once and never again.
	Code   string      `json:"code"`
	Member MemberID    `json:"member"`
	Party  string      `json:"party"` // Party is whose it is, by a string that identity knows.
	Kind   AccountKind `json:"kind"`
	Parent AccountID   `json:"parent,omitempty"` // Parent is the account of which it is a part; a part has no parts.
	Class  Class       `json:"class,omitempty"`  // Class is what suits the investor; a member needs none.
	State  State       `json:"state"`
}

// Suits says whether an instrument is meant for whom the account belongs to. A member's own account suits all.
func (a Account) Suits(i Instrument) bool {
	return a.Kind == Own || a.Class.rank() >= i.Terms.Class.rank()
}

// OpenOwn opens an account of a member for itself. A member may have several.
func OpenOwn(tx *db.Tx, member MemberID, why Reason) (Account, error) {
	m, err := activeMember(tx, member)
	if err != nil {
		return Account{}, err
	}
	return open(tx, Account{Member: m.ID, Party: m.Party, Kind: Own}, first(tx, why))
}

// OpenSub opens a part of an account, for the same party with the same member. A part of a part is ErrStanding, and so is
// one of an account that is not active.
func OpenSub(tx *db.Tx, parent AccountID, why Reason) (Account, error) {
	whole, err := GetAccount(tx, string(parent))
	if err != nil {
		return Account{}, err
	}
	if whole.State != StateActive || whole.Parent != "" {
		return Account{}, ErrStanding.About("%s is %s, a part of %q", parent, whole.State, whole.Parent)
	}
	part := whole
	part.Parent = whole.ID
	return open(tx, part, first(tx, why))
}

// open gives an account its id, number and code. A client's account comes into being by KindAdmit only.
func open(tx *db.Tx, a Account, s step) (Account, error) {
	why, err := s.reason.cleaned()
	if err != nil {
		return Account{}, err
	}
	s.reason = why
	if a.Number, err = number(tx, numbersAccount); err != nil {
		return Account{}, err
	}
	a.ID, a.Code, a.State = AccountID(tx.Mint(prefixAccount)), fmt.Sprintf("A%08d", a.Number), StateActive
	if _, err := exchangedb.New(tx).AddAccount(tx.Context(), exchangedb.AddAccountParams{ID: string(a.ID), Number: int64(a.Number), Code: a.Code,
		Member: string(a.Member), Party: a.Party, Kind: string(a.Kind), Parent: string(a.Parent), Class: string(a.Class)}); err != nil {
		return Account{}, err
	}
	if err := begin(tx, Subject(a.ID), StateActive, s); err != nil {
		return Account{}, err
	}
	return a, tx.Emit(AccountOpened{a.ID, a.Number, a.Member, a.Party})
}

// GetAccount gives an account by its id or its code, or ErrUnknown.
func GetAccount(tx *db.Tx, name string) (Account, error) {
	row, err := exchangedb.New(tx).Account(tx.Context(), name)
	if err != nil {
		return Account{}, missing(err, name)
	}
	return accountOf(exchangedb.AccountsRow(row))
}

// Accounts gives the accounts after a number in whatever state, by their numbers, at most limit.
func Accounts(tx *db.Tx, after uint32, limit int) ([]Account, error) {
	rows, err := exchangedb.New(tx).Accounts(tx.Context(), exchangedb.AccountsParams{After: int64(after), Page: int64(limit)})
	return each(rows, err, accountOf)
}

// AccountsOf gives the accounts of a party in whatever state, the oldest first.
func AccountsOf(tx *db.Tx, party string) ([]Account, error) {
	rows, err := exchangedb.New(tx).AccountsOf(tx.Context(), party)
	return each(rows, err, func(row exchangedb.AccountsOfRow) (Account, error) { return accountOf(exchangedb.AccountsRow(row)) })
}

// Reached is an account that somebody may look at.
type Reached struct {
	Account
	Granted bool // Granted says that he may trade on it, as far as grants say.
}

// AccountsFor gives what a user may look at who acts for a party: the accounts of the party, and those that he was granted as
// a trader, by their numbers, in whatever state. Without a party there are those that were granted only.
func AccountsFor(tx *db.Tx, user, party string) ([]Reached, error) {
	rows, err := exchangedb.New(tx).AccountsFor(tx.Context(), exchangedb.AccountsForParams{UserRef: user, Party: party})
	return each(rows, err, func(row exchangedb.AccountsForRow) (Reached, error) {
		a, err := accountOf(exchangedb.AccountsRow{ID: row.ID, Number: row.Number, Code: row.Code, Member: row.Member, Party: row.Party,
			Kind: row.Kind, Parent: row.Parent, Class: row.Class, State: row.State})
		return Reached{Account: a, Granted: row.Granted > 0}, err
	})
}

func accountOf(row exchangedb.AccountsRow) (Account, error) {
	return Account{ID: AccountID(row.ID), Number: uint32(row.Number), Code: row.Code, Member: MemberID(row.Member), Party: row.Party,
		Kind: AccountKind(row.Kind), Parent: AccountID(row.Parent), Class: Class(row.Class), State: State(row.State)}, nil
}

// Grant lets a trader trade on an account that his own member keeps; of another member it is ErrGrant. Both must be active.
// Twice is the same as once.
func Grant(tx *db.Tx, trader TraderID, account AccountID) error {
	t, err := GetTrader(tx, string(trader))
	if err != nil {
		return err
	}
	a, err := GetAccount(tx, string(account))
	if err != nil {
		return err
	}
	switch {
	case t.Member != a.Member:
		return ErrGrant.About("%s is of %s, %s of %s", t.Code, t.Member, a.Code, a.Member)
	case t.State != StateActive || a.State != StateActive:
		return ErrStanding.About("%s is %s, %s is %s", t.Code, t.State, a.Code, a.State)
	}
	rows, err := exchangedb.New(tx).Grant(tx.Context(), exchangedb.GrantParams{ID: tx.Mint("grt"), Trader: string(t.ID), Account: string(a.ID),
		GrantedBy: tx.Who().ID, GrantedAt: span.Micros(tx.Now())})
	if err != nil || rows == 0 {
		return err
	}
	return tx.Emit(GrantChanged{Trader: t.ID, Account: a.ID, Granted: true})
}

// Withdraw lets a trader trade on an account no more. Twice is the same as once. What stands on the book is taken back by
// who hears it.
func Withdraw(tx *db.Tx, trader TraderID, account AccountID) error {
	rows, err := exchangedb.New(tx).Withdraw(tx.Context(), exchangedb.WithdrawParams{EndedBy: tx.Who().ID, EndedAt: span.Micros(tx.Now()), Trader: string(trader), Account: string(account)})
	if err != nil || rows == 0 {
		return err
	}
	return tx.Emit(GrantChanged{Trader: trader, Account: account})
}

// Granted is that a trader may trade on an account, by the numbers of the venue.
type Granted struct {
	Trader, Account uint32
}

// Grants gives all that stand, by the numbers of traders, then of accounts.
func Grants(tx *db.Tx) ([]Granted, error) {
	rows, err := exchangedb.New(tx).Grants(tx.Context())
	return each(rows, err, func(row exchangedb.GrantsRow) (Granted, error) {
		return Granted{uint32(row.TraderNumber), uint32(row.AccountNumber)}, nil
	})
}

// MayTrade refuses a trader who may not trade on an account now: ErrGrant, whatever the reason is, for it tells a stranger
// nothing about the account, not even whether it is there. The trader, the account, the account of which it is a part, the member and its sponsor must be
// active, the licence must hold today, and the trader must have been granted the account.
func MayTrade(tx *db.Tx, trader TraderID, account AccountID) error {
	t, err := GetTrader(tx, string(trader))
	if err != nil {
		return hidden(err)
	}
	a, err := GetAccount(tx, string(account))
	if err != nil {
		return hidden(err)
	}
	n, err := exchangedb.New(tx).Granted(tx.Context(), exchangedb.GrantedParams{Trader: string(t.ID), Account: string(a.ID)})
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrGrant.About("%s on %s", t.Code, a.Code)
	}
	m, err := GetMember(tx, string(t.Member))
	if err != nil {
		return err
	}
	if today := span.DayOf(tx.Now(), span.Almaty); !m.Licence.Days.Contains(today) {
		return ErrGrant.About("the licence of %s does not hold on %s", m.Code, today)
	}
	if t.State != StateActive || a.State != StateActive || m.State != StateActive {
		return ErrGrant.About("%s is %s, %s %s, %s %s", t.Code, t.State, a.Code, a.State, m.Code, m.State)
	}
	for _, above := range []Subject{Subject(a.Parent), Subject(m.Sponsor)} {
		if above == "" {
			continue
		}
		state, err := StandingOf(tx, above)
		if err != nil {
			return err
		}
		if state != StateActive {
			return ErrGrant.About("%s is %s", above, state)
		}
	}
	return nil
}

// hidden turns what is not known into ErrGrant.
func hidden(err error) error {
	if fault.Of(err) == ErrUnknown {
		return ErrGrant.About("%v", err)
	}
	return err
}
