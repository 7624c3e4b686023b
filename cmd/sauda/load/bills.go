package load

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"sauda/app"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/gear/db"
	"sauda/gear/job"
)

// The targets of bills.
const (
	lookUpMost    = 5.0 // lookUpMost is in milliseconds.
	sqlitePays    = 1000.0
	postgresPays  = 300.0
	issueMinutes  = 10.0
	issueOf       = 1_000_000 // issueOf is of how many bills the minutes speak.
	accountsEach  = 1000
	firstAccount  = 1_000_000
	billsBank     = "bank"
	billsPassword = "bench"
	billsCode     = "centre"
)

// bills measures a provider of services on one engine, in a house of its own: the bills of a month, what a bank asks of one
// account, and payments. On PostgreSQL there are a tenth of the accounts, for its target speaks of payments only.
func (b *bench) bills(ctx context.Context, engine string) (err error) {
	accounts := b.plan.Accounts
	if engine == "postgres" {
		accounts = max(accountsEach, accounts/10)
	}
	h, err := b.open(ctx, engine)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.drop()) }()
	err = within(ctx, h, func(house *app.House) error {
		p, err := b.centre(ctx, house.Store, accounts)
		if err != nil {
			return err
		}
		return b.issued(ctx, house, h.engine, p)
	})
	if err != nil {
		return err
	}
	s, err := b.serve(ctx, h)
	if err != nil {
		return err
	}
	defer s.kill()
	s.rests(ctx)
	if err := b.lookedUp(ctx, s, h, accounts); err != nil {
		return err
	}
	return b.paid(ctx, s, h, accounts)
}

// centre opens the accounts of a settlement centre of seven services.
func (b *bench) centre(ctx context.Context, store *db.Store, accounts int) (p utility.Provider, err error) {
	b.say("bills: %d accounts are opened", accounts)
	err = job.Once(ctx, store, db.System, func(tx *db.Tx) (err error) {
		p, err = utility.Register(tx, centre(span.DayOf(tx.Now(), span.Almaty)))
		return err
	})
	for from := 0; from < accounts && err == nil; from += accountsEach {
		some := make([]utility.Account, 0, accountsEach)
		for n := from; n < min(from+accountsEach, accounts); n++ {
			some = append(some, utility.Account{
				Number: fmt.Sprint(firstAccount + n), Holder: fmt.Sprint("Holder ", n), Address: fmt.Sprintf("Street %d, %d, %d", n/4000, n/40%100, 1+n%40),
				People: int64(1 + n%5), Area: measure.Of(int64(34 + n*7%60)),
			})
		}
		err = job.Once(ctx, store, db.System, func(tx *db.Tx) error {
			_, err := utility.OpenMany(tx, p, some)
			return err
		})
	}
	return p, err
}

// centre is who sends the bills: norms of water and power by the head, heat and upkeep by the square metre, and fixed sums.
func centre(today span.Day) utility.Provider {
	from := utility.MonthOf(today.AddDays(-400))
	service := func(code string, base utility.Base, norm measure.Quantity, prices ...utility.Step) utility.Service {
		return utility.Service{
			Code: code, Name: text.Localized{"en": code}, Unit: measure.CubicMetre, Editable: true,
			Tariffs: []utility.Tariff{{From: from, Base: base, Norm: norm, Steps: prices}},
		}
	}
	return utility.Provider{
		Seller: seller.Own, Code: billsCode, Kind: utility.KindCentre, Currency: money.KZT, Name: text.Localized{"en": "Centre"}, DueDay: 25,
		Services: []utility.Service{
			service("water", utility.BaseMeter, measure.Of(4), utility.Step{Price: 96_5400}),
			service("drain", utility.BaseMeter, measure.Of(4), utility.Step{Price: 41_2800}),
			service("power", utility.BaseMeter, measure.Of(85), utility.Step{UpTo: measure.Of(90), Price: 23_1900}, utility.Step{UpTo: measure.Of(170), Price: 30_4600}, utility.Step{Price: 38_0750}),
			service("heat", utility.BaseArea, 0, utility.Step{Price: 178_9000}),
			service("house", utility.BaseArea, 0, utility.Step{Price: 65_0000}),
			service("waste", utility.BasePerson, 0, utility.Step{Price: 612_0000}),
			service("intercom", utility.BaseFixed, 0, utility.Step{Price: 450_0000}),
		},
		Peers: []utility.Peer{{Name: billsBank, Dialect: "kaspi", Secret: utility.SecretOf(billsPassword)}},
	}
}

