package shop_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"sauda/app/apptest"
	"sauda/core/review"
	"sauda/gear/db"
)

// received has a signed-in buyer receive a product of the house, and gives his browser.
func (h *house) received(t *testing.T, email, sku string) *browser {
	t.Helper()
	b := h.browser(t, "en")
	b.submit(b.get("/sign-up"), ".sheet form", "email", email, "password", "tau-men-dala-7", "name", "Айгүл Серікова")
	base, err := url.Parse(apptest.Base)
	if err != nil {
		t.Fatal(err)
	}
	token := ""
	for _, c := range b.http.Jar.Cookies(base) {
		if strings.HasSuffix(c.Name, "sauda_session") {
			token = c.Value
		}
	}
	id := h.As(token).Buy(t, h.House, sku)
	h.Settled(t)
	staff := h.Admin(t)
	parcel := staff.Do(t, 201, "POST", "/v1/office/orders/"+id+"/shipments", map[string]any{}).Text("items.0.id")
	h.Settled(t)
	staff.Do(t, 200, "POST", "/v1/office/shipments/"+parcel+"/handover", map[string]any{})
	staff.Do(t, 200, "POST", "/v1/office/shipments/"+parcel+"/arrival", map[string]any{})
	h.Settled(t)
	return b
}

// review sends the form of a review, as a browser does that has no script and no file.
func (b *browser) review(h *house, sku, stars, body string) *page {
	b.t.Helper()
	address := "/reviews/" + string(h.Goods[sku].Product) + "/write"
	b.get(address).one("form[enctype='multipart/form-data']")
	return b.ask("POST", address, url.Values{"stars": {stars}, "body": {body}})
}

// TestAReviewIsWrittenReadAndWithdrawn on the pages, without a script; an address in it leads nowhere, and machines read
// the stars.
func TestAReviewIsWrittenReadAndWithdrawn(t *testing.T) {
	h := open(t, db.SQLite)
	product := string(h.Goods[apptest.Kettle].Product)
	b := h.received(t, "aigul@example.kz", apptest.Kettle)
	b.get(attr(b.get("/orders").one("main a[href*='/orders/ord_']"), "href")).one("#lines ~ * a[href$='/reviews/" + product + "/write']")
	if p := b.get("/reviews/" + string(h.Goods[apptest.Rare].Product) + "/write"); len(p.all("textarea")) > 0 {
		t.Error("what did not come can be written about")
	}
	p := b.review(h, apptest.Kettle, "", "No stars")
	p.wants(".note.bad", "")
	if p.status == http.StatusOK || !strings.Contains(p.words("textarea"), "No stars") {
		t.Errorf("without stars it is %d and keeps %q", p.status, p.words("textarea"))
	}
	b.review(h, apptest.Kettle, "4", "See https://example.com <script>alert(1)</script>").wants(".note.good", "Thank you")
	guest := h.browser(t, "en")
	if p := guest.get(h.product(apptest.Kettle)); len(p.all(".said-of li")) > 0 {
		t.Error("it is shown before anybody has read it")
	}
	staff := h.Admin(t)
	waiting := staff.Do(t, 200, "GET", "/v1/office/reviews", nil)
	staff.Do(t, 200, "PUT", "/v1/office/reviews/"+waiting.Text("items.0.id")+"/decision", map[string]any{"state": review.StateShown, "version": 1})
	h.Settled(t)
	p = guest.get(h.product(apptest.Kettle))
	p.wants(".said-of li", "See https://example.com <script>alert(1)</script>")
	p.wants(".rating.lead", "4.0 of 5, 1 review")
	if n := len(p.all(".said-of a")); n > 0 {
		t.Errorf("%d links in what somebody wrote", n)
	}
	if !strings.Contains(p.text, `"aggregateRating":{"@type":"AggregateRating","bestRating":5,"ratingValue":"4","reviewCount":1`) {
		t.Error("machines read no stars")
	}
	guest.get("/c/home").wants(".card .rating", "4.0")
	b.submit(b.get("/reviews/"+product+"/write"), `form[action$="/withdraw"]`)
	h.Settled(t)
	if p := guest.get(h.product(apptest.Kettle)); len(p.all(".said-of li, .rating svg")) > 0 {
		t.Error("what was withdrawn is shown")
	}
}

