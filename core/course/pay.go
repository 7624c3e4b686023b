package course

import (
	"slices"
	"strings"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/course/coursedb"
	"sauda/core/hold"
	"sauda/gear/db"
)

// DueState says what became of a payment of a plan.
type DueState string

// The states of a payment.
const (
	DueOpen    DueState = "open"
	DueOrdered DueState = "ordered"
	DuePayment DueState = "paid"
	DueWaived  DueState = "waived" // DueWaived is owed no more: the student has left.
)

// Due is a payment of the plan of a student.
type Due struct {
	ID        DueID
	Enrolment EnrolmentID
	Party     string
	Position  int
	Day       span.Day
	Amount    money.Money
	State     DueState
	Order     string
}

// ref is what was chosen to pay it: the first payment is that of the place itself.
func (d Due) ref() string {
	if d.Position == 1 {
		return string(d.Enrolment)
	}
	return string(d.ID)
}

// Late tells by how many days a payment is late.
func (d Due) Late(on span.Day) int {
	if d.State != DueOpen && d.State != DueOrdered {
		return 0
	}
	return max(0, d.Day.DaysUntil(on))
}

func dueOf(r coursedb.CourseDue) (Due, error) {
	d := Due{ID: DueID(r.ID), Enrolment: EnrolmentID(r.Enrolment), Party: r.Party, Position: int(r.Position),
		Amount: money.Of(r.Amount, money.Currency(r.Currency)), State: DueState(r.State), Order: r.OrderRef}
	var err error
	d.Day, err = span.Parse(r.Day)
	return d, err
}

// duesOf gives the payments of enrolments in their order, in one statement.
func duesOf(tx *db.Tx, of []EnrolmentID) (map[EnrolmentID][]Due, error) {
	if len(of) == 0 {
		return nil, nil
	}
	rows, err := coursedb.New(tx).DuesOf(tx.Context(), db.In(of))
	if err != nil {
		return nil, err
	}
	all := make(map[EnrolmentID][]Due, len(of))
	for _, r := range rows {
		d, err := dueOf(r)
		if err != nil {
			return nil, err
		}
		all[d.Enrolment] = append(all[d.Enrolment], d)
	}
	return all, nil
}

// Choice is what a buyer can order now: a place, or a later payment of the plan of one that he has.
type Choice struct {
	Ref       string
	Enrolment Enrolment
	Course    Course
	Cohort    Cohort
	Due       Due         // Due is the payment; without an id it is the place with its first payment.
	Price     money.Money // Price is what is paid now.
	Parts     int         // Parts is in how many payments all is paid.
	Wants     []hold.Want
	Until     time.Time // Until is how long the price stands: to the end of the last day on which somebody may enrol.
}

const duePrefix = "due_"

// Choices gives what the buyer who acts can order of some references, in at most four statements, and one for each that
// came of an offer. What is not his, is ordered
// already or cannot be ordered any more is absent.
func Choices(tx *db.Tx, refs []string) (map[string]Choice, error) {
	var places []EnrolmentID
	var dues []DueID
	for _, ref := range refs {
		if strings.HasPrefix(ref, duePrefix) {
			dues = append(dues, DueID(ref))
		} else {
			places = append(places, EnrolmentID(ref))
		}
	}
	found := make(map[string]Choice, len(refs))
	owed := map[EnrolmentID]Due{}
	if len(dues) > 0 {
		rows, err := coursedb.New(tx).Dues(tx.Context(), db.In(dues))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			d, err := dueOf(r)
			if err != nil {
				return nil, err
			}
			if d.State == DueOpen && d.Party == tx.Who().Party {
				found[string(d.ID)] = Choice{Ref: string(d.ID), Due: d, Price: d.Amount}
				places, owed[d.Enrolment] = append(places, d.Enrolment), d
			}
		}
	}
	return found, chosen(tx, found, places, refs)
}

