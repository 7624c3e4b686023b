package utility

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/core/ledger"
	"sauda/core/utility/utilitydb"
	"sauda/gear/db"
)

// RegisterState says how far a register is.
type RegisterState string

// The states of a register.
const (
	RegisterIsClosed  RegisterState = "closed"  // RegisterIsClosed grows when a payment of its day comes late.
	RegisterIsSent    RegisterState = "sent"    // RegisterIsSent is at the bank, by a payment order, and does not change.
	RegisterIsSettled RegisterState = "settled" // RegisterIsSettled is paid out.
)

// DayRegister is what one channel collected for a provider on a day.
type DayRegister struct {
	Provider ProviderID
	Channel  string
	Day      span.Day
	Number   string
	Payments int64
	Sum      int64
	State    RegisterState
	Checked  *Difference // Checked is what the provider's own register differs in; nil while it was not compared.
	Made     time.Time
}

// CloseDay writes down the registers of a day that is over, and those of two days before anew, as payments come late; after a time
// in which nobody did it, those of all days since. Twice is as good as once. What was sent to the bank does not change.
func CloseDay(tx *db.Tx, day span.Day) error {
	first := day.AddDays(1 - lateDays)
	latest, err := utilitydb.New(tx).LatestRegister(tx.Context())
	if err != nil {
		return err
	}
	if latest != "" {
		last, err := dayOf(latest)
		if err != nil {
			return err
		}
		if last.Before(first) {
			first = last
		}
	}
	for ; err == nil && !day.Before(first); first = first.AddDays(1) {
		err = closeOne(tx, "", first)
	}
	return err
}

// lateDays are how many registers are written each night: that of the day, and those of the days before it, as payments come late.
const lateDays = 3

// closeOne writes down the registers of a day, of one provider or, when it is empty, of each.
func closeOne(tx *db.Tx, of ProviderID, day span.Day) error {
	rows, err := utilitydb.New(tx).Channels(tx.Context(), utilitydb.ChannelsParams{Day: day.String(), Provider: string(of)})
	if err != nil {
		return err
	}
	for _, r := range rows {
		number := strings.ReplaceAll(day.String(), "-", "") + "-" + strings.ToUpper(r.Channel)
		wrote, err := utilitydb.New(tx).CloseRegister(tx.Context(), utilitydb.CloseRegisterParams{
			Provider: r.Provider, Channel: r.Channel, Day: day.String(), Number: number, Payments: r.Payments, Sum: r.Total, MadeAt: span.Micros(tx.Now()),
		})
		if err != nil {
			return err
		}
		if wrote == 0 {
			continue
		}
		if err := tx.Emit(RegisterClosed{ProviderID(r.Provider), r.Channel, day, r.Payments, r.Total}); err != nil {
			return err
		}
	}
	return nil
}

// Collected is what a channel has collected on a day so far.
type Collected struct {
	Channel  string
	Payments int64
	Sum      int64
}

// Today gives what each channel has collected for a provider on a day, whether its register is closed or not.
func Today(tx *db.Tx, provider ProviderID, day span.Day) ([]Collected, error) {
	rows, err := utilitydb.New(tx).Channels(tx.Context(), utilitydb.ChannelsParams{Day: day.String(), Provider: string(provider)})
	all := make([]Collected, len(rows))
	for i, r := range rows {
		all[i] = Collected{r.Channel, r.Payments, r.Total}
	}
	return all, err
}

// Registers gives the registers of a provider, the latest first, two hundred at most.
func Registers(tx *db.Tx, provider ProviderID) ([]DayRegister, error) {
	rows, err := utilitydb.New(tx).Registers(tx.Context(), string(provider))
	all := make([]DayRegister, len(rows))
	for i, r := range rows {
		var e error
		all[i], e = registerOf(r, nil)
		err = errors.Join(err, e)
	}
	return all, err
}

// RegisterOf gives the register of a channel and a day, or ErrRegister.
func RegisterOf(tx *db.Tx, provider ProviderID, channel string, day span.Day) (DayRegister, error) {
	return registerOf(utilitydb.New(tx).Register(tx.Context(), utilitydb.RegisterParams{Provider: string(provider), Channel: channel, Day: day.String()}))
}

