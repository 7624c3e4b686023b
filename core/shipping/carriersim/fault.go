package carriersim

import (
	"encoding/json"
	"net/http"
	"time"
)

// FaultKind is a way in which carriers fail.
type FaultKind string

// The kinds of faults. ComeBack is of a parcel, the three before it are of webhooks, the others of answers.
const (
	LoseAnswer  FaultKind = "lose_answer" // LoseAnswer acts, and breaks the connection.
	Slow        FaultKind = "slow"        // Slow waits before it acts.
	Refuse      FaultKind = "refuse"      // Refuse says no and does not act.
	Unavailable FaultKind = "unavailable" // Unavailable answers 503 and does not act.
	Twice       FaultKind = "twice"       // Twice sends the next messages a second time.
	Backwards   FaultKind = "backwards"   // Backwards sends the next messages from the last to the first.
	Forge       FaultKind = "forge"       // Forge signs the next message with another secret.
	ComeBack    FaultKind = "come_back"   // ComeBack has the next consignment that is booked come back instead of arriving.
)

func (k FaultKind) ofAnswers() bool {
	return k != Twice && k != Backwards && k != Forge && k != ComeBack
}

// Fault is one failure to come. It happens once.
type Fault struct {
	Kind FaultKind     `json:"kind"`
	Path string        `json:"path,omitempty"` // Path is the only path that it happens to; empty for any.
	Wait time.Duration `json:"wait,omitempty"` // Wait is how slow Slow is.
}

// Next commands failures; they happen in their order.
func (s *Carrier) Next(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// fault takes the failure that is due for a request.
func (s *Carrier) fault(r *http.Request) Fault {
	return s.due(func(f Fault) bool { return f.Kind.ofAnswers() && (f.Path == "" || f.Path == r.URL.Path) })
}

func (s *Carrier) due(fits func(Fault) bool) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.take(fits)
}

// take is due while the lock is held.
func (s *Carrier) take(fits func(Fault) bool) Fault {
	for n, f := range s.faults {
		if fits(f) {
			s.faults = append(s.faults[:n:n], s.faults[n+1:]...)
			return f
		}
	}
	return Fault{}
}

// command takes a list of failures by HTTP.
func (s *Carrier) command(w http.ResponseWriter, r *http.Request) {
	var faults []Fault
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyMax)).Decode(&faults); err != nil {
		refuse(w, http.StatusBadRequest, "malformed", "Send a JSON list of faults.")
		return
	}
	s.Next(faults...)
	w.WriteHeader(http.StatusNoContent)
}
