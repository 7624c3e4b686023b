package utility

import (
	"database/sql"
	"errors"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/utility/utilitydb"
	"sauda/gear/db"
)

// AutopayID names what somebody has agreed to have paid by itself.
type AutopayID string

// Autopay is what somebody has agreed to: that what an account owes is paid by a card of his, from a day of the month on, as long as
// it is within limits. There is one for a party and an account.
//
//	on ──▶ ended   by its owner, by another one that took its place, or because the card is gone
type Autopay struct {
	ID         AutopayID
	Party      string
	User       string
	Account    AccountID
	Provider   ProviderID
	Card       string
	Day        int   // Day of the month, 1 to 28, from which on it pays.
	BillLimit  int64 // BillLimit is the most that is paid at once.
	MonthLimit int64 // MonthLimit is the most that is paid for the account in a calendar month.
	On         bool
	Agreed     time.Time
	Ended      time.Time
	Why        string   // Why it ended: EndedBy….
	Next       span.Day // Next is when it is looked what is owed.
}

// Why one ended.
const (
	EndedByOwner = "owner"
	EndedByOther = "other" // EndedByOther says that its owner agreed to something else.
	EndedByCard  = "card"
)

// TurnState says how a turn ended.
type TurnState string

// The states of a turn. What found nothing to pay leaves none.
const (
	TurnPaid    TurnState = "paid"
	TurnStopped TurnState = "stopped" // TurnStopped would have been beyond what was agreed to.
	TurnFailed  TurnState = "failed"  // TurnFailed could not be paid.
	TurnNothing TurnState = "nothing"
)

// Why a turn was stopped or failed.
const (
	OverBill  = "over_bill"
	OverMonth = "over_month"
	OutOfSum  = "out_of_bounds" // OutOfSum is a sum that the provider does not take.
	NoAccount = "no_account"    // NoAccount says that the provider does not know the number any more, or takes nothing for it.
	NoCard    = "card"          // NoCard says that the bank did not pay.
	Challenge = "challenge"     // Challenge says that the bank wants its owner to confirm.
)

// Turn is what became of a day on which something was to be paid.
type Turn struct {
	Autopay AutopayID
	Day     span.Day
	State   TurnState
	Sum     int64
	Why     string
	Order   string
	At      time.Time
}

// Agree keeps what the buyer who acts agrees to, in the place of what he agreed to before for the account. He keeps the account, and
// has made sure that the card is his: it is not looked at here.
func Agree(tx *db.Tx, a Autopay) (Autopay, error) {
	party, err := buyer(tx)
	if err != nil {
		return Autopay{}, err
	}
	if _, err := MyAccount(tx, a.Account); err != nil {
		return Autopay{}, err
	}
	of, err := AccountOf(tx, a.Account)
	if err != nil {
		return Autopay{}, err
	}
	p, err := Get(tx, of.Provider)
	if err != nil {
		return Autopay{}, err
	}
	if err := a.check(p); err != nil {
		return Autopay{}, err
	}
	if _, err := endAutopay(tx, party, a.Account, EndedByOther); err != nil {
		return Autopay{}, err
	}
	a.ID, a.Party, a.User, a.Provider, a.On, a.Agreed = AutopayID(tx.Mint("uap")), party, tx.Who().ID, p.ID, true, tx.Now()
	a.Next = a.first(span.DayOf(tx.Now(), span.Almaty).AddDays(1))
	err = utilitydb.New(tx).AddAutopay(tx.Context(), utilitydb.AddAutopayParams{
		ID: string(a.ID), Party: party, Usr: a.User, Account: string(a.Account), Provider: string(p.ID), Card: a.Card, Day: int64(a.Day),
		BillLimit: a.BillLimit, MonthLimit: a.MonthLimit, AgreedAt: span.Micros(a.Agreed), NextDay: a.Next.String(),
	})
	if err != nil {
		return Autopay{}, err
	}
	return a, tx.Emit(AutopayAgreed{a.ID, party, a.Account, a.Day, a.BillLimit, a.MonthLimit})
}

