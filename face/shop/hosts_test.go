package shop_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/window"
	"sauda/flow/display"
	"sauda/gear/db"
)

// asked sends a request by a name and gives the answer.
func (h *house) asked(t *testing.T, host, path string, more ...string) (status int, header http.Header, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, apptest.Base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	for i := 0; i+1 < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	client := *h.browser(t, "ru").http
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(text)
}

// internet answers for the internet: files by their addresses, and TXT records by their names.
type internet struct {
	files   map[string]string
	records map[string]string
}

func (i *internet) RoundTrip(r *http.Request) (*http.Response, error) {
	body, there := i.files[r.URL.String()]
	status := http.StatusOK
	if !there {
		status = http.StatusNotFound
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Header: http.Header{}, Request: r}, nil
}

func (i *internet) txt(_ context.Context, name string) ([]string, error) {
	if record := i.records[name]; record != "" {
		return []string{"v=spf1 -all", record}, nil
	}
	return nil, errors.New("no such host")
}

// TestTheShopHasANameOfItsOwn asks for the shop by its own name, by the house's and by names that somebody invents: only
// what was proved is ever written into a page, a map or a link.
func TestTheShopHasANameOfItsOwn(t *testing.T) {
	const own, evil, home = "shop.example.kz", "evil.example", "https://house.example"
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			net := &internet{files: map[string]string{}, records: map[string]string{}}
			h := &house{apptest.Open(t, engine, func(c *app.Config) {
				c.PublicURL, c.Internet = home, app.Internet{HTTP: net, TXT: net.txt}
			})}
			var asked window.Host
			h.Moment(t, func(tx *db.Tx) (err error) {
				asked, err = window.AskHost(tx, string(seller.Own), own)
				return err
			})
			prove := display.Prover{Store: h.Store, HTTP: net, TXT: net.txt}
			if err := prove.Prove(t.Context(), db.Who{}, string(seller.Own), own); !errors.Is(err, window.ErrHostProof) {
				t.Fatalf("proved by nothing: %v", err)
			}
			net.files["https://"+own+window.HostPath] = "guessed"
			if err := prove.Prove(t.Context(), db.Who{}, string(seller.Own), own); !errors.Is(err, window.ErrHostProof) {
				t.Errorf("proved by a guess: %v", err)
			}
			if _, _, page := h.asked(t, own, "/ru/"); !strings.Contains(page, `rel="canonical" href="`+home+`/ru/"`) {
				t.Error("a name shows the shop before it is proved")
			}
			net.files["https://"+own+window.HostPath] = asked.Token + "\n"
			if err := prove.Prove(t.Context(), db.Who{}, string(seller.Own), own); err != nil {
				t.Fatal(err)
			}
			h.Settled(t)
			for _, test := range []struct{ host, base string }{
				{own, "https://" + own}, {"SHOP.example.kz.", "https://" + own}, {own + ":6666", "https://" + own}, {"house.example", home},
				{evil, home}, {own + "." + evil, home}, {"x." + own, home}, {own + "@" + evil, home}, {"", home},
			} {
				for path, want := range map[string]string{
					"/ru/": `rel="canonical" href="` + test.base + `/ru/"`, "/ru/c/home": `hreflang="kk" href="` + test.base + `/kk/c/home"`,
					"/robots.txt": "Sitemap: " + test.base + "/sitemap.xml", "/sitemap.xml": "<loc>" + test.base + "/sitemap/1.xml</loc>",
					"/sitemap/1.xml": "<loc>" + test.base + "/kk/", "/blog/feed.xml?lang=kk": test.base + "/kk/blog",
				} {
					status, _, body := h.asked(t, test.host, path, "X-Forwarded-Host", evil, "Forwarded", "host="+evil)
					if test.host == own+"@"+evil && status == http.StatusBadRequest {
						continue // Servers refuse it before we see it.
					}
					if status != http.StatusOK || !strings.Contains(body, want) {
						t.Errorf("%s as %q: %d without %s", path, test.host, status, want)
					}
					if strings.Contains(body, evil) || strings.Contains(body, ":6666") {
						t.Errorf("%s as %q says what was invented", path, test.host)
					}
				}
			}
			_, header, _ := h.asked(t, own, "/ru/basket")
			for _, c := range header.Values("Set-Cookie") {
				if strings.Contains(strings.ToLower(c), "domain=") {
					t.Errorf("a cookie is for other names too: %s", c)
				}
			}
			h.Moment(t, func(tx *db.Tx) error { return window.DropHost(tx, string(seller.Own), own) })
			h.Settled(t)
			if _, _, page := h.asked(t, own, "/ru/"); strings.Contains(page, "https://"+own) {
				t.Error("a name that was given up shows the shop")
			}
			net.records[asked.RecordAt()] = asked.Token
			if err := prove.Prove(t.Context(), db.Who{}, string(seller.Own), own); !errors.Is(err, window.ErrHostUnknown) {
				t.Errorf("a name that nobody asks for any more: %v", err)
			}
			h.Moment(t, func(tx *db.Tx) (err error) {
				asked, err = window.AskHost(tx, string(seller.Own), own)
				return err
			})
			net.files = nil
			net.records[asked.RecordAt()] = asked.Token
			if err := prove.Prove(t.Context(), db.Who{}, string(seller.Own), own); err != nil {
				t.Errorf("proved by a record: %v", err)
			}
		})
	}
}

// TestFormerAddressesOfLists asks for a category and a collection by addresses that they had.
func TestFormerAddressesOfLists(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		h.Moment(t, func(tx *db.Tx) error {
			c, err := catalog.CategoryBySlug(tx, "home")
			if err != nil {
				return err
			}
			for _, slug := range []string{"house", "for-home"} {
				if _, err := catalog.RenameCategory(tx, c.ID, catalog.CategoryDraft{Slug: slug, Name: c.Name, Position: c.Position}); err != nil {
					return err
				}
			}
			s, err := catalog.AddCollection(tx, catalog.Collection{Slug: "spring", Name: said("spring")})
			if err != nil {
				return err
			}
			s.Slug = "summer"
			_, err = catalog.ReviseCollection(tx, s)
			return err
		})
		h.Settled(t)
		for from, to := range map[string]string{
			"/kk/c/home": "/kk/c/for-home", "/ru/c/house?sort=price": "/ru/c/for-home?sort=price", "/zh/collections/spring": "/zh/collections/summer",
		} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, apptest.Base+from, nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := h.browser(t, "kk").http.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if got := answer.Header.Get("Location"); answer.StatusCode != http.StatusMovedPermanently || got != to {
				t.Errorf("%s: %d to %s", from, answer.StatusCode, got)
			}
			if p := h.browser(t, "kk").get(from); p.at.RequestURI() != to {
				t.Errorf("%s leads to %s", from, p.at)
			}
		}
		if p := h.browser(t, "kk").ask("GET", "/kk/c/never", nil); p.status != http.StatusNotFound {
			t.Errorf("an address that nobody had: %d", p.status)
		}
	})
}
