package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"sauda/core/agreement"
	"sauda/core/notify"
	"sauda/core/payment"
	"sauda/core/seller"
	"sauda/flow/checkout"
	"sauda/flow/renew"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/job"
	"sauda/gear/saga"
)

// agreementReactions are the letters that follow from agreements. Each leads to the page on which the buyer skips, pauses, changes
// and ends. An order that was made has the letter of every order.
func (h *House) agreementReactions() []bus.Reaction {
	return []bus.Reaction{
		bus.On("agreement foretold: a letter says what comes", func(tx *db.Tx, e agreement.Foretold) error {
			return h.tellAgreed(tx, e.About, notify.AgreementSoon, func(a agreement.Agreement) map[string]string {
				missing := ""
				if e.NoCard {
					missing = i18n.T(a.To.Lang, "agreement.no_card")
				}
				return map[string]string{"day": dayIn(a.To.Lang, e.Day), "amount": e.Amount.Format(a.To.Lang), "no_card": missing}
			})
		}),
		bus.On("agreement dearer: a letter asks whether that is agreed to", func(tx *db.Tx, e agreement.PriceAsked) error {
			return h.tellAgreed(tx, e.About, notify.AgreementPrice, func(a agreement.Agreement) map[string]string {
				return map[string]string{"day": dayIn(a.To.Lang, e.Day), "was": e.Was.Format(a.To.Lang), "now": e.Now.Format(a.To.Lang)}
			})
		}),
		bus.On("agreement unpaid: a letter says when it is tried again", func(tx *db.Tx, e agreement.Failed) error {
			return h.tellAgreed(tx, e.About, notify.AgreementFailed, func(a agreement.Agreement) map[string]string {
				another := ""
				if e.Again.IsZero() {
					another = i18n.T(a.To.Lang, "agreement.another_card")
				}
				return map[string]string{"again": dayIn(a.To.Lang, e.Again), "another": another, "until": dayIn(a.To.Lang, e.Until)}
			})
		}),
		bus.On("agreement skipped: a letter says why", func(tx *db.Tx, e agreement.Skipped) error {
			if e.Why == agreement.WhyBuyer { // He has just done so himself.
				return nil
			}
			return h.tellAgreed(tx, e.About, notify.AgreementSkipped, func(a agreement.Agreement) map[string]string {
				return map[string]string{"next": dayIn(a.To.Lang, e.Next), "reason": i18n.T(a.To.Lang, "agreement.skipped."+e.Why)}
			})
		}),
		bus.On("agreement waits for goods: a letter says so", func(tx *db.Tx, e agreement.Lacked) error {
			letter := notify.AgreementLacked
			if e.Why == agreement.WhyShop {
				letter = notify.AgreementStalled
			}
			return h.tellAgreed(tx, e.About, letter, func(agreement.Agreement) map[string]string { return map[string]string{} })
		}),
		bus.On("agreement paused: a letter says until when", func(tx *db.Tx, e agreement.Paused) error {
			return h.tellAgreed(tx, e.About, notify.AgreementPaused, func(a agreement.Agreement) map[string]string {
				price := ""
				if e.Why == agreement.WhyPrice {
					price = i18n.T(a.To.Lang, "agreement.price_open")
				}
				return map[string]string{"until": dayIn(a.To.Lang, e.Until), "price": price}
			})
		}),
		bus.On("agreement ended: a letter confirms it", func(tx *db.Tx, e agreement.Ended) error {
			return h.tellAgreed(tx, e.About, notify.AgreementEnded, func(a agreement.Agreement) map[string]string {
				return map[string]string{"reason": i18n.T(a.To.Lang, "agreement.why."+e.Why)}
			})
		}),
	}
}

// tellAgreed writes a letter about an agreement to its buyer. Each fact is told once, however often it is heard, and two of one
// period are two letters. Whose account was erased is told nothing.
func (h *House) tellAgreed(tx *db.Tx, about agreement.About, t notify.Template, say func(agreement.Agreement) map[string]string) error {
	a, err := agreement.Get(tx, about.Agreement)
	if err != nil || a.To.Email == "" {
		return err
	}
	s, err := seller.Get(tx, seller.ID(a.Seller))
	if err != nil {
		return err
	}
	lang, params := a.To.Lang, say(a)
	params["product"] = a.Name.In(lang) + " × " + a.Quantity.Format(lang)
	params["name"], params["shop"] = a.To.Name, s.Name.In(lang)
	params["url"] = h.config.home() + agreementPath(lang, a.ID)
	return notify.Send(tx, notify.Letter{
		Key: string(a.ID) + ":" + string(t) + ":" + strconv.FormatInt(about.Version, 10), To: a.To.Email, Lang: lang, Template: t, Params: params, Seller: a.Seller,
	})
}

// agreementPath is the page of an agreement.
func agreementPath(lang string, id agreement.ID) string {
	return "/" + lang + "/account/subscriptions/" + string(id)
}

// renew orders a basket of an agreement. A bank that asks its buyer sends him back to the page of the agreement.
func (h *House) renew(ctx context.Context, b renew.Basket) (renew.Bought, error) {
	back := agreementPath(b.Lang, b.Of)
	if !strings.HasPrefix(h.config.cardPage(), "/") {
		back = h.config.home() + back
	}
	a, err := h.Desk.Renew(ctx, checkout.Purchase{Cart: b.ID, Method: payment.Card, Card: b.Card, ReturnURL: back})
	return renew.Bought{Order: string(a.Order), Waits: err == nil && a.Outcome != saga.Failed, Next: a.Next}, err
}

// renewEvery is how soon a period is ordered after its day has begun.
const renewEvery = 5 * time.Minute

// agreementJobs are what is due of agreements at a time.
func (h *House) agreementJobs() []job.Job {
	return []job.Job{
		job.Every("subscriptions: tell of the next orders", renewEvery, parts(agreement.Foretell)),
		job.Every("subscriptions: forget what nobody ordered", time.Hour, parts(agreement.ForgetDrafts)),
		job.Errand("subscriptions: order what is due", renewEvery, func(ctx context.Context) error {
			return h.Renewals.Run(ctx, h.Store)
		}),
	}
}
