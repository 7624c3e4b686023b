package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"sauda/app"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/flow/intake"
)

// importCommand brings goods in from files.
type importCommand struct {
	Icecat importIcecat `cmd:"" help:"From Icecat's catalogue as JSON: an array of flat objects, plain, .zip or .gz."`
	CSV    importCSV    `cmd:"" name:"csv" help:"From a table, CSV or XLSX, whose first row names the columns: name, price, and what else is known."`
	File   importFile   `cmd:"" help:"From a file of any known form, which is told by how it begins: CSV, XLSX, Magento, Shopify, YML, Kaspi, Google, Icecat."`
	List   importList   `cmd:"" help:"List what was brought in, the last first."`
	Undo   importUndo   `cmd:"" help:"Take an import back, except what somebody changed since."`
}

// importIcecat brings in Icecat's JSON.
type importIcecat struct {
	place   `embed:""`
	freight `embed:""`
}

// importCSV brings in CSV files.
type importCSV struct {
	place   `embed:""`
	freight `embed:""`

	Map map[string]string `help:"Rename columns: theirs=ours,theirs=ours; ours is - to leave one out." placeholder:"THEIRS=OURS" mapsep:","`
}

// importFile brings in files of any form.
type importFile struct {
	place   `embed:""`
	freight `embed:""`

	Format intake.Format     `help:"The form of the files, when it is not to be told by how they begin: csv, magento, shopify, yml, kaspi, google or icecat." placeholder:"FORM"`
	Map    map[string]string `help:"Rename columns: theirs=ours,theirs=ours; ours is - to leave one out." placeholder:"THEIRS=OURS" mapsep:","`
}

// Run brings the files in.
func (c *importFile) Run(ctx context.Context, t tongue) error {
	return c.bring(ctx, c.place, t, intake.Plan{Format: c.Format, Map: c.Map})
}

// freight says what is brought in and how.
type freight struct {
	Files    []string `arg:"" help:"Files; - is the standard input." placeholder:"FILE"`
	Seller   string   `help:"Whose goods they are." default:"sel_own"`
	Stock    string   `help:"How many there are of goods that were never counted; without it they are not counted." placeholder:"N"`
	Currency string   `help:"Currency of prices that name none." default:"KZT"`
	TextLang string   `help:"Language of names and descriptions that name none: kk, ru, en, zh; for a CSV ru, for Icecat en when it is not given." placeholder:"LANG"`
	Category string   `help:"Category below which those of the file are made." placeholder:"NAME"`
	State    string   `help:"What becomes of new products: on_sale or draft." enum:"on_sale,draft" default:"on_sale"`
	Preview  bool     `help:"Say what would happen, line by line, and write nothing."`
	Pictures string   `help:"Folder with the pictures that the file names; those of a ZIP are found by themselves." placeholder:"DIR" type:"existingdir"`
	Fetch    bool     `help:"Fetch pictures that are named by an address into the house, in the background while it serves."`
	Errors   string   `help:"File for the rows that were refused; FILE.errors.csv when it is not given. It is written in the language of --lang." placeholder:"FILE" type:"path"`
}

// Run brings the files in.
func (c *importIcecat) Run(ctx context.Context, t tongue) error {
	return c.bring(ctx, c.place, t, intake.Plan{Format: intake.Icecat})
}

// Run brings the files in.
func (c *importCSV) Run(ctx context.Context, t tongue) error {
	return c.bring(ctx, c.place, t, intake.Plan{Format: intake.CSV, Map: c.Map})
}

// plan fills in what holds for every form of files.
func (f freight) plan(p intake.Plan) (intake.Plan, error) {
	p.Seller, p.Currency, p.Lang = seller.ID(f.Seller), money.Currency(f.Currency), f.TextLang
	p.Category, p.State, p.Errors = f.Category, catalog.State(f.State), f.Errors
	p.Beside, p.Fetch = f.Pictures, f.Fetch
	if len(f.Files) > 1 && f.Errors != "" {
		return p, errOneFile
	}
	if f.Stock == "" {
		return p, nil
	}
	q, err := measure.Parse(f.Stock)
	p.Stock = &q
	return p, err
}

