// Package utility knows bills: who sends them (water, heat, power, gas, telecom, housing co-operatives, fees, schools), the
// personal accounts to which they are sent, meters and their readings, tariffs, and what was paid.
//
// A provider keeps its books here, or it is asked over its own protocol (biller). Of one that keeps them here, what an account
// owes is the balance of utility/<account> in the ledger and nothing else: a bill debits it, a payment credits it. A bill says
// what a month cost and why; it is never changed after it was issued.
//
//	account  open ⇄ closed                      a closed one takes money that is still owed, and no new bills
//	bill     issued                             one for an account and a month
//	run      running ──▶ done                   issues the bills of a month, a page of accounts at a time
//	draft    chosen ──▶ placed ──▶ paid         what a buyer wants to pay, before and after it is in the basket
//	            └──▶ forgotten  └──▶ ended
//	payment  posted                             once for a channel and its transaction, whoever asks however often
//
// A claim of core/hold on "bill:<account>:<payments>" keeps two people of one family from paying the same bill at once. The
// number of payments is part of the key: after each payment there is one thing more that can be paid.
//
// It does not know orders, baskets or gateways: an order is an opaque reference, and money that a channel collected is what the
// channel owes the provider until a register says that it was paid out.
package utility

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of bills.
var Schema = db.Schema{Name: "utility", Files: schemaFiles}

// Faults of bills.
var (
	ErrInvalid  = fault.New(fault.Invalid, "utility.invalid", "Some fields are not right: see each of them.")
	ErrProvider = fault.New(fault.Missing, "utility.provider", "There is no such provider. Choose one from the list.")
	ErrAccount  = fault.New(fault.Missing, "utility.account", "There is no account of this number at this provider. Look at the number on the bill.")
	ErrMeter    = fault.New(fault.Missing, "utility.meter", "There is no such meter at this account.")
	ErrPayment  = fault.New(fault.Missing, "utility.payment", "There is no such payment.")
	ErrDraft    = fault.New(fault.Missing, "utility.draft", "What you chose to pay is not there any more. Choose it again.")
	ErrRun      = fault.New(fault.Missing, "utility.run", "There is no such run.")
	ErrRegister = fault.New(fault.Missing, "utility.register", "There is no register of this day.")
	ErrDenied   = fault.New(fault.Denied, "utility.denied", "Only staff of the provider may do this.")
	ErrBuyer    = fault.New(fault.Unauthenticated, "utility.buyer", "Please sign in: accounts are kept under your name.")
	ErrTaken    = fault.New(fault.Conflict, "utility.taken", "This is there already: a provider of this code, or an account or a meter of this number.")
	ErrStale    = fault.New(fault.Conflict, "utility.stale", "This was changed meanwhile. Look at it again and repeat your change.")
	// ErrPaused says that the provider takes nothing here for a while.
	ErrPaused = fault.New(fault.Conflict, "utility.paused", "The provider takes no payments here for now. Please look again later.")
	ErrClosed = fault.New(fault.Conflict, "utility.closed", "This account is closed. Ask the provider.")
	// ErrPaid says that somebody else has paid since the draft was made.
	ErrPaid = fault.New(fault.Conflict, "utility.paid", "Somebody has paid for this account meanwhile. Look at what is still owed.")
	// ErrPaying says that somebody else holds the bill in a basket.
	ErrPaying  = fault.New(fault.Conflict, "utility.paying", "Somebody is paying this bill just now. Wait a few minutes and look again.")
	ErrNothing = fault.New(fault.Conflict, "utility.nothing", "Nothing is to be paid for this account.")
	// ErrBounds has the values least and most.
	ErrBounds = fault.New(fault.Invalid, "utility.bounds", "This sum is outside of what the provider takes.")
	// ErrBelow has the value last.
	ErrBelow = fault.New(fault.Invalid, "utility.below", "A meter does not run backwards: enter at least the last reading.")
	// ErrUnusual has the values used and usual.
	ErrUnusual = fault.New(fault.Conflict, "utility.unusual", "This is much more than usual. If the number is right, confirm it.")
	// ErrWindow has the values first and last.
	ErrWindow  = fault.New(fault.Conflict, "utility.window", "Readings are taken on certain days of the month only.")
	ErrRunning = fault.New(fault.Conflict, "utility.running", "The bills of this month are being issued, or are issued already.")
	ErrTariff  = fault.New(fault.Invalid, "utility.tariff", "A tariff begins on a day, has prices that are not below zero, and steps that rise; only the last one has no end.")
	ErrMonth   = fault.New(fault.Invalid, "utility.month", "Bills are issued for a month that has begun and is not older than two years.")
	ErrFile    = fault.New(fault.Invalid, "utility.file", "The file cannot be read: see the line and what is wrong with it.")
	// ErrTxn has the values sum and paid: the same transaction came with another sum or account.
	ErrTxn = fault.New(fault.Conflict, "utility.txn", "This transaction was taken already, with another sum or for another account.")
	// ErrDown means that the provider does not answer; whether it acted nobody knows.
	ErrDown = fault.New(fault.Unavailable, "utility.down", "The provider does not answer just now. Nothing is lost; please look again later.")
	// ErrRefused is a clear no of the provider.
	ErrRefused = fault.New(fault.Conflict, "utility.refused", "The provider does not take this payment. Ask the provider, or look at the number again.")
	ErrMany    = fault.New(fault.Limited, "utility.many", "You keep as many accounts as one may. Let one go first.")
	// ErrHere is asked of a provider that keeps its books here.
	ErrHere    = fault.New(fault.Conflict, "utility.here", "This provider keeps its books in this house: there is nobody else to ask.")
	ErrNoSeal  = fault.New(fault.Unavailable, "utility.no_seal", "This house has no key to keep secrets with. Whoever runs it must set one first.")
	ErrAutopay = fault.New(fault.Missing, "utility.autopay", "Nothing is paid by itself here.")
	ErrSettled = fault.New(fault.Conflict, "utility.settled", "This register was paid out already.")
)

