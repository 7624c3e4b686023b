package shop

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/span"
	"sauda/core/booking"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/shelf"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountBooking(site *web.Site) {
	web.Page(site, "GET /booking", f.findStay, web.Public())
	web.Page(site, "GET /booking/{product}", f.chooseStay, web.Public())
	web.Form(site, "POST /booking/{product}", f.bookStay, web.Public())
	web.Page(site, "GET /orders/{id}/bookings/{booking}", f.voucher, web.Public())
	web.Form(site, "POST /orders/{id}/bookings/{booking}/cancellation", f.giveUp, web.Public())
	web.Form(site, "POST /orders/{id}/bookings/{booking}/change", f.moveStay, web.Public())
	web.Form(site, "POST /orders/{id}/bookings/{booking}/travellers", f.nameTravellers, web.Public())
}

// stayAsk is what somebody looks for: a place, days and people. What cannot be read counts as not said.
type stayAsk struct {
	visitor
	Place    string       `query:"place" maxLength:"80"`
	Form     booking.Form `query:"form" maxLength:"20"`
	From     string       `query:"from" maxLength:"10"`
	To       string       `query:"to" maxLength:"10"`
	Adults   string       `query:"adults" maxLength:"3"`
	Children string       `query:"children" maxLength:"60"`
}

// stays is the page of the search.
type stays struct {
	page
	Ask   stayAsk
	Towns []booking.Town
	Found []stayFound
	Asked bool
	Said  string
}

// stayFound is one plan that was found, with its card.
type stayFound struct {
	booking.Found
	Card shelf.Card
	To   string
}

// staysListed is how many a page of the search shows.
const staysListed = 24

// findStay looks for what can be booked, in at most twelve statements.
func (f *face) findStay(tx *db.Tx, in stayAsk) (web.View, error) {
	ctx := tx.Context()
	s := stays{page: f.page(ctx, in.visitor, "booking", t(ctx, "booking.title")), Ask: in}
	s.Description, s.Own = t(ctx, "booking.description"), "/booking"
	var err error
	if s.Towns, err = booking.Places(tx); err != nil {
		return nil, err
	}
	if s.Ask.Form == "" {
		s.Ask.Form = booking.FormNights
	}
	today := span.DayOf(tx.Now(), span.Almaty)
	from, to := readDay(in.From), readDay(in.To)
	s.Asked = !from.IsZero()
	if from.IsZero() {
		from = today.AddDays(7)
	}
	if !from.Before(to) {
		to = from.AddDays(map[bool]int{true: 2, false: 14}[s.Ask.Form == booking.FormNights])
	}
	s.Ask.From, s.Ask.To = from.String(), to.String()
	if s.Ask.Adults = strconv.Itoa(max(1, readNumber(in.Adults, 2))); from.Before(today) {
		s.Said = t(ctx, "booking.past")
		return staysPage(s), nil
	}
	found, err := booking.Search(tx, booking.Query{
		Place: in.Place, Form: s.Ask.Form, From: from, To: to, Adults: readNumber(s.Ask.Adults, 1), Children: readAges(in.Children), Units: 1, Limit: staysListed,
	})
	if refused(err) {
		var no form
		no.add(ctx, err)
		s.Said = no.Said
		return staysPage(s), nil
	}
	if err != nil {
		return nil, err
	}
	var ids []catalog.ProductID
	for _, x := range found {
		if !slices.Contains(ids, x.Product) {
			ids = append(ids, x.Product)
		}
	}
	cards, err := shelf.Some(tx, ids, f.Currency, "")
	for _, x := range found {
		i := slices.IndexFunc(cards, func(c shelf.Card) bool { return c.ID == x.Product })
		if i >= 0 { // What is no longer on the shelves is not offered.
			s.Found = append(s.Found, stayFound{x, cards[i], s.leads(x)})
		}
	}
	return staysPage(s), err
}

// leads is where a found plan is chosen, with the days and people that were looked for.
func (s stays) leads(x booking.Found) string {
	asked := []string{"plan", string(x.ID), "adults", s.Ask.Adults, "children", s.Ask.Children, "from", s.Ask.From}
	switch x.Form {
	case booking.FormNights:
		asked = append(asked, "to", s.Ask.To)
	case booking.FormDeparture:
		asked[7] = x.Departure.Day.String()
		asked = append(asked, "departure", string(x.Departure.ID))
	}
	return address("/booking/"+string(x.Product), asked...)
}

