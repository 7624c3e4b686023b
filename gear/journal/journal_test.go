package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"sauda/gear/journal"
	"sauda/gear/journal/journaltest"
)

// open opens a journal and closes it when the test ends.
func open(t testing.TB, disk journal.Disk, config journal.Config) *journal.Journal {
	t.Helper()
	j, err := journal.Open(disk, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// payload is what record n of a test says: it shows its number, and lengths differ, 0 among them.
func payload(n uint64) []byte {
	if n%13 == 0 {
		return nil
	}
	return []byte(strings.Repeat(fmt.Sprint("record ", n, "; "), int(n%7)+1))
}

// write appends the records from the next one to the last, each durable before the next, so that each is a group.
func write(t testing.TB, j *journal.Journal, last uint64) {
	t.Helper()
	for n := j.Appended() + 1; n <= last; n++ {
		seq, err := j.Append(payload(n))
		if err != nil || seq != n {
			t.Fatalf("append record %d: it is %d, %v", n, seq, err)
		}
		if err := j.Wait(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
}

// holds reads the records from first on and looks whether they are those up to last.
func holds(t testing.TB, j *journal.Journal, first, last uint64) {
	t.Helper()
	if j.Durable() != last {
		t.Fatalf("durable up to %d, want %d", j.Durable(), last)
	}
	n := first
	for r, err := range j.Read(first) {
		if err != nil {
			t.Fatalf("record %d: %v", n, err)
		}
		if r.Seq != n || !bytes.Equal(r.Payload, payload(n)) {
			t.Fatalf("record %d says %d %q", n, r.Seq, r.Payload)
		}
		n++
	}
	if n != last+1 {
		t.Fatalf("read up to %d, want %d", n-1, last)
	}
}

// segmentsOf gives the names of the segments of a disk.
func segmentsOf(d *journaltest.Disk) []string {
	return slices.DeleteFunc(d.Names(), func(name string) bool { return !strings.HasSuffix(name, ".segment") })
}

func TestRecordsComeBack(t *testing.T) {
	for name, disk := range map[string]journal.Disk{"a folder": journal.Folder(t.TempDir() + "/j"), "the disk of the test": journaltest.New()} {
		t.Run(name, func(t *testing.T) {
			for round := uint64(1); round <= 4; round++ {
				j, err := journal.Open(disk, journal.Config{SegmentBytes: 4000})
				if err != nil {
					t.Fatal(err)
				}
				holds(t, j, 1, (round-1)*100)
				write(t, j, round*100)
				holds(t, j, round*50, round*100)
				if err := j.Close(); err != nil {
					t.Fatal(err)
				}
				if _, err := j.Append(nil); !errors.Is(err, journal.ErrClosed) {
					t.Errorf("append to a closed journal: %v", err)
				}
				if err := j.Wait(t.Context(), round*100+1); !errors.Is(err, journal.ErrClosed) {
					t.Errorf("wait for a closed journal: %v", err)
				}
				if err := j.Close(); err != nil {
					t.Errorf("closed twice: %v", err)
				}
			}
		})
	}
}

func TestLimits(t *testing.T) {
	j := open(t, journaltest.New(), journal.Config{SegmentBytes: 1000})
	if _, err := j.Append(make([]byte, journal.PayloadMax+1)); !errors.Is(err, journal.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	large := bytes.Repeat([]byte{7}, journal.PayloadMax)
	seq, err := j.Append(large) // Larger than a segment.
	if err != nil || seq != 1 {
		t.Fatal(seq, err)
	}
	if err := j.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	for r, err := range j.Read(0) {
		if err != nil || !bytes.Equal(r.Payload, large) {
			t.Errorf("%d bytes, %v", len(r.Payload), err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.Wait(ctx, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("waited for a record that nobody appends: %v", err)
	}
}

// TestGroups holds an fsync up while others append: what has gathered is one group, with one write and one fsync.
func TestGroups(t *testing.T) {
	disk := journaltest.New()
	var told []uint64
	j := open(t, disk, journal.Config{Told: func(n uint64) { told = append(told, n) }})
	writes, syncs := 0, 0
	entered, leave := make(chan struct{}), make(chan struct{})
	disk.Fail = func(step, _ string) error {
		switch step {
		case "write":
			writes++
		case "sync":
			if syncs++; syncs == 1 {
				close(entered)
				<-leave
			}
		}
		return nil
	}
	if _, err := j.Append(payload(1)); err != nil {
		t.Fatal(err)
	}
	<-entered
	for n := uint64(2); n <= 1000; n++ {
		if _, err := j.Append(payload(n)); err != nil {
			t.Fatal(err)
		}
	}
	if j.Durable() != 0 || j.Appended() != 1000 {
		t.Errorf("durable %d, appended %d", j.Durable(), j.Appended())
	}
	close(leave)
	if err := j.Wait(t.Context(), 1000); err != nil {
		t.Fatal(err)
	}
	if writes != 2 || syncs != 2 {
		t.Errorf("%d writes and %d fsyncs", writes, syncs)
	}
	holds(t, j, 1, 1000)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if len(told) == 0 || told[len(told)-1] != 1000 || !slices.IsSorted(told) {
		t.Errorf("told %v", told)
	}
}

// TestCutAnywhere cuts a journal that was not closed at every byte of its last three records, each a group of its own
// and all three one group: it opens with what is whole, and goes on.
func TestCutAnywhere(t *testing.T) {
	for _, together := range []bool{false, true} {
		t.Run(fmt.Sprint("one group: ", together), func(t *testing.T) {
			disk := journaltest.New()
			j := open(t, disk, journal.Config{})
			write(t, j, 20)
			name := segmentsOf(disk)[0]
			ends := []int{len(written(disk, name))}
			if together {
				gathered(t, j, 3)
			} else {
				write(t, j, 23)
			}
			for n := uint64(21); n <= 23; n++ {
				ends = append(ends, ends[len(ends)-1]+20+len(payload(n)))
			}
			all := written(disk, name)
			if ends[3] != len(all) {
				t.Fatalf("the records end at %v, the file at %d", ends, len(all))
			}
			for n := 2 * ends[0]; n < 2*len(all)+2; n++ {
				at, cut := n/2, journaltest.New()
				cut.Put(name, append(slices.Clone(all[:at]), make([]byte, n%2*1000)...)) // Every second time there is room.
				k := open(t, cut, journal.Config{})
				whole := uint64(20)
				for i := 1; i < len(ends) && ends[i] <= at; i++ {
					whole++
				}
				holds(t, k, 1, whole)
				if torn := k.Torn(); torn > int64(at-ends[whole-20]) || n%2 == 0 && at > ends[whole-20]+8 && torn == 0 {
					t.Fatalf("cut at %d: %d bytes are torn", at, k.Torn())
				}
				write(t, k, 30)
				holds(t, k, 1, 30)
			}
		})
	}
}

// written gives the contents of a segment without the room behind the records, the last of which ends with no zero.
func written(d *journaltest.Disk, name string) []byte { return bytes.TrimRight(d.Bytes(name), "\x00") }

// gathered appends n records as one group.
func gathered(t *testing.T, j *journal.Journal, n int) {
	t.Helper()
	first := j.Appended() + 1
	var all [][]byte
	for i := range n {
		all = append(all, payload(first+uint64(i)))
	}
	if _, err := j.Append(all...); err != nil {
		t.Fatal(err)
	}
	if err := j.Wait(t.Context(), first+uint64(n)-1); err != nil {
		t.Fatal(err)
	}
}

// TestFlippedByte flips every byte of every record of a journal that was closed, and of the heads of its segments: each
// is found, in the last segment when it is opened, in the others when they are read, with the record and its place.
func TestFlippedByte(t *testing.T) {
	disk := journaltest.New()
	j := open(t, disk, journal.Config{SegmentBytes: 600})
	write(t, j, 30)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	names := segmentsOf(disk)
	if len(names) < 3 {
		t.Fatalf("only %d segments", len(names))
	}
	seq := uint64(1)
	for i, name := range names {
		all := disk.Bytes(name)
		end := 44
		for at := range all {
			broken := disk.Killed()
			b := slices.Clone(all)
			b[at] ^= 1 << (at % 8)
			broken.Put(name, b)
			for at == end && at < len(all)-20 {
				end += 20 + len(payload(seq))
				seq++
			}
			k, err := journal.Open(broken, journal.Config{})
			if at >= len(all)-20 && i == len(names)-1 { // The last mark: it says nothing that the records do not say.
				if err != nil {
					t.Fatalf("%s at byte %d: %v", name, at, err)
				}
				holds(t, k, 1, 30)
				continue
			}
			if at >= 44 && at < len(all)-20 && i < len(names)-1 {
				if err != nil {
					t.Fatalf("%s at byte %d: %v", name, at, err)
				}
				err = readUntil(t, k, seq-1)
			}
			if !errors.Is(err, journal.ErrDamaged) || !strings.Contains(err.Error(), name) {
				t.Fatalf("%s at byte %d is flipped: %v", name, at, err)
			}
			if where := fmt.Sprintf("at byte %d, where record %d begins", end-20-len(payload(seq-1)), seq-1); at >= 44 && at < len(all)-20 && !strings.Contains(err.Error(), where) {
				t.Fatalf("%s at byte %d is flipped: %v, want %s", name, at, err, where)
			}
		}
	}
}

// readUntil reads a journal up to the record that can't be read and gives the reason.
func readUntil(t *testing.T, j *journal.Journal, broken uint64) error {
	t.Helper()
	n := uint64(1)
	for r, err := range j.Read(1) {
		if err != nil {
			if n != broken {
				t.Fatalf("record %d can't be read, but %d is broken: %v", n, broken, err)
			}
			return err
		}
		if r.Seq != n || !bytes.Equal(r.Payload, payload(n)) {
			t.Fatalf("record %d says %d %q", n, r.Seq, r.Payload)
		}
		n++
	}
	return nil
}

// TestLostFiles: a segment that is missing, cut short, or not this journal's is damage.
func TestLostFiles(t *testing.T) {
	disk := journaltest.New()
	j := open(t, disk, journal.Config{SegmentBytes: 600})
	write(t, j, 30)
	names := segmentsOf(disk)
	other := journaltest.New()
	write(t, open(t, other, journal.Config{SegmentBytes: 600}), 30)
	for what, harm := range map[string]func(*journaltest.Disk){
		"missing":   func(d *journaltest.Disk) { _ = d.Remove(names[1]) },
		"cut short": func(d *journaltest.Disk) { d.Put(names[1], d.Bytes(names[1])[:100]) },
		"longer":    func(d *journaltest.Disk) { d.Put(names[1], append(d.Bytes(names[1]), 0)) },
		"another's": func(d *journaltest.Disk) { d.Put(names[1], other.Bytes(names[1])) },
		"renamed":   func(d *journaltest.Disk) { _ = d.Rename(names[1], names[1][:19]+"9"+names[1][20:]) },
		"empty":     func(d *journaltest.Disk) { d.Put(names[len(names)-1], nil) },
	} {
		harmed := disk.Killed()
		harm(harmed)
		if _, err := journal.Open(harmed, journal.Config{}); !errors.Is(err, journal.ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestHeld(t *testing.T) {
	folder := t.TempDir()
	j := open(t, journal.Folder(folder), journal.Config{})
	if _, err := journal.Open(journal.Folder(folder), journal.Config{}); !errors.Is(err, journal.ErrHeld) || !strings.Contains(err.Error(), "held by process") {
		t.Errorf("a second one: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, journal.Folder(folder), journal.Config{})
}

// TestFollow reads while many write over many segments: each record comes once, in its order, and only when it is
// durable.
func TestFollow(t *testing.T) {
	j := open(t, journal.Folder(t.TempDir()), journal.Config{SegmentBytes: 20_000})
	const writers, each = 8, 500
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			n := uint64(0)
			for r, err := range j.Follow(t.Context(), 1) {
				if err != nil {
					t.Error(err)
					return
				}
				if n++; r.Seq != n || r.Seq > j.Durable() || !strings.HasPrefix(string(r.Payload), "writer ") {
					t.Errorf("record %d says %d %q, durable is %d", n, r.Seq, r.Payload, j.Durable())
					return
				}
				if n == writers*each {
					return
				}
			}
		})
	}
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				seq, err := j.Append([]byte(fmt.Sprint("writer ", w, " says ", i)))
				if err == nil && i%10 == 0 {
					err = j.Wait(t.Context(), seq)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range j.Follow(ctx, writers*each+1) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the end of following: %v", err)
		}
	}
	go func() { _ = j.Close() }()
	var last error
	for _, err := range j.Follow(t.Context(), writers*each) {
		last = err
	}
	if !errors.Is(last, journal.ErrClosed) {
		t.Errorf("following a journal that is closed ends with %v", last)
	}
}

// TestEpochs: an epoch only rises, it is of the records behind it, and both it and what was promised are there again.
func TestEpochs(t *testing.T) {
	disk := journaltest.New()
	j := open(t, disk, journal.Config{})
	write(t, j, 5)
	for _, err := range []error{j.Raise(2), j.Promise(4), j.Promise(4), j.Copy(3)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for what, err := range map[string]error{"an old one": j.Raise(3), "less than promised": j.Promise(3), "more than promised": j.Copy(5), "a lower one": j.Copy(2)} {
		if !errors.Is(err, journal.ErrEpoch) {
			t.Errorf("%s: %v", what, err)
		}
	}
	write(t, j, 8)
	again := open(t, disk.Killed(), journal.Config{})
	holds(t, again, 1, 8)
	if epoch, promised := again.Epoch(); epoch != 3 || promised != 4 {
		t.Errorf("epoch %d, promised %d", epoch, promised)
	}
	if err := again.Raise(4); err != nil {
		t.Fatal(err)
	}
	write(t, again, 9)
	var got []uint32
	for r, err := range again.Read(4) {
		if epoch, ok := again.EpochOf(r.Seq); err != nil || !ok || epoch != r.Epoch {
			t.Errorf("record %d: epoch %d or %d, %v", r.Seq, r.Epoch, epoch, err)
		}
		got = append(got, r.Epoch)
	}
	if !slices.Equal(got, []uint32{0, 0, 3, 3, 3, 4}) {
		t.Errorf("epochs %v", got)
	}
}

func TestReconcile(t *testing.T) {
	one, two := open(t, journaltest.New(), journal.Config{}), open(t, journaltest.New(), journal.Config{SegmentBytes: 300})
	write(t, one, 20)
	write(t, two, 17)
	compare := func(want journal.Difference) {
		t.Helper()
		if got, err := journal.Reconcile(one, two); err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	compare(journal.Difference{Same: true, Begins: 1, From: 18, A: 20, B: 17})
	if err := two.Raise(1); err != nil {
		t.Fatal(err)
	}
	write(t, two, 22)
	compare(journal.Difference{Begins: 1, From: 18, A: 20, B: 22, EpochB: 1})
	three := open(t, journaltest.New(), journal.Config{})
	gathered(t, three, 9)
	if _, err := three.Append([]byte("something else")); err != nil {
		t.Fatal(err)
	}
	if err := three.Wait(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	if got, err := journal.Reconcile(three, one); err != nil || got.Same || got.From != 10 {
		t.Errorf("%+v, %v", got, err)
	}
}