func (a Autopay) check(p Provider) error {
	var wrong []fault.Field
	bad := func(is bool, pointer string, said fault.Sentence) {
		if is {
			wrong = append(wrong, said.At(pointer))
		}
	}
	bad(a.Card == "", "/card", fault.Say("Choose the card that pays."))
	bad(a.Day < 1 || a.Day > 28, "/day", fault.Say("Choose a day from 1 to 28."))
	bad(a.BillLimit <= 0 || a.BillLimit > sumMax, "/bill_limit", fault.Say("Say how much may be paid at once."))
	bad(a.MonthLimit < a.BillLimit || a.MonthLimit > sumMax, "/month_limit", fault.Say("The limit of a month is not below that of one payment."))
	if len(wrong) > 0 {
		return ErrInvalid.Fields(wrong...)
	}
	if p.Paused {
		return ErrPaused.About("%s", p.Code)
	}
	if p.Variant == "" {
		return ErrRefused.About("%s takes nothing here", p.Code)
	}
	return nil
}

// from is the first day from a day on that is not before the day of its month.
func (a Autopay) from(day span.Day) span.Day {
	_, _, of := day.Date()
	if of < a.Day {
		return day.AddDays(a.Day - of)
	}
	return day
}

// first is the first day from a day on that is the day of a month.
func (a Autopay) first(day span.Day) span.Day {
	if _, _, of := day.Date(); of > a.Day {
		day = MonthOf(MonthOf(day).AddDays(31))
	}
	return a.from(day)
}

// after is the day on which it is looked again after a turn. What was stopped or has failed is for its owner, and the next one is in
// the next month; else a bill may come any day.
func (a Autopay) after(today span.Day, state TurnState) span.Day {
	if state == TurnStopped || state == TurnFailed {
		return a.from(MonthOf(MonthOf(today).AddDays(31)))
	}
	return a.from(today.AddDays(1))
}

// EndAutopay ends what the buyer who acts has agreed to for an account. Where nothing is on, nothing is done.
func EndAutopay(tx *db.Tx, account AccountID) error {
	party, err := buyer(tx)
	if err != nil {
		return err
	}
	_, err = endAutopay(tx, party, account, EndedByOwner)
	return err
}

func endAutopay(tx *db.Tx, party string, account AccountID, why string) (bool, error) {
	ids, err := utilitydb.New(tx).EndAutopay(tx.Context(), utilitydb.EndAutopayParams{
		EndedAt: span.Micros(tx.Now()), EndedWhy: why, Party: party, Account: string(account),
	})
	for _, id := range ids {
		err = errors.Join(err, tx.Emit(AutopayEnded{AutopayID(id), party, account, why}))
	}
	return len(ids) > 0, err
}

// EndAutopaysBy ends all that a party pays by itself with a card: the card is gone.
func EndAutopaysBy(tx *db.Tx, party, card string) error {
	rows, err := utilitydb.New(tx).EndAutopaysBy(tx.Context(), utilitydb.EndAutopaysByParams{
		EndedAt: span.Micros(tx.Now()), EndedWhy: EndedByCard, Card: card, Party: party,
	})
	for _, r := range rows {
		err = errors.Join(err, tx.Emit(AutopayEnded{AutopayID(r.ID), party, AccountID(r.Account), EndedByCard}))
	}
	return err
}

// MyAutopays gives what the buyer who acts has agreed to, by account, in one statement.
func MyAutopays(tx *db.Tx) (map[AccountID]Autopay, error) {
	party, err := buyer(tx)
	if err != nil {
		return nil, err
	}
	rows, err := utilitydb.New(tx).AutopaysOf(tx.Context(), party)
	all := make(map[AccountID]Autopay, len(rows))
	for _, r := range rows {
		a, e := autopayOf(r, nil)
		all[a.Account], err = a, errors.Join(err, e)
	}
	return all, err
}

// AutopayOf gives one by its id, or ErrAutopay. Who may see it is for the caller to judge.
func AutopayOf(tx *db.Tx, id AutopayID) (Autopay, error) {
	return autopayOf(utilitydb.New(tx).Autopay(tx.Context(), string(id)))
}

