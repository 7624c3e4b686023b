// Package relay keeps a warm standby: a second journal that has every record of the leader's, so that it can lead when
// the leader is gone, without losing anything that was answered.
//
// It knows a leader, its standby, and what they send each other over NATS: batches of durable records by JetStream, and
// beside it tips (how far the leader is), acknowledgements (how far the standby is, durably) and requests for what is
// missing. It does not know what the records mean, nor when a leader is dead: somebody decides that and calls TakeOver.
//
//	leader's journal ── durable ──▶ batch ──▶ JetStream ──▶ standby's journal ── durable ──▶ acknowledged
//	     Acked ◀── the lesser of what the leader has durably and what the standby has acknowledged ──┘
//
// JetStream is transport only. It says that it has a message before it has forced it to a disk (nats-server #7564), so
// nothing is believed from it: its stream lies in memory, no sync of it is set because none would be relied upon, it is
// emptied when somebody begins to lead, and what is missing in it is asked from the leader's journal. Neither does the
// standby believe the order: each batch says what stood before it.
//
// Each leader has an epoch. A standby that has heard of one, durably, takes nothing from a lower one any more, and who
// takes over begins a higher one. While a standby is demanded, an old leader that does not know of it can acknowledge
// nothing, since nobody answers it; when it hears of the higher epoch it is fenced for good. While none is demanded, a
// leader that is cut off goes on by itself: then a take-over loses what only it had. There is one standby that may
// take over; two that do it at once would begin the same epoch.
package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sauda/base/fault"
)

// Faults of leaders and standbys.
var (
	ErrFenced   = fault.New(fault.Conflict, "relay.fenced", "Another one leads by now. Nothing is acknowledged here any more.")
	ErrDiverged = fault.New(fault.Conflict, "relay.diverged", "This journal has records that the leader does not have. Compare the two, put this one aside, and begin with a copy of the leader's.")
	ErrBehind   = fault.New(fault.Gone, "relay.behind", "The leader has removed the records that are missing here. Begin with a copy of its newest snapshot.")
	ErrOpen     = fault.New(fault.Invalid, "relay.open", "A relay that others can reach needs a token.")
	ErrName     = fault.New(fault.Invalid, "relay.name", "The name of a relay has letters, digits, hyphens and underscores only.")
)

const (
	startWait  = 10 * time.Second // An own server is ready in some milliseconds; a busy machine takes longer.
	windowMax  = 32 << 20         // The stream holds the latest batches, so that a short absence needs no request.
	pendingMax = 256              // So many batches are on their way to the stream before sending waits.
	serverName = "sauda-relay"
)

// Config says how leader and standby reach each other. The zero value with a name is a server of one's own that only
// this machine reaches.
type Config struct {
	Name     string      // Name is that of the journal: several can share a cluster.
	Servers  []string    // Servers are addresses of a NATS cluster with JetStream; none is a server of one's own.
	Replicas int         // Replicas is on how many servers of the cluster the stream lies; 0 is one.
	Listen   string      // Listen is the address of one's own server; "" is any port of the loopback.
	Token    string      // Token is what whoever connects must show. Without one the own server listens on the loopback only.
	TLS      *tls.Config // TLS is for the way to Servers; nil is none. One's own server has none: it is for a network of one's own.
}

// Link is a connection to where leader and standby meet.
type Link struct {
	config Config
	conn   *nats.Conn
	stream jetstream.JetStream
	server *server.Server
	folder string
	spilt  chan struct{} // spilt holds something when the stream has not taken a batch.
}

var nameShape = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Connect begins a server or connects to those that are named. These need not be there yet, nor stay: the link connects
// again whenever it can. A leader and a standby need a link each: one does not hear itself.
func Connect(config Config) (_ *Link, err error) {
	if !nameShape.MatchString(config.Name) {
		return nil, ErrName.About("%q", config.Name)
	}
	l := &Link{config: config, spilt: make(chan struct{}, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()
	options := []nats.Option{nats.Name(config.Name), nats.NoEcho(), nats.MaxReconnects(-1), nats.ReconnectWait(100 * time.Millisecond), nats.RetryOnFailedConnect(true), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})}
	if config.Token != "" {
		options = append(options, nats.Token(config.Token))
	}
	if config.TLS != nil && len(config.Servers) > 0 {
		options = append(options, nats.Secure(config.TLS))
	}
	where := nats.Options{Servers: config.Servers}
	if len(config.Servers) == 0 {
		if err := l.serve(); err != nil {
			return nil, err
		}
		options = append(options, nats.InProcessServer(l.server))
	}
	for _, set := range append([]nats.Option{defaults}, options...) {
		if err := set(&where); err != nil {
			return nil, fmt.Errorf("connect the relay: %w", err)
		}
	}
	if l.conn, err = where.Connect(); err != nil {
		return nil, fmt.Errorf("connect the relay: %w", err)
	}
	if l.stream, err = jetstream.New(l.conn, jetstream.WithPublishAsyncMaxPending(pendingMax), jetstream.WithPublishAsyncErrHandler(l.spill)); err != nil {
		return nil, fmt.Errorf("connect the relay: %w", err)
	}
	return l, nil
}

