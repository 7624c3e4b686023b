package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/job"
)

// rootName is the category below which those of files are made, unless the plan names another.
var rootName = text.Localized{"kk": "Каталог", "ru": "Каталог", "en": "Catalogue", "zh": "商品目录"}

// otherName is the category of goods that name none.
var otherName = text.Localized{"kk": "Басқа тауарлар", "ru": "Другие товары", "en": "Other", "zh": "其他"}

// shelve gives each draft its category. Those that are missing are made first, all in one moment.
func (in *intake) shelve(ctx context.Context, rows []row) error {
	root := catalog.CategoryDraft{Name: rootName, Slug: "catalogue"}
	if in.plan.Category != "" {
		root = catalog.CategoryDraft{Name: text.Localized{in.plan.Lang: in.plan.Category}, Slug: slugOf("", in.plan.Category)}
	}
	var missing []step
	asked := make(map[string]bool)
	for i := range rows {
		way := in.steps(root, rows[i].path)
		for _, s := range way {
			if in.shelves[s.draft.Slug] == "" && !asked[s.draft.Slug] {
				asked[s.draft.Slug] = true
				missing = append(missing, s)
			}
		}
	}
	if in.preview != nil {
		for _, s := range missing { // They would be made.
			in.shelves[s.draft.Slug] = unmade
		}
		missing = nil
	}
	if len(missing) > 0 {
		err := job.Once(ctx, in.store, db.System, func(tx *db.Tx) error { return in.ensure(tx, missing) })
		if err != nil {
			return err
		}
	}
	for i := range rows {
		way := in.steps(root, rows[i].path)
		rows[i].draft.Category = in.shelves[way[len(way)-1].draft.Slug]
		in.tracking(&rows[i])
	}
	return nil
}

// unmade stands for a category that an import would make.
const unmade catalog.CategoryID = "cat_unmade"

// lookAround reads which categories there are.
func (in *intake) lookAround(tx *db.Tx) error {
	if _, err := seller.Get(tx, in.plan.Seller); err != nil {
		return err
	}
	tree, err := catalog.Tree(tx)
	if err != nil {
		return err
	}
	for _, c := range tree { // Each comes after its parent.
		name := c.Name.In(in.plan.Lang)
		if above := in.places[c.Parent]; above != "" {
			name = above + " > " + name
		}
		in.places[c.ID] = name
		in.shelves[c.Slug] = c.ID
	}
	return nil
}

// step is a category on the way from the root, and the slug of the one above it.
type step struct {
	above string
	draft catalog.CategoryDraft
}

// steps gives the categories of a row, the root first.
func (in *intake) steps(root catalog.CategoryDraft, path []string) []step {
	way := []step{{draft: root}}
	if len(path) == 0 {
		return append(way, step{root.Slug, catalog.CategoryDraft{Name: otherName, Slug: slugOf(root.Slug, other)}})
	}
	for _, name := range path {
		above := way[len(way)-1].draft.Slug
		way = append(way, step{above, catalog.CategoryDraft{Name: text.Localized{in.plan.Lang: name}, Slug: slugOf(above, name)}})
	}
	return way
}

// ensure makes the categories that are not there, each after the one above it.
func (in *intake) ensure(tx *db.Tx, missing []step) error {
	for _, s := range missing {
		s.draft.Parent = in.shelves[s.above]
		found, err := catalog.EnsureCategories(tx, []catalog.CategoryDraft{s.draft})
		if err != nil {
			return err
		}
		in.shelves[s.draft.Slug] = found[s.draft.Slug].ID
	}
	return nil
}

// slugOf gives the address of a category below another. Names that differ only in case and signs are one category; a name
// without letters of which addresses are made is told apart by its digest.
func slugOf(above, name string) string {
	slug := text.Slug(name)
	if slug == "" {
		sum := sha256.Sum256([]byte(text.Fold(name)))
		slug = "c-" + hex.EncodeToString(sum[:5])
	}
	if above != "" {
		slug = above + "-" + slug
	}
	if len(slug) > catalog.SlugMax {
		sum := sha256.Sum256([]byte(slug))
		slug = strings.Trim(slug[:catalog.SlugMax-12], "-") + "-" + hex.EncodeToString(sum[:5])
	}
	return slug
}
