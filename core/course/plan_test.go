package course_test

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/course"
)

// TestSettle holds what goes back to fractions that lose nothing: to the tiyn, and never against the student.
func TestSettle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price := rapid.Int64Range(0, 1_000_000_000_00).Draw(t, "price")
		paid := rapid.Int64Range(0, price).Draw(t, "paid")
		all := rapid.IntRange(0, 780).Draw(t, "all")
		held := rapid.IntRange(0, all).Draw(t, "held")
		p := course.Settle(money.Of(price, money.KZT), money.Of(paid, money.KZT), held, all)
		earned := int64(0)
		if all > 0 {
			f := new(big.Int).Mul(big.NewInt(price), big.NewInt(int64(held)))
			earned = f.Div(f, big.NewInt(int64(all))).Int64()
		}
		if p.Earned.Minor != earned || p.Back.Minor-p.Owed.Minor != paid-earned || p.Back.Minor < 0 || p.Owed.Minor < 0 || p.Back.Minor > 0 && p.Owed.Minor > 0 {
			t.Fatalf("of %d, paid %d, %d of %d held: %+v", price, paid, held, all, p)
		}
		if held == all && all > 0 && p.Earned.Minor != price {
			t.Fatalf("all is held and %d of %d is earned", p.Earned.Minor, price)
		}
	})
}

// TestPayments holds a plan to its sum, and its days to their order.
func TestPayments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price := money.Of(rapid.Int64Range(1, 1_000_000_00).Draw(t, "price"), money.KZT)
		n := rapid.IntRange(2, 24).Draw(t, "parts")
		rest := money.One
		plan := make([]course.Installment, n)
		for i := range plan {
			share := money.Rate(rapid.Int64Range(1, int64(rest)/int64(n)).Draw(t, "share"))
			if i == n-1 {
				share = rest
			}
			rest -= share
			plan[i] = course.Installment{Share: share, AfterDays: i * 30}
		}
		enrolled := span.MustDay("2026-09-01").AddDays(rapid.IntRange(-40, 200).Draw(t, "late"))
		parts := course.Payments(price, plan, enrolled, span.MustDay("2026-09-01"))
		sum, before := int64(0), span.Day{}
		for _, p := range parts {
			sum += p.Amount.Minor
			if p.Day.Before(before) || p.Day.Before(enrolled) {
				t.Fatalf("%s is due before %s or %s", p.Day, before, enrolled)
			}
			before = p.Day
		}
		if sum != price.Minor || len(parts) != n || parts[0].Day != enrolled {
			t.Fatalf("%v of %s from %s", parts, price, enrolled)
		}
	})
}

// TestReturns gives back no more by an order than was paid by it, the latest first.
func TestReturns(t *testing.T) {
	kzt := func(n int64) money.Money { return money.Of(n, money.KZT) }
	dues := []course.Due{{Order: "a", Amount: kzt(100), State: course.DuePayment}, {Order: "b", Amount: kzt(50), State: course.DuePayment},
		{Order: "c", Amount: kzt(70), State: course.DueOpen}}
	got := course.Returns(kzt(80), dues)
	if len(got) != 2 || got[0] != (course.Return{Order: "b", Amount: kzt(50)}) || got[1] != (course.Return{Order: "a", Amount: kzt(30)}) {
		t.Errorf("%v", got)
	}
	if got := course.Returns(kzt(0), dues); got != nil {
		t.Errorf("nothing goes back as %v", got)
	}
}

// TestTimetable goes through every minute of some weeks in which clocks change, and finds the same lessons.
func TestTimetable(t *testing.T) {
	for _, x := range []struct {
		zone string
		from string
	}{
		{"Asia/Almaty", "2024-02-19"},    // The clock goes back one hour on 1 March 2024.
		{"Asia/Almaty", "2026-02-23"},    // No change.
		{"Europe/Berlin", "2026-03-23"},  // It leaps from two to three on 29 March.
		{"Europe/Berlin", "2026-10-19"},  // It goes back from three to two on 25 October.
		{"America/Havana", "2026-03-02"}, // It leaps at midnight.
	} {
		zone, err := time.LoadLocation(x.zone)
		if err != nil {
			t.Fatal(err)
		}
		from := span.MustDay(x.from)
		days := span.Days{From: from, To: from.AddDays(14)}
		slots := []course.Slot{{Weekday: time.Monday, At: "18:30", Minutes: 90}, {Weekday: time.Friday, At: "09:00", Minutes: 45}, {Weekday: time.Sunday, At: "10:15", Minutes: 60}}
		var want []course.Meeting
		for at := from.Start(zone); at.Before(days.To.Start(zone)); at = at.Add(time.Minute) {
			for _, s := range slots {
				if local := at.In(zone); local.Weekday() == s.Weekday && local.Format("15:04") == s.At {
					want = append(want, course.Meeting{Begins: at.UTC(), Ends: at.Add(time.Duration(s.Minutes) * time.Minute).UTC()})
				}
			}
		}
		got := course.Timetable(days, slots, zone)
		if len(got) != len(want) || len(got) != 6 {
			t.Fatalf("%s %s: %d lessons, want %d", x.zone, x.from, len(got), len(want))
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s %s: lesson %d is %v, want %v", x.zone, x.from, i, got[i], want[i])
			}
		}
	}
	berlin, _ := time.LoadLocation("Europe/Berlin")
	leapt := span.MustDay("2026-03-29")
	got := course.Timetable(span.Days{From: leapt, To: leapt.AddDays(1)}, []course.Slot{{Weekday: time.Sunday, At: "02:30", Minutes: 60}}, berlin)
	if len(got) != 1 || got[0].Begins.In(berlin).Format("15:04") != "03:30" || got[0].Ends.Sub(got[0].Begins) != time.Hour {
		t.Errorf("a time that is leapt over: %v", got)
	}
}

func TestAge(t *testing.T) {
	for _, x := range []struct {
		birth, on string
		age       int
	}{{"2010-05-12", "2028-05-11", 17}, {"2010-05-12", "2028-05-12", 18}, {"2008-02-29", "2026-02-28", 17}, {"2008-02-29", "2026-03-01", 18}} {
		if got := course.Age(span.MustDay(x.birth), span.MustDay(x.on)); got != x.age {
			t.Errorf("born %s is %d on %s", x.birth, got, x.on)
		}
	}
}
