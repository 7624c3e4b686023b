package office

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountDefinitions(site *web.Site) {
	web.Page(site, "GET /office/categories/{id}/attributes", f.definitions, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/categories/{id}/attributes", f.define, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/categories/{id}/attributes/{code}", f.reviseDefinition, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/categories/{id}/attributes/{code}/end", f.dropDefinition, web.Needs(ScopeCatalogWrite))
}

// attributeKinds are the kinds of attributes in the order in which they are offered.
var attributeKinds = []catalog.AttributeKind{catalog.AttributeText, catalog.AttributeNumber, catalog.AttributeBool}

// asking is what a category asks its products for.
type asking struct {
	Category    catalog.Category
	Trail       []catalog.Category
	Definitions []catalog.Definition
	Fresh       form   // Fresh is the form of a new one.
	Edited      string // Edited is the code of the one whose form is shown again, as Typed.
	Typed       form
}

func loadAsking(tx *db.Tx, id catalog.CategoryID) (asking, error) {
	d := asking{Fresh: form{Values: url.Values{"position": {"0"}}}}
	var err error
	if d.Category, err = catalog.GetCategory(tx, id); err != nil {
		return d, err
	}
	if d.Trail, err = catalog.Trail(tx, id); err != nil {
		return d, err
	}
	d.Definitions, err = catalog.Definitions(tx, id)
	return d, err
}

// own gives what the category itself defines, inherited what those above it do.
func (d asking) own() []catalog.Definition       { return d.where(true) }
func (d asking) inherited() []catalog.Definition { return d.where(false) }

func (d asking) where(own bool) (found []catalog.Definition) {
	for _, x := range d.Definitions {
		if (x.Category == d.Category.ID) == own {
			found = append(found, x)
		}
	}
	return found
}

// name is what a category on the way to the root is called.
func (d asking) name(ctx context.Context, id catalog.CategoryID) string {
	for _, c := range d.Trail {
		if c.ID == id {
			return in(ctx, c.Name)
		}
	}
	return string(id)
}

// revised gives the form of one attribute: as it is stored, or as it was typed.
func (d asking) revised(x catalog.Definition) form {
	if d.Edited == x.Code {
		return d.Typed
	}
	v := url.Values{"unit": {x.Unit}, "position": {number(x.Position)}}
	for _, l := range text.Languages {
		v.Set("label_"+l, x.Label[l])
	}
	return form{Values: v}
}

// kindWords says in words what the values of an attribute are.
func kindWords(ctx context.Context, x catalog.Definition) string {
	words := t(ctx, "attribute.kind."+string(x.Kind))
	if x.Unit != "" {
		words += ", " + x.Unit
	}
	return words
}

// mayDefine tells whether the reader may say what categories ask for: the tree is of the whole house.
func mayDefine(ctx context.Context) bool {
	return may(ctx, ScopeCatalogWrite) && keeps(web.WhoFrom(ctx))
}

type categoryAsk struct {
	ID catalog.CategoryID `path:"id" maxLength:"60"`
}

// definitions shows what a category asks its products for.
func (f face) definitions(tx *db.Tx, in categoryAsk) (web.View, error) {
	d, err := loadAsking(tx, in.ID)
	if err != nil {
		return nil, err
	}
	return definitionsPage(f.page("categories", d.title(tx.Context())), d), nil
}

func (d asking) title(ctx context.Context) string {
	return t(ctx, "definitions.title", "category", in(ctx, d.Category.Name))
}

type definitionForm struct {
	web.Typed
	ID   catalog.CategoryID    `path:"id" maxLength:"60"`
	Kind catalog.AttributeKind `json:"kind,omitempty" maxLength:"20"`
	Unit string                `json:"unit,omitempty" maxLength:"100"`
	Code string                `json:"code,omitempty" maxLength:"100"`
}

// positionMax is far beyond the attributes of a category.
const positionMax = 100_000

// readDefinition gives what was typed about an attribute, and a form with what cannot be read marked.
func readDefinition(ctx context.Context, in web.Typed, d catalog.Definition) (catalog.Definition, form) {
	f := form{Values: in.Values, Wrong: map[string]string{}}
	for _, w := range in.Wrong {
		f.Wrong[strings.TrimPrefix(w.Pointer, "/")] = i18n.Field(web.Lang(ctx), w)
	}
	if hasControl(in.Values) {
		f.Wrong["label_kk"] = said(ctx, fault.Say("Leave out characters that cannot be seen."))
		return d, f
	}
	d.Label = readLocalized(in.Values, "label")
	if typed := clean(in.Values.Get("position")); typed != "" {
		var err error
		if d.Position, err = strconv.Atoi(typed); err != nil || d.Position < 0 || d.Position > positionMax {
			f.Wrong["position"] = said(ctx, fault.Say("Write a whole number from 0 to {n}.").With("n", positionMax))
		}
	}
	return d, f
}

// define has the products of a category asked for one attribute more.
func (f face) define(tx *db.Tx, in definitionForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	d, err := loadAsking(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	x, typed := readDefinition(tx.Context(), in.Typed, catalog.Definition{Category: in.ID, Code: in.Code, Kind: in.Kind, Unit: in.Unit})
	if len(typed.Wrong) == 0 {
		if _, err = catalog.DefineAttribute(tx, x); err == nil {
			return see(definitionsAddress(in.ID), "added"), nil
		}
	}
	typed.note(tx.Context(), err, definitionField)
	d.Fresh = typed
	return f.definitionsAgain(tx, d, err)
}

type definitionChange struct {
	web.Typed
	ID   catalog.CategoryID `path:"id" maxLength:"60"`
	Code string             `path:"code" maxLength:"100"`
	Unit string             `json:"unit,omitempty" maxLength:"100"`
}

// reviseDefinition gives an attribute of a category another label, unit and place.
func (f face) reviseDefinition(tx *db.Tx, in definitionChange) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	d, err := loadAsking(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	x, err := catalog.GetDefinition(tx, in.ID, in.Code)
	if err != nil {
		return web.Then{}, err
	}
	old := x.Label
	x, typed := readDefinition(tx.Context(), in.Typed, x)
	for lang, words := range old {
		if !in.Values.Has("label_" + lang) { // Texts in languages that the form does not show stay.
			x.Label[lang] = words
		}
	}
	x.Unit = in.Unit
	if len(typed.Wrong) == 0 {
		if _, err = catalog.ReviseAttribute(tx, x); err == nil {
			return see(definitionsAddress(in.ID), "saved"), nil
		}
	}
	typed.note(tx.Context(), err, definitionField)
	d.Edited, d.Typed = in.Code, typed
	return f.definitionsAgain(tx, d, err)
}

func definitionsAddress(id catalog.CategoryID) string {
	return "categories/" + url.PathEscape(string(id)) + "/attributes"
}

// definitionField gives the field of the form that a pointer of the catalogue means.
func definitionField(pointer string) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	switch {
	case parts[0] == "label" && len(parts) > 1:
		return "label_" + parts[1]
	case parts[0] == "label":
		return "label_kk"
	}
	return parts[0]
}

// definitionsAgain shows the page with what was typed and what is wrong.
func (f face) definitionsAgain(tx *db.Tx, d asking, err error) (web.Then, error) {
	if err != nil && !mendable(err) {
		return web.Then{}, err
	}
	p := f.page("categories", d.title(tx.Context()))
	p.Wrong = t(tx.Context(), "fields_wrong")
	if err != nil {
		p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	}
	return web.Again(definitionsPage(p, d)), nil
}

type definitionEnd struct {
	ID   catalog.CategoryID `path:"id" maxLength:"60"`
	Code string             `path:"code" maxLength:"100"`
}

// dropDefinition ends an attribute of a category. Values that products have stay.
func (f face) dropDefinition(tx *db.Tx, in definitionEnd) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see(definitionsAddress(in.ID), "dropped"), catalog.DropAttribute(tx, in.ID, in.Code)
}
