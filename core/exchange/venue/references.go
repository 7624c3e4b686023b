package venue

import "slices"

const (
	dayMicros = 86_400_000_000
	// rememberDays is for how many days of the books a movement is known by its name. Whoever tells the market of movements looks
	// back a minute from the latest one, and a withdrawal that a bank has not decided is a matter of days; what is older than
	// this counts as moved.
	rememberDays = 31
	forGood      = 0 // forGood is the day of a name that is never forgotten.
)

// references are the names of what was done once and is not done again, each with the day on which the books did it.
type references struct {
	known  map[string]int32
	days   map[int32][]string // days have the names of a day, so that they are forgotten without a look at any other.
	sorted []string
	fresh  []string // fresh are those that came since sorted was.
	lost   bool     // lost says that some were forgotten since.
}

func newReferences() references {
	return references{known: make(map[string]int32), days: make(map[int32][]string)}
}

func (r *references) has(ref string) bool {
	_, known := r.known[ref]
	return known
}

func (r *references) add(ref string, day int32) {
	r.known[ref] = day
	r.fresh = append(r.fresh, ref)
	if day != forGood {
		r.days[day] = append(r.days[day], ref)
	}
}

// forget forgets the names of all days before one.
func (r *references) forget(before int32) {
	for day, refs := range r.days {
		if day >= before {
			continue
		}
		for _, ref := range refs {
			delete(r.known, ref)
		}
		delete(r.days, day)
		r.lost = true
	}
}

// all gives them in their order. It sorts only what came since it was asked last.
func (r *references) all() []string {
	if r.lost {
		gone := func(ref string) bool { return !r.has(ref) }
		r.sorted, r.fresh, r.lost = slices.DeleteFunc(r.sorted, gone), slices.DeleteFunc(r.fresh, gone), false
	}
	if len(r.fresh) == 0 {
		return r.sorted
	}
	slices.Sort(r.fresh)
	old, fresh := r.sorted, r.fresh
	r.sorted, r.fresh = make([]string, 0, len(old)+len(fresh)), nil
	for len(old) > 0 && len(fresh) > 0 {
		from := &old
		if fresh[0] < old[0] {
			from = &fresh
		}
		r.sorted = append(r.sorted, (*from)[0])
		*from = (*from)[1:]
	}
	r.sorted = append(append(r.sorted, old...), fresh...)
	return r.sorted
}

// rememberMove notes that a movement was made, and forgets those that are too old to be told again.
func (v *Venue) rememberMove(m *Movement) {
	at := m.At
	if at == 0 {
		at = max(v.now, v.movedUpTo)
	}
	v.movedUpTo = max(v.movedUpTo, m.At)
	v.moved.add(m.Ref, int32(max(1, at/dayMicros)))
	v.moved.forget(int32(v.movedUpTo/dayMicros) - rememberDays)
}

// tooOld says whether a movement is from before what is remembered.
func (v *Venue) tooOld(m *Movement) bool {
	return m.At != 0 && m.At/dayMicros < v.movedUpTo/dayMicros-rememberDays
}
