package db

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
)

// flusher makes commits durable beside the writer. SQLite commits without waiting for the disk (synchronous=NORMAL); then
// the flusher forces the write-ahead log to the disk, while the writer gathers the next group of moments. A moment is
// answered only when its commit is durable, and so is a view that has seen it, so nobody outside learns of what a power
// cut could still take. The log is read in order after a cut: a commit is there only with all before it.
//
// A failed fsync is not tried again: the kernel may have dropped the pages that it could not write, and a second fsync
// would claim that they are safe. From then on the store refuses everything until the process is started anew.
type flusher struct {
	log     *os.File
	force   func(*os.File) error // force makes a file durable; tests let it fail.
	free    chan struct{}        // free holds something while the flusher has nothing to do.
	groups  chan group
	stopped chan struct{}
	begun   atomic.Int64 // begun counts the commits, each before it can be seen.

	mu     sync.Mutex
	news   sync.Cond
	safe   int64 // safe is how many commits are durable.
	broken error
}

// group is moments that share a commit.
type group struct {
	moments []*moment
	commit  int64 // commit is the number of their commit; 0 when nothing was committed.
}

func startFlusher(path string) (*flusher, error) {
	log, err := os.OpenFile(path+"-wal", os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("the write-ahead log: %w", err)
	}
	f := &flusher{
		log: log, force: syncData, free: make(chan struct{}, 1), groups: make(chan group, 1), stopped: make(chan struct{}),
	}
	f.news.L = &f.mu
	go f.run()
	return f, nil
}

// run flushes and answers, one group after the other, until the writer has ended.
func (f *flusher) run() {
	defer close(f.stopped)
	for {
		f.free <- struct{}{}
		g, open := <-f.groups
		if !open {
			return
		}
		var err error
		if g.commit > 0 {
			err = f.flush(g.commit)
		}
		for _, m := range g.moments {
			m.finish(err)
		}
	}
}

// flush makes a commit durable.
func (f *flusher) flush(commit int64) error {
	err := f.force(f.log)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.broken = ErrUnsure.About("the disk did not keep the write-ahead log, and nothing is written any more until a new start: %v", err)
	}
	f.safe = commit
	f.news.Broadcast()
	return f.broken
}

// wait returns when that many commits are durable.
func (f *flusher) wait(commits int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.safe < commits && f.broken == nil {
		f.news.Wait()
	}
	return f.broken
}

// trouble is why nothing can be written any more, or nil.
func (f *flusher) trouble() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken
}

// close waits until all that was committed is durable and answered. The writer has ended by then.
func (f *flusher) close() error {
	close(f.groups)
	<-f.stopped
	return f.log.Close()
}
