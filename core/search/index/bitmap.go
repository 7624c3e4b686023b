package index

import "math/bits"

// bitmap is a set of documents of a segment.
type bitmap []uint64

func newBitmap(n int) bitmap { return make(bitmap, (n+63)/64) }

func (b bitmap) set(doc uint32)      { b[doc>>6] |= 1 << (doc & 63) }
func (b bitmap) has(doc uint32) bool { return b[doc>>6]&(1<<(doc&63)) != 0 }

func (b bitmap) count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// and keeps what is in the other as well.
func (b bitmap) and(other bitmap) {
	for i := range b {
		b[i] &= other[i]
	}
}

// without takes out what is in the other.
func (b bitmap) without(other bitmap) {
	for i := range b {
		b[i] &^= other[i]
	}
}

// each visits the documents in their order.
func (b bitmap) each(visit func(doc uint32)) {
	for i, w := range b {
		for w != 0 {
			visit(uint32(i<<6 + bits.TrailingZeros64(w)))
			w &= w - 1
		}
	}
}

// full is all documents of a segment with n.
func full(n int) bitmap {
	b := newBitmap(n)
	for i := range b {
		b[i] = ^uint64(0)
	}
	if rest := n & 63; rest != 0 {
		b[len(b)-1] = 1<<rest - 1
	}
	return b
}
