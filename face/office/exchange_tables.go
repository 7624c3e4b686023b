package office

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountTables(site *web.Site) {
	web.Page(site, "GET /office/exchange/tables", f.tables, web.Needs(ScopeExchangeRead))
	web.Form(site, "POST /office/exchange/tables/ticks", f.layTicks, web.Needs(ScopeExchangeWrite))
	web.Form(site, "POST /office/exchange/tables/calendars", f.openCalendar, web.Needs(ScopeExchangeWrite))
	web.Form(site, "POST /office/exchange/tables/schedules", f.laySchedule, web.Needs(ScopeExchangeWrite))
}

// tablesView is what instruments are listed with: steps of the price, calendars and hours, and the three forms that lay others.
type tablesView struct {
	Ticks     []exchange.Table
	Calendars []exchange.Week
	Schedules []exchange.Schedule
	NewTicks  form
	NewDays   form
	NewHours  form
	Open      string // Open is the form that was sent and has to be mended.
}

// slotRows is how many steps of a day the form has room for.
const slotRows = 9

// tables shows all of them.
func (f face) tables(tx *db.Tx, _ struct{}) (web.View, error) {
	v := tablesView{
		NewTicks: form{Values: url.Values{"bands": {"0 | 0.01"}}}, NewDays: form{Values: url.Values{"week": {"1", "2", "3", "4", "5"}}},
		NewHours: form{Values: url.Values{"random_max": {"30"}}},
	}
	return f.tablesPage(tx, v, nil)
}

func (f face) tablesPage(tx *db.Tx, v tablesView, refused error) (web.View, error) {
	ctx := tx.Context()
	p, err := f.exchangePage(ctx, t(ctx, "listing.tables"))
	if err != nil {
		return nil, err
	}
	if v.Ticks, err = exchange.Tables(tx); err != nil {
		return nil, err
	}
	if v.Calendars, err = exchange.Calendars(tx); err != nil {
		return nil, err
	}
	if v.Schedules, err = exchange.Schedules(tx); err != nil {
		return nil, err
	}
	if refused != nil {
		p.Wrong = i18n.Fault(lang(ctx), refused)
	}
	return tablesPage(p, v), nil
}

// tablesAgain shows the page with the form that has to be mended.
func (f face) tablesAgain(tx *db.Tx, v tablesView, err error) (web.Then, error) {
	if !mendable(err) {
		return web.Then{}, err
	}
	page, err := f.tablesPage(tx, v, err)
	return web.Again(page), err
}

type tableTyped struct{ web.Typed }

// layTicks lays a table of price steps. A table never changes: other steps are another table.
func (f face) layTicks(tx *db.Tx, in tableTyped) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	var bands exchange.Ticks
	for _, p := range lines(in.Values.Get("bands"), 2) {
		bands = append(bands, exchange.Band{From: readSum(plainNumber(p[0]), money.KZT), Step: readSum(plainNumber(p[1]), money.KZT)})
	}
	err := exchange.LayTicks(tx, strings.ToUpper(clean(in.Values.Get("code"))), bands)
	if err == nil {
		return see("exchange/tables", "laid"), nil
	}
	v := tablesView{Open: "ticks", NewTicks: form{Values: in.Values}}
	v.NewTicks.note(tx.Context(), err, firstPart)
	return f.tablesAgain(tx, v, err)
}

// firstPart gives the field of a form for a pointer of which only the first part names one.
func firstPart(pointer string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	return name
}

// openCalendar begins a calendar; its days off are announced one by one, on the page of an instrument that has it.
func (f face) openCalendar(tx *db.Tx, in tableTyped) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	var week []time.Weekday
	for _, day := range weekdays {
		if slices.Contains(in.Values["week"], strconv.Itoa(int(day))) {
			week = append(week, day)
		}
	}
	_, err := exchange.OpenCalendar(tx, strings.ToUpper(clean(in.Values.Get("code"))), week, nil)
	if err == nil {
		return see("exchange/tables", "laid"), nil
	}
	v := tablesView{Open: "calendar", NewDays: form{Values: in.Values}}
	v.NewDays.note(tx.Context(), err, firstPart)
	return f.tablesAgain(tx, v, err)
}

