package index_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/core/search/analysis"
	"sauda/core/search/index"
)

var (
	vocabulary = []string{"kettle", "steel", "glass", "lamp", "desk", "laptop", "bag", "cable"}
	brands     = []string{"Arka", "Dala", "Ertis"}
	colours    = []string{"red", "green", "blue"}
)

// document draws a document of a small world, so that random ones meet.
func document(r *rapid.T, id string) *index.Document {
	d := &index.Document{ID: id, External: "x" + id, Brand: rapid.SampledFrom(brands).Draw(r, "brand"),
		Category: rapid.SampledFrom([]string{"home", "work", "garden"}).Draw(r, "category"), Since: int64(rapid.IntRange(1, 5).Draw(r, "since")),
		Numbers: index.Numbers{Price: int64(rapid.IntRange(0, 9).Draw(r, "price")), Stock: index.Stock(rapid.IntRange(0, 2).Draw(r, "stock"))}}
	title := ""
	for range rapid.IntRange(1, 4).Draw(r, "words") {
		title += " " + rapid.SampledFrom(vocabulary).Draw(r, "word")
	}
	d.Titles, d.Texts[index.Title] = []string{title}, []string{title}
	d.Values = []index.Value{{Code: "colour", Text: rapid.SampledFrom(colours).Draw(r, "colour")},
		{Code: "mass", Kind: index.Number, Number: int64(rapid.IntRange(1, 3).Draw(r, "mass")) * 1000}}
	return d
}

// has tells whether a document has a word, as a reader would look for it.
func has(d *index.Document, word string) bool {
	for _, t := range analysis.Document(d.Titles[0]) {
		if t.Text == word {
			return true
		}
	}
	return false
}

func slot(word string) index.Slot {
	return index.Slot{Word: word, Alternatives: []index.Alternative{{Terms: []string{word}, Weight: 1000, Why: "exact"}}}
}

// TestAnyHistoryIsFound adds, replaces and takes out documents and changes their numbers in any order, merging at any
// time. What is found and counted is what a look at every document finds.
func TestAnyHistoryIsFound(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x, model := index.New(index.Options{}), make(map[string]*index.Document)
		bulk := x.Bulk()
		for n := range rapid.IntRange(0, 20).Draw(r, "bulk") {
			d := document(r, fmt.Sprint("b", n))
			bulk.Add(d)
			model[d.ID] = d
		}
		tree := index.NewTree(map[string]string{"home": "", "garden": "home", "work": ""})
		x.Replace(bulk, tree)
		r.Repeat(map[string]func(*rapid.T){
			"apply": func(r *rapid.T) {
				var docs []*index.Document
				var gone []string
				for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 25), 1, 5, rapid.ID).Draw(r, "ids") {
					id := fmt.Sprint("b", n)
					if rapid.Bool().Draw(r, "gone") {
						gone = append(gone, id)
						delete(model, id)
						continue
					}
					d := document(r, id)
					docs = append(docs, d)
					model[id] = d
				}
				x.Apply(docs, gone)
			},
			"numbers": func(r *rapid.T) {
				ids := slices.Sorted(maps.Keys(model))
				if len(ids) == 0 {
					return
				}
				id := rapid.SampledFrom(ids).Draw(r, "id")
				changed := *model[id]
				changed.Numbers = index.Numbers{Price: int64(rapid.IntRange(0, 9).Draw(r, "price")), Stock: index.InStock}
				model[id] = &changed
				x.SetNumbers(id, changed.Numbers)
			},
			"merge": func(*rapid.T) { x.Merge() },
			"":      func(r *rapid.T) { agrees(r, x, model) },
		})
	})
}

