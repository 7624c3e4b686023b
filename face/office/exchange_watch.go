package office

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sauda/base/money"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/conduct"
	"sauda/core/exchange/watch"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountWatch(site *web.Site) {
	needs := web.Needs(ScopeExchangeWatch)
	web.Page(site, "GET /office/exchange/watch", f.watchAlerts, needs)
	web.Page(site, "GET /office/exchange/watch/alerts/{id}", f.watchAlert, needs)
	web.Form(site, "POST /office/exchange/watch/alerts/{id}/dismissal", f.dismissAlert, needs)
	web.Form(site, "POST /office/exchange/watch/alerts/{id}/case", f.openCase, needs)
	f.mountCases(site)
}

// watchAsk says which alerts are asked for.
type watchAsk struct {
	Kind       string `query:"kind" maxLength:"20"`
	State      string `query:"state" maxLength:"20"`
	Severity   string `query:"severity" maxLength:"1"`
	Instrument string `query:"instrument" maxLength:"20"`
	Party      string `query:"party" maxLength:"80"`
	After      string `query:"after" maxLength:"60"`
}

// filter gives what is asked for; what is none of the choices is left out.
func (q watchAsk) filter(tx *db.Tx) (conduct.Filter, error) {
	f := conduct.Filter{Suspect: strings.TrimSpace(q.Party)}
	if slices.Contains(watch.Kinds, watch.Kind(q.Kind)) {
		f.Kind = watch.Kind(q.Kind)
	}
	if slices.Contains(alertStates, conduct.AlertState(q.State)) {
		f.State = conduct.AlertState(q.State)
	}
	if n, err := strconv.Atoi(q.Severity); err == nil && n >= int(watch.Low) && n <= int(watch.High) {
		f.Severity = watch.Severity(n)
	}
	if n, err := strconv.ParseUint(q.Instrument, 10, 32); err == nil {
		f.Instrument = uint32(n)
	}
	if f.Suspect != "" { // People write the code of an account as well.
		a, err := exchange.GetAccount(tx, f.Suspect)
		if err == nil {
			f.Suspect = a.Party
		} else if unlessUnknown(err) != nil {
			return f, err
		}
	}
	if q.After == "" {
		return f, nil
	}
	last, err := conduct.GetAlert(tx, conduct.AlertID(q.After))
	f.Before = last
	return f, err
}

// alertStates are those that the list can be narrowed to.
var alertStates = []conduct.AlertState{conduct.AlertNew, conduct.AlertInCase, conduct.AlertDismissed}

// severities are written in words by their numbers.
var severities = []watch.Severity{watch.High, watch.Medium, watch.Low}

// watchList is the list of alerts.
type watchList struct {
	Ask         watchAsk
	Alerts      []conduct.Alert
	More        bool
	Names       map[identity.PartyID]identity.Party
	Instruments map[uint32]exchange.Instrument
}

// traded are the instruments to choose from, by their names.
func (l watchList) traded(ctx context.Context) []exchange.Instrument {
	return slices.SortedFunc(maps.Values(l.Instruments), func(a, b exchange.Instrument) int {
		return cmp.Compare(instrumentName(ctx, a), instrumentName(ctx, b))
	})
}

// watchAlerts lists alerts, the youngest first, in two statements without a filter.
func (f face) watchAlerts(tx *db.Tx, in watchAsk) (web.View, error) {
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "exchange.tab.watch"))
	if err != nil {
		return nil, err
	}
	filter, err := in.filter(tx)
	if err != nil {
		return nil, err
	}
	l := watchList{Ask: in, Instruments: f.Floor.Instruments()}
	if l.Alerts, l.More, err = conduct.Alerts(tx, filter); err != nil {
		return nil, err
	}
	l.Names, err = ownersOf(tx, l.Alerts)
	return watchPage(p, l), err
}