// Ids of the context.
type (
	ProviderID string
	AccountID  string
	BillID     string
	MeterID    string
	ReadingID  string
	PaymentID  string
	DraftID    string
	RunID      string
)

// Kind is what a provider sends bills for.
type Kind string

// The kinds.
const (
	KindCentre  Kind = "centre" // KindCentre sends one document for many services.
	KindWater   Kind = "water"
	KindHeat    Kind = "heat"
	KindPower   Kind = "power"
	KindGas     Kind = "gas"
	KindTelecom Kind = "telecom"
	KindHousing Kind = "housing"
	KindFees    Kind = "fees"   // KindFees are fees and fines of public bodies.
	KindSchool  Kind = "school" // KindSchool knows its accounts by the number of the student.
)

// Kinds are all kinds in the order of the pages.
var Kinds = []Kind{KindCentre, KindWater, KindHeat, KindPower, KindGas, KindTelecom, KindHousing, KindFees, KindSchool}

// Scopes of the office.
const (
	ScopeRead  = "utility.read"
	ScopeWrite = "utility.write"
)

// Provider sends bills. All but its id, seller, code, kind and version may be changed by its staff.
type Provider struct {
	ID      ProviderID     `json:"-"`
	Seller  seller.ID      `json:"-"`
	Code    string         `json:"-"` // Code stands in addresses: "almaty-erc".
	Kind    Kind           `json:"-"`
	Version int64          `json:"-"`
	Name    text.Localized `json:"name"`
	City    text.Localized `json:"city,omitempty"`
	// Numbered is how the number is called where it is no personal account: the student's number, the number of a fine.
	Numbered text.Localized `json:"numbered,omitempty"`
	Currency money.Currency `json:"currency"`
	BIN      string         `json:"bin,omitempty"`
	IBAN     string         `json:"iban,omitempty"`
	BIC      string         `json:"bic,omitempty"`
	KBE      string         `json:"kbe,omitempty"` // KBE is residency and sector of who is paid, two digits.
	KNP      string         `json:"knp,omitempty"` // KNP is the purpose of payments to it, three digits.
	DueDay   int            `json:"due_day"`       // DueDay is the day of the next month by which a bill is to be paid.
	ReadFrom int            `json:"read_from,omitempty"`
	ReadTo   int            `json:"read_to,omitempty"`  // ReadFrom and ReadTo are the days of the month on which readings are taken; 0 is any day.
	Multiple int64          `json:"multiple,omitempty"` // Multiple is how many times the usual a reading may be without being confirmed.
	SumMin   int64          `json:"sum_min,omitempty"`
	SumMax   int64          `json:"sum_max,omitempty"`
	Services []Service      `json:"services"`
	Peers    []Peer         `json:"peers,omitempty"`
	Remote   *Remote        `json:"remote,omitempty"` // Remote says how a provider is asked that keeps its books elsewhere.
	Paused   bool           `json:"paused,omitempty"`
	// Variant is as what payments for it are sold in the basket; without one they are not.
	Variant catalog.VariantID `json:"variant,omitempty"`
}

