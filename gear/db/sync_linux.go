package db

import (
	"os"
	"syscall"
)

// syncData forces the contents of a file to the disk, without its times.
func syncData(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
