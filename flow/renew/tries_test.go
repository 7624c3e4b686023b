package renew_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/base/place"
	"sauda/core/agreement"
	"sauda/core/payment"
	"sauda/core/payment/cardsim"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// monthly is a kettle every month.
func (h *house) monthly(t testing.TB) agreement.Choice {
	product := h.plan(t, agreement.PlanBody{Rhythms: []agreement.Every{agreement.EveryMonth}})
	return agreement.Choice{Product: product, Variant: h.Kettle, Quantity: measure.Of(1), Every: agreement.EveryMonth}
}

// due lets the day of an agreement come without doing anything on it.
func (h *house) due(t testing.TB, id agreement.ID) {
	t.Helper()
	h.Clock.Advance(time.Duration(h.Day().DaysUntil(h.get(t, id).Day)) * 24 * time.Hour)
}

// charged are the payments that were begun for a party.
func (h *house) charged(t testing.TB, party string) (all []payment.Payment) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) error {
		found, _, err := payment.Find(tx, payment.Filter{})
		for _, p := range found {
			if p.Party == party {
				all = append(all, p)
			}
		}
		return err
	})
	return all
}

// bankSilent: while a bank does not answer, its try is the only one, however often the day is told; when it answers, the period
// is ordered and paid once.
func bankSilent(t *testing.T, h *house) {
	id := h.begun(t, h.monthly(t))
	h.due(t, id)
	before := len(h.charged(t, aigul.Party))
	h.Gateway.Inject(cardsim.Faults{Down: true})
	for range 5 {
		h.run(t)
		h.Clock.Advance(5 * time.Minute)
	}
	if n := len(h.charged(t, aigul.Party)) - before; n != 1 {
		t.Errorf("%d payments were begun while the bank was silent", n)
	}
	if a := h.get(t, id); a.State != agreement.StateActive || a.Try != 0 || !a.Open {
		t.Errorf("it is %s, refused %d times, open: %v", a.State, a.Try, a.Open)
	}
	h.Gateway.Inject(cardsim.Faults{})
	h.life.Rest(t, h.World)
	h.run(t)
	if a := h.get(t, id); a.Seq != 3 || a.Open || len(h.charged(t, aigul.Party)) != before+1 {
		t.Errorf("when the bank answers: %d, %+v", a.Seq, h.periods(t, a))
	}
	h.stop(t, id)
}

func (h *house) stop(t testing.TB, id agreement.ID) {
	t.Helper()
	h.As(aigul).Moment(t, func(tx *db.Tx) error { return agreement.End(tx, id) })
}

// answered answers what a bank asks on its page.
func (h *house) answered(t *testing.T, next payment.NextStep) {
	t.Helper()
	form := url.Values{"code": {"1234"}}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, strings.TrimPrefix(next.URL, "/gateway"), strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	h.Gateway.ServeHTTP(httptest.NewRecorder(), r)
}

