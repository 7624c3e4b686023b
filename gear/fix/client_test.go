package fix_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quickfixgo/quickfix"

	"sauda/gear/fix"
)

// initiator is quickfixgo as the other side: it notes what comes, in the order in which it comes.
type initiator struct {
	password string
	mu       sync.Mutex
	on       int
	got      []string
	wrong    []string
}

func (c *initiator) OnCreate(quickfix.SessionID) {}
func (c *initiator) OnLogout(quickfix.SessionID) {}
func (c *initiator) OnLogon(quickfix.SessionID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on++
}

func (c *initiator) ToAdmin(m *quickfix.Message, _ quickfix.SessionID) {
	if kind, _ := m.Header.GetString(35); kind == "A" {
		m.Body.SetString(553, "trader")
		m.Body.SetString(554, c.password)
	}
}

func (c *initiator) ToApp(*quickfix.Message, quickfix.SessionID) error { return nil }

func (c *initiator) FromAdmin(m *quickfix.Message, _ quickfix.SessionID) quickfix.MessageRejectError {
	if kind, _ := m.Header.GetString(35); kind == "3" {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.wrong = append(c.wrong, m.String())
	}
	return nil
}

func (c *initiator) FromApp(m *quickfix.Message, _ quickfix.SessionID) quickfix.MessageRejectError {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, _ := m.Body.GetString(37)
	c.got = append(c.got, id)
	return nil
}

func (c *initiator) seen() (on int, got, wrong []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.on, append([]string(nil), c.got...), append([]string(nil), c.wrong...)
}

// wire stands between both sides and can be cut.
type cable struct {
	net.Listener
	to    string
	mu    sync.Mutex
	up    bool
	conns []net.Conn
}

func newCable(t *testing.T, to string) *cable {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{Listener: l, to: to, up: true}
	t.Cleanup(func() { _ = l.Close(); c.set(false) })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			c.join(near)
		}
	}()
	return c
}

func (c *cable) join(near net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	far, err := net.Dial("tcp", c.to)
	if err != nil || !c.up {
		_ = near.Close()
		if err == nil {
			_ = far.Close()
		}
		return
	}
	c.conns = append(c.conns, near, far)
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			_ = way[0].Close()
		}()
	}
}

func (c *cable) set(up bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.up = up
	if !up {
		for _, conn := range c.conns {
			_ = conn.Close()
		}
		c.conns = nil
	}
}

// desk answers each order with a report, and remembers which it has had.
type desk struct {
	mu     sync.Mutex
	orders []string
	again  int
	on     int
	off    int
	sent   int
}

func (d *desk) OnLogon(*fix.Session)  { d.mu.Lock(); d.on++; d.mu.Unlock() }
func (d *desk) OnLogout(*fix.Session) { d.mu.Lock(); d.off++; d.mu.Unlock() }
func (d *desk) OnMessages(s *fix.Session, batch []fix.Message) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range batch {
		m := &batch[i]
		if same, _ := m.Again(); same {
			d.again++
		}
		d.orders = append(d.orders, m.Text(11))
		d.report(s, m.Text(11))
	}
}

// report sends an execution report; with the lock.
func (d *desk) report(s *fix.Session, order string) {
	d.sent++
	var b fix.Body
	b.Text(37, fmt.Sprint("o", d.sent)).Text(17, fmt.Sprint("e", d.sent)).Char(150, '0').Char(39, '0').Text(11, order)
	b.Text(55, "KZTO").Char(54, '1').Int(151, 5).Int(14, 0).Decimal(6, 0, 2)
	_ = s.Send("8", &b)
}

func (d *desk) had() (orders []string, again int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.orders...), d.again
}

// eventually waits until something holds; what never holds fails the test.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never was so: %s", what)
		}
	}
}

// TestIndependentClient: quickfixgo logs on with a password, orders, is cut off in the middle, and after it comes again
// both sides have all that the other one has said, once and in order, though each spoke on while the line was cut. Each
// of our messages is as its dictionary wants it.
func TestIndependentClient(t *testing.T) {
	dir, err := definitions()
	if err != nil {
		t.Fatal(err)
	}
	spec := filepath.Join(dir, "..", "..", "..", "spec")
	for version, settings := range map[fix.Version]string{
		fix.FIX43:    "BeginString=FIX.4.3\nDataDictionary=" + spec + "/FIX43.xml\n",
		fix.FIX44:    "BeginString=FIX.4.4\nDataDictionary=" + spec + "/FIX44.xml\n",
		fix.FIX50SP2: "BeginString=FIXT.1.1\nDefaultApplVerID=FIX.5.0SP2\nTransportDataDictionary=" + spec + "/FIXT11.xml\nAppDataDictionary=" + spec + "/FIX50SP2.xml\n",
	} {
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			independent(t, version, settings)
		})
	}
}

