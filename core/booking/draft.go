package booking

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking/bookingdb"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
)

// draftKept is how long a draft is kept that nobody has ordered: a basket that waits for the weekend keeps it.
const draftKept = 7 * 24 * time.Hour

// Choose writes down what somebody has chosen of a plan, at no promise: it is held when it is bought. A draft that cannot be
// booked is refused as its plan says, and one of which nothing is left with hold.ErrSoldOut.
func Choose(tx *db.Tx, d Draft) (Booking, error) {
	d, err := d.cleaned()
	if err != nil {
		return Booking{}, err
	}
	p, err := PlanNamed(tx, d.Plan)
	if err != nil {
		return Booking{}, err
	}
	if p.Form == FormSlot && d.Staff == "" {
		if d.Staff, err = p.free(tx, d); err != nil {
			return Booking{}, err
		}
	}
	deps, err := departuresOf(tx, d)
	if err != nil {
		return Booking{}, err
	}
	j, err := p.judge(d, deps[d.Departure], tx.Now())
	if err != nil {
		return Booking{}, err
	}
	if err := left(tx, j.Wants); err != nil {
		return Booking{}, err
	}
	b := p.booking(j)
	b.ID, b.version = ID(tx.Mint("bkg")), 1
	err = b.add(tx)
	return b, err
}

// add writes a draft down, for who acts.
func (b *Booking) add(tx *db.Tx) error {
	b.State, b.Party, b.Made = StateDraft, tx.Who().Party, tx.Now()
	body, err := b.body()
	if err != nil {
		return err
	}
	return bookingdb.New(tx).AddBooking(tx.Context(), bookingdb.AddBookingParams{
		ID: string(b.ID), Plan: string(b.Plan), Seller: string(b.Seller), Product: string(b.Product), Variant: string(b.Variant),
		Party: b.Party, DayFrom: b.From.String(), DayTo: b.To.String(), StartsAt: span.Micros(b.Starts), EndsAt: span.Micros(b.Ends),
		MadeAt: span.Micros(b.Made), Body: body, Holder: b.holder,
	})
}

func (d Draft) cleaned() (Draft, error) {
	c := &checker{}
	for at, into := range map[string]*string{"/note": &d.Note, "/where": &d.Where} {
		said, err := text.Clean(*into)
		c.when(err != nil || text.Limit(said, noteMax) != nil, at, fault.Say("Use at most {n} characters.").With("n", noteMax))
		*into = said
	}
	c.when(len(d.Children) > PeopleMax, "/children", fault.Say("Name at most {most} of a kind.").With("most", PeopleMax))
	return d, ErrInvalid.Fields(c.fields...)
}

// free gives the first of the staff who is free for a slot.
func (p Plan) free(tx *db.Tx, d Draft) (ResourceID, error) {
	var refused error
	for _, s := range p.Staff {
		d.Staff = s
		j, err := p.judge(d, Departure{}, tx.Now())
		if err != nil {
			return "", err
		}
		if refused = left(tx, j.Wants); refused == nil { // At most fifty, and the first is free as a rule.
			return s, nil
		}
	}
	return "", cmp.Or(refused, ErrNotOpen.About("nobody does %s", p.ID))
}

func departuresOf(tx *db.Tx, drafts ...Draft) (map[DepartureID]Departure, error) {
	var ids []DepartureID
	for _, d := range drafts {
		if d.Departure != "" {
			ids = append(ids, d.Departure)
		}
	}
	return departuresNamed(tx, ids)
}

// left refuses wants of which less is left, before anything is taken.
func left(tx *db.Tx, wants []hold.Want) error {
	keys := make([]string, len(wants))
	for i, w := range wants {
		keys[i] = w.Key
	}
	pools, err := hold.Left(tx, keys)
	if err != nil {
		return err
	}
	need := make(map[string]int64, len(wants))
	for _, w := range wants {
		need[w.Key] += w.Quantity
	}
	for _, w := range wants {
		n, open := pools[w.Key]
		if !open {
			return ErrNotOpen.About("%s is not open", w.Key)
		}
		if n < need[w.Key] {
			return fault.With(hold.ErrSoldOut.About("%d of %s, %d left", need[w.Key], w.Key, n), "left", max(0, n))
		}
	}
	return nil
}

// booking gives a draft that was judged as a booking of the plan.
func (p Plan) booking(j judged) Booking {
	return Booking{
		Plan: p.ID, Seller: p.Seller, Product: p.Product, Variant: p.Variant, Starts: j.Starts, Ends: j.Ends, From: j.First, To: j.Last,
		Draft: j.Draft, Name: p.Name, Label: p.label(j), Zone: p.Zone, Price: j.Priced.Total, Parts: j.Priced.Parts, Terms: p.Terms,
		Uses: j.Uses, Kept: money.Of(0, p.Terms.Currency),
	}
}

// Chosen is a draft as it stands now.
type Chosen struct {
	Booking
	Wants []hold.Want
	Until time.Time // Until is when booking ends.
}

