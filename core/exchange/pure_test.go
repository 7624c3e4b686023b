package exchange_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
)

// TestISIN: numbers that agencies have given are taken, and every change of one character is refused, but for the few that a
// check digit does not see: two letters are told apart, and a letter and a digit in its place.
func TestISIN(t *testing.T) {
	for _, given := range []string{"US0378331005", "AU0000XVGZA3", "GB0002634946", "DE000BAY0017", "CH0031240127", "US38259P5089"} {
		if got, err := exchange.ParseISIN(given); err != nil || string(got) != given {
			t.Errorf("%s: %s, %v", given, got, err)
		}
		for digit := byte('0'); digit <= '9'; digit++ {
			wrong := given[:11] + string(digit)
			if _, err := exchange.ParseISIN(wrong); (err == nil) != (wrong == given) {
				t.Errorf("%s: %v", wrong, err)
			}
		}
		for at := 5; at < 11; at++ { // One digit for another.
			if given[at] < '0' || given[at] > '9' {
				continue
			}
			wrong := given[:at] + string('0'+(given[at]-'0'+1)%10) + given[at+1:]
			if _, err := exchange.ParseISIN(wrong); !errors.Is(err, exchange.ErrISIN) {
				t.Errorf("%s: %v", wrong, err)
			}
		}
	}
	if got, err := exchange.ParseISIN(" us 0378331005 "); err != nil || got != "US0378331005" {
		t.Errorf("as people write it: %s, %v", got, err)
	}
	for _, wrong := range []string{"", "US037833100", "US03783310055", "U10378331005", "US037833100X", "US03783З1005", "US0378-31005"} {
		if _, err := exchange.ParseISIN(wrong); !errors.Is(err, exchange.ErrISIN) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

// TestDayCounts has cases where the bases differ: the rules of ISDA 2006, section 4.16(d), (f) and (g), at ends of months.
func TestDayCounts(t *testing.T) {
	for _, c := range []struct {
		from, to                 string
		actual, thirty, european int64
	}{
		{"2007-01-15", "2007-01-30", 15, 15, 15},
		{"2007-01-15", "2007-01-31", 16, 16, 15},
		{"2007-01-31", "2007-02-28", 28, 28, 28},
		{"2007-09-30", "2007-10-31", 31, 30, 30},
		{"2007-09-30", "2008-03-31", 183, 180, 180},
		{"2008-02-28", "2008-08-31", 185, 183, 182},
		{"2008-02-29", "2008-03-31", 31, 32, 31},
		{"2008-02-29", "2009-02-28", 365, 359, 359},
		{"2007-02-26", "2008-02-25", 364, 359, 359},
	} {
		for basis, want := range map[exchange.Basis]money.Money{
			exchange.Actual365: exact(c.actual, 365), exchange.Thirty360: exact(c.thirty, 360), exchange.ThirtyE360: exact(c.european, 360),
		} {
			// One coupon a year that begins on the first day, and a nominal of a share of which a day is whole.
			b := exchange.Bond{Issued: span.MustDay(c.from), Matures: span.MustDay(c.from).AddDays(3653), Yearly: 1, Rate: money.One, Basis: basis}
			coupon := exchange.Coupon{From: span.MustDay(c.from), To: span.MustDay(c.to)}
			if got, err := b.Pays(coupon, nominal, 1); err != nil || got != want {
				t.Errorf("%s from %s to %s: %v, %v, wanted %v", basis, c.from, c.to, got, err, want)
			}
		}
	}
}

// nominal can be divided by 360 and by 365.
var nominal = money.Of(360*365*100, money.KZT)

func exact(days, year int64) money.Money { return money.Of(nominal.Minor/year*days, money.KZT) }

// TestCoupons: coupons join without a gap from the issue to the end, a short one first; the last day of a month stays it.
func TestCoupons(t *testing.T) {
	b := exchange.Bond{Issued: span.MustDay("2025-10-10"), Matures: span.MustDay("2027-08-31"), Yearly: 2, Rate: money.Percent(10), Basis: exchange.Actual365}
	want := "2025-10-10..2026-02-28 2026-02-28..2026-08-31 2026-08-31..2027-02-28 2027-02-28..2027-08-31 "
	got := ""
	for _, c := range b.Coupons() {
		got += fmt.Sprintf("%s..%s ", c.From, c.To)
	}
	if got != want {
		t.Errorf("coupons %s\nwanted  %s", got, want)
	}
	face := money.Of(1000_00, money.KZT)
	for day, want := range map[string]int64{
		"2025-10-09": 0, "2025-10-10": 0, "2025-10-11": 27_40, // 1000 × 0.1 × 1/365 × 100 bonds = 27.397
		"2026-02-27": 3835_62, "2026-02-28": 0, "2026-11-24": 2328_77, "2027-08-30": 5013_70, "2027-08-31": 0, "2030-01-01": 0,
	} {
		if got, err := b.Accrued(span.MustDay(day), face, 100); err != nil || got.Minor != want {
			t.Errorf("accrued on %s: %v, %v, wanted %d", day, got, err, want)
		}
	}
	b.Basis = exchange.Thirty360
	if got, err := b.Accrued(span.MustDay("2026-11-24"), face, 100); err != nil || got.Minor != 2333_33 { // 84 days: the 31st is the 30th.
		t.Errorf("30/360: %v, %v", got, err)
	}
	if _, err := b.Accrued(span.MustDay("2026-11-24"), face, 1<<60); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("more than can be counted: %v", err)
	}
	b.Yearly, b.Rate = 0, 0
	if got, err := b.Accrued(span.MustDay("2026-11-24"), face, 100); err != nil || !got.IsZero() || b.Coupons() != nil {
		t.Errorf("without coupons: %v, %v", got, err)
	}
}

// TestCouponsJoin holds that for any bond: no gap, no overlap, and what accrues over a period never falls and ends below what
// the coupon pays.
func TestCouponsJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		issued := span.MustDay("2000-01-01").AddDays(rapid.IntRange(0, 9000).Draw(t, "issued"))
		b := exchange.Bond{Issued: issued, Matures: issued.AddDays(rapid.IntRange(1, 4000).Draw(t, "life")),
			Yearly: rapid.SampledFrom([]int64{1, 2, 4, 12}).Draw(t, "yearly"), Rate: money.Percent(rapid.Int64Range(1, 30).Draw(t, "rate")),
			Basis: rapid.SampledFrom([]exchange.Basis{exchange.Actual365, exchange.Thirty360, exchange.ThirtyE360}).Draw(t, "basis")}
		at := b.Issued
		for _, c := range b.Coupons() {
			if c.From != at || !c.From.Before(c.To) {
				t.Fatalf("%s..%s after %s", c.From, c.To, at)
			}
			at = c.To
			before := int64(0)
			for day := c.From; day.Before(c.To); day = day.AddDays(1) {
				got, err := b.Accrued(day, nominal, 10)
				if err != nil || got.Minor < before {
					t.Fatalf("%s: %v after %d, %v", day, got, before, err)
				}
				before = got.Minor
			}
			if pays, err := b.Pays(c, nominal, 10); err != nil || pays.Minor < before {
				t.Fatalf("%s..%s pays %v, accrued %d, %v", c.From, c.To, pays, before, err)
			}
		}
		if at != b.Matures {
			t.Fatalf("coupons end on %s", at)
		}
	})
}

