package api_test

import (
	"bytes"
	"image"
	"image/png"
	"strconv"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/core/notify"
	"sauda/gear/db"
)

// product adds a product of a kind through the office, puts a price on it, and gives its id and that of its variant.
func product(t *testing.T, h *apptest.House, sku string, price int64, kind map[string]any) (id, variant string) {
	t.Helper()
	admin := h.Admin(t)
	home := admin.Do(t, 200, "GET", "/v1/categories", nil).Text("items.0.id")
	p := admin.Do(t, 201, "POST", "/v1/office/products", map[string]any{
		"category": home, "state": "on_sale", "name": map[string]any{"kk": sku, "ru": sku, "en": sku}, "kind": kind,
		"variants": []any{map[string]any{"sku": sku}},
	})
	id, variant = p.Text("id"), p.Text("variants.0.id")
	if price > 0 {
		admin.Do(t, 200, "PUT", "/v1/office/prices", map[string]any{"prices": []any{map[string]any{"variant_id": variant, "amount": price}}})
	}
	h.Settled(t)
	return id, variant
}

// TestABundleFromShelfToReturn sells a bundle through the API: it is seen, bought, packed, delivered, and its parts come
// back one by one.
func TestABundleFromShelfToReturn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		kettle, rare := h.Goods[apptest.Kettle], h.Goods[apptest.Rare]
		id, variant := product(t, h, "TEA", 0, map[string]any{"bundle": map[string]any{"summed": true, "less": 100_000, "parts": []any{
			map[string]any{"variant_id": kettle.Variant, "quantity": 2}, map[string]any{"variant_id": rare.Variant, "quantity": 1},
		}}})
		guest, admin := h.Guest(), h.Admin(t)
		seen := guest.Do(t, 200, "GET", "/v1/products/"+id, nil)
		if seen.Text("kind") != "bundle" || seen.Number("variants.0.price.amount") != (2*1_200_000+70_000)*9/10 || seen.Text("variants.0.availability") != "in_stock" ||
			seen.Text("parts.1.product_id") != string(rare.Product) {
			t.Fatalf("the page says %v", seen)
		}
		cart := guest.Do(t, 201, "POST", "/v1/carts", map[string]any{}).Text("id")
		guest.Do(t, 201, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": variant})
		order := ordered(t, guest, cart)
		h.Settled(t)
		if left := h.Left(t, apptest.Rare); left != 0 {
			t.Errorf("%s are left", left)
		}
		if now := guest.Do(t, 200, "GET", "/v1/products/"+id, nil).Text("variants.0.availability"); now != "out_of_stock" {
			t.Errorf("with a part sold out the bundle is %s", now)
		}
		o := guest.Do(t, 200, "GET", "/v1/orders/"+order, nil)
		if o.Text("quote.bundles.0.sku") != "TEA" || o.Text("lines.1.bundle") != o.Text("quote.bundles.0.line") || o.Number("quote.bundles.0.total.amount") != 2_223_000 {
			t.Fatalf("the order says %v", o)
		}
		packed := admin.Do(t, 201, "POST", "/v1/office/orders/"+order+"/shipments", map[string]any{})
		h.Settled(t)
		shipment := packed.Text("items.0.id")
		admin.Do(t, 200, "POST", "/v1/office/shipments/"+shipment+"/handover", nil)
		h.Settled(t)
		admin.Do(t, 200, "POST", "/v1/office/shipments/"+shipment+"/arrival", nil)
		h.Settled(t)
		admin.Do(t, 201, "POST", "/v1/office/orders/"+order+"/returns", map[string]any{"ref": "R-1", "lines": []any{map[string]any{"line": o.Text("lines.1.line"), "quantity": 1}}})
		h.Settled(t)
		if left := h.Left(t, apptest.Rare); left == 0 {
			t.Error("what came back does not lie on the shelf")
		}
		now := guest.Do(t, 200, "GET", "/v1/orders/"+order, nil)
		if refunded := now.Number("payments.0.refunded.amount"); refunded != o.Number("lines.1.total.amount") || refunded == 0 {
			t.Errorf("given back are %d", refunded)
		}
		h.Sound(t)
	})
}

// ordered gives a basket an address and a delivery and pays it; it gives the order.
func ordered(t *testing.T, c *apptest.Client, cart string) string {
	t.Helper()
	c.Do(t, 204, "PUT", "/v1/carts/"+cart+"/address", apptest.AlmatyAddress)
	c.Do(t, 204, "PUT", "/v1/carts/"+cart+"/delivery", map[string]any{"method": "mth_courier"})
	return c.Do(t, 200, "POST", "/v1/carts/"+cart+"/checkout", map[string]any{"method": "card", "token": "tok_ok"}).Text("order.id")
}

