package web

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sauda/gear/db"
)

// metrics are counted for Prometheus. Each server has a registry of its own, which others may add to (Server.Metrics).
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	answered atomic.Int64
	nowhere  *routeMetrics // nowhere are the requests that no route answers.
}

// routeMetrics are those of one route. Counters are looked up once for each status.
type routeMetrics struct {
	all      *metrics
	pattern  string
	duration prometheus.Observer
	byStatus [600]atomic.Pointer[prometheus.Counter]
}

func newMetrics(store *db.Store) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sauda_http_requests_total", Help: "Requests answered."}, []string{"route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sauda_http_seconds", Help: "Time to answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "sauda_http_in_flight", Help: "Requests being answered."}),
	}
	m.registry.MustRegister(m.requests, m.duration, m.inFlight, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if store != nil {
		m.watch(store)
	}
	m.nowhere = m.route("none")
	return m
}

// watch shows the running sums of the store.
func (m *metrics) watch(store *db.Store) {
	n := store.Counts()
	for _, one := range []struct {
		name, help string
		of         *atomic.Int64
	}{
		{"sauda_db_statements_total", "SQL statements sent.", &n.Statements},
		{"sauda_db_moments_total", "Moments committed.", &n.Moments},
		{"sauda_db_views_total", "Snapshots read.", &n.Views},
		{"sauda_db_commits_total", "Commits; many moments may share one.", &n.Commits},
		{"sauda_db_races_total", "Moments run again after a lost race.", &n.Races},
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: one.name, Help: one.help},
			func() float64 { return float64(one.of.Load()) }))
	}
}

// Metrics is where other machines add what they count; /metrics shows all of it.
func (s *Server) Metrics() prometheus.Registerer { return s.metrics.registry }

// Answered is how many requests were answered since the server was made: work that can wait looks whether somebody is there.
func (s *Server) Answered() int64 { return s.metrics.answered.Load() }

func (m *metrics) route(pattern string) *routeMetrics {
	return &routeMetrics{all: m, pattern: pattern, duration: m.duration.WithLabelValues(pattern)}
}

// done counts an answered request.
func (m *metrics) done(c *call, took time.Duration) {
	m.inFlight.Dec()
	m.answered.Add(1)
	r := m.nowhere
	if c.route != nil {
		r = c.route.metrics()
	}
	r.count(c.status)
	r.duration.Observe(took.Seconds())
}

func (r *routeMetrics) count(status int) {
	if status < 0 || status >= len(r.byStatus) {
		status = 0
	}
	counter := r.byStatus[status].Load()
	if counter == nil {
		made := r.all.requests.WithLabelValues(r.pattern, strconv.Itoa(status))
		counter = &made
		r.byStatus[status].Store(counter)
	}
	(*counter).Inc()
}

// MetricsScope lets a key read /metrics from anywhere.
const MetricsScope = "metrics.read"

// addMetrics adds /metrics. It is shown to a scraper on the same machine, and to whoever holds MetricsScope. A request
// that a proxy on this machine hands on is not from this machine.
func (s *Server) addMetrics() {
	show := promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{DisableCompression: true})
	rt := s.route("GET /metrics", []Option{Public()})
	rt.run = func(c *call) error {
		local := c.address().IsLoopback() && len(c.r.Header["X-Forwarded-For"]) == 0 && len(c.r.Header["Forwarded"]) == 0
		if !local && !c.who.May(MetricsScope) {
			return ErrMissing.About("/metrics is for this machine, or for who holds %s", MetricsScope)
		}
		show.ServeHTTP(c, c.r)
		return nil
	}
}

// acceptsGzip tells whether the client understands gzip.
func acceptsGzip(r *http.Request) bool { return accepts(r, "gzip") }

// accepts tells whether the client takes a coding and has not set its weight to 0 (RFC 9110 §12.5.3).
func accepts(r *http.Request, coding string) bool {
	for _, h := range r.Header["Accept-Encoding"] {
		for part := range strings.SplitSeq(h, ",") {
			name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
			if strings.EqualFold(strings.TrimSpace(name), coding) {
				weight := strings.TrimSpace(params)
				return weight != "q=0" && weight != "q=0.0" && weight != "q=0.00" && weight != "q=0.000"
			}
		}
	}
	return false
}
