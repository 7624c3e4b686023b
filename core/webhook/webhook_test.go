package webhook_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/core/webhook"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/seal"
)

var schemas = []db.Schema{webhook.Schema}

const own, other = "sel_own", "sel_two"

func keys(t *testing.T) seal.Keys {
	t.Helper()
	k, err := seal.Parse(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// program is a receiver that verifies what it gets and answers as it is told.
type program struct {
	*httptest.Server
	mutex   sync.Mutex
	secrets []string // secrets are those of which one must fit.
	answer  int
	got     []string // got is the ids of the messages that it took.
	bodies  []string
	forged  int // forged counts those whose signature did not fit.
}

func newProgram(t *testing.T) *program {
	t.Helper()
	p := &program{answer: http.StatusNoContent}
	p.Server = httptest.NewTLSServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *program) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	body, _ := io.ReadAll(r.Body)
	id, seconds := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	at, err := strconv.ParseInt(seconds, 10, 64)
	fits := err == nil && slices.ContainsFunc(p.secrets, func(secret string) bool {
		want, err := webhook.Sign([]string{secret}, webhook.MessageID(id), time.Unix(at, 0), string(body))
		return err == nil && slices.Contains(strings.Fields(r.Header.Get("webhook-signature")), want)
	})
	if !fits {
		p.forged++
	}
	if p.answer/100 == 2 {
		p.got = append(p.got, id)
		p.bodies = append(p.bodies, string(body))
	}
	w.WriteHeader(p.answer)
	_, _ = w.Write([]byte("as told"))
}

func (p *program) says(status int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.answer = status
}

// hall is a store with a program that is told of placed and cancelled orders.
type hall struct {
	*dbtest.Store
	*program
	keys     seal.Keys
	endpoint webhook.EndpointID
}

func open(t *testing.T, s *dbtest.Store) *hall {
	t.Helper()
	h := &hall{Store: s, program: newProgram(t), keys: keys(t)}
	s.Moment(t, func(tx *db.Tx) error {
		e, secret, err := webhook.Add(tx, h.keys, own, h.draft())
		h.endpoint, h.secrets = e.ID, []string{secret}
		return err
	})
	return h
}

func (h *hall) draft() webhook.Draft {
	return webhook.Draft{Name: "1C", URL: h.URL + "/in", Events: []string{"order.placed", "order.cancelled"}}
}

func (h *hall) tell(t *testing.T, seller, event, object string) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		return webhook.Tell(tx, webhook.Event{Seller: seller, Type: event, Object: object, Data: map[string]string{"order_id": object}})
	})
}

func (h *hall) bring(t *testing.T) {
	t.Helper()
	if err := (webhook.Bringer{Store: h.Store.Store, Keys: h.keys, HTTP: h.Client().Transport}).Bring(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (h *hall) messages(t *testing.T) (all []webhook.Message) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) (err error) {
		all, _, err = webhook.Messages(tx, own, h.endpoint, "")
		return err
	})
	return all
}

func (h *hall) state(t *testing.T) (e webhook.Endpoint) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) (err error) {
		e, err = webhook.Get(tx, own, h.endpoint)
		return err
	})
	return e
}

// TestWhatIsWantedIsBrought: to the endpoints of the seller that want the event, signed, and once.
func TestWhatIsWantedIsBrought(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		h := open(t, s)
		h.tell(t, own, "order.placed", "ord_1")
		h.tell(t, own, "order.delivered", "ord_1") // Not wanted.
		h.tell(t, other, "order.placed", "ord_2")  // Another seller's.
		h.tell(t, own, "order.cancelled", "ord_1")
		h.bring(t)
		h.bring(t)
		if len(h.got) != 2 || h.forged != 0 {
			t.Fatalf("%d messages came, %d of them forged", len(h.got), h.forged)
		}
		var said struct {
			Type      string
			Timestamp time.Time
			Data      map[string]string
		}
		if err := json.Unmarshal([]byte(h.bodies[0]), &said); err != nil || said.Type != "order.placed" || said.Data["order_id"] != "ord_1" || !said.Timestamp.Equal(dbtest.Noon) {
			t.Errorf("%v: %s", err, h.bodies[0])
		}
		all := h.messages(t)
		if len(all) != 2 || all[0].Event != "order.cancelled" || all[0].State != webhook.Brought || all[0].Status != http.StatusNoContent || all[0].Tries != 1 {
			t.Errorf("they are noted as %+v", all)
		}
	})
}

