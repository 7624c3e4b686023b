package cardsim

import (
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"sauda/core/payment"
)

// loss says which half of an act gets lost.
type loss string

const (
	lostBefore loss = "before" // Nothing is done and no answer comes, the first time.
	lostAfter  loss = "after"  // The act is done and no answer comes, the first time.
)

// behaviour is how the gateway treats one card.
type behaviour struct {
	decline     string // decline is the reason of a decline.
	challenge   bool
	slow        bool
	authorize   loss
	capture     loss
	refund      loss
	void        loss
	gone        bool   // gone says that the card can be put on file, and is not there any more when it shall pay.
	noCapture   string // noCapture is the reason for which a capture is refused.
	messages    messaging
	explanation string // explanation is shown with the test cards.
	number      string // number is the test card that behaves so.
}

// messaging is what is wrong with the messages about a payment.
type messaging string

const (
	sentTwice     messaging = "twice"
	sentReordered messaging = "reordered" // The next message comes first.
	sentLate      messaging = "late"
	sentForged    messaging = "forged" // A message with a false signature comes first.
	sentNever     messaging = "never"
	sentEarly     messaging = "early" // The message comes before the buyer or the caller is answered.
)

// tokens are the standing test tokens and how their cards behave. They may be used any number of times. The card page
// makes one-time tokens of the numbers.
var tokens = map[string]behaviour{
	"tok_ok":                  {number: "4242424242424242", explanation: "authorized at once"},
	"tok_challenge":           {challenge: true, number: "4000000000003220", explanation: "asks for a code: 1234"},
	"tok_declined":            {decline: "declined", number: "4000000000000002", explanation: "declined"},
	"tok_insufficient":        {decline: payment.ReasonFunds, number: "4000000000009995", explanation: "not enough money"},
	"tok_expired":             {decline: "expired_card", number: "4000000000000069", explanation: "the card has expired"},
	"tok_stolen":              {decline: "stolen_card", number: "4000000000009979", explanation: "the card is stolen"},
	"tok_timeout":             {authorize: lostAfter, number: "4000000000000119", explanation: "authorized, but the answer is lost once"},
	"tok_lost_before":         {authorize: lostBefore, number: "4000000000000127", explanation: "nothing is done and no answer comes, once"},
	"tok_slow":                {slow: true, number: "4000000000000341", explanation: "answers slowly"},
	"tok_mastercard":          {number: "5555555555554444", explanation: "authorized at once"},
	"tok_gone":                {gone: true, number: "4000000000000259", explanation: "authorized at once; kept, it is gone when it is used again"},
	"tok_capture_lost":        {capture: lostAfter, explanation: "captured, but the answer is lost once"},
	"tok_capture_lost_before": {capture: lostBefore, explanation: "the first capture is not done and not answered"},
	"tok_capture_declined":    {noCapture: "authorization_expired", explanation: "cannot be captured"},
	"tok_refund_lost":         {refund: lostAfter, explanation: "refunded, but the answer is lost once"},
	"tok_refund_lost_before":  {refund: lostBefore, explanation: "the first refund is not done and not answered"},
	"tok_void_lost":           {void: lostAfter, explanation: "voided, but the answer is lost once"},
	"tok_void_lost_before":    {void: lostBefore, explanation: "the first void is not done and not answered"},
	"tok_message_twice":       {messages: sentTwice, explanation: "every message comes twice"},
	"tok_message_reordered":   {messages: sentReordered, explanation: "messages come in the wrong order"},
	"tok_message_late":        {messages: sentLate, explanation: "messages come late"},
	"tok_message_forged":      {messages: sentForged, explanation: "a forged message comes before each true one"},
	"tok_message_never":       {messages: sentNever, explanation: "no message comes"},
	"tok_challenge_early":     {challenge: true, messages: sentEarly, explanation: "the message comes before the buyer returns"},
	"tok_challenge_late":      {challenge: true, messages: sentLate, explanation: "the message comes after the buyer returned"},
	"tok_challenge_never":     {challenge: true, messages: sentNever, explanation: "only the buyer returns, no message comes"},
	"tok_challenge_timeout":   {challenge: true, authorize: lostAfter, explanation: "asks for a code, but the answer is lost once"},
}

// Tokens gives the standing test tokens, sorted, with what each does.
func Tokens() (names []string, explanation map[string]string) {
	explanation = make(map[string]string, len(tokens))
	for name, b := range tokens {
		explanation[name] = b.explanation
	}
	return slices.Sorted(maps.Keys(tokens)), explanation
}

// Faults are injected into all acts, whatever the card: each is a chance in a thousand. The zero Faults inject nothing.
type Faults struct {
	Decline    int  `json:"decline"`     // Decline refuses the authorization.
	LoseBefore int  `json:"lose_before"` // LoseBefore does nothing and gives no answer.
	LoseAfter  int  `json:"lose_after"`  // LoseAfter acts and gives no answer.
	Slow       int  `json:"slow"`        // Slow answers late.
	Twice      int  `json:"twice"`       // Twice sends a message twice.
	Late       int  `json:"late"`        // Late sends a message late.
	Forged     int  `json:"forged"`      // Forged sends a message with a false signature before the true one.
	Down       bool `json:"down"`        // Down answers nothing but 503.
}

// Inject replaces the faults.
func (s *Sim) Inject(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// happens throws the dice. The lock is held.
func (s *Sim) happens(permille int) bool { return permille > 0 && s.chance.IntN(1000) < permille }

// loses says whether this act is lost: once for a card that loses, by chance for all. The lock is held.
func (s *Sim) loses(key string, card loss, which loss) bool {
	if card == which && !s.lost[key] {
		s.lost[key] = true
		return true
	}
	if which == lostBefore {
		return s.happens(s.faults.LoseBefore)
	}
	return s.happens(s.faults.LoseAfter)
}

// dawdle waits as long as a slow answer takes, or until nobody listens any more.
func (s *Sim) dawdle(r *http.Request) {
	timer := time.NewTimer(s.config.Slow)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// adminFaults shows and replaces the faults, for this machine only. A request that came through a proxy is not from
// this machine.
func (s *Sim) adminFaults(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	address := net.ParseIP(host)
	if err != nil || address == nil || !address.IsLoopback() || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		http.NotFound(w, r)
		return
	}
	if r.Method == http.MethodPut {
		var f Faults
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyMax)).Decode(&f); err != nil {
			http.Error(w, "write the faults as JSON, for example {\"decline\": 100}", http.StatusBadRequest)
			return
		}
		s.Inject(f)
	}
	s.mu.Lock()
	f := s.faults
	s.mu.Unlock()
	answerJSON(w, http.StatusOK, f)
}
