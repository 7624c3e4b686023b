package api_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/ident"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/feed"
	"sauda/core/exchange/venue"
	"sauda/core/identity"
	"sauda/core/ledger"
	"sauda/flow/floor"
	"sauda/gear/db"
)

// apple is the code of the share that is traded in these tests.
const apple = "US0378331005"

// because is why things are done in these tests.
const because = exchange.Reason("Letter 17 of the issuer")

// market is an exchange on which alma and berik trade, each for a member of their own.
type market struct {
	h        *apptest.House
	number   uint32
	accounts map[string]exchange.Account
}

func all(s string) text.Localized { return text.Localized{"kk": s, "ru": s, "en": s} }

// openMarket lists a share and lets two people trade it, who have a million tenge and a thousand shares each; continuous
// trading has begun. Tokens registers people.
func openMarket(t *testing.T, h *apptest.House, register func(name string)) *market {
	t.Helper()
	m := &market{h: h, accounts: map[string]exchange.Account{}}
	day := span.DayOf(h.Clock.Now(), span.Almaty)
	h.Moment(t, func(tx *db.Tx) error {
		week := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
		_, err := exchange.OpenCalendar(tx, "KASE", week, nil)
		return errors.Join(err, exchange.LayTicks(tx, "SHARES-1", exchange.Ticks{{From: 0, Step: 1}, {From: 1000, Step: 5}}),
			exchange.LaySchedule(tx, exchange.Schedule{Group: "SHARES", From: day.AddDays(-30), Calendar: "KASE", RandomMax: 30_000_000, TradeAtClose: true, Full: []exchange.Slot{
				{Step: "begin_call", At: exchange.Clock(9, 0, 0)}, {Step: "begin_random_end", At: exchange.Clock(9, 10, 0)},
				{Step: "begin_closing", At: exchange.Clock(20, 0, 0)}, {Step: "begin_random_end", At: exchange.Clock(20, 10, 0)},
				{Step: "close", At: exchange.Clock(20, 30, 0)},
			}}))
	})
	h.Moment(t, func(tx *db.Tx) error {
		i, err := exchange.Draft(tx, exchange.Instrument{
			Kind: exchange.Share, Name: all("Apple"), Currency: money.KZT, Security: &exchange.Security{ISIN: apple, Short: "APPLE/SH REG", Issuer: "pty_apple"},
			Terms: exchange.Terms{
				Group: "SHARES", Table: "SHARES-1", Unit: 1, Lot: 1, QtyMin: 2, QtyMax: 1_000_000, PriceMax: 10_000_000, Call: exchange.Call{Market: "kase"},
				Cycle: 2, Maker: money.One / 2000, Taker: money.One / 1000, SellUnsettled: true,
			},
		}, because)
		if err != nil {
			return err
		}
		risky := i
		risky.Security = &exchange.Security{ISIN: "AU0000XVGZA3", Short: "RISKY/SH REG", Issuer: "pty_risky"}
		risky.Code, risky.Terms.Class = "", exchange.Experienced
		risky, err = exchange.Draft(tx, risky, because)
		m.number = i.Number
		return errors.Join(err, exchange.List(tx, i.ID, because), exchange.List(tx, risky.ID, because))
	})
	for n, name := range []string{"alma", "berik"} {
		register(name)
		m.admit(t, name, []string{"960440000151", "940740000911"}[n])
	}
	m.teach(t)
	m.do(t, venue.Input{Verb: venue.Begin})
	for _, s := range []auction.Step{auction.BeginCall, auction.BeginRandomEnd, auction.Freeze, auction.Strike} {
		m.do(t, venue.Input{Verb: venue.Step, Instrument: m.number, Step: auction.Input{Step: s}})
	}
	ctx, stop := context.WithCancel(context.Background())
	var ran sync.WaitGroup
	ran.Go(func() { h.Board.Run(ctx, nil) })
	t.Cleanup(func() {
		stop()
		ran.Wait()
	})
	m.shown(t)
	return m
}

// admit makes a member of the party of somebody, who trades for it.
func (m *market) admit(t *testing.T, name, bin string) {
	t.Helper()
	m.h.Moment(t, func(tx *db.Tx) error {
		u, _, err := identity.ByEmail(tx, name+"@example.kz")
		if err != nil {
			return err
		}
		day := span.DayOf(m.h.Clock.Now(), span.Almaty)
		member, err := exchange.Admit(tx, exchange.Member{
			Code: "M-" + bin, BIN: ident.BIN(bin), Party: string(u.Party), Name: all(name), Broker: true,
			Licence: exchange.Licence{Number: "1", Days: span.Days{From: day, To: day.AddDays(365)}},
		}, because)
		if err != nil {
			return err
		}
		a, err := exchange.OpenOwn(tx, member.ID, because)
		if err != nil {
			return err
		}
		trader, err := exchange.AdmitTrader(tx, member.ID, string(u.ID), because)
		if err != nil {
			return err
		}
		m.accounts[name] = a
		bring := func(asset string, amount int64) error {
			return clearing.Deposit(tx, clearing.Movement{Ref: name + asset, Place: ledger.Exchange(a.Code), Asset: asset, Amount: amount, Cause: "test"})
		}
		return errors.Join(exchange.Grant(tx, trader.ID, a.ID), bring("KZT", 1_000_000_00), bring(apple, 1000))
	})
}

// teach lets the market know what the books know.
func (m *market) teach(t *testing.T) {
	t.Helper()
	var roll floor.Roll
	m.h.Look(t, func(tx *db.Tx) (err error) {
		roll, err = floor.ReadRoll(tx, span.DayOf(m.h.Clock.Now(), span.Almaty))
		return err
	})
	if err := errors.Join(m.h.Floor.Teach(t.Context(), roll), m.h.Floor.Follow(t.Context(), m.h.Store)); err != nil {
		t.Fatal(err)
	}
}

func (m *market) do(t *testing.T, in venue.Input) {
	t.Helper()
	events, err := m.h.Floor.Do(t.Context(), in)
	if err != nil || events[0].Kind == venue.Refused {
		t.Fatalf("verb %d: %v, %v", in.Verb, events, err)
	}
}

// record writes down the trades.
func (m *market) record(t *testing.T) {
	t.Helper()
	m.h.Moment(t, func(tx *db.Tx) error {
		_, err := m.h.Floor.Record(tx)
		return err
	})
}

// shown waits until the board shows the market as it is.
func (m *market) shown(t *testing.T) {
	t.Helper()
	want := feed.New()
	if err := m.h.Floor.Look(t.Context(), want.Seed); err != nil {
		t.Fatal(err)
	}
	was, levels := want.Board(m.number, 100)
	for patience := 2000; ; patience-- {
		same := false
		err := m.h.Board.Show(func(f *feed.Feed) {
			s, l := f.Board(m.number, 100)
			if patience == 0 {
				t.Fatalf("the board shows %+v %v, not %+v %v", s, l, was, levels)
			}
			same = s.Phase == was.Phase && s.Last == was.Last && slices.Equal(l[0], levels[0]) && slices.Equal(l[1], levels[1])
		})
		if same {
			return
		}
		if err != nil && !errors.Is(err, floor.ErrClosed) || t.Context().Err() != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// order is the body of an order for a share.
func (m *market) order(name, side string, price, quantity int64, more ...any) map[string]any {
	body := map[string]any{"account": m.accounts[name].Code, "instrument": apple, "side": side, "price": price, "quantity": quantity}
	for n := 0; n+1 < len(more); n += 2 {
		body[fmt.Sprint(more[n])] = more[n+1]
	}
	return body
}
