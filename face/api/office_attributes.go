package api

import (
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountOfficeAttributes(api *web.API) {
	web.Query(api, "GET /v1/office/categories/{id}/attributes", listDefinitions, web.Needs(scopeCatalogRead),
		web.Doc("List what the products of a category are asked for; what its parents define comes first.", "Office: goods"),
		web.Faults(catalog.ErrNoCategory))
	web.Command(api, "POST /v1/office/categories/{id}/attributes", ofHouse(define), web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Have the products of a category, and of those below it, asked for an attribute. The tree is of the house, so its own staff keeps it.", "Office: goods"),
		web.Faults(catalog.ErrNoCategory, catalog.ErrDefinition, catalog.ErrDefined, catalog.ErrCrowded))
	web.Command(api, "PUT /v1/office/categories/{id}/attributes/{code}", ofHouse(reviseDefinition), web.Needs(scopeCatalogWrite),
		web.Doc("Give an attribute of a category another label, unit and place. Its kind stays.", "Office: goods"),
		web.Faults(catalog.ErrNoDefinition, catalog.ErrDefinition))
	web.Command(api, "DELETE /v1/office/categories/{id}/attributes/{code}", ofHouse(dropDefinition), web.Needs(scopeCatalogWrite),
		web.Doc("Ask for an attribute no more. Values that products have stay.", "Office: goods"), web.Faults(catalog.ErrNoDefinition))
}

// definitionView is an attribute that products are asked for.
type definitionView struct {
	Category catalog.CategoryID    `json:"category" doc:"Where it is defined: the category itself, or one above it."`
	Code     string                `json:"code"`
	Kind     catalog.AttributeKind `json:"kind"`
	Label    text.Localized        `json:"label"`
	Unit     string                `json:"unit,omitempty"`
	Position int                   `json:"position"`
}

type categoryAsk struct {
	ID catalog.CategoryID `path:"id" maxLength:"60" doc:"The category."`
}

// listDefinitions lists what the products of a category are asked for.
func listDefinitions(tx *db.Tx, in categoryAsk) (web.List[definitionView], error) {
	if _, err := catalog.GetCategory(tx, in.ID); err != nil {
		return web.List[definitionView]{}, err
	}
	all, err := catalog.Definitions(tx, in.ID)
	page := web.List[definitionView]{Items: make([]definitionView, len(all))}
	for i, d := range all {
		page.Items[i] = definitionView(d)
	}
	return page, err
}

type definitionDraft struct {
	categoryAsk
	Code     string                `json:"code,omitempty" maxLength:"100" doc:"Made of the label when absent."`
	Kind     catalog.AttributeKind `json:"kind" enum:"text,number,bool"`
	Label    text.Localized        `json:"label"`
	Unit     string                `json:"unit,omitempty" maxLength:"100" doc:"Of a number."`
	Position int                   `json:"position,omitempty" minimum:"0" maximum:"100000"`
}

// define has the products of a category asked for one attribute more.
func define(tx *db.Tx, in definitionDraft) (definitionView, error) {
	d, err := catalog.DefineAttribute(tx, catalog.Definition{
		Category: in.ID, Code: in.Code, Kind: in.Kind, Label: in.Label, Unit: in.Unit, Position: in.Position,
	})
	return definitionView(d), err
}

type definitionAsk struct {
	categoryAsk
	Code string `path:"code" maxLength:"100" doc:"The code of the attribute."`
}

type definitionRevision struct {
	definitionAsk
	Label    text.Localized `json:"label"`
	Unit     string         `json:"unit,omitempty" maxLength:"100" doc:"Of new values of a number."`
	Position int            `json:"position,omitempty" minimum:"0" maximum:"100000"`
}

// reviseDefinition gives an attribute another label, unit and place.
func reviseDefinition(tx *db.Tx, in definitionRevision) (definitionView, error) {
	old, err := catalog.GetDefinition(tx, in.ID, in.Code)
	if err != nil {
		return definitionView{}, err
	}
	if err := web.Before(tx, definitionView(old)); err != nil {
		return definitionView{}, err
	}
	d, err := catalog.ReviseAttribute(tx, catalog.Definition{
		Category: in.ID, Code: in.Code, Label: in.Label, Unit: in.Unit, Position: in.Position,
	})
	return definitionView(d), err
}

// dropDefinition ends an attribute of a category.
func dropDefinition(tx *db.Tx, in definitionAsk) (web.None, error) {
	return web.None{}, catalog.DropAttribute(tx, in.ID, in.Code)
}
