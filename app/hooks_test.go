package app_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/app"
	"sauda/app/apptest"
)

// TestAProgramHearsOfAnOrder: what it wants to hear, in order, and nothing of the buyer; and a house in which nobody listens
// writes nothing for it.
func TestAProgramHearsOfAnOrder(t *testing.T) {
	type said struct {
		Type string
		Data map[string]string
	}
	var mutex sync.Mutex
	var heard []said
	program := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var s said
		if err := json.Unmarshal(body, &s); err != nil || strings.Contains(string(body), "@") || strings.Contains(string(body), "Абай") {
			t.Errorf("%v: %s", err, body)
		}
		mutex.Lock()
		defer mutex.Unlock()
		heard = append(heard, s)
	}))
	t.Cleanup(program.Close)
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		heard = nil
		h.Guest().Buy(t, h, apptest.Kettle) // What stands for long is in memory from now on.
		h.Settled(t)
		before := h.Statements(func() {
			h.Guest().Buy(t, h, apptest.Kettle)
			h.Settled(t)
		})
		h.Admin(t).Do(t, http.StatusCreated, "POST", "/v1/office/webhooks", map[string]any{
			"name": "1C", "url": program.URL, "events": []string{"order.placed", "order.cancelled"},
		})
		after := h.Statements(func() {
			h.Guest().Buy(t, h, apptest.Kettle)
			h.Settled(t)
		})
		if after <= before {
			t.Errorf("%d statements with a listener, %d without", after, before)
		}
		id := h.Guest().Buy(t, h, apptest.Kettle)
		h.Settled(t)
		h.Admin(t).Do(t, http.StatusOK, "POST", "/v1/office/orders/"+id+"/cancellation", map[string]any{"reason": "none left"})
		h.Later(t, time.Minute)
		types := make([]string, len(heard))
		for i, s := range heard {
			types[i] = s.Type
		}
		if slices.Sort(types[:min(2, len(types))]); !slices.Equal(types, []string{"order.placed", "order.placed", "order.cancelled"}) {
			t.Fatalf("it heard %v", types)
		}
		if last := heard[2].Data; last["order_id"] != id || last["state"] != "cancelled" {
			t.Errorf("of the cancellation it heard %v", last)
		}
	}, func(c *app.Config) {
		c.Internet.HTTP = program.Client().Transport
	})
}
