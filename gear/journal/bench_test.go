package journal_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sauda/gear/journal"
)

// order is as large as an order of the exchange.
var order = bytes.Repeat([]byte{'o'}, 100)

// spent is the processor time that this process has used.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// bare is what the disk can do: the same bytes in groups of so many records, each written and forced to the disk. A file
// is prepared as said, and then filled from its beginning.
type bare struct {
	file *os.File
	at   int64
}

func newBare(b *testing.B, prepare func(*os.File) error) *bare {
	b.Helper()
	f, err := os.Create(b.TempDir() + "/bare")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	if prepare != nil {
		if err := prepare(f); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	return &bare{file: f}
}

// roomBytes is how large the bare files are made before: as large as a segment.
const roomBytes = 64 << 20

func allocated(f *os.File) error { return syscall.Fallocate(int(f.Fd()), 0, 0, roomBytes) }

func (r *bare) write(b *testing.B, group []byte) {
	b.Helper()
	if _, err := r.file.WriteAt(group, r.at); err != nil {
		b.Fatal(err)
	}
	if err := syscall.Fdatasync(int(r.file.Fd())); err != nil {
		b.Fatal(err)
	}
	r.at += int64(len(group))
}

// BenchmarkAppend has 1, 32 and 1,000 goroutines append and wait for each record, in turns of a tenth of a second with
// the bare disk, which gets groups of as many records. An operation is a record.
func BenchmarkAppend(b *testing.B) {
	for _, appenders := range []int{1, 32, 1000} {
		b.Run(fmt.Sprint(appenders), func(b *testing.B) {
			j := open(b, journal.Folder(b.TempDir()), journal.Config{})
			disk, group := newBare(b, allocated), bytes.Repeat(append(make([]byte, 20), order...), appenders)
			var ours, theirs, cpu time.Duration
			var written int64
			for done := 0; done < b.N; {
				begun, used := time.Now(), spent(b)
				n := appendFor(b, j, appenders, min(b.N-done, 1+2000*appenders/(1+appenders/10)))
				ours += time.Since(begun)
				cpu += spent(b) - used
				done += n
				begun = time.Now()
				for until := int64(done); written < until; written += int64(appenders) {
					disk.write(b, group)
				}
				theirs += time.Since(begun)
			}
			records := float64(b.N) / ours.Seconds()
			bare := float64(written) / theirs.Seconds()
			b.ReportMetric(records, "records/s")
			b.ReportMetric(bare, "bare/s")
			b.ReportMetric(records/bare, "ratio")
			b.ReportMetric(float64(cpu.Nanoseconds())/float64(b.N), "cpu-ns/record")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// appendFor has so many goroutines append n records.
func appendFor(b *testing.B, j *journal.Journal, appenders, n int) int {
	var left atomic.Int64
	left.Store(int64(n))
	var all sync.WaitGroup
	for range appenders {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				seq, err := j.Append(order)
				if err == nil {
					err = j.Wait(context.Background(), seq)
				}
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return n
}

// BenchmarkStream has one goroutine append without waiting, as a machine does whose answers go out by Told. The disk gets
// the same bytes in groups of 1,000.
func BenchmarkStream(b *testing.B) {
	j := open(b, journal.Folder(b.TempDir()), journal.Config{})
	disk, group := newBare(b, allocated), bytes.Repeat(append(make([]byte, 20), order...), 1000)
	begun, used := time.Now(), spent(b)
	for range b.N {
		if _, err := j.Append(order); err != nil {
			b.Fatal(err)
		}
	}
	if err := j.Wait(b.Context(), uint64(b.N)); err != nil {
		b.Fatal(err)
	}
	ours, cpu := time.Since(begun), spent(b)-used
	begun = time.Now()
	for range (b.N + 999) / 1000 {
		disk.write(b, group)
	}
	theirs := time.Since(begun)
	b.ReportMetric(float64(b.N)/ours.Seconds(), "records/s")
	b.ReportMetric(float64((b.N+999)/1000*1000)/theirs.Seconds(), "bare/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
	b.ReportMetric(float64(cpu.Nanoseconds())/float64(b.N), "cpu-ns/record")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkDisk compares files that grow, files whose place was allocated, and files that were filled with zeros before,
// in turns of twenty groups of 32 records. An operation is a group in each; the ratios are to the file that grows.
func BenchmarkDisk(b *testing.B) {
	group := bytes.Repeat(append(make([]byte, 20), order...), 32)
	ways := []struct {
		name    string
		prepare func(*os.File) error
		disk    *bare
		took    time.Duration
	}{
		{name: "grows"},
		{name: "allocated", prepare: allocated},
		{name: "zeros", prepare: func(f *os.File) error { _, err := f.Write(make([]byte, roomBytes)); return err }},
	}
	for i := range ways {
		ways[i].disk = newBare(b, ways[i].prepare)
	}
	b.ResetTimer()
	for done := 0; done < b.N; done += 20 {
		for i := range ways {
			begun := time.Now()
			for range 20 {
				ways[i].disk.write(b, group)
			}
			ways[i].took += time.Since(begun)
		}
	}
	for _, w := range ways {
		b.ReportMetric(w.took.Seconds()/ways[0].took.Seconds(), w.name+"-ratio")
	}
	b.ReportMetric(ways[0].took.Seconds()*1e6/float64(b.N), "grows-µs")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkRead reads ten million records, checksums and all. An operation is all of them.
func BenchmarkRead(b *testing.B) {
	const records = 10_000_000
	j := open(b, journal.Folder(b.TempDir()), journal.Config{})
	var last uint64
	for range records {
		var err error
		if last, err = j.Append(order[:64]); err != nil {
			b.Fatal(err)
		}
	}
	if err := j.Wait(b.Context(), last); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	used := spent(b)
	for range b.N {
		n := 0
		for _, err := range j.Read(1) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != records {
			b.Fatalf("%d records", n)
		}
	}
	cpu := (spent(b) - used).Seconds()
	b.ReportMetric(float64(b.N)*records/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(cpu*1e9/float64(b.N)/records, "cpu-ns/record")
}
