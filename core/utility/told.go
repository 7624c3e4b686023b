package utility

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/ledger"
	"sauda/core/utility/biller"
	"sauda/core/utility/utilitydb"
	"sauda/gear/db"
	"sauda/gear/seal"
)

// Verdict is what a provider that keeps its books elsewhere has decided about a payment.
type Verdict struct {
	State State  `json:"state"` // State is StateTold or StateRefused; StateWaiting is no verdict.
	Ref   string `json:"ref,omitempty"`
	Sum   int64  `json:"sum,omitempty"` // Sum is what the provider took, where that is another sum than it was told of.
	Why   string `json:"why,omitempty"` // Why is the word of the outcome by which it refused.
}

// By is the word for a payment that was decided by people of the provider, and Gone for one whose order ended before.
const (
	By   = "people"
	Gone = "gone"
)

// Judge says what an answer to a payment means. A trouble that passes leaves it waiting. What was paid before is paid: we tell of
// a transaction under one number only, so it was ours. A sum that differs is taken all the same, and kept for people to look at.
func (in Payment) Judge(a biller.Answer) Verdict {
	switch {
	case a.Outcome.Passes():
		return Verdict{State: StateWaiting}
	case a.Outcome != biller.OK && a.Outcome != biller.PaidBefore:
		return Verdict{State: StateRefused, Ref: cut(a.Own, refMax), Why: a.Outcome.Word()}
	}
	v := Verdict{State: StateTold, Ref: cut(a.Own, refMax)}
	if a.Sum != 0 && a.Sum != in.Sum {
		v.Sum = a.Sum
	}
	return v
}

// refMax bounds what a provider calls a payment.
const refMax = 64

// NoteTold notes what a remote provider has decided. Noted before, nothing changes. What it refused we do not owe it any more, and
// the account owes again what it owed. What it took counts on the day on which it was paid, unless the register of that day has
// gone out: then today.
func NoteTold(tx *db.Tx, id PaymentID, v Verdict) error {
	pay, err := PaymentOf(tx, id)
	if err != nil || pay.Told != StateWaiting || v.State == StateWaiting {
		return err
	}
	p, err := Get(tx, pay.Provider)
	if err != nil {
		return err
	}
	day, err := openDay(tx, pay)
	if err != nil {
		return err
	}
	rows, err := utilitydb.New(tx).NoteTold(tx.Context(), utilitydb.NoteToldParams{
		Told: string(v.State), ToldRef: v.Ref, ToldSum: v.Sum, ToldWhy: v.Why, ToldAt: span.Micros(tx.Now()), Day: day.String(), ID: string(id),
	})
	if err != nil || rows == 0 {
		return err
	}
	if v.State == StateRefused {
		if err := unpost(tx, p, pay, v.Why); err != nil {
			return err
		}
	}
	d, err := DraftOf(tx, DraftID(pay.Txn))
	if err != nil && !errors.Is(err, ErrDraft) {
		return err
	}
	return tx.Emit(PaymentTold{Payment: id, Provider: pay.Provider, Order: pay.Order, Line: d.Line, Taken: v.State == StateTold, Why: v.Why})
}

// unpost gives back in the books what a provider refused.
func unpost(tx *db.Tx, p Provider, pay Payment, why string) error {
	_, err := ledger.Post(tx, ledger.Posting{
		Kind: KindRefused, Ref: string(pay.ID), Cause: why,
		Transfers: []ledger.Transfer{ledger.Move(ledger.UtilityRemote(string(p.ID)), ledger.UtilityTill(string(p.ID), pay.Channel), p.money(pay.Sum), string(p.Seller))},
	})
	if err != nil {
		return err
	}
	return oweLess(tx, pay.Account, -pay.Sum)
}

// oweLess changes what a remote provider has said that an account owes, by what it was paid since.
func oweLess(tx *db.Tx, id AccountID, by int64) error {
	a, err := AccountOf(tx, id)
	if err != nil {
		return err
	}
	a.Told.Paid += by
	body, err := json.Marshal(a.Told)
	if err != nil {
		return err
	}
	return utilitydb.New(tx).OweLess(tx.Context(), utilitydb.OweLessParams{Told: string(body), ID: string(id)})
}

