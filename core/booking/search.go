package booking

import (
	"fmt"
	"slices"
	"strings"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking/bookingdb"
	"sauda/core/hold"
	"sauda/gear/db"
)

// Query is what somebody looks for.
type Query struct {
	Place    string // Place is one of Places; empty is anywhere.
	Form     Form
	From     span.Day
	To       span.Day // To is the day of departure of a stay, and the day after the last one that suits for the rest.
	Adults   int
	Children []int
	Units    int
	Limit    int
}

// Found is a plan that can be booked as it was looked for.
type Found struct {
	Plan
	Priced    Priced
	Left      int64
	Departure Departure // Departure is the first one that suits, of a plan that is sold by them.
}

// wide is how many more plans are read than are shown, since the calendars of a search say only that something is left.
const wide = 3

// Search gives plans that can be booked as it is looked for, the cheapest base first, in at most four statements: the search
// reads one row for each plan and month, and then looks at the pools of those that it shows. What was sold a moment ago may be
// missing or be there; whoever chooses it is told the truth.
func Search(tx *db.Tx, q Query) ([]Found, error) {
	n := q.From.DaysUntil(q.To)
	if n <= 0 || n > NightsMax {
		return nil, ErrStay.About("%s–%s", q.From, q.To)
	}
	if !slices.Contains(Forms, q.Form) || q.Adults < 1 || q.Adults+len(q.Children) > PeopleMax {
		return nil, ErrPeople.With("most", PeopleMax)
	}
	q.Limit = min(max(1, q.Limit), 100)
	plans, err := candidates(tx, q)
	if err != nil || len(plans) == 0 {
		return nil, err
	}
	switch q.Form {
	case FormNights:
		return foundNights(tx, q, plans)
	case FormDeparture:
		return foundDepartures(tx, q, plans)
	}
	var all []Found
	for _, p := range plans {
		all = append(all, Found{Plan: p, Priced: Priced{Total: p.Terms.Least()}})
	}
	return all[:min(len(all), q.Limit)], nil
}

