package utility

import (
	"database/sql"
	"encoding/json"
	"errors"
	"hash/fnv"
	"strconv"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/ledger"
	"sauda/core/utility/utilitydb"
	"sauda/gear/db"
)

// Here is the channel of what is paid in this house.
const Here = "sauda"

// Kinds of postings, as they stand in the ledger.
const (
	KindBilled  = "utility-bill"
	KindPayment = "utility-payment"
	KindPayout  = "utility-payout"
	KindRefused = "utility-refused"
)

// State says what a provider that keeps its books elsewhere knows of a payment.
type State string

// The states.
const (
	StateHere    State = "here"    // StateHere needs to be told to nobody.
	StateWaiting State = "waiting" // StateWaiting has not been answered yet.
	StateTold    State = "told"
	StateRefused State = "refused"
)

// PaidLine is what was paid for one line.
type PaidLine struct {
	Service string `json:"service"`
	Sum     int64  `json:"sum"`
}

// Payment is money that a channel took for an account.
type Payment struct {
	ID       PaymentID
	Number   int64 // Number is how a bank and a receipt call it.
	Provider ProviderID
	Channel  string
	Txn      string // Txn is the transaction of the channel: with it the payment is one.
	Account  AccountID
	Bill     BillID // Bill is whose lines were paid; empty when nothing was said of lines.
	Party    string
	Order    string
	Sum      int64
	Lines    []PaidLine
	Dated    time.Time // Dated is when the channel took the money.
	Day      span.Day  // Day is the day of the books.
	At       time.Time
	Told     State
	ToldRef  string    // ToldRef is what the provider calls it.
	ToldSum  int64     // ToldSum is what the provider took, where that is another sum.
	ToldWhy  string    // ToldWhy is why it was refused, as a word.
	ToldAt   time.Time // ToldAt is zero until the provider has decided.
}

// TxnElsewhere is the transaction under which a provider that keeps its books elsewhere is told of a payment. It never changes: the
// number, for QIWI takes digits only.
func (in Payment) TxnElsewhere() string { return strconv.FormatInt(in.Number, 10) }

// Pay takes a payment, once for its channel and transaction: told again it gives the first one and false, and with another sum
// or account it is ErrTxn. What is owed falls by it at once. It counts on the day on which the channel took the money, unless
// the register of that day has gone out already: then on the day of its arrival.
func Pay(tx *db.Tx, p Provider, in Payment) (Payment, bool, error) {
	if in.Sum <= 0 || in.Sum > sumMax {
		return Payment{}, false, ErrBounds.About("%d", in.Sum)
	}
	if err := in.prepare(tx, p); err != nil {
		return Payment{}, false, err
	}
	lines, err := json.Marshal(in.Lines)
	if err != nil {
		return Payment{}, false, err
	}
	q := utilitydb.New(tx)
	rows, err := q.AddPayment(tx.Context(), utilitydb.AddPaymentParams{
		ID: string(in.ID), Number: in.Number, Provider: string(p.ID), Channel: in.Channel, Txn: in.Txn, Account: string(in.Account),
		Bill: string(in.Bill), Party: in.Party, OrderRef: in.Order, Sum: in.Sum, Lines: string(lines), Day: in.Day.String(),
		DatedAt: span.Micros(in.Dated), At: span.Micros(in.At), Told: string(in.Told),
	})
	if err != nil {
		return Payment{}, false, err
	}
	if rows == 0 {
		first, err := PaymentByTxn(tx, p.ID, in.Channel, in.Txn)
		if err == nil && (first.Sum != in.Sum || first.Account != in.Account) {
			err = fault.With(ErrTxn.With("sum", in.Sum), "paid", first.Sum)
		}
		return first, false, err
	}
	if err := utilitydb.New(tx.Later()).CountPayment(tx.Context(), string(in.Account)); err != nil {
		return Payment{}, false, err
	}
	if err := post(tx, p, in); err != nil {
		return Payment{}, false, err
	}
	if p.Remote != nil {
		if err := oweLess(tx, in.Account, in.Sum); err != nil {
			return Payment{}, false, err
		}
	}
	return in, true, tx.Emit(Paid{in.ID, p.ID, p.Seller, in.Account, in.Channel, in.Sum, string(p.Currency)})
}

// prepare fills what a payment has of itself.
func (in *Payment) prepare(tx *db.Tx, p Provider) error {
	in.ID, in.Provider, in.At = PaymentID(tx.Mint("utx")), p.ID, tx.Now()
	if in.Lines == nil {
		in.Lines = []PaidLine{}
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(in.ID))
	in.Number = in.At.Unix()<<32 | int64(hash.Sum32()) // Nineteen digits, of which no two are the same at a provider: see the schema.
	if in.Dated.IsZero() || in.Dated.After(in.At) {
		in.Dated = in.At
	}
	in.Told = StateHere
	if p.Remote != nil {
		in.Told = StateWaiting
	}
	var err error
	in.Day, err = openDay(tx, *in)
	return err
}