func registerOf(r utilitydb.UtilityRegister, err error) (DayRegister, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return DayRegister{}, ErrRegister
	}
	if err != nil {
		return DayRegister{}, err
	}
	d := DayRegister{
		Provider: ProviderID(r.Provider), Channel: r.Channel, Number: r.Number, Payments: r.Payments, Sum: r.Sum,
		State: RegisterState(r.State), Made: span.FromMicros(r.MadeAt),
	}
	if r.Checked != "" {
		d.Checked = &Difference{}
		err = json.Unmarshal([]byte(r.Checked), d.Checked)
	}
	var errDay error
	d.Day, errDay = dayOf(r.Day)
	return d, errors.Join(err, errDay)
}

// Entry is one payment in a register.
type Entry struct {
	Txn     string   `json:"txn"`
	Account string   `json:"account"` // Account is its number.
	Sum     int64    `json:"sum"`
	Day     span.Day `json:"day,omitzero"`
	Number  int64    `json:"number,omitempty"`
}

// EntriesAfter gives the payments of a register after an id, at most limit, and the id with which the next page begins; an empty
// one is the end.
func EntriesAfter(tx *db.Tx, r DayRegister, after string, limit int) ([]Entry, string, error) {
	rows, err := utilitydb.New(tx).PaymentsOn(tx.Context(), utilitydb.PaymentsOnParams{
		Provider: string(r.Provider), Day: r.Day.String(), Channel: r.Channel, After: after, Page: int64(limit),
	})
	if err != nil {
		return nil, "", err
	}
	all := make([]Entry, len(rows))
	for i, p := range rows {
		txn := p.Txn
		if State(p.Told) != StateHere { // A provider elsewhere knows it by the number that it was told.
			txn = strconv.FormatInt(p.Number, 10)
		}
		all[i] = Entry{Txn: txn, Account: p.AccountNumber, Sum: p.Sum, Day: r.Day, Number: p.Number}
	}
	if len(rows) < limit {
		return all, "", nil
	}
	return all, rows[len(rows)-1].ID, nil
}

// entriesMax bounds the payments of a day that can be compared at once.
const entriesMax = 100_000

// Entries gives all payments of a register, a hundred thousand at most.
func Entries(tx *db.Tx, r DayRegister) (all []Entry, err error) {
	for after, more := "", true; more && len(all) < entriesMax; {
		var page []Entry
		page, after, err = EntriesAfter(tx, r, after, 5000)
		if err != nil {
			return nil, err
		}
		all, more = append(all, page...), after != ""
	}
	return all, nil
}

// Difference is in what two registers of one day differ.
type Difference struct {
	Ours    int     `json:"ours"`
	Theirs  int     `json:"theirs"`
	Missing []Entry `json:"missing,omitempty"` // Missing are ours that the other side does not have.
	Extra   []Entry `json:"extra,omitempty"`   // Extra are theirs that we do not have.
	Double  []Entry `json:"double,omitempty"`  // Double are theirs that stand there more than once.
	Other   []Pair  `json:"other,omitempty"`   // Other are those with another sum or account.
}

// Pair is one payment as both sides have it.
type Pair struct {
	Ours   Entry `json:"ours"`
	Theirs Entry `json:"theirs"`
}

// Same tells whether nothing differs.
func (d Difference) Same() bool {
	return len(d.Missing)+len(d.Extra)+len(d.Double)+len(d.Other) == 0
}

// Compare gives in what two registers differ. It is a pure function; each list is in the order of the transactions.
func Compare(ours, theirs []Entry) Difference {
	d := Difference{Ours: len(ours), Theirs: len(theirs)}
	byTxn := make(map[string]Entry, len(theirs))
	for _, e := range theirs {
		if _, twice := byTxn[e.Txn]; twice {
			d.Double = append(d.Double, e)
			continue
		}
		byTxn[e.Txn] = e
	}
	for _, o := range ours {
		t, there := byTxn[o.Txn]
		switch {
		case !there:
			d.Missing = append(d.Missing, o)
		case t.Sum != o.Sum || Number(t.Account) != o.Account:
			d.Other = append(d.Other, Pair{o, t})
		}
		delete(byTxn, o.Txn)
	}
	for _, e := range byTxn {
		d.Extra = append(d.Extra, e)
	}
	inOrder := func(a, b Entry) int { return cmp.Compare(a.Txn, b.Txn) }
	slices.SortFunc(d.Missing, inOrder)
	slices.SortFunc(d.Extra, inOrder)
	slices.SortFunc(d.Double, inOrder)
	slices.SortFunc(d.Other, func(a, b Pair) int { return inOrder(a.Ours, b.Ours) })
	return d
}

