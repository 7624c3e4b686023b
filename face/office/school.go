package office

import (
	"net/url"
	"strconv"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/course"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountSchool(site *web.Site) {
	web.Page(site, "GET /office/groups", f.groups, web.Needs(ScopeCoursesTeach))
	web.Page(site, "GET /office/groups/{id}/plan", f.groupPlan, web.Needs(ScopeCoursesWrite))
	web.Form(site, "POST /office/groups/{id}/plan", f.rearrange, web.Needs(ScopeCoursesWrite))
	web.Form(site, "POST /office/groups/{id}/off", f.endGroup, web.Needs(ScopeCoursesWrite))
	web.Form(site, "POST /office/groups/{id}/lessons/{lesson}", f.changeLesson, web.Needs(ScopeCoursesWrite))
	web.Page(site, "GET /office/students/{id}", f.student, web.Needs(ScopeCoursesRead))
	web.Form(site, "POST /office/students/{id}/scholarship", f.grantShare, web.Needs(ScopeCoursesWrite))
	web.Form(site, "POST /office/students/{id}/number", f.numberStudent, web.Needs(ScopeCoursesWrite))
	web.Form(site, "POST /office/students/{id}/leave", f.leaveStudent, web.Needs(ScopeCoursesWrite))
	web.Form(site, "POST /office/students/{id}/certificate", f.withdrawPaper, web.Needs(ScopeCoursesWrite))
}

// groupsView is the groups that are taught now.
type groupsView struct {
	Groups  []course.Cohort
	Courses map[course.ID]course.Course
}

// groups lists the groups that are taught now: to a teacher his own ones. It takes three statements.
func (f face) groups(tx *db.Tx, _ struct{}) (web.View, error) {
	var v groupsView
	var err error
	if v.Groups, err = course.Running(tx, sellerOf(tx)); err != nil {
		return nil, err
	}
	ids := make([]course.ID, len(v.Groups))
	for i, g := range v.Groups {
		ids[i] = g.Course
	}
	v.Courses, err = course.Some(tx, ids)
	return groupsPage(f.page("groups", t(tx.Context(), "nav.groups")), v), err
}

// planView is what a group is, with its lessons, as it is changed.
type planView struct {
	form
	Course  course.Course
	Cohort  course.Cohort
	Lessons []course.Lesson
	Staff   []identity.User // Staff are who may keep a register.
	Now     time.Time
}

// groupPlan shows what a group is and its lessons, to be changed.
func (f face) groupPlan(tx *db.Tx, in groupNamed) (web.View, error) {
	v, err := loadPlan(tx, in.ID)
	return planPage(f.page("groups", v.Course.Name.In(lang(tx.Context()))), v), err
}

func loadPlan(tx *db.Tx, id course.CohortID) (planView, error) {
	v := planView{form: form{Values: url.Values{}}, Now: tx.Now()}
	r, err := course.RegisterOf(tx, id)
	if err != nil {
		return v, err
	}
	v.Course, v.Cohort, v.Lessons = r.Course, r.Cohort, r.Lessons
	v.Staff, err = staffOf(tx, string(v.Cohort.Seller))
	c := v.Cohort
	for l, said := range c.Name {
		v.Values.Set("name_"+l, said)
	}
	for i, x := range c.Teachers {
		v.Values.Set("teacher_"+strconv.Itoa(i), x.Name)
		v.Values.Set("user_"+strconv.Itoa(i), x.User)
	}
	v.Values.Set("room", c.Room)
	v.Values.Set("places", number(c.Places))
	v.Values.Set("price", c.Price.Decimal())
	v.Values.Set("enrol_until", c.EnrolUntil.String())
	v.Values.Set("state", string(c.State))
	return v, err
}

type groupTyped struct {
	web.Typed
	ID      course.CohortID `path:"id" maxLength:"60"`
	Version int64           `json:"version"`
}

// rearrange writes down what was typed of a group.
func (f face) rearrange(tx *db.Tx, in groupTyped) (web.Then, error) {
	d := readGroup(f, in.Values)
	d.State = course.CohortState(in.Values.Get("state"))
	_, err := course.Rearrange(tx, in.ID, in.Version, d)
	return f.planned(tx, in, err)
}

// planned leads back to a group that was changed, or shows what was typed with what is wrong with it.
func (f face) planned(tx *db.Tx, in groupTyped, err error) (web.Then, error) {
	if err == nil {
		return see("groups/"+string(in.ID)+"/plan", "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	v, bad := loadPlan(tx, in.ID)
	if bad != nil {
		return web.Then{}, bad
	}
	ctx := tx.Context()
	if in.Values.Has("places") {
		if fault.Of(err) == course.ErrChanged {
			v.form.Now = v.Values
		}
		v.Values = in.Values
	}
	v.note(ctx, err, fieldOf)
	p := f.page("groups", v.Course.Name.In(lang(ctx)))
	p.Wrong = i18n.Fault(lang(ctx), err)
	return web.Again(planPage(p, v)), nil
}

// fieldOf is what the field of a form is called of which a verb says something.
func fieldOf(pointer string) string { return pointer[1:] }

// endGroup ends a group for good.
func (f face) endGroup(tx *db.Tx, in groupTyped) (web.Then, error) {
	_, err := course.CallOff(tx, in.ID, in.Version, in.Values.Get("reason"))
	return f.planned(tx, in, err)
}

type lessonTyped struct {
	groupTyped
	Lesson course.LessonID `path:"lesson" maxLength:"60"`
}

// changeLesson moves a lesson, names what it is about or calls it off. Its time is by the clock of the group.
func (f face) changeLesson(tx *db.Tx, in lessonTyped) (web.Then, error) {
	c, err := course.GetCohort(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	zone, err := span.ZoneOf(c.Zone)
	if err != nil {
		return web.Then{}, err
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", in.Values.Get("at"), zone)
	if err != nil {
		return f.planned(tx, in.groupTyped, course.ErrInvalid)
	}
	minutes, _ := strconv.Atoi(clean(in.Values.Get("minutes"))) // What is no number is refused as none.
	_, err = course.ChangeLesson(tx, in.ID, in.Lesson, course.LessonDraft{
		Begins: at, Minutes: minutes, CallOff: in.Values.Get("off") != "", Topic: readLocalized(in.Values, "topic"),
	})
	return f.planned(tx, in.groupTyped, err)
}

// lessonAt writes when a lesson is as a field of a form takes it.
func lessonAt(c course.Cohort, at time.Time) string {
	zone, err := span.ZoneOf(c.Zone)
	if err != nil {
		zone = span.Almaty
	}
	return at.In(zone).Format("2006-01-02T15:04")
}
