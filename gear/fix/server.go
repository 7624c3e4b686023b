package fix

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"
)

// Application is whom messages of the trade reach. Calls for one session come one after the other, from the goroutine
// that reads its connection: as long as one lasts, nothing more is read.
type Application interface {
	// OnLogon says that the other side has logged on.
	OnLogon(s *Session)
	// OnMessages brings messages of the trade in the order of their numbers: all that came at once. They are good until it
	// returns. Each is as its version wants it. After it has returned, the messages count as received.
	OnMessages(s *Session, batch []Message)
	// OnLogout says that the other side is gone, whatever the reason.
	OnLogout(s *Session)
}

// Credentials are what a Logon brings to prove who sends it.
type Credentials struct {
	ID       ID
	Username string
	Password string
	RawData  []byte // RawData is good until Authenticate returns.
	Remote   net.Addr
}

// Config is what a server is made of. Only Application and Stores must be there.
type Config struct {
	Sessions    []Terms
	Application Application
	Stores      Stores
	// Authenticate judges a Logon before anything of the session changes. Whoever it refuses is not answered. Without it,
	// to be called by the name of a session is enough: then the net must know who it lets in.
	Authenticate func(Credentials) error
	// Find judges a Logon to a session that is not open, as Authenticate does to one that is, and gives its terms; the
	// session is opened then. Without it, sessions are those of Sessions and Open.
	Find   func(Credentials) (Terms, error)
	TLS    *tls.Config // TLS encrypts all connections; whether the other side must show a certificate, it says.
	Log    *slog.Logger
	Limits Limits

	LogonWait      time.Duration // LogonWait is how long a connection may be without a Logon; zero is ten seconds.
	LogoutWait     time.Duration // LogoutWait is how long the answer to a Logout may take; zero is two seconds.
	WriteWait      time.Duration // WriteWait is how long one write may take; zero is ten seconds.
	QueueMax       int           // QueueMax is how many bytes may wait for one session; zero is 8 MiB.
	ConnectionsMax int           // ConnectionsMax is how many connections there may be at once; zero is 1024.

	// Now is the clock. Who gives one calls Beat, too; without, the server does both.
	Now func() time.Time
}

// Server is the acceptor: the sessions, and whoever is connected. Its methods may be called by several goroutines.
type Server struct {
	config Config
	log    *slog.Logger

	mu        sync.Mutex
	sessions  map[ID]*Session
	links     map[*link]bool
	listeners []net.Listener
	closed    bool
	stop      chan struct{}
	wait      sync.WaitGroup
}

// beatEvery is how exact heartbeats are.
const beatEvery = 200 * time.Millisecond

// New opens the sessions. It does not listen yet.
func New(c Config) (*Server, error) {
	c.Limits = c.Limits.usual()
	c.LogonWait = usual(c.LogonWait, 10*time.Second)
	c.LogoutWait = usual(c.LogoutWait, 2*time.Second)
	c.WriteWait = usual(c.WriteWait, 10*time.Second)
	c.QueueMax = usual(c.QueueMax, 8<<20)
	c.ConnectionsMax = usual(c.ConnectionsMax, 1024)
	s := &Server{config: c, log: c.Log, sessions: make(map[ID]*Session), links: make(map[*link]bool), stop: make(chan struct{})}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for _, t := range c.Sessions {
		if _, err := s.Open(t); err != nil {
			return nil, errors.Join(err, s.closeStores())
		}
	}
	if c.Now == nil {
		s.config.Now = time.Now
		s.wait.Go(s.beats)
	}
	return s, nil
}

func usual[N int | time.Duration](given, usual N) N {
	if given <= 0 {
		return usual
	}
	return given
}

func (s *Server) now() int64 { return s.config.Now().UnixMicro() }

func (s *Server) beats() {
	t := time.NewTicker(beatEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			s.Beat()
		case <-s.stop:
			return
		}
	}
}

