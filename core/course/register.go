package course

import (
	"slices"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/course/coursedb"
	"sauda/gear/db"
)

// Presence says whether a student was at a lesson.
type Presence string

// The ways to be there or not; empty is not written down.
const (
	Present Presence = "present"
	Late    Presence = "late"
	Absent  Presence = "absent"
	Excused Presence = "excused"
)

// Presences are all of them in their order.
var Presences = []Presence{Present, Late, Absent, Excused}

// Mark is what a teacher writes down of a student at a lesson.
type Mark struct {
	Lesson    LessonID
	Enrolment EnrolmentID
	Presence  Presence
	Mark      int // Mark is from 1 to 100; zero is none.
}

// Attendance is how many of the lessons that were held for a student he has attended, and his average mark.
type Attendance struct {
	Held     int
	Attended int
	Mark     int // Mark is zero when he has none.
}

// Share is how many lessons of a hundred he has attended, rounded down; of none it is a hundred.
func (a Attendance) Share() int {
	if a.Held == 0 {
		return 100
	}
	return a.Attended * 100 / a.Held
}

// Attended counts the lessons that were held since a student has come, and those at which he was. Who was excused or late was
// not absent. Marks are averaged and rounded to the nearest. It is a pure function.
func Attended(e Enrolment, lessons []Lesson, marks []Mark) Attendance {
	var a Attendance
	said := make(map[LessonID]Mark, len(marks))
	for _, m := range marks {
		if m.Enrolment == e.ID {
			said[m.Lesson] = m
		}
	}
	sum, n := 0, 0
	for _, l := range lessons {
		m := said[l.ID]
		if m.Mark > 0 {
			sum, n = sum+m.Mark, n+1
		}
		if l.State != LessonHeld || l.Ends.Before(e.From) {
			continue
		}
		a.Held++
		if m.Presence == Present || m.Presence == Late || m.Presence == Excused {
			a.Attended++
		}
	}
	if n > 0 {
		a.Mark = (sum + n/2) / n
	}
	return a
}

// Register is the register of a group.
type Register struct {
	Course       Course
	Cohort       Cohort
	Lessons      []Lesson
	Enrolments   []Enrolment // Enrolments are by name, those that left too.
	Marks        []Mark
	Certificates map[EnrolmentID]Certificate
	Dues         map[EnrolmentID][]Due
}

// teaches gives a group to its teachers and to the staff that keeps the school.
func teaches(tx *db.Tx, id CohortID) (Cohort, error) {
	c, err := GetCohort(tx, id)
	if err != nil {
		return Cohort{}, err
	}
	who := tx.Who()
	if !who.For(string(c.Seller)) {
		return Cohort{}, ErrUnknown.About("%s of %s", id, who.ID)
	}
	if !who.May(ScopeWrite) && (!who.May(ScopeTeach) || !c.Teaches(who.ID)) {
		return Cohort{}, ErrDenied.About("%s does not teach %s", who.ID, id)
	}
	return c, nil
}

// RegisterOf gives the register of a group to its teachers and to the school, in eight statements.
func RegisterOf(tx *db.Tx, id CohortID) (Register, error) {
	c, err := GetCohort(tx, id)
	if err != nil {
		return Register{}, err
	}
	if who := tx.Who(); !who.For(string(c.Seller)) || !who.May(ScopeRead) {
		if c, err = teaches(tx, id); err != nil {
			return Register{}, err
		}
	}
	r := Register{Cohort: c}
	if r.Course, err = Get(tx, c.Course); err != nil {
		return Register{}, err
	}
	if r.Lessons, err = Lessons(tx, id); err != nil {
		return Register{}, err
	}
	rows, err := coursedb.New(tx).OfCohort(tx.Context(), string(id))
	if err != nil {
		return Register{}, err
	}
	if r.Enrolments, err = enrolmentsOf(rows); err != nil {
		return Register{}, err
	}
	ids := make([]EnrolmentID, len(r.Enrolments))
	for i := range r.Enrolments {
		r.Enrolments[i] = r.Enrolments[i].hidden(tx.Who())
		ids[i] = r.Enrolments[i].ID
	}
	if r.Marks, err = marksOf(tx, ids); err != nil {
		return Register{}, err
	}
	if r.Certificates, err = certificatesOf(tx, ids); err != nil {
		return Register{}, err
	}
	r.Dues, err = duesOf(tx, ids)
	return r, err
}

