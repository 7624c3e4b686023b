package venue

import "slices"

// references are the names of what was done once and is not done again.
type references struct {
	known  map[string]bool
	sorted []string
	fresh  []string // fresh are those that came since sorted was.
}

func (r *references) add(ref string) {
	r.known[ref] = true
	r.fresh = append(r.fresh, ref)
}

// all gives them in their order. It sorts only what came since it was asked last.
func (r *references) all() []string {
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
