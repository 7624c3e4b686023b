// Package catalog knows what is shown: products with their variants and options, typed attributes, texts in several
// languages, media, and the tree of categories, which says what attributes their products are asked for.
//
// It does not know prices (pricing), stock (inventory) or words that are searched for (search). A product is what a buyer
// looks at; a variant is what is bought and lies on the shelf. Every product has at least one variant.
//
//	draft → on_sale ⇄ ended
//
// Nobody outside sees a draft. An ended product keeps its page, and what was ordered keeps its own copies.
package catalog

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/seller"
	"sauda/core/tax"
	"sauda/gear/db"
)

// ProductID names a product, VariantID a variant, CategoryID a category.
type (
	ProductID  string
	VariantID  string
	CategoryID string
)

// State says who sees a product and whether it can be ordered.
type State string

// The states of a product.
const (
	StateDraft  State = "draft"
	StateOnSale State = "on_sale"
	StateEnded  State = "ended"
)

// Tracking says how stock limits the sale of a variant.
type Tracking string

// The ways of tracking.
const (
	Tracked   Tracking = "tracked"   // Tracked is sold while there is stock.
	Untracked Tracking = "untracked" // Untracked is always available to order.
	Backorder Tracking = "backorder" // Backorder is sold beyond the stock as well.
)

// AttributeKind says what the value of an attribute is.
type AttributeKind string

// The kinds of attributes.
const (
	AttributeText       AttributeKind = "text"
	AttributeNumber     AttributeKind = "number"
	AttributeBool       AttributeKind = "bool"
	AttributeChoice     AttributeKind = "choice"     // AttributeChoice is one of the choices of its definition.
	AttributeChoices    AttributeKind = "choices"    // AttributeChoices is any of them.
	AttributeColour     AttributeKind = "colour"     // AttributeColour is a name and what it looks like on a screen.
	AttributeDimensions AttributeKind = "dimensions" // AttributeDimensions is two or three sides in one unit.
	AttributeDate       AttributeKind = "date"
)

// AttributeKinds are all kinds, in the order in which they are offered.
var AttributeKinds = []AttributeKind{AttributeText, AttributeNumber, AttributeChoice, AttributeChoices, AttributeColour,
	AttributeDimensions, AttributeDate, AttributeBool}

// Attribute is a typed statement about a product. Only the value of its kind is filled.
type Attribute struct {
	Code    string         `json:"code"`
	Kind    AttributeKind  `json:"kind"`
	Label   text.Localized `json:"label,omitempty"`
	Text    text.Localized `json:"text,omitempty"`   // Text is also the name of a colour.
	Number  string         `json:"number,omitempty"` // Number is a decimal with a point: "12.5".
	Unit    string         `json:"unit,omitempty"`   // Unit is shown after the number or the sides: "mm", "GHz".
	Bool    bool           `json:"bool,omitempty"`
	Choices []Choice       `json:"choices,omitempty"` // Choices are the chosen ones: one for a choice.
	Colour  string         `json:"colour,omitempty"`  // Colour is six hexadecimal digits after a hash, "#c39a3f"; it may be missing.
	Sides   []string       `json:"sides,omitempty"`   // Sides are decimals with a point, the length first.
	Date    span.Day       `json:"date,omitzero"`
}

// Choice is one value that an attribute can have.
type Choice struct {
	Code string         `json:"code,omitempty"` // Code is made of the name when it is empty.
	Name text.Localized `json:"name"`
}

// Option is what tells the variants of a product apart, such as the size.
type Option struct {
	Code   string         `json:"code"`
	Name   text.Localized `json:"name"`
	Values []OptionValue  `json:"values"`
}

// OptionValue is one choice of an option.
type OptionValue struct {
	Code string         `json:"code"`
	Name text.Localized `json:"name"`
}

// MediaKind says what a medium is.
type MediaKind string

// The kinds of media.
const (
	MediaImage    MediaKind = "image"
	MediaVideo    MediaKind = "video"
	MediaModel    MediaKind = "model" // MediaModel is what can be turned around: glTF or USDZ.
	MediaDocument MediaKind = "document"
)

