package load

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// act is one thing that a client does over its connection: a request, or a whole purchase.
type act func(c *conn, chance *rand.Rand) error

// Figures are what a crowd of clients has measured.
type Figures struct {
	Clients   int     `json:"clients"`
	Done      int     `json:"done"`
	Failed    int     `json:"failed"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_ms"`
	P95       float64 `json:"p95_ms"`
	P99       float64 `json:"p99_ms"`
	Trouble   string  `json:"trouble,omitempty"` // Trouble is the first failure.
	acts      int     // acts are all that were done, those before and after the measured time as well.
}

// crowd is clients that all do the same, each over a connection of its own, one act after the other.
type crowd struct {
	addr    string
	clients int
	warm    time.Duration // warm is for caches and prepared statements; what is done in it does not count.
	count   time.Duration
	prepare func() act // prepare makes the act of one client, with what it keeps to itself.
}

// member is what one client has measured.
type member struct {
	took   []time.Duration
	acts   int
	failed int
	first  error
}

// grace is how long after the end an answer may still come.
const grace = 30 * time.Second

// run lets the crowd work and sums up.
func (w crowd) run(ctx context.Context) (Figures, error) {
	members := make([]member, w.clients)
	begin := time.Now().Add(w.warm)
	end := begin.Add(w.count)
	var wait sync.WaitGroup
	for n := range members {
		wait.Go(func() { members[n] = w.work(ctx, uint64(n), begin, end) })
	}
	wait.Wait()
	return w.sum(members), ctx.Err()
}

func (w crowd) work(ctx context.Context, n uint64, begin, end time.Time) (m member) {
	m.took = make([]time.Duration, 0, 1<<16)
	chance := rand.New(rand.NewPCG(n, uint64(w.clients)))
	do := w.prepare()
	c, err := dial(w.addr, end.Add(grace))
	for began := time.Now(); ctx.Err() == nil && began.Before(end); {
		if err == nil {
			err = do(c, chance)
			if err == nil {
				m.acts++
			}
		}
		now := time.Now()
		switch {
		case err != nil:
			m.failed++
			if m.first == nil {
				m.first = err
			}
			c, err = w.again(c, end)
		case began.After(begin) && now.Before(end):
			m.took = append(m.took, now.Sub(began))
		}
		began = now
	}
	if c != nil {
		_ = c.close()
	}
	return m
}

// again dials after a failure, not more often than a person would.
func (w crowd) again(c *conn, end time.Time) (*conn, error) {
	if c != nil {
		_ = c.close()
	}
	time.Sleep(20 * time.Millisecond)
	return dial(w.addr, end.Add(grace))
}

func (w crowd) sum(members []member) Figures {
	f := Figures{Clients: w.clients}
	var all []time.Duration
	var first error
	for _, m := range members {
		all = append(all, m.took...)
		f.Failed += m.failed
		f.acts += m.acts
		first = errors.Join(first, m.first)
	}
	if first != nil {
		f.Trouble = first.Error()
		f.Trouble = f.Trouble[:min(len(f.Trouble), troubleMax)]
	}
	slices.Sort(all)
	f.Done = len(all)
	f.PerSecond = float64(len(all)) / w.count.Seconds()
	f.P50, f.P95, f.P99 = percentile(all, 50), percentile(all, 95), percentile(all, 99)
	return f
}

// troubleMax is as much of a failure as a person reads.
const troubleMax = 300

// percentile gives the time below which so many of a hundred lie, in milliseconds. The times are sorted.
func percentile(sorted []time.Duration, p int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := min(len(sorted)*p/100, len(sorted)-1)
	return float64(sorted[at].Microseconds()) / 1000
}
