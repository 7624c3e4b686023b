// Package fix speaks FIX, the language in which brokers and exchanges send each other orders and trades: the codec and
// the session layer of whoever is called (the acceptor), in the versions 4.0 to 4.4 and, over FIXT 1.1, 5.0 to 5.0 SP2.
//
// It knows messages, fields, groups and what each version says of them; sessions, their numbers, and what a session
// has sent. It does not know what an order is: messages of the trade go to an Application, and what that answers goes
// out. A message is read in place, without memory of its own.
//
//	                 Logon                       Logout, silence, a fault of the numbers
//	offline ───────────────────▶ online ──────────────────────▶ leaving ─▶ offline
//	   ▲   not known, not proved:  │ ▲                             (our Logout is out; theirs
//	   └── closed without a word   ▼ │                              comes, or the wait is over)
//	                         gap: what is missing has been asked for
//
// What a session promises: each message of the trade reaches the Application once in the order of its numbers, unless
// the process dies in between: then the last ones come again, marked as possible duplicates. What is sent has a number
// and is kept before it goes out, also while nobody is connected, and is sent again to who asks for it. Whoever does
// not read what he is sent is cut off, and loses nothing by it.
//
// docs/exchange/fix.md says which rule stands where in the standard.
package fix

import (
	"errors"
	"fmt"
	"time"
)

// Version is a version of the messages. From FIX50 on the session itself speaks FIXT 1.1.
type Version uint8

// The versions, in the order of their age.
const (
	FIX40 Version = iota + 1
	FIX41
	FIX42
	FIX43
	FIX44
	FIX50
	FIX50SP1
	FIX50SP2
)

const beginFIXT = "FIXT.1.1"

// begins are the BeginStrings of the versions, and versionNames what the facts call them.
var (
	begins       = [...]string{"", "FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4", beginFIXT, beginFIXT, beginFIXT}
	versionNames = [...]string{"", "FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4", "FIX.5.0", "FIX.5.0SP1", "FIX.5.0SP2"}
)

// Begin gives what stands in BeginString (8), or nothing for what is no version.
func (v Version) Begin() string {
	if int(v) >= len(begins) {
		return ""
	}
	return begins[v]
}

// String gives the name of the standard: "FIX.4.4".
func (v Version) String() string {
	if int(v) >= len(versionNames) {
		return "?"
	}
	return versionNames[v]
}

// applications are the values of DefaultApplVerID (1137) and ApplVerID (1128), which count from FIX 2.7 on.
func applicationVersion(value []byte) Version {
	if len(value) != 1 || value[0] < '2' || value[0] > '9' {
		return 0
	}
	return Version(value[0]-'2') + FIX40
}

func (v Version) application() byte { return byte(v-FIX40) + '2' }

// ID names a session by its version and both sides, as the house sees them: Sender is the house, Target the other one.
type ID struct {
	Version        Version
	Sender, Target string
}

// String is "FIX.4.4:HOUSE->BROKER".
func (id ID) String() string { return id.Version.String() + ":" + id.Sender + "->" + id.Target }

// Terms are what the house has agreed on with the other side of a session. The zero value of a field is the usual choice.
type Terms struct {
	ID           ID
	ResetOnLogon bool          // ResetOnLogon lets both numbers begin at one with each logon, and so gives up what was not received.
	Tolerance    time.Duration // Tolerance is how far SendingTime may be from the clock; zero is two minutes.
	HeartbeatMax time.Duration // HeartbeatMax is the longest interval that a Logon may ask for; zero is an hour.
	Rate         int           // Rate is how many messages of the trade a second may bring; zero is any number.
	Burst        int           // Burst is how many may come at once; zero is Rate.
	UserFields   bool          // UserFields lets fields from 5000 on pass, which no version defines.
}

// Limits bound what one message may ask of the house. The zero value of a field is the usual choice.
type Limits struct {
	Bytes   int // Bytes is the longest message; zero is 64 KiB.
	Fields  int // Fields is how many fields a message may have; zero is 4096.
	Entries int // Entries is how many entries a repeating group may have; zero is 1000.
}

const (
	bytesUsual   = 64 << 10
	fieldsUsual  = 4096
	entriesUsual = 1000
)

func (l Limits) usual() Limits {
	if l.Bytes <= 0 {
		l.Bytes = bytesUsual
	}
	if l.Fields <= 0 {
		l.Fields = fieldsUsual
	}
	if l.Entries <= 0 {
		l.Entries = entriesUsual
	}
	return l
}

// What reading a message can end with.
var (
	// ErrMore says that the message is not there as a whole yet.
	ErrMore = errors.New("fix: the message goes on")
	// ErrGarbled says that what stands there is no message: its length or its check sum is wrong, or it is not made of
	// fields. It is to be passed over, as if it had never come.
	ErrGarbled = errors.New("fix: garbled")
	// ErrTooLong says that a message promises to be longer than Limits.Bytes.
	ErrTooLong = errors.New("fix: the message is too long")
	// ErrTooManyFields says that a message that is whole has more than Limits.Fields.
	ErrTooManyFields = errors.New("fix: the message has too many fields")
)

// What else can go wrong.
var (
	// ErrTerms says that a session cannot be: its version or a side of it is missing, or it is there already.
	ErrTerms = errors.New("fix: name the version and both sides of a session, once")
	// ErrOnline says that a session is in use, so that its numbers cannot be changed.
	ErrOnline = errors.New("fix: the session is in use")
	// ErrClosed says that the server has ended.
	ErrClosed = errors.New("fix: the server is closed")
)

// Tags of the session layer.
const (
	tagBeginSeqNo     = 7
	tagBeginString    = 8
	tagBodyLength     = 9
	tagCheckSum       = 10
	tagEndSeqNo       = 16
	tagMsgSeqNum      = 34
	tagMsgType        = 35
	tagNewSeqNo       = 36
	tagPossDup        = 43
	tagRefSeqNum      = 45
	tagSender         = 49
	tagSendingTime    = 52
	tagTarget         = 56
	tagText           = 58
	tagRawData        = 96
	tagPossResend     = 97
	tagEncrypt        = 98
	tagHeartbeat      = 108
	tagTestReqID      = 112
	tagOrigTime       = 122
	tagGapFill        = 123
	tagReset          = 141
	tagRefTag         = 371
	tagRefType        = 372
	tagReason         = 373
	tagBusinessRef    = 379
	tagBusinessReason = 380
	tagUsername       = 553
	tagPassword       = 554
	tagNextExpected   = 789
	tagApplVerID      = 1128
	tagDefaultApplVer = 1137
)

// soh ends a field.
const soh = 1

func (id ID) judge() error {
	if id.Version < FIX40 || id.Version > FIX50SP2 || !plain(id.Sender) || !plain(id.Target) {
		return fmt.Errorf("%w: %s", ErrTerms, id)
	}
	return nil
}

// plain tells whether a name can stand in a field, in the name of a file, and in a log.
func plain(name string) bool {
	for i := range len(name) {
		if name[i] <= ' ' || name[i] > '~' || name[i] == '/' || name[i] == '=' {
			return false
		}
	}
	return name != "" && len(name) <= 64 && name[0] != '.'
}
