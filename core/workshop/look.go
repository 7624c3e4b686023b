package workshop

import (
	"database/sql"
	"encoding/json"
	"errors"

	"sauda/base/span"
	"sauda/core/workshop/workshopdb"
	"sauda/gear/db"
)

// Get gives a job; a line by which nothing is made is ErrUnknown.
func Get(tx *db.Tx, k Key) (Job, error) {
	row, err := workshopdb.New(tx).Get(tx.Context(), workshopdb.GetParams{OrderRef: k.Order, Line: k.Line})
	if errors.Is(err, sql.ErrNoRows) {
		return Job{}, ErrUnknown.About("%.60q of %.60q", k.Line, k.Order)
	}
	if err != nil {
		return Job{}, err
	}
	return jobOf(row)
}

// Of gives the jobs of an order.
func Of(tx *db.Tx, order string) ([]Job, error) {
	rows, err := workshopdb.New(tx).OfOrder(tx.Context(), order)
	if err != nil {
		return nil, err
	}
	return jobsOf(rows)
}

// Filter chooses jobs of a seller.
type Filter struct {
	Seller string
	State  State
	After  Job // After is the last one of the page before; a zero Job begins.
	Limit  int
}

// List gives the jobs of a seller that are in a state, those first that are due first.
func List(tx *db.Tx, f Filter) ([]Job, error) {
	due := ""
	if f.After.Order != "" {
		due = f.After.Due.String()
	}
	rows, err := workshopdb.New(tx).List(tx.Context(), workshopdb.ListParams{
		Seller: f.Seller, State: string(f.State), Due: due, OrderRef: f.After.Order, Line: f.After.Line, Most: int64(f.Limit),
	})
	if err != nil {
		return nil, err
	}
	return jobsOf(rows)
}

// Load is how many jobs of a seller are in a state, and how many of them should have been ready before.
type Load struct {
	State   State
	N, Late int64
}

// Loads gives how much a seller has to do, without what is over.
func Loads(tx *db.Tx, seller string) ([]Load, error) {
	rows, err := workshopdb.New(tx).Count(tx.Context(), workshopdb.CountParams{Seller: seller, Today: span.DayOf(tx.Now(), span.Almaty).String()})
	if err != nil {
		return nil, err
	}
	all := make([]Load, len(rows))
	for i, r := range rows {
		all[i] = Load{State(r.State), r.N, r.Late}
	}
	return all, nil
}

func jobsOf(rows []workshopdb.WorkshopJob) ([]Job, error) {
	all := make([]Job, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = jobOf(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func jobOf(r workshopdb.WorkshopJob) (Job, error) {
	j := Job{Key: Key{r.OrderRef, r.Line}, Seller: r.Seller, State: State(r.State), Version: r.Version}
	if err := j.Due.UnmarshalText([]byte(r.Due)); err != nil {
		return j, err
	}
	return j, json.Unmarshal([]byte(r.Body), &j.Body)
}

// open gives a job that can still be worked on, at the version that was seen.
func open(tx *db.Tx, k Key, version int64) (Job, error) {
	j, err := Get(tx, k)
	switch {
	case err != nil:
		return j, err
	case j.Version != version:
		return j, ErrChanged.About("%s is at %d, seen was %d", k.Order, j.Version, version)
	case j.State == StateReady || j.State == StateEnded:
		return j, ErrOver.About("%s is %s", k.Order, j.State)
	}
	return j, nil
}

// add writes a job down, unless it is there.
func add(tx *db.Tx, j Job) (fresh bool, err error) {
	body, err := json.Marshal(j.Body)
	if err != nil {
		return false, err
	}
	rows, err := workshopdb.New(tx).Open(tx.Context(), workshopdb.OpenParams{
		OrderRef: j.Order, Line: j.Line, Seller: j.Seller, State: string(j.State), Due: j.Due.String(), Body: string(body),
	})
	return rows > 0, err
}

// keep writes a changed job down, and counts its version on.
func keep(tx *db.Tx, j *Job) error {
	body, err := json.Marshal(j.Body)
	if err != nil {
		return err
	}
	rows, err := workshopdb.New(tx).Keep(tx.Context(), workshopdb.KeepParams{
		State: string(j.State), Due: j.Due.String(), Body: string(body), OrderRef: j.Order, Line: j.Line, Version: j.Version,
	})
	if err == nil && rows == 0 {
		err = ErrChanged.About("%s was at %d", j.Order, j.Version)
	}
	j.Version++
	return err
}
