package office

import (
	"strconv"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/course"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

type studentNamed struct {
	ID course.EnrolmentID `path:"id" maxLength:"60"`
}

// studentView is all that the school knows of a student of a group.
type studentView struct {
	course.Study
	Parting course.Parting // Parting is what would be settled now, of who studies.
	Today   span.Day
}

// student shows a student of a group, in at most thirteen statements.
func (f face) student(tx *db.Tx, in studentNamed) (web.View, error) {
	v, err := loadStudent(tx, in.ID)
	return studentPage(f.page("courses", v.Enrolment.Student), v), err
}

func loadStudent(tx *db.Tx, id course.EnrolmentID) (studentView, error) {
	v := studentView{Today: span.DayOf(tx.Now(), span.Almaty)}
	var err error
	if v.Study, err = course.Studies(tx, id); err != nil || v.Enrolment.State != course.Studying || !tx.Who().May(ScopeCoursesWrite) {
		return v, err
	}
	v.Parting, err = course.Leaving(tx, id)
	return v, err
}

type studentTyped struct {
	web.Typed
	ID      course.EnrolmentID `path:"id" maxLength:"60"`
	Version int64              `json:"version"`
}

// noted leads back to a student of whom something was written down, or says what is wrong with it.
func (f face) noted(tx *db.Tx, in studentTyped, err error) (web.Then, error) {
	if err == nil {
		return see("students/"+string(in.ID), "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	v, bad := loadStudent(tx, in.ID)
	if bad != nil {
		return web.Then{}, bad
	}
	p := f.page("courses", v.Enrolment.Student)
	p.Wrong = i18n.Fault(lang(tx.Context()), err)
	return web.Again(studentPage(p, v)), nil
}

// grantShare gives a scholarship, or takes it away with no share.
func (f face) grantShare(tx *db.Tx, in studentTyped) (web.Then, error) {
	percent, err := strconv.ParseInt(clean(in.Values.Get("share")), 10, 64)
	if err != nil || percent < 0 || percent > 100 {
		return f.noted(tx, in, course.ErrInvalid)
	}
	_, err = course.Grant(tx, in.ID, in.Version, money.Percent(percent), in.Values.Get("reason"))
	return f.noted(tx, in, err)
}

// numberStudent writes down what the school calls a student.
func (f face) numberStudent(tx *db.Tx, in studentTyped) (web.Then, error) {
	_, err := course.SetNumber(tx, in.ID, in.Version, in.Values.Get("number"))
	return f.noted(tx, in, err)
}

// leaveStudent ends the studies of a student at the sum that was shown.
func (f face) leaveStudent(tx *db.Tx, in studentTyped) (web.Then, error) {
	settled, err := strconv.ParseInt(in.Values.Get("settled"), 10, 64)
	if err != nil {
		return f.noted(tx, in, course.ErrChanged)
	}
	_, err = course.Leave(tx, in.ID, money.Of(settled, money.Currency(in.Values.Get("currency"))), in.Values.Get("reason"))
	return f.noted(tx, in, err)
}

// withdrawPaper makes the certificate of a student invalid.
func (f face) withdrawPaper(tx *db.Tx, in studentTyped) (web.Then, error) {
	_, err := course.Withdraw(tx, in.Values.Get("paper"), in.Values.Get("reason"))
	return f.noted(tx, in, err)
}
