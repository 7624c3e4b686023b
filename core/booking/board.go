package booking

import (
	"sauda/base/span"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Load is how full something is on a day.
type Load struct {
	Day      span.Day
	Capacity int64
	Taken    int64
	Open     bool // Open says that the calendar reaches so far.
}

// Row is a resource with its days.
type Row struct {
	Resource
	Days []Load
}

// Occupancy gives how full the resources of a seller are that are counted by days, in two statements.
func Occupancy(tx *db.Tx, of seller.ID, days span.Days) ([]Row, error) {
	all, err := Resources(tx, of)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, r := range all {
		for d := days.From; r.Grain == GrainDay && d.Before(days.To); d = d.AddDays(1) {
			keys = append(keys, DayKey(r.ID, d))
		}
	}
	pools, err := hold.Pools(tx, keys)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, r := range all {
		if r.Grain != GrainDay {
			continue
		}
		row := Row{Resource: r}
		for d := days.From; d.Before(days.To); d = d.AddDays(1) {
			p, open := pools[DayKey(r.ID, d)]
			row.Days = append(row.Days, Load{d, p.Capacity, p.Taken, open})
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// DeparturesOf gives the departures of all plans of a seller on some days, with what is left of each, in three statements.
func DeparturesOf(tx *db.Tx, of seller.ID, days span.Days) ([]Departure, map[PlanID]Plan, error) {
	plans, err := Plans(tx, of)
	if err != nil {
		return nil, nil, err
	}
	var ids []PlanID
	named := make(map[PlanID]Plan, len(plans))
	for _, p := range plans {
		named[p.ID] = p
		if p.Form == FormDeparture {
			ids = append(ids, p.ID)
		}
	}
	deps, err := DeparturesFor(tx, ids, days)
	return deps, named, err
}
