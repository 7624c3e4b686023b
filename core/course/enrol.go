package course

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/course/coursedb"
	"sauda/core/seller"
	"sauda/core/waitlist"
	"sauda/gear/db"
)

// EnrolmentState says how far an enrolment is.
type EnrolmentState string

// The states of an enrolment.
const (
	Waiting  EnrolmentState = "applied" // Waiting is for the school to decide.
	Invited  EnrolmentState = "offered" // Invited can be put in the basket.
	Declined EnrolmentState = "refused"
	InOrder  EnrolmentState = "ordered" // InOrder is ordered and not paid.
	Studying EnrolmentState = "studying"
	Done     EnrolmentState = "finished"
	Gone     EnrolmentState = "left"
	Expired  EnrolmentState = "lapsed"
)

// Parent is who agrees for a minor.
type Parent struct {
	Name   string
	IIN    ident.IIN // IIN is personal data: it is shown to the staff that keeps the contracts and to nobody else.
	Agreed time.Time
}

// Application is what somebody says who wants a place.
type Application struct {
	Student string
	Birth   span.Day
	Number  string // Number is what the school calls the student; most have none.
	Answers map[string]string
	Parent  string
	IIN     string // IIN is the number of the parent.
	Lang    string // Lang is the language in which is written to him.
	Agrees  bool   // Agrees says that the parent agrees, or that the adult student accepts the terms.
}

// Enrolment is a place that somebody wants, has ordered, or has.
type Enrolment struct {
	ID      EnrolmentID
	Course  ID
	Cohort  CohortID
	Seller  seller.ID
	Party   string
	Person  string
	Lang    string
	Student string
	Birth   span.Day
	Number  string
	Answers map[string]string
	Parent  Parent
	State   EnrolmentState
	Reason  string
	Share   money.Rate // Share is what a scholarship takes off, and ShareReason why.
	Why     string
	Full    money.Money // Full is what the group cost on the day of the application, and Price what this student pays of it.
	Price   money.Money
	Order   string
	Line    string
	Owner   string // Owner is whose the claim on the place is in core/hold.
	From    time.Time
	Until   time.Time
	Applied time.Time
	Version int64
}

// Live tells whether the student has or may get his place.
func (e Enrolment) Live() bool {
	return slices.Contains([]EnrolmentState{Waiting, Invited, InOrder, Studying, Done}, e.State)
}

// adulthood is when a person acts for himself (Civil Code of Kazakhstan art. 17(1)).
const adulthood = 18

// Age gives how many years old somebody is on a day who was born on another.
func Age(birth, on span.Day) int {
	by, bm, bd := birth.Date()
	y, m, d := on.Date()
	age := y - by
	if m < bm || m == bm && d < bd {
		age--
	}
	return age
}

// Apply asks for a place in a group. Where the course has the school decide it waits; otherwise it can be ordered at once. The
// same student of the same buyer asks once: told again, it is the same. The place itself is held by the basket, or, where one is
// offered to who waited, by the enrolment itself until the offer is over.
func Apply(tx *db.Tx, to CohortID, a Application) (Enrolment, error) {
	who := tx.Who()
	if who.Kind != db.KindBuyer || who.Party == "" {
		return Enrolment{}, ErrBuyer.About("%s %s", who.Kind, who.ID)
	}
	c, err := GetCohort(tx, to)
	if err != nil {
		return Enrolment{}, err
	}
	on, err := Get(tx, c.Course)
	if err != nil {
		return Enrolment{}, err
	}
	zone, err := span.ZoneOf(c.Zone)
	if err != nil {
		return Enrolment{}, err
	}
	today := span.DayOf(tx.Now(), zone)
	switch {
	case on.State == StateDraft:
		return Enrolment{}, ErrUnknown.About("%s is a draft", on.ID)
	case on.State == StateEnded || !c.Open(today):
		return Enrolment{}, ErrClosed.About("%s", c.ID)
	}
	e, err := applicationOf(a, on, today)
	if err != nil {
		return Enrolment{}, err
	}
	e.ID, e.Course, e.Cohort, e.Seller = EnrolmentID(tx.Mint("enr")), c.Course, c.ID, c.Seller
	e.Party, e.Person, e.Full, e.Price, e.Applied, e.Version = who.Party, who.ID, c.Price, c.Price, tx.Now(), 1
	if e.Parent.Name != "" {
		e.Parent.Agreed = tx.Now()
	}
	e.State = Invited
	if on.Approval {
		e.State = Waiting
	} else if err := e.meets(tx, on); err != nil {
		return Enrolment{}, err
	}
	return e.write(tx, c)
}

