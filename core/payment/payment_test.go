package payment_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sauda/base/money"
	"sauda/core/payment"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{payment.Schema}

func kzt(minor int64) money.Money { return money.Of(minor, money.KZT) }

func opening(method payment.Code, minor int64) payment.Opening {
	return payment.Opening{Cart: "crt_1", Seller: "sel_own", Party: "pty_1", Method: method, Country: "KZ", Amount: kzt(minor)}
}

// begun seeds the methods and begins a payment.
func begun(t *testing.T, s *dbtest.Store, method payment.Code, minor int64) payment.ID {
	t.Helper()
	var p payment.Payment
	s.Moment(t, func(tx *db.Tx) (err error) {
		if err = payment.Seed(tx, "card"); err != nil {
			return err
		}
		p, err = payment.Begin(tx, opening(method, minor))
		return err
	})
	return p.ID
}

func noted(t *testing.T, s *dbtest.Store, id payment.ID, r payment.Result) (p payment.Payment) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		p, err = payment.Note(tx, id, r)
		return err
	})
	return p
}

func got(t *testing.T, s *dbtest.Store, id payment.ID) (p payment.Payment) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		p, err = payment.Get(tx, id)
		return err
	})
	return p
}

// ofPayments are the facts of payments; those of the methods on offer are left out.
func ofPayments(t *testing.T, s *dbtest.Store) []dbtest.Recorded {
	t.Helper()
	return slices.DeleteFunc(s.Facts(t), func(f dbtest.Recorded) bool { return f.Name == payment.MethodOffered{}.Fact() })
}

// facts are the names and amounts of all facts of payments so far.
func facts(t *testing.T, s *dbtest.Store) string {
	t.Helper()
	var all []string
	for _, f := range ofPayments(t, s) {
		var body payment.Stated
		if err := json.Unmarshal(f.Body, &body); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(strings.TrimPrefix(f.Name, "payment."), " ", body.Amount.Minor, "/", body.Total.Minor))
	}
	return strings.Join(all, ", ")
}

func TestMethods(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error { return payment.Seed(tx, "card") })
		}
		for ask, want := range map[payment.Ask]string{
			{Country: "KZ", Amount: kzt(5000)}:                "[card cash_on_delivery]",
			{Country: "DE", Amount: kzt(5000)}:                "[card]",
			{Country: "KZ", Amount: kzt(200_000_000)}:         "[card]",
			{Country: "KZ", Amount: kzt(2_000_000_000)}:       "[]",
			{Country: "KZ", Amount: kzt(0)}:                   "[nothing]",
			{Country: "KZ", Amount: kzt(-1)}:                  "[]",
			{Country: "KZ", Amount: money.Of(500, money.USD)}: "[]",
		} {
			s.Moment(t, func(tx *db.Tx) error {
				methods, err := payment.Methods(tx, ask)
				codes := []payment.Code{}
				for _, m := range methods {
					codes = append(codes, m.Code)
				}
				if fmt.Sprint(codes) != want {
					t.Errorf("%+v: %v, want %s", ask, codes, want)
				}
				return err
			})
		}
		// The row of a country hides the row for all.
		s.Moment(t, func(tx *db.Tx) error {
			return payment.Offer(tx, payment.Method{Code: payment.Card, Country: "DE", Currency: money.KZT, Gateway: "card", Least: 1, Most: 10})
		})
		err := s.Try(func(tx *db.Tx) error {
			o := opening(payment.Card, 5)
			o.Country = "DE"
			_, err := payment.Begin(tx, o)
			return err
		})
		if !errors.Is(err, payment.ErrMethod) {
			t.Errorf("a card in Germany: %v", err)
		}
	})
}

func TestBeginRefuses(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error { return payment.Seed(tx, "card") })
		for o, want := range map[payment.Opening]error{
			opening("barter", 100):                payment.ErrMethod,
			opening(payment.Card, 0):              payment.ErrAmount,
			opening(payment.Card, -1):             payment.ErrAmount,
			opening(payment.Cash, 200_000_000_00): payment.ErrMethod,
		} {
			err := s.Try(func(tx *db.Tx) error {
				_, err := payment.Begin(tx, o)
				return err
			})
			if !errors.Is(err, want) {
				t.Errorf("%+v: %v, want %v", o, err, want)
			}
		}
	})
}