// Decide says what people of the provider say about a payment of which it has not been told for long: that it has taken the money,
// under a number of theirs, or that it does not. Only staff may; one that is decided already stays so.
func Decide(tx *db.Tx, id PaymentID, taken bool, ref string) error {
	pay, err := PaymentOf(tx, id)
	if err != nil {
		return err
	}
	if _, err := Own(tx, pay.Provider, ScopeWrite); err != nil {
		return err
	}
	ref = strings.TrimSpace(ref)
	if text.Limit(ref, refMax) != nil || taken && ref == "" {
		return ErrInvalid.At("/ref", fault.Say("Write the number under which the provider has the payment."))
	}
	if pay.Told != StateWaiting {
		return ErrStale.About("%s is %s", id, pay.Told)
	}
	if taken {
		return NoteTold(tx, id, Verdict{State: StateTold, Ref: ref, Why: By})
	}
	return NoteTold(tx, id, Verdict{State: StateRefused, Ref: ref, Why: By})
}

// Untold is a payment that is not settled with its provider, with the number of its account.
type Untold struct {
	Payment
	AccountNumber string
}

// untoldMax bounds the payments of a provider that are looked at.
const untoldMax = 100

// Waits gives the payments of which a provider has not been told yet, the oldest first, a hundred at most.
func Waits(tx *db.Tx, provider ProviderID) ([]Untold, error) {
	rows, err := utilitydb.New(tx).WaitingOf(tx.Context(), utilitydb.WaitingOfParams{Provider: string(provider), Page: untoldMax})
	all := make([]Untold, len(rows))
	for i, r := range rows {
		var e error
		all[i], e = untoldOf(utilitydb.OddOfRow(r))
		err = errors.Join(err, e)
	}
	return all, err
}

// Odd gives the payments of which a provider took another sum, the latest first, a hundred at most.
func Odd(tx *db.Tx, provider ProviderID) ([]Untold, error) {
	rows, err := utilitydb.New(tx).OddOf(tx.Context(), utilitydb.OddOfParams{Provider: string(provider), Page: untoldMax})
	all := make([]Untold, len(rows))
	for i, r := range rows {
		var e error
		all[i], e = untoldOf(r)
		err = errors.Join(err, e)
	}
	return all, err
}

func untoldOf(r utilitydb.OddOfRow) (Untold, error) {
	p, err := paymentOf(utilitydb.UtilityPayment{
		ID: r.ID, Number: r.Number, Provider: r.Provider, Channel: r.Channel, Txn: r.Txn, Account: r.Account, Bill: r.Bill, Party: r.Party,
		OrderRef: r.OrderRef, Sum: r.Sum, Lines: r.Lines, Day: r.Day, DatedAt: r.DatedAt, At: r.At, Told: r.Told, ToldRef: r.ToldRef,
		ToldSum: r.ToldSum, ToldWhy: r.ToldWhy, ToldAt: r.ToldAt,
	}, nil)
	return Untold{p, r.AccountNumber}, err
}

// Seal gives a remote with a password that is sealed for a provider. Without a password the one that is kept stays.
func (r Remote) Seal(keys seal.Keys, code, password string) (Remote, error) {
	if password == "" {
		return r, nil
	}
	if !keys.Ready() {
		return r, ErrNoSeal
	}
	var err error
	r.Sealed, err = keys.Seal(password, remotePurpose(code))
	return r, err
}

// remotePurpose is for what the password of a provider is sealed.
func remotePurpose(code string) string { return "provider " + code }

