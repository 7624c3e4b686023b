package index_test

import (
	"fmt"
	"testing"

	"sauda/core/search/index"
)

// TestFewerWordsAreEnoughWhereLittleIsFound: half of the words is the least, unless hardly anything has half of them.
func TestFewerWordsAreEnoughWhereLittleIsFound(t *testing.T) {
	ask := index.Ask{Slots: []index.Slot{slot("red"), slot("wool"), slot("winter"), slot("coat")}, Limit: 100}
	for halves, want := range map[int]int{0: 4, 2: 6, 3: 3} {
		x := index.New(index.Options{})
		b := x.Bulk()
		for i := range halves {
			b.Add(&index.Document{ID: fmt.Sprintf("half%d", i), Texts: [7][]string{{"red coat"}}})
		}
		for i := range 4 {
			b.Add(&index.Document{ID: fmt.Sprintf("quarter%d", i), Texts: [7][]string{{"winter"}}})
		}
		x.Replace(b, index.NewTree(nil))
		if answer := x.Search(ask); answer.Found != want || !answer.Weak {
			t.Errorf("%d with half of the words: %d found, weak %t", halves, answer.Found, answer.Weak)
		}
	}
}
