package workshop_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/workshop"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var key = workshop.Key{Order: "ord_1", Line: "lin_1"}

func each(t *testing.T, test func(t *testing.T, s *dbtest.Store)) {
	t.Helper()
	dbtest.Each(t, []db.Schema{workshop.Schema}, test)
}

// opened has a table made in so many days from today.
func opened(t *testing.T, s *dbtest.Store, days int) workshop.Job {
	t.Helper()
	d := workshop.Draft{
		Key: key, Seller: "sel_own", Name: text.Localized{"kk": "Үстел"}, Price: money.Of(150_000_00, money.KZT), Days: days,
		From: span.DayOf(s.Clock.Now(), span.Almaty),
	}
	for range 2 { // Twice is once.
		s.Moment(t, func(tx *db.Tx) error { return workshop.Open(tx, d) })
	}
	return get(t, s)
}

func get(t *testing.T, s *dbtest.Store) (j workshop.Job) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) (err error) {
		j, err = workshop.Get(tx, key)
		return err
	})
	return j
}

func facts(t *testing.T, s *dbtest.Store) (names []string) {
	t.Helper()
	for _, f := range s.Facts(t) {
		names = append(names, f.Name)
	}
	return names
}

// TestMaking: a drawing is sent, sent back, approved; the days that the buyer takes are his; the stages are finished, the last
// one makes it ready, and what was late is owed.
func TestMaking(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		j := opened(t, s, 10)
		first := j.Due
		if j.State != workshop.StateMaking || len(j.Stages) != 3 || j.Stages[2].Day != j.Due || j.Opened.DaysUntil(j.Due) != 10 {
			t.Fatalf("opened as %+v", j)
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, err := workshop.Send(tx, key, j.Version, "att_one", "Ені 140 см")
			return err
		})
		s.Clock.Advance(48 * time.Hour)
		err := s.Try(func(tx *db.Tx) error {
			_, err := workshop.Finish(tx, key, get(t, s).Version, workshop.Progress{})
			return err
		})
		if !errors.Is(err, workshop.ErrWaits) {
			t.Errorf("finished while the buyer is asked: %v", err)
		}
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error {
				_, err := workshop.Reject(tx, key, "Ені 120 см болсын")
				return err
			})
		}
		j = get(t, s)
		if _, drawn := j.Drawn(); drawn || j.State != workshop.StateMaking || first.DaysUntil(j.Due) != 2 || j.Stages[0].Day != j.Opened.AddDays(5) {
			t.Errorf("after two days the drawing is to be changed: %+v", j)
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, err := workshop.Send(tx, key, j.Version, "att_two", "")
			return err
		})
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error {
				_, err := workshop.Approve(tx, key)
				return err
			})
		}
		err = s.Try(func(tx *db.Tx) error {
			_, err := workshop.Reject(tx, key, "Жоқ")
			return err
		})
		if d, drawn := get(t, s).Drawn(); !drawn || d.File != "att_two" || !errors.Is(err, workshop.ErrNoAnswer) {
			t.Errorf("approved is %+v; taken back: %v", d, err)
		}
		s.Clock.Advance(13 * 24 * time.Hour) // Three days after it was due.
		for n := range 3 {
			j = get(t, s)
			s.Moment(t, func(tx *db.Tx) error {
				_, err := workshop.Finish(tx, key, j.Version, workshop.Progress{Stage: n, Note: "Дайын", Files: []string{"att_photo"}})
				return err
			})
		}
		j = get(t, s)
		if owed := j.Owed(j.Ready.AddDays(30)); j.State != workshop.StateReady || owed != money.Of(4_500_00, money.KZT) {
			t.Errorf("it is %s and owes %s", j.State, owed)
		}
		if !j.Has("att_one") || !j.Has("att_photo") || j.Has("att_other") {
			t.Error("its files are others")
		}
		want := []string{"workshop.opened", "workshop.asked", "workshop.answered", "workshop.asked", "workshop.answered", "workshop.finished", "workshop.finished", "workshop.finished", "workshop.ready"}
		if got := facts(t, s); !slices.Equal(got, want) {
			t.Errorf("facts %v", got)
		}
		s.Moment(t, func(tx *db.Tx) error { // A stage was not finished after all.
			_, err := workshop.Reopen(tx, key, j.Version, 1)
			return err
		})
		if j = get(t, s); j.State != workshop.StateMaking || !j.Ready.IsZero() {
			t.Errorf("opened again it is %s", j.State)
		}
		s.Moment(t, func(tx *db.Tx) error { return workshop.End(tx, key) })
		if j = get(t, s); j.State != workshop.StateEnded || !j.Owed(j.Due.AddDays(9)).IsZero() {
			t.Errorf("cancelled it is %s and owes %s", j.State, j.Owed(j.Due.AddDays(9)))
		}
	})
}

