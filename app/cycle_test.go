package app_test

import (
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/risk"
	"sauda/core/ledger"
	"sauda/flow/floor"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/job"
)

// cycle is a market whose clearing goes through its days.
type cycle struct {
	*apptest.House
	t *testing.T
	m apptest.Exchange
}

func openCycle(t *testing.T, h *apptest.House) *cycle { return &cycle{h, t, h.OpenMarket(t)} }

// as does something as one of the staff.
func (c *cycle) as(who string, do func(*db.Tx) error) {
	c.t.Helper()
	staff := db.Who{Kind: db.KindStaff, ID: who, Seller: "sel_own", Scopes: []string{"exchange.*"}}
	if err := job.Once(c.t.Context(), c.Store, staff, do); err != nil {
		c.t.Fatal(err)
	}
}

// decided has two people decide something about an instrument, and what follows from it happen.
func (c *cycle) decided(kind exchange.ProposalKind, about exchange.InstrumentID, body any) exchange.ProposalID {
	c.t.Helper()
	var p exchange.Proposal
	c.as("usr_first", func(tx *db.Tx) (err error) {
		p, err = exchange.Propose(tx, kind, exchange.Subject(about), body, "The issuer has said so.")
		return err
	})
	c.as("usr_second", func(tx *db.Tx) error {
		_, err := exchange.Confirm(tx, p.ID)
		return err
	})
	c.Settled(c.t)
	return p.ID
}

// system does what a clock does, and what follows from it.
func (c *cycle) system(do func(*db.Tx) error) {
	c.t.Helper()
	if err := job.Once(c.t.Context(), c.Store, db.System, do); err != nil {
		c.t.Fatal(err)
	}
	c.Settled(c.t)
}

// agrees wants that the market has what the books have, and that nothing is due when nothing is open.
func (c *cycle) agrees(when string) {
	c.t.Helper()
	same(c.t, c.House)
	for n, a := range c.m.Accounts {
		p, err := c.Floor.Portfolio(c.t.Context(), a.Number)
		if err != nil {
			c.t.Fatal(err)
		}
		for number, b := range p.Balances {
			if b.Due != 0 {
				c.t.Errorf("%s: %d %s are due to account %d", when, b.Due, c.Floor.AssetCode(number), n)
			}
		}
	}
}

func (c *cycle) balance(n int, asset uint32) risk.Balance {
	c.t.Helper()
	p, err := c.Floor.Portfolio(c.t.Context(), c.m.Accounts[n].Number)
	if err != nil {
		c.t.Fatal(err)
	}
	return p.Balances[asset]
}

// open goes on to the continuous trading of a day so many days later.
func (c *cycle) open(days int) {
	at(c.t, c.House, days, 9, 45)
	at(c.t, c.House, 0, 10, 5)
	at(c.t, c.House, 0, 10, 10)
	at(c.t, c.House, 0, 10, 11)
}

// close goes on to the evening.
func (c *cycle) close() {
	for _, m := range []int{0, 10, 11, 31} {
		at(c.t, c.House, 0, 17, m)
	}
}

const wheat = "WHEAT-3-KST"

// draftWheat lists a forward that delivers wheat, for which a receipt of the first account lies in the store.
func (c *cycle) draftWheat(expires span.Day) (f exchange.Instrument) {
	c.t.Helper()
	c.as("usr_first", func(tx *db.Tx) (err error) {
		f, err = exchange.Draft(tx, exchange.Instrument{
			Kind: exchange.Forward, Code: "WHEAT-F", Name: text.Localized{"kk": "Бидай форварды", "ru": "Форвард на пшеницу", "en": "Wheat forward", "zh": "小麦远期"}, Currency: money.KZT,
			Goods: &exchange.Goods{
				Grade: text.Localized{"kk": "3-сынып", "ru": "3 класс", "en": "Class 3", "zh": "三级"}, Basis: "FCA", Store: "KOSTANAY", Measure: measure.Tonne, Divides: 1000,
				Expires: expires, Month: expires.String()[:7], Gives: wheat,
			},
			Terms: exchange.Terms{
				Group: "SHARES", Table: "TENGE", Unit: 1000, Lot: 1000, QtyMin: 1000, QtyMax: 1_000_000, PriceMax: 100_000_000, Call: exchange.Call{Market: "kase"},
				Collar: exchange.Collar{Dynamic: money.Percent(30), Extended: money.Percent(40)}, Initial: money.Percent(10), Maker: money.One / 2000, Taker: money.One / 1000,
			},
		}, "Harvest.")
		if err != nil {
			return err
		}
		if err := clearing.Lodge(tx, clearing.Receipt{
			ID: "WR-1", Asset: wheat, Lot: "L1", Quality: "3", Store: "KOSTANAY", Expires: expires.AddDays(30), Quantity: 8000, Owner: c.m.Accounts[0].Code,
		}); err != nil {
			return err
		}
		return exchange.List(tx, f.ID, "Harvest.")
	})
	c.Settled(c.t)
	return f
}

