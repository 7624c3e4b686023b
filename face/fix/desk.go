package fix

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"sauda/core/exchange"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	wire "sauda/gear/fix"
	"sauda/gear/job"
)

// The scopes of keys that may log on.
const (
	ScopeTrade = "exchange.trade"     // ScopeTrade is needed by everybody.
	ScopeCopy  = "exchange.drop_copy" // ScopeCopy is needed by who wants copies of all reports of the member.
)

// The words that a Logon may have in RawData (96), with spaces between them: what the session wants besides.
const (
	wordCancel = "cancel_on_disconnect" // wordCancel has all orders of the trader taken back when the connection ends.
	wordCopy   = "drop_copy"            // wordCopy has copies sent of all reports about orders of the member.
)

// errNot is why a Logon is not answered. It is for our log; the other side learns nothing.
var errNot = errors.New("not let in")

// options are what a session wants besides.
type options struct{ cancel, copies bool }

// desk is the place of one trader.
type desk struct {
	gateway *Gateway
	code    string
	number  uint32
	member  uint16
	firm    exchange.MemberID // firm is the member in the books.

	// What follows is under the mutex of the gateway.
	options  options
	next     options // next are the options of a Logon that has been proved.
	session  *wire.Session
	stale    bool // stale says that the states of orders are to be told at the next Logon.
	accounts map[string]uint32
	codes    map[uint32]string
	own      string              // own is the only account, if there is one only.
	asked    map[string]*request // asked are requests without an answer, by their ClOrdID.
	names    map[string]*order   // names are the orders that can still trade, by all the ids that they have had.
	trades   map[string]bool     // trades are the requests for own trades that go on.

	feeds map[string]*quotes // feeds are the subscriptions to market data, by their ids; they belong to who reads.
}

// find judges a Logon to a session that is not open yet.
func (g *Gateway) find(c wire.Credentials) (wire.Terms, error) {
	if err := g.prove(c); err != nil {
		return wire.Terms{}, err
	}
	return wire.Terms{ID: c.ID, Rate: g.config.Rate, Burst: g.config.Burst}, nil
}

// prove judges a Logon: the house and the version, the key, whose it is and what it may, and whether the trader is here by
// another version already.
func (g *Gateway) prove(c wire.Credentials) error {
	if c.ID.Sender != g.config.House || c.ID.Version != wire.FIX44 && c.ID.Version != wire.FIX50SP2 {
		return fmt.Errorf("%w: we are not called %s in %s", errNot, c.ID.Sender, c.ID.Version)
	}
	if c.Username != "" && c.Username != c.ID.Target {
		return fmt.Errorf("%w: Username is not the trader", errNot)
	}
	var wanted options
	for _, word := range strings.Fields(string(c.RawData)) {
		switch word {
		case wordCancel:
			wanted.cancel = true
		case wordCopy:
			wanted.copies = true
		default:
			return fmt.Errorf("%w: RawData has an unknown word", errNot)
		}
	}
	seat, err := g.seat(c, wanted)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.desks[c.ID.Target]
	if d == nil {
		d = seat
		g.desks[d.code], g.by[d.number] = d, d
	}
	if d.session != nil && d.session.ID() != c.ID && d.session.Online() {
		return fmt.Errorf("%w: the trader is here by %s", errNot, d.session.ID().Version)
	}
	d.next = wanted
	maps.Copy(d.accounts, seat.accounts)
	maps.Copy(d.codes, seat.codes)
	d.own = seat.own
	return nil
}

// seat reads who logs on, in one look at the books.
func (g *Gateway) seat(c wire.Credentials, wanted options) (*desk, error) {
	d := &desk{
		gateway: g, code: c.ID.Target, stale: true, accounts: make(map[string]uint32), codes: make(map[uint32]string),
		asked: make(map[string]*request), names: make(map[string]*order), trades: make(map[string]bool), feeds: make(map[string]*quotes),
	}
	return d, job.Look(g.ctx, g.config.Store, db.System, func(tx *db.Tx) error {
		speaker, err := g.config.Keys.Find(tx, c.Password)
		if err != nil {
			return err
		}
		t, err := exchange.GetTrader(tx, c.ID.Target)
		if err != nil {
			return err
		}
		switch {
		case !speaker.Key || !speaker.Who.May(ScopeTrade) || wanted.copies && !speaker.Who.May(ScopeCopy):
			return fmt.Errorf("%w: the key lacks a scope", errNot)
		case t.Code != c.ID.Target || t.User != speaker.Who.ID:
			return fmt.Errorf("%w: the key is not that of the trader", errNot)
		case t.State != exchange.StateActive:
			return fmt.Errorf("%w: the trader is %s", errNot, t.State)
		}
		m, err := exchange.GetMember(tx, string(t.Member))
		if err != nil {
			return err
		}
		d.number, d.member, d.firm = t.Number, m.Number, m.ID
		return d.readAccounts(tx)
	})
}

// readAccounts reads the first accounts of a trader; others are looked up when they are named.
func (d *desk) readAccounts(tx *db.Tx) error {
	grants, err := exchange.Grants(tx)
	if err != nil {
		return err
	}
	n := 0
	for _, granted := range grants {
		if granted.Trader != d.number {
			continue
		}
		if n++; n > accountsRead {
			break
		}
		page, err := exchange.Accounts(tx, granted.Account-1, 1)
		if err != nil {
			return err
		}
		for _, a := range page {
			d.accounts[a.Code], d.codes[a.Number] = a.Number, a.Code
			d.own = a.Code
		}
	}
	if n != 1 {
		d.own = ""
	}
	return nil
}

// accountsRead bounds what is read at a Logon.
const accountsRead = 100

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

// OnLogon takes up the desk of a trader. If the house cannot be sure that the other side knows all orders that stand, it
// tells how each of them is.
func (g *Gateway) OnLogon(s *wire.Session) {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.desks[s.ID().Target]
	d.session, d.options = s, d.next
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
