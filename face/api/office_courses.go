package api

import (
	"slices"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/gear/db"
)

type courseAdded struct {
	Product    catalog.ProductID `json:"product_id" maxLength:"60"`
	Name       text.Localized    `json:"name"`
	About      text.Localized    `json:"about,omitempty"`
	Programme  text.Localized    `json:"programme,omitempty"`
	Spoken     string            `json:"spoken,omitempty" maxLength:"35"`
	Approval   bool              `json:"approval,omitempty"`
	AgeLeast   int               `json:"age_least,omitempty" minimum:"0" maximum:"120"`
	AgeMost    int               `json:"age_most,omitempty" minimum:"0" maximum:"120"`
	Needs      []course.ID       `json:"needs,omitempty" maxItems:"10"`
	Questions  []questionAdded   `json:"questions,omitempty" maxItems:"20"`
	Plan       []partAdded       `json:"plan,omitempty" maxItems:"24"`
	AccessDays int               `json:"access_days,omitempty" minimum:"0" maximum:"3650"`
	PauseDays  int               `json:"pause_days,omitempty" minimum:"0" maximum:"3650"`
	ShareLeast int               `json:"share_least,omitempty" minimum:"0" maximum:"100" doc:"Lessons of a hundred that must be attended for a certificate."`
	State      course.State      `json:"state" enum:"draft,shown,ended"`
}

// questionAdded is what is asked of who applies.
type questionAdded struct {
	Code     string         `json:"code" maxLength:"40"`
	Label    text.Localized `json:"label"`
	Required bool           `json:"required,omitempty"`
}

// partAdded is one payment of a plan.
type partAdded struct {
	Share     money.Rate `json:"share" minimum:"1" maximum:"1000000" doc:"In parts per million."`
	AfterDays int        `json:"after_days" minimum:"0" maximum:"3650" doc:"Days after the first lesson; the first part is paid with the enrolment."`
}

// addCourse writes a course down. Its product is one of the seller's own, of the way of courses.
func addCourse(tx *db.Tx, in courseAdded) (courseView, error) {
	p, err := own(tx, in.Product)
	if err != nil {
		return courseView{}, err
	}
	if s := p.Kind.Service; s == nil || s.Way != course.WayName || len(p.Variants) == 0 {
		return courseView{}, catalog.ErrUnknown.About("%s is no course", p.ID)
	}
	d := course.Draft{
		Product: p.ID, Variant: p.Variants[0].ID, Name: in.Name, About: in.About, Programme: in.Programme, Spoken: in.Spoken, Approval: in.Approval,
		AgeLeast: in.AgeLeast, AgeMost: in.AgeMost, Needs: in.Needs, AccessDays: in.AccessDays, PauseDays: in.PauseDays, ShareLeast: in.ShareLeast, State: in.State,
	}
	for _, q := range in.Questions {
		d.Questions = append(d.Questions, course.Question(q))
	}
	for _, x := range in.Plan {
		d.Plan = append(d.Plan, course.Installment(x))
	}
	c, err := course.Add(tx, p.Seller, d)
	return viewCourse(c, nil), err
}

type groupOpened struct {
	ID       course.ID      `path:"id" maxLength:"60" doc:"The course."`
	Name     text.Localized `json:"name,omitempty"`
	From     span.Day       `json:"from"`
	To       span.Day       `json:"to" doc:"The last day of lessons."`
	Zone     string         `json:"zone" maxLength:"60"`
	Slots    []slotView     `json:"timetable" minItems:"1" maxItems:"21"`
	Teachers []teacherAdded `json:"teachers,omitempty" maxItems:"10"`
	Room     string         `json:"room,omitempty" maxLength:"200"`
	Places   int64          `json:"places" minimum:"1" maximum:"10000"`
	Price    money.Money    `json:"price"`
	Until    span.Day       `json:"enrol_until,omitzero"`
}

// teacherAdded is who holds the lessons; a member of staff keeps the register.
type teacherAdded struct {
	Name string `json:"name" maxLength:"200"`
	User string `json:"user_id,omitempty" maxLength:"60"`
}

func openGroup(tx *db.Tx, in groupOpened) (cohortView, error) {
	d := course.CohortDraft{Name: in.Name, Days: span.Days{From: in.From, To: in.To.AddDays(1)}, Zone: in.Zone, Room: in.Room, Places: in.Places,
		Price: in.Price, EnrolUntil: in.Until, State: course.CohortOpen}
	for _, s := range in.Slots {
		d.Slots = append(d.Slots, course.Slot{Weekday: time.Weekday(s.Weekday), At: s.At, Minutes: s.Minutes})
	}
	for _, x := range in.Teachers {
		d.Teachers = append(d.Teachers, course.Teacher(x))
	}
	c, err := course.Open(tx, in.ID, d)
	return viewGroup(c), err
}

type applicationDecided struct {
	ID      course.EnrolmentID `path:"id" maxLength:"60" doc:"The enrolment."`
	Version int64              `json:"version"`
	Offer   bool               `json:"offer" doc:"True offers a place, false refuses."`
	Share   money.Rate         `json:"scholarship,omitempty" minimum:"0" maximum:"1000000" doc:"What is taken off, in parts per million."`
	Reason  string             `json:"reason,omitempty" maxLength:"300" doc:"Why it is refused, or why there is a scholarship."`
}

func decideApplication(tx *db.Tx, in applicationDecided) (enrolmentView, error) {
	if !in.Offer {
		e, err := course.Refuse(tx, in.ID, in.Version, in.Reason)
		return viewEnrolment(e), err
	}
	version := in.Version
	if in.Share > 0 {
		e, err := course.Grant(tx, in.ID, version, in.Share, in.Reason)
		if err != nil {
			return enrolmentView{}, err
		}
		version = e.Version
	}
	e, err := course.Offer(tx, in.ID, version)
	return viewEnrolment(e), err
}

type registerKept struct {
	ID    course.CohortID `path:"id" maxLength:"60" doc:"The group."`
	Marks []markKept      `json:"marks" minItems:"1" maxItems:"2000"`
}

// markKept is what is written down of a student at a lesson.
type markKept struct {
	Lesson    course.LessonID    `json:"lesson_id" maxLength:"60"`
	Enrolment course.EnrolmentID `json:"enrolment_id" maxLength:"60"`
	Presence  course.Presence    `json:"presence,omitempty" enum:"present,late,absent,excused"`
	Mark      int                `json:"mark,omitempty" minimum:"0" maximum:"100" doc:"0 is none."`
}

func keepRegister(tx *db.Tx, in registerKept) (changed, error) {
	marks := make([]course.Mark, len(in.Marks))
	for i, m := range in.Marks {
		marks[i] = course.Mark(m)
	}
	return changed{len(marks)}, course.Keep(tx, in.ID, slices.Clip(marks))
}

type groupNamed struct {
	ID course.CohortID `path:"id" maxLength:"60" doc:"The group."`
}

func certifyGroup(tx *db.Tx, in groupNamed) (changed, error) {
	n, err := course.Certify(tx, in.ID)
	return changed{n}, err
}
