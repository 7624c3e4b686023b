package journal

import (
	"os"
	"syscall"
)

// syncData forces the contents of a file to the disk, and its size, without its times.
func syncData(f *os.File) error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); err != syscall.EINTR {
			return err
		}
	}
}
