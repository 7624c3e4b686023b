package office

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/booking"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountResources(site *web.Site) {
	web.Page(site, "GET /office/resources", f.resources, web.Needs(ScopeCatalogRead))
	web.Page(site, "GET /office/resources/new", f.newResource, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/resources", f.addResource, web.Needs(ScopeCatalogWrite))
	web.Page(site, "GET /office/resources/{id}", f.resource, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/resources/{id}", f.reviseResource, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/resources/{id}/state", f.closeResource, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/resources/{id}/closings/{closing}", f.reopenDays, web.Needs(ScopeOrdersWrite))
}

// grains are the kinds of resources, in the order in which they are offered.
var grains = []booking.Grain{booking.GrainDay, booking.GrainQuarter}

// resources lists what the seller has by time, in one statement.
func (f face) resources(tx *db.Tx, _ struct{}) (web.View, error) {
	all, err := booking.Resources(tx, sellerOf(tx))
	return resourcesPage(f.page("bookings", t(tx.Context(), "resources.title")), all), err
}

// resourceView is a resource as it is written: a new one while it has no id.
type resourceView struct {
	form
	Resource booking.Resource
	Closings []booking.Block // Closings are the days on which some of it is closed.
}

type resourceKind struct {
	Grain booking.Grain `query:"grain" enum:"day,quarter" default:"day"`
}

// newResource shows the form of a new resource of a kind.
func (f face) newResource(tx *db.Tx, in resourceKind) (web.View, error) {
	r := booking.Resource{Grain: in.Grain, Zone: span.Almaty.String(), Units: 1, Ahead: 365}
	if in.Grain == booking.GrainQuarter {
		r.Ahead = 60
		for _, day := range weekdays[:5] {
			r.Hours = append(r.Hours, booking.Hours{Weekday: day, From: 9 * 60, To: 18 * 60})
		}
	}
	return resourcePage(f.page("bookings", t(tx.Context(), "resources.new")), resourceView{form: form{Values: resourceStored(r)}, Resource: r}), nil
}

type resourceAdded struct {
	web.Typed
	Grain booking.Grain `json:"grain" enum:"day,quarter"`
}

// addResource puts a resource down.
func (f face) addResource(tx *db.Tx, in resourceAdded) (web.Then, error) {
	v := resourceView{Resource: booking.Resource{Seller: sellerOf(tx), Grain: in.Grain, Zone: clean(in.Values.Get("zone"))}}
	r, err := booking.AddResource(tx, readResource(in.Values, v.Resource))
	if err == nil {
		return see("resources/"+string(r.ID), "saved"), nil
	}
	return f.resourceAgain(tx, v, in.Values, err)
}

type resourceNamed struct {
	ID booking.ResourceID `path:"id" maxLength:"60"`
}

// resource shows a resource to be changed, in two statements.
func (f face) resource(tx *db.Tx, in resourceNamed) (web.View, error) {
	v, err := loadResource(tx, in.ID)
	return resourcePage(f.page("bookings", v.Resource.Name.In(lang(tx.Context()))), v), err
}

func loadResource(tx *db.Tx, id booking.ResourceID) (v resourceView, err error) {
	if v.Resource, err = booking.ResourceOf(tx, sellerOf(tx), id); err != nil {
		return v, err
	}
	v.form = form{Values: resourceStored(v.Resource)}
	v.Closings, err = booking.Closings(tx, v.Resource)
	return v, err
}

type resourceTyped struct {
	web.Typed
	resourceNamed
	Version int64 `json:"version"`
}

// reviseResource gives a resource the typed words, units and hours.
func (f face) reviseResource(tx *db.Tx, in resourceTyped) (web.Then, error) {
	v, err := loadResource(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	r := readResource(in.Values, v.Resource)
	r.Version = in.Version
	if _, err = booking.ReviseResource(tx, r); err == nil {
		return see("resources/"+string(in.ID), "saved"), nil
	}
	if fault.Of(err) == booking.ErrStale {
		v.Now = v.Values
	}
	return f.resourceAgain(tx, v, in.Values, err)
}

type resourceState struct {
	resourceTyped
	Closed bool `json:"closed,omitempty"`
}

// closeResource takes a resource out of sale, or puts it on sale again. What is booked stays.
func (f face) closeResource(tx *db.Tx, in resourceState) (web.Then, error) {
	v, err := loadResource(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	r := v.Resource
	r.Version, r.Closed = in.Version, in.Closed
	if _, err = booking.ReviseResource(tx, r); err == nil {
		return see("resources/"+string(in.ID), "saved"), nil
	}
	return f.resourceAgain(tx, v, v.Values, err)
}

type closingNamed struct {
	resourceNamed
	Closing string `path:"closing" maxLength:"60"`
}

// reopenDays gives back days that the seller has closed.
func (f face) reopenDays(tx *db.Tx, in closingNamed) (web.Then, error) {
	return see("resources/"+string(in.ID), "saved"), booking.Reopen(tx, sellerOf(tx), in.ID, in.Closing)
}

// resourceAgain shows the form with what was typed and what is wrong with it.
func (f face) resourceAgain(tx *db.Tx, v resourceView, typed url.Values, no error) (web.Then, error) {
	if !mendable(no) {
		return web.Then{}, no
	}
	r := readResource(typed, v.Resource)
	v.Values = typed
	v.note(tx.Context(), no, func(pointer string) string {
		field, row, _ := strings.Cut(fieldOf(pointer), "/")
		switch i, err := strconv.Atoi(row); {
		case field == "hours" && err == nil && i < len(r.Hours):
			return "hours_" + strconv.Itoa(int(r.Hours[i].Weekday))
		case field == "hours":
			return "hours_" + strconv.Itoa(int(weekdays[0]))
		case field == "name":
			return firstName
		}
		return field
	})
	title := t(tx.Context(), "resources.new")
	if v.Resource.ID != "" {
		title = v.Resource.Name.In(lang(tx.Context()))
	}
	p := f.page("bookings", title)
	p.Wrong = i18n.Fault(lang(tx.Context()), no)
	return web.Again(resourcePage(p, v)), nil
}

// firstName is the field beside which stands what is wrong with a name as a whole.
const firstName = "name_kk"

// resourceStored writes a resource as the fields of its form.
func resourceStored(r booking.Resource) url.Values {
	v := url.Values{"zone": {r.Zone}, "units": {strconv.FormatInt(r.Units, 10)}, "beyond": {strconv.FormatInt(r.Beyond, 10)}, "ahead": {strconv.Itoa(r.Ahead)}}
	for l, said := range r.Name {
		v.Set("name_"+l, said)
	}
	for _, h := range r.Hours {
		field := "hours_" + strconv.Itoa(int(h.Weekday))
		v.Set(field, strings.TrimPrefix(v.Get(field)+", "+minuteWords(h.From)+"–"+minuteWords(h.To), ", "))
	}
	return v
}

// readResource reads what was typed onto a resource. What is no number is refused by the verb, as one below zero.
func readResource(v url.Values, r booking.Resource) booking.Resource {
	r.Name = readLocalized(v, "name")
	r.Units, r.Beyond, r.Ahead, r.Hours = noNumber, int64(readWhole(v.Get("beyond"))), readWhole(v.Get("ahead")), nil
	if typed := v.Get("units"); clean(typed) != "" {
		r.Units = int64(readWhole(typed))
	}
	for _, day := range weekdays {
		if r.Grain == booking.GrainQuarter {
			r.Hours = append(r.Hours, readHours(day, v.Get("hours_"+strconv.Itoa(int(day))))...)
		}
	}
	return r
}

// readHours reads "09:00–13:00, 14:00–18:00". What cannot be read is refused by the verb, as times that are none.
func readHours(day time.Weekday, typed string) (all []booking.Hours) {
	for part := range strings.SplitSeq(clean(typed), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		from, to, _ := strings.Cut(strings.NewReplacer("–", "-", "—", "-").Replace(part), "-")
		all = append(all, booking.Hours{Weekday: day, From: readMinute(from), To: readMinute(to)})
	}
	return all
}

// readMinute reads what a clock shows, in minutes after midnight; 24:00 is the end of a day.
func readMinute(typed string) int {
	hour, minute, both := strings.Cut(strings.TrimSpace(typed), ":")
	h, bad := strconv.Atoi(hour)
	m, worse := strconv.Atoi(minute)
	if !both || bad != nil || worse != nil || h < 0 || h > 24 || m < 0 || m > 59 {
		return noNumber
	}
	return h*60 + m
}

// minuteWords writes minutes after midnight as a clock shows them.
func minuteWords(n int) string {
	pad := func(n int) string { return strconv.Itoa(n/10) + strconv.Itoa(n%10) }
	return pad(n/60) + ":" + pad(n%60)
}

// hourLine writes when a resource works, the days of the same hours together.
func hourLine(ctx context.Context, r booking.Resource) string {
	stored := resourceStored(r)
	var parts []string
	for i := 0; i < len(weekdays); {
		hours := stored.Get("hours_" + strconv.Itoa(int(weekdays[i])))
		same := slices.IndexFunc(weekdays[i:], func(d time.Weekday) bool { return stored.Get("hours_"+strconv.Itoa(int(d))) != hours })
		if same < 0 {
			same = len(weekdays) - i
		}
		if hours != "" {
			days := t(ctx, "plans.short."+strconv.Itoa(int(weekdays[i])))
			if same > 1 {
				days += "–" + t(ctx, "plans.short."+strconv.Itoa(int(weekdays[i+same-1])))
			}
			parts = append(parts, days+" "+hours)
		}
		i += same
	}
	return strings.Join(parts, "; ")
}

// aheadMost is how far ahead the calendar of a kind may be open, in days: quarters of an hour are many.
func aheadMost(g booking.Grain) string {
	if g == booking.GrainQuarter {
		return "120"
	}
	return strconv.Itoa(booking.AheadMax)
}

// blockWords says when something is closed, by the clock of its place: whole days by their dates.
func blockWords(ctx context.Context, r booking.Resource, b booking.Block) string {
	from, to := b.Starts.In(r.Location()), b.Ends.In(r.Location())
	first, last := span.DayOf(from, r.Location()), span.DayOf(to.Add(-time.Microsecond), r.Location())
	switch {
	case !from.Equal(first.Start(r.Location())) || !to.Equal(last.AddDays(1).Start(r.Location())):
		return from.Format("02.01.2006 15:04") + " – " + to.Format("02.01.2006 15:04")
	case first == last:
		return date(ctx, first)
	}
	return date(ctx, first) + " – " + date(ctx, last)
}
