package i18n_test

import (
	"sync"
	"testing"
	"testing/fstest"

	"sauda/gear/i18n"
)

// Files that nobody has asked for are read by who asks first, also when others were read before them and many ask at once.
func TestTextsAreReadWhenSomebodyAsks(t *testing.T) {
	if got := i18n.T("kk", "t.city", "city", "Ақтау"); got != "Ақтау қаласы" {
		t.Fatal(got)
	}
	i18n.Have(fstest.MapFS{"more.kk.json": file(`{"late.more": "{n}-{left}-{n}!"}`)})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := i18n.T("ru", "late.more", "n", 1); got != "1-{left}-1!" {
				t.Error(got)
			}
			if got := i18n.T("kk", "t.city", "city", "Ақтау"); got != "Ақтау қаласы" {
				t.Error(got)
			}
		})
	}
	all.Wait()
}
