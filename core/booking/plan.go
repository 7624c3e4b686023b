package booking

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking/bookingdb"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Plan is how something is sold by time: one variant of a product, by one form, on its terms.
type Plan struct {
	ID        PlanID            `json:"-"`
	Seller    seller.ID         `json:"-"`
	Product   catalog.ProductID `json:"-"`
	Variant   catalog.VariantID `json:"-"`
	Form      Form              `json:"-"`
	Open      bool              `json:"-"` // Open says that it can be booked.
	Version   int64             `json:"-"`
	Name      text.Localized    `json:"name"`
	PlaceName text.Localized    `json:"place"`
	Zone      string            `json:"zone"`
	Needs     []Need            `json:"needs,omitempty"` // Needs are what every booking takes, beside the seats of a departure.
	Staff     []ResourceID      `json:"staff,omitempty"` // Staff are those of whom a slot takes one.
	Terms     Terms             `json:"terms"`
}

// Per says what a need is counted by.
type Per string

// What a need is counted by.
const (
	PerBooking Per = "booking" // PerBooking takes one.
	PerUnit    Per = "unit"    // PerUnit takes one for each room or table.
	PerPerson  Per = "person"  // PerPerson takes one for each person who takes a seat.
)

// Need is a resource that a booking takes. One of days is taken Days long from Shift days after the start on; with no Days, as
// long as the booking lasts. One of quarters is taken for the minutes of the terms.
type Need struct {
	Resource ResourceID `json:"resource"`
	Per      Per        `json:"per"`
	Shift    int        `json:"shift,omitempty"`
	Days     int        `json:"days,omitempty"`
}

// Location is where the clock of a plan hangs.
func (p Plan) Location() *time.Location { return location(p.Zone) }

// Today is the day in the place of a plan.
func (p Plan) Today(at time.Time) span.Day { return span.DayOf(at, p.Location()) }

// Place is the name of the place by which it is found, the same in all languages.
func (p Plan) Place() string {
	if name := p.PlaceName["en"]; name != "" {
		return text.Slug(name)
	}
	return text.Slug(p.PlaceName.In("kk"))
}

// led is the calendar that a search looks at.
func (p Plan) led() string {
	switch {
	case p.Form == FormDeparture || len(p.Needs)+len(p.Staff) == 0:
		return string(p.ID)
	case len(p.Needs) > 0:
		return string(p.Needs[0].Resource)
	}
	return string(p.Staff[0])
}

