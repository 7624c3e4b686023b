package fix_test

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quickfixgo/quickfix"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/identity"
	facefix "sauda/face/fix"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/session"
)

// market is a house whose share is traded continuously, with a FIX gateway and a trader who has a key.
type market struct {
	*apptest.House
	apptest.Exchange
	gateway *facefix.Gateway
	trader  exchange.Trader
	secret  string
	key     session.Key
	port    int
	more    string // more are settings of clients.
}

// open opens one as the house does.
func open(t testing.TB) *market {
	t.Helper()
	return openBy(t, func(m *market) (*facefix.Gateway, error) { return m.OpenFIX(nil) })
}

// openBy opens one by a gateway. The clock of the house is moved into the day of trade and stands: the clients take it from
// there.
func openBy(t testing.TB, gateway func(*market) (*facefix.Gateway, error)) *market {
	t.Helper()
	m := &market{House: apptest.Open(t, db.SQLite, func(*app.Config) {})}
	m.Exchange = m.OpenMarket(t)
	m.hire(t, "trader", m.Member.ID, facefix.ScopeTrade)
	m.Moment(t, func(tx *db.Tx) error { return exchange.Grant(tx, m.trader.ID, m.Accounts[0].ID) })
	m.Settled(t)
	opened := m.Clock.Now()
	for _, at := range []time.Duration{9*time.Hour + 45*time.Minute, 10*time.Hour + time.Minute, 10*time.Hour + 10*time.Minute, 10*time.Hour + 11*time.Minute} {
		then := span.DayOf(opened, span.Almaty).AddDays(1).Start(span.Almaty).Add(at)
		m.Clock.Advance(then.Sub(m.Clock.Now()))
		m.Settled(t)
	}
	g, err := gateway(m)
	if err != nil {
		t.Fatal(err)
	}
	m.gateway = g
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = g.Serve(l) }()
	m.port = l.Addr().(*net.TCPAddr).Port
	return m
}

