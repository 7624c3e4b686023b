package index

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// asideFrom is from how many documents on, each looked at once, the work for a question is worth more than one processor:
// about a millisecond of it.
const asideFrom = 100_000

// aside does several pieces of work for one question, beside each other when together they look at very many documents. A panic
// in one of them is one of the asker, as when he had done it himself.
func aside(pieces, documents int, do func(i int)) {
	workers := min(pieces, runtime.GOMAXPROCS(0))
	if documents < asideFrom || workers < 2 {
		for i := range pieces {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	var panicked atomic.Pointer[any]
	work := func() {
		defer func() {
			if what := recover(); what != nil {
				panicked.Store(&what)
			}
		}()
		for i := int(next.Add(1)) - 1; i < pieces; i = int(next.Add(1)) - 1 {
			do(i)
		}
	}
	for range workers - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
	if what := panicked.Load(); what != nil {
		panic(*what)
	}
}

// each does something for each part, beside each other when very many documents are looked at.
func (v *view) each(documents int, do func(p *part)) {
	aside(len(v.parts), documents, func(i int) { do(v.parts[i]) })
}

// total is how many documents there are, the dead among them.
func (v *view) total() (n int) {
	for _, p := range v.parts {
		n += p.seg.len()
	}
	return n
}