// resources are all resources of which bookings of the plan may take something.
func (p Plan) resources() []ResourceID {
	all := slices.Clone(p.Staff)
	for _, n := range p.Needs {
		all = append(all, n.Resource)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (p Plan) cleaned(resources map[ResourceID]Resource) (Plan, error) {
	c := &checker{}
	for at, into := range map[string]*text.Localized{"/name": &p.Name, "/place": &p.PlaceName} {
		name, err := into.Cleaned()
		c.when(err != nil || name.CheckFilled(NameMax) != nil, at, fault.Say("Write what buyers read about it, in at least one language."))
		*into = name
	}
	c.when(p.Place() == "", "/place", fault.Say("Write what buyers read about it, in at least one language."))
	_, err := span.ZoneOf(p.Zone)
	c.when(err != nil || p.Zone == "" || p.Zone == "Local", "/zone", fault.Say("Name a time zone, for example Asia/Almaty."))
	c.when(!slices.Contains(Forms, p.Form), "/form", fault.Say("Choose one of the values."))
	c.when(len(p.Needs) > 20 || len(p.Staff) > listMax, "/needs", fault.Say("Name at most {most} of a kind.").With("most", 20))
	c.when(p.Form == FormNights && len(p.Needs) == 0 || p.Form == FormTable && len(p.Needs) == 0 || p.Form == FormSlot && len(p.Staff) == 0,
		"/needs", fault.Say("Say what it takes."))
	for i, n := range p.Needs {
		at := "/needs/" + strconv.Itoa(i)
		r, known := resources[n.Resource]
		grain := GrainDay
		if p.Form == FormSlot || p.Form == FormTable {
			grain = GrainQuarter
		}
		c.when(!known || r.Seller != p.Seller || r.Grain != grain, at+"/resource", fault.Say("The seller has nothing of this id."))
		c.when(n.Per != PerBooking && n.Per != PerUnit && n.Per != PerPerson, at+"/per", fault.Say("Choose one of the values."))
		c.whole(n.Shift, 0, NightsMax, at+"/shift")
		c.whole(n.Days, 0, NightsMax, at+"/days")
	}
	for i, id := range p.Staff {
		r, known := resources[id]
		c.when(!known || r.Seller != p.Seller || r.Grain != GrainQuarter, "/staff/"+strconv.Itoa(i), fault.Say("The seller has nothing of this id."))
	}
	p.Terms = p.Terms.cleaned(c, p.Form)
	return p, ErrInvalid.Fields(c.fields...)
}

// AddPlan puts a plan down, open at once. A variant has one; a second is ErrTaken.
func AddPlan(tx *db.Tx, p Plan) (Plan, error) {
	others, err := bookingdb.New(tx).PlansFor(tx.Context(), string(p.Product))
	if err != nil {
		return Plan{}, err
	}
	if slices.ContainsFunc(others, func(o bookingdb.PlansForRow) bool { return o.Variant == string(p.Variant) }) {
		return Plan{}, ErrTaken.About("%s of %s", p.Variant, p.Product)
	}
	resources, err := ResourcesNamed(tx, p.resources())
	if err != nil {
		return Plan{}, err
	}
	if p, err = p.cleaned(resources); err != nil {
		return Plan{}, err
	}
	p.ID, p.Version, p.Open = PlanID(tx.Mint("bpl")), 1, true
	body, err := json.Marshal(p)
	if err != nil {
		return Plan{}, err
	}
	return p, bookingdb.New(tx).AddPlan(tx.Context(), bookingdb.AddPlanParams{
		ID: string(p.ID), Seller: string(p.Seller), Product: string(p.Product), Variant: string(p.Variant), Form: string(p.Form),
		State: p.state(), Place: p.Place(), Led: p.led(), People: int64(p.Terms.PeopleMax), Least: p.Terms.Least().Minor, Body: string(body),
	})
}

func (p Plan) state() string {
	if p.Open {
		return "open"
	}
	return "closed"
}

// RevisePlan gives a plan other terms from this version on; its form and variant stay. What was booked keeps its terms. Who
// has changed it meanwhile makes that ErrStale.
func RevisePlan(tx *db.Tx, p Plan) (Plan, error) {
	old, err := PlanOf(tx, p.Seller, p.ID)
	if err != nil {
		return Plan{}, err
	}
	p.Form, p.Product, p.Variant = old.Form, old.Product, old.Variant
	version := p.Version
	resources, err := ResourcesNamed(tx, p.resources())
	if err != nil {
		return Plan{}, err
	}
	if p, err = p.cleaned(resources); err != nil {
		return Plan{}, err
	}
	body, err := json.Marshal(p)
	if err != nil {
		return Plan{}, err
	}
	rows, err := bookingdb.New(tx).RevisePlan(tx.Context(), bookingdb.RevisePlanParams{
		State: p.state(), Place: p.Place(), Led: p.led(), People: int64(p.Terms.PeopleMax), Least: p.Terms.Least().Minor, Body: string(body),
		ID: string(p.ID), Seller: string(p.Seller), Version: version,
	})
	if err == nil && rows == 0 {
		err = ErrStale.About("%s is at %d, not at %d", p.ID, old.Version, version)
	}
	p.Version = version + 1
	return p, err
}

// PlanOf gives a plan of a seller; another seller's is as unknown as none.
func PlanOf(tx *db.Tx, of seller.ID, id PlanID) (Plan, error) {
	p, err := PlanNamed(tx, id)
	if err == nil && p.Seller != of {
		return Plan{}, ErrUnknown.About("plan %s of %s", id, of)
	}
	return p, err
}

// PlanNamed gives a plan, open or not.
func PlanNamed(tx *db.Tx, id PlanID) (Plan, error) {
	all, err := PlansNamed(tx, []PlanID{id})
	if err != nil {
		return Plan{}, err
	}
	p, known := all[id]
	if !known {
		return Plan{}, ErrUnknown.About("plan %.60q", string(id))
	}
	return p, nil
}

// PlansNamed gives plans by their ids, in one statement; those that are not there are absent.
func PlansNamed(tx *db.Tx, ids []PlanID) (map[PlanID]Plan, error) {
	all := make(map[PlanID]Plan, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	rows, err := bookingdb.New(tx).Plans(tx.Context(), db.In(ids))
	for _, row := range rows {
		p, err := planOf(row)
		if err != nil {
			return nil, err
		}
		all[p.ID] = p
	}
	return all, err
}

// Plans gives the plans of a seller.
func Plans(tx *db.Tx, of seller.ID) ([]Plan, error) {
	rows, err := bookingdb.New(tx).PlansOf(tx.Context(), string(of))
	if err != nil {
		return nil, err
	}
	all := make([]Plan, len(rows))
	for i, row := range rows {
		if all[i], err = planOf(bookingdb.PlansRow(row)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// PlansFor gives the open plans by which a product is sold, in the order in which they were put down.
func PlansFor(tx *db.Tx, product catalog.ProductID) ([]Plan, error) {
	rows, err := bookingdb.New(tx).PlansFor(tx.Context(), string(product))
	if err != nil {
		return nil, err
	}
	var all []Plan
	for _, row := range rows {
		p, err := planOf(bookingdb.PlansRow(row))
		if err != nil {
			return nil, err
		}
		if p.Open {
			all = append(all, p)
		}
	}
	return all, nil
}

func planOf(row bookingdb.PlansRow) (Plan, error) {
	var p Plan
	if err := json.Unmarshal([]byte(row.Body), &p); err != nil {
		return Plan{}, err
	}
	p.ID, p.Seller, p.Product, p.Variant = PlanID(row.ID), seller.ID(row.Seller), catalog.ProductID(row.Product), catalog.VariantID(row.Variant)
	p.Form, p.Open, p.Version = Form(row.Form), row.State == "open", row.Version
	return p, nil
}
