package clearing

import (
	"database/sql"
	"errors"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Splitting is a notice that units will be divided or joined.
const Splitting ActionKind = "split"

// NoticeState is how far what an issuer has announced has come.
type NoticeState string

// The states of a notice. A split goes from announced to done at once.
//
//	announced ──its day of record──▶ recorded ──its day of payment──▶ done
//	    └──CallOff──▶ called_off
const (
	NoticeAnnounced NoticeState = "announced"
	NoticeRecorded  NoticeState = "recorded"
	NoticeDone      NoticeState = "done"
	NoticeCalledOff NoticeState = "called_off"
)

// Notice is what an issuer has announced: that it will pay, or that units will be divided.
type Notice struct {
	Ref      string
	Kind     ActionKind
	Asset    string
	Currency string
	Amount   int64 // Amount is paid for every Per units; of a split it is what a new unit is worth, for fractions.
	Per      int64 // Per is 1 for an amount for each unit.
	New      int64 // New units come of Old ones; both are zero for what is no split.
	Old      int64
	Payer    string   // Payer is the account of the issuer.
	Record   span.Day // Record is the day at whose end it is looked who holds the asset; units are divided then.
	Pay      span.Day
	State    NoticeState
	Lacks    bool // Lacks says that the issuer had too little when it was due.
}

// Fits refuses what could not be announced on a day, or could not be carried out: ErrAction.
func (n Notice) Fits(today span.Day) error {
	if n.Ref == "" {
		n.Ref = "none yet"
	}
	if err := n.check(); err != nil {
		return err
	}
	if n.Record.Before(today) {
		return ErrAction.About("%s is recorded on %s", n.Ref, n.Record)
	}
	return nil
}

// check refuses a notice that could not be carried out.
func (n Notice) check() error {
	split := n.Kind == Splitting
	switch {
	case n.Ref == "", !split && n.Kind != Dividend && n.Kind != Coupon, n.Amount < 0, !split && n.Amount == 0, n.Per <= 0, n.Amount > sizeMax, n.Per > sizeMax,
		split != (n.New > 0 && n.Old > 0), n.New == n.Old && split, n.New > partsMax, n.Old > partsMax, n.New < 0, n.Old < 0,
		n.Record.IsZero(), n.Pay.Before(n.Record), split && n.Pay != n.Record,
		ledger.ExchangeMargin(n.Payer).Check() != nil, checkAssets(n.Asset, n.Currency) != nil, n.Asset == n.Currency:
		return ErrAction.About("%+v", n)
	}
	return nil
}

// Announce writes down what an issuer will do, for all to see. A day of record before today is ErrAction. The same reference
// told again changes nothing; with other contents it is ErrDiffers.
func Announce(tx *db.Tx, n Notice) error {
	if err := n.check(); err != nil {
		return err
	}
	if err := n.Fits(span.DayOf(tx.Now(), span.Almaty)); err != nil {
		return err
	}
	if n.Kind == Splitting {
		if err := noGoods(tx, n.Asset); err != nil {
			return err
		}
	}
	rows, err := clearingdb.New(tx).AddNotice(tx.Context(), clearingdb.AddNoticeParams{
		Ref: n.Ref, Kind: string(n.Kind), Asset: n.Asset, Currency: n.Currency, Amount: n.Amount, Per: n.Per, Fresh: n.New, Old: n.Old,
		Payer: n.Payer, RecordDay: n.Record.String(), PayDay: n.Pay.String(), At: span.Micros(tx.Now()),
	})
	if err != nil {
		return err
	}
	if rows == 1 {
		return tx.Emit(Noticed{Ref: n.Ref, Asset: n.Asset})
	}
	was, err := GetNotice(tx, n.Ref)
	if err != nil {
		return err
	}
	told := n
	told.State, told.Lacks = was.State, was.Lacks
	if was != told {
		return ErrDiffers.About("notice %s was %+v", n.Ref, was)
	}
	return nil
}

// CallOff takes back what was announced and is not recorded yet; otherwise it is ErrUnderWay. Told again it changes nothing.
func CallOff(tx *db.Tx, ref string) error {
	n, err := GetNotice(tx, ref)
	if err != nil || n.State == NoticeCalledOff {
		return err
	}
	if n.State != NoticeAnnounced {
		return ErrUnderWay.About("notice %s is %s", ref, n.State)
	}
	if err := turnNotice(tx, n, NoticeCalledOff, false); err != nil {
		return err
	}
	return tx.Emit(Noticed{Ref: n.Ref, Asset: n.Asset})
}

// GetNotice gives what was announced under a reference, or ErrUnknown.
func GetNotice(tx *db.Tx, ref string) (Notice, error) {
	row, err := clearingdb.New(tx).GetNotice(tx.Context(), ref)
	if errors.Is(err, sql.ErrNoRows) {
		return Notice{}, ErrUnknown.About("notice %.60s", ref)
	}
	if err != nil {
		return Notice{}, err
	}
	return noticeOf(row)
}

// NoticesSince gives what was announced of all assets from a day of record on, the last one first, at most five hundred.
func NoticesSince(tx *db.Tx, since span.Day) ([]Notice, error) {
	rows, err := clearingdb.New(tx).NoticesSince(tx.Context(), since.String())
	return notices(rows, err)
}

func notices(rows []clearingdb.ClearingNotice, err error) ([]Notice, error) {
	if err != nil {
		return nil, err
	}
	all := make([]Notice, len(rows))
	for i, r := range rows {
		if all[i], err = noticeOf(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func noticeOf(r clearingdb.ClearingNotice) (Notice, error) {
	record, err := span.Parse(r.RecordDay)
	if err != nil {
		return Notice{}, err
	}
	pay, err := span.Parse(r.PayDay)
	return Notice{
		Ref: r.Ref, Kind: ActionKind(r.Kind), Asset: r.Asset, Currency: r.Currency, Amount: r.Amount, Per: r.Per, New: r.Fresh, Old: r.Old,
		Payer: r.Payer, Record: record, Pay: pay, State: NoticeState(r.State), Lacks: r.Lacks == 1,
	}, err
}

func turnNotice(tx *db.Tx, n Notice, to NoticeState, lacks bool) error {
	rows, err := clearingdb.New(tx).TurnNotice(tx.Context(), clearingdb.TurnNoticeParams{State: string(to), Lacks: flag(lacks), Ref: n.Ref, Was: string(n.State)})
	if err == nil && rows == 0 {
		return ErrUnderWay.About("notice %s was %s", n.Ref, n.State)
	}
	return err
}

// Ripe gives the notices whose day of record has come by a day, or of those that are recorded whose day of payment has come, in
// the order in which they are carried out; see CarryOut. What is due and cannot be done yet is given again the next time.
func Ripe(tx *db.Tx, day span.Day, payments bool) ([]string, error) {
	if payments {
		return clearingdb.New(tx).NoticesToPay(tx.Context(), day.String())
	}
	return clearingdb.New(tx).NoticesToRecord(tx.Context(), day.String())
}

// CarryOut does what is due of a notice by a day: it records who is entitled, pays, or divides units. An issuer who has too little
// lets it wait, and the notice says so. What is done already is not done again.
func CarryOut(tx *db.Tx, ref string, day span.Day) error {
	n, err := GetNotice(tx, ref)
	if err != nil {
		return err
	}
	to := n.State
	switch {
	case n.State == NoticeAnnounced && !day.Before(n.Record) && n.Kind == Splitting:
		to = NoticeDone
		err = Split(tx, Division{Ref: n.Ref, Asset: n.Asset, New: n.New, Old: n.Old, Currency: n.Currency, Price: n.Amount, Payer: n.Payer, Day: n.Record})
	case n.State == NoticeAnnounced && !day.Before(n.Record):
		to = NoticeRecorded
		err = Record(tx, Action{Ref: n.Ref, Kind: n.Kind, Asset: n.Asset, Currency: n.Currency, Amount: n.Amount, Per: n.Per, Payer: n.Payer, Day: n.Record})
	case n.State == NoticeRecorded && !day.Before(n.Pay):
		to = NoticeDone
		err = Pay(tx, n.Ref)
	}
	if errors.Is(err, ErrShort) {
		return turnNotice(tx, n, n.State, true)
	}
	if err != nil || to == n.State {
		return err
	}
	if err := turnNotice(tx, n, to, false); err != nil {
		return err
	}
	return tx.Emit(Noticed{Ref: n.Ref, Asset: n.Asset})
}

// Brings gives what a notice brings for a quantity: money, or of a split the new units; a fraction is left out.
func (n Notice) Brings(quantity int64) (int64, error) {
	amount, per := n.Amount, n.Per
	if n.Kind == Splitting {
		amount, per = n.New, n.Old
	}
	brought, ok := money.MulDiv(quantity, amount, per, money.Down)
	if !ok {
		return 0, ErrOverflow.About("%d of %s", quantity, n.Ref)
	}
	return brought, nil
}

// Entitlement is what an account would get, or has got, of a notice.
type Entitlement struct {
	Account  string
	Quantity int64
	Amount   int64 // Amount is money; of a split it is the new units.
	Giver    string
}

// Entitlements gives who would be entitled to what a notice promises if this were the evening of its day of record, or who was
// when it has been recorded, by account. Claims against late sellers are there once they are recorded.
func Entitlements(tx *db.Tx, n Notice) ([]Entitlement, error) {
	var list []entitled
	if n.State == NoticeAnnounced || n.Kind == Splitting {
		var err error
		if list, err = holders(tx, n.Asset); err != nil {
			return nil, err
		}
	} else {
		rows, err := clearingdb.New(tx).Entitled(tx.Context(), n.Ref)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			list = append(list, entitled{r.Holder, r.Giver, r.Trade, r.Quantity})
		}
	}
	all := make([]Entitlement, len(list))
	for i, e := range list {
		amount, err := n.Brings(e.quantity)
		if err != nil {
			return nil, err
		}
		all[i] = Entitlement{Account: e.holder, Quantity: e.quantity, Amount: amount, Giver: e.giver}
	}
	return all, nil
}
