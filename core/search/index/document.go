// Package index is the machine of the search: an inverted index in memory with columns for filters, facets and sorts.
//
// It knows words and numbers, not the trade: a document is what core/search makes of a product. Segments are built in
// bulk and never change, except that documents die in them and that numbers which change by the hour (price, stock,
// popularity) are overwritten in place. A reader takes one snapshot and waits for nobody; one writer at a time makes the
// next snapshot and swaps it in.
//
//	documents ─▶ builder ─▶ segment ┐
//	changes   ─▶ builder ─▶ young ──┴▶ snapshot ─▶ readers      small segments are merged in the background
package index

// Field is a part of a document in which words stand.
type Field uint8

// The fields, those that say most about a product first.
const (
	Title Field = iota
	Brand
	Model // Model is SKUs, barcodes, part numbers and ids.
	Category
	Attribute
	Description
	Purpose // Purpose is words of the title that say what the goods are for or belong to, not what they are.
	fields
)

// String names the field for people who ask why something was found.
func (f Field) String() string {
	return [fields]string{"title", "brand", "model", "category", "attribute", "description", "purpose"}[f]
}

// Stock says whether something can be ordered; more is better.
type Stock uint8

// The levels of stock.
const (
	OutOfStock Stock = iota
	ToOrder
	InStock
)

// Kind is the type of a value.
type Kind uint8

// The kinds of values.
const (
	Text Kind = iota
	Number
	Bool
)

// Value is a typed statement about a document.
type Value struct {
	Code   string
	Kind   Kind
	Text   string // Text is the value of a text, and "true" or "false" of a Bool.
	Number int64  // Number is in thousandths.
	Label  string // Label is the words for people as JSON, the same for all values of a code; it may be empty.
	Words  string // Words are the words of the value for people as JSON; it may be empty.
	Unit   string
}

// Document is what can be found.
type Document struct {
	ID       string   // ID is unique; adding a document again replaces it.
	External string   // External is its id in the source that it came from.
	Titles   []string // Titles are whole, for words that stand together; Texts has them taken apart.
	Texts    [fields][]string
	Category string // Category is the id of its category; the tree says what is above.
	Brand    string
	Seller   string
	Origin   string
	Since    int64
	Version  int64 // Version tells whether the index has the document as it is.
	Values   []Value
	Numbers
}

// Numbers are what changes too often to index a document again for it.
type Numbers struct {
	Price      int64 // Price is in minor units; zero when there is none.
	Stock      Stock
	Popularity int64
}

// weights say how much a word in a field says, in thousandths of one in a title of usual length.
var weights = [fields]int64{Title: 1000, Brand: 2000, Model: 1400, Category: 1100, Attribute: 250, Description: 250, Purpose: 450}

// usual is how many words a field has usually; lengthens says in thousandths how much a longer field dilutes a word.
// They are constants, not averages of the moment, so that a document scores the same whenever it was indexed.
var (
	usual      = [fields]int64{Title: 12, Brand: 1, Model: 4, Category: 3, Attribute: 90, Description: 25, Purpose: 3}
	lengthens  = [fields]int64{Title: 300, Brand: 0, Model: 0, Category: 300, Attribute: 750, Description: 700, Purpose: 0}
	countsMost = [fields]int64{Title: 2, Brand: 1, Model: 1, Category: 1, Attribute: 2, Description: 2, Purpose: 1}
)

// saturation is the k1 of BM25, in thousandths: how soon more of the same word says no more.
const saturation = 1200

// impact is how much a term says about a document, 1 to 255: BM25F without the rarity of the term, which is known only
// when one searches. A tenth of a thousandth is lost by the rounding, and a byte holds it.
func impact(counts *[fields]int64, lengths *[fields]int64) byte {
	var sum int64
	for f := range fields {
		if counts[f] == 0 {
			continue
		}
		sum += weights[f] * min(counts[f], countsMost[f]) * 1000 / (1000 - lengthens[f] + lengthens[f]*lengths[f]/usual[f])
	}
	return byte(max(1, 255*sum/(saturation+sum)))
}
