package office

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/core/course"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountCourses(site *web.Site) {
	web.Page(site, "GET /office/courses", f.courses, web.Needs(ScopeCoursesRead))
	web.Page(site, "GET /office/courses/{id}", f.course, web.Needs(ScopeCoursesRead))
	web.Upload(site, "POST /office/courses/{id}/materials", f.keepMaterial, f.addMaterial, web.Needs(ScopeCoursesWrite),
		web.BodyMax(course.BytesMax+1<<20), web.Time(soldTime))
	web.Form(site, "POST /office/courses/{id}/materials/{material}/drop", f.dropMaterial, web.Needs(ScopeCoursesWrite))
	web.Page(site, "GET /office/applications", f.waiting, web.Needs(ScopeCoursesRead))
	web.Form(site, "POST /office/applications/{id}", f.decideApplication, web.Needs(ScopeCoursesWrite))
	web.Page(site, "GET /office/groups/{id}", f.register, web.Needs(ScopeCoursesTeach))
	web.Form(site, "POST /office/groups/{id}", f.keepRegister, web.Needs(ScopeCoursesTeach))
	web.Form(site, "POST /office/groups/{id}/certificates", f.certify, web.Needs(ScopeCoursesWrite))
}

type coursesAsk struct {
	After course.ID `query:"after" maxLength:"60"`
}

// coursesView is a page of the courses of a school with their groups.
type coursesView struct {
	Courses []course.Course
	Cohorts map[course.ID][]course.Cohort
	Next    course.ID
	Waiting int // Waiting is how many applications the first page of them has.
	More    bool
}

// courses lists the courses of the actor's school, in four statements.
func (f face) courses(tx *db.Tx, in coursesAsk) (web.View, error) {
	var v coursesView
	var err error
	if v.Courses, v.Next, err = course.Of(tx, sellerOf(tx), in.After, listed); err != nil {
		return nil, err
	}
	ids := make([]course.ID, len(v.Courses))
	for i, c := range v.Courses {
		ids[i] = c.ID
	}
	cohorts, err := course.Cohorts(tx, ids)
	if err != nil {
		return nil, err
	}
	v.Cohorts = map[course.ID][]course.Cohort{}
	for _, c := range cohorts {
		v.Cohorts[c.Course] = append(v.Cohorts[c.Course], c)
	}
	waiting, next, err := course.Applications(tx, sellerOf(tx), "", listed)
	v.Waiting, v.More = len(waiting), next != ""
	return coursesPage(f.page("courses", t(tx.Context(), "nav.courses")), v), err
}

type courseNamed struct {
	ID course.ID `path:"id" maxLength:"60"`
}

type materialNamed struct {
	courseNamed
	Material course.MaterialID `path:"material" maxLength:"60"`
}

// courseView is one course with its materials.
type courseView struct {
	Course    course.Course
	Cohorts   []course.Cohort
	Materials []course.Material
}

// course shows one course with its groups and materials, in five statements.
func (f face) course(tx *db.Tx, in courseNamed) (web.View, error) {
	var v courseView
	var err error
	if v.Course, err = course.Mine(tx, in.ID); err != nil {
		return nil, err
	}
	if v.Cohorts, err = course.Cohorts(tx, []course.ID{in.ID}); err != nil {
		return nil, err
	}
	v.Materials, err = course.MaterialsOf(tx, in.ID)
	return coursePage(f.page("courses", v.Course.Name.In(lang(tx.Context()))), v), err
}

type materialForm struct {
	web.Typed
	ID   course.ID `path:"id" maxLength:"60"`
	File web.Files `json:"file"`
}

// keepMaterial keeps a file of which nobody knows before addMaterial.
func (f face) keepMaterial(ctx context.Context, in materialForm) (course.Kept, error) {
	if len(in.File) == 0 {
		return course.Kept{}, course.ErrInvalid
	}
	r, err := in.File[0].Open()
	if err != nil {
		return course.Kept{}, err
	}
	defer r.Close() //nolint:errcheck // It was only read.
	return f.Taught.Keep(ctx, in.ID, course.Brought{Body: r, Size: in.File[0].Size, Name: in.File[0].Name})
}

