package shop_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/core/notify"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

const (
	aigul  = "aigul@example.kz"
	secret = "tau-men-dala-7"
)

// signedUp is a browser of a buyer who is known.
func (h *house) signedUp(t *testing.T, lang, email string) *browser {
	t.Helper()
	b := h.browser(t, lang)
	b.submit(b.get("/sign-up"), ".sheet form", "email", email, "password", secret, "name", "Айгүл Серікқызы")
	return b
}

// mailed gives the letters of a kind to an address, the latest first.
func (h *house) mailed(t *testing.T, to string, kind notify.Template) (letters []notify.Kept) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) error {
		all, err := notify.To(tx, to)
		for _, l := range all {
			if l.Template == kind {
				letters = append(letters, l)
			}
		}
		return err
	})
	return letters
}

// code is the one in the latest letter of a kind.
func (h *house) code(t *testing.T, to string, kind notify.Template) string {
	t.Helper()
	letters := h.mailed(t, to, kind)
	if len(letters) == 0 {
		t.Fatalf("no letter %s to %s", kind, to)
	}
	return letters[0].Params["code"]
}

// other is a code that is not this one.
func other(code string) string {
	if code[0] == '9' {
		return "0" + code[1:]
	}
	return string(code[0]+1) + code[1:]
}

// both runs a test in a house on each engine.
func both(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, h *apptest.House) { test(t, &house{h}) })
}

func TestACodeByMailSignsIn(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		h.signedUp(t, "en", aigul)
		b := h.browser(t, "en")
		b.basketOf(h, apptest.Kettle)
		form := b.get("/sign-in/code?next=/orders")
		known := b.submit(form, ".sheet form", "email", "AIGUL@example.kz")
		code := h.code(t, aigul, notify.SignInCode)
		stranger := h.browser(t, "en")
		nobody := stranger.submit(stranger.get("/sign-in/code?next=/orders"), ".sheet form", "email", "nobody@example.kz")
		if a, z := strings.ReplaceAll(known.text, aigul, "x"), strings.ReplaceAll(nobody.text, "nobody@example.kz", "x"); len(a)-len(z) > 80 || known.status != nobody.status {
			t.Errorf("the pages of a known and an unknown mailbox differ: %d and %d bytes", len(a), len(z))
		}
		if letters := h.mailed(t, "nobody@example.kz", notify.SignInCode); len(letters) != 0 {
			t.Errorf("nobody got %d letters", len(letters))
		}
		if p := stranger.submit(nobody, ".sheet form", "code", code); p.status != http.StatusUnprocessableEntity {
			t.Errorf("a code opens another browser: %d", p.status)
		}
		b.submit(known, ".sheet form", "code", other(code)).wants(".note.bad", "not right")
		p := b.submit(known, ".sheet form", "code", code[:3]+" "+code[3:])
		if p.at.Path != "/orders" {
			t.Fatalf("the code leads to %s: %s", p.at, p.words("main"))
		}
		b.get("/basket").wants(".count", "1")
		b.get("/account").wants("h1", "Айгүл Серікқызы")
		if p := h.browser(t, "en").ask("GET", "/account", nil); p.at.Path != "/sign-in" {
			t.Errorf("a guest sees %s", p.at)
		}
	})
}

