package api

import (
	"net/http"

	"sauda/core/cart"
	"sauda/core/payment"
	"sauda/core/payment/card"
	"sauda/core/shipping"
	"sauda/core/shipping/carrier"
	"sauda/flow/fulfil"
	"sauda/gear/db"
	"sauda/gear/web"
)

// Webhooks are how messages from outside are known to be true.
type Webhooks struct {
	CardSecret string
	Carrier    *carrier.Client
}

func (f face) mountWebhooks(api *web.API) {
	web.Command(api, "POST /v1/webhooks/card", f.cardTold, web.Public(),
		web.Doc("What the card gateway tells. Messages are signed; they may come twice, late and out of order.", "Webhooks"),
		web.Faults(payment.ErrForged, payment.ErrEvent))
	web.Command(api, "POST /v1/webhooks/carrier", f.carrierTold, web.Public(),
		web.Doc("What the carrier tells. Messages are signed; they may come twice, late and out of order.", "Webhooks"),
		web.Faults(shipping.ErrForged))
}

type cardMessage struct {
	Signature string `header:"Gateway-Signature" maxLength:"300" doc:"t=<seconds>,v1=<HMAC-SHA256 of the seconds, a point and the body, in hex>."`
	Body      web.RawBody
}

// cardTold notes what the gateway says and has the purchase go on that waits for it.
func (f face) cardTold(tx *db.Tx, in cardMessage) (web.None, error) {
	if err := payment.Verify(f.Webhooks.CardSecret, in.Signature, in.Body, tx.Now()); err != nil {
		return web.None{}, err
	}
	event, err := payment.ReadEvent(in.Body)
	if err != nil {
		return web.None{}, err
	}
	p, effect, err := payment.Receive(tx, card.Name, event)
	if err == nil && effect.Tell && p.Cart != "" {
		f.Desk.Wake(tx, cart.ID(p.Cart))
	}
	return web.None{}, err
}

type carrierMessage struct {
	Timestamp string `header:"Carrier-Timestamp" maxLength:"40"`
	Signature string `header:"Carrier-Signature" maxLength:"200"`
	Body      web.RawBody
}

// carrierTold notes where a parcel is.
func (f face) carrierTold(tx *db.Tx, in carrierMessage) (web.None, error) {
	header := http.Header{}
	header.Set(carrier.HeaderTimestamp, in.Timestamp)
	header.Set(carrier.HeaderSignature, in.Signature)
	m, err := f.Webhooks.Carrier.Verify(header, in.Body)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, fulfil.Told(tx, f.Webhooks.Carrier.Name(), m.Ref, m.Events)
}