// TestAForwardIsDelivered: two people set its first price, its trades are marked each evening and the market hears of the
// variation and holds the margin at the new price, and on its day it is delivered by a receipt, what was sold back too; then
// nothing is held, nothing is due, and its book is empty. Told twice, a day marks once.
func TestAForwardIsDelivered(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := openCycle(t, h)
		today := span.DayOf(h.Clock.Now(), span.Almaty)
		for today = today.AddDays(1); today.Weekday() != 1; today = today.AddDays(1) { // On Monday it begins, on Wednesday it is delivered.
			continue
		}
		f := c.draftWheat(today.AddDays(2))
		if f.Asset.Code != wheat {
			t.Fatalf("it delivers %s", f.Asset.Code)
		}
		c.decided(floor.KindFix, f.ID, floor.Fix{Price: 100_000_00})
		c.open(span.DayOf(h.Clock.Now(), span.Almaty).DaysUntil(today))
		seller, buyer := h.Seat(t, c.m, 0), h.Seat(t, c.m, 1)
		enter(t, h, seller, floor.Ask{Instrument: f.Code, Client: "s1", Side: book.Sell, Price: 100_000_00, Quantity: 7000, Life: book.Lasting})
		enter(t, h, buyer, floor.Ask{Instrument: f.Code, Client: "b1", Price: 100_000_00, Quantity: 3000})
		h.Settled(t)
		tenge := f.Paid.Number
		if b := c.balance(1, tenge); b.Margin != 30_000_00 {
			t.Errorf("the buyer holds a margin of %d", b.Margin)
		}
		enter(t, h, seller, floor.Ask{Instrument: f.Code, Client: "s4", Price: 99_000_00, Quantity: 2000, Life: book.Lasting})
		enter(t, h, buyer, floor.Ask{Instrument: f.Code, Client: "b4", Side: book.Sell, Price: 99_000_00, Quantity: 2000}) // Sold back,
		enter(t, h, buyer, floor.Ask{Instrument: f.Code, Client: "b2", Price: 100_000_00, Quantity: 4000})                 // and bought again.
		enter(t, h, seller, floor.Ask{Instrument: f.Code, Client: "s2", Side: book.Sell, Price: 110_000_00, Quantity: 1000, Life: book.Lasting})
		enter(t, h, buyer, floor.Ask{Instrument: f.Code, Client: "b3", Price: 110_000_00, Quantity: 1000})
		enter(t, h, seller, floor.Ask{Instrument: f.Code, Client: "s3", Side: book.Sell, Price: 120_000_00, Quantity: 1000, Life: book.Lasting})
		c.close()
		before := c.balance(1, tenge)
		for range 2 {
			c.system(func(tx *db.Tx) error {
				_, err := floor.MarkForwards(tx, span.DayOf(tx.Now(), span.Almaty))
				return err
			})
		}
		after := c.balance(1, tenge)
		if won := after.Settled - before.Settled; won != 7*10_000_00-2*11_000_00 { // Seven tonnes went up by 10 000 ₸, the last was bought there, and two were sold.
			t.Errorf("the buyer got a variation of %d", won)
		}
		if after.Margin != 66_000_00 {
			t.Errorf("at the new price the margin is %d", after.Margin)
		}
		h.Reopen(t)
		h.Settled(t)
		if again := c.balance(1, tenge); again != after {
			t.Errorf("opened again, %+v has become %+v", after, again)
		}
		c.open(1)
		c.close()
		c.open(1)
		c.close()
		for _, do := range []func(*db.Tx) error{
			func(tx *db.Tx) error { _, err := floor.MarkForwards(tx, span.DayOf(tx.Now(), span.Almaty)); return err },
			func(tx *db.Tx) error {
				done, err := floor.Settle(tx, span.DayOf(tx.Now(), span.Almaty), true)
				if len(done.Failures) > 0 {
					t.Errorf("failed: %+v", done.Failures)
				}
				return err
			},
		} {
			c.system(do)
		}
		c.open(1) // Its last day is over: what stood in its book is taken back, and its fees are paid.
		c.close()
		c.system(func(tx *db.Tx) error { _, err := floor.MarkForwards(tx, span.DayOf(tx.Now(), span.Almaty)); return err })
		c.agrees("delivered")
		if b := c.balance(1, f.Asset.Number); b.Settled != 6000 {
			t.Errorf("the buyer has %+v of the wheat", b)
		}
		p, _ := h.Floor.Portfolio(t.Context(), c.m.Accounts[1].Number)
		if s := p.Positions[f.Number]; s.Position != 0 || c.balance(1, tenge).Margin != 0 {
			t.Errorf("after the delivery: %+v, %+v", s, c.balance(1, tenge))
		}
		if live, err := h.Floor.Orders(t.Context(), c.m.Accounts[0].Number, true, 10); err != nil || len(live) > 0 {
			t.Errorf("orders of an expired forward: %+v, %v", live, err)
		}
		h.Sound(t)
	})
}