// TestPlan: other stages keep what is finished; what is not right is refused, and so is what was changed meanwhile.
func TestPlan(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		j := opened(t, s, 8)
		s.Moment(t, func(tx *db.Tx) (err error) {
			j, err = workshop.Finish(tx, key, j.Version, workshop.Progress{Note: "Емен келді"})
			return err
		})
		name := func(s string) text.Localized { return text.Localized{"kk": s} }
		day := j.Opened.AddDays(3)
		for _, c := range []struct {
			stages  []workshop.Stage
			version int64
			want    error
		}{
			{nil, j.Version, workshop.ErrInvalid},
			{make([]workshop.Stage, workshop.StagesMax+1), j.Version, workshop.ErrInvalid},
			{[]workshop.Stage{{Day: day}}, j.Version, workshop.ErrInvalid},
			{[]workshop.Stage{{Name: name("Кесу"), Day: j.Opened.AddDays(-1)}}, j.Version, workshop.ErrInvalid},
			{[]workshop.Stage{{Name: name("Кесу"), Day: day}}, j.Version - 1, workshop.ErrChanged},
		} {
			err := s.Try(func(tx *db.Tx) error {
				_, err := workshop.Plan(tx, key, c.version, c.stages)
				return err
			})
			if !errors.Is(err, c.want) {
				t.Errorf("%+v: %v", c.stages, err)
			}
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, err := workshop.Plan(tx, key, j.Version, []workshop.Stage{{Name: name("Кесу"), Day: day}, {Name: name("Лактау"), Day: day}})
			return err
		})
		j = get(t, s)
		if next, done := j.Next(); next != 1 || done != 1 || j.Stages[0].Note != "Емен келді" || j.Stages[0].Name["kk"] != "Кесу" {
			t.Errorf("planned anew: %+v", j.Stages)
		}
		s.Look(t, func(tx *db.Tx) error {
			list, err := workshop.List(tx, workshop.Filter{Seller: "sel_own", State: workshop.StateMaking, Limit: 10})
			if err != nil || len(list) != 1 || list[0].Version != j.Version {
				t.Errorf("listed %+v, %v", list, err)
			}
			after, err := workshop.List(tx, workshop.Filter{Seller: "sel_own", State: workshop.StateMaking, After: list[0], Limit: 10})
			if err != nil || len(after) != 0 {
				t.Errorf("after the last one %+v, %v", after, err)
			}
			others, err := workshop.List(tx, workshop.Filter{Seller: "sel_two", State: workshop.StateMaking, Limit: 10})
			if err != nil || len(others) != 0 {
				t.Errorf("another seller has %+v, %v", others, err)
			}
			return nil
		})
		s.Clock.Advance(20 * 24 * time.Hour)
		s.Look(t, func(tx *db.Tx) error {
			loads, err := workshop.Loads(tx, "sel_own")
			if err != nil || len(loads) != 1 || loads[0] != (workshop.Load{State: workshop.StateMaking, N: 1, Late: 1}) {
				t.Errorf("loads %+v, %v", loads, err)
			}
			return nil
		})
	})
}

// TestPenalty: one percent a day from the day after, rounded half up, and never more than the price.
func TestPenalty(t *testing.T) {
	due := span.MustDay("2026-02-27")
	for _, c := range []struct {
		price, want int64
		today       string
	}{
		{10_000, 0, "2026-02-27"}, {10_000, 0, "2026-02-01"}, {10_000, 100, "2026-02-28"}, {10_000, 200, "2026-03-01"},
		{10_050, 101, "2026-02-28"}, {10_049, 100, "2026-02-28"}, {10_000, 10_000, "2026-06-07"}, {10_000, 10_000, "2030-01-01"}, {0, 0, "2026-06-07"},
	} {
		if got := workshop.Penalty(money.Of(c.price, money.KZT), due, span.MustDay(c.today)); got.Minor != c.want {
			t.Errorf("%d, on %s: %d, not %d", c.price, c.today, got.Minor, c.want)
		}
	}
}
