package demo

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sauda/app"
	"sauda/core/catalog"
	"sauda/core/ledger"
	"sauda/core/media"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/seller"
	"sauda/core/waitlist"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/job"
	"sauda/gear/saga"
)

// end is the evening on which the month of the tests ends.
var end = time.Date(2026, 11, 24, 14, 30, 0, 0, time.UTC)

func config(t *testing.T, engine db.Engine) app.Config {
	c := app.Config{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler), Quiet: true}
	if engine == db.Postgres {
		c.Postgres = dbtest.Database(t, app.Schemas)
	}
	return c
}

func TestSow(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			c := config(t, engine)
			if full, err := Sown(t.Context(), c); full || err != nil {
				t.Fatalf("an empty house is full: %t, %v", full, err)
			}
			last := 0
			if err := Sow(t.Context(), c, end, func(done, all int) {
				if done < last && last*100/all > 60 {
					t.Errorf("progress went back from %d to %d", last, done)
				}
				last = done
			}); err != nil {
				t.Fatal(err)
			}
			if full, err := Sown(t.Context(), c); !full || err != nil {
				t.Fatalf("the house is not full: %t, %v", full, err)
			}
			c.Now = func() time.Time { return end }
			house, err := app.Open(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			defer house.Close()
			if house.FirstAdmin.Email != "" {
				t.Error("the house was furnished a second time")
			}
			check(t, house)
			pictured(t, house)
		})
	}
}

// check looks whether the house is what the demonstration promises.
func check(t *testing.T, house *app.House) {
	t.Helper()
	states, payments := map[order.State]int{}, map[string]int{}
	err := job.Look(t.Context(), house.Store, db.System, func(tx *db.Tx) error {
		for after := ""; ; {
			page, next, err := order.List(tx, order.Filter{Seller: seller.Own, After: after})
			if err != nil {
				return err
			}
			for _, o := range page {
				states[o.State]++
				if o.Number == "" {
					t.Errorf("%s has no number", o.ID)
				}
				whole, err := order.Get(tx, o.ID)
				if err != nil {
					return err
				}
				p, err := payment.Get(tx, payment.ID(whole.Payment))
				if err != nil {
					return err
				}
				payments[string(p.Method)+" "+string(p.State())]++
			}
			if after = next; after == "" {
				break
			}
		}
		audit(t, tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []order.State{
		order.StatePlaced, order.StatePacking, order.StatePacked, order.StatePartlyShipped, order.StateShipped, order.StateDelivered,
		order.StateReturned, order.StateCancelled,
	} {
		if states[s] == 0 {
			t.Errorf("no order is %s: %v", s, states)
		}
	}
	for _, p := range []string{"card captured", "card refunded", "card partly_refunded", "cash_on_delivery authorized", "cash_on_delivery captured", "cash_on_delivery voided"} {
		if payments[p] == 0 {
			t.Errorf("no payment is %s: %v", p, payments)
		}
	}
}

// audit looks whether the books balance, nothing is parked, and a story waits for its buyer.
func audit(t *testing.T, tx *db.Tx) {
	t.Helper()
	standings, err := ledger.Trial(tx)
	if err != nil {
		t.Fatal(err)
	}
	var debit, credit int64
	for _, s := range standings {
		debit += s.Debit
		credit += s.Credit
	}
	if debit != credit || debit == 0 {
		t.Errorf("the books hold %d debit and %d credit", debit, credit)
	}
	parked, err := bus.Parked(tx, bus.Page{})
	if err != nil || len(parked) > 0 {
		t.Errorf("parked: %v, %v", parked, err)
	}
	if wrong, _, err := order.Check(tx, ""); err != nil || len(wrong) > 0 {
		t.Errorf("orders in a wrong state: %v, %v", wrong, err)
	}
	waiting, err := saga.List(tx, saga.Filter{Name: "checkout", States: []string{"waiting"}})
	if err != nil || len(waiting) != 1 {
		t.Errorf("%d buyers are asked by their bank (%v), want 1", len(waiting), err)
	}
	if stuck, err := saga.List(tx, saga.Filter{Stuck: true}); err != nil || len(stuck) > 0 {
		t.Errorf("stuck: %v, %v", stuck, err)
	}
	lined(t, tx)
	filed(t, tx)
	drafts, _, err := catalog.List(tx, catalog.Filter{State: catalog.StateDraft})
	if err != nil || len(drafts) != 2 {
		t.Errorf("%d drafts, %v", len(drafts), err)
	}
}

// lined looks whether somebody waits for a departure and for a group, and one has an offer.
func lined(t *testing.T, tx *db.Tx) {
	t.Helper()
	all, err := waitlist.Of(tx, seller.Own, "", waitlist.Wait{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]int{}
	for _, w := range all {
		states[w.Kind+" "+string(w.State)]++
	}
	want := map[string]int{"booking waiting": 2, "booking offered": 1, "course waiting": 2}
	if !maps.Equal(states, want) {
		t.Errorf("in the lines are %v, want %v", states, want)
	}
	if bare, err := waitlist.Unheld(tx); err != nil || len(bare) > 0 {
		t.Errorf("nothing is held for %v, %v", bare, err)
	}
}

// filed looks whether the library knows every drawn picture, by what it is called.
func filed(t *testing.T, tx *db.Tx) {
	t.Helper()
	drawn, err := Files.ReadDir("pictures")
	if err != nil {
		t.Fatal(err)
	}
	known := 0
	for f := (media.Filter{}); ; {
		page, next, err := media.List(tx, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			if e.Label == "" || e.Bytes == 0 || e.Width != side {
				t.Errorf("%s is called %q, has %d bytes and is %d wide", e.Name, e.Label, e.Bytes, e.Width)
			}
		}
		known += len(page)
		if f.After = next; next == "" {
			break
		}
	}
	if known != len(drawn) {
		t.Errorf("the library has %d pictures, %d are drawn", known, len(drawn))
	}
}

// pictured looks at a picture as a browser does.
func pictured(t *testing.T, house *app.House) {
	t.Helper()
	var cover string
	if err := job.Look(t.Context(), house.Store, db.System, func(tx *db.Tx) error {
		page, _, err := catalog.List(tx, catalog.Filter{Limit: 1})
		if err == nil {
			cover = page[0].Cover.URL
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	house.Handler().ServeHTTP(w, httptest.NewRequest("GET", cover, nil))
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<svg") {
		t.Fatalf("%s: %d", cover, w.Code)
	}
	for name, want := range map[string]string{
		"Content-Type": "image/svg+xml", "Cache-Control": "public, max-age=31536000, immutable",
		"Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox", "X-Content-Type-Options": "nosniff",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %s is %q, want %q", cover, name, got, want)
		}
	}
}

func TestSowLeavesOthersAlone(t *testing.T) {
	c := config(t, db.SQLite)
	house, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := house.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Sown(t.Context(), c); !errors.Is(err, ErrForeign) {
		t.Errorf("a real shop: %v, want ErrForeign", err)
	}
}

func TestSowCutOff(t *testing.T) {
	c := config(t, db.SQLite)
	ctx, stop := context.WithCancel(t.Context())
	if err := Sow(ctx, c, end, func(done, _ int) {
		if done == 3 {
			stop()
		}
	}); err == nil {
		t.Fatal("filling went on after it was cut off")
	}
	if _, err := Sown(t.Context(), c); !errors.Is(err, ErrHalf) {
		t.Errorf("half a demonstration: %v, want ErrHalf", err)
	}
}
