//go:build unix

package fix

import (
	"os"
	"syscall"
)

// alone takes the file for this process; the kernel gives it back when the process dies, however it dies.
func alone(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
