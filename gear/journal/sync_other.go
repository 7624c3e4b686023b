//go:build unix && !linux

package journal

import "os"

// syncData forces a file to the disk.
func syncData(f *os.File) error { return f.Sync() }

// allocate does nothing: the file grows as it is written.
func allocate(*os.File, int64) error { return nil }
