package itch_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/core/exchange/book"
	press "sauda/core/exchange/itch"
	"sauda/core/exchange/itch/itchtest"
	"sauda/core/identity"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/session"
	"sauda/gear/soup"
)

// market is an open market with a feed that everybody hears 15 minutes late who is not entitled.
type market struct {
	*apptest.Market
	addr string
}

func open(t *testing.T) *market {
	t.Helper()
	h := apptest.Open(t, db.SQLite, func(c *app.Config) { c.Exchange.Late = 15 * time.Minute })
	m := &market{Market: h.Market(t)}
	feed, err := m.OpenITCH(nil)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = feed.Serve(l) }()
	m.addr = l.Addr().String()
	return m
}

// key gives a key of somebody new of the staff, with a scope.
func (m *market) key(t *testing.T, name, scope string) string {
	t.Helper()
	var who db.Who
	m.Moment(t, func(tx *db.Tx) error {
		u, err := identity.Employ(tx, identity.Employment{
			Email: name + "@feed.localhost", Name: name, Lang: "en", Hash: "none", Role: identity.RoleStaff, Seller: "sel_own", Scopes: []string{scope},
		})
		who = db.Who{Kind: db.KindStaff, ID: string(u.ID), Seller: "sel_own", Scopes: []string{scope}}
		return err
	})
	var secret string
	err := job.Once(t.Context(), m.Store, who, func(tx *db.Tx) (err error) {
		secret, _, err = m.Sessions.Issue(tx, session.KeyDraft{Name: "feed", Scopes: []string{scope}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// line is somebody who listens.
type line struct {
	t    *testing.T
	conn net.Conn
	from *bufio.Reader
	what byte   // what is the answer to the login: 'A' or 'J'.
	said string // said is the rest of it.
	next uint64 // next is the number of the next message.
}

func (m *market) call(t *testing.T, l soup.Login) *line {
	t.Helper()
	conn, err := net.Dial("tcp", m.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := conn.Write(l.Packet()); err != nil {
		t.Fatal(err)
	}
	c := &line{t: t, conn: conn, from: bufio.NewReader(conn), next: l.Next}
	c.what, c.said = c.packet()
	return c
}

func (c *line) packet() (byte, string) {
	c.t.Helper()
	var head [2]byte
	if _, err := io.ReadFull(c.from, head[:]); err != nil {
		c.t.Fatal(err)
	}
	b := make([]byte, binary.BigEndian.Uint16(head[:]))
	if _, err := io.ReadFull(c.from, b); err != nil {
		c.t.Fatal(err)
	}
	return b[0], string(b[1:])
}

// until hears messages until one is wanted, and gives it.
func (c *line) until(wanted func(press.Message) bool) press.Message {
	c.t.Helper()
	for {
		kind, text := c.packet()
		if kind == 'H' {
			continue
		}
		m, ok := itchtest.Read([]byte(text))
		if kind != 'S' || !ok {
			c.t.Fatalf("a packet %c %q", kind, text)
		}
		c.next++
		if wanted(m) {
			return m
		}
	}
}

func of(kind press.Kind, price int64) func(press.Message) bool {
	return func(m press.Message) bool { return m.Kind == kind && (price == 0 || m.Price == price) }
}

// TestFeed: an entitled program hears each order and trade as it happens, and goes on after a lost connection where it was;
// one without the scope hears the same a quarter of an hour later; without a key nobody hears anything.
func TestFeed(t *testing.T) {
	m := open(t)
	m.Order(t, m.Seller, floor.Ask{Instrument: apptest.Apple, Client: "s1", Side: book.Sell, Price: 200_00, Quantity: 30})
	live, late := m.key(t, "live", floor.ScopeLive), m.key(t, "late", "orders.read")
	for _, l := range []soup.Login{{Password: "nobody"}, {Password: m.Buyer.Token}, {}} { // A session of a browser is no key.
		if c := m.call(t, l); c.what != 'J' || c.said != "A" {
			t.Errorf("%+v hears %c %s", l, c.what, c.said)
		}
	}
	c := m.call(t, soup.Login{User: "prog", Password: live, Next: 1})
	name := strings.TrimSpace(c.said[:10])
	if first := c.until(func(press.Message) bool { return true }); first.Kind != press.System || first.Event != press.Begins {
		t.Errorf("the first message is %+v", first)
	}
	i, err := m.Floor.Instrument(apptest.Apple)
	if err != nil {
		t.Fatal(err)
	}
	listed := c.until(func(p press.Message) bool { return p.Instrument == i.Number && p.Kind == press.Directory })
	if want := (press.Listing{Code: apptest.Apple, Currency: "KZT", Class: 'S', State: 'L', Unit: 1, Lot: 1}); listed.Listing != want {
		t.Errorf("it is listed as %+v", listed.Listing)
	}
	if p := c.until(func(p press.Message) bool { return p.Instrument == i.Number && p.Kind == press.State }); p.Phase != 'T' {
		t.Errorf("the phase is %+v", p)
	}
	if p := c.until(of(press.Add, 200_00)); p.Qty != 30 || p.Side != 'S' {
		t.Errorf("the order is %+v", p)
	}
	m.Order(t, m.Buyer, floor.Ask{Instrument: apptest.Apple, Client: "b1", Price: 200_00, Quantity: 10})
	if p := c.until(of(press.Executed, 0)); p.Qty != 10 {
		t.Errorf("the trade is %+v", p)
	}
	_ = c.conn.Close()
	m.Order(t, m.Buyer, floor.Ask{Instrument: apptest.Apple, Client: "b2", Price: 199_00, Quantity: 7})
	again := m.call(t, soup.Login{User: "prog", Password: live, Session: name, Next: c.next})
	if p := again.until(func(press.Message) bool { return true }); p.Kind != press.Add || p.Price != 199_00 || p.Qty != 7 {
		t.Errorf("after the gap comes %+v", p)
	}
	if c := m.call(t, soup.Login{Password: late, Next: 2}); c.what != 'J' || c.said != "S" {
		t.Errorf("what nobody may hear yet: %c %s", c.what, c.said)
	}
	behind := m.call(t, soup.Login{Password: late, Session: name, Next: 1})
	m.Clock.Advance(16 * time.Minute)
	if p := behind.until(of(press.Add, 199_00)); p.Qty != 7 {
		t.Errorf("late comes %+v", p)
	}
}

// TestElsewhere: where the exchange does not run, there is no feed.
func TestElsewhere(t *testing.T) {
	h := apptest.Open(t, db.SQLite, func(c *app.Config) {})
	f := h.Floor
	h.Floor = nil
	defer func() { h.Floor = f }()
	if _, err := h.OpenITCH(nil); !errors.Is(err, floor.ErrElsewhere) {
		t.Errorf("elsewhere it is %v", err)
	}
}
