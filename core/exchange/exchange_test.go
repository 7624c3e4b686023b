package exchange_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{bus.Schema, exchange.Schema}

// Who works at the exchange in these tests, and who does not.
var (
	asel    = db.Who{Kind: db.KindStaff, ID: "usr_asel", Seller: "sel_own", Scopes: []string{"exchange.*"}}
	bolat   = db.Who{Kind: db.KindStaff, ID: "usr_bolat", Seller: "sel_own", Scopes: []string{"exchange.*"}}
	clerk   = db.Who{Kind: db.KindStaff, ID: "usr_clerk", Seller: "sel_own", Scopes: []string{"orders.*"}}
	client  = db.Who{Kind: db.KindBuyer, ID: "usr_dana", Party: "pty_dana"}
	because = exchange.Reason("Letter 17 of the issuer")
)

// BINs of legal entities that are not the broker.
const (
	otherBIN = "940740000911"
	thirdBIN = "010540000881"
)

func named(s string) text.Localized { return text.Localized{"kk": s, "ru": s, "en": s} }

// share can be drafted.
func share() exchange.Instrument {
	return exchange.Instrument{Kind: exchange.Share, Name: named("Apple"), Currency: money.KZT,
		Security: &exchange.Security{ISIN: "US0378331005", Short: "APPLE/SH REG", Issuer: "pty_apple"},
		Terms: exchange.Terms{Group: "SHARES", Table: "SHARES-1", Unit: 1, Lot: 1, QtyMin: 1, QtyMax: 1_000_000, PriceMax: 10_000_000,
			Collar: exchange.Collar{Dynamic: money.Percent(10), Extended: money.Percent(30)}, Call: exchange.Call{Market: "kase"}, Cycle: 2,
			Maker: money.One / 2000, Taker: money.One / 1000, SellUnsettled: true}}
}

// petrol can be drafted: by the tonne of a thousand kilograms, in lots of 60 tonnes, for delivery in a month.
func petrol() exchange.Instrument {
	return exchange.Instrument{Kind: exchange.Forward, Code: "AI92-PVL-0327", Name: named("AI-92"), Currency: money.KZT,
		Goods: &exchange.Goods{Grade: named("K4"), Basis: "FCA", Store: "str_pavlodar", Measure: measure.Tonne, Divides: 1000,
			Expires: span.MustDay("2027-02-26"), Month: "2027-03"},
		Terms: exchange.Terms{Group: "SHARES", Table: "SHARES-1", Unit: 1000, Lot: 60_000, QtyMin: 60_000, QtyMax: 6_000_000,
			Call: exchange.Call{Market: "kase"}, Class: exchange.Experienced, Initial: money.Percent(15), Least: money.Percent(10)}}
}

// asked is what investors are asked here.
func asked() exchange.Questionnaire {
	return exchange.Questionnaire{Code: "INVESTOR-1", Balanced: 15, Experienced: 30, Questions: []exchange.Question{
		{Code: "knows", Text: named("1"), Choices: []exchange.Choice{{Code: "nothing", Text: named("a")}, {Code: "risk", Text: named("b"), Score: 10}}},
		{Code: "traded", Text: named("2"), Several: true, Choices: []exchange.Choice{{Code: "shares", Text: named("c"), Score: 5}, {Code: "forwards", Text: named("d"), Score: 20}}},
	}}
}

// broker can be admitted.
func broker() exchange.Member {
	return exchange.Member{Code: "BROKER", BIN: "960440000151", Party: "pty_broker", Name: named("Broker"), Broker: true,
		Licence: exchange.Licence{Number: "4.2.1/1", Days: span.Days{From: span.MustDay("2020-01-01"), To: span.MustDay("2027-01-01")}}}
}

// house is a store with a calendar, a group, steps and two people who work there.
type house struct {
	*dbtest.Store
	asel, bolat, clerk, client *dbtest.Store
}

func each(t *testing.T, test func(t *testing.T, h house)) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		h := house{s, s.As(asel), s.As(bolat), s.As(clerk), s.As(client)}
		h.asel.Moment(t, func(tx *db.Tx) error {
			days := map[span.Day]exchange.DaySort{span.MustDay("2026-12-16"): exchange.DayOff}
			if _, err := exchange.OpenCalendar(tx, "KASE", []time.Weekday{1, 2, 3, 4, 5}, days); err != nil {
				return err
			}
			if err := exchange.LayTicks(tx, "SHARES-1", exchange.Ticks{{From: 0, Step: 1}, {From: 100_00, Step: 5}, {From: 1000_00, Step: 50}}); err != nil {
				return err
			}
			if err := exchange.Publish(tx, asked()); err != nil {
				return err
			}
			return exchange.LaySchedule(tx, hours())
		})
		test(t, h)
	})
}

