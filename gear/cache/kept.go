package cache

import (
	"sync"
	"sync/atomic"

	"sauda/gear/db"
)

// Kept is one value that is read from the store and kept in memory until Forget: what changes seldom and everybody asks for.
// It belongs to all who have loaded it and must not be changed.
//
// What is kept was read in a moment that began after the last Forget. A moment looks at the store as it was when it began,
// or soon after, so what an older one reads may be what was just forgotten: it is used once.
type Kept[V any] struct {
	value atomic.Pointer[V]

	mu        sync.Mutex
	forgotten uint64 // forgotten is how many moments had begun at the last Forget.
}

// Load gives the value: from memory, or as it is read.
func (k *Kept[V]) Load(tx *db.Tx, read func(*db.Tx) (*V, error)) (*V, error) {
	if v := k.value.Load(); v != nil {
		return v, nil
	}
	v, err := read(tx)
	if err != nil {
		return nil, err
	}
	tx.AfterCommit(func() { k.keep(tx.Turn(), v) })
	return v, nil
}

func (k *Kept[V]) keep(turn uint64, v *V) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if turn > k.forgotten {
		k.value.Store(v)
	}
}

// Forget has the value read anew: it has changed, and the change is committed.
func (k *Kept[V]) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forgotten = db.Turns()
	k.value.Store(nil)
}
