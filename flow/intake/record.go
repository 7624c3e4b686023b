package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/flow/intake/intakedb"
	"sauda/gear/db"
	"sauda/gear/job"
)

// ID names an import.
type ID string

// Stage is how far an import is in its life.
type Stage string

// The stages of an import. One that is brought in by a command begins with StageApplying.
//
//	mapping → previewing → previewed → applying → applied → undoing → undone
const (
	StageMapping    Stage = "mapping"    // StageMapping waits for somebody to say what the columns mean.
	StagePreviewing Stage = "previewing" // StagePreviewing is being read, and nothing is written but what would happen.
	StagePreviewed  Stage = "previewed"  // StagePreviewed waits for somebody to say that it shall happen.
	StageApplying   Stage = "applying"
	StageApplied    Stage = "applied"
	StageUndoing    Stage = "undoing"
	StageUndone     Stage = "undone"
)

// Working tells whether an import goes on by itself.
func (s Stage) Working() bool {
	return s == StagePreviewing || s == StageApplying || s == StageUndoing
}

// Import is a file that was brought in, or will be.
type Import struct {
	Report
	ID     ID
	Seller seller.ID
	Plan   Plan
	Stage  Stage
	Who    string
	Wrong  string // Wrong says why it does not go on by itself, as the JSON of a Stop; empty when it does.
	Undone int    // Undone is how many lines are taken back, and Kept how many were not, for somebody changed them since.
	Kept   int
	Begun  time.Time
	Moved  time.Time
	Ended  time.Time
	path   string
}

// Uploaded tells whether the file is kept in the house, so that the import can go on by itself.
func (i Import) Uploaded() bool { return i.path != "" }

// Faults of imports.
var (
	ErrUnknown = fault.New(fault.Missing, "intake.unknown", "There is no such import. Look for it in the history of imports.")
	ErrStage   = fault.New(fault.Conflict, "intake.stage", "The import is at another stage already. Load the page again.")
)

// Line is what an import does, or has done, with one product of its file.
type Line struct {
	Number  int
	Source  string // Source is the id that the file gives.
	Name    string
	Outcome catalog.Outcome
	Product catalog.ProductID
	Changes []Change
	Flaws   []Flaw
	Back    string // Back is "undone" when it was taken back, or why it was not: a name of a text, intake.back.NAME.
	trace   *trace
}

// Troubled tells whether anything is wrong with the line.
func (l Line) Troubled() bool { return len(l.Flaws) > 0 }

// Change is a field that becomes another.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// kept is a flaw as it is stored. The words of the catalogue are kept in all languages of the terminal.
type kept struct {
	Field   string            `json:"field,omitempty"`
	Verdict Verdict           `json:"verdict"`
	Wrong   string            `json:"wrong,omitempty"`
	With    []any             `json:"with,omitempty"`
	Value   string            `json:"value,omitempty"`
	Said    map[string]saying `json:"said,omitempty"`
}

// saying is what is wrong and how to mend it.
type saying struct {
	Reason string `json:"reason"`
	Hint   string `json:"hint"`
}

func storedFlaws(flaws []Flaw) string {
	if len(flaws) == 0 {
		return ""
	}
	all := make([]kept, len(flaws))
	for i, f := range flaws {
		all[i] = kept{Field: f.Field, Verdict: f.Verdict, Wrong: f.Wrong, Value: f.Value}
		for _, value := range f.With {
			all[i].With = append(all[i].With, plainValue(value))
		}
		if f.Refusal == nil {
			continue
		}
		all[i].Said = make(map[string]saying, 3)
		for _, lang := range []string{"kk", "ru", "en"} {
			reason, hint := f.Say(lang)
			all[i].Said[lang] = saying{reason, hint}
		}
	}
	return jsonOf(all)
}

// plainValue writes a value of a text so that it comes back the same.
func plainValue(value any) any {
	switch v := value.(type) {
	case int, string:
		return v
	case interface{ String() string }:
		return v.String()
	}
	return value
}

func flawsOf(stored string, row int) (flaws []Flaw, err error) {
	if stored == "" {
		return nil, nil
	}
	var all []kept
	if err := json.Unmarshal([]byte(stored), &all); err != nil {
		return nil, err
	}
	for _, k := range all {
		for i, value := range k.With {
			if number, ok := value.(float64); ok {
				k.With[i] = int(number)
			}
		}
		flaws = append(flaws, Flaw{Row: row, Field: k.Field, Verdict: k.Verdict, Wrong: k.Wrong, With: k.With, Value: k.Value, said: k.Said})
	}
	return flaws, nil
}

func jsonOf(v any) string {
	body, err := json.Marshal(v)
	if err != nil { // Texts and numbers always encode.
		panic("intake: " + err.Error())
	}
	return string(body)
}

// putLine writes a line of an import.
func putLine(tx *db.Tx, of ID, l Line) error {
	p := intakedb.PutLineParams{Import: string(of), Line: int64(l.Number), Source: shown(l.Source), Name: shown(l.Name),
		Outcome: string(l.Outcome), Product: string(l.Product), Flaws: storedFlaws(l.Flaws)}
	if l.Troubled() {
		p.Trouble = 1
	}
	if len(l.Changes) > 0 {
		p.Changes = jsonOf(l.Changes)
	}
	if l.trace != nil {
		p.Trace = jsonOf(l.trace)
	}
	return intakedb.New(tx.Later()).PutLine(tx.Context(), p)
}

