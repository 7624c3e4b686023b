package office_test

import (
	"net/http"
	"strings"
	"testing"

	"sauda/face/office"
)

// TestAProgramIsTold: it is added with what it wants, its secret is shown once, a message is tried, it is paused and removed.
// What was typed wrong stays, and who may not see the house sees nothing.
func TestAProgramIsTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		form := `main form[action="/office/webhooks"]`
		s := h.trySubmit(t, admin, h.get(t, admin, "/office/webhooks"), form, "name", "1C", "url", "http://1c.example", "events", "order.placed")
		if s.status != http.StatusUnprocessableEntity || s.attr("#name", "value") != "1C" {
			t.Fatalf("an address in the clear: %d", s.status)
		}
		s.has("#url-wrong", "https://")
		s = h.trySubmit(t, admin, s, form, "url", "https://1c.example/in", "events", "order.placed")
		if secret := s.text("#secret"); !strings.HasPrefix(secret, "whsec_") {
			t.Fatalf("%d: the secret is %q: %s", s.status, secret, s.text("main"))
		}
		path := s.attr("main a.main", "href")
		s = h.get(t, admin, path)
		s.has("h1", "1C")
		s = h.post(t, admin, path+"/test")
		s.has("table.list", "webhook.test", "Waiting")
		s = h.post(t, admin, path+"/switch")
		s.has(".facts", "Paused")
		s = h.submit(t, admin, s, `form[action="`+path+`"]`, "name", "Склад", "url", "https://1c.example/in", "events", "stock.changed")
		s.has("h1", "Склад")
		s = h.post(t, admin, path+"/removal")
		s.has("main", "No program is told")
		if s := h.send(t, admin, "GET", path, nil); s.status != http.StatusNotFound {
			t.Errorf("after its removal: %d", s.status)
		}
		reader := h.Staffed(t, "reader@example.kz", "sel_own", office.ScopeOrdersRead)
		if s := h.send(t, reader, "GET", "/office/webhooks", nil); s.status != http.StatusForbidden {
			t.Errorf("without the scope: %d", s.status)
		}
		if n := h.Statements(func() { h.get(t, admin, "/office/webhooks") }); n > 1 {
			t.Errorf("the list takes %d statements", n)
		}
	})
}
