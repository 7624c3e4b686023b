// Package web is the one way in from the network: it turns a request into a typed value, checks who asks and whether he
// may, begins the moment or the story, and turns what comes out, or the fault, into an answer.
//
// A handler sees none of that. Command and Form run in a moment that may write, Query and Page on a snapshot, Act and
// FormAct in none, because they tell stories. Around them stand, once for all routes: request ids, limits of size, time
// and rate, sessions, cross-origin protection, idempotency keys with the stored answer and the audit row in the same
// moment as the work, problem documents (RFC 9457), conditional requests, log, metrics, traces, security headers, and
// the OpenAPI document made from the same types that are checked.
//
// Every route says who may use it (Public, SignedIn or Needs); one that does not is a mistake that panics at start.
package web

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/session"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of this package: stored answers and the audit.
var Schema = db.Schema{Name: "web", Files: schemaFiles}

func init() {
	// Otherwise {"name":…, "Name":…} would pass the check with one value and be read with the other.
	huma.ValidateStrictCasing = true
}

// Faults of requests as such.
var (
	ErrMalformed   = fault.New(fault.Malformed, "web.malformed", "The request cannot be understood. Please check its form.")
	ErrInvalid     = fault.New(fault.Invalid, "web.invalid", "Some fields are not right. Please correct those that are named and try again.")
	ErrMissing     = fault.New(fault.Missing, "web.missing", "There is no such page or record. Please check the address.")
	ErrMethod      = fault.New(fault.Malformed, "web.method", "This address does not allow that method.")
	ErrMedia       = fault.New(fault.Malformed, "web.media", "Send the request as JSON (Content-Type: application/json).")
	ErrTooLarge    = fault.New(fault.TooLarge, "web.too_large", "What was sent is too large.")
	ErrSignedOut   = fault.New(fault.Unauthenticated, "web.signed_out", "Please sign in first.")
	ErrDenied      = fault.New(fault.Denied, "web.denied", "You are not allowed to do this.")
	ErrCrossOrigin = fault.New(fault.Denied, "web.cross_origin", "The request came from another site and was not carried out. Open the page on our site and try again.")
	ErrKeyReused   = fault.New(fault.Conflict, "web.key_reused", "This idempotency key was used for another request. Take a new key.")
	ErrKey         = fault.New(fault.Malformed, "web.key_malformed", "An idempotency key has 1 to 255 visible ASCII characters.")
	ErrStale       = fault.New(fault.Precondition, "web.stale", "The record has changed meanwhile. Fetch it again and repeat your change.")
	ErrCursor      = fault.New(fault.Malformed, "web.cursor", "This cursor is not valid. Read the list from its beginning.")
	ErrLimited     = fault.New(fault.Limited, "web.limited", "Too many requests. Please wait a little and try again.")
	ErrSlow        = fault.New(fault.Unavailable, "web.slow", "The answer took too long. Please try again a little later.")
)

// Options say how a server behaves. Store is required; zero values of the rest take the defaults.
type Options struct {
	Store    *db.Store
	Sessions *session.Keeper // Sessions is nil where everybody is a guest.
	Log      *slog.Logger    // Log is slog.Default().
	Quiet    bool            // Quiet keeps no access log.
	TLS      bool            // TLS says that browsers come by https.
	Title    string          // Title and Version stand in the OpenAPI document.
	Version  string
	Limits   Limits
	Proxies  []netip.Prefix // Proxies are believed when they say for whom they ask (X-Forwarded-For).
	Checks   []Check        // Checks are asked by /readyz, beside the store.
}

// Limits bound what one client may ask of the house.
type Limits struct {
	Body   int64         // Body is the most bytes of a request; 1 MiB.
	Time   time.Duration // Time is how long a request may take; 30 s.
	Reads  Rate          // Reads are GET and HEAD by address; 200 a second.
	Writes Rate          // Writes are all others by address; 50 a second.
	Spoken Rate          // Spoken is any request of one session or key; 200 a second.
	Off    bool          // Off lifts the limits of rate, for measuring.
}

// Rate is how often something may happen: so many a second in the long run, so many at once.
type Rate struct {
	PerSecond int
	Burst     int
}