// Client gives who asks a provider, with its password opened. A provider that keeps its books here is ErrHere.
func (p Provider) Client(keys seal.Keys) (biller.Client, error) {
	if p.Remote == nil {
		return biller.Client{}, ErrHere.About("%s", p.Code)
	}
	c := biller.Client{URL: p.Remote.URL, Dialect: biller.Dialect(p.Remote.Dialect), User: p.Remote.User}
	if p.Remote.Sealed == "" {
		return c, nil
	}
	var err error
	c.Password, err = keys.Open(p.Remote.Sealed, remotePurpose(p.Code))
	return c, err
}

// Heard gives what an answer to a check says of an account, when it was asked. Whoever types a number may read it, so what the
// provider says of its owner is masked.
func Heard(a biller.Answer, asked time.Time) Told {
	t := Told{Sum: max(0, min(a.Sum, sumMax)), At: asked}
	for _, f := range a.Fields[:min(len(a.Fields), fieldsMax)] {
		t.Fields = append(t.Fields, Field{cut(text.Seen(f.Name), wordMax), Masked(cut(text.Seen(f.Text), wordMax))})
	}
	return t
}

const (
	wordMax   = 200 // wordMax bounds each word of a provider that is shown.
	fieldsMax = 10
)

// AskLater keeps a number of which a remote provider gave no answer, for the buyer who acts, and has it asked again. What the
// provider said before stays, and is shown with its time. A provider that keeps its books here is not asked: ErrHere.
func AskLater(tx *db.Tx, p Provider, number string) (Account, error) {
	if p.Remote == nil {
		return Account{}, ErrHere.About("%s", p.Code)
	}
	if _, err := buyer(tx); err != nil {
		return Account{}, err
	}
	a, err := Find(tx, p.ID, number)
	if errors.Is(err, ErrAccount) {
		a, err = Keep(tx, p, number, Told{Silent: true})
	}
	if err != nil {
		return Account{}, err
	}
	saved, err := Mine(tx)
	if err != nil {
		return Account{}, err
	}
	if _, kept := saved[a.ID]; !kept {
		if err := Save(tx, a.ID, ""); err != nil {
			return Account{}, err
		}
	}
	return a, utilitydb.New(tx).AskAgain(tx.Context(), utilitydb.AskAgainParams{
		Account: string(a.ID), Provider: string(p.ID), DueAt: span.Micros(tx.Now().Add(askPauses[0])), Since: span.Micros(tx.Now()),
	})
}

// askPauses are those after each time that a provider was asked about an account in vain; after the last it is asked no more: a
// little more than three days in all.
var askPauses = []time.Duration{
	2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour, 24 * time.Hour, 24 * time.Hour,
}

// Ask is an account about which a provider is asked again.
type Ask struct {
	Account  AccountID
	Provider ProviderID
	Number   string
	Tries    int64
}

// Asks gives the accounts about which providers are to be asked again now, at most so many.
func Asks(tx *db.Tx, most int) ([]Ask, error) {
	rows, err := utilitydb.New(tx).AsksDue(tx.Context(), utilitydb.AsksDueParams{Now: span.Micros(tx.Now()), Page: int64(most)})
	all := make([]Ask, len(rows))
	for i, r := range rows {
		all[i] = Ask{AccountID(r.Account), ProviderID(r.Provider), r.Number, r.Tries}
	}
	return all, err
}

// Answered keeps what a provider has said of an account at last, and asks it no more.
func Answered(tx *db.Tx, p Provider, a Ask, told Told) error {
	if _, err := Keep(tx, p, a.Number, told); err != nil {
		return err
	}
	return utilitydb.New(tx).EndAsk(tx.Context(), string(a.Account))
}

// Unanswered has a provider asked about an account once more, after a longer pause, or no more.
func Unanswered(tx *db.Tx, a Ask) error {
	if int(a.Tries) >= len(askPauses) {
		return utilitydb.New(tx).EndAsk(tx.Context(), string(a.Account))
	}
	return utilitydb.New(tx).AskAgain(tx.Context(), utilitydb.AskAgainParams{
		Account: string(a.Account), Provider: string(a.Provider), DueAt: span.Micros(tx.Now().Add(askPauses[a.Tries])), Since: span.Micros(tx.Now()),
	})
}