func TestACodeIsGoodOnceAndNotForLong(t *testing.T) {
	h := open(t, db.SQLite)
	h.signedUp(t, "en", aigul)
	ask := func() (*browser, *page, string) {
		b := h.browser(t, "en")
		p := b.submit(b.get("/sign-in/code"), ".sheet form", "email", aigul)
		return b, p, h.code(t, aigul, notify.SignInCode)
	}
	b, p, code := ask()
	h.Clock.Advance(time.Second)
	b.submit(p, ".sheet form", "code", code)
	if again := b.submit(p, ".sheet form", "code", code); again.at.Path != "/sign-in/code" {
		t.Errorf("a code that was used leads to %s", again.at)
	}
	b, p, code = ask()
	h.Clock.Advance(16 * time.Minute)
	if late := b.submit(p, ".sheet form", "code", code); late.at.Path != "/sign-in/code" {
		t.Errorf("an old code leads to %s", late.at)
	}
	b, p, code = ask()
	for range 5 {
		b.submit(p, ".sheet form", "code", other(code))
	}
	if guessed := b.submit(p, ".sheet form", "code", code); guessed.at.Path == "/" {
		t.Error("a code can be guessed at without end")
	}
	h.Clock.Advance(25 * time.Hour)
	refused := 0
	for range 12 {
		b := h.browser(t, "en")
		if b.submit(b.get("/sign-in/code"), ".sheet form", "email", aigul).status == http.StatusUnprocessableEntity {
			refused++
		}
	}
	if got := len(h.mailed(t, aigul, notify.SignInCode)); refused != 8 || got != 7 {
		t.Errorf("of twelve at once %d are refused, and %d letters are out", refused, got)
	}
}

func TestAForgottenPassword(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		old := h.signedUp(t, "ru", aigul)
		b := h.browser(t, "ru")
		p := b.submit(b.get("/password"), ".sheet form", "email", aigul)
		code := h.code(t, aigul, notify.PasswordCode)
		b.submit(p, ".sheet form", "code", code, "password", "12345678").wants("#password-wrong", "легко угадать")
		p = b.submit(p, ".sheet form", "code", code, "password", "kokshetau-kolder")
		if p.at.Path != "/" {
			t.Fatalf("it leads to %s: %s", p.at, p.words("main"))
		}
		b.get("/account").wants("h1", "Айгүл")
		if p := old.ask("GET", "/account", nil); p.at.Path != "/sign-in" {
			t.Error("the session of the old password lives on")
		}
		fresh := h.browser(t, "ru")
		fresh.submit(fresh.get("/sign-in"), ".sheet form", "email", aigul, "password", secret).wants(".note.bad", "Неверный")
		if len(h.mailed(t, aigul, notify.PasswordChanged)) != 1 {
			t.Error("nobody is told")
		}
		h.Sound(t)
	})
}

func TestAnAdministratorGetsNoCode(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.browser(t, "en")
	b.submit(b.get("/sign-in/code"), ".sheet form", "email", apptest.AdminEmail)
	b.submit(b.get("/password"), ".sheet form", "email", apptest.AdminEmail)
	for _, kind := range []notify.Template{notify.SignInCode, notify.PasswordCode} {
		if len(h.mailed(t, apptest.AdminEmail, kind)) != 0 {
			t.Errorf("a mailbox opens the whole house by %s", kind)
		}
	}
}

func TestOwnData(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		b := h.signedUp(t, "en", aigul)
		h.signedUp(t, "en", "taken@example.kz")
		const mine, mail, password = "[action$='/account/data']", "[action$='/account/email']", "[action$='/account/password']"
		b.submit(b.get("/account/data"), mine, "name", "", "phone", "12").wants("#name-wrong", "needed")
		b.submit(b.get("/account/data"), mine, "phone", "12").wants("#phone-wrong", "+7 701")
		b.submit(b.get("/account/data"), mine, "name", "Айгүл С.", "phone", "8 701 123 45 67", "lang", "ru").wants(".note.good", "Saved")
		p := b.get("/account/data")
		if attr(p.one("#phone"), "value") != "+77011234567" || attr(p.one("#lang option[selected]"), "value") != "ru" {
			t.Errorf("the page says %s", p.words("main"))
		}

		b.submit(p, mail, "email", "no address").wants("#email-wrong", "e-mail")
		b.submit(p, mail, "email", "taken@example.kz").wants(".note", "If this address is free")
		if len(h.mailed(t, "taken@example.kz", notify.EmailCode)) != 0 {
			t.Error("an address that somebody has got a code")
		}
		enter := b.submit(p, mail, "email", "Jana@example.kz")
		b.submit(enter, ".sheet form", "code", h.code(t, "jana@example.kz", notify.EmailCode)).wants(".note.good", "address has changed")
		b.get("/account/data").wants("main", "jana@example.kz")
		if len(h.mailed(t, aigul, notify.EmailChanged)) != 1 {
			t.Error("whoever reads the address before is not told")
		}

		other := h.browser(t, "en")
		other.submit(other.get("/sign-in"), ".sheet form", "email", "jana@example.kz", "password", secret)
		p = b.get("/account/data")
		b.submit(p, password, "old", "wrong", "password", "kokshetau-kolder").wants("#old-wrong", "not your present")
		b.submit(p, password, "old", secret, "password", "kokshetau-kolder").wants(".note.good", "password has changed")
		b.get("/account")
		if p := other.ask("GET", "/account", nil); p.at.Path != "/sign-in" {
			t.Error("another device stays signed in")
		}
	})
}

