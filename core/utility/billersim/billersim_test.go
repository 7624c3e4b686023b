package billersim_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"sauda/core/utility/biller"
	"sauda/core/utility/billersim"
	"sauda/core/utility/billertest"
)

// open opens a provider behind HTTP, and gives who asks it.
func open(t *testing.T, dialect biller.Dialect, journal string) (*billersim.Provider, biller.Client) {
	t.Helper()
	sim, err := billersim.New(billersim.Config{Dialect: string(dialect), User: "sauda", Password: "p", Least: 100, Most: 1_000_000_00, Journal: journal}, map[string]billersim.Account{
		"100200": {Holder: "А***", Owed: 1450_00}, "100201": {Owed: 900_00}, "100202": {Owed: 1, Closed: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.Close()
		_ = sim.Close()
	})
	return sim, biller.Client{URL: server.URL + "/pay?region=2", Dialect: dialect, User: "sauda", Password: "p", HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}} // It asks once: a broken connection that was kept is asked anew by itself.
}

func both(t *testing.T, test func(t *testing.T, d biller.Dialect)) {
	for _, d := range []biller.Dialect{biller.Kaspi, biller.OSMP} {
		t.Run(string(d), func(t *testing.T) { test(t, d) })
	}
}

func TestProvider(t *testing.T) {
	both(t, func(t *testing.T, d biller.Dialect) {
		billertest.Exercise(t, func(t *testing.T) billertest.World {
			_, client := open(t, d, "")
			return billertest.World{Client: client, Known: "100200", Other: "100201", Unknown: "999", Owed: 1450_00}
		})
	})
}

// TestFaults holds what each fault means to who asks, in both dialects.
func TestFaults(t *testing.T) {
	both(t, func(t *testing.T, d biller.Dialect) {
		sim, client := open(t, d, "")
		for _, c := range []struct {
			fault billersim.Kind
			want  biller.Outcome
			acts  bool
			none  bool // none is no answer.
		}{
			{billersim.Down, 0, false, true}, {billersim.Overload, 0, false, true}, {billersim.Lose, 0, true, true}, {billersim.Garbage, 0, true, true},
			{billersim.Stray, 0, true, true}, {billersim.Busy, map[biller.Dialect]biller.Outcome{biller.Kaspi: biller.Pending, biller.OSMP: biller.Again}[d], false, false},
			{billersim.Pending, biller.Pending, false, false}, {billersim.Refuse, biller.Other, false, false}, {billersim.Lie, biller.OK, true, false},
		} {
			sim.Next(c.fault)
			txn := "5" + string(c.fault)
			a, err := client.Ask(t.Context(), biller.Request{Command: biller.Pay, Txn: txn, Account: "100200", Sum: 1_00})
			took := false
			for _, done := range sim.Register() {
				took = took || done.Txn == txn
			}
			if c.none != errors.Is(err, biller.ErrNoAnswer) || err == nil && a.Outcome != c.want || took != c.acts {
				t.Errorf("%s: %+v, %v; taken: %t", c.fault, a, err, took)
			}
		}
		for sum, want := range map[int64]biller.Outcome{1: biller.TooSmall, 2_000_000_00: biller.TooBig} {
			if d == biller.Kaspi { // It has no word for them.
				want = biller.Other
			}
			if a, err := client.Ask(t.Context(), biller.Request{Command: biller.Pay, Txn: "6", Account: "100200", Sum: sum}); err != nil || a.Outcome != want {
				t.Errorf("%d: %+v, %v", sum, a, err)
			}
		}
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer stop()
		sim.Next(billersim.Slow)
		if _, err := client.Ask(ctx, biller.Request{Command: biller.Check, Txn: "7", Account: "100200"}); !errors.Is(err, biller.ErrNoAnswer) {
			t.Errorf("slow: %v", err)
		}
	})
}

// TestJournal has a provider begin again: what it took it took.
func TestJournal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "taken.journal")
	sim, client := open(t, biller.Kaspi, file)
	first, err := client.Ask(t.Context(), biller.Request{Command: biller.Pay, Txn: "1", Account: "100200", Sum: 50_00})
	if err != nil || sim.Close() != nil {
		t.Fatal(err)
	}
	_, client = open(t, biller.Kaspi, file)
	again, err := client.Ask(t.Context(), biller.Request{Command: biller.Pay, Txn: "1", Account: "100200", Sum: 50_00})
	if err != nil || again.Own != first.Own {
		t.Errorf("%+v after %+v: %v", again, first, err)
	}
}
