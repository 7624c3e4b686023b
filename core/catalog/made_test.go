package catalog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db/dbtest"
)

// curtain is made by width and height, of two fabrics, with a name on it.
func curtain() catalog.Made {
	return catalog.Made{Days: 5, Currency: money.KZT, Formula: "max(price, width * height / 10000 * 4500) + options + ceil(words / 10) * 500",
		Questions: []catalog.Question{
			{Code: "width", Kind: catalog.QuestionNumber, Label: name("Width"), Unit: "cm", Least: "30", Greatest: "400.5"},
			{Code: "height", Kind: catalog.QuestionNumber, Label: name("Height"), Unit: "cm", Least: "30", Greatest: "300"},
			{Code: "fabric", Kind: catalog.QuestionChoice, Label: name("Fabric"), Choices: []catalog.QuestionChosen{
				{Code: "linen", Name: name("Linen")}, {Code: "silk", Name: name("Silk"), Surcharge: 250_000}}},
			{Code: "words", Kind: catalog.QuestionText, Label: name("Embroidery"), Most: 20, Optional: true},
		}}
}

func TestMadeToOrder(t *testing.T) {
	m := curtain()
	for answers, want := range map[string]int64{
		"width=100 height=100 fabric=linen":                    1_000_000, // The price of the list is the least.
		"width=200 height=150 fabric=linen":                    1_350_000,
		"width=200,5 height=150 fabric=silk":                   1_353_375 + 250_000,
		"width=200 height=150 fabric=linen words=Айсұлу":       1_350_000 + 50_000,
		"width=200 height=150 fabric=linen words=Айсұлуxxxxxx": 1_350_000 + 100_000,
	} {
		judged, err := m.Answered(spoken(answers))
		if err != nil {
			t.Errorf("%s: %v", answers, err)
			continue
		}
		price, err := m.Price(money.Of(1_000_000, money.KZT), judged)
		if err != nil || price != money.Of(want, money.KZT) {
			t.Errorf("%s costs %v, %v, want %d", answers, price, err, want)
		}
	}
	for answers, at := range map[string]string{
		"height=100 fabric=linen":                                            "/answers/width",
		"width=29.9 height=100 fabric=linen":                                 "/answers/width",
		"width=400.6 height=100 fabric=linen":                                "/answers/width",
		"width=-50 height=100 fabric=linen":                                  "/answers/width",
		"width=1e2 height=100 fabric=linen":                                  "/answers/width",
		"width=100 height=100 fabric=wool":                                   "/answers/fabric",
		"width=100 height=100 fabric=linen words=" + strings.Repeat("a", 21): "/answers/words",
		"width=100 height=100 fabric=linen other=1":                          "/answers",
	} {
		if _, err := m.Answered(spoken(answers)); !errors.Is(err, catalog.ErrAnswers) || !slices.Contains(pointers(err), at) {
			t.Errorf("%s: %v at %v", answers, err, pointers(err))
		}
	}
	judged, err := m.Answered(spoken("width=100 height=100 fabric=silk"))
	if err != nil || judged[2].Name["en"] != "Silk" || judged[2].Label["en"] != "Fabric" || judged[0].Unit != "cm" {
		t.Errorf("the order keeps %+v, %v", judged, err)
	}
	if _, err := m.Price(money.Of(1, money.USD), judged); !errors.Is(err, catalog.ErrAmount) {
		t.Errorf("in dollars: %v", err)
	}
	for _, f := range []string{"price - 1000000000", "0 * price", "price / (width - 100)"} {
		m.Formula = f
		if price, err := m.Price(money.Of(1_000_000, money.KZT), judged); !errors.Is(err, catalog.ErrAmount) {
			t.Errorf("%s costs %v, %v", f, price, err)
		}
	}
}

// spoken reads answers as a test writes them.
func spoken(s string) map[string]string {
	answers := map[string]string{}
	for pair := range strings.FieldsSeq(s) {
		code, value, _ := strings.Cut(pair, "=")
		answers[code] = value
	}
	return answers
}

// TestAPriceFollowsFromTheAnswers computes what a curtain costs a second time, in whole tiyn.
func TestAPriceFollowsFromTheAnswers(t *testing.T) {
	m := curtain()
	m.Formula = "width * height / 10000 * 4500 + options"
	rapid.Check(t, func(r *rapid.T) {
		w, h := rapid.Int64Range(30, 400).Draw(r, "width"), rapid.Int64Range(30, 300).Draw(r, "height")
		price, err := m.Price(money.Of(1, money.KZT), []catalog.Answer{
			{Code: "width", Kind: catalog.QuestionNumber, Text: money.Of(w*100, money.KZT).Decimal()},
			{Code: "height", Kind: catalog.QuestionNumber, Text: money.Of(h*100, money.KZT).Decimal()},
			{Code: "fabric", Kind: catalog.QuestionChoice, Surcharge: 7},
		})
		if want := w*h*45 + 7; err != nil || price.Minor != want {
			r.Errorf("%d × %d costs %v, %v, want %d", w, h, price, err, want)
		}
	})
}

func TestWhatCannotBeAsked(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home := branch(t, s, "", "home")
		for at, spoil := range map[string]func(*catalog.Made){
			"/kind/made/currency":                        func(m *catalog.Made) { m.Currency = "tenge" },
			"/kind/made/days":                            func(m *catalog.Made) { m.Days = 400 },
			"/kind/made/formula":                         func(m *catalog.Made) { m.Formula = "depth * 2" },
			"/kind/made/questions/0/code":                func(m *catalog.Made) { m.Questions[0].Code = "price" },
			"/kind/made/questions/1/code":                func(m *catalog.Made) { m.Questions[1].Code = m.Questions[0].Code },
			"/kind/made/questions/0/label":               func(m *catalog.Made) { m.Questions[0].Label = text.Localized{} },
			"/kind/made/questions/0/greatest":            func(m *catalog.Made) { m.Questions[0].Greatest = "20" },
			"/kind/made/questions/2/choices":             func(m *catalog.Made) { m.Questions[2].Choices = nil },
			"/kind/made/questions/2/choices/1/name":      func(m *catalog.Made) { m.Questions[2].Choices[1].Code = "linen" },
			"/kind/made/questions/2/choices/0/surcharge": func(m *catalog.Made) { m.Questions[2].Choices[0].Surcharge = -1 },
			"/kind/made/questions/3/most":                func(m *catalog.Made) { m.Questions[3].Most = 5_000 },
			"/kind/made/questions/3/kind":                func(m *catalog.Made) { m.Questions[3].Kind = "colour" },
			"/kind":                                      func(*catalog.Made) {},
		} {
			d, m := plain(home, "curtain"), curtain()
			spoil(&m)
			if d.Kind.Made = &m; at == "/kind" {
				d.Kind.Bundle = &catalog.Bundle{}
			}
			if err := tried(s, d); !errors.Is(err, catalog.ErrInvalid) || !slices.Contains(pointers(err), at) {
				t.Errorf("%s: %v at %v", at, err, pointers(err))
			}
		}
		d, m := plain(home, "curtain"), curtain()
		d.Kind.Made, d.Variants[0].Tracking = &m, catalog.Tracked
		if p := add(t, s, d); p.Variants[0].Tracking != catalog.Untracked || p.Kind.Name() != "made" {
			t.Errorf("it is %+v", p)
		}
	})
}
