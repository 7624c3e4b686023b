package office

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/conduct"
	tape "sauda/core/exchange/feed"
	"sauda/core/exchange/venue"
	"sauda/core/identity"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/web"
)

func (f face) mountExchange(site *web.Site) {
	web.PageAct(site, "GET /office/exchange", f.exchangeToday, web.Needs(ScopeExchangeRead))
	web.FormAct(site, "POST /office/exchange/instruments/{id}/halt", f.halt, web.Needs(ScopeExchangeWrite))
	web.Form(site, "POST /office/exchange/instruments/{id}/resumption", f.proposeResume, web.Needs(ScopeExchangeDecide))
	web.FormAct(site, "POST /office/exchange/instruments/{id}/acceptance", f.proposeAccept, web.Needs(ScopeExchangeDecide))
	f.mountProposals(site)
	f.mountParties(site)
	f.mountApplications(site)
	f.mountListing(site)
	f.mountClearing(site)
	f.mountNotices(site)
	f.mountPayouts(site)
	f.mountTenders(site)
	f.mountWatch(site)
	f.mountAdmission(site)
	f.mountTrades(site)
	f.mountDefault(site)
	f.mountDrafts(site)
	f.mountTables(site)
}

// exchangeTabs are the pages of the exchange. All are for keepers of the house; whoever does not watch over it is not shown the last.
var exchangeTabs = []string{"today", "proposals", "instruments", "members", "applications", "investors", "clearing", "notices", "payouts", "tenders", "watch"}

// exchangePage begins a page of the exchange, or refuses who does not keep the house.
func (f face) exchangePage(ctx context.Context, title string) (page, error) {
	if who := web.WhoFrom(ctx); !keeps(who) {
		return page{}, web.ErrDenied.About("%s does not keep the house", who.ID)
	}
	return f.page("exchange", title), nil
}

// sessionRow is an instrument as its day stands.
type sessionRow struct {
	floor.Standing
	Instrument exchange.Instrument
	Shown      tape.Summary
}