// candidates reads the plans whose calendars have something left: on all nights of a stay, on one of the days else.
func candidates(tx *db.Tx, q Query) ([]Plan, error) {
	masks := make(map[string]int64)
	var months []string
	for d := q.From; d.Before(q.To); d = d.AddDays(1) {
		m := monthOf(d)
		if masks[m] == 0 {
			months = append(months, m)
		}
		masks[m] |= dayBit(d)
	}
	args := []any{string(q.Form), int64(perUnit(q))}
	joins, conditions := strings.Builder{}, []string{}
	for i, m := range months {
		args = append(args, m, masks[m])
		fmt.Fprintf(&joins, " LEFT JOIN booking_month m%d ON m%d.led = p.led AND m%d.month = $%d", i, i, i, len(args)-1)
		if q.Form == FormNights {
			conditions = append(conditions, fmt.Sprintf("COALESCE(m%d.days, 0) & $%d = $%d", i, len(args), len(args)))
		} else {
			conditions = append(conditions, fmt.Sprintf("COALESCE(m%d.days, 0) & $%d <> 0", i, len(args)))
		}
	}
	with := " AND "
	if q.Form != FormNights {
		with = " OR "
	}
	query := `SELECT p.id, p.seller, p.product, p.variant, p.form, p.state, p.version, p.body FROM booking_plan p` + joins.String() +
		` WHERE p.state = 'open' AND p.form = $1 AND p.people >= $2 AND (` + strings.Join(conditions, with) + `)`
	if q.Place != "" {
		args = append(args, q.Place)
		query += fmt.Sprintf(" AND p.place = $%d", len(args))
	}
	args = append(args, int64(q.Limit*wide))
	query += fmt.Sprintf(" ORDER BY p.least, p.id LIMIT $%d", len(args))
	rows, err := tx.QueryContext(tx.Context(), query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []Plan
	for rows.Next() {
		var r bookingdb.PlansRow
		if err := rows.Scan(&r.ID, &r.Seller, &r.Product, &r.Variant, &r.Form, &r.State, &r.Version, &r.Body); err != nil {
			return nil, err
		}
		p, err := planOf(r)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// perUnit is how many people one room has to hold at least.
func perUnit(q Query) int {
	units := max(1, q.Units)
	return (q.Adults + units - 1) / units
}

func (q Query) draft(p Plan) Draft {
	d := Draft{Plan: p.ID, From: q.From, To: q.To, Units: q.Units, Adults: q.Adults, Children: q.Children}
	if p.Form != FormNights {
		d.Units, d.To = 1, span.Day{}
	}
	return d
}

// foundNights keeps the stays of which enough is left on each night and whose rules allow them.
func foundNights(tx *db.Tx, q Query, plans []Plan) ([]Found, error) {
	var all []Found
	var keys []string
	wants := make(map[PlanID][]hold.Want, len(plans))
	for _, p := range plans {
		j, err := p.judge(q.draft(p), Departure{}, tx.Now())
		if err != nil {
			continue
		}
		wants[p.ID] = j.Wants
		all = append(all, Found{Plan: p, Priced: j.Priced})
		for _, w := range j.Wants {
			keys = append(keys, w.Key)
		}
	}
	pools, err := hold.Left(tx, keys)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(f Found) bool {
		for _, w := range wants[f.ID] {
			if pools[w.Key] < w.Quantity {
				return true
			}
		}
		return false
	})
	for i := range all {
		for n, w := range wants[all[i].ID] {
			if n == 0 || pools[w.Key] < all[i].Left {
				all[i].Left = pools[w.Key]
			}
		}
	}
	slices.SortStableFunc(all, cheaper)
	return all[:min(len(all), q.Limit)], nil
}

func cheaper(a, b Found) int {
	n, err := a.Priced.Total.Cmp(b.Priced.Total)
	if err != nil {
		return 0 // In several currencies nothing is cheaper than another.
	}
	return n
}

// foundDepartures keeps the plans with a departure that has enough seats.
func foundDepartures(tx *db.Tx, q Query, plans []Plan) ([]Found, error) {
	ids := make([]PlanID, len(plans))
	for i, p := range plans {
		ids[i] = p.ID
	}
	deps, err := DeparturesFor(tx, ids, span.Days{From: q.From, To: q.To})
	if err != nil {
		return nil, err
	}
	var all []Found
	for _, p := range plans {
		for _, dep := range deps {
			if dep.Plan != p.ID || !dep.Open {
				continue
			}
			d := q.draft(p)
			d.Departure = dep.ID
			j, err := p.judge(d, dep, tx.Now())
			if err != nil || dep.Left < j.Wants[0].Quantity {
				continue
			}
			all = append(all, Found{p, j.Priced, dep.Left, dep})
			break
		}
	}
	slices.SortStableFunc(all, cheaper)
	return all[:min(len(all), q.Limit)], nil
}

// Town is where something can be booked.
type Town struct {
	Code string
	Name text.Localized
}

// Places gives the places where something can be booked, in two statements.
func Places(tx *db.Tx) ([]Town, error) {
	rows, err := bookingdb.New(tx).Places(tx.Context())
	if err != nil {
		return nil, err
	}
	ids := make([]PlanID, len(rows))
	for i, r := range rows {
		ids[i] = PlanID(r.Plan)
	}
	plans, err := PlansNamed(tx, ids)
	all := make([]Town, len(rows))
	for i, r := range rows {
		all[i] = Town{r.Place, plans[PlanID(r.Plan)].PlaceName}
	}
	return all, err
}

// PriceOf says what a draft costs now, without writing it down. What cannot be booked is refused as Choose does.
func PriceOf(tx *db.Tx, p Plan, d Draft) (Priced, []hold.Want, error) {
	deps, err := departuresOf(tx, d)
	if err != nil {
		return Priced{}, nil, err
	}
	if p.Form == FormSlot && d.Staff == "" {
		if d.Staff, err = p.free(tx, d); err != nil {
			return Priced{}, nil, err
		}
	}
	j, err := p.judge(d, deps[d.Departure], tx.Now())
	if err != nil {
		return Priced{Total: money.Of(0, p.Terms.Currency)}, nil, err
	}
	return j.Priced, j.Wants, left(tx, j.Wants)
}