// chosen fills in the enrolments of choices, with their courses and groups, and adds those that are offered.
func chosen(tx *db.Tx, found map[string]Choice, places []EnrolmentID, refs []string) error {
	enrolments, err := someEnrolments(tx, places)
	if err != nil || len(enrolments) == 0 {
		return err
	}
	courses, cohorts, err := Around(tx, enrolments)
	if err != nil {
		return err
	}
	byID := make(map[EnrolmentID]Enrolment, len(enrolments))
	for _, e := range enrolments {
		byID[e.ID] = e
		c, ok := placeOf(e, courses[e.Course], cohorts[e.Cohort], tx.Now())
		if err := c.held(tx); err != nil {
			return err
		}
		if ok && e.Party == tx.Who().Party && contains(refs, string(e.ID)) {
			found[string(e.ID)] = c
		}
	}
	for ref, c := range found {
		if c.Due.ID == "" {
			continue
		}
		e := byID[c.Due.Enrolment]
		c.Enrolment, c.Course, c.Cohort = e, courses[e.Course], cohorts[e.Cohort]
		found[ref] = c
	}
	return nil
}

func contains(refs []string, ref string) bool {
	for _, r := range refs {
		if r == ref {
			return true
		}
	}
	return false
}

// Around gives the courses and groups of enrolments, in two statements.
func Around(tx *db.Tx, of []Enrolment) (map[ID]Course, map[CohortID]Cohort, error) {
	courses, cohorts := make([]ID, len(of)), make([]CohortID, len(of))
	for i, e := range of {
		courses[i], cohorts[i] = e.Course, e.Cohort
	}
	on, err := Some(tx, courses)
	if err != nil {
		return nil, nil, err
	}
	in, err := SomeCohorts(tx, cohorts)
	return on, in, err
}

// placeOf gives what the place of an enrolment costs now. Not ok is one that cannot be ordered.
func placeOf(e Enrolment, on Course, in Cohort, now time.Time) (Choice, bool) {
	zone, err := span.ZoneOf(in.Zone)
	if err != nil || e.State != Invited || !in.Open(span.DayOf(now, zone)) {
		return Choice{}, false
	}
	parts := Payments(e.Price, on.Plan, span.DayOf(now, zone), in.Days.From)
	return Choice{
		Ref: string(e.ID), Enrolment: e, Course: on, Cohort: in, Price: parts[0].Amount, Parts: len(parts),
		Wants: []hold.Want{{Key: PlacesKey(in.ID), Quantity: 1}}, Until: in.EnrolUntil.AddDays(1).Start(zone),
	}, true
}

// Sold is how something was ordered.
type Sold struct {
	Ref   string
	Order string
	Line  string
	Owner string // Owner is whose the claim on the place is in core/hold.
}

// Place writes down that a place or a payment is ordered, with the payments that follow by the plan. What is ordered already by
// the same order stays; by another it is ErrState.
func Place(tx *db.Tx, s Sold) error {
	if strings.HasPrefix(s.Ref, duePrefix) {
		return placeDue(tx, s)
	}
	e, err := load(tx, EnrolmentID(s.Ref))
	if err != nil {
		return err
	}
	if e.Order == s.Order && s.Order != "" {
		return nil
	}
	if s.Owner, err = e.keeper(tx, s.Owner); err != nil {
		return err
	}
	n, err := coursedb.New(tx).Order(tx.Context(), coursedb.OrderParams{ID: s.Ref, OrderRef: s.Order, Line: s.Line, Owner: s.Owner})
	if err == nil && n == 0 {
		err = ErrState.About("%s is %s", e.ID, e.State)
	}
	if err != nil {
		return err
	}
	courses, cohorts, err := Around(tx, []Enrolment{e})
	if err != nil {
		return err
	}
	in := cohorts[e.Cohort]
	zone, err := span.ZoneOf(in.Zone)
	if err != nil {
		return err
	}
	for i, p := range Payments(e.Price, courses[e.Course].Plan, span.DayOf(tx.Now(), zone), in.Days.From) {
		by := ""
		if i == 0 {
			by = s.Order
		}
		if err := addDue(tx, e, i+1, p, by); err != nil {
			return err
		}
	}
	return tx.Emit(Ordered{e.about(), s.Order})
}

// addDue writes a payment down: open, or ordered by an order.
func addDue(tx *db.Tx, e Enrolment, position int, p Payment, by string) error {
	state := DueOpen
	if by != "" {
		state = DueOrdered
	}
	return coursedb.New(tx.Later()).AddDue(tx.Context(), coursedb.AddDueParams{
		ID: tx.Mint("due"), Enrolment: string(e.ID), Party: e.Party, Position: int64(position), Day: p.Day.String(),
		Amount: p.Amount.Minor, Currency: string(p.Amount.Currency), State: string(state), OrderRef: by,
	})
}

