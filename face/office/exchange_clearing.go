package office

import (
	"context"
	"io"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/web"
)

func (f face) mountClearing(site *web.Site) {
	web.Page(site, "GET /office/exchange/clearing", f.clearing, web.Needs(ScopeExchangeRead))
	web.Page(site, "GET /office/exchange/clearing/settlement", f.settlement, web.Needs(ScopeExchangeRead))
	web.Form(site, "POST /office/exchange/clearing/settlement", f.settle, web.Needs(ScopeExchangeWrite))
	web.PageAct(site, "GET /office/exchange/clearing/reconciliation", f.reconcile, web.Needs(ScopeExchangeRead), web.Time(time.Minute))
	web.Form(site, "POST /office/exchange/clearing/deposits", f.deposit, web.Needs(ScopeExchangeWrite))
}

// mountClearingFiles adds the files of a day.
func (f face) mountClearingFiles(server *web.Server) {
	for name, of := range map[string]func(clearing.Files) []byte{
		"trades":      func(all clearing.Files) []byte { return all.Trades },
		"obligations": func(all clearing.Files) []byte { return all.Obligations },
		"failures":    func(all clearing.Files) []byte { return all.Failures },
	} {
		server.Protocol("GET /office/exchange/"+name+".csv", func(x web.Exchange) error { return f.clearingFile(x, name, of) },
			web.Needs(ScopeExchangeRead), web.Time(fileTime))
	}
}

// clearingFiles are the files of a day, in the order in which they are offered.
var clearingFiles = []string{"trades", "obligations", "failures"}

// clearingFile sends one file of a day.
func (f face) clearingFile(x web.Exchange, name string, of func(clearing.Files) []byte) error {
	if who := web.WhoFrom(x.Context()); !keeps(who) {
		return web.ErrDenied.About("%s does not keep the house", who.ID)
	}
	day, err := span.Parse(askedOf(x.Request, "day"))
	if err != nil {
		return web.ErrMissing.About("%w", err)
	}
	var files clearing.Files
	err = job.Look(x.Context(), f.Store, web.WhoFrom(x.Context()), func(tx *db.Tx) (err error) {
		files, err = clearing.FilesOf(tx, day)
		return err
	})
	if err != nil {
		return err
	}
	sent := web.Sent{Name: "exchange-" + name + "-" + day.String() + ".csv", Kind: "text/csv; charset=utf-8", Object: "exchange " + day.String()}
	return x.Send(sent, func(to io.Writer) error {
		_, err := to.Write(of(files))
		return err
	})
}

type clearingAsk struct {
	Day string `query:"day" maxLength:"10"`
}

// on gives the day that is asked for, or today.
func (in clearingAsk) on(tx *db.Tx) span.Day {
	day, err := span.Parse(in.Day)
	if err != nil {
		return span.DayOf(tx.Now(), span.Almaty)
	}
	return day
}

// clearingDay is a day as clearing sees it.
type clearingDay struct {
	Day      span.Day
	Trades   []clearing.Traded
	Open     []clearing.OpenDay
	Failures []clearing.Failure
	Today    span.Day
}

// clearing shows the trades and failures of a day, and what waits to be settled.
func (f face) clearing(tx *db.Tx, in clearingAsk) (web.View, error) {
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "exchange.tab.clearing"))
	if err != nil {
		return nil, err
	}
	d := clearingDay{Day: in.on(tx), Today: span.DayOf(tx.Now(), span.Almaty)}
	if d.Trades, err = clearing.LatestOn(tx, d.Day); err != nil {
		return nil, err
	}
	if d.Failures, err = clearing.FailuresOn(tx, d.Day); err != nil {
		return nil, err
	}
	d.Open, err = clearing.OpenDays(tx)
	return clearingPage(p, d), err
}

// settlementAsked is a settlement before it is run: what each account would get and give if all of it could be.
type settlementAsked struct {
	Day  span.Day
	Nets []clearing.Position
}

// settlement shows what a settlement would move.
func (f face) settlement(tx *db.Tx, in clearingAsk) (web.View, error) {
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "exchange.settlement"))
	if err != nil {
		return nil, err
	}
	s := settlementAsked{Day: in.on(tx)}
	s.Nets, err = clearing.Net(tx, s.Day)
	return settlementPage(p, s), err
}

type settleForm struct {
	Day     string `json:"day" maxLength:"10"`
	Last    bool   `json:"last,omitempty"`
	Penalty string `json:"penalty,omitempty" maxLength:"10"`
}

