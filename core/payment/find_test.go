package payment_test

import (
	"testing"
	"time"

	"sauda/base/span"
	"sauda/core/payment"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// states are all of them, and one that is none.
var states = []payment.State{
	payment.StateBegun, payment.StateChallenged, payment.StateDeclined, payment.StateAuthorized, payment.StateVoided,
	payment.StatePartlyCaptured, payment.StateCaptured, payment.StatePartlyRefunded, payment.StateRefunded, "nonsense",
}

// found gives what a filter finds, page by page, each page as small as it can be.
func found(t *testing.T, s *dbtest.Store, f payment.Filter) (all []payment.Payment) {
	t.Helper()
	f.Limit = 1
	for {
		s.Moment(t, func(tx *db.Tx) error {
			page, next, err := payment.Find(tx, f)
			all, f.Before = append(all, page...), next
			return err
		})
		if f.Before == "" {
			return all
		}
	}
}

// TestFindByState has a payment in each state and finds each by its own and by no other: SQL and State agree.
func TestFindByState(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		result := func(state payment.Said, authorized, captured, voided, refunded int64) payment.Result {
			return payment.Result{State: state, Authorized: kzt(authorized), Captured: kzt(captured), Voided: kzt(voided), Refunded: kzt(refunded)}
		}
		challenge := result(payment.SaidChallenge, 0, 0, 0, 0)
		challenge.Next = payment.NextStep{Kind: "redirect", URL: "/challenge"}
		declined := result(payment.SaidDeclined, 0, 0, 0, 0)
		for want, said := range map[payment.State][]payment.Result{
			payment.StateBegun:          {result(payment.SaidPending, 0, 0, 0, 0)},
			payment.StateChallenged:     {challenge},
			payment.StateDeclined:       {challenge, declined},
			payment.StateAuthorized:     {declined, result(payment.SaidAuthorized, 1000, 0, 0, 0)},
			payment.StateVoided:         {result(payment.SaidVoided, 1000, 0, 1000, 0)},
			payment.StatePartlyCaptured: {result(payment.SaidCaptured, 1000, 400, 0, 0)},
			payment.StateCaptured:       {result(payment.SaidVoided, 1000, 400, 600, 0)},
			payment.StatePartlyRefunded: {result(payment.SaidRefunded, 1000, 400, 0, 100)},
			payment.StateRefunded:       {result(payment.SaidRefunded, 1000, 1000, 0, 1000)},
		} {
			s.Clock.Advance(time.Millisecond)
			id := begun(t, s, payment.Card, 1000)
			for _, r := range said {
				r.Ref = string(id)
				noted(t, s, id, r)
			}
			if p := got(t, s, id); p.State() != want {
				t.Fatalf("the payment that shall be %s is %s", want, p.State())
			}
		}
		for _, state := range states {
			all := found(t, s, payment.Filter{Seller: "sel_own", State: state})
			switch {
			case state == "nonsense" && len(all) != 0:
				t.Errorf("%d payments are in no state", len(all))
			case state != "nonsense" && (len(all) != 1 || all[0].State() != state):
				t.Errorf("%s finds %+v", state, all)
			}
			if n := len(found(t, s, payment.Filter{Seller: "sel_other", State: state})); n != 0 {
				t.Errorf("another seller sees %d payments that are %s", n, state)
			}
		}
	})
}

// TestFindByDay finds payments of a day of Kazakhstan, both ends included, the newest first.
func TestFindByDay(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		today := span.DayOf(s.Clock.Now(), span.Almaty)
		s.Clock.Advance(today.Start(span.Almaty).AddDate(0, 0, 1).Sub(s.Clock.Now()) - time.Millisecond)
		late := begun(t, s, payment.Card, 1000) // In the last millisecond of the day.
		s.Clock.Advance(time.Millisecond)
		early := begun(t, s, payment.Card, 1000) // In the first of the next.
		for _, c := range []struct {
			from, to span.Day
			want     []payment.ID
		}{
			{today, today, []payment.ID{late}},
			{today.AddDays(1), span.Day{}, []payment.ID{early}},
			{span.Day{}, today, []payment.ID{late}},
			{today, today.AddDays(1), []payment.ID{early, late}},
			{today.AddDays(2), today.AddDays(3), nil},
		} {
			all := found(t, s, payment.Filter{From: c.from, To: c.to})
			if len(all) != len(c.want) {
				t.Errorf("from %s to %s: %d payments", c.from, c.to, len(all))
				continue
			}
			for i, id := range c.want {
				if all[i].ID != id {
					t.Errorf("from %s to %s: %s is number %d", c.from, c.to, all[i].ID, i)
				}
			}
		}
	})
}
