package fix_test

import (
	"crypto/tls"
	"net/http/httptest"
	"testing"
	"time"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/book"
	facefix "sauda/face/fix"
	"sauda/flow/floor"
	"sauda/gear/db"
	wire "sauda/gear/fix"
)

// enter has one of the traders of the market enter an order by the floor.
func (m *market) enter(t *testing.T, n int, ask floor.Ask) {
	t.Helper()
	ask.Instrument = m.Share.Code
	if _, err := m.Floor.Enter(t.Context(), m.Seat(t, m.Exchange, n), ask); err != nil {
		t.Fatal(err)
	}
}

// TestDropCopy: who may and wants to hears of all orders of his member, and copies say that they are; who is of another
// member hears nothing of them.
func TestDropCopy(t *testing.T) {
	m := open(t)
	silent := m.connect(t, "4.4", "")
	var other exchange.Member
	m.Moment(t, func(tx *db.Tx) (err error) {
		other, err = exchange.Admit(tx, exchange.Member{
			Code: "OTHER", BIN: "000740000728", Party: "pty_other", Name: text.Localized{"kk": "Басқа", "ru": "Другой", "en": "Other", "zh": "其他"}, Broker: true,
			Licence: exchange.Licence{Number: "4.2.1/2", Days: span.Days{From: span.MustDay("2020-01-01"), To: span.MustDay("2099-01-01")}},
		}, "It has a licence.")
		return err
	})
	m.hire(t, "stranger", other.ID, facefix.ScopeTrade, facefix.ScopeCopy)
	stranger := m.connect(t, "4.4", "drop_copy")
	m.hire(t, "auditor", m.Member.ID, facefix.ScopeTrade, facefix.ScopeCopy)
	auditor := m.connect(t, "4.4", "drop_copy")
	m.enter(t, 1, floor.Ask{Client: "o1", Side: book.Sell, Price: 1000_00, Quantity: 30})
	auditor.next("8", fields{150: "0", 11: "o1", 151: "30", 797: "Y"})
	m.enter(t, 0, floor.Ask{Client: "o2", Side: book.Buy, Price: 1000_00, Quantity: 30})
	auditor.next("8", fields{150: "0", 11: "o2", 797: "Y"})
	auditor.next("8", fields{150: "F", 39: "2", 797: "Y"})
	auditor.next("8", fields{150: "F", 39: "2", 797: "Y"})
	for who, c := range map[string]*client{"another member": stranger, "a trader who has not asked": silent} {
		c.send("H", fields{11: "none", 55: m.Share.Code, 54: "1"})
		c.next("8", fields{150: "I", 39: "8", 11: "none"})
		if len(c.got) > 0 {
			t.Errorf("%s hears %s", who, c.got)
		}
	}
}

// TestRevokedKey: a session ends soon after its key was revoked, and nobody comes in by it again; another one goes on.
func TestRevokedKey(t *testing.T) {
	m := openBy(t, func(m *market) (*facefix.Gateway, error) {
		g, err := facefix.Open(facefix.Config{
			Floor: m.Floor, Board: m.Board, Store: m.Store, Keys: m.Sessions, Stores: wire.NewMemory(), Check: 10 * time.Millisecond,
		})
		if err == nil {
			t.Cleanup(func() { _ = g.Close() })
		}
		return g, err
	})
	c, user, key := m.connect(t, "4.4", ""), m.trader.User, m.key.ID
	m.hire(t, "second", m.Member.ID, facefix.ScopeTrade)
	second := m.connect(t, "4.4", "")
	m.Moment(t, func(tx *db.Tx) error { return m.Sessions.Revoke(tx, user, key) })
	c.until("it is logged out", func() bool { return !c.on })
	if c.comesOn(1500 * time.Millisecond) { // A client tries each second.
		t.Error("a revoked key lets in")
	}
	second.send("H", fields{11: "none", 55: m.Share.Code, 54: "1"})
	second.next("8", fields{150: "I", 39: "8"})
}

// TestTLS: with a certificate the gateway speaks TLS, and nothing else.
func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	server.Close()
	m := openBy(t, func(m *market) (*facefix.Gateway, error) {
		return m.OpenFIX(&tls.Config{Certificates: server.TLS.Certificates, MinVersion: tls.VersionTLS12})
	})
	if m.dial(t, "4.4", "").comesOn(500 * time.Millisecond) {
		t.Error("who speaks in the clear is let in")
	}
	m.more = "SocketUseSSL=Y\nSocketInsecureSkipVerify=Y\n"
	c := m.connect(t, "4.4", "")
	c.send("D", m.order("a1", "1", "10", "1000.00"))
	c.next("8", fields{150: "0", 11: "a1"})
}

// TestTwoVersionsAtOnce: of two sessions of one trader that are proved at the same time one stays.
func TestTwoVersionsAtOnce(t *testing.T) {
	m := open(t)
	release := m.gateway.Hold() // Both wait to be proved, then both are.
	old, young := m.dial(t, "4.4", ""), m.dial(t, "5.0SP2", "")
	time.Sleep(300 * time.Millisecond)
	release()
	old.until("one is there", func() bool {
		young.mu.Lock()
		defer young.mu.Unlock()
		return old.on != young.on
	})
}

// TestOwnTradesOnly: to have named an account of the member does not show its trades; to have been granted it does, and no
// longer than that.
func TestOwnTradesOnly(t *testing.T) {
	m := open(t)
	c := m.connect(t, "4.4", "")
	foreign := m.order("a1", "1", "10", "990.00")
	foreign[1] = m.Accounts[1].Code
	c.send("D", foreign)
	c.next("8", fields{150: "8"})
	m.enter(t, 0, floor.Ask{Client: "o1", Side: book.Buy, Price: 1000_00, Quantity: 30})
	m.enter(t, 1, floor.Ask{Client: "o2", Side: book.Sell, Price: 1000_00, Quantity: 30})
	ask := func(id, n string) {
		t.Helper()
		c.send("AD", fields{568: id, 569: "0", 263: "0"})
		c.next("AQ", fields{568: id, 748: n, 749: "0"})
	}
	ask("t1", "1")
	c.next("AE", fields{568: "t1"})
	m.Moment(t, func(tx *db.Tx) error { return exchange.Grant(tx, m.trader.ID, m.Accounts[1].ID) })
	ask("t2", "2")
	c.next("AE", fields{568: "t2"})
	c.next("AE", fields{568: "t2"})
	m.Moment(t, func(tx *db.Tx) error {
		if err := exchange.Withdraw(tx, m.trader.ID, m.Accounts[0].ID); err != nil {
			return err
		}
		return exchange.Withdraw(tx, m.trader.ID, m.Accounts[1].ID)
	})
	ask("t3", "0")
}