// write keeps an enrolment, or gives the one that stands already. A group without a place left takes no new one.
func (e Enrolment) write(tx *db.Tx, c Cohort) (Enrolment, error) {
	stands, err := coursedb.New(tx).LiveOf(tx.Context(), coursedb.LiveOfParams{Party: e.Party, Cohort: string(e.Cohort)})
	if err != nil {
		return Enrolment{}, err
	}
	w, err := waitlist.OfferIn(tx, string(c.ID))
	if err != nil {
		return Enrolment{}, err
	}
	for _, r := range stands {
		if r.Folded == text.Fold(e.Student) {
			old, err := enrolmentOf(r)
			if err != nil {
				return Enrolment{}, err
			}
			return old.again(tx, w)
		}
	}
	if len(stands) >= studentsMax {
		return Enrolment{}, ErrMany.About("%s has %d in %s", e.Party, len(stands), c.ID)
	}
	if w.ID != "" {
		if err := e.hold(tx, w); err != nil {
			return Enrolment{}, err
		}
	} else if c.Left == 0 {
		return Enrolment{}, ErrFull.About("%s", c.ID)
	}
	n, err := coursedb.New(tx).Enrol(tx.Context(), coursedb.EnrolParams{
		ID: string(e.ID), Course: string(e.Course), Cohort: string(e.Cohort), Seller: string(e.Seller), Party: e.Party, Person: e.Person, Lang: e.Lang,
		Student: e.Student, Folded: text.Fold(e.Student), Birth: e.Birth.String(), Number: e.Number, Answers: encode(e.Answers), Parent: e.Parent.Name,
		ParentIin: string(e.Parent.IIN), AgreedAt: span.Micros(e.Parent.Agreed), State: string(e.State), Price: e.Price.Minor, FullPrice: e.Full.Minor,
		Currency: string(e.Price.Currency), Owner: e.Owner, AppliedAt: span.Micros(e.Applied),
	})
	if err == nil && n == 0 {
		err = db.ErrRace // Another device of the same buyer was faster.
	}
	if err != nil {
		return Enrolment{}, err
	}
	if e.State == Waiting {
		return e, tx.Emit(Applied{e.about()})
	}
	return e, tx.Emit(Offered{e.about()})
}

// studentsMax is how many students one buyer brings to one group: a large family, or a firm that sends its people.
const studentsMax = 30