// agrees asks the index a few questions and answers them by looking at every document.
func agrees(r *rapid.T, x *index.Index, model map[string]*index.Document) {
	word := rapid.SampledFrom(vocabulary).Draw(r, "asked")
	colour := rapid.SampledFrom(colours).Draw(r, "of")
	ask := index.Ask{Slots: []index.Slot{slot(word)}, Limit: 100, Facets: []string{index.NameBrand, index.AttributePrefix + "colour"},
		Filters: []index.Filter{{Name: index.AttributePrefix + "colour", Values: []string{colour}}, {Name: index.NamePrice, Bounded: true, From: 2, To: 8}}}
	var want []string
	colours := make(map[string]int)
	for id, d := range model {
		if !has(d, word) || d.Price < 2 || d.Price >= 8 {
			continue
		}
		colours[d.Values[0].Text]++
		if d.Values[0].Text == colour {
			want = append(want, id)
		}
	}
	slices.Sort(want)
	answer := x.Search(ask)
	var got []string
	for _, h := range answer.Hits {
		got = append(got, h.ID)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) || answer.Found != len(want) {
		r.Fatalf("%q and %s: %v of %d, want %v", word, colour, got, answer.Found, want)
	}
	for _, f := range answer.Facets {
		if f.Name != index.AttributePrefix+"colour" {
			continue
		}
		for _, v := range f.Values { // A chosen colour does not hide the others.
			if v.Count != colours[v.Value] || v.Chosen != (v.Value == colour) {
				r.Fatalf("%s is counted %d times, want %d", v.Value, v.Count, colours[v.Value])
			}
		}
	}
	below := x.Search(index.Ask{Filters: []index.Filter{{Name: index.NameCategory, Values: []string{"home"}}}, Sort: index.ByPriceUp, Limit: 100})
	last, count := int64(-1), 0
	for _, d := range model {
		if d.Category == "home" || d.Category == "garden" {
			count++
		}
	}
	if below.Found != count {
		r.Fatalf("%d at home, want %d", below.Found, count)
	}
	for _, h := range below.Hits {
		price := model[h.ID].Price
		if price == 0 {
			last = 1 << 60 // What has no price stands last.
		} else if price < last {
			r.Fatalf("%d stands behind %d", price, last)
		} else {
			last = price
		}
	}
}

// TestManySmallSegmentsBecomeOne fills the index in small pieces until they are merged, and finds everything as before.
func TestManySmallSegmentsBecomeOne(t *testing.T) {
	x := index.New(index.Options{})
	const pieces, each = 12, 600
	for p := range pieces {
		var docs []*index.Document
		for n := range each {
			title := fmt.Sprintf("thing number%d", n)
			docs = append(docs, &index.Document{ID: fmt.Sprint(p, "-", n), Titles: []string{title},
				Texts: [7][]string{index.Title: {title}}, Brand: brands[n%3]})
		}
		x.Apply(docs, nil)
	}
	before := x.Search(index.Ask{Slots: []index.Slot{slot("thing")}, Limit: 30, Facets: []string{index.NameBrand}})
	x.SetNumbers("3-7", index.Numbers{Price: 77})
	if !x.Merge() {
		t.Fatal("nothing was merged")
	}
	if n, ok := x.Has("3-7"); !ok || n.Price != 77 {
		t.Errorf("a price was lost: %v", n)
	}
	after := x.Search(index.Ask{Slots: []index.Slot{slot("thing")}, Limit: 30, Facets: []string{index.NameBrand}})
	if _, segments, _ := x.Size(); segments != 1 || after.Found != pieces*each || after.Found != before.Found || fmt.Sprint(after.Facets) != fmt.Sprint(before.Facets) {
		t.Errorf("%d segments find %d, before %d", segments, after.Found, before.Found)
	}
}

