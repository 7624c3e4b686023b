package course

import (
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/course/coursedb"
	"sauda/core/hold"
	"sauda/gear/db"
)

// Leaving gives what would be settled if a student left now: it is shown before he decides. Who studies may look, and his
// school.
func Leaving(tx *db.Tx, id EnrolmentID) (Parting, error) {
	e, err := leaver(tx, id)
	if err != nil {
		return Parting{}, err
	}
	p, _, err := parting(tx, e)
	return p, err
}

// Leave ends the studies of a student: his place is free again, and what is open of his plan is not asked for any more. What he
// has paid beyond the lessons that were held goes back; what they have cost beyond it is one last payment, due at once. The
// sum is what was shown by Parting.Settled, what is owed too: when a lesson was held meanwhile, it is ErrChanged. Who has left already is ErrState.
func Leave(tx *db.Tx, id EnrolmentID, shown money.Money, reason string) (Parting, error) {
	c := &checker{}
	reason = c.plain(reason, ReasonMax, "/reason")
	if err := ErrInvalid.Fields(c.fields...); err != nil {
		return Parting{}, err
	}
	e, err := leaver(tx, id)
	if err != nil {
		return Parting{}, err
	}
	p, dues, err := parting(tx, e)
	if err != nil {
		return Parting{}, err
	}
	if p.Settled() != shown {
		return Parting{}, fault.With(ErrChanged.About("%s was shown, it is %s", shown, p.Settled()), "enrolment", string(id))
	}
	if err := step(tx, &e, Gone, reason); err != nil {
		return Parting{}, err
	}
	if err := waive(tx, []EnrolmentID{id}); err != nil {
		return Parting{}, err
	}
	if p.Owed.IsPositive() {
		last := Payment{span.DayOf(tx.Now(), span.Almaty), p.Owed}
		if err := addDue(tx, e, len(dues)+1, last, ""); err != nil {
			return Parting{}, err
		}
	}
	if err := hold.ReleasePart(tx, e.Owner, []hold.Want{{Key: PlacesKey(e.Cohort), Quantity: 1}}); err != nil {
		return Parting{}, err
	}
	return p, tx.Emit(Left{About: e.about(), Back: Returns(p.Back, dues), Drop: unpaid(dues), Reason: reason})
}

// waive asks for no payment of enrolments any more that has not come.
func waive(tx *db.Tx, of []EnrolmentID) error {
	return coursedb.New(tx.Later()).WaiveAll(tx.Context(), db.In(of))
}

// unpaid are the payments that stand in an order and have not come: nobody shall pay them any more.
func unpaid(dues []Due) []Dropped {
	var all []Dropped
	for _, d := range dues {
		if d.State == DueOrdered {
			all = append(all, Dropped{Order: d.Order, Ref: string(d.ID)})
		}
	}
	return all
}

// leaver gives an enrolment of somebody who studies to him and to his school.
func leaver(tx *db.Tx, id EnrolmentID) (Enrolment, error) {
	e, err := Enrolled(tx, id)
	if err != nil {
		return Enrolment{}, err
	}
	who := tx.Who()
	if who.Party != e.Party && !who.May(ScopeWrite) {
		return Enrolment{}, ErrDenied.About("%s for %s", who.ID, id)
	}
	if e.State != Studying {
		return Enrolment{}, ErrState.About("%s is %s", id, e.State)
	}
	return e, nil
}

// parting reckons what is settled, and gives the payments. Lessons that were over before he came are not his; one that was called
// off is, and was not held.
func parting(tx *db.Tx, e Enrolment) (Parting, []Due, error) {
	lessons, err := Lessons(tx, e.Cohort)
	if err != nil {
		return Parting{}, nil, err
	}
	dues, err := duesOf(tx, []EnrolmentID{e.ID})
	if err != nil {
		return Parting{}, nil, err
	}
	return reckon(e, lessons, dues[e.ID], tx.Now()), dues[e.ID], nil
}

// reckon is the parting of an enrolment at an instant.
func reckon(e Enrolment, lessons []Lesson, dues []Due, now time.Time) Parting {
	held, all := 0, 0
	for _, l := range lessons {
		if l.Ends.Before(e.From) {
			continue
		}
		all++
		if l.State == LessonHeld || l.State == LessonPlanned && !l.Ends.After(now) {
			held++
		}
	}
	return Settle(e.Price, sumPaid(e, dues), held, all)
}

// sumPaid is what has come of the payments of an enrolment.
func sumPaid(e Enrolment, dues []Due) money.Money {
	paid := money.Of(0, e.Price.Currency)
	for _, d := range dues {
		if d.State == DuePayment {
			paid.Minor += d.Amount.Minor
		}
	}
	return paid
}

// Returns divides what goes back among the orders by which it was paid, the latest first: none gets back more than was paid by
// it.
func Returns(back money.Money, dues []Due) []Return {
	var all []Return
	left := back.Minor
	for _, d := range slices.Backward(dues) {
		part := min(left, d.Amount.Minor)
		if d.State != DuePayment || part <= 0 {
			continue
		}
		all = append(all, Return{Order: d.Order, Ref: d.ref(), Amount: money.Of(part, back.Currency)})
		left -= part
	}
	return all
}
