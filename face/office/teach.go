package office

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountTeaching(site *web.Site) {
	web.Page(site, "GET /office/products/{id}/course", f.taught, web.Needs(ScopeCoursesRead))
	web.Form(site, "POST /office/products/{id}/course", f.setCourse, web.Needs(ScopeCoursesWrite))
	web.Page(site, "GET /office/courses/{id}/groups/new", f.newGroup, web.Needs(ScopeCoursesWrite))
	web.Form(site, "POST /office/courses/{id}/groups", f.openGroup, web.Needs(ScopeCoursesWrite))
}

// teachView is what is taught under the name of a product, as it is written: a new course while Course has no id.
type teachView struct {
	form
	Product catalog.Product
	Course  course.Course
	Others  []course.Course // Others are the courses of the school that may be asked for first.
}

// planRows are the rows of the payments of a plan: those that there are, and some empty ones. Questions stand one a line.
func (v teachView) planRows() []int {
	rows := 0
	for i := range course.PartsMax {
		if v.Values.Get("plan_"+strconv.Itoa(i)+"_share") != "" {
			rows = i + 1
		}
	}
	return rowsUpTo(rows+sparePlanRows, course.PartsMax)
}

// sparePlanRows is how many empty rows stand below the payments of a plan.
const sparePlanRows = 3

// rowsUpTo numbers rows of a form from zero on: so many, but not more than most.
func rowsUpTo(rows, most int) []int {
	all := make([]int, min(rows, most))
	for i := range all {
		all[i] = i
	}
	return all
}

// taught shows the course that a product is.
func (f face) taught(tx *db.Tx, in productAsk) (web.View, error) {
	v, err := loadCourse(tx, in.ID)
	return teachPage(f.page("courses", v.Product.Name.In(lang(tx.Context()))), v), err
}

func loadCourse(tx *db.Tx, id catalog.ProductID) (v teachView, err error) {
	v.form = form{Values: url.Values{}, Wrong: map[string]string{}}
	if v.Product, err = ownProduct(tx, id); err != nil {
		return v, err
	}
	if s := v.Product.Kind.Service; s == nil || s.Way != course.WayName || len(v.Product.Variants) == 0 {
		return v, course.ErrUnknown.About("%s is no course", id)
	}
	v.Course, err = course.ByProduct(tx, id)
	if fault.Of(err) == course.ErrUnknown {
		v.Course = course.Course{Draft: course.Draft{Name: v.Product.Name, About: v.Product.Description, State: course.StateDraft, ShareLeast: 70, AccessDays: 30}}
	} else if err != nil {
		return v, err
	}
	courseStored(v.Values, v.Course.Draft)
	v.Others, err = v.others(tx)
	return v, err
}

// others gives what may be asked for first: the first page of the courses of the school, and what is asked for already.
func (v teachView) others(tx *db.Tx) ([]course.Course, error) {
	all, _, err := course.Of(tx, v.Product.Seller, "", listed)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c course.Course) bool { return c.ID == v.Course.ID })
	beyond := slices.DeleteFunc(slices.Clone(v.Course.Needs), func(need course.ID) bool {
		return slices.ContainsFunc(all, func(c course.Course) bool { return c.ID == need })
	})
	if len(beyond) == 0 {
		return all, nil
	}
	more, err := course.Some(tx, beyond)
	return slices.AppendSeq(all, maps.Values(more)), err
}

// courseStored writes a course as the fields of its form.
func courseStored(v url.Values, d course.Draft) {
	for name, words := range map[string]text.Localized{"name": d.Name, "about": d.About, "programme": d.Programme} {
		for l, said := range words {
			v.Set(name+"_"+l, said)
		}
	}
	v.Set("spoken", d.Spoken)
	if d.Approval {
		v.Set("approval", "1")
	}
	for name, n := range map[string]int{"age_least": d.AgeLeast, "age_most": d.AgeMost, "access_days": d.AccessDays, "pause_days": d.PauseDays, "share_least": d.ShareLeast} {
		if n != 0 {
			v.Set(name, strconv.Itoa(n))
		}
	}
	for _, need := range d.Needs {
		v.Add("needs", string(need))
	}
	lines := make([]string, len(d.Questions))
	for i, q := range d.Questions {
		parts := []string{q.Code, "", "", "", "", ""}
		for n, l := range text.Languages {
			parts[n+1] = q.Label[l]
		}
		if q.Required {
			parts[5] = "!"
		}
		lines[i] = strings.TrimRight(strings.Join(parts, " | "), " |")
	}
	v.Set("questions", strings.Join(lines, "\n"))
	for i, p := range d.Plan {
		v.Set("plan_"+strconv.Itoa(i)+"_share", p.Share.String())
		v.Set("plan_"+strconv.Itoa(i)+"_after", strconv.Itoa(p.AfterDays))
	}
	v.Set("state", string(d.State))
}

