package web_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"sauda/base/fault"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/web"
)

// words is a page of plain words.
type words func(ctx context.Context) string

func (w words) Render(ctx context.Context, out io.Writer) error {
	_, err := io.WriteString(out, w(ctx))
	return err
}

type typedForm struct {
	web.Typed
	Name  string `json:"name" maxLength:"5"`
	Count int64  `json:"count,omitempty" minimum:"1"`
	Next  string `json:"next,omitempty"`
}

func site(t *testing.T, store *dbtest.Store) *house {
	h := open(t, store)
	pages := h.srv.Site(web.SiteOptions{Fault: func(p web.Problem) web.View {
		return words(func(ctx context.Context) string {
			return "<h1>" + p.Code + "</h1>" + p.Detail + " of " + web.WhoFrom(ctx).ID
		})
	}})
	web.Page(pages, "GET /{$}", func(*db.Tx, struct{}) (web.View, error) {
		return words(func(ctx context.Context) string {
			return web.Lang(ctx) + " " + web.Link(ctx, "/cart") + " " + web.LinkIn(ctx, "zh") + strings.Repeat(" сөз", 1000)
		}), nil
	}, web.Public())
	web.Page(pages, "GET /nonce", func(*db.Tx, struct{}) (web.View, error) {
		return words(func(ctx context.Context) string { return web.Nonce(ctx) + web.Device(ctx) }), nil
	}, web.Public())
	web.Page(pages, "GET /old", func(*db.Tx, struct{}) (web.View, error) { return web.Elsewhere("/new?a=1"), nil }, web.Public())
	web.PageAct(pages, "GET /back", func(ctx context.Context, in struct {
		web.Cookies
		State string `query:"state"`
	}) (web.View, error) {
		err := web.Claim(ctx, "ord_1", func(tx *db.Tx) error {
			web.SetCookie(ctx, &http.Cookie{Name: "left", Value: "x"})
			if first, err := web.Once(tx, in.State); err != nil || !first || !slices.Equal(in.Of("state"), []string{in.State}) {
				return errors.Join(err, errUnasked)
			}
			return nil
		})
		return web.Onward("/new"), err
	}, web.Public())
	web.Page(pages, "GET /mine", func(*db.Tx, struct{}) (web.View, error) { return nil, nil }, web.SignedIn())
	web.Page(pages, "GET /half", func(*db.Tx, struct{}) (web.View, error) {
		return brokenView{}, nil
	}, web.Public())
	web.Form(pages, "POST /things", func(tx *db.Tx, in typedForm) (web.Then, error) {
		if _, err := tx.ExecContext(tx.Context(), `INSERT INTO shelf (id, name, n) VALUES ($1, $2, $3)`, tx.Mint("thg"), in.Name, in.Count); err != nil {
			return web.Then{}, err
		}
		if !in.OK() {
			return web.Again(words(func(ctx context.Context) string {
				return "typed " + in.Values.Get("name") + ": " + in.About(web.Lang(ctx), "name")
			})), nil
		}
		return web.See(in.Next), nil
	}, web.Public())
	web.FormAct(pages, "POST /sign-in", func(ctx context.Context, in struct {
		Email    string `json:"email"`
		Password string `json:"password"`
	}) (web.Then, error) {
		_, err := web.SignIn(ctx, web.Credentials{Account: in.Email, Password: in.Password, Find: h.find})
		return web.See("/"), err
	}, web.Public())
	web.FormAct(pages, "POST /sign-up", func(ctx context.Context, _ struct{}) (web.Then, error) {
		_, err := web.Enrol(ctx, func(*db.Tx) (string, error) { return "usr_buyer", nil })
		return web.See("/"), err
	}, web.Public())
	web.FormAct(pages, "POST /sign-out", func(ctx context.Context, _ struct{}) (web.Then, error) {
		return web.See("/"), web.SignOut(ctx)
	}, web.Public())
	return h
}

var errUnasked = fault.New(fault.Conflict, "shelf.unasked", "Nobody waited for you.")

