package payment_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sauda/core/payment"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

func TestVerify(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	body := []byte(`{"id":"evt_1"}`)
	good := payment.Sign("secret", now, body)
	if err := payment.Verify("secret", good, body, now); err != nil {
		t.Errorf("a good signature: %v", err)
	}
	old := payment.Sign("old", now, body)
	_, sum, _ := strings.Cut(old, ",")
	if err := payment.Verify("old", good+","+sum, body, now); err != nil {
		t.Errorf("two signatures while the secret changes: %v", err)
	}
	for name, bad := range map[string]struct {
		secret, signature string
		body              []byte
		now               time.Time
	}{
		"another secret":      {"other", good, body, now},
		"another body":        {"secret", good, []byte(`{"id":"evt_2"}`), now},
		"six minutes late":    {"secret", good, body, now.Add(6 * time.Minute)},
		"six minutes early":   {"secret", good, body, now.Add(-6 * time.Minute)},
		"another time":        {"secret", strings.Replace(good, "t=1", "t=2", 1), body, now},
		"no signature":        {"secret", "", body, now},
		"no time":             {"secret", "v1=00", body, now},
		"no hex":              {"secret", "t=1,v1=xyz", body, now},
		"no secret":           {"", payment.Sign("", now, body), body, now},
		"a half of the sum":   {"secret", good[:len(good)-2], body, now},
		"thousands of commas": {"secret", strings.Repeat(",", 10_000), body, now},
	} {
		if err := payment.Verify(bad.secret, bad.signature, bad.body, bad.now); !errors.Is(err, payment.ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadEvent(f *testing.F) {
	f.Add([]byte(`{"id":"evt_1","kind":"capture.succeeded","at":"2026-11-24T12:00:00Z","payment":"pay_1","result":{"captured":{"amount":5,"currency":"KZT"}}}`))
	f.Add([]byte(`{}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		event, err := payment.ReadEvent(body)
		if err == nil && (event.ID == "" || event.Kind == "") {
			t.Errorf("read %+v from %q", event, body)
		}
		if err != nil && !errors.Is(err, payment.ErrEvent) {
			t.Errorf("%v", err)
		}
	})
}

func TestReceive(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := begun(t, s, payment.Card, 1000)
		receive := func(gateway string, e payment.Event) (p payment.Payment, effect payment.Effect, err error) {
			err = s.Try(func(tx *db.Tx) (err error) {
				p, effect, err = payment.Receive(tx, gateway, e)
				return err
			})
			return p, effect, err
		}
		authorized := payment.Event{ID: "evt_1", Kind: payment.EventAuthorized, At: s.Clock.Now(), Payment: id, Result: payment.Result{
			Ref: "aut_1", State: payment.SaidAuthorized, Authorized: kzt(1000),
		}}
		for range 3 {
			p, effect, err := receive("card", authorized)
			if err != nil || p.State() != payment.StateAuthorized || !effect.Tell {
				t.Errorf("%s, %+v, %v", p.State(), effect, err)
			}
		}
		if got := facts(t, s); got != "authorized 1000/1000" {
			t.Errorf("told three times: %s", got)
		}
		unheard := payment.Event{ID: "evt_2", Kind: "moon.full", Payment: id, Result: payment.Result{Captured: kzt(1000)}}
		if p, effect, err := receive("card", unheard); err != nil || !effect.Alarm || p.State() != payment.StateAuthorized {
			t.Errorf("an unheard event: %s, %+v, %v", p.State(), effect, err)
		}
		if _, effect, err := receive("card", payment.Event{ID: "evt_3", Kind: payment.EventSettled}); err != nil || effect != (payment.Effect{}) {
			t.Errorf("an event about no payment: %+v, %v", effect, err)
		}
		for gateway, e := range map[string]payment.Event{
			"other": authorized, "card": {ID: "evt_4", Kind: payment.EventCaptured, Payment: "pay_x"},
		} {
			if _, _, err := receive(gateway, e); !errors.Is(err, payment.ErrUnknown) {
				t.Errorf("%s %s: %v", gateway, e.Payment, err)
			}
		}
		s.Moment(t, func(tx *db.Tx) error {
			events, err := payment.Events(tx, id)
			if len(events) != 2 || events[0].Result.Ref != "aut_1" {
				t.Errorf("kept %+v", events)
			}
			return err
		})
	})
}

// TestEffects holds the table to every kind of event, so that a new one cannot be forgotten.
func TestEffects(t *testing.T) {
	kinds := []payment.EventKind{
		payment.EventChallenged, payment.EventAuthorized, payment.EventDeclined, payment.EventExpired, payment.EventCaptured,
		payment.EventCaptureFailed, payment.EventVoided, payment.EventRefunded, payment.EventRefundFailed, payment.EventDisputed,
		payment.EventSettled,
	}
	if len(kinds) != len(payment.Effects) {
		t.Errorf("%d kinds, %d effects", len(kinds), len(payment.Effects))
	}
	for _, kind := range kinds {
		if _, known := payment.Effects[kind]; !known {
			t.Errorf("%s has no effect", kind)
		}
	}
	if effect := payment.EffectOf("moon.full"); effect != (payment.Effect{Alarm: true}) {
		t.Errorf("an unheard event: %+v", effect)
	}
}
