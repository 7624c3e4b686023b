//go:build unix

package index

import (
	"os"
	"syscall"
)

// region is a file in memory that is not searched for garbage and that the kernel may drop and read again.
type region struct{ bytes []byte }

func mapFile(f *os.File) (region, error) {
	info, err := f.Stat()
	if err != nil {
		return region{}, err
	}
	if info.Size() == 0 {
		return region{}, errTorn
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	return region{b}, err
}

// free lets the memory go. Nobody may look at it any more.
func (r region) free() { _ = syscall.Munmap(r.bytes) } // Nothing can be done if the kernel does not take it back.
