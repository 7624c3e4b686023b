// Package apptest opens furnished houses for tests from outside: through the REST API or the pages, as a guest, a buyer,
// staff or the administrator, on both engines.
//
// A house of a test has a clock that stands still until the test moves it, goods on the shelf (goods.go), the built-in
// card gateway and carrier, no limits of rate, and runs nothing by itself: Settle does what is due.
package apptest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"sauda/app"
	"sauda/base/money"
	"sauda/core/identity"
	"sauda/core/ledger"
	"sauda/core/payment/card"
	"sauda/core/utility/billersim"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/job"
	"sauda/gear/saga"
	"sauda/gear/session"
	"sauda/gear/web"
)

const (
	// AdminEmail and AdminPassword are those of the administrator of every house of a test.
	AdminEmail    = "admin@sauda.localhost"
	AdminPassword = "kesh-batqan-kun"
	// Signing is the secret with which the gateway signs its messages, so that tests can sign and forge.
	Signing = "the gateway's secret in tests"
	// CarrierSigning is the same for the carrier.
	CarrierSigning = "the carrier's secret in tests"
	// Telecom is the host of a provider of services that only pretends: its account 8700 owes 5,000.
	Telecom = "telecom.test"
)

// House is an open house of one test.
type House struct {
	*app.House
	Clock  *dbtest.Clock
	Config app.Config
	Goods  map[string]Good // Goods are those on the shelf, by SKU.

	mu    sync.Mutex
	admin string
}

// Each runs the test once on SQLite and once on PostgreSQL, each time in a fresh house with goods on its shelf.
func Each(t *testing.T, test func(t *testing.T, h *House), with ...func(*app.Config)) {
	t.Helper()
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) { test(t, Open(t, engine, with...)) })
	}
}

// nowhere is an internet in which there is nothing: tests ask no other.
type nowhere struct{}

var errNowhere = errors.New("apptest: there is no internet")

// RoundTrip implements http.RoundTripper.
func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNowhere }

// Open opens a fresh house with goods on its shelf; it is closed after the test.
func Open(t testing.TB, engine db.Engine, with ...func(*app.Config)) *House {
	t.Helper()
	h := unopened(t)
	h.copied(t, engine)
	h.open(t, with)
	h.Settled(t) // What the house keeps in memory hears what was said before it.
	return h
}

// Begun opens a house with goods that were put on its shelf by its own clock, where that is another than that of the test.
func Begun(t testing.TB, engine db.Engine, with ...func(*app.Config)) *House {
	t.Helper()
	h := unopened(t)
	if engine == db.Postgres {
		h.Config.Postgres = dbtest.Database(t, app.Schemas)
	}
	h.open(t, with)
	h.stock(t)
	return h
}

// unopened is a house with an empty folder and a clock at Noon.
func unopened(t testing.TB) *House {
	t.Helper()
	h := &House{Clock: dbtest.NewClock(dbtest.Noon)}
	h.Config = app.Config{
		Data: t.TempDir(), Log: slog.New(slog.DiscardHandler), Now: h.Clock.Now, Quiet: true, Limits: web.Limits{Off: true},
		AdminPassword: AdminPassword, Cards: app.Cards{Signing: Signing, Seed: 1}, Carrier: app.Carrier{Signing: CarrierSigning},
		Internet: app.Internet{HTTP: nowhere{}, TXT: func(context.Context, string) ([]string, error) { return nil, errNowhere }},
		Biller: app.Biller{
			Sims: map[string]billersim.Config{Telecom: {Dialect: "osmp", User: "sauda", Password: "p", Least: 100}},
			Owe:  map[string]billersim.Account{"8700": {Holder: "Ахметова Айгүл", Owed: 5000_00}},
		},
	}
	return h
}

// open opens the house where its configuration says, after these changes of it.
func (h *House) open(t testing.TB, with []func(*app.Config)) {
	t.Helper()
	for _, change := range with {
		change(&h.Config)
	}
	opened, err := app.Open(t.Context(), h.Config)
	if err != nil {
		t.Fatal(err)
	}
	if h.House == nil {
		t.Cleanup(func() {
			if err := h.Close(); err != nil {
				t.Errorf("closing the house: %v", err)
			}
		})
	}
	h.House = opened
}

// Reopen closes the house and opens it again on the same store, as the next start of the program does. Changes to the
// configuration count from then on.
func (h *House) Reopen(t testing.TB, with ...func(*app.Config)) {
	t.Helper()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h.open(t, with)
	h.admin = ""
}

