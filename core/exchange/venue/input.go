package venue

import (
	"encoding/binary"

	"sauda/base/fault"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
)

// ErrInput is what Decode says of bytes that are no input.
var ErrInput = fault.New(fault.Invalid, "exchange.venue_input", "Take the journal from its last whole record: this one is damaged.")

// Verb is what an input asks of the market.
type Verb uint8

// The verbs. Their numbers are written in journals and never change.
const (
	Enter     Verb = iota + 1 // Enter brings a new order of Account, with the id Client of its Trader.
	Cancel                    // Cancel takes back the order that Order.ID names, or Target.
	Replace                   // Replace changes it, as book.Replace does.
	CancelAll                 // CancelAll takes back the orders of a Trader, a Member or an Account, in one Instrument or in all.
	Step                      // Step takes the session of an Instrument one step on.
	Tick                      // Tick lets time go on: dated orders end, auctions show what would come of them.
	List                      // List brings an Instrument, or another form of it: the Body is an Instrument.
	Admit                     // Admit brings an account, or another form of it: the Body is an Account.
	Limit                     // Limit sets limits: the Body is a Limits.
	Move                      // Move pays in or out, or settles: the Body is a Movement.
	Kill                      // Kill stops whoever the Body, a Scope, names, and takes back all of their orders; or lifts that.
	Agree                     // Agree makes a trade that was agreed elsewhere: the Body is an Agreement.
	Bust                      // Bust undoes a trade: the Body is a Trade.
	Begin                     // Begin begins the day of an Instrument, or of all.
	Price                     // Price sets the settlement price of a forward: the Body is a Mark.
	verbs
)

// Input is one thing that is asked of the market. It is all that the market learns.
type Input struct {
	Time       int64
	Verb       Verb
	Instrument uint32
	Account    uint32
	Trader     uint32
	Member     uint16
	Client     string       // Client is the id that the trader gives, of this request: at most ClientMax bytes, once a day.
	Target     string       // Target is the Client of the order that is meant, where its id is not known.
	Auction    auction.Kind // Auction makes an order wait for the Opening or the Closing auction, and end with it.
	Order      book.Input   // Order is the order; its verb, time and parties are filled in here.
	Step       auction.Input
	Body       []byte // Body is the JSON of a rare verb.
}

// Limits on what comes in.
const (
	ClientMax = 36      // ClientMax is the longest id of a client, in bytes: that of a UUID.
	BodyMax   = 1 << 16 // BodyMax is the longest body of a rare verb, in bytes.
)

// Fits gives the reason for which an input cannot be written, or none. Whoever keeps a journal asks before he writes one.
func (in *Input) Fits() Reason {
	switch {
	case in.Verb == 0 || in.Verb >= verbs:
		return Malformed
	case len(in.Client) > ClientMax || len(in.Target) > ClientMax:
		return BadClient
	case len(in.Body) > BodyMax:
		return BadBody
	}
	return 0
}

// Encode appends an input to bytes, in a form that is the same for the same input. One that does not fit is written so
// that it cannot be read.
func Encode(to []byte, in *Input) []byte {
	le := binary.LittleEndian
	to = append(to, byte(in.Verb), byte(in.Auction))
	to = le.AppendUint64(to, uint64(in.Time))
	to = le.AppendUint32(to, in.Instrument)
	to = le.AppendUint32(to, in.Account)
	to = le.AppendUint32(to, in.Trader)
	to = le.AppendUint16(to, in.Member)
	switch in.Verb {
	case Enter, Cancel, Replace, CancelAll:
		to = append(append(to, byte(len(in.Client))), in.Client...)
		to = append(append(to, byte(len(in.Target))), in.Target...)
		return book.Encode(to, &in.Order)
	case Step:
		s := &in.Step
		outside := byte(0)
		if s.Outside {
			outside = 1
		}
		to = append(to, byte(s.Step), outside, byte(s.Auction))
		to = le.AppendUint64(to, uint64(s.Drawn))
		return le.AppendUint64(to, s.Book)
	case Tick, Begin:
		return to
	}
	to = le.AppendUint32(to, uint32(len(in.Body)))
	return append(to, in.Body...)
}

const headSize = 2 + 8 + 3*4 + 2

// Decode reads one input, all of the bytes. Only what Encode writes is understood; anything else is ErrInput.
func Decode(from []byte, in *Input) error {
	if len(from) < headSize || from[0] == 0 || from[0] >= byte(verbs) {
		return ErrInput.About("%d bytes", len(from))
	}
	le := binary.LittleEndian
	*in = Input{
		Verb: Verb(from[0]), Auction: auction.Kind(from[1]), Time: int64(le.Uint64(from[2:])), Instrument: le.Uint32(from[10:]),
		Account: le.Uint32(from[14:]), Trader: le.Uint32(from[18:]), Member: le.Uint16(from[22:]),
	}
	rest := from[headSize:]
	switch in.Verb {
	case Enter, Cancel, Replace, CancelAll:
		return decodeOrder(rest, in)
	case Step:
		if len(rest) != 19 || rest[1] > 1 {
			return ErrInput.About("a step of %d bytes", len(rest))
		}
		in.Step = auction.Input{
			Step: auction.Step(rest[0]), At: in.Time, Outside: rest[1] == 1, Auction: auction.Kind(rest[2]),
			Drawn: int64(le.Uint64(rest[3:])), Book: le.Uint64(rest[11:]),
		}
		return nil
	case Tick, Begin:
		if len(rest) > 0 {
			return ErrInput.About("%d bytes too many", len(rest))
		}
		return nil
	}
	if len(rest) < 4 || int64(le.Uint32(rest)) != int64(len(rest)-4) || len(rest)-4 > BodyMax {
		return ErrInput.About("a body of %d bytes", len(rest))
	}
	in.Body = rest[4:]
	return nil
}

func decodeOrder(rest []byte, in *Input) error {
	for _, field := range [...]*string{&in.Client, &in.Target} {
		if len(rest) == 0 || len(rest) <= int(rest[0]) || rest[0] > ClientMax {
			return ErrInput.About("an id that is cut off")
		}
		*field = string(rest[1 : 1+rest[0]])
		rest = rest[1+rest[0]:]
	}
	n, err := book.Decode(rest, &in.Order)
	if err == nil && n != len(rest) {
		return ErrInput.About("%d bytes too many", len(rest)-n)
	}
	return err
}
