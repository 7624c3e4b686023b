package office

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/booking"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/digital"
	"sauda/core/gift"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountKind(site *web.Site) {
	web.Page(site, "GET /office/products/{id}/kind", f.kind, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/products/{id}/kind/thing", f.setThing, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/products/{id}/kind/bundle", f.setBundle, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/products/{id}/kind/made", f.setMade, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/products/{id}/kind/service", f.setService, web.Needs(ScopeCatalogWrite))
}

// kindView is what kind of goods a product is, as it is edited: a form for each kind.
type kindView struct {
	form
	Product catalog.Product
	Open    string // Open is the kind whose form is open.
	Parts   map[catalog.VariantID]catalog.Offer
	Files   []digital.File                         // Files are what buyers of a digital product may fetch.
	Codes   map[catalog.VariantID]measure.Quantity // Codes are how many licence codes are left.
}

// kind shows what kind of goods a product is.
func (f face) kind(tx *db.Tx, in productAsk) (web.View, error) {
	k, err := f.loadKind(tx, in.ID)
	if err != nil {
		return nil, err
	}
	return kindPage(f.page("products", k.Product.Name.In(web.Lang(tx.Context()))), k), nil
}

func (f face) loadKind(tx *db.Tx, id catalog.ProductID) (kindView, error) {
	k := kindView{form: form{Wrong: map[string]string{}}}
	var err error
	if k.Product, err = ownProduct(tx, id); err != nil {
		return k, err
	}
	k.Open = k.Product.Kind.Name()
	if k.Parts, err = catalog.Offers(tx, catalog.Parts(k.Product.Kind)); err != nil {
		return k, err
	}
	k.Values = k.stored()
	return k, k.loadDigital(tx)
}

// stored gives the fields as the product is stored.
func (k kindView) stored() url.Values {
	v := url.Values{"pays": {"own"}}
	if b := k.Product.Kind.Bundle; b != nil {
		for i, p := range b.Parts {
			v.Set(partField(i, "sku"), k.Parts[p.Variant].SKU)
			v.Set(partField(i, "quantity"), p.Quantity.String())
		}
		if b.Summed {
			v.Set("pays", "sum")
			v.Set("less", b.Less.String())
		}
	}
	if m := k.Product.Kind.Made; m != nil {
		madeStored(v, *m)
	}
	if d := k.Product.Kind.Digital; d != nil {
		digitalStored(v, *d)
	}
	if s := k.Product.Kind.Service; s != nil {
		v.Set("way", s.Way)
	}
	return v
}

// partField names a field of a row of parts.
func partField(row int, field string) string { return "p_" + strconv.Itoa(row) + "_" + field }

// sparePartRows is how many empty rows stand below the parts.
const sparePartRows = 3

// partRows gives the rows that the form shows: the parts and some empty ones.
func (k kindView) partRows() []int {
	rows := 0
	for i := range catalog.PartsMax {
		if k.Values.Get(partField(i, "sku")) != "" {
			rows = i + 1
		}
	}
	return rowsUpTo(rows+sparePartRows, catalog.PartsMax)
}

// setThing makes a product a thing that lies on a shelf again.
func (f face) setThing(tx *db.Tx, in productForm) (web.Then, error) {
	if _, err := ownProduct(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	_, err := catalog.Revise(tx, in.ID, in.Version, catalog.Changes{Kind: &catalog.Kind{}})
	return see(kindAddress(in.ID), "saved"), err
}

func kindAddress(id catalog.ProductID) string {
	return "products/" + url.PathEscape(string(id)) + "/kind"
}

// ServiceWays are the ways of services that a seller may choose for a product. Bills make their products by themselves.
var ServiceWays = []string{course.WayName, booking.WayName, gift.WayName}

// setService makes a product a service of the chosen way.
func (f face) setService(tx *db.Tx, in productForm) (web.Then, error) {
	k, err := f.loadKind(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	k.Values, k.Open = in.Values, "service"
	way := in.Values.Get("way")
	if !slices.Contains(ServiceWays, way) {
		k.Wrong["way"] = said(tx.Context(), fault.Say("Choose one of the values that are offered."))
	}
	return f.saveKind(tx, in, k, catalog.Kind{Service: &catalog.Service{Way: way}}, func(string) string { return "way" })
}

// setBundle makes a product a bundle of the typed parts.
func (f face) setBundle(tx *db.Tx, in productForm) (web.Then, error) {
	k, err := f.loadKind(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	k.Values, k.Open = in.Values, "bundle"
	b, rows, err := k.readBundle(tx)
	if err != nil {
		return web.Then{}, err
	}
	return f.saveKind(tx, in, k, catalog.Kind{Bundle: &b}, func(pointer string) string {
		if rest, ok := strings.CutPrefix(pointer, "/kind/bundle/parts/"); ok {
			at, field, _ := strings.Cut(rest, "/")
			if i, err := strconv.Atoi(at); err == nil && i < len(rows) {
				return partField(rows[i], strings.Replace(field, "variant_id", "sku", 1))
			}
		}
		if pointer == "/kind/bundle/less" {
			return "less"
		}
		return partField(0, "sku")
	})
}

// readBundle reads the parts and says in which row each was typed. What is not known is marked.
func (k kindView) readBundle(tx *db.Tx) (b catalog.Bundle, rows []int, err error) {
	v, ctx := k.Values, tx.Context()
	var skus []string
	for i := range catalog.PartsMax {
		if sku := clean(v.Get(partField(i, "sku"))); sku != "" {
			skus, rows = append(skus, sku), append(rows, i)
		}
	}
	known, err := catalog.OfSKU(tx, k.Product.Seller, skus)
	if err != nil {
		return b, nil, err
	}
	for n, row := range rows {
		part := catalog.BundlePart{Variant: known[skus[n]], Quantity: measure.One}
		if part.Variant == "" {
			k.Wrong[partField(row, "sku")] = said(ctx, fault.Say("The seller has nothing of this SKU."))
		}
		if typed := clean(v.Get(partField(row, "quantity"))); typed != "" {
			if part.Quantity, err = readQuantity(typed); err != nil {
				k.Wrong[partField(row, "quantity")] = said(ctx, fault.Say("Write a quantity as a number, for example 2."))
			}
		}
		b.Parts = append(b.Parts, part)
	}
	b.Summed = v.Get("pays") == "sum"
	if typed := clean(v.Get("less")); typed != "" && b.Summed {
		if b.Less, err = money.ParseRate(typed); err != nil {
			k.Wrong["less"] = said(ctx, fault.Say("Take from 0 to 100 percent off."))
		}
	}
	return b, rows, nil
}

// saveKind writes a kind, or shows the form again with what is wrong.
func (f face) saveKind(tx *db.Tx, in productForm, k kindView, kind catalog.Kind, field func(string) string) (web.Then, error) {
	var err error
	if len(k.Wrong) == 0 {
		if _, err = catalog.Revise(tx, in.ID, in.Version, catalog.Changes{Kind: &kind}); err == nil {
			return see(kindAddress(in.ID), "saved"), nil
		}
		if !mendable(err) {
			return web.Then{}, err
		}
		k.note(tx.Context(), err, field)
	}
	return f.kindAgain(tx, k, err), nil
}

// kindAgain shows the forms again with what is wrong.
func (f face) kindAgain(tx *db.Tx, k kindView, err error) web.Then {
	p := f.page("products", k.Product.Name.In(web.Lang(tx.Context())))
	p.Wrong = t(tx.Context(), "fields_wrong")
	if err != nil {
		p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	}
	return web.Again(kindPage(p, k))
}
