package bus

import (
	"regexp"
	"testing"
	"time"
)

var uuid7 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestIDsRiseWhateverTheClockDoes(t *testing.T) {
	ids := newIDs()
	at := time.Date(2026, 11, 24, 7, 0, 0, 123456000, time.UTC)
	last := ""
	for n := range 20000 {
		now := at
		switch n % 5 {
		case 1:
			now = at.Add(-time.Hour)
		case 2:
			at = at.Add(time.Microsecond)
		}
		id := ids.next(now)
		if !uuid7.MatchString(id) || id <= last {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
	}
	next := ids.next(at.Add(time.Hour))
	if floor(at.Add(time.Hour)) > next || floor(at.Add(time.Hour+time.Microsecond)) < next {
		t.Errorf("%s is not of its time", next)
	}
	if got := stated(next); !got.Equal(at.Add(time.Hour).Truncate(time.Millisecond)) {
		t.Errorf("%s was stated at %s", next, got)
	}
	if !stated("none").IsZero() {
		t.Error("no id has a time")
	}
}
