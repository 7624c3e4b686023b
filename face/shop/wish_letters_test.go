package shop_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/core/notify"
)

// TestALetterWhenItIsCheaper: who keeps something and allows it gets one letter when its price falls, another one when it
// falls again, and none after he has pressed its link, which works without signing in, in a browser and in a mail program.
// Who has not allowed it gets none.
func TestALetterWhenItIsCheaper(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		b, silent := h.signedUp(t, "ru", aigul), h.signedUp(t, "ru", "silent@example.kz")
		b.submit(b.get("/account/privacy"), "form[action$='/account/consents']", "wishes", "1")
		b.hearted(h, apptest.Kettle, apptest.Journal)
		silent.hearted(h, apptest.Kettle)
		letters := func(want int) []notify.Kept {
			t.Helper()
			h.Later(t, 25*time.Hour)
			got := h.mailed(t, aigul, notify.PriceFell)
			if len(got) != want {
				t.Fatalf("%d letters, want %d: %+v", len(got), want, got)
			}
			return got
		}
		letters(0)
		h.costs(t, apptest.Kettle, 11_000_00)
		l := letters(1)[0]
		mail, err := notify.Write(l.Letter)
		if err != nil || !strings.Contains(mail.Text, "Чайник: 12 000 ₸ → 11 000 ₸") {
			t.Errorf("the letter says %s, %v", mail.Text, err)
		}
		letters(1) // Told once.
		h.costs(t, apptest.Kettle, 13_000_00)
		h.costs(t, apptest.Journal, 1_00)
		letters(2)
		h.costs(t, apptest.Kettle, 11_500_00)
		again := letters(3)[0]
		if last, err := notify.Write(again.Letter); err != nil || !strings.Contains(last.Text, "12 000 ₸ → 11 500 ₸") {
			t.Errorf("after it rose, it fell: %s, %v", last.Text, err)
		}

		stop, err := url.Parse(mail.Stop)
		if err != nil || !strings.HasPrefix(stop.Path, "/ru/letters/") || again.Params["stop"] != mail.Stop {
			t.Fatalf("it stops at %q, %v", mail.Stop, err)
		}
		guest := h.browser(t, "ru")
		asked := guest.get(stop.Path)
		h.costs(t, apptest.Kettle, 10_000_00)
		letters(4) // To look has stopped nothing.
		if done := guest.submit(asked, ".sheet form"); done.status != 200 || len(done.all(".sheet form")) != 0 {
			t.Errorf("stopping: %d %s", done.status, done.words("main"))
		}
		if done := guest.ask("POST", stop.Path, url.Values{"List-Unsubscribe": {"One-Click"}}); done.status != 200 {
			t.Errorf("a mail program: %d %s", done.status, done.words("main"))
		}
		if has(b.get("/account/privacy").one("#wishes"), "checked") {
			t.Error("it is still allowed")
		}
		h.costs(t, apptest.Kettle, 9_000_00)
		letters(4)
		if p := guest.ask("GET", "/letters/wst_none", nil); p.status != 404 {
			t.Errorf("a link that is none: %d", p.status)
		}
		if n := len(h.mailed(t, "silent@example.kz", notify.PriceFell)); n != 0 {
			t.Errorf("who has not allowed it gets %d letters", n)
		}
		h.Sound(t)
	})
}
