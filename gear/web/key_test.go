package web_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/web"
)

func TestTheSameKeyActsOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		h := open(t, store)
		first := h.ask("POST", "/v1/things", `{"name":"a"}`, "Idempotency-Key", "k-1")
		h.wants(first, 201, `"name":"a/m"`)
		again := h.ask("POST", "/v1/things", `{"name":"a"}`, "Idempotency-Key", `"k-1"`)
		h.wants(again, 201, first.body)
		if again.Header.Get("Idempotency-Replayed") != "true" || first.Header.Get("Idempotency-Replayed") != "" ||
			again.Header.Get("ETag") != `"v1"` || again.Header.Get("Location") != first.Header.Get("Location") {
			t.Errorf("%v", again.Header)
		}
		h.wants(h.ask("POST", "/v1/things", `{"name":"b"}`, "Idempotency-Key", "k-1"), 409, "web.key_reused")
		h.wants(h.ask("POST", "/v1/acts/a", ``, "Idempotency-Key", "k-1"), 409, "web.key_reused")
		h.wants(h.ask("POST", "/v1/things", `{"name":"a"}`, "Idempotency-Key", "a b"), 400, "web.key_malformed")
		h.wants(h.ask("POST", "/v1/things", `{"name":"a"}`, "Idempotency-Key", strings.Repeat("x", 256)), 400, "web.key_malformed")
		buyer := h.ask("POST", "/v1/things", `{"name":"a"}`, "Idempotency-Key", "k-1", "Authorization", "Bearer "+h.token("usr_buyer"))
		if buyer.body == first.body || buyer.StatusCode != 201 {
			t.Error("a buyer saw the answer to a guest")
		}
		h.wants(h.ask("POST", "/v1/things", `{"name":"sold out"}`, "Idempotency-Key", "k-2"), 409, "shelf.sold_out")
		h.wants(h.ask("POST", "/v1/things", `{"name":"now"}`, "Idempotency-Key", "k-2"), 201, "now")
		if n := h.count(`SELECT count(*) FROM shelf`); n != 3 {
			t.Errorf("%d things", n)
		}
		store.Clock.Advance(web.KeyTime + time.Minute)
		h.wants(h.ask("POST", "/v1/things", `{"name":"c"}`, "Idempotency-Key", "k-1"), 201, `"name":"c/m"`)
		store.Moment(t, web.PurgeKeys)
		if n := h.count(`SELECT count(*) FROM web_key`); n != 1 {
			t.Errorf("%d keys are left", n)
		}
	})
}

func TestManyAtOnceWithOneKeyActOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		h := open(t, store)
		var wg sync.WaitGroup
		bodies := make([]string, 24)
		for i := range bodies {
			wg.Go(func() {
				s := h.ask("POST", "/v1/things", `{"name":"a"}`, "Idempotency-Key", "crowd")
				if s.StatusCode != http.StatusCreated {
					t.Errorf("%s %s", s.Status, s.body)
				}
				bodies[i] = s.body
			})
		}
		wg.Wait()
		for _, b := range bodies {
			if b != bodies[0] {
				t.Fatalf("two answers: %s and %s", b, bodies[0])
			}
		}
		if n := h.count(`SELECT count(*) FROM shelf`); n != 1 {
			t.Errorf("%d things were made", n)
		}
	})
}

func TestAnActKeepsItsAnswerUnderTheKey(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		h := open(t, store)
		first := h.ask("POST", "/v1/acts/a", "", "Idempotency-Key", "act")
		again := h.ask("POST", "/v1/acts/a", "", "Idempotency-Key", "act")
		other := h.ask("POST", "/v1/acts/a", "")
		if first.StatusCode != 200 || again.body != first.body || other.body == first.body {
			t.Errorf("%s %s %s", first.body, again.body, other.body)
		}
		if n := h.count(`SELECT count(*) FROM audit WHERE object = 'a'`); n != 2 {
			t.Errorf("two acts and a repetition left %d audit rows", n)
		}
	})
}

func TestEveryCommandHasItsRow(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		h := open(t, store)
		id := h.ask("POST", "/v1/things", `{"name":"a"}`, "X-Request-Id", "r-1").json(t)["id"].(string)
		h.ask("POST", "/v1/things", `{"name":"sold out"}`)
		store.Clock.Advance(time.Second)
		h.ask("PUT", "/v1/office/things/"+id, "", "Authorization", "Bearer "+h.token("usr_staff"))
		store.Look(t, func(tx *db.Tx) error {
			rows, next, err := web.Audit(tx, web.Wanted{Object: id, Limit: 1})
			if err != nil || len(rows) != 1 || next == "" {
				t.Fatalf("%v %q %v", rows, next, err)
			}
			r := rows[0]
			if r.Kind != "staff" || r.Who != "usr_staff" || r.Action != "PUT /v1/office/things/{id}" || !strings.Contains(r.Before, `"n":1`) || !strings.Contains(r.After, `"n":2`) || !r.At.Equal(dbtest.Noon.Add(time.Second)) {
				t.Errorf("%+v", r)
			}
			rows, next, err = web.Audit(tx, web.Wanted{Object: id, Limit: 1, Cursor: next})
			if err != nil || len(rows) != 1 || next != "" || rows[0].Kind != "guest" || rows[0].After != "" || rows[0].Request != "r-1" {
				t.Errorf("%+v %q %v", rows, next, err)
			}
			if _, _, err := web.Audit(tx, web.Wanted{Cursor: "x"}); err == nil {
				t.Error("a nonsense cursor was taken")
			}
			return nil
		})
		if n := h.count(`SELECT count(*) FROM audit`); n != 2 {
			t.Errorf("%d rows: a refused command must have none", n)
		}
	})
}
