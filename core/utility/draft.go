package utility

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/hold"
	"sauda/core/utility/utilitydb"
	"sauda/gear/db"
)

// DraftState says how far a draft is.
type DraftState string

// The states of a draft.
const (
	DraftChosen DraftState = "chosen"
	DraftPlaced DraftState = "placed"
	DraftPaid   DraftState = "paid"
	DraftEnded  DraftState = "ended" // DraftEnded was cancelled before it was paid.
)

// draftsKept is how long something that was chosen waits to be ordered.
const draftsKept = 7 * 24 * time.Hour

// Draft is what a buyer has chosen to pay for one account.
type Draft struct {
	ID       DraftID
	Provider ProviderID
	Account  AccountID
	Bill     BillID
	Party    string // Party is empty for a guest, who holds the id.
	Payments int64  // Payments is how many there were when it was chosen; one more makes it stale.
	Sum      int64
	Lines    []PaidLine
	State    DraftState
	Order    string
	Line     string
	Made     time.Time
}

// Key is what has to be held while a draft is paid.
func (d Draft) Key() string {
	return keyPrefix + string(d.Account) + ":" + strconv.FormatInt(d.Payments, 10)
}

// keyPrefix begins the keys by which bills are held.
const keyPrefix = "bill:"

// Wants is what has to be held so that nobody else pays the same.
func (d Draft) Wants() []hold.Want { return []hold.Want{{Key: d.Key(), Quantity: 1}} }

// Held tells a hold that found a bill claimed by somebody else from one that found goods sold out: of a bill it gives ErrPaying.
func Held(err error) error {
	key, _ := fault.ParamsOf(err)["key"].(string)
	if !errors.Is(err, hold.ErrSoldOut) || !strings.HasPrefix(key, keyPrefix) {
		return err
	}
	return ErrPaying.About("%s", key)
}

// Choose makes a draft of what is to be paid for an account: sums by the code of their line. A line that is not named is paid as
// it is owed; no map at all pays everything that is owed. A sum outside of what the provider lets change is ErrBounds, nothing at
// all is ErrNothing, a provider that is paused is ErrPaused, and while somebody else holds the bill in his checkout it is ErrPaying.
func Choose(tx *db.Tx, p Provider, a Account, sums map[string]int64) (Draft, error) {
	dues, err := DueOf(tx, p, []Account{a})
	if err != nil {
		return Draft{}, err
	}
	all, err := choose(tx, []Wanted{{p, dues[a.ID]}}, sums)
	if err != nil {
		return Draft{}, err
	}
	return all[0], nil
}

// Wanted is an account of which everything is to be paid that it owes.
type Wanted struct {
	Provider Provider
	Due      Due
}

// ChooseMany makes drafts of all that some accounts owe, in their order, or of none: three statements, however many they are. It
// refuses as Choose does.
func ChooseMany(tx *db.Tx, all []Wanted) ([]Draft, error) {
	if len(all) == 0 {
		return nil, ErrNothing.About("no account")
	}
	return choose(tx, all, nil)
}

func choose(tx *db.Tx, all []Wanted, sums map[string]int64) ([]Draft, error) {
	drafts := make([]Draft, len(all))
	for i, w := range all {
		if w.Provider.Paused {
			return nil, ErrPaused.About("%s", w.Provider.Code)
		}
		a := w.Due.Account
		drafts[i] = Draft{
			ID: DraftID(tx.Mint("bil")), Provider: w.Provider.ID, Account: a.ID, Bill: w.Due.Bill.ID, Party: tx.Who().Party, Payments: a.Payments,
			State: DraftChosen, Made: tx.Now(),
		}
		if err := drafts[i].fill(w.Provider, w.Due, sums); err != nil {
			return nil, err
		}
	}
	if err := open(tx, drafts); err != nil {
		return nil, err
	}
	return drafts, addDrafts(tx, drafts)
}