// TestAFailureIsTriedAgain: with growing pauses, what waits behind it too, and under its own id; after the last pause it is
// given up, and somebody can send it again.
func TestAFailureIsTriedAgain(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		h := open(t, s)
		h.says(http.StatusServiceUnavailable)
		h.tell(t, own, "order.placed", "ord_1")
		h.tell(t, own, "order.placed", "ord_2")
		h.bring(t)
		all := h.messages(t)
		if m := all[1]; m.State != webhook.Waiting || m.Tries != 1 || m.Status != 503 || !strings.Contains(m.Error, "as told") || !m.Due.Equal(dbtest.Noon.Add(5*time.Second)) {
			t.Fatalf("after a failure it is %+v", m)
		}
		if m := all[0]; m.State != webhook.Waiting || m.Tries != 0 {
			t.Fatalf("the one behind it is %+v", m)
		}
		if h.state(t).FailingSince.IsZero() {
			t.Error("the endpoint is not said to fail")
		}
		h.says(http.StatusOK)
		s.Clock.Advance(6 * time.Second)
		h.bring(t)
		if len(h.got) != 2 || h.got[0] != string(all[1].ID) || !h.state(t).FailingSince.IsZero() {
			t.Fatalf("got %v", h.got)
		}

		h.says(http.StatusBadRequest)
		h.tell(t, own, "order.placed", "ord_3")
		for range 16 {
			h.bring(t)
			s.Clock.Advance(24 * time.Hour / 2)
		}
		m := h.messages(t)[0]
		if m.State != webhook.GivenUp || m.Tries < 9 {
			t.Fatalf("in the end it is %+v", m)
		}
		h.says(http.StatusOK)
		s.Moment(t, func(tx *db.Tx) error {
			if _, err := webhook.Switch(tx, own, h.endpoint, true); err != nil {
				return err
			}
			return webhook.Again(tx, own, h.endpoint, m.ID)
		})
		h.bring(t)
		if len(h.got) != 3 || h.got[2] != string(m.ID) || h.forged != 0 {
			t.Errorf("got %v, forged %d", h.got, h.forged)
		}
	})
}

// TestOneThatIsGoneIsStopped: who answers 410 is told nothing any more, until somebody switches it on.
func TestOneThatIsGoneIsStopped(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		h := open(t, s)
		h.says(http.StatusGone)
		h.tell(t, own, "order.placed", "ord_1")
		h.bring(t)
		if e := h.state(t); e.State != webhook.Stopped {
			t.Fatalf("it is %s", e.State)
		}
		h.tell(t, own, "order.placed", "ord_2")
		if all := h.messages(t); len(all) != 1 || all[0].State != webhook.GivenUp {
			t.Errorf("%+v", all)
		}
		s.Moment(t, func(tx *db.Tx) error {
			if _, err := webhook.Try(tx, own, h.endpoint); !errors.Is(err, webhook.ErrOff) {
				t.Errorf("a test: %v", err)
			}
			_, err := webhook.Switch(tx, own, h.endpoint, true)
			return err
		})
		h.says(http.StatusOK)
		h.tell(t, own, "order.placed", "ord_3")
		h.bring(t)
		if len(h.got) != 1 {
			t.Errorf("got %v", h.got)
		}
	})
}

// TestBothSecretsAreGoodForADay: a renewed secret signs at once, and the one before for a day more.
func TestBothSecretsAreGoodForADay(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		h := open(t, s)
		before := h.secrets[0]
		var fresh string
		s.Moment(t, func(tx *db.Tx) (err error) {
			_, fresh, err = webhook.Renew(tx, h.keys, own, h.endpoint)
			return err
		})
		for _, test := range []struct {
			secret string
			after  time.Duration
			forged int
		}{{before, 0, 0}, {fresh, 0, 0}, {before, 25 * time.Hour, 1}, {fresh, 0, 1}} {
			s.Clock.Advance(test.after)
			h.secrets = []string{test.secret}
			h.tell(t, own, "order.placed", "ord_1")
			h.bring(t)
			if h.forged != test.forged {
				t.Errorf("after %v: %d do not fit, want %d", test.after, h.forged, test.forged)
			}
		}
		s.Moment(t, func(tx *db.Tx) error { // What lies in the store opens nothing elsewhere.
			all, err := webhook.Of(tx, own)
			if err == nil && len(all) != 1 {
				t.Errorf("%d endpoints", len(all))
			}
			return err
		})
	})
}