// TestWhatIssuersDo: a dividend is announced by two, recorded, paid to who held, and shows in the statement; one that its issuer
// cannot pay waits and is paid later. A split takes back the orders that stand, has the last price stand for the new shares, and
// divides what is held and what is open.
func TestWhatIssuersDo(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := openCycle(t, h)
		c.open(1)
		seller, buyer := h.Seat(t, c.m, 0), h.Seat(t, c.m, 1)
		enter(t, h, seller, floor.Ask{Instrument: c.m.Share.Code, Client: "s1", Side: book.Sell, Price: 1000_00, Quantity: 100})
		enter(t, h, buyer, floor.Ask{Instrument: c.m.Share.Code, Client: "b1", Price: 1000_00, Quantity: 100})
		enter(t, h, buyer, floor.Ask{Instrument: c.m.Share.Code, Client: "b2", Price: 990_00, Quantity: 10, Life: book.Lasting})
		c.close()
		today := span.DayOf(h.Clock.Now(), span.Almaty)
		asset, issuer := c.m.Share.Asset.Code, c.m.Accounts[0].Code
		dividend := c.decided(floor.KindNotice, c.m.Share.ID, clearing.Notice{
			Kind: clearing.Dividend, Asset: asset, Currency: "KZT", Amount: 2000_00, Per: 1, Payer: issuer, Record: today, Pay: today.AddDays(1),
		})
		split := c.decided(floor.KindNotice, c.m.Share.ID, clearing.Notice{
			Kind: clearing.Splitting, Asset: asset, Currency: "KZT", Amount: 500_00, Per: 1, New: 2, Old: 1, Payer: issuer, Record: today.AddDays(2), Pay: today.AddDays(2),
		})
		ripen := func(days int, payments bool) {
			if err := floor.CarryOut(t.Context(), h.Store, today.AddDays(days), payments); err != nil {
				t.Fatal(err)
			}
			h.Settled(t)
		}
		state := func(ref exchange.ProposalID) (n clearing.Notice) {
			h.Look(t, func(tx *db.Tx) (err error) {
				n, err = clearing.GetNotice(tx, string(ref))
				return err
			})
			return n
		}
		ripen(0, false)
		ripen(1, true)
		if n := state(dividend); n.State != clearing.NoticeRecorded || !n.Lacks {
			t.Fatalf("an issuer with too little: %+v", n)
		}
		c.as("usr_first", func(tx *db.Tx) error {
			_, err := floor.Deposit(tx, issuer, clearing.Movement{Ref: "issuer", Asset: "KZT", Amount: 300_000_000_00, Cause: "test"})
			return err
		})
		h.Settled(t)
		was := c.balance(1, c.m.Share.Paid.Number).Settled
		ripen(2, true)
		if n := state(dividend); n.State != clearing.NoticeDone || n.Lacks {
			t.Errorf("the dividend is %+v", n)
		}
		if got := c.balance(1, c.m.Share.Paid.Number).Settled - was; got != 100_000*2000_00 {
			t.Errorf("the market hears of a dividend of %d", got)
		}
		ripen(2, false)
		ripen(2, false)
		if n := state(split); n.State != clearing.NoticeDone {
			t.Errorf("the split is %+v", n)
		}
		if b := c.balance(1, c.m.Share.Asset.Number); b.Settled != 200_000 || b.Due != 200 {
			t.Errorf("after the split: %+v", b)
		}
		if live, err := h.Floor.Orders(t.Context(), c.m.Accounts[1].Number, true, 10); err != nil || len(live) > 0 {
			t.Errorf("orders about shares that are divided: %+v, %v", live, err)
		}
		if last := day(t, h, c.m.Share.Number).Last; last.Price != 500_00 {
			t.Errorf("the last price is %+v", last)
		}
		at(t, h, 2, 18, 0)
		settle := func(tx *db.Tx) error {
			_, err := floor.Settle(tx, span.DayOf(tx.Now(), span.Almaty), true)
			return err
		}
		c.system(settle)
		c.agrees("divided and settled")
		h.Sound(t)
	})
}

