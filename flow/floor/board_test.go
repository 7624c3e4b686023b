package floor_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"sauda/core/exchange/book"
	"sauda/core/exchange/feed"
	"sauda/flow/floor"
)

// TestBoard: whoever begins with what is shown and takes the changes behind it has the board that is shown in the end; trades
// from before are recalled; nothing is shown once the floor has closed.
func TestBoard(t *testing.T) {
	f := open(t, t.TempDir())
	furnish(t, f)
	trading(t, f)
	b := floor.NewBoard(f)
	if err := b.Show(func(*feed.Feed) {}); !errors.Is(err, floor.ErrClosed) {
		t.Errorf("a board that has seen nothing says %v", err)
	}
	var ran sync.WaitGroup
	ran.Go(func() {
		b.Run(t.Context(), func(context.Context, uint32) ([]feed.Tick, error) {
			return []feed.Tick{{ID: 1, Time: 1, Price: 77, Qty: 5}}, nil
		})
	})
	levels := map[string]int64{}
	var seq uint64
	keep := func(s int, l feed.Level) {
		if levels[fmt.Sprint(s, l.Price)] = l.Qty; l.Qty == 0 {
			delete(levels, fmt.Sprint(s, l.Price))
		}
	}
	begin := func(f *feed.Feed) {
		summary, shown := f.Board(1, 100)
		seq = summary.Seq
		for s := range shown {
			for _, l := range shown[s] {
				keep(s, l)
			}
		}
	}
	line, err := b.Listen(begin)
	for errors.Is(err, floor.ErrClosed) {
		time.Sleep(time.Millisecond)
		line, err = b.Listen(begin)
	}
	for n := range 50 {
		do(t, f, order(uint32(1+n%2), fmt.Sprint(n), book.Input{Side: book.Side(n % 2), Price: int64(95 + n%9), Qty: int64(1 + n)}))
	}
	var want feed.Summary
	var shown [2][]feed.Level
	for done := false; !done; {
		changes, open := <-line.Changes
		if !open {
			t.Fatal("the line was cut off")
		}
		for _, c := range changes {
			if c.Seq != seq+1 {
				t.Fatalf("change %d follows on %d", c.Seq, seq)
			}
			seq = c.Seq
			for s := range c.Levels {
				for _, l := range c.Levels[s] {
					keep(s, l)
				}
			}
		}
		if len(line.Changes) == 0 { // Perhaps it was the last one.
			time.Sleep(100 * time.Millisecond)
			_ = b.Show(func(f *feed.Feed) { want, shown = f.Board(1, 100) })
			done = seq == want.Seq
		}
	}
	n := 0
	for s := range shown {
		for _, l := range shown[s] {
			if n++; levels[fmt.Sprint(s, l.Price)] != l.Qty {
				t.Errorf("side %d at %d: %d instead of %d", s, l.Price, levels[fmt.Sprint(s, l.Price)], l.Qty)
			}
		}
	}
	if n == 0 || n != len(levels) {
		t.Errorf("%d levels instead of %d", len(levels), n)
	}
	_ = b.Show(func(f *feed.Feed) {
		if tape := f.Tape(1, 1000); len(tape) < 2 || tape[len(tape)-1].Price != 77 {
			t.Errorf("the tape is %+v", tape)
		}
	})
	close(t, f)
	ran.Wait()
	for range line.Changes { // It ends with the floor.
	}
	if err := b.Show(func(*feed.Feed) {}); !errors.Is(err, floor.ErrClosed) {
		t.Errorf("a board whose floor has closed says %v", err)
	}
}
