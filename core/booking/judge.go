package booking

import (
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/hold"
)

// judged is a draft that can be booked, as far as its plan and the day say; whether something is left, the pools say.
type judged struct {
	Draft
	Starts, Ends time.Time
	First, Last  span.Day // First is its first day, Last the day after its last one.
	Wants        []hold.Want
	Uses         []Use
	Priced       Priced
}

// judge holds a draft to its plan at an instant. It asks no store: the departure and the master are given.
func (p Plan) judge(d Draft, dep Departure, at time.Time) (judged, error) {
	j := judged{Draft: d}
	if err := p.people(&j); err != nil {
		return judged{}, err
	}
	err := ErrNotOpen.About("%s is closed", p.ID)
	if p.Open {
		switch p.Form {
		case FormNights:
			err = p.nights(&j)
		case FormDeparture:
			err = p.departs(&j, dep)
		case FormSlot, FormTable:
			err = p.slot(&j)
		}
	}
	if err != nil {
		return judged{}, err
	}
	if err := p.intime(j, at); err != nil {
		return judged{}, err
	}
	p.take(&j)
	if j.Priced, err = p.Terms.Price(j.Draft, p.Today(at)); err != nil {
		return judged{}, err
	}
	return j, nil
}

// people holds who comes to what the plan receives.
func (p Plan) people(j *judged) error {
	t := p.Terms
	units := max(1, j.Units)
	most := t.PeopleMax * units
	wrong := fault.With(ErrPeople.About("%d adults, children of %v in %d of %s", j.Adults, j.Children, j.Units, p.ID), "most", most)
	if j.Units < 0 || units > UnitsMax || j.Adults < 1 || j.Adults > PeopleMax || len(j.Children) > PeopleMax {
		return wrong
	}
	if p.Form == FormDeparture || p.Form == FormSlot {
		if units > 1 {
			return wrong
		}
	}
	j.Units = units
	j.Children = slices.Clone(j.Children)
	slices.Sort(j.Children)
	for _, age := range j.Children {
		if age < 0 || age > 17 {
			return wrong
		}
	}
	if j.Adults+p.seated(j.Children) > most {
		return wrong
	}
	return nil
}

// seated counts the children who take a seat or a bed.
func (p Plan) seated(children []int) (n int) {
	for _, age := range children {
		if !p.Terms.band(age).Lap {
			n++
		}
	}
	return n
}

// nights judges a stay.
func (p Plan) nights(j *judged) error {
	t := p.Terms
	n := j.From.DaysUntil(j.To)
	least, most := t.StayLeast(j.From), NightsMax
	if t.StayMax > 0 {
		most = t.StayMax
	}
	if j.From.IsZero() || n < least || n > most {
		return fault.With(fault.With(ErrStay.About("%s–%s", j.From, j.To), "least", least), "most", most)
	}
	if !t.Receives(j.From) {
		return ErrArrival.About("%s", j.From)
	}
	j.First, j.Last = j.From, j.To
	checkIn, checkOut := t.CheckIn, t.CheckOut
	if checkIn == 0 {
		checkIn = 14 * 60 // Guests are received from two in the afternoon where nothing is said.
	}
	if checkOut == 0 {
		checkOut = 12 * 60
	}
	j.Starts, j.Ends = clock(j.From, checkIn, p.Location()), clock(j.To, checkOut, p.Location())
	return nil
}

// departs judges seats of a departure.
func (p Plan) departs(j *judged, dep Departure) error {
	if dep.ID == "" || dep.ID != j.Departure || dep.Plan != p.ID || !dep.Open {
		return ErrNotOpen.About("departure %.60q of %s", string(j.Departure), p.ID)
	}
	j.From, j.To = dep.Day, span.Day{}
	j.First, j.Starts = dep.Day, dep.Starts
	j.Ends = dep.Starts.Add(time.Duration(max(p.Terms.Minutes, 60)) * time.Minute)
	j.Last = span.DayOf(j.Ends.Add(-time.Microsecond), p.Location()).AddDays(1)
	seats := int64(j.Adults + p.seated(j.Children))
	j.Wants = append(j.Wants, wantsOf(SeatKey(dep.ID), seats))
	return nil
}

// slot judges a time of a master, or at a table. It begins at a quarter of an hour.
func (p Plan) slot(j *judged) error {
	if j.From.IsZero() || j.Minute < 0 || j.Minute >= minutesOfDay || j.Minute%15 != 0 {
		return ErrNotOpen.About("%s at minute %d", j.From, j.Minute)
	}
	if p.Form == FormSlot && !slices.Contains(p.Staff, j.Staff) {
		return ErrNotOpen.About("%.60q does not do %s", string(j.Staff), p.ID)
	}
	j.To = span.Day{}
	j.First, j.Last = j.From, j.From.AddDays(1)
	j.Starts = clock(j.From, j.Minute, p.Location())
	j.Ends = j.Starts.Add(time.Duration(p.Terms.Minutes) * time.Minute)
	return nil
}

// intime refuses what is over or begins too soon.
func (p Plan) intime(j judged, at time.Time) error {
	if j.First.Before(p.Today(at)) || !j.Ends.After(at) {
		return ErrPast.About("%s", j.First)
	}
	starts := j.Starts
	if p.Form == FormNights {
		starts = j.First.AddDays(1).Start(p.Location()) // Who comes late in the evening may still book the night.
	}
	if !starts.After(at.Add(time.Duration(p.Terms.Cutoff) * time.Hour)) {
		return ErrTooLate.About("%s begins at %s", p.ID, j.Starts)
	}
	return nil
}

// take gathers what a booking takes of the resources.
func (p Plan) take(j *judged) {
	if p.Form == FormSlot {
		p.takeTime(j, j.Staff, 1)
	}
	for _, n := range p.Needs {
		count := int64(1)
		switch n.Per {
		case PerUnit:
			count = int64(j.Units)
		case PerPerson:
			count = int64(j.Adults + p.seated(j.Children))
		}
		if p.Form == FormTable || p.Form == FormSlot {
			p.takeTime(j, n.Resource, count)
			continue
		}
		from, to := j.First.AddDays(n.Shift), j.Last
		if n.Days > 0 {
			to = from.AddDays(n.Days)
		}
		for d := from; d.Before(to); d = d.AddDays(1) {
			j.Wants = append(j.Wants, wantsOf(DayKey(n.Resource, d), count))
		}
		j.Uses = append(j.Uses, Use{Resource: n.Resource, From: from, To: to, Units: count})
	}
}

// takeTime takes the quarters of a resource in which the slot and the way to it fall.
func (p Plan) takeTime(j *judged, r ResourceID, count int64) {
	travel := time.Duration(p.Terms.Travel) * time.Minute
	for at := j.Starts.Add(-travel).Truncate(quarter); at.Before(j.Ends.Add(travel)); at = at.Add(quarter) {
		j.Wants = append(j.Wants, wantsOf(QuarterKey(r, at), count))
	}
	j.Uses = append(j.Uses, Use{Resource: r, From: j.First, To: j.Last, Units: count, Quarters: true})
}

// label says what was chosen, in the languages of the pages.
func (p Plan) label(j judged) text.Localized {
	label := make(text.Localized, len(text.Languages))
	for _, lang := range text.Languages {
		label[lang] = whenWords(p, j, lang) + ", " + peopleWords(lang, j.Adults, len(j.Children))
	}
	return label
}
