package soup

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"
)

// Terms are what somebody may who was let in.
type Terms struct {
	Late time.Duration // Late is how much later he hears everything.
	Name string        // Name is by whom connections are counted.
}

// Config is what a server is made of. Enter and Present must be there.
type Config struct {
	// Enter judges a login, and again every CheckEvery as long as the connection lasts. Whoever it refuses is rejected, or cut
	// off. One whose terms have changed is cut off, too: he may come again.
	Enter   func(ctx context.Context, l Login) (Terms, error)
	Present func() *Log // Present is the session of now, or nil for none.
	TLS     *tls.Config
	Log     *slog.Logger
	Now     func() time.Time // Now is the clock by which one hears late; nil is time.Now.

	LoginWait      time.Duration // LoginWait is how long one may be there without a login; zero is ten seconds.
	BeatEvery      time.Duration // BeatEvery is after how long a silent line gets a heartbeat; zero is a second (clause 1.4).
	SilenceMax     time.Duration // SilenceMax is how long the other side may be silent; zero is fifteen seconds (clause 1.4).
	SendWait       time.Duration // SendWait is how long the other side may take nothing; zero is ten seconds.
	CheckEvery     time.Duration // CheckEvery is how often a login is judged again; zero is a minute.
	ConnectionsMax int           // ConnectionsMax is how many connections there may be; zero is 1024.
	NamesMax       int           // NamesMax is how many of one name; zero is eight.
}

func (c Config) usual() Config {
	for _, d := range []struct {
		of    *time.Duration
		usual time.Duration
	}{{&c.LoginWait, 10 * time.Second}, {&c.BeatEvery, time.Second}, {&c.SilenceMax, 15 * time.Second}, {&c.SendWait, 10 * time.Second}, {&c.CheckEvery, time.Minute}} {
		if *d.of <= 0 {
			*d.of = d.usual
		}
	}
	if c.ConnectionsMax <= 0 {
		c.ConnectionsMax = 1024
	}
	if c.NamesMax <= 0 {
		c.NamesMax = 8
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Server lets programs listen. Its methods may be called by several goroutines.
type Server struct {
	config Config
	ctx    context.Context // ctx ends when the server closes.
	stop   context.CancelFunc
	wait   sync.WaitGroup

	mu        sync.Mutex
	listeners []net.Listener
	conns     map[net.Conn]bool
	names     map[string]int
}

// NewServer makes a server. It does not listen yet.
func NewServer(c Config) *Server {
	s := &Server{config: c.usual(), conns: make(map[net.Conn]bool), names: make(map[string]int)}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// Serve takes connections until the server or the listener is closed. After Close it gives nil.
func (s *Server) Serve(l net.Listener) error {
	if s.config.TLS != nil {
		l = tls.NewListener(l, s.config.TLS)
	}
	s.mu.Lock()
	s.listeners = append(s.listeners, l)
	s.mu.Unlock()
	if s.ctx.Err() != nil {
		return l.Close()
	}
	for {
		conn, err := l.Accept()
		if s.ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if !s.join(conn) {
			_ = conn.Close()
			continue
		}
		s.wait.Go(func() {
			defer s.part(conn)
			s.speak(conn)
		})
	}
}

func (s *Server) join(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.conns) >= s.config.ConnectionsMax || s.ctx.Err() != nil {
		return false
	}
	s.conns[conn] = true
	return true
}

func (s *Server) part(conn net.Conn) {
	_ = conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}

// Close ends all connections.
func (s *Server) Close() error {
	s.stop()
	s.mu.Lock()
	var err error
	for _, l := range s.listeners {
		if cerr := l.Close(); cerr != nil && !errors.Is(cerr, net.ErrClosed) {
			err = errors.Join(err, cerr)
		}
	}
	for conn := range s.conns {
		_ = conn.Close()
	}
	s.mu.Unlock()
	s.wait.Wait()
	return err
}

// count counts one more connection of a name, or refuses it. It is counted until leave.
func (s *Server) count(name string) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names[name] >= s.config.NamesMax {
		return nil, false
	}
	s.names[name]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.names[name]--; s.names[name] == 0 {
			delete(s.names, name)
		}
	}, true
}

// speak speaks with one client until one of the two ends it.
func (s *Server) speak(conn net.Conn) {
	_ = conn.SetDeadline(time.Now().Add(s.config.LoginWait))
	packet, err := readPacket(conn, make([]byte, packetMax))
	if err != nil {
		return
	}
	login, err := readLogin(packet)
	if err != nil {
		return // It is no client of ours.
	}
	login.Remote = conn.RemoteAddr().String()
	terms, err := s.config.Enter(s.ctx, login)
	leave, room := func() {}, false
	if err == nil {
		leave, room = s.count(terms.Name)
	}
	if !room {
		s.config.Log.Info("a login to the feed was rejected", "from", login.Remote, "err", err)
		_, _ = conn.Write([]byte{0, 2, packetRejected, notAuthorized})
		return
	}
	defer leave()
	r := &reader{server: s, conn: conn, login: login, terms: terms, log: s.config.Present()}
	if r.log == nil || !r.log.hold() {
		_, _ = conn.Write([]byte{0, 2, packetRejected, notAvailable})
		return
	}
	defer r.log.release()
	if !r.begin() {
		_, _ = conn.Write([]byte{0, 2, packetRejected, notAvailable})
		return
	}
	gone := make(chan struct{})
	s.wait.Go(func() {
		defer close(gone)
		r.hear()
	})
	r.send(gone)
	_ = conn.Close()
	<-gone
}

// readPacket reads one packet, without its length.
func readPacket(from io.Reader, into []byte) ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(head[:]))
	if n == 0 || n > len(into) {
		return nil, errPacket
	}
	_, err := io.ReadFull(from, into[:n])
	return into[:n], err
}