func independent(t *testing.T, version fix.Version, settings string) {
	app, id := &desk{}, fix.ID{Version: version, Sender: "ISLD", Target: "TW"}
	server, err := fix.New(fix.Config{
		Sessions: []fix.Terms{{ID: id}}, Application: app, Stores: fix.Folder{Path: t.TempDir()},
		Authenticate: func(c fix.Credentials) error {
			if c.Username != "trader" || c.Password != "secret" {
				return errors.New("not him")
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	line := newCable(t, serve(t, server))
	client := &initiator{password: "secret"}
	send := dial(t, line.Addr().(*net.TCPAddr).Port, client, version, settings)
	const each = 50
	for i := range each {
		send(fmt.Sprint("a", i))
	}
	both := func(orders, reports int) func() bool {
		return func() bool {
			had, _ := app.had()
			_, got, _ := client.seen()
			return len(had) >= orders && len(got) >= reports
		}
	}
	eventually(t, "orders are answered", both(each, each))
	line.set(false)
	session := server.Session(id)
	eventually(t, "the line is cut", func() bool { return !session.Online() })
	for i := range each {
		send(fmt.Sprint("b", i))
		app.mu.Lock()
		app.report(session, fmt.Sprint("house", i))
		app.mu.Unlock()
	}
	line.set(true)
	eventually(t, "what was said meanwhile has come", both(2*each, 3*each))
	had, _ := app.had()
	on, got, wrong := client.seen()
	for i, order := range had {
		if want := fmt.Sprint(string("ab"[i/each]), i%each); order != want {
			t.Fatalf("order %d is %s, not %s", i, order, want)
		}
	}
	for i, report := range got {
		if want := fmt.Sprint("o", i+1); report != want {
			t.Fatalf("report %d is %s, not %s", i, report, want)
		}
	}
	if len(had) != 2*each || len(got) != 3*each || on != 2 || len(wrong) > 0 {
		t.Errorf("%d orders, %d reports, %d logons, refused: %q", len(had), len(got), on, wrong)
	}
}

// dial starts quickfixgo and gives what sends an order by it.
func dial(t *testing.T, port int, client *initiator, version fix.Version, settings string) func(id string) {
	t.Helper()
	parsed, err := quickfix.ParseSettings(strings.NewReader(fmt.Sprintf("[DEFAULT]\nConnectionType=initiator\nSocketConnectHost=127.0.0.1\nSocketConnectPort=%d\nHeartBtInt=30\nReconnectInterval=1\nSenderCompID=TW\nTargetCompID=ISLD\n[SESSION]\n%s", port, settings)))
	if err != nil {
		t.Fatal(err)
	}
	initiator, err := quickfix.NewInitiator(client, quickfix.NewMemoryStoreFactory(), parsed, quickfix.NewNullLogFactory())
	if err != nil {
		t.Fatal(err)
	}
	if err := initiator.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(initiator.Stop)
	id := quickfix.SessionID{BeginString: version.Begin(), SenderCompID: "TW", TargetCompID: "ISLD"}
	return func(order string) {
		m := quickfix.NewMessage()
		m.Header.SetString(35, "D")
		m.Body.SetString(11, order)
		m.Body.SetString(21, "1")
		m.Body.SetString(55, "KZTO")
		m.Body.SetString(54, "1")
		m.Body.SetString(60, time.Now().UTC().Format("20060102-15:04:05.000"))
		m.Body.SetString(38, "5")
		m.Body.SetString(40, "1")
		if err := quickfix.SendToTarget(m, id); err != nil {
			t.Error(err)
		}
	}
}

// TestWrongPassword: who is not proved is not answered, and changes nothing.
func TestWrongPassword(t *testing.T) {
	id := fix.ID{Version: fix.FIX44, Sender: "ISLD", Target: "TW"}
	server, err := fix.New(fix.Config{
		Sessions: []fix.Terms{{ID: id, ResetOnLogon: true}}, Application: &desk{}, Stores: fix.NewMemory(),
		Authenticate: func(c fix.Credentials) error {
			if c.Password == "secret" && bytes.Equal(c.RawData, []byte("a\x01b")) {
				return nil
			}
			return errors.New("not him")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	address := serve(t, server)
	if err := server.Session(id).Send("B", new(fix.Body).Text(148, "kept")); err != nil {
		t.Fatal(err)
	}
	body := "98=0\x01108=30\x0195=3\x0196=a\x01b\x01553=u\x01554="
	for _, password := range []string{"x\x01", "Secret\x01", "secret2\x01"} {
		c := connect(t, address, id)
		c.say("A", 1, body+password)
		if got := c.hear(); got != "" {
			t.Errorf("password %q is answered by %q", password, got)
		}
		if in, out := server.Session(id).Numbers(); in != 1 || out != 2 {
			t.Errorf("the numbers are %d and %d", in, out)
		}
	}
	c := connect(t, address, id)
	c.say("A", 1, body+"secret\x01")
	if got := c.hear(); !strings.Contains(got, "|35=A|34=1|") {
		t.Errorf("the right one is answered by %q", got)
	}
}
