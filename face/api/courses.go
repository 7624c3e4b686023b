package api

import (
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/hold"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountCourses(api *web.API) {
	web.Query(api, "GET /v1/courses", listCourses, web.Public(),
		web.Doc("List what is taught, with the groups that take students.", "Courses"))
	web.Query(api, "GET /v1/courses/{id}", showCourse, web.Public(),
		web.Doc("Show a course with its groups.", "Courses"), web.Faults(course.ErrUnknown))
	web.Command(api, "POST /v1/groups/{id}/enrolments", applyCourse, web.SignedIn(), web.Status(201),
		web.Doc("Ask for a place in a group. The answer is what a basket takes as its chosen answer, once it is offered; the same student asks once.", "Courses"),
		web.Faults(course.ErrUnknown, course.ErrInvalid, course.ErrBuyer, course.ErrClosed, course.ErrFull, course.ErrMany))
	web.Query(api, "GET /v1/me/enrolments", myEnrolments, web.SignedIn(),
		web.Doc("List what the buyer has asked for and has, the newest first.", "Courses"), web.Faults(course.ErrBuyer))
	web.Query(api, "GET /v1/enrolments/{id}", showEnrolment, web.SignedIn(),
		web.Doc("Show an enrolment with its lessons, payments and attendance, and what would be settled if the student left now.", "Courses"), web.Faults(course.ErrUnknown))
	web.Command(api, "POST /v1/enrolments/{id}/departure", leaveCourse, web.SignedIn(),
		web.Doc("Leave a course. The sums are those that were shown to go back and to be owed.", "Courses"),
		web.Faults(course.ErrUnknown, course.ErrDenied, course.ErrState, course.ErrChanged, course.ErrInvalid))
	web.Query(api, "GET /v1/certificates/{number}", showCertificate, web.Public(),
		web.Doc("Check a certificate by its number.", "Courses"), web.Faults(course.ErrNoPaper))
	web.Command(api, "POST /v1/office/courses", addCourse, web.Needs(scopeCoursesWrite), web.Status(201),
		web.Doc("Add a course. What it is sold as is a product of the kind service whose way is course.", "Office: courses"),
		web.Faults(course.ErrInvalid, course.ErrDenied, catalog.ErrUnknown))
	web.Command(api, "POST /v1/office/courses/{id}/groups", openGroup, web.Needs(scopeCoursesWrite), web.Status(201),
		web.Doc("Open a group of a course, with its places and the lessons of its timetable.", "Office: courses"),
		web.Faults(course.ErrUnknown, course.ErrInvalid, course.ErrDenied, hold.ErrSize))
	web.Query(api, "GET /v1/office/applications", listApplications, web.Needs(scopeCoursesRead),
		web.Doc("List who waits for the school to decide, the oldest first.", "Office: courses"), web.Faults(course.ErrDenied))
	web.Command(api, "PUT /v1/office/applications/{id}/decision", decideApplication, web.Needs(scopeCoursesWrite),
		web.Doc("Offer a place, with a scholarship where a share is given, or refuse with a reason.", "Office: courses"),
		web.Faults(course.ErrUnknown, course.ErrDenied, course.ErrChanged, course.ErrState, course.ErrInvalid))
	web.Command(api, "PUT /v1/office/groups/{id}/register", keepRegister, web.Needs(scopeCoursesTeach),
		web.Doc("Write down who was at the lessons of a group, and the marks.", "Office: courses"),
		web.Faults(course.ErrUnknown, course.ErrDenied, course.ErrInvalid))
	web.Command(api, "POST /v1/office/groups/{id}/certificates", certifyGroup, web.Needs(scopeCoursesWrite),
		web.Doc("Give certificates to the students of a group that is over who have attended enough.", "Office: courses"),
		web.Faults(course.ErrUnknown, course.ErrDenied, course.ErrState))
}

// The scopes of courses.
const (
	scopeCoursesRead  = course.ScopeRead
	scopeCoursesWrite = course.ScopeWrite
	scopeCoursesTeach = course.ScopeTeach
)

