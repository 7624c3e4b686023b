package watch

// kept is a bounded set of what is known by a name. Whoever was not asked for longest is forgotten first; which one that is
// depends on what was asked only.
type kept[T any] struct {
	Of   map[string]T      `json:"of"`
	Used map[string]uint64 `json:"used"` // Used is when each was asked for last, by a count.
	N    uint64            `json:"n"`
}

func keeping[T any]() kept[T] {
	return kept[T]{Of: make(map[string]T), Used: make(map[string]uint64)}
}

// get gives what is known by a name, and begins to know it; then at most so many are known.
func (k *kept[T]) get(name string, most int, fresh func() T) T {
	k.N++
	k.Used[name] = k.N
	if t, known := k.Of[name]; known {
		return t
	}
	if len(k.Of) >= most {
		k.drop(most / 8)
	}
	k.Of[name] = fresh()
	return k.Of[name]
}

// drop forgets about so many, at least one: those that were not asked for longest.
func (k *kept[T]) drop(n int) {
	for range max(n, 1) {
		oldest, at := "", k.N+1
		for name, used := range k.Used {
			if _, known := k.Of[name]; known && used < at {
				oldest, at = name, used
			}
		}
		delete(k.Of, oldest)
		delete(k.Used, oldest)
	}
}

// bucketsOf is in how many parts a window is counted.
const bucketsOf = 6

// buckets count something over a window that moves in steps of a sixth of it.
type buckets struct {
	First int64                `json:"first"` // First is the number of the oldest bucket.
	N     [bucketsOf + 1]int64 `json:"n"`
}

// add counts at a time.
func (b *buckets) add(at, window, n int64) {
	b.to(at, window)
	b.N[bucketsOf] += n
}

// sum gives what was counted in the window before a time.
func (b *buckets) sum(at, window int64) (sum int64) {
	b.to(at, window)
	for _, n := range b.N {
		sum += n
	}
	return sum
}

// to moves the window on to a time.
func (b *buckets) to(at, window int64) {
	first := at/max(window/bucketsOf, 1) - bucketsOf
	shift := first - b.First
	if shift <= 0 {
		return
	}
	b.First = first
	if shift > bucketsOf {
		b.N = [bucketsOf + 1]int64{}
		return
	}
	copy(b.N[:], b.N[shift:])
	for n := bucketsOf + 1 - int(shift); n <= bucketsOf; n++ {
		b.N[n] = 0
	}
}