// must runs a verb that gives something and has to succeed.
func must[T any](t *testing.T, s *dbtest.Store, do func(tx *db.Tx) (T, error)) (got T) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		got, err = do(tx)
		return err
	})
	return got
}

// try runs a verb that gives something, and gives its error.
func try[T any](s *dbtest.Store, do func(tx *db.Tx) (T, error)) error {
	return s.Try(func(tx *db.Tx) error { _, err := do(tx); return err })
}

func (h house) drafted(t *testing.T, i exchange.Instrument) exchange.Instrument {
	t.Helper()
	return must(t, h.asel, func(tx *db.Tx) (exchange.Instrument, error) { return exchange.Draft(tx, i, because) })
}

func (h house) listed(t *testing.T, i exchange.Instrument) exchange.Instrument {
	t.Helper()
	i = h.drafted(t, i)
	h.asel.Moment(t, func(tx *db.Tx) error { return exchange.List(tx, i.ID, because) })
	i.State = exchange.StateListed
	return i
}

func (h house) admitted(t *testing.T) exchange.Member {
	t.Helper()
	return must(t, h.asel, func(tx *db.Tx) (exchange.Member, error) { return exchange.Admit(tx, broker(), because) })
}

// decided has one person propose and another one confirm.
func (h house) decided(kind exchange.ProposalKind, subject exchange.Subject, body any) error {
	var p exchange.Proposal
	err := h.asel.Try(func(tx *db.Tx) (err error) {
		p, err = exchange.Propose(tx, kind, subject, body, because)
		return err
	})
	if err != nil {
		return err
	}
	return try(h.bolat, func(tx *db.Tx) (exchange.Proposal, error) { return exchange.Confirm(tx, p.ID) })
}

// facts gives the names of those that were stated with a key.
func (h house) facts(t *testing.T, key string) (names []string) {
	t.Helper()
	for _, f := range h.Facts(t) {
		if f.Key == key {
			names = append(names, f.Name)
		}
	}
	return names
}

// TestStates tries every verb in every state, of an instrument and of a trader. What is not allowed changes nothing.
func TestStates(t *testing.T) {
	type verb struct {
		name string
		do   func(h house, s exchange.Subject) error
	}
	list := verb{"list", func(h house, s exchange.Subject) error {
		return h.asel.Try(func(tx *db.Tx) error { return exchange.List(tx, exchange.InstrumentID(s), because) })
	}}
	suspend := verb{"suspend", func(h house, s exchange.Subject) error {
		return h.asel.Try(func(tx *db.Tx) error { return exchange.Suspend(tx, s, because) })
	}}
	resume := verb{"resume", func(h house, s exchange.Subject) error { return h.decided(exchange.KindResume, s, nil) }}
	end := verb{"end", func(h house, s exchange.Subject) error { return h.decided(exchange.KindEnd, s, nil) }}
	type lead map[string]exchange.State // by verb; what is not here is refused
	instrument := map[exchange.State]lead{
		exchange.StateDrafted:   {"list": exchange.StateListed},
		exchange.StateListed:    {"suspend": exchange.StateSuspended, "end": exchange.StateDelisted},
		exchange.StateSuspended: {"resume": exchange.StateListed, "end": exchange.StateDelisted},
		exchange.StateDelisted:  {},
	}
	person := map[exchange.State]lead{
		exchange.StateActive:    {"suspend": exchange.StateSuspended, "end": exchange.StateEnded},
		exchange.StateSuspended: {"resume": exchange.StateActive, "end": exchange.StateEnded},
		exchange.StateEnded:     {},
	}
	ways := map[exchange.State][]verb{exchange.StateDrafted: {}, exchange.StateListed: {list}, exchange.StateActive: {},
		exchange.StateSuspended: {suspend}, exchange.StateDelisted: {list, end}, exchange.StateEnded: {end}}
	each(t, func(t *testing.T, h house) {
		m := h.admitted(t)
		n := 0
		fresh := func(of string, state exchange.State) exchange.Subject {
			n++
			if of == "instrument" {
				i := petrol()
				i.Code += string(rune('A' + n))
				s := exchange.Subject(h.drafted(t, i).ID)
				if state == exchange.StateSuspended {
					h.asel.Moment(t, func(tx *db.Tx) error { return exchange.List(tx, exchange.InstrumentID(s), because) })
				}
				return s
			}
			user := "usr_" + string(rune('a'+n))
			return exchange.Subject(must(t, h.asel, func(tx *db.Tx) (exchange.Trader, error) { return exchange.AdmitTrader(tx, m.ID, user, because) }).ID)
		}
		for of, leads := range map[string]map[exchange.State]lead{"instrument": instrument, "trader": person} {
			for state, to := range leads {
				for _, v := range []verb{list, suspend, resume, end} {
					if of == "trader" && v.name == "list" {
						continue // A trader is no instrument: ErrUnknown, below.
					}
					s := fresh(of, state)
					for _, way := range ways[state] {
						if err := way.do(h, s); err != nil {
							t.Fatalf("to %s: %s: %v", state, way.name, err)
						}
					}
					before := len(h.history(t, s))
					err, want := v.do(h, s), to[v.name]
					var no error
					if want == "" {
						no, want = exchange.ErrStanding, state
					}
					past := h.history(t, s)
					if got := past[len(past)-1].State; !errors.Is(err, no) || got != want || (len(past) > before) != (no == nil) {
						t.Errorf("%s of a %s that is %s: %v, then %s, wanted %s", v.name, of, state, err, got, want)
					}
				}
			}
		}
		if err := list.do(h, exchange.Subject(m.ID)); !errors.Is(err, exchange.ErrUnknown) {
			t.Errorf("a member is listed: %v", err)
		}
		for _, v := range []verb{list, suspend, resume, end} {
			if err := v.do(h, "ins_nobody"); !errors.Is(err, exchange.ErrUnknown) {
				t.Errorf("%s what is not there: %v", v.name, err)
			}
		}
	})
}

