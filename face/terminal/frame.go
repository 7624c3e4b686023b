package terminal

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"sauda/gear/db"
	"sauda/gear/web"
)

// page is what every page of the terminal has.
type page struct {
	Title       string
	Description string // Description is for search engines; a page without one is not for them.
	Active      string // Active is the part of the terminal.
	Name        string // Name is what the house is called.
	Base        string // Base stands before addresses that must be whole.
	Late        int    // Late is how many minutes later the reader sees the market; zero is at once.
	Done        string // Done is what was done just now, to be said on top.
	Scripts     []string
	assets      *web.Assets
}

// page begins a page.
func (f *face) page(ctx context.Context, active, title string) page {
	name := in(ctx, f.Name)
	if name == "" {
		name = "Sauda"
	}
	p := page{Title: title, Active: active, Name: name, Base: strings.TrimSuffix(f.PublicURL, "/"), assets: f.assets}
	if board, by := f.Board.Late(); by > 0 && f.Board.For(web.WhoFrom(ctx)) == board {
		p.Late = int((by + time.Minute - 1) / time.Minute)
	}
	return p
}

func (p page) file(name string) string { return p.assets.Path(name) }

// languages are those of the pages, each with its own name.
var languages = []struct{ Code, Short, Name string }{
	{"kk", "Қаз", "Қазақша"}, {"ru", "Рус", "Русский"}, {"en", "Eng", "English"}, {"zh", "中文", "中文"},
}

func signedIn(ctx context.Context) bool { return web.WhoFrom(ctx).Kind != db.KindGuest }

// The cookies that the terminal knows: the light of the pages, which the shop sets, and that orders are not asked about again.
const (
	lookCookie = "sauda_look"
	sureCookie = "sauda_sure"
	sureAge    = 365 * 24 * 3600 // sureAge is how long the second is kept, in seconds.
)

// look is the light that the visitor has chosen; empty where the device decides.
func look(ctx context.Context) string {
	for _, value := range web.CookiesOf(ctx).Of(lookCookie) {
		if value == "light" || value == "dark" {
			return value
		}
	}
	return ""
}

// looking marks a page with a light that was chosen.
func looking(look string) templ.Attributes {
	if look == "" {
		return nil
	}
	return templ.Attributes{"data-look": look}
}

// asks tells whether orders are shown once more before they are sent.
func asks(ctx context.Context) bool {
	for _, value := range web.CookiesOf(ctx).Of(sureCookie) {
		if value == "yes" {
			return false
		}
	}
	return true
}

type askForm struct {
	Ask  bool   `json:"ask,omitempty"`
	Back string `json:"back,omitempty" maxLength:"500"`
}

// setAsk remembers in the browser whether orders are shown once more.
func (f *face) setAsk(ctx context.Context, in askForm) (web.Then, error) {
	c := &http.Cookie{
		Name: sureCookie, Value: "yes", Path: "/", MaxAge: sureAge, HttpOnly: true, Secure: strings.HasPrefix(f.PublicURL, "https://"),
		SameSite: http.SameSiteLaxMode,
	}
	if in.Ask {
		c.Value, c.MaxAge = "", -1
	}
	web.SetCookie(ctx, c)
	return web.See(web.Local(in.Back)), nil
}
