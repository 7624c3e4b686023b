//go:build unix

package journal

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// lockName is the file that carries the lock of a folder, and the number of the process that holds it.
const lockName = "lock"

// lockFile takes the lock that lets one process at a time use a journal.
func lockFile(path string) (release func() error, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock of the journal: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(path)
		_ = f.Close()
		return nil, ErrHeld.About("%s is held by process %s: %w", path, strings.TrimSpace(string(holder)), err)
	}
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt([]byte(fmt.Sprintf("%d\n", os.Getpid())), 0)
	}
	return f.Close, nil
}