// or gives r, or the default where r is not set.
func (r Rate) or(perSecond, burst int) Rate {
	if r.PerSecond == 0 {
		r.PerSecond = perSecond
	}
	if r.Burst == 0 {
		r.Burst = max(burst, r.PerSecond)
	}
	return r
}

// Server is the way in. Routes are added first, then it serves; it is an http.Handler.
type Server struct {
	o        Options
	mux      *http.ServeMux
	api      *API
	site     *Site
	ids      *requestIDs
	reads    *limiter
	writes   *limiter
	spoken   *limiter
	cross    *http.CrossOriginProtection
	metrics  *metrics
	access   *accessLog
	tracer   *tracer
	stopping atomic.Bool
}

// New makes a server with the routes that every house has: /openapi.json, /docs, /healthz, /readyz and /metrics.
func New(o Options) *Server {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Limits.Body == 0 {
		o.Limits.Body = 1 << 20
	}
	if o.Limits.Time == 0 {
		o.Limits.Time = 30 * time.Second
	}
	if o.Title == "" {
		o.Title = "Sauda"
	}
	if o.Version == "" {
		o.Version = "1"
	}
	s := &Server{
		o: o, mux: http.NewServeMux(), ids: newRequestIDs(),
		reads:  newLimiter(o.Limits.Reads.or(200, 400)),
		writes: newLimiter(o.Limits.Writes.or(50, 200)),
		spoken: newLimiter(o.Limits.Spoken.or(200, 400)),
		cross:  http.NewCrossOriginProtection(),
	}
	s.metrics = newMetrics(o.Store)
	s.tracer = newTracer(o.Log)
	if !o.Quiet {
		s.access = newAccessLog(o.Log)
	}
	s.api = newAPI(s)
	s.addHealth()
	s.addDocs()
	return s
}

// API is where commands, queries and acts are added.
func (s *Server) API() *API { return s.api }

// Close writes out what waits to be logged and sent. The server must not serve any more.
func (s *Server) Close(ctx context.Context) error {
	if s.access != nil {
		s.access.close()
	}
	return s.tracer.close(ctx)
}

// Handle adds a plain handler, for what is neither API nor page: a simulator's own protocol, a socket. It has the limits,
// headers, log and metrics of every route; what is inside is its own business.
func (s *Server) Handle(pattern string, h http.Handler, opts ...Option) {
	rt := s.route(pattern, opts)
	rt.run = func(c *call) error {
		h.ServeHTTP(c, c.r.WithContext(callContext{c.r.Context(), c}))
		return nil
	}
}

// route registers a pattern of net/http's ServeMux.
func (s *Server) route(pattern string, opts []Option) *route {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = "", pattern
	}
	rt := &route{server: s, pattern: pattern, method: method, path: path, bodyMax: s.o.Limits.Body, time: s.o.Limits.Time}
	for _, opt := range opts {
		opt(rt)
	}
	if !rt.public && !rt.signedIn && len(rt.needs) == 0 {
		panic("web: " + pattern + " does not say who may use it: add web.Public(), web.SignedIn() or web.Needs(…)")
	}
	rt.metrics = sync.OnceValue(func() *routeMetrics { return s.metrics.route(pattern) }) // A thousand routes are never asked.
	s.mux.Handle(pattern, rt)
	return rt
}

// route is one thing that can be asked for.
type route struct {
	server    *Server
	pattern   string
	method    string
	path      string
	summary   string
	tag       string
	status    int
	public    bool
	signedIn  bool
	needs     []string
	faults    []*fault.Fault
	bodyMax   int64
	time      time.Duration
	html      bool // Faults are shown as pages.
	immutable bool // The route sends files of the binary: no session is looked at.
	proves    bool // The route finds out by itself who asks.
	run       func(*call) error
	metrics   func() *routeMetrics
	shape     reflect.Type                // shape is what a Raw answer looks like.
	copied    atomic.Pointer[http.Header] // copied is the header of the newest copy.
}

// Option says more about a route.
type Option func(*route)

// Public lets everybody use the route. What a guest may see of an object is then for the verb to judge.
func Public() Option { return func(rt *route) { rt.public = true } }

// Proves says that a protocol finds out by itself who asks, such as by a password of its own: no session and no key is looked at,
// and whoever asks is a guest of the house.
func Proves() Option { return func(rt *route) { rt.public, rt.proves = true, true } }

