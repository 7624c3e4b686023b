package fix

import (
	"errors"
	"time"

	"sauda/core/exchange"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	wire "sauda/gear/fix"
	"sauda/gear/job"
)

// desk is the place of one trader.
type desk struct {
	gateway *Gateway
	code    string
	number  uint32
	user    string // user is who trades.
	member  uint16
	firm    exchange.MemberID // firm is the member in the books.

	// What follows is under the mutex of the gateway.
	entry
	next     entry // next is the Logon that has been proved last.
	session  *wire.Session
	stale    bool // stale says that the states of orders are to be told at the next Logon.
	accounts map[string]uint32
	codes    map[uint32]string
	granted  map[uint32]string   // granted are the accounts of which own trades are told, by their numbers.
	own      string              // own is the only account, if there is one only.
	asked    map[string]*request // asked are requests without an answer, by their ClOrdID.
	names    map[string]*order   // names are the orders that can still trade, by all the ids that they have had.
	trades   map[string]bool     // trades are the requests for own trades that go on.

	feeds map[string]*quotes // feeds are the subscriptions to market data, by their ids; they belong to who reads.
}

// account gives the number of an account by its code. Whether the trader may trade for it, the market says; one that is
// another member's is not there.
func (d *desk) account(code string) (number uint32, ok bool) {
	g := d.gateway
	g.mu.Lock()
	if code == "" {
		code = d.own
	}
	number, ok = d.accounts[code]
	g.mu.Unlock()
	if ok || code == "" || len(code) > 64 {
		return number, ok
	}
	err := job.Look(g.ctx, g.config.Store, db.System, func(tx *db.Tx) error {
		a, err := exchange.GetAccount(tx, code)
		if err == nil && (a.Code != code || a.Member != d.firm) {
			return floor.ErrSeat.About("%s", code)
		}
		number = a.Number
		return err
	})
	if err != nil {
		return 0, false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	d.accounts[code], d.codes[number] = number, code
	return number, true
}

// OnLogon takes up the desk of a trader, unless he has another session by now: that one stays. If the house cannot be sure that
// the other side knows all orders that stand, it tells how each of them is.
func (g *Gateway) OnLogon(s *wire.Session) {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.desks[s.ID().Target]
	if d.session != nil && d.session != s && d.session.Online() { // Both were proved at once.
		s.Logout("The trader is here by " + d.session.ID().Version.String())
		return
	}
	d.session, d.entry = s, d.next
	if !d.stale {
		return
	}
	d.stale = false
	clear(d.names)
	for _, o := range g.orders {
		if o.trader == d.number {
			d.names[o.client] = o
			g.report(d, o, saying{exec: execStatus})
		}
	}
}

// OnLogout leaves the desk. Reports are kept for the next Logon; market data is not.
func (g *Gateway) OnLogout(s *wire.Session) {
	g.mu.Lock()
	d := g.desks[s.ID().Target]
	if d.session != s {
		g.mu.Unlock()
		return
	}
	cancel := d.options.cancel
	clear(d.trades)
	g.mu.Unlock()
	for id, q := range d.feeds {
		q.stop()
		delete(d.feeds, id)
	}
	if cancel {
		d.cancelAll()
	}
}

// cancelAll takes back all orders of the trader, as often as it takes to be heard.
func (d *desk) cancelAll() {
	in := venue.Input{Verb: venue.CancelAll, Trader: d.number, Member: d.member}
	for {
		err := d.gateway.config.Floor.Send(in, func([]venue.Event, error) {})
		if !errors.Is(err, floor.ErrFull) {
			if err != nil {
				d.gateway.log.Error("orders of a trader whose connection has ended stand", "trader", d.code, "err", err)
			}
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// at gives the desk of a session; there is one, for it has been proved.
func (g *Gateway) at(s *wire.Session) *desk {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.desks[s.ID().Target]
}

// OnMessages serves what has come at once. Requests go to the market as they come, and nothing waits for its answers.
func (g *Gateway) OnMessages(s *wire.Session, batch []wire.Message) {
	d := g.at(s)
	for g.lag.Load() > lagMax && g.ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	for n := range batch {
		if err := d.serve(s, &batch[n]); err != nil {
			g.log.Error("a message could not be answered", "session", s.ID().String(), "err", err)
		}
	}
}

// serve serves one message.
func (d *desk) serve(s *wire.Session, m *wire.Message) error {
	switch string(m.Type()) {
	case "D":
		return d.enter(s, m)
	case "G":
		return d.replace(s, m)
	case "F":
		return d.cancel(s, m)
	case "q":
		return d.massCancel(s, m)
	case "H":
		return d.status(s, m)
	case "x":
		return d.securities(s, m)
	case "g":
		return d.phases(s, m)
	case "V":
		return d.marketData(s, m)
	case "AD":
		return d.ownTrades(s, m)
	}
	return s.Refuse(m, wire.Unsupported)
}