func readDay(s string) span.Day {
	d, err := span.Parse(strings.TrimSpace(s))
	if err != nil {
		return span.Day{}
	}
	return d
}

func readNumber(s string, otherwise int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 || n > 1000 {
		return otherwise
	}
	return n
}

// readAges reads ages of children: "5, 9". What is no age becomes one that no plan takes.
func readAges(s string) []int {
	var ages []int
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		ages = append(ages, readNumber(part, 1000))
	}
	return ages[:min(len(ages), booking.PeopleMax)]
}

// choiceAsk is what was chosen so far of a product that is booked.
type choiceAsk struct {
	visitor
	Product   catalog.ProductID   `path:"product" maxLength:"60"`
	Plan      booking.PlanID      `query:"plan" maxLength:"60"`
	Month     string              `query:"month" maxLength:"7"`
	From      string              `query:"from" maxLength:"10"`
	To        string              `query:"to" maxLength:"10"`
	Departure booking.DepartureID `query:"departure" maxLength:"60"`
	Slot      string              `query:"slot" maxLength:"5"`
	Staff     booking.ResourceID  `query:"staff" maxLength:"60"`
	Adults    string              `query:"adults" maxLength:"3"`
	Children  string              `query:"children" maxLength:"60"`
	Units     string              `query:"units" maxLength:"2"`
	Insured   string              `query:"insured" maxLength:"3"`
}

// chosenStay is the page on which dates, people and the rest are chosen.
type chosenStay struct {
	page
	Ask        choiceAsk
	Product    catalog.Product
	Plans      []booking.Plan
	Plan       booking.Plan
	Month      span.Day // Month is the first day of the month that is shown.
	Earlier    bool
	Days       []booking.CalendarDay
	Departures []booking.Departure
	Slots      []booking.Slot
	Staff      map[booking.ResourceID]booking.Resource
	Priced     booking.Priced
	Form       form
	Key        string
	Full       bool   // Full says that too little is left of what is chosen, so that it can be waited for.
	Who        db.Who // Who looks: a guest who waits says where he is written to.
}

// chooseStay shows the calendar of a month with its prices, and what the choice so far costs, in at most ten statements.
func (f *face) chooseStay(tx *db.Tx, in choiceAsk) (web.View, error) {
	c, err := f.choosing(tx, in)
	if err != nil {
		return nil, err
	}
	if d, ready := c.draft(); ready {
		priced, _, err := booking.PriceOf(tx, c.Plan, d)
		if err != nil && !refused(err) {
			return nil, err
		}
		c.Priced, c.Full = priced, fault.Of(err) == hold.ErrSoldOut
		c.Form.add(tx.Context(), err)
	}
	return choicePage(c), nil
}

func (f *face) choosing(tx *db.Tx, in choiceAsk) (chosenStay, error) {
	ctx := tx.Context()
	p, err := catalog.Get(tx, in.Product)
	if err != nil {
		return chosenStay{}, err
	}
	c := chosenStay{page: f.page(ctx, in.visitor, "booking", p.Name.In(web.Lang(ctx))), Ask: in, Product: p, Key: web.FormKey(ctx), Form: form{Wrong: map[string]string{}}, Who: tx.Who()}
	if c.Plans, err = booking.PlansFor(tx, in.Product); err != nil {
		return c, err
	}
	if len(c.Plans) == 0 || p.State != catalog.StateOnSale {
		return c, booking.ErrUnknown.About("nothing of %s is booked", in.Product)
	}
	c.Plan = c.Plans[0]
	for _, plan := range c.Plans {
		if plan.ID == in.Plan {
			c.Plan = plan
		}
	}
	c.Ask.Plan = c.Plan.ID
	c.Ask.Adults = strconv.Itoa(max(1, readNumber(in.Adults, c.usual())))
	today := c.Plan.Today(tx.Now())
	c.Month = monthBegin(today)
	if d := readDay(in.From); !d.Before(today) && !d.IsZero() {
		c.Month = monthBegin(d)
	} else {
		c.Ask.From = ""
	}
	if d := readDay(in.Month + "-01"); !d.IsZero() && !d.Before(monthBegin(today)) && d.Before(today.AddDays(booking.AheadMax)) {
		c.Month = d
	}
	c.Earlier = monthBegin(today).Before(c.Month)
	days := span.Days{From: c.Month, To: monthBegin(c.Month.AddDays(31))}
	if c.Days, err = booking.Calendar(tx, c.Plan, days); err != nil {
		return c, err
	}
	return c, c.more(tx)
}

