package flowtest

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/ledger"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// Life is one life of the program: a process.
type Life struct {
	Teller *saga.Teller
	Bus    *bus.Bus

	mu   sync.Mutex
	died string
}

// Alive begins a life that goes on as long as it is asked to.
func (w *World) Alive() *Life { return w.Watched(func(string) {}) }

// Watched begins a life in which at is called at every point where it could end.
func (w *World) Watched(at func(point string)) *Life {
	return &Life{Teller: saga.NewTeller(w.Store.Store, slog.New(slog.DiscardHandler), saga.Patience(0), saga.At(at))}
}

// Doomed begins a life that ends at the nth point that its stories reach. Watch is called at each point before that.
func (w *World) Doomed(nth int, watch func(point string)) *Life {
	var p *Life
	kill := saga.KillAt(nth)
	p = w.Watched(func(point string) {
		defer func() {
			if end := recover(); end != nil {
				p.end(point)
				panic(end)
			}
		}()
		kill(point)
		watch(point)
	})
	return p
}

func (p *Life) end(point string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.died == "" {
		p.died = point
	}
}

// Died is the point at which the life ended, or nothing.
func (p *Life) Died() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.died
}

// React gives the process its reactions.
func (p *Life) React(w *World, reactions ...bus.Reaction) {
	p.Bus = bus.New(w.Store.Store, bus.Options{Reactions: reactions, Log: slog.New(slog.DiscardHandler)})
}

// Do runs do until it returns or the process dies in it.
func (p *Life) Do(do func()) {
	defer func() {
		if end := recover(); end != nil {
			if _, killed := end.(saga.Killed); !killed {
				panic(end)
			}
		}
	}()
	do()
}

// Settle does what is due now: reactions, and the stories that they begin.
func (p *Life) Settle(t testing.TB) {
	t.Helper()
	p.Do(func() {
		for range 4 {
			var err error
			if p.Bus != nil {
				err = p.Bus.Drain(context.Background())
			}
			if err = errors.Join(err, p.Teller.Quiet(context.Background()), p.Teller.Resume(context.Background())); err != nil {
				t.Error(err)
			}
		}
	})
}

// Rest lets hours pass and does what becomes due, often enough for whatever is tried again with pauses.
func (p *Life) Rest(t testing.TB, w *World) {
	t.Helper()
	for range 6 {
		w.Clock.Advance(time.Hour)
		p.Settle(t)
	}
}

// Day is what the calendar of the world shows.
func (w *World) Day() span.Day { return span.DayOf(w.Clock.Now(), span.Almaty) }

// Sound fails the test unless everything is at rest and right: no story under way or stuck, no reaction given up, each
// pool as its claims and its movements say, and debits that are credits.
func (w *World) Sound(t testing.TB) {
	t.Helper()
	w.Look(t, func(tx *db.Tx) error {
		stories, err := saga.List(tx, saga.Filter{States: []string{"running", "waiting", "undoing"}, Limit: 50})
		for _, s := range stories {
			t.Errorf("the story %s %s is %s in %s: %s", s.Name, s.Key, s.State, s.Step, s.Trouble)
		}
		if err != nil {
			return err
		}
		parked, err := bus.Parked(tx, bus.Page{Limit: 50})
		for _, p := range parked {
			t.Errorf("the reaction %q to %s was given up: %s", p.Reaction, p.Fact, p.Error)
		}
		if err != nil {
			return err
		}
		uneven, err := hold.Audit(tx)
		if len(uneven) > 0 || err != nil {
			t.Errorf("claims and pools differ: %v, %v", uneven, err)
		}
		moved, err := inventory.Audit(tx)
		if len(moved) > 0 || err != nil {
			t.Errorf("movements and pools differ: %v, %v", moved, err)
		}
		all, err := ledger.Trial(tx)
		sum := money.Of(0, money.KZT)
		for _, s := range all {
			sum.Minor += s.Balance()
		}
		if !sum.IsZero() {
			t.Errorf("the ledger is off by %s", sum)
		}
		return err
	})
}
