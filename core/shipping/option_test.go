package shipping_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{shipping.Schema}

var (
	almaty  = place.Address{Country: place.KZ, Region: place.Almaty, City: "Алматы"}
	astana  = place.Address{Country: place.KZ, Region: place.Astana, City: "Астана"}
	aktau   = place.Address{Country: place.KZ, Region: "470000000", City: "Ақтау"}
	village = place.Address{Country: place.KZ, City: "Ауыл"}
	berlin  = place.Address{Country: place.DE, City: "Berlin"}
)

func tenge(n int64) money.Money { return money.Of(n*100, money.KZT) }

// seeded gives the tariff of a fresh shop.
func seeded(t *testing.T, s *dbtest.Store) shipping.Tariff {
	t.Helper()
	var tariff shipping.Tariff
	s.Moment(t, shipping.SeedDefaults)
	s.Look(t, func(tx *db.Tx) (err error) { tariff, err = shipping.Load(tx, []seller.ID{seller.Own}); return err })
	return tariff
}

func request(to place.Address, grams measure.Mass, goods int64) shipping.Request {
	return shipping.Request{Seller: seller.Own, Destination: to, Mass: grams, Goods: tenge(goods), Day: span.MustDay("2026-11-24")}
}

func TestSeed(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		tariff := seeded(t, s)
		facts := len(s.Facts(t))
		if again := seeded(t, s); again.Version != tariff.Version || len(s.Facts(t)) != facts {
			t.Error("seeded twice, something changed")
		}
		if n := s.Statements(func() { _ = seededLoad(t, s) }); n != 1 {
			t.Errorf("loaded in %d statements", n)
		}
		for _, m := range tariff.Methods {
			for _, lang := range []string{"kk", "ru", "en", "zh"} {
				if m.Name[lang] == "" {
					t.Errorf("%s has no name in %s", m.ID, lang)
				}
			}
		}
		for _, c := range []struct {
			name  string
			r     shipping.Request
			want  map[shipping.MethodID]int64 // Prices in tenge.
			early string                      // Earliest day of the first.
		}{
			{"light in the city", request(almaty, 500, 5_000), map[shipping.MethodID]int64{"mth_courier": 1200, "mth_pickup": 0, "mth_parcel": 1100}, "2026-11-24"},
			{"no mass is known", request(almaty, 0, 5_000), map[shipping.MethodID]int64{"mth_courier": 1200, "mth_pickup": 0, "mth_parcel": 1100}, "2026-11-24"},
			{"begun kilograms", request(almaty, 16_001, 5_000), map[shipping.MethodID]int64{"mth_courier": 1900 + 2*120, "mth_pickup": 0, "mth_parcel": 2600 + 7*220}, "2026-11-24"},
			{"free above", request(almaty, 500, 30_000), map[shipping.MethodID]int64{"mth_courier": 0, "mth_pickup": 0, "mth_parcel": 1100}, "2026-11-24"},
			{"the capital", request(astana, 500, 5_000), map[shipping.MethodID]int64{"mth_courier": 1500, "mth_pickup": 0, "mth_parcel": 1400}, "2026-11-25"},
			{"the west", request(aktau, 2_000, 5_000), map[shipping.MethodID]int64{"mth_pickup": 0, "mth_parcel": 2400}, "2026-11-24"},
			{"no region", request(village, 500, 5_000), map[shipping.MethodID]int64{"mth_pickup": 0, "mth_parcel": 1400}, "2026-11-24"},
			{"too heavy for a parcel", request(aktau, 31_000, 5_000), map[shipping.MethodID]int64{"mth_pickup": 0}, "2026-11-24"},
			{"abroad", request(berlin, 1_500, 5_000), map[shipping.MethodID]int64{"mth_post": 13_500}, "2026-12-08"},
			{"nowhere", request(place.Address{}, 500, 5_000), map[shipping.MethodID]int64{"mth_post": 9_800}, "2026-12-08"},
		} {
			options := tariff.Options(c.r)
			if len(options) != len(c.want) {
				t.Errorf("%s: %d options", c.name, len(options))
			}
			for n, o := range options {
				if want, ok := c.want[o.Method]; !ok || o.Price != tenge(want) {
					t.Errorf("%s: %s costs %v, want %d tenge", c.name, o.Method, o.Price, want)
				}
				if n == 0 && o.EarliestDay.String() != c.early {
					t.Errorf("%s: %s comes on %s", c.name, o.Method, o.EarliestDay)
				}
			}
		}
		other := request(almaty, 500, 5_000)
		other.Goods = money.Of(100, money.USD)
		if options := tariff.Options(other); len(options) != 0 {
			t.Errorf("options in another currency: %v", options)
		}
		if points := tariff.Options(request(astana, 1, 1))[1].Points; len(points) != 2 || points[0].ID != "pnt_astana" {
			t.Errorf("points %v", points)
		}
	})
}

func seededLoad(t *testing.T, s *dbtest.Store) (tariff shipping.Tariff) {
	s.Look(t, func(tx *db.Tx) (err error) {
		tariff, err = shipping.Load(tx, []seller.ID{seller.Own, "sel_2"})
		return err
	})
	return tariff
}

