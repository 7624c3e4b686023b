package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/session"
	"sauda/gear/web"
)

// shelf is a schema for these tests: things with a name and a number.
var shelf = db.Schema{Name: "shelf", Files: shelfFiles}

var schemas = []db.Schema{web.Schema, session.Schema, shelf}

// quiet drops the log of a test.
var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// people are the users that these tests know.
func people(_ *db.Tx, user string) (db.Who, error) {
	switch user {
	case "usr_buyer":
		return db.Who{Kind: db.KindBuyer, ID: user, Party: "pty_1"}, nil
	case "usr_staff":
		return db.Who{Kind: db.KindStaff, ID: user, Seller: "sel_own", Scopes: []string{"shelf.*"}}, nil
	case "usr_admin":
		return db.Who{Kind: db.KindAdmin, ID: user}, nil
	}
	return db.Who{}, session.ErrMissing
}

// house is a server with a few routes, as a face would make them.
type house struct {
	t     testing.TB
	store *dbtest.Store
	keep  *session.Keeper
	srv   *web.Server
	url   string
}

type thing struct {
	ID       string           `json:"id" doc:"The thing." example:"thg_1"`
	Name     string           `json:"name"`
	N        int64            `json:"n"`
	Quantity measure.Quantity `json:"quantity"`
	Price    money.Money      `json:"price"`
}

func (t thing) Revision() int64  { return t.N }
func (t thing) Location() string { return "/v1/things/" + t.ID }

type newThing struct {
	Name     string           `json:"name" minLength:"1" maxLength:"20" doc:"What it is called."`
	Size     string           `json:"size,omitempty" enum:"s,m,l" default:"m"`
	Quantity measure.Quantity `json:"quantity,omitempty"`
	Email    string           `json:"email,omitempty" format:"email"`
	Parts    []part           `json:"parts,omitempty" maxItems:"3" nullable:"false"`
}

type part struct {
	N int64 `json:"n" minimum:"1" maximum:"9007199254740993"`
}

type oneThing struct {
	ID    string      `path:"id"`
	Match web.IfMatch `header:"If-Match"`
}

type things struct {
	Limit  int      `query:"limit" minimum:"1" maximum:"100" default:"2"`
	Cursor string   `query:"cursor"`
	Open   bool     `query:"open"`
	Tags   []string `query:"tag" maxItems:"2"`
}

