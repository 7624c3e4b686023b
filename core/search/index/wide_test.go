package index_test

import (
	"fmt"
	"testing"

	"sauda/core/search/index"
)

// TestAMillionFacetValues gives each of a million documents a brand of its own, and all but a few a serial number: a facet shows
// the bounded list of the most frequent ones, the one that was chosen among them, and whoever did not ask for serial numbers is
// not offered them.
func TestAMillionFacetValues(t *testing.T) {
	const documents, alike = 1_000_000, 10
	serial := index.AttributePrefix + "serial"
	x := index.New(index.Options{Dir: t.TempDir(), Trouble: func(err error) { t.Error(err) }})
	b := x.Bulk()
	for n := range documents {
		d := &index.Document{ID: fmt.Sprint("d", n), Texts: [7][]string{index.Title: {"valve"}}, Category: "home", Brand: fmt.Sprint("brand", n)}
		d.Values = []index.Value{{Code: "serial", Text: fmt.Sprint(max(n, alike-1))}, {Code: "colour", Text: colours[n%3]}}
		b.Add(d)
	}
	x.Replace(b, index.NewTree(map[string]string{"home": ""}))
	facets := func(a index.Ask) map[string]index.Facet {
		found := map[string]index.Facet{}
		for _, f := range x.Search(a).Facets {
			found[f.Name] = f
		}
		return found
	}
	all := facets(index.Ask{Slots: []index.Slot{slot("valve")}, Facets: []string{serial, index.NameBrand}, Limit: 1})
	for _, name := range []string{serial, index.NameBrand} {
		if n := len(all[name].Values); n == 0 || n > 50 {
			t.Errorf("%s shows %d values, want 50 at most", name, n)
		}
	}
	if first := all[serial].Values[0]; first.Value != fmt.Sprint(alike-1) || first.Count != alike {
		t.Errorf("the most frequent is %+v", first)
	}
	chosen := facets(index.Ask{
		Filters: []index.Filter{{Name: serial, Values: []string{"999999"}}}, Facets: []string{serial}, Limit: 1,
	})[serial]
	seen := false
	for _, v := range chosen.Values {
		seen = seen || v.Value == "999999" && v.Chosen && v.Count == 1
	}
	if !seen || len(chosen.Values) > 51 {
		t.Errorf("what was chosen is not among the %d values", len(chosen.Values))
	}
	if offered := facets(index.Ask{Slots: []index.Slot{slot("valve")}, Best: 6, Limit: 1}); len(offered[serial].Values) > 0 || len(offered[index.AttributePrefix+"colour"].Values) == 0 {
		t.Errorf("unasked: %d serial numbers, %d colours", len(offered[serial].Values), len(offered[index.AttributePrefix+"colour"].Values))
	}
}
