package notify

import (
	"encoding/json"
	netmail "net/mail"
	"strings"

	"sauda/base/span"
	"sauda/core/notify/notifydb"
	"sauda/gear/db"
)

// toMax bounds an address (RFC 5321 §4.5.3.1.3).
const toMax = 254

// Send writes a letter into the outbox. A letter whose key was written before is not written again. A letter that lacks
// a value, or that is for nobody, is refused.
func Send(tx *db.Tx, l Letter) error {
	if err := l.check(); err != nil {
		return err
	}
	to := strings.TrimSpace(l.To)
	if address, err := netmail.ParseAddress(to); err != nil || address.Address != to || len(to) > toMax {
		return ErrRecipient.About("%.80q", l.To)
	}
	params, err := json.Marshal(l.Params)
	if err != nil {
		return ErrTemplate.About("%s: %v", l.Template, err)
	}
	return notifydb.New(tx.Later()).AddLetter(tx.Context(), notifydb.AddLetterParams{
		ID: tx.Mint("ltr"), Key: l.Key, Recipient: to, Lang: langOf(l.Lang), Template: string(l.Template), Params: string(params),
		OrderID: l.Order, Seller: l.Seller, WrittenAt: span.Micros(tx.Now()),
	})
}
