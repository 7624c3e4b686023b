package catalog

import (
	"database/sql"
	"errors"
	"strings"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// Definition says that the products of a category, and of all categories below it, are asked for an attribute. It asks
// only: what a product says of itself is in its Attributes, and a source may bring others.
type Definition struct {
	Category CategoryID
	Code     string // Code is unique in the category. Of two with one code on the way to the root, the nearer one counts.
	Kind     AttributeKind
	Label    text.Localized
	Unit     string // Unit is that of new values of a number; a value that a product has keeps its own.
	Position int    // Position orders the definitions of one category.
}

// DefinitionsMax bounds what one category asks for; nobody fills in more.
const DefinitionsMax = 100

// Faults of definitions.
var (
	ErrDefinition   = fault.New(fault.Invalid, "catalog.invalid_attribute", "Correct the marked fields of the attribute.")
	ErrNoDefinition = fault.New(fault.Missing, "catalog.unknown_attribute", "The category does not define such an attribute. It may have been removed.")
	ErrDefined      = fault.New(fault.Conflict, "catalog.attribute_taken", "The category has an attribute with this code already. Revise that one, or choose another code.")
	ErrCrowded      = fault.New(fault.Conflict, "catalog.too_many_attributes", "A category can ask for at most 100 attributes. Define the others in the categories below it.")
)

// cleaned gives a definition as it is stored; its code is made of the label when it is empty.
func (d Definition) cleaned() (Definition, error) {
	c := checker{}
	d.Label = c.localized("/label", d.Label, NameMax)
	if d.Label.IsEmpty() {
		c.wrong("/label", fault.Say("Write the name of the attribute in at least one language."))
	}
	if d.Code = strings.TrimSpace(d.Code); d.Code == "" {
		d.Code = text.Slug(d.Label.In("en"))
	}
	if d.Code == "" || len(d.Code) > CodeMax || strings.Trim(d.Code, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		c.wrong("/code", fault.Say("Use small Latin letters, digits, hyphens and underscores, at most {n}.").With("n", CodeMax))
	}
	d.Unit = c.plain("/unit", d.Unit, CodeMax)
	switch d.Kind {
	case AttributeNumber:
	case AttributeText, AttributeBool:
		if d.Unit != "" {
			c.wrong("/unit", fault.Say("Only a number has a unit."))
		}
	default:
		c.wrong("/kind", fault.Say("Say text, number or bool."))
	}
	return d, ErrDefinition.Fields(c.fields...)
}

// DefineAttribute has the products of a category asked for one attribute more. A code that the category has is refused
// with ErrDefined.
func DefineAttribute(tx *db.Tx, d Definition) (Definition, error) {
	tx.Strict() // Nobody may remove the category meanwhile.
	d, err := d.cleaned()
	if err != nil {
		return Definition{}, err
	}
	if _, err := GetCategory(tx, d.Category); err != nil {
		return Definition{}, err
	}
	q := catalogdb.New(tx)
	n, err := q.CountAttributes(tx.Context(), string(d.Category))
	if err != nil {
		return Definition{}, err
	}
	if n >= DefinitionsMax {
		return Definition{}, ErrCrowded.About("%s has %d", d.Category, n)
	}
	rows, err := q.InsertAttribute(tx.Context(), catalogdb.InsertAttributeParams{Category: string(d.Category), Code: d.Code,
		Kind: string(d.Kind), Label: d.Label.String(), Unit: d.Unit, Position: int64(d.Position)})
	if err != nil {
		return Definition{}, err
	}
	if rows == 0 {
		return Definition{}, fault.With(ErrDefined.About("%s has %q", d.Category, d.Code), "code", d.Code)
	}
	return d, tx.Emit(CategoryChanged{Category: d.Category, What: "attributes"})
}

// ReviseAttribute gives a definition another label, unit and place. Its kind stays: values of the old one would be left.
func ReviseAttribute(tx *db.Tx, d Definition) (Definition, error) {
	old, err := GetDefinition(tx, d.Category, d.Code)
	if err != nil {
		return Definition{}, err
	}
	d.Kind = old.Kind
	if d, err = d.cleaned(); err != nil {
		return Definition{}, err
	}
	if d.Label.String() == old.Label.String() && d.Unit == old.Unit && d.Position == old.Position {
		return old, nil
	}
	err = catalogdb.New(tx).SetAttribute(tx.Context(), catalogdb.SetAttributeParams{Label: d.Label.String(), Unit: d.Unit,
		Position: int64(d.Position), Category: string(d.Category), Code: d.Code})
	if err != nil {
		return Definition{}, err
	}
	return d, tx.Emit(CategoryChanged{Category: d.Category, What: "attributes"})
}

// DropAttribute ends a definition. Values that products have stay theirs; nobody is asked for new ones.
func DropAttribute(tx *db.Tx, category CategoryID, code string) error {
	rows, err := catalogdb.New(tx).DeleteAttribute(tx.Context(), catalogdb.DeleteAttributeParams{
		Category: string(category), Code: code})
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrNoDefinition.About("%.60q in %.60s", code, string(category))
	}
	return tx.Emit(CategoryChanged{Category: category, What: "attributes"})
}

