//go:build unix && !linux

package journal

import "os"

// syncData forces a file to the disk.
func syncData(f *os.File) error { return f.Sync() }
