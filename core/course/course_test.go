package course_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/course"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/core/waitlist"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{hold.Schema, waitlist.Schema, course.Schema}

var (
	staff   = db.Who{Kind: db.KindStaff, ID: "usr_s", Seller: string(seller.Own), Scopes: []string{"courses.*"}}
	teacher = db.Who{Kind: db.KindStaff, ID: "usr_t", Seller: string(seller.Own), Scopes: []string{course.ScopeTeach}}
	alien   = db.Who{Kind: db.KindStaff, ID: "usr_a", Seller: "sel_two", Scopes: []string{"*"}}
)

func buyer(party string) db.Who { return db.Who{Kind: db.KindBuyer, ID: "usr_" + party, Party: party} }

func kzt(n int64) money.Money { return money.Of(n, money.KZT) }

// school opens a course and a group of five Mondays that begins a week after the clock of the store.
func school(t *testing.T, s *dbtest.Store, d course.Draft, places int64) (course.Course, course.Cohort) {
	t.Helper()
	var c course.Course
	var g course.Cohort
	s.As(staff).Moment(t, func(tx *db.Tx) (err error) {
		d.Name, d.Product, d.Variant, d.State = text.Localized{"kk": "Ағылшын тілі", "en": "English"}, "prd_1", "var_1", course.StateShown
		if c, err = course.Add(tx, seller.Own, d); err != nil {
			return err
		}
		today := span.DayOf(tx.Now(), span.Almaty)
		g, err = course.Open(tx, c.ID, course.CohortDraft{
			Days: span.Days{From: today.AddDays(7), To: today.AddDays(7 + 35)}, Zone: "Asia/Almaty",
			Slots: []course.Slot{{Weekday: time.Monday, At: "18:30", Minutes: 90}}, Teachers: []course.Teacher{{Name: "Анар", User: teacher.ID}},
			Places: places, Price: kzt(100_000_00), State: course.CohortOpen,
		})
		return err
	})
	return c, g
}

func adult(name string) course.Application {
	return course.Application{Student: name, Birth: span.MustDay("1990-04-01"), Agrees: true}
}

// enrol applies and orders.
func enrol(tx *db.Tx, g course.CohortID, a course.Application, order string) (course.Enrolment, error) {
	e, err := course.Apply(tx, g, a)
	if err != nil {
		return e, err
	}
	choices, err := course.Choices(tx, []string{string(e.ID)})
	if err != nil {
		return e, err
	}
	c, there := choices[string(e.ID)]
	if !there {
		return e, errors.New("it cannot be ordered")
	}
	if err := hold.Take(tx, "cart/"+order, c.Wants, tx.Now().Add(time.Hour)); err != nil {
		return e, err
	}
	return e, course.Place(tx, course.Sold{Ref: c.Ref, Order: order, Line: "1", Owner: "cart/" + order})
}

