package course_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/course"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// placeDue orders and pays, or only orders, a payment of a plan.
func placeDue(t *testing.T, s *dbtest.Store, due course.DueID, order string, paid bool) {
	t.Helper()
	s.As(db.System).Moment(t, func(tx *db.Tx) error {
		err := course.Place(tx, course.Sold{Ref: string(due), Order: order})
		if err == nil && paid {
			err = course.Begin(tx, string(due))
		}
		return err
	})
}

// told gives the facts of a name as they were written.
func told(t *testing.T, s *dbtest.Store, name string) (all []string) {
	t.Helper()
	for _, f := range s.Facts(t) {
		if f.Name == name {
			all = append(all, string(f.Body))
		}
	}
	return all
}

// TestPartings looks at what becomes of payments when students leave, when their order is given back, and when a school calls a
// group off.
func TestPartings(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		third := money.Percent(20)
		plan := []course.Installment{{Share: third}, {Share: third, AfterDays: 7}, {Share: money.Percent(60), AfterDays: 14}}
		_, g := school(t, s, course.Draft{Plan: plan, AccessDays: 10}, 9)
		state := map[string]course.EnrolmentID{}
		for _, who := range []string{"debtor", "returner", "student", "unpaid", "idle"} {
			s.As(buyer(who)).Moment(t, func(tx *db.Tx) (err error) {
				var e course.Enrolment
				if who == "idle" {
					e, err = course.Apply(tx, g.ID, adult(who))
				} else {
					e, err = enrol(tx, g.ID, adult(who), "ord_"+who)
				}
				state[who] = e.ID
				return err
			})
			if who != "unpaid" && who != "idle" {
				s.As(db.System).Moment(t, func(tx *db.Tx) error { return course.Begin(tx, string(state[who])) })
			}
		}
		study := func(who string) (v course.Study) {
			t.Helper()
			s.As(buyer(who)).Look(t, func(tx *db.Tx) (err error) { v, err = course.Studies(tx, state[who]); return err })
			return v
		}
		dues := func(who string) (all []course.DueState) {
			t.Helper()
			for _, d := range study(who).Dues {
				all = append(all, d.State)
			}
			return all
		}

		// Two of five lessons are held, and one of three payments has come; the next stands in an order that is not paid.
		s.Clock.Set(g.Days.From.AddDays(14).Start(span.Almaty))
		placeDue(t, s, study("debtor").Dues[1].ID, "ord_late", false)
		err := s.As(buyer("debtor")).Try(func(tx *db.Tx) error { _, err := course.Leave(tx, state["debtor"], kzt(0), ""); return err })
		if !errors.Is(err, course.ErrChanged) {
			t.Errorf("he has not seen what he owes: %v", err)
		}
		s.As(buyer("debtor")).Moment(t, func(tx *db.Tx) error {
			p, err := course.Leave(tx, state["debtor"], kzt(-20_000_00), "")
			if p.Owed != kzt(20_000_00) {
				t.Errorf("after two of five he owes %+v", p)
			}
			return err
		})
		if got := dues("debtor"); !slices.Equal(got, []course.DueState{course.DuePayment, course.DueWaived, course.DueWaived, course.DueOpen}) {
			t.Errorf("the payments of who has left are %v", got)
		}
		if all := told(t, s, "course.left"); len(all) != 1 || !strings.Contains(all[0], "ord_late") || strings.Contains(all[0], "back") {
			t.Errorf("it was told: %v", all)
		}
		last := study("debtor").Dues[3]
		placeDue(t, s, last.ID, "ord_last", false)
		s.As(db.System).Moment(t, func(tx *db.Tx) error { return course.End(tx, string(last.ID)) })
		if got := dues("debtor"); got[3] != course.DueOpen {
			t.Errorf("an order that was not paid leaves the last payment %s", got[3])
		}
		placeDue(t, s, last.ID, "ord_again", true)

		// A whole order that is given back takes with it what was paid by others.
		placeDue(t, s, study("returner").Dues[1].ID, "ord_second", true)
		for range 2 {
			s.As(db.System).Moment(t, func(tx *db.Tx) error { return course.End(tx, string(state["returner"])) })
		}
		s.Look(t, func(tx *db.Tx) error {
			left, err := hold.Left(tx, []string{course.PlacesKey(g.ID)})
			if left[course.PlacesKey(g.ID)] != 7 {
				t.Errorf("of nine places of which two are taken are left %v", left)
			}
			return err
		})
		if all := told(t, s, "course.left"); len(all) != 2 || !strings.Contains(all[1], "ord_second") || strings.Contains(all[1], "ord_returner") {
			t.Errorf("it was told: %v", all)
		}
		s.As(db.System).Moment(t, func(tx *db.Tx) error { return course.End(tx, string(study("returner").Dues[1].ID)) })
		if got := dues("returner"); got[1] != course.DueWaived {
			t.Errorf("what was given back to who has left is %s", got[1])
		}

		callOff(t, s, g, study)
		for who, want := range map[string]course.EnrolmentState{"student": course.Gone, "unpaid": course.Gone, "idle": course.Expired} {
			if e := study(who).Enrolment; e.State != want || e.Reason == "" {
				t.Errorf("%s is %s: %q", who, e.State, e.Reason)
			}
		}
	})
}