// cohortView is a group as everybody sees it.
type cohortView struct {
	ID       course.CohortID    `json:"id"`
	Name     text.Localized     `json:"name,omitempty"`
	From     span.Day           `json:"from"`
	To       span.Day           `json:"to" doc:"The last day of lessons."`
	Zone     string             `json:"zone"`
	Slots    []slotView         `json:"timetable"`
	Teachers []string           `json:"teachers"`
	Places   int64              `json:"places"`
	Left     int64              `json:"places_left"`
	Price    money.Money        `json:"price"`
	Until    span.Day           `json:"enrol_until"`
	State    course.CohortState `json:"state" enum:"open,closed,called_off"`
}

// slotView is one lesson in the timetable of a week.
type slotView struct {
	Weekday int    `json:"weekday" minimum:"0" maximum:"6" doc:"0 is Sunday."`
	At      string `json:"at" maxLength:"5" doc:"By the clock of the zone, for example 18:30."`
	Minutes int    `json:"minutes" minimum:"1" maximum:"600"`
}

func viewGroup(c course.Cohort) cohortView {
	v := cohortView{ID: c.ID, Name: c.Name, From: c.Days.From, To: c.Last(), Zone: c.Zone, Places: c.Places, Left: c.Left, Price: c.Price,
		Until: c.EnrolUntil, State: c.State, Slots: make([]slotView, len(c.Slots)), Teachers: make([]string, len(c.Teachers))}
	for i, s := range c.Slots {
		v.Slots[i] = slotView{int(s.Weekday), s.At, s.Minutes}
	}
	for i, x := range c.Teachers {
		v.Teachers[i] = x.Name
	}
	return v
}

// courseView is a course as everybody sees it.
type courseView struct {
	ID        course.ID         `json:"id"`
	Product   catalog.ProductID `json:"product_id"`
	Variant   catalog.VariantID `json:"variant_id"`
	Name      text.Localized    `json:"name"`
	About     text.Localized    `json:"about,omitempty"`
	Programme text.Localized    `json:"programme,omitempty"`
	Approval  bool              `json:"approval"`
	AgeLeast  int               `json:"age_least,omitempty"`
	AgeMost   int               `json:"age_most,omitempty"`
	Groups    []cohortView      `json:"groups"`
}

func viewCourse(c course.Course, all []course.Cohort) courseView {
	v := courseView{ID: c.ID, Product: c.Product, Variant: c.Variant, Name: c.Name, About: c.About, Programme: c.Programme, Approval: c.Approval,
		AgeLeast: c.AgeLeast, AgeMost: c.AgeMost, Groups: []cohortView{}}
	for _, g := range all {
		if g.Course == c.ID {
			v.Groups = append(v.Groups, viewGroup(g))
		}
	}
	return v
}

type coursesAsk struct {
	Cursor course.ID `query:"cursor" maxLength:"60" doc:"Where the page before ended."`
	Limit  int       `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most."`
}

