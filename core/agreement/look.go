package agreement

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/agreement/agreementdb"
	"sauda/gear/db"
)

// MineMax bounds the list of a buyer: nobody has as many.
const MineMax = 200

// own says whether an actor may see an agreement and change it: its buyer, and the house.
func own(who db.Who, a Agreement) bool {
	return a.Party != "" && who.Party == a.Party && who.Kind == db.KindBuyer || who.Kind == db.KindSystem
}

// Get gives an agreement to its buyer. Another's is as unknown as none, and so is a draft.
func Get(tx *db.Tx, id ID) (Agreement, error) {
	a, err := get(tx, id)
	if err == nil && (!own(tx.Who(), a) || a.State == StateDraft) {
		err = ErrUnknown.About("%s for %s", id, tx.Who().ID)
	}
	if err != nil {
		return Agreement{}, err
	}
	return a, nil
}

// Mine gives the agreements of a buyer to him and to the house, the latest first.
func Mine(tx *db.Tx, party string) ([]Agreement, error) {
	if who := tx.Who(); party == "" || who.Party != party && who.Kind != db.KindSystem {
		return nil, nil
	}
	rows, err := agreementdb.New(tx).OfParty(tx.Context(), agreementdb.OfPartyParams{Party: party, Most: MineMax})
	if err != nil {
		return nil, err
	}
	return agreementsOf(rows)
}

func some(tx *db.Tx, ids []ID) (map[ID]Agreement, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := agreementdb.New(tx).Some(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	all, err := agreementsOf(rows)
	found := make(map[ID]Agreement, len(all))
	for _, a := range all {
		found[a.ID] = a
	}
	return found, err
}

// Periods gives the periods of an agreement, the latest first. Who asks has been let in by Get or GetFor.
func Periods(tx *db.Tx, a Agreement, most int) ([]Period, error) {
	rows, err := agreementdb.New(tx).Periods(tx.Context(), agreementdb.PeriodsParams{Agreement: string(a.ID), Most: int64(most)})
	if err != nil {
		return nil, err
	}
	return periodsOf(rows)
}

func periodsOf(rows []agreementdb.AgreementPeriod) ([]Period, error) {
	all := make([]Period, len(rows))
	for i, r := range rows {
		all[i] = Period{
			Agreement: ID(r.Agreement), Seq: r.Seq, State: PeriodState(r.State), Tries: r.Tries, Cart: r.Cart, Order: r.OrderRef,
			Amount: money.Of(r.Amount, money.KZT),
		}
		if err := all[i].Day.Scan(r.Day); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Filter chooses agreements of a seller.
type Filter struct {
	Seller string
	State  State
	After  Agreement // After is the last one of the page before; a zero one begins.
	Limit  int
}

// List gives the agreements of a seller that are in a state, what is due first, to its people.
func List(tx *db.Tx, f Filter) ([]Agreement, error) {
	if !tx.Who().For(f.Seller) {
		return nil, nil
	}
	due := ""
	if f.After.ID != "" {
		due = f.After.Due.String()
	}
	rows, err := agreementdb.New(tx).List(tx.Context(), agreementdb.ListParams{
		Seller: f.Seller, State: string(f.State), Due: due, After: string(f.After.ID), Most: int64(f.Limit),
	})
	if err != nil {
		return nil, err
	}
	return agreementsOf(rows)
}

// Tally is how many agreements a seller has in each state, and what those that stand bring in a month, without delivery.
type Tally struct {
	N       map[State]int64
	Monthly money.Money
}

// Count gives the tally of a seller to its people.
func Count(tx *db.Tx, seller string) (Tally, error) {
	all := Tally{N: make(map[State]int64), Monthly: money.Of(0, money.KZT)}
	if !tx.Who().For(seller) {
		return all, nil
	}
	rows, err := agreementdb.New(tx).Tally(tx.Context(), seller)
	if err != nil {
		return all, err
	}
	for _, r := range rows {
		all.N[State(r.State)] += r.N
		if r.State != string(StateActive) && r.State != string(StateDunning) {
			continue
		}
		month, err := Every(r.Every).Monthly(money.Of(r.Amount, money.KZT))
		if err != nil {
			return all, err
		}
		if all.Monthly, err = all.Monthly.Add(month); err != nil {
			return all, err
		}
	}
	return all, nil
}

// Due gives agreements with which something is to be done on this day, the longest due first, after one of them.
func Due(tx *db.Tx, after Agreement, most int) ([]Agreement, error) {
	due := ""
	if after.ID != "" {
		due = after.Due.String()
	}
	rows, err := agreementdb.New(tx).Due(tx.Context(), agreementdb.DueParams{
		Today: span.DayOf(tx.Now(), span.Almaty).String(), Due: due, After: string(after.ID), Most: int64(most),
	})
	if err != nil {
		return nil, err
	}
	return agreementsOf(rows)
}

// OrderedAfter gives the periods that were ordered, a page at a time, for whoever checks that each has an order of its own.
func OrderedAfter(tx *db.Tx, after Period, limit int) ([]Period, error) {
	rows, err := agreementdb.New(tx).PeriodsAfter(tx.Context(), agreementdb.PeriodsAfterParams{
		Agreement: string(after.Agreement), Seq: after.Seq, Most: int64(limit),
	})
	if err != nil {
		return nil, err
	}
	return periodsOf(rows)
}
