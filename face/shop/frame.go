package shop

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/ident"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/window"
	"sauda/flow/display"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

// page is what every page of the shop has.
type page struct {
	Title       string
	Description string // Description is for search engines; a page without one is not for them.
	Sheet       string
	Script      string // Script is what the page does more of where scripts run.
	Icon        string
	Touch       string // Touch is the drawing for the screens of telephones that know no manifest.
	Passkeys    string // Passkeys is what a page with passkeys does where scripts run.
	Gallery     string // Gallery is what a product page does more of where scripts run.
	Query       string // Query is what stands in the search field.
	Name        string // Name is what the shop is called.
	Active      string // Active is the part of the shop.
	Own         string // Own is the address that counts, without its language and without what is asked besides; Here when it is empty.
	// OwnIn is the address that counts in a language, for a page whose address is another in each; nil for all others.
	OwnIn    func(lang string) string
	Image    string // Image is a picture for those who pass the page on.
	Kind     string // Kind is what the page is to them: "product", or "website" when it is empty.
	Data     string // Data is what the page says to machines, as JSON-LD.
	Here     string // Here is the address for the choice of languages.
	Base     string // Base stands before addresses that must be whole.
	Count    int    // Count is how many lines the basket has.
	Compared []catalog.ProductID
	Wishes   int                        // Wishes is how much the visitor keeps.
	Wished   map[catalog.ProductID]bool // Wished is what of it fills a heart; see fillHearts.
	Test     bool
	Dress    window.Body // Dress is the look of the shop; its Look is set on all pages but those that no shop makes.
	Worn     string      // Worn is the style sheet of the look, if it has one.
	Feed     string      // Feed is the page for readers of news.
	Exchange bool        // Exchange shows the way to the exchange.
	Refresh  int         // Refresh reloads the page after so many seconds; 0 does not.
}

// page begins a page for somebody.
func (f *face) page(ctx context.Context, v visitor, active, title string) page {
	name := in(ctx, f.Name)
	if name == "" {
		name = houseName
	}
	_, count := v.basket()
	_, wishes := v.wishes()
	p := page{
		Title: title, Active: active, Name: name, Count: count, Compared: v.compared(), Wishes: wishes, Test: f.TestMode, Base: f.base(ctx),
		Sheet: f.assets.Path("shop.css"), Icon: f.assets.Path("icon.svg"), Touch: f.assets.Path("icon-180.png"), Here: web.Path(ctx),
		Script: f.assets.Path("shop.js"),
	}
	p.Exchange = f.Exchange != nil && f.Exchange()
	return p.wear(f.Display.Window().Look())
}

// besides tells whether a product stands beside others.
func (p page) besides(id catalog.ProductID) bool { return slices.Contains(p.Compared, id) }

// ownIn is the address that counts in a language, as a whole.
func (p page) ownIn(lang string) string {
	switch {
	case p.OwnIn != nil:
		return p.Base + "/" + lang + p.OwnIn(lang)
	case p.Own == "":
		return p.Base + p.inLanguage(lang)
	}
	return p.Base + "/" + lang + p.Own
}

// kind is what the page is to those who pass it on.
func (p page) kind() string {
	if p.Kind == "" {
		return "website"
	}
	return p.Kind
}

// houseName is what a shop without a name is called.
const houseName = "Sauda"

// Fault is the page that shows a fault to a buyer, in the look of the shop.
func Fault(k *display.Keeper, p web.Problem) web.View {
	plain := page{Sheet: assetsPath + "shop.css", Icon: assetsPath + "icon.svg", Script: assetsPath + "shop.js", Name: houseName}
	return faultPage(plain.wear(k.Window().Look()), p)
}

// visitor is what a browser brings along.
type visitor struct{ web.Cookies }

// The cookies of the shop: the basket with its number of lines, and the purchase for which a card is entered.
const (
	basketCookie = "sauda_cart"
	buyingCookie = "sauda_pay"
)

const (
	basketAge = 90 * 24 * 3600 // basketAge is as long as an untouched basket lives, in seconds.
	buyingAge = 3600
)

// basket gives the basket of the cookie, and how many lines it had. A signed-in buyer's cookie has the number only. Of
// several cookies with this name, one that names a basket counts.
func (v visitor) basket() (of cart.ID, lines int) {
	id, lines := v.counted(basketCookie, "crt")
	return cart.ID(id), lines
}

// counted gives what a cookie names by an id with a prefix, and how much it says to be in it.
func (v visitor) counted(cookie, prefix string) (id string, many int) {
	for _, value := range v.Of(cookie) {
		id, number, _ := strings.Cut(value, ".")
		count, err := strconv.Atoi(number)
		switch {
		case err != nil || count < 0:
		case ident.Valid(prefix, id):
			return id, count
		case id == "":
			many = count
		}
	}
	return "", many
}

// lapsed tells whether the browser has a basket of somebody whose session has ended. It is his again when he signs in.
func (v visitor) lapsed(ctx context.Context) bool {
	id, count := v.basket()
	return id == "" && count > 0 && !signedIn(ctx)
}

// entranceTo is the page to sign in that leads on to an address.
func entranceTo(next string) string { return address("/sign-in", "next", next) }

// remember sends the browser the cookie of its basket. The basket of a party is found by the party: its id stays here.
func (f *face) remember(ctx context.Context, c cart.Cart) {
	id := c.ID
	if c.Party != "" {
		id = ""
	}
	f.setCookie(ctx, basketCookie, string(id)+"."+strconv.Itoa(len(c.Lines)), basketAge)
}

func (f *face) setCookie(ctx context.Context, name, value string, age int) {
	web.SetCookie(ctx, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: f.secure(), SameSite: http.SameSiteLaxMode,
	})
}

// inLanguage gives the present page in a language.
func (p page) inLanguage(lang string) string {
	here := p.Here
	if here == "" {
		here = "/"
	}
	return "/" + lang + here
}

// here sets the address of the page when it is shown by a form, whose own address nobody can open.
func (p page) at(address string) page {
	p.Here = address
	return p
}

// languages are those of the pages, each with its own name.
var languages = []struct{ Code, Short, Name string }{
	{"kk", "Қаз", "Қазақша"}, {"ru", "Рус", "Русский"}, {"en", "Eng", "English"}, {"zh", "中文", "中文"},
}

// signedIn tells whether the reader is known; works whether he belongs to the office.
func signedIn(ctx context.Context) bool { return web.WhoFrom(ctx).Kind != db.KindGuest }

func works(ctx context.Context) bool {
	kind := web.WhoFrom(ctx).Kind
	return kind == db.KindStaff || kind == db.KindAdmin
}

// address is a path with a query of names and values by turns; empty values are left out.
func address(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// hasText tells whether the shop has words of its own for an id.
func hasText(ctx context.Context, id string) bool { return i18n.Has(web.Lang(ctx), "shop."+id) }

// crumb is one step of the way to a page; the last one leads nowhere.
type crumb struct{ Name, To string }

// titled names the page of a fault by what the buyer can do about it.
func titled(ctx context.Context, p page, wrong web.Problem) page {
	p.Here = web.Path(ctx)
	switch {
	case wrong.Status == http.StatusNotFound:
		p.Title = t(ctx, "fault.missing")
	case wrong.Status == http.StatusGone:
		p.Title = t(ctx, "fault.gone")
	case wrong.Status >= http.StatusInternalServerError:
		p.Title = t(ctx, "fault.internal")
	default:
		p.Title = t(ctx, "fault.refused")
	}
	return p
}
