// Package gift knows gift certificates: who has bought one for whom, its code, until when it is good, and which orders it has
// paid.
//
// What is left of a certificate is the balance of its account in core/ledger, gift/<id>, and stands nowhere else. How much of
// it nobody is spending just now is a pool of core/hold in minor units, so that two who spend one certificate at once never
// spend more than there is. A certificate is a way to pay: prices and taxes of what it pays stay as they are.
//
// Its code is made when it is sent and kept as a digest only: who has lost it is sent another, and the one before opens nothing.
//
//	Choose ▸ chosen ──Way.Placed──▶ unpaid ──Way.Paid──▶ good ──Spend──▶ spent
//	                                   │                   │  ◀─GiveBack──┘
//	                                   └──────Recall───────┴──Recall, RunOut──▶ ended
//
// It does not know orders or baskets, which are opaque here, nor how a movement is posted (books).
package gift

import (
	"embed"
	"encoding/json"
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/gift/giftdb"
	"sauda/core/ledger"
	"sauda/core/seller"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of gift certificates.
var Schema = db.Schema{Name: "gift", Files: schemaFiles}

// Faults of gift certificates.
var (
	ErrInvalid = fault.New(fault.Invalid, "gift.invalid", "Say for whom the certificate is. Correct the marked fields.")
	ErrNotSold = fault.New(fault.Conflict, "gift.not_sold", "This is not sold as a gift certificate. It needs a price, and no tax is taken on it.")
	ErrUnknown = fault.New(fault.Missing, "gift.unknown", "There is no certificate with this code. Look at the letter and type the code once more.")
	ErrOther   = fault.New(fault.Conflict, "gift.other", "This certificate is of another shop or in another currency, and cannot pay here.")
	ErrEnded   = fault.New(fault.Conflict, "gift.ended", "This certificate has run out or was taken back. Take it out of the basket and pay in another way.")
	ErrSpent   = fault.New(fault.Conflict, "gift.spent", "Nothing is left on this certificate. Pay in another way.")
	ErrHeld    = fault.New(fault.Conflict, "gift.held", "Somebody is paying with this certificate just now. Try again in a few minutes, or pay in another way.")
	ErrNotFor  = fault.New(fault.Conflict, "gift.not_for", "A certificate does not pay for other certificates or for subscriptions. Take it out of the basket and pay in another way.")
	ErrUnsent  = fault.New(fault.Conflict, "gift.unsent", "This certificate is not paid, or was taken back. There is nothing to send.")
)

// ID names a certificate.
type ID string

// State says how far a certificate is. It follows from what has happened and is stored nowhere.
type State string

// The states of a certificate.
const (
	StateChosen State = "chosen" // StateChosen lies in a basket.
	StateUnpaid State = "unpaid"
	StateGood   State = "good"
	StateSpent  State = "spent"
	StateEnded  State = "ended" // StateEnded has run out, or its buyer was given the money back.
)

// Limits of a certificate.
const (
	nameMax    = 100
	wordsMax   = 500
	aheadMax   = 366 // aheadMax is how many days ahead a certificate can be sent: to the next birthday.
	goodYears  = 3   // goodYears is the general limitation period (Civil Code of Kazakhstan art. 178).
	revived    = 90  // revived is for how many days at least can be spent what has gone back onto a certificate.
	draftsKept = 30 * 24 * time.Hour
)

// Present is for whom a certificate is, and with which words.
type Present struct {
	Name  string `json:"name" maxLength:"100" doc:"Who shall have it."`
	Email string `json:"email" maxLength:"254" doc:"Where the letter with the code goes."`
	From  string `json:"from,omitempty" maxLength:"100" doc:"Who gives it, as the letter says."`
	Words string `json:"words,omitempty" maxLength:"500" doc:"What the letter says beside."`
}

// Certificate is a gift certificate as it stands.
type Certificate struct {
	ID      ID
	Seller  seller.ID
	Variant catalog.VariantID
	Face    money.Money
	Left    money.Money // Left is the balance of its account in the ledger.
	Lost    money.Money // Lost is what was taken back by its buyer, or has run out.
	Party   string      // Party is who has bought it; empty for a guest.
	Order   string
	Line    string
	Lang    string
	To      Present
	Day     span.Day // Day is when it is sent.
	Hint    string   // Hint are the last letters of its code.
	Until   span.Day // Until is the last day on which it is good; zero until it is paid.
	Made    time.Time
	Paid    time.Time
	Sent    time.Time
	Ended   time.Time
}

// State says how far it is on a day.
func (c Certificate) State(today span.Day) State {
	switch {
	case c.Order == "":
		return StateChosen
	case !c.Ended.IsZero() || !c.Paid.IsZero() && c.Until.Before(today):
		return StateEnded
	case c.Paid.IsZero():
		return StateUnpaid
	case c.Left.IsPositive():
		return StateGood
	}
	return StateSpent
}

// Masked is its code as it is shown: only who has the letter knows the rest.
func (c Certificate) Masked() string {
	if c.Hint == "" {
		return ""
	}
	return "•••• " + c.Hint
}

// Get gives a certificate; one that is not there is ErrUnknown.
func Get(tx *db.Tx, id ID) (Certificate, error) {
	all, err := Some(tx, []ID{id})
	if err != nil {
		return Certificate{}, err
	}
	if len(all) == 0 {
		return Certificate{}, ErrUnknown.About("%.60s", string(id))
	}
	return all[0], nil
}

// Some gives certificates by id, in two statements. Those that are not there are absent.
func Some(tx *db.Tx, ids []ID) ([]Certificate, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := giftdb.New(tx).SomeGifts(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	return certificates(tx, rows)
}

// certificates gives rows with what is left of each, in one statement more.
func certificates(tx *db.Tx, rows []giftdb.Gift) ([]Certificate, error) {
	all, accounts := make([]Certificate, len(rows)), make([]ledger.Account, len(rows))
	for i, r := range rows {
		c, err := certificateOf(r)
		if err != nil {
			return nil, err
		}
		all[i], accounts[i] = c, ledger.Gift(r.ID)
	}
	moved, err := ledger.Turnovers(tx, accounts)
	if err != nil {
		return nil, err
	}
	for i := range all {
		for _, t := range moved[accounts[i]] {
			if t.Asset == string(all[i].Face.Currency) {
				all[i].Left.Minor += t.Credit - t.Debit
			}
		}
	}
	return all, nil
}

func certificateOf(r giftdb.Gift) (Certificate, error) {
	currency := money.Currency(r.Currency)
	c := Certificate{
		ID: ID(r.ID), Seller: seller.ID(r.Seller), Variant: catalog.VariantID(r.Variant), Face: money.Of(r.Face, currency),
		Left: money.Of(0, currency), Lost: money.Of(r.Lost, currency), Party: r.Party, Order: r.OrderRef, Line: r.Line, Lang: r.Lang,
		Hint: r.Hint, Made: span.FromMicros(r.MadeAt), Paid: at(r.PaidAt), Sent: at(r.SentAt), Ended: at(r.EndedAt),
	}
	if err := json.Unmarshal([]byte(r.Body), &c.To); err != nil {
		return c, err
	}
	if err := c.Day.Scan(r.SendDay); err != nil {
		return c, err
	}
	return c, c.Until.Scan(r.UntilDay)
}

func at(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return span.FromMicros(micros)
}

// Today is the day by which certificates are judged.
func Today(tx *db.Tx) span.Day { return span.DayOf(tx.Now(), span.Almaty) }

// OfOrder gives the certificates that an order has bought, in two statements.
func OfOrder(tx *db.Tx, order string) ([]Certificate, error) {
	rows, err := giftdb.New(tx).OfOrder(tx.Context(), order)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return certificates(tx, rows)
}

// PageMax is how many certificates a list has at most.
const PageMax = 50

// Bought gives the certificates that a party has bought last, the newest first. A guest has none.
func Bought(tx *db.Tx, party string) ([]Certificate, error) {
	rows, err := giftdb.New(tx).OfParty(tx.Context(), giftdb.OfPartyParams{Party: party, Page: PageMax})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return certificates(tx, rows)
}

// List gives the certificates of a seller that were ordered, the newest first: those before an id, and from which id the
// next page goes on. An empty id begins; an empty one comes back at the end.
func List(tx *db.Tx, of seller.ID, before ID) ([]Certificate, ID, error) {
	if before == "" {
		before = "zzz" // Comes after every id.
	}
	rows, err := giftdb.New(tx).OfSeller(tx.Context(), giftdb.OfSellerParams{Seller: string(of), Before: string(before), Page: PageMax + 1})
	if err != nil || len(rows) == 0 {
		return nil, "", err
	}
	next := ID("")
	if len(rows) > PageMax {
		rows = rows[:PageMax]
		next = ID(rows[PageMax-1].ID)
	}
	all, err := certificates(tx, rows)
	return all, next, err
}

// Use is what one order was paid with a certificate.
type Use struct {
	Gift  ID
	Order string
	Paid  int64 // Paid and Back are in minor units of the currency of the certificate.
	Back  int64 // Back is what has gone back onto it.
	At    time.Time
}

// Uses gives what some certificates have paid, in one statement.
func Uses(tx *db.Tx, gifts []ID) (map[ID][]Use, error) {
	if len(gifts) == 0 {
		return nil, nil
	}
	rows, err := giftdb.New(tx).UsesOf(tx.Context(), db.In(gifts))
	all := make(map[ID][]Use, len(rows))
	for _, r := range rows {
		all[ID(r.Gift)] = append(all[ID(r.Gift)], useOf(r))
	}
	return all, err
}

// UseOf gives what an order was paid with a certificate; ok is false when it was not.
func UseOf(tx *db.Tx, order string) (u Use, ok bool, err error) {
	rows, err := giftdb.New(tx).UseOf(tx.Context(), order)
	if err != nil || len(rows) == 0 {
		return Use{}, false, err
	}
	return useOf(rows[0]), true, nil
}

func useOf(r giftdb.GiftUse) Use {
	return Use{Gift: ID(r.Gift), Order: r.OrderRef, Paid: r.Amount, Back: r.Back, At: span.FromMicros(r.At)}
}

// Mismatch is a certificate of which its account, its pool and what it has paid say different things. There is none.
type Mismatch struct {
	Gift    ID
	Ledger  money.Money // Ledger is what its account has.
	Reckons money.Money // Reckons is its face less what it has paid, and what was taken back or has run out.
	Pool    money.Money // Pool is what can be spent.
}

// Audit compares up to so many certificates after an id, and says from which id it goes on; an empty one is the end.
func Audit(tx *db.Tx, after ID, limit int) ([]Mismatch, ID, error) {
	rows, err := giftdb.New(tx).After(tx.Context(), giftdb.AfterParams{After: string(after), Page: int64(limit)})
	if err != nil || len(rows) == 0 {
		return nil, "", err
	}
	all, err := certificates(tx, rows)
	if err != nil {
		return nil, "", err
	}
	wrong, err := compared(tx, slices.DeleteFunc(all, func(c Certificate) bool { return c.Order == "" }))
	next := ID("")
	if len(rows) == limit {
		next = ID(rows[len(rows)-1].ID)
	}
	return wrong, next, err
}

// Forget drops what was chosen long ago and never ordered, at most so many, and says how many it were.
func Forget(tx *db.Tx, limit int) (int, error) {
	n, err := giftdb.New(tx).ForgetDrafts(tx.Context(), giftdb.ForgetDraftsParams{Since: span.Micros(tx.Now().Add(-draftsKept)), Most: int64(limit)})
	return int(n), err
}

// ForgetParty cuts off who has bought certificates; these stay good for whoever has them.
func ForgetParty(tx *db.Tx, party string) error {
	return giftdb.New(tx.Later()).LeaveParty(tx.Context(), party)
}