// callOff ends a group of which two of five lessons are held.
func callOff(t *testing.T, s *dbtest.Store, g course.Cohort, study func(string) course.Study) {
	t.Helper()
	placeDue(t, s, study("student").Dues[1].ID, "ord_student_2", true)
	placeDue(t, s, study("student").Dues[2].ID, "ord_student_3", true)
	for name, x := range map[string]struct {
		who     db.Who
		version int64
		reason  string
		want    error
	}{
		"another school": {alien, g.Version, "x", course.ErrUnknown}, "a teacher": {teacher, g.Version, "x", course.ErrDenied},
		"a student": {buyer("student"), g.Version, "x", course.ErrUnknown}, "an old version": {staff, g.Version + 1, "x", course.ErrChanged},
		"no reason": {staff, g.Version, " ", course.ErrInvalid},
	} {
		if err := s.As(x.who).Try(func(tx *db.Tx) error { _, err := course.CallOff(tx, g.ID, x.version, x.reason); return err }); !errors.Is(err, x.want) {
			t.Errorf("%s calls it off: %v", name, err)
		}
	}
	for _, want := range []error{nil, course.ErrState} {
		err := s.As(staff).Try(func(tx *db.Tx) error {
			_, err := course.CallOff(tx, g.ID, g.Version, "Мұғалім ауырып қалды")
			return err
		})
		if !errors.Is(err, want) {
			t.Errorf("the school calls it off: %v, want %v", err, want)
		}
	}
	all := told(t, s, "course.left")
	whole := strings.Join(all, "\n")
	if len(all) != 4 || !strings.Contains(whole, `"drop":[{"order":"ord_unpaid"`) || !strings.Contains(whole, `"back":[{"order":"ord_student_3"`) {
		t.Errorf("it was told: %s", whole)
	}
	s.Look(t, func(tx *db.Tx) error {
		left, err := hold.Left(tx, []string{course.PlacesKey(g.ID)})
		if left[course.PlacesKey(g.ID)] != 8 { // That of the order which is not paid is released with its line.
			t.Errorf("of nine places are left %v", left)
		}
		return err
	})
	s.Look(t, func(tx *db.Tx) error {
		lessons, err := course.Lessons(tx, g.ID)
		for i, l := range lessons {
			if off := l.State == course.LessonCalledOff; off != (i >= 2) {
				t.Errorf("lesson %d is %s", l.Number, l.State)
			}
		}
		return err
	})
}

// TestAccessFollowsTheLastLesson and what is offered late has its whole time to be ordered.
func TestAccessFollowsTheLastLesson(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		_, g := school(t, s, course.Draft{Approval: true, AccessDays: 10}, 5)
		var e course.Enrolment
		s.As(buyer("pty_1")).Moment(t, func(tx *db.Tx) (err error) { e, err = course.Apply(tx, g.ID, adult("Айсұлу")); return err })
		s.Clock.Set(g.Days.From.Start(span.Almaty))
		s.As(staff).Moment(t, func(tx *db.Tx) (err error) { e, err = course.Offer(tx, e.ID, e.Version); return err })
		s.Clock.Advance(25 * 24 * time.Hour) // It is longer than thirty days since it was asked for.
		s.As(db.System).Moment(t, func(tx *db.Tx) error {
			n, err := course.Lapse(tx, 10)
			if n != 0 {
				t.Errorf("%d lapsed", n)
			}
			return err
		})
		s.As(buyer("pty_1")).Moment(t, func(tx *db.Tx) error {
			return errors.Join(course.Place(tx, course.Sold{Ref: string(e.ID), Order: "ord_1"}), course.Begin(tx, string(e.ID)))
		})
		var lessons []course.Lesson
		s.Look(t, func(tx *db.Tx) (err error) { lessons, err = course.Lessons(tx, g.ID); return err })
		last := lessons[len(lessons)-1]
		s.As(staff).Moment(t, func(tx *db.Tx) error {
			_, err := course.ChangeLesson(tx, g.ID, last.ID, course.LessonDraft{Begins: last.Begins.AddDate(0, 0, 21), Minutes: 90})
			return err
		})
		s.As(buyer("pty_1")).Look(t, func(tx *db.Tx) error {
			got, err := course.Enrolled(tx, e.ID)
			if want := last.Ends.AddDate(0, 0, 31); !got.Until.Equal(want) {
				t.Errorf("the materials are open until %s, want %s", got.Until, want)
			}
			return err
		})
		for name, x := range map[string]struct {
			who  db.Who
			want int
		}{"the school": {staff, 1}, "the teacher": {teacher, 1}, "another teacher": {db.Who{Kind: db.KindStaff, ID: "usr_x", Seller: string(seller.Own), Scopes: []string{course.ScopeTeach}}, 0}} {
			s.As(x.who).Look(t, func(tx *db.Tx) error {
				got, err := course.Running(tx, seller.Own)
				if len(got) != x.want {
					t.Errorf("%s has %d groups", name, len(got))
				}
				return err
			})
		}
		if err := s.As(alien).Try(func(tx *db.Tx) error { _, err := course.Running(tx, seller.Own); return err }); !errors.Is(err, course.ErrDenied) {
			t.Errorf("another school: %v", err)
		}
	})
}