// Media refers to a picture, a film, a model or a document. The first image is the cover.
type Media struct {
	Kind MediaKind      `json:"kind"`
	URL  string         `json:"url"` // URL is absolute (https) or a path of this house that begins with a slash.
	Alt  text.Localized `json:"alt,omitempty"`
	// Poster is the URL of the picture that stands for a film or a model until it is played.
	Poster string `json:"poster,omitempty"`
	// Options say which variants it shows: those that have chosen all of these, such as {"colour": "red"}. Without any it
	// shows all of them.
	Options map[string]string `json:"options,omitempty"`
}

// Shows tells whether the medium is about a variant.
func (m Media) Shows(v Variant) bool {
	for code, value := range m.Options {
		if v.Options[code] != value {
			return false
		}
	}
	return true
}

// Variant is what is bought: one size, one colour.
type Variant struct {
	ID       VariantID
	SKU      string // SKU is the seller's own sign, unique for the seller.
	GTIN     string // GTIN is the worldwide number: 8, 12, 13 or 14 digits with a check digit. Empty when there is none.
	NTIN     string // NTIN is the number in the national catalogue of goods.
	HS       string // HS is the customs code (TN VED): 4 to 10 digits.
	Options  map[string]string
	Label    text.Localized // Label is the chosen values in words, "Red, XL". The catalogue writes it.
	Unit     measure.Unit   // Unit is C62, a piece, when it is empty.
	Mass     measure.Mass
	Size     measure.Size
	Tracking Tracking // Tracking is Untracked when it is empty.
	Position int
}

// Product is what a buyer looks at.
type Product struct {
	ID          ProductID
	Seller      seller.ID
	ExternalID  string // ExternalID is the id in the source that a product was imported from, unique for the seller.
	Slug        string // Slug makes addresses readable; pages are found by id.
	Category    CategoryID
	Name        text.Localized
	Description text.Localized
	Brand       string
	Origin      place.Country // Origin is the country of origin; empty when it is not known.
	Provenance  Provenance    // Provenance says by what the origin is known.
	TaxClass    tax.Class
	Kind        Kind
	State       State
	Score       int // Score is how complete it is, from 0 to 100; Unweighed after a change, for a moment.
	Attributes  []Attribute
	Options     []Option
	Media       []Media
	Variants    []Variant // Variants are those that are not dropped, in their order.
	Version     int64     // Version grows by one with every change.
	Since       time.Time // Since is when it first went on sale, and before that when it was added. Lists go by it.
	Revised     time.Time
}

// Draft is a product before it has an id.
type Draft struct {
	Seller      seller.ID
	ExternalID  string
	Slug        string // Slug is made of the name when it is empty.
	Category    CategoryID
	Name        text.Localized
	Description text.Localized
	Brand       string
	Origin      place.Country
	Provenance  Provenance
	TaxClass    tax.Class // TaxClass is tax.Standard when it is empty.
	Kind        Kind
	State       State // State is StateDraft, also when it is empty, or StateOnSale.
	Attributes  []Attribute
	Options     []Option
	Media       []Media
	Variants    []Variant // Variants come without ids.
}

// Changes are what to revise: nil stays as it is. Lists are replaced as a whole. Variants are matched by SKU: one that
// is known keeps its id, one that is missing is dropped and cannot be ordered any more.
type Changes struct {
	Slug        *string         `json:"slug,omitempty"`
	Category    *CategoryID     `json:"category,omitempty"`
	Name        *text.Localized `json:"name,omitempty"`
	Description *text.Localized `json:"description,omitempty"`
	Brand       *string         `json:"brand,omitempty"`
	Origin      *place.Country  `json:"origin,omitempty"`
	Provenance  *Provenance     `json:"provenance,omitempty"`
	TaxClass    *tax.Class      `json:"tax_class,omitempty"`
	Kind        *Kind           `json:"kind,omitempty"`
	Attributes  *[]Attribute    `json:"attributes,omitempty"`
	Options     *[]Option       `json:"options,omitempty"`
	Media       *[]Media        `json:"media,omitempty"`
	Variants    *[]Variant      `json:"variants,omitempty"`
}

