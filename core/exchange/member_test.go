package exchange_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/gear/db"
)

// party is a broker with a trader who may trade on an account of the broker's own.
func (h house) party(t *testing.T) (m exchange.Member, trader exchange.Trader, own exchange.Account) {
	t.Helper()
	m = h.admitted(t)
	trader = must(t, h.asel, func(tx *db.Tx) (exchange.Trader, error) { return exchange.AdmitTrader(tx, m.ID, "usr_ermek", because) })
	own = must(t, h.asel, func(tx *db.Tx) (exchange.Account, error) { return exchange.OpenOwn(tx, m.ID, because) })
	h.asel.Moment(t, func(tx *db.Tx) error { return exchange.Grant(tx, trader.ID, own.ID) })
	return m, trader, own
}

// TestMembers: a member is a legal entity with a number, a code and a BIN of its own; a sponsor has none himself.
func TestMembers(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		m := h.admitted(t)
		admit := func(change func(*exchange.Member)) (got exchange.Member, err error) {
			next := broker()
			next.Code, next.BIN = "OTHER", otherBIN
			change(&next)
			err = h.asel.Try(func(tx *db.Tx) (err error) {
				got, err = exchange.Admit(tx, next, because)
				return err
			})
			return got, err
		}
		for n, c := range []struct {
			change func(*exchange.Member)
			no     error
			fields string
		}{
			{func(m *exchange.Member) { m.Code = "BROKER" }, exchange.ErrTaken, ""}, {func(m *exchange.Member) { m.BIN = "960440000151" }, exchange.ErrTaken, ""},
			{func(m *exchange.Member) { m.BIN = "990101300003" }, exchange.ErrInvalid, "/bin"}, // That is a person.
			{func(m *exchange.Member) { m.Code, m.Party = "a", "" }, exchange.ErrInvalid, "/code/party"},
			{func(m *exchange.Member) { m.Licence = exchange.Licence{} }, exchange.ErrInvalid, "/licence/number/licence/days"},
			{func(m *exchange.Member) { m.Sponsor = "mbr_none" }, exchange.ErrUnknown, ""},
		} {
			_, err := admit(c.change)
			fields := ""
			for _, f := range fault.FieldsOf(err) {
				fields += f.Pointer
			}
			if !errors.Is(err, c.no) || fields != c.fields {
				t.Errorf("%d: %v names %s", n, err, fields)
			}
		}
		sponsored, err := admit(func(next *exchange.Member) { next.Sponsor = m.ID })
		if err != nil || sponsored.Number <= m.Number || sponsored.Sponsor != m.ID {
			t.Fatalf("sponsored: %+v, %v", sponsored, err)
		}
		if _, err := admit(func(next *exchange.Member) { next.Code, next.BIN, next.Sponsor = "THIRD", thirdBIN, sponsored.ID }); !errors.Is(err, exchange.ErrSponsor) {
			t.Errorf("a sponsor who is sponsored: %v", err)
		}
		h.asel.Moment(t, func(tx *db.Tx) error { return exchange.Suspend(tx, exchange.Subject(m.ID), because) })
		if _, err := admit(func(next *exchange.Member) { next.Code, next.BIN, next.Sponsor = "THIRD", thirdBIN, m.ID }); !errors.Is(err, exchange.ErrSponsor) {
			t.Errorf("a sponsor who is suspended: %v", err)
		}
		if all := must(t, h.Store, exchange.Members); len(all) != 2 || all[0].State != exchange.StateSuspended || all[1].Code != "OTHER" {
			t.Errorf("members: %+v", all)
		}
	})
}

// TestNumbers: numbers are given once; what was refused takes none, and what has ended does not give its number back.
func TestNumbers(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		m, first, _ := h.party(t)
		if err := try(h.asel, func(tx *db.Tx) (exchange.Trader, error) { return exchange.AdmitTrader(tx, m.ID, "usr_ermek", because) }); !errors.Is(err, exchange.ErrTaken) {
			t.Errorf("admitted twice: %v", err)
		}
		if err := h.decided(exchange.KindEnd, exchange.Subject(first.ID), nil); err != nil {
			t.Fatal(err)
		}
		second := must(t, h.asel, func(tx *db.Tx) (exchange.Trader, error) { return exchange.AdmitTrader(tx, m.ID, "usr_saule", because) })
		if first.Number != 1 || second.Number != 2 || second.Code != "T000002" {
			t.Errorf("numbers %d and %d, %s", first.Number, second.Number, second.Code)
		}
		if all := must(t, h.Store, exchange.Traders); len(all) != 2 || all[0].State != exchange.StateEnded {
			t.Errorf("traders: %+v", all)
		}
		if of := must(t, h.Store, func(tx *db.Tx) ([]exchange.Trader, error) { return exchange.TradersOf(tx, "usr_saule") }); !slices.Equal(of, []exchange.Trader{second}) {
			t.Errorf("usr_saule is %+v", of)
		}
	})
}

