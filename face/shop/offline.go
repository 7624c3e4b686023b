package shop

import (
	_ "embed"
	"encoding/json"
	"net/http"

	"sauda/gear/db"
	"sauda/gear/web"
)

// worker is the script that keeps pages for a connection that is lost. It is served at the root, for it may look after
// what lies below its own address only.
//
//go:embed worker/worker.js
var worker []byte

func (f *face) mountOffline(server *web.Server, site *web.Site) {
	server.Handle("GET /worker.js", http.HandlerFunc(serveWorker), web.Public())
	server.Handle("GET /manifest.webmanifest", http.HandlerFunc(f.manifest), web.Public())
	web.Page(site, "GET /offline", f.offline, web.Public())
}

func serveWorker(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Security-Policy", "default-src 'self'")
	_, _ = w.Write(worker) // Whoever has gone need not be told.
}

// manifestPath is where the manifest of a language is.
func manifestPath(lang string) string { return "/manifest.webmanifest?lang=" + lang }

// manifestIcon is one drawing of a manifest.
type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

// manifest says what the shop is once it is installed on a device (W3C Web Application Manifest), in the language of ?lang=.
func (f *face) manifest(w http.ResponseWriter, r *http.Request) {
	lang := languages[0].Code
	for _, l := range languages {
		if l.Code == r.URL.Query().Get("lang") {
			lang = l.Code
		}
	}
	name := f.Name.In(lang)
	if name == "" {
		name = houseName
	}
	body, err := json.Marshal(map[string]any{
		"id": "/", "name": name, "short_name": name, "lang": lang, "dir": "auto", "start_url": "/" + lang + "/", "scope": "/",
		"display": "standalone", "background_color": "#faf8f4", "theme_color": "#07454c", "categories": []string{"shopping"},
		"icons": []manifestIcon{
			{f.assets.Path("icon.svg"), "any", "image/svg+xml", "any"}, {f.assets.Path("icon-192.png"), "192x192", "image/png", "any"},
			{f.assets.Path("icon-512.png"), "512x512", "image/png", "any"}, {f.assets.Path("icon-512.png"), "512x512", "image/png", "maskable"},
		},
	})
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/manifest+json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(body) // Whoever has gone need not be told.
}

// offline is what is shown without a connection instead of a page that was not kept. It is kept itself, so it knows nobody.
func (f *face) offline(tx *db.Tx, _ struct{}) (web.View, error) {
	ctx := tx.Context()
	return offlinePage(f.page(ctx, visitor{}, "", t(ctx, "offline.title"))), nil
}
