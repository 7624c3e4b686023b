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
func Begin[S any](tx *db.Tx, t *Teller, of Name, begin S) error {
	p, body, err := first(t, of, begin)
	if err != nil {
		return err
	}
	who, err := json.Marshal(tx.Who())
	if err != nil {
		return fmt.Errorf("saga: who begins %q: %w", of.Story, err)
	}
	now := tx.Now().UnixMicro()
	rows, err := sagadb.New(tx).BeginStory(tx.Context(), sagadb.BeginStoryParams{
		ID: tx.Mint("sty"), Name: of.Story, Key: of.Key, State: stateRunning, Step: p.steps[0].name, Due: now, Begun: now, Moved: now,
		Who: string(who), Body: body,
	})
	if err != nil || rows == 0 {
		return err
	}
	tx.AfterCommit(func() {
		t.join(&telling{teller: t, ctx: context.Background(), plot: p, key: of.Key, resumed: true})
	})
	return nil
}
