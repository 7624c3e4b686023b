package shop

import (
	"context"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/gear/blob"
	"sauda/gear/web"
)

// slide is one medium of the gallery.
type slide struct {
	catalog.Media
	N        int
	Variants string // Variants are the ids of those that it shows, with spaces between; empty when it shows all.
}

// id names the place of a slide on the page.
func (s slide) id() string { return "slide-" + strconv.Itoa(s.N) }

// slidesOf gives what the gallery shows: what is about the chosen variant alone stands first, then what shows them all,
// each in the seller's order. What is about no variant that there still is shows them all.
func slidesOf(p catalog.Product, chosen catalog.Variant) []slide {
	var own, all, rest []slide
	for _, m := range p.Media {
		if m.Kind == catalog.MediaDocument {
			continue
		}
		s := slide{Media: m, Variants: shownVariants(m, p.Variants)}
		switch {
		case s.Variants == "":
			all = append(all, s)
		case m.Shows(chosen):
			own = append(own, s)
		default:
			rest = append(rest, s)
		}
	}
	all = slices.Concat(own, all, rest)
	for i := range all {
		all[i].N = i + 1
	}
	return all
}

func shownVariants(m catalog.Media, variants []catalog.Variant) string {
	var ids []string
	for _, v := range variants {
		if m.Shows(v) {
			ids = append(ids, string(v.ID))
		}
	}
	if len(ids) == len(variants) {
		return ""
	}
	return strings.Join(ids, " ")
}

// The sizes that a picture has on the page (HTML §4.8.4.3, sizes): in the gallery, in a list, beside the first
// words, on a tile.
const (
	gallerySizes = "(min-width: 60rem) 36rem, 100vw"
	cardSizes    = "(min-width: 80rem) 13rem, (min-width: 60rem) 18rem, (min-width: 48rem) 33vw, 50vw"
	heroSizes    = "(min-width: 48rem) 11rem, 1px"
	faceSizes    = "8rem"
)

// small is the address of a copy of a picture for a thumb.
func small(url string) string { return media.Small(url, 320) }

// posterOf is the picture that stands for a film or a model until it is played, or nothing.
func posterOf(m catalog.Media) string {
	if m.Poster == "" {
		return ""
	}
	return media.Small(m.Poster, 800)
}

// viewPath is where the page of one model is.
const viewPath = "/view/"

// viewable tells whether a model can be turned around on our page: one of the house, in glTF.
func viewable(m catalog.Media) (address string, ok bool) {
	name, ours := strings.CutPrefix(m.URL, media.Path)
	ending := path.Ext(name)
	return viewPath + name, ours && blob.Public(name) && (ending == ".glb" || ending == ".gltf")
}

// viewPolicy is the policy of the page of a model: it runs our own script in an origin of its own, which has no cookies
// and reaches nothing but files of the house.
const viewPolicy = "sandbox allow-scripts; default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; " +
	"img-src 'self' blob: data:; connect-src 'self' blob: data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"

var viewTemplate = template.Must(template.New("view").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{.Title}}</title>
<style>html,body{margin:0;height:100%;background:#fff}model-viewer{width:100%;height:100%}</style>
<script src="{{.Script}}"></script></head>
<body><model-viewer src="{{.Model}}" alt="{{.Title}}" camera-controls touch-action="pan-y" interaction-prompt="none" shadow-intensity="1"></model-viewer></body></html>
`))

// view is the page of one model, for a frame of the gallery.
func (f *face) view(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if _, ok := viewable(catalog.Media{URL: media.Path + name}); !ok {
		http.NotFound(w, r)
		return
	}
	ctx := r.Context()
	title := t(ctx, "product.model")
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", viewPolicy)
	h.Set("Cache-Control", "no-cache")
	_ = viewTemplate.Execute(w, map[string]string{ // Whoever has gone need not be told.
		"Lang": web.Lang(ctx), "Title": title, "Script": f.assets.Path("model-viewer.js"), "Model": media.Path + name,
	})
}

// said is what a slide shows, in words.
func said(ctx context.Context, s slide, name string) string { return alternative(ctx, s.Media, name) }

// mark stands on the thumb of what is no picture.
func mark(k catalog.MediaKind) string {
	if k == catalog.MediaVideo {
		return "▶"
	}
	return "3D"
}