// TestTicksAgree: the order book and the auctions find the same prices in one table of steps.
func TestTicksAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.Int64Range(1, 5).Draw(t, "step")
		ticks := exchange.Ticks{{From: 0, Step: step}}
		from := int64(0)
		for range rapid.IntRange(0, 3).Draw(t, "bands") {
			step *= rapid.Int64Range(2, 5).Draw(t, "times")
			from = (from/step + rapid.Int64Range(1, 20).Draw(t, "wide")) * step
			ticks = append(ticks, exchange.Band{From: from, Step: step})
		}
		if err := ticks.Auction().Check(); err != nil {
			t.Fatal(err)
		}
		b, err := book.New(book.Rules{Ticks: ticks.Book(), AnyID: true, OrdersMemory: 8})
		if err != nil {
			t.Fatal(err)
		}
		for range 50 {
			price := rapid.Int64Range(1, 2*from+100).Draw(t, "price")
			in := book.Input{Verb: book.Enter, ID: uint64(price), Price: price, Qty: 1, Life: book.Immediate}
			first := b.Apply(&in, nil)[0]
			if taken := first.Kind != book.Refused; taken != ticks.Auction().Holds(price) {
				t.Fatalf("%d under %v: the book says %s, auctions %v", price, ticks, first.Reason.Code(), ticks.Auction().Holds(price))
			}
		}
	})
}