// buyInAfter is after how many failures a trade may be bought in.
const buyInAfter = 4

// settle runs a settlement, and shows what it came to.
func (f face) settle(tx *db.Tx, in settleForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	day, err := span.Parse(in.Day)
	if err != nil {
		return web.Then{}, clearing.ErrRun.About("%w", err)
	}
	run := clearing.Run{Day: day, Last: in.Last, BuyIn: buyInAfter}
	if in.Penalty != "" {
		if run.Penalty, err = money.ParseRate(plainNumber(in.Penalty)); err != nil {
			return web.Then{}, clearing.ErrRun.About("%w", err)
		}
	}
	if run.Next, err = nextSettlement(tx, day); err != nil {
		return web.Then{}, err
	}
	done, err := clearing.Settle(tx, run)
	if err != nil {
		return web.Then{}, err
	}
	p, err := f.exchangePage(tx.Context(), t(tx.Context(), "exchange.settlement.done"))
	return web.Show(settledPage(p, day, done)), err
}

// nextSettlement gives the calendar by which what fails is tried again: that of what is listed, since all of it has one.
func nextSettlement(tx *db.Tx, day span.Day) (func(span.Day) span.Day, error) {
	listed, err := exchange.Instruments(tx)
	if err != nil {
		return nil, err
	}
	tomorrow := func(d span.Day) span.Day { return d.AddDays(1) }
	if len(listed) == 0 {
		return tomorrow, nil
	}
	_, c, err := exchange.ScheduleOn(tx, listed[0].Terms.Group, day)
	if err != nil {
		return nil, err
	}
	return func(d span.Day) span.Day {
		next, err := c.SettleDay(d, 1)
		if err != nil { // A calendar that ends is none: what fails is tried on the next day.
			return tomorrow(d)
		}
		return next
	}, nil
}

// compared is where the market and the books differ; not Whole while trades are being written down.
type compared struct {
	Found []floor.Difference
	Whole bool
}

// reconcile holds the books to their rules, and the market to the books where it runs here.
func (f face) reconcile(ctx context.Context, _ struct{}) (web.View, error) {
	p, err := f.exchangePage(ctx, t(ctx, "exchange.reconciliation"))
	if err != nil {
		return nil, err
	}
	var found []clearing.Breach
	err = job.Look(ctx, f.Store, web.WhoFrom(ctx), func(tx *db.Tx) (err error) {
		found, err = clearing.Reconcile(tx)
		return err
	})
	if err != nil || f.Floor == nil {
		return reconciliationPage(p, found, compared{Whole: true}), err
	}
	var c compared
	c.Found, c.Whole, err = f.Floor.Compare(ctx, f.Store)
	return reconciliationPage(p, found, c), err
}

type depositForm struct {
	Where   string `json:"where,omitempty" enum:"account,fund,capital"`
	Account string `json:"account,omitempty" maxLength:"60"`
	Asset   string `json:"asset" maxLength:"40"`
	Amount  string `json:"amount" maxLength:"30"`
	Ref     string `json:"ref" maxLength:"100"`
}

// places are where something can be brought in: an account, the share of a member in the default fund, the capital of the house.
var places = []string{"account", "fund", "capital"}

// deposit enters what was brought in for an account or a member that is there, or for the house, of an asset that the exchange knows.
// The same reference again changes nothing.
func (f face) deposit(tx *db.Tx, in depositForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	amount, err := amountOf(in.Amount, in.Asset)
	if err != nil {
		return web.Then{}, err
	}
	m := clearing.Movement{Ref: in.Ref, Asset: in.Asset, Amount: amount, Cause: tx.Who().ID}
	switch in.Where {
	case "fund":
		if in.Account == "" {
			return web.Then{}, exchange.ErrUnknown.About("no member is named")
		}
		err = floor.Contribute(tx, in.Account, m)
	case "capital":
		err = floor.Contribute(tx, "", m)
	default:
		_, err = floor.Deposit(tx, in.Account, m)
	}
	return see("exchange/clearing", "booked"), err
}

// amountOf reads an amount of an asset as people write it: money with its fraction, all else by the piece.
func amountOf(typed, asset string) (int64, error) {
	c := money.Currency(asset)
	if !c.Valid() {
		c = "JPY" // A currency without a fraction: whole pieces only.
	}
	m, err := money.Parse(plainNumber(typed), c)
	return m.Minor, err
}
