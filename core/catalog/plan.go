package catalog

import (
	"database/sql"
	"errors"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// Plan says when a product goes on sale and when it ends, by itself. A zero time is not planned.
type Plan struct {
	Starts  time.Time
	Ends    time.Time
	Refused string // Refused is the code of the fault that stopped it last, "catalog.attributes_missing"; empty when nothing did.
}

// ErrPlan is about times that make no plan.
var ErrPlan = fault.New(fault.Invalid, "catalog.invalid_plan", "Choose times that are still to come, and an end after the start.")

// Schedule plans when a product goes on sale and when it ends; two zero times give up the plan. KeepPlans carries it out.
func Schedule(tx *db.Tx, id ProductID, starts, ends time.Time) (Plan, error) {
	if _, err := Get(tx, id); err != nil {
		return Plan{}, err
	}
	switch {
	case !starts.IsZero() && !starts.After(tx.Now()):
		return Plan{}, ErrPlan.At("/starts", fault.Say("Choose a time that is still to come."))
	case !ends.IsZero() && !ends.After(tx.Now()):
		return Plan{}, ErrPlan.At("/ends", fault.Say("Choose a time that is still to come."))
	case !starts.IsZero() && !ends.IsZero() && !ends.After(starts):
		return Plan{}, ErrPlan.At("/ends", fault.Say("Choose an end after the start."))
	}
	p := Plan{Starts: starts, Ends: ends}
	return p, p.store(tx, id)
}

// PlanOf gives the plan of a product; one without a plan has two zero times.
func PlanOf(tx *db.Tx, id ProductID) (Plan, error) {
	row, err := catalogdb.New(tx).PlanOf(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Plan{}, nil
	}
	return planOf(row), err
}

func planOf(r catalogdb.ProductPlan) Plan {
	p := Plan{Refused: r.Refused}
	if r.Starts > 0 {
		p.Starts = span.FromMicros(r.Starts)
	}
	if r.Ends > 0 {
		p.Ends = span.FromMicros(r.Ends)
	}
	return p
}

// store writes a plan. It is due when the first of its times comes.
func (p Plan) store(tx *db.Tx, id ProductID) error {
	row := catalogdb.SetPlanParams{Product: string(id), Refused: p.Refused}
	if !p.Ends.IsZero() {
		row.Ends = span.Micros(p.Ends)
		row.Due = row.Ends
	}
	if !p.Starts.IsZero() {
		row.Starts = span.Micros(p.Starts)
		row.Due = row.Starts
	}
	return catalogdb.New(tx.Later()).SetPlan(tx.Context(), row)
}

// KeepPlans carries out the plans that are due, at most so many, and says how many. A product that cannot go on sale stays
// as it is and its plan says why; one that people have put on sale or ended meanwhile is left as they wanted it.
func KeepPlans(tx *db.Tx, most int) (int, error) {
	rows, err := catalogdb.New(tx).DuePlans(tx.Context(), catalogdb.DuePlansParams{Now: span.Micros(tx.Now()), Most: int64(most)})
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		if err := keepPlan(tx, ProductID(r.Product), planOf(r)); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

func keepPlan(tx *db.Tx, id ProductID, p Plan) error {
	do := End
	if !p.Starts.IsZero() {
		do, p.Starts = PutOnSale, time.Time{}
	} else {
		p.Ends = time.Time{}
	}
	product, err := Get(tx, id)
	if err != nil {
		return err
	}
	_, err = do(tx, id, product.Version)
	p.Refused = ""
	switch f := fault.Of(err); {
	case err == nil, errors.Is(err, ErrOnSale), errors.Is(err, ErrEnded):
	case f != nil && f.Kind == fault.Invalid:
		p.Refused = f.Code
	default:
		return err
	}
	return p.store(tx, id)
}
