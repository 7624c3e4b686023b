package shop

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/waitlist"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f *face) mountCourses(site *web.Site, server *web.Server) {
	web.Page(site, "GET /courses", f.courses, web.Public())
	web.Page(site, "GET /course/{id}", f.courseShown, web.Public())
	web.Page(site, "GET /course/{id}/{cohort}", f.enrolForm, web.SignedIn())
	web.Form(site, "POST /course/{id}/{cohort}", f.apply, web.SignedIn())
	web.Page(site, "GET /account/courses", f.myCourses, web.SignedIn())
	web.Page(site, "GET /account/courses/{id}", f.study, web.SignedIn())
	web.Form(site, "POST /account/courses/{id}/basket", f.chooseCourse, web.SignedIn())
	web.Form(site, "POST /account/courses/{id}/leave", f.leaveCourse, web.SignedIn())
	server.Protocol("GET /account/courses/{id}/materials/{material}", f.material, web.SignedIn(), web.Time(materialTime))
	web.Page(site, "GET /certificates", f.certificate, web.Public())
	server.Protocol("GET /certificates/{number}/paper.pdf", f.certificatePaper, web.Public())
}

// materialTime is how long a film may take over a slow line.
const materialTime = 30 * time.Minute

// coursesListed is how many courses a page of them has.
const coursesListed = 24

func courseAddress(c course.Course) string { return "/course/" + string(c.Product) }

type coursesAsk struct {
	visitor
	After course.ID `query:"after" maxLength:"60"`
}

// coursesView is a page of what is taught.
type coursesView struct {
	page
	Courses []course.Course
	Cohorts map[course.ID][]course.Cohort // Cohorts are those that take students.
	Next    string
	Begun   bool
}