// addMaterial offers a file to the students of a course.
func (f face) addMaterial(tx *db.Tx, in materialForm, kept course.Kept) (web.Then, error) {
	lesson, err := strconv.Atoi(strings.TrimSpace(in.Values.Get("lesson")))
	if err != nil {
		lesson = 0
	}
	_, err = course.AddMaterial(tx, in.ID, lesson, kept)
	return see("courses/"+string(in.ID), "saved"), err
}

func (f face) dropMaterial(tx *db.Tx, in materialNamed) (web.Then, error) {
	err := course.DropMaterial(tx, in.ID, in.Material)
	if errors.Is(err, course.ErrUnknown) { // It is gone already.
		_, err = course.Mine(tx, in.ID)
	}
	return see("courses/"+string(in.ID), "saved"), err
}

type applicationsAsk struct {
	After course.EnrolmentID `query:"after" maxLength:"60"`
}

// applicationsView is a page of those who wait for the school to decide.
type applicationsView struct {
	Waiting []course.Enrolment
	Courses map[course.ID]course.Course
	Cohorts map[course.CohortID]course.Cohort
	After   course.EnrolmentID
	Next    course.EnrolmentID
	Today   span.Day
}

// waiting lists who waits for the school to decide, in three statements.
func (f face) waiting(tx *db.Tx, in applicationsAsk) (web.View, error) {
	v, err := loadApplications(tx, in.After)
	return waitingPage(f.page("courses", t(tx.Context(), "courses.applications")), v), err
}

func loadApplications(tx *db.Tx, after course.EnrolmentID) (applicationsView, error) {
	v := applicationsView{After: after, Today: span.DayOf(tx.Now(), span.Almaty)}
	var err error
	if v.Waiting, v.Next, err = course.Applications(tx, sellerOf(tx), after, listed); err != nil {
		return v, err
	}
	v.Courses, v.Cohorts, err = course.Around(tx, v.Waiting)
	return v, err
}

type applicationDecided struct {
	ID      course.EnrolmentID `path:"id" maxLength:"60"`
	Version int64              `json:"version"`
	Act     string             `json:"act" enum:"offer,refuse"`
	Reason  string             `json:"reason,omitempty" maxLength:"1000"`
}