func TestStudy(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		plan := []course.Installment{{Share: money.Percent(40)}, {Share: money.Percent(60), AfterDays: 14}}
		c, g := school(t, s, course.Draft{Plan: plan, AccessDays: 10, PauseDays: 5, ShareLeast: 70}, 5)
		l := course.Library{Blobs: blob.Folder{Dir: t.TempDir()}}
		kept, err := l.Keep(t.Context(), c.ID, course.Brought{Body: strings.NewReader("Дәптер"), Size: int64(len("Дәптер")), Name: "1-сабақ.txt"})
		if err != nil {
			t.Fatal(err)
		}
		var m course.Material
		s.As(staff).Moment(t, func(tx *db.Tx) (err error) {
			m, err = course.AddMaterial(tx, c.ID, 1, kept)
			return err
		})
		ann := s.As(buyer("pty_1"))
		var e course.Enrolment
		ann.Moment(t, func(tx *db.Tx) (err error) {
			e, err = enrol(tx, g.ID, adult("Айсұлу"), "ord_1")
			return err
		})
		read := func(who *dbtest.Store) error {
			return who.Try(func(tx *db.Tx) error {
				got, err := course.Read(tx, e.ID, m.ID)
				if err != nil {
					return err
				}
				f, err := l.OpenFile(t.Context(), got)
				if err != nil {
					return err
				}
				body, err := io.ReadAll(f)
				if !bytes.Equal(body, []byte("Дәптер")) {
					t.Errorf("it says %q", body)
				}
				return errors.Join(err, f.Close())
			})
		}
		if err := read(ann); !errors.Is(err, course.ErrAccess) {
			t.Errorf("before it is paid: %v", err)
		}
		for range 2 { // The payment is told twice.
			s.As(db.System).Moment(t, func(tx *db.Tx) error { return course.Begin(tx, string(e.ID)) })
		}
		if err := read(ann); err != nil {
			t.Errorf("paid: %v", err)
		}
		for name, who := range map[string]db.Who{"another buyer": buyer("pty_2"), "a guest": {Kind: db.KindGuest}, "another school": alien} {
			if err := read(s.As(who)); !errors.Is(err, course.ErrUnknown) {
				t.Errorf("%s reads: %v", name, err)
			}
		}

		// The first two lessons are held; the second payment is late by more than five days, which closes the materials.
		s.Clock.Set(g.Days.From.AddDays(21).Start(span.Almaty))
		var study course.Study
		ann.Look(t, func(tx *db.Tx) (err error) { study, err = course.Studies(tx, e.ID); return err })
		if !errors.Is(study.Closed, course.ErrOverdue) || len(study.Materials) != 0 || len(study.Dues) != 2 || study.Dues[1].Amount != kzt(60_000_00) {
			t.Errorf("late: %v, %v", study.Closed, study.Dues)
		}
		if err := read(ann); !errors.Is(err, course.ErrOverdue) {
			t.Errorf("late: %v", err)
		}
		s.As(db.System).Moment(t, func(tx *db.Tx) error {
			n, err := course.Remind(tx, 100)
			again, bad := course.Remind(tx, 100)
			if n != 1 || again != 0 {
				t.Errorf("reminded of %d, then of %d", n, again)
			}
			return errors.Join(err, bad)
		})
		due := string(study.Dues[1].ID)
		if err := s.As(buyer("pty_2")).Try(func(tx *db.Tx) error {
			choices, err := course.Choices(tx, []string{due})
			if len(choices) != 0 {
				t.Errorf("another buyer chooses %v", choices)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		ann.Moment(t, func(tx *db.Tx) error {
			choices, err := course.Choices(tx, []string{due})
			if ch := choices[due]; ch.Price != kzt(60_000_00) || ch.Course.ID != c.ID || len(ch.Wants) != 0 {
				t.Errorf("the payment is chosen as %+v", ch)
			}
			return errors.Join(err, course.Place(tx, course.Sold{Ref: due, Order: "ord_2"}))
		})
		s.As(db.System).Moment(t, func(tx *db.Tx) error { return course.Begin(tx, due) })
		if err := read(ann); err != nil {
			t.Errorf("all paid: %v", err)
		}

		held := 0
		s.As(teacher).Moment(t, func(tx *db.Tx) error {
			var marks []course.Mark
			for _, lesson := range study.Lessons {
				if lesson.Begins.Before(tx.Now()) {
					held++
					marks = append(marks, course.Mark{Lesson: lesson.ID, Enrolment: e.ID, Presence: course.Present, Mark: 80 + held})
				}
			}
			return course.Keep(tx, g.ID, marks)
		})
		ann.Look(t, func(tx *db.Tx) (err error) { study, err = course.Studies(tx, e.ID); return err })
		if a := study.Attendance; a.Held != held || a.Attended != held || a.Share() != 100 || a.Mark < 81 {
			t.Errorf("%d were held, attended %+v", held, a)
		}
		later := study.Lessons[len(study.Lessons)-1]
		for name, x := range map[string]struct {
			who  db.Who
			mark course.Mark
			want error
		}{
			"a lesson to come":  {teacher, course.Mark{Lesson: later.ID, Enrolment: e.ID, Presence: course.Present}, course.ErrInvalid},
			"a stranger":        {teacher, course.Mark{Lesson: study.Lessons[0].ID, Enrolment: "enr_none", Presence: course.Present}, course.ErrInvalid},
			"too good":          {teacher, course.Mark{Lesson: study.Lessons[0].ID, Enrolment: e.ID, Mark: 101}, course.ErrInvalid},
			"another teacher":   {db.Who{Kind: db.KindStaff, ID: "usr_x", Seller: string(seller.Own), Scopes: []string{course.ScopeTeach}}, course.Mark{}, course.ErrDenied},
			"another school":    {alien, course.Mark{}, course.ErrUnknown},
			"the student":       {buyer("pty_1"), course.Mark{}, course.ErrUnknown},
			"the school itself": {staff, course.Mark{Lesson: study.Lessons[0].ID, Enrolment: e.ID, Presence: course.Late, Mark: 90}, nil},
		} {
			if err := s.As(x.who).Try(func(tx *db.Tx) error { return course.Keep(tx, g.ID, []course.Mark{x.mark}) }); !errors.Is(err, x.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		certified(t, s, g, e)
		s.Clock.Advance(60 * 24 * time.Hour)
		if err := read(ann); !errors.Is(err, course.ErrAccess) {
			t.Errorf("after the end of access: %v", err)
		}
	})
}

// certified ends the course and looks at its certificate.
func certified(t *testing.T, s *dbtest.Store, g course.Cohort, e course.Enrolment) {
	t.Helper()
	if err := s.As(staff).Try(func(tx *db.Tx) error { _, err := course.Certify(tx, g.ID); return err }); !errors.Is(err, course.ErrState) {
		t.Errorf("a certificate before the end: %v", err)
	}
	s.Clock.Set(g.Ends.Add(time.Minute))
	s.As(db.System).Moment(t, func(tx *db.Tx) error {
		n, err := course.Finish(tx, 10)
		if n != 1 {
			t.Errorf("%d finished", n)
		}
		return err
	})
	for _, want := range []int{1, 0} {
		s.As(staff).Moment(t, func(tx *db.Tx) error {
			n, err := course.Certify(tx, g.ID)
			if n != want {
				t.Errorf("%d certificates, want %d", n, want)
			}
			return err
		})
	}
	var study course.Study
	s.As(buyer("pty_1")).Look(t, func(tx *db.Tx) (err error) { study, err = course.Studies(tx, e.ID); return err })
	paper := study.Certificate
	s.As(db.Who{Kind: db.KindGuest}).Look(t, func(tx *db.Tx) error {
		got, err := course.Check(tx, strings.ToLower(strings.ReplaceAll(paper.Number, "-", " ")))
		if got.Student != "Айсұлу" || !got.Withdrawn.IsZero() || got.Minutes == 0 {
			t.Errorf("it says %+v", got)
		}
		for _, wrong := range []string{"", "2222-2222-2222", "<script>", strings.Repeat("A", 10_000)} {
			if _, err := course.Check(tx, wrong); !errors.Is(err, course.ErrNoPaper) {
				t.Errorf("%.20q: %v", wrong, err)
			}
		}
		return err
	})
	if err := s.As(alien).Try(func(tx *db.Tx) error { _, err := course.Withdraw(tx, paper.Number, "x"); return err }); !errors.Is(err, course.ErrUnknown) {
		t.Errorf("another school withdraws: %v", err)
	}
	s.As(staff).Moment(t, func(tx *db.Tx) error { _, err := course.Withdraw(tx, paper.Number, "Қате"); return err })
	s.As(db.Who{}).Look(t, func(tx *db.Tx) error {
		got, err := course.Check(tx, paper.Number)
		if got.Withdrawn.IsZero() || got.Reason != "Қате" {
			t.Errorf("withdrawn it says %+v", got)
		}
		return err
	})
}

func TestLeave(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		_, g := school(t, s, course.Draft{}, 1)
		ann := s.As(buyer("pty_1"))
		var e course.Enrolment
		ann.Moment(t, func(tx *db.Tx) (err error) {
			e, err = enrol(tx, g.ID, adult("Айсұлу"), "ord_1")
			return err
		})
		s.As(db.System).Moment(t, func(tx *db.Tx) error { return course.Begin(tx, string(e.ID)) })
		s.Clock.Set(g.Days.From.AddDays(14).Start(span.Almaty))
		var p course.Parting
		ann.Look(t, func(tx *db.Tx) (err error) { p, err = course.Leaving(tx, e.ID); return err })
		if p.All != 5 || p.Held != 2 || p.Back != kzt(60_000_00) {
			t.Fatalf("after two of five: %+v", p)
		}
		for name, x := range map[string]struct {
			who  db.Who
			back int64
			want error
		}{
			"another buyer":   {buyer("pty_2"), p.Back.Minor, course.ErrUnknown},
			"another school":  {alien, p.Back.Minor, course.ErrUnknown},
			"who only looks":  {db.Who{Kind: db.KindStaff, Seller: string(seller.Own), Scopes: []string{course.ScopeRead}}, p.Back.Minor, course.ErrDenied},
			"a sum not shown": {buyer("pty_1"), p.Back.Minor + 1, course.ErrChanged},
		} {
			err := s.As(x.who).Try(func(tx *db.Tx) error { _, err := course.Leave(tx, e.ID, kzt(x.back), ""); return err })
			if !errors.Is(err, x.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		ann.Moment(t, func(tx *db.Tx) error {
			_, err := course.Leave(tx, e.ID, p.Back, "Көшіп кетемін")
			return err
		})
		if err := ann.Try(func(tx *db.Tx) error { _, err := course.Leave(tx, e.ID, p.Back, ""); return err }); !errors.Is(err, course.ErrState) {
			t.Errorf("twice: %v", err)
		}
		s.Look(t, func(tx *db.Tx) error {
			left, err := hold.Left(tx, []string{course.PlacesKey(g.ID)})
			if left[course.PlacesKey(g.ID)] != 1 {
				t.Errorf("left are %v", left)
			}
			return err
		})
		facts := s.Facts(t)
		if last := facts[len(facts)-1]; !strings.Contains(fmt.Sprintf("%s", last), "course.left") || !strings.Contains(fmt.Sprintf("%s", last), "ord_1") {
			t.Errorf("the last fact is %v", last)
		}
	})
}

// TestCrowd lets five hundred families reach for the last place.
func TestCrowd(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		_, g := school(t, s, course.Draft{}, 1)
		var won, lost atomic.Int64
		var wait sync.WaitGroup
		for n := range 500 {
			wait.Go(func() {
				order := fmt.Sprintf("ord_%d", n)
				err := s.As(buyer(fmt.Sprintf("pty_%d", n))).Try(func(tx *db.Tx) error {
					_, err := enrol(tx, g.ID, adult("Айсұлу"), order)
					return err
				})
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, hold.ErrSoldOut), errors.Is(err, course.ErrFull):
					lost.Add(1)
				default:
					t.Errorf("family %d: %v", n, err)
				}
			})
		}
		wait.Wait()
		if won.Load() != 1 || lost.Load() != 499 {
			t.Errorf("%d have the place, %d were refused", won.Load(), lost.Load())
		}
	})
}