// applicationOf gives what was said, cleaned and judged by the course on a day.
func applicationOf(a Application, on Course, today span.Day) (Enrolment, error) {
	c := &checker{}
	e := Enrolment{Lang: cmp.Or(a.Lang, "kk"), Student: c.plain(a.Student, NameMax, "/student"), Birth: a.Birth, Number: c.plain(a.Number, 60, "/number"), Answers: map[string]string{}}
	c.when(e.Student == "", "/student", fault.Say("Write the name of the student."))
	born := !a.Birth.IsZero() && a.Birth.Before(today) && Age(a.Birth, today) <= 120
	c.when(!born, "/birth", fault.Say("Write the day of birth, which is in the past."))
	if born {
		age := Age(a.Birth, today)
		young, old := age < on.AgeLeast, on.AgeMost > 0 && age > on.AgeMost
		c.when(young, "/birth", fault.Say("The course is for students from {n} years on.").With("n", on.AgeLeast))
		c.when(old, "/birth", fault.Say("The course is for students of at most {n} years.").With("n", on.AgeMost))
		if age < adulthood {
			e.Parent = c.parent(a, today)
		}
	}
	c.when(!a.Agrees, "/agrees", fault.Say("Agree to the terms of the contract."))
	asked := map[string]bool{}
	for _, q := range on.Questions {
		asked[q.Code] = true
		said := c.plain(a.Answers[q.Code], AnswerMax, "/answers/"+q.Code)
		c.when(q.Required && said == "", "/answers/"+q.Code, fault.Say("Answer this question."))
		if said != "" {
			e.Answers[q.Code] = said
		}
	}
	for _, code := range slices.Sorted(maps.Keys(a.Answers)) {
		c.when(!asked[code], "/answers", fault.Say("Answer the questions of the course only."))
	}
	return e, ErrInvalid.Fields(c.fields...)
}

// parent judges who agrees for a minor: an adult with a number of his own, which tells his age.
func (c *checker) parent(a Application, today span.Day) Parent {
	p := Parent{Name: c.plain(a.Parent, NameMax, "/parent")}
	c.when(p.Name == "", "/parent", fault.Say("The student is a minor: write the name of the parent who agrees."))
	iin, err := ident.ParseIIN(a.IIN)
	c.when(err != nil, "/iin", fault.Say("Check the IIN of the parent: it has 12 digits."))
	if err == nil {
		birth, known := born(iin)
		c.when(known && Age(birth, today) < adulthood, "/iin", fault.Say("Who agrees for a minor is an adult."))
	}
	p.IIN = iin
	return p
}

// born reads the day of birth from a number: six digits of the day, then one of the century and sex (1, 2 the nineteenth, 3, 4
// the twentieth, 5, 6 the twenty-first). Those of foreigners without it tell nothing.
func born(iin ident.IIN) (span.Day, bool) {
	century := map[byte]string{'1': "18", '2': "18", '3': "19", '4': "19", '5': "20", '6': "20"}[iin[6]]
	day, err := span.Parse(century + string(iin[:2]) + "-" + string(iin[2:4]) + "-" + string(iin[4:6]))
	return day, err == nil
}

// meets refuses a student who has not finished what the course builds on.
func (e Enrolment) meets(tx *db.Tx, on Course) error {
	lacks, err := Lacks(tx, on, e)
	if err != nil || len(lacks) == 0 {
		return err
	}
	return ErrInvalid.At("/student", fault.Say("Finish the courses first on which this one builds."))
}

// Lacks gives the courses that a student has not finished on which a course builds.
func Lacks(tx *db.Tx, on Course, e Enrolment) ([]ID, error) {
	if len(on.Needs) == 0 {
		return nil, nil
	}
	done, err := coursedb.New(tx).FinishedOf(tx.Context(), coursedb.FinishedOfParams{Party: e.Party, Folded: text.Fold(e.Student)})
	var lacks []ID
	for _, need := range on.Needs {
		if !slices.Contains(done, string(need)) {
			lacks = append(lacks, need)
		}
	}
	return lacks, err
}

// Offer lets who has applied order his place.
func Offer(tx *db.Tx, id EnrolmentID, version int64) (Enrolment, error) {
	e, err := judged(tx, id, version, Waiting)
	if err == nil {
		err = step(tx, &e, Invited, "")
	}
	if err != nil {
		return Enrolment{}, err
	}
	return e, tx.Emit(Offered{e.about()})
}

