package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Listen says where a server listens and how patiently.
type Listen struct {
	Addr  string         // Addr is host:port; port 0 takes a free one.
	On    net.Listener   // On is a listener that is open already, instead of an Addr.
	Cert  string         // Cert and Key are files in PEM; without them the server speaks plain HTTP.
	Key   string         //
	Drain time.Duration  // Drain is how long requests under way may take to end; 20 s.
	Ready func(net.Addr) // Ready is told the address, once it can be reached.
}

// Time-outs of a connection. A whole request is bounded by its route; these are against clients that dawdle.
const (
	headerTime = 5 * time.Second
	readTime   = 60 * time.Second
	writeTime  = 2 * time.Minute // A handler that streams moves its own deadline by http.ResponseController.
	idleTime   = 2 * time.Minute
	headerMax  = 64 << 10
)

// Serve listens and serves until ctx ends; then it takes no new connections, lets the requests under way finish, and
// comes back with nil. Requests that outlive the Drain are cut off and reported.
func Serve(ctx context.Context, h http.Handler, l Listen) error {
	if l.Drain == 0 {
		l.Drain = 20 * time.Second
	}
	listener := l.On
	if listener == nil {
		var err error
		if listener, err = new(net.ListenConfig).Listen(ctx, "tcp", l.Addr); err != nil {
			return err
		}
	}
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: headerMax,
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug), // Broken handshakes and the like.
	}
	failed := make(chan error, 1)
	go func() {
		if l.Cert != "" {
			failed <- server.ServeTLS(listener, l.Cert, l.Key)
			return
		}
		failed <- server.Serve(listener)
	}()
	if l.Ready != nil {
		l.Ready(listener.Addr())
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	if s, ok := h.(*Server); ok {
		s.stopping.Store(true)
	}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.Drain)
	defer cancel()
	if err := server.Shutdown(wait); err != nil {
		return errors.Join(errors.New("web: some requests did not end in time and were cut off"), err, server.Close())
	}
	return nil
}

// Signals gives a context that ends at the first SIGINT or SIGTERM. The second one kills the process at once: what was
// committed is safe, and stories go on at the next start.
func Signals(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	heard := make(chan os.Signal, 2)
	signal.Notify(heard, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-heard:
			cancel()
		case <-ctx.Done():
		}
		<-heard
		os.Exit(1)
	}()
	return ctx, cancel
}