// TestAReviewShowsPictures: too many are refused with what was typed kept, and what is shown can be fetched in a small copy.
func TestAReviewShowsPictures(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.received(t, "aigul@example.kz", apptest.Kettle)
	address := b.get("/reviews/" + string(h.Goods[apptest.Kettle].Product) + "/write").at.String()
	send := func(pictures int) *page {
		fields := []field{{name: "stars", value: "5"}, {name: "body", value: "See how it shines"}, {name: "pictures", file: true}}
		for n := range pictures {
			fields = append(fields, field{name: "pictures", file: true, value: square(t, uint8(40*n))})
		}
		return b.parts(address, fields...)
	}
	p := send(review.PicturesMax + 1)
	p.wants("form [role=alert], form .wrong", "Show at most 5 pictures.")
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.words("textarea"), "See how it shines") {
		t.Errorf("six pictures: %d, and %q is kept", p.status, p.words("textarea"))
	}
	send(2).wants(".note.good", "Thank you")
	staff := h.Admin(t)
	waiting := staff.Do(t, 200, "GET", "/v1/office/reviews", nil)
	staff.Do(t, 200, "PUT", "/v1/office/reviews/"+waiting.Text("items.0.id")+"/decision", map[string]any{"state": review.StateShown, "version": 1})
	h.Settled(t)
	guest := h.browser(t, "en")
	shown := guest.get(h.product(apptest.Kettle)).all(".said-of img")
	if len(shown) != 2 {
		t.Fatalf("%d pictures are shown", len(shown))
	}
	for _, img := range shown {
		a := guest.ask("GET", attr(img, "src"), nil)
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "image/") {
			t.Errorf("%s: %d %s", attr(img, "src"), a.status, a.header.Get("Content-Type"))
		}
	}
}

// TestNothingIsKeptOfARefusedReview: of a form without stars, of a file that is no picture, and of a good picture beside it,
// nothing reaches the files that everybody can fetch.
func TestNothingIsKeptOfARefusedReview(t *testing.T) {
	h := open(t, db.SQLite)
	b := h.received(t, "aigul@example.kz", apptest.Kettle)
	address := b.get("/reviews/" + string(h.Goods[apptest.Kettle].Product) + "/write").at.String()
	kept := func() int {
		n := 0
		err := filepath.WalkDir(filepath.Join(h.Config.Data, "media"), func(_ string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				n++
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return n
	}
	before := kept()
	paper := "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\nstartxref\n0\n%%EOF\n"
	for name, fields := range map[string][]field{
		"no stars":       {{name: "body", value: "It shines"}, {name: "pictures", file: true, value: square(t, 10)}},
		"unseen letters": {{name: "stars", value: "5"}, {name: "body", value: "a\u202eb"}, {name: "pictures", file: true, value: square(t, 20)}},
		"a paper":        {{name: "stars", value: "5"}, {name: "pictures", file: true, value: square(t, 30)}, {name: "pictures", file: true, value: paper}},
	} {
		if p := b.parts(address, fields...); p.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, p.status)
		}
		if n := kept() - before; n != 0 {
			t.Errorf("%s: %d files are kept", name, n)
		}
	}
	b.parts(address, field{name: "stars", value: "5"}, field{name: "pictures", file: true, value: square(t, 40)}).wants(".note.good", "Thank you")
	if kept() == before {
		t.Error("a good picture is not kept")
	}
}

// square is a picture of one grey.
func square(t *testing.T, shade uint8) string {
	t.Helper()
	tile := image.NewGray(image.Rect(0, 0, 640, 640))
	for i := range tile.Pix {
		tile.Pix[i] = shade
	}
	var b bytes.Buffer
	if err := png.Encode(&b, tile); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
