package index

import (
	"sync/atomic"
	"testing"
)

// TestWhatIsDoneAside does each piece once, and a panic of one comes back to who has asked.
func TestWhatIsDoneAside(t *testing.T) {
	for _, documents := range []int{1, asideFrom} {
		var done [50]atomic.Int32
		aside(len(done), documents, func(i int) { done[i].Add(1) })
		for i := range done {
			if n := done[i].Load(); n != 1 {
				t.Errorf("piece %d was done %d times", i, n)
			}
		}
		func() {
			defer func() {
				if what := recover(); what != "a bug" {
					t.Errorf("got %v", what)
				}
			}()
			aside(len(done), documents, func(i int) {
				if i > 0 {
					panic("a bug")
				}
			})
		}()
	}
}
