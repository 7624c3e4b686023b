package office_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/core/seller"
	"sauda/gear/db"
)

// lived is a house in which orders of all kinds were made.
func lived(t *testing.T) *house {
	h := open(t, db.SQLite)
	guest := h.Guest()
	guest.Buy(t, h.House, apptest.Kettle, apptest.Journal)
	sent := guest.Buy(t, h.House, apptest.ShirtS)
	guest.BuyCash(t, h.House, apptest.Cloth)
	gone := guest.Buy(t, h.House, apptest.ShirtM)
	h.Settled(t)
	admin := h.AdminToken(t)
	h.post(t, admin, "/office/orders/"+gone+"/cancel", "reason", "Changed my mind")
	packAll(t, h, admin, sent)
	h.Settled(t)
	return h
}

// link finds the addresses of the office in a page.
var idInPath = regexp.MustCompile(`[a-z]{3}_[0-9a-zA-Z-]+`)

// crawl shows every page of the office that can be reached by links, once for each kind of page, and gives them by
// address.
func crawl(t *testing.T, h *house, token, lang string) map[string]sheet {
	seen := map[string]sheet{}
	kinds := map[string]int{}
	queue := []string{"/" + lang + "/office"}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		kind := idInPath.ReplaceAllString(path, "*")
		if kinds[kind]++; kinds[kind] > 3 || seen[path].t != nil {
			continue
		}
		s := h.send(t, token, "GET", path, nil)
		if s.status == http.StatusMovedPermanently {
			to, _, _ := strings.Cut(s.header.Get("Location"), "#")
			queue = append(queue, to)
			continue
		}
		if s.status != http.StatusOK {
			t.Errorf("%s: %d %s", path, s.status, s.text("main"))
			continue
		}
		seen[path] = s
		for _, a := range s.all("a[href]:not([download])") {
			to, _, _ := strings.Cut(attribute(a, "href"), "#")
			if strings.HasPrefix(to, "/"+lang+"/office") {
				queue = append(queue, to)
			}
		}
	}
	return seen
}

// TestEveryPageIsWhole follows all links of the office in each language: every page is there, has one heading, names its
// fields, runs no inline script or style, and says nothing in the ids of texts.
func TestEveryPageIsWhole(t *testing.T) {
	h := lived(t)
	for _, lang := range []string{"kk", "ru", "en"} {
		pages := crawl(t, h, h.AdminToken(t), lang)
		if len(pages) < 40 {
			t.Errorf("only %d pages were found in %s", len(pages), lang)
		}
		for path, s := range pages {
			whole(t, path, s)
			if got := s.attr("html", "lang"); got != lang {
				t.Errorf("%s is in %q", path, got)
			}
			keep(t, path, s)
		}
	}
}

// textID finds the id of a text that nobody translated.
var textID = regexp.MustCompile(`\boffice\.[a-z_.]+`)

func whole(t *testing.T, path string, s sheet) {
	t.Helper()
	if n := len(s.all("h1")); n != 1 {
		t.Errorf("%s has %d headings", path, n)
	}
	for _, selector := range []string{"script:not([src])", "style", "[style]", "[onclick]", "[onchange]", "[onsubmit]"} {
		if len(s.all(selector)) > 0 {
			t.Errorf("%s has a %s", path, selector)
		}
	}
	if policy := s.header.Get("Content-Security-Policy"); !strings.Contains(policy, "style-src 'self';") || strings.Contains(policy, "unsafe") {
		t.Errorf("%s has the policy %q", path, policy)
	}
	if found := textID.FindString(s.text("body")); found != "" && !strings.Contains(path, "/office/audit") && !strings.Contains(path, "/office/facts") {
		t.Errorf("%s says %s", path, found)
	}
	ids := map[string]bool{}
	for _, n := range s.all("[id]") {
		id := attribute(n, "id")
		if ids[id] {
			t.Errorf("%s has the id %q twice", path, id)
		}
		ids[id] = true
	}
	for _, n := range s.all("input:not([type=hidden]), select, textarea") {
		if n.Parent.Data != "label" && len(s.all(`label[for="`+attribute(n, "id")+`"]`)) == 0 {
			t.Errorf("%s has a field without a label: %s", path, attribute(n, "name"))
		}
	}
}

