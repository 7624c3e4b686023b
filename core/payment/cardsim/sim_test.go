package cardsim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/payment"
	"sauda/core/payment/card"
	"sauda/core/payment/cardsim"
	"sauda/core/payment/paymenttest"
)

const secret = "a key of the shop"

// rig is a gateway with everything around it.
type rig struct {
	sim    *cardsim.Sim
	client *card.Client
	inbox  *inbox
	now    time.Time
}

// inbox takes the gateway's messages as the shop does.
type inbox struct {
	mu     sync.Mutex
	secret string
	now    func() time.Time
	events []payment.Event
	forged int
	closed bool
}

func (i *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil || i.closed {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if err := payment.Verify(i.secret, r.Header.Get(payment.SignatureHeader), body, i.now()); err != nil {
		i.forged++
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	event, err := payment.ReadEvent(body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	i.events = append(i.events, event)
}

// kinds are the events that came, in their order.
func (i *inbox) kinds() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	var all []string
	for _, e := range i.events {
		all = append(all, string(e.Kind))
	}
	return strings.Join(all, " ")
}

func open(t *testing.T, path string, change func(*cardsim.Config)) *rig {
	t.Helper()
	r := &rig{now: time.Date(2026, 11, 24, 12, 0, 0, 0, span.Almaty)}
	r.inbox = &inbox{secret: "shared", now: func() time.Time { return r.now }}
	c := cardsim.Config{
		Path: path, Secret: secret, Now: func() time.Time { return r.now }, Slow: time.Millisecond, Returns: []string{"https://shop.example"},
		Messages: cardsim.Messages{URL: "http://shop.example/hook", Secret: "shared", Transport: card.InProcess(r.inbox)},
	}
	if change != nil {
		change(&c)
	}
	var err error
	if r.sim, err = cardsim.New(c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.sim.Close() })
	r.client = card.New(card.Config{URL: "http://gateway.example", Secret: secret, Transport: card.InProcess(r.sim)})
	return r
}

// browse asks for a page as a browser does, without following redirects.
func (r *rig) browse(t *testing.T, method, address string, form url.Values) (status int, location, body string) {
	t.Helper()
	request := httptest.NewRequest(method, strings.TrimPrefix(address, "/gateway"), strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	r.sim.ServeHTTP(w, request)
	if method == http.MethodGet && !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%s has no strict policy: %v", address, w.Header())
	}
	return w.Code, w.Header().Get("Location"), w.Body.String()
}

var tokens = paymenttest.Tokens{
	OK: "tok_ok", Challenge: "tok_challenge", Declined: "tok_declined", NoFunds: "tok_insufficient", LostAfter: "tok_timeout",
	LostBefore: "tok_lost_before", CaptureLostAfter: "tok_capture_lost", CaptureLostBefore: "tok_capture_lost_before",
	RefundLostAfter: "tok_refund_lost", RefundLostBefore: "tok_refund_lost_before", VoidLostAfter: "tok_void_lost",
	VoidLostBefore: "tok_void_lost_before", CaptureRefused: "tok_capture_declined",
	Gone: "tok_gone",
}

func (r *rig) conforming() paymenttest.Rig {
	return paymenttest.Rig{Gateway: r.client, Tokens: tokens, Keeps: true, Answer: func(t *testing.T, next payment.NextStep, confirm bool) {
		t.Helper()
		form := url.Values{"answer": {"cancel"}}
		if confirm {
			form = url.Values{"answer": {"confirm"}, "code": {"1234"}}
		}
		if status, location, _ := r.browse(t, http.MethodPost, next.URL, form); status != http.StatusSeeOther || location != "/return" {
			t.Errorf("the challenge answered %d to %q", status, location)
		}
	}}
}

func TestConformanceInProcess(t *testing.T) {
	paymenttest.Exercise(t, func(t *testing.T) paymenttest.Rig { return open(t, "", nil).conforming() })
}

func TestConformanceOverHTTP(t *testing.T) {
	paymenttest.Exercise(t, func(t *testing.T) paymenttest.Rig {
		r := open(t, filepath.Join(t.TempDir(), "journal"), nil)
		server := httptest.NewServer(http.StripPrefix("/gateway", r.sim))
		t.Cleanup(server.Close)
		r.client = card.New(card.Config{URL: server.URL + "/gateway", Secret: secret})
		return r.conforming()
	})
}

func kzt(minor int64) money.Money { return money.Of(minor, money.KZT) }

func charge(token string) payment.Charge {
	return payment.Charge{Payment: "pay_1", Amount: kzt(5000), Token: token, ReturnURL: "https://shop.example/orders?x=1", Lang: "ru"}
}

func must(t *testing.T) func(payment.Result, error) payment.Result {
	t.Helper()
	return func(r payment.Result, err error) payment.Result {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

// TestJournal kills the gateway between acts: a new one knows everything, also the answers to keys.
func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	ctx := t.Context()
	r := open(t, path, nil)
	ok := must(t)(r.client.Authorize(ctx, "k1", charge("tok_ok")))
	must(t)(r.client.Capture(ctx, "k2", ok.Ref, kzt(2000)))
	challenged := must(t)(r.client.Authorize(ctx, "k3", charge("tok_challenge")))
	_, overAgain := r.client.Capture(ctx, "k4", ok.Ref, kzt(3001))
	// The process dies: nothing is closed, and the last line is cut off in the middle.
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(`{"op":"capture","ref":"` + ok.Ref); err != nil {
		t.Fatal(err)
	}
	r = open(t, path, nil)
	if again := must(t)(r.client.Authorize(ctx, "k1", charge("tok_ok"))); again.Ref != ok.Ref {
		t.Errorf("authorized twice: %s and %s", ok.Ref, again.Ref)
	}
	if captured := must(t)(r.client.Capture(ctx, "k2", ok.Ref, kzt(2000))); captured.Captured != kzt(2000) {
		t.Errorf("captured %s", captured.Captured)
	}
	if _, err := r.client.Capture(ctx, "k4", ok.Ref, kzt(3001)); !errors.Is(err, payment.ErrOver) || !errors.Is(overAgain, payment.ErrOver) {
		t.Errorf("refused with %v, then with %v", overAgain, err)
	}
	if status, _, _ := r.browse(t, http.MethodPost, challenged.Next.URL, url.Values{"code": {"1234"}}); status != http.StatusSeeOther {
		t.Errorf("the challenge is lost: %d", status)
	}
	if after := must(t)(r.client.Look(ctx, challenged.Ref)); after.Authorized != kzt(5000) {
		t.Errorf("after the challenge: %+v", after)
	}
	report := r.sim.Settlement(span.MustDay("2026-11-24"))
	if len(report.Moves) != 1 || len(report.Captured) != 1 || report.Captured[0] != kzt(2000) {
		t.Errorf("settlement: %+v", report)
	}
}

func TestJournalOfSomebodyElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(path, []byte("my diary\nmonday\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cardsim.New(cardsim.Config{Path: path}); err == nil {
		t.Error("a diary was taken for a journal")
	}
	if kept, err := os.ReadFile(path); err != nil || string(kept) != "my diary\nmonday\n" {
		t.Errorf("the diary was changed: %q, %v", kept, err)
	}
}

func TestCardPage(t *testing.T) {
	r := open(t, "", nil)
	page := "/pay?" + url.Values{"return_url": {"https://shop.example/checkout?cart=1"}, "lang": {"ru"}, "amount": {"5000.00"}, "currency": {"KZT"}}.Encode()
	if status, _, body := r.browse(t, http.MethodGet, page, nil); status != http.StatusOK || !strings.Contains(body, "Оплата картой") || strings.Contains(body, "<script") {
		t.Errorf("the page: %d %s", status, body)
	}
	form := url.Values{"number": {"4000 0000 0000 3220"}, "expiry": {"12/30"}, "code": {"123"}}
	status, location, _ := r.browse(t, http.MethodPost, page, form)
	back, err := url.Parse(location)
	if err != nil || status != http.StatusSeeOther || back.Host != "shop.example" || back.Query().Get("cart") != "1" {
		t.Fatalf("%d %q", status, location)
	}
	token := back.Query().Get("token")
	result := must(t)(r.client.Authorize(t.Context(), "k1", charge(token)))
	if result.State != payment.SaidChallenge {
		t.Errorf("the card behaves as %s", result.State)
	}
	if again := must(t)(r.client.Authorize(t.Context(), "k1", charge(token))); again.Ref != result.Ref {
		t.Error("the same key made another payment")
	}
	if _, err := r.client.Authorize(t.Context(), "k2", charge(token)); !errors.Is(err, payment.ErrToken) {
		t.Errorf("a token was used twice: %v", err)
	}
	if _, _, body := r.browse(t, http.MethodGet, result.Next.URL, nil); !strings.Contains(body, "•••• 3220") || strings.Contains(body, "4000000000003220") {
		t.Errorf("the challenge shows the wrong card: %s", body)
	}
}

// TestEveryTestCard shows that each number on the page is well formed and known.
func TestEveryTestCard(t *testing.T) {
	r := open(t, "", nil)
	for _, lang := range []string{"kk", "ru", "en", "zh"} {
		_, _, body := r.browse(t, http.MethodGet, "/pay?return_url=/x&lang="+lang, nil)
		numbers := strings.Split(body, "<code>")[1:]
		if len(numbers) < 9 {
			t.Fatalf("only %d cards", len(numbers))
		}
		for _, rest := range numbers {
			number, does, _ := strings.Cut(rest, "</code>")
			does, _, _ = strings.Cut(does, "<")
			if strings.TrimSpace(does) == "" {
				t.Errorf("%s: %s is not explained", lang, number)
			}
			status, location, _ := r.browse(t, http.MethodPost, "/pay?return_url=/x", url.Values{"number": {number}, "expiry": {"1230"}, "code": {"999"}})
			if status != http.StatusSeeOther || !strings.HasPrefix(location, "/x?token=tok_") {
				t.Errorf("%s: %d %q", number, status, location)
			}
		}
	}
}

func TestCardPageRefuses(t *testing.T) {
	r := open(t, "", nil)
	good := url.Values{"number": {"4242424242424242"}, "expiry": {"12/30"}, "code": {"123"}}
	for name, form := range map[string]url.Values{
		"one digit off": {"number": {"4242424242424243"}, "expiry": {"12/30"}, "code": {"123"}},
		"no number":     {"expiry": {"12/30"}, "code": {"123"}},
		"too long":      {"number": {strings.Repeat("0", 40)}, "expiry": {"12/30"}, "code": {"123"}},
		"expired":       {"number": good["number"], "expiry": {"10/26"}, "code": {"123"}},
		"no month":      {"number": good["number"], "expiry": {"13/30"}, "code": {"123"}},
		"short code":    {"number": good["number"], "expiry": {"12/30"}, "code": {"12"}},
	} {
		if status, _, _ := r.browse(t, http.MethodPost, "/pay?return_url=/x", form); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, status)
		}
	}
	for _, back := range []string{"", "//evil.example/", "https://evil.example/", "javascript:alert(1)", "https://shop.example@evil.example/", "/\\evil.example", "x"} {
		page := "/pay?" + url.Values{"return_url": {back}}.Encode()
		if status, location, _ := r.browse(t, http.MethodPost, page, good); status != http.StatusBadRequest {
			t.Errorf("the buyer was sent to %q: %d %q", back, status, location)
		}
	}
}

