package app

import (
	"strconv"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/course"
	"sauda/core/identity"
	"sauda/core/notify"
	"sauda/core/seller"
	"sauda/gear/bus"
	"sauda/gear/db"
)

// courseLetters are what those are told who have enrolled a student. Each is written in the language of the application.
func (h *House) courseLetters() []bus.Reaction {
	return []bus.Reaction{
		bus.On("a place is offered: a letter tells who applied", func(tx *db.Tx, e course.Offered) error {
			on, err := course.Get(tx, e.Course)
			if err != nil || !on.Approval { // He has the answer before his eyes.
				return err
			}
			in, err := course.GetCohort(tx, e.Cohort)
			if err != nil {
				return err
			}
			return h.tellEnrolled(tx, e.About, notify.CourseOffered, "", func(x course.Enrolment) map[string]string {
				return map[string]string{"day": dayIn(x.Lang, in.Days.From), "amount": x.Price.Format(x.Lang)}
			})
		}),
		bus.On("an application is refused: a letter says why", func(tx *db.Tx, e course.Refused) error {
			return h.tellEnrolled(tx, e.About, notify.CourseRefused, "", func(course.Enrolment) map[string]string {
				return map[string]string{"reason": e.Reason}
			})
		}),
		bus.On("a payment of a plan falls due: a letter reminds of it", func(tx *db.Tx, e course.FellDue) error {
			t := notify.CourseDue
			if e.Late {
				t = notify.CourseLate
			}
			ref := string(e.Due) + ":" + span.DayOf(tx.Now(), span.Almaty).String()
			return h.tellEnrolled(tx, e.About, t, ref, func(x course.Enrolment) map[string]string {
				return map[string]string{"day": dayIn(x.Lang, e.Day), "amount": e.Amount.Format(x.Lang)}
			})
		}),
		bus.On("a student leaves: a letter says what goes back", h.tellLeft),
		bus.On("certified: a letter says where the certificate is", func(tx *db.Tx, e course.Certified) error {
			return h.tellEnrolled(tx, e.About, notify.CourseCertified, strconv.FormatInt(e.At, 10), func(course.Enrolment) map[string]string {
				return map[string]string{}
			})
		}),
		bus.On("a lesson is at another time or called off: letters tell the students", h.tellLesson),
	}
}

// tellLeft tells who has enrolled a student that he has left. Who had not begun and gave his own order up knows it by the order.
func (h *House) tellLeft(tx *db.Tx, e course.Left) error {
	back := money.Of(0, money.KZT)
	for _, r := range e.Back {
		sum, err := back.Add(r.Amount)
		if err != nil {
			return err
		}
		back = sum
	}
	x, err := course.Enrolled(tx, e.Enrolment)
	if err != nil || x.From.IsZero() && e.Reason == "" {
		return err
	}
	return h.tellEnrolled(tx, e.About, notify.CourseLeft, "", func(course.Enrolment) map[string]string {
		return map[string]string{"reason": e.Reason, "amount": sumIn(x.Lang, back)}
	})
}

// tellEnrolled writes a letter about an enrolment to the user who has applied, with what params says of it. Ref tells letters of
// one kind apart.
func (h *House) tellEnrolled(tx *db.Tx, of course.About, t notify.Template, ref string, params func(course.Enrolment) map[string]string) error {
	e, err := course.Enrolled(tx, of.Enrolment)
	if err != nil {
		return err
	}
	c, err := h.classOf(tx, of.Course, []course.Enrolment{e})
	if err != nil {
		return err
	}
	return c.write(tx, e, t, ref, params(e))
}

// class is what letters about a course say, and to whom.
type class struct {
	home   string
	course course.Course
	school seller.Seller
	users  map[identity.UserID]identity.User
}

func (h *House) classOf(tx *db.Tx, of course.ID, to []course.Enrolment) (class, error) {
	c := class{home: h.config.home()}
	var err error
	if c.course, err = course.Get(tx, of); err != nil {
		return c, err
	}
	if c.school, err = seller.Get(tx, c.course.Seller); err != nil {
		return c, err
	}
	ids := make([]identity.UserID, len(to))
	for i, e := range to {
		ids[i] = identity.UserID(e.Person)
	}
	c.users, err = identity.Users(tx, ids)
	return c, err
}

// write writes one letter. Who has left the house is told nothing.
func (c class) write(tx *db.Tx, e course.Enrolment, t notify.Template, ref string, params map[string]string) error {
	u, known := c.users[identity.UserID(e.Person)]
	if !known || u.Email == "" {
		return nil
	}
	params["name"], params["shop"], params["student"] = u.Name, c.school.Name.In(e.Lang), e.Student
	params["course"], params["url"] = c.course.Name.In(e.Lang), c.home+"/"+e.Lang+"/account/courses/"+string(e.ID)
	return notify.Send(tx, notify.Letter{
		Key: string(e.ID) + ":" + string(t) + ":" + ref, To: u.Email, Lang: e.Lang, Template: t, Params: params, Seller: string(e.Seller),
	})
}

// tellLesson tells the students of a group that a lesson is at another time, or is not held.
func (h *House) tellLesson(tx *db.Tx, e course.LessonChanged) error {
	t := notify.LessonMoved
	if e.State == course.LessonCalledOff {
		t = notify.LessonCalledOff
	} else if !e.Moved {
		return nil
	}
	in, err := course.GetCohort(tx, e.Cohort)
	if err != nil {
		return err
	}
	lessons, err := course.Lessons(tx, e.Cohort)
	if err != nil {
		return err
	}
	students, err := course.Students(tx, e.Cohort)
	if err != nil || len(students) == 0 {
		return err
	}
	c, err := h.classOf(tx, in.Course, students)
	if err != nil {
		return err
	}
	zone, err := span.ZoneOf(in.Zone)
	if err != nil {
		return err
	}
	for _, l := range lessons {
		if l.ID != e.Lesson {
			continue
		}
		for _, s := range students {
			at := dayIn(s.Lang, span.DayOf(l.Begins, zone)) + ", " + l.Begins.In(zone).Format("15:04")
			ref := string(l.ID) + ":" + strconv.FormatInt(e.At, 10) // A lesson that is moved there and back is told of each time.
			if err := c.write(tx, s, t, ref, map[string]string{"number": strconv.Itoa(l.Number), "time": at}); err != nil {
				return err
			}
		}
	}
	return nil
}
