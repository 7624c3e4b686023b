package fix

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"sauda/core/exchange"
	"sauda/gear/db"
	wire "sauda/gear/fix"
	"sauda/gear/job"
	"sauda/gear/session"
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

// entry is by what a session was let in.
type entry struct {
	options options
	secret  string // secret is the key.
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
	by := entry{secret: c.Password}
	for _, word := range strings.Fields(string(c.RawData)) {
		switch word {
		case wordCancel:
			by.options.cancel = true
		case wordCopy:
			by.options.copies = true
		default:
			return fmt.Errorf("%w: RawData has an unknown word", errNot)
		}
	}
	seat, err := g.seat(c.ID.Target, by)
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
	d.next = by
	maps.Copy(d.accounts, seat.accounts)
	maps.Copy(d.codes, seat.codes)
	d.granted, d.own = seat.granted, seat.own
	return nil
}

// seat reads who logs on, in one look at the books.
func (g *Gateway) seat(code string, by entry) (*desk, error) {
	d := &desk{
		gateway: g, code: code, stale: true, accounts: make(map[string]uint32), codes: make(map[uint32]string),
		asked: make(map[string]*request), names: make(map[string]*order), trades: make(map[string]bool), feeds: make(map[string]*quotes),
	}
	return d, job.Look(g.ctx, g.config.Store, db.System, func(tx *db.Tx) (err error) {
		if d.user, err = g.speaker(tx, by); err != nil {
			return err
		}
		t, err := exchange.GetTrader(tx, code)
		if err != nil {
			return err
		}
		switch {
		case t.Code != code || t.User != d.user:
			return fmt.Errorf("%w: the key is not that of the trader", errNot)
		case t.State != exchange.StateActive:
			return fmt.Errorf("%w: the trader is %s", errNot, t.State)
		}
		m, err := exchange.GetMember(tx, string(t.Member))
		if err != nil {
			return err
		}
		d.number, d.member, d.firm = t.Number, m.Number, m.ID
		if d.granted, err = d.grants(tx); err != nil {
			return err
		}
		for number, account := range d.granted {
			d.accounts[account], d.codes[number] = number, account
			if len(d.granted) == 1 {
				d.own = account
			}
		}
		return nil
	})
}

// speaker gives whose key a session was let in by; a key that may not do what the session wants is errNot.
func (g *Gateway) speaker(tx *db.Tx, by entry) (user string, err error) {
	s, err := g.config.Keys.Find(tx, by.secret)
	if err != nil {
		return "", err
	}
	if !s.Key || !s.Who.May(ScopeTrade) || by.options.copies && !s.Who.May(ScopeCopy) {
		return "", fmt.Errorf("%w: the key lacks a scope", errNot)
	}
	return s.Who.ID, nil
}

// grants reads the first accounts on which a trader may trade, the codes by the numbers; others are looked up when they are
// named.
func (d *desk) grants(tx *db.Tx) (map[uint32]string, error) {
	list, err := exchange.AccountsFor(tx, d.user, "")
	if err != nil {
		return nil, err
	}
	granted := make(map[uint32]string)
	for _, a := range list {
		if a.Granted && a.Member == d.firm && len(granted) < accountsRead {
			granted[a.Number] = a.Code
		}
	}
	return granted, nil
}

// accountsRead bounds what is read at a Logon.
const accountsRead = 100

// check looks at the keys of all who are here again and again, until the gateway closes.
func (g *Gateway) check() {
	every := time.NewTicker(g.config.Check)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			for d, by := range g.present() {
				d.check(by)
			}
		case <-g.ctx.Done():
			return
		}
	}
}

// present gives who is here, and by what.
func (g *Gateway) present() map[*desk]entry {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make(map[*desk]entry)
	for _, d := range g.desks {
		if d.session != nil && d.session.Online() {
			all[d] = d.entry
		}
	}
	return all
}

// check ends the session of a trader whose key was revoked, has expired or lost a scope that the session needs, and takes up
// which accounts he may trade on. When the books cannot be read, all stays as it is until the next time.
func (d *desk) check(by entry) {
	g := d.gateway
	var granted map[uint32]string
	err := job.Look(g.ctx, g.config.Store, db.System, func(tx *db.Tx) error {
		user, err := g.speaker(tx, by)
		if err == nil && user != d.user {
			err = errNot
		}
		if err == nil {
			granted, err = d.grants(tx)
		}
		return err
	})
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case d.entry != by: // Somebody has logged on meanwhile, and was judged.
	case err == nil:
		d.granted = granted
	case errors.Is(err, errNot), errors.Is(err, session.ErrUnknown):
		g.log.Warn("a session ends with its key", "trader", d.code, "err", err)
		d.options.copies = false
		d.session.Logout("The key is not valid any more")
	case g.ctx.Err() == nil:
		g.log.Error("a key could not be looked at", "trader", d.code, "err", err)
	}
}
