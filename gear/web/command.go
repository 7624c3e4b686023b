package web

import (
	"context"
	"net/http"

	"sauda/gear/db"
)

// API is the programs' side of a server: JSON in, JSON out, described by the OpenAPI document.
type API struct {
	server *Server
	doc    *document
}

// None is the output of a command that has nothing to say: 204 and no body.
type None struct{}

// Command adds a route that changes something in one moment. The idempotency key, the stored answer and the audit row are
// written in that moment too: all of it is there after the answer, or none. Do may run several times.
func Command[I, O any](api *API, pattern string, do func(*db.Tx, I) (O, error), opts ...Option) {
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
		a, err := c.moment(rt, key, func(tx *db.Tx) (result, error) {
			o, err := do(tx, *v.(*I))
			return result{out: o, object: out.object(c, o)}, err
		}, out.present)
		if err != nil {
			return err
		}
		return c.send(a)
	}
}

// Query adds a route that reads one snapshot.
func Query[I, O any](api *API, pattern string, do func(*db.Tx, I) (O, error), opts ...Option) {
	Cached(api, pattern, nil, do, opts...)
}

// Cached adds a route that asks look first, which answers from memory and begins no moment; when look has nothing, do
// reads a snapshot, and is expected to leave what it found where look will find it. Look may be nil.
func Cached[I, O any](api *API, pattern string, look func(context.Context, I) (O, bool), do func(*db.Tx, I) (O, error), opts ...Option) {
	rt, in, out := addRoute[I, O](api, pattern, opts)
	rt.run = func(c *call) error {
		v, _, err := in.read(c)
		if err != nil {
			return err
		}
		ctx := c.context()
		if look != nil {
			if o, ok := look(ctx, *v.(*I)); ok {
				return out.answer(c, o)
			}
		}
		var o O
		err = c.server.o.Store.View(ctx, c.who, func(tx *db.Tx) error {
			var err error
			o, err = do(tx, *v.(*I))
			return err
		})
		if err != nil {
			return err
		}
		return out.answer(c, o)
	}
}

// Act adds a route that tells a story or asks the world, so it holds no moment. The story's own key makes it safe to ask
// twice; when the request has an Idempotency-Key, the good answer is kept under it after the act and given again.
//
// An act leaves an audit row; one that only reads (GET) leaves nothing.
func Act[I, O any](api *API, pattern string, do func(context.Context, I) (O, error), opts ...Option) {
	rt, in, out := addRoute[I, O](api, pattern, opts)
	rt.run = func(c *call) error {
		v, body, err := in.read(c)
		if err != nil {
			return err
		}
		if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead {
			o, err := do(c.context(), *v.(*I))
			if err != nil {
				return err
			}
			return out.answer(c, o)
		}
		key, err := c.key(body)
		if err != nil {
			return err
		}
		a, err := c.act(rt, key, func(ctx context.Context) (result, error) {
			o, err := do(ctx, *v.(*I))
			return result{out: o, object: out.object(c, o)}, err
		}, out.present)
		if err != nil {
			return err
		}
		return c.send(a)
	}
}

// addRoute registers a route of the API and compiles its input and output.
func addRoute[I, O any](api *API, pattern string, opts []Option) (*route, *binder, *presenter) {
	rt := api.server.route(pattern, opts)
	in := newBinder[I](api.doc.bodies, rt, false)
	out := newPresenter[O](rt)
	api.doc.routes = append(api.doc.routes, described{rt, in, out})
	return rt, in, out
}

// result is what a handler gave.
type result struct {
	out    any
	object string // object is the id of what was acted on, for the audit.
}

// moment runs the work of a command with everything that belongs into the same moment.
func (c *call) moment(rt *route, key *idempotency, work func(*db.Tx) (result, error), present func(*call, any) (answer, error)) (answer, error) {
	ctx := c.context()
	var a answer
	var res result
	encoded := false
	run := func(tx *db.Tx) error {
		c.cookies, c.before, encoded = c.cookies[:0:0], "", false
		if key != nil {
			stored, ok, err := key.find(tx)
			if err != nil || ok {
				a, encoded = stored, ok
				return err
			}
		}
		var err error
		if res, err = work(tx); err != nil {
			return err
		}
		if key != nil || c.isTold() {
			if a, err = present(c, res.out); err != nil {
				return err
			}
			encoded = true
		}
		if key != nil {
			if err := key.keep(tx, a); err != nil {
				return err
			}
		}
		return c.audit(tx, rt, res.object, a)
	}
	kept := c.cookies
	err := c.update(ctx, key, run)
	c.cookies = append(kept, c.cookies...)
	if err != nil || encoded {
		return a, err
	}
	return present(c, res.out)
}

// update runs a moment, and again when another request with the same key came first: its answer is then found.
func (c *call) update(ctx context.Context, key *idempotency, run func(*db.Tx) error) error {
	for try := 1; ; try++ {
		err := c.server.o.Store.Update(ctx, c.who, run)
		if key == nil || try == 3 || db.Breaks(err) != db.BrokenUnique {
			return err
		}
	}
}

// act runs what holds no moment, and keeps its answer and audit row in a moment after it.
func (c *call) act(rt *route, key *idempotency, work func(context.Context) (result, error), present func(*call, any) (answer, error)) (answer, error) {
	ctx := c.context()
	if key != nil {
		var a answer
		var ok bool
		err := c.server.o.Store.View(ctx, c.who, func(tx *db.Tx) error {
			var err error
			a, ok, err = key.find(tx)
			return err
		})
		if err != nil || ok {
			return a, err
		}
	}
	res, err := work(ctx)
	if err != nil {
		return answer{}, err
	}
	a, err := present(c, res.out)
	if err != nil {
		return a, err
	}
	// The act is done and cannot be undone: a client that has gone away meanwhile does not keep it from being noted.
	err = c.server.o.Store.Update(context.WithoutCancel(ctx), c.who, func(tx *db.Tx) error {
		if key != nil {
			if _, ok, err := key.find(tx); err != nil || ok {
				return err
			}
			if err := key.keep(tx, a); err != nil {
				return err
			}
		}
		return c.audit(tx, rt, res.object, a)
	})
	if err != nil && db.Breaks(err) != db.BrokenUnique {
		c.server.o.Log.Error("web: an act was done but not noted", "request", c.id, "route", rt.pattern, "error", err)
	}
	return a, nil
}

// isTold tells whether the audit keeps what the command answered: that of staff, never that of a buyer or a guest, whose
// answers are full of personal data.
func (c *call) isTold() bool {
	return c.who.Kind == db.KindStaff || c.who.Kind == db.KindAdmin
}
