package office

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/media"
	"sauda/core/window"
	"sauda/flow/gallery"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountWindow(site *web.Site) {
	web.Page(site, "GET /office/window", f.window, web.Needs(ScopeHouseRead))
	web.Form(site, "POST /office/window", f.dress, web.Needs(ScopeHouseWrite))
	f.mountHosts(site)
	web.Page(site, "GET /office/content", f.content, web.Needs(ScopeHouseRead))
	web.Page(site, "GET /office/content/{kind}/new", f.newPiece, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/content/{kind}/new", f.beginPiece, web.Needs(ScopeHouseWrite))
	web.Page(site, "GET /office/content/{id}", f.piece, web.Needs(ScopeHouseRead))
	web.Form(site, "POST /office/content/{id}", f.savePiece, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/content/{id}/editions", f.restorePiece, web.Needs(ScopeHouseWrite))
	web.Form(site, "POST /office/content/{id}/end", f.endPiece, web.Needs(ScopeHouseWrite))
	web.Upload(site, "POST /office/content/{id}/picture", f.keepArt, f.hangArt, web.Needs(ScopeHouseWrite), web.BodyMax(media.ImageMax+1<<20), web.Time(uploadTime))
}

// writing is a piece as it is edited.
type writing struct {
	form
	Piece   window.Piece
	History []window.Edition
	Preview string // Preview is the token of a link to the draft.
}

// loadPiece reads a piece; only the people of its seller do.
func loadPiece(tx *db.Tx, id window.ID, preview string) (writing, error) {
	w := writing{form: form{Values: url.Values{}, Wrong: map[string]string{}}, Preview: preview}
	if err := keeper(tx); err != nil {
		return w, err
	}
	var err error
	if w.Piece, err = window.Get(tx, string(sellerOf(tx)), id); err != nil {
		return w, err
	}
	w.Values = pieceValues(w.Piece.Draft)
	w.History, err = window.History(tx, string(sellerOf(tx)), id)
	return w, err
}

// waysShown is how many entries of a menu the form has.
const waysShown = 8

// menus are the names of the menus in the form.
var menus = []string{"header", "footer"}

// pieceValues gives the fields of the form as a body is stored.
func pieceValues(b window.Body) url.Values {
	v := url.Values{"slug": {b.Slug}, "link": {b.Link}, "starts": {typedTime(b.Starts)}, "ends": {typedTime(b.Ends)}}
	put := func(name string, words text.Localized) {
		for _, l := range text.Languages {
			v.Set(name+"_"+l, words[l])
		}
	}
	put("title", b.Title)
	put("lead", b.Lead)
	put("text", b.Text)
	if b.Look == nil {
		return v
	}
	v.Set("accent", string(b.Look.Accent))
	v.Set("night", string(b.Look.Night))
	v.Set("face", string(cmp.Or(b.Look.Face, window.FaceSystem)))
	for i, block := range b.Look.Order() {
		v.Set("block_"+string(block), strconv.Itoa(i+1))
	}
	for m, ways := range [][]window.Way{b.Look.Header, b.Look.Footer} {
		for i, w := range ways {
			at := menus[m] + strconv.Itoa(i)
			put(at+"_name", w.Name)
			v.Set(at+"_to", w.To)
		}
	}
	return v
}

// read gives the body that was typed. Pictures are brought by a form of their own and stay.
func (w *writing) read(tx *db.Tx, typed url.Values) window.Body {
	w.Values = typed
	b := w.Piece.Draft
	b.Slug, b.Link = clean(typed.Get("slug")), clean(typed.Get("link"))
	b.Title, b.Lead, b.Text = readLocalized(typed, "title"), readLocalized(typed, "lead"), readLocalized(typed, "text")
	var err error
	if b.Starts, err = readTime(typed.Get("starts")); err != nil {
		w.Wrong["starts"] = said(tx.Context(), fault.Say("Choose a day and a time."))
	}
	if b.Ends, err = readTime(typed.Get("ends")); err != nil {
		w.Wrong["ends"] = said(tx.Context(), fault.Say("Choose a day and a time."))
	}
	if w.Piece.Kind != window.KindLook {
		return b
	}
	look := window.Look{Accent: window.Colour(strings.ToLower(clean(typed.Get("accent")))), Night: window.Colour(strings.ToLower(clean(typed.Get("night")))),
		Face: window.Face(typed.Get("face")), Blocks: readBlocks(typed), Header: readWays(typed, menus[0]), Footer: readWays(typed, menus[1])}
	if old := b.Look; old != nil {
		look.Logo, look.Icon = old.Logo, old.Icon
	}
	b.Look = &look
	return b
}

// readBlocks gives the blocks by the numbers beside them; one without a number is not shown.
func readBlocks(typed url.Values) []window.Block {
	place := map[window.Block]int{}
	var blocks []window.Block
	for _, b := range window.Blocks {
		if n, err := strconv.Atoi(clean(typed.Get("block_" + string(b)))); err == nil && n > 0 {
			place[b] = n
			blocks = append(blocks, b)
		}
	}
	slices.SortStableFunc(blocks, func(a, b window.Block) int { return place[a] - place[b] })
	return blocks
}

// readWays gives the entries of a menu; rows in which nothing is typed are none.
func readWays(typed url.Values, menu string) []window.Way {
	var ways []window.Way
	for i := range waysShown {
		at := menu + strconv.Itoa(i)
		w := window.Way{Name: readLocalized(typed, at+"_name"), To: clean(typed.Get(at + "_to"))}
		if w.To != "" || !w.Name.IsEmpty() {
			ways = append(ways, w)
		}
	}
	return ways
}

type windowAsk struct {
	Preview string `query:"preview" maxLength:"60"`
}

// window shows the look; before the first one is kept, that of the house.
func (f face) window(tx *db.Tx, in windowAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	p, err := window.Looking(tx, string(sellerOf(tx)))
	if err != nil {
		return nil, err
	}
	if p.ID == "" {
		w := writing{form: form{Values: pieceValues(window.Body{Look: &window.Look{}}), Wrong: map[string]string{}}, Piece: window.Piece{Kind: window.KindLook}}
		return f.piecePage(tx.Context(), w), nil
	}
	w, err := loadPiece(tx, p.ID, in.Preview)
	return f.piecePage(tx.Context(), w), err
}

func (f face) piecePage(ctx context.Context, w writing) web.View {
	return piecePage(f.pieceFrame(ctx, w), w)
}

func (f face) pieceFrame(ctx context.Context, w writing) page {
	if w.Piece.Kind == window.KindLook {
		return f.page("window", t(ctx, "nav.window")).with("preview.js")
	}
	return f.page("content", cmp.Or(in(ctx, w.Piece.Draft.Title), t(ctx, "content.new."+string(w.Piece.Kind)))).with("preview.js")
}

type dressForm struct {
	web.Typed
	Version int64  `json:"version,omitempty"`
	Do      string `json:"do,omitempty" enum:"save,publish"`
}

// dress keeps the look, and publishes it when that button was pressed. The first time there is none yet.
func (f face) dress(tx *db.Tx, in dressForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	p, err := window.Begin(tx, string(sellerOf(tx)), window.KindLook, window.Body{})
	if err != nil {
		return web.Then{}, err
	}
	return f.savePiece(tx, pieceForm{Typed: in.Typed, ID: p.ID, Version: cmp.Or(in.Version, 1), Do: in.Do})
}

type contentAsk struct {
	Kind window.Kind `query:"kind" enum:"page,post,banner"`
}

// content lists the pages, the posts or the banners.
func (f face) content(tx *db.Tx, in contentAsk) (web.View, error) {
	if err := keeper(tx); err != nil {
		return nil, err
	}
	kind := cmp.Or(in.Kind, window.KindPage)
	all, err := window.List(tx, string(sellerOf(tx)), kind)
	return contentPage(f.page("content", t(tx.Context(), "nav.content")), kind, all, tx.Now()), err
}

type kindAsk struct {
	Kind window.Kind `path:"kind" enum:"page,post,banner"`
}

// newPiece shows the form of a piece that is not there yet.
func (f face) newPiece(tx *db.Tx, in kindAsk) (web.View, error) {
	w := writing{form: form{Values: url.Values{}, Wrong: map[string]string{}}, Piece: window.Piece{Kind: in.Kind}}
	return f.piecePage(tx.Context(), w), keeper(tx)
}

type newPieceForm struct {
	web.Typed
	Kind window.Kind `path:"kind" enum:"page,post,banner"`
}

// beginPiece keeps the first draft of a piece.
func (f face) beginPiece(tx *db.Tx, in newPieceForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	w := writing{form: form{Wrong: map[string]string{}}, Piece: window.Piece{Kind: in.Kind}}
	body := w.read(tx, in.Values)
	if len(w.Wrong) == 0 {
		p, err := window.Begin(tx, string(sellerOf(tx)), in.Kind, body)
		if err != nil {
			return f.pieceAgain(tx, w, err)
		}
		if err := gallery.NotePieces(tx, p); err != nil {
			return web.Then{}, err
		}
		return previewed(tx, p, "added")
	}
	return f.pieceAgain(tx, w, nil)
}

type pieceAsk struct {
	ID      window.ID `path:"id" maxLength:"60"`
	Preview string    `query:"preview" maxLength:"60"`
}

// piece shows a piece to be edited.
func (f face) piece(tx *db.Tx, in pieceAsk) (web.View, error) {
	w, err := loadPiece(tx, in.ID, in.Preview)
	if err != nil {
		return nil, err
	}
	return f.piecePage(tx.Context(), w), nil
}

type pieceForm struct {
	web.Typed
	ID      window.ID `path:"id" maxLength:"60"`
	Version int64     `json:"version"`
	Do      string    `json:"do,omitempty" enum:"save,publish"`
}

// savePiece keeps the draft, and publishes it when that button was pressed. What was typed comes back when it is refused.
func (f face) savePiece(tx *db.Tx, in pieceForm) (web.Then, error) {
	w, err := loadPiece(tx, in.ID, "")
	if err != nil {
		return web.Then{}, err
	}
	stored := w.Values
	body := w.read(tx, in.Values)
	if len(w.Wrong) > 0 {
		return f.pieceAgain(tx, w, nil)
	}
	p, err := window.Save(tx, w.Piece.Seller, in.ID, in.Version, body)
	deed := "saved"
	if err == nil && in.Do == "publish" {
		p, err = window.Publish(tx, w.Piece.Seller, in.ID, p.Version)
		deed = "published"
	}
	if err != nil {
		if in.Version != w.Piece.Version {
			w.Now = stored
		}
		return f.pieceAgain(tx, w, err)
	}
	if err := gallery.NotePieces(tx, p); err != nil {
		return web.Then{}, err
	}
	return previewed(tx, p, deed)
}

// previewed leads back to a piece with a fresh link to its draft.
func previewed(tx *db.Tx, p window.Piece, deed string) (web.Then, error) {
	token, err := window.Share(tx, p.Seller, p.ID)
	return see(pieceAddress(p)+"?preview="+token, deed), err
}

func pieceAddress(p window.Piece) string {
	if p.Kind == window.KindLook {
		return "window"
	}
	return "content/" + url.PathEscape(string(p.ID))
}

// pieceAgain shows the form with what was typed and what is wrong.
func (f face) pieceAgain(tx *db.Tx, w writing, err error) (web.Then, error) {
	if err != nil && !mendable(err) {
		return web.Then{}, err
	}
	w.note(tx.Context(), err, pieceField)
	p := f.pieceFrame(tx.Context(), w)
	p.Wrong = t(tx.Context(), "fields_wrong")
	if err != nil {
		p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	}
	return web.Again(piecePage(p, w)), nil
}

// pieceField gives the field of the form that a pointer of the window means: /look/header/0/name/kk is header0_name_kk.
func pieceField(pointer string) string {
	parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(pointer, "/look"), "/"), "/")
	if slices.Contains(menus, parts[0]) && len(parts) > 2 {
		parts = append([]string{parts[0] + parts[1]}, parts[2:]...)
	}
	if last := parts[len(parts)-1]; slices.Contains([]string{"title", "lead", "text", "name"}, last) {
		parts = append(parts, text.Languages[0])
	}
	return strings.Join(parts, "_")
}

