package session

import (
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/session/sessiondb"
)

// ErrCode says no to a code, and does not say whether it was wrong, too old, used, or for nobody.
var ErrCode = fault.New(fault.Invalid, "session.code", "This code is not right or not valid any more. Check it, or ask for a new one.")

// Ticket is what a browser has begun and somebody has to prove. The browser holds its secret; the proof comes by another
// way. It is good once.
type Ticket struct {
	Purpose string
	User    string // User is empty where an address is nobody's: such a ticket leads nowhere.
	Subject string // Subject is the address to which the code goes.
	Body    string // Body is what a ceremony remembers.
	Expires time.Time
	hash    string
	code    string
}

const (
	// CodeTime is how long a code is good: long enough for a slow letter, short enough that an old one is worth nothing.
	CodeTime = 15 * time.Minute
	// codeTries is how often one code can be guessed at: with six digits, once in 200,000 somebody guesses right.
	codeTries = 5
	// codeDigits is what people type without a mistake (NIST SP 800-63B §3.1.3.2 asks for six at least).
	codeDigits = 6
	// ticketPrefix has scanners find leaked tickets, and keeps answers that hold one from being stored.
	ticketPrefix = "tk_"
)

var (
	// A mailbox is written to a few times at once; then its owner is left in peace.
	mailboxBrake = brake{free: 4, first: 30 * time.Second, most: 30 * time.Minute}
	// An address of the net asks later for more, because an office shares one.
	askerBrake = brake{free: 20, first: 10 * time.Second, most: 30 * time.Minute}
)

// AskCode begins a proof by a code that goes to t.Subject, and gives the secret of the ticket for the browser and the code
// for the letter. What is asked too often, of one mailbox or from one address, is ErrThrottled with "retry_after" in
// seconds, whether anybody has that mailbox or not. Both secrets are not kept.
func AskCode(tx *db.Tx, t Ticket, address string) (ticket, code string, err error) {
	mailbox, asker := subject("mailbox", t.Subject), subject("asker", address)
	tx.Lock("throttle:" + mailbox)
	rows, err := throttles(tx, mailbox, asker)
	if err != nil {
		return "", "", err
	}
	for _, r := range rows {
		if wait := micros(r.Until).Sub(tx.Now()); wait > 0 {
			return "", "", fault.With(ErrThrottled, "retry_after", int64(math.Ceil(wait.Seconds())))
		}
	}
	for name, brake := range map[string]brake{mailbox: mailboxBrake, asker: askerBrake} {
		asked := rows[name].Failures + 1
		if err := sessiondb.New(tx.Later()).KeepThrottle(tx.Context(), sessiondb.KeepThrottleParams{
			Subject: name, Failures: asked, Until: tx.Now().Add(brake.wait(asked)).UnixMicro(), At: tx.Now().UnixMicro(),
		}); err != nil {
			return "", "", err
		}
	}
	code = digits()
	ticket, err = keepTicket(tx, t, code, CodeTime)
	return ticket, code, err
}

// keepTicket keeps a ticket for a while and gives its secret.
func keepTicket(tx *db.Tx, t Ticket, code string, good time.Duration) (ticket string, err error) {
	ticket = ticketPrefix + secret()
	if code != "" {
		code = sealed(ticket, code)
	}
	return ticket, sessiondb.New(tx.Later()).KeepTicket(tx.Context(), sessiondb.KeepTicketParams{
		Hash: digest(ticket), Purpose: t.Purpose, UserID: t.User, Subject: t.Subject, Code: code, Body: t.Body,
		Expires: tx.Now().Add(good).UnixMicro(),
	})
}

// sealed is what is kept of a code: it can be compared by whoever holds the ticket only.
func sealed(ticket, code string) string { return digest(ticket + ":" + code) }

// FindTicket gives what was begun, for the page that asks for the code. One that is not there any more is ErrCode.
func FindTicket(tx *db.Tx, purpose, ticket string) (Ticket, error) {
	row, err := sessiondb.New(tx).FindTicket(tx.Context(), sessiondb.FindTicketParams{
		Hash: digest(ticket), Purpose: purpose, Now: tx.Now().UnixMicro(),
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Ticket{}, ErrCode.About("no ticket for %s", purpose)
	}
	return ticketOf(row), err
}

// TryCode counts a try and looks at the code. The moment must be committed whatever Fits says then; a ticket that is not
// there, or was tried too often, is ErrCode.
func TryCode(tx *db.Tx, purpose, ticket string) (Ticket, error) {
	rows, err := sessiondb.New(tx).TryTicket(tx.Context(), sessiondb.TryTicketParams{
		Hash: digest(ticket), Purpose: purpose, Now: tx.Now().UnixMicro(), Most: codeTries,
	})
	if err != nil {
		return Ticket{}, err
	}
	if len(rows) == 0 {
		return Ticket{}, ErrCode.About("no ticket for %s, or tried too often", purpose)
	}
	return ticketOf(rows[0]), nil
}

// Fits tells whether a code is the one that was sent. Spaces, as people copy them, do not count.
func (t Ticket) Fits(ticket, code string) bool {
	said := sealed(ticket, strings.Join(strings.Fields(code), ""))
	return t.code != "" && t.User != "" && subtle.ConstantTimeCompare([]byte(said), []byte(t.code)) == 1
}

// Spend uses a ticket up, in the moment in which what it proves is done. One that was spent is ErrCode.
func Spend(tx *db.Tx, t Ticket) error {
	rows, err := sessiondb.New(tx).SpendTicket(tx.Context(), t.hash)
	if err == nil && rows == 0 {
		err = ErrCode.About("spent already")
	}
	return err
}

// DropTickets ends all that a user has begun: after his address or password has changed.
func DropTickets(tx *db.Tx, user string) error {
	return sessiondb.New(tx.Later()).DropTickets(tx.Context(), user)
}

func ticketOf(r sessiondb.SessionTicket) Ticket {
	return Ticket{
		Purpose: r.Purpose, User: r.UserID, Subject: r.Subject, Body: r.Body, Expires: micros(r.Expires), hash: r.Hash, code: r.Code,
	}
}

// digits is a random code.
func digits() string {
	n, err := rand.Int(rand.Reader, new(big.Int).Exp(big.NewInt(10), big.NewInt(codeDigits), nil))
	if err != nil {
		panic("session: " + err.Error()) // crypto/rand ends the process rather than fail.
	}
	return fmt.Sprintf("%0*d", codeDigits, n)
}
