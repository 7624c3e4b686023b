package money

import (
	"math/big"
	"math/bits"
	"slices"
)

// Split divides the amount by weights and loses nothing: the parts add up to the amount exactly, each is within one minor
// unit of its exact share, and what is left over goes to the largest remainders, to the earlier part when they tie. So the
// same split always comes out the same.
//
// A part without weight gets nothing; a negative weight counts as none. When no part has weight, they share evenly. With
// no weights at all there are no parts.
func (m Money) Split(weights []int64) []Money {
	if len(weights) == 0 {
		return nil
	}
	shares := positive(weights)
	quotients, rests := divide(magnitude(m.Minor), shares)
	left := magnitude(m.Minor)
	for _, quotient := range quotients {
		left -= quotient
	}
	order := make([]int, len(shares))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return rests[b].compare(rests[a]) })
	for _, i := range order[:left] {
		quotients[i]++
	}
	parts := make([]Money, len(shares))
	for i, quotient := range quotients {
		parts[i] = Money{int64(quotient), m.Currency}
		if m.Minor < 0 {
			parts[i].Minor = -parts[i].Minor
		}
	}
	return parts
}

// positive gives the weights that count, or ones when none does.
func positive(weights []int64) []uint64 {
	shares := make([]uint64, len(weights))
	any := false
	for i, w := range weights {
		if w > 0 {
			shares[i], any = uint64(w), true
		}
	}
	if !any {
		for i := range shares {
			shares[i] = 1
		}
	}
	return shares
}

// rest is what a division left over, to be compared with others of the same divisor.
type rest struct{ high, low uint64 }

func (r rest) compare(o rest) int {
	switch {
	case r == o:
		return 0
	case r.high < o.high, r.high == o.high && r.low < o.low:
		return -1
	}
	return 1
}

// divide gives amount·share/Σshares for every share, rounded down, and what is left of each.
func divide(amount uint64, shares []uint64) ([]uint64, []rest) {
	quotients, rests := make([]uint64, len(shares)), make([]rest, len(shares))
	var high, sum uint64
	for _, share := range shares {
		var carry uint64
		sum, carry = bits.Add64(sum, share, 0)
		high += carry
	}
	if high > 0 {
		divideBig(amount, shares, quotients, rests)
		return quotients, rests
	}
	for i, share := range shares {
		// A share is at most the sum, so the quotient is at most the amount and always fits.
		h, l := bits.Mul64(amount, share)
		quotients[i], rests[i].low = bits.Div64(h, l, sum)
	}
	return quotients, rests
}

// divideBig is divide for weights whose sum needs more than 64 bits.
func divideBig(amount uint64, shares, quotients []uint64, rests []rest) {
	sum := new(big.Int)
	for _, share := range shares {
		sum.Add(sum, new(big.Int).SetUint64(share))
	}
	for i, share := range shares {
		product := new(big.Int).Mul(new(big.Int).SetUint64(amount), new(big.Int).SetUint64(share))
		quotient, left := product.QuoRem(product, sum, new(big.Int))
		quotients[i] = quotient.Uint64()
		rests[i] = rest{new(big.Int).Rsh(left, 64).Uint64(), new(big.Int).And(left, lowWord).Uint64()}
	}
}

// lowWord masks the low 64 bits.
var lowWord = new(big.Int).SetUint64(1<<64 - 1)
