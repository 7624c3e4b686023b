package office_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"sauda/core/seller"
	"sauda/core/window"
	"sauda/gear/db"
	"sauda/gear/web"
)

// draft reads the draft to which the frame beside a form leads.
func (h *house) draft(t *testing.T, s sheet) (b window.Body) {
	t.Helper()
	at := s.attr("iframe", "src")
	h.Look(t, func(tx *db.Tx) error {
		p, err := window.Previewed(tx, at[strings.LastIndexByte(at, '/')+1:])
		b = p.Draft
		return err
	})
	return b
}

// shown reads what buyers see.
func (h *house) shown(t *testing.T) (w *window.Window) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) (err error) {
		w, err = window.Load(tx, string(seller.Own))
		return err
	})
	return w
}

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
		s = h.submit(t, admin, s, form, "accent", "#8A1C4A", "block_newest", "1", "block_banners", "9", "block_seen", "", "header0_to", "/blog", "header0_name_kk", "Блог", "do", "save")
		s.has("[role=status]", "Saved")
		if draft := h.draft(t, s); draft.Title["kk"] != "Киіз үй" || draft.Look.Header[0].To != "/blog" || len(draft.Look.Blocks) != len(window.Blocks)-1 || draft.Look.Blocks[0] != "newest" {
			t.Errorf("the draft is %+v", draft)
		}
		if got := s.attr("#accent", "value"); got != "#8a1c4a" {
			t.Errorf("the accent is %q", got)
		}
		if shown := h.shown(t).Look().Title["kk"]; shown != "" {
			t.Errorf("a draft is shown: %s", shown)
		}
		s = h.submit(t, admin, s, form, "do", "publish")
		if shown := h.shown(t).Look().Title["kk"]; shown != "Киіз үй" {
			t.Errorf("published: %s", shown)
		}
		s = h.submit(t, admin, s, form, "title_kk", "Көктем", "do", "publish")
		s = h.submit(t, admin, s, `form[action$="/editions"]`)
		s.has("[role=status]", "published again")
		if shown := h.shown(t).Look().Title["kk"]; shown != "Киіз үй" {
			t.Errorf("published: %s", shown)
		}
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
		if draft := h.draft(t, s); draft.Text["kk"] != "**Сұрақ**" {
			t.Errorf("the draft is %+v", draft)
		}
		old := s
		s = h.submit(t, admin, s, form, "text_kk", "Жауап", "do", "publish")
		h.get(t, admin, "/office/content?kind=page").has(".rows", "Көмек", "Published")
		stale := h.trySubmit(t, admin, old, form, "text_kk", "Кеш", "do", "save")
		if stale.status != http.StatusUnprocessableEntity || !strings.Contains(stale.text("main"), "Somebody else changed") {
			t.Errorf("stale: %d", stale.status)
		}
		if p, err := h.shown(t).At(window.KindPage, "help", h.Clock.Now()); err != nil || p.Shown.Text["kk"] != "Жауап" {
			t.Errorf("published: %+v %v", p, err)
		}
		h.submitEmpty(t, admin, s, `form[action$="/end"]`)
		if _, err := h.shown(t).At(window.KindPage, "help", h.Clock.Now()); !errors.Is(err, window.ErrGone) {
			t.Errorf("taken out: %v", err)
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

// TestTheShopGetsANameOfItsOwn: a name is added, proved by an administrator's word, and given up; what is no name, what is
// not proved, and who is not an administrator are told so.
func TestTheShopGetsANameOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.AdminToken(t)
		add := `main form[action$="/window/hosts"]`
		s := h.trySubmit(t, admin, h.get(t, admin, "/office/window/hosts"), add, "host", "https://shop.example.kz/")
		if s.status != http.StatusUnprocessableEntity || s.attr("#host", "value") != "https://shop.example.kz/" {
			t.Fatalf("an address for a name: %d", s.status)
		}
		s.has("#host-wrong", "shop.example.kz")
		s = h.submit(t, admin, s, add, "host", " Shop.Invalid ")
		s.has("main", "shop.invalid", "_sauda.shop.invalid", "https://shop.invalid"+window.HostPath, "own_")
		s = h.send(t, admin, "POST", s.attr(`main form[action$="/proof"]`, "action"), nil) // Nobody ever has such a name (RFC 2606).
		if s.status != http.StatusUnprocessableEntity {
			t.Errorf("proved by nothing: %d", s.status)
		}
		staff := h.Staffed(t, "own@example.kz", string(seller.Own), "house.*")
		if got := h.get(t, staff, "/office/window/hosts"); len(got.all(`form[action$="/word"]`)) != 0 {
			t.Error("staff may give their word")
		}
		if got := h.send(t, staff, "POST", "/office/window/hosts/shop.invalid/word", nil); got.status != http.StatusForbidden {
			t.Errorf("staff give their word: %d", got.status)
		}
		if h.shown(t).Answers("shop.invalid") {
			t.Error("a name is shown that nobody has proved")
		}
		s = h.submitEmpty(t, admin, h.get(t, admin, "/office/window/hosts"), `main form[action$="/word"]`)
		s.has("[role=status]", "Proved")
		if !h.shown(t).Answers("shop.invalid") {
			t.Error("a name that was proved is not shown")
		}
		h.submitEmpty(t, admin, s, `main form[action$="/end"]`)
		if h.shown(t).Answers("shop.invalid") {
			t.Error("a name that was given up is shown")
		}
		done := map[string]int{}
		h.Look(t, func(tx *db.Tx) error {
			rows, _, err := web.Audit(tx, web.Wanted{Object: "shop.invalid"})
			for _, r := range rows {
				done[r.Action]++
			}
			return err
		})
		if done["POST /office/window/hosts/{id}/word"] != 1 || done["POST /office/window/hosts/{id}/end"] != 1 {
			t.Errorf("of what was done with the name the audit has %v", done)
		}
	})
}
