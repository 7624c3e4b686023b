package card_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/payment"
	"sauda/core/payment/card"
)

// answering is a gateway that always says the same.
func answering(status int, body string) *card.Client {
	return card.New(card.Config{URL: "http://gateway.example/", Transport: card.InProcess(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body)) // It goes into memory.
		}))})
}

func capture(ctx context.Context, c *card.Client) (payment.Result, error) {
	return c.Capture(ctx, "key", "aut_1", money.Of(100, money.KZT))
}

// TestStrangeAnswers shows what may hide an act and what is a clear no.
func TestStrangeAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   *fault.Fault
	}{
		"nothing":                 {200, "", payment.ErrNoAnswer},
		"a page":                  {200, "<html>", payment.ErrNoAnswer},
		"half an answer":          {201, `{"ref":"aut`, payment.ErrNoAnswer},
		"an answer about nothing": {200, `{}`, payment.ErrNoAnswer},
		"a long answer":           {200, `{"ref":"` + strings.Repeat("x", 100_000) + `"}`, payment.ErrNoAnswer},
		"broken":                  {500, "", payment.ErrNoAnswer},
		"busy":                    {429, "", payment.ErrNoAnswer},
		"too slow":                {408, "", payment.ErrNoAnswer},
		"a proxy in between":      {502, "<html>", payment.ErrNoAnswer},
		"moved":                   {302, "", payment.ErrRefused},
		"a no without words":      {400, "no", payment.ErrRefused},
		"an unheard no":           {409, `{"code":"moon"}`, payment.ErrRefused},
		"too much":                {409, `{"code":"over","left":7}`, payment.ErrOver},
		"settled":                 {409, `{"code":"settled"}`, payment.ErrSettled},
		"a bad token":             {422, `{"code":"token"}`, payment.ErrToken},
		"unknown":                 {404, `{"code":"unknown"}`, payment.ErrUnknown},
	} {
		_, err := capture(t.Context(), answering(test.status, test.body))
		if fault.Of(err) != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want.Code)
		}
	}
	_, err := capture(t.Context(), answering(409, `{"code":"over","left":7}`))
	if left := fault.ParamsOf(err)["left"]; left != int64(7) {
		t.Errorf("left is said as %v", left)
	}
}

// TestAsksOnce shows that nothing asks again by itself, so that a lost answer is always known as one.
func TestAsksOnce(t *testing.T) {
	asked := 0
	c := card.New(card.Config{URL: "http://gateway.example", Transport: card.InProcess(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			asked++
			panic(http.ErrAbortHandler)
		}))})
	if _, err := capture(t.Context(), c); !errors.Is(err, payment.ErrNoAnswer) || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}

// TestWait gives up when the gateway is silent for longer than it may be.
func TestWait(t *testing.T) {
	c := card.New(card.Config{URL: "http://gateway.example", Wait: time.Millisecond, Transport: card.InProcess(
		http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))})
	if _, err := capture(t.Context(), c); !errors.Is(err, payment.ErrNoAnswer) {
		t.Errorf("%v", err)
	}
}

// TestRequest shows what is sent: the key, the secret, and a reference that cannot leave its place in the path.
func TestRequest(t *testing.T) {
	var got *http.Request
	c := card.New(card.Config{URL: "http://gateway.example/gateway", Secret: "secret", Transport: card.InProcess(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r
			_, _ = w.Write([]byte(`{"ref":"aut_1"}`)) // It goes into memory.
		}))})
	if _, err := c.Refund(t.Context(), "key", "../admin", money.Of(1, money.KZT)); err != nil {
		t.Fatal(err)
	}
	if got.URL.EscapedPath() != "/gateway/v1/authorizations/..%2Fadmin/refunds" || got.Header.Get(card.KeyHeader) != "key" ||
		got.Header.Get("Authorization") != "Bearer secret" {
		t.Errorf("%s %v", got.URL.EscapedPath(), got.Header)
	}
}
