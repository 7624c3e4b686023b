// Package load measures a house as its buyers meet it: the real binary as a process of its own, asked over the loopback
// by clients that are as light as they can be made, beside what the same machine could do at best: pages beside a bare
// net/http, purchases beside a bare engine.
//
// One run measures all, so that every number of it was got under the same conditions: import, start, memory, pages that
// are read, whole purchases on each engine, and what is left of the acknowledged orders after a kill -9. It needs no
// network but the loopback, and cleans up after itself.
package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// Plan says what to measure, and for how long.
type Plan struct {
	Binary    string   // Binary is the house: it is started as a child with serve, import and bench --ceiling.
	Catalogue string   // Catalogue is a folder with Icecat files; empty makes a catalogue of Generated products.
	Generated int      // Generated is how many products are made up; 20,000 when it is zero.
	Engines   []string // Engines are sqlite and postgres.
	Only      []string // Only are the parts to measure; empty is all of them. See Parts.
	Sizes     []int    // Sizes are how many products are searched, each in a house of its own; see "search" in Parts.
	Keep      string   // Keep is where the houses that are searched stay for the next run; empty keeps none.
	Verbose   bool     // Verbose says which of the searches were the slowest.
	Accounts  int      // Accounts are how many get bills; see "bills" in Parts.
	Clients   []int    // Clients are the sizes of the crowd.
	Postgres  string   // Postgres is the address of a server on which databases may be made and dropped.
	Profile   string   // Profile is where a CPU profile of the server is written while purchases are measured.

	Duration time.Duration // Duration is how long each crowd is measured, Warm how long it runs before that.
	Warm     time.Duration
	Progress io.Writer
}

// Parts are what can be measured by itself. The last three take long and much room, so they are measured only when they are
// asked for.
var Parts = []string{"list", "detail", "pages", "purchase", "kill", "import", "start", "memory", "media", "exchange", "booking", "bills", "search"}

// bench is one run.
type bench struct {
	plan   Plan
	folder string
	report *Report
	runs   int // runs counts the runs of orders, whose ids must not be the same.
}

// Run measures what the plan asks for. What could be measured before an error is in the report.
func Run(ctx context.Context, plan Plan) (*Report, error) {
	b := &bench{plan: plan, report: newReport()}
	if err := b.check(); err != nil {
		return b.report, err
	}
	var err error
	if b.folder, err = os.MkdirTemp("", "sauda-bench-"); err != nil {
		return b.report, err
	}
	b.report.Machine.Costs, err = machineCosts(b.folder)
	if err == nil {
		err = b.pictures(ctx)
	}
	if err == nil {
		err = b.exchange(ctx)
	}
	if err == nil {
		err = b.services(ctx)
	}
	alone := func(part string) bool {
		return slices.Contains([]string{"media", "exchange", "booking", "bills"}, part)
	}
	if err == nil && (len(plan.Only) == 0 || !allOf(plan.Only, alone)) {
		err = b.run(ctx)
	}
	return b.report, errors.Join(err, os.RemoveAll(b.folder))
}

// services measures what is sold by time, and bills.
func (b *bench) services(ctx context.Context) error {
	if slices.Contains(b.plan.Only, "booking") {
		if err := b.stays(ctx); err != nil {
			return fmt.Errorf("booking: %w", err)
		}
	}
	if !slices.Contains(b.plan.Only, "bills") {
		return nil
	}
	for _, engine := range b.plan.Engines {
		if err := b.bills(ctx, engine); err != nil {
			return fmt.Errorf("bills, %s: %w", engine, err)
		}
	}
	return nil
}

// allOf says whether each of a list is so.
func allOf(list []string, so func(string) bool) bool {
	return !slices.ContainsFunc(list, func(one string) bool { return !so(one) })
}

func (b *bench) check() error {
	for _, part := range b.plan.Only {
		if !slices.Contains(Parts, part) {
			return fmt.Errorf("there is nothing called %q to measure; choose of %v", part, Parts)
		}
	}
	for _, engine := range b.plan.Engines {
		if engine != "sqlite" && engine != "postgres" {
			return fmt.Errorf("there is no engine %q; choose sqlite, postgres or both", engine)
		}
		if engine == "postgres" && b.plan.Postgres == "" {
			return errors.New("say where PostgreSQL is: --postgres DSN or SAUDA_TEST_POSTGRES, or measure only --engines sqlite")
		}
	}
	return nil
}

