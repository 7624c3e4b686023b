// Package biller speaks the protocol by which banks tell providers of payments: check and pay, over HTTP, in two dialects that
// have the same commands and other codes.
//
//	Kaspi   GET …?command=check|pay&txn_id&account&sum[&txn_date]   answers JSON   1 = not found, 5 = other error
//	OSMP    the same (QIWI)                                         answers XML    5 = not found, 1 = come again
//
// Both sides are here: Read and Write are those of a provider that is asked, Client is that of who asks. Outcomes are ours; each
// dialect has its table of codes, both ways. It knows neither accounts nor money.
package biller

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Dialect is how the codes are written.
type Dialect string

// The dialects.
const (
	Kaspi Dialect = "kaspi"
	OSMP  Dialect = "osmp"
)

// Known tells whether there is such a dialect.
func (d Dialect) Known() bool { return d == Kaspi || d == OSMP }

// Command is what is asked.
type Command string

// The commands.
const (
	Check Command = "check"
	Pay   Command = "pay"
)

// Outcome is what is answered.
type Outcome int

// The outcomes.
const (
	OK         Outcome = iota
	Again              // Again is a trouble that passes: ask again.
	Format             // Format is an account of a form that none has.
	NotFound           // NotFound is an account that is not there.
	Forbidden          // Forbidden is a provider that takes nothing.
	Inactive           // Inactive is an account that takes nothing.
	Pending            // Pending is a payment that is not finished.
	TooSmall           // TooSmall is a sum below what is taken.
	TooBig             // TooBig is a sum above it.
	Cancelled          // Cancelled is a payment that was taken back.
	PaidBefore         // PaidBefore is a transaction that was taken already, with another sum or account.
	Other              // Other is any other refusal.
)

// codes are what an outcome is called in each dialect. Where a dialect has no word of its own it takes the nearest: Kaspi has none
// for what passes and answers 4, so that the bank asks again; OSMP has none for a payment that was taken before.
var codes = map[Dialect][]int{
	Kaspi: {OK: 0, Again: 4, Format: 1, NotFound: 1, Forbidden: 5, Inactive: 5, Pending: 4, TooSmall: 5, TooBig: 5, Cancelled: 2, PaidBefore: 3, Other: 5},
	OSMP:  {OK: 0, Again: 1, Format: 4, NotFound: 5, Forbidden: 7, Inactive: 79, Pending: 90, TooSmall: 241, TooBig: 242, Cancelled: 300, PaidBefore: 300, Other: 300},
}

// meanings are what a code means in each dialect. A code that is not there is Other.
var meanings = map[Dialect]map[int]Outcome{
	Kaspi: {0: OK, 1: NotFound, 2: Cancelled, 3: PaidBefore, 4: Pending, 5: Other},
	OSMP: {0: OK, 1: Again, 4: Format, 5: NotFound, 7: Forbidden, 8: Forbidden, 79: Inactive, 90: Pending, 241: TooSmall, 242: TooBig,
		243: Again, 251: Other, 300: Other},
}

// Code gives the code of an outcome.
func (d Dialect) Code(o Outcome) int {
	if all := codes[d]; o >= 0 && int(o) < len(all) {
		return all[o]
	}
	return codes[d][Other]
}

// Meaning gives the outcome that a code stands for.
func (d Dialect) Meaning(code int) Outcome {
	if o, known := meanings[d][code]; known {
		return o
	}
	return Other
}

// words are what outcomes are called where they are kept.
var words = []string{
	OK: "ok", Again: "again", Format: "format", NotFound: "not_found", Forbidden: "forbidden", Inactive: "inactive", Pending: "pending",
	TooSmall: "too_small", TooBig: "too_big", Cancelled: "cancelled", PaidBefore: "paid_before", Other: "other",
}

// Word is what an outcome is called where it is kept; these never change.
func (o Outcome) Word() string {
	if o < 0 || int(o) >= len(words) {
		return words[Other]
	}
	return words[o]
}

// Passes tells whether asking again may bring another answer.
func (o Outcome) Passes() bool { return o == Again || o == Pending }

// Request is what is asked.
type Request struct {
	Command Command
	Txn     string
	Account string
	Sum     int64     // Sum is in hundredths; that of a check means nothing.
	Date    time.Time // Date is when the payer paid; zero in a check.
}

// zone is the time in which banks of the country write dates: UTC+5 since 1 March 2024.
var zone = time.FixedZone("UTC+5", 5*3600)

// dateShape is YYYYMMDDHHMMSS.
const dateShape = "20060102150405"

var (
	txnShape = regexp.MustCompile(`^[0-9A-Za-z-]{1,40}$`)
	sumShape = regexp.MustCompile(`^\d{1,12}([.,]\d{1,2})?$`)
)

// accountMax bounds an account (QIWI: 200 characters).
const accountMax = 200

// Read reads a request. What cannot be read has an outcome that says so; then what could be read of the request is given, for the
// answer repeats the transaction.
func Read(values url.Values) (Request, Outcome) {
	r := Request{Command: Command(values.Get("command")), Txn: values.Get("txn_id"), Account: strings.TrimSpace(values.Get("account"))}
	if !txnShape.MatchString(r.Txn) {
		r.Txn = ""
		return r, Other
	}
	if r.Command != Check && r.Command != Pay {
		return r, Other
	}
	if r.Account == "" || len(r.Account) > accountMax {
		return r, Format
	}
	sum, ok := ReadSum(values.Get("sum"))
	if r.Command == Check { // A bank that knows no sum yet sends one that means nothing, or none.
		r.Sum = sum
		return r, OK
	}
	if !ok {
		return r, Other
	}
	r.Sum = sum
	if date := values.Get("txn_date"); date != "" {
		at, err := time.ParseInLocation(dateShape, date, zone)
		if err != nil || at.Year() < 2000 {
			return r, Other
		}
		r.Date = at
	}
	return r, OK
}

// ReadSum reads a sum with at most two decimal places.
func ReadSum(s string) (minor int64, ok bool) {
	if !sumShape.MatchString(s) {
		return 0, false
	}
	whole, part, _ := strings.Cut(strings.ReplaceAll(s, ",", "."), ".")
	minor, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	return minor, err == nil
}

// WriteSum writes a sum with two decimal places.
func WriteSum(minor int64) string {
	sign := ""
	if minor < 0 {
		sign, minor = "-", -minor
	}
	rest := strconv.FormatInt(minor%100, 10)
	return sign + strconv.FormatInt(minor/100, 10) + "." + strings.Repeat("0", 2-len(rest)) + rest
}

// Query gives a request as it stands in an address.
func (r Request) Query() url.Values {
	v := url.Values{"command": {string(r.Command)}, "txn_id": {r.Txn}, "account": {r.Account}, "sum": {WriteSum(r.Sum)}}
	if !r.Date.IsZero() {
		v.Set("txn_date", r.Date.In(zone).Format(dateShape))
	}
	return v
}

// Answer is what is answered.
type Answer struct {
	Outcome Outcome
	Txn     string
	Own     string // Own is the provider's number of the payment.
	Sum     int64  // Sum is what is owed, in the answer to a check, and what was taken in that to a payment.
	Comment string
	Fields  []Field
}

// Field is a word about an account.
type Field struct{ Name, Text string }