// addDrafts writes drafts down, in one statement.
func addDrafts(tx *db.Tx, all []Draft) error {
	var args []any
	rows := make([]string, len(all))
	for i, d := range all {
		lines, err := json.Marshal(d.Lines)
		if err != nil {
			return err
		}
		n := len(args)
		rows[i] = fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d, 'chosen', '', '', $%d)", n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8, n+9)
		args = append(args, string(d.ID), string(d.Provider), string(d.Account), string(d.Bill), d.Party, d.Payments, d.Sum, string(lines), span.Micros(d.Made))
	}
	query := `INSERT INTO utility_draft (id, provider, account, bill, party, payments, sum, lines, state, order_ref, line, made_at) VALUES ` + strings.Join(rows, ", ")
	_, err := tx.ExecContext(tx.Context(), query, args...)
	return err
}

// fill puts sums into the lines of a draft, within their bounds.
func (d *Draft) fill(p Provider, due Due, sums map[string]int64) error {
	var wrong []fault.Field
	for _, l := range due.Lines {
		sum := l.Sum
		if said, ok := sums[l.Service]; ok && said != sum {
			most := l.Most
			if !l.Editable {
				most = l.Sum
			}
			if said < 0 || said > most || !l.Editable && said != 0 {
				wrong = append(wrong, fault.Say("Pay from nothing to {most} for this line.").With("most", p.money(most).Decimal()).At("/sum."+l.Service))
			}
			sum = said
		}
		if sum > 0 {
			d.Lines, d.Sum = append(d.Lines, PaidLine{l.Service, sum}), d.Sum+sum
		}
	}
	switch {
	case len(wrong) > 0:
		return ErrInvalid.Fields(wrong...)
	case d.Sum <= 0:
		return ErrNothing.About("%s", d.Account)
	case d.Sum < p.SumMin || p.SumMax > 0 && d.Sum > p.SumMax:
		return fault.With(ErrBounds.With("least", p.money(p.SumMin).Decimal()), "most", p.money(p.SumMax).Decimal())
	}
	return nil
}

// open makes the pools from which bills are claimed, in two statements, or finds one of them claimed.
func open(tx *db.Tx, drafts []Draft) error {
	keys := make([]string, len(drafts))
	for i, d := range drafts {
		keys[i] = d.Key()
	}
	pools, err := hold.Pools(tx, keys)
	if err != nil {
		return err
	}
	var levels []hold.Level
	for _, d := range drafts {
		pool, there := pools[d.Key()]
		if there && pool.Left() <= 0 {
			return ErrPaying.About("%s", d.Account)
		}
		if !there {
			levels = append(levels, hold.Level{Key: d.Key(), Subject: string(d.Account), Capacity: 1})
		}
	}
	if len(levels) == 0 {
		return nil
	}
	_, err = hold.SetMany(tx, levels)
	return err
}

// Stand is a draft as it stands now.
type Stand struct {
	Draft
	Number  string
	Address string
	Paid    bool // Paid says that somebody has paid for the account since.
}