// courses lists what is taught, in three statements.
func (f *face) courses(tx *db.Tx, in coursesAsk) (web.View, error) {
	ctx := tx.Context()
	v := coursesView{page: f.page(ctx, in.visitor, "goods", t(ctx, "course.title")), Begun: in.After != ""}
	v.Description = t(ctx, "course.lead")
	all, next, err := course.Shown(tx, in.After, coursesListed)
	if err != nil {
		return nil, err
	}
	if v.Courses = all; next != "" {
		v.Next = address("/courses", "after", string(next))
	}
	ids := make([]course.ID, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	cohorts, err := course.Cohorts(tx, ids)
	v.Cohorts = map[course.ID][]course.Cohort{}
	today := span.DayOf(tx.Now(), span.Almaty)
	for _, c := range cohorts {
		if c.Open(today) {
			v.Cohorts[c.Course] = append(v.Cohorts[c.Course], c)
		}
	}
	return coursesPage(v), err
}

// least is the lowest price of some groups.
func least(all []course.Cohort) (m money.Money) {
	for _, c := range all {
		if m.Currency == "" || c.Price.Currency == m.Currency && c.Price.Minor < m.Minor {
			m = c.Price
		}
	}
	return m
}

type courseAsk struct {
	visitor
	ID catalog.ProductID `path:"id" maxLength:"60"`
}

type groupAsk struct {
	courseAsk
	Cohort course.CohortID `path:"cohort" maxLength:"60"`
}

// courseView is what one course is, with its groups; with a group it is the form to enrol in that.
type courseView struct {
	page
	Course  course.Course
	Cohorts []course.Cohort
	Cohort  course.Cohort
	Offer   waitlist.Wait // Offer is what is held for who waited for the group.
	Today   span.Day
	Form    form
}

// courseShown shows a course with its groups, in three statements.
func (f *face) courseShown(tx *db.Tx, in courseAsk) (web.View, error) {
	v, err := f.openCourse(tx, groupAsk{courseAsk: in})
	if err != nil {
		return nil, err
	}
	v.Description = clip(aboutCourse(tx.Context(), v.Course), 160)
	v.Own = courseAddress(v.Course)
	return coursePage(v), nil
}

// aboutCourse says in words what a course is.
func aboutCourse(ctx context.Context, c course.Course) string {
	if said := in(ctx, c.About); said != "" {
		return said
	}
	return in(ctx, c.Name)
}

func (f *face) openCourse(tx *db.Tx, in groupAsk) (courseView, error) {
	c, err := course.ByProduct(tx, in.ID)
	if err == nil && c.State == course.StateDraft {
		err = course.ErrUnknown.About("%s is a draft", c.ID)
	}
	if err != nil {
		return courseView{}, err
	}
	ctx := tx.Context()
	v := courseView{page: f.page(ctx, in.visitor, "goods", c.Name.In(web.Lang(ctx))), Course: c, Today: span.DayOf(tx.Now(), span.Almaty)}
	v.Form = form{Values: map[string]string{}, Wrong: map[string]string{}}
	all, err := course.Cohorts(tx, []course.ID{c.ID})
	for _, g := range all {
		if g.ID == in.Cohort {
			v.Cohort = g
		}
		if g.State != course.CohortCalledOff && !g.Last().Before(v.Today) {
			v.Cohorts = append(v.Cohorts, g)
		}
	}
	if err == nil && in.Cohort != "" && v.Cohort.ID == "" {
		err = course.ErrUnknown.About("%.60s of %s", string(in.Cohort), c.ID)
	}
	return v, err
}

// enrolForm asks who is to study.
func (f *face) enrolForm(tx *db.Tx, in groupAsk) (web.View, error) {
	v, err := f.openCourse(tx, in)
	if err == nil {
		v.Offer, err = waitlist.OfferIn(tx, string(in.Cohort))
	}
	return enrolPage(v), err
}

type enrolTyped struct {
	web.Typed
	groupAsk
}

// apply asks for a place. Where the school does not decide it goes straight into the basket.
func (f *face) apply(tx *db.Tx, in enrolTyped) (web.Then, error) {
	e, err := course.Apply(tx, in.Cohort, applicationIn(tx.Context(), in.Typed))
	if err == nil {
		if e.State != course.Invited {
			return web.See("/account/courses/" + string(e.ID) + "?done=applied"), nil
		}
		return f.chosen(tx, in.visitor, string(e.ID))
	}
	if !refused(err) && fault.Of(err).Kind != fault.Denied {
		return web.Then{}, err
	}
	v, bad := f.openCourse(tx, in.groupAsk)
	if bad == nil {
		v.Offer, bad = waitlist.OfferIn(tx, string(in.Cohort))
	}
	if bad != nil {
		return web.Then{}, bad
	}
	v.Form = typed(tx.Context(), in.Typed, err)
	return web.Again(enrolPage(v)), nil
}

func applicationIn(ctx context.Context, in web.Typed) course.Application {
	birth, _ := span.Parse(in.Values.Get("birth")) // What is no day is refused with none.
	return course.Application{
		Student: in.Values.Get("student"), Birth: birth, Number: in.Values.Get("number"), Answers: answersIn(in.Values),
		Parent: in.Values.Get("parent"), IIN: in.Values.Get("iin"), Agrees: in.Values.Get("agrees") != "", Lang: web.Lang(ctx),
	}
}

// chosen puts a place or a payment into the basket and leads there. What is there already stays there once.
func (f *face) chosen(tx *db.Tx, v visitor, ref string) (web.Then, error) {
	choices, err := course.Choices(tx, []string{ref})
	if err != nil {
		return web.Then{}, err
	}
	c, there := choices[ref]
	if !there {
		return web.Then{}, course.ErrState.About("%.60s cannot be ordered", ref)
	}
	err = f.put(tx, v, cart.Addition{
		Variant: c.Course.Variant, Quantity: measure.One, PriceSeen: c.Price, Source: "course", Answers: map[string]string{catalog.ChosenCode: ref},
	})
	if errors.Is(err, cart.ErrChosen) {
		err = nil
	}
	return web.See("/basket"), err
}

type enrolmentsAsk struct {
	accountAsk
	Before course.EnrolmentID `query:"before" maxLength:"60"`
}

// enrolmentsView is what a buyer has asked for and has.
type enrolmentsView struct {
	cabinet
	Enrolments []course.Enrolment
	Courses    map[course.ID]course.Course
	Cohorts    map[course.CohortID]course.Cohort
	Next       string
	Begun      bool
}

// myCourses lists what a buyer has asked for and has, in at most five statements.
func (f *face) myCourses(tx *db.Tx, in enrolmentsAsk) (web.View, error) {
	c, err := f.cabinetOf(tx, in.accountAsk, "courses")
	if err == nil {
		err = c.buyer()
	}
	if err != nil {
		return nil, err
	}
	v := enrolmentsView{cabinet: c, Begun: in.Before != ""}
	all, next, err := course.MyEnrolments(tx, in.Before, coursesListed)
	if err != nil {
		return nil, err
	}
	if v.Enrolments = all; next != "" {
		v.Next = address("/account/courses", "before", string(next))
	}
	v.Courses, v.Cohorts, err = course.Around(tx, all)
	return enrolmentsPage(v), err
}

type studyAsk struct {
	accountAsk
	ID course.EnrolmentID `path:"id" maxLength:"60"`
}

// studyView is what a student has of a course.
type studyView struct {
	cabinet
	course.Study
	Marks   map[course.LessonID]course.Mark
	Parting course.Parting // Parting is what would be settled now, for who studies.
	Now     time.Time
}

// study shows what a student has of a course, in at most fifteen statements.
func (f *face) study(tx *db.Tx, in studyAsk) (web.View, error) {
	v, err := f.openStudy(tx, in)
	if err != nil {
		return nil, err
	}
	return studyPage(v), nil
}

func (f *face) openStudy(tx *db.Tx, in studyAsk) (studyView, error) {
	c, err := f.cabinetOf(tx, in.accountAsk, "courses")
	if err == nil {
		err = c.buyer()
	}
	if err != nil {
		return studyView{}, err
	}
	v := studyView{cabinet: c, Marks: map[course.LessonID]course.Mark{}, Now: tx.Now()}
	if v.Study, err = course.Studies(tx, in.ID); err != nil {
		return v, err
	}
	for _, m := range v.Study.Marks {
		v.Marks[m.Lesson] = m
	}
	v.Title = v.Course.Name.In(web.Lang(tx.Context()))
	if v.Enrolment.State == course.Studying {
		v.Parting, err = course.Leaving(tx, in.ID)
	}
	return v, err
}

// materialsOf are the materials of a lesson, or of the whole course with zero.
func (v studyView) materialsOf(lesson int) []course.Material {
	var all []course.Material
	for _, m := range v.Materials {
		if m.Lesson == lesson {
			all = append(all, m)
		}
	}
	return all
}

func (v studyView) materialTo(m course.Material) string {
	return "/account/courses/" + string(v.Enrolment.ID) + "/materials/" + string(m.ID)
}

type studyAct struct {
	web.Typed
	studyAsk
}

// chooseCourse puts the place, or a payment of the plan, into the basket.
func (f *face) chooseCourse(tx *db.Tx, in studyAct) (web.Then, error) {
	ref := string(in.ID)
	if due := in.Values.Get("due"); due != "" {
		ref = due
	}
	return f.chosen(tx, in.visitor, ref)
}

// leaveCourse ends the studies, at the sum that was shown.
func (f *face) leaveCourse(tx *db.Tx, in studyAct) (web.Then, error) {
	settled, err := strconv.ParseInt(in.Values.Get("settled"), 10, 64)
	if err != nil {
		return web.Then{}, course.ErrChanged.About("%w", err)
	}
	_, err = course.Leave(tx, in.ID, money.Of(settled, money.Currency(in.Values.Get("currency"))), in.Values.Get("reason"))
	if err == nil {
		return web.See("/account/courses/" + string(in.ID) + "?done=left"), nil
	}
	if !refused(err) {
		return web.Then{}, err
	}
	v, bad := f.openStudy(tx, in.studyAsk)
	if bad != nil {
		return web.Then{}, bad
	}
	v.Form = typed(tx.Context(), in.Typed, err)
	return web.Again(studyPage(v)), nil
}

// material gives a material to a student, whole or by ranges, for as long as his access is open.
func (f *face) material(x web.Exchange) error {
	var m course.Material
	err := x.Moment(func(tx *db.Tx) (err error) {
		m, err = course.Read(tx, course.EnrolmentID(x.PathValue("id")), course.MaterialID(x.PathValue("material")))
		return err
	})
	if err != nil {
		return err
	}
	body, err := f.Taught.OpenFile(x.Context(), m)
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // It was only read.
	h := x.Header()
	h.Set("Content-Type", m.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if !m.Shown() || m.Type == "application/pdf" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": m.Name}))
	}
	http.ServeContent(x, x.Request, "", body.Kept(), body)
	return nil
}

// lessonTimes writes the timetable of a week: "дс, ср 18:30".
func lessonTimes(ctx context.Context, slots []course.Slot) string {
	type at struct {
		clock   string
		minutes int
	}
	days := map[at][]string{}
	var order []at
	for _, weekday := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		for _, s := range slots {
			if s.Weekday != weekday {
				continue
			}
			a := at{s.At, s.Minutes}
			if !slices.Contains(order, a) {
				order = append(order, a)
			}
			days[a] = append(days[a], t(ctx, "weekday."+strconv.Itoa(int(weekday))))
		}
	}
	var said []string
	for _, a := range order {
		said = append(said, strings.Join(days[a], ", ")+" "+a.clock+" ("+t(ctx, "course.minutes", "n", a.minutes)+")")
	}
	return strings.Join(said, "; ")
}

