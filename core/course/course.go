// Package course knows what is taught: courses, the groups in which they are held, lessons with their materials, who is
// enrolled, what he has paid of his plan, whether he was there, and his certificate.
//
// The places of a group are a pool of core/hold, so that none is sold twice. An enrolment is what a buyer has chosen: he asks
// for it, the school approves it where the course wants that, and it is ordered as anything else. The package does not know
// baskets, orders or payments: it is told what became of them.
//
//	          Apply (no approval)
//	nothing ──────────────────────────▶ offered ──Place──▶ ordered ──Begin──▶ studying ──Finish──▶ finished
//	   └─Apply─▶ applied ──Offer──────────▲ │                 │                  │
//	                │                       └──Lapse──▶ lapsed └──────End, Leave──┴──▶ left
//	                └──Refuse──▶ refused
//
// For a minor a parent agrees, before anything is ordered: who is under fourteen is spoken for, who is under eighteen has the
// consent of a parent (Civil Code of Kazakhstan art. 22, 23).
package course

import (
	"embed"
	"encoding/json"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/course/coursedb"
	"sauda/core/seller"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of courses.
var Schema = db.Schema{Name: "course", Files: schemaFiles}

// What staff of the school need: to see, to change and decide, and to keep the register of the groups that they teach.
const (
	ScopeRead  = "courses.read"
	ScopeWrite = "courses.write"
	ScopeTeach = "courses.teach"
)

// Faults of courses.
var (
	ErrUnknown = fault.New(fault.Missing, "course.unknown", "There is no such course, group or lesson. Look at the list of courses.")
	ErrInvalid = fault.New(fault.Invalid, "course.invalid", "Some fields are not right: see each of them.")
	ErrDenied  = fault.New(fault.Denied, "course.denied", "Only the staff of the school may do this. Ask for the right to keep courses.")
	ErrBuyer   = fault.New(fault.Denied, "course.buyer", "Sign in as a buyer to enrol.")
	ErrChanged = fault.New(fault.Conflict, "course.changed", "Somebody has changed this meanwhile. Look at it again, then decide.")
	ErrClosed  = fault.New(fault.Conflict, "course.closed", "This group takes no more students. Choose another group.")
	ErrFull    = fault.New(fault.Conflict, "course.full", "All places of this group are taken. Choose another group.")
	ErrState   = fault.New(fault.Conflict, "course.state", "That is not possible any more as the enrolment stands. Look at it again.")
	ErrAccess  = fault.New(fault.Denied, "course.access", "The materials are open to students from the payment until the end of access.")
	ErrOverdue = fault.New(fault.Denied, "course.overdue", "A payment of the plan is late, so the materials are closed. Pay it, and they open again.")
	ErrMany    = fault.New(fault.Limited, "course.many", "There is too much of it already. Take something away first.")
	ErrNoPaper = fault.New(fault.Missing, "course.unknown_certificate", "There is no certificate with this number. Check the number on the paper.")
)

// ID names a course, CohortID a group, LessonID a lesson, EnrolmentID an enrolment, DueID a payment of a plan, and
// MaterialID what is read or watched.
type (
	ID          string
	CohortID    string
	LessonID    string
	EnrolmentID string
	DueID       string
	MaterialID  string
)

// State says who sees a course.
type State string

// The states of a course.
const (
	StateDraft State = "draft"
	StateShown State = "shown"
	StateEnded State = "ended" // StateEnded takes nobody any more; who studies goes on.
)

// States are all states in their order.
var States = []State{StateDraft, StateShown, StateEnded}

// Question is what is asked of who applies.
type Question struct {
	Code     string         `json:"code"`
	Label    text.Localized `json:"label"`
	Required bool           `json:"required,omitempty"`
}

// Installment is one payment of a plan: its share of the price, and how many days after the first lesson it is due. The first part
// is paid with the enrolment.
type Installment struct {
	Share     money.Rate `json:"share"`
	AfterDays int        `json:"after_days"`
}

// Draft is what a school says of a course.
type Draft struct {
	Product    catalog.ProductID // Product is what it is on the shelf, and Variant how it is ordered.
	Variant    catalog.VariantID
	Name       text.Localized
	About      text.Localized
	Programme  text.Localized
	Spoken     string // Spoken is the language in which it is taught.
	Approval   bool   // Approval has the school decide about every application.
	AgeLeast   int
	AgeMost    int // AgeMost is no limit when it is zero.
	Needs      []ID
	Questions  []Question
	Plan       []Installment // Plan is empty when the whole price is paid at once.
	AccessDays int           // AccessDays is how long materials stay open after the last lesson.
	PauseDays  int           // PauseDays is how long a payment may be late before materials are closed.
	ShareLeast int           // ShareLeast is how many lessons of a hundred a student must have attended for a certificate.
	State      State
}

// Course is what is taught.
type Course struct {
	ID     ID
	Seller seller.ID
	Draft
	Version int64
}

// openUntil is when the materials of a group are closed whose last lesson is over at an instant.
func (c Course) openUntil(ends time.Time) time.Time {
	return ends.Add(time.Duration(c.AccessDays) * 24 * time.Hour)
}

// Slot is one lesson in the timetable of a week, by the clock of the zone.
type Slot struct {
	Weekday time.Weekday `json:"weekday"`
	At      string       `json:"at"` // At is when it begins: "18:30".
	Minutes int          `json:"minutes"`
}

// Teacher is who holds the lessons. User is a member of staff, who then keeps the register; it may be empty.
type Teacher struct {
	Name string `json:"name"`
	User string `json:"user,omitempty"`
}

// CohortState says whether a group takes students.
type CohortState string

// The states of a group.
const (
	CohortOpen      CohortState = "open"
	CohortClosed    CohortState = "closed"
	CohortCalledOff CohortState = "called_off"
)

// CohortDraft is what a school says of a group.
type CohortDraft struct {
	Name       text.Localized
	Days       span.Days // Days are from the first day up to, and without, the day after the last.
	Zone       string
	Slots      []Slot
	Teachers   []Teacher
	Room       string
	Places     int64
	Price      money.Money
	EnrolUntil span.Day
	State      CohortState
}

// Cohort is a group of students who begin and end together.
type Cohort struct {
	ID     CohortID
	Course ID
	Seller seller.ID
	CohortDraft
	Ends    time.Time // Ends is when its last lesson is over.
	Version int64
	Left    int64 // Left is how many places can still be taken, where the pool was asked.
}

// Open tells whether a group takes students on a day.
func (c Cohort) Open(on span.Day) bool { return c.State == CohortOpen && !c.EnrolUntil.Before(on) }

// Teaches tells whether a member of staff is among the teachers.
func (c Cohort) Teaches(user string) bool {
	for _, t := range c.Teachers {
		if user != "" && t.User == user {
			return true
		}
	}
	return false
}

// PlacesKey is the pool in core/hold that says how many places of a group are left.
func PlacesKey(c CohortID) string { return placePrefix + string(c) }

const placePrefix = "place:"

// LessonState says what became of a lesson.
type LessonState string

// The states of a lesson.
const (
	LessonPlanned   LessonState = "planned"
	LessonHeld      LessonState = "held"
	LessonCalledOff LessonState = "called_off"
)

// Lesson is one meeting of a group.
type Lesson struct {
	ID     LessonID
	Cohort CohortID
	Number int
	Begins time.Time
	Ends   time.Time
	Topic  text.Localized
	State  LessonState
}

// works refuses who does not do this for a school; another school's is as unknown as none.
func works(who db.Who, of seller.ID, scope string) error {
	if !who.For(string(of)) {
		return ErrUnknown.About("%s of %s", of, who.ID)
	}
	if !who.May(scope) {
		return ErrDenied.About("%s %s at %s", who.Kind, who.ID, of)
	}
	return nil
}

func courseOf(r coursedb.Course) (Course, error) {
	c := Course{ID: ID(r.ID), Seller: seller.ID(r.Seller), Version: r.Version, Draft: Draft{
		Product: catalog.ProductID(r.Product), Variant: catalog.VariantID(r.Variant), Spoken: r.Spoken, Approval: r.Approval == 1,
		AgeLeast: int(r.AgeLeast), AgeMost: int(r.AgeMost), AccessDays: int(r.AccessDays), PauseDays: int(r.PauseDays),
		ShareLeast: int(r.ShareLeast), State: State(r.State),
	}}
	return c, decode(
		stored{r.Name, &c.Name}, stored{r.About, &c.About}, stored{r.Programme, &c.Programme}, stored{r.Needs, &c.Needs},
		stored{r.Questions, &c.Questions}, stored{r.Plan, &c.Plan},
	)
}

func cohortOf(r coursedb.CourseCohort) (Cohort, error) {
	c := Cohort{ID: CohortID(r.ID), Course: ID(r.Course), Seller: seller.ID(r.Seller), Ends: span.FromMicros(r.EndsAt), Version: r.Version,
		CohortDraft: CohortDraft{Zone: r.Zone, Room: r.Room, Places: r.Places, Price: money.Of(r.Price, money.Currency(r.Currency)),
			State: CohortState(r.State)}}
	var last span.Day
	for _, d := range []struct {
		said string
		day  *span.Day
	}{{r.FromDay, &c.Days.From}, {r.ToDay, &last}, {r.EnrolUntil, &c.EnrolUntil}} {
		var err error
		if *d.day, err = span.Parse(d.said); err != nil {
			return c, err
		}
	}
	c.Days.To = last.AddDays(1)
	return c, decode(stored{r.Name, &c.Name}, stored{r.Slots, &c.Slots}, stored{r.Teachers, &c.Teachers})
}

func lessonOf(r coursedb.CourseLesson) (Lesson, error) {
	l := Lesson{ID: LessonID(r.ID), Cohort: CohortID(r.Cohort), Number: int(r.Number), Begins: span.FromMicros(r.StartsAt),
		Ends: span.FromMicros(r.EndsAt), State: LessonState(r.State)}
	return l, decode(stored{r.Topic, &l.Topic})
}

// stored is a column that holds JSON, and where its value goes.
type stored struct {
	said string
	into any
}

func decode(columns ...stored) error {
	for _, c := range columns {
		if c.said == "" {
			continue
		}
		if err := json.Unmarshal([]byte(c.said), c.into); err != nil {
			return err
		}
	}
	return nil
}

func encode(v any) string {
	body, err := json.Marshal(v)
	if err != nil { // Texts, days and numbers always encode.
		panic("course: " + err.Error())
	}
	return string(body)
}

func number(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}
