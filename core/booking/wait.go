package booking

import (
	"encoding/json"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/hold"
	"sauda/core/waitlist"
	"sauda/gear/db"
)

// Waits are what is waited for of bookings: the line is the plan.
type Waits struct{}

// Awaits is what is said of them.
func (Waits) Awaits() string { return WayName }

// Await has who acts wait for what he has chosen of a plan and of which too little is left; a guest gives his mail address. Notes
// and addresses are not kept while he waits. What is free is waitlist.ErrFree, and what cannot be booked is refused as by Choose.
func Await(tx *db.Tx, d Draft, email, lang string) (waitlist.Wait, error) {
	d.Note, d.Where = "", ""
	d, err := d.cleaned()
	if err != nil {
		return waitlist.Wait{}, err
	}
	p, err := PlanNamed(tx, d.Plan)
	if err != nil {
		return waitlist.Wait{}, err
	}
	deps, err := departuresOf(tx, d)
	if err != nil {
		return waitlist.Wait{}, err
	}
	ways, err := p.ways(d, deps[d.Departure], tx.Now())
	if err != nil {
		return waitlist.Wait{}, err
	}
	for _, j := range ways { // One, or one for each master who does it.
		err := left(tx, j.Wants)
		if err == nil {
			return waitlist.Wait{}, waitlist.ErrFree.About("%s", j.Starts)
		}
		if fault.Of(err) != hold.ErrSoldOut {
			return waitlist.Wait{}, err
		}
	}
	body, err := json.Marshal(d)
	if err != nil {
		return waitlist.Wait{}, err
	}
	j := ways[0]
	return waitlist.Join(tx, waitlist.Ask{
		Kind: WayName, Line: string(p.ID), Seller: p.Seller, Product: string(p.Product), Places: j.Adults + p.seated(j.Children),
		Starts: j.Starts, Ends: j.Ends, Closes: p.closes(j), Name: p.called(), Label: p.label(j), Body: string(body), Email: email, Lang: lang,
	})
}

// called names a plan for who sees nothing of its product beside: its place, which tells tours of one name apart, and its name.
func (p Plan) called() text.Localized {
	names := make(text.Localized, len(p.Name))
	for lang, name := range p.Name {
		if place := p.PlaceName.In(lang); place != "" && !strings.Contains(name, place) {
			name = place + " · " + name
		}
		names[lang] = name
	}
	return names
}

// ways judges a draft, by each master where none is named.
func (p Plan) ways(d Draft, dep Departure, at time.Time) ([]judged, error) {
	staff := p.Staff
	if p.Form != FormSlot || d.Staff != "" || len(staff) == 0 {
		staff = []ResourceID{d.Staff}
	}
	ways := make([]judged, len(staff))
	for i, s := range staff {
		d.Staff = s
		var err error
		if ways[i], err = p.judge(d, dep, at); err != nil {
			return nil, err
		}
	}
	return ways, nil
}

// closes is when booking ends.
func (p Plan) closes(j judged) time.Time {
	starts := j.Starts
	if p.Form == FormNights {
		starts = j.First.AddDays(1).Start(p.Location())
	}
	return starts.Add(-time.Duration(p.Terms.Cutoff) * time.Hour)
}

// Demands says what some who wait would take now, in two statements. A plan that is closed lets them rest; a departure that is
// closed, and what its plan does not sell any more, is over.
func (Waits) Demands(tx *db.Tx, all []waitlist.Wait) (map[waitlist.ID]waitlist.Demand, error) {
	drafts := make([]Draft, len(all))
	plans := make([]PlanID, len(all))
	for i, w := range all {
		if err := json.Unmarshal([]byte(w.Body), &drafts[i]); err != nil {
			return nil, err
		}
		plans[i] = drafts[i].Plan
	}
	named, err := PlansNamed(tx, plans)
	if err != nil {
		return nil, err
	}
	deps, err := departuresOf(tx, drafts...)
	if err != nil {
		return nil, err
	}
	demands := make(map[waitlist.ID]waitlist.Demand, len(all))
	for i, w := range all {
		p, known := named[plans[i]]
		if known && !p.Open {
			demands[w.ID] = waitlist.Demand{Until: w.Closes}
			continue
		}
		ways, err := p.ways(drafts[i], deps[drafts[i].Departure], tx.Now())
		if err != nil {
			continue
		}
		demand := waitlist.Demand{Until: p.closes(ways[0])}
		for _, j := range ways {
			demand.Ways = append(demand.Ways, j.Wants)
		}
		demands[w.ID] = demand
	}
	return demands, nil
}

