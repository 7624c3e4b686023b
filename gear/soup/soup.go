// Package soup brings numbered messages to programs over TCP, as SoupBinTCP 3.00 has it (Nasdaq, 22 February 2017): whoever
// connects says which message he wants first, and gets it and all behind it, without a gap, also after a lost connection.
//
//	Add, Flush ──▶ Log: the packets of a session in a file, as they are sent ──▶ a copy for each who listens
//
// A message is written once, whoever listens: what is sent is the file, from where somebody is. So it matters to nobody else how
// far he is behind, and one who takes nothing for SendWait is cut off. Who may hear messages late only hears them from the same
// file, as far as it was then.
//
// It knows no word of the trade, and nothing of what messages mean.
package soup

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The packets (SoupBinTCP 3.00, clauses 2.2 and 2.3). Each has two bytes of length, the letter counted, before its letter.
const (
	packetDebug       = '+'
	packetAccepted    = 'A' // The session, ten letters, and the number of the next message, twenty.
	packetRejected    = 'J' // One letter, why.
	packetSequenced   = 'S'
	packetHeartbeat   = 'H'
	packetEnd         = 'Z' // The session is over.
	packetLogin       = 'L' // User, six letters; password, ten; session, ten; number, twenty.
	packetUnsequenced = 'U'
	packetAlive       = 'R'
	packetLogout      = 'O'
)

// Why a login is rejected (clause 2.2.3).
const (
	notAuthorized = 'A'
	notAvailable  = 'S'
)

const (
	headSize     = 3  // headSize is the length and the letter.
	userSize     = 6  // The fields of a login.
	passwordSize = 10 // passwordSize is what the standard has for it; here it may be longer.
	sessionSize  = 10
	numberSize   = 20
	loginMin     = 1 + userSize + passwordSize + sessionSize + numberSize
	packetMax    = 512 // packetMax is how long a packet of a client may be.
)

// Login is what somebody says who wants to listen.
type Login struct {
	User     string
	Password string
	Session  string // Session is empty for the present one.
	Next     uint64 // Next is the number of the first message that he wants; zero is the next one that comes.
	Remote   string // Remote is from where he comes.
}

var errPacket = errors.New("no packet of SoupBinTCP")

// readLogin reads a login, without its length. The password takes what the other fields leave, ten letters or more: an API key
// does not fit into ten.
func readLogin(b []byte) (Login, error) {
	if len(b) < loginMin || b[0] != packetLogin {
		return Login{}, errPacket
	}
	for _, c := range b {
		if c < ' ' || c > '~' {
			return Login{}, errPacket
		}
	}
	s := string(b[1:])
	behind := len(s) - sessionSize - numberSize
	l := Login{
		User: strings.TrimRight(s[:userSize], " "), Password: strings.TrimRight(s[userSize:behind], " "),
		Session: strings.TrimSpace(s[behind : behind+sessionSize]),
	}
	var err error
	if number := strings.TrimSpace(s[behind+sessionSize:]); number != "" { // Filled up on the left (clause 1.3).
		l.Next, err = strconv.ParseUint(number, 10, 64)
	}
	if err != nil {
		return Login{}, errPacket
	}
	return l, nil
}

// Packet writes the login as a packet, for whoever calls.
func (l Login) Packet() []byte {
	password := fmt.Sprintf("%-*s", passwordSize, l.Password)
	body := fmt.Sprintf("%c%-*s%s%-*s%*d", packetLogin, userSize, l.User, password, sessionSize, l.Session, numberSize, l.Next)
	return append([]byte{byte(len(body) >> 8), byte(len(body))}, body...)
}

// accepted is the answer to a login.
func accepted(session string, next uint64) []byte {
	return fmt.Appendf([]byte{0, 1 + sessionSize + numberSize, packetAccepted}, "%*s%*d", sessionSize, session, numberSize, next)
}
