package booking

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"sauda/base/ident"
	"sauda/base/span"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/seal"
)

// ticketMark begins every ticket; another form of ticket will begin otherwise.
const ticketMark = "SAUDA1"

// Ticket is what stands in the code that is shown at the door. It is signed (Ed25519, RFC 8032) by the house for one seller, so
// that a door without a network can tell one that is made up; whether it was used, the list of the day tells.
type Ticket struct {
	Booking ID
	From    span.Day
	To      span.Day
	People  int
}

// ticketKey is the key by which tickets of a seller are signed. It follows from the keys of the house, so nothing is kept.
func ticketKey(keys seal.Keys, of seller.ID) (ed25519.PrivateKey, error) {
	seed, err := hex.DecodeString(keys.Proof("booking tickets", string(of)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, ErrTicket.About("there is no key of the house")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// TicketOf writes the ticket of a booking.
func TicketOf(keys seal.Keys, b Booking) (string, error) {
	key, err := ticketKey(keys, b.Seller)
	if err != nil {
		return "", err
	}
	text := strings.Join([]string{ticketMark, string(b.ID), b.From.String(), b.To.String(), strconv.Itoa(b.Draft.People())}, ":")
	return text + ":" + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(text))), nil
}

// DoorKey is the public key by which a door of a seller checks tickets, in base64.
func DoorKey(keys seal.Keys, of seller.ID) (string, error) {
	key, err := ticketKey(keys, of)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(key[ed25519.SeedSize:]), nil
}

// ReadTicket reads a ticket of a seller. What was not signed for this seller is ErrTicket.
func ReadTicket(keys seal.Keys, of seller.ID, said string) (Ticket, error) {
	refused := ErrTicket.About("%.200q", said)
	key, err := ticketKey(keys, of)
	if err != nil {
		return Ticket{}, err
	}
	said = strings.TrimSpace(said)
	at := strings.LastIndexByte(said, ':')
	parts := strings.Split(said, ":")
	if len(said) > 400 || len(parts) != 6 || parts[0] != ticketMark {
		return Ticket{}, refused
	}
	mark, err := base64.RawURLEncoding.DecodeString(said[at+1:])
	public, _ := key.Public().(ed25519.PublicKey)
	if err != nil || !ed25519.Verify(public, []byte(said[:at]), mark) {
		return Ticket{}, refused
	}
	t := Ticket{Booking: ID(parts[1])}
	from, err := span.Parse(parts[2])
	if err != nil {
		return Ticket{}, refused
	}
	to, err := span.Parse(parts[3])
	if err != nil {
		return Ticket{}, refused
	}
	t.From, t.To = from, to
	t.People, err = strconv.Atoi(parts[4])
	if err != nil || !ident.Valid("bkg", parts[1]) {
		return Ticket{}, refused
	}
	return t, nil
}

// codeLength is how much of an id is typed where a code cannot be read: forty bits that were drawn by chance.
const codeLength = 8

// Code is what is typed at the door instead of the ticket.
func (b Booking) Code() string {
	id := string(b.ID)
	return strings.ToUpper(id[max(0, len(id)-codeLength):])
}

// Enter lets in who shows a ticket now, or says its code, at a door of a seller. A code is looked for among the bookings of these
// days. Asked again under the ID of a mark that has let in, it lets in: the door has not heard the answer.
func Enter(tx *db.Tx, keys seal.Keys, of seller.ID, m Mark) (Booking, error) {
	m.At = tx.Now()
	id, err := shown(tx, keys, of, m)
	if err != nil {
		return Booking{}, err
	}
	b, err := Of(tx, of, id)
	if err != nil {
		return Booking{}, err
	}
	if _, known := b.marked(m.ID); known {
		return b, nil
	}
	return letIn(tx, b, m)
}

// shown gives the booking whose ticket was shown, or whose code was said.
func shown(tx *db.Tx, keys seal.Keys, of seller.ID, m Mark) (ID, error) {
	said := strings.TrimSpace(m.Said)
	if strings.HasPrefix(said, ticketMark) {
		t, err := ReadTicket(keys, of, said)
		return t.Booking, err
	}
	code := strings.ToUpper(strings.ReplaceAll(said, " ", ""))
	all, err := atDoor(tx, of, m.At)
	if err != nil {
		return "", err
	}
	for _, b := range all {
		if len(code) == codeLength && b.Code() == code {
			return b.ID, nil
		}
	}
	return "", ErrTicket.About("%.40q", said)
}

// doorMost bounds who may come on the days about one.
const doorMost = 1000

// atDoor gives the bookings of a seller that may come about an instant, from the day before to the day after.
func atDoor(tx *db.Tx, of seller.ID, at time.Time) ([]Booking, error) {
	day := span.DayOf(at, span.Almaty)
	return Board(tx, of, span.Days{From: day.AddDays(-1), To: day.AddDays(2)}, doorMost)
}
