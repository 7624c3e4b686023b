package catalog

import (
	"sauda/base/fault"
	"sauda/base/text"
)

// Category is a place in the tree of the catalogue.
type Category struct {
	ID       CategoryID
	Parent   CategoryID // Parent is empty for a root.
	Slug     string     // Slug is unique in the house.
	Name     text.Localized
	Path     string // Path is the ids from the root down to this one, each between slashes: "/cat_a/cat_b/".
	Depth    int    // Depth is 0 for a root.
	Position int
}

// CategoryDraft is a category before it has an id.
type CategoryDraft struct {
	Parent   CategoryID
	Slug     string // Slug is made of the name when it is empty.
	Name     text.Localized
	Position int
}

// DepthMax is how many levels the tree has at most; more cannot be walked by people.
const DepthMax = 8

// SlugMax bounds the slug of a category or a product.
const SlugMax = 120

// Faults of categories.
var (
	ErrNoCategory = fault.New(fault.Missing, "catalog.unknown_category", "There is no such category. Choose one from the tree of the catalogue.")
	ErrCategory   = fault.New(fault.Invalid, "catalog.invalid_category", "Correct the marked fields of the category.")
	ErrSlugTaken  = fault.New(fault.Conflict, "catalog.slug_taken", "Another category has this address. Choose another one.")
	ErrCycle      = fault.New(fault.Conflict, "catalog.category_cycle", "A category cannot be moved into itself or below itself. Choose another parent.")
	ErrDeep       = fault.New(fault.Conflict, "catalog.too_deep", "The tree would become too deep. Choose a parent nearer to the top.")
	ErrNotEmpty   = fault.New(fault.Conflict, "catalog.category_not_empty", "The category still holds products or other categories. Move them first.")
)
