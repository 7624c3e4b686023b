package catalog

import (
	"database/sql"
	"errors"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// Definition says that the products of a category, and of all categories below it, are asked for an attribute. It asks
// only: what a product says of itself is in its Attributes, and a source may bring others. A product that leaves out what
// is required is not put on sale by hand; one that is on sale stays there and is less complete.
type Definition struct {
	Category   CategoryID
	Code       string // Code is unique in the category. Of two with one code on the way to the root, the nearer one counts.
	Kind       AttributeKind
	Label      text.Localized
	Heading    text.Localized // Heading is what a page writes above it and others with the same one; it may be empty.
	Unit       string         // Unit is that of new values of a number or of sides; a value that a product has keeps its own.
	Choices    []Choice       // Choices are what can be chosen, for those kinds.
	Required   bool
	Filterable bool // Filterable asks lists to offer a filter by it.
	Comparable bool // Comparable shows it where products stand side by side.
	Position   int  // Position orders the definitions of one category.
}

// ChoicesMax bounds what an attribute can be chosen from; a longer list is a text.
const ChoicesMax = 200

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
	d.Heading = c.localized("/heading", d.Heading, NameMax)
	d.Unit = c.plain("/unit", d.Unit, CodeMax)
	united := d.Kind == AttributeNumber || d.Kind == AttributeDimensions
	if d.Unit != "" && !united && slices.Contains(AttributeKinds, d.Kind) {
		c.wrong("/unit", fault.Say("Only a number and dimensions have a unit."))
	}
	switch d.Kind {
	case AttributeChoice, AttributeChoices:
		if len(d.Choices) == 0 || len(d.Choices) > ChoicesMax {
			c.wrong("/choices", fault.Say("Write from 1 to {n} values to choose from.").With("n", ChoicesMax))
		}
		d.Choices = c.choices("/choices", d.Choices)
	case AttributeText, AttributeNumber, AttributeBool, AttributeColour, AttributeDimensions, AttributeDate:
		if len(d.Choices) > 0 {
			c.wrong("/choices", fault.Say("Only an attribute that is chosen has values to choose from."))
		}
	default:
		c.wrong("/kind", fault.Say("Say text, number, choice, choices, colour, dimensions, date or bool."))
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
		Kind: string(d.Kind), Label: d.Label.String(), Heading: d.Heading.String(), Unit: d.Unit, Choices: list(d.Choices),
		Required: bit(d.Required), Filterable: bit(d.Filterable), Comparable: bit(d.Comparable), Position: int64(d.Position)})
	if err != nil {
		return Definition{}, err
	}
	if rows == 0 {
		return Definition{}, fault.With(ErrDefined.About("%s has %q", d.Category, d.Code), "code", d.Code)
	}
	return d, askedOtherwise(tx, d.Category)
}

// askedOtherwise has products weighed again whose category asks for other things now, and states it.
func askedOtherwise(tx *db.Tx, id CategoryID) error {
	if err := catalogdb.New(tx.Later()).UnweighCategory(tx.Context(), string(id)); err != nil {
		return err
	}
	return tx.Emit(CategoryChanged{Category: id, What: "attributes"})
}

// ReviseAttribute changes a definition. Its kind stays: values of the old one would be left. Products show the new label,
// heading and names of choices at once; a number that a product has keeps its unit, and a choice that is not offered any
// more keeps its name. Affected tells beforehand how many products that is.
func ReviseAttribute(tx *db.Tx, d Definition) (Definition, error) {
	old, err := GetDefinition(tx, d.Category, d.Code)
	if err != nil {
		return Definition{}, err
	}
	d.Kind = old.Kind
	if d, err = d.cleaned(); err != nil {
		return Definition{}, err
	}
	if encode(d) == encode(old) {
		return old, nil
	}
	err = catalogdb.New(tx).SetAttribute(tx.Context(), catalogdb.SetAttributeParams{Label: d.Label.String(),
		Heading: d.Heading.String(), Unit: d.Unit, Choices: list(d.Choices), Required: bit(d.Required),
		Filterable: bit(d.Filterable), Comparable: bit(d.Comparable), Position: int64(d.Position),
		Category: string(d.Category), Code: d.Code})
	if err != nil {
		return Definition{}, err
	}
	return d, askedOtherwise(tx, d.Category)
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
	return askedOtherwise(tx, category)
}