// hire has a member have another trader, who has a key with scopes; from now on clients are his.
func (m *market) hire(t testing.TB, name string, of exchange.MemberID, scopes ...string) {
	t.Helper()
	m.Moment(t, func(tx *db.Tx) error {
		u, err := identity.Employ(tx, identity.Employment{
			Email: name + "@broker.kz", Name: name, Lang: "en", Hash: "none", Role: identity.RoleStaff, Seller: "sel_own", Scopes: scopes,
		})
		if err != nil {
			return err
		}
		m.trader, err = exchange.AdmitTrader(tx, of, string(u.ID), "Passed the examination.")
		return err
	})
	if err := job.Once(t.Context(), m.Store, db.Who{Kind: db.KindStaff, ID: m.trader.User, Seller: "sel_own", Scopes: scopes}, func(tx *db.Tx) (err error) {
		m.secret, m.key, err = m.Sessions.Issue(tx, session.KeyDraft{Name: "FIX", Scopes: scopes})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	m.Settled(t)
}

// client is quickfixgo as a broker.
type client struct {
	t       testing.TB
	id      quickfix.SessionID
	secret  string
	wants   string
	mu      sync.Mutex
	on      bool
	got     []*quickfix.Message
	wrong   []string
	initial *quickfix.Initiator
}

func (c *client) OnCreate(quickfix.SessionID) {}
func (c *client) OnLogon(quickfix.SessionID)  { c.mu.Lock(); c.on = true; c.mu.Unlock() }
func (c *client) OnLogout(quickfix.SessionID) { c.mu.Lock(); c.on = false; c.mu.Unlock() }

func (c *client) ToAdmin(m *quickfix.Message, _ quickfix.SessionID) {
	if kind, _ := m.Header.GetString(35); kind == "A" {
		m.Body.SetString(554, c.secret)
		if c.wants != "" {
			m.Body.SetInt(95, len(c.wants))
			m.Body.SetString(96, c.wants)
		}
	}
}

func (c *client) ToApp(*quickfix.Message, quickfix.SessionID) error { return nil }

func (c *client) FromAdmin(m *quickfix.Message, _ quickfix.SessionID) quickfix.MessageRejectError {
	if kind, _ := m.Header.GetString(35); kind == "3" {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.wrong = append(c.wrong, strings.ReplaceAll(m.String(), "\x01", "|"))
	}
	return nil
}

func (c *client) FromApp(m *quickfix.Message, _ quickfix.SessionID) quickfix.MessageRejectError {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = append(c.got, m)
	return nil
}

// connect logs quickfixgo on.
func (m *market) connect(t testing.TB, version, wants string) *client {
	t.Helper()
	c := m.dial(t, version, wants)
	c.until("it is logged on", func() bool { return c.on })
	return c
}

// dial starts quickfixgo, which judges each of our messages by its own dictionary.
func (m *market) dial(t testing.TB, version, wants string) *client {
	t.Helper()
	spec := definitions(t)
	settings := "BeginString=FIX.4.4\nDataDictionary=" + spec + "/FIX44.xml\n"
	begin := "FIX.4.4"
	if version == "5.0SP2" {
		begin = "FIXT.1.1"
		settings = "BeginString=FIXT.1.1\nDefaultApplVerID=FIX.5.0SP2\nTransportDataDictionary=" + spec + "/FIXT11.xml\nAppDataDictionary=" + spec + "/FIX50SP2.xml\n"
	}
	c := &client{t: t, secret: m.secret, wants: wants, id: quickfix.SessionID{BeginString: begin, SenderCompID: m.trader.Code, TargetCompID: "SAUDA"}}
	parsed, err := quickfix.ParseSettings(strings.NewReader(fmt.Sprintf("[DEFAULT]\nConnectionType=initiator\nSocketConnectHost=127.0.0.1\nSocketConnectPort=%d\nHeartBtInt=30\nReconnectInterval=1\nValidateUserDefinedFields=N\nSenderCompID=%s\nTargetCompID=SAUDA\n[SESSION]\n%s%s", m.port, m.trader.Code, settings, m.more)))
	if err != nil {
		t.Fatal(err)
	}
	if c.initial, err = quickfix.NewInitiator(c, quickfix.NewMemoryStoreFactory(), parsed, quickfix.NewNullLogFactory()); err != nil {
		t.Fatal(err)
	}
	if err := c.initial.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.initial.Stop)
	return c
}

// definitions is the folder with the data dictionaries of quickfixgo.
func definitions(t testing.TB) string {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/quickfixgo/quickfix").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(dir)), "spec")
}

// until waits for something that must come about.
func (c *client) until(what string, holds func() bool) {
	c.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		c.mu.Lock()
		ok := holds()
		c.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(end) {
			c.t.Fatalf("it never was so: %s; refused: %q", what, c.wrong)
		}
	}
}

// fields are tags and values of a message, in turn.
type fields map[quickfix.Tag]string

func (c *client) send(kind string, f fields) {
	c.t.Helper()
	m := quickfix.NewMessage()
	m.Header.SetString(35, kind)
	for tag, value := range f {
		if tag == 97 || tag == 43 {
			m.Header.SetString(tag, value)
			continue
		}
		m.Body.SetString(tag, value)
	}
	if err := quickfix.SendToTarget(m, c.id); err != nil {
		c.t.Fatal(err)
	}
}

// next gives the next message, which must be of a kind and say all of this.
func (c *client) next(kind string, want fields) *quickfix.Message {
	c.t.Helper()
	c.until("a message "+kind, func() bool { return len(c.got) > 0 })
	c.mu.Lock()
	m := c.got[0]
	c.got = c.got[1:]
	c.mu.Unlock()
	if is, _ := m.Header.GetString(35); is != kind {
		c.t.Fatalf("instead of %s comes %s", kind, strings.ReplaceAll(m.String(), "\x01", "|"))
	}
	for tag, value := range want {
		if is, _ := m.Body.GetString(tag); is != value {
			c.t.Fatalf("field %d is %q, not %q, in %s", tag, is, value, strings.ReplaceAll(m.String(), "\x01", "|"))
		}
	}
	return m
}

func now() string { return time.Now().UTC().Format("20060102-15:04:05.000") }

// order is a limit order.
func (m *market) order(id, side, qty, price string) fields {
	return fields{11: id, 55: m.Share.Code, 54: side, 60: now(), 38: qty, 40: "2", 44: price}
}