// TestMadeToOrder sells a thing by measure: other answers are another line, and the order keeps them.
func TestMadeToOrder(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		word := func(s string) map[string]any { return map[string]any{"kk": s, "ru": s, "en": s} }
		id, variant := product(t, h, "CURTAIN", 500_000, map[string]any{"made": map[string]any{
			"currency": "KZT", "days": 7, "formula": "max(price, width * 100) + options", "questions": []any{
				map[string]any{"code": "width", "kind": "number", "label": word("Ені"), "unit": "cm", "least": "30", "greatest": "300"},
				map[string]any{"code": "fabric", "kind": "choice", "label": word("Мата"), "choices": []any{
					map[string]any{"code": "silk", "name": word("Жібек"), "surcharge": 100_000}}},
			},
		}})
		guest := h.Guest()
		seen := guest.Do(t, 200, "GET", "/v1/products/"+id, nil)
		if seen.Text("kind") != "made" || seen.Text("variants.0.availability") != "to_order" || seen.Text("made.questions.0.code") != "width" {
			t.Fatalf("the page says %v", seen)
		}
		cart := guest.Do(t, 201, "POST", "/v1/carts", map[string]any{}).Text("id")
		lines := "/v1/carts/" + cart + "/lines"
		put := func(status int, answers map[string]any) apptest.Answer {
			return guest.Do(t, status, "POST", lines, map[string]any{"variant_id": variant, "answers": answers})
		}
		if refused := put(422, nil); refused.Code() != "catalog.answers" {
			t.Errorf("without answers: %v", refused)
		}
		if refused := put(422, map[string]any{"width": "20", "fabric": "silk"}); refused.Text("errors.0.pointer") != "/answers/width" {
			t.Errorf("too narrow: %v", refused)
		}
		guest.Do(t, 422, "POST", lines, map[string]any{"variant_id": h.Goods[apptest.Kettle].Variant, "answers": map[string]any{"width": "50"}})
		first := put(201, map[string]any{"width": "40", "fabric": "silk"}).Text("id")
		second := put(201, map[string]any{"width": "120.5", "fabric": "silk"}).Text("id")
		if again := put(201, map[string]any{"width": "40", "fabric": "silk"}); again.Text("id") != first || second == first || again.Number("quantity") != 2 {
			t.Errorf("the lines are %s, %s and %s", first, second, again.Text("id"))
		}
		days := func() string {
			return guest.Do(t, 200, "GET", "/v1/carts/"+cart+"/delivery-options", nil).Text("items.0.earliest")
		}
		guest.Do(t, 204, "PUT", "/v1/carts/"+cart+"/address", apptest.AlmatyAddress)
		if got, soon := days(), h.Today().AddDays(7).String(); got < soon {
			t.Errorf("made in seven days, it comes on %s, before %s", got, soon)
		}
		order := ordered(t, guest, cart)
		o := guest.Do(t, 200, "GET", "/v1/orders/"+order, nil)
		if o.Number("lines.0.unit_price.amount") != 600_000 || o.Number("lines.1.unit_price.amount") != 1_305_000 ||
			o.Text("lines.1.answers.0.value") != "120.5" || o.Text("lines.1.answers.1.name.kk") != "Жібек" {
			t.Errorf("the order says %v", o.At("lines"))
		}
		if reason := o.Text("quote.lines.1.reasons.2.code"); reason != "made.formula" {
			t.Errorf("the reason is %q of %v", reason, o.At("quote.lines.1.reasons"))
		}
		h.Settled(t)
		h.Admin(t).Do(t, 201, "POST", "/v1/office/orders/"+order+"/shipments", map[string]any{})
		h.Settled(t)
		h.Sound(t)
	})
}

