package load

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"sauda/gear/db"
)

// Costs are what a machine asks for the four things that a house does most beside its own work, in microseconds. They
// differ by a factor of ten between machines that have the same processor, for virtual machines and sandboxes charge for
// each of them, so figures of two machines are compared with these at hand.
type Costs struct {
	Syscall float64 `json:"syscall_us"` // Syscall is the cheapest system call.
	Fault   float64 `json:"fault_us"`   // Fault is the first touch of a page of memory.
	Wake    float64 `json:"wake_us"`    // Wake is from the write of one thread to the read of another that sleeps.
	Fsync   float64 `json:"fsync_us"`   // Fsync makes a page at the end of a file durable; the middle one of many.
}

// String says the costs to a person.
func (c Costs) String() string {
	return fmt.Sprintf("a system call %.2f µs, a page fault %.2f µs, waking a thread %.1f µs, an fsync %.0f µs", c.Syscall, c.Fault, c.Wake, c.Fsync)
}

const (
	syscallTimes = 50_000
	faultBytes   = 16 << 20
	wakeTimes    = 2_000
	fsyncTimes   = 100
	costRounds   = 5 // The cheapest of so many rounds counts, for what others do meanwhile is no cost of the machine.
)

// machineCosts measures the costs; the folder lies on the disk that counts.
func machineCosts(folder string) (c Costs, err error) {
	for _, m := range []struct {
		into    *float64
		what    string
		measure func() (float64, error)
	}{
		{&c.Syscall, "system calls", syscallCost}, {&c.Fault, "page faults", faultCost}, {&c.Wake, "waking", wakeCost},
	} {
		for range costRounds {
			cost, err := m.measure()
			if err != nil {
				return c, fmt.Errorf("measure %s: %w", m.what, err)
			}
			if *m.into == 0 || cost < *m.into {
				*m.into = cost
			}
		}
	}
	if c.Fsync, err = fsyncCost(folder); err != nil {
		return c, fmt.Errorf("measure fsync: %w", err)
	}
	return c, nil
}

// perTime is the share of one of so many, in microseconds.
func perTime(all time.Duration, times int) float64 {
	return rounded(float64(all.Nanoseconds())/1000/float64(times), 3)
}

// syscallCost asks for the parent of the process, which is as little as can be asked.
func syscallCost() (float64, error) {
	began := time.Now()
	for range syscallTimes {
		syscall.Getppid()
	}
	return perTime(time.Since(began), syscallTimes), nil
}

// faultCost touches fresh memory, page by page, and divides by the faults that the system has counted.
func faultCost() (float64, error) {
	var before, after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		return 0, err
	}
	memory, err := syscall.Mmap(-1, 0, faultBytes, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	for at := 0; at < len(memory); at += os.Getpagesize() {
		memory[at] = 1
	}
	took := time.Since(began)
	if err := errors.Join(syscall.Getrusage(syscall.RUSAGE_SELF, &after), syscall.Munmap(memory)); err != nil {
		return 0, err
	}
	faults := int(after.Minflt - before.Minflt)
	if faults <= 0 { // A sandbox may not count them.
		faults = faultBytes / os.Getpagesize()
	}
	return perTime(took, faults), nil
}

// wakeCost has two threads wake each other through pipes, both asleep in the kernel between.
func wakeCost() (float64, error) {
	var there, back [2]int
	if err := errors.Join(syscall.Pipe(there[:]), syscall.Pipe(back[:])); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		ended <- errors.Join(relay(there[0], back[1], wakeTimes), syscall.Close(back[1]))
	}()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := time.Now()
	_, err := syscall.Write(there[1], []byte{1})
	if err == nil {
		err = relay(back[0], there[1], wakeTimes-1)
	}
	if err == nil {
		_, err = syscall.Read(back[0], []byte{0})
	}
	took := time.Since(began)
	err = errors.Join(err, syscall.Close(there[1])) // Ends the other thread, should it still read.
	err = errors.Join(err, <-ended, syscall.Close(there[0]), syscall.Close(back[0]))
	return perTime(took, 2*wakeTimes), err
}

// relay writes to one end what it reads from another, so many times.
func relay(from, to, times int) error {
	one := []byte{0}
	for range times {
		n, err := syscall.Read(from, one)
		if err != nil {
			return err
		}
		if n == 0 {
			return errors.New("the other thread has ended")
		}
		if _, err := syscall.Write(to, one); err != nil {
			return err
		}
	}
	return nil
}

// fsyncCost appends pages to a file and makes each durable.
func fsyncCost(folder string) (_ float64, err error) {
	f, err := os.Create(filepath.Join(folder, "fsync"))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	page, times := make([]byte, 4096), make([]time.Duration, fsyncTimes)
	for n := range times {
		if _, err := f.Write(page); err != nil {
			return 0, err
		}
		began := time.Now()
		if err := db.SyncData(f); err != nil {
			return 0, err
		}
		times[n] = time.Since(began)
	}
	slices.Sort(times)
	return perTime(times[len(times)/2], 1), nil
}
