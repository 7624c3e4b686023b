package app_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/core/ledger"
	"sauda/flow/floor"
	"sauda/gear/db"
)

var weekSeed = flag.Uint64("week", 7, "the seed of the simulated week of the exchange")

// week is five days of trade by a seed, with all that can happen in them.
type week struct {
	*apptest.House
	t       *testing.T
	dice    *rand.Rand
	seats   []floor.Seat // seats are those of the people who trade; the last two belong to the member who cannot pay in the end.
	issuer  string
	papers  []exchange.Instrument // papers are a share and a bond.
	second  exchange.Member
	sums    map[string]int64 // sums are what there is of each asset, by the books.
	written int64            // written is what was written off of fees.
	client  int
	fallen  bool
	did     map[string]int
}

// TestAWeekOfTheExchange: five days of random orders, changes, cancels, deals, lost connections, busts, deposits and withdrawals,
// with a dividend, a coupon, a split and a member who cannot pay, and a restart in the middle. After every step each asset is
// conserved and what is held is what the open orders cost at worst; every evening the market has what the books have, the ledger
// sums to nothing, and the doctor finds the house sound.
func TestAWeekOfTheExchange(t *testing.T) {
	for _, c := range []struct {
		engine db.Engine
		steps  int
	}{{db.SQLite, 120}, {db.Postgres, 12}} {
		t.Run(string(c.engine), func(t *testing.T) {
			w := &week{House: apptest.Open(t, c.engine), t: t, dice: rand.New(rand.NewPCG(*weekSeed, 1)), did: map[string]int{}}
			t.Logf("seed %d", *weekSeed)
			w.furnish()
			for day := range 5 {
				w.morning()
				for step := range c.steps {
					w.step()
					if w.judge(fmt.Sprintf("day %d, step %d", day, step)); t.Failed() {
						return
					}
				}
				if day == 2 {
					w.Reopen(t)
				}
				w.evening(day)
				if same(t, w.House); t.Failed() {
					t.Fatalf("in the evening of day %d; %v", day, w.did)
				}
				w.Sound(t)
			}
			t.Logf("%v", w.did)
			for _, what := range []string{"order", "cancel", "change", "deal made", "bust", "deposit", "withdrawal"} {
				if w.did[what] == 0 && c.steps > 100 {
					t.Errorf("no %s in a week", what)
				}
			}
		})
	}
}

// furnish adds a bond, an issuer and a second member to a market with a share and a broker.
func (w *week) furnish() {
	m := w.OpenMarket(w.t)
	w.papers = []exchange.Instrument{m.Share}
	w.seats = []floor.Seat{w.Seat(w.t, m, 0), w.Seat(w.t, m, 1)}
	bond := m.Share
	bond.Kind, bond.Name = exchange.BondOf, text.Localized{"kk": "Борыш", "ru": "Долг", "en": "Debt", "zh": "Debt"}
	bond.Terms.SellUnsettled = false // What is bought of it is locked until it is settled.
	bond.Security = &exchange.Security{
		ISIN: "US5949181045", Short: "BOLAT/6 20300101", Issuer: "pty_bolat", Nominal: 1000_00,
		Bond: &exchange.Bond{Issued: span.MustDay("2025-01-01"), Matures: span.MustDay("2030-01-01"), Yearly: 2, Rate: money.Percent(6), Basis: exchange.Thirty360},
	}
	w.do(clerks[0], func(tx *db.Tx) error {
		drafted, err := exchange.Draft(tx, bond, "The issuer has asked for it.")
		if err != nil {
			return err
		}
		w.papers = append(w.papers[:1], drafted)
		if err := exchange.List(tx, drafted.ID, "The issuer has asked for it."); err != nil {
			return err
		}
		if w.second, err = exchange.Admit(tx, exchange.Member{
			Code: "SECOND", BIN: "970740000838", Party: "pty_second", Name: text.Localized{"kk": "Екінші", "ru": "Второй", "en": "Second", "zh": "Second"}, Broker: true,
			Licence: exchange.Licence{Number: "4.2.1/2", Days: span.Days{From: span.MustDay("2020-01-01"), To: span.MustDay("2099-01-01")}},
		}, "It has a licence."); err != nil {
			return err
		}
		return w.open(tx, m.Member.ID)
	})
	for n := range w.seats {
		if s := &w.seats[n]; s.Account == 0 {
			w.do(db.System, func(tx *db.Tx) (err error) {
				*s, err = floor.SeatOf(tx, fmt.Sprintf("usr_of_the_week_%d", n), s.Code)
				return err
			})
		}
	}
	w.Settled(w.t)
	w.count()
}