func TestChoose(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		tariff := seeded(t, s)
		for _, c := range []struct {
			method shipping.MethodID
			point  shipping.PointID
			want   error
		}{
			{"mth_courier", "", nil}, {"mth_pickup", "pnt_astana", nil}, {"mth_pickup", "", shipping.ErrPoint},
			{"mth_pickup", "pnt_none", shipping.ErrPoint}, {"mth_courier", "pnt_almaty", shipping.ErrPoint},
			{"mth_post", "", shipping.ErrNotOffered}, {"mth_none", "", shipping.ErrNotOffered},
		} {
			if _, err := tariff.Choose(request(almaty, 500, 5_000), c.method, c.point); !errors.Is(err, c.want) {
				t.Errorf("%s %s: %v, want %v", c.method, c.point, err, c.want)
			}
		}
	})
}

func TestEnter(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		tariff := seeded(t, s)
		m := tariff.Methods[0]
		version := func() (v int64) {
			s.Look(t, func(tx *db.Tx) (err error) { v, err = shipping.Version(tx); return err })
			return v
		}
		enter := func(m shipping.Method) error {
			return s.Try(func(tx *db.Tx) error { _, err := shipping.EnterMethod(tx, m); return err })
		}
		if err := enter(m); err != nil || version() != tariff.Version {
			t.Errorf("the same again: %v, version %d", err, version())
		}
		m.Ended = true
		if err := enter(m); err != nil || version() != tariff.Version+1 {
			t.Errorf("ended: %v, version %d", err, version())
		}
		if options := seededLoad(t, s).Options(request(almaty, 500, 5_000)); options[0].Method == m.ID {
			t.Error("an ended method is offered")
		}
		rate := shipping.Rate{Zone: "zon_kz", Steps: []shipping.Step{{To: 1000, Price: tenge(1)}}}
		for name, spoil := range map[string]func(*shipping.Method){
			"no seller":        func(m *shipping.Method) { m.Seller = "" },
			"no name":          func(m *shipping.Method) { m.Name = text.Localized{} },
			"no kind":          func(m *shipping.Method) { m.Kind = "drone" },
			"no rates":         func(m *shipping.Method) { m.Rates = nil },
			"another's id":     func(m *shipping.Method) { m.ID = "mth_courier" },
			"falling masses":   func(m *shipping.Method) { m.Rates[0].Steps = append(m.Rates[0].Steps, m.Rates[0].Steps[0]) },
			"below zero":       func(m *shipping.Method) { m.Rates[0].Steps[0].Price = tenge(-1) },
			"another currency": func(m *shipping.Method) { m.Rates[0].FreeFrom = money.Of(5, money.USD) },
			"days backwards":   func(m *shipping.Method) { m.Rates[0].DaysMin = 3 },
			"no zone":          func(m *shipping.Method) { m.Rates[0].Zone = "" },
		} {
			fresh := shipping.Method{Seller: "sel_2", Kind: shipping.Parcel, Name: text.Localized{"kk": "Жеткізу"}, Rates: []shipping.Rate{rate}}
			fresh.Rates[0].Steps = []shipping.Step{{To: 1000, Price: tenge(1)}}
			spoil(&fresh)
			if err := enter(fresh); !errors.Is(err, shipping.ErrTariff) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, p := range []shipping.Point{
			{Seller: seller.Own, Method: "mth_pickup", Name: text.Localized{"kk": "Пункт"}},
			{Seller: seller.Own, Name: text.Localized{"kk": "Пункт"}, Address: almaty},
			{Seller: seller.Own, Method: "mth_pickup", Name: text.Localized{"kk": "Пункт"}, Address: almaty, Hours: []shipping.Hours{{Opens: "18:00", Until: "09:00"}}},
		} {
			if err := s.Try(func(tx *db.Tx) error { _, err := shipping.EnterPoint(tx, p); return err }); !errors.Is(err, shipping.ErrTariff) {
				t.Errorf("%+v: %v", p, err)
			}
		}
	})
}

// TestPriceRises checks that a heavier parcel never costs less.
func TestPriceRises(t *testing.T) {
	zone := shipping.Zone{ID: "z", Seller: seller.Own, Areas: []shipping.Area{{}}}
	rapid.Check(t, func(r *rapid.T) {
		rate := shipping.Rate{Zone: "z", PerKg: tenge(rapid.Int64Range(1, 500).Draw(r, "per kg"))}
		to, price := measure.Mass(0), int64(0)
		for range rapid.IntRange(1, 4).Draw(r, "steps") {
			to += measure.Mass(rapid.Int64Range(1, 5_000).Draw(r, "grams"))
			price += rapid.Int64Range(0, 900).Draw(r, "more")
			rate.Steps = append(rate.Steps, shipping.Step{To: to, Price: tenge(price)})
		}
		tariff := shipping.Tariff{
			Zones:   map[shipping.ZoneID]shipping.Zone{"z": zone},
			Methods: []shipping.Method{{ID: "m", Seller: seller.Own, Kind: shipping.Parcel, Rates: []shipping.Rate{rate}}},
		}
		light := measure.Mass(rapid.Int64Range(0, 30_000).Draw(r, "light"))
		heavy := light + measure.Mass(rapid.Int64Range(0, 9_000).Draw(r, "heavier"))
		a, b := tariff.Options(request(almaty, light, 1)), tariff.Options(request(almaty, heavy, 1))
		if len(a) != 1 || len(b) != 1 || a[0].Price.Minor > b[0].Price.Minor {
			r.Fatalf("%d g cost %v, %d g %v", light, a, heavy, b)
		}
	})
}
