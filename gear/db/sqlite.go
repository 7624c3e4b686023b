package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"modernc.org/sqlite"
)

const (
	// groupMax bounds how many moments share a commit: beyond it the first of them would wait too long for its answer.
	groupMax = 128
	// groupTime bounds how long moments are gathered before the commit.
	groupTime = 10 * time.Millisecond
	// slowMoment is what is worth a warning: while it runs, all other writers wait.
	slowMoment = 250 * time.Millisecond
	// statementsMax bounds the prepared statements of a connection; built filters are many, written ones are few.
	statementsMax = 600
	// writerCache is the page cache of the writer in KiB, the only one that outlives a commit: the stock, prices and indexes
	// of a hundred thousand products fit, and it is filled only as far as it is used.
	writerCache = 16 << 10
	// liteTries bounds how often a moment that asks for it is run again: with one writer nothing else changes meanwhile.
	liteTries = 3
	// carefulGroups is how many groups have savepoints after a moment had to be undone.
	carefulGroups = 16
	// walPages is how long the write-ahead log grows (4 KiB pages) before it is folded into the file.
	walPages = 4000
)

// lite is SQLite: one connection that writes, a few that read.
type lite struct {
	pool    *sql.DB
	release func() error
	writer  *liteConn
	flusher *flusher
	careful int // careful is how many groups still run with savepoints; the writer's own.
	readers chan *liteConn
	moments chan *moment
	stopped chan struct{}
	gate    sync.RWMutex // Held for reading while a moment is handed to the writer; for writing to shut the door.
	shut    bool
}

// moment is one Update on its way through the writer.
type moment struct {
	ctx   context.Context
	who   Who
	do    func(*Tx) error
	tx    *Tx
	err   error
	panic any
	done  chan struct{}
}

func openLite(ctx context.Context, s *Store, c Config) (*lite, error) {
	release, err := lockFile(c.Path + ".lock")
	if err != nil {
		return nil, err
	}
	if _, err := sqlite.Fdatasync(true); err != nil {
		s.log.Info("db: this platform has no fdatasync; commits are a little slower", "error", err)
	}
	pool, err := sql.Open("sqlite", liteDSN(c.Path))
	if err != nil {
		_ = release()
		return nil, fmt.Errorf("open %s: %w", c.Path, err)
	}
	l := &lite{pool: pool, release: release, moments: make(chan *moment, 4*groupMax), stopped: make(chan struct{})}
	if err := l.connect(ctx, c.Readers); err != nil {
		_ = pool.Close()
		_ = release()
		return nil, fmt.Errorf("open %s: %w", c.Path, err)
	}
	if l.flusher, err = startFlusher(c.Path); err != nil {
		_ = pool.Close()
		_ = release()
		return nil, fmt.Errorf("open %s: %w", c.Path, err)
	}
	go l.write(s)
	return l, nil
}

// liteDSN has no mmap: with every commit of the writer a reader's view of the file is thrown away and mapped anew, and
// the faults that follow cost more than reading the pages.
func liteDSN(path string) string {
	q := url.Values{}
	for _, pragma := range []string{
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)", "temp_store(MEMORY)",
		fmt.Sprintf("wal_autocheckpoint(%d)", walPages), "cache_size(-2000)",
	} {
		q.Add("_pragma", pragma)
	}
	q.Set("_dqs", "0")
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// connect opens the writer and the readers and refuses an SQLite older than 3.51.3, whose WAL could be corrupted by a
// checkpoint that races with a writer.
func (l *lite) connect(ctx context.Context, readers int) error {
	if readers <= 0 {
		readers = max(4, 2*runtime.NumCPU())
	}
	ctx = context.WithoutCancel(ctx)
	var err error
	if l.writer, err = l.conn(ctx); err != nil {
		return err
	}
	var version string
	if err := l.writer.sql.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	if _, err := l.writer.sql.ExecContext(ctx, fmt.Sprintf("PRAGMA cache_size = -%d", writerCache)); err != nil {
		return err
	}
	if older(version, "3.51.3") {
		return fmt.Errorf("SQLite %s is too old: 3.51.3 or later keeps the write-ahead log safe", version)
	}
	l.readers = make(chan *liteConn, readers)
	for range readers {
		r, err := l.conn(ctx)
		if err != nil {
			return err
		}
		l.readers <- r
	}
	return nil
}

