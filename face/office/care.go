package office

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountCare(site *web.Site) {
	web.Page(site, "GET /office/products/{id}/care", f.care, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/products/{id}/plan", f.plan, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/products/{id}/previews", f.share, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/products/{id}/previews/end", f.unshare, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/products/{id}/changes/{version}/undo", f.undo, web.Needs(ScopeCatalogWrite))
	web.Page(site, "GET /office/products/{id}/origin", f.origin, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/products/{id}/origin", f.setOrigin, web.Needs(ScopeCatalogWrite))
}

type careAsk struct {
	ID      catalog.ProductID `path:"id" maxLength:"60"`
	Before  int64             `query:"before" minimum:"0"`
	Preview string            `query:"preview" maxLength:"60"`
}

// care is what a product lacks, what is planned for it, and what was done to it.
type care struct {
	form
	Product  catalog.Product
	Complete catalog.Completeness
	Plan     catalog.Plan
	History  []catalog.Change
	Next     int64
	Link     string // Link is the address of a link that was just made.
}

// care shows what a product lacks, its plan, its links and its history.
func (f face) care(tx *db.Tx, in careAsk) (web.View, error) {
	c, err := f.loadCare(tx, in)
	if err != nil {
		return nil, err
	}
	return carePage(f.page("products", c.Product.Name.In(web.Lang(tx.Context()))), c), nil
}

func (f face) loadCare(tx *db.Tx, in careAsk) (care, error) {
	var c care
	var err error
	if c.Product, err = ownProduct(tx, in.ID); err != nil {
		return c, err
	}
	definitions, err := catalog.Definitions(tx, c.Product.Category)
	if err != nil {
		return c, err
	}
	variants, priced := make([]catalog.VariantID, len(c.Product.Variants)), map[catalog.VariantID]bool{}
	for i, v := range c.Product.Variants {
		variants[i] = v.ID
	}
	prices, err := pricing.For(tx, variants, "", f.Currency, span.DayOf(tx.Now(), span.Almaty))
	if err != nil {
		return c, err
	}
	for _, v := range variants {
		priced[v] = len(prices[v]) > 0
	}
	c.Complete = catalog.Complete(c.Product, definitions, priced)
	if c.Plan, err = catalog.PlanOf(tx, in.ID); err != nil {
		return c, err
	}
	c.Values = url.Values{"starts": {typedTime(c.Plan.Starts)}, "ends": {typedTime(c.Plan.Ends)}}
	if in.Preview != "" {
		c.Link = "/p/" + string(in.ID) + "?preview=" + url.QueryEscape(in.Preview)
	}
	c.History, c.Next, err = catalog.History(tx, in.ID, in.Before)
	return c, err
}

// timeLayout is how browsers write the time of a field.
const timeLayout = "2006-01-02T15:04"

// typedTime is an instant as a field of a form holds it, by the clocks of Kazakhstan.
func typedTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(span.Almaty).Format(timeLayout)
}

// readTime reads the time of a field; an empty one is none.
func readTime(typed string) (time.Time, error) {
	if typed = clean(typed); typed == "" {
		return time.Time{}, nil
	}
	return time.ParseInLocation(timeLayout, typed, span.Almaty)
}

func careAddress(id catalog.ProductID) string {
	return "products/" + url.PathEscape(string(id)) + "/care"
}

// mend leads to where what a product lacks can be filled in.
func mend(ctx context.Context, id catalog.ProductID, lack catalog.Lack) templ.SafeURL {
	field := ""
	switch lack.Kind {
	case catalog.LackAttribute:
		return to(ctx, "products", string(id), "attributes")
	case catalog.LackPicture, catalog.LackPictures:
		return to(ctx, "products", string(id), "media")
	case catalog.LackName, catalog.LackDescription:
		field = string(lack.Kind) + "_" + lack.Lang
	case catalog.LackCategory:
		field = "category"
	case catalog.LackPrice, catalog.LackNumber, catalog.LackMass:
		field = "variants"
	}
	return to(ctx, "products", string(id)) + templ.SafeURL("#"+field)
}

// lackWords says what is lacking; a language and an attribute stand after a colon.
func lackWords(ctx context.Context, lack catalog.Lack) string {
	words := t(ctx, "lack."+string(lack.Kind))
	switch {
	case lack.Lang != "":
		words += ": " + langName(lack.Lang)
	case lack.Attribute != "":
		words += ": " + in(ctx, lack.Label)
	case lack.SKU != "":
		words += ": " + lack.SKU
	}
	return words
}

// fieldWords names the fields that a change touched.
func fieldWords(ctx context.Context, c catalog.Change) string {
	names := make([]string, len(c.Fields))
	for i, field := range c.Fields {
		names[i] = t(ctx, "field."+field)
	}
	return strings.Join(names, ", ")
}

type planForm struct {
	web.Typed
	ID catalog.ProductID `path:"id" maxLength:"60"`
}

