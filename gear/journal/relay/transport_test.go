package relay_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sauda/gear/journal"
	"sauda/gear/journal/journaltest"
	"sauda/gear/journal/relay"
)

// TestTransportOnly takes the stream away while records go through it, and puts nonsense in their way: the standby has
// everything all the same, from the leader's journal.
func TestTransportOnly(t *testing.T) {
	ours, theirs := openJournal(t, journal.Config{}), openJournal(t, journal.Config{})
	link := connect(t)
	leader := lead(t, link, ours, relay.Terms{Demand: true})
	standBy(t, connect(t, link.Address()), theirs)
	conn, err := nats.Connect(link.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		last := say(t, ours, fmt.Sprint("round ", i), 50)
		if i == 5 {
			if err := js.DeleteStream(t.Context(), "journal-floor"); err != nil {
				t.Fatal(err)
			}
		}
		for _, subject := range []string{"tip", "ack", "fetch.0", "batch"} {
			for _, b := range [][]byte{nil, []byte("nonsense"), bytes.Repeat([]byte{'B'}, 100)} {
				if err := conn.Publish("journal.floor."+subject, b); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := leader.Wait(t.Context(), last); err != nil {
			t.Fatal(err)
		}
	}
	same(t, ours, theirs)
}

// TestLeaderStartsAnew: the leader and its server end and come again at the same address; the standby goes on by itself.
func TestLeaderStartsAnew(t *testing.T) {
	disk, theirs := journaltest.New(), openJournal(t, journal.Config{})
	config := relay.Config{Name: "floor", Token: "a secret"}
	var follower *relay.Link
	for round := range 3 {
		ours, err := journal.Open(disk, journal.Config{SegmentBytes: 5000})
		if err != nil {
			t.Fatal(err)
		}
		link, err := relay.Connect(config)
		if err != nil {
			t.Fatal(err)
		}
		leader := lead(t, link, ours, relay.Terms{Demand: true})
		if round == 0 {
			config.Listen = strings.TrimPrefix(link.Address(), "nats://")
			follower, err = relay.Connect(relay.Config{Name: "floor", Servers: []string{link.Address()}, Token: "a secret"})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = follower.Close() })
			standBy(t, follower, theirs)
		}
		if err := leader.Wait(t.Context(), say(t, ours, fmt.Sprint("life ", round), 500)); err != nil {
			t.Fatal(err)
		}
		same(t, ours, theirs)
		for _, end := range []func() error{leader.Close, link.Close, ours.Close} {
			if err := end(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestStrangers: without the token nobody is let in, and without one nothing listens where others can come.
func TestStrangers(t *testing.T) {
	link, err := relay.Connect(relay.Config{Name: "floor", Token: "a secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = link.Close() }()
	if conn, err := nats.Connect(link.Address()); err == nil {
		conn.Close()
		t.Error("somebody without the token was let in")
	}
	if _, err := relay.Connect(relay.Config{Name: "floor", Listen: "0.0.0.0:0"}); !errors.Is(err, relay.ErrOpen) {
		t.Errorf("everybody could come: %v", err)
	}
	if _, err := relay.Connect(relay.Config{Name: "a.b>"}); !errors.Is(err, relay.ErrName) {
		t.Errorf("the name of a subject: %v", err)
	}
}

// TestStandbyDisk: a standby whose disk fails acknowledges nothing more, and says why.
func TestStandbyDisk(t *testing.T) {
	disk := journaltest.New()
	theirs, err := journal.Open(disk, journal.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = theirs.Close() }()
	ours, link := openJournal(t, journal.Config{}), connect(t)
	leader := lead(t, link, ours, relay.Terms{Demand: true})
	standby := standBy(t, connect(t, link.Address()), theirs)
	last := say(t, ours, "the leader", 10)
	if err := leader.Wait(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	disk.CutAt(1)
	next := say(t, ours, "the leader", 10)
	<-standby.Ended()
	if !errors.Is(standby.Err(), journal.ErrBroken) {
		t.Errorf("the standby: %v", standby.Err())
	}
	if err := ours.Wait(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if leader.Acked() != last {
		t.Errorf("acknowledged up to %d", leader.Acked())
	}
}
