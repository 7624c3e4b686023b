// Package digital knows what is sold and has no weight: the files that buyers of a product may fetch, and the licence codes
// of which each is given once.
//
// How many codes are left stands in a pool of core/hold, one for each variant, so that none is promised twice; the codes
// themselves lie here and are given when they are paid. A grant says what the buyer of one line of an order may fetch, how
// often and until when. It does not know the order (order), nor who may see it: whoever asks has been let in by the order.
//
//	bought ──Due──▶ paid ──Give──▶ granted ──Fetch──▶ … ──End──▶ ended, or over by its time
package digital

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/core/catalog"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of what is digital.
var Schema = db.Schema{Name: "digital", Files: schemaFiles}

// FileID names a file, GrantID what somebody may fetch.
type (
	FileID  string
	GrantID string
)

// File is what buyers of a product may fetch.
type File struct {
	ID      FileID
	Product catalog.ProductID
	Name    string
	Bytes   int64
	Dropped bool // Dropped is not offered any more; who has bought it before may still fetch it.
	lies    string
}

// Grant is what the buyer of one line of an order may fetch.
type Grant struct {
	ID    GrantID
	Line  string
	Files []Fetchable
	Codes []string
	Until time.Time
	Ended bool // Ended says that the line was given back.
	most  int64
}

// Fetchable is a file of a grant.
type Fetchable struct {
	File
	Left int64 // Left is how many times it may still be fetched.
}

// Open says whether anything of a grant may be had at an instant.
func (g Grant) Open(at time.Time) bool { return !g.Ended && at.Before(g.Until) }

// Limits of what is digital.
const (
	BytesMax = 500 << 20 // BytesMax is a film of good quality, or a large program.
	filesMax = 20
	nameMax  = 150
	CodesMax = 1_000 // CodesMax bounds the codes that are added at once.
	codeMax  = 200
)

// Faults of what is digital.
var (
	ErrBytes   = fault.New(fault.TooLarge, "digital.bytes", "The file is too large: at most 500 MB. Make it smaller, or divide it.")
	ErrEmpty   = fault.New(fault.Invalid, "digital.empty", "There is nothing in the file. Choose another one.")
	ErrMany    = fault.New(fault.Conflict, "digital.many_files", "A product has at most 20 files. Take one away first.")
	ErrUnknown = fault.New(fault.Missing, "digital.unknown", "There is no such file. Look at the order again.")
	ErrOver    = fault.New(fault.Conflict, "digital.over", "This may not be fetched any more: its time is over, or it was given back. Please write to the shop.")
	ErrSpent   = fault.New(fault.Conflict, "digital.spent", "The file was fetched as often as it may be. Please write to the shop.")
	ErrCodes   = fault.New(fault.Invalid, "digital.codes", "Write from 1 to 1,000 codes, one a line, each of at most 200 characters.")
	ErrNoCode  = fault.New(fault.Internal, "digital.no_code", "There are fewer codes than were promised. Please tell us; nothing is lost.")
)

// Ref names the giving of digital goods in the history of an order, where a parcel has the name of its shipment.
const Ref = "digital"

// Due says that what an order has of files and codes is paid, and can be given.
type Due struct {
	Order string `json:"order"`
}

// Given says that the buyer of an order may have the files and codes of some of its lines from now on.
type Given struct {
	Order string   `json:"order"`
	Lines []string `json:"lines"`
}

// Fact names the fact.
func (Due) Fact() string   { return "digital.due" }
func (Given) Fact() string { return "digital.given" }

// Key keeps the facts of one order in their order.
func (d Due) Key() string   { return d.Order }
func (g Given) Key() string { return g.Order }