// TestASplitOfWhatIsLocked: what was bought and may be sold only when it is settled stays locked, the units that a split makes of it
// too, until they are settled.
func TestASplitOfWhatIsLocked(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := openCycle(t, h)
		var share exchange.Instrument
		c.as("usr_first", func(tx *db.Tx) (err error) {
			next := exchange.Instrument{
				Kind: exchange.Share, Name: text.Localized{"kk": "Темір", "ru": "Темир", "en": "Temir", "zh": "Temir"}, Currency: money.KZT,
				Security: &exchange.Security{ISIN: "US5949181045", Short: "TEMIR/SH REG", Issuer: "pty_temir"}, Terms: c.m.Share.Terms,
			}
			next.Terms.SellUnsettled = false
			if share, err = exchange.Draft(tx, next, "The issuer has asked for it."); err != nil {
				return err
			}
			if err := exchange.List(tx, share.ID, "The issuer has asked for it."); err != nil {
				return err
			}
			return clearing.Deposit(tx, clearing.Movement{Ref: "temir", Place: ledger.Exchange(c.m.Accounts[0].Code), Asset: share.Asset.Code, Amount: 1000})
		})
		c.open(1)
		enter(t, h, h.Seat(t, c.m, 0), floor.Ask{Instrument: share.Code, Client: "s1", Side: book.Sell, Price: 1000_00, Quantity: 100})
		enter(t, h, h.Seat(t, c.m, 1), floor.Ask{Instrument: share.Code, Client: "b1", Price: 1000_00, Quantity: 100})
		c.close()
		c.system(func(tx *db.Tx) error {
			return clearing.Split(tx, clearing.Division{
				Ref: "spl", Asset: share.Asset.Code, New: 2, Old: 1, Currency: "KZT", Price: 500_00, Payer: c.m.Accounts[0].Code, Day: span.DayOf(tx.Now(), span.Almaty),
			})
		})
		if b := c.balance(1, share.Asset.Number); b.Due != 200 || b.Locked != 200 || b.Free != 0 {
			t.Errorf("after the split: %+v", b)
		}
		same(t, h)
		at(t, h, 4, 18, 30)
		c.system(func(tx *db.Tx) error {
			_, err := floor.Settle(tx, span.DayOf(tx.Now(), span.Almaty), true)
			return err
		})
		if b := c.balance(1, share.Asset.Number); b.Settled != 200 || b.Locked != 0 || b.Free != 200 {
			t.Errorf("when it is settled: %+v", b)
		}
		c.agrees("settled")
		h.Sound(t)
	})
}