func (b *bench) run(ctx context.Context) error {
	if slices.Contains(b.plan.Only, "search") {
		if err := b.searches(ctx); err != nil || len(b.plan.Only) == 1 {
			return err
		}
	}
	for _, engine := range b.plan.Engines {
		if engine == "postgres" && !b.wants("purchase", "kill", "import") {
			continue
		}
		if err := b.engine(ctx, engine); err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
	return nil
}

// engine measures on one engine, in a house of its own.
func (b *bench) engine(ctx context.Context, engine string) (err error) {
	h, err := b.open(ctx, engine)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.drop()) }()
	if err := b.fill(ctx, h); err != nil {
		return err
	}
	s, err := b.started(ctx, h)
	if err != nil {
		return err
	}
	if err := b.measure(ctx, h, s); err != nil {
		s.kill()
		return err
	}
	return b.killed(ctx, h, s)
}

// measure asks one server for everything that does not end it.
func (b *bench) measure(ctx context.Context, h *house, s *server) error {
	var err error
	if h.shelf, err = walk(s.addr); err != nil {
		return err
	}
	b.report.Products = len(h.shelf.products)
	b.imported(h)
	if h.engine == "sqlite" {
		if err := b.answers(ctx, h, s); err != nil {
			return err
		}
		if err := b.visits(ctx, h, s); err != nil {
			return err
		}
	}
	if b.wants("purchase") {
		if err := b.purchases(ctx, h, s); err != nil {
			return err
		}
	}
	if m := s.memory(); b.wants("memory", "purchase") && m.peak > 0 {
		b.report.add(Row{What: "memory under load", Engine: h.engine, Value: m.peak, Unit: "MiB"}.judged(loadMiB, "< 250 MiB", m.peak < loadMiB))
	}
	return nil
}

// The targets of issue 2.
const (
	listShare, detailShare = 0.40, 0.60
	sqliteOrders           = 1000.0
	postgresOrders         = 250.0
	purchaseMillis         = 150.0
	importRate             = 5000.0
	startMillis            = 300.0
	idleMiB, loadMiB       = 60.0, 250.0
)

// answers measures the list and the products of the API beside their ceilings.
func (b *bench) answers(ctx context.Context, h *house, s *server) error {
	products := make([]string, len(h.shelf.products))
	for n, id := range h.shelf.products {
		products[n] = "/v1/products/" + id
	}
	for _, of := range []reading{{name: "list", targets: h.shelf.lists, least: listShare}, {name: "detail", targets: products, least: detailShare}} {
		if !b.wants(of.name) {
			continue
		}
		if err := b.beside(ctx, of, h, s); err != nil {
			return err
		}
	}
	return nil
}

// beside measures what is read beside a bare handler that writes the same bytes.
func (b *bench) beside(ctx context.Context, of reading, h *house, s *server) error {
	began := time.Now()
	target, err := middle(s.addr, of)
	if err != nil {
		return err
	}
	b.report.add(Row{What: of.name + ", each for the first time", Engine: h.engine, Value: float64(len(of.targets)) / time.Since(began).Seconds(), Unit: "/s"})
	p, err := capture(ctx, s.addr, target, of.headers...)
	if err != nil {
		return err
	}
	bare, err := b.ceiling(ctx, of.name, p)
	if err != nil {
		return err
	}
	defer bare.kill()
	return b.compared(ctx, of, s, bare)
}

// purchases measures whole purchases, each crowd beside the bare engine.
func (b *bench) purchases(ctx context.Context, h *house, s *server) error {
	least := sqliteOrders
	if h.engine == "postgres" {
		least = postgresOrders
	}
	for _, clients := range b.plan.Clients {
		b.say("purchase, %s: %d clients", h.engine, clients)
		row, err := b.bought(ctx, h, s, clients)
		if err != nil {
			return err
		}
		if clients == judgedClients {
			met := row.PerSecond >= least && row.P99 < purchaseMillis && row.Failed == 0
			row = row.judged(least, fmt.Sprintf("≥ %.0f/s, p99 < 150 ms", least), met)
		}
		b.report.add(row)
	}
	return nil
}

// judgedClients is the size of the crowd for which issue 2 states its targets.
const judgedClients = 32

// crowd is buyers of a house.
func (b *bench) crowd(s *server, h *house, clients int, placed func(string)) crowd {
	return crowd{addr: s.addr, clients: clients, warm: b.plan.Warm, count: b.plan.Duration, prepare: func() act {
		return (&buyer{addr: s.addr, variants: h.shelf.variants, placed: placed}).buy
	}}
}

// wants tells whether one of these parts is measured.
func (b *bench) wants(parts ...string) bool {
	return len(b.plan.Only) == 0 || slices.ContainsFunc(parts, func(p string) bool { return slices.Contains(b.plan.Only, p) })
}

// say tells who waits what is done now.
func (b *bench) say(format string, args ...any) {
	_, _ = fmt.Fprintf(b.plan.Progress, "bench: "+format+"\n", args...) // Nobody is left to be told.
}
