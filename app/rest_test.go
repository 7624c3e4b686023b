package app

import "testing"

// TestTheCollectorHasRoom: the limit is never nearer to what is alive than a round of the collector is worth.
func TestTheCollectorHasRoom(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct{ limit, live, beside, want int64 }{
		{128, 40, 16, 128},  // A house at rest.
		{128, 80, 16, 128},  // Just enough.
		{128, 86, 16, 136},  // A step at the least.
		{128, 120, 30, 190}, // A third of what is alive.
		{128, 600, 40, 840}, // A million goods.
		{190, 60, 16, 190},  // It does not come back: caches that were full will be again.
	} {
		if got := widened(c.limit*mib, heap{live: c.live * mib, beside: c.beside * mib}); got != c.want*mib {
			t.Errorf("limit %d MiB, alive %d, beside %d: %d MiB, not %d", c.limit, c.live, c.beside, got/mib, c.want)
		}
	}
	if now := readHeap(); now.allocated <= 0 || now.live <= 0 || now.beside <= 0 {
		t.Errorf("the runtime says nothing: %+v", now)
	}
}