// ownersOf gives the parties that alerts are about.
func ownersOf(tx *db.Tx, alerts []conduct.Alert) (map[identity.PartyID]identity.Party, error) {
	var ids []identity.PartyID
	for _, a := range alerts {
		for _, who := range a.Owners {
			if id := identity.PartyID(who); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return identity.Parties(tx, ids)
}

// ownerNames writes whom an alert is about.
func ownerNames(known map[identity.PartyID]identity.Party, a conduct.Alert) string {
	names := make([]string, len(a.Owners))
	for n, who := range a.Owners {
		names[n] = partyName(known, who)
	}
	return strings.Join(names, ", ")
}

// instrumentOf gives what people call the instrument of an alert, or its number where the exchange does not run.
func instrumentOf(ctx context.Context, known map[uint32]exchange.Instrument, number uint32) string {
	if i, is := known[number]; is {
		return instrumentName(ctx, i)
	}
	return strconv.FormatUint(uint64(number), 10)
}

// after is the address of the next page.
func (l watchList) after(ctx context.Context, id string) string {
	a := l.Ask
	return string(asked(ctx, "/office/exchange/watch", "kind", a.Kind, "state", a.State, "severity", a.Severity, "instrument", a.Instrument, "party", a.Party, "after", id))
}

// watched is an alert as its page shows it.
type watched struct {
	conduct.Alert
	Orders     []watch.Order
	Deals      []watch.Deal
	Picture    picture
	Instrument exchange.Instrument
	Known      bool // Known says that the instrument is.
	Names      map[identity.PartyID]identity.Party
	People     names
	Cases      []conduct.Case // Cases are those that are open.
	Codes      map[uint32]string
}

type watchedAsk struct {
	ID conduct.AlertID `path:"id" maxLength:"60"`
}

// around is how many trades of the market are drawn around those of an alert.
const around = 200

// watchAlert shows an alert with its orders and trades.
func (f face) watchAlert(tx *db.Tx, in watchedAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	a, err := conduct.GetAlert(tx, in.ID)
	if err != nil {
		return nil, err
	}
	v := watched{Alert: a, Codes: map[uint32]string{}}
	v.Instrument, v.Known = f.Floor.Instruments()[a.Instrument]
	if v.Orders, v.Deals, err = conduct.EvidenceOf(tx, a); err != nil {
		return nil, err
	}
	if v.Names, err = ownersOf(tx, []conduct.Alert{a}); err != nil {
		return nil, err
	}
	if v.People, err = officeNames(tx); err != nil {
		return nil, err
	}
	if v.Cases, err = conduct.Cases(tx); err != nil {
		return nil, err
	}
	v.Cases = slices.DeleteFunc(v.Cases, func(c conduct.Case) bool { return c.Closed })
	var market []clearing.Traded
	if v.Known {
		last := uint64(0)
		for _, d := range v.Deals {
			last = max(last, d.ID+around/4)
		}
		if market, err = clearing.TradesIn(tx, v.Instrument.Code, last, around); err != nil {
			return nil, err
		}
	}
	for _, o := range v.Orders {
		v.name(f, o.Account)
	}
	for _, d := range v.Deals {
		v.name(f, d.Buy.Account)
		v.name(f, d.Sell.Account)
	}
	v.Picture = drawn(v.Orders, v.Deals, market)
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "watch.kind."+string(a.Kind)))
	return watchedPage(p, v), err
}

// name notes what people call an account.
func (v watched) name(f face, account uint32) {
	if a, known := f.Floor.Holder(account); known {
		v.Codes[account] = a.Code
	} else {
		v.Codes[account] = strconv.FormatUint(uint64(account), 10)
	}
}

// price writes a price of the instrument.
func (v watched) price(ctx context.Context, price int64) string {
	if !v.Known {
		return number(price)
	}
	return sum(ctx, money.Of(price, v.Instrument.Currency))
}

// figures are the names of what was counted, in their order.
func (v watched) figures() []string { return slices.Sorted(maps.Keys(v.Figures)) }

// figure writes one of them with its unit.
func (v watched) figure(ctx context.Context, name string) string {
	n := v.Figures[name]
	switch name {
	case "share", "left", "gone", "short":
		return number(n) + "\u00a0%"
	case "move":
		return number(n/100) + "." + strconv.FormatInt(100+n%100, 10)[1:] + "\u00a0%"
	case "from", "to":
		return v.price(ctx, n)
	}
	return thousands(ctx, n)
}

type dismissForm struct {
	ID     conduct.AlertID `path:"id" maxLength:"60"`
	Reason string          `json:"reason" maxLength:"4000"`
}

// dismissAlert says that nothing is to be done about an alert.
func (f face) dismissAlert(tx *db.Tx, in dismissForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("exchange/watch", "alert_dismissed"), conduct.Dismiss(tx, in.ID, in.Reason)
}

type openCaseForm struct {
	ID    conduct.AlertID `path:"id" maxLength:"60"`
	Title string          `json:"title,omitempty" maxLength:"200"`
	Case  conduct.CaseID  `json:"case,omitempty" maxLength:"60"`
}

// openCase opens a case from an alert, or puts it into one.
func (f face) openCase(tx *db.Tx, in openCaseForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	if in.Case != "" {
		return see("exchange/watch/cases/"+string(in.Case), "case_grown"), conduct.Add(tx, in.Case, in.ID)
	}
	c, err := conduct.Open(tx, in.Title, in.ID)
	return see("exchange/watch/cases/"+string(c.ID), "case_opened"), err
}
