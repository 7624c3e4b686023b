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
	web.Query(api, "GET /v1/office/categories/{id}/attributes/{code}/effect", ofHouse(definitionEffect), web.Needs(scopeCatalogRead),
		web.Doc("Tell how many products an attribute asks, and what they say, before it is changed or dropped.", "Office: goods"),
		web.Faults(catalog.ErrNoDefinition))
	web.Command(api, "POST /v1/office/categories/{id}/attributes", ofHouse(define), web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Have the products of a category, and of those below it, asked for an attribute. The tree is of the house, so its own staff keeps it.", "Office: goods"),
		web.Faults(catalog.ErrNoCategory, catalog.ErrDefinition, catalog.ErrDefined, catalog.ErrCrowded))
	web.Command(api, "PUT /v1/office/categories/{id}/attributes/{code}", ofHouse(reviseDefinition), web.Needs(scopeCatalogWrite),
		web.Doc("Give an attribute of a category another label, heading, unit, choices, demands and place. Its kind stays.", "Office: goods"),
		web.Faults(catalog.ErrNoDefinition, catalog.ErrDefinition))
	web.Command(api, "DELETE /v1/office/categories/{id}/attributes/{code}", ofHouse(dropDefinition), web.Needs(scopeCatalogWrite),
		web.Doc("Ask for an attribute no more. Values that products have stay.", "Office: goods"), web.Faults(catalog.ErrNoDefinition))
}

// definitionView is an attribute that products are asked for.
type definitionView struct {
	Category   catalog.CategoryID    `json:"category" doc:"Where it is defined: the category itself, or one above it."`
	Code       string                `json:"code"`
	Kind       catalog.AttributeKind `json:"kind"`
	Label      text.Localized        `json:"label"`
	Heading    text.Localized        `json:"heading,omitempty" doc:"Pages write it above this and others with the same one."`
	Unit       string                `json:"unit,omitempty"`
	Choices    []catalog.Choice      `json:"choices,omitempty"`
	Required   bool                  `json:"required,omitempty"`
	Filterable bool                  `json:"filterable,omitempty"`
	Comparable bool                  `json:"comparable,omitempty"`
	Position   int                   `json:"position"`
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

// definitionWords are what can be said of a definition at any time.
type definitionWords struct {
	Label      text.Localized   `json:"label"`
	Heading    text.Localized   `json:"heading,omitempty" doc:"Pages write it above this and others with the same one."`
	Unit       string           `json:"unit,omitempty" maxLength:"100" doc:"Of new values of a number or of dimensions."`
	Choices    []catalog.Choice `json:"choices,omitempty" maxItems:"200" doc:"For the kinds choice and choices. A code is made of the name when absent."`
	Required   bool             `json:"required,omitempty" doc:"A product that leaves it out is not put on sale."`
	Filterable bool             `json:"filterable,omitempty" doc:"Lists offer a filter by it."`
	Comparable bool             `json:"comparable,omitempty" doc:"Shown where products stand side by side."`
	Position   int              `json:"position,omitempty" minimum:"0" maximum:"100000"`
}

func (w definitionWords) definition(of catalog.CategoryID, code string) catalog.Definition {
	return catalog.Definition{Category: of, Code: code, Label: w.Label, Heading: w.Heading, Unit: w.Unit, Choices: w.Choices,
		Required: w.Required, Filterable: w.Filterable, Comparable: w.Comparable, Position: w.Position}
}

type definitionDraft struct {
	categoryAsk
	Code string                `json:"code,omitempty" maxLength:"100" doc:"Made of the label when absent."`
	Kind catalog.AttributeKind `json:"kind" enum:"text,number,choice,choices,colour,dimensions,date,bool"`
	definitionWords
}

// define has the products of a category asked for one attribute more.
func define(tx *db.Tx, in definitionDraft) (definitionView, error) {
	d := in.definition(in.ID, in.Code)
	d.Kind = in.Kind
	d, err := catalog.DefineAttribute(tx, d)
	return definitionView(d), err
}

type definitionAsk struct {
	categoryAsk
	Code string `path:"code" maxLength:"100" doc:"The code of the attribute."`
}

// effectView is what stands behind an attribute.
type effectView struct {
	Products int `json:"products" doc:"Products in the category and below it."`
	Stated   int `json:"stated" doc:"Those that have a value."`
	Other    int `json:"other" doc:"Those whose value is of another kind, and waits to be answered anew."`
	Silent   int `json:"silent" doc:"Those that say nothing: incomplete when it is required."`
}

// definitionEffect tells what stands behind an attribute.
func definitionEffect(tx *db.Tx, in definitionAsk) (effectView, error) {
	e, err := catalog.Affected(tx, in.ID, in.Code)
	return effectView{Products: e.Products, Stated: e.Stated, Other: e.Other, Silent: e.Silent()}, err
}

type definitionRevision struct {
	definitionAsk
	definitionWords
}

// reviseDefinition changes an attribute of a category.
func reviseDefinition(tx *db.Tx, in definitionRevision) (definitionView, error) {
	old, err := catalog.GetDefinition(tx, in.ID, in.Code)
	if err != nil {
		return definitionView{}, err
	}
	if err := web.Before(tx, definitionView(old)); err != nil {
		return definitionView{}, err
	}
	d, err := catalog.ReviseAttribute(tx, in.definition(in.ID, in.Code))
	return definitionView(d), err
}

// dropDefinition ends an attribute of a category.
func dropDefinition(tx *db.Tx, in definitionAsk) (web.None, error) {
	return web.None{}, catalog.DropAttribute(tx, in.ID, in.Code)
}
