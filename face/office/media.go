package office

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

// filesMax is how many pictures come at once.
const filesMax = 20

// formMax is how much comes at once: a film, or pictures.
const formMax = media.VideoMax + 64<<20

// uploadTime is how long they may take over a slow line.
const uploadTime = 10 * time.Minute

func (f face) mountMedia(site *web.Site) {
	web.Page(site, "GET /office/products/{id}/media", f.media, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/products/{id}/media", f.arrangeMedia, web.Needs(ScopeCatalogWrite))
	web.Upload(site, "POST /office/products/{id}/media/pictures", f.keepPictures, f.addPictures, web.Needs(ScopeCatalogWrite),
		web.BodyMax(formMax), web.Time(uploadTime))
	web.Form(site, "POST /office/products/{id}/media/restoration", f.restoreMedia, web.Needs(ScopeCatalogWrite))
}

// album is what a product shows, as it is edited.
type album struct {
	form
	Product catalog.Product
	Files   map[string]media.File // Files are what is known of what it shows, by URL.
	Removed []catalog.Removed
	Undo    string   // Undo is the URL of what was removed just now.
	Refused []string // Refused are the files that were not taken, each with the reason.
}

type mediaAsk struct {
	ID   catalog.ProductID `path:"id" maxLength:"60"`
	Done string            `query:"done" maxLength:"40"`
}

// media shows the pictures of a product to be ordered, described, removed and brought back.
func (f face) media(tx *db.Tx, in mediaAsk) (web.View, error) {
	a, err := loadAlbum(tx, in.ID)
	if err != nil {
		return nil, err
	}
	a.Values = a.stored()
	if in.Done == "picture_removed" && len(a.Removed) > 0 {
		a.Undo = a.Removed[0].URL
	}
	return mediaPage(f.page("products", a.title(tx)), a), nil
}

func loadAlbum(tx *db.Tx, id catalog.ProductID) (album, error) {
	var a album
	var err error
	if a.Product, err = ownProduct(tx, id); err != nil {
		return a, err
	}
	if a.Removed, err = catalog.RemovedMedia(tx, id); err != nil {
		return a, err
	}
	urls := make([]string, len(a.Product.Media))
	for i, m := range a.Product.Media {
		urls[i] = m.URL
	}
	a.Files, err = media.Of(tx, urls...)
	return a, err
}

func (a album) title(tx *db.Tx) string { return a.Product.Name.In(web.Lang(tx.Context())) }

// mf names a field of one medium: its URL, or what stands for it in a language.
func mf(row int, what string) string { return "m_" + strconv.Itoa(row) + "_" + what }

// stored gives the fields of the form as the product is stored.
func (a album) stored() url.Values {
	v := url.Values{}
	for i, m := range a.Product.Media {
		v.Set(mf(i, "url"), m.URL)
		v.Set(mf(i, "poster"), m.Poster)
		for _, o := range a.Product.Options {
			v.Set(mf(i, "of_"+o.Code), m.Options[o.Code])
		}
		for _, l := range text.Languages {
			v.Set(mf(i, "alt_"+l), m.Alt[l])
		}
	}
	return v
}

// typed gives the fields for what the product shows now: what was typed about a medium stays with it, also when somebody
// else has moved it meanwhile.
func (a album) typed(said url.Values) url.Values {
	row := map[string]int{}
	for i := 0; said.Has(mf(i, "url")) && i < catalog.MediaMax; i++ {
		row[said.Get(mf(i, "url"))] = i
	}
	v := a.stored()
	for i, m := range a.Product.Media {
		was, known := row[m.URL]
		for _, what := range a.choices() {
			if known && said.Has(mf(was, what)) {
				v.Set(mf(i, what), said.Get(mf(was, what)))
			}
		}
		for _, l := range text.Languages {
			if known && said.Has(mf(was, "alt_"+l)) {
				v.Set(mf(i, "alt_"+l), said.Get(mf(was, "alt_"+l)))
			}
		}
	}
	return v
}

// described gives the media of the product with the texts of the form.
func (a album) described() []catalog.Media {
	shown := slices.Clone(a.Product.Media)
	for i := range shown {
		alt := readLocalized(a.Values, mf(i, "alt"))
		for lang, words := range shown[i].Alt {
			if !slices.Contains(text.Languages, lang) { // Texts in languages that the form does not show stay.
				alt[lang] = words
			}
		}
		shown[i].Alt = alt
		if a.Values.Has(mf(i, "poster")) {
			shown[i].Poster = a.Values.Get(mf(i, "poster"))
		}
		shown[i].Options = nil
		for _, o := range a.Product.Options {
			if value := a.Values.Get(mf(i, "of_"+o.Code)); value != "" {
				if shown[i].Options == nil {
					shown[i].Options = map[string]string{}
				}
				shown[i].Options[o.Code] = value
			}
		}
	}
	return shown
}

// choices are the fields of a medium in which something is chosen.
func (a album) choices() []string {
	fields := []string{"poster"}
	for _, o := range a.Product.Options {
		fields = append(fields, "of_"+o.Code)
	}
	return fields
}

type mediaForm struct {
	web.Typed
	ID      catalog.ProductID `path:"id" maxLength:"60"`
	Version int64             `json:"version"`
	Do      string            `json:"do,omitempty" maxLength:"200"` // Do is the button: "save", "up-2", "down-2", "remove-2", or "order-2.0.1".
}

// arrangeMedia keeps what was typed, whatever button was pressed, and then does what the button says. When somebody else
// was faster, the form comes back with what was typed, beside what is stored now.
func (f face) arrangeMedia(tx *db.Tx, in mediaForm) (web.Then, error) {
	a, err := loadAlbum(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	a.Values = a.typed(in.Values)
	if in.Version != a.Product.Version {
		a.Now = a.stored()
		return f.mediaAgain(tx, a, catalog.ErrStale)
	}
	shown, deed := a.described(), "saved"
	what, where, _ := strings.Cut(in.Do, "-")
	at, err := strconv.Atoi(where)
	known := err == nil && at >= 0 && at < len(shown)
	switch {
	case what == "up" && known && at > 0:
		shown[at-1], shown[at] = shown[at], shown[at-1]
		deed = "moved"
	case what == "down" && known && at+1 < len(shown):
		shown[at], shown[at+1] = shown[at+1], shown[at]
		deed = "moved"
	case what == "remove" && known:
		shown = slices.Delete(shown, at, at+1)
		deed = "picture_removed"
	case what == "order":
		if ordered, ok := inOrder(shown, where); ok {
			shown, deed = ordered, "moved"
		}
	}
	if _, err := catalog.Revise(tx, in.ID, in.Version, catalog.Changes{Media: &shown}); err != nil {
		return f.mediaAgain(tx, a, err)
	}
	return see(albumAddress(in.ID), deed), nil
}

// inOrder gives media in an order such as "2.0.1", which must name each of them once.
func inOrder(shown []catalog.Media, order string) ([]catalog.Media, bool) {
	places := strings.Split(order, ".")
	if len(places) != len(shown) {
		return nil, false
	}
	ordered, taken := make([]catalog.Media, len(shown)), make([]bool, len(shown))
	for i, place := range places {
		from, err := strconv.Atoi(place)
		if err != nil || from < 0 || from >= len(shown) || taken[from] {
			return nil, false
		}
		ordered[i], taken[from] = shown[from], true
	}
	return ordered, true
}

func albumAddress(id catalog.ProductID) string {
	return "products/" + url.PathEscape(string(id)) + "/media"
}

// mediaAgain shows the form with what was typed and what is wrong.
func (f face) mediaAgain(tx *db.Tx, a album, err error) (web.Then, error) {
	if !mendable(err) {
		return web.Then{}, err
	}
	a.note(tx.Context(), err, mediaField)
	p := f.page("products", a.title(tx))
	p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	return web.Again(mediaPage(p, a)), nil
}

// mediaField gives the field of the form that a pointer of the catalogue means.
func mediaField(pointer string) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	if len(parts) < 3 || parts[0] != "media" {
		return "pictures"
	}
	lang := "kk"
	if len(parts) > 3 {
		lang = parts[3]
	}
	return "m_" + parts[1] + "_" + parts[2] + "_" + lang
}

type picturesForm struct {
	ID       catalog.ProductID `path:"id" maxLength:"60"`
	Pictures web.Files         `json:"pictures"`
}

// brought is what became of the files of a form.
type brought struct {
	files   []media.File
	media   []catalog.Media
	refused []string
}

// keepPictures keeps the pictures that were brought and says which are none. Nobody sees them before addPictures.
func (f face) keepPictures(ctx context.Context, in picturesForm) (brought, error) {
	var b brought
	for i, file := range in.Pictures {
		if i == filesMax {
			b.refused = append(b.refused, t(ctx, "media.too_many_files", "most", filesMax))
			break
		}
		kept, err := f.keepPicture(ctx, file)
		switch {
		case err == nil:
			b.files = append(b.files, kept)
			b.media = append(b.media, catalog.Media{Kind: catalog.MediaKind(kept.Kind), URL: kept.URL()})
		case mendable(err):
			b.refused = append(b.refused, t(ctx, "media.refused", "file", shownValue(file.Name), "reason", i18n.Fault(web.Lang(ctx), err)))
		default:
			return b, err
		}
	}
	return b, nil
}

func (f face) keepPicture(ctx context.Context, file web.File) (media.File, error) {
	r, err := file.Open()
	if err != nil {
		return media.File{}, err
	}
	defer r.Close() //nolint:errcheck // It was only read.
	kept, err := f.Media.Keep(ctx, r, file.Size)
	kept.Label = file.Name
	return kept, err
}

// addPictures shows what was brought, after what the product shows already. The good ones are taken also when others are
// refused.
func (f face) addPictures(tx *db.Tx, in picturesForm, b brought) (web.Then, error) {
	a, err := loadAlbum(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	if len(a.Product.Media)+len(b.media) > catalog.MediaMax {
		b.media, b.refused = nil, append(b.refused, t(tx.Context(), "media.too_many", "most", catalog.MediaMax))
	}
	if len(b.media) > 0 {
		if err := media.Note(tx, b.files...); err != nil {
			return web.Then{}, err
		}
		if a.Product, err = catalog.AddMedia(tx, in.ID, b.media...); err != nil {
			return web.Then{}, err
		}
		if len(b.refused) == 0 {
			return see(albumAddress(in.ID), "pictures_added"), nil
		}
	}
	a.Values, a.Refused = a.stored(), b.refused
	p := f.page("products", a.title(tx))
	if len(b.media) > 0 {
		p.Wrong = t(tx.Context(), "media.some_refused")
		return web.Show(mediaPage(p, a)), nil
	}
	p.Wrong = t(tx.Context(), "media.none_taken")
	if len(b.refused) == 0 {
		p.Wrong = t(tx.Context(), "media.none_chosen")
	}
	return web.Again(mediaPage(p, a)), nil
}

type restoreForm struct {
	ID  catalog.ProductID `path:"id" maxLength:"60"`
	URL string            `json:"url" maxLength:"1000"`
}

// restoreMedia brings back what was removed.
func (f face) restoreMedia(tx *db.Tx, in restoreForm) (web.Then, error) {
	if _, err := ownProduct(tx, in.ID); err != nil {
		return web.Then{}, err
	}
	_, err := catalog.RestoreMedia(tx, in.ID, in.URL)
	return see(albumAddress(in.ID), "restored"), err
}

// cover gives which of the media stands for the product in lists: the first picture, or -1.
func cover(media []catalog.Media) int {
	return slices.IndexFunc(media, func(m catalog.Media) bool { return m.Kind == catalog.MediaImage })
}

// chosen is one of several values.
type chosen struct{ Value, Name string }

// optionChoices are the values of an option, after all of them.
func optionChoices(ctx context.Context, o catalog.Option) []chosen {
	all := []chosen{{"", t(ctx, "media.of_all")}}
	for _, v := range o.Values {
		all = append(all, chosen{v.Code, v.Name.In(web.Lang(ctx))})
	}
	return all
}

// posters are the pictures that may stand for a film or a model, by their place; one that stands for it already and is
// not shown is offered, too.
func (a album) posters(ctx context.Context, m catalog.Media) []chosen {
	all := []chosen{{"", t(ctx, "media.no_poster")}}
	known := m.Poster == ""
	for i, picture := range a.Product.Media {
		if picture.Kind == catalog.MediaImage {
			all = append(all, chosen{picture.URL, t(ctx, "media.place", "n", i+1)})
			known = known || picture.URL == m.Poster
		}
	}
	if !known {
		all = append(all, chosen{m.Poster, m.Poster})
	}
	return all
}