// plan says when a product goes on sale and when it ends.
func (f face) plan(tx *db.Tx, in planForm) (web.Then, error) {
	c, err := f.loadCare(tx, careAsk{ID: in.ID})
	if err != nil {
		return web.Then{}, err
	}
	c.Values, c.Wrong = in.Values, map[string]string{}
	starts, err := readTime(in.Values.Get("starts"))
	if err != nil {
		c.Wrong["starts"] = said(tx.Context(), fault.Say("Choose a day and a time."))
	}
	ends, err := readTime(in.Values.Get("ends"))
	if err != nil {
		c.Wrong["ends"] = said(tx.Context(), fault.Say("Choose a day and a time."))
	}
	if len(c.Wrong) == 0 {
		if _, err = catalog.Schedule(tx, in.ID, starts, ends); err == nil {
			return see(careAddress(in.ID), "saved"), nil
		}
		if !mendable(err) {
			return web.Then{}, err
		}
		c.note(tx.Context(), err, func(pointer string) string { return strings.TrimPrefix(pointer, "/") })
	}
	p := f.page("products", c.Product.Name.In(web.Lang(tx.Context())))
	p.Wrong = i18n.Fault(web.Lang(tx.Context()), catalog.ErrPlan)
	return web.Again(carePage(p, c)), nil
}

// share makes a link to a product and shows it.
func (f face) share(tx *db.Tx, in productAsk) (web.Then, error) {
	if _, err := ownProduct(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	p, err := catalog.Share(tx, in.ID)
	return see(careAddress(in.ID)+"?preview="+p.Token, "added"), err
}

// unshare ends all links to a product.
func (f face) unshare(tx *db.Tx, in productAsk) (web.Then, error) {
	if _, err := ownProduct(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	return see(careAddress(in.ID), "saved"), catalog.Unshare(tx, in.ID)
}

type undoForm struct {
	ID      catalog.ProductID `path:"id" maxLength:"60"`
	Change  int64             `path:"version"`
	Version int64             `json:"version"`
}

// undo takes a change back.
func (f face) undo(tx *db.Tx, in undoForm) (web.Then, error) {
	if _, err := ownProduct(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	_, err := catalog.Undo(tx, in.ID, in.Version, in.Change)
	return see(careAddress(in.ID), "undone"), err
}

// proof is the evidence of a product's origin, as it is edited.
type proof struct {
	form
	Product catalog.Product
}

func (p proof) stored() url.Values {
	x := p.Product.Provenance
	v := url.Values{"origin": {string(p.Product.Origin)}, "grade": {string(x.Grade)}, "maker": {x.Maker}, "maker_bin": {string(x.MakerBIN)},
		"register_number": {x.Number}, "document": {x.Document}}
	if !x.Checked.IsZero() {
		v.Set("checked", x.Checked.String())
	}
	if x.LocalContent > 0 {
		v.Set("local_content", strconv.Itoa(x.LocalContent))
	}
	return v
}

// origin shows by what the origin of a product is known.
func (f face) origin(tx *db.Tx, in productAsk) (web.View, error) {
	p, err := ownProduct(tx, in.ID)
	if err != nil {
		return nil, err
	}
	x := proof{Product: p}
	x.Values = x.stored()
	return originPage(f.page("products", p.Name.In(web.Lang(tx.Context()))), x), nil
}

// setOrigin says where a product was made and by what that is known.
func (f face) setOrigin(tx *db.Tx, in productForm) (web.Then, error) {
	p, err := ownProduct(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	x := proof{Product: p, form: form{Values: in.Values, Wrong: map[string]string{}}}
	v := func(name string) string { return clean(in.Values.Get(name)) }
	origin := place.Country(v("origin"))
	stated := catalog.Provenance{Grade: catalog.Grade(v("grade")), Maker: v("maker"), MakerBIN: ident.BIN(v("maker_bin")), Number: v("register_number"), Document: v("document")}
	if typed := v("checked"); typed != "" {
		if stated.Checked, err = span.Parse(typed); err != nil {
			x.Wrong["checked"] = said(tx.Context(), fault.Say("Write a day, for example 2026-11-29."))
		}
	}
	if typed := v("local_content"); typed != "" {
		if stated.LocalContent, err = strconv.Atoi(typed); err != nil {
			x.Wrong["local_content"] = said(tx.Context(), fault.Say("Write the share in per cent, from 0 to 100."))
		}
	}
	err = nil
	if len(x.Wrong) == 0 {
		if _, err = catalog.Revise(tx, in.ID, in.Version, catalog.Changes{Origin: &origin, Provenance: &stated}); err == nil {
			return see("products/"+url.PathEscape(string(in.ID))+"/origin", "saved"), nil
		}
		if !mendable(err) {
			return web.Then{}, err
		}
		x.note(tx.Context(), err, func(pointer string) string {
			return strings.TrimPrefix(strings.TrimPrefix(pointer, "/provenance"), "/")
		})
	}
	page := f.page("products", p.Name.In(web.Lang(tx.Context())))
	page.Wrong = t(tx.Context(), "fields_wrong")
	if err != nil {
		page.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	}
	return web.Again(originPage(page, x)), nil
}

// grades are those that the reader may give: what was found in the register is the house's to say.
func (p proof) grades(ctx context.Context) []catalog.Grade {
	if keeps(web.WhoFrom(ctx)) || p.Product.Provenance.Grade == catalog.GradeRegister {
		return catalog.Grades
	}
	return catalog.Grades[1:]
}