// usual is how many people come where nothing is said.
func (c chosenStay) usual() int {
	if c.Plan.Form == booking.FormNights {
		return min(2, c.Plan.Terms.PeopleMax)
	}
	return 1
}

// more loads what is chosen on a day: its departures, or its free hours.
func (c *chosenStay) more(tx *db.Tx) (err error) {
	day := readDay(c.Ask.From)
	if day.IsZero() {
		return nil
	}
	one := span.Days{From: day, To: day.AddDays(1)}
	switch c.Plan.Form {
	case booking.FormDeparture:
		if c.Departures, err = booking.Departures(tx, c.Plan.ID, one); err == nil && len(c.Departures) == 1 && c.Ask.Departure == "" {
			c.Ask.Departure = c.Departures[0].ID
		}
	case booking.FormSlot, booking.FormTable:
		if c.Slots, err = booking.Slots(tx, c.Plan, one); err == nil {
			c.Staff, err = booking.ResourcesNamed(tx, c.Plan.Staff)
		}
	}
	return err
}

func monthBegin(d span.Day) span.Day {
	_, _, n := d.Date()
	return d.AddDays(1 - n)
}

// draft gives what was chosen, and whether it is enough to be priced.
func (c chosenStay) draft() (booking.Draft, bool) {
	d := booking.Draft{Plan: c.Plan.ID, From: readDay(c.Ask.From), To: readDay(c.Ask.To), Departure: c.Ask.Departure, Staff: c.Ask.Staff,
		Units: max(1, readNumber(c.Ask.Units, 1)), Adults: readNumber(c.Ask.Adults, 1), Children: readAges(c.Ask.Children), Insured: c.Ask.Insured != ""}
	ready := !d.From.IsZero()
	switch c.Plan.Form {
	case booking.FormNights:
		ready = ready && !d.To.IsZero()
	case booking.FormDeparture:
		ready = d.Departure != ""
	default:
		hour, minute, ok := strings.Cut(c.Ask.Slot, ":")
		d.Minute = readNumber(hour, 24)*60 + readNumber(minute, 60)
		ready = ready && ok
	}
	return d, ready
}

// choiceForm is a choice that is put into the basket.
type choiceForm struct {
	web.Typed
	visitor
	Product   catalog.ProductID   `path:"product" maxLength:"60"`
	Plan      booking.PlanID      `json:"plan" maxLength:"60"`
	From      string              `json:"from,omitempty" maxLength:"10"`
	To        string              `json:"to,omitempty" maxLength:"10"`
	Departure booking.DepartureID `json:"departure,omitempty" maxLength:"60"`
	Slot      string              `json:"slot,omitempty" maxLength:"5"`
	Staff     booking.ResourceID  `json:"staff,omitempty" maxLength:"60"`
	Adults    string              `json:"adults,omitempty" maxLength:"3"`
	Children  string              `json:"children,omitempty" maxLength:"60"`
	Units     string              `json:"units,omitempty" maxLength:"2"`
	Insured   string              `json:"insured,omitempty" maxLength:"3"`
	Note      string              `json:"note,omitempty" maxLength:"500"`
	Where     string              `json:"where,omitempty" maxLength:"500"`
	Key       string              `json:"key" maxLength:"60"`
}

// ask is what a form has chosen so far.
func (in choiceForm) ask() choiceAsk {
	return choiceAsk{visitor: in.visitor, Product: in.Product, Plan: in.Plan, From: in.From, To: in.To, Departure: in.Departure, Slot: in.Slot,
		Staff: in.Staff, Adults: in.Adults, Children: in.Children, Units: in.Units, Insured: in.Insured}
}