func (h house) history(t *testing.T, s exchange.Subject) (past []exchange.Past) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) (err error) {
		past, err = exchange.History(tx, s)
		return err
	})
	return past
}

// TestHistory: who did what and why stays, with the second person where two decide; the facts tell the venue the same.
func TestHistory(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		i := h.listed(t, share())
		h.bolat.Moment(t, func(tx *db.Tx) error { return exchange.Suspend(tx, exchange.Subject(i.ID), "  News are expected  ") })
		h.Clock.Advance(time.Hour)
		if err := errors.Join(h.decided(exchange.KindResume, exchange.Subject(i.ID), nil), h.decided(exchange.KindEnd, exchange.Subject(i.ID), nil)); err != nil {
			t.Fatal(err)
		}
		want := []exchange.Past{
			{"", exchange.StateDrafted, because, "usr_asel", "", dbtest.Noon},
			{exchange.StateDrafted, exchange.StateListed, because, "usr_asel", "", dbtest.Noon},
			{exchange.StateListed, exchange.StateSuspended, "News are expected", "usr_bolat", "", dbtest.Noon},
			{exchange.StateSuspended, exchange.StateListed, because, "usr_asel", "usr_bolat", dbtest.Noon.Add(time.Hour)},
			{exchange.StateListed, exchange.StateDelisted, because, "usr_asel", "usr_bolat", dbtest.Noon.Add(time.Hour)},
		}
		if got := h.history(t, exchange.Subject(i.ID)); !slices.Equal(got, want) {
			t.Errorf("history %v\nwanted  %v", got, want)
		}
		moved := "exchange.instrument_moved"
		if got := h.facts(t, string(i.ID)); !slices.Equal(got, []string{"exchange.instrument_drafted", moved, moved,
			"exchange.proposed", moved, "exchange.confirmed", "exchange.proposed", moved, "exchange.confirmed"}) {
			t.Errorf("facts %v", got)
		}
		if err := h.asel.Try(func(tx *db.Tx) error { return exchange.Suspend(tx, exchange.Subject(i.ID), " ") }); !errors.Is(err, exchange.ErrReason) {
			t.Errorf("without a reason: %v", err)
		}
		if err := try(h.asel, func(tx *db.Tx) (exchange.Proposal, error) {
			return exchange.Propose(tx, exchange.KindEnd, exchange.Subject(i.ID), nil, "")
		}); !errors.Is(err, exchange.ErrReason) {
			t.Errorf("proposed without a reason: %v", err)
		}
	})
}