// open opens the account of the issuer, and two of the second member with little of anything.
func (w *week) open(tx *db.Tx, first exchange.MemberID) error {
	w.seats = w.seats[:2]
	issuer, err := exchange.OpenOwn(tx, first, "It pays dividends.")
	if err != nil {
		return err
	}
	w.issuer = issuer.Code
	for n := 2; n < 4; n++ {
		a, err := exchange.OpenOwn(tx, w.second.ID, "It has asked for one.")
		if err != nil {
			return err
		}
		trader, err := exchange.AdmitTrader(tx, w.second.ID, fmt.Sprintf("usr_of_the_week_%d", n), "Passed the examination.")
		if err != nil {
			return err
		}
		if err := exchange.Grant(tx, trader.ID, a.ID); err != nil {
			return err
		}
		w.seats = append(w.seats, floor.Seat{Code: a.Code})
	}
	share, bond := w.papers[0].Asset.Code, w.papers[1].Asset.Code
	for n, in := range []clearing.Movement{
		{Place: ledger.Exchange(w.issuer), Asset: "KZT", Amount: 50_000_000_00}, {Place: ledger.ExchangeHouse("capital"), Asset: "KZT", Amount: 900_000_000_00},
		{Place: ledger.Exchange(w.seats[2].Code), Asset: "KZT", Amount: 3_000_000_00}, {Place: ledger.Exchange(w.seats[3].Code), Asset: "KZT", Amount: 2_000_000_00},
		{Place: ledger.Exchange(w.seats[2].Code), Asset: share, Amount: 700}, {Place: ledger.Exchange(w.seats[3].Code), Asset: share, Amount: 500},
		{Place: ledger.Exchange(w.seats[0].Code), Asset: bond, Amount: 50_000}, {Place: ledger.Exchange(w.seats[2].Code), Asset: bond, Amount: 400},
	} {
		in.Ref, in.Cause = fmt.Sprint("week ", n), "test"
		if err := clearing.Deposit(tx, in); err != nil {
			return err
		}
	}
	return nil
}

func (w *week) do(who db.Who, do func(*db.Tx) error) {
	w.t.Helper()
	if err := once(w.House, who, do); err != nil {
		w.t.Fatal(err)
	}
}

// morning brings the market to where it trades from order to order.
func (w *week) morning() {
	at(w.t, w.House, 1, 9, 45)
	for range 10 {
		w.enter()
	}
	at(w.t, w.House, 0, 10, 5)
	for range 10 {
		w.enter()
	}
	at(w.t, w.House, 0, 10, 10)
	at(w.t, w.House, 0, 10, 11)
	w.settle(false)
}

// evening closes the day, settles it, and does what issuers and the house do on it.
func (w *week) evening(day int) {
	for _, m := range [][2]int{{17, 0}, {17, 10}, {17, 11}, {17, 31}} {
		at(w.t, w.House, 0, m[0], m[1])
		w.judge(fmt.Sprintf("at %d:%d of day %d", m[0], m[1], day))
	}
	at(w.t, w.House, 0, 18, 31)
	if day == 4 {
		w.fall()
	}
	w.settle(true)
	today := span.DayOf(w.Clock.Now(), span.Almaty)
	share, bond := w.papers[0].Asset.Code, w.papers[1].Asset.Code
	w.do(db.System, func(tx *db.Tx) error {
		a := clearing.Action{Ref: "dividend", Kind: clearing.Dividend, Asset: share, Currency: "KZT", Amount: 7_33, Per: 1, Payer: w.issuer, Day: today}
		switch day {
		case 1:
		case 2:
			a.Ref, a.Kind, a.Asset, a.Amount = "coupon", clearing.Coupon, bond, 30_00
		case 3:
			return clearing.Split(tx, clearing.Division{Ref: "split", Asset: share, New: 3, Old: 2, Currency: "KZT", Price: 700_00, Payer: w.issuer, Day: today})
		default:
			return nil
		}
		if err := clearing.Record(tx, a); err != nil {
			return err
		}
		return clearing.Pay(tx, a.Ref)
	})
	w.Settled(w.t)
	w.count()
	w.judge(fmt.Sprintf("in the evening of day %d", day))
}