// TestMayTrade: a trader trades on an account while he has the grant and while he, the account, what it is a part of, the
// member, its sponsor and the licence all hold; each of them alone can stop him, and its end brings him back.
func TestMayTrade(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		m, trader, own := h.party(t)
		part := must(t, h.asel, func(tx *db.Tx) (exchange.Account, error) { return exchange.OpenSub(tx, own.ID, because) })
		h.asel.Moment(t, func(tx *db.Tx) error {
			return errors.Join(exchange.Grant(tx, trader.ID, part.ID), exchange.Grant(tx, trader.ID, part.ID))
		})
		may := func() error {
			return h.Try(func(tx *db.Tx) error { return exchange.MayTrade(tx, trader.ID, part.ID) })
		}
		if err := may(); err != nil || part.Parent != own.ID || part.Party != own.Party {
			t.Fatalf("%+v: %v", part, err)
		}
		for _, subject := range []exchange.Subject{exchange.Subject(m.ID), exchange.Subject(trader.ID), exchange.Subject(own.ID), exchange.Subject(part.ID)} {
			h.asel.Moment(t, func(tx *db.Tx) error { return exchange.Suspend(tx, subject, because) })
			if err := may(); !errors.Is(err, exchange.ErrGrant) {
				t.Errorf("%s is suspended: %v", subject, err)
			}
			if err := h.decided(exchange.KindResume, subject, nil); err != nil {
				t.Fatal(err)
			}
			if err := may(); err != nil {
				t.Errorf("%s is resumed: %v", subject, err)
			}
		}
		for range 2 {
			h.asel.Moment(t, func(tx *db.Tx) error { return exchange.Withdraw(tx, trader.ID, part.ID) })
		}
		if err := may(); !errors.Is(err, exchange.ErrGrant) {
			t.Errorf("after the grant was withdrawn: %v", err)
		}
		h.asel.Moment(t, func(tx *db.Tx) error { return exchange.Grant(tx, trader.ID, part.ID) })
		if all := must(t, h.Store, exchange.Grants); !slices.Equal(all, []exchange.Granted{{trader.Number, own.Number}, {trader.Number, part.Number}}) {
			t.Errorf("grants: %v", all)
		}
		granted, moved := "exchange.grant_changed", "exchange.account_moved"
		want := []string{"exchange.account_opened", granted, moved, "exchange.proposed", moved, "exchange.confirmed", granted, granted}
		if got := h.facts(t, string(part.ID)); !slices.Equal(got, want) {
			t.Errorf("facts %v, wanted %v", got, want)
		}
		h.Clock.Set(time.Date(2027, 1, 1, 0, 0, 0, 0, span.Almaty))
		if err := may(); !errors.Is(err, exchange.ErrGrant) {
			t.Errorf("after the licence: %v", err)
		}
		must(t, h.asel, func(tx *db.Tx) (exchange.Member, error) {
			return exchange.Renew(tx, m.ID, exchange.Licence{Number: "4.2.1/2", Days: span.Days{From: span.MustDay("2027-01-01")}}, because)
		})
		if err := may(); err != nil {
			t.Errorf("with another licence: %v", err)
		}
		if past := h.history(t, exchange.Subject(m.ID)); past[len(past)-1].Reason != "Licence 4.2.1/1 → 4.2.1/2: "+because {
			t.Errorf("history: %+v", past)
		}
		for after, want := range map[uint32][]exchange.AccountID{0: {own.ID}, own.Number: {part.ID}, part.Number: nil} {
			var got []exchange.AccountID
			for _, a := range must(t, h.Store, func(tx *db.Tx) ([]exchange.Account, error) { return exchange.Accounts(tx, after, 1) }) {
				got = append(got, a.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("accounts after %d: %v, wanted %v", after, got, want)
			}
		}
		if err := try(h.asel, func(tx *db.Tx) (exchange.Account, error) { return exchange.OpenSub(tx, part.ID, because) }); !errors.Is(err, exchange.ErrStanding) {
			t.Errorf("a part of a part: %v", err)
		}
	})
}

