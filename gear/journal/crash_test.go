package journal_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"sauda/gear/journal"
	"sauda/gear/journal/journaltest"
)

var errDisk = errors.New("the disk is on fire")

// TestBreaks fails one write or fsync: the journal is broken for good, says why, and answers nobody; a new start has all
// that was durable.
func TestBreaks(t *testing.T) {
	for _, step := range []string{"write", "sync"} {
		t.Run(step, func(t *testing.T) {
			disk := journaltest.New()
			j := open(t, disk, journal.Config{})
			write(t, j, 10)
			failed := false
			disk.Fail = func(s, _ string) error {
				if s == step && !failed {
					failed = true
					return errDisk
				}
				return nil
			}
			if _, err := j.Append(payload(11)); err != nil {
				t.Fatal(err)
			}
			if err := j.Wait(t.Context(), 11); !errors.Is(err, journal.ErrBroken) || !errors.Is(err, errDisk) {
				t.Errorf("waited: %v", err)
			}
			<-j.Broken()
			if _, err := j.Append(payload(12)); !errors.Is(err, journal.ErrBroken) || !errors.Is(j.Err(), errDisk) {
				t.Errorf("appended to a broken journal: %v", err)
			}
			if err := j.Raise(1); !errors.Is(err, journal.ErrBroken) {
				t.Errorf("raised the epoch of a broken journal: %v", err)
			}
			if err := j.Wait(t.Context(), 10); err != nil || j.Durable() != 10 {
				t.Errorf("what was durable: %v", err)
			}
			if err := j.Close(); !errors.Is(err, journal.ErrBroken) {
				t.Errorf("closed: %v", err)
			}
			again := open(t, disk.Killed(), journal.Config{})
			if again.Durable() < 10 {
				t.Errorf("only %d records are there", again.Durable())
			}
			holds(t, again, 1, again.Durable())
		})
	}
}

// TestBelievedIsWritten: an fsync fails, the process ends, and the next one finds the records in the cache, where the
// kernel takes them for written. What it calls durable must be there after a power cut.
func TestBelievedIsWritten(t *testing.T) {
	disk := journaltest.New()
	j := open(t, disk, journal.Config{})
	write(t, j, 10)
	disk.Fail = func(step, _ string) error {
		if step == "sync" {
			return errDisk
		}
		return nil
	}
	gathered := [][]byte{payload(11), payload(12), payload(13)}
	if _, err := j.Append(gathered...); err != nil {
		t.Fatal(err)
	}
	if err := j.Wait(t.Context(), 13); !errors.Is(err, errDisk) {
		t.Fatal(err)
	}
	next := disk.Killed()
	holds(t, open(t, next, journal.Config{}), 1, 13)
	for seed := range uint64(20) {
		holds(t, open(t, next.PowerCut(rand.New(rand.NewPCG(seed, 1))), journal.Config{}), 1, 13)
	}
}

// TestPowerCuts takes a journal through random lives with segments, groups, epochs and snapshots, each of which ends by
// a power cut at a random step, while it is opened too. What was durable is there, numbers have no gaps, the newest
// snapshot is whole, and with the records behind it gives everything.
func TestPowerCuts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		disk, durable := journaltest.New(), uint64(0)
		config := journal.Config{SegmentBytes: rapid.IntRange(100, 2000).Draw(r, "segment")}
		for life := range rapid.IntRange(1, 6).Draw(r, "lives") {
			dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "dice"), uint64(life)))
			if dice.IntN(4) > 0 {
				disk.CutAt(1 + dice.IntN(120))
			}
			j, err := journal.Open(disk, config)
			if err == nil {
				if j.Durable() < durable {
					r.Fatalf("record %d was durable, the last one is %d", durable, j.Durable())
				}
				durable = live(r, j, dice)
				_ = j.Close()
			} else if !errors.Is(err, journaltest.ErrPower) {
				r.Fatal(err)
			}
			if dice.IntN(3) == 0 {
				disk = disk.Killed()
			} else {
				disk = disk.PowerCut(dice)
			}
		}
		j, err := journal.Open(disk, config)
		if err != nil || j.Durable() < durable {
			r.Fatalf("record %d was durable, the last one is %d: %v", durable, j.Durable(), err)
		}
		defer func() { _ = j.Close() }()
		from := uint64(1)
		s, err := j.Latest()
		if err == nil {
			if b, err := io.ReadAll(s); err != nil || string(b) != state(s.Seq) {
				r.Fatalf("the snapshot of record %d says %q, %v", s.Seq, b, err)
			}
			from = s.Seq + 1
		} else if !errors.Is(err, journal.ErrNoSnapshot) {
			r.Fatal(err)
		}
		n := from
		for rec, err := range j.Read(from) {
			if err != nil || rec.Seq != n || !bytes.Equal(rec.Payload, payload(n)) {
				r.Fatalf("record %d: %d %q %v", n, rec.Seq, rec.Payload, err)
			}
			n++
		}
		if n != max(from, j.Durable()+1) {
			r.Fatalf("read up to %d of %d", n-1, j.Durable())
		}
	})
}

