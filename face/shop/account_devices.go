package shop

import (
	"context"
	"errors"
	"strings"
	"time"

	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/session"
	"sauda/gear/web"
)

func (f *face) mountDevices(site *web.Site) {
	web.Page(site, "GET /account/devices", f.devices, web.SignedIn())
	web.Form(site, "POST /account/devices/{id}/end", f.endDevice, web.SignedIn())
	web.Form(site, "POST /account/devices/end", f.endDevices, web.SignedIn())
}

// device is a place where somebody is signed in.
type device struct {
	ID      string
	Name    string
	Address string
	Seen    time.Time
	Here    bool
}

// devicesView is the page of where somebody is signed in.
type devicesView struct {
	cabinet
	Devices []device
}

// devices shows where somebody is signed in.
func (f *face) devices(tx *db.Tx, in accountAsk) (web.View, error) {
	c, err := f.cabinetOf(tx, in, "devices")
	if err != nil {
		return nil, err
	}
	v := devicesView{cabinet: c}
	all, err := f.Sessions.List(tx, string(c.User.ID))
	for _, s := range all {
		v.Devices = append(v.Devices, device{
			ID: s.ID, Name: deviceName(tx.Context(), s.Agent), Address: s.Address, Seen: s.Seen, Here: s.ID == tx.Who().Session,
		})
	}
	return devicesPage(v), err
}

type deviceAsk struct {
	visitor
	ID string `path:"id" maxLength:"60"`
}

// endDevice signs somebody out in one place. Where he is not signed in any more, there is nothing to do.
func (f *face) endDevice(tx *db.Tx, in deviceAsk) (web.Then, error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.Then{}, err
	}
	if err := f.Sessions.End(tx, string(u.ID), in.ID); err != nil && !errors.Is(err, session.ErrMissing) {
		return web.Then{}, err
	}
	return web.See("/account/devices?done=device"), nil
}

// endDevices signs somebody out everywhere but here.
func (f *face) endDevices(tx *db.Tx, _ struct{ visitor }) (web.Then, error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.Then{}, err
	}
	return web.See("/account/devices?done=devices"), f.Sessions.EndAll(tx, string(u.ID), tx.Who().Session)
}

// browsers and systems are looked for in the name that a browser gives itself, in this order: each of them also names
// others for the sake of old pages.
var (
	browsers = [][2]string{
		{"YaBrowser", "Yandex Browser"}, {"Edg", "Edge"}, {"OPR", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Firefox", "Firefox"},
		{"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome", "Chrome"}, {"Safari", "Safari"},
	}
	systems = [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"},
		{"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	}
)

// deviceName says in a few words what kind of a device it is.
func deviceName(ctx context.Context, agent string) string {
	named := func(all [][2]string) string {
		for _, n := range all {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return ""
	}
	browser, system := named(browsers), named(systems)
	switch {
	case browser != "" && system != "":
		return browser + " · " + system
	case browser+system != "":
		return browser + system
	}
	return t(ctx, "device.unknown")
}
