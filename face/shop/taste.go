package shop

import (
	"context"

	"github.com/a-h/templ"

	"sauda/base/place"
	"sauda/gear/web"
)

func (f *face) mountTaste(site *web.Site) {
	web.FormAct(site, "POST /look", f.setLook, web.Public())
	web.FormAct(site, "POST /town", f.setTown, web.Public())
}

// What a browser remembers of how its visitor likes the shop. None of it says who he is.
const (
	lookCookie = "sauda_look"
	townCookie = "sauda_town"
	tasteAge   = 365 * 24 * 3600 // tasteAge is how long it remembers, in seconds.
)

// The looks of the pages. Without a choice they follow the device.
const (
	lookLight = "light"
	lookDark  = "dark"
)

// look gives the light that the visitor has chosen, or nothing.
func look(c web.Cookies) string {
	for _, value := range c.Of(lookCookie) {
		if value == lookLight || value == lookDark {
			return value
		}
	}
	return ""
}

// look is the light of a page: that of its visitor, also where the page is made without knowing him.
func (p page) look(ctx context.Context) string { return look(web.CookiesOf(ctx)) }

// looking marks a page with a light that was chosen.
func looking(look string) templ.Attributes {
	if look == "" {
		return nil
	}
	return templ.Attributes{"data-look": look}
}

// lookName is what a light is called.
func lookName(ctx context.Context, look string) string {
	switch look {
	case lookLight:
		return t(ctx, "look.light")
	case lookDark:
		return t(ctx, "look.dark")
	}
	return t(ctx, "look.device")
}

// town gives the region to which goods would go: the one that was chosen, else the one where the shop is.
func (v visitor) town() place.Region {
	for _, value := range v.Of(townCookie) {
		if r := place.Region(value); r.Valid() {
			return r
		}
	}
	return place.Almaty
}

type lookForm struct {
	visitor
	Look string `json:"look,omitempty" maxLength:"10"`
	Back string `json:"back,omitempty" maxLength:"500"`
}

// setLook remembers a light; one that the shop does not have means that the device decides.
func (f *face) setLook(ctx context.Context, in lookForm) (web.Then, error) {
	age := tasteAge
	if in.Look != lookLight && in.Look != lookDark {
		in.Look, age = "", -1
	}
	f.setCookie(ctx, lookCookie, in.Look, age)
	return web.See(web.Local(in.Back)), nil
}

type townForm struct {
	visitor
	Town place.Region `json:"town" maxLength:"9"`
	Back string       `json:"back,omitempty" maxLength:"500"`
}

// setTown remembers a region; one that there is not changes nothing.
func (f *face) setTown(ctx context.Context, in townForm) (web.Then, error) {
	if in.Town.Valid() {
		f.setCookie(ctx, townCookie, string(in.Town), tasteAge)
	}
	return web.See(web.Local(in.Back)), nil
}