// bankAsks: a bank that wants to be answered has one try until its time is over. That is one failure, and the next try is on the
// next day.
func bankAsks(t *testing.T, h *house) {
	basket, id := h.chosen(t, h.monthly(t))
	a, err := h.desk.Order(t.Context(), aigul, checkout.Purchase{
		Cart: basket, Method: payment.Card, Token: "tok_challenge", Keep: true, Mandate: "kk", ReturnURL: "http://shop/return",
	})
	if err != nil || a.Outcome != saga.Waiting {
		t.Fatalf("%+v, %v", a, err)
	}
	h.answered(t, a.Next)
	if a, err = h.desk.Continue(t.Context(), aigul, basket); err != nil || a.Order == "" {
		t.Fatalf("%+v, %v", a, err)
	}
	h.life.Settle(t)
	h.due(t, id)
	before := len(h.charged(t, aigul.Party))
	for range 10 {
		h.run(t)
		h.Clock.Advance(5 * time.Minute)
	}
	if n := len(h.charged(t, aigul.Party)) - before; n != 1 {
		t.Errorf("%d payments were begun on one day", n)
	}
	if now := h.get(t, id); now.State != agreement.StateDunning || now.Try != 1 || now.Open || now.Due != h.Day().AddDays(1) {
		t.Errorf("unanswered: %s, refused %d times, again on %s", now.State, now.Try, now.Due)
	}
	if _, err := h.renew.Pay(t.Context(), h.Store.Store, bolat, id); !errors.Is(err, agreement.ErrUnknown) {
		t.Errorf("somebody else pays: %v", err)
	}
	next, err := h.renew.Pay(t.Context(), h.Store.Store, aigul, id)
	again, twice := h.renew.Pay(t.Context(), h.Store.Store, aigul, id)
	if err != nil || twice != nil || next.URL == "" || again != next {
		t.Fatalf("paid with its buyer present: %v, %v, then %v, %v", next, err, again, twice)
	}
	h.answered(t, next)
	h.run(t)
	if now := h.get(t, id); now.State != agreement.StateActive || now.Seq != 3 || len(h.charged(t, aigul.Party)) != before+2 {
		t.Errorf("answered: %s at %d", now.State, now.Seq)
	}
	if _, err := h.renew.Pay(t.Context(), h.Store.Store, aigul, id); !errors.Is(err, agreement.ErrState) {
		t.Errorf("paid when nothing is due: %v", err)
	}
	h.stop(t, id)
}

// otherCards: whoever tries other cards has all days of a failed payment all the same, and it ends after the last of them.
func otherCards(t *testing.T, h *house) {
	id := h.begun(t, h.monthly(t))
	h.due(t, id)
	day, card := h.Day(), h.get(t, id).Card
	h.Gateway.Inject(cardsim.Faults{Decline: 1000})
	defer h.Gateway.Inject(cardsim.Faults{})
	h.run(t)
	for n := range 12 {
		h.As(aigul).Moment(t, func(tx *db.Tx) error { return agreement.PayWith(tx, id, card) })
		h.run(t)
		if a := h.get(t, id); a.State != agreement.StateDunning || a.Due != day.AddDays(1) || a.Tries > 10 {
			t.Fatalf("after %d other cards it is %s, due %s, tried %d times", n+1, a.State, a.Due, a.Tries)
		}
	}
	for d := 1; d <= 7; d++ {
		if a := h.get(t, id); a.State != agreement.StateDunning {
			t.Errorf("before day %d it is %s", d, a.State)
		}
		h.dawn(t, 1)
	}
	if a := h.get(t, id); a.State != agreement.StateEnded {
		t.Errorf("after the last day it is %s", a.State)
	}
}

// notHisFault: what does not fail at a bank is no failed payment. It is tried again each day, and ordered as soon as that can be.
func notHisFault(t *testing.T, h *house) {
	id := h.begun(t, h.monthly(t))
	home := h.get(t, id).To.Address
	send := func(to place.Address) {
		t.Helper()
		h.As(aigul).Moment(t, func(tx *db.Tx) error { return agreement.Send(tx, id, to) })
	}
	send(place.Address{Country: "CL", City: "Santiago", Street: "Alameda", House: "1", Name: "Айгүл", Phone: "+77011234567"})
	h.due(t, id)
	h.run(t)
	h.dawn(t, 9)
	a := h.get(t, id)
	if a.State != agreement.StateActive || a.Try != 0 || a.Waits != checkout.ErrMissing.Code || a.Due != h.Day().AddDays(1) {
		t.Errorf("it is %s, refused %d times, waits for %q until %s", a.State, a.Try, a.Waits, a.Due)
	}
	send(home)
	h.dawn(t, 1)
	if now := h.get(t, id); now.Seq != a.Seq+1 || now.Waits != "" {
		t.Errorf("it is still at %d, waits for %q", now.Seq, now.Waits)
	}
	h.stop(t, id)
}
