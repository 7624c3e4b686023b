package booking

import (
	"errors"
	"time"

	"sauda/base/span"
	"sauda/core/booking/bookingdb"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Departure is one start of a plan, with its seats.
type Departure struct {
	ID     DepartureID
	Plan   PlanID
	Day    span.Day
	Starts time.Time
	Seats  int64
	Open   bool
	Left   int64 // Left is how many seats can be booked, where it was asked for.
}

// AddDepartures puts down departures of a plan: one on each of the days at a minute after midnight of its place, with so many
// seats. A departure that is there stays as it is, and those that are new are given.
func AddDepartures(tx *db.Tx, p Plan, days []span.Day, minute int, seats int64) ([]Departure, error) {
	c := &checker{}
	c.whole(minute, 0, minutesOfDay-1, "/minute")
	c.whole(int(min(seats, 1<<20)), 1, 10_000, "/seats")
	c.whole(len(days), 1, 366, "/days")
	if err := ErrInvalid.Fields(c.fields...); err != nil {
		return nil, err
	}
	if p.Form != FormDeparture {
		return nil, ErrNotOpen.About("%s is sold by %s", p.ID, p.Form)
	}
	var added []Departure
	var levels []hold.Level
	open := make(map[span.Day]bool)
	for _, day := range days {
		starts := clock(day, minute, p.Location())
		if !starts.After(tx.Now()) {
			return nil, ErrPast.About("%s", starts)
		}
		d := Departure{ID: DepartureID(tx.Mint("dep")), Plan: p.ID, Day: day, Starts: starts, Seats: seats, Open: true, Left: seats}
		rows, err := bookingdb.New(tx).AddDeparture(tx.Context(), bookingdb.AddDepartureParams{
			ID: string(d.ID), Plan: string(p.ID), Day: day.String(), StartsAt: span.Micros(starts), Seats: seats,
		})
		if err != nil {
			return nil, err
		}
		if rows == 0 {
			continue
		}
		added = append(added, d)
		levels = append(levels, hold.Level{Key: SeatKey(d.ID), Subject: subject(string(p.ID), day), Capacity: seats})
		open[day] = true
	}
	if _, err := hold.SetMany(tx, levels); err != nil {
		return nil, err
	}
	return added, mark(tx, string(p.ID), open)
}

// SetDeparture gives a departure other seats, or closes it; what is booked stays. Fewer seats than are booked are ErrSeats.
func SetDeparture(tx *db.Tx, of seller.ID, d Departure) error {
	p, err := PlanOf(tx, of, d.Plan)
	if err != nil {
		return err
	}
	all, err := departuresNamed(tx, []DepartureID{d.ID})
	if err != nil {
		return err
	}
	old, known := all[d.ID]
	if !known || old.Plan != p.ID {
		return ErrUnknown.About("departure %.60q", string(d.ID))
	}
	c := &checker{}
	c.whole(int(min(d.Seats, 1<<20)), 0, 10_000, "/seats")
	if err := ErrInvalid.Fields(c.fields...); err != nil {
		return err
	}
	key := SeatKey(d.ID)
	pools, err := hold.Pools(tx, []string{key})
	if err != nil {
		return err
	}
	seats := d.Seats
	if !d.Open {
		seats = pools[key].Taken
	}
	_, err = hold.SetMany(tx, []hold.Level{{Key: key, Subject: subject(string(p.ID), old.Day), Capacity: seats}})
	if errors.Is(err, hold.ErrPromised) {
		return ErrSeats.About("%s: %w", d.ID, err)
	}
	if err != nil {
		return err
	}
	state := "open"
	if !d.Open {
		state = "closed"
	}
	set := bookingdb.SetDepartureParams{Seats: d.Seats, State: state, ID: string(d.ID), Plan: string(p.ID)}
	if _, err := bookingdb.New(tx).SetDeparture(tx.Context(), set); err != nil {
		return err
	}
	return remarkDepartures(tx, p.ID, old.Day)
}

// Departures gives the departures of a plan on some days with what is left of each, in two statements.
func Departures(tx *db.Tx, plan PlanID, days span.Days) ([]Departure, error) {
	rows, err := bookingdb.New(tx).Departures(tx.Context(), bookingdb.DeparturesParams{
		Plan: string(plan), First: days.From.String(), Last: days.To.String(),
	})
	if err != nil {
		return nil, err
	}
	return withLeft(tx, rows)
}

// DeparturesFor gives those of some plans, in two statements.
func DeparturesFor(tx *db.Tx, plans []PlanID, days span.Days) ([]Departure, error) {
	rows, err := bookingdb.New(tx).DeparturesFor(tx.Context(), bookingdb.DeparturesForParams{
		Plans: db.In(plans), First: days.From.String(), Last: days.To.String(),
	})
	if err != nil {
		return nil, err
	}
	return withLeft(tx, rows)
}

func withLeft(tx *db.Tx, rows []bookingdb.BookingDeparture) ([]Departure, error) {
	all := make([]Departure, len(rows))
	keys := make([]string, len(rows))
	for i, r := range rows {
		d, err := departureOf(r)
		if err != nil {
			return nil, err
		}
		all[i], keys[i] = d, SeatKey(d.ID)
	}
	left, err := hold.Left(tx, keys)
	for i := range all {
		if all[i].Open && all[i].Starts.After(tx.Now()) {
			all[i].Left = left[keys[i]]
		}
	}
	return all, err
}

func departuresNamed(tx *db.Tx, ids []DepartureID) (map[DepartureID]Departure, error) {
	all := make(map[DepartureID]Departure, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	rows, err := bookingdb.New(tx).DeparturesNamed(tx.Context(), db.In(ids))
	for _, r := range rows {
		d, err := departureOf(r)
		if err != nil {
			return nil, err
		}
		all[d.ID] = d
	}
	return all, err
}

func departureOf(r bookingdb.BookingDeparture) (Departure, error) {
	day, err := span.Parse(r.Day)
	return Departure{ID: DepartureID(r.ID), Plan: PlanID(r.Plan), Day: day, Starts: span.FromMicros(r.StartsAt), Seats: r.Seats, Open: r.State == "open"}, err
}

// remarkDepartures notes whether a seat is left on a day of a plan.
func remarkDepartures(tx *db.Tx, plan PlanID, day span.Day) error {
	all, err := Departures(tx, plan, span.Days{From: day, To: day.AddDays(1)})
	if err != nil {
		return err
	}
	left := false
	for _, d := range all {
		left = left || d.Left > 0
	}
	return mark(tx, string(plan), map[span.Day]bool{day: left})
}