func TestChallenge(t *testing.T) {
	r := open(t, "", nil)
	begun := must(t)(r.client.Authorize(t.Context(), "k1", charge("tok_challenge")))
	for range 2 {
		status, _, body := r.browse(t, http.MethodPost, begun.Next.URL, url.Values{"code": {"9999"}})
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, "Код неверен") {
			t.Errorf("a wrong code: %d", status)
		}
	}
	if status, location, _ := r.browse(t, http.MethodPost, begun.Next.URL, url.Values{"code": {"9999"}}); status != http.StatusSeeOther || location != "https://shop.example/orders?x=1" {
		t.Errorf("the third wrong code: %d %q", status, location)
	}
	if after := must(t)(r.client.Look(t.Context(), begun.Ref)); !errors.Is(after.Refusal(), payment.ErrDeclined) {
		t.Errorf("three wrong codes: %+v", after)
	}
	// Too late, the right code changes nothing.
	r.browse(t, http.MethodPost, begun.Next.URL, url.Values{"code": {"1234"}})
	if after := must(t)(r.client.Look(t.Context(), begun.Ref)); !after.Authorized.IsZero() {
		t.Errorf("after the end: %+v", after)
	}
	slow := must(t)(r.client.Authorize(t.Context(), "k2", charge("tok_challenge")))
	r.now = r.now.Add(time.Hour)
	if after := must(t)(r.client.Look(t.Context(), slow.Ref)); !errors.Is(after.Refusal(), payment.ErrCancelled) {
		t.Errorf("an hour later: %+v", after)
	}
	if status, _, _ := r.browse(t, http.MethodGet, "/challenge/nothing", nil); status != http.StatusNotFound {
		t.Errorf("an unknown challenge: %d", status)
	}
}

