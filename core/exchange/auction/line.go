package auction

import (
	"cmp"
	"math/bits"
	"slices"
)

// digitBits is how many bits of a key are sorted in one pass: the counters of a pass fit into a first-level cache.
const digitBits = 11

// passesMax is from how many passes on comparing is not slower.
const passesMax = 4

// inLine sorts the orders of one side, which stand as in the book, by key and class, and keeps the order of the book
// between equals. It may use the given slice.
//
// Limits of a book lie close together: their distance from the best one has few bits, and a pass or two of counting puts
// them in line, where comparing would need seventeen steps for each of a hundred thousand.
func inLine(orders []ranked) []ranked {
	if slices.IsSortedFunc(orders, ahead) {
		return orders
	}
	best, worst, class := int64(priceMax), int64(-priceMax), uint8(0)
	for _, r := range orders {
		if class = max(class, r.class); r.key != noPrice {
			best, worst = min(best, r.key), max(worst, r.key)
		}
	}
	width := bits.Len64(uint64(max(worst-best, 0)) + 1)
	if (width+digitBits-1)/digitBits > passesMax {
		slices.SortStableFunc(orders, ahead)
		return orders
	}
	other := make([]ranked, len(orders))
	if class > 0 {
		counted(orders, other, func(r ranked) int { return int(r.class) })
		orders, other = other, orders
	}
	for shift := 0; shift < width; shift += digitBits {
		counted(orders, other, func(r ranked) int {
			if r.key == noPrice {
				return 0 // Before the best limit, which is one away from it.
			}
			return int(uint64(r.key-best+1)>>shift) & (1<<digitBits - 1)
		})
		orders, other = other, orders
	}
	return orders
}

// ahead compares two orders of one side by key and class.
func ahead(a, b ranked) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	return cmp.Compare(a.class, b.class)
}

// counted puts orders by a digit into another slice, and keeps the order of equals.
func counted(from, to []ranked, digit func(ranked) int) {
	var starts [1<<digitBits + 1]int
	for _, r := range from {
		starts[digit(r)+1]++
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	for _, r := range from {
		d := digit(r)
		to[starts[d]] = r
		starts[d]++
	}
}
