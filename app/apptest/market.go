package apptest

import (
	"context"
	"sync"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/feed"
	"sauda/core/exchange/venue"
	"sauda/core/identity"
	"sauda/core/ledger"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
)

// What is traded on the market of a test.
const (
	Apple   = "US0378331005" // Apple is a share: by the piece, in steps of 0.05 ₸ from 100 ₸ on.
	Bayer   = "DE000BAY0017" // Bayer is a bond of 1 000 ₸.
	Ferrous = "GB0002634946" // Ferrous is a share that nobody has traded.
	Wheat   = "WHEAT-3-KST"  // Wheat is goods: a price is for a tonne of a thousand kilograms, a lot is 60 tonnes.
)

// Market is a market of a test that is open for continuous trading, with two who trade on it, each for an account of his own.
type Market struct {
	*House
	Buyer, Seller Dealer // Buyer has money, Seller has money and securities.
}

// Dealer is somebody who trades.
type Dealer struct {
	User    string
	Account string
	Token   string // Token is that of a session.
	Seat    floor.Seat
}

const because exchange.Reason = "A market of a test"

// keeper works at the exchange.
var keeper = db.Who{Kind: db.KindStaff, ID: "usr_keeper", Seller: "sel_own", Scopes: []string{"exchange.*"}}