func TestKeyAndSecret(t *testing.T) {
	r := open(t, "", nil)
	stranger := card.New(card.Config{URL: "http://gateway.example", Secret: "guess", Transport: card.InProcess(r.sim)})
	if _, err := stranger.Authorize(t.Context(), "k1", charge("tok_ok")); !errors.Is(err, payment.ErrRefused) {
		t.Errorf("without the key: %v", err)
	}
	if _, err := r.client.Authorize(t.Context(), "", charge("tok_ok")); !errors.Is(err, payment.ErrRefused) {
		t.Errorf("without an idempotency key: %v", err)
	}
}

func TestSettlementReport(t *testing.T) {
	r := open(t, "", nil)
	ref := must(t)(r.client.Authorize(t.Context(), "k1", charge("tok_ok"))).Ref
	must(t)(r.client.Capture(t.Context(), "k2", ref, kzt(5000)))
	r.now = r.now.Add(13 * time.Hour) // The next day in Almaty, and still the same one in UTC.
	must(t)(r.client.Refund(t.Context(), "k3", ref, kzt(700)))
	for day, want := range map[string]string{"2026-11-24": "capture 50.00 KZT", "2026-11-25": "refund 7.00 KZT", "2026-11-26": ""} {
		request := httptest.NewRequest(http.MethodGet, "/v1/settlements/"+day, nil)
		request.Header.Set("Authorization", "Bearer "+secret)
		w := httptest.NewRecorder()
		r.sim.ServeHTTP(w, request)
		var report cardsim.Settlement
		if err := json.Unmarshal(w.Body.Bytes(), &report); err != nil {
			t.Fatalf("%s: %v", w.Body, err)
		}
		var moves []string
		for _, m := range report.Moves {
			moves = append(moves, m.Kind+" "+m.Amount.String())
		}
		if got := strings.Join(moves, ", "); got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
}

func TestTokensAreExplained(t *testing.T) {
	names, does := cardsim.Tokens()
	if !slices.IsSorted(names) || len(names) != len(does) {
		t.Errorf("%d names, %d explanations", len(names), len(does))
	}
	for _, name := range names {
		if does[name] == "" {
			t.Errorf("%s is not explained", name)
		}
	}
}

// BenchmarkPurchase is what one order asks of the gateway.
func BenchmarkPurchase(b *testing.B) {
	sim, err := cardsim.New(cardsim.Config{Path: filepath.Join(b.TempDir(), "journal"), Secret: secret})
	if err != nil {
		b.Fatal(err)
	}
	client := card.New(card.Config{URL: "http://gateway.example", Secret: secret, Transport: card.InProcess(sim)})
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		r, err := client.Authorize(b.Context(), fmt.Sprint("a", n), charge("tok_ok"))
		if err == nil {
			_, err = client.Capture(b.Context(), fmt.Sprint("c", n), r.Ref, kzt(5000))
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := sim.Close(); err != nil {
		b.Fatal(err)
	}
}
