package cardsim_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"sauda/core/payment"
	"sauda/core/payment/cardsim"
)

func TestMessages(t *testing.T) {
	tests := map[string]struct {
		token  string
		acts   func(r *rig, ref string)
		kinds  string
		forged int
	}{
		"none that nobody waits for": {token: "tok_ok"},
		"an answer was lost":         {token: "tok_timeout", kinds: "authorization.authorized"},
		"twice":                      {token: "tok_message_twice", kinds: "authorization.authorized authorization.authorized"},
		"forged":                     {token: "tok_message_forged", kinds: "authorization.authorized", forged: 1},
		"never":                      {token: "tok_message_never"},
		"late":                       {token: "tok_message_late", kinds: "authorization.authorized"},
		"reordered": {token: "tok_message_reordered", kinds: "capture.succeeded authorization.authorized", acts: func(r *rig, ref string) {
			_, _ = r.client.Capture(context.Background(), "k2", ref, kzt(5000))
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := open(t, "", nil)
			result, err := r.client.Authorize(t.Context(), "k1", charge(test.token))
			if errors.Is(err, payment.ErrNoAnswer) {
				result, err = r.client.Authorize(t.Context(), "k1", charge(test.token))
			}
			must(t)(result, err)
			if test.acts != nil {
				test.acts(r, result.Ref)
			}
			if err := r.sim.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := r.inbox.kinds(); got != test.kinds {
				t.Errorf("came: %q, want %q", got, test.kinds)
			}
			if r.inbox.forged != test.forged {
				t.Errorf("%d forged, want %d", r.inbox.forged, test.forged)
			}
		})
	}
}

// TestMessagesSurvive closes the shop's door, kills the gateway, and has the next one deliver.
func TestMessagesSurvive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	r := open(t, path, func(c *cardsim.Config) { c.Messages.All = true })
	r.inbox.closed = true
	must(t)(r.client.Authorize(t.Context(), "k1", charge("tok_ok")))
	if err := r.sim.Flush(t.Context()); err == nil {
		t.Error("delivered to a closed door")
	}
	r = open(t, path, nil)
	if err := r.sim.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := r.inbox.kinds(); got != "authorization.authorized" {
		t.Errorf("came: %q", got)
	}
}

// TestBothOrders has the message come before and after the buyer's return.
func TestBothOrders(t *testing.T) {
	r := open(t, "", nil)
	early := must(t)(r.client.Authorize(t.Context(), "k1", charge("tok_challenge_early")))
	if err := r.sim.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.browse(t, http.MethodPost, early.Next.URL, url.Values{"code": {"1234"}})
	if got := r.inbox.kinds(); !strings.HasSuffix(got, "authorization.authorized") {
		t.Errorf("when the buyer is back: %q", got)
	}
	r = open(t, "", nil)
	late := must(t)(r.client.Authorize(t.Context(), "k1", charge("tok_challenge_late")))
	r.browse(t, http.MethodPost, late.Next.URL, url.Values{"code": {"1234"}})
	if got := r.inbox.kinds(); got != "" {
		t.Errorf("when the buyer is back: %q", got)
	}
	if err := r.sim.Flush(t.Context()); err != nil || !strings.HasSuffix(r.inbox.kinds(), "authorization.authorized") {
		t.Errorf("in the end: %q, %v", r.inbox.kinds(), err)
	}
}

func TestFaults(t *testing.T) {
	r := open(t, "", nil)
	ask := func(address, body string) *httptest.ResponseRecorder {
		request := httptest.NewRequest(http.MethodPut, "/admin/faults", strings.NewReader(body))
		request.RemoteAddr = address
		w := httptest.NewRecorder()
		r.sim.ServeHTTP(w, request)
		return w
	}
	if w := ask("10.0.0.1:5555", `{"down":true}`); w.Code != http.StatusNotFound {
		t.Errorf("from another machine: %d", w.Code)
	}
	if w := ask("127.0.0.1:5555", `{"down":true}`); w.Code != http.StatusOK {
		t.Errorf("from this machine: %d %s", w.Code, w.Body)
	}
	if _, err := r.client.Authorize(t.Context(), "k1", charge("tok_ok")); !errors.Is(err, payment.ErrNoAnswer) {
		t.Errorf("a closed gateway: %v", err)
	}
	r.sim.Inject(cardsim.Faults{LoseBefore: 400, LoseAfter: 400, Decline: 100})
	refs := map[string]bool{}
	for n := range 200 {
		key := fmt.Sprint("n", n)
		result, err := r.client.Authorize(t.Context(), key, charge("tok_ok"))
		for errors.Is(err, payment.ErrNoAnswer) {
			result, err = r.client.Authorize(t.Context(), key, charge("tok_ok"))
		}
		refs[must(t)(result, err).Ref] = true
	}
	if len(refs) != 200 {
		t.Errorf("200 keys made %d payments", len(refs))
	}
}
