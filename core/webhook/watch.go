package webhook

import (
	"encoding/json"
	"slices"
	"sync"

	"sauda/core/webhook/webhookdb"
	"sauda/gear/bus"
	"sauda/gear/db"
)

// Watch knows in memory whether anybody wants to be told of an event, so that a house without receivers writes nothing for
// them. It follows the facts; a node learns of another's receiver within a second.
type Watch struct {
	mutex sync.RWMutex
	of    map[EndpointID][]string
}

// NewWatch makes a watch that knows of nobody.
func NewWatch() *Watch { return &Watch{of: make(map[EndpointID][]string)} }

// Load looks who listens.
func (w *Watch) Load(tx *db.Tx) error {
	rows, err := webhookdb.New(tx).Listening(tx.Context())
	if err != nil {
		return err
	}
	of := make(map[EndpointID][]string, len(rows))
	for _, row := range rows {
		var events []string
		if err := json.Unmarshal([]byte(row.Events), &events); err != nil {
			return err
		}
		of[EndpointID(row.ID)] = events
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.of = of
	return nil
}

// Wanted tells whether anybody wants to be told of an event.
func (w *Watch) Wanted(event string) bool {
	w.mutex.RLock()
	defer w.mutex.RUnlock()
	for _, events := range w.of {
		if slices.Contains(events, event) {
			return true
		}
	}
	return false
}

// Followers keep the watch in step with the facts.
func (w *Watch) Followers() []bus.Follower {
	return []bus.Follower{bus.Follow("webhooks: somebody listens to something else", func(c Changed) {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		if len(c.Events) == 0 {
			delete(w.of, c.Endpoint)
			return
		}
		w.of[c.Endpoint] = c.Events
	})}
}
