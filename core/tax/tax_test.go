package tax_test

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/tax"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{tax.Schema}

// The vectors of the facts page of Kazakhstan: VAT contained in a price, in tiyn.
func TestTaxInAPriceOfKazakhstan(t *testing.T) {
	for _, v := range []struct{ gross, percent, tax int64 }{
		{116000, 16, 16000}, {100000, 16, 13793}, {200000, 16, 27586}, {10000, 16, 1379}, {99999, 16, 13793},
		{105000, 5, 5000}, {110000, 10, 10000}, {436800, 12, 46800}, {0, 16, 0}, {1, 16, 0}, {4, 16, 1},
	} {
		parts, err := tax.Stated().Of("KZ").Apply(money.Percent(v.percent), []money.Money{money.Of(v.gross, money.KZT)})
		if err != nil || parts[0].Tax.Minor != v.tax || parts[0].Net.Minor != v.gross-v.tax {
			t.Errorf("%d at %d %%: %+v %v, want a tax of %d", v.gross, v.percent, parts, err, v.tax)
		}
	}
}

func TestFindGoesByRegimeClassDayAndPlace(t *testing.T) {
	table := tax.Known()
	for _, c := range []struct {
		name   string
		supply tax.Supply
		parts  money.Rate
		mark   string
		clause string
	}{
		{"standard", tax.Supply{Country: "KZ", Regime: "kz.vat", Class: tax.Standard, Day: day("2026-11-24")}, 160_000, "", "TC art. 503(1)"},
		{"first day", tax.Supply{Country: "KZ", Regime: "kz.vat", Class: tax.Standard, Day: day("2026-01-01")}, 160_000, "", "TC art. 503(1)"},
		{"day before", tax.Supply{Country: "KZ", Regime: "kz.vat", Class: tax.Standard, Day: day("2025-12-31")}, 120_000, "", "Tax Code No. 120-VI art. 422(1)"},
		{"medical 2026", tax.Supply{Country: "KZ", Regime: "kz.vat", Class: tax.Medical, Day: day("2026-12-31")}, 50_000, "", "TC art. 503(2)"},
		{"medical 2027", tax.Supply{Country: "KZ", Regime: "kz.vat", Class: tax.Medical, Day: day("2027-01-01")}, 100_000, "", "TC art. 503(2)"},
		{"newspaper", tax.Supply{Country: "KZ", Regime: "kz.vat", Class: tax.Periodical, Day: day("2026-05-01")}, 100_000, "", "TC art. 503(3)"},
		{"exempt", tax.Supply{Country: "KZ", Regime: "kz.vat", Class: tax.Exempt, Day: day("2026-05-01")}, 0, tax.WithoutVAT, "TC art. 474, 492(5)"},
		{"exempt abroad", tax.Supply{Country: "KZ", Regime: "kz.vat", Class: tax.Exempt, Destination: "DE", Day: day("2026-05-01")}, 0, tax.WithoutVAT, "TC art. 474, 492(5)"},
		{"export", tax.Supply{Country: "KZ", Regime: "kz.vat", Class: tax.Standard, Destination: "DE", Day: day("2026-05-01")}, 0, "", "TC art. 503(4)"},
		{"at home", tax.Supply{Country: "KZ", Regime: "kz.vat", Class: tax.Standard, Destination: "KZ", Region: "750000000", Day: day("2026-05-01")}, 160_000, "", "TC art. 503(1)"},
		{"simplified", tax.Supply{Country: "KZ", Regime: "kz.simplified", Class: tax.Medical, Day: day("2026-05-01")}, 0, tax.WithoutVAT, "TC art. 450(5), 492(5)"},
		{"simplified abroad", tax.Supply{Country: "KZ", Regime: "kz.simplified", Class: tax.Standard, Destination: "DE", Day: day("2026-05-01")}, 0, tax.WithoutVAT, "TC art. 450(5), 492(5)"},
		{"Tashkent", tax.Supply{Country: "UZ", Regime: "uz.vat", Class: tax.Standard, Day: day("2026-05-01")}, 120_000, "", "Tax Code of Uzbekistan art. 258"},
		{"Seattle", tax.Supply{Country: "US", Regime: "us.sales", Class: tax.Standard, Destination: "US", Region: "WA", Day: day("2026-05-01")}, 65_000, "", "RCW 82.08.020(1), state part"},
		{"Portland", tax.Supply{Country: "US", Regime: "us.sales", Class: tax.Standard, Destination: "US", Region: "OR", Day: day("2026-05-01")}, 0, "", "no nexus: 585 U.S. 162 (2018)"},
	} {
		rate, err := table.Find(c.supply)
		if err != nil || rate.Parts != c.parts || rate.Mark != c.mark || rate.Clause != c.clause {
			t.Errorf("%s: %+v %v", c.name, rate, err)
		}
	}
	for name, supply := range map[string]tax.Supply{
		"unknown regime": {Country: "KZ", Regime: "kz.none", Class: tax.Standard, Day: day("2026-05-01")},
		"unknown class":  {Country: "KZ", Regime: "kz.vat", Class: "luxury", Day: day("2026-05-01")},
		"before the law": {Country: "KZ", Regime: "kz.vat", Class: tax.Medical, Day: day("2025-05-01")},
		"no day":         {Country: "KZ", Regime: "kz.vat", Class: tax.Standard},
	} {
		if _, err := table.Find(supply); !errors.Is(err, tax.ErrNoRate) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNetAndTaxAreGrossWhateverTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := anyPolicy(t)
		rate := money.Rate(rapid.Int64Range(0, 1_000_000).Draw(t, "rate"))
		amounts := anyAmounts(t, 12)
		parts, err := policy.Apply(rate, amounts)
		if err != nil {
			t.Fatal(err)
		}
		var taxes, given int64
		for i, part := range parts {
			if part.Net.Minor+part.Tax.Minor != part.Gross.Minor {
				t.Fatalf("%+v does not add up", part)
			}
			if kept := map[bool]money.Money{true: part.Gross, false: part.Net}[policy.Inclusive]; kept != amounts[i] {
				t.Fatalf("%v became %v", amounts[i], kept)
			}
			if part.Tax.Minor < 0 || part.Net.Minor < 0 {
				t.Fatalf("%+v is below zero", part)
			}
			taxes += part.Tax.Minor
			given += amounts[i].Minor
		}
		if policy.RoundPer == tax.PerTotal {
			if want := exact(policy, rate, given); taxes != want {
				t.Fatalf("the total tax is %d, want %d", taxes, want)
			}
		}
		slices.Reverse(amounts)
		again, err := policy.Apply(rate, amounts)
		var reversed int64
		for _, part := range again {
			reversed += part.Tax.Minor
		}
		if err != nil || reversed != taxes {
			t.Fatalf("in reverse the total tax is %d, not %d: %v", reversed, taxes, err)
		}
	})
}

