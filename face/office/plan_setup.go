package office

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/booking"
	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountPlanSetup(site *web.Site) {
	web.Page(site, "GET /office/plans/new", f.newPlan, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/plans", f.addPlan, web.Needs(ScopeCatalogWrite))
	web.Page(site, "GET /office/plans/{id}/setup", f.planSetup, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/plans/{id}/setup", f.setSetup, web.Needs(ScopeCatalogWrite))
}

// setupView is what a plan sells and what it takes, as that is written: a new plan while it has no id.
type setupView struct {
	form
	Plan      booking.Plan
	Resources []booking.Resource // Resources are those of which bookings of its form can take something.
}

// grainOf is by what resources are counted of which bookings of a form take something.
func grainOf(form booking.Form) booking.Grain {
	if form == booking.FormSlot || form == booking.FormTable {
		return booking.GrainQuarter
	}
	return booking.GrainDay
}

func loadSetup(tx *db.Tx, p booking.Plan) (setupView, error) {
	all, err := booking.Resources(tx, sellerOf(tx))
	all = slices.DeleteFunc(all, func(r booking.Resource) bool { return r.Grain != grainOf(p.Form) })
	v := setupView{Plan: p, Resources: all}
	v.Values = setupStored(p)
	return v, err
}

type planAsk struct {
	Form booking.Form `query:"form" enum:"nights,departure,slot,table" default:"nights"`
	SKU  string       `query:"sku" maxLength:"100"`
}

// newPlan shows the form of a new plan, in one statement.
func (f face) newPlan(tx *db.Tx, in planAsk) (web.View, error) {
	v, err := loadSetup(tx, booking.Plan{Form: in.Form, Zone: span.Almaty.String()})
	v.Values.Set("sku", in.SKU)
	v.Values.Set("people_max", "2")
	v.Values.Set("per_0", string(usualPer(in.Form)))
	if in.Form != booking.FormNights {
		v.Values.Set("minutes", "60")
	}
	return setupPage(f.page("bookings", t(tx.Context(), "setup.new")), v), err
}

// pers are by what a need is counted, in the order in which they are offered.
var pers = []booking.Per{booking.PerUnit, booking.PerBooking, booking.PerPerson}

// usualPer is by what bookings of a form mostly take a resource.
func usualPer(form booking.Form) booking.Per {
	if form == booking.FormNights || form == booking.FormTable {
		return booking.PerUnit
	}
	return booking.PerBooking
}

type planAdded struct {
	web.Typed
	Form booking.Form `json:"form" enum:"nights,departure,slot,table"`
}

// addPlan puts a plan down for the variant of a product of the seller that is sold by booking.
func (f face) addPlan(tx *db.Tx, in planAdded) (web.Then, error) {
	v, err := loadSetup(tx, booking.Plan{Seller: sellerOf(tx), Form: in.Form, Zone: clean(in.Values.Get("zone")), Terms: booking.Terms{Currency: f.Currency}})
	if err != nil {
		return web.Then{}, err
	}
	p := v.Plan
	p.Terms = readTerms(in.Values, p.Terms)
	p = readSetup(in.Values, p)
	o, err := soldByTime(tx, clean(in.Values.Get("sku")))
	if err == nil {
		p.Product, p.Variant = o.Product, o.Variant
		p, err = booking.AddPlan(tx, p)
	}
	if err == nil {
		return see("plans/"+string(p.ID), "saved"), nil
	}
	return f.setupAgain(tx, v, in.Values, err)
}

// soldByTime gives the variant of the seller that has an SKU, of a product that is sold by booking. Another is refused beside the
// field.
func soldByTime(tx *db.Tx, sku string) (catalog.Offer, error) {
	found, err := catalog.OfSKU(tx, sellerOf(tx), []string{sku})
	if err != nil {
		return catalog.Offer{}, err
	}
	no := fault.Say("The seller has nothing of this SKU.")
	if id, known := found[sku]; known {
		o, err := ownVariant(tx, id)
		if err != nil || o.Kind.Way() == booking.WayName {
			return o, err
		}
		no = fault.Say("This product is not sold by booking. Choose that as its kind first.")
	}
	return catalog.Offer{}, booking.ErrInvalid.Fields(no.At("/sku"))
}

// planSetup shows what a plan sells and takes, in two statements.
func (f face) planSetup(tx *db.Tx, in planNamed) (web.View, error) {
	p, err := booking.PlanOf(tx, sellerOf(tx), in.ID)
	if err != nil {
		return nil, err
	}
	v, err := loadSetup(tx, p)
	return setupPage(f.page("bookings", p.Name.In(lang(tx.Context()))), v), err
}

// setSetup gives a plan other names and resources; its prices and rules stay.
func (f face) setSetup(tx *db.Tx, in termsTyped) (web.Then, error) {
	p, err := booking.PlanOf(tx, sellerOf(tx), in.ID)
	if err != nil {
		return web.Then{}, err
	}
	v, err := loadSetup(tx, p)
	if err != nil {
		return web.Then{}, err
	}
	p = readSetup(in.Values, p)
	p.Version = in.Version
	if _, err = booking.RevisePlan(tx, p); err == nil {
		return see("plans/"+string(in.ID), "saved"), nil
	}
	if fault.Of(err) == booking.ErrStale {
		v.Now = v.Values
	}
	return f.setupAgain(tx, v, in.Values, err)
}

// setupAgain shows the form with what was typed and what is wrong with it.
func (f face) setupAgain(tx *db.Tx, v setupView, typed url.Values, no error) (web.Then, error) {
	if !mendable(no) {
		return web.Then{}, no
	}
	v.Values = typed
	rows := needRows(typed)
	v.note(tx.Context(), no, func(pointer string) string { return setupField(v.Plan.Form, rows, pointer) })
	if fault.Of(no) == booking.ErrTaken {
		v.Wrong = map[string]string{"sku": i18n.Fault(lang(tx.Context()), no)}
	}
	title := t(tx.Context(), "setup.new")
	if v.Plan.ID != "" {
		title = v.Plan.Name.In(lang(tx.Context()))
	}
	p := f.page("bookings", title)
	p.Wrong = i18n.Fault(lang(tx.Context()), no)
	return web.Again(setupPage(p, v)), nil
}

// setupField is the field of the form to which something that a verb says of a plan belongs; rows are those that name a resource.
func setupField(form booking.Form, rows []int, pointer string) string {
	field, rest, _ := strings.Cut(fieldOf(strings.TrimPrefix(pointer, "/terms")), "/")
	row, part, _ := strings.Cut(rest, "/")
	switch i, err := strconv.Atoi(row); {
	case field == "needs" && err == nil && i < len(rows) && part == "resource":
		return "need_" + strconv.Itoa(rows[i])
	case field == "needs" && err == nil && i < len(rows):
		return part + "_" + strconv.Itoa(rows[i])
	case field == "needs" && form == booking.FormSlot:
		return "staff"
	case field == "needs":
		return "need_0"
	case field == "name" || field == "place":
		return field + "_kk"
	}
	return field
}

// needsMost is how many resources the form names: as many as a plan may need.
const needsMost = 20

// needRows are the rows of the form that name a resource.
func needRows(v url.Values) (rows []int) {
	for i := range needsMost {
		if v.Get("need_"+strconv.Itoa(i)) != "" {
			rows = append(rows, i)
		}
	}
	return rows
}

// needsShown are the rows of the form: those that name a resource, and an empty one.
func (v setupView) needsShown() []int {
	last := 0
	if rows := needRows(v.Values); len(rows) > 0 {
		last = rows[len(rows)-1] + 1
	}
	return rowsUpTo(last+1, needsMost)
}

// dayTimes are the times of day among terms, by the names of their fields.
func dayTimes(t *booking.Terms) map[string]*int {
	return map[string]*int{"check_in": &t.CheckIn, "check_out": &t.CheckOut}
}

// setupStored writes what a plan sells and takes as the fields of its form.
func setupStored(p booking.Plan) url.Values {
	v := url.Values{"zone": {p.Zone}, "minutes": {strconv.Itoa(p.Terms.Minutes)}, "travel": {strconv.Itoa(p.Terms.Travel)}}
	for l, said := range p.Name {
		v.Set("name_"+l, said)
	}
	for l, said := range p.PlaceName {
		v.Set("place_"+l, said)
	}
	for name, n := range dayTimes(&p.Terms) {
		if *n != 0 {
			v.Set(name, minuteWords(*n))
		}
	}
	for name, is := range map[string]bool{"documents": p.Terms.Documents, "visits": p.Terms.Visits} {
		if is {
			v.Set(name, "1")
		}
	}
	for i, n := range p.Needs {
		row := strconv.Itoa(i)
		v.Set("need_"+row, string(n.Resource))
		v.Set("per_"+row, string(n.Per))
		v.Set("shift_"+row, strconv.Itoa(n.Shift))
		v.Set("days_"+row, strconv.Itoa(n.Days))
	}
	for _, id := range p.Staff {
		v.Add("staff", string(id))
	}
	return v
}

// readSetup reads what was typed onto a plan. What is no number is refused by the verb, as one below zero.
func readSetup(v url.Values, p booking.Plan) booking.Plan {
	p.Name, p.PlaceName, p.Needs, p.Staff = readLocalized(v, "name"), readLocalized(v, "place"), nil, nil
	p.Zone = clean(v.Get("zone"))
	for _, i := range needRows(v) {
		row := strconv.Itoa(i)
		p.Needs = append(p.Needs, booking.Need{
			Resource: booking.ResourceID(v.Get("need_" + row)), Per: booking.Per(v.Get("per_" + row)), Shift: readWhole(v.Get("shift_" + row)), Days: readWhole(v.Get("days_" + row)),
		})
	}
	for _, id := range v["staff"] {
		p.Staff = append(p.Staff, booking.ResourceID(id))
	}
	for name, n := range dayTimes(&p.Terms) {
		*n = 0
		if typed := clean(v.Get(name)); typed != "" {
			*n = readMinute(typed)
		}
	}
	p.Terms.Minutes, p.Terms.Travel = readWhole(v.Get("minutes")), readWhole(v.Get("travel"))
	p.Terms.Documents, p.Terms.Visits = v.Get("documents") != "", v.Get("visits") != ""
	return p
}