// ChosenOf gives those drafts of some ids that can be booked now by whoever asks, at today's price, in three statements, and one
// for each that came of an offer. What is another's, was ordered already or cannot be booked any more is absent.
func ChosenOf(tx *db.Tx, ids []ID) (map[ID]Chosen, error) {
	all := make(map[ID]Chosen, len(ids))
	drafts, err := some(tx, ids)
	if err != nil || len(drafts) == 0 {
		return all, err
	}
	var plans []PlanID
	var choices []Draft
	for _, b := range drafts {
		plans, choices = append(plans, b.Plan), append(choices, b.Draft)
	}
	named, err := PlansNamed(tx, plans)
	if err != nil {
		return nil, err
	}
	deps, err := departuresOf(tx, choices...)
	if err != nil {
		return nil, err
	}
	for _, b := range drafts {
		if b.State != StateDraft || b.Party != "" && b.Party != tx.Who().Party {
			continue
		}
		p := named[b.Plan]
		j, err := p.judge(b.Draft, deps[b.Draft.Departure], tx.Now())
		if err != nil {
			continue
		}
		fresh := p.booking(j)
		fresh.ID, fresh.State, fresh.Party, fresh.Made, fresh.version = b.ID, b.State, b.Party, b.Made, b.version
		fresh.holder = b.holder
		until := j.Starts.Add(-time.Duration(p.Terms.Cutoff) * time.Hour)
		if p.Form == FormNights {
			until = j.First.AddDays(1).Start(p.Location())
		}
		c := Chosen{fresh, j.Wants, until}
		held, err := c.held(tx)
		if err != nil {
			return nil, err
		}
		if held {
			all[b.ID] = c
		}
	}
	return all, nil
}

// ForgetDrafts drops at most limit drafts and as many changes that nobody has ordered for a week, and says how many of the more
// numerous. Call it again while it gives limit.
func ForgetDrafts(tx *db.Tx, limit int) (int, error) {
	before := span.Micros(tx.Now().Add(-draftKept))
	n, err := bookingdb.New(tx).Forget(tx.Context(), bookingdb.ForgetParams{Before: before, Most: int64(limit)})
	if err != nil {
		return 0, err
	}
	m, err := bookingdb.New(tx).ForgetAmendments(tx.Context(), bookingdb.ForgetAmendmentsParams{Before: before, Most: int64(limit)})
	return int(max(n, m)), err
}

// stored is what the body of a booking holds.
type stored struct {
	Draft Draft          `json:"draft"`
	Name  text.Localized `json:"name"`
	Label text.Localized `json:"label"`
	Zone  string         `json:"zone"`
	Price money.Money    `json:"price"`
	Parts []Part         `json:"parts"`
	Offs  []Off          `json:"offs,omitempty"`
	Terms Terms          `json:"terms"`
	Uses  []Use          `json:"uses,omitempty"`
	Kept  money.Money    `json:"kept"`

	Payments []Payment `json:"payments,omitempty"`
	Marks    []Mark    `json:"marks,omitempty"`
}

func (b Booking) body() (string, error) {
	body, err := json.Marshal(stored{b.Draft, b.Name, b.Label, b.Zone, b.Price, b.Parts, b.Offs, b.Terms, b.Uses, b.Kept, b.Payments, b.Marks})
	return string(body), err
}

func bookingOf(r bookingdb.Booking) (Booking, error) {
	var s stored
	if err := json.Unmarshal([]byte(r.Body), &s); err != nil {
		return Booking{}, err
	}
	from, err := span.Parse(r.DayFrom)
	if err != nil {
		return Booking{}, err
	}
	to, err := span.Parse(r.DayTo)
	if len(s.Payments) == 0 && r.OrderRef != "" { // It was booked before changes were charged.
		s.Payments = []Payment{{r.OrderRef, r.Line, s.Price}}
	}
	if off := sumOf(s.Parts, PartOff); off < 0 && len(s.Offs) == 0 { // It was booked before that was kept by itself.
		s.Offs = []Off{{High: base(s.Parts), Minor: -off}}
	}
	return Booking{
		ID: ID(r.ID), Plan: PlanID(r.Plan), Seller: seller.ID(r.Seller), Product: catalog.ProductID(r.Product),
		Variant: catalog.VariantID(r.Variant), State: State(r.State), Party: r.Party, Order: r.OrderRef, Line: r.Line,
		Starts: span.FromMicros(r.StartsAt), Ends: span.FromMicros(r.EndsAt), From: from, To: to, Draft: s.Draft, Name: s.Name,
		Label: s.Label, Zone: s.Zone, Price: s.Price, Parts: s.Parts, Offs: s.Offs, Terms: s.Terms, Uses: s.Uses, Kept: s.Kept, Payments: s.Payments, Marks: s.Marks,
		Paid: r.Paid == 1, Made: span.FromMicros(r.MadeAt), Used: span.FromMicros(r.UsedAt), Reminded: r.Reminded == 1,
		holder: r.Holder, version: r.Version,
	}, err
}

// some gives bookings by their ids, in one statement; those that are not there are left out.
func some(tx *db.Tx, ids []ID) ([]Booking, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := bookingdb.New(tx).Bookings(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	return bookingsOf(rows)
}

func bookingsOf(rows []bookingdb.Booking) ([]Booking, error) {
	all := make([]Booking, len(rows))
	for i, r := range rows {
		b, err := bookingOf(r)
		if err != nil {
			return nil, err
		}
		all[i] = b
	}
	return slices.Clip(all), nil
}