func open(t testing.TB, store *dbtest.Store, change ...func(*web.Options)) *house {
	h := &house{t: t, store: store}
	h.keep = session.New(session.Options{Lookup: people, Now: store.Clock.Now})
	o := web.Options{Store: store.Store, Sessions: h.keep, Log: quiet, Limits: web.Limits{Off: true}}
	for _, c := range change {
		c(&o)
	}
	h.srv = web.New(o)
	h.routes()
	front := httptest.NewServer(h.srv)
	h.url = front.URL
	t.Cleanup(func() {
		front.Close()
		if err := h.srv.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return h
}

var errSoldOut = fault.New(fault.Conflict, "shelf.sold_out", "There is nothing left.")

func (h *house) routes() {
	api := h.srv.API()
	web.Command(api, "POST /v1/things", makeThing, web.Public(), web.Status(201), web.Doc("Puts a thing on the shelf", "things"), web.Faults(errSoldOut))
	web.Command(api, "PUT /v1/office/things/{id}", raise, web.Needs("shelf.write"))
	web.Query(api, "GET /v1/things/{id}", getThing, web.Public())
	web.Query(api, "GET /v1/things", listThings, web.Public())
	web.Query(api, "GET /v1/me", func(tx *db.Tx, _ struct{}) (map[string]string, error) {
		return map[string]string{"id": tx.Who().ID, "kind": string(tx.Who().Kind)}, nil
	}, web.SignedIn())
	web.Cached(api, "GET /v1/raw", func(context.Context, struct{}) (web.Raw, bool) {
		return web.Raw{Body: []byte(`{"raw":true}`), ETag: "r1"}, true
	}, func(*db.Tx, struct{}) (web.Raw, error) { return web.Raw{}, errSoldOut }, web.Public())
	web.Act(api, "POST /v1/acts/{id}", func(_ context.Context, in oneThing) (thing, error) {
		acts++
		return thing{ID: in.ID, N: int64(acts)}, nil
	}, web.Public())
	web.Act(api, "POST /v1/hooks", func(_ context.Context, in struct{ Body web.RawBody }) (map[string]int, error) {
		return map[string]int{"bytes": len(in.Body)}, nil
	}, web.Public(), web.BodyMax(64))
	web.Act(api, "GET /v1/panic", func(context.Context, struct{}) (web.None, error) { panic("hush hush") }, web.Public())
	web.Act(api, "GET /v1/broken", func(context.Context, struct{}) (web.None, error) {
		return web.None{}, fmt.Errorf("hush hush")
	}, web.Public())
	web.Act(api, "DELETE /v1/things/{id}", func(context.Context, oneThing) (web.None, error) { return web.None{}, nil }, web.SignedIn())
	web.Act(api, "POST /v1/sign-in", func(ctx context.Context, in struct {
		Email    string `json:"email"`
		Password string `json:"password"`
	}) (map[string]string, error) {
		token, err := web.SignIn(ctx, web.Credentials{Account: in.Email, Password: in.Password, Find: h.find})
		return map[string]string{"token": token}, err
	}, web.Public())
}

var acts int

func (h *house) find(_ *db.Tx, account string) (string, string, error) {
	if account == "buyer@example.kz" {
		return "usr_buyer", buyerHash(), nil
	}
	return "", "", session.ErrMissing
}

func makeThing(tx *db.Tx, in newThing) (thing, error) {
	if in.Name == "sold out" {
		return thing{}, fault.With(errSoldOut, "left", 0)
	}
	if in.Name == "later" {
		return thing{}, db.ErrRace
	}
	v := thing{ID: tx.Mint("thg"), Name: in.Name + "/" + in.Size, N: 1, Quantity: in.Quantity, Price: money.Money{Minor: 100, Currency: "KZT"}}
	_, err := tx.ExecContext(tx.Context(), `INSERT INTO shelf (id, name, n) VALUES ($1, $2, $3)`, v.ID, v.Name, v.N)
	return v, err
}

func getThing(tx *db.Tx, in oneThing) (thing, error) {
	v := thing{ID: in.ID}
	err := tx.QueryRowContext(tx.Context(), `SELECT name, n FROM shelf WHERE id = $1`, in.ID).Scan(&v.Name, &v.N)
	if err != nil {
		return v, web.ErrMissing.About("%s: %w", in.ID, err)
	}
	return v, nil
}

// raise makes the number of a thing one more.
func raise(tx *db.Tx, in oneThing) (thing, error) {
	v, err := getThing(tx, in)
	if err != nil {
		return v, err
	}
	if err := in.Match.Check(v.N); err != nil {
		return v, err
	}
	if err := web.Before(tx, v); err != nil {
		return v, err
	}
	v.N++
	_, err = tx.ExecContext(tx.Context(), `UPDATE shelf SET n = $1 WHERE id = $2`, v.N, v.ID)
	return v, err
}

func listThings(tx *db.Tx, in things) (web.List[thing], error) {
	after, err := web.Uncursor(in.Cursor, 1)
	if err != nil {
		return web.List[thing]{}, err
	}
	from := ""
	if after != nil {
		from = after[0]
	}
	rows, err := tx.QueryContext(tx.Context(), `SELECT id, name, n FROM shelf WHERE id > $1 ORDER BY id LIMIT $2`, from, in.Limit+1)
	if err != nil {
		return web.List[thing]{}, err
	}
	defer func() { _ = rows.Close() }()
	list := web.List[thing]{Items: []thing{}}
	for rows.Next() {
		if len(list.Items) == in.Limit {
			list.Next = web.Cursor(list.Items[in.Limit-1].ID)
			break
		}
		var v thing
		if err := rows.Scan(&v.ID, &v.Name, &v.N); err != nil {
			return list, err
		}
		list.Items = append(list.Items, v)
	}
	return list, rows.Err()
}

// said is an answer.
type said struct {
	*http.Response
	body string
}

func (s said) json(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(s.body), &m); err != nil {
		t.Fatalf("%s %q: %v", s.Status, s.body, err)
	}
	return m
}

// ask sends a request; headers are names and values by turns.
func (h *house) ask(method, path, body string, headers ...string) said {
	h.t.Helper()
	r, err := http.NewRequest(method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return said{answer, string(text)}
}

// wants holds an answer against a status and a piece of its body.
func (h *house) wants(s said, status int, piece string) {
	h.t.Helper()
	if s.StatusCode != status || !strings.Contains(s.body, piece) {
		h.t.Errorf("%s %s: wanted %d with %q, got %s %s", s.Request.Method, s.Request.URL, status, piece, s.Status, s.body)
	}
}

// token signs a user in.
func (h *house) token(user string) string {
	h.t.Helper()
	var token string
	h.store.Moment(h.t, func(tx *db.Tx) error {
		var err error
		token, _, err = h.keep.Begin(tx, user, session.Client{})
		return err
	})
	return token
}

func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	h.store.Look(h.t, func(tx *db.Tx) error {
		return tx.QueryRowContext(tx.Context(), query, args...).Scan(&n)
	})
	return n
}

func TestBadInputIsNamedFieldByField(t *testing.T) {
	h := open(t, dbtest.SQLite(t, schemas))
	for _, c := range []struct {
		body   string
		status int
		piece  string
	}{
		{`{"name":"a"}`, 201, `"name":"a/m"`},
		{`{"name":"a","size":"l","quantity":1.5,"parts":[{"n":1}]}`, 201, `"quantity":1.5`},
		{`{"name":"a","parts":[{"n":9007199254740993}]}`, 201, ``},
		{``, 400, `web.malformed`},
		{`{}`, 422, `{"pointer":"/name","detail":"This field is needed."}`},
		{`{"name":""}`, 422, `{"pointer":"/name","detail":"Use at least 1 characters."}`},
		{`{"name":"` + strings.Repeat("ә", 21) + `"}`, 422, `Use at most 20 characters.`},
		{`{"name":5}`, 422, `"pointer":"/name","detail":"This must be a text."`},
		{`{"name":null}`, 422, `"pointer":"/name"`},
		{`{"Name":"a"}`, 422, `"pointer":"/Name","detail":"There is no field of this name."`},
		{`{"name":"a","size":"xl"}`, 422, `"pointer":"/size","detail":"Choose one of these: s, m, l."`},
		{`{"name":"a","email":"nobody"}`, 422, `"pointer":"/email"`},
		{`{"name":"a","quantity":"x"}`, 422, `"pointer":"/quantity"`},
		{`{"name":"a","quantity":0.12345678}`, 422, `web.invalid`},
		{`{"name":"a","parts":[{"n":1},{"n":0}]}`, 422, `"pointer":"/parts/1/n","detail":"This must be 1 or more."`},
		{`{"name":"a","parts":[{"n":1},{"n":1},{"n":1},{"n":1}]}`, 422, `"pointer":"/parts"`},
		{`{"name":"a","parts":[{"n":1.5}]}`, 422, `"detail":"This must be a whole number."`},
		{`{"name":"a","what":1}`, 422, `"pointer":"/what"`},
		{`{"name":"a","name":"b"}`, 400, `web.malformed`},
		{`{"name":"a"} x`, 400, `web.malformed`},
		{"{\"name\":\"\xff\"}", 400, `web.malformed`},
		{`{"name":"\u0000"}`, 400, `web.malformed`},
		{`{"name":"\ud800"}`, 400, `web.malformed`},
		{strings.Repeat(`[`, 40), 400, `web.malformed`},
		{`[]`, 422, ``},
		{`{"name":"sold out"}`, 409, `"params":{"left":0}`},
	} {
		h.wants(h.ask("POST", "/v1/things", c.body, "Accept-Language", "en"), c.status, c.piece)
	}
	h.wants(h.ask("POST", "/v1/things", `name=a`, "Content-Type", "text/plain"), 415, "web.media")
	h.wants(h.ask("POST", "/v1/things", `{"name":"`+strings.Repeat("a", 1<<20)+`"}`), 413, "web.too_large")
	h.wants(h.ask("POST", "/v1/hooks", strings.Repeat("a", 64)), 200, `"bytes":64`)
	h.wants(h.ask("POST", "/v1/hooks", strings.Repeat("a", 65)), 413, "web.too_large")
	h.wants(h.ask("GET", "/v1/things?limit=0", "", "Accept-Language", "ru"), 422, `"pointer":"/limit","detail":"Значение должно быть не меньше 1."`)
	h.wants(h.ask("GET", "/v1/things?limit=x", "", "Accept-Language", "kk"), 422, `Бұл жерде бүтін сан болуы керек.`)
	h.wants(h.ask("GET", "/v1/things?limit=99999999999999999999", ""), 422, `"pointer":"/limit"`)
	h.wants(h.ask("GET", "/v1/things?open=yes", ""), 422, `"pointer":"/open"`)
	h.wants(h.ask("GET", "/v1/things?tag=a,b&tag=c", ""), 422, `"pointer":"/tag"`)
	h.wants(h.ask("GET", "/v1/things?tag=a&tag=b", ""), 200, ``)
	h.wants(h.ask("GET", "/v1/things?tag=%zz", ""), 400, `web.malformed`)
	h.wants(h.ask("GET", "/v1/things?cursor=nonsense", ""), 400, `web.cursor`)
	h.wants(h.ask("GET", "/v1/things/a%00b", ""), 422, `"pointer":"/id"`)
	h.wants(h.ask("GET", "/v1/things/%ff", ""), 422, `"pointer":"/id"`)
}

func TestProblemsShowNothingOfOurMistakes(t *testing.T) {
	h := open(t, dbtest.SQLite(t, schemas))
	for _, path := range []string{"/v1/panic", "/v1/broken"} {
		s := h.ask("GET", path, "", "X-Request-Id", "mine-1", "Accept-Language", "kk")
		h.wants(s, 500, `"code":"internal"`)
		p := s.json(t)
		if strings.Contains(s.body, "hush") || p["request_id"] != "mine-1" || s.Header.Get("X-Request-Id") != "mine-1" ||
			s.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(s.body, "Біздің тараптан") {
			t.Errorf("%v %s", s.Header, s.body)
		}
	}
	if id := h.ask("GET", "/healthz", "", "X-Request-Id", "bad id").Header.Get("X-Request-Id"); id == "bad id" || len(id) != 24 {
		t.Errorf("request id %q", id)
	}
	h.wants(h.ask("GET", "/v1/nothing", ""), 404, `"type":"/problems/web.missing"`)
	s := h.ask("PATCH", "/v1/things", "{}")
	h.wants(s, 405, "web.method")
	if s.Header.Get("Allow") == "" {
		t.Error("405 without Allow")
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		"Referrer-Policy": "strict-origin-when-cross-origin", "Strict-Transport-Security": "",
	} {
		if got := s.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	h.wants(h.ask("GET", "/problems/shelf.sold_out", ""), 200, "There is nothing left.")
}

func TestConditionalRequestsAndPages(t *testing.T) {
	h := open(t, dbtest.SQLite(t, schemas))
	made := h.ask("POST", "/v1/things", `{"name":"a"}`)
	id, _ := made.json(t)["id"].(string)
	if made.Header.Get("Location") != "/v1/things/"+id || made.Header.Get("ETag") != `"v1"` {
		t.Fatalf("%v", made.Header)
	}
	for _, c := range []struct {
		tag    string
		status int
	}{{`"v1"`, 304}, {`W/"v1"`, 304}, {`"x", "v1"`, 304}, {"*", 304}, {`"v2"`, 200}} {
		h.wants(h.ask("GET", "/v1/things/"+id, "", "If-None-Match", c.tag), c.status, "")
	}
	h.wants(h.ask("GET", "/v1/raw", "", "If-None-Match", `"r1"`), 304, "")
	staff := "Bearer " + h.token("usr_staff")
	h.wants(h.ask("PUT", "/v1/office/things/"+id, "", "Authorization", staff, "If-Match", `"v1"`), 200, `"n":2`)
	h.wants(h.ask("PUT", "/v1/office/things/"+id, "", "Authorization", staff, "If-Match", `"v1"`), 412, `web.stale`)
	h.wants(h.ask("PUT", "/v1/office/things/"+id, "", "Authorization", staff, "If-Match", `"zzz"`), 412, `web.stale`)
	h.wants(h.ask("PUT", "/v1/office/things/"+id, "", "Authorization", staff), 200, `"n":3`)

	for range 4 {
		h.ask("POST", "/v1/things", `{"name":"b"}`)
	}
	seen, path := 0, "/v1/things"
	for range 3 {
		s := h.ask("GET", path, "")
		seen += len(s.json(t)["items"].([]any))
		link, _, _ := strings.Cut(strings.TrimPrefix(s.Header.Get("Link"), "<"), ">")
		path = link
	}
	if seen != 5 || path != "" {
		t.Errorf("saw %d things, next page %q", seen, path)
	}
}

func TestWhoMayWhat(t *testing.T) {
	h := open(t, dbtest.SQLite(t, schemas))
	h.wants(h.ask("GET", "/v1/me", ""), 401, "web.signed_out")
	h.wants(h.ask("GET", "/v1/me", "", "Authorization", "Bearer nonsense"), 401, "session.unknown")
	h.wants(h.ask("GET", "/v1/me", "", "Authorization", "Basic abc"), 401, "session.unknown")
	buyer, staff := h.token("usr_buyer"), h.token("usr_staff")
	h.wants(h.ask("GET", "/v1/me", "", "Authorization", "Bearer "+buyer), 200, `"usr_buyer"`)
	h.wants(h.ask("GET", "/v1/me", "", "Cookie", h.keep.CookieName()+"="+buyer), 200, `"usr_buyer"`)
	h.wants(h.ask("PUT", "/v1/office/things/x", "", "Authorization", "Bearer "+buyer), 403, "web.denied")
	h.wants(h.ask("PUT", "/v1/office/things/x", "", "Authorization", "Bearer "+staff), 404, "web.missing")
	var key string
	h.store.As(db.Who{Kind: db.KindAdmin, ID: "usr_admin"}).Moment(t, func(tx *db.Tx) error {
		var err error
		key, _, err = h.keep.Issue(tx, session.KeyDraft{Name: "import", Scopes: []string{"shelf.read"}})
		return err
	})
	h.wants(h.ask("GET", "/v1/me", "", "Authorization", "Bearer "+key), 200, `"kind":"staff"`)
	h.wants(h.ask("PUT", "/v1/office/things/x", "", "Authorization", "Bearer "+key), 403, "web.denied")
	s := h.ask("GET", "/v1/raw", "", "Cookie", h.keep.CookieName()+"=gone")
	h.wants(s, 200, "")
	if got := s.Header.Get("Set-Cookie"); !strings.Contains(got, "Max-Age=0") {
		t.Errorf("a dead cookie stays: %q", got)
	}
}

func TestCrossOrigin(t *testing.T) {
	h := open(t, dbtest.SQLite(t, schemas))
	cookie := h.keep.CookieName() + "=" + h.token("usr_buyer")
	h.wants(h.ask("DELETE", "/v1/things/x", "", "Cookie", cookie, "Sec-Fetch-Site", "cross-site"), 403, "web.cross_origin")
	h.wants(h.ask("DELETE", "/v1/things/x", "", "Cookie", cookie, "Origin", "https://elsewhere.kz"), 403, "web.cross_origin")
	h.wants(h.ask("DELETE", "/v1/things/x", "", "Cookie", cookie, "Sec-Fetch-Site", "same-origin"), 204, "")
	h.wants(h.ask("DELETE", "/v1/things/x", "", "Cookie", cookie), 204, "")
	h.wants(h.ask("DELETE", "/v1/things/x", "", "Authorization", "Bearer "+h.token("usr_buyer"), "Sec-Fetch-Site", "cross-site"), 204, "")
}

func TestLimitsOfRate(t *testing.T) {
	h := open(t, dbtest.SQLite(t, schemas), func(o *web.Options) {
		o.Limits = web.Limits{Writes: web.Rate{PerSecond: 1, Burst: 3}}
		o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	for i := range 4 {
		s := h.ask("POST", "/v1/things", `{"name":"a"}`, "X-Forwarded-For", "1.1.1.1, 203.0.113.7")
		if want := map[bool]int{true: 201, false: 429}[i < 3]; s.StatusCode != want {
			t.Fatalf("request %d: %s", i, s.Status)
		}
		if i == 3 && (s.Header.Get("Retry-After") == "" || s.json(t)["code"] != "web.limited") {
			t.Errorf("%v %s", s.Header, s.body)
		}
	}
	h.wants(h.ask("POST", "/v1/things", `{"name":"a"}`, "X-Forwarded-For", "203.0.113.8"), 201, "")
	h.wants(h.ask("GET", "/v1/things", "", "X-Forwarded-For", "203.0.113.7"), 200, "")
}

func TestARouteThatSaysNothingOfWhoMayUseItPanics(t *testing.T) {
	srv := web.New(web.Options{Log: quiet, Quiet: true})
	for name, add := range map[string]func(){
		"nobody": func() {
			web.Act(srv.API(), "GET /v1/a", func(context.Context, struct{}) (web.None, error) { return web.None{}, nil })
		},
		"path": func() {
			web.Act(srv.API(), "GET /v1/b", func(context.Context, oneThing) (web.None, error) { return web.None{}, nil }, web.Public())
		},
		"tag": func() {
			web.Act(srv.API(), "POST /v1/c", func(context.Context, struct{ A int }) (web.None, error) { return web.None{}, nil }, web.Public())
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			add()
		}()
	}
}
