package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment/card"
	"sauda/core/payment/cardsim"
	"sauda/gear/db"
	"sauda/gear/web"
)

// The environment of a child: the house it serves, and where it kills itself.
const (
	envData, envPostgres, envGateway = "SAUDA_CHILD_DATA", "SAUDA_CHILD_POSTGRES", "SAUDA_CHILD_GATEWAY"
	envPoint                         = "SAUDA_CHILD_POINT" // "before call capture"
	gatewaySecret                    = "the key of the gateway in tests"
)

// TestMain runs the tests, or serves a house when the process is a child that a test will kill.
func TestMain(m *testing.M) {
	if os.Getenv(envData) != "" {
		if err := serveChild(); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// serveChild serves a house, says its address, and dies where it is told to, or when somebody kills it.
func serveChild() error {
	ctx := context.Background()
	c := app.Config{
		Data: os.Getenv(envData), Postgres: os.Getenv(envPostgres), Quiet: true, Limits: web.Limits{Off: true},
		Log:   slog.New(slog.DiscardHandler),
		Cards: app.Cards{URL: os.Getenv(envGateway), Secret: gatewaySecret, Signing: apptest.Signing},
	}
	if at := os.Getenv(envPoint); at != "" {
		c.At = func(point string) {
			if point == at {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {} // The signal comes.
			}
		}
	}
	h, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() { _ = h.Run(ctx) }()
	fmt.Println(listener.Addr())
	return http.Serve(listener, h.Handler())
}

// outside is what stands outside of the process that is killed: the gateway, whose word about the money is the truth.
type outside struct {
	sim     *cardsim.Sim
	url     string
	address atomic.Pointer[string] // address is where the house is just now.

	mu    sync.Mutex
	known map[string]bool // known are all authorizations that the gateway ever made.
}

func openOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{known: map[string]bool{}}
	sim, err := cardsim.New(cardsim.Config{
		Secret: gatewaySecret, Messages: cardsim.Messages{URL: "http://house/v1/webhooks/card", Secret: apptest.Signing, Transport: o},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(o.watch(sim))
	t.Cleanup(func() {
		server.Close()
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	o.sim, o.url = sim, server.URL
	return o
}

// watch remembers the authorizations that are made, also those whose answer nobody hears.
func (o *outside) watch(sim http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/authorizations" {
			sim.ServeHTTP(w, r)
			return
		}
		heard := httptest.NewRecorder()
		sim.ServeHTTP(heard, r)
		var said struct {
			Ref string `json:"ref"`
		}
		if json.Unmarshal(heard.Body.Bytes(), &said) == nil && said.Ref != "" {
			o.mu.Lock()
			o.known[said.Ref] = true
			o.mu.Unlock()
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(heard.Code)
		_, _ = w.Write(heard.Body.Bytes())
	})
}

// RoundTrip carries the gateway's messages to where the house is just now.
func (o *outside) RoundTrip(r *http.Request) (*http.Response, error) {
	address := o.address.Load()
	if address == nil {
		return nil, fmt.Errorf("the house is closed")
	}
	r = r.Clone(r.Context())
	r.URL.Host = *address
	return http.DefaultTransport.RoundTrip(r)
}

// child is a process that serves a house.
type child struct {
	command *exec.Cmd
	address string
	ended   chan struct{}
}

// start starts a child on the house's store. Point, if any, is where it kills itself.
func (o *outside) start(t *testing.T, c app.Config, point string) *child {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), envData+"="+c.Data, envPostgres+"="+c.Postgres, envGateway+"="+o.url, envPoint+"="+point)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	k := &child{command: command, ended: make(chan struct{})}
	line, err := bufio.NewReader(out).ReadString('\n')
	k.address = strings.TrimSpace(line)
	go func() {
		_ = command.Wait()
		close(k.ended)
	}()
	t.Cleanup(k.kill)
	if err != nil {
		t.Fatalf("the child did not say its address: %v", err)
	}
	o.address.Store(&k.address)
	return k
}

// kill is kill -9, and waits until it has happened.
func (k *child) kill() {
	_ = k.command.Process.Kill()
	<-k.ended
}

// rush is many buyers who go on buying while the house dies and comes back.
type rush struct {
	t       *testing.T
	h       *apptest.House // h knows the goods; it is closed meanwhile.
	where   func() (base string)
	mu      sync.Mutex
	carts   map[string]string // carts are all baskets that were asked to be ordered, with the order that was acknowledged.
	opening atomic.Int64
}

// units is how many kettles there are in a house that is killed: more than are bought.
const units = 100_000

// patience is how long a buyer tries one thing before the test fails.
const patience = 40 * time.Second

// ask sends a request until it is answered otherwise than by trouble. A key makes it safe to send it twice.
func (r *rush) ask(method, path string, body any) apptest.Answer {
	key := "Idempotency-Key: rush-" + strconv.FormatInt(r.opening.Add(1), 10)
	var last string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		a, err := r.h.Guest().Over(r.where(), http.DefaultClient).Send(method, path, body, key)
		if err == nil && a.Status < 500 {
			return a
		}
		last = fmt.Sprint(a.Status, string(a.Body), err)
	}
	r.t.Errorf("%s %s is never answered: %s", method, path, last)
	return apptest.Answer{}
}

