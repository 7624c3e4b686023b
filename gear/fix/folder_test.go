package fix

import (
	"testing"
	"time"
)

// TestFlushWaits: who flushes while another flush waits for the disk waits too, for his messages may be in that one.
func TestFlushWaits(t *testing.T) {
	opened, err := Folder{Path: t.TempDir(), Sync: true}.Open(ID{Version: FIX44, Sender: "SAUDA", Target: "BROKER"})
	if err != nil {
		t.Fatal(err)
	}
	s := opened.(*folderStore)
	begun, disk := make(chan bool), make(chan bool)
	s.force = func() error { close(begun); <-disk; return nil }
	if err := s.Keep(1, []byte("kept")); err != nil {
		t.Fatal(err)
	}
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { first <- s.Flush() }()
	<-begun
	go func() { second <- s.Flush() }()
	select {
	case <-second:
		t.Error("the second flush has not waited")
	case <-time.After(50 * time.Millisecond):
	}
	close(disk)
	if err := <-first; err != nil {
		t.Error(err)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
