package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"sauda/app/apptest"
	"sauda/core/order"
	"sauda/gear/db"
)

// TestTheOfficeByKeyboard works at a desk without a mouse: finds, goes, walks through lists, changes prices as in a
// spreadsheet, packs by scanning, and hears what a colleague does.
func TestTheOfficeByKeyboard(t *testing.T) {
	chromium := browser(t, chromedp.WindowSize(1280, 900))
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	one := order.ID(h.Guest().Buy(t, h, apptest.Kettle))
	two := order.ID(h.Guest().Buy(t, h, apptest.Kettle, apptest.Kettle))
	h.Settled(t)
	p := someone(t, chromium)
	p.open(at(home, "kk", "/office"))
	p.entersBy("/sign-in", map[string]string{"email": apptest.AdminEmail, "password": apptest.AdminPassword})
	p.until("the office", `location.pathname == "/kk/office"`)
	p.decent("kk")

	code := ""
	h.Look(t, func(tx *db.Tx) error {
		o, err := order.Get(tx, one)
		code = o.Code
		return err
	})
	p.types("/")
	p.until("the finder", `document.activeElement.id == "find-all"`)
	look[string](p, `document.activeElement.value = ""`) // The key itself comes through where a program presses it.
	p.types(strings.ToLower(code))
	p.until("the order among the answers", fmt.Sprintf(`document.querySelector(".answers [aria-selected=true]")?.href.endsWith(%q)`, one))
	p.types("\r")
	p.until("the order", fmt.Sprintf(`location.pathname == "/kk/office/orders/%s"`, one))

	p.types("g")
	p.types("o")
	p.until("the orders", `location.pathname == "/kk/office/orders" && document.querySelector("main table")`)
	p.decent("kk")
	p.types("j")
	p.types("j")
	p.until("the second row", `document.querySelectorAll("main tbody tr")[1].contains(document.activeElement)`)
	p.types("x")
	p.until("one is chosen", `document.querySelectorAll("tr.picked").length == 1 && document.querySelector(".many.some")`)
	p.types("?")
	p.until("the keys", `document.querySelector("dialog.help[open] kbd")`)

	p.open(at(home, "kk", "/office/grid"))
	p.until("the sheet", `document.querySelector("#grid input[name^=price]")`)
	price := look[string](p, `[...document.querySelectorAll("#grid tr")].filter(r => r.querySelector("input[name^=price]"))[1].querySelector("input").name`)
	paste := fmt.Sprintf(`(() => {
		const field = document.getElementsByName(%q)[0], d = new DataTransfer();
		d.setData("text/plain", "4 321,50\t17\r\n");
		field.focus();
		field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: d, bubbles: true, cancelable: true}));
		return document.querySelectorAll("td.changed").length;
	})()`, price)
	if n := look[int](p, paste); n < 1 {
		t.Fatalf("%d cells are marked", n)
	}
	p.press("#grid button[value=save]")
	p.until("the word that it is saved", `document.querySelector("main [role=status]")`)
	if got := look[string](p, fmt.Sprintf(`document.getElementsByName(%q)[0].value`, price)); got != "4321.50" {
		t.Errorf("the price is %q", got)
	}

	p.open(at(home, "kk", "/office/picking/"+string(two)))
	p.until("the field for codes", `document.activeElement.id == "code"`)
	p.types("NOT-THIS\r")
	p.until("a wrong thing", `document.querySelector(".scanner[data-mood=bad]")`)
	for range 2 {
		p.types(apptest.Kettle + "\r")
	}
	p.until("all that belongs into the parcel", `document.querySelector("#scan.ready .full") && document.activeElement.matches("#scan button.main")`)
	p.types("\r")
	p.until("that it is packed", fmt.Sprintf(`location.pathname == "/kk/office/orders/%s" && document.querySelector(".badge.is-packed")`, two))
	h.Settled(t)

	p.open(at(home, "kk", "/office/orders/"+string(one)))
	p.until("the order", `document.querySelector("main[data-live]")`)
	h.Moment(t, func(tx *db.Tx) error {
		_, err := order.Cancel(tx, one, "")
		return err
	})
	p.until("what a colleague did", `document.querySelector(".note.live a")`)
	p.press(".note.live a")
	p.until("the order as it is now", `document.querySelector(".badge.is-cancelled")`)
	p.decent("kk")
}
