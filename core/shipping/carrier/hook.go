package carrier

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"sauda/core/shipping"
)

// Headers of a webhook. The signature is HMAC-SHA256 in hex of the timestamp (seconds since 1970), a point and the body.
const (
	HeaderTimestamp = "Carrier-Timestamp"
	HeaderSignature = "Carrier-Signature"
)

// hookAge is how old a message may be: the clocks of two houses differ, and an answer that was lost is sent again with a
// new signature.
const hookAge = 5 * time.Minute

// Message is what a carrier tells by itself.
type Message struct {
	Ref    string
	Events []shipping.Event
}

// Verify reads a webhook. A signature that is missing or wrong, or that is not of the last five minutes, is ErrForged, and
// so is a body that cannot be read, for the carrier would not sign it. The same message may come twice and late: shipping.Note
// takes it so.
func (c *Client) Verify(header http.Header, body []byte) (Message, error) {
	stamp := header.Get(HeaderTimestamp)
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return Message{}, shipping.ErrForged.About("timestamp %.40q", stamp)
	}
	given, err := hex.DecodeString(header.Get(HeaderSignature))
	if err != nil || c.config.Secret == "" || !hmac.Equal(given, sign(c.config.Secret, stamp, body)) {
		return Message{}, shipping.ErrForged.About("signature")
	}
	if age := c.config.Now().Sub(time.Unix(seconds, 0)); age > hookAge || age < -hookAge {
		return Message{}, shipping.ErrForged.About("signed %s ago", age)
	}
	var told struct {
		Ref    string  `json:"ref"`
		Events []event `json:"events"`
	}
	if err := json.Unmarshal(body, &told); err != nil || told.Ref == "" {
		return Message{}, shipping.ErrForged.About("body: %v", err)
	}
	return Message{told.Ref, eventsOf(told.Events)}, nil
}

func sign(secret, stamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(stamp + "."))
	_, _ = mac.Write(body)
	return mac.Sum(nil)
}
