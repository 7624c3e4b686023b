package app

import (
	"errors"
	"strconv"
	"time"

	"sauda/core/catalog"
	"sauda/core/estimate"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/core/workshop"
	"sauda/flow/produce"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/job"
)

// estimateJobs are what is due at a time of prices that sellers have named.
func estimateJobs() []job.Job {
	return []job.Job{job.Every("estimates: prices lapse", 10*time.Minute, parts(estimate.Lapse))}
}

// estimateReactions are what follows from what is made at a price that its seller has named, with the letters to its buyer.
func (h *House) estimateReactions() []bus.Reaction {
	return []bus.Reaction{
		bus.On("made: what is left of its price is asked for", func(tx *db.Tx, e workshop.Ready) error {
			return estimate.Due(tx, e.Order, e.Line)
		}),
		bus.On("returned: what was paid later goes back too", func(tx *db.Tx, e order.Returned) error {
			return produce.Returned(tx, e.Order, e.Lines)
		}),
		bus.On("estimate ended: the rest goes back, or is not asked for any more", func(tx *db.Tx, e estimate.Ended) error {
			if e.RestOrder == "" {
				return nil
			}
			return h.drop(tx, e.RestOrder, estimate.RestRef(e.Estimate), "")
		}),
		bus.On("estimate answered: a letter tells the price", func(tx *db.Tx, e estimate.Answered) error {
			return h.tellEstimate(tx, e.About, notify.EstimateAnswered, strconv.FormatInt(e.Version, 10))
		}),
		bus.On("estimate refused: a letter says why", func(tx *db.Tx, e estimate.Refused) error {
			return h.tellEstimate(tx, e.About, notify.EstimateRefused, "")
		}),
		bus.On("estimate: a letter asks for the rest", func(tx *db.Tx, e estimate.RestDue) error {
			return h.tellEstimate(tx, e.About, notify.EstimateRest, "")
		}),
	}
}

// tellEstimate writes a letter about an estimate to who has asked for it, if he is still there and it still is as it says.
func (h *House) tellEstimate(tx *db.Tx, of estimate.About, t notify.Template, ref string) error {
	e, err := estimate.Get(tx, of.Estimate)
	if errors.Is(err, estimate.ErrUnknown) || err == nil && (e.Person == "" || !tells(e, t)) {
		return nil
	}
	if err != nil {
		return err
	}
	u, err := identity.Get(tx, identity.UserID(e.Person))
	if err != nil {
		return err
	}
	p, err := catalog.Get(tx, e.Product)
	if err != nil {
		return err
	}
	s, err := seller.Get(tx, e.Seller)
	if err != nil {
		return err
	}
	params := map[string]string{
		"name": u.Name, "shop": s.Name.In(e.Lang), "product": p.Name.In(e.Lang), "reason": e.Reason,
		"url": h.config.home() + "/" + e.Lang + "/account/estimates/" + string(e.ID),
	}
	if t != notify.EstimateRefused {
		params["amount"], params["deposit"], params["rest"], params["days"] = e.Price.Format(e.Lang), "", "", strconv.Itoa(e.Days)
		params["included"], params["day"] = e.Included, dayIn(e.Lang, e.Last)
		if e.Later().IsPositive() {
			params["deposit"], params["rest"] = sumIn(e.Lang, e.Upfront()), e.Later().Format(e.Lang)
		}
	}
	return notify.Send(tx, notify.Letter{
		Key: string(e.ID) + ":" + string(t) + ":" + ref, To: u.Email, Lang: e.Lang, Template: t, Params: params, Seller: string(e.Seller),
	})
}

// tells says whether a letter is still true of an estimate.
func tells(e estimate.Estimate, t notify.Template) bool {
	switch t {
	case notify.EstimateAnswered:
		return e.State == estimate.StateAnswered
	case notify.EstimateRest:
		return e.Payable()
	}
	return true
}