// TestWordsThatAreMoreAlikeComeFirst finds words a slip of the finger away: a letter more, less, another, or two swapped.
func TestWordsThatAreMoreAlikeComeFirst(t *testing.T) {
	x := index.New(index.Options{})
	b := x.Bulk()
	for i, w := range []string{"kettle", "kettles", "cattle", "kennel", "шәйнек"} {
		b.Add(&index.Document{ID: fmt.Sprint(i), Texts: [7][]string{index.Title: {w}}})
	}
	x.Replace(b, index.NewTree(nil))
	for word, want := range map[string]string{"ketlte": "kettle", "kettel": "kettle", "kattle": "cattle kettle", "шайнек": "шәйнек", "zzz": ""} {
		got := ""
		for _, n := range x.Near(word, 1, 5) {
			if got != "" {
				got += " "
			}
			got += n.Word
		}
		if got != want {
			t.Errorf("near %s: %q, want %q", word, got, want)
		}
	}
}

// many fills an index whose parts lie in files.
func many(dir string, trouble func(error)) *index.Index {
	x := index.New(index.Options{Dir: dir, Trouble: trouble})
	b := x.Bulk()
	for n := range 1500 {
		b.Add(thing(n, 1))
	}
	x.Replace(b, index.NewTree(nil))
	return x
}

func thing(n int, version int64) *index.Document {
	title := fmt.Sprintf("thing number%d %s", n, vocabulary[n%len(vocabulary)])
	d := &index.Document{ID: fmt.Sprintf("t%04d", n), External: fmt.Sprint(n), Titles: []string{title}, Texts: [7][]string{index.Title: {title}},
		Brand: brands[n%3], Category: "home", Version: version, Numbers: index.Numbers{Price: int64(n), Stock: index.InStock}}
	d.Values = []index.Value{{Code: "colour", Text: colours[n%3], Label: `{"en":"Colour"}`, Words: `{"kk":"түс"}`},
		{Code: "mass", Kind: index.Number, Number: int64(n%7) * 1000, Unit: "kg"}, {Code: "wet", Kind: index.Bool, Text: fmt.Sprint(n%2 == 0)}}
	return d
}

// answers puts questions that touch every part of an index.
func answers(x *index.Index) string {
	facets := []string{index.NameBrand, index.NameCategory, index.NamePrice, index.AttributePrefix + "colour", index.AttributePrefix + "mass"}
	all := ""
	for _, a := range []index.Ask{
		{Slots: []index.Slot{slot("thing"), slot("lamp")}, Limit: 20, Facets: facets, Best: 3, Explain: true},
		{Filters: []index.Filter{{Name: index.AttributePrefix + "wet", Values: []string{"true"}}}, Sort: index.ByPriceDown, Limit: 20, Facets: facets},
	} {
		all += fmt.Sprintf("%+v\n", x.Search(a))
	}
	return all + fmt.Sprint(x.Near("ketle", 1, 5), x.Counts(index.NameBrand))
}

// TestAnIndexOutlivesTheProcess writes an index down and takes it up again: it answers as before, says what it lacks, and
// goes on from there.
func TestAnIndexOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	fail := func(err error) { t.Error(err) }
	x := many(dir, fail)
	x.SetNumbers("t0007", index.Numbers{Price: 9_999, Stock: index.ToOrder})
	want := answers(x)
	if err := x.Save("stamp"); err != nil {
		t.Fatal(err)
	}
	x.Apply([]*index.Document{thing(3, 2)}, []string{"t0004"}) // Nobody writes this down.

	next := index.New(index.Options{Dir: dir, Trouble: fail})
	if next.Open("another stamp", index.NewTree(nil)) {
		t.Fatal("an index with another stamp was taken up")
	}
	x = many(dir, fail)
	x.SetNumbers("t0007", index.Numbers{Price: 9_999, Stock: index.ToOrder})
	if err := x.Save("stamp"); err != nil {
		t.Fatal(err)
	}
	next = index.New(index.Options{Dir: dir, Trouble: fail})
	if !next.Open("stamp", index.NewTree(nil)) {
		t.Fatal("the index was not taken up")
	}
	if got := answers(next); got != want {
		t.Errorf("it answers\n%s\nbut before\n%s", got, want)
	}

	r := next.Review()
	for n := range 1500 {
		version := int64(1)
		if n == 3 {
			version = 2
		}
		if n != 4 && r.Current(thing(n, 1).ID, version) != (n != 3) {
			t.Errorf("%d is not judged right", n)
		}
	}
	if r.Current("nobody", 1) || fmt.Sprint(r.Rest()) != "[t0004]" {
		t.Errorf("what is gone is %v", r.Rest())
	}
	next.Apply([]*index.Document{thing(3, 2)}, []string{"t0004"})
	if err := next.Save("stamp"); err != nil {
		t.Fatal(err)
	}
	last := index.New(index.Options{Dir: dir, Trouble: fail})
	if !last.Open("stamp", index.NewTree(nil)) {
		t.Fatal("the index was not taken up again")
	}
	if _, there := last.Has("t0004"); there {
		t.Error("what had died is alive again")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("the folder has %v (%v)", entries, err)
	}
}

