package web

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const (
	// accessEvery is how long lines wait to be written together.
	accessEvery = 200 * time.Millisecond
	// accessGood is how many requests that went well are written each time; more say nothing new, and are counted.
	accessGood = 400
	// accessMax bounds the lines that wait: beyond it they are counted only.
	accessMax = 4000
)

// accessLog writes one line for each request, apart from the request: nobody waits for the log. When there are more than
// it can write, failures go first. No line holds a body, a query or a token.
type accessLog struct {
	log     *slog.Logger
	mu      sync.Mutex
	waiting []accessLine
	spare   []accessLine
	good    int
	left    int // left are the lines that were only counted.
	once    sync.Once
	closing chan struct{}
	closed  chan struct{}
}

type accessLine struct {
	at      time.Time
	id      string
	method  string
	path    string
	route   string
	status  int
	bytes   int64
	took    time.Duration
	who     string
	address string
}

func newAccessLog(log *slog.Logger) *accessLog {
	a := &accessLog{log: log, closing: make(chan struct{}), closed: make(chan struct{})}
	go a.run()
	return a
}

// note remembers a request. A nil log remembers nothing.
func (a *accessLog) note(c *call, took time.Duration) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	ok := c.status < http.StatusInternalServerError
	if len(a.waiting) >= accessMax || ok && a.good >= accessGood {
		a.left++
		return
	}
	if ok {
		a.good++
	}
	line := accessLine{
		at: c.began, id: c.id, method: c.r.Method, path: c.r.URL.Path, status: c.status, bytes: c.bytes, took: took,
		who: string(c.who.Kind), address: c.address().String(),
	}
	if c.route != nil {
		line.route = c.route.pattern
	}
	if c.who.ID != "" {
		line.who += ":" + c.who.ID
	}
	a.waiting = append(a.waiting, line)
}

func (a *accessLog) run() {
	defer close(a.closed)
	tick := time.NewTicker(accessEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			a.write()
		case <-a.closing:
			a.write()
			return
		}
	}
}

func (a *accessLog) write() {
	a.mu.Lock()
	lines, left := a.waiting, a.left
	a.waiting, a.spare = a.spare[:0], nil
	a.good, a.left = 0, 0
	a.mu.Unlock()
	ctx := context.Background()
	for i := range lines {
		l := &lines[i]
		level := slog.LevelInfo
		if l.status >= http.StatusInternalServerError {
			level = slog.LevelWarn
		}
		a.log.LogAttrs(ctx, level, "request", slog.Time("began", l.at), slog.String("request", l.id), slog.String("method", l.method),
			slog.String("path", l.path), slog.String("route", l.route), slog.Int("status", l.status), slog.Int64("bytes", l.bytes),
			slog.Duration("took", l.took), slog.String("who", l.who), slog.String("address", l.address))
	}
	if left > 0 {
		a.log.LogAttrs(ctx, slog.LevelInfo, "requests that went well and are not listed", slog.Int("count", left))
	}
	clear(lines)
	a.mu.Lock()
	a.spare = lines[:0]
	a.mu.Unlock()
}

// close writes what waits and ends. Twice is as good as once.
func (a *accessLog) close() {
	a.once.Do(func() { close(a.closing) })
	<-a.closed
}