// A way back from another site acts once, for the browser that was sent there, and leaves its row; refused, it leaves
// nothing.
func TestAWayBackIsClaimedOnce(t *testing.T) {
	h := site(t, dbtest.SQLite(t, schemas))
	rows := func() int {
		return h.count(`SELECT count(*) FROM audit WHERE action = 'GET /back' AND object = 'ord_1' AND who_kind = 'guest'`)
	}
	for _, cookie := range []string{"", "state=b", "\xff=\xff; state=b", "=a"} {
		h.wants(h.ask("GET", "/back?state=a", "", "Cookie", cookie), 409, "shelf.unasked")
	}
	if rows() != 0 {
		t.Error("a refused way back left a row")
	}
	got := h.ask("GET", "/ru/back?state=a", "", "Cookie", "\xff=\xff; a=\"; state=a; b=қ")
	if got.StatusCode != 303 || got.Header.Get("Location") != "/ru/new" || rows() != 1 {
		t.Errorf("%s %v, %d rows", got.Status, got.Header, rows())
	}
	if !strings.HasPrefix(got.Header.Get("Set-Cookie"), "left=x") {
		t.Errorf("the cookie is lost: %v", got.Header)
	}
	h.wants(h.ask("GET", "/back?state=a", "", "Cookie", "state=a"), 409, "shelf.unasked")
	if rows() != 1 {
		t.Errorf("%d rows", rows())
	}
}

// The page of a fault knows whose it is, also where there is no route; when the store fails, it is a guest's, and still there.
func TestAFaultKnowsWhoIsSignedIn(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, store *dbtest.Store) {
		h := site(t, store)
		token := h.token("usr_buyer")
		as := func(path string) said {
			return h.ask("GET", path, "", "Cookie", h.keep.CookieName()+"="+token, "Accept", "text/html")
		}
		got := as("/nowhere")
		h.wants(got, 404, "of usr_buyer")
		if got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v", got.Header)
		}
		h.wants(as("/half"), 500, "of usr_buyer")
		h.wants(h.ask("GET", "/nowhere", "", "Accept", "text/html"), 404, "of ")
		h.wants(h.ask("GET", "/nowhere", "", "Accept", "text/html", "Cookie", h.keep.CookieName()+"=forged"), 404, "of ")

		token = h.token("usr_buyer") // One that no memory has.
		h.store.Moment(t, func(tx *db.Tx) error {
			_, err := tx.ExecContext(tx.Context(), `ALTER TABLE session RENAME TO gone`)
			return err
		})
		if got := as("/nowhere"); got.StatusCode != 404 || !strings.HasSuffix(got.body, "of ") {
			t.Errorf("without a store: %s %s", got.Status, got.body)
		}
		h.wants(as("/"), 500, "of ")
	})
}

type brokenView struct{}

func (brokenView) Render(_ context.Context, w io.Writer) error {
	_, _ = io.WriteString(w, "half of a page")
	return fmt.Errorf("broken")
}

func TestPagesSpeakTheLanguageOfTheReader(t *testing.T) {
	h := site(t, dbtest.SQLite(t, schemas))
	h.wants(h.ask("GET", "/", ""), 200, "kk /cart /zh/")
	h.wants(h.ask("GET", "/", "", "Accept-Language", "de, ru;q=0.4, en;q=0.8"), 200, "en /cart")
	h.wants(h.ask("GET", "/", "", "Accept-Language", "en", "Cookie", "sauda_lang=ru"), 200, "ru /cart")
	s := h.ask("GET", "/zh/", "", "Accept-Language", "en")
	h.wants(s, 200, "zh /zh/cart /zh/")
	if s.Header.Get("Content-Language") != "zh" {
		t.Errorf("%v", s.Header)
	}
	h.wants(h.ask("GET", "/ru", ""), 200, "ru /ru/cart")
	h.wants(h.ask("GET", "/ruble", "", "Accept", "text/html"), 404, "<h1>web.missing</h1>")
	h.wants(h.ask("GET", "/ru/nothing", "", "Accept", "text/html"), 404, "Такой страницы")
	h.wants(h.ask("GET", "/v1/nothing", "", "Accept", "text/html"), 404, `"code":"web.missing"`)
	h.wants(h.ask("GET", "/half", ""), 500, "<h1>internal</h1>")
	if got := h.ask("GET", "/ru/old", ""); got.StatusCode != 301 || got.Header.Get("Location") != "/ru/new?a=1" {
		t.Errorf("%s %v", got.Status, got.Header)
	}
	if got := h.ask("GET", "/ru/mine?x=1", ""); got.StatusCode != 303 || got.Header.Get("Location") != "/ru/sign-in?next=%2Fmine%3Fx%3D1" {
		t.Errorf("%s %v", got.Status, got.Header)
	}
}

