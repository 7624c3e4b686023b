package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/log"
	"sauda/gear/session"
)

// statusGone is what the log calls an answer that nobody waits for any more (the convention of nginx).
const statusGone = 499

// call is one request and its answer, from the first byte to the log line. It is the http.ResponseWriter of its routes.
type call struct {
	server  *Server
	w       http.ResponseWriter
	r       *http.Request
	route   *route // route is nil until the mux has found one.
	id      string
	began   time.Time
	from    netip.Addr
	who     db.Who
	lang    string
	prefix  string // prefix is the language in the address, such as "/ru", or empty.
	nonce   string // nonce is set when the page asked for one.
	framed  bool   // framed is set when a frame of this site may stand around the page.
	device  string
	formKey string   // formKey is set when the page asked for one.
	copying *copying // copying is set when the page may become a copy.
	cookies []*http.Cookie
	before  string // before is the JSON of what a command is about to change.
	form    *binder
	asked   reflect.Value // asked is the input of a command, as form has read it.
	status  int
	bytes   int64
	miss    int // miss is the status by which the mux said that there is no such route.
	cancel  context.CancelFunc
	span    trace.Span
}

// ServeHTTP serves one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{server: s, w: w, r: r, began: time.Now(), who: db.Who{Kind: db.KindGuest}}
	c.id = s.ids.of(r)
	s.metrics.inFlight.Inc()
	defer c.finish()
	c.secure()
	if err := c.addressRate(); err != nil {
		c.fail(err)
		return
	}
	s.mux.ServeHTTP(c, c.unprefixed())
	if c.miss != 0 {
		if c.miss == http.StatusMethodNotAllowed {
			c.fail(ErrMethod)
			return
		}
		c.fail(ErrMissing)
	}
}

