package app_test

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/gear/db"
)

// lent opens a house whose gateway is outside, with the clock of the machine, and closes it again, so that a child can
// serve it.
func lent(t *testing.T, engine db.Engine) (*apptest.House, *outside) {
	t.Helper()
	o := openOutside(t)
	h := apptest.Begun(t, engine, func(c *app.Config) {
		c.Now = time.Now
		c.Cards = app.Cards{URL: o.url, Secret: gatewaySecret, Signing: apptest.Signing}
	})
	plenty(t, h)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return h, o
}

// plenty puts so many kettles on the shelf that they last.
func plenty(t *testing.T, h *apptest.House) {
	t.Helper()
	h.Admin(t).Do(t, 200, "PUT", "/v1/office/stock", map[string]any{
		"counts": []any{map[string]any{"variant_id": h.Goods[apptest.Kettle].Variant, "quantity": units}},
	})
	h.Settled(t)
}

// reopened opens the house in this process, an hour later, and lets everything come to rest.
func reopened(t *testing.T, h *apptest.House) {
	t.Helper()
	h.Clock.Set(time.Now().Add(time.Hour))
	h.Reopen(t, func(c *app.Config) { c.Now = h.Clock.Now })
	h.Later(t, 2*time.Hour)
}

// TestKilled kills the process again and again, at moments of chance, while many buyers buy.
func TestKilled(t *testing.T) {
	const buyers, kills = 6, 6
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			h, o := lent(t, engine)
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			chance := rand.New(rand.NewPCG(seed, seed))
			house := o.start(t, h.Config, "")
			r := &rush{t: t, h: h, carts: map[string]string{}, where: func() string { return "http://" + *o.address.Load() }}
			over, stop := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(over)
				r.run(buyers, stop)
			}()
			for range kills {
				time.Sleep(time.Duration(20+chance.IntN(250)) * time.Millisecond)
				house.kill()
				house = o.start(t, h.Config, "")
				if engine == db.Postgres {
					free(t, h.Config.Postgres)
				}
			}
			close(stop)
			<-over
			house.kill()
			t.Logf("%d baskets were ordered", len(r.carts))
			reopened(t, h)
			r.verify(t, h, o.sim, o.known)
		})
	}
}

// TestKilledAtEachPoint kills the process before and after each moment and each call of a purchase.
func TestKilledAtEachPoint(t *testing.T) {
	points := []string{
		"before moment open", "after moment open", "before call authorize", "after call authorize", "before moment play place",
		"after moment play place", "before call capture", "after call capture", "before moment play settle", "after moment play settle",
	}
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			h, o := lent(t, engine)
			r := &rush{t: t, h: h, carts: map[string]string{}, where: func() string { return "http://" + *o.address.Load() }}
			for _, point := range points {
				house := o.start(t, h.Config, point)
				over := make(chan struct{})
				go func() {
					defer close(over)
					r.buy()
				}()
				select {
				case <-house.ended:
				case <-time.After(patience):
					t.Fatalf("the child does not come to %q", point)
				}
				house = o.start(t, h.Config, "")
				if engine == db.Postgres {
					free(t, h.Config.Postgres)
				}
				<-over
				house.kill()
			}
			reopened(t, h)
			if len(r.carts) != len(points) {
				t.Errorf("%d baskets were ordered", len(r.carts))
			}
			r.verify(t, h, o.sim, o.known)
		})
	}
}

// free has the leases of stories run out now: on PostgreSQL a story of a dead process is taken over when its lease, of
// less than a minute, has run out, and the test does not wait for that.
func free(t *testing.T, dsn string) {
	t.Helper()
	execute(t, dsn, `UPDATE story SET due = 1 WHERE lease_by <> ''`)
}

func execute(t *testing.T, dsn, statement string) {
	t.Helper()
	base, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = base.Close() }()
	if _, err := base.Exec(statement); err != nil && !strings.Contains(err.Error(), "57P01") {
		t.Fatal(err)
	}
}

// TestPostgresAway ends all connections to PostgreSQL again and again while many buyers buy.
func TestPostgresAway(t *testing.T) {
	o := openOutside(t)
	h := apptest.Begun(t, db.Postgres, func(c *app.Config) {
		c.Now = time.Now
		c.Cards = app.Cards{URL: o.url, Secret: gatewaySecret, Signing: apptest.Signing}
	})
	plenty(t, h)
	base := h.Served(t)
	address := strings.TrimPrefix(base, "http://")
	o.address.Store(&address)
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- h.Run(ctx) }()
	r := &rush{t: t, h: h, carts: map[string]string{}, where: func() string { return base }}
	over, enough := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		r.run(6, enough)
	}()
	for range 8 {
		time.Sleep(150 * time.Millisecond)
		execute(t, h.Config.Postgres, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	}
	close(enough)
	<-over
	t.Logf("%d baskets were ordered", len(r.carts))
	stop()
	<-ran
	reopened(t, h)
	r.verify(t, h, o.sim, o.known)
}

// TestConnectionClosed has the buyer's connection break in the middle of the checkout: the purchase goes on without it.
func TestConnectionClosed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		base := h.Served(t)
		cart := h.Guest().Ready(t, h, apptest.Kettle)
		ctx, cut := context.WithCancel(t.Context())
		asked := make(chan error, 1)
		go func() {
			request, err := http.NewRequestWithContext(ctx, "POST", base+"/v1/carts/"+cart+"/checkout", strings.NewReader(`{"method":"card","token":"tok_slow"}`))
			if err != nil {
				asked <- err
				return
			}
			request.Header.Set("Content-Type", "application/json")
			response, err := http.DefaultClient.Do(request)
			if err == nil {
				_ = response.Body.Close()
			}
			asked <- err
		}()
		for h.Left(t, apptest.Kettle).String() != "99" { // It is held: the story has begun.
			time.Sleep(5 * time.Millisecond)
		}
		cut()
		if err := <-asked; err == nil {
			t.Error("the connection was not cut")
		}
		if a, err := h.Guest().Pay(cart, "tok_ok"); err != nil || a.Text("state") != "ordered" {
			t.Errorf("%d %s %v", a.Status, a.Body, err)
		}
		h.Settled(t)
		if captured, _ := moved(h); captured != whole {
			t.Errorf("the gateway took %d", captured)
		}
		h.Sound(t)
	})
}
