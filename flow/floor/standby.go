package floor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sauda/gear/journal"
	"sauda/gear/journal/relay"
)

// Meeting says where the node that runs the market and its standby meet. The zero one is nowhere.
type Meeting struct {
	Listen  string   // Listen is the address of a NATS server of one's own, for the leader: the standby connects to it.
	Servers []string // Servers are those of a NATS cluster with JetStream, or the server of the leader, for its standby.
	Token   string   // Token is what both must show; a server that others can reach demands one.
	// Alone lets the leader answer what its standby does not have yet: a take-over may lose what was answered last.
	Alone bool
}

// relayName is what the journal of the exchange is called where leader and standby meet.
const relayName = "exchange"

const (
	leadWait = 30 * time.Second       // leadWait is how long a leader waits for the servers when it begins.
	lookAt   = 100 * time.Millisecond // lookAt is how often a standby looks whether it shall take over.
)

// Somewhere says whether there is a place to meet at.
func (m Meeting) Somewhere() bool { return m.Listen != "" || len(m.Servers) > 0 }

func (m Meeting) link() (*relay.Link, error) {
	return relay.Connect(relay.Config{Name: relayName, Listen: m.Listen, Servers: m.Servers, Token: m.Token})
}

// lead is what a floor ships its journal by.
type lead struct {
	link   *relay.Link
	leader *relay.Leader
}

// begin begins to ship a journal.
func (m Meeting) begin(j *journal.Journal) (*lead, error) {
	link, err := m.link()
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(context.Background(), leadWait)
	defer stop()
	leader, err := relay.Lead(ctx, link, j, relay.Terms{Demand: !m.Alone})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lead the exchange: %w", err), link.Close())
	}
	return &lead{link, leader}, nil
}

// wait waits until a standby has a record too, where one is demanded.
func (l *lead) wait(ctx context.Context, seq uint64) error { return l.leader.Wait(ctx, seq) }

// fenced says whether somebody else leads by now.
func (l *lead) fenced() bool { return l != nil && errors.Is(l.leader.Err(), relay.ErrFenced) }

// Address is where a standby reaches the NATS server of a floor that has one of its own; otherwise it is empty.
func (f *Floor) Address() string {
	if f.lead == nil {
		return ""
	}
	return f.lead.link.Address()
}

func (l *lead) close() error {
	if l == nil {
		return nil
	}
	return errors.Join(l.leader.Close(), l.link.Close())
}

// Standby has all that the journal of the market has, and runs nothing, until it takes over.
type Standby struct {
	journal *journal.Journal
	link    *relay.Link
	relay   *relay.Standby
	log     *slog.Logger
}

// StandBy begins to follow the node that runs the market, into a journal of its own.
func StandBy(disk journal.Disk, m Meeting, log *slog.Logger) (*Standby, error) {
	j, err := journal.Open(disk, journal.Config{Seed: true})
	if err != nil {
		return nil, err
	}
	link, err := m.link()
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	follows, err := relay.StandBy(link, j)
	if err != nil {
		return nil, errors.Join(err, link.Close(), j.Close())
	}
	return &Standby{journal: j, link: link, relay: follows, log: log}, nil
}

// Wait follows until it shall take over: when told says so, or when the leader was silent for a lease; zero is no lease. A
// standby that never agreed with a leader takes over only when it is told to. It ends with an error when ctx does, and when the
// journal cannot follow.
func (s *Standby) Wait(ctx context.Context, lease time.Duration, told func() bool) error {
	look := time.NewTicker(lookAt)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			if told() {
				s.log.Warn("the standby of the exchange was told to take over")
				return nil
			}
			if silent, heard := s.relay.Silent(); lease > 0 && heard && s.relay.Ready() && silent > lease {
				s.log.Warn("nobody leads the exchange any more: its standby takes over", "silent", silent)
				return nil
			}
		case <-s.relay.Ended():
			return s.relay.Err()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// TakeOver ends to follow, and begins a higher epoch: from then on the journal is that of a leader, and Open runs the market
// from it. All that the old leader has answered while it demanded a standby is in it.
func (s *Standby) TakeOver() error {
	epoch, err := s.relay.TakeOver()
	if err == nil {
		s.log.Warn("the standby of the exchange has taken over", "epoch", epoch, "records", s.journal.Durable())
	}
	return errors.Join(err, s.Close())
}

// Close ends to follow.
func (s *Standby) Close() error {
	return errors.Join(s.relay.Close(), s.link.Close(), s.journal.Close())
}
