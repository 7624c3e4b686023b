package shop_test

import (
	"testing"

	"sauda/app/apptest"
	"sauda/gear/db"
)

func TestATour(t *testing.T) {
	h := open(t, db.SQLite)
	for _, lang := range []string{"kk", "ru", "en", "zh"} {
		b := h.browser(t, lang)
		p := b.get("/")
		t.Log(p.words("main"))
		p = b.get("/c/home")
		p = b.get("/p/" + string(h.Goods[apptest.ShirtS].Product))
		t.Log(p.at, p.words("main"))
		p = b.submit(p, "form.buy", "quantity", "2")
		t.Log(p.at, p.words("main"))
		p = b.get("/basket")
		t.Log(p.at, p.words("main"))
		p = b.get("/checkout")
		p = b.submit(p, ".stage.open form", "name", "Айгүл", "phone", "87011234567", "email", "a@b.kz", "street", "Абай", "house", "1")
		t.Log(p.at, p.words("main"))
		p = b.submit(p, ".stage.open form", "delivery", "sel_own|mth_courier|")
		t.Log(p.at, p.words("main"))
		p = b.submit(p, ".stage.open form", "method", "cash_on_delivery")
		t.Log(p.at, p.words("main"))
	}
}
