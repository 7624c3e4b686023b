package saga

import (
	"context"

	"sauda/gear/db"
)

// Wake has a story go on after the present moment, without anybody waiting for it: the world has sent word. A story of
// this key that nobody began, or that has ended, stays as it is; one that is being told just now is looked at once more
// after that, since the word may have come too late for it. If the process dies before, the clock looks after the story.
func Wake(tx *db.Tx, t *Teller, of Name) {
	tx.AfterCommit(func() {
		over := make(chan struct{})
		t.mu.Lock()
		t.waking[over] = true
		t.mu.Unlock()
		go func() {
			t.wake(of)
			t.mu.Lock()
			delete(t.waking, over)
			t.mu.Unlock()
			close(over)
		}()
	})
}

func (t *Teller) wake(of Name) {
	mine := &telling{teller: t, ctx: context.Background(), plot: t.plot(of.Story), key: of.Key, resumed: true}
	if mine.plot == nil {
		return
	}
	for {
		g := t.join(mine)
		<-g.done
		if g == mine || g.end.outcome != Waiting {
			return
		}
	}
}

// Quiet waits until nobody tells a story in this process: neither one that was begun in a moment, nor one that was woken,
// nor one that somebody waits for. It is for tests and simulations; a house that is asked all the time is never quiet.
func (t *Teller) Quiet(ctx context.Context) error {
	for {
		var over chan struct{}
		t.mu.Lock()
		for over = range t.waking {
			break
		}
		if over == nil {
			for _, g := range t.telling {
				over = g.done
				break
			}
		}
		t.mu.Unlock()
		if over == nil {
			return nil
		}
		select {
		case <-over:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
