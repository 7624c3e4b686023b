package course

import (
	"slices"
	"time"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/course/coursedb"
	"sauda/gear/db"
)

// LessonDraft is what can be changed of a lesson.
type LessonDraft struct {
	Begins  time.Time
	Minutes int
	CallOff bool
	Topic   text.Localized
}

// ChangeLesson moves a lesson, names what it is about, or calls it off. A lesson that was held stays as it was, but for its
// topic.
func ChangeLesson(tx *db.Tx, of CohortID, id LessonID, d LessonDraft) (Lesson, error) {
	c, err := mineCohort(tx, of, ScopeWrite)
	if err != nil {
		return Lesson{}, err
	}
	all, err := Lessons(tx, c.ID)
	if err != nil {
		return Lesson{}, err
	}
	at := slices.IndexFunc(all, func(l Lesson) bool { return l.ID == id })
	if at < 0 {
		return Lesson{}, ErrUnknown.About("%.60s of %s", string(id), of)
	}
	check := &checker{}
	l := all[at]
	was := l
	l.Topic = check.texts(d.Topic, NameMax, "/topic", false)
	if l.State != LessonHeld {
		check.when(d.Minutes < 1 || d.Minutes > minutesMax, "/minutes", between(1, minutesMax))
		l.Begins, l.Ends, l.State = d.Begins.UTC(), d.Begins.UTC().Add(time.Duration(d.Minutes)*time.Minute), LessonPlanned
		if d.CallOff {
			l.State = LessonCalledOff
		}
	}
	if err := ErrInvalid.Fields(check.fields...); err != nil {
		return Lesson{}, err
	}
	all[at] = l
	if err := writeLesson(tx, l); err != nil {
		return Lesson{}, err
	}
	if err := setEnd(tx, c, all); err != nil {
		return Lesson{}, err
	}
	return l, tx.Emit(LessonChanged{Cohort: c.ID, Lesson: l.ID, State: l.State, At: span.Micros(tx.Now()), Moved: l.State == LessonPlanned && (!l.Begins.Equal(was.Begins) || was.State == LessonCalledOff)})
}

func writeLesson(tx *db.Tx, l Lesson) error {
	n, err := coursedb.New(tx).ChangeLesson(tx.Context(), coursedb.ChangeLessonParams{
		ID: string(l.ID), Cohort: string(l.Cohort), StartsAt: span.Micros(l.Begins), EndsAt: span.Micros(l.Ends), Topic: l.Topic.String(), State: string(l.State),
	})
	if err == nil && n == 0 {
		err = ErrUnknown.About("%s", l.ID)
	}
	return err
}

// setEnd notes when the last lesson of a group is over. Where it is later than it was, the materials stay open longer.
func setEnd(tx *db.Tx, c Cohort, all []Lesson) error {
	var ends time.Time
	for _, l := range all {
		if l.Ends.After(ends) {
			ends = l.Ends
		}
	}
	if ends.Equal(c.Ends) {
		return nil
	}
	on, err := Get(tx, c.Course)
	if err != nil {
		return err
	}
	later := coursedb.New(tx.Later())
	if err := later.SetEnd(tx.Context(), coursedb.SetEndParams{ID: string(c.ID), EndsAt: span.Micros(ends)}); err != nil {
		return err
	}
	return later.ExtendAccess(tx.Context(), coursedb.ExtendAccessParams{Cohort: string(c.ID), Until: span.Micros(on.openUntil(ends))})
}