// teacherWords names the teachers of a group.
func teacherWords(c course.Cohort) string {
	names := make([]string, len(c.Teachers))
	for i, x := range c.Teachers {
		names[i] = x.Name
	}
	return strings.Join(names, ", ")
}

// lessonClock writes when a lesson is, by the clock of its group.
func lessonClock(ctx context.Context, c course.Cohort, at time.Time) string {
	zone, err := span.ZoneOf(c.Zone)
	if err != nil {
		zone = span.Almaty
	}
	local := at.In(zone)
	return t(ctx, "weekday."+strconv.Itoa(int(local.Weekday()))) + ", " + dayOf(ctx, span.DayOf(at, zone)) + ", " + local.Format("15:04")
}

// wrongQuestion marks the field of an answer that is not right.
func wrongQuestion(f form, q course.Question) templ.Attributes {
	more := templ.Attributes{"maxlength": strconv.Itoa(course.AnswerMax)}
	if q.Required {
		more["required"] = true
	}
	return more
}

// closedWords says why materials are closed.
func closedWords(ctx context.Context, why error) string { return i18n.Fault(web.Lang(ctx), why) }

// answersForm has what is wrong with answers stand at the fields of the page.
func answersForm(f form) form {
	for name, said := range f.Wrong {
		if code, ok := strings.CutPrefix(name, "answers/"); ok {
			f.Wrong[answerField(code)] = said
		}
	}
	return f
}

// spokenName is what a language calls itself; one that the shop does not speak is known by its tag.
func spokenName(tag string) string {
	if name := map[string]string{"kk": "Қазақша", "ru": "Русский", "en": "English", "zh": "中文"}[tag]; name != "" {
		return name
	}
	return tag
}