// SignedIn lets everybody with a session or key use the route.
func SignedIn() Option { return func(rt *route) { rt.signedIn = true } }

// Needs lets those use the route who hold all these scopes.
func Needs(scopes ...string) Option {
	return func(rt *route) { rt.needs = append(rt.needs, scopes...) }
}

// Doc is what the reference says of the route.
func Doc(summary, tag string) Option {
	return func(rt *route) { rt.summary, rt.tag = summary, tag }
}

// Status is the status of a good answer, when it is not 200, or 204 for None.
func Status(status int) Option { return func(rt *route) { rt.status = status } }

// BodyMax is the most bytes that the route accepts.
func BodyMax(n int64) Option { return func(rt *route) { rt.bodyMax = n } }

// Time is how long the route may take.
func Time(d time.Duration) Option { return func(rt *route) { rt.time = d } }

// Faults are the refusals that the reference names, beside those of every route.
func Faults(faults ...*fault.Fault) Option {
	return func(rt *route) { rt.faults = append(rt.faults, faults...) }
}

// ServeHTTP serves a request that the mux has routed here.
func (rt *route) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, ok := w.(*call)
	if !ok {
		http.Error(w, "this route is served by its server only", http.StatusInternalServerError)
		return
	}
	c.route, c.r = rt, r
	if err := rt.serve(c); err != nil {
		c.fail(err)
	}
}

func (rt *route) serve(c *call) error {
	if !rt.immutable {
		if !rt.proves {
			if err := c.authenticate(); err != nil {
				return err
			}
		}
		if err := rt.admit(c); err != nil {
			return err
		}
	}
	c.patient()
	return rt.run(c)
}

// admit judges whether the actor may use the route at all.
func (rt *route) admit(c *call) error {
	if err := c.sameOrigin(); err != nil {
		return err
	}
	if err := c.spokenRate(); err != nil {
		return err
	}
	if rt.public {
		return nil
	}
	if c.who.Kind == db.KindGuest {
		return ErrSignedOut
	}
	for _, scope := range rt.needs {
		if !c.who.May(scope) {
			return ErrDenied.With("scope", scope)
		}
	}
	return nil
}

// Before keeps what an object was before the present command, for the audit row, where no verb says it (db.Tx.Changed). It
// may be called once a moment, with anything that has a JSON form; outside of a command of staff it does nothing.
func Before(tx *db.Tx, v any) error {
	c := callFrom(tx.Context())
	if c == nil || !c.isTold() {
		return nil
	}
	body, err := encode(v)
	if err != nil {
		return err
	}
	c.before = told(body)
	return nil
}

// WhoFrom gives who asks. Outside of a request it is a guest.
func WhoFrom(ctx context.Context) db.Who {
	if c := callFrom(ctx); c != nil {
		return c.who
	}
	return db.Who{Kind: db.KindGuest}
}

// Lang gives the language of the answer: that of the address (/ru/…), else of the cookie, else the best that the client
// accepts, else Kazakh.
func Lang(ctx context.Context) string {
	if c := callFrom(ctx); c != nil {
		return c.language()
	}
	return i18n.Languages[0]
}

// RequestID names the request in logs and problem documents. It is empty outside of a request.
func RequestID(ctx context.Context) string {
	if c := callFrom(ctx); c != nil {
		return c.id
	}
	return ""
}

// Address gives the address of the client, as far as it is known: that of the proxy's client when the proxy is believed.
func Address(ctx context.Context) string {
	if c := callFrom(ctx); c != nil {
		return c.address().String()
	}
	return ""
}

// Host gives the name and port by which the client asks; whoever asks chooses it.
func Host(ctx context.Context) string {
	if c := callFrom(ctx); c != nil {
		return c.r.Host
	}
	return ""
}

// Agent gives the name that the client's program gives itself.
func Agent(ctx context.Context) string {
	if c := callFrom(ctx); c != nil {
		return c.r.UserAgent()
	}
	return ""
}

// SetCookie sends a cookie with the answer. A handler that runs twice sends only the cookies of its last run.
func SetCookie(ctx context.Context, cookie *http.Cookie) {
	if c := callFrom(ctx); c != nil {
		c.cookies = append(c.cookies, cookie)
	}
}

// errGone means that the client has gone away: nobody reads an answer.
var errGone = errors.New("web: the client has gone")