// finish ends every request: a panic becomes an answer, and the request is counted and logged.
func (c *call) finish() {
	if p := recover(); p != nil {
		if p == http.ErrAbortHandler {
			c.server.metrics.inFlight.Dec()
			panic(p)
		}
		c.server.o.Log.Error("web: a handler panicked", "request", c.id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		c.fail(fault.ErrInternal)
	}
	if c.cancel != nil {
		c.cancel()
	}
	if c.r.MultipartForm != nil {
		_ = c.r.MultipartForm.RemoveAll() // What cannot be removed is in the folder for temporary files.
	}
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	took := time.Since(c.began)
	c.server.metrics.done(c, took)
	c.server.access.note(c, took)
	if c.span != nil {
		endSpan(c)
	}
}

// secure sets the headers that every answer has. The slices are shared: nobody appends to them.
func (c *call) secure() {
	h := c.w.Header()
	h["X-Content-Type-Options"] = headerNosniff
	h["Referrer-Policy"] = headerReferrer
	h["Content-Security-Policy"] = headerNoContent
	h["X-Request-Id"] = []string{c.id}
	if c.server.o.TLS {
		h["Strict-Transport-Security"] = headerHSTS
	}
}

var (
	headerNosniff   = []string{"nosniff"}
	headerReferrer  = []string{"strict-origin-when-cross-origin"}
	headerHSTS      = []string{"max-age=31536000; includeSubDomains"}
	headerNoContent = []string{"default-src 'none'; frame-ancestors 'none'"}
	headerPage      = []string{pagePolicy("", false)}
)

// pagePolicy is the content security policy of a page: nothing from elsewhere, no inline script but one with the nonce, no
// frame around it but one of this site where that is said.
func pagePolicy(nonce string, framed bool) string {
	with, frame := "", "'none'"
	if framed {
		frame = "'self'"
	}
	if nonce != "" {
		with = " 'nonce-" + nonce + "'"
	}
	return "default-src 'self'; script-src 'self'" + with + "; style-src 'self'" + with +
		"; img-src 'self' data: https:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors " + frame
}

// Header is the header of the answer.
func (c *call) Header() http.Header { return c.w.Header() }

// Unwrap lets http.ResponseController reach the connection.
func (c *call) Unwrap() http.ResponseWriter { return c.w }

// WriteHeader sends the status once. That of the mux for "no such route" is held back: the answer to it is ours.
func (c *call) WriteHeader(status int) {
	if c.route == nil && c.miss == 0 && (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) {
		c.miss = status
		return
	}
	if c.status != 0 {
		return
	}
	if status < 200 && status != http.StatusSwitchingProtocols {
		c.w.WriteHeader(status)
		return
	}
	c.status = status
	for _, cookie := range c.cookies {
		http.SetCookie(c.w, cookie)
	}
	c.w.WriteHeader(status)
}

// Write sends a part of the body.
func (c *call) Write(p []byte) (int, error) {
	if c.miss != 0 && c.status == 0 {
		return len(p), nil
	}
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	n, err := c.w.Write(p)
	c.bytes += int64(n)
	return n, err
}

// callKey finds the call in a context.
type callKey struct{}

// callContext is a request's context that knows its call.
type callContext struct {
	context.Context
	c *call
}

func (x callContext) Value(key any) any {
	switch key.(type) {
	case callKey:
		return x.c
	case log.RequestKey:
		return x.c.id
	}
	return x.Context.Value(key)
}

func callFrom(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// context is what a handler gets: it knows the call and ends when the time of the route is over.
func (c *call) context() context.Context {
	var ctx context.Context = callContext{c.r.Context(), c}
	if c.server.tracer.on() {
		ctx = startSpan(ctx, c)
	}
	limit := c.server.o.Limits.Time
	if c.route != nil {
		limit = c.route.time
	}
	ctx, c.cancel = context.WithTimeout(ctx, limit)
	return ctx
}

// address is the client's address: the connection's, or what a believed proxy says. Of several names that a chain of
// proxies has added, the last that is not itself a believed proxy counts; what stands before it anybody could have sent.
func (c *call) address() netip.Addr {
	if c.from.IsValid() {
		return c.from
	}
	c.from = netip.IPv4Unspecified()
	if ap, err := netip.ParseAddrPort(c.r.RemoteAddr); err == nil {
		c.from = ap.Addr().Unmap()
	}
	if !c.server.trusts(c.from) {
		return c.from
	}
	said := strings.Split(strings.Join(c.r.Header["X-Forwarded-For"], ","), ",")
	for _, name := range slices.Backward(said) {
		a, err := netip.ParseAddr(strings.TrimSpace(name))
		if err != nil {
			break
		}
		c.from = a.Unmap()
		if !c.server.trusts(c.from) {
			break
		}
	}
	return c.from
}

func (s *Server) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(s.o.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// langCookie remembers the language that a reader chose.
const langCookie = "sauda_lang"

func (c *call) language() string {
	if c.lang != "" {
		return c.lang
	}
	if len(c.r.Header["Cookie"]) > 0 {
		if cookie, err := c.r.Cookie(langCookie); err == nil && slices.Contains(i18n.Languages, cookie.Value) {
			c.lang = cookie.Value
			return c.lang
		}
	}
	accept := c.r.Header["Accept-Language"]
	if len(accept) == 0 {
		c.lang = i18n.Languages[0]
		return c.lang
	}
	c.lang = i18n.Match(strings.Join(accept, ","))
	return c.lang
}

// authenticate finds out who asks: by "Authorization: Bearer" with a session token or an API key, which must be good, or
// by the cookie, which counts as none when it is not.
func (c *call) authenticate() error {
	keeper := c.server.o.Sessions
	if keeper == nil {
		return nil
	}
	if auth := c.r.Header["Authorization"]; len(auth) > 0 {
		scheme, token, _ := strings.Cut(auth[0], " ")
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			return session.ErrUnknown
		}
		return c.speak(keeper, strings.TrimSpace(token), false)
	}
	if len(c.r.Header["Cookie"]) == 0 {
		return nil
	}
	if cookie, err := c.r.Cookie(keeper.CookieName()); err == nil && cookie.Value != "" {
		err := c.speak(keeper, cookie.Value, true)
		if err == nil || !errors.Is(err, session.ErrUnknown) {
			return err
		}
		c.cookies = append(c.cookies, keeper.NoCookie())
	}
	c.device = keeper.DeviceOf(c.r)
	c.who.Session = c.device
	return nil
}

// speak sets the actor of a token. When the session is due, it is renewed; a store that cannot do that now does not keep
// anybody from reading.
func (c *call) speak(keeper *session.Keeper, token string, cookie bool) error {
	s, ok := keeper.Recall(token)
	if !ok {
		err := c.server.o.Store.View(c.r.Context(), db.System, func(tx *db.Tx) error {
			var err error
			s, err = keeper.Find(tx, token)
			return err
		})
		if err != nil {
			return err
		}
	}
	c.who = s.Who
	if !s.Due {
		return nil
	}
	var fresh string
	err := c.server.o.Store.Update(c.r.Context(), db.System, func(tx *db.Tx) error {
		var err error
		fresh, err = keeper.Renew(tx, token, cookie)
		return err
	})
	if err != nil {
		c.server.o.Log.Warn("web: a session could not be renewed", "request", c.id, "error", err)
		return nil
	}
	if fresh != "" {
		c.cookies = append(c.cookies, keeper.Cookie(fresh))
	}
	return nil
}

// recognizeTime is how long the page of a fault waits at most to know whose it is.
const recognizeTime = 300 * time.Millisecond

// recognize finds out whose page a fault is shown on, where nobody has asked yet: no route was found, or the address has
// asked too often. It refuses nothing, renews nothing, and asks the store only where nothing else is wrong than that there
// is no such page: a store that fails, or is slow, leaves the page to a guest.
func (c *call) recognize() {
	keeper := c.server.o.Sessions
	if keeper == nil || c.route != nil {
		return
	}
	cookie, err := c.r.Cookie(keeper.CookieName())
	if err != nil || cookie.Value == "" {
		return
	}
	s, ok := keeper.Recall(cookie.Value)
	if !ok && c.miss != 0 {
		ctx, stop := context.WithTimeout(c.r.Context(), recognizeTime)
		defer stop()
		err := c.server.o.Store.View(ctx, db.System, func(tx *db.Tx) (err error) {
			s, err = keeper.Find(tx, cookie.Value)
			return err
		})
		ok = err == nil
	}
	if ok {
		c.who = s.Who
	}
}

// sameOrigin refuses what another site's page sends in the name of a browser that is known here.
func (c *call) sameOrigin() error {
	switch c.r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if len(c.r.Header["Authorization"]) > 0 {
		return nil // A browser does not add this header by itself.
	}
	if !c.route.html && len(c.r.Header["Cookie"]) == 0 {
		return nil
	}
	if err := c.server.cross.Check(c.r); err != nil {
		return ErrCrossOrigin.About("%w", err)
	}
	return nil
}

// fail answers with a fault. What is our own mistake is logged with its words; the client sees none of them.
func (c *call) fail(err error) {
	if errors.Is(err, context.Canceled) && c.r.Context().Err() != nil || errors.Is(err, errGone) {
		if c.status == 0 {
			c.status = statusGone
		}
		return
	}
	if errors.Is(err, context.DeadlineExceeded) && fault.Of(err) == fault.ErrInternal {
		err = ErrSlow.About("%w", err)
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		pattern := ""
		if c.route != nil {
			pattern = c.route.pattern
		}
		c.server.o.Log.Error("web: a request failed", "request", c.id, "route", pattern, "fault", f.Code, "error", err)
	}
	if c.status != 0 {
		return // The answer has begun; there is nothing better to say.
	}
	problem := c.problem(err)
	if c.showsPages() {
		c.server.site.fail(c, problem, err)
		return
	}
	c.sendProblem(problem)
}

// showsPages tells whether a fault is shown as a page: on the routes of pages, and where there is no route but a browser.
func (c *call) showsPages() bool {
	if c.server.site == nil {
		return false
	}
	if c.route != nil {
		return c.route.html
	}
	return strings.Contains(c.r.Header.Get("Accept"), "text/html") && !strings.HasPrefix(c.r.URL.Path, "/v1/")
}