// TestLifeOfACard goes the whole way, in parts, and looks at state and facts on each step.
func TestLifeOfACard(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := begun(t, s, payment.Card, 1000)
		result := func(state payment.Said, authorized, captured, voided, refunded int64) payment.Result {
			return payment.Result{
				Ref: "aut_1", State: state, Authorized: kzt(authorized), Captured: kzt(captured), Voided: kzt(voided), Refunded: kzt(refunded),
			}
		}
		challenge := result(payment.SaidChallenge, 0, 0, 0, 0)
		challenge.Next = payment.NextStep{Kind: "redirect", URL: "/gateway/challenge/aut_1"}
		for _, step := range []struct {
			said payment.Result
			want payment.State
		}{
			{payment.Result{State: payment.SaidPending}, payment.StateBegun},
			{challenge, payment.StateChallenged},
			{result(payment.SaidAuthorized, 1000, 0, 0, 0), payment.StateAuthorized},
			{challenge, payment.StateAuthorized},
			{result(payment.SaidCaptured, 1000, 400, 0, 0), payment.StatePartlyCaptured},
			{result(payment.SaidVoided, 1000, 400, 600, 0), payment.StateCaptured},
			{result(payment.SaidRefunded, 1000, 400, 600, 100), payment.StatePartlyRefunded},
			{result(payment.SaidCaptured, 1000, 400, 0, 0), payment.StatePartlyRefunded},
			{result(payment.SaidRefunded, 1000, 400, 600, 400), payment.StateRefunded},
			{result(payment.SaidDeclined, 0, 0, 0, 0), payment.StateRefunded},
		} {
			if p := noted(t, s, id, step.said); p.State() != step.want {
				t.Errorf("after %s %+v: %s, want %s", step.said.State, step.said, p.State(), step.want)
			}
		}
		if got, want := facts(t, s), "authorized 1000/1000, captured 400/400, voided 600/600, refunded 100/100, refunded 300/400"; got != want {
			t.Errorf("facts %s, want %s", got, want)
		}
		s.Moment(t, func(tx *db.Tx) error {
			p, err := payment.ByRef(tx, "card", "aut_1")
			if p.ID != id {
				t.Errorf("found %s by reference", p.ID)
			}
			return err
		})
	})
}

func TestDeclined(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for reason, want := range map[string]error{
			payment.ReasonFunds: payment.ErrNoFunds, payment.ReasonCancelled: payment.ErrCancelled, "stolen_card": payment.ErrDeclined,
		} {
			id := begun(t, s, payment.Card, 1000)
			said := payment.Result{Ref: string(id) + reason, State: payment.SaidDeclined, Reason: reason}
			for range 2 {
				if p := noted(t, s, id, said); p.State() != payment.StateDeclined || !errors.Is(p.Refusal(), want) {
					t.Errorf("%s: %s, %v", reason, p.State(), p.Refusal())
				}
			}
		}
		if n := len(ofPayments(t, s)); n != 3 {
			t.Errorf("three declines, each told twice, made %d facts", n)
		}
	})
}

func TestNoteRefuses(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := begun(t, s, payment.Card, 1000)
		was := noted(t, s, id, payment.Result{Ref: "aut_1", State: payment.SaidAuthorized, Authorized: kzt(800)})
		for name, said := range map[string]payment.Result{
			"more than was asked":      {Authorized: kzt(1001)},
			"captured, not authorized": {Captured: kzt(801)},
			"captured and voided":      {Captured: kzt(500), Voided: kzt(301)},
			"refunded, not captured":   {Refunded: kzt(1)},
			"another reference":        {Ref: "aut_2"},
			"another currency":         {Captured: money.Of(5, money.USD)},
			"below zero":               {Captured: kzt(-1)},
		} {
			err := s.Try(func(tx *db.Tx) error {
				_, err := payment.Note(tx, id, said)
				return err
			})
			if !errors.Is(err, payment.ErrContradict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if is := got(t, s, id); is != was {
			t.Errorf("a refused result changed %+v to %+v", was, is)
		}
		for _, statement := range []string{
			"UPDATE payment SET captured = authorized + 1", "UPDATE payment SET refunded = 1", "UPDATE payment SET voided = 801",
			"UPDATE payment SET authorized = amount + 1",
		} {
			if s.Try(func(tx *db.Tx) error {
				_, err := tx.ExecContext(tx.Context(), statement)
				return err
			}) == nil {
				t.Errorf("allowed: %s", statement)
			}
		}
	})
}

