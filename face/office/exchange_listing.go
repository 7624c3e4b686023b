package office

import (
	"errors"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountListing(site *web.Site) {
	web.Page(site, "GET /office/exchange/instruments", f.instruments, web.Needs(ScopeExchangeRead))
	web.Page(site, "GET /office/exchange/instruments/{id}", f.instrument, web.Needs(ScopeExchangeRead))
	web.Form(site, "POST /office/exchange/instruments/{id}/listing", f.listInstrument, web.Needs(ScopeExchangeWrite))
	web.Form(site, "POST /office/exchange/calendars/{code}/announcements", f.announce, web.Needs(ScopeExchangeWrite))
}

// clearingRules are what the books are held to, in the order of the findings.
var clearingRules = []string{"even", "flat", "negative", "vault", "sides", "trades", "receipts"}

// instruments lists what is traded, was traded, or will be.
func (f face) instruments(tx *db.Tx, _ struct{}) (web.View, error) {
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "exchange.tab.instruments"))
	if err != nil {
		return nil, err
	}
	all, err := exchange.Instruments(tx, exchange.StateDrafted, exchange.StateListed, exchange.StateSuspended, exchange.StateDelisted)
	return instrumentsPage(p, all), err
}

// listedOne is an instrument as its page shows it.
type listedOne struct {
	exchange.Instrument
	Schedule  exchange.Schedule
	Calendar  exchange.Calendar
	Day       span.Day
	Steps     []exchange.Moment // Steps are those of the day.
	Announced []exchange.Announced
	History   []exchange.Past
	People    names
	Fixed     clearing.Priced // Fixed is the settlement price of a forward, if there is one.
}

type instrumentAsk struct {
	ID exchange.InstrumentID `path:"id" maxLength:"60"`
}

// instrument shows one instrument: its terms, the line of its day, what was announced, and its history.
func (f face) instrument(tx *db.Tx, in instrumentAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	i, err := exchange.GetInstrument(tx, string(in.ID))
	if err != nil {
		return nil, err
	}
	v := listedOne{Instrument: i, Day: span.DayOf(tx.Now(), span.Almaty)}
	v.Schedule, v.Calendar, err = exchange.ScheduleOn(tx, i.Terms.Group, v.Day)
	if err != nil && !errors.Is(err, exchange.ErrUnknown) { // Its first hours may begin later.
		return nil, err
	}
	if err == nil {
		v.Steps = v.Schedule.Steps(v.Calendar, v.Day)
		if v.Announced, err = exchange.Announcements(tx, v.Calendar.Code); err != nil {
			return nil, err
		}
	}
	if v.History, err = exchange.History(tx, exchange.Subject(i.ID)); err != nil {
		return nil, err
	}
	if v.People, err = officeNames(tx); err != nil {
		return nil, err
	}
	if i.Kind == exchange.Forward {
		fixed, err := clearing.Fixings(tx, v.Day)
		if err != nil {
			return nil, err
		}
		v.Fixed = fixed[i.Code]
	}
	p, err := f.exchangePage(tx.Context(), instrumentName(tx.Context(), i))
	return instrumentPage(p, v), err
}

// listInstrument lets a draft be traded from the next day on.
func (f face) listInstrument(tx *db.Tx, in haltForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see(partyAddress(exchange.Subject(in.ID)), "listed"), exchange.List(tx, in.ID, in.Reason)
}

type announceForm struct {
	Code string           `path:"code" maxLength:"40"`
	Day  string           `json:"day" maxLength:"10"`
	Sort exchange.DaySort `json:"sort" enum:"full,short,off"`
}

// daySorts are what can happen on a day.
var daySorts = []exchange.DaySort{exchange.DayFull, exchange.DayShort, exchange.DayOff}

// announce publishes that a day is otherwise than was said.
func (f face) announce(tx *db.Tx, in announceForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	day, err := span.Parse(in.Day)
	if err != nil {
		return web.Then{}, err
	}
	_, err = exchange.Announce(tx, in.Code, map[span.Day]exchange.DaySort{day: in.Sort})
	return see("exchange/instruments", "announced"), err
}