type editionForm struct {
	ID     window.ID `path:"id" maxLength:"60"`
	Number int64     `json:"number"`
}

// restorePiece publishes an earlier edition again.
func (f face) restorePiece(tx *db.Tx, in editionForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	p, err := window.Restore(tx, string(sellerOf(tx)), in.ID, in.Number)
	if err != nil {
		return web.Then{}, err
	}
	return previewed(tx, p, "restored_edition")
}

// endPiece takes a piece out of the shop.
func (f face) endPiece(tx *db.Tx, in struct {
	ID window.ID `path:"id" maxLength:"60"`
}) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	p, err := window.End(tx, string(sellerOf(tx)), in.ID)
	return see(pieceAddress(p), "ended_piece"), err
}

type artForm struct {
	ID      window.ID `path:"id" maxLength:"60"`
	Place   string    `json:"place" enum:"picture,logo,icon"`
	Version int64     `json:"version"`
	File    web.Files `json:"file"`
}

// keepArt keeps the picture that was brought. Without one, the place becomes empty.
func (f face) keepArt(ctx context.Context, in artForm) (media.File, error) {
	if len(in.File) == 0 || in.File[0].Size == 0 {
		return media.File{}, nil
	}
	kept, err := f.keepPicture(ctx, in.File[0])
	if err == nil && kept.Kind != media.KindImage {
		return media.File{}, media.ErrKind.About("%s", kept.Kind)
	}
	return kept, err
}

// hangArt puts it into the draft.
func (f face) hangArt(tx *db.Tx, in artForm, kept media.File) (web.Then, error) {
	w, err := loadPiece(tx, in.ID, "")
	if err != nil {
		return web.Then{}, err
	}
	var art *window.Picture
	if kept.Name != "" {
		if err := media.Note(tx, kept); err != nil {
			return web.Then{}, err
		}
		art = &window.Picture{URL: kept.URL(), Width: kept.Width, Height: kept.Height}
	}
	body := w.Piece.Draft
	switch {
	case in.Place == "picture":
		body.Picture = art
	case body.Look == nil:
		return web.Then{}, window.ErrInvalid.About("%s has no %s", w.Piece.Kind, in.Place)
	case in.Place == "logo":
		body.Look.Logo = art
	default:
		body.Look.Icon = art
	}
	p, err := window.Save(tx, w.Piece.Seller, in.ID, in.Version, body)
	if err != nil {
		return web.Then{}, err
	}
	if err := gallery.NotePieces(tx, p); err != nil {
		return web.Then{}, err
	}
	return previewed(tx, p, "saved")
}