func listCourses(tx *db.Tx, in coursesAsk) (web.List[courseView], error) {
	all, next, err := course.Shown(tx, in.Cursor, in.Limit)
	if err != nil {
		return web.List[courseView]{}, err
	}
	ids := make([]course.ID, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	groups, err := course.Cohorts(tx, ids)
	page := web.List[courseView]{Items: make([]courseView, len(all)), Next: string(next)}
	for i, c := range all {
		page.Items[i] = viewCourse(c, groups)
	}
	return page, err
}

type courseNamed struct {
	ID course.ID `path:"id" maxLength:"60" doc:"The course."`
}

func showCourse(tx *db.Tx, in courseNamed) (courseView, error) {
	c, err := course.Get(tx, in.ID)
	if err == nil && c.State == course.StateDraft && !tx.Who().For(string(c.Seller)) {
		err = course.ErrUnknown.About("%s is a draft", c.ID)
	}
	if err != nil {
		return courseView{}, err
	}
	groups, err := course.Cohorts(tx, []course.ID{c.ID})
	return viewCourse(c, groups), err
}

// enrolmentView is an enrolment as its buyer and the school see it.
type enrolmentView struct {
	ID      course.EnrolmentID    `json:"id" doc:"What a basket takes as its chosen answer once it is offered."`
	Course  course.ID             `json:"course_id"`
	Group   course.CohortID       `json:"group_id"`
	Student string                `json:"student"`
	State   course.EnrolmentState `json:"state" enum:"applied,offered,refused,ordered,studying,finished,left,lapsed"`
	Reason  string                `json:"reason,omitempty"`
	Price   money.Money           `json:"price" doc:"A scholarship is taken off."`
	Share   money.Rate            `json:"scholarship,omitempty" doc:"In parts per million."`
	Order   string                `json:"order_id,omitempty"`
	Answers map[string]string     `json:"answers,omitempty"`
	Parent  string                `json:"parent,omitempty"`
	Version int64                 `json:"version"`
}

func viewEnrolment(e course.Enrolment) enrolmentView {
	return enrolmentView{e.ID, e.Course, e.Cohort, e.Student, e.State, e.Reason, e.Price, e.Share, e.Order, e.Answers, e.Parent.Name, e.Version}
}

func viewEnrolments(all []course.Enrolment, next course.EnrolmentID) web.List[enrolmentView] {
	page := web.List[enrolmentView]{Items: make([]enrolmentView, len(all)), Next: string(next)}
	for i, e := range all {
		page.Items[i] = viewEnrolment(e)
	}
	return page
}

type courseApplied struct {
	ID      course.CohortID   `path:"id" maxLength:"60" doc:"The group."`
	Student string            `json:"student" maxLength:"200"`
	Birth   span.Day          `json:"birth" doc:"The day of birth."`
	Number  string            `json:"number,omitempty" maxLength:"60" doc:"What the school calls the student."`
	Answers map[string]string `json:"answers,omitempty" maxProperties:"20"`
	Parent  string            `json:"parent,omitempty" maxLength:"200" doc:"Who agrees for a minor."`
	IIN     string            `json:"iin,omitempty" maxLength:"14" doc:"The number of the parent."`
	Agrees  bool              `json:"agrees" doc:"The terms are agreed to."`
}

func applyCourse(tx *db.Tx, in courseApplied) (enrolmentView, error) {
	e, err := course.Apply(tx, in.ID, course.Application{Student: in.Student, Birth: in.Birth, Number: in.Number, Answers: in.Answers,
		Parent: in.Parent, IIN: in.IIN, Agrees: in.Agrees, Lang: web.Lang(tx.Context())})
	return viewEnrolment(e), err
}

type enrolmentsAsk struct {
	Cursor course.EnrolmentID `query:"cursor" maxLength:"60" doc:"Where the page before ended."`
	Limit  int                `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most."`
}

func myEnrolments(tx *db.Tx, in enrolmentsAsk) (web.List[enrolmentView], error) {
	all, next, err := course.MyEnrolments(tx, in.Cursor, in.Limit)
	return viewEnrolments(all, next), err
}

func listApplications(tx *db.Tx, in enrolmentsAsk) (web.List[enrolmentView], error) {
	all, next, err := course.Applications(tx, sellerOf(tx), in.Cursor, in.Limit)
	return viewEnrolments(all, next), err
}

type enrolmentNamed struct {
	ID course.EnrolmentID `path:"id" maxLength:"60" doc:"The enrolment."`
}

// lessonView is a lesson with what was written down of the student.
type lessonView struct {
	ID       course.LessonID    `json:"id"`
	Number   int                `json:"number"`
	Begins   time.Time          `json:"begins"`
	Ends     time.Time          `json:"ends"`
	Topic    text.Localized     `json:"topic,omitempty"`
	State    course.LessonState `json:"state" enum:"planned,held,called_off"`
	Presence course.Presence    `json:"presence,omitempty" enum:"present,late,absent,excused"`
	Mark     int                `json:"mark,omitempty"`
}

// dueView is a payment of a plan.
type dueView struct {
	ID     course.DueID    `json:"id" doc:"What a basket takes as its chosen answer while it is open."`
	Day    span.Day        `json:"day"`
	Amount money.Money     `json:"amount"`
	State  course.DueState `json:"state" enum:"open,ordered,paid,waived"`
}

// studyView is all that a student has of a course.
type studyView struct {
	enrolmentView
	Until       *time.Time   `json:"access_until,omitempty"`
	Lessons     []lessonView `json:"lessons"`
	Dues        []dueView    `json:"payments"`
	Held        int          `json:"lessons_held"`
	Attended    int          `json:"lessons_attended"`
	Certificate string       `json:"certificate,omitempty"`
	Back        *money.Money `json:"goes_back,omitempty" doc:"What would go back if the student left now."`
	Owed        *money.Money `json:"owed,omitempty" doc:"What would be owed if the student left now: lessons that were held and are not paid yet."`
}

func showEnrolment(tx *db.Tx, in enrolmentNamed) (studyView, error) {
	s, err := course.Studies(tx, in.ID)
	if err != nil {
		return studyView{}, err
	}
	v := studyView{enrolmentView: viewEnrolment(s.Enrolment), Lessons: make([]lessonView, len(s.Lessons)), Dues: make([]dueView, len(s.Dues)),
		Held: s.Attendance.Held, Attended: s.Attendance.Attended, Certificate: s.Certificate.Number}
	if !s.Enrolment.Until.IsZero() {
		v.Until = &s.Enrolment.Until
	}
	said := map[course.LessonID]course.Mark{}
	for _, m := range s.Marks {
		said[m.Lesson] = m
	}
	for i, l := range s.Lessons {
		v.Lessons[i] = lessonView{l.ID, l.Number, l.Begins, l.Ends, l.Topic, l.State, said[l.ID].Presence, said[l.ID].Mark}
	}
	for i, d := range s.Dues {
		v.Dues[i] = dueView{d.ID, d.Day, d.Amount, d.State}
	}
	if s.Enrolment.State == course.Studying {
		p, err := course.Leaving(tx, in.ID)
		if err != nil {
			return v, err
		}
		v.Back, v.Owed = &p.Back, &p.Owed
	}
	return v, nil
}

type courseLeft struct {
	ID     course.EnrolmentID `path:"id" maxLength:"60" doc:"The enrolment."`
	Back   money.Money        `json:"goes_back" doc:"The sum that was shown to go back."`
	Owed   money.Money        `json:"owed,omitzero" doc:"The sum that was shown to be owed; absent for none."`
	Reason string             `json:"reason,omitempty" maxLength:"300"`
}

// partingView is what was settled.
type partingView struct {
	Held   int         `json:"lessons_held"`
	All    int         `json:"lessons"`
	Earned money.Money `json:"kept"`
	Paid   money.Money `json:"paid"`
	Back   money.Money `json:"goes_back"`
	Owed   money.Money `json:"owed"`
}

func leaveCourse(tx *db.Tx, in courseLeft) (partingView, error) {
	p, err := course.Leave(tx, in.ID, money.Of(in.Back.Minor-in.Owed.Minor, in.Back.Currency), in.Reason)
	return partingView{p.Held, p.All, p.Earned, p.Paid, p.Back, p.Owed}, err
}

type certificateNamed struct {
	Number string `path:"number" maxLength:"40" doc:"The number on the paper."`
}

// certificateView is what a certificate says.
type certificateView struct {
	Number  string         `json:"number"`
	Valid   bool           `json:"valid"`
	Student string         `json:"student"`
	Course  text.Localized `json:"course"`
	From    span.Day       `json:"from"`
	To      span.Day       `json:"to"`
	Minutes int            `json:"minutes"`
	Issued  time.Time      `json:"issued"`
}

func showCertificate(tx *db.Tx, in certificateNamed) (certificateView, error) {
	c, err := course.Check(tx, in.Number)
	return certificateView{c.Number, c.Withdrawn.IsZero() && c.Number != "", c.Student, c.Name, c.From, c.To, c.Minutes, c.Issued}, err
}