// decideApplication offers a place or has none.
func (f face) decideApplication(tx *db.Tx, in applicationDecided) (web.Then, error) {
	var err error
	if in.Act == "offer" {
		_, err = course.Offer(tx, in.ID, in.Version)
	} else {
		_, err = course.Refuse(tx, in.ID, in.Version, in.Reason)
	}
	if err == nil {
		return see("applications", "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	v, bad := loadApplications(tx, "")
	p := f.page("courses", t(tx.Context(), "courses.applications"))
	p.Wrong = i18n.Fault(lang(tx.Context()), err)
	return web.Again(waitingPage(p, v)), bad
}

// lessonsShown is how many lessons a page of the register has.
const lessonsShown = 8

type registerAsk struct {
	ID   course.CohortID `path:"id" maxLength:"60"`
	From int             `query:"from" minimum:"0" maximum:"1000"`
}

// registerView is a page of the register of a group: some of its lessons, and all its students.
type registerView struct {
	course.Register
	Others []course.Enrolment // Others are those who may still come, and those who do not come any more.
	Shown  []course.Lesson    // Shown are the lessons of this page.
	From   int                // From is the number of the first.
	Marks  map[course.LessonID]map[course.EnrolmentID]course.Mark
	Now    time.Time
}

// register shows the register of a group around the lesson that is next, in eight statements.
func (f face) register(tx *db.Tx, in registerAsk) (web.View, error) {
	v, err := loadRegister(tx, in)
	if err != nil {
		return nil, err
	}
	return registerPage(f.page("courses", v.Course.Name.In(lang(tx.Context()))), v), nil
}

func loadRegister(tx *db.Tx, in registerAsk) (registerView, error) {
	v := registerView{Now: tx.Now(), Marks: map[course.LessonID]map[course.EnrolmentID]course.Mark{}}
	var err error
	if v.Register, err = course.RegisterOf(tx, in.ID); err != nil {
		return v, err
	}
	for _, m := range v.Register.Marks {
		if v.Marks[m.Lesson] == nil {
			v.Marks[m.Lesson] = map[course.EnrolmentID]course.Mark{}
		}
		v.Marks[m.Lesson][m.Enrolment] = m
	}
	v.From = in.From
	if v.From == 0 {
		begun := 0
		for _, l := range v.Lessons {
			if !l.Begins.After(v.Now) {
				begun++
			}
		}
		v.From = max(1, begun-lessonsShown+2)
	}
	v.From = min(v.From, max(1, len(v.Lessons)))
	v.Shown = v.Lessons[v.From-1 : min(len(v.Lessons), v.From-1+lessonsShown)]
	var here []course.Enrolment
	for _, e := range v.Enrolments {
		if e.State == course.InOrder || e.State == course.Studying || e.State == course.Done {
			here = append(here, e)
		} else {
			v.Others = append(v.Others, e)
		}
	}
	v.Enrolments = here
	return v, nil
}

// teacherNames names the teachers of a group.
func teacherNames(c course.Cohort) string {
	names := make([]string, len(c.Teachers))
	for i, x := range c.Teachers {
		names[i] = x.Name
	}
	return strings.Join(names, ", ")
}

// attendance is what one student has attended.
func (v registerView) attendance(e course.Enrolment) course.Attendance {
	return course.Attended(e, v.Lessons, v.Register.Marks)
}

// owes tells whether a payment of a student is late.
func (v registerView) owes(e course.Enrolment) bool {
	today := span.DayOf(v.Now, span.Almaty)
	return slices.ContainsFunc(v.Dues[e.ID], func(d course.Due) bool { return d.Late(today) > 0 })
}

// open tells whether a lesson can be written down.
func (v registerView) open(l course.Lesson) bool {
	return l.State != course.LessonCalledOff && !l.Begins.After(v.Now)
}

type registerTyped struct {
	web.Typed
	ID   course.CohortID `path:"id" maxLength:"60"`
	From int             `json:"from" minimum:"0" maximum:"1000"`
}

// keepRegister writes down a page of the register: fields are called p.LESSON.ENROLMENT and m.LESSON.ENROLMENT.
func (f face) keepRegister(tx *db.Tx, in registerTyped) (web.Then, error) {
	var marks []course.Mark
	for name := range in.Values {
		rest, ok := strings.CutPrefix(name, "p.")
		if !ok {
			continue
		}
		lesson, enrolment, _ := strings.Cut(rest, ".")
		m := course.Mark{Lesson: course.LessonID(lesson), Enrolment: course.EnrolmentID(enrolment), Presence: course.Presence(in.Values.Get(name))}
		if said := strings.TrimSpace(in.Values.Get("m." + rest)); said != "" {
			n, err := strconv.Atoi(said)
			if err != nil {
				n = -1 // It is refused as any other mark that is none.
			}
			m.Mark = n
		}
		marks = append(marks, m)
	}
	err := course.Keep(tx, in.ID, marks)
	if err == nil {
		return see("groups/"+string(in.ID)+"?from="+strconv.Itoa(in.From), "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	v, bad := loadRegister(tx, registerAsk{ID: in.ID, From: in.From})
	if bad != nil {
		return web.Then{}, bad
	}
	for _, m := range marks { // What was typed stays.
		if v.Marks[m.Lesson] == nil {
			v.Marks[m.Lesson] = map[course.EnrolmentID]course.Mark{}
		}
		v.Marks[m.Lesson][m.Enrolment] = m
	}
	p := f.page("courses", v.Course.Name.In(lang(tx.Context())))
	p.Wrong = i18n.Fault(lang(tx.Context()), err)
	return web.Again(registerPage(p, v)), nil
}

type groupNamed struct {
	ID course.CohortID `path:"id" maxLength:"60"`
}

// certify gives certificates to those who have attended enough, once all lessons are over.
func (f face) certify(tx *db.Tx, in groupNamed) (web.Then, error) {
	_, err := course.Certify(tx, in.ID)
	return see("groups/"+string(in.ID), "saved"), err
}

// lessonDay writes when a lesson is, by the clock of its group.
func lessonDay(c course.Cohort, at time.Time) string {
	zone, err := span.ZoneOf(c.Zone)
	if err != nil {
		zone = span.Almaty
	}
	return at.In(zone).Format("02.01 15:04")
}
