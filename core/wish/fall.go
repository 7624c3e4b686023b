package wish

import (
	"database/sql"
	"errors"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/wish/wishdb"
	"sauda/gear/db"
)

// quiet is how long the owner of a list hears nothing of prices after he was told of some: a letter a day is enough, and
// whatever falls meanwhile is told with the next one. It is a little less than a day, so that a clock that looks once an
// hour does not drift through the day.
const quiet = 23 * time.Hour

// ErrStop says that a letter's word stops nothing: its list is gone with the account, or nobody ever sent it.
var ErrStop = fault.New(fault.Missing, "wish.unknown_stop", "This link stops no letters any more. Choose in your account which letters you want.")

// Watched is a list of a party with what was kept on it at a price.
type Watched struct {
	List   ListID
	Party  string
	Things []Thing
}

// Watch gives lists of parties that may be told of prices that have fallen, those behind an id and at most limit of them, in
// two statements. Call it again behind the last one while it gives some.
func Watch(tx *db.Tx, after ListID, limit int) ([]Watched, error) {
	rows, err := wishdb.New(tx).Untold(tx.Context(), wishdb.UntoldParams{
		After: string(after), Since: span.Micros(tx.Now().Add(-quiet)), Most: int64(limit),
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids, lists, at := make([]string, len(rows)), make([]Watched, len(rows)), make(map[string]int, len(rows))
	for i, r := range rows {
		ids[i], at[r.ID], lists[i] = r.ID, i, Watched{List: ListID(r.ID), Party: r.Party}
	}
	things, err := wishdb.New(tx).ThingsOf(tx.Context(), db.In(ids))
	for _, r := range things {
		l := &lists[at[r.List]]
		l.Things = append(l.Things, thingOf(r))
	}
	return lists, err
}

// Judge says what a thing's price of today means to its keeper. It fell when it is below all that he knows: what he saw when
// he kept it, and what he was told since. Known is what he knows from then on: when the price rises again, so that another
// fall is told again, but never more than he saw, so that no price is raised only to fall. A price in another currency, or
// none, means nothing.
func (t Thing) Judge(now money.Money) (known money.Money, fell bool) {
	if !now.IsPositive() || now.Currency != t.Seen.Currency || !t.Seen.IsPositive() {
		return t.Known, false
	}
	least := t.Seen
	if t.Known.IsPositive() {
		least = t.Known
	}
	switch {
	case now.Minor < least.Minor:
		return now, true
	case now.Minor >= t.Seen.Minor && t.Known.IsPositive():
		return money.Of(0, t.Seen.Currency), false
	case now.Minor > least.Minor && now.Minor < t.Seen.Minor:
		return now, false
	}
	return t.Known, false
}

// Fall is a price that has fallen.
type Fall struct {
	Thing
	Was, Now money.Money // Was is what its keeper knew before.
}

// Told notes what the owner of a list knows from now on, by today's prices, and gives what he has to be told in this moment
// and the word that stops such letters. Told again, there is nothing to tell. A list that is gone has nothing.
func Told(tx *db.Tx, id ListID, prices map[catalog.ProductID]money.Money) (falls []Fall, stop string, err error) {
	tx.Lock("wishes:" + string(id))
	l, err := wishdb.New(tx).ListNamed(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	rows, err := wishdb.New(tx).ThingsOf(tx.Context(), db.In([]string{string(id)}))
	if err != nil {
		return nil, "", err
	}
	later := wishdb.New(tx.Later())
	for _, r := range rows {
		t := thingOf(r)
		known, fell := t.Judge(prices[t.Product])
		if known.Minor == t.Known.Minor {
			continue
		}
		if fell {
			was := t.Seen
			if t.Known.IsPositive() {
				was = t.Known
			}
			falls = append(falls, Fall{t, was, prices[t.Product]})
		}
		if err := later.SetTold(tx.Context(), wishdb.SetToldParams{Told: known.Minor, List: r.List, Product: r.Product}); err != nil {
			return nil, "", err
		}
	}
	if len(falls) == 0 {
		return nil, "", nil
	}
	if stop = l.Stop; stop == "" {
		stop = tx.Mint("wst")
	}
	return falls, stop, later.SetToldAt(tx.Context(), wishdb.SetToldAtParams{At: span.Micros(tx.Now()), Stop: stop, ID: string(id)})
}

// Stopping gives the party whose letters a word stops, or ErrStop.
func Stopping(tx *db.Tx, stop string) (party string, err error) {
	party, err = wishdb.New(tx).Stopping(tx.Context(), stop)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrStop.About("%.60q", stop)
	}
	return party, err
}
