package office

import (
	"context"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/measure"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/flow/gallery"
	"sauda/gear/blob"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountLibrary(site *web.Site) {
	web.Page(site, "GET /office/media", f.library, web.Needs(ScopeCatalogRead))
	web.Upload(site, "POST /office/media", f.keepFiles, f.noteFiles, web.Needs(ScopeCatalogWrite), web.BodyMax(formMax), web.Time(uploadTime))
	web.Page(site, "GET /office/media/{id}", f.file, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/media/{id}/words", f.describeFile, web.Needs(ScopeCatalogWrite))
	web.Upload(site, "POST /office/media/{id}/replacement", f.keepOther, f.swapFile, web.Needs(ScopeCatalogWrite), web.BodyMax(formMax), web.Time(uploadTime))
	web.Form(site, "POST /office/media/{id}/removal", f.dropFile, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/media/{id}/return", f.takeBackFile, web.Needs(ScopeCatalogWrite))
}

type libraryAsk struct {
	Kind    media.Kind `query:"kind" enum:"image,video,model,document"`
	Unused  bool       `query:"unused"`
	Lacks   string     `query:"lacks" enum:"kk,ru"`
	Text    string     `query:"q" maxLength:"200"`
	Largest bool       `query:"largest"`
	Dropped bool       `query:"dropped"`
	After   string     `query:"after" maxLength:"120"`
	Undo    string     `query:"undo" maxLength:"80"` // Undo is what was thrown away just now.
}

// pairs are the filters by names and values.
func (in libraryAsk) pairs() []string {
	return []string{
		"kind", string(in.Kind), "unused", truth(in.Unused), "lacks", in.Lacks, "q", in.Text, "largest", truth(in.Largest), "dropped", truth(in.Dropped),
	}
}

// address leads to the library with these filters, some of them replaced: names and values by turns.
func (in libraryAsk) address(ctx context.Context, changes ...string) templ.SafeURL {
	query := queryOf(in.pairs()...)
	for i := 0; i+1 < len(changes); i += 2 {
		query.Del(changes[i])
		if changes[i+1] != "" {
			query.Set(changes[i], changes[i+1])
		}
	}
	address := web.Link(ctx, "/office/media")
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return templ.SafeURL(address)
}

// shelfOfFiles is a page of the library.
type shelfOfFiles struct {
	Ask     libraryAsk
	Files   []media.Entry
	Next    string
	Refused []string // Refused are the files that were not taken, each with the reason.
}

// library shows the files of the house.
func (f face) library(tx *db.Tx, in libraryAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	s, err := loadLibrary(tx, in)
	return libraryPage(f.page("media", t(tx.Context(), "nav.media")).with("upload.js"), s), err
}

func loadLibrary(tx *db.Tx, in libraryAsk) (s shelfOfFiles, err error) {
	s.Ask = in
	s.Files, s.Next, err = media.List(tx, media.Filter{
		Kind: in.Kind, Unused: in.Unused, Lacks: in.Lacks, Text: in.Text, Largest: in.Largest, Dropped: in.Dropped, After: in.After,
	})
	return s, err
}

type filesForm struct {
	Pictures web.Files `json:"pictures"`
}

func (f face) keepFiles(ctx context.Context, in filesForm) (brought, error) {
	return f.keepPictures(ctx, picturesForm{Pictures: in.Pictures})
}

// noteFiles keeps what was brought in the library. The good ones are taken also when others are refused.
func (f face) noteFiles(tx *db.Tx, _ filesForm, b brought) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	if err := media.Note(tx, b.files...); err != nil {
		return web.Then{}, err
	}
	if len(b.refused) == 0 && len(b.files) > 0 {
		return see("media", "files_kept"), nil
	}
	s, err := loadLibrary(tx, libraryAsk{})
	s.Refused = b.refused
	p := f.page("media", t(tx.Context(), "nav.media")).with("upload.js")
	switch {
	case len(b.refused) == 0:
		p.Wrong = t(tx.Context(), "media.none_chosen")
	case len(b.files) == 0:
		p.Wrong = t(tx.Context(), "media.none_taken")
	default:
		p.Wrong = t(tx.Context(), "media.some_refused")
	}
	return web.Again(libraryPage(p, s)), err
}

type fileAsk struct {
	Name string `path:"id" maxLength:"80"`
}

// usesShown is how many places of a file are named.
const usesShown = 60

// fileSheet is all that the page of a file shows.
type fileSheet struct {
	media.Entry
	form
	Uses     []media.Use
	Products map[catalog.ProductID]catalog.Summary
	Differ   bool     // Differ says that it is described in other words elsewhere.
	Refused  []string // Refused says why another file was not taken.
}

// file shows one file: what it is, where it is shown, and in which words.
func (f face) file(tx *db.Tx, in fileAsk) (web.View, error) {
	s, err := loadFile(tx, in.Name)
	return oneFilePage(f.page("media", s.title()).with("upload.js"), s), err
}

func loadFile(tx *db.Tx, name string) (s fileSheet, err error) {
	if err = keeper(tx); err != nil {
		return s, err
	}
	if s.Entry, err = media.Get(tx, name); err != nil {
		return s, err
	}
	if s.Uses, err = media.UsesOf(tx, name, usesShown); err != nil {
		return s, err
	}
	s.Products, err = summariesOf(tx, gallery.Products(s.Uses))
	s.Values = url.Values{}
	described := slices.DeleteFunc(slices.Clone(s.Uses), gallery.OfReview) // Buyers do not describe what they show.
	for i, u := range described {
		for _, l := range text.Languages {
			if i == 0 {
				s.Values.Set("alt_"+l, u.Alt[l])
			}
			s.Differ = s.Differ || u.Alt[l] != s.Values.Get("alt_"+l)
		}
	}
	return s, err
}

// title is what a file is called: as it was called when it came, or its address.
func (s fileSheet) title() string { return fileTitle(s.Entry) }

func fileTitle(e media.Entry) string {
	if e.Label != "" {
		return e.Label
	}
	return e.Name
}

// product gives the product of a use; a piece of the window has none.
func (s fileSheet) product(u media.Use) (catalog.Summary, bool) {
	p, ok := s.Products[catalog.ProductID(u.Object)]
	return p, ok
}

// describable tells whether there is a product whose words can be changed here.
func (s fileSheet) describable() bool { return len(s.Products) > 0 }

// copyOf is a smaller copy of a picture.
type copyOf struct {
	Width   blob.Size
	Address string
}

// copies are the smaller copies of a picture that are made.
func (s fileSheet) copies() []copyOf {
	if s.Kind != media.KindImage || s.State != media.StateReady {
		return nil
	}
	var all []copyOf
	for _, width := range slices.Backward(media.Widths) {
		all = append(all, copyOf{width, media.Path + blob.Copy(s.Name, width, ".jpg")})
	}
	return all
}

// bytesOf writes a number of bytes as people read it.
func bytesOf(ctx context.Context, n int64) string {
	unit, size := "kB", int64(1000)
	if n >= 1000_000 {
		unit, size = "MB", 1000_000
	}
	return measure.Quantity(n*10/size*int64(measure.One)/10).Format(lang(ctx)) + "\u00a0" + unit
}

// dimensions writes how wide and high a picture or film is.
func dimensions(e media.Entry) string {
	if e.Width == 0 {
		return ""
	}
	return number(e.Width) + " × " + number(e.Height)
}

// ending is what a file is, for a tile without a picture.
func ending(e media.Entry) string { return strings.ToUpper(strings.TrimPrefix(path.Ext(e.Name), ".")) }

func fileAddress(name string) string { return "media/" + url.PathEscape(name) }

type wordsForm struct {
	web.Typed
	Name string `path:"id" maxLength:"80"`
}

// describeFile says in other words what a file shows, on every product that shows it.
func (f face) describeFile(tx *db.Tx, in wordsForm) (web.Then, error) {
	alt := text.Localized{}
	for _, l := range text.Languages {
		alt[l] = clean(in.Values.Get("alt_" + l))
	}
	err := gallery.Redescribe(tx, in.Name, alt)
	if err == nil {
		return see(fileAddress(in.Name), "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	s, bad := loadFile(tx, in.Name)
	s.Values = in.Values
	s.note(tx.Context(), err, func(pointer string) string { return "alt_" + path.Base(pointer) })
	p := f.page("media", s.title()).with("upload.js")
	p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	return web.Again(oneFilePage(p, s)), bad
}

type otherForm struct {
	Name     string    `path:"id" maxLength:"80"`
	Pictures web.Files `json:"pictures"`
}

func (f face) keepOther(ctx context.Context, in otherForm) (brought, error) {
	return f.keepPictures(ctx, picturesForm{Pictures: in.Pictures[:min(len(in.Pictures), 1)]})
}

// swapFile shows the file that was brought in the place of another.
func (f face) swapFile(tx *db.Tx, in otherForm, b brought) (web.Then, error) {
	if len(b.files) == 1 {
		err := keeper(tx)
		if err == nil {
			err = media.Note(tx, b.files[0])
		}
		if err == nil {
			err = gallery.Swap(tx, in.Name, b.files[0])
		}
		if err == nil {
			return see(fileAddress(b.files[0].Name), "swapped"), nil
		}
		if !mendable(err) {
			return web.Then{}, err
		}
		b.refused = append(b.refused, i18n.Fault(web.Lang(tx.Context()), err))
	}
	s, err := loadFile(tx, in.Name)
	s.Refused = b.refused
	p := f.page("media", s.title()).with("upload.js")
	if p.Wrong = t(tx.Context(), "media.none_taken"); len(b.refused) == 0 {
		p.Wrong = t(tx.Context(), "media.none_chosen")
	}
	return web.Again(oneFilePage(p, s)), err
}

// dropFile throws a file away that is shown nowhere, and leads to where that is undone.
func (f face) dropFile(tx *db.Tx, in fileAsk) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	err := media.Drop(tx, in.Name)
	if err == nil {
		return see("media?undo="+url.QueryEscape(in.Name), "file_dropped"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	s, bad := loadFile(tx, in.Name)
	p := f.page("media", s.title()).with("upload.js")
	p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	return web.Again(oneFilePage(p, s)), bad
}

// takeBackFile takes back what was thrown away.
func (f face) takeBackFile(tx *db.Tx, in fileAsk) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see(fileAddress(in.Name), "file_back"), media.TakeBack(tx, in.Name)
}