// TestAnyOrder tells a whole life in a random order, with repeats. The end is always the same, no total ever falls, and
// the facts of each kind add up to its total.
func TestAnyOrder(t *testing.T) {
	life := []payment.Result{
		{Ref: "aut", State: payment.SaidChallenge, Next: payment.NextStep{Kind: "redirect", URL: "/c"}},
		{Ref: "aut", State: payment.SaidAuthorized, Authorized: kzt(1000)},
		{Ref: "aut", State: payment.SaidCaptured, Authorized: kzt(1000), Captured: kzt(300)},
		{Ref: "aut", State: payment.SaidCaptured, Authorized: kzt(1000), Captured: kzt(700)},
		{Ref: "aut", State: payment.SaidVoided, Authorized: kzt(1000), Captured: kzt(700), Voided: kzt(300)},
		{Ref: "aut", State: payment.SaidRefunded, Authorized: kzt(1000), Captured: kzt(700), Voided: kzt(300), Refunded: kzt(50)},
		{Ref: "aut", State: payment.SaidRefunded, Authorized: kzt(1000), Captured: kzt(700), Voided: kzt(300), Refunded: kzt(700)},
	}
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			id := begun(t, s, payment.Card, 1000)
			told := rapid.Permutation(append(slices.Clone(life), life...)).Draw(rt, "told")
			var last payment.Payment
			for _, r := range told {
				r.Ref = fmt.Sprint("aut", run)
				p := noted(t, s, id, r)
				if p.Captured.Minor < last.Captured.Minor || p.Refunded.Minor < last.Refunded.Minor || p.Authorized.Minor < last.Authorized.Minor {
					rt.Fatalf("a total fell: %+v after %+v", p, last)
				}
				last = p
			}
			if last.State() != payment.StateRefunded || last.Refunded != kzt(700) || last.Voided != kzt(300) {
				rt.Fatalf("ended as %+v", last)
			}
		})
		sums := map[string]int64{}
		for _, f := range ofPayments(t, s) {
			var body payment.Stated
			if err := json.Unmarshal(f.Body, &body); err != nil {
				t.Fatal(err)
			}
			sums[f.Name] += body.Amount.Minor
		}
		n := int64(run)
		if want := fmt.Sprint(1000*n, 700*n, 300*n, 700*n); fmt.Sprint(sums["payment.authorized"], sums["payment.captured"], sums["payment.voided"], sums["payment.refunded"]) != want {
			t.Errorf("the facts add up to %v, want %s", sums, want)
		}
	})
}

func TestCash(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := begun(t, s, payment.Cash, 1000)
		if p := got(t, s, id); p.State() != payment.StateAuthorized || p.Capturable() != kzt(1000) {
			t.Errorf("begun as %s", p.State())
		}
		step := func(do func(*db.Tx, payment.ID, money.Money) (payment.Payment, error), amount int64, want error) payment.Payment {
			t.Helper()
			err := s.Try(func(tx *db.Tx) error {
				_, err := do(tx, id, kzt(amount))
				return err
			})
			if !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
			return got(t, s, id)
		}
		step(payment.Repay, 1, payment.ErrOver)
		step(payment.Waive, 300, nil)
		step(payment.Collect, 701, payment.ErrOver)
		step(payment.Collect, 0, payment.ErrAmount)
		if p := step(payment.Collect, 700, nil); p.State() != payment.StateCaptured {
			t.Errorf("collected, it is %s", p.State())
		}
		step(payment.Waive, 1, payment.ErrOver)
		step(payment.Repay, 200, nil)
		if p := step(payment.Repay, 500, nil); p.State() != payment.StateRefunded || p.Declined {
			t.Errorf("repaid, it is %+v", p)
		}
		if got, want := facts(t, s), "voided 300/300, captured 700/700, refunded 200/200, refunded 500/700"; got != want {
			t.Errorf("facts %s, want %s", got, want)
		}
		card := begun(t, s, payment.Card, 100)
		err := s.Try(func(tx *db.Tx) error {
			_, err := payment.Collect(tx, card, kzt(100))
			return err
		})
		if !errors.Is(err, payment.ErrSettled) {
			t.Errorf("a card was paid in cash: %v", err)
		}
	})
}

