package app

import (
	"context"
	"errors"
	"net/http"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/payment/card"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/core/utility/billersim"
	"sauda/flow/checkout"
	"sauda/flow/collect"
	"sauda/flow/deliver"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/job"
	"sauda/gear/reach"
	"sauda/gear/saga"
)

// billJobs are what is due at a time with bills. Their names are stored and never change.
func (h *House) billJobs() []job.Job {
	return []job.Job{
		job.Every("bills: issue those of a month", 5*time.Second, func(tx *db.Tx) error {
			more, err := utility.Issue(tx, batch)
			if err == nil && more {
				return job.ErrMore
			}
			return err
		}),
		job.Every("bills: forget what nobody has ordered", time.Hour, parts(utility.ForgetDrafts)),
		job.Every("bills: announce what will be paid by itself", 10*time.Minute, parts(utility.RemindAutopays)),
		job.Errand("bills: ask again about numbers of which no provider has spoken", time.Minute, h.Collect.AskAgain),
		job.Errand("bills: pay what is to be paid by itself", 10*time.Minute, h.Collect.PayDue),
		job.Daily("bills: registers of the day that is over", "00:20", span.Almaty, func(tx *db.Tx) error {
			return utility.CloseDay(tx, span.DayOf(tx.Now(), span.Almaty).AddDays(-1))
		}),
	}
}

// billReactions are what follows from bills.
func (h *House) billReactions() []bus.Reaction {
	return []bus.Reaction{
		bus.On("bill due elsewhere: its provider is told", func(tx *db.Tx, e utility.PaymentDue) error {
			going, err := deliver.Begin(tx, e.Order, e.Line)
			if err != nil {
				return err
			}
			if !going {
				return utility.NoteTold(tx, e.Payment, utility.Verdict{State: utility.StateRefused, Why: utility.Gone})
			}
			return h.Collect.Tell(tx, e.Payment)
		}),
		bus.On("bill told: the order knows how it ended", func(tx *db.Tx, e utility.PaymentTold) error {
			if e.Taken {
				return deliver.Done(tx, e.Order, e.Line)
			}
			if e.Why == utility.Gone { // Its line was cancelled before, and its money has gone back.
				return nil
			}
			o, err := order.Get(tx, order.ID(e.Order))
			if err != nil {
				return err
			}
			return deliver.Failed(tx, e.Order, e.Line, i18n.T(o.Lang, "bill.refused."+e.Why))
		}),
		bus.On("card taken: nothing is paid with it by itself", func(tx *db.Tx, e payment.CardTaken) error {
			return utility.EndAutopaysBy(tx, e.Party, string(e.Card))
		}),
		bus.On("bill soon paid by itself: a letter tells its owner", h.tellSoon),
		bus.On("bill paid by itself or not: a letter tells its owner", h.tellTurned),
		bus.On("bill not paid by itself any more: a letter tells its owner", h.tellAutopayEnded),
	}
}

// collector makes who asks providers.
func (h *House) collector() *collect.Collector {
	return collect.New(h.Teller, collect.Options{Store: h.Store, Keys: h.Desk.Keys, HTTP: h.world.reachBillers(h.config), Till: h.payByItself})
}

// payByItself orders a basket with a card that its owner keeps. A bank that wants to see him gets no answer: the order is taken back
// when its time is over.
func (h *House) payByItself(ctx context.Context, who db.Who, d collect.Due) (string, error) {
	a, err := h.Desk.Order(ctx, who, checkout.Purchase{Cart: d.Cart, Method: payment.Card, Card: payment.CardID(d.Card), Total: d.Total})
	switch {
	case a.Order != "":
		return string(a.Order), nil
	case err != nil:
		return "", err
	case a.Outcome == saga.Waiting:
		return "", collect.ErrConfirm.About("%s waits", d.Cart)
	}
	return "", errors.New("app: the order goes on by itself")
}

// openBillers opens the providers that only pretend.
func (w *world) openBillers(c Config, h *House) error {
	w.billers = map[string]*billersim.Provider{}
	for host, sim := range c.Biller.Sims {
		sim.Journal, sim.Now = below(c.Data, "biller-"+host+".journal"), c.Now
		opened, err := billersim.New(sim, c.Biller.Owe)
		if err != nil {
			return err
		}
		h.closers = append(h.closers, opened.Close)
		w.billers[host] = opened
	}
	return nil
}

// TestBiller is a simulated provider by the name of its host, for tests and simulations; nil where there is none.
func (h *House) TestBiller(host string) *billersim.Provider { return h.world.billers[host] }