// Open adds a session while the server runs. One that is there already, or has no proper name, is ErrTerms.
func (s *Server) Open(t Terms) (*Session, error) {
	if err := t.ID.judge(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, ErrClosed
	case s.sessions[t.ID] != nil:
		return nil, fmt.Errorf("%w: %s", ErrTerms, t.ID)
	}
	store, err := s.config.Stores.Open(t.ID)
	if err != nil {
		return nil, err
	}
	one := &Session{terms: t, server: s, store: store, begin: t.ID.Version.Begin()}
	one.in, one.out = store.Numbers()
	s.sessions[t.ID] = one
	return one, nil
}

// Session gives a session by its name, or nil.
func (s *Server) Session(id ID) *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[id]
}

// Serve takes connections from a listener until the server or the listener is closed. After Close it gives nil.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return errors.Join(ErrClosed, l.Close())
	}
	if s.config.TLS != nil {
		l = tls.NewListener(l, s.config.TLS)
	}
	s.listeners = append(s.listeners, l)
	s.mu.Unlock()
	for {
		conn, err := l.Accept()
		if err != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.closed {
				return nil
			}
			return err
		}
		s.take(conn)
	}
}

// take begins to read a connection, unless there are too many.
func (s *Server) take(conn net.Conn) {
	l := &link{conn: conn, server: s, began: s.now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.links) >= s.config.ConnectionsMax {
		_ = conn.Close() // Who comes too late hears no more.
		return
	}
	s.links[l] = true
	s.wait.Go(func() { s.follow(l) })
}

// follow is the life of a connection.
func (s *Server) follow(l *link) {
	r := &reader{link: l, limits: s.config.Limits}
	err := r.read()
	if session := l.session; session != nil {
		s.log.Info("fix: a connection ends", "session", session.terms.ID.String(), "why", err)
		session.release(l)
		<-l.drained
	}
	linger(l.conn)
	s.mu.Lock()
	delete(s.links, l)
	s.mu.Unlock()
}

// linger closes a connection so that what was written last is read: what still comes is thrown away for a moment, for a
// connection that is closed over unread bytes takes back what it has sent.
func linger(conn net.Conn) {
	if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_ = conn.SetReadDeadline(time.Now().Add(time.Second)) // Without it, Close below does the same.
		_, _ = io.Copy(io.Discard, io.LimitReader(conn, 1<<20))
	}
	_ = conn.Close() // It is over, whatever this says.
}

// Beat does what is due by the clock: heartbeats, the end of connections that say nothing. The server calls it by itself
// unless Config.Now is given.
func (s *Server) Beat() {
	now := s.now()
	s.mu.Lock()
	sessions := make([]*Session, 0, len(s.sessions))
	for _, one := range s.sessions {
		sessions = append(sessions, one)
	}
	for l := range s.links {
		if now-l.began >= s.config.LogonWait.Microseconds() && !l.known.Load() {
			_ = l.conn.Close() // The reader hears of it.
		}
	}
	s.mu.Unlock()
	for _, one := range sessions {
		one.beat(now)
	}
}

// Close logs everybody out with a text, waits for their answers as long as ctx lasts, and closes the stores. Nothing is
// accepted any more.
func (s *Server) Close(ctx context.Context, text string) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return ErrClosed
	}
	s.closed = true
	for _, l := range s.listeners {
		_ = l.Close() // Serve hears of it.
	}
	for l := range s.links {
		if !l.known.Load() {
			_ = l.conn.Close()
		}
	}
	s.mu.Unlock()
	for _, one := range s.sessions { // Nobody changes the map any more.
		one.mu.Lock()
		one.closed = true
		one.mu.Unlock()
		one.Logout(text)
	}
	all := make(chan struct{})
	go func() {
		for s.busy() {
			time.Sleep(5 * time.Millisecond)
		}
		close(all)
	}()
	select {
	case <-all:
	case <-ctx.Done():
		s.cutAll()
	}
	close(s.stop)
	s.wait.Wait()
	return s.closeStores()
}

func (s *Server) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.links) > 0
}

func (s *Server) cutAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.links {
		_ = l.conn.Close()
	}
}

func (s *Server) closeStores() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []error
	for _, one := range s.sessions {
		all = append(all, one.store.Close())
	}
	return errors.Join(all...)
}
