package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sauda/app"
	"sauda/gear/log"
)

// started is a house that a test serves.
type started struct {
	address string
	stop    context.CancelFunc
	ended   chan error
	house   *app.House
}

// start serves a house of a folder at a free port and waits until it can be reached.
func start(t *testing.T, data string) started {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	listener, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := door{NoLimits: true, Quiet: true, Drain: 10 * time.Second}
	house, err := app.Open(ctx, d.fit(app.Config{Data: data, Log: slog.New(slog.DiscardHandler)}, listener.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	s := started{address: d.address(listener.Addr()), stop: stop, ended: make(chan error, 1), house: house}
	ready := make(chan struct{})
	go func() { s.ended <- d.serve(ctx, house, listener, func() { close(ready) }) }()
	<-ready
	t.Cleanup(stop)
	return s
}

func TestServeStopsGracefully(t *testing.T) {
	data := t.TempDir()
	s := start(t, data)
	// A request whose body is still on its way when the house is told to stop is answered.
	body, more := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), "POST", s.address+"/v1/carts", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Expect", "100-continue") // So the body is asked for only when the request is under way.
	patient := http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	answered := make(chan *http.Response, 1)
	go func() {
		answer, err := patient.Do(request)
		if err != nil {
			t.Error(err)
		}
		answered <- answer
	}()
	_, _ = more.Write([]byte(`{"currency":`)) // It comes back when the house has asked for the body.
	s.stop()
	_, _ = more.Write([]byte(`"KZT"}`))
	_ = more.Close()
	if answer := <-answered; answer == nil || answer.StatusCode >= 300 {
		t.Errorf("the request under way: %+v", answer)
	}
	if err := <-s.ended; err != nil {
		t.Errorf("stopping: %v", err)
	}
	if _, err := net.Dial("tcp", strings.TrimPrefix(s.address, "http://")); err == nil {
		t.Error("the house can still be reached")
	}
	again := start(t, data)
	if again.house.FirstAdmin.Email != "" {
		t.Error("the house was furnished a second time")
	}
	again.stop()
	if err := <-again.ended; err != nil {
		t.Errorf("stopping again: %v", err)
	}
}

func TestServeRefusesASecondHouse(t *testing.T) {
	data := t.TempDir()
	s := start(t, data)
	second := serveCommand{place: place{Data: data}, Listen: "127.0.0.1:0"}
	err := second.Run(t.Context(), "en")
	if err == nil || !strings.Contains(tongue("en").explain(err), "Another Sauda process holds this data folder") {
		t.Errorf("a second process on the folder: %v", err)
	}
	elsewhere := serveCommand{place: place{Data: filepath.Join(data, "other")}, Listen: strings.TrimPrefix(s.address, "http://")}
	err = elsewhere.Run(t.Context(), "en")
	if err == nil || !strings.Contains(tongue("en").explain(err), "another program listens at") {
		t.Errorf("a second process on the port: %v", err)
	}
	near, err := listenNear(t.Context(), strings.TrimPrefix(s.address, "http://"))
	if err != nil {
		t.Fatalf("the next free port: %v", err)
	}
	_ = near.Close()
	s.stop()
	if err := <-s.ended; err != nil {
		t.Errorf("stopping: %v", err)
	}
}

func TestServeRefusesWhatIsNotWhole(t *testing.T) {
	here := place{Data: t.TempDir()}
	for want, c := range map[string]serveCommand{
		"--cards-secret": {place: here, Cards: cards{URL: "https://bank.example"}},
		"--carrier-key":  {place: here, Carrier: parcels{URL: "https://carrier.example"}},
		"--smtp-from":    {place: here, SMTP: letters{Host: "mail.example"}},
		"--tls-key":      {place: here, door: door{TLSCert: "cert.pem"}},
		"cannot listen":  {place: here, Listen: "nowhere"},
	} {
		if err := c.Run(t.Context(), "en"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	t.Setenv("SAUDA_PPROF", "0.0.0.0:6060")
	if err := (&serveCommand{place: here, Listen: "127.0.0.1:0"}).Run(t.Context(), "en"); err == nil || !strings.Contains(err.Error(), "SAUDA_PPROF") {
		t.Errorf("profiles for everybody: %v", err)
	}
}

func TestWelcome(t *testing.T) {
	var out bytes.Buffer
	tongue("en").welcome(&out, "http://127.0.0.1:8080", app.Admin{Email: "admin@sauda.localhost", Password: "first"})
	if want := "listening on http://127.0.0.1:8080\nadministrator admin@sauda.localhost, first password first (it is not shown again)\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

func TestDemoBeginsAnew(t *testing.T) {
	c := demoCommand{Data: t.TempDir()}
	config, err := place{Data: c.Data}.config()
	if err != nil {
		t.Fatal(err)
	}
	config.Log = log.New(io.Discard, slog.LevelError, log.JSON)
	if err := c.fill(t.Context(), config, "en"); err != nil {
		t.Fatal(err)
	}
	if err := c.fill(t.Context(), config, "en"); err != nil {
		t.Fatalf("filled already: %v", err)
	}
	c.Reset = true
	if err := c.fill(t.Context(), config, "en"); err != nil {
		t.Fatalf("begun anew: %v", err)
	}
	var out bytes.Buffer
	tongue("en").invite(&out, "http://127.0.0.1:8080")
	for _, want := range []string{"http://127.0.0.1:8080/office", "sauda-demo", "gulnar@sauda.example", "aisulu@mail.example", "tok_challenge"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the invitation lacks %s:\n%s", want, out.String())
		}
	}
}
