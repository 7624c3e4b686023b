package course

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/seller"
)

// Written says that a course is there, or is said otherwise than before.
type Written struct {
	Course ID        `json:"course"`
	Seller seller.ID `json:"seller"`
	State  State     `json:"state"`
}

// Opened says that there is a new group.
type Opened struct {
	Cohort CohortID  `json:"cohort"`
	Course ID        `json:"course"`
	Seller seller.ID `json:"seller"`
}

// Rearranged says that something of a group has changed.
type Rearranged struct {
	Cohort CohortID    `json:"cohort"`
	Course ID          `json:"course"`
	Seller seller.ID   `json:"seller"`
	State  CohortState `json:"state"`
}

// LessonChanged says that a lesson is at another time, has another topic, or is called off.
type LessonChanged struct {
	Cohort CohortID    `json:"cohort"`
	Lesson LessonID    `json:"lesson"`
	State  LessonState `json:"state"`
	At     int64       `json:"at,omitempty"`    // At is when that was said, in microseconds: it tells the changes of one lesson apart.
	Moved  bool        `json:"moved,omitempty"` // Moved says that it is at another time than before, or is held after all.
}

// RegisterKept says that a teacher has written down who was at a lesson.
type RegisterKept struct {
	Cohort CohortID `json:"cohort"`
	Lesson LessonID `json:"lesson"`
}

// About is what every fact of an enrolment says. It names nobody.
type About struct {
	Enrolment EnrolmentID `json:"enrolment"`
	Course    ID          `json:"course"`
	Cohort    CohortID    `json:"cohort"`
	Seller    seller.ID   `json:"seller"`
}

// Key keeps the facts of one enrolment in their order.
func (a About) Key() string { return string(a.Enrolment) }

func (e Enrolment) about() About { return About{e.ID, e.Course, e.Cohort, e.Seller} }

// Applied says that somebody asks for a place, about which the school decides.
type Applied struct{ About }

// Offered says that somebody may order his place.
type Offered struct{ About }

// Refused says that the school has no place for somebody, and why.
type Refused struct {
	About
	Reason string `json:"reason"`
}

// Granted says that a scholarship takes a share off the price.
type Granted struct {
	About
	Share money.Rate `json:"share"`
}

// Ordered says that a place is ordered.
type Ordered struct {
	About
	Order string `json:"order"`
}

// Begun says that the first payment has come and the materials are open.
type Begun struct {
	About
	Order string `json:"order"`
}

// Finished says that the last lesson of a student is over.
type Finished struct{ About }

// Return is what goes back to a buyer of one order.
type Return struct {
	Order  string      `json:"order"`
	Ref    string      `json:"ref"` // Ref is what was chosen: an enrolment, or a payment of its plan.
	Amount money.Money `json:"amount"`
}

// Dropped is what stands in an order that is not paid, and shall not be paid any more.
type Dropped struct {
	Order string `json:"order"`
	Ref   string `json:"ref"` // Ref is what was chosen: an enrolment, or a payment of its plan.
}

// Left says that a student has left, and what goes back of which order, the latest first.
type Left struct {
	About
	Back   []Return  `json:"back,omitempty"`
	Drop   []Dropped `json:"drop,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// Lapsed says that what was asked for or offered was not ordered in time.
type Lapsed struct{ About }

// FellDue says that a payment of a plan is due soon or late, and is to be reminded of.
type FellDue struct {
	About
	Due    DueID       `json:"due"`
	Day    span.Day    `json:"day"` // Day is when it is due.
	Amount money.Money `json:"amount"`
	Late   bool        `json:"late,omitempty"`
}

// DuePaid says that a later payment of a plan has come.
type DuePaid struct {
	About
	Due   DueID  `json:"due"`
	Order string `json:"order"`
}

// Certified says that a student has a certificate. Its number is known to him alone, so the fact does not tell it.
type Certified struct {
	About
	At int64 `json:"at,omitempty"` // At is when, in microseconds: one that was withdrawn is followed by another.
}

// Decertified says that a certificate is not valid any more.
type Decertified struct{ About }

// The names of the facts are stored and never change.
func (Written) Fact() string       { return "course.written" }
func (Opened) Fact() string        { return "course.opened" }
func (Rearranged) Fact() string    { return "course.rearranged" }
func (LessonChanged) Fact() string { return "course.lesson_changed" }
func (RegisterKept) Fact() string  { return "course.register_kept" }
func (Applied) Fact() string       { return "course.applied" }
func (Offered) Fact() string       { return "course.offered" }
func (Refused) Fact() string       { return "course.refused" }
func (Granted) Fact() string       { return "course.granted" }
func (Ordered) Fact() string       { return "course.ordered" }
func (Begun) Fact() string         { return "course.begun" }
func (Finished) Fact() string      { return "course.finished" }
func (Left) Fact() string          { return "course.left" }
func (Lapsed) Fact() string        { return "course.lapsed" }
func (FellDue) Fact() string       { return "course.fell_due" }
func (DuePaid) Fact() string       { return "course.due_paid" }
func (Certified) Fact() string     { return "course.certified" }
func (Decertified) Fact() string   { return "course.decertified" }

// Key keeps the facts of one course in their order.
func (e Written) Key() string { return string(e.Course) }

// Key keeps the facts of one group in their order.
func (e Opened) Key() string        { return string(e.Cohort) }
func (e Rearranged) Key() string    { return string(e.Cohort) }
func (e LessonChanged) Key() string { return string(e.Cohort) }
func (e RegisterKept) Key() string  { return string(e.Cohort) }