// keep writes a page into a folder for people to look at, when one is named.
func keep(t *testing.T, path string, s sheet) {
	dir := os.Getenv("SAUDA_KEEP_PAGES")
	if dir == "" {
		return
	}
	name := strings.NewReplacer("/", "_", "?", "_", "&", "_", "=", "_", "%", "_").Replace(strings.TrimPrefix(path, "/"))
	if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(s.body), 0o600); err != nil {
		t.Error(err)
	}
}

// TestNobodySeesWhatIsNotTheirs: guests are sent to sign in, buyers are refused, and staff see what their scopes allow.
func TestNobodySeesWhatIsNotTheirs(t *testing.T) {
	h := open(t, db.SQLite)
	bought := h.Guest().Buy(t, h.House, apptest.Kettle)
	h.Settled(t)
	if s := h.send(t, "", "GET", "/ru/office/orders", nil); s.status != http.StatusSeeOther || !strings.HasPrefix(s.header.Get("Location"), "/ru/sign-in?next=") {
		t.Errorf("a guest: %d %s", s.status, s.header.Get("Location"))
	}
	buyer := h.Registered(t, "buyer@example.kz")
	picker := h.Staffed(t, "picker@example.kz", string(seller.Own), "stock.read")
	other := h.Staffed(t, "other@example.kz", "sel_other", "*")
	var variant, product string
	variant, product = string(h.Goods[apptest.Kettle].Variant), string(h.Goods[apptest.Kettle].Product)
	for _, c := range []struct {
		token, path string
		status      int
	}{
		{buyer, "/office", 403}, {buyer, "/office/orders", 403}, {picker, "/office/orders", 403}, {picker, "/office/orders/" + bought, 403},
		{picker, "/office", 200}, {picker, "/office/stock", 200}, {picker, "/office/users", 403}, {picker, "/office/ledger", 403},
		{other, "/office/orders/" + bought, 404}, {other, "/office/products/" + product, 404}, {other, "/office/stock/" + variant, 404},
		{other, "/office/orders", 200}, {other, "/office/products", 200}, {other, "/office/stories", 403}, {other, "/office/audit", 403},
		{other, "/office/facts", 403}, {other, "/office/parked", 403}, {other, "/office/doctor", 403}, {other, "/office/jobs", 403},
		{other, "/office/ledger/account?account=seller/sel_own/sales", 404}, {other, "/office/ledger/account?account=buyer/" + bought, 404},
		{other, "/office/ledger", 200},
	} {
		if s := h.send(t, c.token, "GET", c.path, nil); s.status != c.status {
			t.Errorf("%s: %d instead of %d: %s", c.path, s.status, c.status, s.text("main"))
		}
	}
	menu := h.get(t, picker, "/office")
	menu.lacks(`.side a[href="/office/orders"]`)
	menu.has(".side .menu", "Stock")
	if rows := h.get(t, other, "/office/orders").all("tbody tr"); len(rows) > 0 {
		t.Errorf("another seller sees %d orders", len(rows))
	}
	if rows := h.get(t, other, "/office/ledger").all("tbody tr"); len(rows) > 0 {
		t.Errorf("another seller sees %d accounts", len(rows))
	}
	for _, form := range []string{
		"/office/orders/" + bought + "/pack", "/office/orders/" + bought + "/cancel", "/office/orders/" + bought + "/return",
		"/office/stock/" + variant + "/receipt", "/office/products/" + product + "/end",
	} {
		if s := h.send(t, other, "POST", form, values("version", "1", "warehouse", "whs_1", "quantity", "1", "cause", "x", "q_1", "1")); s.status != http.StatusNotFound {
			t.Errorf("%s by another seller: %d %s", form, s.status, s.text("main"))
		}
		if s := h.send(t, picker, "POST", form, values("version", "1")); s.status != http.StatusForbidden {
			t.Errorf("%s without the scope: %d %s", form, s.status, s.text("main"))
		}
	}
}