// Reconcile compares a register with that of the other side and keeps in what they differ.
func Reconcile(tx *db.Tx, p Provider, channel string, day span.Day, theirs []Entry) (Difference, error) {
	if err := works(tx, p.Seller, ScopeWrite); err != nil {
		return Difference{}, err
	}
	r, err := RegisterOf(tx, p.ID, channel, day)
	if err != nil {
		return Difference{}, err
	}
	ours, err := Entries(tx, r)
	if err != nil {
		return Difference{}, err
	}
	d := Compare(ours, theirs)
	kept := d.short()
	body, err := json.Marshal(kept)
	if err != nil {
		return Difference{}, err
	}
	return d, utilitydb.New(tx).CheckRegister(tx.Context(), utilitydb.CheckRegisterParams{Checked: string(body), Provider: string(p.ID), Channel: channel, Day: day.String()})
}

// differencesMax is how much of each list of differences is kept.
const differencesMax = 500

func (d Difference) short() Difference {
	cut := func(e []Entry) []Entry { return e[:min(len(e), differencesMax)] }
	d.Missing, d.Extra, d.Double, d.Other = cut(d.Missing), cut(d.Extra), cut(d.Double), d.Other[:min(len(d.Other), differencesMax)]
	return d
}

// Send says that the payment order of a register is at the bank: with all that has come late by now, and from now on it does not
// change. Sent twice is once.
func Send(tx *db.Tx, p Provider, channel string, day span.Day) (DayRegister, error) {
	if err := works(tx, p.Seller, ScopeWrite); err != nil {
		return DayRegister{}, err
	}
	r, err := whole(tx, p.ID, channel, day)
	if err != nil || r.State != RegisterIsClosed {
		return r, err
	}
	return r.move(tx, RegisterIsSent)
}

// whole gives a register with all payments of its day, those too that came after it was written.
func whole(tx *db.Tx, of ProviderID, channel string, day span.Day) (DayRegister, error) {
	r, err := RegisterOf(tx, of, channel, day)
	if err != nil || r.State != RegisterIsClosed {
		return r, err
	}
	if err := closeOne(tx, of, day); err != nil {
		return r, err
	}
	return RegisterOf(tx, of, channel, day)
}

// Settled says that the money of a register has come to the provider: the channel owes it no more. Said twice, it is posted once.
func Settled(tx *db.Tx, p Provider, channel string, day span.Day) (DayRegister, error) {
	if err := works(tx, p.Seller, ScopeWrite); err != nil {
		return DayRegister{}, err
	}
	r, err := whole(tx, p.ID, channel, day)
	if err != nil || r.State == RegisterIsSettled {
		return r, err
	}
	_, err = ledger.Post(tx, ledger.Posting{
		Kind: KindPayout, Ref: string(p.ID) + "/" + r.Number, Cause: r.Number,
		Transfers: []ledger.Transfer{ledger.Move(ledger.UtilityPayout(string(p.ID)), ledger.UtilityTill(string(p.ID), channel), p.money(r.Sum), string(p.Seller))},
	})
	if err != nil {
		return r, err
	}
	return r.move(tx, RegisterIsSettled)
}

func (r DayRegister) move(tx *db.Tx, state RegisterState) (DayRegister, error) {
	rows, err := utilitydb.New(tx).MoveRegister(tx.Context(), utilitydb.MoveRegisterParams{
		State: string(state), Provider: string(r.Provider), Channel: r.Channel, Day: r.Day.String(), Was: string(r.State),
	})
	if err == nil && rows == 0 {
		err = ErrStale.About("%s is not %s any more", r.Number, r.State)
	}
	r.State = state
	return r, err
}