// Get gives an import of a seller, or ErrUnknown.
func Get(tx *db.Tx, owner seller.ID, id ID) (Import, error) {
	r, err := intakedb.New(tx).OneImport(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) || err == nil && r.Seller != string(owner) {
		return Import{}, ErrUnknown.About("%.60s", string(id))
	}
	if err != nil {
		return Import{}, err
	}
	return importOf(r)
}

// PageMax is how many imports or lines a page has.
const PageMax = 50

// List gives a page of a seller's imports, the last one first, and the mark of the next page.
func List(tx *db.Tx, owner seller.ID, before ID) (page []Import, next ID, err error) {
	if before == "" {
		before = "imp_zzzzzzzzzzzzzzzzzzzzzzzzzz" // Comes after every id, in the order of any language.
	}
	rows, err := intakedb.New(tx).Imports(tx.Context(), intakedb.ImportsParams{Seller: string(owner), Before: string(before), Page: PageMax + 1})
	if err != nil {
		return nil, "", err
	}
	if len(rows) > PageMax {
		rows = rows[:PageMax]
		next = ID(rows[PageMax-1].ID)
	}
	for _, r := range rows {
		one, err := importOf(r)
		if err != nil {
			return nil, "", err
		}
		page = append(page, one)
	}
	return page, next, nil
}

func importOf(r intakedb.IntakeImport) (Import, error) {
	i := Import{ID: ID(r.ID), Seller: seller.ID(r.Seller), Stage: Stage(r.Stage), Who: r.Who, Wrong: r.Wrong, Undone: int(r.Undone),
		Kept: int(r.Kept), Begun: span.FromMicros(r.Begun), Moved: span.FromMicros(r.Moved), Ended: span.FromMicros(r.Ended), path: r.Path}
	i.Report = Report{Import: i.ID, File: r.Name, Rows: int(r.Position), Added: int(r.Added), Changed: int(r.Changed), Same: int(r.Same),
		Refused: int(r.Refused), Trimmed: int(r.Trimmed), Prices: int(r.Prices), Stocks: int(r.Stocks), Read: r.Bytes, Size: r.Size}
	return i, json.Unmarshal([]byte(r.Plan), &i.Plan)
}

// Filter says which lines of an import to show: all of them when it is empty.
type Filter string

// The filters beside the outcomes.
const (
	OnlyTrouble Filter = "trouble" // OnlyTrouble shows lines with which anything is wrong.
	OnlyKept    Filter = "kept"    // OnlyKept shows lines that could not be taken back.
)

// Lines gives a page of the lines of an import behind one of them, and the number behind which the next page is; zero is
// the end.
func Lines(tx *db.Tx, of ID, which Filter, after int) (page []Line, next int, err error) {
	q, ctx := intakedb.New(tx), tx.Context()
	var rows []intakedb.IntakeLine
	const size = PageMax + 1
	switch which {
	case "":
		rows, err = q.Lines(ctx, intakedb.LinesParams{Import: string(of), After: int64(after), Page: size})
	case OnlyTrouble:
		rows, err = q.TroubledLines(ctx, intakedb.TroubledLinesParams{Import: string(of), After: int64(after), Page: size})
	case OnlyKept:
		rows, err = q.KeptLines(ctx, intakedb.KeptLinesParams{Import: string(of), After: int64(after), Page: size})
	default:
		rows, err = q.LinesOf(ctx, intakedb.LinesOfParams{Import: string(of), After: int64(after), Outcome: string(which), Page: size})
	}
	if err != nil {
		return nil, 0, err
	}
	if len(rows) > PageMax {
		rows = rows[:PageMax]
		next = int(rows[PageMax-1].Line)
	}
	for _, r := range rows {
		l := Line{Number: int(r.Line), Source: r.Source, Name: r.Name, Outcome: catalog.Outcome(r.Outcome), Product: catalog.ProductID(r.Product), Back: r.Back}
		if r.Changes != "" {
			if err := json.Unmarshal([]byte(r.Changes), &l.Changes); err != nil {
				return nil, 0, err
			}
		}
		if l.Flaws, err = flawsOf(r.Flaws, l.Number); err != nil {
			return nil, 0, err
		}
		page = append(page, l)
	}
	return page, next, nil
}

// remembered gives what the columns of files with this head mean to a seller, when somebody said so before.
func remembered(ctx context.Context, store *db.Store, owner seller.ID, head string) (map[string]string, error) {
	known := make(map[string]string)
	err := job.Look(ctx, store, db.System, func(tx *db.Tx) error {
		rows, err := intakedb.New(tx).Mapping(tx.Context(), intakedb.MappingParams{Seller: string(owner), Head: head})
		if err != nil || len(rows) == 0 {
			return err
		}
		return json.Unmarshal([]byte(rows[0]), &known)
	})
	return known, err
}

// Remember keeps what the columns of files with this head mean to a seller.
func Remember(tx *db.Tx, owner seller.ID, head string, columns map[string]string) error {
	return intakedb.New(tx.Later()).Remember(tx.Context(), intakedb.RememberParams{Seller: string(owner), Head: head,
		Columns: jsonOf(columns), At: span.Micros(tx.Now())})
}

// whoIs names who acts.
func whoIs(tx *db.Tx) string { return strings.Trim(string(tx.Who().Kind)+":"+tx.Who().ID, ":") }