// TestADamagedIndexIsNone changes each file of an index in one place, or cuts it off: it is not taken up, and somebody is
// told.
func TestADamagedIndexIsNone(t *testing.T) {
	for _, name := range []string{"*.seg", "manifest"} {
		for what, damage := range map[string]func([]byte) []byte{
			"a bit":   func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
			"the end": func(b []byte) []byte { return b[:len(b)/2] },
			"all":     func([]byte) []byte { return nil },
		} {
			dir := t.TempDir()
			x := many(dir, func(err error) { t.Error(err) })
			if err := x.Save("stamp"); err != nil {
				t.Fatal(err)
			}
			files, err := filepath.Glob(filepath.Join(dir, name))
			if err != nil || len(files) != 1 {
				t.Fatal(files, err)
			}
			whole, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(files[0], damage(bytes.Clone(whole)), 0o600); err != nil {
				t.Fatal(err)
			}
			told := 0
			next := index.New(index.Options{Dir: dir, Trouble: func(error) { told++ }})
			if opened := next.Open("stamp", index.NewTree(nil)); opened || told == 0 {
				t.Errorf("%s of %s is gone, and it opened: %v, told %d times", what, name, opened, told)
			}
		}
	}
}

// TestAFacetOfVeryManyValues: where every document has a value of its own, a facet names the first of them and no more, the
// same ones each time, and the one that was chosen among them.
func TestAFacetOfVeryManyValues(t *testing.T) {
	const docs = 30_000
	x := index.New(index.Options{})
	bulk := x.Bulk()
	for n := range docs {
		bulk.Add(&index.Document{ID: fmt.Sprint("d", n), Brand: fmt.Sprint("brand", n), Category: "home", Titles: []string{"thing"}, Values: []index.Value{{Code: "serial", Text: fmt.Sprint("no ", n)}}})
	}
	x.Replace(bulk, index.NewTree(map[string]string{"home": ""}))
	ask := index.Ask{Facets: []string{index.NameBrand, "attr.serial"}, Best: 5, Limit: 1}
	first := x.Search(ask)
	if first.Found != docs || len(first.Facets) != 2 {
		t.Fatalf("%d found, %d facets", first.Found, len(first.Facets))
	}
	for _, f := range first.Facets {
		if len(f.Values) != 50 || f.Values[0].Count != 1 {
			t.Errorf("%s has %d values", f.Name, len(f.Values))
		}
	}
	if again := x.Search(ask); !reflect.DeepEqual(again.Facets, first.Facets) {
		t.Error("the same question counts others")
	}
	ask.Filters = []index.Filter{{Name: "attr.serial", Values: []string{"no 29999"}}}
	chosen := x.Search(ask)
	in := func(f index.Facet) bool {
		return slices.ContainsFunc(f.Values, func(v index.FacetValue) bool { return v.Value == "no 29999" && v.Chosen && v.Count == 1 })
	}
	if chosen.Found != 1 || !slices.ContainsFunc(chosen.Facets, in) {
		t.Errorf("%d found; the chosen value is not among those of its facet", chosen.Found)
	}
}
