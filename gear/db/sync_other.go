//go:build unix && !linux

package db

import "os"

// syncData forces a file to the disk.
func syncData(f *os.File) error { return f.Sync() }
