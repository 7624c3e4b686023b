package floor_test

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/conduct"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/core/exchange/watch"
	"sauda/flow/floor"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/journal"
)

var watcher = db.Who{Kind: db.KindStaff, ID: "usr_watcher", Seller: "sel_own", Scopes: []string{"exchange.*"}}

// seatTwo admits a broker with two accounts of its own, whose numbers are 1 and 2, and lists a share with the number 1.
func seatTwo(tx *db.Tx) error {
	_, err := exchange.OpenCalendar(tx, "DAILY", []time.Weekday{0, 1, 2, 3, 4, 5, 6}, map[span.Day]exchange.DaySort{})
	err = errors.Join(err, exchange.LayTicks(tx, "TENGE", exchange.Ticks{{From: 0, Step: 1}}))
	name := text.Localized{"kk": "Болат", "ru": "Болат", "en": "Bolat"}
	m, err2 := exchange.Admit(tx, exchange.Member{Code: "BROKER", BIN: "960440000151", Party: "pty_broker", Name: name, Broker: true,
		Licence: exchange.Licence{Number: "1", Days: span.Days{From: span.MustDay("2020-01-01"), To: span.MustDay("2099-01-01")}}}, "test")
	if err = errors.Join(err, err2); err != nil {
		return err
	}
	for n := range 2 {
		a, err := exchange.OpenOwn(tx, m.ID, "test")
		if err != nil {
			return err
		}
		t, err := exchange.AdmitTrader(tx, m.ID, fmt.Sprint("usr_", n+1), "test")
		if err != nil {
			return err
		}
		if err := exchange.Grant(tx, t.ID, a.ID); err != nil {
			return err
		}
	}
	return nil
}

// TestSurveil: who watches over the market writes each alert down once: what was not written down when he was cut off he looks at
// again, by the journal, and no snapshot is kept before he has. What two accounts of one owner trade is one alert, about its owner
// and those who have entered its orders.
func TestSurveil(t *testing.T) {
	dbtest.Each(t, []db.Schema{bus.Schema, exchange.Schema, conduct.Schema}, func(t *testing.T, s *dbtest.Store) {
		house := s.As(watcher)
		house.Moment(t, seatTwo)
		dir, store := t.TempDir(), house.Store
		begin := func() *floor.Floor {
			f, err := floor.Open(floor.Config{Disk: journal.Folder(dir), Log: slog.New(slog.DiscardHandler), Surveilled: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = f.Close() })
			var roll floor.Roll
			house.Look(t, func(tx *db.Tx) (err error) {
				roll, err = floor.ReadRoll(tx, span.DayOf(tx.Now(), span.Almaty))
				return err
			})
			if err := f.Teach(t.Context(), roll); err != nil {
				t.Fatal(err)
			}
			return f
		}
		n := 0
		wash := func(f *floor.Floor) {
			n++
			do(t, f, order(1, fmt.Sprint("s", n), book.Input{Side: book.Sell, Price: 100, Qty: 5}))
			do(t, f, order(2, fmt.Sprint("b", n), book.Input{Price: 100, Qty: 5}))
		}
		look := func(f *floor.Floor) {
			t.Helper()
			if err := f.Surveil(t.Context(), store, true); err != nil {
				t.Fatal(err)
			}
		}
		alerts := func(want string) {
			t.Helper()
			got := ""
			house.Look(t, func(tx *db.Tx) error {
				list, _, err := conduct.Alerts(tx, conduct.Filter{})
				for _, a := range list {
					_, deals, err := conduct.EvidenceOf(tx, a)
					got += fmt.Sprint(a.Kind, a.Owners, len(deals), " ")
					if err != nil {
						return err
					}
				}
				return err
			})
			if got != want {
				t.Errorf("alerts %q, not %q", got, want)
			}
		}

		f := begin()
		rule, err := auction.RuleOf("kase", nil)
		if err != nil {
			t.Fatal(err)
		}
		furnishOne(t, f, rule)
		trading(t, f)
		wash(f)
		look(f)
		alerts("")
		wash(f)
		look(f)
		alerts("wash[pty_broker] 2 ")
		wash(f) // Nobody looks at this one any more.
		f.Written(uint64(n))
		close(t, f)

		f = begin()
		look(f)
		alerts("wash[pty_broker] 3 ")
		look(f)
		alerts("wash[pty_broker] 3 ")
		wash(f)
		look(f)
		f.Written(uint64(n))
		close(t, f)
		alerts("wash[pty_broker] 4 ")

		f = begin() // From a snapshot.
		wash(f)
		look(f)
		alerts("wash[pty_broker] 5 ")
		for _, who := range []string{"usr_1", "usr_2", "pty_broker"} {
			house.Look(t, func(tx *db.Tx) error {
				list, _, err := conduct.Alerts(tx, conduct.Filter{Kind: watch.Wash, Suspect: who})
				if len(list) != 1 {
					t.Errorf("%s is not named", who)
				}
				return err
			})
		}
	})
}

// furnishOne lists an instrument that the books do not know, and brings money and shares to both accounts.
func furnishOne(t *testing.T, f *floor.Floor, rule auction.Rule) {
	t.Helper()
	do(t, f, venue.Input{Verb: venue.List, Instrument: 1, Body: body(t, venue.Instrument{
		Code: "KZ1", Auction: rule, Protection: money.Percent(5), Reference: auction.Ref(100),
		Plan: auction.Plan{Due: []auction.Due{{Auction: auction.Opening}, {Auction: auction.Closing}}, RandomMax: 30_000_000},
		Risk: risk.Instrument{ID: 1, Asset: 2, Currency: 1, Resale: true, Proceeds: true},
	})})
	for account := uint32(1); account <= 2; account++ {
		for asset := uint32(1); asset <= 2; asset++ {
			do(t, f, venue.Input{Verb: venue.Move, Body: body(t, venue.Movement{Ref: fmt.Sprint(account, asset), Account: account, Asset: asset, Amount: 1_000_000})})
		}
	}
}
