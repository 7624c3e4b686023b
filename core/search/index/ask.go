package index

// Sort is the order of an answer.
type Sort string

// The orders. What is equal stands newest first, then by its id.
const (
	ByRelevance Sort = "relevance"
	ByNewest    Sort = "newest"
	ByPriceUp   Sort = "price"
	ByPriceDown Sort = "-price"
	ByPopular   Sort = "popular"
)

// Names of the filters and facets that every document has. Those of attributes are AttributePrefix and their code.
const (
	NameCategory    = "category"
	NameBrand       = "brand"
	NameSeller      = "seller"
	NameOrigin      = "origin"
	NamePrice       = "price"
	NameStock       = "stock"
	AttributePrefix = "attr."
)

// Slot is a word that is looked for, with what may stand for it.
type Slot struct {
	Word         string
	Alternatives []Alternative
}

// Alternative is terms that stand for a word if a document has them all.
type Alternative struct {
	Terms  []string
	Prefix bool   // Prefix says that the one term is the beginning of a word.
	Weight int64  // Weight is per mille of the word itself.
	Why    string // Why is a word for the reason: "exact", "synonym", "typo".
}

// Filter keeps documents with one of some values, or with a number within bounds. Values of several filters of one name
// belong into one.
type Filter struct {
	Name     string
	Values   []string
	Bounded  bool  // Bounded makes it a filter of From and To instead of values.
	From, To int64 // From is included, To is not; of an attribute they are in thousandths.
}

// Boost raises or lowers documents that pass filters.
type Boost struct {
	ID       string
	Filters  []Filter
	PerMille int64 // PerMille is added to the score: 200 is a fifth more, -500 is half.
}

// Ask is a question. Without slots it is for all documents.
type Ask struct {
	Slots   []Slot
	Filters []Filter
	Facets  []string                                             // Facets are names to be counted.
	Best    int                                                  // Best adds so many attributes as facets that tell the found documents apart, or those that are Offered.
	Offered func(category string) (names []string, decided bool) // Offered names those of a category where that is decided; it may be nil.
	Sort    Sort
	Offset  int
	Limit   int
	Boosts  []Boost
	Pinned  []string // Pinned are ids that come first, in their order, if they pass the filters.
	Hidden  []string // Hidden are ids that are not found.
	Explain bool     // Explain fills in why each document was found.
}

// Answer is what was found.
type Answer struct {
	Hits   []Hit
	Found  int
	Words  int // Words is how many of the slots the worst of the found documents match.
	Weak   bool
	Facets []Facet
}

// Hit is a document that was found.
type Hit struct {
	ID       string
	External string
	Score    int64
	Pinned   bool
	Words    int      // Words is how many slots it matches.
	Boosts   []string // Boosts are the ids of those that moved it.
	Reasons  []Reason // Reasons are there when the question asks for them.
}

// Reason says where a word was found, and as what.
type Reason struct {
	Word   string
	As     string
	Why    string
	Fields []string
}

// Facet is a count of the values that the found documents have. Its own filter is left out of account, so that a value
// that was chosen does not hide its siblings.
type Facet struct {
	Name   string
	Kind   string            // Kind is value, range or hierarchy.
	Label  map[string]string // Label is the words for people; empty for those that every document has.
	Unit   string
	Values []FacetValue
}

// FacetValue is one value with how many documents have it.
type FacetValue struct {
	Value    string
	Words    map[string]string // Words are the value for people, where it has some.
	Parent   string            // Parent is the value above it in a hierarchy.
	From, To int64             // From and To bound a range, as in a Filter.
	Count    int
	Chosen   bool
}
