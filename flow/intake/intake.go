// Package intake brings goods in from files: products, their prices, and how many there are.
//
//	file ─▶ rows ─▶ judged ─▶ batches ─▶ the store
//	          └────────┴─────────┴─▶ FILE.errors.csv: every row that was refused or trimmed, why, and what to do
//
// It knows the forms of files (Icecat's JSON, CSV of any shop) and nothing of where goods go: that is catalog, pricing and
// inventory. A file is read as a stream, never as a whole, by a goroutine of its own; another judges a batch while the one
// before it is written. Each batch is one moment, in which the row of the run moves as well. So an import that was killed
// goes on where it stopped when it is simply run again, and one that ended and is run again changes nothing and states no
// fact.
//
// A product is known by the id that the source gives it. A file is the source of what it says: texts, prices and counts
// that differ from it are made what it says. What it does not say stays.
package intake

import (
	"context"
	"embed"
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/i18n"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

//go:embed texts/*.json
var texts embed.FS

func init() { i18n.Have(texts) }

// Schema holds how far each import has come.
var Schema = db.Schema{Name: "intake", Files: schemaFiles}

// Format is a form of files.
type Format string

// The forms that are understood.
const (
	Icecat  Format = "icecat"  // Icecat is a JSON array of flat objects, as Icecat's open catalogue is packed.
	CSV     Format = "csv"     // CSV is a table of any shop, as CSV or as a workbook, with its columns named in its first row.
	Magento Format = "magento" // Magento is the product file of Magento 2 and Adobe Commerce.
	Shopify Format = "shopify" // Shopify is the product file of Shopify.
	YML     Format = "yml"     // YML is the market language of Yandex.
	Kaspi   Format = "kaspi"   // Kaspi is the price list of Kaspi.
	Google  Format = "google"  // Google is a feed of Google Merchant Center, as RSS, Atom or a table.
)

// Formats are all forms, in the order in which people choose.
var Formats = []Format{CSV, Magento, Shopify, YML, Kaspi, Google, Icecat}

// langOf is the language of texts that name none.
func (f Format) langOf() string {
	switch f {
	case Icecat, Magento, Shopify:
		return "en"
	}
	return "ru"
}

// Plan says how files are brought in.
type Plan struct {
	Format   Format            // Format is told by how the file begins when it is empty.
	Seller   seller.ID         // Seller is seller.Own when it is empty.
	Currency money.Currency    // Currency is of prices that name none; money.KZT when it is empty.
	Lang     string            // Lang is the language of texts that name none: "en" for Icecat, Magento and Shopify and "ru" for the rest when it is empty.
	Category string            // Category is the name of the category below which those of the file are made; "Catalogue" when it is empty.
	State    catalog.State     // State is catalog.StateOnSale when it is empty.
	Stock    *measure.Quantity // Stock is how many there are of goods of which the file says nothing and the house has none; nil does not count them.
	Map      map[string]string // Map renames columns of a CSV; a column that becomes "-" is left out.
	Errors   string            // Errors is the file for refused and trimmed rows; FILE.errors.csv when it is empty.
	Speak    string            // Speak is the language of the file of errors: kk, ru or en; kk when it is empty.
	Media    *media.Library    `json:"-"` // Media is where pictures are kept that come along with the file; without it their names mean nothing.
	Beside   string            `json:"-"` // Beside is a folder with pictures that the file names.
	Fetch    bool              // Fetch has pictures that are named by an address fetched into the house.
	Progress func(Report)      `json:"-"` // Progress is called after each batch. It may be nil.

	pictures *pictures
}

// Report says what became of a file, so far or in the end.
type Report struct {
	Import  ID // Import is where it is written down; empty for a preview that is not.
	File    string
	Rows    int // Rows is how many products of the file are dealt with.
	Added   int
	Changed int
	Same    int
	Refused int
	Trimmed int // Trimmed is how many values were shortened, mended or left out in this run, each with a note in the file of errors.
	Prices  int // Prices is how many prices are other than before.
	Stocks  int // Stocks is how many counts are other than before.
	Resumed int // Resumed is how many rows an earlier run that was cut off had dealt with.
	Read    int64
	Size    int64         // Size is the bytes of the file, Read those that are read.
	Took    time.Duration // Took is the time of this run.
	Errors  string        // Errors is the file of refused and trimmed rows, or empty when there is none.
}

// Verdict is what became of a row or a value that is wrong.
type Verdict string

// The verdicts.
const (
	Refused Verdict = "refused" // Refused is a row that was not brought in.
	Mended  Verdict = "mended"  // Mended is a value that was read in another way than it stands there, where that was sure.
	Trimmed Verdict = "trimmed" // Trimmed is a value that was shortened or left out; the rest of the row was brought in.
)

// Flaw is something wrong with a row. Say tells what.
type Flaw struct {
	Row     int    // Row is the place among the products of the file, from 1.
	ID      string // ID is the source's id of the product, when it can be told.
	Field   string
	Verdict Verdict
	Wrong   string // Wrong names what is wrong: its texts are intake.wrong.NAME.reason and intake.wrong.NAME.hint.
	With    []any  // With is the values in these texts, names and values by turns.
	Value   string
	Refusal error       // Refusal is why the catalogue did not take the row; nil when the row itself says what is wrong.
	In      fault.Field // In is the field of the refusal.
	said    map[string]saying
}

// Limits of files. They are far above what catalogues need and keep hostile files from filling memory and disk.
const (
	totalMax  = 4 << 30 // totalMax bounds the bytes of a file, unpacked.
	ratioMax  = 120     // ratioMax bounds how many times larger a packed file may become; texts stay below 30.
	rowMax    = 1 << 20 // rowMax bounds the bytes of one product.
	batchRows = 500     // batchRows bounds a moment: buyers wait behind it, about a tenth of a second.
	batchMax  = 4 << 20 // batchMax bounds the bytes of what is written in one moment, so that a file of huge rows does not fill memory.
	depthMax  = 4       // depthMax is how deep the categories of a file may go; the tree has room for the root and the shop's own.
	shownMax  = 200     // shownMax bounds how much of a wrong value the file of errors repeats, in characters.
)

// Faults of files.
var (
	ErrFile     = fault.New(fault.Invalid, "intake.file", "The file cannot be read. Check its name and that it is a table (CSV, XLSX), an XML or a JSON file, alone or packed as .zip or .gz.")
	ErrArchive  = fault.New(fault.Invalid, "intake.archive", "Pack exactly one file into an archive, beside its pictures and without a password.")
	ErrTooLarge = fault.New(fault.TooLarge, "intake.too_large", "The file is too large when it is unpacked. Split it into several files.")
	ErrRowSize  = fault.New(fault.TooLarge, "intake.row_too_large", "One row of the file is larger than a megabyte. Look there for a quotation mark that is not closed.")
	ErrJSON     = fault.New(fault.Malformed, "intake.json", "The file is not a JSON array of products, or it breaks off. Check its end, or fetch it again.")
	ErrXML      = fault.New(fault.Malformed, "intake.xml", "The file is not a feed of a known form, or it breaks off. Check its end, or fetch it again.")
	ErrColumns  = fault.New(fault.Invalid, "intake.columns", "The first row must name the columns, at least name and price. Say which column is which: in the office on the page of the import, on the command line with --map theirs=ours.")
	ErrEncoding = fault.New(fault.Invalid, "intake.encoding", "The file has characters that are neither UTF-8, UTF-16 nor Windows-1251. Save it as UTF-8.")
	ErrPlan     = fault.New(fault.Invalid, "intake.plan", "Correct the marked settings of the import.")
)

// settled gives a plan with everything filled in, or ErrPlan.
func (p Plan) settled() (Plan, error) {
	if p.Seller == "" {
		p.Seller = seller.Own
	}
	if p.Currency == "" {
		p.Currency = money.KZT
	}
	if p.Lang == "" {
		p.Lang = p.Format.langOf()
	}
	if p.State == "" {
		p.State = catalog.StateOnSale
	}
	if p.Speak == "" {
		p.Speak = i18n.Languages[0]
	}
	var wrong []fault.Field
	mark := func(ok bool, pointer string, said fault.Sentence) {
		if !ok {
			wrong = append(wrong, said.At(pointer))
		}
	}
	mark(slices.Contains(Formats, p.Format), "/format", fault.Say("Say csv, magento, shopify, yml, kaspi, google or icecat."))
	mark(p.Currency.Valid(), "/currency", fault.Say("Name a currency by its ISO 4217 code, for example KZT."))
	mark(validLang(p.Lang), "/lang", fault.Say("Name a language by its BCP 47 tag, for example kk, ru, en or zh."))
	mark(p.State == catalog.StateOnSale || p.State == catalog.StateDraft, "/state", fault.Say("Say draft or on_sale."))
	mark(p.Stock == nil || *p.Stock >= 0, "/stock", fault.Say("Give a stock of zero or more."))
	return p, ErrPlan.Fields(wrong...)
}

// Run brings one file in. "-" is the standard input. Cut off by ctx, it stops between two batches, with the report so far
// and the error of ctx; run again, it goes on there.
func Run(ctx context.Context, store *db.Store, name string, p Plan) (Report, error) {
	in, err := prepare(ctx, store, name, p)
	if err != nil {
		return Report{}, err
	}
	defer in.file.drop()
	return in.run(ctx)
}

// Preview reads a file as Run does and says line by line what would happen. Nothing is written: the lines of each batch are
// given to each, in their order.
func Preview(ctx context.Context, store *db.Store, name string, p Plan, each func([]Line) error) (Report, error) {
	in, err := prepare(ctx, store, name, p)
	if err != nil {
		return Report{}, err
	}
	defer in.file.drop()
	in.preview = each
	return in.run(ctx)
}

// prepare finds the file, its form and what its columns mean.
func prepare(ctx context.Context, store *db.Store, name string, p Plan) (*intake, error) {
	f, err := fetch(ctx, name)
	if err != nil {
		return nil, err
	}
	in, err := prepared(ctx, store, f, p)
	if err != nil {
		f.drop()
		return nil, err
	}
	return in, nil
}

func prepared(ctx context.Context, store *db.Store, f *file, p Plan) (*intake, error) {
	study, err := f.study(p.Format, p.Map)
	if err != nil {
		return nil, err
	}
	p.Format = study.Format
	if p, err = p.settled(); err != nil {
		return nil, err
	}
	if p.Format == CSV {
		known, err := remembered(ctx, store, p.Seller, study.Head)
		if err != nil {
			return nil, err
		}
		for theirs, ours := range p.Map {
			known[theirs] = ours
		}
		if study, err = f.study(p.Format, known); err != nil {
			return nil, err
		}
		p.Map = study.renames(known)
	}
	return &intake{store: store, plan: p, file: f, began: time.Now(), shelves: make(map[string]catalog.CategoryID)}, nil
}
