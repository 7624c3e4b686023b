package catalog

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// Tree gives all categories: each after its parent and before those below it, siblings by position and then by slug.
func Tree(tx *db.Tx) ([]Category, error) {
	rows, err := catalogdb.New(tx).Categories(tx.Context())
	if err != nil {
		return nil, err
	}
	all, err := categoriesOf(rows)
	if err != nil {
		return nil, err
	}
	below := make(map[CategoryID][]Category)
	for _, c := range all {
		below[c.Parent] = append(below[c.Parent], c)
	}
	tree := make([]Category, 0, len(all))
	var walk func(parent CategoryID)
	walk = func(parent CategoryID) { // As deep as DepthMax.
		children := below[parent]
		slices.SortFunc(children, func(a, b Category) int {
			return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Slug, b.Slug))
		})
		for _, c := range children {
			tree = append(tree, c)
			walk(c.ID)
		}
	}
	walk("")
	return tree, nil
}

// GetCategory gives a category, or ErrNoCategory.
func GetCategory(tx *db.Tx, id CategoryID) (Category, error) {
	return oneCategory(catalogdb.New(tx).Category(tx.Context(), string(id)))
}

// CategoryBySlug gives the category with this address, or ErrNoCategory.
func CategoryBySlug(tx *db.Tx, slug string) (Category, error) {
	return oneCategory(catalogdb.New(tx).CategoryBySlug(tx.Context(), slug))
}

func oneCategory(row catalogdb.Category, err error) (Category, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Category{}, ErrNoCategory
	}
	if err != nil {
		return Category{}, err
	}
	return categoryOf(row)
}

func categoryOf(row catalogdb.Category) (Category, error) {
	c := Category{ID: CategoryID(row.ID), Parent: CategoryID(row.Parent), Slug: row.Slug, Path: row.Path,
		Depth: strings.Count(row.Path, "/") - 2, Position: int(row.Position)}
	d := decoder{of: row.ID}
	d.text(row.Name, &c.Name)
	return c, d.err
}

func categoriesOf(rows []catalogdb.Category) ([]Category, error) {
	categories := make([]Category, 0, len(rows))
	for _, row := range rows {
		c, err := categoryOf(row)
		if err != nil {
			return nil, err
		}
		categories = append(categories, c)
	}
	return categories, nil
}

// Trail gives the way from the root to a category, itself last. It is empty for one that does not exist.
func Trail(tx *db.Tx, id CategoryID) ([]Category, error) {
	rows, err := catalogdb.New(tx).Trail(tx.Context(), string(id))
	if err != nil {
		return nil, err
	}
	return categoriesOf(rows)
}

