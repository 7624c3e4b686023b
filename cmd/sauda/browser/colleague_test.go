package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"sauda/app/apptest"
	"sauda/core/order"
	"sauda/gear/db"
)

// TestTheListAndTheBoardKeepUp: an order that comes in while the list is open is told of and shown when asked, with what
// was ticked still ticked; on the board orders move by themselves. What one did oneself is no news.
func TestTheListAndTheBoardKeepUp(t *testing.T) {
	chromium := browser(t, chromedp.WindowSize(1280, 900))
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	one := order.ID(h.Guest().Buy(t, h, apptest.Kettle))
	h.Settled(t)
	p := atWork(t, chromium, home, apptest.AdminPassword)
	p.open(at(home, "en", "/office/orders"))
	p.press(fmt.Sprintf("input[name=pick][value=%q]", one))
	two := order.ID(h.Guest().Buy(t, h, apptest.Kettle))
	h.Settled(t)
	p.until("that an order has come", `document.querySelector(".note.live")?.innerText.includes("Orders changed: 1")`)
	p.press(".note.live button")
	p.until("the order that has come", fmt.Sprintf(`document.querySelector("tr.moved a.strong")?.href.endsWith(%q) && !document.querySelector(".note.live")`, two))
	if got := look[string](p, `[...document.querySelectorAll("input[name=pick]:checked")].map((b) => b.value).join()`); got != string(one) {
		t.Errorf("ticked is %q", got)
	}
	p.press(fmt.Sprintf("input[name=pick][value=%q]", two))
	if got := look[string](p, `document.querySelector(".manybar [data-count]").innerText`); got == "" || !look[bool](p, `document.querySelectorAll("tr.picked").length == 2`) {
		t.Errorf("two are ticked: %q", got)
	}
	p.decent("en")

	p.open(at(home, "en", "/office/board"))
	p.until("the board", fmt.Sprintf(`document.querySelector(".board a[href$='%s']")`, one))
	h.Moment(t, func(tx *db.Tx) error {
		_, err := order.Pack(tx, one, "shp_1", nil)
		return err
	})
	p.until("the order in the next lane", fmt.Sprintf(`document.querySelector("[aria-labelledby=lane-to_hand_over] .ticket.moved a.strong")?.href.endsWith(%q)`, one))
	p.until("that it is said", `document.querySelector(".note.live")?.innerText.includes("Orders changed: 1")`)
	p.decent("en")
}

// TestAButtonWaitsForTheSave: who presses a button while what was typed is being kept by itself is not refused.
func TestAButtonWaitsForTheSave(t *testing.T) {
	chromium := browser(t, chromedp.WindowSize(1280, 900))
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	p := atWork(t, chromium, home, apptest.AdminPassword)
	p.open(at(home, "en", "/office/window"))
	p.press("form[data-preview] button[value=save]")
	p.until("a draft beside its preview", `document.querySelector(".shown iframe")`)
	look[string](p, `(() => {
		const plain = window.fetch;
		window.asked = 0;
		window.fetch = async (...all) => {
			window.asked++;
			const answer = await plain(...all);
			await new Promise((done) => setTimeout(done, 1500));
			return answer;
		};
		const field = document.querySelector("form[data-preview] [name=title_kk]");
		field.value = "Жаңа сөз";
		field.dispatchEvent(new Event("input", { bubbles: true }));
		return "";
	})()`)
	p.until("that it is on its way", `window.asked > 0`)
	p.press("form[data-preview] button[value=save]")
	p.until("that it is saved", `!("asked" in window) && (document.querySelector("main [role=status]") || document.querySelector("main [role=alert]"))`)
	if said := look[string](p, `document.querySelector("main [role=alert]")?.innerText ?? ""`); said != "" {
		t.Errorf("refused: %s", said)
	}
	p.decent("en")
}