// TestOrders: an order is taken, filled in parts, changed, and taken back, and each step is told; what the market refuses is
// told with its reason; what may have come before becomes no second order.
func TestOrders(t *testing.T) {
	for _, version := range []string{"4.4", "5.0SP2"} {
		t.Run(version, func(t *testing.T) {
			m := open(t)
			c := m.connect(t, version, "")
			c.send("D", m.order("a1", "1", "100", "1000.00"))
			c.next("8", fields{150: "0", 39: "0", 11: "a1", 38: "100", 151: "100", 14: "0", 44: "1000.00", 59: "0", 40: "2"})
			other := m.Seat(t, m.Exchange, 1)
			if _, err := m.Floor.Enter(t.Context(), other, floor.Ask{Instrument: m.Share.Code, Client: "o1", Side: book.Sell, Price: 1000_00, Quantity: 30}); err != nil {
				t.Fatal(err)
			}
			c.next("8", fields{150: "F", 39: "1", 11: "a1", 32: "30", 31: "1000.00", 151: "70", 14: "30", 6: "1000.000000"})
			change := m.order("a2", "1", "90", "1001.00")
			change[41] = "a1"
			c.send("G", change)
			c.next("8", fields{150: "5", 39: "1", 11: "a2", 41: "a1", 38: "90", 151: "60", 44: "1001.00"})
			for range 2 {
				again := m.order("a1", "1", "100", "1000.00")
				again[97] = "Y"
				c.send("D", again)
				c.next("8", fields{150: "I", 39: "1", 11: "a2", 151: "60", 14: "30"})
			}
			c.send("H", fields{11: "a2", 55: m.Share.Code, 54: "1"})
			c.next("8", fields{150: "I", 39: "1", 11: "a2", 151: "60"})
			c.send("F", fields{11: "a3", 41: "a2", 55: m.Share.Code, 54: "1", 60: now(), 38: "90"})
			c.next("8", fields{150: "4", 39: "4", 11: "a3", 41: "a2", 151: "0", 14: "30", 5001: "asked"})
			c.send("F", fields{11: "a4", 41: "a2", 55: m.Share.Code, 54: "1", 60: now(), 38: "90"})
			c.next("9", fields{11: "a4", 41: "a2", 434: "1", 102: "0", 5001: "finished"})
			c.refusals(m)
			c.mass(m)
			c.until("nothing else is said", func() bool { return len(c.got) == 0 && len(c.wrong) == 0 })
		})
	}
}

// refusals sends what must be refused, each for a reason of its own.
func (c *client) refusals(m *market) {
	c.t.Helper()
	for n, one := range []struct {
		tag    quickfix.Tag
		value  string
		reason string
		code   string
	}{
		{11, "a1", "6", "duplicate_client_id"}, {55, "NOBODY", "1", "unknown_instrument"}, {38, "15", "13", "bad_lot"},
		{1, "nobody", "15", "unknown_account"}, {54, "5", "11", "unsupported"}, {59, "5", "11", "unsupported"}, {18, "G", "11", "unsupported"},
		{44, "1000.001", "99", "bad_tick"}, {38, "10000000000", "3", "buying_power"}, {11, strings.Repeat("x", 300), "99", "bad_client_id"},
		{114, "N", "11", "unsupported"},
	} {
		o := m.order(fmt.Sprint("r", n), "1", "10", "1000.00")
		o[one.tag] = one.value
		c.send("D", o)
		c.next("8", fields{150: "8", 39: "8", 103: one.reason, 5001: one.code})
	}
	change := m.order("r99", "1", "10", "1000.00")
	change[41] = "never"
	c.send("G", change)
	c.next("9", fields{11: "r99", 434: "2", 102: "1", 39: "8", 5001: "unknown_order"})
}

// mass enters orders on both sides and takes back those of one, then all.
func (c *client) mass(m *market) {
	c.t.Helper()
	for n, side := range []string{"1", "1", "2"} {
		price := "990.00"
		if side == "2" {
			price = "1010.00"
		}
		c.send("D", m.order(fmt.Sprint("m", n), side, "10", price))
		c.next("8", fields{150: "0"})
	}
	c.send("q", fields{11: "q1", 530: "1", 55: m.Share.Code, 54: "1", 60: now()})
	c.next("8", fields{150: "4", 11: "m0", 5001: "asked_all"})
	c.next("8", fields{150: "4", 11: "m1"})
	c.next("r", fields{11: "q1", 531: "1", 533: "2"})
	c.send("q", fields{11: "q2", 530: "7", 60: now()})
	c.next("8", fields{150: "4", 11: "m2"})
	c.next("r", fields{11: "q2", 531: "7", 533: "1"})
}