// issued has the house issue the bills of a month by its clock, and waits until all are there.
func (b *bench) issued(ctx context.Context, house *app.House, engine string, p utility.Provider) error {
	b.say("bills: those of a month are issued")
	began := time.Now()
	err := job.Once(ctx, house.Store, db.System, func(tx *db.Tx) error {
		_, err := utility.Begin(tx, p, utility.MonthOf(span.DayOf(tx.Now(), span.Almaty)))
		return err
	})
	if err != nil {
		return err
	}
	clock, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- house.Run(clock) }()
	var run utility.Run
	for shown := int64(0); err == nil && !run.Done; {
		select {
		case err = <-ended:
			stop()
			return errors.Join(err, errors.New("the clock has stopped"))
		case <-time.After(100 * time.Millisecond):
		}
		err = job.Look(ctx, house.Store, db.System, func(tx *db.Tx) error {
			runs, err := utility.Runs(tx, p.ID)
			if err == nil && len(runs) == 1 {
				run = runs[0]
			}
			return err
		})
		if percent := run.Percent(); percent >= shown+10 {
			shown = percent
			b.say("bills: %d %%", percent)
		}
	}
	took := time.Since(began)
	stop()
	if err = errors.Join(err, <-ended); err != nil {
		return err
	}
	rate := float64(run.Bills) / took.Seconds()
	row := Row{What: fmt.Sprintf("bills of a month, %d accounts", run.Of), Engine: engine, Value: rate, Unit: "bills/s"}
	if engine == "sqlite" {
		least := issueOf / (issueMinutes * 60)
		row = row.judged(least, fmt.Sprintf("≥ %.0f/s, a million in 10 min", least), rate >= least && run.Skipped == 0)
	}
	b.report.add(row)
	return nil
}

// asked gives the request of the bank.
func asked(addr, question string) []byte {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(billsBank+":"+billsPassword))
	return get(addr, "/biller/kaspi/"+billsCode+"?"+question, header{"Authorization", basic})
}

// lookedUp measures what a bank asks when somebody has typed the number of an account.
func (b *bench) lookedUp(ctx context.Context, s *server, h *house, accounts int) error {
	b.say("bills: accounts are looked up")
	f, err := crowd{addr: s.addr, clients: 1, warm: b.plan.Warm, count: b.plan.Duration, prepare: func() act {
		return func(c *conn, chance *rand.Rand) error {
			return answeredWell(c, asked(s.addr, fmt.Sprintf("command=check&txn_id=%d&account=%d", 1+chance.IntN(1<<30), firstAccount+chance.IntN(accounts))))
		}
	}}.run(ctx)
	if err != nil {
		return err
	}
	row := Row{What: fmt.Sprintf("bill looked up by a bank, of %d accounts", accounts), Engine: h.engine, Figures: f}
	if h.engine == "sqlite" {
		row = row.judged(lookUpMost, fmt.Sprintf("p99 < %.0f ms", lookUpMost), f.P99 < lookUpMost && f.Failed == 0)
	}
	b.report.add(row)
	return nil
}

// paid measures payments that a bank brings over some connections at once, each answered when it is durable.
func (b *bench) paid(ctx context.Context, s *server, h *house, accounts int) error {
	b.say("bills: a bank pays")
	least := sqlitePays
	if h.engine == "postgres" {
		least = postgresPays
	}
	var txn atomic.Int64
	f, err := crowd{addr: s.addr, clients: judgedClients, warm: b.plan.Warm, count: b.plan.Duration, prepare: func() act {
		return func(c *conn, chance *rand.Rand) error {
			return answeredWell(c, asked(s.addr, fmt.Sprintf("command=pay&txn_id=%d&account=%d&sum=%d.%02d",
				txn.Add(1), firstAccount+chance.IntN(accounts), 1000+chance.IntN(9000), chance.IntN(100))))
		}
	}}.run(ctx)
	if err != nil {
		return err
	}
	b.report.add(Row{What: "bills paid by a bank", Engine: h.engine, Figures: f}.judged(least, fmt.Sprintf("≥ %.0f/s", least), f.PerSecond >= least && f.Failed == 0))
	return nil
}

// answeredWell sends a question of the bank; any answer but the one that says that all is well is an error.
func answeredWell(c *conn, request []byte) error {
	status, body, err := c.do(request)
	if err == nil && (status != 200 || !bytes.Contains(body, []byte(`"result":0`))) {
		err = unexpected("biller", status, body)
	}
	return err
}
