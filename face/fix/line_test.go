package fix_test

import (
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quickfixgo/quickfix"

	"sauda/core/exchange/book"
	"sauda/core/exchange/feed"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
)

// cable stands between a client and the gateway and can be cut.
type cable struct {
	to    int
	mu    sync.Mutex
	up    bool
	conns []net.Conn
}

func lay(t *testing.T, to int) (*cable, int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{to: to, up: true}
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
	return c, l.Addr().(*net.TCPAddr).Port
}

func (c *cable) join(near net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	far, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(c.to)))
	if err != nil {
		_ = near.Close()
		return
	}
	if !c.up {
		_, _ = near.Close(), far.Close()
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

// TestCutLine: what happens to an order while the line is cut is told when it is there again, once and in order.
func TestCutLine(t *testing.T) {
	m := open(t)
	gate := m.port
	line, port := lay(t, gate)
	m.port = port
	c := m.connect(t, "4.4", "")
	c.send("D", m.order("a1", "1", "100", "1000.00"))
	c.next("8", fields{150: "0", 11: "a1"})
	line.set(false)
	c.until("the line is cut", func() bool { return !c.on })
	other := m.Seat(t, m.Exchange, 1)
	for _, client := range []string{"o1", "o2"} {
		if _, err := m.Floor.Enter(t.Context(), other, floor.Ask{Instrument: m.Share.Code, Client: client, Side: book.Sell, Price: 1000_00, Quantity: 30}); err != nil {
			t.Fatal(err)
		}
	}
	c.send("F", fields{11: "a2", 41: "a1", 55: m.Share.Code, 54: "1", 60: now(), 38: "100"})
	line.set(true)
	c.next("8", fields{150: "F", 151: "70"})
	c.next("8", fields{150: "F", 151: "40"})
	c.next("8", fields{150: "4", 11: "a2", 41: "a1", 14: "60"})
}

// TestCancelOnDisconnect: who has asked for it has no order left in the market when the connection ends.
func TestCancelOnDisconnect(t *testing.T) {
	m := open(t)
	line, port := lay(t, m.port)
	m.port = port
	c := m.connect(t, "4.4", "cancel_on_disconnect")
	c.send("D", m.order("a1", "1", "100", "1000.00"))
	c.next("8", fields{150: "0", 11: "a1"})
	line.set(false)
	c.until("no order stands", func() bool {
		live := true
		if err := m.Floor.Look(t.Context(), func(v *venue.Venue) {
			o, _ := v.FindClient(m.trader.Number, "a1")
			live = o.Live()
		}); err != nil {
			t.Fatal(err)
		}
		return !live
	})
	line.set(true)
	c.next("8", fields{150: "4", 11: "a1", 5001: "asked_all"})
}

// TestStrangers: a key of somebody else, a session of a browser, another name of the house, a word that nobody knows: none is
// answered.
func TestStrangers(t *testing.T) {
	m := open(t)
	right := m.secret
	for what, change := range map[string]func() string{
		"no key": func() string { m.secret = "sk_wrong"; return "" }, "a session": func() string { m.secret = m.AdminToken(t); return "" },
		"an unknown word": func() string { m.secret = right; return "everything" }, "copies without the scope": func() string { m.secret = right; return "drop_copy" },
	} {
		wants := change()
		if c := m.dial(t, "4.4", wants); c.comesOn(500 * time.Millisecond) {
			t.Errorf("%s is let in", what)
		}
	}
	m.secret = right
	m.connect(t, "4.4", "")
}

// comesOn waits whether a client is logged on.
func (c *client) comesOn(patience time.Duration) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		c.mu.Lock()
		on := c.on
		c.mu.Unlock()
		if on {
			return true
		}
	}
	c.initial.Stop()
	return false
}

// TestLists: what is traded, how far the day is, and own trades.
func TestLists(t *testing.T) {
	for _, version := range []string{"4.4", "5.0SP2"} {
		t.Run(version, func(t *testing.T) {
			m := open(t)
			c := m.connect(t, version, "")
			c.send("x", fields{320: "l1", 559: "4"})
			c.next("y", fields{320: "l1", 560: "0", 393: "1"})
			c.send("g", fields{335: "s1", 263: "0"})
			tag := quickfix.Tag(336)
			if version == "5.0SP2" {
				tag = 55
			}
			c.next("h", fields{335: "s1", tag: m.Share.Code, 340: "2", 625: "3"})
			other := m.Seat(t, m.Exchange, 1)
			if _, err := m.Floor.Enter(t.Context(), other, floor.Ask{Instrument: m.Share.Code, Client: "o1", Side: book.Sell, Price: 1000_00, Quantity: 30}); err != nil {
				t.Fatal(err)
			}
			c.send("D", m.order("a1", "1", "30", "1000.00"))
			c.next("8", fields{150: "0"})
			c.next("8", fields{150: "F", 39: "2", 14: "30", 151: "0"})
			c.send("AD", fields{568: "t1", 569: "0", 263: "1"})
			c.next("AQ", fields{568: "t1", 748: "1", 749: "0"})
			c.next("AE", fields{568: "t1", 55: m.Share.Code, 32: "30", 31: "1000.00"})
		})
	}
}

// TestMarketData: a subscription begins with what there is, and tells what changes.
func TestMarketData(t *testing.T) {
	m := open(t)
	go m.Board.Run(t.Context(), nil)
	c := m.connect(t, "4.4", "")
	c.until("the board shows the market", func() bool { return m.Board.Show(func(*feed.Feed) {}) == nil })
	other := m.Seat(t, m.Exchange, 1)
	v := quickfix.NewMessage()
	v.Header.SetString(35, "V")
	for tag, value := range (fields{262: "v1", 263: "1", 264: "0", 265: "1"}) {
		v.Body.SetString(tag, value)
	}
	kinds := quickfix.NewRepeatingGroup(267, quickfix.GroupTemplate{quickfix.GroupElement(269)})
	kinds.Add().SetString(269, "0")
	kinds.Add().SetString(269, "1")
	v.Body.SetGroup(kinds)
	names := quickfix.NewRepeatingGroup(146, quickfix.GroupTemplate{quickfix.GroupElement(55)})
	names.Add().SetString(55, m.Share.Code)
	v.Body.SetGroup(names)
	c.send("V", fields{262: "v2", 263: "1", 264: "0", 265: "1", 267: "0", 146: "0"})
	c.next("Y", fields{262: "v2", 281: "8"})
	if err := quickfix.SendToTarget(v, c.id); err != nil {
		t.Fatal(err)
	}
	c.next("W", fields{262: "v1", 55: m.Share.Code, 268: "1"})
	if _, err := m.Floor.Enter(t.Context(), other, floor.Ask{Instrument: m.Share.Code, Client: "o1", Side: book.Sell, Price: 1000_00, Quantity: 30}); err != nil {
		t.Fatal(err)
	}
	x := strings.ReplaceAll(c.next("X", fields{262: "v1", 268: "1"}).String(), "\x01", "|")
	if !strings.Contains(x, "|279=0|269=1|55="+m.Share.Code+"|270=1000.00|271=30|346=1|") {
		t.Error(x)
	}
}
