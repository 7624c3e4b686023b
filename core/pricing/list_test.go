package pricing_test

import (
	"errors"
	"fmt"
	"testing"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{pricing.Schema}

var retail = text.Localized{"kk": "Бөлшек", "en": "Retail"}

func addList(t *testing.T, s *dbtest.Store, l pricing.List) pricing.List {
	t.Helper()
	if l.Seller == "" {
		l.Seller, l.Currency, l.Name = seller.Own, money.KZT, retail
	}
	s.Moment(t, func(tx *db.Tx) (err error) {
		l, err = pricing.AddList(tx, l)
		return err
	})
	return l
}

func entry(variant catalog.VariantID, from, minor int64, days ...string) pricing.Entry {
	e := pricing.Entry{Variant: variant, From: measure.Of(from), Amount: money.Of(minor, money.KZT)}
	if len(days) > 0 {
		e.Days.From = span.MustDay(days[0])
	}
	if len(days) > 1 {
		e.Days.To = span.MustDay(days[1])
	}
	return e
}

func TestTheRightPriceIsFound(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		base := addList(t, s, pricing.List{})
		group := addList(t, s, pricing.List{Seller: seller.Own, Currency: money.KZT, Name: retail, Group: "wholesale"})
		sale := addList(t, s, pricing.List{Seller: seller.Own, Currency: money.KZT, Name: retail, Priority: 10,
			Days: span.Days{From: span.MustDay("2026-12-01"), To: span.MustDay("2026-12-10")}})
		dollars := addList(t, s, pricing.List{Seller: seller.Own, Currency: money.USD, Name: retail})
		set := func(l pricing.List, entries ...pricing.Entry) {
			s.Moment(t, func(tx *db.Tx) error { _, err := pricing.SetMany(tx, l.ID, entries); return err })
		}
		set(base, entry("a", 0, 1000), entry("a", 10, 900), entry("a", 0, 1100, "2027-01-01"), entry("b", 0, 500, "2026-01-01", "2026-06-01"))
		set(group, entry("a", 0, 800))
		set(sale, entry("a", 5, 700))
		set(dollars, pricing.Entry{Variant: "a", Amount: money.Of(2, money.USD)})
		for _, c := range []struct {
			group, day string
			currency   money.Currency
			quantity   int64
			variant    catalog.VariantID
			want       int64
		}{
			{"", "2026-11-24", money.KZT, 1, "a", 1000},
			{"", "2026-11-24", money.KZT, 10, "a", 900},
			{"wholesale", "2026-11-24", money.KZT, 10, "a", 800},
			{"other", "2026-11-24", money.KZT, 1, "a", 1000},
			{"", "2026-12-01", money.KZT, 5, "a", 700},
			{"", "2026-12-01", money.KZT, 4, "a", 1000}, // The sale has no price for so few.
			{"wholesale", "2026-12-09", money.KZT, 5, "a", 700},
			{"", "2026-12-10", money.KZT, 5, "a", 1000},
			{"", "2027-01-01", money.KZT, 1, "a", 1100},
			{"", "2026-11-24", money.USD, 1, "a", 2},
			{"", "2026-05-31", money.KZT, 1, "b", 500},
			{"", "2026-06-01", money.KZT, 1, "b", 0},
			{"", "2026-11-24", money.EUR, 1, "a", 0},
		} {
			var prices pricing.Prices
			if n := s.Statements(func() {
				s.Look(t, func(tx *db.Tx) (err error) {
					prices, err = pricing.For(tx, []catalog.VariantID{"a", "b", "c"}, c.group, c.currency, span.MustDay(c.day))
					return err
				})
			}); n != 1 {
				t.Errorf("it took %d statements", n)
			}
			step, ok := prices.Unit(c.variant, seller.Own, measure.Of(c.quantity))
			if ok != (c.want != 0) || step.Amount.Minor != c.want {
				t.Errorf("%+v: %+v", c, step)
			}
			if _, ok := prices.Unit(c.variant, "sel_other", measure.Of(c.quantity)); ok {
				t.Error("a list prices another seller's goods")
			}
		}
	})
}

