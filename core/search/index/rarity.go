package index

import "math/bits"

// logMilli is the natural logarithm of n/d in thousandths, for n >= d > 0.
func logMilli(n, d uint64) int64 {
	const one = 1 << 30
	whole := 0
	for n/d >= 2 {
		d *= 2
		whole++
	}
	hi, lo := bits.Mul64(n, one)
	x, _ := bits.Div64(hi, lo, d) // 1 <= x/one < 2
	var part uint64
	for range 12 { // Each squaring gives the next binary digit of the logarithm.
		x = x * x / one
		part *= 2
		if x >= 2*one {
			x /= 2
			part++
		}
	}
	const ln2 = 693_147 // in millionths
	return int64((uint64(whole)<<12 + part) * ln2 >> 12 / 1000)
}

// rarity is the inverse document frequency of BM25 in thousandths: ln(1 + (n - df + ½) / (df + ½)).
func rarity(n, df int) int64 {
	if df > n {
		n = df
	}
	return logMilli(uint64(2*n+2), uint64(2*df+1))
}
