package saga

import (
	"context"
	"encoding/json"
	"fmt"

	"sauda/gear/db"
	"sauda/gear/saga/sagadb"
)

// Begin begins a story within somebody else's moment, such as a reaction: it is kept or lost with that moment, and told
// right after the commit, here or, if the process dies before, by the clock. A story of this key that lives or has ended
// well stays as it is. All moments of the story are those of who acts in this one.
func Begin[S any](tx *db.Tx, t *Teller, name, key string, begin S) error {
	p := t.plot(name)
	if p == nil {
		return fmt.Errorf("saga: nobody has learned the story %q", name)
	}
	if _, same := p.fresh().(*S); !same {
		return fmt.Errorf("saga: the story %q is not told with %T", name, begin)
	}
	body, err := json.Marshal(begin)
	if err != nil {
		return fmt.Errorf("saga: the state of %q: %w", name, err)
	}
	who, err := json.Marshal(tx.Who())
	if err != nil {
		return fmt.Errorf("saga: who begins %q: %w", name, err)
	}
	now := tx.Now().UnixMicro()
	rows, err := sagadb.New(tx).BeginStory(tx.Context(), sagadb.BeginStoryParams{
		ID: tx.Mint("sty"), Name: name, Key: key, State: stateRunning, Step: p.steps[0].name, Due: now, Begun: now, Moved: now,
		Who: string(who), Body: string(body),
	})
	if err != nil || rows == 0 {
		return err
	}
	tx.AfterCommit(func() {
		t.join(&telling{teller: t, ctx: context.Background(), plot: p, key: key, resumed: true})
	})
	return nil
}