// above gives the ids of a path, the root first.
func above(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// cleaned gives a draft of a category as it is stored.
func (d CategoryDraft) cleaned() (CategoryDraft, error) {
	c := checker{}
	d.Name = c.localized("/name", d.Name, NameMax)
	if d.Name.IsEmpty() {
		c.wrong("/name", fault.Say("Write the name in at least one language."))
	}
	d.Slug = c.slug(d.Slug, d.Name)
	return d, ErrCategory.Fields(c.fields...)
}

// AddCategory puts a category into the tree. Its parent must exist; the slug must be free.
func AddCategory(tx *db.Tx, d CategoryDraft) (Category, error) {
	tx.Strict() // Nobody may move or remove its parent meanwhile.
	d, err := d.cleaned()
	if err != nil {
		return Category{}, err
	}
	c := Category{ID: CategoryID(tx.Mint("cat")), Parent: d.Parent, Slug: d.Slug, Name: d.Name, Position: d.Position}
	parent := Category{Path: "/", Depth: -1}
	if d.Parent != "" {
		if parent, err = GetCategory(tx, d.Parent); err != nil {
			return Category{}, err
		}
	}
	c.Path, c.Depth = parent.Path+string(c.ID)+"/", parent.Depth+1
	if c.Depth >= DepthMax {
		return Category{}, ErrDeep.About("%d levels", c.Depth+1)
	}
	rows, err := catalogdb.New(tx).InsertCategory(tx.Context(), catalogdb.InsertCategoryParams{ID: string(c.ID),
		Parent: string(c.Parent), Slug: c.Slug, Name: c.Name.String(), Path: c.Path, Position: int64(c.Position)})
	if err != nil {
		return Category{}, err
	}
	if rows == 0 {
		return Category{}, fault.With(ErrSlugTaken.About("%s", c.Slug), "slug", c.Slug)
	}
	if err := errors.Join(insertAbove(tx, c), addressed(tx, addressOfCategory, string(c.ID), "", c.Slug)); err != nil {
		return Category{}, err
	}
	return c, tx.Emit(CategoryChanged{Category: c.ID, What: "added"})
}

func insertAbove(tx *db.Tx, c Category) error {
	later := catalogdb.New(tx.Later())
	for _, id := range above(c.Path) {
		if err := later.InsertAbove(tx.Context(), catalogdb.InsertAboveParams{Category: string(c.ID), Above: id}); err != nil {
			return err
		}
	}
	return nil
}

// EnsureCategories gives the categories of these slugs, by slug, and adds those that are missing, in the order given: a
// parent must exist before. One that exists is left as it is. It is for imports: run again, it changes nothing.
func EnsureCategories(tx *db.Tx, drafts []CategoryDraft) (map[string]Category, error) {
	slugs := make([]string, len(drafts))
	for i := range drafts {
		d, err := drafts[i].cleaned()
		if err != nil {
			return nil, err
		}
		slugs[i] = d.Slug
	}
	rows, err := catalogdb.New(tx).CategoriesBySlug(tx.Context(), db.In(slugs))
	if err != nil {
		return nil, err
	}
	there, err := categoriesOf(rows)
	if err != nil {
		return nil, err
	}
	ensured := make(map[string]Category, len(drafts))
	for _, c := range there {
		ensured[c.Slug] = c
	}
	for i, d := range drafts {
		if _, ok := ensured[slugs[i]]; ok {
			continue
		}
		if ensured[slugs[i]], err = AddCategory(tx, d); err != nil {
			return nil, err
		}
	}
	return ensured, nil
}

// RenameCategory gives a category another name, address and place among its siblings; its former address leads to the new
// one. The parent in the draft is not looked at: MoveCategory is for that.
func RenameCategory(tx *db.Tx, id CategoryID, d CategoryDraft) (Category, error) {
	d, err := d.cleaned()
	if err != nil {
		return Category{}, err
	}
	c, err := GetCategory(tx, id)
	if err != nil {
		return Category{}, err
	}
	if other, err := CategoryBySlug(tx, d.Slug); err == nil && other.ID != id {
		return Category{}, fault.With(ErrSlugTaken.About("%s", d.Slug), "slug", d.Slug)
	} else if err != nil && !errors.Is(err, ErrNoCategory) {
		return Category{}, err
	}
	if c.Slug == d.Slug && c.Position == d.Position && c.Name.String() == d.Name.String() {
		return c, nil
	}
	was := c.Slug
	c.Slug, c.Name, c.Position = d.Slug, d.Name, d.Position
	_, err = catalogdb.New(tx).SetCategory(tx.Context(), catalogdb.SetCategoryParams{Slug: c.Slug, Name: c.Name.String(),
		Position: int64(c.Position), ID: string(id)})
	if err != nil {
		return Category{}, taken(err)
	}
	if err := addressed(tx, addressOfCategory, string(id), was, c.Slug); err != nil {
		return Category{}, err
	}
	return c, tx.Emit(CategoryChanged{Category: id, What: "renamed"})
}

// MoveCategory puts a category with all below it under another parent, or among the roots when the parent is empty, and
// its products onto the new shelves. It cannot be moved into itself or below itself.
func MoveCategory(tx *db.Tx, id, parent CategoryID, position int) (Category, error) {
	tx.Strict() // Two moves at once could make a circle.
	c, err := GetCategory(tx, id)
	if err != nil {
		return Category{}, err
	}
	to := Category{Path: "/", Depth: -1}
	if parent != "" {
		if to, err = GetCategory(tx, parent); err != nil {
			return Category{}, err
		}
	}
	if strings.HasPrefix(to.Path, c.Path) {
		return Category{}, ErrCycle.About("%s into %s", id, parent)
	}
	if c.Parent == parent && c.Position == position {
		return c, nil
	}
	rows, err := catalogdb.New(tx).Subtree(tx.Context(), string(id))
	if err != nil {
		return Category{}, err
	}
	subtree, err := categoriesOf(rows)
	if err != nil {
		return Category{}, err
	}
	for i := range subtree {
		s := &subtree[i]
		if s.ID == id {
			s.Parent, s.Position = parent, position
		}
		s.Path = to.Path + strings.TrimPrefix(s.Path, strings.TrimSuffix(c.Path, string(id)+"/"))
		if s.Depth = strings.Count(s.Path, "/") - 2; s.Depth >= DepthMax {
			return Category{}, ErrDeep.About("%s would be at %s", s.ID, strconv.Itoa(s.Depth+1))
		}
	}
	if err := replant(tx, subtree); err != nil {
		return Category{}, err
	}
	if err := catalogdb.New(tx.Later()).UnweighCategory(tx.Context(), string(id)); err != nil { // It inherits from others now.
		return Category{}, err
	}
	return subtree[0], tx.Emit(CategoryChanged{Category: id, What: "moved"})
}

// replant writes the new paths of a subtree, whose first is its top, and puts its products onto the new shelves.
func replant(tx *db.Tx, subtree []Category) error {
	ids := make([]CategoryID, len(subtree))
	for i, c := range subtree {
		ids[i] = c.ID
	}
	later := catalogdb.New(tx.Later())
	if err := later.UnshelveCategories(tx.Context(), db.In(ids)); err != nil {
		return err
	}
	if err := later.DeleteAbove(tx.Context(), db.In(ids)); err != nil {
		return err
	}
	for _, c := range subtree {
		err := later.SetCategoryPath(tx.Context(), catalogdb.SetCategoryPathParams{Parent: string(c.Parent), Path: c.Path,
			Position: int64(c.Position), ID: string(c.ID)})
		if err != nil {
			return err
		}
		if err := insertAbove(tx, c); err != nil {
			return err
		}
	}
	return later.ShelveCategories(tx.Context(), db.In(ids))
}

// RemoveCategory takes an empty category out of the tree. One that holds products, in whatever state, or other categories
// is refused with ErrNotEmpty.
func RemoveCategory(tx *db.Tx, id CategoryID) error {
	tx.Strict() // Nobody may put a product into it meanwhile.
	if _, err := GetCategory(tx, id); err != nil {
		return err
	}
	inUse, err := catalogdb.New(tx).CategoryInUse(tx.Context(), string(id))
	if err != nil {
		return err
	}
	if inUse != 0 {
		return ErrNotEmpty.About("%s", id)
	}
	later := catalogdb.New(tx.Later())
	if err := later.DeleteAbove(tx.Context(), db.In([]CategoryID{id})); err != nil {
		return err
	}
	if err := later.DeleteAttributes(tx.Context(), string(id)); err != nil {
		return err
	}
	if err := later.DropFormersOf(tx.Context(), catalogdb.DropFormersOfParams{Kind: addressOfCategory, Owner: string(id)}); err != nil {
		return err
	}
	if err := later.DeleteCategory(tx.Context(), string(id)); err != nil {
		return err
	}
	return tx.Emit(CategoryChanged{Category: id, What: "removed"})
}