// hours are those of a group with everything: a random end, a break for a call, shortened days, trading at the close.
func hours() exchange.Schedule {
	return exchange.Schedule{Group: "SHARES", From: span.MustDay("2026-01-05"), Calendar: "KASE", RandomMax: 30_000_000, TradeAtClose: true,
		Full: []exchange.Slot{
			{Step: "begin_call", At: exchange.Clock(10, 20, 0)}, {Step: "begin_random_end", At: exchange.Clock(10, 29, 30)},
			{Step: "begin_call", At: exchange.Clock(13, 0, 0)}, {Step: "begin_random_end", At: exchange.Clock(13, 10, 0)},
			{Step: "begin_closing", At: exchange.Clock(16, 50, 0)}, {Step: "begin_random_end", At: exchange.Clock(16, 59, 0)},
			{Step: "close", At: exchange.Clock(17, 15, 0)}},
		Short: []exchange.Slot{
			{Step: "begin_call", At: exchange.Clock(10, 20, 0)}, {Step: "begin_random_end", At: exchange.Clock(10, 29, 30)},
			{Step: "begin_closing", At: exchange.Clock(12, 50, 0)}, {Step: "begin_random_end", At: exchange.Clock(12, 59, 0)},
			{Step: "close", At: exchange.Clock(13, 15, 0)}}}
}

// TestMoments: steps come at the time of Almaty, which is five hours ahead since 1 March 2024 and was six before.
func TestMoments(t *testing.T) {
	var c exchange.Calendar
	s := hours()
	if got := s.Steps(c, span.MustDay("2026-11-24")); len(got) != 0 {
		t.Errorf("without a calendar no day is traded on, but %v", got)
	}
	for day, utc := range map[string]string{"2026-11-24": "2026-11-24T05:20:00Z", "2024-03-01": "2024-03-01T05:20:00Z", "2024-02-29": "2024-02-29T04:20:00Z"} {
		at, _ := time.Parse(time.RFC3339, utc)
		got := s.Steps(usual, span.MustDay(day))
		if len(got) != 7 || got[0] != (exchange.Moment{Step: auction.BeginCall, At: at.UnixMicro()}) {
			t.Errorf("%s: %v", day, got)
		}
	}
}

// usual is traded from Monday to Friday, with days that were announced: Independence Day 2026 and the Monday after a holiday.
var usual = exchange.CalendarOf("KASE", []time.Weekday{1, 2, 3, 4, 5}, map[span.Day]exchange.DaySort{
	span.MustDay("2026-12-16"): exchange.DayOff, span.MustDay("2026-12-15"): exchange.DayShort,
	span.MustDay("2026-12-19"): exchange.DayFull, // A Saturday for the Monday after.
	span.MustDay("2026-12-21"): exchange.DayOff,
})

// TestSettleDay counts days of trade, over weekends, holidays and moved days.
func TestSettleDay(t *testing.T) {
	for _, c := range []struct {
		traded string
		cycle  int64
		want   string
	}{
		{"2026-11-24", 0, "2026-11-24"}, {"2026-11-24", 2, "2026-11-26"}, {"2026-11-26", 2, "2026-11-30"}, {"2026-11-28", 0, "2026-11-30"},
		{"2026-11-28", 1, "2026-11-30"}, {"2026-12-14", 2, "2026-12-17"}, {"2026-12-16", 0, "2026-12-17"}, {"2026-12-18", 1, "2026-12-19"},
		{"2026-12-18", 2, "2026-12-22"}, {"2026-12-20", 0, "2026-12-22"},
	} {
		if got, err := usual.SettleDay(span.MustDay(c.traded), c.cycle); err != nil || got != span.MustDay(c.want) {
			t.Errorf("T+%d of %s: %s, %v, wanted %s", c.cycle, c.traded, got, err, c.want)
		}
	}
	if _, err := exchange.CalendarOf("NEVER", nil, nil).SettleDay(span.MustDay("2026-11-24"), 2); !errors.Is(err, exchange.ErrHorizon) {
		t.Errorf("without days of trade: %v", err)
	}
}

