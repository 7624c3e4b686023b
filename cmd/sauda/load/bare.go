package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// The ceiling of a purchase is the engine alone, on the same machine and on the same terms, doing as many of the simplest
// statements and commits as the house was counted to do for an order. It knows no rule, no HTTP and no row that matters;
// what the house adds to it is what the ratio shows.

// cost is what an order costs the database, by the server's own counters. What the house does beside its buyers in that
// time, such as letters and tracking, is in it.
type cost struct {
	Statements float64 `json:"statements"`
	Moments    float64 `json:"moments"`
	Commits    float64 `json:"commits"`
}

// counters reads the server's counters.
func counters(addr string) (cost, error) {
	c, err := dial(addr, time.Now().Add(grace))
	if err != nil {
		return cost{}, err
	}
	defer func() { _ = c.close() }()
	status, body, err := c.do(get(addr, "/metrics"))
	if err != nil || status != http.StatusOK {
		return cost{}, errors.Join(err, unexpected("/metrics", status, body))
	}
	return counted(body)
}

// counted finds the counters of the database in a page of metrics (Prometheus text format).
func counted(page []byte) (c cost, err error) {
	for name, into := range map[string]*float64{
		"sauda_db_statements_total": &c.Statements, "sauda_db_moments_total": &c.Moments, "sauda_db_commits_total": &c.Commits,
	} {
		_, after, found := bytes.Cut(page, []byte("\n"+name+" "))
		value, _, _ := bytes.Cut(after, []byte("\n"))
		if *into, err = strconv.ParseFloat(string(bytes.TrimSpace(value)), 64); !found || err != nil {
			return cost{}, fmt.Errorf("the server does not count %s", name)
		}
	}
	return c, nil
}

// since gives what each of so many orders has cost since the counters stood at before.
func (c cost) since(before cost, orders int) cost {
	n := max(1, float64(orders))
	return cost{
		Statements: rounded((c.Statements-before.Statements)/n, 2),
		Moments:    rounded((c.Moments-before.Moments)/n, 2),
		Commits:    rounded((c.Commits-before.Commits)/n, 3),
	}
}

// bought has a crowd buy, counts what an order costs, and has the bare engine do the same.
func (b *bench) bought(ctx context.Context, h *house, s *server, clients int) (Row, error) {
	row := Row{What: "purchase", Engine: h.engine}
	before, err := counters(s.addr)
	if err != nil {
		return row, err
	}
	stop := b.profile(ctx, s, h.engine, clients)
	row.Figures, err = b.crowd(s, h, clients, nil).run(ctx)
	stop()
	if err != nil {
		return row, err
	}
	after, err := counters(s.addr)
	if err != nil || row.acts == 0 {
		return row, err // Nothing was bought, and the row says why.
	}
	each := after.since(before, row.acts)
	row.Each = &each
	if row.Ceiling, err = b.bare(ctx, h.engine, each, clients); err != nil {
		return row, fmt.Errorf("the bare engine: %w", err)
	}
	if row.Ceiling > 0 {
		row.Ratio = row.PerSecond / row.Ceiling
	}
	return row, nil
}

// bare gives how many orders of this cost the bare engine keeps in a second.
func (b *bench) bare(ctx context.Context, engine string, each cost, clients int) (float64, error) {
	if each.Commits <= 0 || each.Statements < each.Commits {
		return 0, fmt.Errorf("an order that costs %.2f statements and %.3f commits cannot be compared", each.Statements, each.Commits)
	}
	var commits int
	var err error
	if engine == "postgres" {
		commits, err = b.barePostgres(ctx, each.Statements/each.Commits, clients)
	} else {
		commits, err = b.bareSQLite(ctx, each.Statements/each.Commits)
	}
	if err != nil {
		return 0, err
	}
	return float64(commits) / each.Commits / b.plan.Duration.Seconds(), nil
}

// String says what an order costs.
func (c cost) String() string {
	return fmt.Sprintf("%.1f statements, %.1f moments and %.2f commits", c.Statements, c.Moments, c.Commits)
}
