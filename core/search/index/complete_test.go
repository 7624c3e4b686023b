package index_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sauda/core/search/analysis"
	"sauda/core/search/index"
)

func beginning(letters string) index.Slot {
	return index.Slot{Word: letters, Alternatives: []index.Alternative{{Terms: []string{letters}, Prefix: true, Weight: 1000, Why: "prefix"}}}
}

// begins tells whether a document has a word that begins so.
func begins(d *index.Document, letters string) bool {
	return slices.ContainsFunc(analysis.Document(d.Titles[0]), func(t analysis.Term) bool { return strings.HasPrefix(t.Text, letters) })
}

// TestWhatIsCompletedHasAllWords asks with whole words and the beginning of one. What is shown has them all as long as
// anything has, and nothing that has them is kept back while there is room.
func TestWhatIsCompletedHasAllWords(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x := index.New(index.Options{})
		bulk, fit, docs := x.Bulk(), 0, make(map[string]*index.Document)
		words := rapid.SliceOfNDistinct(rapid.SampledFrom(vocabulary), 0, 2, rapid.ID).Draw(r, "words")
		letters := rapid.SampledFrom([]string{"k", "l", "la", "lap", "ste", "zzz"}).Draw(r, "letters")
		fits := func(d *index.Document) bool {
			return begins(d, letters) && !slices.ContainsFunc(words, func(w string) bool { return !has(d, w) })
		}
		for n := range rapid.IntRange(1, 20).Draw(r, "documents") {
			d := document(r, fmt.Sprint("c", n))
			docs[d.ID] = d
			bulk.Add(d)
			if fits(d) {
				fit++
			}
		}
		x.Replace(bulk, index.NewTree(nil))
		ask := index.Ask{Slots: []index.Slot{}, Limit: 5}
		for _, w := range words {
			ask.Slots = append(ask.Slots, slot(w))
		}
		ask.Slots = append(ask.Slots, beginning(letters))
		answer := x.Complete(ask)
		if fit == 0 {
			if want := x.Search(ask); want.Weak != answer.Weak || !want.Weak && len(want.Hits) != len(answer.Hits) {
				r.Fatalf("no title has all words: %d are shown, a search finds %d", len(answer.Hits), len(want.Hits))
			}
			return
		}
		if len(answer.Hits) != min(fit, ask.Limit) {
			r.Fatalf("%d are shown, %d have all words", len(answer.Hits), fit)
		}
		for _, h := range answer.Hits {
			if !fits(docs[h.ID]) {
				r.Fatalf("%v and %s…: %s is shown", words, letters, docs[h.ID].Titles[0])
			}
		}
	})
}

// TestTheBestOfACrowdAreKept asks a large index for a word that a third of its documents have, before and after it knows the best
// of them: the popular one with the short title stands first, and two words are found together that few have.
func TestTheBestOfACrowdAreKept(t *testing.T) {
	x := index.New(index.Options{})
	bulk := x.Bulk()
	const crowd, star, pair = 51_000, 40_323, 12_345
	for n := range crowd {
		title := fmt.Sprintf("%s of some kind number%d", []string{"kettle", "lamp", "lamp"}[n%3], n)
		d := &index.Document{ID: fmt.Sprintf("d%06d", n), Since: 1, Numbers: index.Numbers{Price: 1, Stock: index.InStock}}
		switch n {
		case star:
			title, d.Popularity = "kettle", 1000
		case pair:
			title += " whistling"
		}
		d.Brand, d.Titles, d.Texts[index.Title] = fmt.Sprint("Brand ", n%17), []string{title}, []string{title}
		bulk.Add(d)
	}
	x.Replace(bulk, index.NewTree(nil))
	// Facets of so many are counted beside each other.
	many := x.Search(index.Ask{Facets: []string{index.NameBrand, index.NameStock, index.NamePrice}, Limit: 3})
	if len(many.Facets) != 3 || many.Found != crowd || len(many.Hits) != 3 {
		t.Fatalf("%d are found, with %d facets", many.Found, len(many.Facets))
	}
	for i, values := range []int{17, 1, 1} {
		sum := 0
		for _, value := range many.Facets[i].Values {
			sum += value.Count
		}
		if len(many.Facets[i].Values) != values || sum != crowd {
			t.Errorf("%s has %d values of %d goods", many.Facets[i].Name, len(many.Facets[i].Values), sum)
		}
	}
	first := func(slots ...index.Slot) string {
		t.Helper()
		answer := x.Complete(index.Ask{Slots: slots, Limit: 5})
		if len(answer.Hits) == 0 {
			t.Fatal("nothing is found")
		}
		return answer.Hits[0].ID
	}
	ask := func() {
		t.Helper()
		if got, want := first(beginning("ket")), fmt.Sprintf("d%06d", star); got != want {
			t.Errorf("the first kettle is %s, want %s", got, want)
		}
		if got, want := first(slot("kettle"), beginning("whi")), fmt.Sprintf("d%06d", pair); got != want {
			t.Errorf("the whistling kettle is %s, want %s", got, want)
		}
	}
	ask()
	for end := time.Now().Add(10 * time.Second); !index.Crowned(x); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the champions are never found")
		}
	}
	ask()
}