// TestPlans: the plan of a day has its auctions with their latest moments, and a session held by the steps of the day owes
// nothing in the end, on a full day and on a shortened one; on a day off there is none.
func TestPlans(t *testing.T) {
	for day, want := range map[string][]auction.Kind{
		"2026-11-24": {auction.Opening, auction.Intraday, auction.Closing}, "2026-12-15": {auction.Opening, auction.Closing}, "2026-12-16": nil,
	} {
		s := hours()
		steps := s.Steps(usual, span.MustDay(day))
		plan, err := s.Plan(usual, span.MustDay(day))
		if err != nil {
			t.Fatal(day, err)
		}
		var due []auction.Kind
		for _, d := range plan.Due {
			due = append(due, d.Auction)
		}
		if fmt.Sprint(due) != fmt.Sprint(want) || len(want) == 0 && len(steps) > 0 {
			t.Errorf("%s owes %v, wanted %v", day, due, want)
		}
		if len(want) == 0 {
			continue
		}
		session, err := auction.Begin(plan)
		if err != nil {
			t.Fatal(day, err)
		}
		for _, m := range steps {
			in := auction.Input{Step: m.Step, At: m.At}
			if m.Step == auction.BeginRandomEnd {
				in.Drawn = 12_000_000
			}
			err = errors.Join(err, session.Overdue(m.At), session.Take(in))
			if m.Step == auction.BeginRandomEnd {
				err = errors.Join(err, session.Take(auction.Input{Step: auction.Freeze, At: m.At + in.Drawn}), session.Take(auction.Input{Step: auction.Strike, At: m.At + in.Drawn}))
			}
		}
		if err != nil || session.Phase() != auction.Closed || len(session.Owed()) > 0 {
			t.Errorf("%s ends in %s, owes %v, %v", day, session.Phase(), session.Owed(), err)
		}
	}
}

// TestScore: what is answered leads to a class; what is not asked, not offered or left out is refused by its question.
func TestScore(t *testing.T) {
	q := asked()
	for _, c := range []struct {
		answers exchange.Answers
		score   int64
		class   exchange.Class
		no      error
	}{
		{exchange.Answers{"knows": {"nothing"}, "traded": {"shares"}}, 5, exchange.Cautious, nil},
		{exchange.Answers{"knows": {"risk"}, "traded": {"shares"}}, 15, exchange.Balanced, nil},
		{exchange.Answers{"knows": {"risk"}, "traded": {"shares", "forwards"}}, 30, exchange.Experienced, nil},
		{exchange.Answers{"knows": {"risk"}}, 10, exchange.Cautious, exchange.ErrInvalid},
		{exchange.Answers{"knows": {"risk", "nothing"}, "traded": {"shares"}}, 15, exchange.Balanced, exchange.ErrInvalid},
		{exchange.Answers{"knows": {"risk"}, "traded": {"shares", "shares"}}, 15, exchange.Balanced, exchange.ErrInvalid},
		{exchange.Answers{"knows": {"risk"}, "traded": slices.Repeat([]string{"shares"}, 1<<20)}, 15, exchange.Balanced, exchange.ErrInvalid},
		{exchange.Answers{"knows": {"all"}, "traded": {"shares"}}, 5, exchange.Cautious, exchange.ErrInvalid},
		{exchange.Answers{"knows": {"risk"}, "traded": {"shares"}, "age": {"old"}}, 15, exchange.Balanced, exchange.ErrInvalid},
	} {
		if score, class, err := q.Score(c.answers); score != c.score || class != c.class || !errors.Is(err, c.no) {
			t.Errorf("%v: %d, %s, %v", c.answers, score, class, err)
		}
	}
}