// TestStrangers: nobody trades on an account of another member; a sponsor who is stopped stops whom he answers for.
func TestStrangers(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		m, trader, _ := h.party(t)
		next := broker()
		next.Code, next.BIN, next.Sponsor = "OTHER", otherBIN, m.ID
		other := must(t, h.asel, func(tx *db.Tx) (exchange.Member, error) { return exchange.Admit(tx, next, because) })
		his := must(t, h.asel, func(tx *db.Tx) (exchange.Trader, error) {
			return exchange.AdmitTrader(tx, other.ID, "usr_ermek", because)
		})
		own := must(t, h.asel, func(tx *db.Tx) (exchange.Account, error) { return exchange.OpenOwn(tx, other.ID, because) })
		if err := h.asel.Try(func(tx *db.Tx) error { return exchange.Grant(tx, trader.ID, own.ID) }); !errors.Is(err, exchange.ErrGrant) {
			t.Errorf("granted to a stranger: %v", err)
		}
		h.asel.Moment(t, func(tx *db.Tx) error { return exchange.Grant(tx, his.ID, own.ID) })
		h.asel.Moment(t, func(tx *db.Tx) error { return exchange.Suspend(tx, exchange.Subject(m.ID), because) })
		for _, who := range []exchange.TraderID{trader.ID, his.ID} {
			if err := h.Try(func(tx *db.Tx) error { return exchange.MayTrade(tx, who, own.ID) }); !errors.Is(err, exchange.ErrGrant) {
				t.Errorf("%s trades there: %v", who, err)
			}
		}
		for _, err := range []error{
			h.Try(func(tx *db.Tx) error { return exchange.MayTrade(tx, his.ID, "acc_none") }),
			h.Try(func(tx *db.Tx) error { return exchange.MayTrade(tx, "trd_none", own.ID) }),
		} {
			if !errors.Is(err, exchange.ErrGrant) || errors.Is(err, exchange.ErrUnknown) {
				t.Errorf("what is not there: %v", err)
			}
		}
		if err := try(h.asel, func(tx *db.Tx) (exchange.Account, error) { return exchange.OpenOwn(tx, m.ID, because) }); !errors.Is(err, exchange.ErrStanding) {
			t.Errorf("a member who is suspended opens an account: %v", err)
		}
	})
}

// TestLimits: one person sets a limit and tightens it, two widen it or lift it; each that has counted is kept.
func TestLimits(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		_, trader, _ := h.party(t)
		subject := exchange.Subject(trader.ID)
		set := func(what exchange.Bound, most int64) error {
			return h.asel.Try(func(tx *db.Tx) error {
				return exchange.SetLimit(tx, exchange.Limit{Subject: subject, What: what, Most: most, Reason: because})
			})
		}
		if err := errors.Join(set(exchange.OrderValue, 100), set(exchange.OrderValue, 100), set(exchange.OrderValue, 50), set(exchange.OrderRate, 0)); err != nil {
			t.Fatal(err)
		}
		if err := set(exchange.OrderValue, 51); !errors.Is(err, exchange.ErrTwo) {
			t.Errorf("widened by one: %v", err)
		}
		if err := h.asel.Try(func(tx *db.Tx) error {
			return exchange.SetLimit(tx, exchange.Limit{Subject: subject, What: exchange.OrderRate, Lifted: true, Reason: because})
		}); !errors.Is(err, exchange.ErrTwo) {
			t.Errorf("lifted by one: %v", err)
		}
		h.Clock.Advance(time.Minute)
		if err := errors.Join(h.decided(exchange.KindLimit, subject, exchange.Limit{What: exchange.OrderValue, Most: 200}),
			h.decided(exchange.KindLimit, subject, exchange.Limit{What: exchange.OrderRate, Lifted: true})); err != nil {
			t.Fatal(err)
		}
		count := must(t, h.Store, exchange.Limits)
		if len(count) != 1 || count[0].Most != 200 || count[0].By != "usr_asel" || count[0].Second != "usr_bolat" || !count[0].Ended.IsZero() {
			t.Errorf("that count: %+v", count)
		}
		past := must(t, h.Store, func(tx *db.Tx) ([]exchange.Limit, error) { return exchange.LimitHistory(tx, subject) })
		var mosts []int64
		for _, l := range past {
			mosts = append(mosts, l.Most)
		}
		if !slices.Equal(mosts, []int64{100, 50, 0, 200}) || past[1].Ended.IsZero() || past[2].Ended.IsZero() {
			t.Errorf("that have counted: %+v", past)
		}
		if err := errors.Join(set("mood", 1), set(exchange.Position, -1)); !errors.Is(err, exchange.ErrInvalid) {
			t.Errorf("no limit: %v", err)
		}
		if err := set(exchange.OrderRate, 1_000_000_001); !errors.Is(err, exchange.ErrInvalid) {
			t.Errorf("more than can be counted: %v", err)
		}
		for _, body := range []any{nil, "x", exchange.Limit{What: "mood"}} {
			if err := h.decided(exchange.KindLimit, subject, body); !errors.Is(err, exchange.ErrInvalid) {
				t.Errorf("%v is proposed: %v", body, err)
			}
		}
		i := h.listed(t, share())
		if err := h.decided(exchange.KindLimit, exchange.Subject(i.ID), exchange.Limit{What: exchange.Position}); !errors.Is(err, exchange.ErrInvalid) {
			t.Errorf("a limit of an instrument: %v", err)
		}
		n := 0
		for _, name := range h.facts(t, string(subject)) {
			if name == "exchange.limit_set" {
				n++
			}
		}
		if n != 5 {
			t.Errorf("%d limits were stated, wanted 5", n)
		}
	})
}