func placeDue(tx *db.Tx, s Sold) error {
	d, err := oneDue(tx, DueID(s.Ref))
	if err != nil || d.Order == s.Order && d.State != DueOpen {
		return err
	}
	n, err := coursedb.New(tx).OrderDue(tx.Context(), coursedb.OrderDueParams{ID: s.Ref, OrderRef: s.Order})
	if err == nil && n == 0 {
		err = ErrState.About("%s is %s", d.ID, d.State)
	}
	return err
}

func oneDue(tx *db.Tx, id DueID) (Due, error) {
	rows, err := coursedb.New(tx).Dues(tx.Context(), db.In([]DueID{id}))
	if err != nil {
		return Due{}, err
	}
	if len(rows) == 0 {
		return Due{}, ErrUnknown.About("%.60s", string(id))
	}
	return dueOf(rows[0])
}

// Begin hears that an order is paid: the student studies from now on and sees the materials until so many days after the last
// lesson; a later payment is paid. Told twice, it is so once.
func Begin(tx *db.Tx, ref string) error {
	if strings.HasPrefix(ref, duePrefix) {
		return payDue(tx, DueID(ref))
	}
	e, err := load(tx, EnrolmentID(ref))
	if err != nil {
		return err
	}
	courses, cohorts, err := Around(tx, []Enrolment{e})
	if err != nil {
		return err
	}
	until := courses[e.Course].openUntil(cohorts[e.Cohort].Ends)
	n, err := coursedb.New(tx).Begin(tx.Context(), coursedb.BeginParams{
		ID: ref, AccessFrom: span.Micros(tx.Now()), AccessUntil: span.Micros(until),
	})
	if err != nil || n == 0 { // It was paid before, or the place was given up meanwhile.
		return err
	}
	if err := coursedb.New(tx.Later()).PayFirst(tx.Context(), ref); err != nil {
		return err
	}
	return tx.Emit(Begun{e.about(), e.Order})
}

func payDue(tx *db.Tx, id DueID) error {
	d, err := oneDue(tx, id)
	if err != nil {
		return err
	}
	n, err := coursedb.New(tx).PayDue(tx.Context(), string(id))
	if err != nil || n == 0 {
		return err
	}
	e, err := load(tx, d.Enrolment)
	if err != nil {
		return err
	}
	return tx.Emit(DuePaid{e.about(), d.ID, d.Order})
}

// End hears that what was ordered is given up as a whole, and what was paid goes back by the order: the student leaves, owes
// nothing any more, and has back what he has paid by other orders. What is not paid is cancelled, which has released the place; what
// was paid is given back, and the place is free from here on. A later payment is open again, unless it has come and he has
// left. Told twice, it is so once.
func End(tx *db.Tx, ref string) error {
	if strings.HasPrefix(ref, duePrefix) {
		return endDue(tx, DueID(ref))
	}
	e, err := load(tx, EnrolmentID(ref))
	if err != nil {
		return err
	}
	if e.own() { // No order holds it.
		if err := hold.Release(tx, e.Owner); err != nil {
			return err
		}
	}
	if e.State != InOrder && e.State != Studying {
		return nil
	}
	if e.State == Studying && !e.own() {
		if err := hold.ReleasePart(tx, e.Owner, []hold.Want{{Key: PlacesKey(e.Cohort), Quantity: 1}}); err != nil {
			return err
		}
	}
	if err := step(tx, &e, Gone, ""); err != nil {
		return err
	}
	all, err := duesOf(tx, []EnrolmentID{e.ID})
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(all[e.ID], func(d Due) bool { return d.Order == e.Order })
	if err := waive(tx, []EnrolmentID{e.ID}); err != nil {
		return err
	}
	return tx.Emit(Left{About: e.about(), Back: Returns(sumPaid(e, others), others), Drop: unpaid(others)})
}

func endDue(tx *db.Tx, id DueID) error {
	d, err := oneDue(tx, id)
	if err != nil {
		return err
	}
	e, err := load(tx, d.Enrolment)
	if err != nil {
		return err
	}
	to := DueOpen
	if d.State == DuePayment && e.State == Gone {
		to = DueWaived
	}
	_, err = coursedb.New(tx).ReopenDue(tx.Context(), coursedb.ReopenDueParams{State: string(to), ID: string(id)})
	return err
}
