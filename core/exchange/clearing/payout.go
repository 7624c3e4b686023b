package clearing

import (
	"database/sql"
	"errors"
	"time"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Faults of payouts.
var (
	ErrPayout  = fault.New(fault.Invalid, "clearing.payout", "Name a currency, an amount above zero and the bank account by its IBAN.")
	ErrDecided = fault.New(fault.Conflict, "clearing.payout_decided", "This payout has been decided already. Look at it again.")
	ErrOwn     = fault.New(fault.Denied, "clearing.payout_own", "Another person has to decide about this payout: you have asked for it.")
)

// PayoutState is how far a payout is.
//
//	asked ──Approve──▶ approved ──▶ paid
//	  └──RefusePayout──▶ refused  └──▶ failed: the account had less by then
//
// One that needs nobody's approval begins as approved.
type PayoutState string

// The states of a payout.
const (
	PayoutAsked    PayoutState = "asked"
	PayoutApproved PayoutState = "approved"
	PayoutPaid     PayoutState = "paid"
	PayoutRefused  PayoutState = "refused"
	PayoutFailed   PayoutState = "failed"
)

// Payout is money that the owner of an account wants to have out of it.
type Payout struct {
	ID      string // ID is given by who asks; asked again under it, it is the same one.
	Account string
	Asset   string
	Amount  int64
	Bank    string // Bank is the account at a bank that it goes to, by its IBAN.
	State   PayoutState
	Note    string // Note is why it was refused.
	By      string
	Decided string // Decided is who decided; empty where nobody has to.
	At      time.Time
}

// noteMax bounds why a payout is refused.
const noteMax = 500

// AskPayout writes down what an owner wants to have out; approved says that nobody has to look at it. What is asked for again
// under the same id changes nothing; with other contents it is ErrDiffers. Whether it is there is judged when it is paid.
func AskPayout(tx *db.Tx, p Payout, approved bool) (Payout, error) {
	bank, err := ident.ParseIBAN(p.Bank)
	if err != nil {
		return Payout{}, ErrPayout.Fields(fault.Found("/bank", err))
	}
	if p.ID == "" || p.Amount <= 0 || p.Amount > sizeMax || !money.Currency(p.Asset).Valid() || ledger.ExchangeMargin(p.Account).Check() != nil || tx.Who().ID == "" {
		return Payout{}, ErrPayout.About("%+v", p)
	}
	p.Bank, p.By, p.At, p.State = string(bank), tx.Who().ID, tx.Now(), PayoutAsked
	if approved {
		p.State = PayoutApproved
	}
	rows, err := clearingdb.New(tx).AddPayout(tx.Context(), clearingdb.AddPayoutParams{
		ID: p.ID, Account: p.Account, Asset: p.Asset, Amount: p.Amount, Bank: p.Bank, State: string(p.State), AskedBy: p.By, At: span.Micros(p.At),
	})
	if err != nil {
		return Payout{}, err
	}
	if rows == 1 {
		if approved {
			return p, tx.Emit(PayoutCleared{Payout: p.ID})
		}
		return p, nil
	}
	was, err := GetPayout(tx, p.ID)
	if err == nil && (was.Account != p.Account || was.Asset != p.Asset || was.Amount != p.Amount || was.Bank != p.Bank) {
		return Payout{}, ErrDiffers.About("payout %s", p.ID)
	}
	return was, err
}

// Approve lets a payout be made. Who has asked for it is ErrOwn, and one that is decided is ErrDecided.
func Approve(tx *db.Tx, id string) error {
	if err := decidePayout(tx, id, PayoutApproved, ""); err != nil {
		return err
	}
	return tx.Emit(PayoutCleared{Payout: id})
}

// RefusePayout decides against a payout, with a reason that its owner reads.
func RefusePayout(tx *db.Tx, id, note string) error {
	note, err := text.Clean(note)
	if err != nil || note == "" || text.Limit(note, noteMax) != nil {
		return ErrPayout.About("a reason of %d bytes", len(note))
	}
	return decidePayout(tx, id, PayoutRefused, note)
}

func decidePayout(tx *db.Tx, id string, to PayoutState, note string) error {
	p, err := GetPayout(tx, id)
	switch {
	case err != nil:
		return err
	case p.State != PayoutAsked:
		return ErrDecided.About("%s is %s", id, p.State)
	case p.By == tx.Who().ID:
		return ErrOwn.About("%s", id)
	}
	p.Decided, p.Note = tx.Who().ID, note
	return p.turn(tx, to)
}

// EndPayout says that an approved payout was made, or came to nothing. Twice is the same as once.
func EndPayout(tx *db.Tx, id string, paid bool) error {
	p, err := GetPayout(tx, id)
	if err != nil || p.State != PayoutApproved {
		return err
	}
	if paid {
		return p.turn(tx, PayoutPaid)
	}
	return p.turn(tx, PayoutFailed)
}

func (p Payout) turn(tx *db.Tx, to PayoutState) error {
	rows, err := clearingdb.New(tx).TurnPayout(tx.Context(), clearingdb.TurnPayoutParams{
		State: string(to), Note: p.Note, DecidedBy: p.Decided, DecidedAt: span.Micros(tx.Now()), ID: p.ID, Was: string(p.State),
	})
	if err == nil && rows == 0 {
		return ErrDecided.About("%s was %s", p.ID, p.State)
	}
	return err
}

// GetPayout gives a payout, or ErrUnknown.
func GetPayout(tx *db.Tx, id string) (Payout, error) {
	row, err := clearingdb.New(tx).GetPayout(tx.Context(), id)
	if errors.Is(err, sql.ErrNoRows) {
		return Payout{}, ErrUnknown.About("payout %.60s", id)
	}
	return payoutOf(row), err
}

// PayoutsOf gives the last payouts of an account, the youngest first, at most fifty.
func PayoutsOf(tx *db.Tx, account string) ([]Payout, error) {
	rows, err := clearingdb.New(tx).PayoutsOf(tx.Context(), account)
	return payouts(rows), err
}

// PayoutsAsked gives those that wait for a decision, the oldest first, at most five hundred.
func PayoutsAsked(tx *db.Tx) ([]Payout, error) {
	rows, err := clearingdb.New(tx).PayoutsAsked(tx.Context())
	return payouts(rows), err
}

func payouts(rows []clearingdb.ClearingPayout) []Payout {
	all := make([]Payout, len(rows))
	for i, r := range rows {
		all[i] = payoutOf(r)
	}
	return all
}

func payoutOf(r clearingdb.ClearingPayout) Payout {
	return Payout{
		ID: r.ID, Account: r.Account, Asset: r.Asset, Amount: r.Amount, Bank: r.Bank, State: PayoutState(r.State), Note: r.Note, By: r.AskedBy,
		Decided: r.DecidedBy, At: span.FromMicros(r.At),
	}
}

// Brought is what came in from outside for an account or left it, below zero.
type Brought struct {
	Ref    string
	Asset  string
	Amount int64
	At     time.Time
}

// BroughtTo gives what came in for an account and left it last, the youngest first, at most fifty.
func BroughtTo(tx *db.Tx, account string) ([]Brought, error) {
	rows, err := clearingdb.New(tx).MovementsAt(tx.Context(), string(ledger.Exchange(account)))
	all := make([]Brought, len(rows))
	for i, r := range rows {
		all[i] = Brought{r.Ref, r.Asset, r.Amount, span.FromMicros(r.At)}
	}
	return all, err
}