func TestPagesAllowNoScriptButTheirOwn(t *testing.T) {
	h := site(t, dbtest.SQLite(t, schemas))
	plain := h.ask("GET", "/", "").Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'self'", "script-src 'self';", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(plain, want) {
			t.Errorf("%q lacks %s", plain, want)
		}
	}
	one, two := h.ask("GET", "/nonce", ""), h.ask("GET", "/nonce", "")
	if one.body == two.body || !strings.Contains(one.Header.Get("Content-Security-Policy"), "script-src 'self' 'nonce-"+one.body[:22]+"'") {
		t.Errorf("%q %v", one.body, one.Header)
	}
	cookie, _, _ := strings.Cut(one.Header.Get("Set-Cookie"), ";")
	if !strings.HasSuffix(one.body, strings.TrimPrefix(cookie, h.keep.DeviceName()+"=")) || !strings.Contains(one.Header.Get("Set-Cookie"), "HttpOnly; SameSite=Lax") {
		t.Errorf("%v", one.Header)
	}
	again := h.ask("GET", "/nonce", "", "Cookie", cookie)
	if again.body[22:] != one.body[22:] || again.Header.Get("Set-Cookie") != "" {
		t.Errorf("the device changed: %v", again.Header)
	}
}

func TestForms(t *testing.T) {
	h := site(t, dbtest.SQLite(t, schemas))
	form := "application/x-www-form-urlencoded"
	ok := h.ask("POST", "/ru/things", "name=+a+&count=2&next=/orders/1", "Content-Type", form)
	if ok.StatusCode != 303 || ok.Header.Get("Location") != "/ru/orders/1" {
		t.Errorf("%s %v", ok.Status, ok.Header)
	}
	for _, next := range []string{"https:%2F%2Fevil.kz", "//evil.kz", "/%5Cevil.kz", "javascript:alert(1)"} {
		to := h.ask("POST", "/things", "name=a&next="+next, "Content-Type", form).Header.Get("Location")
		if to != "/" && next != "https:%2F%2Fevil.kz" {
			t.Errorf("%s leads to %s", next, to)
		}
	}
	before := h.count(`SELECT count(*) FROM shelf`)
	h.wants(h.ask("POST", "/things", "name=abcdef", "Content-Type", form, "Accept-Language", "en"), 422, "typed abcdef: Use at most 5 characters.")
	h.wants(h.ask("POST", "/things", "count=x", "Content-Type", form), 422, "typed")
	if n := h.count(`SELECT count(*) FROM shelf`); n != before {
		t.Error("a form that is shown again left something behind")
	}
	h.wants(h.ask("POST", "/things", "name=a", "Content-Type", form, "Sec-Fetch-Site", "cross-site"), 403, "web.cross_origin")
	h.wants(h.ask("POST", "/things", `{"name":"a"}`), 415, "web.media")
}