// state is what the records up to one have led to.
func state(seq uint64) string { return strings.Repeat(fmt.Sprintln("all up to", seq), 100) }

// live does this and that with a journal until the power is cut, and gives what was durable.
func live(r *rapid.T, j *journal.Journal, dice *rand.Rand) (durable uint64) {
	for range 30 {
		var err error
		switch k := dice.IntN(12); k {
		case 0:
			seq := j.Durable()
			err = j.Snapshot(seq, func(w io.Writer) error {
				_, err := io.WriteString(w, state(seq))
				return err
			})
		case 1:
			epoch, promised := j.Epoch()
			err = []func(uint32) error{j.Raise, j.Promise}[dice.IntN(2)](max(epoch, promised) + 1)
		default:
			var all [][]byte
			for n := j.Appended() + 1; len(all) < k/3; n++ {
				all = append(all, payload(n))
			}
			var last uint64
			if last, err = j.Append(all...); err == nil && k%2 == 0 {
				err = j.Wait(r.Context(), last)
			}
		}
		if err != nil {
			if !errors.Is(err, journaltest.ErrPower) {
				r.Fatal(err)
			}
			break
		}
	}
	return j.Durable()
}

// TestSnapshotCut cuts the power at every step of a snapshot: the newest whole one is the new one or the one before.
func TestSnapshotCut(t *testing.T) {
	prepared := journaltest.New()
	j := open(t, prepared, journal.Config{SegmentBytes: 500})
	write(t, j, 10)
	snap(t, j, 5)
	snap(t, j, 10)
	write(t, j, 20)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	for n := 1; ; n++ {
		disk := prepared.Killed()
		j := open(t, disk, journal.Config{SegmentBytes: 500})
		disk.CutAt(n)
		err := j.Snapshot(20, func(w io.Writer) error { _, err := io.WriteString(w, state(20)); return err })
		if err == nil {
			if n < 15 {
				t.Errorf("only %d steps", n)
			}
			return
		}
		if !errors.Is(err, journaltest.ErrPower) {
			t.Fatal(err)
		}
		for seed := range uint64(10) {
			k := open(t, disk.PowerCut(rand.New(rand.NewPCG(seed, uint64(n)))), journal.Config{})
			if got := latest(t, k); got != 10 && got != 20 {
				t.Errorf("cut at step %d: the newest snapshot is %d", n, got)
			}
			holds(t, k, 11, 20)
		}
	}
}

func snap(t *testing.T, j *journal.Journal, seq uint64) {
	t.Helper()
	if err := j.Snapshot(seq, func(w io.Writer) error { _, err := io.WriteString(w, state(seq)); return err }); err != nil {
		t.Fatal(err)
	}
}

