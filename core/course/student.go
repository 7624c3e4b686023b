package course

import (
	"slices"

	"sauda/base/ident"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/course/coursedb"
	"sauda/core/seller"
	"sauda/gear/db"
)

func enrolmentOf(r coursedb.CourseEnrolment) (Enrolment, error) {
	e := Enrolment{
		ID: EnrolmentID(r.ID), Course: ID(r.Course), Cohort: CohortID(r.Cohort), Seller: seller.ID(r.Seller), Party: r.Party, Person: r.Person,
		Lang: r.Lang, Student: r.Student, Number: r.Number, Parent: Parent{Name: r.Parent, IIN: ident.IIN(r.ParentIin)}, State: EnrolmentState(r.State),
		Reason: r.Reason, Share: money.Rate(r.Share), Why: r.ShareReason, Price: money.Of(r.Price, money.Currency(r.Currency)),
		Full: money.Of(r.FullPrice, money.Currency(r.Currency)), Order: r.OrderRef,
		Line: r.Line, Owner: r.Owner, Applied: span.FromMicros(r.AppliedAt), Version: r.Version,
	}
	if r.AgreedAt != 0 {
		e.Parent.Agreed = span.FromMicros(r.AgreedAt)
	}
	if r.AccessFrom != 0 {
		e.From, e.Until = span.FromMicros(r.AccessFrom), span.FromMicros(r.AccessUntil)
	}
	var err error
	if e.Birth, err = span.Parse(r.Birth); err != nil {
		return e, err
	}
	return e, decode(stored{r.Answers, &e.Answers})
}

func enrolmentsOf(rows []coursedb.CourseEnrolment) ([]Enrolment, error) {
	all := make([]Enrolment, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = enrolmentOf(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// load gives an enrolment; it looks at nobody's rights.
func load(tx *db.Tx, id EnrolmentID) (Enrolment, error) {
	all, err := someEnrolments(tx, []EnrolmentID{id})
	if err != nil {
		return Enrolment{}, err
	}
	if len(all) == 0 {
		return Enrolment{}, ErrUnknown.About("%.60s", string(id))
	}
	return all[0], nil
}

func someEnrolments(tx *db.Tx, ids []EnrolmentID) ([]Enrolment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := coursedb.New(tx).Enrolments(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	return enrolmentsOf(rows)
}

// Students gives those who have a place in a group, by name; it looks at nobody's rights.
func Students(tx *db.Tx, of CohortID) ([]Enrolment, error) {
	rows, err := coursedb.New(tx).OfCohort(tx.Context(), string(of))
	if err != nil {
		return nil, err
	}
	all, err := enrolmentsOf(rows)
	return slices.DeleteFunc(all, func(e Enrolment) bool { return e.State != InOrder && e.State != Studying }), err
}

// Enrolled gives an enrolment to its buyer and to the staff of its school; to everybody else it is unknown. What only the
// school may see of it, the number of the parent, is hidden from those who do not decide.
func Enrolled(tx *db.Tx, id EnrolmentID) (Enrolment, error) {
	e, err := load(tx, id)
	if err != nil {
		return Enrolment{}, err
	}
	who := tx.Who()
	own := who.Kind == db.KindBuyer && who.Party != "" && who.Party == e.Party
	staff := who.For(string(e.Seller)) && who.May(ScopeRead)
	if !own && !staff {
		return Enrolment{}, ErrUnknown.About("%s is not of %s", id, who.ID)
	}
	return e.hidden(who), nil
}

// hidden takes out what whoever looks may not see.
func (e Enrolment) hidden(who db.Who) Enrolment {
	if !who.For(string(e.Seller)) || !who.May(ScopeWrite) {
		e.Parent.IIN = ""
	}
	return e
}

// MyEnrolments gives what the buyer who acts has asked for and has, the newest first, a page at a time.
func MyEnrolments(tx *db.Tx, before EnrolmentID, limit int) ([]Enrolment, EnrolmentID, error) {
	who := tx.Who()
	if who.Kind != db.KindBuyer || who.Party == "" {
		return nil, "", ErrBuyer.About("%s %s", who.Kind, who.ID)
	}
	limit = min(max(limit, 1), listMax)
	if before == "" {
		before = "enr_z" // It comes after every id, which is of digits and letters up to this one.
	}
	rows, err := coursedb.New(tx).OfParty(tx.Context(), coursedb.OfPartyParams{Party: who.Party, Before: string(before), Page: int64(limit + 1)})
	if err != nil {
		return nil, "", err
	}
	return pageOf(tx, rows, limit)
}

// Applications gives who waits for the school to decide, the oldest first, a page at a time.
func Applications(tx *db.Tx, of seller.ID, after EnrolmentID, limit int) ([]Enrolment, EnrolmentID, error) {
	who := tx.Who()
	if !who.For(string(of)) || !who.May(ScopeRead) {
		return nil, "", ErrDenied.About("%s looks at %s", who.ID, of)
	}
	limit = min(max(limit, 1), listMax)
	rows, err := coursedb.New(tx).Waiting(tx.Context(), coursedb.WaitingParams{Seller: string(of), After: string(after), Page: int64(limit + 1)})
	if err != nil {
		return nil, "", err
	}
	return pageOf(tx, rows, limit)
}

func pageOf(tx *db.Tx, rows []coursedb.CourseEnrolment, limit int) ([]Enrolment, EnrolmentID, error) {
	var next EnrolmentID
	if len(rows) > limit {
		rows = rows[:limit]
		next = EnrolmentID(rows[limit-1].ID)
	}
	all, err := enrolmentsOf(rows)
	for i := range all {
		all[i] = all[i].hidden(tx.Who())
	}
	return all, next, err
}
