package index

import (
	"cmp"
	"slices"
)

// histogram counts numbers between the bounds 1, 2, 5, 10, 20, 50 … , which people find natural.
type histogram struct {
	n        int
	buckets  [len(bounds) + 1]int
	distinct map[int64]int // distinct is nil as soon as there are more values than people choose from.
}

// fewMax is how many different numbers are a choice rather than a range; rangesMax is how many ranges are shown.
const (
	fewMax    = 12
	rangesMax = 8
)

// bounds are where ranges begin.
var bounds = func() (b [49]int64) {
	unit := int64(1)
	for i := 0; i < len(b); i += 3 {
		b[i] = unit
		if i+2 < len(b) {
			b[i+1], b[i+2] = 2*unit, 5*unit
		}
		unit *= 10
	}
	return b
}()

func newHistogram() *histogram { return &histogram{distinct: make(map[int64]int)} }

func (h *histogram) add(n int64) {
	h.n++
	at, found := slices.BinarySearch(bounds[:], n)
	if found {
		at++
	}
	h.buckets[at]++
	if h.distinct != nil {
		if h.distinct[n]++; len(h.distinct) > fewMax {
			h.distinct = nil
		}
	}
}

// few gives the numbers themselves when there are few of them.
func (h *histogram) few(chosen Filter) ([]FacetValue, bool) {
	if h.n == 0 || h.distinct == nil || chosen.Bounded {
		return nil, false
	}
	var values []FacetValue
	for n, count := range h.distinct {
		text := Decimal(n)
		values = append(values, FacetValue{Value: text, From: n, To: n + 1, Count: count, Chosen: slices.Contains(chosen.Values, text)})
	}
	slices.SortFunc(values, func(a, b FacetValue) int { return cmp.Compare(a.From, b.From) })
	return values, true
}

// ranges gives the ranges that hold something. When there are too many, the two neighbours that hold least become one.
func (h *histogram) ranges(chosen Filter) []FacetValue {
	var values []FacetValue
	for i, n := range h.buckets {
		if n == 0 {
			continue
		}
		v := FacetValue{Count: n, To: bounds[min(i, len(bounds)-1)]}
		if i > 0 {
			v.From = bounds[i-1]
		}
		if i == len(bounds) {
			v.To = 1<<63 - 1
		}
		values = append(values, v)
	}
	for len(values) > rangesMax {
		least := 0
		for i := range values[:len(values)-1] {
			if values[i].Count+values[i+1].Count < values[least].Count+values[least+1].Count {
				least = i
			}
		}
		values[least].To = values[least+1].To
		values[least].Count += values[least+1].Count
		values = slices.Delete(values, least+1, least+2)
	}
	for i := range values {
		values[i].Chosen = chosen.Bounded && values[i].From == chosen.From && values[i].To == chosen.To
	}
	return values
}