// TestWhoGotNoPlaceIsForgotten: of who never studied nothing is kept of the parent and of the answers, when his group is called off,
// and when his order is given up. Of who studied the contract is kept.
func TestWhoGotNoPlaceIsForgotten(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		questions := []course.Question{{Code: "level", Label: text.Localized{"kk": "Деңгей", "en": "Level"}}}
		_, g := school(t, s, course.Draft{Questions: questions}, 9)
		child := func(name string) course.Application {
			return course.Application{Student: name, Birth: span.DayOf(s.Clock.Now(), span.Almaty).AddDays(-3650), Agrees: true,
				Answers: map[string]string{"level": "A1"}, Parent: "Айсұлу Серікова", IIN: iin("850512", "4")}
		}
		ids := map[string]course.EnrolmentID{}
		for _, who := range []string{"student", "unpaid", "given up", "idle"} {
			s.As(buyer(who)).Moment(t, func(tx *db.Tx) (err error) {
				var e course.Enrolment
				if who == "idle" {
					e, err = course.Apply(tx, g.ID, child(who))
				} else {
					e, err = enrol(tx, g.ID, child(who), "ord_"+who)
				}
				ids[who] = e.ID
				return err
			})
		}
		s.As(db.System).Moment(t, func(tx *db.Tx) error {
			return errors.Join(course.Begin(tx, string(ids["student"])), course.End(tx, string(ids["given up"])))
		})
		s.As(staff).Moment(t, func(tx *db.Tx) error {
			_, err := course.CallOff(tx, g.ID, g.Version, "Мұғалім ауырып қалды")
			return err
		})
		s.As(staff).Look(t, func(tx *db.Tx) error {
			for who, id := range ids {
				e, err := course.Enrolled(tx, id)
				kept := e.Parent.Name != "" && e.Parent.IIN != "" && e.Answers["level"] != ""
				gone := e.Parent.Name == "" && e.Parent.IIN == "" && len(e.Answers) == 0
				if err != nil || e.Live() || who == "student" && !kept || who != "student" && !gone {
					t.Errorf("%s is %s: kept are %+v, %v, %v", who, e.State, e.Parent, e.Answers, err)
				}
			}
			return nil
		})
	})
}

// TestWhoIsRefusedIsForgotten: what an application says of a parent is not kept longer than the decision takes.
func TestWhoIsRefusedIsForgotten(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		_, g := school(t, s, course.Draft{Approval: true}, 9)
		var e course.Enrolment
		s.As(buyer("pty_1")).Moment(t, func(tx *db.Tx) (err error) {
			e, err = course.Apply(tx, g.ID, course.Application{Student: "Дана", Birth: span.DayOf(tx.Now(), span.Almaty).AddDays(-3650), Agrees: true,
				Parent: "Айсұлу Серікова", IIN: iin("850512", "4")})
			return err
		})
		s.As(staff).Moment(t, func(tx *db.Tx) error { _, err := course.Refuse(tx, e.ID, e.Version, "Орын жоқ"); return err })
		s.As(staff).Look(t, func(tx *db.Tx) error {
			got, err := course.Enrolled(tx, e.ID)
			if got.State != course.Declined || got.Parent.Name != "" || got.Parent.IIN != "" || got.Reason == "" {
				t.Errorf("kept is %+v", got)
			}
			return err
		})
	})
}
