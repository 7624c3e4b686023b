package app

import (
	"time"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/bidding"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/core/seller"
	"sauda/gear/db"
)

// tellDecided tells who has filed an application what became of it.
func (h *House) tellDecided(tx *db.Tx, e exchange.ApplicationDecided) error {
	if e.State == exchange.ApplicationRefused {
		return h.tellApplicant(tx, e.Application, notify.InvestorRefused, "/exchange/join", map[string]string{"reason": string(e.Reason)})
	}
	account, err := exchange.GetAccount(tx, string(e.Account))
	if err != nil {
		return err
	}
	return h.tellApplicant(tx, e.Application, notify.InvestorAdmitted, "/exchange/portfolio", map[string]string{"account": account.Code})
}

// tellAsked tells who has filed an application what is asked about it.
func (h *House) tellAsked(tx *db.Tx, e exchange.ApplicationAsked) error {
	return h.tellApplicant(tx, e.Application, notify.InvestorAsked, "/exchange/join", map[string]string{"question": string(e.Question)})
}

// tellApplicant writes a letter about an application to the user who has filed it; without one to nobody.
func (h *House) tellApplicant(tx *db.Tx, id exchange.ApplicationID, t notify.Template, page string, params map[string]string) error {
	a, err := exchange.GetApplication(tx, id)
	if err != nil || a.User == "" {
		return err
	}
	u, err := identity.Get(tx, identity.UserID(a.User))
	if err != nil {
		return err
	}
	s, err := seller.Get(tx, seller.Own)
	if err != nil {
		return err
	}
	if t == notify.InvestorAdmitted {
		m, err := exchange.GetMember(tx, string(a.Member))
		if err != nil {
			return err
		}
		params["broker"] = m.Name.In(u.Lang)
	}
	params["name"], params["shop"], params["url"] = u.Name, s.Name.In(u.Lang), h.config.home()+"/"+u.Lang+page
	ref := string(id) + ":" + string(t)
	if t == notify.InvestorAsked { // More may be asked later.
		ref += ":" + params["question"]
	}
	return notify.Send(tx, notify.Letter{Key: ref, To: u.Email, Lang: u.Lang, Template: t, Params: params})
}

// tellJudged tells who has made an offer in the first stage of a tender whether he may name prices. A refusal that was turned
// into an admission is another letter.
func (h *House) tellJudged(tx *db.Tx, e bidding.OfferJudged) error {
	n, err := bidding.Get(tx, e.Notice)
	if err != nil {
		return err
	}
	u, err := identity.Get(tx, identity.UserID(e.User))
	if err != nil {
		return err
	}
	s, err := seller.Get(tx, seller.Own)
	if err != nil {
		return err
	}
	t := notify.OfferAdmitted
	if e.Verdict == bidding.Barred {
		t = notify.OfferRefused
	}
	clock := func(at time.Time) string { return at.In(span.Almaty).Format("02.01.2006 15:04") }
	return notify.Send(tx, notify.Letter{
		Key: string(e.Notice) + ":" + e.Account + ":" + string(t), To: u.Email, Lang: u.Lang, Template: t, Params: map[string]string{
			"name": u.Name, "shop": s.Name.In(u.Lang), "url": h.config.home() + "/" + u.Lang + "/exchange/tenders/" + string(e.Notice) + "?account=" + e.Account,
			"title": n.Code() + ", " + n.Title.In(u.Lang), "reason": e.Reason, "opens": clock(n.Second()), "ends": clock(n.Ends),
		},
	})
}
