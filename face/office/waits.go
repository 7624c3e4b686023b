package office

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"sauda/core/catalog"
	"sauda/core/identity"
	"sauda/core/waitlist"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountWaits(site *web.Site) {
	web.Page(site, "GET /office/waits", f.waits, web.Needs(ScopeOrdersRead))
	web.Form(site, "POST /office/waits/{id}/offer", f.offerWait, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/waits/{id}/removal", f.removeWait, web.Needs(ScopeOrdersWrite))
}

// waitedMost bounds the products by which the lines are chosen.
const waitedMost = 200

type waitsAsk struct {
	Product catalog.ProductID `query:"product" maxLength:"60"`
	After   waitlist.ID       `query:"after" maxLength:"60"`
}

// waitedTime is who waits for the same time of the same plan, or for the same group, in the order of asking.
type waitedTime struct {
	waitlist.Wait // Wait is the first of them.
	All           []waitlist.Wait
}

// waitsView is a page of who waits.
type waitsView struct {
	Ask      waitsAsk
	Times    []waitedTime
	Products []catalog.Product // Products are those for which somebody waits.
	Names    map[string]string // Names are of those products, in the language of the reader.
	Parties  map[identity.PartyID]identity.Party
	Next     waitlist.ID
}

// waits shows who waits for what, line by line in the order of asking, in at most seven statements.
func (f face) waits(tx *db.Tx, in waitsAsk) (web.View, error) {
	v, err := loadWaits(tx, in)
	return waitsPage(f.page("bookings", t(tx.Context(), "waits.title")), v), err
}

func loadWaits(tx *db.Tx, in waitsAsk) (waitsView, error) {
	v := waitsView{Ask: in, Names: map[string]string{}}
	var after waitlist.Wait
	var err error
	if in.After != "" {
		if after, err = waitlist.Told(tx, in.After); err != nil {
			return v, err
		}
	}
	all, err := waitlist.Of(tx, sellerOf(tx), string(in.Product), after, listed+1)
	if err != nil {
		return v, err
	}
	if len(all) > listed {
		all = all[:listed]
		v.Next = all[listed-1].ID
	}
	if all, err = waitlist.Ahead(tx, all); err != nil {
		return v, err
	}
	v.Times = byTime(all)
	products, err := waitlist.Products(tx, sellerOf(tx), waitedMost)
	if err != nil {
		return v, err
	}
	if v.Products, err = catalog.Some(tx, products); err != nil {
		return v, err
	}
	for _, p := range v.Products {
		v.Names[string(p.ID)] = p.Name.In(lang(tx.Context()))
	}
	var ids []identity.PartyID
	for _, w := range all {
		if w.Party != "" {
			ids = append(ids, identity.PartyID(w.Party))
		}
	}
	v.Parties, err = identity.Parties(tx, ids)
	return v, err
}

// byTime puts together who waits for the same, what begins first before the rest of its line.
func byTime(all []waitlist.Wait) (times []waitedTime) {
	slices.SortStableFunc(all, func(a, b waitlist.Wait) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), a.Starts.Compare(b.Starts), a.Ends.Compare(b.Ends))
	})
	for _, w := range all {
		if n := len(times); n > 0 && times[n-1].Line == w.Line && times[n-1].Starts.Equal(w.Starts) && times[n-1].Ends.Equal(w.Ends) {
			times[n-1].All = append(times[n-1].All, w)
			continue
		}
		times = append(times, waitedTime{w, []waitlist.Wait{w}})
	}
	return times
}

// who is what somebody who waits is called: the name of his party, or the mail address of a guest.
func (v waitsView) who(w waitlist.Wait) string {
	return cmp.Or(v.Parties[identity.PartyID(w.Party)].Name, w.Email, "—")
}

type waitAct struct {
	web.Typed
	ID      waitlist.ID       `path:"id" maxLength:"60"`
	Product catalog.ProductID `json:"product,omitempty" maxLength:"60"`
}

// offerWait offers somebody now what he waits for, before those ahead of him.
func (f face) offerWait(tx *db.Tx, in waitAct) (web.Then, error) {
	_, err := f.Waits.Offer(tx, sellerOf(tx), in.ID)
	return f.waited(tx, in, "wait_offered", err)
}

// removeWait takes somebody out of a line.
func (f face) removeWait(tx *db.Tx, in waitAct) (web.Then, error) {
	return f.waited(tx, in, "wait_removed", waitlist.Remove(tx, sellerOf(tx), in.ID))
}

// waited leads back to the lines, or shows them with why it was refused.
func (f face) waited(tx *db.Tx, in waitAct, deed string, err error) (web.Then, error) {
	if err == nil {
		page := "waits"
		if in.Product != "" {
			page += "?product=" + url.QueryEscape(string(in.Product))
		}
		return see(page, deed), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	v, bad := loadWaits(tx, waitsAsk{Product: in.Product})
	if bad != nil {
		return web.Then{}, bad
	}
	p := f.page("bookings", t(tx.Context(), "waits.title"))
	p.Wrong = refusal(tx.Context(), err)
	return web.Again(waitsPage(p, v)), nil
}

// title names what is waited for: the product, and what is sold of it.
func (v waitsView) title(ctx context.Context, w waitlist.Wait) string {
	name, plan := v.Names[w.Product], in(ctx, w.Name)
	if name == "" || name == plan {
		return plan
	}
	return name + " · " + plan
}

// nextWaits leads to the next page, where there is one.
func nextWaits(ctx context.Context, v waitsView) templ.SafeURL {
	if v.Next == "" {
		return ""
	}
	return asked(ctx, "waits", "product", string(v.Ask.Product), "after", string(v.Next))
}
