package shelf

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// detail is about what an API says of a product: the same fields, other words.
func detail(n int) []byte {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	var b strings.Builder
	fmt.Fprintf(&b, `{"id":"prd_%d","name":{"kk":"Шалап %d","ru":"Напиток %d"},"price":{"amount":"%d","currency":"KZT"}`, n, n, n, r.IntN(1e6))
	for i := range 40 {
		fmt.Fprintf(&b, `,"attribute_%d":{"value":"%d","unit":"мл","filterable":true}`, i, r.IntN(1e4))
	}
	return append([]byte(b.String()), '}')
}

// TestWhatIsPackedComesBack packs before, while and after there is enough to learn from, many at once, and takes all out
// again.
func TestWhatIsPackedComesBack(t *testing.T) {
	var p packer
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for n := range 60 {
				body := detail(worker*1000 + n)
				if n%10 == 9 {
					body = bytes.Repeat(body, 20) // A list.
				}
				if n%17 == 0 {
					body = body[:n]
				}
				back, err := p.unpack(p.pack(body))
				if err != nil || !bytes.Equal(back, body) {
					t.Errorf("body %d of %d: %d bytes came back of %d, %v", n, worker, len(back), len(body), err)
				}
			}
		})
	}
	all.Wait()
	body := detail(99)
	if small := p.pack(body); len(small)*4 > len(body) {
		t.Errorf("nothing was learned: %d bytes of %d", len(small), len(body))
	}
	var new packer
	if _, err := new.unpack(p.pack(body)); err == nil {
		t.Error("what another has learned was unpacked")
	}
	if _, err := p.unpack(nil); err == nil {
		t.Error("nothing was unpacked")
	}
}