func TestSplittingALineMovesTheTaxOnlyByRounding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := anyPolicy(t)
		rate := money.Rate(rapid.Int64Range(0, 1_000_000).Draw(t, "rate"))
		pieces := anyAmounts(t, 8)
		whole, err := money.Sum(pieces...)
		if err != nil {
			t.Fatal(err)
		}
		one, err := policy.Apply(rate, []money.Money{whole})
		if err != nil {
			t.Fatal(err)
		}
		many, err := policy.Apply(rate, pieces)
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		for _, part := range many {
			sum += part.Tax.Minor
		}
		allowed := int64(0) // On the total nothing moves.
		if policy.RoundPer == tax.PerLine {
			allowed = int64(len(pieces)+1) / 2 // Each rounding moves by at most half a minor unit, also that of the whole.
		}
		if off := sum - one[0].Tax.Minor; off > allowed || off < -allowed {
			t.Fatalf("%d pieces have a tax of %d, the whole %d", len(pieces), sum, one[0].Tax.Minor)
		}
	})
}

// exact is the tax of a sum in exact fractions, rounded half up.
func exact(policy tax.Policy, rate money.Rate, amount int64) int64 {
	per := int64(money.One)
	if policy.Inclusive {
		per += int64(rate)
	}
	tax := new(big.Rat).Mul(big.NewRat(amount, 1), big.NewRat(int64(rate), per))
	tax.Add(tax, big.NewRat(1, 2))
	return new(big.Int).Div(tax.Num(), tax.Denom()).Int64()
}

