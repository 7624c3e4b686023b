package index_test

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/core/search/index"
)

// What is looked up in a quick way is what a slow one finds.

func TestANumberFindsItsRange(t *testing.T) {
	for _, b := range index.Bounds {
		for _, n := range []int64{b - 1, b, b + 1, -b} {
			want := len(slices.DeleteFunc(slices.Clone(index.Bounds), func(b int64) bool { return b > n }))
			if got := index.Bucket(n); got != want {
				t.Errorf("%d has %d bounds below it, want %d", n, got, want)
			}
		}
	}
	if got := index.Bucket(1<<63 - 1); got != len(index.Bounds) {
		t.Errorf("the largest number has %d bounds below it", got)
	}
}

func TestTheMostFrequentWordsAreThoseOfASort(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		dfs := rapid.SliceOfN(rapid.Uint32Range(0, 5), 0, 40).Draw(r, "documents of words")
		from := rapid.IntRange(0, len(dfs)).Draw(r, "from")
		to := rapid.IntRange(from, len(dfs)).Draw(r, "to")
		most := rapid.IntRange(1, 8).Draw(r, "most")
		want := []int{}
		for i := from; i < to; i++ {
			want = append(want, i)
		}
		if len(want) > most {
			slices.SortStableFunc(want, func(a, b int) int { return cmp.Compare(dfs[b], dfs[a]) })
			want = want[:most]
		}
		if got := index.Frequent(dfs, from, to, most); !slices.Equal(got, want) {
			r.Fatalf("%v, want %v", got, want)
		}
	})
}

func TestFewDocumentsFindTheirPlacesInAColumn(t *testing.T) {
	const many = 500
	docs := rapid.SliceOfNDistinct(rapid.Uint32Range(0, many-1), 0, many, rapid.ID)
	rapid.Check(t, func(r *rapid.T) {
		column, some := docs.Draw(r, "column"), docs.Draw(r, "some")
		slices.Sort(column)
		var want []int
		for i, doc := range column {
			if slices.Contains(some, doc) {
				want = append(want, i)
			}
		}
		if got := index.Places(column, some, many); !slices.Equal(got, want) {
			r.Fatalf("%v, want %v", got, want)
		}
	})
}
