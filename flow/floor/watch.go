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
	w := &Watch{events: make(chan []venue.Event, watchBatches), Begun: f.told}
	w.Events = w.events
	f.watchers[w] = true
	return w, nil
}

// Leave ends a watch.
func (f *Floor) Leave(w *Watch) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.part(w)
}

// part ends a watch once. The mutex is held.
func (f *Floor) part(w *Watch) {
	if f.watchers[w] {
		delete(f.watchers, w)
		close(w.events)
	}
}

// tell tells all watchers of events. Whoever has not taken those of long ago is cut off; the others do not wait for him.
func (f *Floor) tell(events []venue.Event) {
	if len(events) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = events[len(events)-1].Seq
	for w := range f.watchers {
		select {
		case w.events <- events:
		default:
			f.part(w)
		}
	}
}