func anyPolicy(t *rapid.T) tax.Policy {
	return tax.Policy{Inclusive: rapid.Bool().Draw(t, "inclusive"),
		RoundPer: rapid.SampledFrom([]tax.RoundPer{tax.PerLine, tax.PerTotal}).Draw(t, "per"), Rounding: money.HalfUp}
}

func anyAmounts(t *rapid.T, most int) []money.Money {
	var amounts []money.Money
	for _, minor := range rapid.SliceOfN(rapid.Int64Range(0, 10_000_000), 1, most).Draw(t, "amounts") {
		amounts = append(amounts, money.Of(minor, money.KZT))
	}
	return amounts
}

func TestTheSeedIsEnteredOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for range 2 {
			s.Moment(t, tax.Seed)
		}
		s.Moment(t, func(tx *db.Tx) error {
			table, err := tax.Load(tx)
			if len(table) != len(tax.Known()) {
				t.Errorf("%d rates, want %d", len(table), len(tax.Known()))
			}
			for _, want := range tax.Known() {
				if !slices.Contains(table, want) {
					t.Errorf("%+v is missing", want)
				}
			}
			return err
		})
		if n := s.Statements(func() {
			s.Moment(t, func(tx *db.Tx) error { _, err := tax.Load(tx); return err })
		}); n != 1 {
			t.Errorf("loading took %d statements", n)
		}
	})
}

func TestALaterRateEndsTheOneBefore(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, tax.Seed)
		next := tax.Rate{Country: "KZ", Regime: "kz.vat", Class: tax.Standard, Days: span.Days{From: day("2029-01-01")},
			Parts: money.Percent(18), Clause: "a law to come"}
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error { return tax.Enter(tx, next) })
		}
		earlier := next
		earlier.Days.From = day("2024-01-01")
		err := s.Try(func(tx *db.Tx) error { return tax.Enter(tx, earlier) })
		if !errors.Is(err, tax.ErrOverlap) {
			t.Errorf("a rate over another: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			table, err := tax.Load(tx)
			for on, want := range map[string]money.Rate{"2028-12-31": 160_000, "2029-01-01": 180_000} {
				rate, err := table.Find(tax.Supply{Country: "KZ", Regime: "kz.vat", Class: tax.Standard, Day: day(on)})
				if err != nil || rate.Parts != want {
					t.Errorf("on %s: %v %v", on, rate.Parts, err)
				}
			}
			return err
		})
		if facts := s.Facts(t); len(facts) != 1 || facts[0].Name != "tax.rate_entered" {
			t.Errorf("facts: %+v", facts)
		}
	})
}

func TestWrongRatesAreRefused(t *testing.T) {
	good := tax.Rate{Country: "KZ", Regime: "kz.vat", Class: tax.Standard, Parts: money.Percent(16), Clause: "law"}
	for name, spoil := range map[string]func(*tax.Rate){
		"country":   func(r *tax.Rate) { r.Country = "XX" },
		"regime":    func(r *tax.Rate) { r.Regime = "" },
		"class":     func(r *tax.Rate) { r.Class = "luxury" },
		"too much":  func(r *tax.Rate) { r.Parts = 1_000_001 },
		"negative":  func(r *tax.Rate) { r.Parts = -1 },
		"marked":    func(r *tax.Rate) { r.Mark = tax.WithoutVAT },
		"no clause": func(r *tax.Rate) { r.Clause = "" },
		"days":      func(r *tax.Rate) { r.Days = span.Days{From: day("2026-02-01"), To: day("2026-01-01")} },
	} {
		s := dbtest.SQLite(t, schemas)
		wrong := good
		spoil(&wrong)
		if err := s.Try(func(tx *db.Tx) error { return tax.Enter(tx, wrong) }); !errors.Is(err, tax.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func day(s string) span.Day { return span.MustDay(s) }
