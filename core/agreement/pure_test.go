package agreement_test

import (
	"testing"

	"pgregory.net/rapid"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/agreement"
)

// TestCalendar: what begins on the last day of a long month comes on the last day of a short one, and goes back to its own day.
func TestCalendar(t *testing.T) {
	for _, c := range []struct {
		from  string
		every agreement.Every
		want  []string
	}{
		{"2026-01-31", agreement.EveryMonth, []string{"2026-02-28", "2026-03-31", "2026-04-30"}},
		{"2027-12-31", agreement.EveryTwoMonths, []string{"2028-02-29", "2028-04-30", "2028-06-30"}},
		{"2028-02-29", agreement.EveryYear, []string{"2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"}},
		{"2026-12-28", agreement.EveryWeek, []string{"2027-01-04", "2027-01-11"}},
		{"2026-12-28", agreement.EveryTwoWeeks, []string{"2027-01-11", "2027-01-25"}},
		{"2026-11-30", agreement.EveryQuarter, []string{"2027-02-28", "2027-05-30"}},
	} {
		calendar, day := agreement.Calendar{From: span.MustDay(c.from), Every: c.every}, span.MustDay(c.from)
		for _, want := range c.want {
			if day = calendar.After(day); day.String() != want {
				t.Errorf("%s, %s: %s, not %s", c.from, c.every, day, want)
			}
		}
	}
	calendar := agreement.Calendar{From: span.MustDay("2026-01-31"), Every: agreement.EveryMonth}
	if day := calendar.After(span.MustDay("2026-06-30")); day.String() != "2026-07-31" {
		t.Errorf("after a long stillness it goes on at %s", day)
	}
}

// TestRest shares what was paid out over the days one by one, as the slow twin does, and wants the same for each day.
func TestRest(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		paid := money.Of(rapid.Int64Range(0, 1e9).Draw(r, "paid"), money.KZT)
		from := span.MustDay("2026-01-01").AddDays(rapid.IntRange(0, 800).Draw(r, "from"))
		days := rapid.IntRange(1, 400).Draw(r, "days")
		at := rapid.IntRange(-3, 403).Draw(r, "at")

		weights := make([]int64, days)
		for i := range weights {
			weights[i] = 1
		}
		want := int64(0)
		for i, day := range paid.Split(weights) {
			if i >= at {
				want += day.Minor
			}
		}
		period := span.Days{From: from, To: from.AddDays(days)}
		if got := agreement.Rest(paid, period, from.AddDays(at)); got.Minor != want || got.Currency != money.KZT {
			r.Fatalf("%s for %d days leaves %s on day %d, not %d", paid, days, got, at, want)
		}
	})
	if got := agreement.Rest(money.Of(100, money.KZT), span.Days{}, span.MustDay("2026-01-01")); !got.IsZero() {
		t.Errorf("a period without days leaves %s", got)
	}
}

// TestOff: whatever is promised, shared off, tried and left over, nobody pays less than nothing or more than the list says, and
// never more than was promised.
func TestOff(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		q := measure.Of(rapid.Int64Range(1, 20).Draw(r, "q"))
		some := func(name string) money.Money {
			if !rapid.Bool().Draw(r, name+" is there") {
				return money.Money{}
			}
			return money.Of(rapid.Int64Range(0, 100_000).Draw(r, name), money.KZT)
		}
		terms := agreement.Terms{
			Quantity: q, Price: some("price"), Share: money.Rate(rapid.Int64Range(0, 900_000).Draw(r, "share")), Trial: some("trial"), Credit: some("credit"),
		}
		whole, _ := q.Whole()
		sum := money.Of(rapid.Int64Range(0, 100_000).Draw(r, "list")*whole, money.KZT)
		pays, err := terms.Pays(sum)
		if err != nil {
			r.Fatal(err)
		}
		if pays.IsNegative() || pays.Minor > sum.Minor {
			r.Errorf("%s of %s", pays, sum)
		}
		if p := terms.Price; p.Currency != "" && pays.Minor > p.Minor*whole {
			r.Errorf("%s, and %s was promised for each of %s", pays, p, q)
		}
		if p := terms.Trial; p.Currency != "" && pays.Minor > p.Minor*whole {
			r.Errorf("%s, and a trial costs %s for each of %s", pays, p, q)
		}
	})
}

// TestMonthly: what a year brings is twelve times what a month does.
func TestMonthly(t *testing.T) {
	for every, want := range map[agreement.Every]int64{
		agreement.EveryWeek: 52_000, agreement.EveryTwoWeeks: 26_000, agreement.EveryMonth: 12_000, agreement.EveryTwoMonths: 6_000,
		agreement.EveryQuarter: 4_000, agreement.EveryYear: 1_000,
	} {
		month, err := every.Monthly(money.Of(12_000, money.KZT))
		if err != nil || month.Minor != want {
			t.Errorf("%s: %s, %v", every, month, err)
		}
	}
}
