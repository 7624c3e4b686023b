// Package carriersim is a carrier for demos and tests: the other side of the protocol that core/shipping/carrier speaks,
// with the habits of real ones. It books under idempotency keys, gives tracking numbers with a valid check digit (UPU S10)
// and labels, moves parcels as its clock goes, tells about it by signed webhooks, and on command it answers slowly, loses
// its answers, fails, and sends its messages twice, in the wrong order or with a forged signature.
//
// It imports nothing of the trade, for a real carrier would not. What it knows it keeps in a journal when it has one, so
// that a parcel is not lost when the process ends.
package carriersim

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"sauda/base/ident"
)

// Config shapes a carrier.
type Config struct {
	Key     string           // Key is what requests must bring.
	Secret  string           // Secret signs webhooks.
	Hook    string           // Hook is where webhooks go; empty for none.
	Journal string           // Journal is a file that keeps the bookings; empty keeps them in memory.
	Pace    time.Duration    // Pace is the time between two events of a parcel; six hours when it is zero.
	Now     func() time.Time // Now is time.Now when it is nil.
	HTTP    *http.Client     // HTTP sends the webhooks; a client with a time-out of five seconds when it is nil.
}

const (
	pace      = 6 * time.Hour
	hookWait  = 5 * time.Second
	bodyMax   = 1 << 20
	collector = 100_000_000 // collector is the number of serials before S10 numbers begin again.
)

// Carrier is a simulated carrier and its HTTP face.
type Carrier struct {
	config  Config
	mux     *http.ServeMux
	mu      sync.Mutex
	journal *os.File
	booked  map[string]*record // booked by reference.
	keys    map[string]string  // keys are references by idempotency key.
	serial  int
	faults  []Fault
	told    map[string]bool // told are the ids of events whose webhook was taken.
}

// record is one consignment as the carrier keeps it.
type record struct {
	Ref         string          `json:"ref"`
	Key         string          `json:"key"`
	Body        json.RawMessage `json:"body"` // Body is what was asked for, to know the same request again.
	Parcels     []numbered      `json:"parcels"`
	To          string          `json:"to"`
	Point       bool            `json:"point"`
	Grams       int64           `json:"grams"`
	At          time.Time       `json:"at"`
	CancelledAt time.Time       `json:"cancelled_at,omitzero"`
	Back        bool            `json:"back,omitempty"` // Back says that nobody takes it, so that it comes back.
}

type numbered struct {
	ID       string `json:"id"`
	Tracking string `json:"tracking"`
}

// Event is something that happened to a parcel.
type Event struct {
	ID     string    `json:"id"`
	Parcel string    `json:"parcel,omitempty"`
	State  string    `json:"state"`
	At     time.Time `json:"at"`
	Place  string    `json:"place,omitempty"`
	Note   string    `json:"note,omitempty"`
}

// New opens a carrier, with the bookings of its journal.
func New(c Config) (*Carrier, error) {
	if c.Pace <= 0 {
		c.Pace = pace
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: hookWait}
	}
	s := &Carrier{config: c, mux: http.NewServeMux(), booked: map[string]*record{}, keys: map[string]string{}, told: map[string]bool{}}
	if err := s.openJournal(); err != nil {
		return nil, err
	}
	s.mux.HandleFunc("POST /v1/consignments", s.book)
	s.mux.HandleFunc("GET /v1/consignments/{ref}/label", s.label)
	s.mux.HandleFunc("GET /v1/consignments/{ref}/events", s.events)
	s.mux.HandleFunc("POST /v1/consignments/{ref}/cancellation", s.cancel)
	s.mux.HandleFunc("POST /sim/faults", s.command)
	return s, nil
}

// Close lets go of the journal.
func (s *Carrier) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.journal == nil {
		return nil
	}
	return s.journal.Close()
}