// bookStay writes down a choice and puts it into the basket. The same form sent again adds nothing more.
func (f *face) bookStay(tx *db.Tx, in choiceForm) (web.Then, error) {
	c, err := f.choosing(tx, in.ask())
	if err != nil {
		return web.Then{}, err
	}
	c.page = c.at("/booking/" + string(in.Product))
	d, ready := c.draft()
	if !in.OK() || !ready {
		c.Form = typed(tx.Context(), in.Typed, nil)
		c.Form.Said = t(tx.Context(), "booking.choose_first")
		return web.Again(choicePage(c)), nil
	}
	d.Note, d.Where = in.Note, in.Where
	if first, err := web.Once(tx, in.Key+" "+string(d.Plan)+" "+in.From+" "+in.To+" "+in.Slot+" "+string(in.Departure)); err != nil || !first {
		return web.See("/basket"), err
	}
	b, err := booking.Choose(tx, d)
	if err == nil {
		err = f.put(tx, in.visitor, cart.Addition{
			Variant: b.Variant, Quantity: measure.One, PriceSeen: b.Price, Source: "booking", Answers: map[string]string{catalog.ChosenCode: string(b.ID)},
		})
	}
	if refused(err) {
		c.Full = fault.Of(err) == hold.ErrSoldOut
		c.Form = typed(tx.Context(), in.Typed, nil)
		c.Form.add(tx.Context(), err)
		return web.Again(choicePage(c)), nil
	}
	return web.See("/basket"), err
}

// hidden is what was chosen, by the names of a form.
func (c chosenStay) hidden() [][2]string {
	return [][2]string{{"key", c.Key}, {"plan", string(c.Plan.ID)}, {"from", c.Ask.From}, {"to", c.Ask.To}, {"departure", string(c.Ask.Departure)},
		{"slot", c.Ask.Slot}, {"staff", string(c.Ask.Staff)}, {"adults", c.Ask.Adults}, {"children", c.Ask.Children}, {"units", c.Ask.Units},
		{"insured", c.Ask.Insured}}
}

// with is the address of the choice with some of it changed.
func (c chosenStay) with(ctx context.Context, changes ...string) templ.SafeURL {
	v := url.Values{}
	for name, value := range map[string]string{
		"plan": string(c.Plan.ID), "month": c.Month.String()[:7], "from": c.Ask.From, "to": c.Ask.To, "departure": string(c.Ask.Departure), "slot": c.Ask.Slot,
		"staff": string(c.Ask.Staff), "adults": c.Ask.Adults, "children": c.Ask.Children, "units": c.Ask.Units,
	} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if v.Del(changes[i]); changes[i+1] != "" {
			v.Set(changes[i], changes[i+1])
		}
	}
	return to(ctx, "/booking/"+string(c.Product.ID)+"?"+v.Encode())
}

// pick is where a day of the calendar leads: of a stay the first click is the arrival and a later day the departure.
func (c chosenStay) pick(ctx context.Context, d booking.CalendarDay) templ.SafeURL {
	from, until := readDay(c.Ask.From), readDay(c.Ask.To)
	if c.Plan.Form == booking.FormNights {
		if !from.IsZero() && until.IsZero() && from.Before(d.Day) {
			return c.with(ctx, "to", d.Day.String())
		}
		return c.with(ctx, "from", d.Day.String(), "to", "")
	}
	return c.with(ctx, "from", d.Day.String(), "departure", "", "slot", "")
}

// blanks are the empty squares before the first day of the month: weeks begin on Monday.
func (c chosenStay) blanks() int { return (int(c.Month.Weekday()) + 6) % 7 }

// weeks are the rows of the calendar; a zero day is an empty square.
func (c chosenStay) weeks() [][]booking.CalendarDay {
	all := append(make([]booking.CalendarDay, c.blanks()), c.Days...)
	for len(all)%7 != 0 {
		all = append(all, booking.CalendarDay{})
	}
	return slices.Collect(slices.Chunk(all, 7))
}

// within tells whether a day lies in the stay that is chosen.
func (c chosenStay) within(d span.Day) bool {
	from, until := readDay(c.Ask.From), readDay(c.Ask.To)
	return d == from || !from.IsZero() && !d.IsZero() && from.Before(d) && !until.IsZero() && d.Compare(until) <= 0
}

// staffNames are who is free for a slot.
func (c chosenStay) staffNames() []booking.Resource {
	var all []booking.Resource
	for _, id := range c.Plan.Staff {
		if r, known := c.Staff[id]; known {
			all = append(all, r)
		}
	}
	return all
}