// older compares versions of three numbers.
func older(a, b string) bool {
	var x, y [3]int
	_, _ = fmt.Sscanf(a, "%d.%d.%d", &x[0], &x[1], &x[2])
	_, _ = fmt.Sscanf(b, "%d.%d.%d", &y[0], &y[1], &y[2])
	for i := range x {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return false
}

func (l *lite) close() error {
	l.gate.Lock()
	if l.shut {
		l.gate.Unlock()
		return nil
	}
	l.shut = true
	l.gate.Unlock()
	close(l.moments)
	<-l.stopped
	flushed := l.flusher.close()
	for range cap(l.readers) {
		(<-l.readers).close()
	}
	l.writer.close()
	return errors.Join(flushed, l.pool.Close(), l.release())
}

// update hands the moment to the writer and waits until the commit that holds it is durable.
func (l *lite) update(ctx context.Context, _ *Store, who Who, do func(*Tx) error) error {
	m := &moment{ctx: inside(ctx), who: who, do: do, done: make(chan struct{})}
	l.gate.RLock()
	if l.shut {
		l.gate.RUnlock()
		return ErrUnavailable.About("the store is closed")
	}
	l.moments <- m
	l.gate.RUnlock()
	<-m.done
	if m.panic != nil {
		panic(m.panic)
	}
	return m.err
}

// finish answers a moment whose group was committed and, if lost is nil, is durable.
func (m *moment) finish(lost error) {
	switch {
	case m.err != nil || m.panic != nil:
	case lost != nil:
		m.err = lost
	default:
		m.tx.committed()
	}
	close(m.done)
}

// write is the one goroutine that writes.
func (l *lite) write(s *Store) {
	defer close(l.stopped)
	for first := range l.moments {
		g := l.group(s, first)
		l.writer.trim()
		l.careful = max(0, l.careful-1)
		l.flusher.groups <- g
	}
}

// group runs the first moment and those that come while the group before is flushed, and commits them together when the
// flusher is free.
func (l *lite) group(s *Store, first *moment) group {
	g := group{moments: []*moment{first}}
	err := l.flusher.trouble()
	if err == nil {
		err = l.writer.do("BEGIN IMMEDIATE")
	}
	if err != nil {
		first.err = classify(err)
		<-l.flusher.free
		return g
	}
	whole := l.gather(s, &g)
	if whole {
		g.commit = l.flusher.begun.Add(1)
		if err = l.writer.do("COMMIT"); err == nil {
			s.counts.Commits.Add(1)
			return g
		}
	} else {
		err = ErrUnavailable.About("the transaction of the group was lost")
	}
	l.writer.tryDo("ROLLBACK")
	for _, m := range g.moments {
		if m.err == nil {
			m.err = classify(err)
		}
	}
	return g
}

// gather runs the moments of a group until none waits and the flusher is free. It reports false when SQLite has given up
// the transaction.
func (l *lite) gather(s *Store, g *group) bool {
	began := time.Now()
	whole := l.run(s, g)
	for whole && len(g.moments) < groupMax && time.Since(began) < groupTime {
		var next *moment // It stays nil when the door was shut.
		select {
		case next = <-l.moments:
		default:
			select {
			case next = <-l.moments:
			case <-l.flusher.free:
				return whole
			}
		}
		if next == nil {
			break
		}
		g.moments = append(g.moments, next)
		whole = l.run(s, g)
	}
	<-l.flusher.free
	return whole
}

// run runs the last moment of a group. It reports false when SQLite has given up the whole transaction (a full disk, an
// I/O error), in which case nothing of the group can be kept.
//
// A savepoint for each moment would cost a copy of every page that it writes, and nearly all moments succeed. So there
// is none at first: when a moment fails after it has written, the transaction is rolled back and the moments before it
// are run once more, which they allow. That group and those after it are then careful and have savepoints, so that a
// crowd that is refused does not have everything done twice.
func (l *lite) run(s *Store, g *group) bool {
	m := g.moments[len(g.moments)-1]
	if l.careful > 0 {
		return l.runSaved(s, m)
	}
	l.runOnce(s, m)
	if m.stands() || !l.writer.wrote && !isRace(m.err) {
		return true
	}
	l.careful = carefulGroups
	l.writer.tryDo("ROLLBACK")
	if err := l.writer.do("BEGIN IMMEDIATE"); err != nil {
		return false
	}
	for _, m := range g.moments {
		if (m.stands() || isRace(m.err)) && !l.runSaved(s, m) {
			return false
		}
	}
	return true
}

// runSaved runs one moment within a savepoint, and again when it asks for it. It reports false like run.
func (l *lite) runSaved(s *Store, m *moment) bool {
	if err := l.writer.do("SAVEPOINT moment"); err != nil {
		m.err = classify(err)
		return false
	}
	for try := 1; ; try++ {
		l.runOnce(s, m)
		if m.stands() {
			break
		}
		if err := l.writer.do("ROLLBACK TO moment"); err != nil {
			m.err = classify(m.err)
			return false
		}
		if !isRace(m.err) || try == liteTries {
			break
		}
		s.counts.Races.Add(1)
	}
	return l.writer.do("RELEASE moment") == nil
}

// runOnce runs a moment and leaves what it wrote, whether it failed or not. One that goes on after a trouble of the disk
// has failed: SQLite may have rolled back by itself.
func (l *lite) runOnce(s *Store, m *moment) {
	began := time.Now()
	l.writer.wrote, l.writer.trouble = false, nil
	m.tx = s.begin(m.ctx, m.who, l.writer)
	m.err = classify(l.tell(m))
	if m.stands() && l.writer.trouble != nil {
		m.err = classify(l.writer.trouble)
	}
	if took := time.Since(began); took > slowMoment {
		s.log.Warn("db: a slow moment kept all writers waiting", "took", took)
	}
}

// stands tells whether a moment that was run is to be kept.
func (m *moment) stands() bool { return m.err == nil && m.panic == nil }

// tell calls the moment's function and keeps a panic for the goroutine that asked.
func (l *lite) tell(m *moment) (err error) {
	defer func() {
		if p := recover(); p != nil {
			m.panic = fmt.Sprintf("%v\n%s", p, debug.Stack())
		}
	}()
	if err := m.do(m.tx); err != nil {
		return err
	}
	return m.tx.close()
}

// view runs do on a snapshot with one of the readers.
func (l *lite) view(ctx context.Context, s *Store, who Who, do func(*Tx) error) (err error) {
	var r *liteConn
	select {
	case r = <-l.readers:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() {
		r.trim()
		l.readers <- r
	}()
	l.gate.RLock()
	shut := l.shut
	l.gate.RUnlock()
	if shut {
		return ErrUnavailable.About("the store is closed")
	}
	if err := r.do("BEGIN"); err != nil {
		return classify(err)
	}
	defer r.tryDo("ROLLBACK")
	snapshot := &reading{liteConn: r, commits: &l.flusher.begun}
	tx := s.begin(inside(ctx), who, snapshot)
	if err = do(tx); err != nil {
		return err
	}
	if err = l.flusher.wait(snapshot.seen); err == nil {
		tx.committed()
	}
	return classify(err)
}

// rest lets go of the page caches, which fill again as they are used.
func (l *lite) rest(ctx context.Context, s *Store) error {
	const shrink = "PRAGMA shrink_memory"
	for range cap(l.readers) {
		select {
		case r := <-l.readers:
			r.forget()
			r.tryDo(shrink)
			l.readers <- r
		default: // It is in use.
		}
	}
	return l.update(ctx, s, System, func(*Tx) error { return l.writer.do(shrink) })
}