func TestDevices(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.signedUp(t, "kk", aigul)
	var others []*browser
	for range 3 {
		o := h.browser(t, "kk")
		o.submit(o.get("/sign-in"), ".sheet form", "email", aigul, "password", secret)
		others = append(others, o)
	}
	p := b.get("/account/devices")
	if got := len(p.all(".kept > li")); got != 4 {
		t.Fatalf("%d devices", got)
	}
	b.ask("POST", attr(p.all(".kept form")[0], "action"), map[string][]string{}).wants(".note.good", "шықтыңыз")
	if got := len(b.get("/account/devices").all(".kept > li")); got != 3 {
		t.Errorf("%d devices are left", got)
	}
	stranger := h.signedUp(t, "kk", "other@example.kz")
	stranger.ask("POST", attr(p.all(".kept form")[1], "action"), map[string][]string{})
	if got := len(b.get("/account/devices").all(".kept > li")); got != 3 {
		t.Error("a stranger ends the session of another")
	}
	b.submit(b.get("/account/devices"), "[action$='/devices/end']")
	for _, o := range others {
		if p := o.ask("GET", "/account", nil); p.at.Path != "/sign-in" {
			t.Error("a device stays signed in")
		}
	}
	b.get("/account")
}

func TestAddressesAreKept(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		b := h.signedUp(t, "en", aigul)
		add := func(street string) *page {
			return b.submit(b.get("/account/addresses/new"), "form.box", "street", street, "house", "1", "phone", "8 701 123 45 67")
		}
		add("Абай даңғылы").wants(".note.good", "kept")
		add("Абай даңғылы") // The same one is kept once.
		p := add("Достық даңғылы")
		if got := len(p.all(".kept > li")); got != 2 {
			t.Fatalf("%d addresses", got)
		}
		p.wants(".kept > li:first-child", "Preferred", "Абай")
		p = b.submit(p, ".kept > li:nth-child(2) [action$=prefer]")
		p.wants(".kept > li:first-child", "Preferred", "Достық")
		p = b.get(attr(p.one(".kept > li:first-child a"), "href"))
		stranger := h.signedUp(t, "en", "other@example.kz")
		if got := stranger.ask("GET", p.at.Path, nil); got.status != http.StatusNotFound {
			t.Errorf("a stranger sees it: %d", got.status)
		}
		for _, act := range []string{"", "/prefer", "/remove"} {
			stranger.ask("POST", p.at.Path+act, map[string][]string{"name": {"x"}, "country": {"KZ"}, "city": {"x"}})
		}
		b.submit(p, "form.box", "phone", "12").wants("#phone-wrong", "+7 701")
		b.submit(p, "form.box", "flat", "77").wants(".kept > li:first-child", "Достық даңғылы 1, 77")
		p = b.submit(b.get("/account/addresses"), ".kept > li:first-child [action$=remove]")
		p.wants(".kept", "Preferred", "Абай")
	})
}

func TestTheAccountSpeaksEachLanguage(t *testing.T) {
	h := open(t, db.SQLite)
	for _, lang := range i18n.Languages {
		b := h.signedUp(t, lang, lang+"@example.kz")
		for _, at := range []string{"/account", "/account/data", "/account/devices", "/account/addresses", "/account/addresses/new", "/sign-in/code", "/password"} {
			sound(t, b.get(at))
		}
	}
}