// fall stops the second member and closes out what is open of it.
func (w *week) fall() {
	w.fallen = true
	if err := w.Floor.Kill(w.t.Context(), risk.Party{Who: risk.Member, ID: uint32(w.second.Number)}); err != nil {
		w.t.Fatal(err)
	}
	w.Settled(w.t)
	w.do(db.System, func(tx *db.Tx) error {
		fallen, err := clearing.Default(tx, clearing.Insolvency{
			Ref: "second", Member: w.second.Code, Accounts: []string{w.seats[2].Code, w.seats[3].Code}, Day: span.DayOf(tx.Now(), span.Almaty),
			Prices: map[string]clearing.Price{w.papers[0].Code: {Price: 720_00, Unit: 1}, w.papers[1].Code: {Price: 1080_00, Unit: 1}},
		})
		w.written = 0
		for _, one := range fallen {
			w.written += one.Written
			w.did["loss"] = int(one.Loss)
		}
		return err
	})
	w.Settled(w.t)
	w.count()
}

func (w *week) settle(last bool) {
	w.do(db.System, func(tx *db.Tx) error {
		done, err := floor.Settle(tx, span.DayOf(tx.Now(), span.Almaty), last)
		w.did["failure"] += len(done.Failures)
		return err
	})
	w.Settled(w.t)
}

// step does one thing of those that happen in a day.
func (w *week) step() {
	switch n := w.dice.IntN(100); {
	case n < 62:
		w.enter()
	case n < 72:
		w.cancel()
	case n < 82:
		w.change()
	case n < 90:
		w.agree()
	case n < 93:
		w.lose()
	case n < 95:
		w.bust()
	case n < 98:
		w.bring()
	default:
		w.take()
	}
}

// count counts what there is of each asset by the books: all that was brought in, less what is the house's own besides fees.
func (w *week) count() {
	w.sums = map[string]int64{"KZT": w.written}
	w.Look(w.t, func(tx *db.Tx) error {
		all, err := ledger.Trial(tx)
		for _, s := range all {
			own := s.Account == ledger.ExchangeHouse("vault") || s.Account == ledger.ExchangeHouse("capital") || strings.HasPrefix(string(s.Account), "exchange-fund/")
			if own {
				w.sums[s.Asset] += s.Balance()
			}
		}
		return err
	})
}

// judge holds the market to its rules: of each asset there is what the books say, and what is held is what the open orders cost.
func (w *week) judge(when string) {
	w.t.Helper()
	papers := make(map[uint32]exchange.Instrument)
	for _, i := range w.papers {
		papers[i.Number] = i
	}
	type place struct{ account, asset uint32 }
	held, accounts := make(map[place]int64), make(map[uint32]bool)
	if err := w.Floor.Look(w.t.Context(), func(v *venue.Venue) {
		for _, code := range append([]string{w.issuer}, codes(w.seats)...) {
			number := w.number(code)
			accounts[number] = true
			for _, o := range v.OrdersOf(number, true, 10_000) {
				i := papers[o.Instrument]
				if o.Side == book.Sell {
					held[place{number, i.Asset.Number}] += o.Left
					continue
				}
				held[place{number, i.Paid.Number}] += o.Price*o.Left + i.Terms.Taker.Of(money.Of(o.Price*o.Left, money.KZT), money.Down).Minor
			}
		}
		for _, i := range w.papers {
			for _, a := range []exchange.Asset{i.Asset, i.Paid} {
				all, sum := v.Risk().Supply(a.Number)
				for number := range accounts {
					b := v.Risk().Balance(number, a.Number)
					sum += b.Settled + b.Due
					if b.Held != held[place{number, a.Number}] {
						w.t.Errorf("%s: %d holds %d of %s for orders that cost %d", when, number, b.Held, a.Code, held[place{number, a.Number}])
					}
				}
				if sum != all || sum != w.sums[a.Code] {
					w.t.Errorf("%s: there is %d of %s, risk says %d, the books %d; %v", when, sum, a.Code, all, w.sums[a.Code], w.did)
				}
			}
		}
	}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *week) number(code string) (n uint32) {
	_, _ = fmt.Sscanf(code, "A%d", &n)
	return n
}

func codes(seats []floor.Seat) (all []string) {
	for _, s := range seats {
		all = append(all, s.Code)
	}
	return all
}
