package course

import (
	"slices"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/course/coursedb"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
)

// listMax bounds a page of a list.
const listMax = 100

// coursesOf makes courses of rows.
func coursesOf(rows []coursedb.Course) ([]Course, error) {
	all := make([]Course, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = courseOf(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Some gives courses by their ids, in one statement; it looks at nobody's rights.
func Some(tx *db.Tx, ids []ID) (map[ID]Course, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := coursedb.New(tx).Courses(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	all, err := coursesOf(rows)
	found := make(map[ID]Course, len(all))
	for _, c := range all {
		found[c.ID] = c
	}
	return found, err
}

// Get gives a course, whatever its state is; it looks at nobody's rights.
func Get(tx *db.Tx, id ID) (Course, error) {
	found, err := Some(tx, []ID{id})
	if err != nil {
		return Course{}, err
	}
	c, known := found[id]
	if !known {
		return Course{}, ErrUnknown.About("%.60s", string(id))
	}
	return c, nil
}

// mine gives a course to the staff of its school who may do this.
func mine(tx *db.Tx, id ID, scope string) (Course, error) {
	c, err := Get(tx, id)
	if err != nil {
		return Course{}, err
	}
	return c, works(tx.Who(), c.Seller, scope)
}

// Mine gives a course to the staff of its school.
func Mine(tx *db.Tx, id ID) (Course, error) { return mine(tx, id, ScopeRead) }

// Shown gives the courses that everybody sees, a page at a time: those after one, at most limit. An empty id begins.
func Shown(tx *db.Tx, after ID, limit int) ([]Course, ID, error) {
	limit = min(max(limit, 1), listMax)
	rows, err := coursedb.New(tx).ShownCourses(tx.Context(), coursedb.ShownCoursesParams{After: string(after), Page: int64(limit + 1)})
	if err != nil {
		return nil, "", err
	}
	return page(rows, limit)
}

// Of gives the courses of a school to its staff, as Shown does.
func Of(tx *db.Tx, of seller.ID, after ID, limit int) ([]Course, ID, error) {
	who := tx.Who()
	if !who.For(string(of)) || !who.May(ScopeRead) && !who.May(ScopeTeach) {
		return nil, "", ErrDenied.About("%s looks at %s", who.ID, of)
	}
	limit = min(max(limit, 1), listMax)
	rows, err := coursedb.New(tx).CoursesOf(tx.Context(), coursedb.CoursesOfParams{Seller: string(of), After: string(after), Page: int64(limit + 1)})
	if err != nil {
		return nil, "", err
	}
	return page(rows, limit)
}

func page(rows []coursedb.Course, limit int) ([]Course, ID, error) {
	var next ID
	if len(rows) > limit {
		rows = rows[:limit]
		next = ID(rows[limit-1].ID)
	}
	all, err := coursesOf(rows)
	return all, next, err
}

// ByProduct gives the course that a product of the shelf is; it looks at nobody's rights.
func ByProduct(tx *db.Tx, product catalog.ProductID) (Course, error) {
	rows, err := coursedb.New(tx).CoursesOfProducts(tx.Context(), db.In([]catalog.ProductID{product}))
	if err != nil {
		return Course{}, err
	}
	if len(rows) == 0 || product == "" {
		return Course{}, ErrUnknown.About("%.60s", string(product))
	}
	return courseOf(rows[0])
}

// Cohorts gives the groups of courses by their first day, with the places that are left, in two statements.
func Cohorts(tx *db.Tx, of []ID) ([]Cohort, error) {
	if len(of) == 0 {
		return nil, nil
	}
	rows, err := coursedb.New(tx).CohortsOf(tx.Context(), db.In(of))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return counted(tx, rows)
}

// counted makes groups of rows, with the places that are left.
func counted(tx *db.Tx, rows []coursedb.CourseCohort) ([]Cohort, error) {
	all, keys := make([]Cohort, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = cohortOf(r); err != nil {
			return nil, err
		}
		keys[i] = PlacesKey(all[i].ID)
	}
	left, err := hold.Left(tx, keys)
	for i := range all {
		all[i].Left = max(0, left[keys[i]])
	}
	return all, err
}

// Running gives the groups of a school whose last lesson is not over for two weeks, by their first day, with the places that are left: to
// whoever keeps the school all of them, to a teacher his own ones. A school has at most five hundred at a time.
func Running(tx *db.Tx, of seller.ID) ([]Cohort, error) {
	who := tx.Who()
	if !who.For(string(of)) || !who.May(ScopeRead) && !who.May(ScopeTeach) {
		return nil, ErrDenied.About("%s looks at %s", who.ID, of)
	}
	since := tx.Now().Add(-registerTime)
	rows, err := coursedb.New(tx).RunningCohorts(tx.Context(), coursedb.RunningCohortsParams{Seller: string(of), Since: span.Micros(since), Page: runningMax})
	if err != nil {
		return nil, err
	}
	all, err := counted(tx, rows)
	if !who.May(ScopeRead) {
		all = slices.DeleteFunc(all, func(c Cohort) bool { return !c.Teaches(who.ID) })
	}
	return all, err
}

const (
	runningMax   = 500
	registerTime = 14 * 24 * time.Hour // registerTime is how long after its last lesson a group is still listed, for who keeps its register.
)

// SomeCohorts gives groups by their ids, in one statement, without the places that are left.
func SomeCohorts(tx *db.Tx, ids []CohortID) (map[CohortID]Cohort, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := coursedb.New(tx).Cohorts(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	found := make(map[CohortID]Cohort, len(rows))
	for _, r := range rows {
		c, err := cohortOf(r)
		if err != nil {
			return nil, err
		}
		found[c.ID] = c
	}
	return found, nil
}

// GetCohort gives a group with the places that are left, in two statements; it looks at nobody's rights.
func GetCohort(tx *db.Tx, id CohortID) (Cohort, error) {
	rows, err := coursedb.New(tx).Cohorts(tx.Context(), db.In([]CohortID{id}))
	if err != nil {
		return Cohort{}, err
	}
	if len(rows) == 0 {
		return Cohort{}, ErrUnknown.About("%.60s", string(id))
	}
	all, err := counted(tx, rows)
	if err != nil {
		return Cohort{}, err
	}
	return all[0], nil
}

// mineCohort gives a group to the staff of its school who may do this.
func mineCohort(tx *db.Tx, id CohortID, scope string) (Cohort, error) {
	found, err := SomeCohorts(tx, []CohortID{id})
	if err != nil {
		return Cohort{}, err
	}
	c, known := found[id]
	if !known {
		return Cohort{}, ErrUnknown.About("%.60s", string(id))
	}
	return c, works(tx.Who(), c.Seller, scope)
}

// Lessons gives the lessons of a group in their order.
func Lessons(tx *db.Tx, of CohortID) ([]Lesson, error) {
	all, err := lessonsOf(tx, []CohortID{of})
	return all[of], err
}

// lessonsOf gives the lessons of groups, in one statement.
func lessonsOf(tx *db.Tx, of []CohortID) (map[CohortID][]Lesson, error) {
	if len(of) == 0 {
		return nil, nil
	}
	rows, err := coursedb.New(tx).LessonsOf(tx.Context(), db.In(of))
	if err != nil {
		return nil, err
	}
	all := make(map[CohortID][]Lesson, len(of))
	for _, r := range rows {
		l, err := lessonOf(r)
		if err != nil {
			return nil, err
		}
		all[l.Cohort] = append(all[l.Cohort], l)
	}
	return all, nil
}

// Seat is a place in a group and whose claim in core/hold keeps it.
type Seat struct{ Owner, Key string }

// Seated says of the groups whose pools are among some keys how many places each claim keeps for students who have begun: their
// orders are done on the day on which they are paid, and their places stay taken. Keys of other things are passed over.
func Seated(tx *db.Tx, keys []string) (map[Seat]int64, error) {
	var cohorts []CohortID
	for _, key := range keys {
		if id, ok := strings.CutPrefix(key, placePrefix); ok {
			cohorts = append(cohorts, CohortID(id))
		}
	}
	seated := make(map[Seat]int64)
	if len(cohorts) == 0 {
		return seated, nil
	}
	rows, err := coursedb.New(tx).Seated(tx.Context(), db.In(cohorts))
	for _, r := range rows {
		seated[Seat{r.Owner, PlacesKey(CohortID(r.Cohort))}] = r.Places
	}
	return seated, err
}