// Market lists instruments, admits a member with two traders and opens the day. It stands still but for what Ring does.
func (h *House) Market(t testing.TB) *Market {
	t.Helper()
	m := &Market{House: h}
	m.Buyer.Token, m.Seller.Token = h.Registered(t, "buyer@market.localhost"), h.Registered(t, "seller@market.localhost")
	err := job.Once(context.Background(), h.Store, keeper, func(tx *db.Tx) error {
		if err := m.list(tx); err != nil {
			return err
		}
		return m.admit(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Settled(t)
	ctx, stop := context.WithCancel(context.Background())
	var ran sync.WaitGroup
	t.Cleanup(func() { stop(); ran.Wait() })
	m.Ring(t)
	ran.Go(func() { h.Board.Run(ctx, nil) })
	for h.Board.Show(func(*feed.Feed) {}) != nil {
		time.Sleep(time.Millisecond)
	}
	h.Look(t, func(tx *db.Tx) (err error) {
		if m.Buyer.Seat, err = floor.SeatOf(tx, m.Buyer.User, m.Buyer.Account); err != nil {
			return err
		}
		m.Seller.Seat, err = floor.SeatOf(tx, m.Seller.User, m.Seller.Account)
		return err
	})
	return m
}

// list lays the calendar, the hours and the steps, and lists what is traded.
func (m *Market) list(tx *db.Tx) error {
	if _, err := exchange.OpenCalendar(tx, "KASE", []time.Weekday{0, 1, 2, 3, 4, 5, 6}, nil); err != nil {
		return err
	}
	if err := exchange.LayTicks(tx, "STEPS", exchange.Ticks{{From: 0, Step: 1}, {From: 100_00, Step: 5}, {From: 1000_00, Step: 50}}); err != nil {
		return err
	}
	err := exchange.LaySchedule(tx, exchange.Schedule{Group: "MAIN", From: span.MustDay("2026-01-05"), Calendar: "KASE", RandomMax: 30_000_000, TradeAtClose: true, Full: []exchange.Slot{
		{Step: "begin_continuous", At: exchange.Clock(10, 0, 0)}, {Step: "begin_closing", At: exchange.Clock(17, 0, 0)},
		{Step: "begin_random_end", At: exchange.Clock(17, 10, 0)}, {Step: "close", At: exchange.Clock(17, 30, 0)}}})
	if err != nil {
		return err
	}
	terms := exchange.Terms{Group: "MAIN", Table: "STEPS", Unit: 1, Lot: 1, QtyMin: 1, QtyMax: 1_000_000, PriceMax: 1_000_000_00, Call: exchange.Call{Market: "kase"},
		Cycle: 2, Maker: money.One / 2000, Taker: money.One / 1000, SellUnsettled: true}
	bulk := terms
	bulk.Unit, bulk.Lot, bulk.QtyMin, bulk.QtyMax, bulk.Cycle = 1000, 60_000, 60_000, 6_000_000, 0
	security := func(kind exchange.Kind, isin, short string, name text.Localized) exchange.Instrument {
		return exchange.Instrument{Kind: kind, Name: name, Currency: money.KZT, Terms: terms,
			Security: &exchange.Security{ISIN: exchange.ISIN(isin), Short: short, Issuer: "pty_issuer"}}
	}
	bond := security(exchange.BondOf, Bayer, "BAYER/BOND", text.Localized{"kk": "Байер облигациясы", "ru": "Облигация Байер", "en": "Bayer bond"})
	bond.Security.Nominal = 1000_00
	bond.Security.Bond = &exchange.Bond{Issued: span.MustDay("2026-01-15"), Matures: span.MustDay("2029-01-15"), Yearly: 2, Rate: money.Percent(12), Basis: exchange.Actual365}
	wheat := exchange.Instrument{Kind: exchange.Spot, Code: Wheat, Currency: money.KZT, Terms: bulk,
		Name:  text.Localized{"kk": "Бидай, 3-сынып", "ru": "Пшеница 3 класса", "en": "Wheat, class 3"},
		Goods: &exchange.Goods{Grade: text.Localized{"kk": "3-сынып", "ru": "3 класс", "en": "Class 3"}, Basis: "FCA", Store: "str_kostanay", Measure: measure.Tonne, Divides: 1000}}
	for _, i := range []exchange.Instrument{
		security(exchange.Share, Apple, "APPLE/SH REG", text.Localized{"kk": "Алма акциясы", "ru": "Акция Эпл", "en": "Apple share"}), bond,
		security(exchange.Share, Ferrous, "FERROUS/SH", text.Localized{"kk": "Темір акциясы", "ru": "Акция Феррум", "en": "Ferrous share"}), wheat,
	} {
		drafted, err := exchange.Draft(tx, i, because)
		if err != nil {
			return err
		}
		if err := exchange.List(tx, drafted.ID, because); err != nil {
			return err
		}
	}
	return nil
}

// admit admits a member, two traders with an account each, and brings in what they have.
func (m *Market) admit(tx *db.Tx) error {
	member, err := exchange.Admit(tx, exchange.Member{Code: "BROKER", BIN: "960440000151", Party: "pty_broker", Broker: true,
		Name:    text.Localized{"kk": "Брокер", "ru": "Брокер", "en": "Broker"},
		Licence: exchange.Licence{Number: "4.2.1/1", Days: span.Days{From: span.MustDay("2020-01-01"), To: span.MustDay("2035-01-01")}}}, because)
	if err != nil {
		return err
	}
	for email, d := range map[string]*Dealer{"buyer@market.localhost": &m.Buyer, "seller@market.localhost": &m.Seller} {
		u, _, err := identity.ByEmail(tx, email)
		if err != nil {
			return err
		}
		d.User = string(u.ID)
		trader, err := exchange.AdmitTrader(tx, member.ID, d.User, because)
		if err != nil {
			return err
		}
		account, err := exchange.OpenOwn(tx, member.ID, because)
		if err != nil {
			return err
		}
		d.Account = account.Code
		if err := exchange.Grant(tx, trader.ID, account.ID); err != nil {
			return err
		}
	}
	for ref, c := range map[string]clearing.Movement{
		"pay-1": {Place: ledger.Exchange(m.Buyer.Account), Asset: "KZT", Amount: 100_000_000_00}, "pay-2": {Place: ledger.Exchange(m.Seller.Account), Asset: "KZT", Amount: 1_000_000_00},
		"sec-1": {Place: ledger.Exchange(m.Seller.Account), Asset: Apple, Amount: 100_000}, "sec-2": {Place: ledger.Exchange(m.Seller.Account), Asset: Bayer, Amount: 5_000},
	} {
		c.Ref = ref
		if err := clearing.Deposit(tx, c); err != nil {
			return err
		}
	}
	return nil
}

// Ring lets the market learn of the books and the clock, and the books of its trades.
func (m *Market) Ring(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	var roll floor.Roll
	m.Look(t, func(tx *db.Tx) (err error) {
		roll, err = floor.ReadRoll(tx, m.Today())
		return err
	})
	if err := m.Floor.Teach(ctx, roll); err != nil {
		t.Fatal(err)
	}
	if err := m.Floor.Follow(ctx, m.Store); err != nil {
		t.Fatal(err)
	}
	if err := m.Floor.RingOnce(ctx, m.Floor.Table); err != nil {
		t.Fatal(err)
	}
	m.Moment(t, func(tx *db.Tx) error {
		_, err := m.Floor.Record(tx)
		return err
	})
}

// Order has a dealer enter an order, which must be taken, and waits until the board shows it.
func (m *Market) Order(t testing.TB, d Dealer, a floor.Ask) venue.Order {
	t.Helper()
	before := m.shown(a.Instrument)
	o, err := m.Floor.Enter(context.Background(), d.Seat, a)
	if err != nil {
		t.Fatalf("%+v: %v", a, err)
	}
	for m.shown(a.Instrument) == before {
		time.Sleep(time.Millisecond)
	}
	return o
}

// shown is the number of the last change of an instrument that the board shows.
func (m *Market) shown(code string) (seq uint64) {
	i, _ := m.Floor.Instrument(code)
	_ = m.Board.Show(func(f *feed.Feed) {
		s, _ := f.Board(i.Number, 0)
		seq = s.Seq
	})
	return seq
}
