package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"sauda/gear/db"
)

// Stream is an answer that goes on: server-sent events (HTML §9.2). Look is asked at once and then again and again, each
// time in a snapshot of its own, and what it gives is sent when it is another than what was sent before. It may not depend
// on who asks: whoever has the same address and language shares it. Streams are bounded in number and length: one too many
// is answered with 204, after which a browser asks no more, and one that has lasted long enough ends, after which it comes
// back by itself and says what it saw last.
type Stream[I any] struct {
	Begin func(context.Context, I)        // Begin is told once of each that begins, before the first byte; it may be nil.
	Look  func(*db.Tx, I) ([]byte, error) // Look gives one line of text. A fault ends the stream.
	Every time.Duration                   // Every is how old what is sent may be.
}

const (
	streamsMax = 256             // streamsMax is how many streams of one kind a house holds open.
	streamTime = 2 * time.Minute // streamTime is how long one lasts.
	streamRest = "retry: 4000\n\n"
)

// AddStream adds a stream of events to a site.
func AddStream[I any](site *Site, pattern string, s Stream[I], opts ...Option) {
	rt := site.server.route(pattern, append(opts, Time(streamTime+time.Minute)))
	in := newBinder[I](site.server.api.doc.forms, rt, true)
	all := &streams{views: map[string]*streamView{}, every: s.Every}
	rt.run = func(c *call) error {
		v, _, err := in.read(c)
		if err != nil {
			return err
		}
		ctx, asked := c.context(), *v.(*I)
		view, key := all.join(c)
		if view == nil {
			c.WriteHeader(http.StatusNoContent)
			return nil
		}
		defer all.leave(key)
		look := func() (data []byte, err error) {
			err = c.server.o.Store.View(ctx, db.Who{Kind: db.KindGuest}, func(tx *db.Tx) (err error) {
				data, err = s.Look(tx, asked)
				return err
			})
			return data, err
		}
		first, err := view.get(s.Every, look)
		if err != nil {
			return err
		}
		if s.Begin != nil {
			s.Begin(ctx, asked)
		}
		return c.stream(ctx, first, s.Every, func() ([]byte, error) { return view.get(s.Every, look) })
	}
}

// streams are those that are open of one kind.
type streams struct {
	open  atomic.Int64
	every time.Duration
	mu    sync.Mutex
	views map[string]*streamView
}

// streamView is what all see who look at the same.
type streamView struct {
	users int // users is guarded by the mutex of the streams.
	mu    sync.Mutex
	at    time.Time
	data  []byte
}

// join counts one more stream, and gives none when there are too many.
func (s *streams) join(c *call) (*streamView, string) {
	if s.open.Add(1) > streamsMax {
		s.open.Add(-1)
		return nil, ""
	}
	key := c.language() + c.prefix + " " + c.r.URL.Path
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.views[key] == nil {
		s.views[key] = &streamView{}
	}
	s.views[key].users++
	return s.views[key], key
}

func (s *streams) leave(key string) {
	s.open.Add(-1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.views[key].users--; s.views[key].users == 0 {
		delete(s.views, key)
	}
}

// get looks anew when what was seen is too old. A look that failed is not kept.
func (v *streamView) get(every time.Duration, look func() ([]byte, error)) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.data != nil && time.Since(v.at) < every {
		return v.data, nil
	}
	data, err := look()
	if err == nil {
		v.data, v.at = data, time.Now()
	}
	return data, err
}

// stream sends what look gives until the reader goes, the server stops or the time is over.
func (c *call) stream(ctx context.Context, data []byte, every time.Duration, look func() ([]byte, error)) error {
	h := c.Header()
	h["Content-Type"] = []string{"text/event-stream; charset=utf-8"}
	h["Cache-Control"] = headerNoStore
	h["X-Accel-Buffering"] = []string{"no"} // A proxy that gathers would send it too late.
	c.WriteHeader(http.StatusOK)
	line := http.NewResponseController(c)
	last := c.r.Header.Get("Last-Event-ID")
	if last == "" {
		last = c.r.URL.Query().Get("last")
	}
	var b bytes.Buffer
	b.WriteString(streamRest)
	tick := time.NewTicker(every)
	defer tick.Stop()
	over := time.NewTimer(streamTime)
	defer over.Stop()
	for {
		if id := eventID(data); id != last {
			b.WriteString("id: " + id + "\ndata: ")
			b.Write(data)
			b.WriteString("\n\n")
			last = id
		} else if b.Len() == 0 {
			b.WriteString(":\n\n") // Says nothing, and finds out whether somebody is there.
		}
		_ = line.SetWriteDeadline(time.Now().Add(writeTime))
		if _, err := c.Write(b.Bytes()); err != nil {
			return nil
		}
		if err := line.Flush(); err != nil {
			return nil
		}
		b.Reset()
		select {
		case <-ctx.Done():
			return nil
		case <-over.C:
			return nil
		case <-tick.C:
		}
		if c.server.stopping.Load() {
			return nil
		}
		var err error
		if data, err = look(); err != nil {
			return nil // The page says more about it than a stream could.
		}
	}
}

// eventID names what was seen, so that who comes back is told only what is new.
func eventID(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}