// Service is one line of a bill.
type Service struct {
	Code     string         `json:"code"`
	Name     text.Localized `json:"name"`
	Unit     measure.Unit   `json:"unit,omitempty"`
	Tariffs  []Tariff       `json:"tariffs,omitempty"`
	Editable bool           `json:"editable,omitempty"` // Editable lets the payer change the sum of the line.
	Most     int64          `json:"most,omitempty"`     // Most is the largest sum that may be paid for the line; 0 is what SumMax says.
}

// Peer is a bank that asks a provider, by one dialect, from known addresses and with a password.
type Peer struct {
	Name     string         `json:"name"`            // Name is its user name and the channel of its payments.
	Title    text.Localized `json:"title,omitempty"` // Title is what people call it; its name where none is given.
	Dialect  string         `json:"dialect"`
	Networks []string       `json:"networks,omitempty"` // Networks are where it asks from (CIDR); none is anywhere.
	Secret   string         `json:"secret"`             // Secret is the SHA-256 of its password in hex; the password is long and random.
	Paused   bool           `json:"paused,omitempty"`
}

// ChannelName gives what people call a bank that brings payments; its name where it has no other, or is none of the provider's
// any more.
func (p Provider) ChannelName(channel, lang string) string {
	for _, peer := range p.Peers {
		if peer.Name == channel && len(peer.Title) > 0 {
			return peer.Title.In(lang)
		}
	}
	return channel
}

// Remote is how a provider is asked.
type Remote struct {
	Dialect string `json:"dialect"`
	URL     string `json:"url"`
	User    string `json:"user,omitempty"`
	Sealed  string `json:"sealed,omitempty"` // Sealed is the password, which only who asks opens.
}

// Service gives a service of a provider by its code.
func (p Provider) Service(code string) (Service, bool) {
	for _, s := range p.Services {
		if s.Code == code {
			return s, true
		}
	}
	return Service{}, false
}

// Peer gives a bank by its name.
func (p Provider) Peer(name string) (Peer, bool) {
	for _, b := range p.Peers {
		if b.Name == name {
			return b, true
		}
	}
	return Peer{}, false
}

// money gives an amount in the currency of the provider.
func (p Provider) money(minor int64) money.Money { return money.Of(minor, p.Currency) }

// Account is what bills are sent to: a flat, a student, a contract.
type Account struct {
	ID       AccountID
	Provider ProviderID
	Number   string
	Holder   string
	Address  string
	People   int64            // People are those who live there.
	Area     measure.Quantity // Area is in square metres.
	Closed   bool
	Payments int64 // Payments counts what was paid so far.
	Told     Told  // Told is what a remote provider has said last.
}

// Told is what a remote provider has said of an account.
type Told struct {
	Sum     int64     `json:"sum"`            // Sum is what it said is owed.
	Paid    int64     `json:"paid,omitempty"` // Paid is what was paid here of which that sum does not know.
	Fields  []Field   `json:"fields,omitempty"`
	At      time.Time `json:"at,omitzero"`       // At is when it was asked.
	Silent  bool      `json:"silent,omitempty"`  // Silent says that it has never answered.
	Missing bool      `json:"missing,omitempty"` // Missing says that it answered at last, and knows no such number.
}

// Owed is what is left of what a remote provider said after what was paid here since.
func (t Told) Owed() int64 { return max(0, t.Sum-t.Paid) }

// Field is a word of a remote provider about an account.
type Field struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Line is what one service cost in a month, and why.
type Line struct {
	Service string `json:"service"`
	Sum     int64  `json:"sum"`
	Parts   []Part `json:"parts,omitempty"`
}

// Bill is what an account was charged for a month.
type Bill struct {
	ID       BillID
	Provider ProviderID
	Account  AccountID
	Month    span.Day // Month is its first day.
	Due      span.Day
	Total    int64
	Lines    []Line
	Issued   time.Time
}

// Meter counts what an account uses of a service.
type Meter struct {
	ID      MeterID
	Account AccountID
	Service string
	Number  string
	Digits  int64            // Digits is after how many whole digits it begins again.
	Last    measure.Quantity // Last is the latest reading that was taken.
	LastDay span.Day
	Billed  measure.Quantity // Billed is the reading up to which bills were issued.
	Usual   measure.Quantity // Usual is what is used in a month; 0 is not known yet.
}