func TestTheSamePriceIsNotSetTwice(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		l := addList(t, s, pricing.List{})
		entries := []pricing.Entry{entry("a", 0, 1000), entry("b", 0, 2000), entry("b", 10, 1900)}
		for i, want := range []int{3, 0, 1} {
			if i == 2 {
				entries[1].Amount.Minor++
			}
			s.Moment(t, func(tx *db.Tx) error {
				changed, err := pricing.SetMany(tx, l.ID, entries)
				if changed != want {
					t.Errorf("%d prices changed, want %d", changed, want)
				}
				return err
			})
		}
		s.Moment(t, func(tx *db.Tx) error {
			got, err := pricing.Entries(tx, l, []catalog.VariantID{"b"})
			if len(got) != 2 || got[0] != entries[1] || got[1] != entries[2] {
				t.Errorf("entries: %+v", got)
			}
			return err
		})
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error { return pricing.Withdraw(tx, l.ID, []catalog.VariantID{"b", "nobody"}) })
		}
		var names []string
		for _, fact := range s.Facts(t) {
			names = append(names, fact.Name)
			if fact.Key != string(l.ID) {
				t.Errorf("the key is %s", fact.Key)
			}
		}
		if got := fmt.Sprint(names); got != "[pricing.list_added pricing.prices_set pricing.prices_set pricing.prices_withdrawn]" {
			t.Errorf("facts: %s", got)
		}
	})
}

func TestListsAreEnsuredAndEnded(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		var first, second pricing.List
		ensure := func(into *pricing.List) {
			s.Moment(t, func(tx *db.Tx) (err error) {
				*into, err = pricing.EnsureList(tx, seller.Own, money.KZT, retail)
				return err
			})
		}
		ensure(&first)
		ensure(&second)
		if first.ID != second.ID || second.Name.In("kk") != "Бөлшек" {
			t.Errorf("%+v and %+v", first, second)
		}
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error { _, err := pricing.EndList(tx, first.ID); return err })
		}
		err := s.Try(func(tx *db.Tx) error { return pricing.Set(tx, first.ID, entry("a", 0, 1)) })
		if !errors.Is(err, pricing.ErrListEnded) {
			t.Errorf("a price in an ended list: %v", err)
		}
		ensure(&second)
		if second.ID == first.ID {
			t.Error("an ended list was taken")
		}
	})
}

func TestWrongPricesAreRefused(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	l := addList(t, s, pricing.List{})
	for name, wrong := range map[string]pricing.Entry{
		"no variant":   entry("", 0, 1),
		"negative":     entry("a", 0, -1),
		"currency":     {Variant: "a", Amount: money.Of(1, money.USD)},
		"quantity":     {Variant: "a", From: -1, Amount: money.Of(1, money.KZT)},
		"empty days":   entry("a", 0, 1, "2026-02-01", "2026-02-01"),
		"days reverse": entry("a", 0, 1, "2026-02-02", "2026-02-01"),
	} {
		if err := s.Try(func(tx *db.Tx) error { return pricing.Set(tx, l.ID, wrong) }); !errors.Is(err, pricing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		do   func(*db.Tx) error
		want error
	}{
		"unknown list": {func(tx *db.Tx) error { return pricing.Set(tx, "prl_no", entry("a", 0, 1)) }, pricing.ErrUnknownList},
		"too many": {func(tx *db.Tx) error {
			_, err := pricing.SetMany(tx, l.ID, make([]pricing.Entry, pricing.EntriesMax+1))
			return err
		}, pricing.ErrTooMany},
		"nameless list": {func(tx *db.Tx) error {
			_, err := pricing.AddList(tx, pricing.List{Seller: seller.Own, Currency: money.KZT})
			return err
		}, pricing.ErrList},
	} {
		if err := s.Try(c.do); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
