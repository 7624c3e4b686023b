// Package search knows how goods are found: by words in any of the languages, by filters, and by what is typed so far.
//
// It keeps an index of all goods on sale in the memory of each node (index), which follows the facts of the catalogue, the
// prices and the stock (follow.go, keep.go), so both engines find the same. In the store it keeps what the shop has
// decided (synonyms, boosts, curated answers, redirects), how often something was looked for, and what people liked; it
// keeps nobody's name beside that.
//
//	words ─▶ analysis ─▶ slots ─▶ synonyms, slips of the finger ─▶ index ─▶ ids ─▶ cards (shelf, by the face)
//
// It does not know what a product looks like or costs at this instant: whoever shows a hit reads that from the store.
package search

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
)

// RuleID names a rule.
type RuleID string

// Kind says what a rule does.
type Kind string

// The kinds of rules.
const (
	Synonym  Kind = "synonym"  // Synonym makes words mean the same.
	Boost    Kind = "boost"    // Boost raises or lowers goods that pass a filter, and answers say so.
	Curated  Kind = "curated"  // Curated puts goods first for a query, or hides them.
	Redirect Kind = "redirect" // Redirect leads a query to a page.
)

// Rule is something that the shop has decided about its search. Which fields count depends on the kind.
type Rule struct {
	ID    RuleID    `json:"-"`
	Kind  Kind      `json:"-"`
	Added time.Time `json:"-"`

	Words    []string            `json:"words,omitempty"`     // Words mean the same; of a synonym.
	OneWay   bool                `json:"one_way,omitempty"`   // OneWay makes the first word find the others, and not the other way round.
	Name     text.Localized      `json:"name,omitempty"`      // Name is what buyers read about a boost: "Made in Kazakhstan".
	Filter   string              `json:"filter,omitempty"`    // Filter says which goods a boost moves, as ParseFilters reads it.
	PerMille int64               `json:"per_mille,omitempty"` // PerMille is added to the score: 200 is a fifth more.
	Query    string              `json:"query,omitempty"`     // Query is what a curated answer or a redirect is for.
	Pinned   []catalog.ProductID `json:"pinned,omitempty"`
	Hidden   []catalog.ProductID `json:"hidden,omitempty"`
	To       string              `json:"to,omitempty"` // To is a path of the shop, such as "/c/notebooks".
}

// Limits of rules and queries.
const (
	QueryMax    = 200    // QueryMax bounds a query, in characters.
	RulesMax    = 2_000  // RulesMax bounds the rules of a house: each query looks through them.
	WordsMax    = 30     // WordsMax bounds the words of a synonym.
	CuratedMax  = 50     // CuratedMax bounds the goods that are pinned or hidden.
	BoostMax    = 2_000  // BoostMax bounds a boost: three times the score.
	BoostMin    = -900   // BoostMin bounds a boost downwards: a tenth of the score.
	PageMax     = 100    // PageMax bounds a page of an answer.
	DepthMax    = 10_000 // DepthMax bounds how deep one can turn pages; whoever is there should use filters.
	FiltersMax  = 20     // FiltersMax bounds the filters of a question.
	FacetsMax   = 20     // FacetsMax bounds the facets that are counted.
	suggestions = 5      // of each kind
)

// Faults of the search.
var (
	ErrUnknown = fault.New(fault.Missing, "search.unknown_rule", "There is no such rule. Read the list of rules again.")
	ErrRule    = fault.New(fault.Invalid, "search.invalid_rule", "Correct the marked fields of the rule.")
	ErrRules   = fault.New(fault.Conflict, "search.too_many_rules", "There are as many rules as the search can carry. Drop one first.")
	ErrTaken   = fault.New(fault.Conflict, "search.query_taken", "There is such a rule for this query already. Revise that one instead.")
	ErrCommon  = fault.New(fault.Missing, "search.unknown_common", "There is no such group of common words. Read their list again.")
	ErrFilter  = fault.New(fault.Invalid, "search.filter", "Write filters as name:value,value and part them by bars; ranges as name:from..to.")
	ErrCursor  = fault.New(fault.Malformed, "search.cursor", "The page mark is damaged or too deep. Begin again with the first page, and narrow the search by filters.")
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of the search.
var Schema = db.Schema{Name: "search", Files: schemaFiles}