// TestAFileIsItsBuyersAndTheShops brings a picture to a thing that is made by it: the buyer and the staff of the seller
// have it, and nobody else.
func TestAFileIsItsBuyersAndTheShops(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		_, variant := product(t, h, "MUG", 300_000, map[string]any{"made": map[string]any{"currency": "KZT", "questions": []any{
			map[string]any{"code": "print", "kind": "file", "label": map[string]any{"kk": "Сурет", "ru": "Рисунок", "en": "Print"}},
		}}})
		buyer, stranger := h.As(h.Registered(t, "aigul@example.kz")), h.As(h.Registered(t, "erlan@example.kz"))
		cart := buyer.Do(t, 201, "POST", "/v1/carts", map[string]any{}).Text("id")
		var print bytes.Buffer
		if err := png.Encode(&print, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
			t.Fatal(err)
		}
		bring := func(c *apptest.Client, body string) apptest.Answer {
			t.Helper()
			a, err := c.Send("POST", "/v1/carts/"+cart+"/files?name=cat.png", body, "Content-Type: application/octet-stream")
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		if a := bring(buyer, "<svg onload=alert(1)>"); a.Status != 422 || a.Code() == "" {
			t.Errorf("a drawing: %d %s", a.Status, a.Body)
		}
		if a := bring(stranger, print.String()); a.Status != 404 {
			t.Errorf("to another's basket: %d %s", a.Status, a.Body)
		}
		file := bring(buyer, print.String())
		if file.Status != 201 || file.Text("type") != "image/png" || file.Text("name") != "cat.png" {
			t.Fatalf("%d %s", file.Status, file.Body)
		}
		id := file.Text("id")
		line := map[string]any{"variant_id": variant, "answers": map[string]any{"print": id}}
		other := stranger.Do(t, 201, "POST", "/v1/carts", map[string]any{}).Text("id")
		stranger.Do(t, 404, "POST", "/v1/carts/"+other+"/lines", line)
		buyer.Do(t, 404, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": variant, "answers": map[string]any{"print": "att_none"}})
		buyer.Do(t, 201, "POST", "/v1/carts/"+cart+"/lines", line)
		buyer.Do(t, 200, "GET", "/v1/carts/"+cart+"/files/"+id, nil)
		stranger.Do(t, 404, "GET", "/v1/carts/"+cart+"/files/"+id, nil)

		order := ordered(t, buyer, cart)
		path := "/v1/orders/" + order + "/files/" + id
		got := buyer.Do(t, 200, "GET", path, nil)
		if got.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") ||
			got.Header.Get("X-Content-Type-Options") != "nosniff" || len(got.Body) == 0 {
			t.Errorf("it comes as %v", got.Header)
		}
		staff := h.As(h.Staffed(t, "s@example.kz", "sel_own", "orders.read"))
		staff.Do(t, 200, "GET", path, nil)
		h.As(h.Staffed(t, "c@example.kz", "sel_own", "catalog.read")).Do(t, 404, "GET", path, nil)
		h.As(h.Staffed(t, "a@example.kz", "sel_two", "orders.*")).Do(t, 404, "GET", path, nil)
		stranger.Do(t, 404, "GET", path, nil)
		h.Guest().Do(t, 404, "GET", path, nil)
		buyer.Do(t, 404, "GET", "/v1/orders/"+order+"/files/att_none", nil)
	})
}

// given is the letter that says where the files and codes of an order are, in a language.
func given(t *testing.T, h *apptest.House, order, lang string) string {
	t.Helper()
	var found []notify.Letter
	err := h.Store.View(t.Context(), db.System, func(tx *db.Tx) error {
		kept, err := notify.ByOrder(tx, order)
		for _, k := range kept {
			if k.Template == notify.OrderGiven {
				found = append(found, k.Letter)
			}
		}
		return err
	})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d letters, %v", len(found), err)
	}
	found[0].Lang = lang
	l, err := notify.Write(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return l.Subject + "\n" + l.Text
}

// TestAGuestFetchesFromTheLetter buys a book without an account: the letter leads straight to the file.
func TestAGuestFetchesFromTheLetter(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		book, variant := product(t, h, "EBOOK", 200_000, map[string]any{"digital": map[string]any{}})
		if a, err := h.Admin(t).Send("POST", "/v1/office/products/"+book+"/files?name=abai.epub", "all of Abai", "Content-Type: application/octet-stream"); err != nil || a.Status != 201 {
			t.Fatal(a.Status, string(a.Body), err)
		}
		guest := h.Guest()
		cart := guest.Do(t, 201, "POST", "/v1/carts", map[string]any{}).Text("id")
		guest.Do(t, 201, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": variant})
		guest.Do(t, 204, "PUT", "/v1/carts/"+cart+"/contact", map[string]any{"email": "qonaq@example.kz"})
		order := guest.Do(t, 200, "POST", "/v1/carts/"+cart+"/checkout", map[string]any{"method": "card", "token": "tok_ok"}).Text("order.id")
		h.Settled(t)
		h.Settled(t)
		text := given(t, h, order, "ru")
		_, path, there := strings.Cut(text, "/v1/orders/")
		path, _, _ = strings.Cut(path, "\n")
		if !there || strings.Contains(text, "Коды") {
			t.Fatalf("the letter says\n%s", text)
		}
		if got := h.Guest().Do(t, 200, "GET", "/v1/orders/"+path, nil); string(got.Body) != "all of Abai" {
			t.Errorf("it comes as %q", got.Body)
		}
	})
}

