package estimate

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/estimate/estimatedb"
	"sauda/core/seller"
	"sauda/gear/db"
)

const (
	pageMax = 100   // pageMax is the longest page of estimates.
	mineMax = 1000  // mineMax is how many own ones are listed at once: more than anybody has asked for.
	last    = "zzz" // last comes after every id.
)

// Get gives an estimate to who has asked for it, to the staff of its seller who see orders, and to the house. To everybody else it
// is as unknown as none.
func Get(tx *db.Tx, id ID) (Estimate, error) {
	e, err := load(tx, id)
	if err != nil {
		return Estimate{}, err
	}
	who := tx.Who()
	asked := who.Party != "" && who.Party == e.Party
	if !asked && works(who, e.Seller, ScopeRead) != nil {
		return Estimate{}, ErrUnknown.About("%s %s and %s", who.Kind, who.ID, id)
	}
	return e, nil
}

// Mine gives what the actor has asked for, the newest first and at most so many, before an id; an empty id begins, and a limit of
// none is a thousand. It also gives the id to go on from, which is empty when there is no more.
func Mine(tx *db.Tx, before ID, limit int) ([]Estimate, ID, error) {
	of, err := party(tx)
	if err != nil {
		return nil, "", err
	}
	if before == "" {
		before = last
	}
	if limit < 1 || limit > mineMax {
		limit = mineMax
	}
	rows, err := estimatedb.New(tx).OfParty(tx.Context(), estimatedb.OfPartyParams{Party: of, Before: string(before), Page: int64(limit + 1)})
	if err != nil {
		return nil, "", err
	}
	return paged(rows, limit)
}

// Queue gives the estimates of a seller in a state to his staff, the oldest first and at most so many, behind an id, and the id to
// go on from.
func Queue(tx *db.Tx, of seller.ID, state State, after ID, limit int) ([]Estimate, ID, error) {
	if err := works(tx.Who(), of, ScopeRead); err != nil {
		return nil, "", err
	}
	limit = min(max(limit, 1), pageMax)
	rows, err := estimatedb.New(tx).Queue(tx.Context(), estimatedb.QueueParams{
		Seller: string(of), State: string(state), After: string(after), Page: int64(limit + 1),
	})
	if err != nil {
		return nil, "", err
	}
	return paged(rows, limit)
}

// Waiting counts what the staff of a seller has not answered yet.
func Waiting(tx *db.Tx, of seller.ID) (int64, error) {
	if err := works(tx.Who(), of, ScopeRead); err != nil {
		return 0, err
	}
	return estimatedb.New(tx).Waiting(tx.Context(), string(of))
}

// OfOrder gives the estimates that were ordered by an order, to whoever has been let in by it.
func OfOrder(tx *db.Tx, order string) ([]Estimate, error) {
	rows, err := estimatedb.New(tx).OfOrder(tx.Context(), order)
	if err != nil {
		return nil, err
	}
	return estimatesOf(rows)
}

// Has tells whether a file was brought to an estimate.
func (e Estimate) Has(file string) bool { return slices.Contains(catalog.FilesIn(e.Answers), file) }

// Leave forgets what a party has asked for and not ordered whose account is erased; what was ordered is a contract, and is kept
// without saying whose.
func Leave(tx *db.Tx, party string) error {
	later := estimatedb.New(tx.Later())
	return errors.Join(later.Forget(tx.Context(), party), later.LeaveNameless(tx.Context(), party))
}

// byLine gives the estimate that was ordered by a line of an order.
func byLine(tx *db.Tx, order, line string) (Estimate, bool, error) {
	all, err := OfOrder(tx, order)
	for _, e := range all {
		if e.Line == line {
			return e, true, err
		}
	}
	return Estimate{}, false, err
}

func load(tx *db.Tx, id ID) (Estimate, error) {
	row, err := estimatedb.New(tx).Get(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Estimate{}, ErrUnknown.About("%.60s", string(id))
	}
	if err != nil {
		return Estimate{}, err
	}
	return estimateOf(row)
}

func some(tx *db.Tx, ids []ID) (map[ID]Estimate, error) {
	rows, err := estimatedb.New(tx).Some(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	all, err := estimatesOf(rows)
	found := make(map[ID]Estimate, len(all))
	for _, e := range all {
		found[e.ID] = e
	}
	return found, err
}

// keep writes an estimate down as it is now, if nobody has changed it since it was read.
func (e *Estimate) keep(tx *db.Tx) error {
	var until int64
	if !e.Until.IsZero() {
		until = span.Micros(e.Until)
	}
	n, err := estimatedb.New(tx).Step(tx.Context(), estimatedb.StepParams{
		State: string(e.State), UntilAt: until, OrderRef: e.Order, Line: e.Line, Rest: string(e.Rest), RestOrder: e.RestOrder,
		RestLine: e.RestLine, Body: encode(e.Body), ID: string(e.ID), Version: e.Version,
	})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s is not at %d", e.ID, e.Version)
	}
	e.Version++
	return err
}

func encode(b Body) string {
	body, err := json.Marshal(b)
	if err != nil {
		panic(err) // Strings, numbers and days have a form.
	}
	return string(body)
}

// paged gives what of one row more than a page stands on it, and the id to go on from.
func paged(rows []estimatedb.Estimate, limit int) ([]Estimate, ID, error) {
	next := ID("")
	if len(rows) > limit {
		rows = rows[:limit]
		next = ID(rows[limit-1].ID)
	}
	all, err := estimatesOf(rows)
	return all, next, err
}

func estimatesOf(rows []estimatedb.Estimate) ([]Estimate, error) {
	all := make([]Estimate, len(rows))
	for i, r := range rows {
		e, err := estimateOf(r)
		if err != nil {
			return nil, err
		}
		all[i] = e
	}
	return all, nil
}

func estimateOf(r estimatedb.Estimate) (Estimate, error) {
	e := Estimate{
		ID: ID(r.ID), Product: catalog.ProductID(r.Product), Variant: catalog.VariantID(r.Variant), Seller: seller.ID(r.Seller), Party: r.Party,
		Person: r.Person, Lang: r.Lang, State: State(r.State), Asked: span.FromMicros(r.AskedAt), Order: r.OrderRef, Line: r.Line,
		Rest: Rest(r.Rest), RestOrder: r.RestOrder, RestLine: r.RestLine, Version: r.Version,
	}
	if r.UntilAt > 0 {
		e.Until = span.FromMicros(r.UntilAt)
	}
	return e, json.Unmarshal([]byte(r.Body), &e.Body)
}