// setCourse writes down what was typed of a course: anew, or for the first time.
func (f face) setCourse(tx *db.Tx, in productForm) (web.Then, error) {
	v, err := loadCourse(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	stored := v.Values
	v.Values = in.Values
	d := v.read()
	d.Product, d.Variant = v.Product.ID, v.Product.Variants[0].ID
	var c course.Course
	if v.Course.ID == "" {
		c, err = course.Add(tx, v.Product.Seller, d)
	} else {
		c, err = course.Change(tx, v.Course.ID, in.Version, d)
	}
	if err == nil {
		return see("courses/"+string(c.ID), "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	if fault.Of(err) == course.ErrChanged {
		v.Now = stored
	}
	v.note(tx.Context(), err, courseField)
	p := f.page("courses", v.Product.Name.In(lang(tx.Context())))
	p.Wrong = i18n.Fault(lang(tx.Context()), err)
	return web.Again(teachPage(p, v)), nil
}

// courseField is the field of the form to which something that a verb says of a course belongs.
func courseField(pointer string) string {
	field, rest, deep := strings.Cut(fieldOf(pointer), "/")
	switch {
	case field == "questions":
		return field
	case field == "plan" && deep:
		row, part, _ := strings.Cut(rest, "/")
		return "plan_" + row + "_" + strings.TrimSuffix(part, "_days")
	case field == "plan":
		return "plan_0_share"
	case slices.Contains([]string{"name", "about", "programme"}, field):
		return field + "_" + text.Languages[0]
	}
	return field
}

// read reads what was typed. What is no number is refused by the verb, as one below zero.
func (v teachView) read() course.Draft {
	number := func(name string) int {
		typed := clean(v.Values.Get(name))
		if typed == "" {
			return 0
		}
		n, err := strconv.Atoi(typed)
		if err != nil {
			return -1
		}
		return n
	}
	d := course.Draft{
		Name: readLocalized(v.Values, "name"), About: readLocalized(v.Values, "about"), Programme: readLocalized(v.Values, "programme"),
		Spoken: clean(v.Values.Get("spoken")), Approval: v.Values.Get("approval") != "", AgeLeast: number("age_least"), AgeMost: number("age_most"),
		AccessDays: number("access_days"), PauseDays: number("pause_days"), ShareLeast: number("share_least"), State: course.State(v.Values.Get("state")),
	}
	for _, o := range v.Others {
		if slices.Contains(v.Values["needs"], string(o.ID)) {
			d.Needs = append(d.Needs, o.ID)
		}
	}
	for line := range strings.Lines(clean(v.Values.Get("questions"))) {
		if line = strings.TrimSpace(line); line != "" {
			d.Questions = append(d.Questions, readQuestion(line))
		}
	}
	for i := range course.PartsMax {
		share, after := clean(v.Values.Get("plan_"+strconv.Itoa(i)+"_share")), "plan_"+strconv.Itoa(i)+"_after"
		if share == "" {
			continue
		}
		rate, err := money.ParseRate(share)
		if err != nil {
			rate = -1
		}
		d.Plan = append(d.Plan, course.Installment{Share: rate, AfterDays: number(after)})
	}
	return d
}

// readQuestion reads a line "code | kk | ru | en | zh | !", whose mark says that it must be answered.
func readQuestion(line string) course.Question {
	parts := strings.Split(line, "|")
	q := course.Question{Code: strings.TrimSpace(parts[0]), Label: text.Localized{}}
	for i, l := range text.Languages {
		if i+1 < len(parts) {
			if said := strings.TrimSpace(parts[i+1]); said != "" {
				q.Label[l] = said
			}
		}
	}
	q.Required = len(parts) > len(text.Languages)+1 && strings.TrimSpace(parts[len(text.Languages)+1]) == "!"
	return q
}

// openView is a group that is opened.
type openView struct {
	form
	Course course.Course
	Staff  []identity.User
}

// weekdays are the days of a week, Monday first.
var weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// newGroup shows the form of a new group.
func (f face) newGroup(tx *db.Tx, in courseNamed) (web.View, error) {
	v, err := loadOpening(tx, in.ID)
	return openPage(f.page("courses", v.Course.Name.In(lang(tx.Context()))), v), err
}

func loadOpening(tx *db.Tx, id course.ID) (v openView, err error) {
	if v.Course, err = course.Mine(tx, id); err != nil {
		return v, err
	}
	from := span.DayOf(tx.Now(), span.Almaty).AddDays(14)
	v.form = form{Values: url.Values{"from": {from.String()}, "to": {from.AddDays(60).String()}, "zone": {span.Almaty.String()}, "at": {"18:30"}, "minutes": {"90"}, "places": {"12"}}}
	v.Staff, err = staffOf(tx, string(v.Course.Seller))
	return v, err
}

type openTyped struct {
	web.Typed
	ID course.ID `path:"id" maxLength:"60"`
}

// openGroup opens a group whose lessons are at one time of the ticked days.
func (f face) openGroup(tx *db.Tx, in openTyped) (web.Then, error) {
	v, err := loadOpening(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	v.Values = in.Values
	g, err := course.Open(tx, in.ID, readOpening(f, in.Values))
	if err == nil {
		return see("groups/"+string(g.ID)+"/plan", "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	v.note(tx.Context(), err, func(pointer string) string {
		switch field := fieldOf(pointer); {
		case field == "days/to":
			return "to"
		case strings.HasSuffix(field, "/at"):
			return "at"
		case strings.HasSuffix(field, "/minutes"):
			return "minutes"
		case strings.HasPrefix(field, "slots"):
			return "weekday"
		case strings.HasPrefix(field, "teachers/"):
			return "teacher_" + strings.TrimSuffix(strings.TrimPrefix(field, "teachers/"), "/name")
		default:
			return field
		}
	})
	p := f.page("courses", v.Course.Name.In(lang(tx.Context())))
	p.Wrong = i18n.Fault(lang(tx.Context()), err)
	return web.Again(openPage(p, v)), nil
}

func readOpening(f face, v url.Values) course.CohortDraft {
	d := readGroup(f, v)
	from, _ := span.Parse(v.Get("from")) // What is no day is refused as an end before the start.
	to, _ := span.Parse(v.Get("to"))
	if !from.IsZero() && !to.IsZero() {
		d.Days = span.Days{From: from, To: to.AddDays(1)}
	}
	d.Zone, d.State = clean(v.Get("zone")), course.CohortOpen
	minutes, _ := strconv.Atoi(clean(v.Get("minutes"))) // What is no number is refused as none.
	for _, day := range weekdays {
		if slices.Contains(v["weekday"], strconv.Itoa(int(day))) {
			d.Slots = append(d.Slots, course.Slot{Weekday: day, At: clean(v.Get("at")), Minutes: minutes})
		}
	}
	return d
}

// readGroup reads the fields that a group has when it is opened and when it is changed.
func readGroup(f face, v url.Values) course.CohortDraft {
	places, _ := strconv.ParseInt(clean(v.Get("places")), 10, 64) // What is no number is refused as none.
	price, err := money.Parse(clean(v.Get("price")), f.Currency)
	if err != nil {
		price = money.Of(-1, f.Currency) // It is refused as any other price that is none.
	}
	until, _ := span.Parse(v.Get("enrol_until")) // None is the last day.
	d := course.CohortDraft{Name: readLocalized(v, "name"), Room: v.Get("room"), Places: places, Price: price, EnrolUntil: until}
	for i := range course.TeachersMax {
		row := strconv.Itoa(i)
		if name := clean(v.Get("teacher_" + row)); name != "" || v.Get("user_"+row) != "" {
			d.Teachers = append(d.Teachers, course.Teacher{Name: name, User: v.Get("user_" + row)})
		}
	}
	return d
}

// teacherRows are the rows of teachers: those that there are and an empty one, and some at least.
func teacherRows(v url.Values) []int {
	rows := 0
	for i := range course.TeachersMax {
		if v.Get("teacher_"+strconv.Itoa(i)) != "" {
			rows = i + 1
		}
	}
	return rowsUpTo(max(rows+1, 3), course.TeachersMax)
}

// staffOf gives the people who work for a seller: they may keep a register.
func staffOf(tx *db.Tx, seller string) ([]identity.User, error) {
	people, err := identity.Office(tx)
	return slices.DeleteFunc(people, func(u identity.User) bool { return u.Seller != seller }), err
}