// TestDigitalGoods sells a book as a file and a program with a licence code: without an address, at once after the
// payment, only to whom it is, and no longer when it is given back.
func TestDigitalGoods(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		book, bookVariant := product(t, h, "EBOOK", 200_000, map[string]any{"digital": map[string]any{"days": 2, "fetches": 2}})
		program, programVariant := product(t, h, "PROGRAM", 900_000, map[string]any{"digital": map[string]any{"codes": true}})
		admin, buyer, stranger := h.Admin(t), h.As(h.Registered(t, "aigul@example.kz")), h.As(h.Registered(t, "erlan@example.kz"))
		if a, err := admin.Send("POST", "/v1/office/products/"+book+"/files?name=abai.epub", "all of Abai", "Content-Type: application/octet-stream"); err != nil || a.Status != 201 {
			t.Fatal(a.Status, string(a.Body), err)
		}
		if now := buyer.Do(t, 200, "GET", "/v1/products/"+program, nil); now.Text("variants.0.availability") != "out_of_stock" || now.Text("kind") != "digital" {
			t.Errorf("without codes: %v", now)
		}
		codes := "/v1/office/variants/" + programVariant + "/codes"
		if n := admin.Do(t, 200, "POST", codes, map[string]any{"codes": []any{"AAA-1", "AAA-2"}}).Number("changed"); n != 2 {
			t.Errorf("%d codes are new", n)
		}
		admin.Do(t, 200, "POST", codes, map[string]any{"codes": []any{"AAA-1"}})
		admin.Do(t, 422, "POST", codes, map[string]any{"codes": []any{""}})
		h.Settled(t)
		if now := buyer.Do(t, 200, "GET", "/v1/products/"+program, nil).Text("variants.0.availability"); now != "in_stock" {
			t.Errorf("with codes it is %s", now)
		}

		cart := buyer.Do(t, 201, "POST", "/v1/carts", map[string]any{}).Text("id")
		add := func(variant string) {
			buyer.Do(t, 201, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": variant})
		}
		add(bookVariant)
		add(programVariant)
		add(programVariant)
		add(programVariant)
		if seen := buyer.Do(t, 200, "GET", "/v1/carts/"+cart, nil); seen.Text("notices.0.kind") != "only_left" || seen.Text("missing.0.pointer") != "/email" ||
			seen.At("missing.1") != nil || seen.Text("payment_methods.0.code") != "card" || seen.At("payment_methods.1") != nil {
			t.Errorf("the basket says %v", seen)
		}
		line := buyer.Do(t, 200, "GET", "/v1/carts/"+cart, nil).Text("lines.1.id")
		buyer.Do(t, 200, "PATCH", "/v1/carts/"+cart+"/lines/"+line, map[string]any{"quantity": 2})
		buyer.Do(t, 204, "PUT", "/v1/carts/"+cart+"/contact", map[string]any{"email": "aigul@example.kz"})
		order := buyer.Do(t, 200, "POST", "/v1/carts/"+cart+"/checkout", map[string]any{"method": "card", "token": "tok_ok"}).Text("order.id")
		h.Settled(t)

		o := buyer.Do(t, 200, "GET", "/v1/orders/"+order, nil)
		if o.Text("state") != "delivered" || o.Text("downloads.1.codes.1") != "AAA-2" || o.Text("downloads.0.files.0.name") != "abai.epub" || o.At("downloads.0.codes") != nil {
			t.Fatalf("the order says %v", o)
		}
		url := o.Text("downloads.0.files.0.url")
		stranger.Do(t, 404, "GET", url, nil)
		h.Guest().Do(t, 404, "GET", url, nil)
		admin.Do(t, 403, "GET", url, nil)
		if got := buyer.Do(t, 200, "GET", url, nil); string(got.Body) != "all of Abai" || got.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("it comes as %v: %q", got.Header, got.Body)
		}
		buyer.Do(t, 200, "GET", url, nil)
		if no := buyer.Do(t, 409, "GET", url, nil); no.Code() != "digital.spent" {
			t.Errorf("a third time: %s", no.Code())
		}
		if seen := admin.Do(t, 200, "GET", "/v1/orders/"+order, nil); seen.At("downloads.1.codes") != nil {
			t.Errorf("the staff sees the codes: %v", seen.At("downloads"))
		}

		for lang, words := range map[string][]string{
			"kk": {"тапсырыс бойынша файлдар мен кодтар", "Соңғы күні: ", "Лицензия кодтары: 2."},
			"ru": {"Ваши файлы и коды по заказу", "Последний день: ", "Коды лицензий: 2."},
			"en": {"Your downloads of order", "you can fetch the files", "Licence codes: 2."},
		} {
			text := given(t, h, order, lang)
			for _, part := range append(words, "EBOOK × 1, PROGRAM × 2", "abai.epub:\nhttp", "/orders/"+order+"#downloads\n") {
				if !strings.Contains(text, part) || strings.Contains(text, "AAA-") {
					t.Errorf("the letter in %s lacks %q, or says a code:\n%s", lang, part, text)
				}
			}
		}
		back := func(ref string) {
			admin.Do(t, 201, "POST", "/v1/office/orders/"+order+"/returns", map[string]any{"ref": ref, "lines": []any{map[string]any{"line": o.Text("lines.1.line"), "quantity": 1}}})
			h.Settled(t)
		}
		back("R-1")
		if now := buyer.Do(t, 200, "GET", "/v1/orders/"+order, nil); now.At("downloads.1.open") != true || now.Text("downloads.1.codes.0") != "AAA-1" || now.At("downloads.1.codes.1") != nil {
			t.Errorf("after one of two came back it says %v", now.At("downloads"))
		}
		back("R-2")
		now := buyer.Do(t, 200, "GET", "/v1/orders/"+order, nil)
		if now.At("downloads.1.open") != false || now.At("downloads.1.codes") != nil || now.Number("payments.0.refunded.amount") != 1_800_000 {
			t.Errorf("after the return it says %v", now)
		}
		h.Later(t, 49*time.Hour)
		if no := buyer.Do(t, 409, "GET", url, nil); no.Code() != "digital.over" {
			t.Errorf("after its time: %s", no.Code())
		}
		h.Sound(t)
	})
}