func TestBindAndFind(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := begun(t, s, payment.Card, 1000)
		for order, want := range map[string]error{"ord_1": nil} {
			for range 2 {
				if err := s.Try(func(tx *db.Tx) error { return second(payment.Bind(tx, id, order, payment.Result{})) }); !errors.Is(err, want) {
					t.Errorf("bound to %s: %v", order, err)
				}
			}
		}
		if err := s.Try(func(tx *db.Tx) error { return second(payment.Bind(tx, id, "ord_2", payment.Result{})) }); !errors.Is(err, payment.ErrContradict) {
			t.Errorf("bound to another order: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			byOrder, err := payment.ByOrder(tx, "ord_1")
			if err == nil && (len(byOrder) != 1 || byOrder[0].ID != id) {
				t.Errorf("by order: %+v", byOrder)
			}
			byCart, err2 := payment.ByCart(tx, "crt_1")
			if len(byCart) != 1 {
				t.Errorf("by cart: %+v", byCart)
			}
			none, err3 := payment.ByOrder(tx, "")
			if len(none) != 0 {
				t.Errorf("of no order: %+v", none)
			}
			return errors.Join(err, err2, err3)
		})
		for _, do := range []func(tx *db.Tx) error{
			func(tx *db.Tx) error { _, err := payment.Get(tx, "pay_x"); return err },
			func(tx *db.Tx) error { _, err := payment.ByRef(tx, "card", ""); return err },
			func(tx *db.Tx) error { _, err := payment.Note(tx, "pay_x", payment.Result{}); return err },
		} {
			if err := s.Try(do); !errors.Is(err, payment.ErrUnknown) {
				t.Errorf("%v, want ErrUnknown", err)
			}
		}
	})
}

func TestList(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for range 7 {
			s.Clock.Advance(time.Millisecond)
			begun(t, s, payment.Card, 1000)
		}
		for _, seller := range []string{"", "sel_own"} {
			var seen []payment.ID
			var before payment.ID
			for {
				s.Moment(t, func(tx *db.Tx) error {
					page, next, err := payment.Find(tx, payment.Filter{Seller: seller, Before: before, Limit: 3})
					for _, p := range page {
						seen = append(seen, p.ID)
					}
					before = next
					return err
				})
				if before == "" {
					break
				}
			}
			sorted := slices.Clone(seen)
			slices.Sort(sorted)
			slices.Reverse(sorted)
			if len(seen) != 7 || !slices.Equal(seen, sorted) {
				t.Errorf("seller %q: %v", seller, seen)
			}
		}
	})
}

// TestCrowd has the answer and many messages note the same payment at once.
func TestCrowd(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := begun(t, s, payment.Card, 1000)
		done := make(chan error)
		const crowd = 20
		for n := range crowd {
			go func() {
				done <- s.Try(func(tx *db.Tx) error {
					captured := int64(rand.IntN(2)) * 1000
					_, err := payment.Note(tx, id, payment.Result{
						Ref: "aut_1", State: payment.SaidCaptured, Authorized: kzt(1000), Captured: kzt(max(captured, int64(n/(crowd-1))*1000)),
					})
					return err
				})
			}()
		}
		for range crowd {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if got := facts(t, s); got != "authorized 1000/1000, captured 1000/1000" {
			t.Errorf("facts: %s", got)
		}
	})
}

func second[T any](_ T, err error) error { return err }