// Drafts gives some drafts as they stand, by id, in one statement; those that are not there are absent.
func Drafts(tx *db.Tx, ids []DraftID) (map[DraftID]Stand, error) {
	all := make(map[DraftID]Stand, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	rows, err := utilitydb.New(tx).Drafts(tx.Context(), db.In(ids))
	for _, r := range rows {
		d, e := draftOf(utilitydb.UtilityDraft{
			ID: r.ID, Provider: r.Provider, Account: r.Account, Bill: r.Bill, Party: r.Party, Payments: r.Payments, Sum: r.Sum,
			Lines: r.Lines, State: r.State, OrderRef: r.OrderRef, Line: r.Line, MadeAt: r.MadeAt,
		}, nil)
		err = errors.Join(err, e)
		all[d.ID] = Stand{Draft: d, Number: r.Number, Address: r.Address, Paid: r.Now != r.Payments}
	}
	return all, err
}

// DraftOf gives a draft, or ErrDraft.
func DraftOf(tx *db.Tx, id DraftID) (Draft, error) {
	return draftOf(utilitydb.New(tx).Draft(tx.Context(), string(id)))
}

// Place says that a draft is part of an order, which is not paid yet. It is ErrPaid when somebody has paid meanwhile. Placed
// twice by one order changes nothing.
func Place(tx *db.Tx, id DraftID, order, line string) error {
	all, err := Drafts(tx, []DraftID{id})
	if err != nil {
		return err
	}
	stand, there := all[id]
	d := stand.Draft
	switch {
	case !there:
		return ErrDraft.About("%.60s", string(id))
	case d.Order == order && d.State != DraftChosen:
		return nil
	case d.State != DraftChosen:
		return ErrDraft.About("%s is %s by %s", id, d.State, d.Order)
	case stand.Paid:
		return ErrPaid.About("%s", d.Account)
	}
	d.Order, d.Line = order, line
	return d.move(tx, DraftPlaced)
}

// Settle says that the order of a draft is paid: the money is taken for the account. Told twice, it is taken once.
func Settle(tx *db.Tx, id DraftID) (Payment, error) {
	d, err := DraftOf(tx, id)
	if err != nil {
		return Payment{}, err
	}
	p, err := Get(tx, d.Provider)
	if err != nil {
		return Payment{}, err
	}
	if d.State == DraftPaid {
		return PaymentByTxn(tx, d.Provider, Here, string(id))
	}
	if d.State != DraftPlaced {
		return Payment{}, ErrDraft.About("%s is %s", id, d.State)
	}
	pay, _, err := Pay(tx, p, Payment{
		Channel: Here, Txn: string(id), Account: d.Account, Bill: d.Bill, Party: d.Party, Order: d.Order, Sum: d.Sum, Lines: d.Lines,
	})
	if err != nil {
		return Payment{}, err
	}
	if pay.Told == StateWaiting {
		if err := tx.Emit(PaymentDue{Payment: pay.ID, Provider: pay.Provider, Order: d.Order, Line: d.Line}); err != nil {
			return Payment{}, err
		}
	}
	return pay, d.move(tx, DraftPaid)
}

// End says that the order of a draft is cancelled or given back. What was paid by then stays paid: a provider gives money back by
// its own rules, and the order says who owes it. Ended twice is once.
func End(tx *db.Tx, id DraftID) error {
	d, err := DraftOf(tx, id)
	if err != nil || d.State == DraftPaid || d.State == DraftEnded {
		return err
	}
	return d.move(tx, DraftEnded)
}

// move brings a draft into a state, with the order that it is part of by now.
func (d Draft) move(tx *db.Tx, to DraftState) error {
	rows, err := utilitydb.New(tx).MoveDraft(tx.Context(), utilitydb.MoveDraftParams{
		State: string(to), OrderRef: d.Order, Line: d.Line, ID: string(d.ID), Was: string(d.State),
	})
	if err == nil && rows == 0 {
		err = ErrStale.About("%s is not %s any more", d.ID, d.State)
	}
	return err
}

// ForgetDrafts forgets what nobody has ordered for a week, at most so many, and says how many.
func ForgetDrafts(tx *db.Tx, most int) (int, error) {
	n, err := utilitydb.New(tx).ForgetDrafts(tx.Context(), utilitydb.ForgetDraftsParams{Before: span.Micros(tx.Now().Add(-draftsKept)), Page: int64(most)})
	return int(n), err
}

func draftOf(r utilitydb.UtilityDraft, err error) (Draft, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Draft{}, ErrDraft
	}
	if err != nil {
		return Draft{}, err
	}
	d := Draft{
		ID: DraftID(r.ID), Provider: ProviderID(r.Provider), Account: AccountID(r.Account), Bill: BillID(r.Bill), Party: r.Party,
		Payments: r.Payments, Sum: r.Sum, State: DraftState(r.State), Order: r.OrderRef, Line: r.Line, Made: span.FromMicros(r.MadeAt),
	}
	return d, json.Unmarshal([]byte(r.Lines), &d.Lines)
}