// TestInsideIsNotCalled: an address inside this network is refused when it is called, whatever it is called.
func TestInsideIsNotCalled(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	h := open(t, s)
	h.tell(t, own, "order.placed", "ord_1")
	if err := (webhook.Bringer{Store: s.Store, Keys: h.keys}).Bring(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m := h.messages(t)[0]; len(h.got) > 0 || m.State != webhook.Waiting || !strings.Contains(m.Error, "inside this network") {
		t.Errorf("%+v", m)
	}
}

// TestWhatIsWrongIsRefused: each field for itself, another seller's endpoint as unknown as none, and no more than fit.
func TestWhatIsWrongIsRefused(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		h := open(t, s)
		for field, spoil := range map[string]func(*webhook.Draft){
			"/name":   func(d *webhook.Draft) { d.Name = " " },
			"/url":    func(d *webhook.Draft) { d.URL = "http://shop.example/in" },
			"/url ":   func(d *webhook.Draft) { d.URL = "https://a:b@shop.example/" },
			"/url  ":  func(d *webhook.Draft) { d.URL = "file:///etc/passwd" },
			"/events": func(d *webhook.Draft) { d.Events = nil },
			"/events ": func(d *webhook.Draft) {
				d.Events = []string{"order.eaten"}
			},
		} {
			d := h.draft()
			spoil(&d)
			s.Moment(t, func(tx *db.Tx) error {
				_, _, err := webhook.Add(tx, h.keys, own, d)
				if wrong := fault.FieldsOf(err); !errors.Is(err, webhook.ErrInvalid) || len(wrong) != 1 || wrong[0].Pointer != strings.TrimSpace(field) {
					t.Errorf("%s: %v", field, err)
				}
				return nil
			})
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, added := webhook.Revise(tx, other, h.endpoint, h.draft())
			_, switched := webhook.Switch(tx, other, h.endpoint, false)
			_, _, renewed := webhook.Renew(tx, h.keys, other, h.endpoint)
			_, tried := webhook.Try(tx, other, h.endpoint)
			_, _, looked := webhook.Messages(tx, other, h.endpoint, "")
			for i, err := range []error{added, switched, renewed, tried, looked, webhook.Remove(tx, other, h.endpoint), webhook.Again(tx, own, h.endpoint, "msg_1")} {
				if !errors.Is(err, webhook.ErrUnknown) {
					t.Errorf("%d: %v", i, err)
				}
			}
			if _, _, err := webhook.Add(tx, seal.Keys{}, own, h.draft()); !errors.Is(err, webhook.ErrNoSeal) {
				t.Errorf("without a key: %v", err)
			}
			return nil
		})
		for n := 1; ; n++ {
			var err error
			s.Moment(t, func(tx *db.Tx) error {
				_, _, err = webhook.Add(tx, h.keys, own, h.draft())
				return nil
			})
			if err != nil {
				if n != 20 || !errors.Is(err, webhook.ErrTooMany) {
					t.Errorf("the %dth: %v", n+1, err)
				}
				break
			}
		}
	})
}

// TestNothingIsLeftOfWhatWasRemoved, and messages are forgotten after a month.
func TestNothingIsLeftOfWhatWasRemoved(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		h := open(t, s)
		h.tell(t, own, "order.placed", "ord_1")
		s.Clock.Advance(webhook.Kept + time.Hour)
		h.tell(t, own, "order.placed", "ord_2")
		s.Moment(t, func(tx *db.Tx) error {
			n, err := webhook.Forget(tx, 10)
			if n != 1 {
				t.Errorf("%d are forgotten", n)
			}
			return err
		})
		if all := h.messages(t); len(all) != 1 || all[0].Object != "ord_2" {
			t.Errorf("%+v", all)
		}
		s.Moment(t, func(tx *db.Tx) error { return webhook.Remove(tx, own, h.endpoint) })
		h.bring(t)
		if len(h.got) > 0 {
			t.Errorf("a removed endpoint was told %v", h.got)
		}
	})
}

// TestTheWatchKnowsWhoListens, from the store and from the facts.
func TestTheWatchKnowsWhoListens(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		h := open(t, s)
		w := webhook.NewWatch()
		if w.Wanted("order.placed") {
			t.Error("a fresh watch knows of somebody")
		}
		s.Moment(t, w.Load)
		if !w.Wanted("order.placed") || w.Wanted("order.returned") {
			t.Error("it does not know who listens")
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, err := webhook.Switch(tx, own, h.endpoint, false)
			return err
		})
		s.Moment(t, w.Load)
		if w.Wanted("order.placed") {
			t.Error("one that was paused listens")
		}
	})
}