// Summary is a product in a list.
type Summary struct {
	ID       ProductID
	Seller   seller.ID
	Slug     string
	Category CategoryID
	Name     text.Localized
	Brand    string
	Origin   place.Country
	Proof    Grade // Proof says by what the origin is known; empty when there is none.
	Kind     Kind
	State    State
	Score    int    // Score is how complete the product is; see Weigh.
	Cover    *Media // Cover is the first image, or nil.
	Variants []SummaryVariant
	Since    time.Time
	Version  int64
}

// SummaryVariant is what a list needs to ask for prices and stock.
type SummaryVariant struct {
	ID       VariantID
	SKU      string
	Label    text.Localized
	Unit     measure.Unit
	Tracking Tracking
}

// Offer is all that a basket and a quote need to know of a variant.
type Offer struct {
	Variant  VariantID
	Product  ProductID
	Seller   seller.ID
	SKU      string
	Name     text.Localized // Name is the product's.
	Label    text.Localized // Label is the chosen values in words; empty when the product has no options.
	Slug     string
	Unit     measure.Unit
	TaxClass tax.Class
	Category CategoryID
	Brand    string
	Kind     Kind
	Mass     measure.Mass
	Size     measure.Size
	GTIN     string
	NTIN     string
	HS       string
	Origin   place.Country
	Proof    Grade // Proof says by what the origin is known; empty when there is none.
	State    State // State is StateEnded for a dropped variant as well.
	Tracking Tracking
	Cover    *Media
}

// ForSale says whether the variant can be ordered, as far as the catalogue knows: stock has its own word.
func (o Offer) ForSale() bool { return o.State == StateOnSale }

// Limits of a product. They keep pages readable and rows small; all counts of text are in characters.
const (
	NameMax        = 250
	DescriptionMax = 20_000
	BrandMax       = 100
	CodeMax        = 100 // CodeMax bounds SKUs, external ids and codes of options and attributes.
	AttributesMax  = 300
	AttributeMax   = 4_000 // AttributeMax bounds one text of an attribute.
	OptionsMax     = 3     // OptionsMax is what a person can choose by.
	ValuesMax      = 100
	VariantsMax    = 100
	MediaMax       = 50
	URLMax         = 1_000
	BatchMax       = 1_000 // BatchMax bounds an ImportBatch: all writers wait for a moment.
	PageMax        = 200   // PageMax bounds a page of List.
	OffersMax      = 1_000 // OffersMax bounds one question of Offers.
)

// Faults of products.
var (
	ErrUnknown    = fault.New(fault.Missing, "catalog.unknown", "There is no such product. It may have been removed; search for it or go back to the catalogue.")
	ErrInvalid    = fault.New(fault.Invalid, "catalog.invalid", "Correct the marked fields of the product.")
	ErrStale      = fault.New(fault.Precondition, "catalog.stale", "Somebody has changed this in the meantime. Load it again and repeat your change.")
	ErrSKUTaken   = fault.New(fault.Conflict, "catalog.sku_taken", "Another product of this seller has this SKU. Choose another SKU.")
	ErrExternal   = fault.New(fault.Conflict, "catalog.external_id_taken", "Another product of this seller has this external id. Revise that product instead.")
	ErrOnSale     = fault.New(fault.Conflict, "catalog.already_on_sale", "The product is on sale already. Nothing is left to do.")
	ErrEnded      = fault.New(fault.Conflict, "catalog.already_ended", "The product has ended already. Put it on sale again first.")
	ErrSilent     = fault.New(fault.Invalid, "catalog.attributes_missing", "The category requires attributes that the product leaves out. Fill them in, then put it on sale.")
	ErrBatch      = fault.New(fault.TooLarge, "catalog.batch_too_large", "Send at most 1,000 products at once.")
	ErrCursor     = fault.New(fault.Malformed, "catalog.cursor", "The page mark is damaged. Begin again with the first page.")
	ErrNotSellers = fault.New(fault.Invalid, "catalog.several_sellers", "Send the products of one seller at a time.")
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of the catalogue.
var Schema = db.Schema{Name: "catalog", Files: schemaFiles}