func TestSignInAndOut(t *testing.T) {
	h := site(t, dbtest.SQLite(t, schemas))
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	in := h.ask("POST", "/sign-in", "email=buyer@example.kz&password="+strings.ReplaceAll(buyerPassword, " ", "+"), form...)
	if in.StatusCode != 303 {
		t.Fatalf("%s %s", in.Status, in.body)
	}
	cookie, rest, _ := strings.Cut(in.Header.Get("Set-Cookie"), ";")
	if !strings.Contains(rest, "HttpOnly") || !strings.Contains(rest, "SameSite=Lax") {
		t.Error(rest)
	}
	h.wants(h.ask("GET", "/v1/me", "", "Cookie", cookie), 200, "usr_buyer")
	up := h.ask("POST", "/sign-up", "", append(form, "Cookie", cookie)...)
	h.wants(h.ask("GET", "/v1/me", "", "Cookie", cookie), 401, "web.signed_out") // The session before has ended.
	cookie, _, _ = strings.Cut(up.Header.Get("Set-Cookie"), ";")
	h.wants(h.ask("GET", "/v1/me", "", "Cookie", cookie), 200, "usr_buyer")
	h.ask("POST", "/sign-out", "", append(form, "Cookie", cookie)...)
	h.wants(h.ask("GET", "/v1/me", "", "Cookie", cookie), 401, "web.signed_out")

	statuses := map[int]int{}
	for range 8 {
		s := h.ask("POST", "/v1/sign-in", `{"email":"Buyer@example.kz","password":"wrong wrong"}`)
		statuses[s.StatusCode]++
		if s.StatusCode == 429 && s.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	if statuses[401] != 5 || statuses[429] != 3 {
		t.Errorf("%v", statuses)
	}
	h.wants(h.ask("POST", "/v1/sign-in", `{"email":"buyer@example.kz","password":"`+buyerPassword+`"}`), 429, "session.throttled")
	h.store.Clock.Advance(3e9)
	h.wants(h.ask("POST", "/v1/sign-in", `{"email":"buyer@example.kz","password":"`+buyerPassword+`"}`, "Idempotency-Key", "in",
		"Authorization", "Bearer "+h.token("usr_admin")), 200, `{"token":"st_`)
	if n := h.count(`SELECT (SELECT count(*) FROM web_key) + (SELECT count(*) FROM audit WHERE after LIKE '%st@_%' ESCAPE '@')`); n != 0 {
		t.Error("a token was kept")
	}
	h.wants(h.ask("POST", "/v1/sign-in", `{"email":"nobody@example.kz","password":"x"}`), 401, "session.mismatch")
}

func TestAssetsMayBeKeptForEver(t *testing.T) {
	h := open(t, dbtest.SQLite(t, schemas))
	style := "body{}" + strings.Repeat(" ", 2000)
	assets, err := h.srv.Assets("/assets/", fstest.MapFS{"css/shop.css": {Data: []byte(style)}, "a.svg": {Data: []byte("<svg/>")}})
	if err != nil {
		t.Fatal(err)
	}
	path := assets.Path("css/shop.css")
	s := h.ask("GET", path, "", "Accept-Encoding", "gzip")
	if !strings.HasPrefix(path, "/assets/css/shop.") || s.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" ||
		s.Header.Get("Content-Type") != "text/css; charset=utf-8" || s.Header.Get("Content-Encoding") != "gzip" || len(s.body) > 200 {
		t.Errorf("%s %v", path, s.Header)
	}
	z, err := gzip.NewReader(strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(z); err != nil || string(body) != style {
		t.Errorf("%q %v", body, err)
	}
	if s := h.ask("GET", path, "", "Accept-Encoding", "gzip;q=0"); s.body != style {
		t.Error("compressed for who does not want it")
	}
	if s := h.ask("HEAD", path, ""); s.StatusCode != http.StatusOK || s.body != "" {
		t.Error("HEAD")
	}
	h.wants(h.ask("GET", "/assets/a.svg", ""), 200, "<svg/>")
	h.wants(h.ask("GET", "/assets/..%2Fweb.go", ""), 404, "")
	h.wants(h.ask("GET", "/assets/none.css", ""), 404, "web.missing")
}