// bring opens the house, which makes an empty one able to sell, and brings the files in, one after the other.
func (f freight) bring(ctx context.Context, at place, t tongue, p intake.Plan) error {
	p, err := f.plan(p)
	if err != nil {
		return err
	}
	p.Speak = string(t)
	tune()
	config, err := at.config()
	if err != nil {
		return err
	}
	house, err := app.Open(ctx, config)
	if err != nil {
		return err
	}
	if admin := house.FirstAdmin; admin.Email != "" {
		t.say(os.Stdout, "admin", "email", admin.Email, "password", admin.Password)
	}
	library := house.Library()
	p.Media = &library
	for _, name := range f.Files {
		if f.Preview {
			if err = t.preview(ctx, house.Store, name, p); err != nil {
				break
			}
			continue
		}
		show := drawn(os.Stderr, name, t)
		p.Progress, p.Errors = show.to, f.Errors
		if p.Errors == "" {
			p.Errors = errorsOf(name, config.Data)
		}
		report, failed := intake.Run(ctx, house.Store, name, p)
		show.end(failed == nil)
		t.report(os.Stdout, report)
		if err = failed; err != nil {
			break
		}
	}
	if err == nil {
		err = house.Settle(ctx) // What follows from new stock is done now, not when the shop opens.
	}
	if errors.Is(err, context.Canceled) {
		err = errStopped
	}
	return errors.Join(err, house.Close())
}

// errorsOf names the file of errors: beside the file itself, or below the folder of the house when the file came by the
// standard input or lies in a folder that is protected from writing. Empty is beside it.
func errorsOf(name, data string) string {
	info, err := os.Stat(filepath.Dir(name))
	if name != "-" && (err != nil || info.Mode()&0o222 != 0) {
		return ""
	}
	if name == "-" {
		name = "stdin"
	}
	return filepath.Join(data, filepath.Base(name)+".errors.csv")
}

// report says what became of a file.
func (t tongue) report(to io.Writer, r intake.Report) {
	if r.File == "" {
		return
	}
	speed := 0.0
	if r.Took > 0 {
		speed = float64(r.Rows-r.Resumed) / r.Took.Seconds()
	}
	t.say(to, "import.done", "file", r.File, "count", r.Rows, "took", t.decimal(r.Took.Seconds(), 2), "speed", t.decimal(speed, 0))
	t.say(to, "import.outcome", "added", r.Added, "changed", r.Changed, "same", r.Same, "refused", r.Refused, "prices", r.Prices, "stocks", r.Stocks)
	if r.Import != "" {
		t.say(to, "import.history", "id", r.Import)
	}
	if r.Resumed > 0 {
		t.say(to, "import.resumed", "rows", r.Resumed)
	}
	if r.Errors != "" {
		t.say(to, "import.errors", "trimmed", r.Trimmed, "file", r.Errors)
	}
}

// bar shows how far a file is: a bar on a terminal, a line every few seconds elsewhere.
type bar struct {
	to    func(intake.Report)
	shown *mpb.Progress
	line  *mpb.Bar
}

// lineEvery is how often a log is told.
const lineEvery = 5 * time.Second

// drawn begins to show.
func drawn(to *os.File, name string, t tongue) *bar {
	if info, err := to.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		last := time.Now()
		return &bar{to: func(r intake.Report) {
			if time.Since(last) >= lineEvery {
				last = time.Now()
				t.say(to, "import.progress", "file", name, "count", r.Rows, "read", r.Read, "size", r.Size)
			}
		}}
	}
	b := &bar{shown: mpb.New(mpb.WithOutput(to), mpb.WithWidth(40))}
	var rows atomic.Int64      // The bar is drawn by a goroutine of its own.
	b.line = b.shown.AddBar(0, // The size is known when the file is open.
		mpb.PrependDecorators(decor.Name(name+" ")),
		mpb.AppendDecorators(decor.Percentage(), decor.Any(func(decor.Statistics) string { return "  " + t.text("import.products", "count", rows.Load()) })))
	b.to = func(r intake.Report) {
		rows.Store(int64(r.Rows))
		b.line.SetTotal(max(r.Size, 1), false)
		b.line.SetCurrent(min(r.Read, r.Size))
	}
	return b
}

// end takes the bar off the terminal, full when the file is in.
func (b *bar) end(whole bool) {
	if b.shown == nil {
		return
	}
	if whole {
		b.line.SetTotal(-1, true)
	} else {
		b.line.Abort(false)
	}
	b.shown.Wait()
}
