package office

import (
	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountCategories(site *web.Site) {
	web.Page(site, "GET /office/categories", f.categories, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/categories", f.addCategory, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/categories/{id}", f.renameCategory, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/categories/{id}/place", f.moveCategory, web.Needs(ScopeCatalogWrite))
}

// categories shows the tree. It is the whole house's, so only its keepers change it.
func (f face) categories(tx *db.Tx, _ struct{}) (web.View, error) {
	tree, err := catalog.Tree(tx)
	return categoriesPage(f.page("categories", t(tx.Context(), "nav.categories")), tree, categoryForm{}), err
}

type categoryForm struct {
	web.Typed
	Parent   catalog.CategoryID `json:"parent,omitempty" maxLength:"60"`
	Slug     string             `json:"slug,omitempty" maxLength:"120"`
	Position int                `json:"position,omitempty" minimum:"0" maximum:"100000"`
}

func (in categoryForm) draft() (catalog.CategoryDraft, error) {
	if !in.OK() {
		return catalog.CategoryDraft{}, web.ErrInvalid.Fields(in.Wrong...)
	}
	if hasControl(in.Values) {
		return catalog.CategoryDraft{}, web.ErrInvalid.About("control characters in the name of a category")
	}
	return catalog.CategoryDraft{Parent: in.Parent, Slug: in.Slug, Name: readLocalized(in.Values, "name"), Position: in.Position}, nil
}

// addCategory puts a category into the tree.
func (f face) addCategory(tx *db.Tx, in categoryForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	tree, err := catalog.Tree(tx)
	if err != nil {
		return web.Then{}, err
	}
	d, err := in.draft()
	if err == nil {
		_, err = catalog.AddCategory(tx, d)
	}
	if err == nil {
		return see("categories", "added"), nil
	}
	if !amendable(err) {
		return web.Then{}, err
	}
	p := f.page("categories", t(tx.Context(), "nav.categories"))
	p.Wrong = refusal(tx.Context(), err)
	return web.Again(categoriesPage(p, tree, in)), nil
}

type categoryChange struct {
	categoryForm
	ID catalog.CategoryID `path:"id" maxLength:"60"`
}

// renameCategory gives a category another name, address and place among its siblings.
func (f face) renameCategory(tx *db.Tx, in categoryChange) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	d, err := in.draft()
	if err == nil {
		_, err = catalog.RenameCategory(tx, in.ID, d)
	}
	return see("categories", "saved"), err
}

type categoryPlace struct {
	ID       catalog.CategoryID `path:"id" maxLength:"60"`
	Parent   catalog.CategoryID `json:"parent,omitempty" maxLength:"60"`
	Position int                `json:"position,omitempty" minimum:"0" maximum:"100000"`
}

// moveCategory puts a category under another parent.
func (f face) moveCategory(tx *db.Tx, in categoryPlace) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	_, err := catalog.MoveCategory(tx, in.ID, in.Parent, in.Position)
	return see("categories", "moved"), err
}
