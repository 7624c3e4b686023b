package carriersim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// message is one webhook: what is new of one consignment.
type message struct {
	Ref    string  `json:"ref"`
	Events []Event `json:"events"`
}

// Tell sends a message for each consignment of which something is new, and gives how many were taken. What was not
// taken, because the shop did not answer with 2xx, is sent again by the next Tell. One caller at a time.
func (s *Carrier) Tell(ctx context.Context) (int, error) {
	if s.config.Hook == "" {
		return 0, nil
	}
	messages := s.news()
	if s.dueOnce(Backwards) {
		slices.Reverse(messages)
		for _, m := range messages {
			slices.Reverse(m.Events)
		}
	}
	if s.dueOnce(Twice) {
		messages = append(messages, messages...)
	}
	taken := 0
	var failed error
	for _, m := range messages {
		secret := s.config.Secret
		if s.dueOnce(Forge) {
			secret = "forged " + secret
		}
		if err := s.send(ctx, secret, m); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		taken++
		s.mu.Lock()
		for _, e := range m.Events {
			s.told[e.ID] = true
		}
		s.mu.Unlock()
	}
	return taken, failed
}

func (s *Carrier) dueOnce(kind FaultKind) bool {
	return s.due(func(f Fault) bool { return f.Kind == kind }).Kind == kind
}

// news gathers what the shop was not told yet.
func (s *Carrier) news() []message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var messages []message
	for _, ref := range s.refs() {
		fresh := slices.DeleteFunc(s.timeline(s.booked[ref]), func(e Event) bool { return s.told[e.ID] })
		if len(fresh) > 0 {
			messages = append(messages, message{ref, fresh})
		}
	}
	return messages
}

func (s *Carrier) send(ctx context.Context, secret string, m message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.config.Hook, bytes.NewReader(body))
	if err != nil {
		return err
	}
	stamp := strconv.FormatInt(s.config.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(stamp + "." + string(body)))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Carrier-Timestamp", stamp)
	request.Header.Set("Carrier-Signature", hex.EncodeToString(mac.Sum(nil)))
	answer, err := s.config.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("the shop answers %d", answer.StatusCode)
	}
	return nil
}

// Run tells what is new, again and again, until the context ends.
func (s *Carrier) Run(ctx context.Context, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			_, _ = s.Tell(ctx) // What was not taken is told again.
		}
	}
}
