package office

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/flow/intake"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/job"
	"sauda/gear/web"
)

const (
	uploadMax  = 2 << 30          // uploadMax bounds a file that a browser sends; larger ones are brought in by the command.
	importTime = 30 * time.Minute // importTime is enough for that over a slow line.
)

func (f face) mountImports(server *web.Server, site *web.Site) {
	writes := web.Needs(ScopeCatalogWrite, ScopeStockWrite)
	web.Page(site, "GET /office/imports", f.imports, web.Needs(ScopeCatalogRead))
	web.PageAct(site, "GET /office/imports/{id}", f.oneImport, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/imports/{id}/preview", f.previewImport, writes)
	web.Form(site, "POST /office/imports/{id}/{deed}", f.moveImport, writes)
	server.Handle("POST /office/imports", http.HandlerFunc(f.upload), writes, web.Time(importTime), web.BodyMax(uploadMax))
	server.Handle("GET /office/imports/{id}/errors.csv", http.HandlerFunc(f.importErrors), web.Needs(ScopeCatalogRead))
}

type importsAsk struct {
	Before intake.ID `query:"before" maxLength:"60"`
	Failed string    `query:"failed" maxLength:"60"`
}

// importsList is the history of imports.
type importsList struct {
	Imports []intake.Import
	Next    intake.ID
	Before  intake.ID
	Moving  bool // Moving says that one of them goes on by itself.
}

// imports shows where a file is handed in, and what was handed in before.
func (f face) imports(tx *db.Tx, in importsAsk) (web.View, error) {
	l := importsList{Before: in.Before}
	var err error
	l.Imports, l.Next, err = intake.List(tx, sellerOf(tx), in.Before)
	p := f.page("imports", t(tx.Context(), "nav.imports"))
	if in.Failed != "" {
		p.Wrong = failedWords(tx.Context(), in.Failed)
	}
	return importsPage(p, l), err
}

// uploadFaults are those with which a file is refused at the door.
var uploadFaults = []*fault.Fault{intake.ErrFile, intake.ErrArchive, intake.ErrTooLarge, intake.ErrRowSize, intake.ErrJSON, intake.ErrXML,
	intake.ErrColumns, intake.ErrEncoding}

// failedWords says why a file was refused.
func failedWords(ctx context.Context, code string) string {
	for _, f := range uploadFaults {
		if f.Code == code {
			return i18n.Fault(web.Lang(ctx), f)
		}
	}
	return i18n.Fault(web.Lang(ctx), fault.ErrInternal)
}

// ownerOf is for whom an actor works, where there is no moment.
func ownerOf(who db.Who) seller.ID {
	if who.Seller != "" {
		return seller.ID(who.Seller)
	}
	return seller.Own
}

// upload takes a file in as a stream, and leads to what it is taken for. It is no form of the site's kind: those are read
// into memory.
func (f face) upload(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	to := "/office/imports"
	id, err := f.received(w, r)
	switch {
	case err == nil:
		to += "/" + url.PathEscape(string(id))
	default:
		to += "?failed=" + url.QueryEscape(fault.Of(err).Code)
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, web.Link(ctx, to), http.StatusSeeOther)
}

// received reads the first file of a multipart body.
func (f face) received(w http.ResponseWriter, r *http.Request) (intake.ID, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return "", intake.ErrFile.About("a body of type %q", r.Header.Get("Content-Type"))
	}
	r.Body = http.MaxBytesReader(w, r.Body, uploadMax)
	parts, err := r.MultipartReader()
	if err != nil {
		return "", intake.ErrFile.About("%v", err)
	}
	who := web.WhoFrom(r.Context())
	for {
		part, err := parts.NextPart()
		if err != nil {
			return "", intake.ErrFile.About("no file was sent: %v", err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		id, err := f.Imports.Receive(r.Context(), who, intake.Upload{Seller: ownerOf(who), Name: part.FileName(), Lang: web.Lang(r.Context()), Body: part})
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			err = intake.ErrTooLarge.About("more than %d bytes", large.Limit)
		}
		return id, err
	}
}

// importErrors sends the file of what was refused.
func (f face) importErrors(w http.ResponseWriter, r *http.Request) {
	var i intake.Import
	who := web.WhoFrom(r.Context())
	err := job.Look(r.Context(), f.Store, who, func(tx *db.Tx) (err error) {
		i, err = intake.Get(tx, ownerOf(who), intake.ID(r.PathValue("id")))
		return err
	})
	var in io.ReadCloser
	if err == nil {
		in, err = f.Imports.Errors(i)
	}
	if err != nil {
		http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
		return
	}
	defer in.Close() //nolint:errcheck // It was only read.
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": i.File + ".errors.csv"}))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.Copy(w, in) // A browser that is gone reads nothing.
}

type importAsk struct {
	ID    intake.ID     `path:"id" maxLength:"60"`
	Which intake.Filter `query:"show" enum:",trouble,kept,added,changed,same,refused" default:""`
	After int           `query:"after" minimum:"0" maximum:"1000000000"`
}

// importSheet is the page of one import.
type importSheet struct {
	intake.Import
	Ask    importAsk
	Lines  []intake.Line
	Next   int
	Study  intake.Study
	Values url.Values // Values are what the settings show.
}

// importFilters are the tabs above the lines.
var importFilters = []intake.Filter{"", intake.OnlyTrouble, "added", "changed", "same", "refused"}

// Tabs are the filters that say anything about the import.
func (s importSheet) Tabs() []intake.Filter {
	if s.Kept > 0 {
		return append(slices.Clone(importFilters), intake.OnlyKept)
	}
	return importFilters
}

// Percent is how far a file is read.
func (s importSheet) Percent() int {
	if s.Stage == intake.StageUndoing {
		if all := s.Added + s.Changed + s.Prices + s.Stocks; all > 0 {
			return min(100, (s.Undone+s.Kept)*100/all)
		}
		return 0
	}
	if s.Size <= 0 {
		return 0
	}
	return int(min(100, s.Read*100/s.Size))
}

// oneImport shows an import at its stage: its columns, how far it is, or its lines.
func (f face) oneImport(ctx context.Context, in importAsk) (web.View, error) {
	s := importSheet{Ask: in}
	who := web.WhoFrom(ctx)
	err := job.Look(ctx, f.Store, who, func(tx *db.Tx) error {
		var err error
		if s.Import, err = intake.Get(tx, ownerOf(who), in.ID); err != nil {
			return err
		}
		s.Lines, s.Next, err = intake.Lines(tx, in.ID, in.Which, in.After)
		return err
	})
	if err != nil {
		return nil, err
	}
	p := f.page("imports", t(ctx, "import.title", "file", s.File))
	if s.Stage == intake.StageMapping {
		if s.Study, err = f.Imports.Study(ctx, s.Import); err != nil {
			return nil, err
		}
		s.Values = settingsOf(s.Plan)
	}
	if s.Stage.Working() && s.Wrong == "" {
		p.Soon = 2
	}
	return importPage(p, s), nil
}

// settingsOf gives the settings of a plan as the fields show them.
func settingsOf(p intake.Plan) url.Values {
	v := url.Values{}
	v.Set("lang", p.Lang)
	v.Set("currency", string(p.Currency))
	v.Set("state", string(p.State))
	v.Set("category", p.Category)
	if p.Stock != nil {
		v.Set("stock", p.Stock.String())
	}
	return v
}

type importForm struct {
	web.Typed
	ID intake.ID `path:"id" maxLength:"60"`
}

// previewImport has the desk read a file in the way that was chosen, and remembers what its columns mean.
func (f face) previewImport(tx *db.Tx, in importForm) (web.Then, error) {
	i, err := intake.Get(tx, sellerOf(tx), in.ID)
	if err != nil {
		return web.Then{}, err
	}
	p := i.Plan
	p.Lang, p.Currency = in.Values.Get("lang"), money.Currency(in.Values.Get("currency"))
	p.State, p.Category = catalog.State(in.Values.Get("state")), clean(in.Values.Get("category"))
	p.Speak, p.Stock = web.Lang(tx.Context()), nil
	if err := text.Fits(p.Category, catalog.NameMax); err != nil {
		return web.Then{}, err
	}
	if typed := clean(in.Values.Get("stock")); typed != "" {
		q, err := readQuantity(typed)
		if err != nil {
			return web.Then{}, err
		}
		p.Stock = &q
	}
	if head := in.Values.Get("head"); head != "" && len(head) <= 64 {
		if p.Map = mapped(in.Values); p.Map != nil {
			if err := intake.Remember(tx, i.Seller, head, p.Map); err != nil {
				return web.Then{}, err
			}
		}
	}
	if err := intake.AskPreview(tx, i, p); err != nil {
		return web.Then{}, err
	}
	tx.AfterCommit(f.Imports.Wake)
	return web.See("/office/imports/" + url.PathEscape(string(i.ID))), nil
}

// columnsMax bounds the columns of a form.
const columnsMax = 500

// mapped reads which column is what.
func mapped(values url.Values) map[string]string {
	chosen := make(map[string]string)
	for n := range columnsMax {
		name, field := values.Get("column_"+strconv.Itoa(n)), values.Get("field_"+strconv.Itoa(n))
		if name != "" && slices.Contains(columnFields(), field) {
			chosen[name] = field
		}
	}
	if len(chosen) == 0 {
		return nil
	}
	return chosen
}

// columnFields are what a column may be, in the order of the list from which people choose.
func columnFields() []string {
	all := []string{"attribute", "-"}
	for _, field := range intake.Fields() {
		all = append(all, field)
		if field == "name" || field == "description" {
			for _, lang := range text.Languages {
				all = append(all, field+"_"+lang)
			}
		}
	}
	return all
}

type deedForm struct {
	ID   intake.ID `path:"id" maxLength:"60"`
	Deed string    `path:"deed" enum:"apply,undo,on,back"`
}

// moveImport has an import applied, undone, gone on with, or its columns asked for again.
func (f face) moveImport(tx *db.Tx, in deedForm) (web.Then, error) {
	i, err := intake.Get(tx, sellerOf(tx), in.ID)
	if err != nil {
		return web.Then{}, err
	}
	switch in.Deed {
	case "apply":
		err = intake.AskApply(tx, i)
	case "undo":
		err = intake.AskUndo(tx, i)
	case "on":
		err = intake.AskOn(tx, i)
	case "back":
		err = intake.AskBack(tx, i)
	}
	tx.AfterCommit(f.Imports.Wake)
	return see("imports/"+url.PathEscape(string(i.ID)), "import_asked"), err
}

// fieldName is what a field of a file is called; another name is that of an attribute.
func fieldName(ctx context.Context, field string) string {
	base, lang, tagged := strings.Cut(field, "_")
	if tagged && (base == "name" || base == "description") && slices.Contains(text.Languages, lang) {
		return t(ctx, "import.field."+base) + " (" + lang + ")"
	}
	if i18n.Has("kk", "office.import.field."+field) {
		return t(ctx, "import.field."+field)
	}
	return field
}

// importFields are the fields that have a name of their own, beside those of options.
var importFields = []string{"attribute", "-", "external_id", "sku", "gtin", "name", "description", "brand", "category", "price", "currency",
	"stock", "origin", "hs", "ntin", "tax_class", "weight_g", "weight_kg", "size_mm", "unit", "image", "images", "slug", "state", "tracking",
	"attributes", "media", "options", "variants",
	"option1_code", "option1_name", "option1_value_code", "option1_value", "option2_code", "option2_name", "option2_value_code",
	"option2_value", "option3_code", "option3_name", "option3_value_code", "option3_value"}

// saidOf says in the language of the reader what is wrong with a line and how to mend it.
func saidOf(ctx context.Context, f intake.Flaw) (reason, hint string) { return f.Say(web.Lang(ctx)) }

// canUndo tells whether an import can be taken back now.
func (s importSheet) canUndo() bool {
	return s.Stage == intake.StageApplied && s.Added+s.Changed+s.Prices+s.Stocks > 0 || s.Stage == intake.StageApplying && s.Wrong != ""
}

// stageClass gives the colour of a stage.
func stageClass(s intake.Stage) string {
	switch s {
	case intake.StageApplied:
		return "is-done"
	case intake.StageMapping, intake.StagePreviewed:
		return "is-waiting"
	case intake.StageUndoing, intake.StageUndone:
		return ""
	}
	return "is-running"
}

// outcomeClass gives the colour of an outcome.
func outcomeClass(o catalog.Outcome) string {
	switch o {
	case catalog.ImportAdded:
		return "is-done"
	case catalog.ImportChanged:
		return "is-running"
	case catalog.ImportRefused:
		return "is-failed"
	}
	return ""
}

// tabName is the end of a filter's text.
func tabName(f intake.Filter) string {
	if f == "" {
		return "all"
	}
	return string(f)
}

// nameOr is a name, or what is there instead.
func nameOr(name, source string) string {
	if name == "" {
		return source
	}
	return name
}

// afterOf writes where the next page begins; none is nothing.
func afterOf(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
