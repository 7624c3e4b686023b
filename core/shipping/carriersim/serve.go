package carriersim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// asked is what the carrier reads of a consignment.
type asked struct {
	Reference string `json:"reference"`
	Service   string `json:"service"`
	To        struct {
		Country string `json:"country"`
		City    string `json:"city"`
		Street  string `json:"street"`
		House   string `json:"house"`
		Name    string `json:"name"`
	} `json:"to"`
	Point   string `json:"point"`
	Collect *struct {
		Minor    int64  `json:"amount"`
		Currency string `json:"currency"`
	} `json:"collect"`
	Parcels []struct {
		ID    string `json:"id"`
		Grams int64  `json:"grams"`
	} `json:"parcels"`
}

// gramsMax is the heaviest parcel that the carrier takes.
const gramsMax = 30_000

// book takes a consignment. The same key and body give the same answer; another body under the key is refused.
func (s *Carrier) book(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "too_large", "The body is too large.")
		return
	}
	var a asked
	key := r.Header.Get("Idempotency-Key")
	if err := json.Unmarshal(body, &a); err != nil || key == "" {
		refuse(w, http.StatusBadRequest, "malformed", "Send JSON and an Idempotency-Key.")
		return
	}
	if why := a.wrong(); why != "" {
		refuse(w, http.StatusUnprocessableEntity, "invalid", why)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if ref, twice := s.keys[key]; twice {
		if !bytes.Equal(s.booked[ref].Body, body) {
			refuse(w, http.StatusConflict, "key_reused", "This key belongs to another consignment.")
			return
		}
		answer(w, http.StatusOK, s.booked[ref])
		return
	}
	fresh := &record{
		Ref: fmt.Sprintf("CN%08d", len(s.booked)+1), Key: key, Body: body, To: a.To.City, Point: a.Point != "", At: s.config.Now().UTC(),
	}
	fresh.Back = s.take(func(f Fault) bool { return f.Kind == ComeBack }).Kind == ComeBack
	before := s.serial
	for _, p := range a.Parcels {
		fresh.Parcels = append(fresh.Parcels, numbered{p.ID, s.number()})
		fresh.Grams += p.Grams
	}
	s.serial = before // keep counts them.
	if err := s.write(fresh); err != nil {
		refuse(w, http.StatusInternalServerError, "journal", "The carrier cannot write.")
		return
	}
	s.keep(fresh)
	answer(w, http.StatusCreated, fresh)
}

// wrong says what is wrong with a consignment, or nothing.
func (a asked) wrong() string {
	seen := map[string]bool{}
	for _, p := range a.Parcels {
		switch {
		case p.Grams < 0 || p.Grams > gramsMax: // None is weighed when it is collected.
			return "A parcel weighs at most 30,000 grams."
		case p.ID == "" || seen[p.ID]:
			return "Each parcel needs an id of its own."
		}
		seen[p.ID] = true
	}
	switch {
	case len(a.Parcels) == 0:
		return "There is no parcel."
	case a.Reference == "":
		return "The reference is missing."
	case a.To.Country == "" || a.To.City == "":
		return "The country or the city is missing."
	case a.Point == "" && a.To.Street == "":
		return "The street is missing."
	case a.Collect != nil && a.To.Country != "KZ":
		return "Cash is collected in Kazakhstan only."
	}
	return ""
}

// find gives the consignment of a request and refuses one that is not known. The lock must be held.
func (s *Carrier) find(w http.ResponseWriter, r *http.Request) *record {
	found := s.booked[r.PathValue("ref")]
	if found == nil {
		refuse(w, http.StatusNotFound, "unknown_consignment", "There is no such consignment.")
	}
	return found
}

func (s *Carrier) label(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.find(w, r)
	if c == nil {
		return
	}
	var a asked
	_ = json.Unmarshal(c.Body, &a) // It was read once.
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rule := strings.Repeat("─", 40)
	for n, p := range c.Parcels {
		_, _ = fmt.Fprintf(w, "%s\n%s   %d/%d   %s\n%s\n%s %s\n%s, %s\n", rule, p.Tracking, n+1, len(c.Parcels), a.Service,
			a.To.Name, a.To.Street, a.To.House, a.To.City, a.To.Country)
		if a.Collect != nil && n == 0 {
			_, _ = fmt.Fprintf(w, "COD %d.%02d %s\n", a.Collect.Minor/100, a.Collect.Minor%100, a.Collect.Currency)
		}
	}
	_, _ = fmt.Fprintln(w, rule)
}

func (s *Carrier) events(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.find(w, r); c != nil {
		answer(w, http.StatusOK, map[string]any{"events": append([]Event{}, s.timeline(c)...)})
	}
}

// cancel takes a consignment back that the courier has not collected.
func (s *Carrier) cancel(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.find(w, r)
	switch {
	case c == nil:
		return
	case c.CancelledAt.IsZero() && len(s.timeline(c)) > 0:
		refuse(w, http.StatusConflict, "handed_over", "The parcel is under way.")
		return
	case c.CancelledAt.IsZero():
		ended := *c
		ended.CancelledAt = s.config.Now().UTC()
		if err := s.write(&ended); err != nil {
			refuse(w, http.StatusInternalServerError, "journal", "The carrier cannot write.")
			return
		}
		s.keep(&ended)
	}
	answer(w, http.StatusOK, map[string]string{"ref": c.Ref})
}

func answer(w http.ResponseWriter, status int, body any) {
	if c, ok := body.(*record); ok {
		body = map[string]any{"ref": c.Ref, "parcels": c.Parcels}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, status int, code, detail string) {
	answer(w, status, map[string]string{"code": code, "detail": detail})
}
