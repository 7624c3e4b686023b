package web

import (
	"context"
	"net/http"

	"sauda/gear/db"
)

// Bring adds a command that first asks the world, such as for a file that has come: keep holds no moment and may wait, do
// acts in one moment on what keep gave, with the idempotency key, the stored answer and the audit row. A request that is
// sent again keeps again, so keeping twice must be keeping once. When do refuses, what was kept stays where it is.
func Bring[I, K, O any](api *API, pattern string, keep func(context.Context, I) (K, error), do func(*db.Tx, I, K) (O, error), opts ...Option) {
	rt, in, out := addRoute[I, O](api, pattern, opts)
	rt.run = func(c *call) error {
		v, body, err := in.read(c)
		if err != nil {
			return err
		}
		key, err := c.key(body)
		if err != nil {
			return err
		}
		kept, err := keep(c.context(), *v.(*I))
		if err != nil {
			return err
		}
		a, err := c.moment(rt, key, func(tx *db.Tx) (result, error) {
			o, err := do(tx, *v.(*I), kept)
			return result{out: o, object: out.object(c, o)}, err
		}, out.present)
		if err != nil {
			return err
		}
		return c.send(a)
	}
}

// Look reads a snapshot for whoever asks, in what a route does before its moment. Outside of a request it is a mistake that
// panics.
func Look(ctx context.Context, do func(*db.Tx) error) error {
	c := callFrom(ctx)
	return c.server.o.Store.View(ctx, c.who, do)
}

// Exchange is one request of a protocol and its answer.
type Exchange struct {
	*http.Request
	http.ResponseWriter
	c *call
}

// Header is that of the answer; that of the request is Request.Header.
func (x Exchange) Header() http.Header { return x.c.Header() }

// Write sends a part of the answer.
func (x Exchange) Write(b []byte) (int, error) { return x.c.Write(b) }

// Moment runs do in one moment of whoever asks. An exchange may have several.
func (x Exchange) Moment(do func(*db.Tx) error) error {
	return x.c.server.o.Store.Update(x.Context(), x.c.who, do)
}

// Audit leaves the row of the audit for what a protocol does to a thing, in the moment that does it.
func (x Exchange) Audit(tx *db.Tx, object string) error {
	return x.c.audit(tx, x.c.route, object, answer{})
}

// MomentAfter is Moment for what must be noted also when the client has gone meanwhile.
func (x Exchange) MomentAfter(do func(*db.Tx) error) error {
	return x.c.server.o.Store.Update(context.WithoutCancel(x.Context()), x.c.who, do)
}

// Protocol adds a route that speaks a protocol of its own by headers and plain bodies, such as one of uploads. It has the
// sessions, scopes, limits, log and metrics of every route, and a fault is answered with its problem document; it leaves
// no audit row but those of Exchange.Audit: what most bring is nothing before a command names it. The limit of bytes is for the protocol to hold.
func (s *Server) Protocol(pattern string, do func(Exchange) error, opts ...Option) {
	rt := s.route(pattern, opts)
	rt.run = func(c *call) error {
		return do(Exchange{c.r.WithContext(c.context()), c, c})
	}
}