// Refuse has no place for who has applied, and tells him why.
func Refuse(tx *db.Tx, id EnrolmentID, version int64, reason string) (Enrolment, error) {
	c := &checker{}
	reason = c.plain(reason, ReasonMax, "/reason")
	c.when(reason == "", "/reason", fault.Say("Say why."))
	if err := ErrInvalid.Fields(c.fields...); err != nil {
		return Enrolment{}, err
	}
	e, err := judged(tx, id, version, Waiting)
	if err == nil {
		err = step(tx, &e, Declined, reason)
	}
	if err != nil {
		return Enrolment{}, err
	}
	return e, tx.Emit(Refused{e.about(), reason})
}

// Grant gives a student a scholarship: a share off the price, with the reason that the school writes down. It counts for what
// is not ordered yet; zero takes it away again.
func Grant(tx *db.Tx, id EnrolmentID, version int64, share money.Rate, reason string) (Enrolment, error) {
	c := &checker{}
	reason = c.plain(reason, ReasonMax, "/reason")
	c.when(share.Check() != nil, "/share", fault.Say("Write a share above 0 and at most 100 per cent."))
	c.when(share > 0 && reason == "", "/reason", fault.Say("Say why."))
	if err := ErrInvalid.Fields(c.fields...); err != nil {
		return Enrolment{}, err
	}
	e, err := judged(tx, id, version, Waiting, Invited)
	if err != nil {
		return Enrolment{}, err
	}
	e.Price, e.Share, e.Why = Reduced(e.Full, share), share, reason
	n, err := coursedb.New(tx).Grant(tx.Context(), coursedb.GrantParams{
		Share: int64(share), ShareReason: reason, Price: e.Price.Minor, ID: string(id), Version: version,
	})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s is not at %d", id, version)
	}
	e.Version++
	if err != nil {
		return Enrolment{}, err
	}
	return e, tx.Emit(Granted{e.about(), share})
}

// SetNumber writes down what the school calls a student; by it fees are asked for and paid elsewhere.
func SetNumber(tx *db.Tx, id EnrolmentID, version int64, said string) (Enrolment, error) {
	c := &checker{}
	said = c.plain(said, 60, "/number")
	if err := ErrInvalid.Fields(c.fields...); err != nil {
		return Enrolment{}, err
	}
	e, err := judged(tx, id, version)
	if err != nil {
		return Enrolment{}, err
	}
	n, err := coursedb.New(tx).SetNumber(tx.Context(), coursedb.SetNumberParams{Number: said, ID: string(id), Version: version})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s is not at %d", id, version)
	}
	e.Number, e.Version = said, version+1
	return e, err
}

// judged gives an enrolment to the staff of its school who decide, in the version that they have read and in one of the
// states; without states in any.
func judged(tx *db.Tx, id EnrolmentID, version int64, in ...EnrolmentState) (Enrolment, error) {
	e, err := load(tx, id)
	if err != nil {
		return Enrolment{}, err
	}
	if err := works(tx.Who(), e.Seller, ScopeWrite); err != nil {
		return Enrolment{}, err
	}
	switch {
	case e.Version != version:
		return Enrolment{}, ErrChanged.About("%s is at %d, not %d", id, e.Version, version)
	case len(in) > 0 && !slices.Contains(in, e.State):
		return Enrolment{}, ErrState.About("%s is %s", id, e.State)
	}
	return e, nil
}

// step moves an enrolment on.
func step(tx *db.Tx, e *Enrolment, to EnrolmentState, reason string) error {
	n, err := coursedb.New(tx).Step(tx.Context(), coursedb.StepParams{State: string(to), Reason: reason, Now: span.Micros(tx.Now()), ID: string(e.ID), Version: e.Version})
	if err == nil && n == 0 {
		err = ErrChanged.About("%s is not at %d", e.ID, e.Version)
	}
	e.State, e.Reason, e.Version = to, reason, e.Version+1
	if err == nil && (to == Declined || to == Gone) && e.From.IsZero() { // Who never studied has no contract that is kept.
		err = coursedb.New(tx.Later()).ForgetAnswers(tx.Context(), string(e.ID))
	}
	return err
}
