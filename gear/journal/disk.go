package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Disk is a folder that belongs to one journal. There are two: Folder, and the one of journaltest, which loses what was
// not forced to it, as a power cut does.
type Disk interface {
	// Lock keeps everybody else out until it is released, or refuses with ErrHeld.
	Lock() (release func() error, err error)
	// List gives the names of all files, in no order.
	List() ([]string, error)
	// Create makes an empty file; one of that name is emptied.
	Create(name string) (File, error)
	// Open opens a file that is there.
	Open(name string) (File, error)
	// Rename gives a file another name at once; one of that name is replaced.
	Rename(from, to string) error
	// Remove takes a file away.
	Remove(name string) error
	// Sync makes durable which files there are.
	Sync() error
}

// File is an open file of a Disk.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	// Size is where the file ends.
	Size() (int64, error)
	// Allocate makes the file so long, or less, with zeros at its end, so that writing there does not move its end. It
	// may do nothing.
	Allocate(size int64) error
	// Truncate ends the file there.
	Truncate(size int64) error
	// Sync makes the contents and the size durable. After it has failed once nothing is known of either.
	Sync() error
}

// Folder is a folder of the file system. It is made when it is not there.
func Folder(path string) Disk { return folder(path) }

type folder string

// Lock takes the lock of the folder. The kernel gives it back when the process dies, however it dies.
func (d folder) Lock() (func() error, error) {
	if err := os.MkdirAll(string(d), 0o750); err != nil {
		return nil, fmt.Errorf("make the folder of the journal: %w", err)
	}
	if err := syncFolder(filepath.Dir(string(d))); err != nil {
		return nil, err
	}
	return lockFile(filepath.Join(string(d), lockName))
}

func (d folder) List() ([]string, error) {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func (d folder) Create(name string) (File, error) {
	return d.open(name, os.O_CREATE|os.O_TRUNC)
}

func (d folder) Open(name string) (File, error) { return d.open(name, 0) }

func (d folder) open(name string, flag int) (File, error) {
	f, err := os.OpenFile(filepath.Join(string(d), name), os.O_RDWR|flag, 0o640)
	if err != nil {
		return nil, err
	}
	return diskFile{f}, nil
}

func (d folder) Rename(from, to string) error {
	return os.Rename(filepath.Join(string(d), from), filepath.Join(string(d), to))
}

func (d folder) Remove(name string) error { return os.Remove(filepath.Join(string(d), name)) }

func (d folder) Sync() error { return syncFolder(string(d)) }

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// diskFile is a file of a folder.
type diskFile struct{ *os.File }

func (f diskFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (f diskFile) Allocate(size int64) error { return allocate(f.File, size) }

func (f diskFile) Sync() error { return syncData(f.File) }
