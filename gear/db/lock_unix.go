//go:build unix

package db

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"sauda/base/fault"
)

// ErrHeld means that another process has the SQLite file open.
var ErrHeld = fault.New(fault.Conflict, "db.held", "Another Sauda process holds this data folder. Stop it first, or use PostgreSQL, where many processes can work together.")

// lockFile takes the lock that lets one process at a time use an SQLite file; the kernel gives it back when the
// process dies, however it dies.
func lockFile(path string) (release func() error, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock of the data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(path)
		_ = f.Close()
		return nil, ErrHeld.About("%s is held by process %s", path, strings.TrimSpace(string(holder)))
	}
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt([]byte(fmt.Sprintf("%d\n", os.Getpid())), 0)
	}
	return f.Close, nil
}