// TestABundleOfSeveralIsShownAsItIs: when one kettle is left and a bundle needs two, its page, the lists and, after the
// next turn, the filters of the search say so, though nothing has run out.
func TestABundleOfSeveralIsShownAsItIs(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		kettle := h.Goods[apptest.Kettle]
		id, _ := product(t, h, "TWO", 0, map[string]any{"bundle": map[string]any{"summed": true, "parts": []any{map[string]any{"variant_id": kettle.Variant, "quantity": 2}}}})
		admin, guest := h.Admin(t), h.Guest()
		home := guest.Do(t, 200, "GET", "/v1/categories", nil).Text("items.0.id")
		said := func() string {
			t.Helper()
			words := guest.Do(t, 200, "GET", "/v1/products/"+id, nil).Text("variants.0.availability")
			for _, list := range []string{"/v1/products?category=" + home, "/v1/search?q=two"} {
				found := "nothing"
				items := guest.Do(t, 200, "GET", list, nil)
				for n := range 20 {
					at := "items." + strconv.Itoa(n) + "."
					if items.Text(at+"id") == id {
						found = items.Text(at + "availability")
					}
					if items.Text(at+"product.id") == id {
						found = items.Text(at + "product.availability")
					}
				}
				words += " " + found
			}
			in := guest.Do(t, 200, "GET", "/v1/search?q=two&filter=stock:in_stock", nil)
			if in.Text("items.0.id") == id {
				words += " filtered"
			}
			return words
		}
		if err := h.Search.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
		said() // Whatever is kept is kept now.
		if got := said(); got != "in_stock in_stock in_stock filtered" {
			t.Fatalf("with enough it is %s", got)
		}
		admin.Do(t, 200, "PUT", "/v1/office/stock", map[string]any{"counts": []any{map[string]any{"variant_id": kettle.Variant, "quantity": 1}}})
		h.Settled(t)
		if err := h.Search.Recount(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := said(); got != "out_of_stock out_of_stock out_of_stock" {
			t.Errorf("with one kettle it is %s", got)
		}
	})
}