// TestApplications looks at what is asked of who applies, and at who decides.
func TestApplications(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		q := []course.Question{{Code: "level", Label: text.Localized{"kk": "Деңгейіңіз?"}, Required: true}}
		_, g := school(t, s, course.Draft{Approval: true, AgeLeast: 7, AgeMost: 17, Questions: q}, 5)
		child := course.Application{Student: "Дана", Birth: span.MustDay("2014-06-01"), Agrees: true, Answers: map[string]string{"level": "A1"},
			Parent: "Айсұлу Серікова", IIN: iin("850512", "4")}
		ann := s.As(buyer("pty_1"))
		for name, spoil := range map[string]func(*course.Application){
			"/student":       func(a *course.Application) { a.Student = " " },
			"/birth":         func(a *course.Application) { a.Birth = span.MustDay("2999-01-01") },
			"/answers/level": func(a *course.Application) { a.Answers = nil },
			"/answers":       func(a *course.Application) { a.Answers = map[string]string{"level": "A1", "more": "x"} },
			"/parent":        func(a *course.Application) { a.Parent = "" },
			"/iin":           func(a *course.Application) { a.IIN = iin("150512", "6") },
			"/agrees":        func(a *course.Application) { a.Agrees = false },
		} {
			a := child
			spoil(&a)
			err := ann.Try(func(tx *db.Tx) error { _, err := course.Apply(tx, g.ID, a); return err })
			if fields := fault.FieldsOf(err); len(fields) != 1 || fields[0].Pointer != name {
				t.Errorf("%s: %v %v", name, err, fields)
			}
		}
		var e course.Enrolment
		ann.Moment(t, func(tx *db.Tx) (err error) {
			if e, err = course.Apply(tx, g.ID, child); err != nil {
				return err
			}
			again, err := course.Apply(tx, g.ID, child)
			if again.ID != e.ID || e.State != course.Waiting {
				t.Errorf("%s is %s, then %s", e.ID, e.State, again.ID)
			}
			choices, bad := course.Choices(tx, []string{string(e.ID)})
			if len(choices) != 0 {
				t.Errorf("who waits can order %v", choices)
			}
			return errors.Join(err, bad)
		})
		if err := s.As(db.Who{Kind: db.KindGuest}).Try(func(tx *db.Tx) error { _, err := course.Apply(tx, g.ID, child); return err }); !errors.Is(err, course.ErrBuyer) {
			t.Errorf("a guest: %v", err)
		}
		for name, x := range map[string]struct {
			who  db.Who
			want error
		}{"another school": {alien, course.ErrUnknown}, "a teacher": {teacher, course.ErrDenied}, "the family": {buyer("pty_1"), course.ErrUnknown}} {
			if err := s.As(x.who).Try(func(tx *db.Tx) error { _, err := course.Offer(tx, e.ID, e.Version); return err }); !errors.Is(err, x.want) {
				t.Errorf("%s decides: %v", name, err)
			}
		}
		s.As(staff).Moment(t, func(tx *db.Tx) (err error) {
			waiting, _, err := course.Applications(tx, seller.Own, "", 10)
			if err != nil || len(waiting) != 1 || waiting[0].Parent.IIN == "" || waiting[0].Answers["level"] != "A1" {
				t.Errorf("waiting are %+v, %v", waiting, err)
			}
			if e, err = course.Grant(tx, e.ID, e.Version, money.Percent(25), "Олимпиада жеңімпазы"); err != nil {
				return err
			}
			e, err = course.Offer(tx, e.ID, e.Version)
			return err
		})
		ann.Moment(t, func(tx *db.Tx) error {
			choices, err := course.Choices(tx, []string{string(e.ID)})
			c := choices[string(e.ID)]
			if c.Price != kzt(75_000_00) || c.Enrolment.Why == "" {
				t.Errorf("it costs %+v", c.Price)
			}
			own, bad := course.Enrolled(tx, e.ID)
			if own.Parent.IIN != "" || own.Parent.Agreed.IsZero() {
				t.Errorf("the family sees %+v", own.Parent)
			}
			return errors.Join(err, bad)
		})
		s.Clock.Advance(31 * 24 * time.Hour)
		s.As(db.System).Moment(t, func(tx *db.Tx) error {
			n, err := course.Lapse(tx, 10)
			gone, bad := course.Enrolled(tx, e.ID)
			if n != 1 || gone.State != course.Expired || gone.Parent.IIN != "" {
				t.Errorf("%d lapsed, it is %s", n, gone.State)
			}
			return errors.Join(err, bad)
		})
	})
}

