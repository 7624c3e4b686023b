package floor

import "sauda/core/exchange/venue"

// watchBatches is how far a watcher may fall behind before it is cut off.
const watchBatches = 1024

// Watch hears of all events, from some moment on.
type Watch struct {
	// Events gives events in the order of their numbers, without a gap. They belong to all who hear of them. It is closed when
	// the floor closes, and when whoever watches is too slow: then Watch again, and begin with what Look shows.
	Events <-chan []venue.Event
	Begun  uint64 // Begun is the last event from before.
	events chan []venue.Event
}

// Watch begins to watch. The first event that it hears of is the one behind Begun.
func (f *Floor) Watch() (*Watch, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, ErrClosed
	}
	w := &Watch{Begun: f.told, events: f.watchers.join(watchBatches)}
	w.Events = w.events
	return w, nil
}

// Leave ends a watch.
func (f *Floor) Leave(w *Watch) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watchers.part(w.events)
}

// tell tells all watchers of events.
func (f *Floor) tell(events []venue.Event) {
	if len(events) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = events[len(events)-1].Seq
	f.watchers.tell(events)
}