// defaults fills in what NATS takes when nothing is said, but for the servers.
func defaults(o *nats.Options) error {
	servers := o.Servers
	*o = nats.GetDefaultOptions()
	o.Servers = servers
	return nil
}

// serve begins a server of one's own.
func (l *Link) serve() error {
	listen := l.config.Listen
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	address, err := net.ResolveTCPAddr("tcp", listen)
	if err != nil {
		return fmt.Errorf("the address of the relay: %w", err)
	}
	if l.config.Token == "" && !address.IP.IsLoopback() {
		return ErrOpen.About("it listens on %s", listen)
	}
	if l.folder, err = os.MkdirTemp("", "sauda-relay-"); err != nil { // The stream lies in memory; the server wants one.
		return fmt.Errorf("the folder of the relay: %w", err)
	}
	options := &server.Options{
		ServerName: serverName, Host: address.IP.String(), Port: address.Port,
		JetStream: true, StoreDir: l.folder, JetStreamMaxMemory: 2 * windowMax, JetStreamMaxStore: windowMax,
		Authorization: l.config.Token, NoLog: true, NoSigs: true,
	}
	if options.Port == 0 {
		options.Port = server.RANDOM_PORT
	}
	if l.server, err = server.NewServer(options); err != nil {
		return fmt.Errorf("begin the relay: %w", err)
	}
	go l.server.Start()
	if !l.server.ReadyForConnections(startWait) {
		return fmt.Errorf("the relay was not ready within %v", startWait)
	}
	return nil
}

// Address is where others reach the own server; it is empty where there is none.
func (l *Link) Address() string {
	if l.server == nil {
		return ""
	}
	return l.server.ClientURL()
}

// Close ends the connection, and the server if it is one's own. Leaders and standbys are to be closed before.
func (l *Link) Close() error {
	if l.conn != nil {
		l.conn.Close()
	}
	if l.server != nil {
		l.server.Shutdown()
		l.server.WaitForShutdown()
	}
	if l.folder != "" {
		return os.RemoveAll(l.folder)
	}
	return nil
}

// subject is where messages of a kind go.
func (l *Link) subject(what string) string { return "journal." + l.config.Name + "." + what }

// streamName is what the stream of the batches is called.
func (l *Link) streamName() string { return "journal-" + l.config.Name }

// begin makes the stream of batches, empty. It asks again while nobody answers: a request is lost with its connection.
func (l *Link) begin(ctx context.Context) error {
	for {
		asking, cancel := context.WithTimeout(ctx, answerWait)
		err := l.prepare(asking)
		cancel()
		if err == nil || !passing(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(tipEvery):
		}
	}
}

// passing tells whether an error is of servers that are not ready, such as a cluster that has yet to find its leader.
func passing(err error) bool {
	var api *jetstream.APIError
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse) ||
		errors.As(err, &api) && api.Code >= 500
}

func (l *Link) prepare(ctx context.Context) error {
	s, err := l.stream.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: l.streamName(), Subjects: []string{l.subject("batch")}, Description: "records on their way to the standby",
		Storage: jetstream.MemoryStorage, MaxBytes: windowMax, Discard: jetstream.DiscardOld, Replicas: max(1, l.config.Replicas),
	})
	if err != nil {
		return fmt.Errorf("begin the stream: %w", err)
	}
	if err := s.Purge(ctx); err != nil {
		return fmt.Errorf("empty the stream: %w", err)
	}
	return nil
}

// spill notes that the stream has not taken a batch: it may be gone, with the memory that it lay in.
func (l *Link) spill(jetstream.JetStream, *nats.Msg, error) {
	select {
	case l.spilt <- struct{}{}:
	default:
	}
}

// say sends a message to whoever listens. What is lost will be said again.
func (l *Link) say(what string, m message) { _ = l.conn.Publish(l.subject(what), m.encode()) }
