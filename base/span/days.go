package span

import "time"

// Days is a span of days: From is its first day, To the first day after it. A From that is no day means "since always",
// a To that is no day means "without end", so the zero Days holds every day.
type Days struct {
	From Day `json:"from" doc:"The first day; empty when it has always been so."`
	To   Day `json:"to" doc:"The first day after the last; empty when there is no end."`
}

// Check refuses a span that ends before it begins, or that holds no day at all.
func (s Days) Check() error {
	if !s.From.IsZero() && !s.To.IsZero() && !s.From.Before(s.To) {
		return ErrDays.About("%s..%s", s.From, s.To)
	}
	return nil
}

// Contains says whether a day lies in the span. No day lies in none.
func (s Days) Contains(d Day) bool {
	return !d.IsZero() && !d.Before(s.From) && (s.To.IsZero() || d.Before(s.To))
}

// Overlaps says whether some day lies in both spans.
func (s Days) Overlaps(o Days) bool {
	return s.Check() == nil && o.Check() == nil &&
		(s.To.IsZero() || o.From.Before(s.To)) && (o.To.IsZero() || s.From.Before(o.To))
}

// Len counts the days of a span with both ends; a span that is open or holds nothing has 0.
func (s Days) Len() int { return max(0, s.From.DaysUntil(s.To)) }

// Instants gives the instants between which the span lies in a place, the second one not included. An open end is the
// zero time.
func (s Days) Instants(loc *time.Location) (from, to time.Time) {
	return s.From.Start(loc), s.To.Start(loc)
}