// latest gives the number of the newest whole snapshot, which must say what it said.
func latest(t *testing.T, j *journal.Journal) uint64 {
	t.Helper()
	s, err := j.Latest()
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(s)
	if err != nil || string(b) != state(s.Seq) {
		t.Errorf("the snapshot of record %d says %d bytes, %v", s.Seq, len(b), err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	return s.Seq
}

// TestSnapshots: a snapshot that is damaged at any byte is passed over; older ones and the records that they stand for
// go, unless somebody still needs these; a folder can begin with a snapshot alone when that is meant.
func TestSnapshots(t *testing.T) {
	disk := journaltest.New()
	j := open(t, disk, journal.Config{SegmentBytes: 300})
	if _, err := j.Latest(); !errors.Is(err, journal.ErrNoSnapshot) {
		t.Errorf("no snapshot: %v", err)
	}
	write(t, j, 40)
	snap(t, j, 10)
	if j.First() != 1 {
		t.Errorf("the first record is %d", j.First())
	}
	j.Keep(5)
	snap(t, j, 20)
	if j.First() > 5 {
		t.Errorf("record 5 is needed, the first one is %d", j.First())
	}
	j.Keep(0)
	snap(t, j, 30)
	if first := j.First(); first < 15 || first > 21 || latest(t, j) != 30 {
		t.Errorf("the first record is %d", first)
	}
	for _, err := range j.Read(1) {
		if !errors.Is(err, journal.ErrGone) {
			t.Errorf("record 1: %v", err)
		}
	}
	holds(t, open(t, disk.Killed(), journal.Config{}), 21, 40)

	name := fmt.Sprintf("%020d.snapshot", 30)
	all := disk.Bytes(name)
	for at := range all {
		b := slices.Clone(all)
		b[at] ^= 4
		disk.Put(name, b)
		if got := latest(t, j); got != 20 {
			t.Fatalf("flipped at byte %d: the newest is %d", at, got)
		}
		disk.Put(name, all[:at])
		if got := latest(t, j); got != 20 {
			t.Fatalf("cut at byte %d: the newest is %d", at, got)
		}
	}

	alone := journaltest.New()
	alone.Put(name, all)
	if _, err := journal.Open(alone, journal.Config{}); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("a snapshot alone: %v", err)
	}
	seeded := open(t, alone, journal.Config{Seed: true})
	write(t, seeded, 35)
	holds(t, seeded, 31, 35)
}

// TestSnapshotFails: a snapshot whose writer fails is not there, and the journal goes on.
func TestSnapshotFails(t *testing.T) {
	disk := journaltest.New()
	j := open(t, disk, journal.Config{})
	write(t, j, 3)
	files := len(disk.Names())
	if err := j.Snapshot(3, func(io.Writer) error { return errDisk }); !errors.Is(err, errDisk) {
		t.Errorf("%v", err)
	}
	if err := j.Snapshot(4, func(io.Writer) error { return nil }); err == nil {
		t.Errorf("a snapshot of a record that is not there")
	}
	if len(disk.Names()) != files {
		t.Errorf("files: %v", disk.Names())
	}
	write(t, j, 5)
}

// TestKilled runs this test's own binary as a process that appends as fast as it can and prints what is durable, and
// kills it (SIGKILL) in the middle, several times in the same folder. Nothing that it has printed is lost.
func TestKilled(t *testing.T) {
	if folder := os.Getenv("SAUDA_JOURNAL_VICTIM"); folder != "" {
		victim(folder)
		return
	}
	folder := t.TempDir() + "/j"
	var durable uint64
	for round := range 5 {
		victim := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		victim.Env = append(os.Environ(), "SAUDA_JOURNAL_VICTIM="+folder)
		victim.Stderr = os.Stderr
		out, err := victim.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := victim.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; n < 1000*(round+1) && lines.Scan(); n++ {
			if n == 0 {
				if _, err := journal.Open(journal.Folder(folder), journal.Config{}); !errors.Is(err, journal.ErrHeld) || !strings.Contains(err.Error(), strconv.Itoa(victim.Process.Pid)) {
					t.Errorf("a second process: %v", err)
				}
			}
			durable = max(durable, number(t, lines.Text()))
		}
		if err := victim.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // What it had said before it died.
			if lines.Text() != "" && strings.HasSuffix(lines.Text(), ".") {
				durable = max(durable, number(t, lines.Text()))
			}
		}
		_ = victim.Wait() // It was killed.
		j := open(t, journal.Folder(folder), journal.Config{})
		if j.Durable() < durable {
			t.Fatalf("record %d was durable, the last one is %d", durable, j.Durable())
		}
		holds(t, j, 1, j.Durable())
		t.Logf("round %d: %d was said, %d are there, %d bytes torn", round, durable, j.Durable(), j.Torn())
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if durable < 1000 {
		t.Errorf("only %d records", durable)
	}
}

// number reads a line of the victim: "durable 17.".
func number(t *testing.T, line string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimPrefix(line, "durable "), "."), 10, 64)
	if err != nil {
		t.Fatalf("the victim says %q", line)
	}
	return n
}

// victim appends with several goroutines until it is killed. A record shows its number, so they take turns to append.
func victim(folder string) {
	j, err := journal.Open(journal.Folder(folder), journal.Config{SegmentBytes: 100_000})
	if err != nil {
		panic(err)
	}
	var turn, say sync.Mutex
	for range 8 {
		go func() {
			for {
				turn.Lock()
				seq, err := j.Append(payload(j.Appended() + 1))
				turn.Unlock()
				if err == nil {
					err = j.Wait(context.Background(), seq)
				}
				if err != nil {
					panic(err)
				}
				say.Lock()
				_, _ = fmt.Printf("durable %d.\n", seq)
				say.Unlock()
			}
		}()
	}
	select {}
}
