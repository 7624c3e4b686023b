package browser_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"sauda/app/apptest"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

// holdsKeys gives the browser a device that makes passkeys and whose owner is always there.
func (p person) holdsKeys() {
	p.t.Helper()
	p.goes(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, t, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
			Options: &webauthn.VirtualAuthenticatorOptions{
				Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
				HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
			},
		})
		return chromedp.Void{}, err
	})
}

// TestPasskeys makes a passkey, names it, signs in by it with a basket, and removes it: then it opens nothing.
func TestPasskeys(t *testing.T) {
	chromium := browser(t)
	h := apptest.Open(t, db.SQLite)
	// Browsers make no passkeys at a bare number.
	home := strings.Replace(h.Served(t), "127.0.0.1", "localhost", 1)
	p := someone(t, chromium)
	p.holdsKeys()
	p.open(at(home, "kk", "/sign-up"))
	p.entersBy("/sign-up", map[string]string{"name": "Айгүл", "email": email, "password": secret})
	p.until("the way out", `document.querySelector(".foot form")`)

	p.open(at(home, "kk", "/account/passkeys"))
	p.decent("kk")
	p.tap("form.passkey button")
	p.until("the passkey", `location.search.includes("done=passkey") && document.querySelectorAll(".kept > li").length == 1`)
	p.fill(map[string]string{"name": "Үйдегі ноутбук"})
	p.tap(".renamed button")
	p.until("its name", `location.search.includes("done=saved") && document.querySelector(".renamed input").value == "Үйдегі ноутбук"`)
	p.tap("form.passkey button") // A device that has one makes no second.
	p.until("a refusal", `document.querySelector("form.passkey [role=alert]:not([hidden])")?.textContent.length > 5`)

	signOut := func() {
		p.tap(".foot form button")
		p.until("the way in", `document.querySelector(".foot a[href$='/sign-in']")`)
	}
	signOut()
	p.adds(h, home, "kk", apptest.Kettle, "2")
	p.open(at(home, "kk", "/sign-in?next=/basket"))
	p.decent("kk")
	p.tap("form.passkey button")
	p.until("the basket", `location.pathname == "/kk/basket"`)
	p.has(h, map[string]string{apptest.Kettle: "2"})

	p.open(at(home, "kk", "/account/passkeys"))
	p.tap(".kept form[action$=remove] button")
	p.until("that it is gone", `location.search.includes("done=removed") && !document.querySelector(".kept > li")`)
	signOut()
	p.open(at(home, "kk", "/sign-in"))
	p.tap("form.passkey button")
	p.until("that it opens nothing", `document.querySelector(".note.bad[role=alert]:not([hidden])")?.textContent.includes("`+
		strings.SplitN(i18n.T("kk", "fault.session.passkey"), ".", 2)[0]+`")`)
	h.Sound(t)
}