// reachBillers gives the way to providers: to those that only pretend within this process, to all others through the world.
func (w *world) reachBillers(c Config) http.RoundTripper {
	world := c.Internet.HTTP
	if world == nil {
		world = reach.Transport(billerWait)
	}
	return billerRoads{world, w.billers}
}

// billerWait is how long a provider may take for each part of an answer.
const billerWait = 15 * time.Second

type billerRoads struct {
	world http.RoundTripper
	sims  map[string]*billersim.Provider
}

// RoundTrip implements http.RoundTripper.
func (b billerRoads) RoundTrip(r *http.Request) (*http.Response, error) {
	if sim, here := b.sims[r.URL.Host]; here {
		return card.InProcess(sim).RoundTrip(r)
	}
	return b.world.RoundTrip(r)
}

// autopaid is what a letter about something that is paid by itself speaks of.
type autopaid struct {
	utility.Autopay
	account utility.Account
	of      utility.Provider
	owner   identity.User
	shop    seller.Seller
}

// autopaid finds it. It is false when it is gone, or its owner has no address.
func (h *House) autopaid(tx *db.Tx, id utility.AutopayID) (a autopaid, ok bool, err error) {
	if a.Autopay, err = utility.AutopayOf(tx, id); err != nil {
		if errors.Is(err, utility.ErrAutopay) {
			err = nil
		}
		return a, false, err
	}
	if a.account, err = utility.AccountOf(tx, a.Account); err != nil {
		return a, false, err
	}
	if a.of, err = utility.Get(tx, a.Provider); err != nil {
		return a, false, err
	}
	if a.owner, err = identity.Get(tx, identity.UserID(a.User)); err != nil {
		return a, false, err
	}
	a.shop, err = seller.Get(tx, a.of.Seller)
	return a, a.owner.Email != "", err
}

// sum writes an amount of the provider's money for the owner; nothing where it is zero.
func (a autopaid) sum(minor int64) string {
	return sumIn(a.owner.Lang, money.Of(minor, a.of.Currency))
}

// write writes a letter about it. Ref makes it one letter, however often it is told.
func (h *House) writeAutopaid(tx *db.Tx, a autopaid, t notify.Template, ref string, params map[string]string) error {
	lang := a.owner.Lang
	params["name"], params["shop"], params["provider"], params["number"] = a.owner.Name, a.shop.Name.In(lang), a.of.Name.In(lang), a.account.Number
	params["url"] = h.config.home() + "/" + lang + "/bills/accounts/" + string(a.Account)
	return notify.Send(tx, notify.Letter{
		Key: string(a.ID) + ":" + string(t) + ":" + ref, To: a.owner.Email, Lang: lang, Template: t, Params: params,
	})
}

// tellSoon tells an owner what will be paid in two days, and where he ends it.
func (h *House) tellSoon(tx *db.Tx, e utility.AutopaySoon) error {
	a, ok, err := h.autopaid(tx, e.Autopay)
	if err != nil || !ok || !a.On {
		return err
	}
	owed, err := utility.Owed(tx, a.of, a.account)
	if err != nil {
		return err
	}
	return h.writeAutopaid(tx, a, notify.AutopaySoon, a.Next.String(), map[string]string{
		"day": dayIn(a.owner.Lang, a.Next), "owed": a.sum(max(0, owed)), "limit": a.sum(a.BillLimit),
	})
}

// tellTurned tells an owner what was paid, or why it was not.
func (h *House) tellTurned(tx *db.Tx, e utility.AutopayTurned) error {
	a, ok, err := h.autopaid(tx, e.Autopay)
	if err != nil || !ok {
		return err
	}
	if e.State == string(utility.TurnPaid) {
		return h.writeAutopaid(tx, a, notify.AutopayPaid, e.Day.String(), map[string]string{"amount": a.sum(e.Sum)})
	}
	return h.writeAutopaid(tx, a, notify.AutopayStopped, e.Day.String(), map[string]string{
		"amount": a.sum(e.Sum), "reason": i18n.T(a.owner.Lang, "autopay."+e.Why),
	})
}

// tellAutopayEnded tells an owner that nothing is paid by itself any more, unless he has agreed to something else instead.
func (h *House) tellAutopayEnded(tx *db.Tx, e utility.AutopayEnded) error {
	a, ok, err := h.autopaid(tx, e.Autopay)
	if err != nil || !ok || e.Why == utility.EndedByOther {
		return err
	}
	reason := ""
	if e.Why == utility.EndedByCard {
		reason = i18n.T(a.owner.Lang, "autopay.card_gone")
	}
	return h.writeAutopaid(tx, a, notify.AutopayEnded, "ended", map[string]string{"reason": reason})
}
