package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"sauda/app/apptest"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

// dirty is a file as people make them: a column with a name of its own, an amount in words, a row without a name.
const dirty = "Артикул;Наименование;Сколько стоит;Кол-во\nCUP;Кесе;1 200 тг;5\nPOT;Шойын қазан;қымбат;1\nLID;;300;2\n"

// TestAFileIsBroughtInByHand has staff hand in a dirty file, see what is wrong, say what its columns are, apply it and
// take it back.
func TestAFileIsBroughtInByHand(t *testing.T) {
	chromium := browser(t, chromedp.WindowSize(1280, 900))
	h := apptest.Open(t, db.SQLite)
	home := h.Served(t)
	file := filepath.Join(t.TempDir(), "прайс.csv")
	if err := os.WriteFile(file, []byte(dirty), 0o600); err != nil {
		t.Fatal(err)
	}
	p := someone(t, chromium)
	p.open(at(home, "ru", "/office/imports"))
	p.entersBy("/sign-in", map[string]string{"email": apptest.AdminEmail, "password": apptest.AdminPassword})
	p.until("the imports", `document.querySelector("main [type=file]")`)
	p.goes(chromedp.SetUploadFiles(chromedp.CSS("main [type=file]"), []string{file}))
	p.press("main form[enctype] button")
	p.until("the columns", `document.querySelector("#field_2")`)
	p.decent("ru")
	page := look[string](p, "location.href")
	worked := func(button, badge string) {
		t.Helper()
		p.press(button)
		p.until("the work", `document.querySelector("main progress")`)
		if err := h.Imports.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.until(badge, fmt.Sprintf(`document.querySelector("main .facts .badge").innerText == %q`, i18n.T("ru", "office.import."+badge)))
		p.decent("ru")
	}
	tile := func(name string) string {
		t.Helper()
		return look[string](p, fmt.Sprintf(`[...document.querySelectorAll(".tile")].find(e => e.innerText.includes(%q)).querySelector("strong").innerText`, i18n.T("ru", "office.import.count."+name)))
	}

	p.chooses("#field_2", "attribute")
	worked("form[action$='/preview'] button.main", "stands_still")
	p.until("what to do", `document.querySelector("main .note.bad").innerText.includes("price")`)
	p.press("form[action$='/back'] button")
	p.until("the columns again", `document.querySelector("#field_2")`)
	p.chooses("#field_2", "price")
	worked("form[action$='/preview'] button.main", "stage.previewed")
	if added, refused := tile("added"), tile("refused"); added != "1" || refused != "2" {
		t.Errorf("%s are new and %s refused", added, refused)
	}
	p.tap(".tabs a[href*='show=refused']")
	p.until("what is refused", `document.querySelectorAll("main tbody tr").length == 2`)
	p.until("why", `["қымбат", "POT", "LID"].every(w => document.querySelector("main tbody").innerText.includes(w))`)
	p.open(page)
	worked("form[action$='/apply'] button", "stage.applied")
	p.open(at(home, "ru", "/office/products?q=CUP"))
	p.until("the cup", `document.querySelector("main tbody").innerText.includes("Кесе")`)
	p.open(page)
	worked("form[action$='/undo'] button", "stage.undone")
	p.open(at(home, "ru", "/office/products?q=CUP&state=on_sale"))
	p.until("nothing", fmt.Sprintf(`document.querySelector("main").innerText.includes(%q)`, i18n.T("ru", "office.nothing_found")))
	h.Sound(t)
}

// chooses takes a value of a list.
func (p person) chooses(selector, value string) {
	p.t.Helper()
	if !look[bool](p, fmt.Sprintf(`(() => { const s = document.querySelector(%q); s.value = %q; return s.value == %q })()`, selector, value, value)) {
		p.t.Fatalf("%s does not offer %s", selector, value)
	}
}