// buy buys one kettle, whatever happens, and keeps what was acknowledged.
func (r *rush) buy() {
	cart := r.ask("POST", "/v1/carts", map[string]any{}).Text("id")
	if cart == "" {
		return
	}
	r.ask("POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": r.h.Goods[apptest.Kettle].Variant})
	r.ask("PUT", "/v1/carts/"+cart+"/address", apptest.AlmatyAddress)
	r.ask("PUT", "/v1/carts/"+cart+"/delivery", map[string]any{"method": "mth_courier"})
	r.note(cart, "")
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		a := r.ask("POST", "/v1/carts/"+cart+"/checkout", map[string]any{"method": "card", "token": "tok_ok"})
		switch {
		case a.Text("state") == "ordered":
			r.note(cart, a.Text("order.id"))
			return
		case a.Text("state") == "running":
		default:
			r.t.Errorf("the checkout of %s: %d %s", cart, a.Status, a.Body)
			return
		}
	}
	r.t.Errorf("the checkout of %s never ended", cart)
}

func (r *rush) note(cart, order string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.carts[cart] = order
}

// run has so many buyers buy until they are told to stop.
func (r *rush) run(buyers int, stop <-chan struct{}) {
	var wait sync.WaitGroup
	for range buyers {
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					r.buy()
				}
			}
		})
	}
	wait.Wait()
}

// verify holds the house, opened and settled, to all that was promised: every acknowledged order is there, one for each
// basket; the gateway took the money of each order once and holds nothing else; no unit is lost.
func (r *rush) verify(t *testing.T, h *apptest.House, sim *cardsim.Sim, refs map[string]bool) {
	t.Helper()
	var carts []string
	for cart := range r.carts {
		carts = append(carts, cart)
	}
	var became map[string]order.Became
	h.Look(t, func(tx *db.Tx) (err error) {
		became, err = order.OfCarts(tx, carts)
		return err
	})
	for cart, acknowledged := range r.carts {
		if got := string(became[cart].Order); acknowledged != "" && got != acknowledged {
			t.Errorf("the basket %s became %q, and %q was acknowledged", cart, got, acknowledged)
		}
	}
	paid := map[string]int{}
	for _, day := range []int{-1, 0, 1} { // The clock may pass midnight.
		for _, m := range sim.Settlement(h.Today().AddDays(day)).Moves {
			if m.Kind != "capture" || m.Amount.Minor != whole {
				t.Errorf("the gateway moved %+v", m)
			}
			paid[string(m.Payment)]++
		}
	}
	for id, times := range paid {
		if times != 1 {
			t.Errorf("the payment %s was captured %d times", id, times)
		}
	}
	n := int64(len(became))
	if int64(len(paid)) != n {
		t.Errorf("%d orders, and %d payments were captured", n, len(paid))
	}
	gateway := card.New(card.Config{URL: "http://gateway", Secret: gatewaySecret, Transport: card.InProcess(sim)})
	for ref := range refs {
		if now, err := gateway.Look(t.Context(), ref); err != nil || now.Authorized.Minor != now.Captured.Minor+now.Voided.Minor {
			t.Errorf("the authorization %s is left: %+v %v", ref, now, err)
		}
	}
	stands(t, h, map[ledger.Account]int64{"gateway/card": n * (whole - fee(whole))})
	if left, ok := h.Left(t, apptest.Kettle).Whole(); !ok || left != units-n {
		t.Errorf("%d kettles are left after %d orders", left, n)
	}
	h.Sound(t)
}