func marksOf(tx *db.Tx, of []EnrolmentID) ([]Mark, error) {
	if len(of) == 0 {
		return nil, nil
	}
	rows, err := coursedb.New(tx).MarksOf(tx.Context(), db.In(of))
	all := make([]Mark, len(rows))
	for i, r := range rows {
		all[i] = Mark{LessonID(r.Lesson), EnrolmentID(r.Enrolment), Presence(r.Presence), int(r.Mark)}
	}
	return all, err
}

// marksMax bounds what is written down at once: a large group, or a page of a grid.
const marksMax = 2000

// Keep writes down who was at the lessons of a group, and the marks; what is written again takes the place of what stood. A
// lesson of which somebody is said to be present, late, absent or excused was held. One that has not begun, or was called off,
// has nobody present.
func Keep(tx *db.Tx, of CohortID, marks []Mark) error {
	c, err := teaches(tx, of)
	if err != nil {
		return err
	}
	lessons, err := Lessons(tx, of)
	if err != nil {
		return err
	}
	rows, err := coursedb.New(tx).OfCohort(tx.Context(), string(of))
	if err != nil {
		return err
	}
	students := make(map[EnrolmentID]bool, len(rows))
	for _, r := range rows {
		students[EnrolmentID(r.ID)] = EnrolmentState(r.State) == Studying || EnrolmentState(r.State) == Done
	}
	var fields []fault.Field
	kept := map[LessonID]bool{}
	for _, m := range marks {
		at := slices.IndexFunc(lessons, func(l Lesson) bool { return l.ID == m.Lesson })
		if wrong, bad := misMarked(m, lessons, at, students); bad {
			fields = append(fields, wrong.At("/marks/"+string(m.Lesson)+"/"+string(m.Enrolment)))
			continue
		}
		if lessons[at].Begins.After(tx.Now()) {
			fields = append(fields, fault.Say("The lesson has not begun yet.").At("/marks/"+string(m.Lesson)))
			continue
		}
		kept[m.Lesson] = kept[m.Lesson] || m.Presence != ""
	}
	if len(marks) > marksMax {
		fields = append(fields, between(0, marksMax).At("/marks"))
	}
	if err := ErrInvalid.Fields(fields...); err != nil {
		return err
	}
	return writeMarks(tx, c, lessons, marks, kept)
}

// misMarked says what is wrong with a mark.
func misMarked(m Mark, lessons []Lesson, at int, students map[EnrolmentID]bool) (fault.Sentence, bool) {
	switch {
	case at < 0 || lessons[at].State == LessonCalledOff:
		return fault.Say("There is no such lesson, or it was called off."), true
	case !students[m.Enrolment]:
		return fault.Say("Nobody of this group is called so."), true
	case m.Presence != "" && !slices.Contains(Presences, m.Presence):
		return fault.Say("Choose one of the values that are offered."), true
	case m.Mark < 0 || m.Mark > 100:
		return between(0, 100), true
	}
	return fault.Sentence{}, false
}

func writeMarks(tx *db.Tx, c Cohort, lessons []Lesson, marks []Mark, kept map[LessonID]bool) error {
	later := coursedb.New(tx.Later())
	for _, m := range marks {
		err := later.Mark(tx.Context(), coursedb.MarkParams{Lesson: string(m.Lesson), Enrolment: string(m.Enrolment), Presence: string(m.Presence),
			Mark: int64(m.Mark), ByUser: tx.Who().ID, At: span.Micros(tx.Now())})
		if err != nil {
			return err
		}
	}
	var held []LessonID
	for _, l := range lessons {
		if !kept[l.ID] {
			continue
		}
		held = append(held, l.ID)
		if err := tx.Emit(RegisterKept{Cohort: c.ID, Lesson: l.ID}); err != nil {
			return err
		}
	}
	if len(held) == 0 {
		return nil
	}
	return later.HoldLessons(tx.Context(), coursedb.HoldLessonsParams{Cohort: string(c.ID), Ids: db.In(held)})
}
