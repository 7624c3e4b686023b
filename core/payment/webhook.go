package payment

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/core/payment/paymentdb"
	"sauda/gear/db"
)

// SignatureHeader carries the signature of a gateway's message: "t=<unix seconds>,v1=<hex>".
const SignatureHeader = "Gateway-Signature"

// tolerance is how far the clock of a message may be from ours. Five minutes cover a slow queue and a clock that is
// off, and leave little time to replay.
const tolerance = 5 * time.Minute

// messageMax bounds a message: longer ones are no event of ours.
const messageMax = 64 << 10

// Sign gives the signature of a message that is sent at an instant: HMAC-SHA256 over the seconds, a point and the body.
func Sign(secret string, at time.Time, body []byte) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	return "t=" + seconds + ",v1=" + hex.EncodeToString(mac(secret, seconds, body))
}

// Verify refuses a message that was not signed with the secret, or whose time is more than five minutes off, with
// ErrForged. An empty secret verifies nothing. The comparison takes the same time for every signature.
func Verify(secret, signature string, body []byte, now time.Time) error {
	var seconds string
	var sums [][]byte
	for _, part := range strings.SplitN(signature, ",", 8) {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			seconds = value
		case "v1": // There are two while a secret is being changed.
			if sum, err := hex.DecodeString(value); err == nil {
				sums = append(sums, sum)
			}
		}
	}
	at, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || secret == "" {
		return ErrForged.About("the signature %.80q has no time, or there is no secret", signature)
	}
	right := false
	for _, sum := range sums {
		right = hmac.Equal(sum, mac(secret, seconds, body)) || right
	}
	if !right {
		return ErrForged.About("no signature of %.200q fits", signature)
	}
	if off := now.Sub(time.Unix(at, 0)).Abs(); off > tolerance {
		return ErrForged.About("the message is %s off", off)
	}
	return nil
}

func mac(secret, seconds string, body []byte) []byte {
	sum := hmac.New(sha256.New, []byte(secret))
	sum.Write([]byte(seconds))
	sum.Write([]byte{'.'})
	sum.Write(body)
	return sum.Sum(nil)
}

// EventKind names what a gateway tells of.
type EventKind string

// What gateways tell of.
const (
	EventChallenged    EventKind = "authorization.challenged"
	EventAuthorized    EventKind = "authorization.authorized"
	EventDeclined      EventKind = "authorization.declined"
	EventExpired       EventKind = "authorization.expired"
	EventCaptured      EventKind = "capture.succeeded"
	EventCaptureFailed EventKind = "capture.failed"
	EventVoided        EventKind = "void.succeeded"
	EventRefunded      EventKind = "refund.succeeded"
	EventRefundFailed  EventKind = "refund.failed"
	EventDisputed      EventKind = "dispute.opened"
	EventSettled       EventKind = "settlement.ready"
)

// Effect is what follows from an event.
type Effect struct {
	Note  bool // Note the result: its totals are news.
	Tell  bool // Tell the checkout story to go on: it may be waiting for this.
	Alarm bool // Alarm the staff: somebody has to look.
}

// Effects is the whole table. An event that is not in it is kept and alarms, and changes nothing.
var Effects = map[EventKind]Effect{
	EventChallenged:    {Note: true},
	EventAuthorized:    {Note: true, Tell: true},
	EventDeclined:      {Note: true, Tell: true},
	EventExpired:       {Note: true, Tell: true},
	EventCaptured:      {Note: true},
	EventCaptureFailed: {Note: true, Alarm: true},
	EventVoided:        {Note: true, Tell: true},
	EventRefunded:      {Note: true},
	EventRefundFailed:  {Note: true, Alarm: true},
	EventDisputed:      {Alarm: true},
	EventSettled:       {},
}

// EffectOf gives the effect of an event, also of one that nobody has heard of.
func EffectOf(kind EventKind) Effect {
	if e, known := Effects[kind]; known {
		return e
	}
	return Effect{Alarm: true}
}

// Event is one message of a gateway.
type Event struct {
	ID      string    `json:"id"`
	Kind    EventKind `json:"kind"`
	At      time.Time `json:"at"`
	Payment ID        `json:"payment"`
	Result  Result    `json:"result"`
}

// ReadEvent reads the body of a message, after Verify.
func ReadEvent(body []byte) (Event, error) {
	var e Event
	if len(body) > messageMax {
		return Event{}, ErrEvent.About("%d bytes", len(body))
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return Event{}, ErrEvent.About("%v", err)
	}
	if e.ID == "" || e.Kind == "" || len(e.ID) > 100 || len(e.Kind) > 100 {
		return Event{}, ErrEvent.About("an event without id or kind")
	}
	return e, nil
}

// Receive keeps an event and notes what it says. The same event twice is kept once, and its effect is given again: the
// first time may have been cut off before anything followed from it. An event that is about no single payment gives the
// zero Payment; one about a payment that is not there, or not of this gateway, is ErrUnknown.
func Receive(tx *db.Tx, gateway string, e Event) (Payment, Effect, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return Payment{}, Effect{}, ErrEvent.About("%v", err)
	}
	if err := paymentdb.New(tx.Later()).AddEvent(tx.Context(), paymentdb.AddEventParams{
		Gateway: gateway, ID: e.ID, Payment: string(e.Payment), Kind: string(e.Kind),
		SaidAt: span.Micros(e.At), CameAt: span.Micros(tx.Now()), Body: string(body),
	}); err != nil {
		return Payment{}, Effect{}, err
	}
	effect := EffectOf(e.Kind)
	if e.Payment == "" {
		return Payment{}, effect, nil
	}
	tx.Lock("payment:" + string(e.Payment))
	p, err := Get(tx, e.Payment)
	if err != nil {
		return Payment{}, Effect{}, err
	}
	if p.Gateway != gateway {
		return Payment{}, Effect{}, ErrUnknown.About("%s is not paid through %s", e.Payment, gateway)
	}
	if effect.Note {
		p, err = note(tx, p, e.Result)
	}
	return p, effect, err
}

// Events gives the messages about a payment in the order in which they came.
func Events(tx *db.Tx, id ID) ([]Event, error) {
	rows, err := paymentdb.New(tx).Events(tx.Context(), string(id))
	if err != nil {
		return nil, err
	}
	events := make([]Event, len(rows))
	for n, r := range rows {
		if err := json.Unmarshal([]byte(r.Body), &events[n]); err != nil {
			return nil, ErrEvent.About("%s as it is stored: %v", r.ID, err)
		}
	}
	return events, nil
}