// iin makes a number of somebody who was born on a day, with the right check digit.
func iin(day, century string) string {
	for n := range 10_000 {
		body := fmt.Sprintf("%s%s%04d", day, century, n)
		sum := 0
		for i, c := range body {
			sum += (i + 1) * int(c-'0')
		}
		if sum%11 < 10 {
			return body + fmt.Sprint(sum%11)
		}
	}
	return ""
}

// TestStatements holds the verbs to their number of statements.
func TestStatements(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c, g := school(t, s, course.Draft{}, 50)
		var e course.Enrolment
		for n := range 20 {
			s.As(buyer(fmt.Sprint("pty_", n))).Moment(t, func(tx *db.Tx) (err error) {
				e, err = enrol(tx, g.ID, adult("Айсұлу"), fmt.Sprint("ord_", n))
				return err
			})
		}
		most := func(name string, most int, who db.Who, do func(*db.Tx) error) {
			t.Helper()
			if got := s.Statements(func() { s.As(who).Look(t, do) }); got > most {
				t.Errorf("%s: %d statements, want at most %d", name, got, most)
			}
		}
		most("the page of a course", 3, db.Who{}, func(tx *db.Tx) error {
			_, err := course.Get(tx, c.ID)
			_, bad := course.Cohorts(tx, []course.ID{c.ID})
			return errors.Join(err, bad)
		})
		most("a register of twenty", 8, staff, func(tx *db.Tx) error { _, err := course.RegisterOf(tx, g.ID); return err })
		most("what a student has", 9, buyer("pty_19"), func(tx *db.Tx) error { _, err := course.Studies(tx, e.ID); return err })
	})
}
