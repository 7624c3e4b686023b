package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sauda/app"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/flow/feeds"
	"sauda/flow/intake"
	"sauda/gear/db"
	"sauda/gear/job"
)

// carried is what every form says of a variant.
type carried struct {
	Product, Name, SKU, GTIN, Brand, Price, Left string
	Options                                      int
}

// inventoryOf gives a house's goods by SKU: as every form must carry them, and as a whole.
func inventoryOf(t *testing.T, at place) (simple map[string]carried, whole map[string]string) {
	t.Helper()
	simple, whole = map[string]carried{}, map[string]string{}
	err := at.opened(context.Background(), func(house *app.House) error {
		return job.Look(context.Background(), house.Store, db.System, func(tx *db.Tx) error {
			page, _, err := catalog.List(tx, catalog.Filter{State: catalog.StateAny, Limit: catalog.PageMax})
			if err != nil {
				return err
			}
			var ids []catalog.ProductID
			var variants []catalog.VariantID
			for _, s := range page {
				ids = append(ids, s.ID)
				for _, v := range s.Variants {
					variants = append(variants, v.ID)
				}
			}
			known, err := catalog.Some(tx, ids)
			if err != nil {
				return err
			}
			products := make(map[catalog.ProductID]catalog.Product, len(known))
			for _, p := range known {
				products[p.ID] = p
			}
			prices, err := pricing.For(tx, variants, "", money.KZT, span.DayOf(tx.Now(), span.Almaty))
			if err != nil {
				return err
			}
			left, err := inventory.Available(tx, variants)
			if err != nil {
				return err
			}
			for _, p := range products {
				for i, v := range p.Variants {
					price, _ := prices.Unit(v.ID, p.Seller, measure.One)
					simple[v.SKU] = carried{p.ExternalID, p.Name.In("ru"), v.SKU, v.GTIN, p.Brand, price.Amount.String(), left[v.ID].String(), len(p.Options)}
					p.Variants[i].ID = ""
				}
				p.ID, p.Category, p.Version, p.Since, p.Revised = "", "", 0, time.Time{}, time.Time{}
				body, err := json.Marshal(p)
				if err != nil {
					return err
				}
				whole[p.ExternalID] = string(body)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return simple, whole
}

// goods of every kind: plain, with options, tracked and not, in several languages, with pictures and attributes.
const roundGoods = "external_id,sku,name_ru,name_kk,name_en,description_ru,brand,category,price,stock,gtin,weight_g,size_mm,option1_name,option1_value,option2_name,option2_value,image,origin,Материал,hs\n" +
	"cup,cup,\"Чашка, белая\",Кесе,Cup,\"Первая строка\nвторая < & >\",Алтай,Посуда > Чашки,1 250,12,4006381333931,250,100x90x80,,,,,https://pics.example/cup.jpg,KZ,фарфор,6911100000\n" +
	"shirt,shirt-s,Рубашка,Жейде,,,Арал,Одежда,5000,3,,,,Размер,S,Цвет,Белый,https://pics.example/shirt.jpg,,,\n" +
	"shirt,shirt-m,Рубашка,Жейде,,,Арал,Одежда,5500,0,,,,Размер,M,Цвет,Белый,,,,\n" +
	"tea,tea,Чай =1+1,,,,,Чай,990,,,,,,,,,,,,\n"

// TestGoodsGoOutAndComeBack: exported from one house and imported into an empty one, they are the same goods, as far as the
// form can say them; a table says everything.
func TestGoodsGoOutAndComeBack(t *testing.T) {
	ctx, from := context.Background(), at(t)
	source := freight{Files: []string{table(t, roundGoods)}, Seller: "sel_own", Currency: "KZT", State: "on_sale"}
	if err := (&importFile{place: from, freight: source}).Run(ctx, "en"); err != nil {
		t.Fatal(err)
	}
	want, wholes := inventoryOf(t, from)
	if len(want) != 4 {
		t.Fatalf("%d variants are there to begin with: %v", len(want), want)
	}
	for _, format := range []string{"csv", "xlsx", "magento", "shopify", "yml", "google", "kaspi"} {
		t.Run(format, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "goods."+format)
			out := exportCommand{place: from, Format: feeds.Format(format), File: file, Seller: "sel_own", State: "any", Currency: "KZT", TextLang: "ru", Base: "https://shop.example", Name: "Sauda"}
			if err := out.Run(ctx); err != nil {
				t.Fatal(err)
			}
			to := at(t)
			in := importFile{place: to, freight: freight{Files: []string{file}, Seller: "sel_own", Currency: "KZT", State: "on_sale", TextLang: "ru"}}
			if err := in.Run(ctx, "en"); err != nil {
				t.Fatal(err)
			}
			got, back := inventoryOf(t, to)
			if len(got) != len(want) {
				t.Errorf("%d variants came back: %v", len(got), got)
			}
			for sku, w := range want {
				if format == "kaspi" { // It knows no variants, and its names say which one it is.
					w.Product, w.Options, w.Name, w.GTIN = got[sku].Product, got[sku].Options, got[sku].Name, ""
				}
				if (format == "google" || format == "yml") && w.Options == 2 { // What all variants share comes back as an attribute, or not at all.
					w.Options = got[sku].Options
				}
				if got[sku] != w {
					t.Errorf("%s came back as\n%+v, was\n%+v", sku, got[sku], w)
				}
			}
			if format != "csv" && format != "xlsx" {
				return
			}
			for id, w := range wholes {
				if back[id] != w {
					t.Errorf("%s came back as\n%s, was\n%s", id, back[id], w)
				}
			}
		})
	}
}

// TestPreviewWritesNothingAndUndoTakesBack walks the commands.
func TestPreviewWritesNothingAndUndoTakesBack(t *testing.T) {
	ctx, house := context.Background(), at(t)
	f := freight{Files: []string{table(t, "sku,name,price\na,Шай,5\nb,Қант,x\n")}, Seller: "sel_own", Currency: "KZT", State: "on_sale", Preview: true}
	if err := (&importFile{place: house, freight: f}).Run(ctx, "kk"); err != nil {
		t.Fatal(err)
	}
	if n := onSale(t, house); n != 0 {
		t.Errorf("a preview has put %d products on sale", n)
	}
	f.Preview = false
	if err := (&importFile{place: house, freight: f}).Run(ctx, "kk"); err != nil {
		t.Fatal(err)
	}
	if n := onSale(t, house); n != 1 {
		t.Errorf("%d products are on sale", n)
	}
	var said strings.Builder
	old := os.Stdout
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = w
	err = (&importList{place: house, Seller: "sel_own"}).Run(ctx, "en")
	os.Stdout = old
	_ = w.Close()
	body := make([]byte, 4096)
	n, _ := r.Read(body)
	said.Write(body[:n])
	if err != nil || !strings.Contains(said.String(), "applied") {
		t.Fatalf("%q %v", said.String(), err)
	}
	id, _, _ := strings.Cut(said.String(), " ")
	undo := importUndo{place: house, Seller: "sel_own", ID: intake.ID(id)}
	if err := undo.Run(ctx, "en"); err != nil {
		t.Fatal(err)
	}
	if n := onSale(t, house); n != 0 {
		t.Errorf("after the undo %d products are on sale", n)
	}
	if err := undo.Run(ctx, "en"); err == nil {
		t.Error("it was undone twice")
	}
}