// AutopaysDue gives those whose day has come, after an id, at most so many.
func AutopaysDue(tx *db.Tx, after AutopayID, most int) ([]Autopay, error) {
	rows, err := utilitydb.New(tx).AutopaysDue(tx.Context(), utilitydb.AutopaysDueParams{
		Today: span.DayOf(tx.Now(), span.Almaty).String(), After: string(after), Page: int64(most),
	})
	all := make([]Autopay, len(rows))
	for i, r := range rows {
		var e error
		all[i], e = autopayOf(r, nil)
		err = errors.Join(err, e)
	}
	return all, err
}

// remindDays is how many days before it something that will be paid by itself is announced.
const remindDays = 2

// RemindAutopays announces what will be paid by itself soon, at most so many at a time, and says how many. Each day of each is
// announced once.
func RemindAutopays(tx *db.Tx, most int) (int, error) {
	today := span.DayOf(tx.Now(), span.Almaty)
	ids, err := utilitydb.New(tx).RemindAutopays(tx.Context(), utilitydb.RemindAutopaysParams{
		Until: today.AddDays(remindDays).String(), Today: today.String(), Page: int64(most),
	})
	for _, id := range ids {
		err = errors.Join(err, tx.Emit(AutopaySoon{AutopayID(id)}))
	}
	return len(ids), err
}

// Spent is what was paid by itself for an account in the month of today: by the day on which it was paid, not by the one on which
// it was due.
func (a Autopay) Spent(tx *db.Tx) (int64, error) {
	return utilitydb.New(tx).PaidByItself(tx.Context(), utilitydb.PaidByItselfParams{
		Party: a.Party, Account: string(a.Account), Since: span.Micros(MonthOf(span.DayOf(tx.Now(), span.Almaty)).Start(span.Almaty)),
	})
}

// Over says why a sum is beyond what was agreed to; empty when it is not.
func (a Autopay) Over(tx *db.Tx, sum int64) (string, error) {
	if sum > a.BillLimit {
		return OverBill, nil
	}
	spent, err := a.Spent(tx)
	if err == nil && sum > a.MonthLimit-spent {
		return OverMonth, nil
	}
	return "", err
}

// Turned notes what became of a day, once, and when it is looked again.
func Turned(tx *db.Tx, a Autopay, t Turn) error {
	rows, err := utilitydb.New(tx).MoveAutopay(tx.Context(), utilitydb.MoveAutopayParams{
		NextDay: a.after(span.DayOf(tx.Now(), span.Almaty), t.State).String(), ID: string(a.ID), Was: t.Day.String(),
	})
	if err != nil || rows == 0 || t.State == TurnNothing {
		return err
	}
	err = utilitydb.New(tx).AddTurn(tx.Context(), utilitydb.AddTurnParams{
		Autopay: string(a.ID), Day: t.Day.String(), State: string(t.State), Sum: t.Sum, Why: t.Why, OrderRef: t.Order, At: span.Micros(tx.Now()),
	})
	if err != nil {
		return err
	}
	return tx.Emit(AutopayTurned{a.ID, a.Account, t.Day, string(t.State), t.Sum, t.Why, t.Order})
}

// Turns gives what became of the days of one, the latest first.
func Turns(tx *db.Tx, id AutopayID) ([]Turn, error) {
	rows, err := utilitydb.New(tx).TurnsOf(tx.Context(), string(id))
	all := make([]Turn, len(rows))
	for i, r := range rows {
		all[i] = Turn{Autopay: id, State: TurnState(r.State), Sum: r.Sum, Why: r.Why, Order: r.OrderRef, At: span.FromMicros(r.At)}
		var e error
		all[i].Day, e = dayOf(r.Day)
		err = errors.Join(err, e)
	}
	return all, err
}

func autopayOf(r utilitydb.UtilityAutopay, err error) (Autopay, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Autopay{}, ErrAutopay
	}
	if err != nil {
		return Autopay{}, err
	}
	a := Autopay{
		ID: AutopayID(r.ID), Party: r.Party, User: r.Usr, Account: AccountID(r.Account), Provider: ProviderID(r.Provider), Card: r.Card,
		Day: int(r.Day), BillLimit: r.BillLimit, MonthLimit: r.MonthLimit, On: r.State == "on", Agreed: span.FromMicros(r.AgreedAt), Why: r.EndedWhy,
	}
	if r.EndedAt != 0 {
		a.Ended = span.FromMicros(r.EndedAt)
	}
	a.Next, err = dayOf(r.NextDay)
	return a, err
}