// TestAnOverdueTradeIsBoughtIn: a seller who has sold what he gave away meanwhile fails four times, pays penalties, and then what
// the buyer loses; the market hears of all of it.
func TestAnOverdueTradeIsBoughtIn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := openCycle(t, h)
		c.open(1)
		seller, buyer := h.Seat(t, c.m, 0), h.Seat(t, c.m, 1)
		enter(t, h, seller, floor.Ask{Instrument: c.m.Share.Code, Client: "s1", Side: book.Sell, Price: 1000_00, Quantity: 100})
		enter(t, h, buyer, floor.Ask{Instrument: c.m.Share.Code, Client: "b1", Price: 1000_00, Quantity: 100})
		h.Settled(t)
		asset := c.m.Share.Asset.Code
		c.as("usr_first", func(tx *db.Tx) error { // The depository was wrong about them.
			return clearing.Withdraw(tx, clearing.Movement{Ref: "seized", Place: ledger.Exchange(c.m.Accounts[0].Code), Asset: asset, Amount: 100_000})
		})
		h.Settled(t)
		enter(t, h, buyer, floor.Ask{Instrument: c.m.Share.Code, Client: "b2", Side: book.Sell, Price: 1090_00, Quantity: 50})
		enter(t, h, seller, floor.Ask{Instrument: c.m.Share.Code, Client: "s2", Price: 1090_00, Quantity: 50})
		c.close()
		for range 9 {
			at(t, h, 1, 18, 30)
			c.system(func(tx *db.Tx) error {
				_, err := floor.Settle(tx, span.DayOf(tx.Now(), span.Almaty), true)
				return err
			})
		}
		var state clearing.State
		h.Look(t, func(tx *db.Tx) error {
			_, sides, err := clearing.Lookup(tx, 1)
			state = sides[0].State
			return err
		})
		if state != clearing.BoughtIn {
			t.Errorf("the trade is %s", state)
		}
		c.agrees("bought in")
		h.Sound(t)
	})
}

// TestBoughtInAfterASplit: the last price of the market was for the old shares, and who failed pays by that of the new ones.
func TestBoughtInAfterASplit(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		c := openCycle(t, h)
		c.open(1)
		enter(t, h, h.Seat(t, c.m, 0), floor.Ask{Instrument: c.m.Share.Code, Client: "s1", Side: book.Sell, Price: 1000_00, Quantity: 100})
		enter(t, h, h.Seat(t, c.m, 1), floor.Ask{Instrument: c.m.Share.Code, Client: "b1", Price: 1000_00, Quantity: 100})
		h.Settled(t)
		asset, failing := c.m.Share.Asset.Code, c.m.Accounts[0].Code
		c.as("usr_first", func(tx *db.Tx) error { // The depository was wrong about them.
			return clearing.Withdraw(tx, clearing.Movement{Ref: "seized", Place: ledger.Exchange(failing), Asset: asset, Amount: 100_000})
		})
		c.close()
		at(t, h, 1, 18, 30)
		c.system(func(tx *db.Tx) error {
			return clearing.Split(tx, clearing.Division{
				Ref: "spl", Asset: asset, New: 2, Old: 1, Currency: "KZT", Price: 500_00, Payer: failing, Day: span.DayOf(tx.Now(), span.Almaty),
			})
		})
		for range 8 {
			at(t, h, 1, 18, 30)
			c.system(func(tx *db.Tx) error {
				_, err := floor.Settle(tx, span.DayOf(tx.Now(), span.Almaty), true)
				return err
			})
		}
		h.Look(t, func(tx *db.Tx) error {
			all, err := bus.Facts(tx, bus.Filter{Names: []string{clearing.BroughtIn{}.Fact()}, Page: bus.Page{Limit: 10}})
			if len(all) != 1 || !strings.Contains(string(all[0].Body), `"cost":0`) {
				t.Errorf("at the price of the trade nothing is lost: %s", all)
			}
			return err
		})
		c.agrees("bought in")
		h.Sound(t)
	})
}
