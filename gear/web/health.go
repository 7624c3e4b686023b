package web

import (
	"context"
	"net/http"
	"time"
)

// Check is one thing that must be well before requests are welcome: the migrations are current, the bus runs.
type Check struct {
	Name string
	Do   func(ctx context.Context) error
}

// checkTime is how long all checks together may take.
const checkTime = 2 * time.Second

// health is what /healthz and /readyz say. The reason of a failure is in the log, not here.
type health struct {
	Status string            `json:"status"`
	Checks map[string]string `json:"checks,omitempty"`
}

// addHealth adds /healthz (the process lives), /readyz (it is well and welcomes requests) and /metrics.
func (s *Server) addHealth() {
	s.addMetrics()
	s.addProbe("GET /healthz", func(context.Context) (health, bool) { return health{Status: "alive"}, true })
	s.addProbe("GET /readyz", s.ready)
}

func (s *Server) addProbe(pattern string, ask func(context.Context) (health, bool)) {
	rt := s.route(pattern, []Option{Public()})
	rt.immutable = true
	rt.run = func(c *call) error {
		ctx, cancel := context.WithTimeout(c.r.Context(), checkTime)
		defer cancel()
		said, ok := ask(ctx)
		body, err := encode(said)
		if err != nil {
			return err
		}
		status := http.StatusOK
		if !ok {
			status = http.StatusServiceUnavailable
		}
		return c.send(answer{status: status, body: body})
	}
}

// ready asks the store and every check. A server that is stopping is not ready, so that a balancer sends nobody new.
func (s *Server) ready(ctx context.Context) (health, bool) {
	if s.stopping.Load() {
		return health{Status: "stopping"}, false
	}
	said, ok := health{Status: "ready", Checks: map[string]string{}}, true
	checks := s.o.Checks
	if s.o.Store != nil {
		checks = append([]Check{{Name: "store", Do: s.o.Store.Ping}}, checks...)
	}
	for _, check := range checks {
		said.Checks[check.Name] = "ok"
		if err := check.Do(ctx); err != nil {
			s.o.Log.Warn("web: not ready", "check", check.Name, "error", err)
			said.Checks[check.Name], said.Status, ok = "failing", "not ready", false
		}
	}
	return said, ok
}