// laySchedule lays the hours of a group from a day on.
func (f face) laySchedule(tx *db.Tx, in tableTyped) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	s := exchange.Schedule{
		Group: strings.ToUpper(clean(in.Values.Get("group"))), From: readDay(in.Values.Get("from")), Calendar: in.Values.Get("calendar"),
		RandomMax: readLong(in.Values.Get("random_max")) * time.Second.Microseconds(), TradeAtClose: in.Values.Get("trade_at_close") != "",
		Full: readSlots(in.Values, "full"), Short: readSlots(in.Values, "short"),
	}
	switch in.Values.Get("firm") {
	case "before":
		s.Firm = auction.FirmBefore
	case "after":
		s.Firm = auction.FirmAfter
	}
	err := exchange.LaySchedule(tx, s)
	if err == nil {
		return see("exchange/tables", "laid"), nil
	}
	v := tablesView{Open: "hours", NewHours: form{Values: in.Values}}
	v.NewHours.note(tx.Context(), err, firstPart)
	if fault.Of(err) == exchange.ErrNotice { // The form itself says from which day on.
		v.NewHours.Wrong = map[string]string{"from": i18n.Fault(lang(tx.Context()), err)}
	}
	return f.tablesAgain(tx, v, err)
}

// readSlots reads the steps of a day; a row without a step is none, and a time that is none is refused by the verb.
func readSlots(v url.Values, name string) (slots []exchange.Slot) {
	for n := range slotRows {
		step := v.Get(slotName(name, "step", n))
		if step == "" {
			continue
		}
		slots = append(slots, exchange.Slot{Step: step, At: readClock(v.Get(slotName(name, "at", n)))})
	}
	return slots
}

func slotName(of, what string, n int) string { return of + "_" + what + "_" + strconv.Itoa(n) }

// readClock reads a time of the day, with or without seconds, or noNumber.
func readClock(typed string) int64 {
	for _, layout := range []string{time.TimeOnly, "15:04"} {
		if at, err := time.Parse(layout, clean(typed)); err == nil {
			return exchange.Clock(int64(at.Hour()), int64(at.Minute()), int64(at.Second()))
		}
	}
	return noNumber
}

// clockOf writes a time of the day.
func clockOf(s exchange.Slot) string {
	return fmt.Sprintf("%02d:%02d:%02d", s.At/3600, s.At/60%60, s.At%60)
}

// bandsOf writes a table of steps in one line.
func bandsOf(ctx context.Context, ticks exchange.Ticks) string {
	parts := make([]string, len(ticks))
	for n, b := range ticks {
		parts[n] = t(ctx, "listing.band", "from", sum(ctx, money.Of(b.From, money.KZT)), "step", sum(ctx, money.Of(b.Step, money.KZT)))
	}
	return strings.Join(parts, " · ")
}

// weekOf names the days of the week on which a calendar trades, Monday first.
func weekOf(ctx context.Context, w exchange.Week) string {
	var names []string
	for _, day := range weekdays {
		if w.Days[day] {
			names = append(names, t(ctx, "plans.short."+strconv.Itoa(int(day))))
		}
	}
	return strings.Join(names, ", ")
}

type licenceForm struct {
	ID      exchange.MemberID `path:"id" maxLength:"60"`
	Licence string            `json:"licence" maxLength:"200"`
	From    string            `json:"from" maxLength:"10"`
	To      string            `json:"to" maxLength:"10"`
	Reason  exchange.Reason   `json:"reason" maxLength:"500"`
}

// renewLicence gives a member another licence; the history keeps the one before.
func (f face) renewLicence(tx *db.Tx, in licenceForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	l, err := readLicence(in.Licence, in.From, in.To)
	if err != nil {
		return web.Then{}, err
	}
	_, err = exchange.Renew(tx, in.ID, l, in.Reason)
	return see(partyAddress(exchange.Subject(in.ID)), "saved"), err
}

type partForm struct {
	ID     exchange.AccountID `path:"id" maxLength:"60"`
	Reason exchange.Reason    `json:"reason" maxLength:"500"`
}

// openPart opens a part of an account, and leads to it.
func (f face) openPart(tx *db.Tx, in partForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	a, err := exchange.OpenSub(tx, in.ID, in.Reason)
	return see(partyAddress(exchange.Subject(a.ID)), "added"), err
}
