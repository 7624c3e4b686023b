package apptest

import (
	"testing"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/ledger"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/job"
)

// Exchange is one in a house: one share that is traded from ten to five each day, one broker, and two accounts with money
// and shares for which a trader each may trade.
type Exchange struct {
	Share    exchange.Instrument
	Member   exchange.Member
	Accounts [2]exchange.Account
	Traders  [2]exchange.Trader
}

// Users are those of the traders of a market.
var Users = [2]string{"usr_first_trader", "usr_second_trader"}

// OpenMarket furnishes the exchange of a house and has the market learn of it.
func (h *House) OpenMarket(t testing.TB) Exchange {
	t.Helper()
	var m Exchange
	clerk := db.Who{Kind: db.KindStaff, ID: "usr_clerk_of_the_exchange", Seller: "sel_own", Scopes: []string{"exchange.*"}}
	if err := job.Once(t.Context(), h.Store, clerk, func(tx *db.Tx) (err error) {
		m = Exchange{}
		if err := layOut(tx); err != nil {
			return err
		}
		if m.Share, err = exchange.Draft(tx, share(), "The issuer has asked for it."); err != nil {
			return err
		}
		if err := exchange.List(tx, m.Share.ID, "The issuer has asked for it."); err != nil {
			return err
		}
		return m.admit(tx)
	}); err != nil {
		t.Fatal(err)
	}
	h.Settled(t)
	return m
}

// layOut lays the steps of the price, the calendar and the hours.
func layOut(tx *db.Tx) error {
	week := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	if _, err := exchange.OpenCalendar(tx, "DAILY", week, map[span.Day]exchange.DaySort{}); err != nil {
		return err
	}
	if err := exchange.LayTicks(tx, "TENGE", exchange.Ticks{{From: 0, Step: 100}}); err != nil {
		return err
	}
	return exchange.LaySchedule(tx, exchange.Schedule{
		Group: "SHARES", From: span.MustDay("2020-01-01"), Calendar: "DAILY", RandomMax: 30_000_000, TradeAtClose: true,
		Full: []exchange.Slot{
			{Step: "begin_call", At: exchange.Clock(10, 0, 0)}, {Step: "begin_random_end", At: exchange.Clock(10, 10, 0)},
			{Step: "begin_closing", At: exchange.Clock(17, 0, 0)}, {Step: "begin_random_end", At: exchange.Clock(17, 10, 0)},
			{Step: "close", At: exchange.Clock(17, 30, 0)},
		},
	})
}

func share() exchange.Instrument {
	return exchange.Instrument{
		Kind: exchange.Share, Name: text.Localized{"kk": "Болат", "ru": "Болат", "en": "Bolat", "zh": "Bolat"}, Currency: money.KZT,
		Security: &exchange.Security{ISIN: "US0378331005", Short: "BOLAT/SH REG", Issuer: "pty_bolat"},
		Terms: exchange.Terms{
			Group: "SHARES", Table: "TENGE", Unit: 1, Lot: 10, QtyMin: 10, QtyMax: 1_000_000, PriceMax: 100_000_000,
			Collar: exchange.Collar{Dynamic: money.Percent(10), Extended: money.Percent(30)}, Call: exchange.Call{Market: "kase"}, Cycle: 2,
			Maker: money.One / 2000, Taker: money.One / 1000, SellUnsettled: true,
		},
	}
}

// admit brings the broker with both traders, and money and shares for the accounts.
func (m *Exchange) admit(tx *db.Tx) (err error) {
	m.Member, err = exchange.Admit(tx, exchange.Member{
		Code: "BROKER", BIN: "960440000151", Party: "pty_broker", Name: text.Localized{"kk": "Делдал", "ru": "Брокер", "en": "Broker", "zh": "经纪商"}, Broker: true,
		Licence: exchange.Licence{Number: "4.2.1/1", Days: span.Days{From: span.MustDay("2020-01-01"), To: span.MustDay("2099-01-01")}},
	}, "It has a licence.")
	if err != nil {
		return err
	}
	for n := range m.Accounts {
		if m.Accounts[n], err = exchange.OpenOwn(tx, m.Member.ID, "It has asked for one."); err != nil {
			return err
		}
		if m.Traders[n], err = exchange.AdmitTrader(tx, m.Member.ID, Users[n], "Passed the examination."); err != nil {
			return err
		}
		if err := exchange.Grant(tx, m.Traders[n].ID, m.Accounts[n].ID); err != nil {
			return err
		}
		for asset, amount := range map[string]int64{"KZT": 100_000_000_00, m.Share.Asset.Code: 100_000} {
			err := clearing.Deposit(tx, clearing.Movement{
				Ref: "first-" + asset + "-" + m.Accounts[n].Code, Place: ledger.Exchange(m.Accounts[n].Code), Asset: asset, Amount: amount, Cause: "test",
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Seat gives where the trader of an account sits.
func (h *House) Seat(t testing.TB, m Exchange, n int) (s floor.Seat) {
	t.Helper()
	if err := job.Look(t.Context(), h.Store, db.System, func(tx *db.Tx) (err error) {
		s, err = floor.SeatOf(tx, Users[n], m.Accounts[n].Code)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

// Rival admits another member to a market, with an account of its own that has a hundred shares and some money in tiyn, and gives its
// seat.
func (h *House) Rival(t testing.TB, m Exchange, tiyn int64) (rival exchange.Member, seat floor.Seat) {
	t.Helper()
	const user = "usr_of_the_rival"
	clerk := db.Who{Kind: db.KindStaff, ID: "usr_clerk_of_the_exchange", Seller: "sel_own", Scopes: []string{"exchange.*"}}
	var account exchange.Account
	if err := job.Once(t.Context(), h.Store, clerk, func(tx *db.Tx) (err error) {
		if rival, err = exchange.Admit(tx, exchange.Member{
			Code: "RIVAL", BIN: "970740000838", Party: "pty_rival", Name: text.Localized{"kk": "Бәсекелес", "ru": "Соперник", "en": "Rival", "zh": "Rival"},
			Licence: exchange.Licence{Number: "4.2.1/2", Days: span.Days{From: span.MustDay("2020-01-01"), To: span.MustDay("2099-01-01")}},
		}, "It has a licence."); err != nil {
			return err
		}
		if account, err = exchange.OpenOwn(tx, rival.ID, "It has asked for one."); err != nil {
			return err
		}
		trader, err := exchange.AdmitTrader(tx, rival.ID, user, "Passed the examination.")
		if err != nil {
			return err
		}
		if err := exchange.Grant(tx, trader.ID, account.ID); err != nil {
			return err
		}
		for asset, amount := range map[string]int64{"KZT": tiyn, m.Share.Asset.Code: 100} {
			if err := clearing.Deposit(tx, clearing.Movement{
				Ref: "rival-" + asset, Place: ledger.Exchange(account.Code), Asset: asset, Amount: amount, Cause: "test",
			}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	h.Settled(t)
	if err := job.Look(t.Context(), h.Store, db.System, func(tx *db.Tx) (err error) {
		seat, err = floor.SeatOf(tx, user, account.Code)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return rival, seat
}
