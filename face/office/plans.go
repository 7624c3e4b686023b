package office

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountPlans(site *web.Site) {
	f.mountPlanSetup(site)
	web.Page(site, "GET /office/plans", f.plans, web.Needs(ScopeCatalogRead))
	web.Page(site, "GET /office/plans/{id}", f.planTerms, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/plans/{id}", f.setTerms, web.Needs(ScopeCatalogWrite))
}

// plans lists what the seller sells by time.
func (f face) plans(tx *db.Tx, _ struct{}) (web.View, error) {
	all, err := booking.Plans(tx, sellerOf(tx))
	return plansPage(f.page("bookings", t(tx.Context(), "plans.title")), all), err
}

// termsView is what a plan costs and by which rules it is booked, as that is written, with the days that follow from it.
type termsView struct {
	form
	Plan booking.Plan
	Days []booking.CalendarDay
}

// previewDays is how many days the page shows.
const previewDays = 42

type planNamed struct {
	ID booking.PlanID `path:"id" maxLength:"60"`
}

func (f face) planTerms(tx *db.Tx, in planNamed) (web.View, error) {
	v, err := loadTerms(tx, in.ID)
	return termsPage(f.page("bookings", v.Plan.Name.In(lang(tx.Context()))), v), err
}

func loadTerms(tx *db.Tx, id booking.PlanID) (v termsView, err error) {
	if v.Plan, err = booking.PlanOf(tx, sellerOf(tx), id); err != nil {
		return v, err
	}
	v.form = form{Values: termsStored(v.Plan)}
	today := v.Plan.Today(tx.Now())
	v.Days, err = booking.Calendar(tx, v.Plan, span.Days{From: today, To: today.AddDays(previewDays)})
	return v, err
}

// plainTerms are the numbers among terms, by the names of their fields.
func plainTerms(t *booking.Terms) map[string]*int {
	return map[string]*int{"included": &t.Included, "stay_min": &t.StayMin, "stay_max": &t.StayMax, "cutoff": &t.Cutoff, "people_max": &t.PeopleMax, "change_to": &t.ChangeTo}
}

// termsStored writes terms as the fields of their form: what there may be many of, one a line.
func termsStored(p booking.Plan) url.Values {
	t := p.Terms
	sum := func(minor int64) string { return money.Of(minor, t.Currency).Decimal() }
	v := url.Values{"base": {sum(t.Base)}, "extra": {sum(t.Extra)}, "change_fee": {sum(t.ChangeFee)}, "no_show": {t.NoShow.String()}}
	for name, n := range plainTerms(&t) {
		v.Set(name, strconv.Itoa(*n))
	}
	if p.Open {
		v.Set("open", "1")
	}
	if t.ByPerson {
		v.Set("by_person", "1")
	}
	for _, d := range t.Arrivals {
		v.Add("arrivals", strconv.Itoa(int(d)))
	}
	for _, d := range t.Weekdays {
		v.Set("weekday_"+strconv.Itoa(int(d.Weekday)), d.Change.String())
	}
	for _, s := range t.Seasons {
		line := []string{s.Days.From.String(), s.Days.To.AddDays(-1).String(), sum(s.Base), strconv.Itoa(s.StayMin)}
		for _, l := range text.Languages {
			line = append(line, s.Name[l])
		}
		addLine(v, "seasons", line...)
	}
	for _, b := range t.Bands {
		lap := ""
		if b.Lap {
			lap = "!"
		}
		addLine(v, "bands", strconv.Itoa(b.Under), b.Share.String(), lap)
	}
	for _, l := range t.Leads {
		addLine(v, "leads", strconv.Itoa(l.Least), strconv.Itoa(l.Most), l.Change.String())
	}
	for _, l := range t.Lengths {
		addLine(v, "lengths", strconv.Itoa(l.Nights), l.Change.String())
	}
	for _, b := range t.Back {
		addLine(v, "back", strconv.Itoa(b.Days), b.Share.String())
	}
	return v
}

// addLine adds a line of parts to a field.
func addLine(v url.Values, name string, parts ...string) {
	line := strings.TrimRight(strings.Join(parts, " | "), " |")
	if before := v.Get(name); before != "" {
		line = before + "\n" + line
	}
	v.Set(name, line)
}

// lines gives the lines of a field in their parts, each of at least so many.
func lines(typed string, least int) (all [][]string) {
	for line := range strings.Lines(clean(typed)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		parts := strings.Split(line, "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		for len(parts) < least {
			parts = append(parts, "")
		}
		all = append(all, parts)
	}
	return all
}

// The verbs refuse what nobody can mean; so what cannot be read is read as that.
const noNumber = -1

func readWhole(typed string) int {
	if typed = clean(typed); typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	if err != nil {
		return noNumber
	}
	return n
}

func readSum(typed string, currency money.Currency) int64 {
	if typed = clean(typed); typed == "" {
		return 0
	}
	m, err := money.Parse(typed, currency)
	if err != nil {
		return noNumber
	}
	return m.Minor
}

// readChange reads a share that may be taken off.
func readChange(typed string) money.Rate {
	typed = clean(typed)
	rest, less := strings.CutPrefix(strings.Replace(typed, "−", "-", 1), "-")
	if rest == "" {
		return 0
	}
	r, err := money.ParseRate(rest)
	switch {
	case err != nil:
		return -money.One // Nothing is made so cheap.
	case less:
		return -r
	}
	return r
}

// readTerms reads what was typed onto the terms of a plan.
func readTerms(v url.Values, t booking.Terms) booking.Terms {
	for name, n := range plainTerms(&t) {
		*n = readWhole(v.Get(name))
	}
	t.Base, t.Extra, t.ChangeFee = readSum(v.Get("base"), t.Currency), readSum(v.Get("extra"), t.Currency), readSum(v.Get("change_fee"), t.Currency)
	t.ByPerson, t.NoShow = v.Get("by_person") != "", readChange(v.Get("no_show"))
	t.Arrivals, t.Weekdays, t.Seasons, t.Bands, t.Leads, t.Lengths, t.Back = nil, nil, nil, nil, nil, nil, nil
	for _, day := range weekdays {
		number := strconv.Itoa(int(day))
		if slices.Contains(v["arrivals"], number) {
			t.Arrivals = append(t.Arrivals, day)
		}
		if change := readChange(v.Get("weekday_" + number)); change != 0 {
			t.Weekdays = append(t.Weekdays, booking.DayChange{Weekday: day, Change: change})
		}
	}
	for _, p := range lines(v.Get("seasons"), 4+len(text.Languages)) {
		t.Seasons = append(t.Seasons, readSeason(p, t.Currency))
	}
	for _, p := range lines(v.Get("bands"), 3) {
		t.Bands = append(t.Bands, booking.Band{Under: readWhole(p[0]), Share: readChange(p[1]), Lap: p[2] == "!"})
	}
	for _, p := range lines(v.Get("leads"), 3) {
		t.Leads = append(t.Leads, booking.LeadChange{Least: readWhole(p[0]), Most: readWhole(p[1]), Change: readChange(p[2])})
	}
	for _, p := range lines(v.Get("lengths"), 2) {
		t.Lengths = append(t.Lengths, booking.LengthChange{Nights: readWhole(p[0]), Change: readChange(p[1])})
	}
	for _, p := range lines(v.Get("back"), 2) {
		t.Back = append(t.Back, booking.BackStep{Days: readWhole(p[0]), Share: readChange(p[1])})
	}
	return t
}

// readSeason reads "first day | last day | price | nights at least | its name in each language".
func readSeason(p []string, currency money.Currency) booking.Season {
	s := booking.Season{Base: readSum(p[2], currency), StayMin: readWhole(p[3]), Name: text.Localized{}}
	from, _ := span.Parse(p[0]) // What is no day is refused as an end before the start.
	to, _ := span.Parse(p[1])
	if !from.IsZero() && !to.IsZero() {
		s.Days = span.Days{From: from, To: to.AddDays(1)}
	}
	for i, l := range text.Languages {
		if said := p[4+i]; said != "" {
			s.Name[l] = said
		}
	}
	return s
}

type termsTyped struct {
	web.Typed
	ID      booking.PlanID `path:"id" maxLength:"60"`
	Version int64          `json:"version"`
}

// setTerms gives a plan the typed terms. What is booked keeps its own.
func (f face) setTerms(tx *db.Tx, in termsTyped) (web.Then, error) {
	v, err := loadTerms(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	p := v.Plan
	p.Version, p.Open, p.Terms = in.Version, in.Values.Get("open") != "", readTerms(in.Values, p.Terms)
	if _, err = booking.RevisePlan(tx, p); err == nil {
		return see("plans/"+url.PathEscape(string(in.ID)), "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	if fault.Of(err) == booking.ErrStale {
		v.Now = v.Values
	}
	v.Values = in.Values
	v.note(tx.Context(), err, func(pointer string) string {
		field, rest, _ := strings.Cut(strings.TrimPrefix(pointer, "/terms/"), "/")
		row, _, _ := strings.Cut(rest, "/")
		if i, err := strconv.Atoi(row); err == nil && field == "weekdays" && i < len(p.Terms.Weekdays) {
			return "weekday_" + strconv.Itoa(int(p.Terms.Weekdays[i].Weekday))
		}
		return field
	})
	page := f.page("bookings", v.Plan.Name.In(lang(tx.Context())))
	page.Wrong = i18n.Fault(lang(tx.Context()), err)
	return web.Again(termsPage(page, v)), nil
}

// firstColumn is how many days of the week stand before the first day that is shown, Monday first.
func firstColumn(days []booking.CalendarDay) int {
	if len(days) == 0 {
		return 0
	}
	return (int(days[0].Day.Weekday()) - int(time.Monday) + 7) % 7
}
