package span_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sauda/base/span"
)

func day() *rapid.Generator[span.Day] {
	return rapid.Custom(func(t *rapid.T) span.Day {
		return span.MustDay("0001-01-01").AddDays(rapid.IntRange(0, 3652058).Draw(t, "days"))
	})
}

func TestParse(t *testing.T) {
	for s, ok := range map[string]bool{
		"2026-01-31": true, "2024-02-29": true, "0001-01-01": true, "9999-12-31": true,
		"2026-02-29": false, "2026-1-31": false, "2026-01-31 ": false, "": false, "0000-01-01": false, "10000-01-01": false,
		"31.01.2026": false, "2026-13-01": false, "-001-01-01": false, "2026-01-31T00:00:00Z": false,
	} {
		d, err := span.Parse(s)
		if (err == nil) != ok || (err != nil && !errors.Is(err, span.ErrDay)) {
			t.Errorf("%q: %v, %v", s, d, err)
		}
		if ok && d.String() != s {
			t.Errorf("%q came back as %q", s, d)
		}
	}
	if _, err := span.Date(2026, time.February, 31); !errors.Is(err, span.ErrDay) {
		t.Errorf("the 31st of February: %v", err)
	}
}

// The calendar of the standard library is the oracle.
func TestDayAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := day().Draw(t, "day")
		year, month, date := d.Date()
		at := time.Date(year, month, date, 0, 0, 0, 0, time.UTC)
		if got := at.Format(time.DateOnly); got != d.String() {
			t.Fatalf("%s is %s", d, got)
		}
		if at.Weekday() != d.Weekday() {
			t.Fatalf("%s is a %s, not a %s", d, at.Weekday(), d.Weekday())
		}
		n := rapid.IntRange(-40000, 40000).Draw(t, "n")
		later := at.AddDate(0, 0, n)
		if y := later.Year(); y >= 1 && y <= 9999 {
			if got := d.AddDays(n); got.String() != later.Format(time.DateOnly) || d.DaysUntil(got) != n {
				t.Fatalf("%s and %d days are %s", d, n, got)
			}
		}
		if span.DayOf(d.Start(span.Almaty), span.Almaty) != d {
			t.Fatalf("%s begins on another day", d)
		}
	})
}

func TestStorageKeepsDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := day().Draw(t, "a"), day().Draw(t, "b")
		data, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back, scanned span.Day
		if err := json.Unmarshal(data, &back); err != nil || back != a {
			t.Fatalf("%s came back as %s: %v", a, back, err)
		}
		value, _ := a.Value()
		if err := scanned.Scan([]byte(value.(string))); err != nil || scanned != a {
			t.Fatalf("%s came back as %s: %v", a, scanned, err)
		}
		if (a.String() < b.String()) != a.Before(b) || a.Compare(b) != -b.Compare(a) {
			t.Fatalf("texts of %s and %s are in another order", a, b)
		}
	})
}

func TestNoDay(t *testing.T) {
	var none span.Day
	if !none.IsZero() || none.String() != "" || none.AddDays(5) != none || !none.Start(span.Almaty).IsZero() {
		t.Error("no day is some day")
	}
	if span.DayOf(time.Time{}, span.Almaty) != none || none.DaysUntil(span.MustDay("2026-01-01")) != 0 {
		t.Error("no time is some day")
	}
	d := span.MustDay("2026-01-01")
	if err := d.Scan(nil); err != nil || !d.IsZero() {
		t.Errorf("NULL is %s: %v", d, err)
	}
	if err := d.Scan(int64(5)); !errors.Is(err, span.ErrDay) {
		t.Errorf("a number is a day: %v", err)
	}
	if err := json.Unmarshal([]byte(`""`), &d); err != nil || !d.IsZero() {
		t.Errorf("an empty text is %s: %v", d, err)
	}
}

func TestEndsOfTheCalendar(t *testing.T) {
	first, last := span.MustDay("0001-01-01"), span.MustDay("9999-12-31")
	if first.AddDays(-1) != first || last.AddDays(1<<40) != last || first.AddDays(-1<<62) != first {
		t.Error("the calendar goes on")
	}
	if span.DayOf(time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), time.UTC) != last {
		t.Error("the year 12000 is on another day")
	}
}

// Kazakhstan as a whole is UTC+5 since 2024-03-01; Almaty was UTC+6 before.
func TestAlmaty(t *testing.T) {
	for at, want := range map[string]string{
		"2024-02-15T18:30:00Z": "2024-02-16",
		"2026-11-23T18:30:00Z": "2026-11-23",
		"2026-11-23T19:00:00Z": "2026-11-24",
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := span.DayOf(instant, span.Almaty).String(); got != want {
			t.Errorf("%s is %s in Almaty, want %s", at, got, want)
		}
	}
}

func TestDays(t *testing.T) {
	january := span.Days{From: span.MustDay("2026-01-01"), To: span.MustDay("2026-02-01")}
	for s, want := range map[string]bool{"2025-12-31": false, "2026-01-01": true, "2026-01-31": true, "2026-02-01": false} {
		if january.Contains(span.MustDay(s)) != want {
			t.Errorf("%s in January: %v", s, !want)
		}
	}
	always := span.Days{}
	if !always.Contains(span.MustDay("0001-01-01")) || always.Contains(span.Day{}) || always.Check() != nil || always.Len() != 0 {
		t.Error("always is not always")
	}
	if january.Len() != 31 {
		t.Errorf("January has %d days", january.Len())
	}
	empty := span.Days{From: january.To, To: january.To}
	if !errors.Is(empty.Check(), span.ErrDays) || empty.Overlaps(always) || empty.Contains(january.To) {
		t.Error("an empty span holds something")
	}
	from, to := january.Instants(span.Almaty)
	if to.Sub(from) != 31*24*time.Hour {
		t.Errorf("January lasts %s", to.Sub(from))
	}
}

func TestOverlaps(t *testing.T) {
	base := span.MustDay("2026-01-01")
	open := rapid.Custom(func(t *rapid.T) span.Days {
		pick := func(name string) span.Day {
			if n := rapid.IntRange(-1, 20).Draw(t, name); n >= 0 {
				return base.AddDays(n)
			}
			return span.Day{}
		}
		return span.Days{From: pick("from"), To: pick("to")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := open.Draw(t, "a"), open.Draw(t, "b")
		shared := false
		for n := -2; n < 23; n++ {
			d := base.AddDays(n)
			shared = shared || (a.Contains(d) && b.Contains(d))
		}
		if got := a.Overlaps(b); got != shared {
			t.Fatalf("%v and %v overlap: %v", a, b, got)
		}
	})
}

func TestMicros(t *testing.T) {
	if span.Micros(time.Time{}) != 0 || !span.FromMicros(0).IsZero() {
		t.Error("never is some time")
	}
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.Int64Range(-1<<60, 1<<60).Draw(t, "micros")
		if got := span.Micros(span.FromMicros(micros)); got != micros {
			t.Fatalf("%d came back as %d", micros, got)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("2026-01-31")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := span.Parse(s); err == nil && d.String() != s {
			t.Fatalf("%q came back as %q", s, d)
		}
	})
}

// TestDayInWords writes a day for people.
func TestDayInWords(t *testing.T) {
	d := span.MustDay("2026-11-05")
	for lang, want := range map[string]string{"kk": "05.11.2026", "ru": "05.11.2026", "en": "5 Nov 2026", "zh": "2026年11月5日"} {
		if got := d.In(lang); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
