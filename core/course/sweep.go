package course

import (
	"time"

	"sauda/base/span"
	"sauda/core/course/coursedb"
	"sauda/gear/db"
)

const (
	waits     = 30 * 24 * time.Hour // waits is how long an application or an offer waits to be ordered.
	soonDays  = 3                   // soonDays is how long before its day a payment is reminded of.
	againDays = 7                   // againDays is how often it is reminded of while it is late.
)

// Lapse ends what was asked for or offered thirty days ago and was not ordered, at most so many, and says how many. What was
// said of a parent and the answers are forgotten with it.
func Lapse(tx *db.Tx, most int) (int, error) {
	rows, err := coursedb.New(tx).Stale(tx.Context(), coursedb.StaleParams{Before: span.Micros(tx.Now().Add(-waits)), Page: int64(most)})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	all, err := enrolmentsOf(rows)
	if err != nil {
		return 0, err
	}
	ids := make([]EnrolmentID, len(all))
	for i, e := range all {
		ids[i] = e.ID
		if err := tx.Emit(Lapsed{e.about()}); err != nil {
			return 0, err
		}
	}
	return len(all), coursedb.New(tx).Lapse(tx.Context(), db.In(ids))
}

// Finish ends the studies of those whose last lesson is over, at most so many, and says how many.
func Finish(tx *db.Tx, most int) (int, error) {
	rows, err := coursedb.New(tx).Over(tx.Context(), coursedb.OverParams{Now: span.Micros(tx.Now()), Page: int64(most)})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	all, err := enrolmentsOf(rows)
	if err != nil {
		return 0, err
	}
	ids := make([]EnrolmentID, len(all))
	for i, e := range all {
		ids[i] = e.ID
		if err := tx.Emit(Finished{e.about()}); err != nil {
			return 0, err
		}
	}
	return len(all), coursedb.New(tx).FinishAll(tx.Context(), db.In(ids))
}

// Remind states of which payments a student is to be reminded: three days before one is due, and each seven days while it is
// late; at most so many at once, and it says how many.
func Remind(tx *db.Tx, most int) (int, error) {
	today := span.DayOf(tx.Now(), span.Almaty)
	rows, err := coursedb.New(tx).ToRemind(tx.Context(), coursedb.ToRemindParams{
		ByDay: today.AddDays(soonDays).String(), ToldBefore: today.AddDays(-againDays + 1).String(), Page: int64(most),
	})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	dues, of := make([]Due, len(rows)), make([]EnrolmentID, len(rows))
	ids := make([]DueID, len(rows))
	for i, r := range rows {
		if dues[i], err = dueOf(r); err != nil {
			return 0, err
		}
		ids[i], of[i] = dues[i].ID, dues[i].Enrolment
	}
	enrolments, err := someEnrolments(tx, of)
	if err != nil {
		return 0, err
	}
	about := make(map[EnrolmentID]About, len(enrolments))
	for _, e := range enrolments {
		about[e.ID] = e.about()
	}
	for _, d := range dues {
		if err := tx.Emit(FellDue{About: about[d.Enrolment], Due: d.ID, Day: d.Day, Amount: d.Amount, Late: d.Late(today) > 0}); err != nil {
			return 0, err
		}
	}
	return len(dues), coursedb.New(tx).Told(tx.Context(), coursedb.ToldParams{Day: today.String(), Ids: db.In(ids)})
}