// ChooseOffered makes a draft of what is offered to who waited, which holds what it takes by itself until the offer is over: the
// basket takes nothing more for it. Asked again, it is the same draft. An offer that is over is waitlist.ErrNone.
func ChooseOffered(tx *db.Tx, id waitlist.ID) (Booking, error) {
	w, err := waitlist.Get(tx, id)
	if err != nil {
		return Booking{}, err
	}
	if w.Kind != WayName {
		return Booking{}, waitlist.ErrUnknown.About("%s is of %s", id, w.Kind)
	}
	if w.State == waitlist.StateTaken {
		return Get(tx, ID(w.Ref))
	}
	p, j, err := heldFor(tx, w)
	if err != nil {
		return Booking{}, err
	}
	b := p.booking(j)
	b.ID, b.version = ID(tx.Mint("bkg")), 1
	b.holder = holderOf(b)
	err = waitlist.Hand(tx, w, waitlist.Handing{To: b.holder, Ref: string(b.ID), Places: w.Places, Wants: j.Wants})
	if err != nil {
		return Booking{}, err
	}
	err = b.add(tx)
	return b, err
}

// heldFor judges what is held for who waited.
func heldFor(tx *db.Tx, w waitlist.Wait) (Plan, judged, error) {
	var d Draft
	if err := json.Unmarshal([]byte(w.Body), &d); err != nil {
		return Plan{}, judged{}, err
	}
	p, err := PlanNamed(tx, d.Plan)
	if err != nil {
		return Plan{}, judged{}, err
	}
	deps, err := departuresOf(tx, d)
	if err != nil {
		return Plan{}, judged{}, err
	}
	ways, err := p.ways(d, deps[d.Departure], tx.Now())
	if err != nil {
		return Plan{}, judged{}, err
	}
	has, err := heldBy(tx, w.ID.Owner())
	if err != nil {
		return Plan{}, judged{}, err
	}
	for _, j := range ways {
		if len(beyond(j.Wants, has)) == 0 {
			return p, j, nil
		}
	}
	return Plan{}, judged{}, waitlist.ErrNone.About("%s holds another thing", w.ID)
}

// heldBy gives what an owner holds that has not lapsed.
func heldBy(tx *db.Tx, owner string) ([]hold.Want, error) {
	claims, err := hold.Of(tx, owner)
	has := make([]hold.Want, 0, len(claims))
	for _, c := range claims {
		if c.State != hold.StateLapsed {
			has = append(has, wantsOf(c.Key, c.Quantity))
		}
	}
	return has, err
}

// held has a draft that came of an offer ask the basket for nothing, and says whether it can be ordered: it holds all that it
// takes by itself, until the offer is over. Of others nothing is held.
func (c *Chosen) held(tx *db.Tx) (bool, error) {
	if !c.own() {
		return true, nil
	}
	claims, err := hold.Of(tx, c.holder)
	if err != nil || len(claims) == 0 || claims[0].State != hold.StateHeld {
		return false, err
	}
	has := make([]hold.Want, len(claims))
	for i, x := range claims {
		has[i] = wantsOf(x.Key, x.Quantity)
	}
	if over := claims[0].Until.Add(-waitlist.Grace); over.Before(c.Until) {
		c.Until = over
	}
	whole := len(beyond(c.Wants, has)) == 0
	c.Wants = nil
	return whole, nil
}

// Holding gives the bookings and drafts that hold by themselves what they take, of some owners of claims. An owner that is not in it
// is none.
func Holding(tx *db.Tx, owners []string) (map[string]Booking, error) {
	var ids []ID
	for _, o := range owners {
		if parts := strings.Split(o, "/"); len(parts) == 3 && parts[0] == "booking" {
			ids = append(ids, ID(parts[1]))
		}
	}
	all, err := some(tx, ids)
	found := make(map[string]Booking, len(all))
	for _, b := range all {
		found[b.holder] = b
	}
	return found, err
}