// GetDefinition gives what a category itself defines under a code, or ErrNoDefinition.
func GetDefinition(tx *db.Tx, category CategoryID, code string) (Definition, error) {
	row, err := catalogdb.New(tx).Attribute(tx.Context(), catalogdb.AttributeParams{Category: string(category), Code: code})
	if errors.Is(err, sql.ErrNoRows) {
		return Definition{}, ErrNoDefinition.About("%.60q in %.60s", code, string(category))
	}
	if err != nil {
		return Definition{}, err
	}
	return definitionOf(row)
}

func definitionOf(row catalogdb.CategoryAttribute) (Definition, error) {
	f := Definition{Category: CategoryID(row.Category), Code: row.Code, Kind: AttributeKind(row.Kind), Unit: row.Unit,
		Position: int(row.Position)}
	d := decoder{of: row.Category + " " + row.Code}
	d.text(row.Label, &f.Label)
	return f, d.err
}

// Definitions gives what the products of a category are asked for: what is defined nearest to the root comes first. Of
// two with one code the nearer one counts, in its own place. It is empty for a category that does not exist.
func Definitions(tx *db.Tx, category CategoryID) ([]Definition, error) {
	_, definitions, err := definedTrail(tx, category)
	return definitions, err
}

// definedTrail gives the way from the root to a category and what is defined on it, in one statement.
func definedTrail(tx *db.Tx, category CategoryID) (trail []Category, definitions []Definition, err error) {
	rows, err := catalogdb.New(tx).DefinedTrail(tx.Context(), string(category))
	if err != nil {
		return nil, nil, err
	}
	nearest := make(map[string]CategoryID)
	for _, r := range rows {
		if len(trail) == 0 || string(trail[len(trail)-1].ID) != r.ID {
			c, err := categoryOf(catalogdb.Category{ID: r.ID, Parent: r.Parent, Slug: r.Slug, Name: r.Name, Path: r.Path,
				Position: r.Position})
			if err != nil {
				return nil, nil, err
			}
			trail = append(trail, c)
		}
		nearest[r.Code] = CategoryID(r.ID)
	}
	for _, r := range rows {
		if r.Code == "" || nearest[r.Code] != CategoryID(r.ID) {
			continue
		}
		d, err := definitionOf(catalogdb.CategoryAttribute{Category: r.ID, Code: r.Code, Kind: r.Kind, Label: r.Label,
			Unit: r.Unit, Position: r.Place})
		if err != nil {
			return nil, nil, err
		}
		definitions = append(definitions, d)
	}
	return trail, definitions, nil
}

// labelled gives attributes with the labels of their definitions: a name is written once, in the category. One that
// nobody defines, or as another kind, keeps its own.
func labelled(attributes []Attribute, definitions []Definition) []Attribute {
	for i := range attributes {
		for _, d := range definitions {
			if a := &attributes[i]; d.Code == a.Code && d.Kind == a.Kind {
				a.Label = d.Label
			}
		}
	}
	return attributes
}
