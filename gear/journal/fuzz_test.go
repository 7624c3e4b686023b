package journal_test

import (
	"errors"
	"testing"

	"sauda/gear/journal"
	"sauda/gear/journal/journaltest"
)

// FuzzTail puts anything behind ten records, or over them: the journal opens with records that it was given, in their
// order, or refuses; it never takes anything else for a record.
func FuzzTail(f *testing.F) {
	disk := journaltest.New()
	j := open(f, disk, journal.Config{})
	write(f, j, 10)
	name := segmentsOf(disk)[0]
	good := written(disk, name)
	write(f, j, 12)
	more := written(disk, name)[len(good):]
	f.Add(0, more)
	f.Add(0, more[:len(more)-1])
	f.Add(1, more)
	f.Add(100, []byte{1, 2, 3})
	f.Add(0, make([]byte, 200))
	f.Add(len(good), []byte{})
	f.Add(0, good)
	f.Fuzz(func(t *testing.T, back int, b []byte) {
		if back < 0 || back > len(good) {
			back = 0
		}
		d := journaltest.New()
		d.Put(name, append(good[:len(good)-back:len(good)-back], b...))
		k, err := journal.Open(d, journal.Config{})
		if err != nil {
			if !errors.Is(err, journal.ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		defer func() { _ = k.Close() }()
		holds(t, k, 1, k.Durable())
		if back == 0 && k.Durable() < 10 {
			t.Errorf("%d records are there", k.Durable())
		}
		write(t, k, k.Durable()+2)
		holds(t, k, 1, k.Durable())
	})
}
