package payment

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"time"

	"sauda/base/span"
)

// Hidden is a text that opens something. It prints as dots, so that no log and no message of an error has it; only JSON,
// which goes to a gateway or is sealed, says what it is.
type Hidden string

// String hides it.
func (h Hidden) String() string {
	if h == "" {
		return ""
	}
	return "•••"
}

// GoString hides it.
func (h Hidden) GoString() string { return h.String() }

// LogValue hides it.
func (h Hidden) LogValue() slog.Value { return slog.StringValue(h.String()) }

// OnFile is a card that a gateway keeps for a customer, after he agreed to that in a payment of his own. The number of the
// card stays with the gateway.
type OnFile struct {
	Token     Hidden `json:"token"`               // Token stands for the card, for this customer alone, until the gateway forgets it.
	Agreement Hidden `json:"agreement,omitempty"` // Agreement is the card network's name for the first payment; later ones refer to it.
	Signs
}

// Signs are what a card is recognised by.
type Signs struct {
	Brand  string `json:"brand"`  // Brand is the network in small letters: "visa", "mastercard", "unionpay", …
	Digits string `json:"digits"` // Digits are the last four.
	Month  int    `json:"month"`  // Month and Year are the last in which it can be used.
	Year   int    `json:"year"`
}

// Over tells whether a card cannot be used any more at an instant.
func (s Signs) Over(now time.Time) bool {
	y, m, _ := now.In(span.Almaty).Date()
	return s.Year < y || s.Year == y && s.Month < int(m)
}

// whole tells whether a gateway said all that a card is kept by.
func (o OnFile) whole() bool {
	if o.Token == "" || len(o.Digits) != 4 || o.Month < 1 || o.Month > 12 || o.Year < 2000 || len(o.Brand) > brandMax {
		return false
	}
	for _, r := range o.Digits {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// brandMax is more than the name of any network.
const brandMax = 30

// Mark is what tells cards on file apart without saying which they are: the same token always has the same one.
func (o OnFile) Mark() string {
	sum := sha256.Sum256([]byte("card on file\x00" + string(o.Token)))
	return hex.EncodeToString(sum[:16])
}
