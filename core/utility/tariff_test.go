package utility_test

import (
	"testing"

	"pgregory.net/rapid"

	"sauda/base/measure"
	"sauda/base/span"
	"sauda/core/utility"
)

var (
	november = span.MustDay("2026-11-01")
	january  = span.MustDay("2026-01-01")
)

// power costs 20.50 up to 90 kWh of each person, 25.75 up to 180, and 33.0125 above.
var power = utility.Tariff{From: january, Base: utility.BaseMeter, PerPerson: true, Norm: measure.Of(70), Steps: []utility.Step{
	{UpTo: measure.Of(90), Price: 20_5000}, {UpTo: measure.Of(180), Price: 25_7500}, {Price: 33_0125},
}}

func TestCharge(t *testing.T) {
	dearer := utility.Tariff{From: span.MustDay("2026-11-16"), Base: utility.BaseMeter, Steps: []utility.Step{{Price: 60_0000}}}
	water := utility.Tariff{From: january, Base: utility.BaseMeter, Norm: measure.Of(5), Steps: []utility.Step{{Price: 50_0000}}}
	heat := utility.Tariff{From: january, Base: utility.BaseArea, Steps: []utility.Step{{Price: 217_3333}}}
	for name, c := range map[string]struct {
		tariffs []utility.Tariff
		use     utility.Use
		sum     int64
		parts   int
	}{
		"nothing was used":            {[]utility.Tariff{power}, utility.Use{People: 2, Read: true}, 0, 1},
		"the first step":              {[]utility.Tariff{power}, utility.Use{People: 1, Read: true, Used: measure.Of(90)}, 90 * 20_50, 1},
		"all steps":                   {[]utility.Tariff{power}, utility.Use{People: 1, Read: true, Used: measure.Of(200)}, 90*20_50 + 90*25_75 + 20*33_01 + 5, 3},
		"two people have two norms":   {[]utility.Tariff{power}, utility.Use{People: 2, Read: true, Used: measure.Of(200)}, 180*20_50 + 20*25_75, 2},
		"nobody counts as one":        {[]utility.Tariff{power}, utility.Use{Read: true, Used: measure.Of(100)}, 90*20_50 + 10*25_75, 2},
		"without a meter the norm":    {[]utility.Tariff{power}, utility.Use{People: 3}, 210 * 20_50, 1},
		"a tariff within the month":   {[]utility.Tariff{water, dearer}, utility.Use{Read: true, Used: measure.Of(10)}, 5*50_00 + 5*60_00, 2},
		"a third of a unit":           {[]utility.Tariff{water, dearer}, utility.Use{Read: true, Used: measure.One}, 25_00 + 30_00, 2},
		"square metres":               {[]utility.Tariff{heat}, utility.Use{Area: 58_400_000}, 12692_26, 1},
		"before the first tariff":     {[]utility.Tariff{{From: span.MustDay("2027-01-01"), Base: utility.BaseFixed, Steps: []utility.Step{{Price: 1}}}}, utility.Use{}, 0, 0},
		"half a month, a fixed price": {[]utility.Tariff{{From: span.MustDay("2026-11-16"), Base: utility.BaseFixed, Steps: []utility.Step{{Price: 1000_0000}}}}, utility.Use{}, 500_00, 1},
	} {
		sum, parts, err := utility.Charge(c.tariffs, november, c.use)
		if err != nil || sum != c.sum || len(parts) != c.parts {
			t.Errorf("%s: %d in %d parts, %v; want %d in %d", name, sum, len(parts), err, c.sum, c.parts)
		}
	}
}

// TestPartsAreTheCharge: whatever is used under whatever tariffs, the parts are together what was used and what is charged, no
// part is below zero, and who uses more does not pay less.
func TestPartsAreTheCharge(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var tariffs []utility.Tariff
		day := january
		for range rapid.IntRange(1, 4).Draw(r, "tariffs") {
			tariff := utility.Tariff{From: day, Base: utility.BaseMeter, PerPerson: rapid.Bool().Draw(r, "each")}
			bound, price := measure.Quantity(0), utility.Price(0)
			for range rapid.IntRange(0, 3).Draw(r, "steps") {
				bound += measure.Quantity(rapid.Int64Range(1, 500_000_000).Draw(r, "bound"))
				price += utility.Price(rapid.Int64Range(0, 500_000).Draw(r, "price"))
				tariff.Steps = append(tariff.Steps, utility.Step{UpTo: bound, Price: price})
			}
			tariff.Steps = append(tariff.Steps, utility.Step{Price: price + utility.Price(rapid.Int64Range(0, 500_000).Draw(r, "last"))})
			if err := tariff.Check(); err != nil {
				r.Fatal(err)
			}
			tariffs = append(tariffs, tariff)
			day = day.AddDays(rapid.IntRange(1, 200).Draw(r, "days"))
		}
		use := utility.Use{People: rapid.Int64Range(0, 9).Draw(r, "people"), Read: true, Used: measure.Quantity(rapid.Int64Range(0, 9_000_000_000).Draw(r, "used"))}
		sum, parts, err := utility.Charge(tariffs, november, use)
		if err != nil {
			r.Fatal(err)
		}
		var quantity measure.Quantity
		var charged int64
		for _, p := range parts {
			if p.Quantity < 0 || p.Sum < 0 {
				r.Fatalf("a part below zero: %+v", p)
			}
			quantity, charged = quantity+p.Quantity, charged+p.Sum
		}
		if quantity != use.Used || charged != sum {
			r.Fatalf("%d of %d, %d of %d", quantity, use.Used, charged, sum)
		}
		use.Used += measure.Quantity(rapid.Int64Range(0, 1_000_000_000).Draw(r, "more"))
		if more, _, err := utility.Charge(tariffs, november, use); err != nil || more+int64(len(parts)) < sum { // Each part is rounded once.
			r.Fatalf("more costs %d, less %d: %v", more, sum, err)
		}
	})
}

func TestTariffCheck(t *testing.T) {
	steps := func(s ...utility.Step) utility.Tariff {
		return utility.Tariff{From: january, Base: utility.BaseMeter, Steps: s}
	}
	for name, tariff := range map[string]utility.Tariff{
		"no day":        {Base: utility.BaseFixed, Steps: []utility.Step{{Price: 1}}},
		"no step":       steps(),
		"no base":       {From: january, Steps: []utility.Step{{Price: 1}}},
		"no last step":  steps(utility.Step{UpTo: 1, Price: 1}),
		"an early end":  steps(utility.Step{Price: 1}, utility.Step{Price: 2}),
		"steps fall":    steps(utility.Step{UpTo: 5}, utility.Step{UpTo: 5}, utility.Step{}),
		"a gift":        steps(utility.Step{Price: -1}),
		"beyond a town": steps(utility.Step{UpTo: 1 << 60}, utility.Step{}),
		"a wild price":  steps(utility.Step{Price: 1 << 60}),
	} {
		if tariff.Check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := power.Check(); err != nil {
		t.Error(err)
	}
}
