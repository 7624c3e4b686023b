package catalog

import (
	"slices"

	"sauda/base/text"
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// Unweighed is the score of a product that has changed since it was weighed.
const Unweighed = -1

// LackKind says what a product lacks.
type LackKind string

// The kinds, the most important first.
const (
	LackName        LackKind = "name"        // LackName is a name in a language that the law asks for.
	LackDescription LackKind = "description" // LackDescription is the same of what is said about the goods.
	LackPrice       LackKind = "price"
	LackAttribute   LackKind = "attribute" // LackAttribute is one that the category requires.
	LackPicture     LackKind = "picture"
	LackPictures    LackKind = "pictures" // LackPictures is about fewer than PicturesWanted.
	LackNumber      LackKind = "number"   // LackNumber is a GTIN or NTIN.
	LackMass        LackKind = "mass"
	LackCategory    LackKind = "category"
)

// LackKinds are all kinds, the most important first.
var LackKinds = []LackKind{LackName, LackDescription, LackPrice, LackAttribute, LackPicture, LackPictures, LackNumber, LackMass, LackCategory}

// PicturesWanted is how many pictures let a buyer judge goods that he cannot hold.
const PicturesWanted = 3

// Lack is one thing that a product lacks.
type Lack struct {
	Kind      LackKind       `json:"kind"`
	Lang      string         `json:"lang,omitempty"`      // Lang is of a missing text.
	ByLaw     bool           `json:"by_law,omitempty"`    // ByLaw says that the law asks for it.
	Attribute string         `json:"attribute,omitempty"` // Attribute is the code of a missing one, with its label.
	Label     text.Localized `json:"label,omitempty"`
	SKU       string         `json:"sku,omitempty"` // SKU is of the first variant that lacks it.
}

// Completeness is how much of what a buyer and the law want to know a product says.
type Completeness struct {
	Score int    `json:"score"` // Score is from 0 to 100.
	Lacks []Lack `json:"lacks"`
}

// lawful are the languages in which a buyer is told of the goods (Consumer law № 274-IV art. 25, 26).
var lawful = []string{"kk", "ru"}

// What each thing weighs. All together are 100.
const (
	nameWeight, descriptionWeight            = 10, 10 // in each of the lawful languages
	priceWeight, attributesWeight            = 10, 15
	pictureWeight, picturesWeight            = 15, 5
	numberWeight, massWeight, categoryWeight = 8, 4, 3
)

// Complete tells what a product lacks, when its category asks for these attributes and the variants with a price are
// these. It is a function of what it is given and asks nobody.
func Complete(p Product, definitions []Definition, priced map[VariantID]bool) Completeness {
	c := Completeness{Lacks: []Lack{}}
	need := func(there bool, weight int, lack Lack) {
		if there {
			c.Score += weight
		} else {
			c.Lacks = append(c.Lacks, lack)
		}
	}
	for _, lang := range lawful {
		need(p.Name[lang] != "", nameWeight, Lack{Kind: LackName, Lang: lang, ByLaw: true})
		need(p.Description[lang] != "", descriptionWeight, Lack{Kind: LackDescription, Lang: lang, ByLaw: true})
	}
	sku, all := p.each(func(v Variant) bool { return priced[v.ID] || p.Kind.Bundle != nil && p.Kind.Bundle.Summed })
	need(all, priceWeight, Lack{Kind: LackPrice, SKU: sku})
	missing, share := unanswered(p, definitions)
	c.Score += attributesWeight * share / 100
	for _, d := range missing {
		c.Lacks = append(c.Lacks, Lack{Kind: LackAttribute, Attribute: d.Code, Label: d.Label})
	}
	pictures := 0
	for _, m := range p.Media {
		if m.Kind == MediaImage {
			pictures++
		}
	}
	need(pictures > 0, pictureWeight, Lack{Kind: LackPicture})
	need(pictures >= PicturesWanted, picturesWeight, Lack{Kind: LackPictures})
	sku, all = p.each(func(v Variant) bool { return v.GTIN != "" || v.NTIN != "" })
	need(all, numberWeight, Lack{Kind: LackNumber, SKU: sku})
	sku, all = p.each(func(v Variant) bool { return v.Mass > 0 || p.Kind.Bundle != nil || p.Kind.Digital != nil })
	need(all, massWeight, Lack{Kind: LackMass, SKU: sku})
	need(p.Category != "", categoryWeight, Lack{Kind: LackCategory})
	return c
}

// each tells whether something holds of all variants, and the SKU of the first of which it does not.
func (p Product) each(holds func(Variant) bool) (sku string, all bool) {
	for _, v := range p.Variants {
		if !holds(v) {
			return v.SKU, false
		}
	}
	return "", true
}

// unanswered gives the required attributes that a product leaves out, and the share in per cent of those that it states.
func unanswered(p Product, definitions []Definition) (missing []Definition, share int) {
	required := 0
	for _, d := range definitions {
		if !d.Required {
			continue
		}
		required++
		stated := func(a Attribute) bool { return a.Code == d.Code && a.Kind == d.Kind }
		if !slices.ContainsFunc(p.Attributes, stated) {
			missing = append(missing, d)
		}
	}
	if required == 0 {
		return nil, 100
	}
	return missing, 100 * (required - len(missing)) / required
}

// Unscored gives products that have changed since they were weighed, at most so many, in three statements.
func Unscored(tx *db.Tx, most int) ([]Product, error) {
	ids, err := catalogdb.New(tx).Unweighed(tx.Context(), int64(most))
	if err != nil {
		return nil, err
	}
	return Some(tx, ids)
}

// Weigh gives a score to products that were read before, and says to which. One that has changed meanwhile is left for another
// time. Which of their variants have a price is the caller's to tell: the catalogue knows no prices. It takes two statements,
// those of the caller, and one more for each different score.
func Weigh(tx *db.Tx, products []Product, priced func(*db.Tx, []VariantID) (map[VariantID]bool, error)) ([]Product, error) {
	products, err := unchanged(tx, products)
	if err != nil {
		return nil, err
	}
	var variants []VariantID
	categories := map[string]bool{}
	for _, p := range products {
		categories[string(p.Category)] = true
		for _, v := range p.Variants {
			variants = append(variants, v.ID)
		}
	}
	prices, err := priced(tx, variants)
	if err != nil {
		return nil, err
	}
	definitions, err := definitionsAbove(tx, categories)
	if err != nil {
		return nil, err
	}
	byScore := map[int][]ProductID{}
	for _, p := range products {
		score := Complete(p, definitions[p.Category], prices).Score
		byScore[score] = append(byScore[score], p.ID)
	}
	later := catalogdb.New(tx.Later())
	for score := range 101 {
		if len(byScore[score]) == 0 {
			continue
		}
		if err := later.SetScore(tx.Context(), catalogdb.SetScoreParams{Score: int64(score), Ids: db.In(byScore[score])}); err != nil {
			return nil, err
		}
	}
	return products, nil
}

// unchanged leaves out the products that are not stored as they are here.
func unchanged(tx *db.Tx, products []Product) ([]Product, error) {
	ids := make([]ProductID, len(products))
	for i, p := range products {
		ids[i] = p.ID
	}
	rows, err := catalogdb.New(tx).VersionsOf(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	stored := make(map[ProductID]int64, len(rows))
	for _, r := range rows {
		stored[ProductID(r.ID)] = r.Version
	}
	return slices.DeleteFunc(slices.Clone(products), func(p Product) bool { return stored[p.ID] != p.Version }), nil
}

// Reprice has the products of these variants weighed again: one of their prices came or went.
func Reprice(tx *db.Tx, variants []VariantID) error {
	return catalogdb.New(tx).UnweighVariants(tx.Context(), db.In(variants))
}

// definitionsAbove gives what each of these categories asks for, in one statement.
func definitionsAbove(tx *db.Tx, categories map[string]bool) (map[CategoryID][]Definition, error) {
	rows, err := catalogdb.New(tx).DefinitionsAbove(tx.Context(), keys(categories))
	if err != nil {
		return nil, err
	}
	all := make(map[CategoryID][]Definition)
	for _, r := range rows {
		d, err := definitionOf(catalogdb.CategoryQuestion{Category: r.Category, Code: r.Code, Kind: r.Kind, Label: r.Label,
			Heading: r.Heading, Unit: r.Unit, Choices: r.Choices, Required: r.Required, Filterable: r.Filterable,
			Comparable: r.Comparable, Position: r.Position})
		if err != nil {
			return nil, err
		}
		asked := CategoryID(r.Asked)
		known := slices.DeleteFunc(all[asked], func(x Definition) bool { return x.Code == d.Code }) // The nearer one counts.
		all[asked] = append(known, d)
	}
	return all, nil
}
