package course

import (
	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/course/coursedb"
	"sauda/core/hold"
	"sauda/gear/db"
)

// CallOff has a group not be taught any more, for good: its lessons to come are called off, who asked for a place gets none, what
// is ordered and not paid is dropped, and who studies leaves. He pays for the lessons that were held and gets back the rest; what
// he has not paid of them yet is not asked for, since it was the school that ended it.
func CallOff(tx *db.Tx, id CohortID, version int64, reason string) (Cohort, error) {
	check := &checker{}
	reason = check.plain(reason, ReasonMax, "/reason")
	check.when(reason == "", "/reason", fault.Say("Say why."))
	if err := ErrInvalid.Fields(check.fields...); err != nil {
		return Cohort{}, err
	}
	c, err := mineCohort(tx, id, ScopeWrite)
	if err != nil {
		return Cohort{}, err
	}
	if c.State == CohortCalledOff {
		return Cohort{}, ErrState.About("%s is called off", id)
	}
	n, err := coursedb.New(tx).CallOffCohort(tx.Context(), coursedb.CallOffCohortParams{ID: string(id), Version: version})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s is not at %d", id, version)
	}
	if err != nil {
		return Cohort{}, err
	}
	c.State, c.Version = CohortCalledOff, version+1
	if err := partAll(tx, c, reason); err != nil {
		return Cohort{}, err
	}
	later := coursedb.New(tx.Later())
	if err := later.CallOffStudents(tx.Context(), coursedb.CallOffStudentsParams{Cohort: string(id), Reason: reason}); err != nil {
		return Cohort{}, err
	}
	err = later.CallOffLessons(tx.Context(), coursedb.CallOffLessonsParams{Cohort: string(id), Now: span.Micros(tx.Now())})
	if err != nil {
		return Cohort{}, err
	}
	return c, tx.Emit(Rearranged{Cohort: c.ID, Course: c.Course, Seller: c.Seller, State: c.State})
}

// partAll states what becomes of everybody in a group that is called off.
func partAll(tx *db.Tx, c Cohort, reason string) error {
	rows, err := coursedb.New(tx).OfCohort(tx.Context(), string(c.ID))
	if err != nil {
		return err
	}
	all, err := enrolmentsOf(rows)
	if err != nil || len(all) == 0 {
		return err
	}
	ids := make([]EnrolmentID, len(all))
	for i, e := range all {
		ids[i] = e.ID
	}
	dues, err := duesOf(tx, ids)
	if err != nil {
		return err
	}
	lessons, err := Lessons(tx, c.ID)
	if err != nil {
		return err
	}
	for _, e := range all {
		var says db.Fact
		switch e.State {
		case Waiting, Invited:
			says = Lapsed{e.about()}
		case InOrder:
			says = Left{About: e.about(), Drop: []Dropped{{Order: e.Order, Ref: string(e.ID)}}, Reason: reason}
		case Studying:
			back := reckon(e, lessons, dues[e.ID], tx.Now()).Back
			if err := hold.ReleasePart(tx, e.Owner, []hold.Want{{Key: PlacesKey(e.Cohort), Quantity: 1}}); err != nil {
				return err
			}
			says = Left{About: e.about(), Back: Returns(back, dues[e.ID]), Drop: unpaid(dues[e.ID]), Reason: reason}
		default:
			continue
		}
		if err := tx.Emit(says); err != nil {
			return err
		}
	}
	return waive(tx, ids)
}