// warnings names what somebody has to look at.
func (r sessionRow) warnings() (all []string) {
	for name, is := range map[string]bool{"overdue": r.Overdue, "late": r.Late, "halted": r.Phase == auction.Halt, "outside": floor.Acceptable(r.Day)} {
		if is {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// halting tells whether the trade in the instrument can be stopped now.
func (r sessionRow) halting() bool { return r.Phase != auction.Closed && r.Phase != auction.Halt }

// today is the market as it stands.
type today struct {
	Away      bool // Away says that the exchange does not run on this node.
	Rows      []sessionRow
	Unwritten int // Unwritten are trades that should have been written down by now.
	Lacking   int64
	Waiting   int   // Waiting are proposals that wait for a second person.
	Filed     int   // Filed are applications that wait.
	Alerts    int64 // Alerts are new, and nobody has looked at them; counted for who may see them.
}

// writtenIn is how long a trade may wait until it is written down before somebody has to look.
const writtenIn = 10 * time.Second

// exchangeToday shows the market as it stands: what is in memory, and in one look what waits in the books.
func (f face) exchangeToday(ctx context.Context, _ struct{}) (web.View, error) {
	p, err := f.exchangePage(ctx, t(ctx, "nav.exchange"))
	if err != nil {
		return nil, err
	}
	var m today
	m.Rows, err = f.sessions(ctx)
	if m.Away = errors.Is(err, floor.ErrElsewhere); err != nil && !m.Away {
		return nil, err
	}
	err = job.Look(ctx, f.Store, web.WhoFrom(ctx), func(tx *db.Tx) error {
		waiting, err := exchange.OpenProposals(tx)
		if err != nil {
			return err
		}
		filed, err := exchange.Applications(tx)
		if err != nil {
			return err
		}
		m.Waiting, m.Filed = len(waiting), len(filed)
		if may(ctx, ScopeExchangeWatch) {
			if m.Alerts, err = conduct.Waiting(tx); err != nil {
				return err
			}
		}
		m.Lacking, err = clearing.Lacking(tx)
		if n, since := f.Floor.Unwritten(); n > 0 && tx.Now().Sub(since) > writtenIn {
			m.Unwritten = n
		}
		return err
	})
	return todayPage(p.with("exchange.js"), m), err
}

// sessions gives the instruments of the market with how their days stand, those with a warning first.
func (f face) sessions(ctx context.Context) ([]sessionRow, error) {
	standings, err := f.Floor.Standings(ctx)
	if err != nil {
		return nil, err
	}
	known, shown := f.Floor.Instruments(), map[uint32]tape.Summary{}
	err = f.Board.Show(func(b *tape.Feed) {
		for _, s := range b.Summaries() {
			shown[s.Instrument] = s
		}
	})
	if err != nil && !errors.Is(err, floor.ErrClosed) && !errors.Is(err, floor.ErrElsewhere) { // A board that begins shows nothing yet.
		return nil, err
	}
	var rows []sessionRow
	for _, s := range standings {
		if i, is := known[s.Instrument]; is && s.State != venue.Delisted {
			rows = append(rows, sessionRow{s, i, shown[s.Instrument]})
		}
	}
	slices.SortStableFunc(rows, func(a, b sessionRow) int {
		return cmp.Or(cmp.Compare(len(b.warnings()), len(a.warnings())), cmp.Compare(a.Instrument.Code, b.Instrument.Code))
	})
	return rows, nil
}

// row gives one instrument of the market by its id.
func (f face) row(ctx context.Context, id exchange.InstrumentID) (sessionRow, error) {
	rows, err := f.sessions(ctx)
	if err != nil {
		return sessionRow{}, err
	}
	for _, r := range rows {
		if r.Instrument.ID == id {
			return r, nil
		}
	}
	return sessionRow{}, floor.ErrUnknown.About("instrument %.60q", string(id))
}

type haltForm struct {
	ID     exchange.InstrumentID `path:"id" maxLength:"60"`
	Reason exchange.Reason       `json:"reason" minLength:"1" maxLength:"500"`
}

// halt stops the trade in an instrument at once, and then keeps why: what has to stop waits for no database.
func (f face) halt(ctx context.Context, in haltForm) (web.Then, error) {
	if _, err := f.exchangePage(ctx, ""); err != nil {
		return web.Then{}, err
	}
	row, err := f.row(ctx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	if err := f.Floor.Halt(ctx, row.Standing.Instrument); err != nil {
		return web.Then{}, err
	}
	err = job.Once(context.WithoutCancel(ctx), f.Store, web.WhoFrom(ctx), func(tx *db.Tx) error {
		return exchange.Note(tx, exchange.Subject(in.ID), in.Reason)
	})
	return see("exchange", "halted"), err
}

// proposeResume asks another person to let the trade in an instrument go on.
func (f face) proposeResume(tx *db.Tx, in haltForm) (web.Then, error) {
	return propose(tx, proposalForm{Kind: floor.KindResume, Subject: exchange.Subject(in.ID), Reason: in.Reason}, nil)
}

// proposeAccept asks another person to take the price of the auction that waits outside of its collar.
func (f face) proposeAccept(ctx context.Context, in haltForm) (then web.Then, err error) {
	if _, err := f.exchangePage(ctx, ""); err != nil {
		return web.Then{}, err
	}
	row, err := f.row(ctx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	if !floor.Acceptable(row.Day) {
		return web.Then{}, floor.ErrPrice.About("%s is in %s", in.ID, row.Phase)
	}
	body := floor.Acceptance{Auction: row.Auction, Price: row.Shown.Indication.Price}
	err = job.Once(ctx, f.Store, web.WhoFrom(ctx), func(tx *db.Tx) (err error) {
		then, err = propose(tx, proposalForm{Kind: floor.KindAccept, Subject: exchange.Subject(in.ID), Reason: in.Reason}, body)
		return err
	})
	return then, err
}

// names are what people are called who work in the office, by who they are.
type names map[string]string

func officeNames(tx *db.Tx) (names, error) {
	people, err := identity.Office(tx)
	all := make(names, len(people))
	for _, u := range people {
		all[string(u.ID)] = u.Name
	}
	return all, err
}

// of gives a name, or the id of who has none here.
func (n names) of(id string) string { return cmp.Or(n[id], id) }
