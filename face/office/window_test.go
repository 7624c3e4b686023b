package office_test

import (
	"net/http"
	"strings"
	"testing"

	"sauda/gear/db"
)

// TestTheWindowIsDressed: a colour that cannot be read is refused with one that can and what was typed stays; the draft is
// seen beside the form, published, and an earlier edition comes back.
func TestTheWindowIsDressed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		form := `main form[data-preview]`
		s := h.trySubmit(t, admin, h.get(t, admin, "/office/window"), form, "accent", "#ffd100", "title_kk", "Киіз үй", "do", "save")
		if s.status != http.StatusUnprocessableEntity || s.attr("#title_kk", "value") != "Киіз үй" {
			t.Fatalf("a yellow: %d", s.status)
		}
		s.has("#accent-wrong", "4.5", "WCAG")
		s = h.submit(t, admin, s, form, "accent", "#8A1C4A", "block_newest", "1", "block_seen", "", "header0_to", "/blog", "header0_name_kk", "Блог", "do", "save")
		s.has("[role=status]", "Saved")
		preview := h.get(t, admin, s.attr("iframe", "src"))
		preview.has("#hero", "Киіз үй")
		preview.has(".menu", "Блог")
		if got := s.attr("#accent", "value"); got != "#8a1c4a" {
			t.Errorf("the accent is %q", got)
		}
		h.Settled(t)
		if shown := h.get(t, admin, "/kk/"); strings.Contains(shown.text("#hero"), "Киіз үй") {
			t.Error("a draft is shown")
		}
		s = h.submit(t, admin, s, form, "do", "publish")
		h.Settled(t)
		h.get(t, admin, "/kk/").has("#hero", "Киіз үй")
		s = h.submit(t, admin, s, form, "title_kk", "Көктем", "do", "publish")
		s = h.submit(t, admin, s, `form[action$="/editions"]`)
		s.has("[role=status]", "published again")
		h.Settled(t)
		h.get(t, admin, "/kk/").has("#hero", "Киіз үй")
		bad := h.trySubmit(t, admin, s, form, "header1_to", "javascript:alert(1)", "header1_name_kk", "x", "do", "publish")
		bad.has("#header1_to-wrong", "https://")
	})
}

// TestAPageIsWritten: with its missing languages flagged, previewed, published and taken out; a stale form comes back.
func TestAPageIsWritten(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		form := `main form[data-preview]`
		s := h.submit(t, admin, h.get(t, admin, "/office/content/page/new"), form, "slug", "help", "title_kk", "Көмек", "text_kk", "**Сұрақ**", "do", "save")
		s.has(".facts", "Missing languages", "English")
		h.get(t, admin, s.attr("iframe", "src")).has(".prose strong", "Сұрақ")
		old := s
		s = h.submit(t, admin, s, form, "text_kk", "Жауап", "do", "publish")
		h.get(t, admin, "/office/content?kind=page").has(".rows", "Көмек", "Published")
		stale := h.trySubmit(t, admin, old, form, "text_kk", "Кеш", "do", "save")
		if stale.status != http.StatusUnprocessableEntity || !strings.Contains(stale.text("main"), "Somebody else changed") {
			t.Errorf("stale: %d", stale.status)
		}
		h.Settled(t)
		h.get(t, admin, "/kk/pages/help").has(".prose", "Жауап")
		h.submit(t, admin, s, `form[action$="/end"]`)
		h.Settled(t)
		if got := h.send(t, admin, "GET", "/kk/pages/help", nil).status; got != http.StatusGone {
			t.Errorf("taken out: %d", got)
		}
	})
}

// TestTheWindowIsTheShopsOwn: people of another seller, and those without the scope, neither read nor change it.
func TestTheWindowIsTheShopsOwn(t *testing.T) {
	h := open(t, db.SQLite)
	for name, token := range map[string]string{"another seller": h.Staffed(t, "other@example.kz", "sel_other", "house.*"), "no scope": h.Staffed(t, "clerk@example.kz", "sel_own", "orders.read")} {
		for _, path := range []string{"/office/window", "/office/content", "/office/content/page/new"} {
			if got := h.send(t, token, "GET", path, nil).status; got != http.StatusForbidden {
				t.Errorf("%s at %s: %d", name, path, got)
			}
		}
		for _, path := range []string{"/office/window", "/office/content/page/new"} {
			if got := h.send(t, token, "POST", path, values("slug", "x", "title_kk", "x", "version", "1", "do", "save")).status; got != http.StatusForbidden {
				t.Errorf("%s sends %s: %d", name, path, got)
			}
		}
	}
}
