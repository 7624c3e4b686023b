package relay_test

import (
	"fmt"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"sauda/gear/journal"
	"sauda/gear/journal/relay"
)

// cluster begins three servers that know each other.
func cluster(t *testing.T) (servers []*server.Server, addresses []string) {
	t.Helper()
	var routes []*url.URL
	for range 3 { // Ports that are free now.
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		routes = append(routes, &url.URL{Scheme: "nats-route", Host: l.Addr().String()})
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for i, route := range routes {
		address, err := net.ResolveTCPAddr("tcp", route.Host)
		if err != nil {
			t.Fatal(err)
		}
		s, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprint("server-", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
			JetStream: true, StoreDir: t.TempDir(), JetStreamMaxMemory: 128 << 20, JetStreamMaxStore: 128 << 20,
			Cluster: server.ClusterOpts{Name: "cluster", Host: "127.0.0.1", Port: address.Port}, Routes: routes,
		})
		if err != nil {
			t.Fatal(err)
		}
		go s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		servers = append(servers, s)
	}
	for _, s := range servers {
		if !s.ReadyForConnections(time.Minute) {
			t.Fatal("a server of the cluster is not ready")
		}
		addresses = append(addresses, s.ClientURL())
	}
	return servers, addresses
}

// TestCluster goes over a cluster of three, one of which ends in the middle, and then another, so that the stream has
// lost its majority: the standby has everything all the same.
func TestCluster(t *testing.T) {
	servers, addresses := cluster(t)
	ours, theirs := openJournal(t, journal.Config{}), openJournal(t, journal.Config{})
	connect := func() *relay.Link {
		l, err := relay.Connect(relay.Config{Name: "floor", Servers: addresses, Replicas: 3})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		return l
	}
	leader := lead(t, connect(), ours, relay.Terms{Demand: true})
	standBy(t, connect(), theirs)
	for round := range 15 {
		if round%5 == 4 && round < 10 {
			servers[round/5].Shutdown()
		}
		if err := leader.Wait(t.Context(), say(t, ours, fmt.Sprint("round ", round), 100)); err != nil {
			t.Fatal(err)
		}
	}
	same(t, ours, theirs)
}
