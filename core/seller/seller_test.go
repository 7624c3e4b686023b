package seller_test

import (
	"errors"
	"testing"

	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{seller.Schema}

var enrolment = seller.Enrolment{Name: text.Localized{"kk": "Дала дүкені", "en": "Dala shop"}, BIN: "960440000151",
	Country: place.KZ, Currency: money.KZT, Regime: seller.KZVAT}

func TestTheOwnShopIsEnrolledOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error {
				own, err := seller.EnsureOwn(tx, enrolment)
				if err == nil && (own.ID != seller.Own || own.Name.In("kk") != "Дала дүкені" || !own.ForSale()) {
					t.Errorf("the own shop is %+v", own)
				}
				return err
			})
		}
		if facts := s.Facts(t); len(facts) != 1 || facts[0].Name != "seller.enrolled" || facts[0].Key != string(seller.Own) {
			t.Errorf("facts: %+v", facts)
		}
	})
}

func TestABusinessNumberIsEnrolledOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Moment(t, func(tx *db.Tx) error { _, err := seller.Enrol(tx, enrolment); return err })
		err := s.Try(func(tx *db.Tx) error { _, err := seller.Enrol(tx, enrolment); return err })
		if !errors.Is(err, seller.ErrTaken) {
			t.Errorf("a second seller with this number: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			all, err := seller.All(tx)
			if err == nil && len(all) != 1 {
				t.Errorf("%d sellers", len(all))
			}
			some, err := seller.Some(tx, []seller.ID{all[0].ID, "sel_nobody"})
			if err == nil && (len(some) != 1 || some[all[0].ID].BIN != enrolment.BIN) {
				t.Errorf("some: %+v", some)
			}
			return err
		})
	})
}

func TestWrongSellersAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*seller.Enrolment){
		"no name":        func(e *seller.Enrolment) { e.Name = text.Localized{"kk": "  "} },
		"bad number":     func(e *seller.Enrolment) { e.BIN = "960440000152" },
		"no country":     func(e *seller.Enrolment) { e.Country = "" },
		"bad currency":   func(e *seller.Enrolment) { e.Currency = "TENGE" },
		"bad regime":     func(e *seller.Enrolment) { e.Regime = "vat payer" },
		"hidden letters": func(e *seller.Enrolment) { e.Name = text.Localized{"kk": "a\x00b"} },
	} {
		t.Run(name, func(t *testing.T) {
			s := dbtest.SQLite(t, schemas)
			wrong := enrolment
			spoil(&wrong)
			if err := s.Try(func(tx *db.Tx) error { _, err := seller.Enrol(tx, wrong); return err }); err == nil {
				t.Error("it was enrolled")
			}
		})
	}
}

func TestRegimesFollowTheirDays(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		own := enrol(t, s)
		change := func(regime seller.Regime, from string) error {
			return s.Try(func(tx *db.Tx) error {
				_, err := seller.ChangeRegime(tx, own, seller.RegimeFrom{Regime: regime, From: span.MustDay(from)})
				return err
			})
		}
		for _, step := range []struct {
			regime seller.Regime
			from   string
			want   error
		}{
			{seller.KZSimplified, "2027-01-01", nil},
			{seller.KZSimplified, "2027-01-01", nil},              // Twice.
			{seller.KZFarm, "2027-01-01", nil},                    // Corrected before its day has come.
			{seller.KZVAT, "2026-12-31", seller.ErrPast},          // Before the last one.
			{"", "2028-01-01", seller.ErrInvalid},                 // No regime.
			{seller.KZVAT, "2028-01-01", nil},                     // And back.
			{seller.KZSelfEmployed, "2027-06-01", seller.ErrPast}, // Between two.
		} {
			if err := change(step.regime, step.from); !errors.Is(err, step.want) || (err != nil) != (step.want != nil) {
				t.Errorf("%s from %s: %v, want %v", step.regime, step.from, err, step.want)
			}
		}
		s.Moment(t, func(tx *db.Tx) error {
			got, err := seller.Get(tx, own)
			for day, want := range map[string]seller.Regime{"2010-01-01": seller.KZVAT, "2026-12-31": seller.KZVAT,
				"2027-01-01": seller.KZFarm, "2027-12-31": seller.KZFarm, "2028-01-01": seller.KZVAT} {
				if regime := got.Regime(span.MustDay(day)); regime != want {
					t.Errorf("on %s: %s, want %s", day, regime, want)
				}
			}
			return err
		})
		var changed int
		for _, fact := range s.Facts(t) {
			if fact.Name == "seller.regime_changed" {
				changed++
			}
		}
		if changed != 3 {
			t.Errorf("%d changes of regime were stated, want 3", changed)
		}
	})
}

func TestSuspendedSellersSellNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		own := enrol(t, s)
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error {
				got, err := seller.Suspend(tx, own, "papers are missing")
				if got.ForSale() {
					t.Error("a suspended seller sells")
				}
				return err
			})
		}
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error { _, err := seller.Readmit(tx, own); return err })
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, err := seller.Rename(tx, own, text.Localized{"kk": "Жаңа атау"})
			return err
		})
		var names []string
		for _, fact := range s.Facts(t) {
			names = append(names, fact.Name)
		}
		want := []string{"seller.enrolled", "seller.suspended", "seller.readmitted", "seller.renamed"}
		if len(names) != len(want) {
			t.Fatalf("facts %v, want %v", names, want)
		}
		for i := range want {
			if names[i] != want[i] {
				t.Errorf("facts %v, want %v", names, want)
			}
		}
	})
}

func TestAnUnknownSellerIsMissing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		err := s.Try(func(tx *db.Tx) error { _, err := seller.Get(tx, "sel_nobody"); return err })
		if !errors.Is(err, seller.ErrUnknown) {
			t.Errorf("got %v", err)
		}
	})
}

func enrol(t *testing.T, s *dbtest.Store) seller.ID {
	t.Helper()
	var id seller.ID
	s.Moment(t, func(tx *db.Tx) error {
		own, err := seller.EnsureOwn(tx, enrolment)
		id = own.ID
		return err
	})
	return id
}