// openDay is the day on which a payment counts: that on which it was made, unless the register of that day has gone out, or is not
// written anew any more; then today.
func openDay(tx *db.Tx, in Payment) (span.Day, error) {
	today, day := span.DayOf(tx.Now(), span.Almaty), span.DayOf(in.Dated, span.Almaty)
	if day == today || day.Before(today.AddDays(1-lateDays)) { // Tonight that of today is written, and those before it.
		return today, nil
	}
	r, err := RegisterOf(tx, in.Provider, in.Channel, day)
	if errors.Is(err, ErrRegister) {
		return day, nil
	}
	if err == nil && r.State != RegisterIsClosed {
		day = today
	}
	return day, err
}

// post writes a payment down: the channel has the money, and the account owes less. Of a provider that keeps its books elsewhere
// we know no debts, so what is owed is what we collected for it.
func post(tx *db.Tx, p Provider, in Payment) error {
	credit := receivable(in.Account)
	if p.Remote != nil {
		credit = ledger.UtilityRemote(string(p.ID))
	}
	_, err := ledger.Post(tx, ledger.Posting{
		Kind: KindPayment, Ref: string(in.ID), Cause: in.Channel + "/" + in.Txn,
		Transfers: []ledger.Transfer{ledger.Move(ledger.UtilityTill(string(p.ID), in.Channel), credit, p.money(in.Sum), string(p.Seller))},
	})
	return err
}

// PaymentByTxn gives the payment of a channel's transaction, or ErrPayment.
func PaymentByTxn(tx *db.Tx, provider ProviderID, channel, txn string) (Payment, error) {
	return paymentOf(utilitydb.New(tx).PaymentByTxn(tx.Context(), utilitydb.PaymentByTxnParams{Provider: string(provider), Channel: channel, Txn: txn}))
}

// PaymentOf gives a payment, or ErrPayment. Who may see it is for the caller to judge.
func PaymentOf(tx *db.Tx, id PaymentID) (Payment, error) {
	return paymentOf(utilitydb.New(tx).Payment(tx.Context(), string(id)))
}

// ReceiptOf gives a payment to the party that made it, and to the staff of the provider; to all others it is as unknown as none.
func ReceiptOf(tx *db.Tx, id PaymentID) (Payment, Provider, error) {
	pay, err := PaymentOf(tx, id)
	if err != nil {
		return Payment{}, Provider{}, err
	}
	p, err := Get(tx, pay.Provider)
	if err != nil {
		return Payment{}, Provider{}, err
	}
	who := tx.Who()
	mine := pay.Party != "" && who.Party == pay.Party
	if !mine && !(who.For(string(p.Seller)) && who.May(ScopeRead)) {
		return Payment{}, Provider{}, ErrPayment.About("%.60s for %s", string(id), who.ID)
	}
	return pay, p, nil
}

// PaymentsOf gives what was paid for an account, the latest first.
func PaymentsOf(tx *db.Tx, account AccountID, limit int) ([]Payment, error) {
	return paymentsOf(utilitydb.New(tx).PaymentsOf(tx.Context(), utilitydb.PaymentsOfParams{Account: string(account), Page: int64(limit)}))
}

func paymentsOf(rows []utilitydb.UtilityPayment, err error) ([]Payment, error) {
	all := make([]Payment, len(rows))
	for i, r := range rows {
		var e error
		all[i], e = paymentOf(r, nil)
		err = errors.Join(err, e)
	}
	return all, err
}

func paymentOf(r utilitydb.UtilityPayment, err error) (Payment, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Payment{}, ErrPayment
	}
	if err != nil {
		return Payment{}, err
	}
	p := Payment{
		ID: PaymentID(r.ID), Number: r.Number, Provider: ProviderID(r.Provider), Channel: r.Channel, Txn: r.Txn, Account: AccountID(r.Account),
		Bill: BillID(r.Bill), Party: r.Party, Order: r.OrderRef, Sum: r.Sum, Dated: span.FromMicros(r.DatedAt), At: span.FromMicros(r.At),
		Told: State(r.Told), ToldRef: r.ToldRef, ToldSum: r.ToldSum, ToldWhy: r.ToldWhy,
	}
	if r.ToldAt != 0 {
		p.ToldAt = span.FromMicros(r.ToldAt)
	}
	p.Day, err = dayOf(r.Day)
	return p, errors.Join(err, json.Unmarshal([]byte(r.Lines), &p.Lines))
}