// ServeHTTP answers as the carrier would, or as it was commanded to.
func (s *Carrier) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+s.config.Key)) != 1 {
		refuse(w, http.StatusUnauthorized, "unauthorized", "The key is missing or wrong.")
		return
	}
	if r.URL.Path == "/sim/faults" {
		s.mux.ServeHTTP(w, r)
		return
	}
	switch f := s.fault(r); f.Kind {
	case Unavailable:
		refuse(w, http.StatusServiceUnavailable, "unavailable", "The carrier is not there just now.")
	case Refuse:
		refuse(w, http.StatusUnprocessableEntity, "refused", "The carrier does not go there.")
	case Slow:
		select {
		case <-time.After(f.Wait):
			s.mux.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	case LoseAnswer:
		s.mux.ServeHTTP(&deaf{}, r)
		panic(http.ErrAbortHandler) // The connection breaks after the act.
	default:
		s.mux.ServeHTTP(w, r)
	}
}

// deaf takes an answer that nobody will see.
type deaf struct{ header http.Header }

func (d *deaf) Header() http.Header {
	if d.header == nil {
		d.header = http.Header{}
	}
	return d.header
}
func (d *deaf) Write(p []byte) (int, error) { return len(p), nil }
func (d *deaf) WriteHeader(int)             {}

// number gives the next tracking number.
func (s *Carrier) number() string {
	s.serial++
	number, _ := ident.NewS10("SD", s.serial%collector, "KZ")
	return string(number)
}

// timeline gives what happened to a consignment up to now.
func (s *Carrier) timeline(r *record) []Event {
	type leg struct{ state, place, note string }
	legs := []leg{
		{"handed_over", "Алматы", "Accepted from the sender."},
		{"on_the_way", "Алматы", "Left the sorting centre."},
		{"on_the_way", r.To, "Arrived in the city."},
	}
	if r.Point {
		legs = append(legs, leg{"at_point", r.To, "Waits at the pickup point."})
	} else {
		legs = append(legs, leg{"attempt_failed", r.To, "Nobody opened. We come again."})
	}
	if r.Back {
		legs = append(legs, leg{"on_the_way", r.To, "Nobody took it. It goes back."}, leg{"returned", "Алматы", "Handed back to the sender."})
	} else {
		legs = append(legs, leg{"delivered", r.To, "Handed to the recipient."})
	}
	end := s.config.Now()
	if !r.CancelledAt.IsZero() {
		end = r.CancelledAt
	}
	var happened []Event
	for n, l := range legs {
		at := r.At.Add(time.Duration(n+1) * s.config.Pace)
		if at.After(end) {
			break
		}
		for _, p := range r.Parcels {
			happened = append(happened, Event{fmt.Sprintf("%s-%s-%d", r.Ref, p.ID, n+1), p.ID, l.state, at, l.place, l.note})
		}
	}
	return happened
}

// refs gives the references in the order of the bookings.
func (s *Carrier) refs() []string {
	var refs []string
	for ref := range s.booked {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	return refs
}

// openJournal reads what an earlier process has kept and goes on writing there. A last line that was cut off by a crash is
// forgotten: its answer never left.
func (s *Carrier) openJournal() error {
	if s.config.Journal == "" {
		return nil
	}
	kept, err := os.ReadFile(s.config.Journal)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	whole := 0
	for {
		end := slices.Index(kept[whole:], '\n')
		if end < 0 {
			break
		}
		var r record
		if err := json.Unmarshal(kept[whole:whole+end], &r); err != nil {
			return fmt.Errorf("%s at byte %d: %w", s.config.Journal, whole, err)
		}
		s.keep(&r)
		whole += end + 1
	}
	s.journal, err = os.OpenFile(s.config.Journal, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := s.journal.Truncate(int64(whole)); err != nil {
		return err
	}
	_, err = s.journal.Seek(int64(whole), 0)
	return err
}

// keep remembers a consignment.
func (s *Carrier) keep(r *record) {
	if s.booked[r.Ref] == nil {
		s.serial += len(r.Parcels)
	}
	s.booked[r.Ref], s.keys[r.Key] = r, r.Ref
}

// write adds a consignment to the journal before anybody hears of it.
func (s *Carrier) write(r *record) error {
	if s.journal == nil {
		return nil
	}
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = s.journal.Write(append(line, '\n'))
	return err
}