// Settled does all that is due now: reactions, stories and what they cause. It must succeed.
func (h *House) Settled(t testing.TB) {
	t.Helper()
	if err := h.Settle(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Later moves the clock on and settles on the way, often enough that whatever is tried again with pauses comes to rest.
// The jobs of the clock are done once, at the end.
func (h *House) Later(t testing.TB, d time.Duration) {
	t.Helper()
	for step := d / laterSteps; d > 0; d -= step {
		h.Clock.Advance(min(step, d))
		h.Settled(t)
	}
	if err := h.House.Clock.Tick(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.Settled(t)
}

// laterSteps is how often Later settles on its way.
const laterSteps = 8

// Statements counts the SQL statements that do causes; nothing else may use the house meanwhile.
func (h *House) Statements(do func()) int {
	before := h.Store.Counts().Statements.Load()
	do()
	return int(h.Store.Counts().Statements.Load() - before)
}

// Moment does something in the house without a face, as the house itself. It must succeed.
func (h *House) Moment(t testing.TB, do func(*db.Tx) error) {
	t.Helper()
	if err := job.Once(context.Background(), h.Store, db.System, do); err != nil {
		t.Fatal(err)
	}
}

// Look reads from the house without a face. It must succeed.
func (h *House) Look(t testing.TB, do func(*db.Tx) error) {
	t.Helper()
	if err := job.Look(context.Background(), h.Store, db.System, do); err != nil {
		t.Fatal(err)
	}
}

// Served puts the house on a port of this machine, for tests of connections, and gives its address.
func (h *House) Served(t testing.TB) string {
	t.Helper()
	server := httptest.NewServer(h.Handler())
	t.Cleanup(server.Close)
	return server.URL
}

// Base is the address of the house for clients that are not on a socket.
const Base = "http://house"

// Browser is a browser with an empty jar of cookies that follows no redirects. It reaches the house at Base.
func (h *House) Browser(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{
		Transport: carried{h}, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// carried carries requests to the house as it is open now, also after Reopen.
type carried struct{ house *House }

func (c carried) RoundTrip(r *http.Request) (*http.Response, error) {
	return card.InProcess(c.house.Handler()).RoundTrip(r)
}

// Staffed employs somebody who works for a seller within scopes, and gives the token of a session of theirs.
func (h *House) Staffed(t testing.TB, email, seller string, scopes ...string) string {
	t.Helper()
	var token string
	h.Moment(t, func(tx *db.Tx) error {
		u, err := identity.Employ(tx, identity.Employment{
			Email: email, Name: "Staff", Lang: "en", Hash: "none", Role: identity.RoleStaff, Seller: seller, Scopes: scopes,
		})
		if err != nil {
			return err
		}
		token, _, err = h.Sessions.Begin(tx, string(u.ID), session.Client{Address: "127.0.0.1"})
		return err
	})
	return token
}

// Registered makes a buyer known and gives the token of a session of theirs.
func (h *House) Registered(t testing.TB, email string) string {
	t.Helper()
	var token string
	h.Moment(t, func(tx *db.Tx) error {
		u, err := identity.Register(tx, identity.Registration{Email: email, Name: "Buyer", Lang: "en", Hash: "none"})
		if err != nil {
			return err
		}
		token, _, err = h.Sessions.Begin(tx, string(u.ID), session.Client{Address: "127.0.0.1"})
		return err
	})
	return token
}

// AdminToken is the token of a session of the administrator.
func (h *House) AdminToken(t testing.TB) string {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.admin == "" {
		h.Moment(t, func(tx *db.Tx) error {
			u, _, err := identity.ByEmail(tx, AdminEmail)
			if err != nil {
				return err
			}
			h.admin, _, err = h.Sessions.Begin(tx, string(u.ID), session.Client{Address: "127.0.0.1"})
			return err
		})
	}
	return h.admin
}

// Balance is what stands on an account of the ledger, in tenge's minor units.
func (h *House) Balance(t testing.TB, account ledger.Account) int64 {
	t.Helper()
	var balance int64
	h.Look(t, func(tx *db.Tx) (err error) {
		balance, err = ledger.Balance(tx, account, string(money.KZT))
		return err
	})
	return balance
}

// Sound fails the test unless the house is at rest and right: no story under way or stuck, no reaction given up, a ledger
// whose debits are its credits, and a doctor who finds it healthy.
func (h *House) Sound(t testing.TB) {
	t.Helper()
	found, err := h.Examine(context.Background())
	if err != nil || !app.Healthy(found) {
		t.Errorf("the doctor finds %v, %v", found, err)
	}
	h.Look(t, func(tx *db.Tx) error {
		stories, err := saga.List(tx, saga.Filter{States: []string{"running", "waiting", "undoing"}, Limit: 50})
		if err != nil {
			return err
		}
		for _, s := range stories {
			t.Errorf("the story %s %s is %s in %s: %s", s.Name, s.Key, s.State, s.Step, s.Trouble)
		}
		parked, err := bus.Parked(tx, bus.Page{Limit: 50})
		if err != nil {
			return err
		}
		for _, p := range parked {
			t.Errorf("the reaction %q to %s %s was given up: %s", p.Reaction, p.Fact, p.Key, p.Error)
		}
		all, err := ledger.Trial(tx)
		var debit, credit int64
		for _, s := range all {
			debit, credit = debit+s.Debit, credit+s.Credit
		}
		if debit != credit {
			t.Errorf("the ledger has debits of %d and credits of %d", debit, credit)
		}
		return err
	})
}