// Effect is what stands behind a definition: how many products it asks, and what they say.
type Effect struct {
	Products int // Products stand in its category or below it.
	Stated   int // Stated have a value, of whatever kind.
	Other    int // Other have a value of another kind, which is shown and waits to be answered anew.
}

// Silent is how many products say nothing yet.
func (e Effect) Silent() int { return e.Products - e.Stated }

// Affected tells what stands behind a definition, before it is changed or dropped. It reads the attributes of all these
// products, so it is for the page of one definition.
func Affected(tx *db.Tx, category CategoryID, code string) (Effect, error) {
	d, err := GetDefinition(tx, category, code)
	if err != nil {
		return Effect{}, err
	}
	stated := `%{"code":"` + likeEscape.Replace(d.Code) + `","kind":"`
	row, err := catalogdb.New(tx).Affected(tx.Context(), catalogdb.AffectedParams{Stated: stated + "%",
		OfKind: stated + string(d.Kind) + `"%`, Category: string(category)})
	return Effect{Products: int(row.Products), Stated: int(row.Stated), Other: int(row.Stated - row.OfKind)}, err
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

func definitionOf(row catalogdb.CategoryQuestion) (Definition, error) {
	f := Definition{Category: CategoryID(row.Category), Code: row.Code, Kind: AttributeKind(row.Kind), Unit: row.Unit,
		Required: row.Required != 0, Filterable: row.Filterable != 0, Comparable: row.Comparable != 0,
		Position: int(row.Position)}
	d := decoder{of: row.Category + " " + row.Code}
	d.text(row.Label, &f.Label)
	d.text(row.Heading, &f.Heading)
	d.json(row.Choices, &f.Choices)
	return f, d.err
}

// bit is how a store keeps yes and no.
func bit(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
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
		d, err := definitionOf(catalogdb.CategoryQuestion{Category: r.ID, Code: r.Code, Kind: r.Kind, Label: r.Label,
			Heading: r.Heading, Unit: r.Unit, Choices: r.Choices, Required: r.Required, Filterable: r.Filterable,
			Comparable: r.Comparable, Position: r.Place})
		if err != nil {
			return nil, nil, err
		}
		definitions = append(definitions, d)
	}
	return trail, definitions, nil
}

// Filterables gives, of each category for which anything is asked, by it or above it, the codes by which lists offer a
// filter, in the order of Definitions. It is empty, and there, for a category of which nothing can be filtered by; one of
// which nothing is asked is not there. It takes one statement.
func Filterables(tx *db.Tx, tree []Category) (map[CategoryID][]string, error) {
	rows, err := catalogdb.New(tx).Filterables(tx.Context())
	if err != nil {
		return nil, err
	}
	own := make(map[CategoryID][]catalogdb.FilterablesRow)
	for _, r := range rows {
		own[CategoryID(r.Category)] = append(own[CategoryID(r.Category)], r)
	}
	above := make(map[CategoryID][]catalogdb.FilterablesRow, len(own)) // What is asked of a category, by all on the way.
	all := make(map[CategoryID][]string, len(own))
	for _, c := range tree { // Each comes after its parent.
		asked := above[c.Parent]
		if mine := own[c.ID]; len(mine) > 0 {
			nearer := func(far catalogdb.FilterablesRow) bool {
				return slices.ContainsFunc(mine, func(near catalogdb.FilterablesRow) bool { return near.Code == far.Code })
			}
			asked = append(slices.DeleteFunc(slices.Clone(asked), nearer), mine...)
		}
		if len(asked) == 0 {
			continue
		}
		above[c.ID], all[c.ID] = asked, []string{}
		for _, r := range asked {
			if r.Filterable != 0 {
				all[c.ID] = append(all[c.ID], r.Code)
			}
		}
	}
	return all, nil
}

// labelled gives attributes with the labels and the names of choices of their definitions: a name is written once, in the
// category. One that nobody defines, or as another kind, keeps its own; so does a choice that is not offered any more.
func labelled(attributes []Attribute, definitions []Definition) []Attribute {
	for i := range attributes {
		a := &attributes[i]
		for _, d := range definitions {
			if d.Code != a.Code || d.Kind != a.Kind {
				continue
			}
			a.Label = d.Label
			for n, chosen := range a.Choices {
				if offered, ok := choiceOf(d.Choices, chosen.Code); ok {
					a.Choices[n] = offered
				}
			}
		}
	}
	return attributes
}

func choiceOf(choices []Choice, code string) (Choice, bool) {
	for _, c := range choices {
		if c.Code == code {
			return c, true
		}
	}
	return Choice{}, false
}
