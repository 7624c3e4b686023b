package index

import (
	"cmp"
	"math/bits"
	"slices"
)

// histogram counts numbers between the bounds 1, 2, 5, 10, 20, 50 … , which people find natural.
type histogram struct {
	n        int
	buckets  [len(bounds) + 1]int
	distinct []counted // distinct is the different numbers, as long as there are no more than people choose from.
	many     bool
}

// counted is a number with how often it was met.
type counted struct {
	number int64
	times  int
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

func newHistogram() *histogram { return &histogram{} }

func (h *histogram) add(n int64) {
	h.n++
	h.buckets[bucket(n)]++
	if h.many {
		return
	}
	for i := range h.distinct {
		if h.distinct[i].number == n {
			h.distinct[i].times++
			return
		}
	}
	h.distinct = append(h.distinct, counted{n, 1})
	h.many = len(h.distinct) > fewMax
}

// bucket is how many bounds are not above a number. From one power of two to the next lie two of them at most.
func bucket(n int64) int {
	if n < 1 {
		return 0
	}
	at := below[bits.Len64(uint64(n))-1]
	for at < len(bounds) && bounds[at] <= n {
		at++
	}
	return at
}

// below says for each power of two how many bounds are below it.
var below = func() (many [63]int) {
	for i := range many {
		many[i], _ = slices.BinarySearch(bounds[:], 1<<i)
	}
	return many
}()

// few gives the numbers themselves when there are few of them.
func (h *histogram) few(chosen Filter) ([]FacetValue, bool) {
	if h.n == 0 || h.many || chosen.Bounded {
		return nil, false
	}
	var values []FacetValue
	for _, c := range h.distinct {
		text := Decimal(c.number)
		values = append(values, FacetValue{Value: text, From: c.number, To: c.number + 1, Count: c.times, Chosen: slices.Contains(chosen.Values, text)})
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
