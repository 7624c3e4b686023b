package office

import (
	"context"
	"io"

	"sauda/core/booking"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountCalendars(site *web.Site) {
	web.Page(site, "GET /office/calendars", f.calendars, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/calendars/{resource}/address", f.publishCalendar, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/calendars/feeds", f.addFeed, web.Needs(ScopeOrdersWrite))
	web.Upload(site, "POST /office/calendars/feeds/{id}/file", readCalendarFile, f.bringCalendar, web.Needs(ScopeOrdersWrite), web.BodyMax(booking.CalendarMax+1<<16))
	web.Form(site, "POST /office/calendars/feeds/{id}/end", f.dropFeed, web.Needs(ScopeOrdersWrite))
}

// calendarsView is the page on which calendars go out to other houses and come in from them.
type calendarsView struct {
	Resources []booking.Resource
	Paths     map[booking.ResourceID]string // Paths are where the calendars that go out are fetched.
	Feeds     []booking.Feed
	Conflicts []booking.Conflict
	Home      string
}

// calendars shows the page, in at most six statements.
func (f face) calendars(tx *db.Tx, _ struct{}) (web.View, error) {
	v, err := f.loadCalendars(tx)
	return calendarsPage(f.page("bookings", t(tx.Context(), "calendars.title")), v), err
}

func (f face) loadCalendars(tx *db.Tx) (calendarsView, error) {
	v := calendarsView{Paths: make(map[booking.ResourceID]string), Home: f.PublicURL}
	var err error
	if v.Resources, err = booking.Resources(tx, sellerOf(tx)); err != nil {
		return v, err
	}
	for _, r := range v.Resources {
		v.Paths[r.ID] = booking.CalendarPath(f.Keys, r)
	}
	if v.Feeds, err = booking.Feeds(tx, sellerOf(tx)); err != nil {
		return v, err
	}
	v.Conflicts, err = booking.Conflicts(tx, sellerOf(tx))
	return v, err
}

// calendarsAgain shows the page with what is wrong.
func (f face) calendarsAgain(tx *db.Tx, no error) (web.Then, error) {
	if !amendable(no) && !mendable(no) {
		return web.Then{}, no
	}
	v, err := f.loadCalendars(tx)
	if err != nil {
		return web.Then{}, err
	}
	p := f.page("bookings", t(tx.Context(), "calendars.title"))
	p.Wrong = refusal(tx.Context(), no)
	return web.Again(calendarsPage(p, v)), nil
}

type publishing struct {
	web.Typed
	Resource booking.ResourceID `path:"resource" maxLength:"60"`
	Off      bool               `json:"off,omitempty"`
}

// publishCalendar gives the calendar of a resource a fresh address, or takes the one that it has away.
func (f face) publishCalendar(tx *db.Tx, in publishing) (web.Then, error) {
	if _, err := booking.Publish(tx, sellerOf(tx), in.Resource, !in.Off); err != nil {
		return f.calendarsAgain(tx, err)
	}
	return see("calendars", "saved"), nil
}

type feedForm struct {
	web.Typed
	Resource booking.ResourceID `json:"resource" maxLength:"60"`
	Name     string             `json:"name" maxLength:"200"`
	URL      string             `json:"url,omitempty" maxLength:"1000"`
}

// addFeed has a resource follow the calendar of another house.
func (f face) addFeed(tx *db.Tx, in feedForm) (web.Then, error) {
	if _, err := booking.AddFeed(tx, booking.Feed{Seller: sellerOf(tx), Resource: in.Resource, Name: in.Name, URL: in.URL}); err != nil {
		return f.calendarsAgain(tx, err)
	}
	return see("calendars", "saved"), nil
}

type calendarUpload struct {
	ID   booking.FeedID `path:"id" maxLength:"60"`
	File web.Files      `json:"file"`
}

// broughtCalendar is a calendar as a file has it, or why it cannot be read.
type broughtCalendar struct {
	body []byte
	err  error
}

func readCalendarFile(_ context.Context, in calendarUpload) (b broughtCalendar, _ error) {
	if len(in.File) != 1 {
		b.err = booking.ErrCalendar.About("%d files", len(in.File))
		return b, nil
	}
	file, err := in.File[0].Open()
	if err != nil {
		return b, err
	}
	defer func() { _ = file.Close() }()
	b.body, b.err = io.ReadAll(io.LimitReader(file, booking.CalendarMax+1))
	return b, nil
}

// bringCalendar has a feed close what a file says.
func (f face) bringCalendar(tx *db.Tx, in calendarUpload, b broughtCalendar) (web.Then, error) {
	if b.err == nil {
		_, b.err = booking.ReadFeed(tx, sellerOf(tx), in.ID, b.body)
	}
	if b.err != nil {
		return f.calendarsAgain(tx, b.err)
	}
	return see("calendars", "saved"), nil
}

type feedEnd struct {
	web.Typed
	ID booking.FeedID `path:"id" maxLength:"60"`
}

// dropFeed ends a feed; what it has closed is for sale again.
func (f face) dropFeed(tx *db.Tx, in feedEnd) (web.Then, error) {
	if err := booking.DropFeed(tx, sellerOf(tx), in.ID); err != nil {
		return web.Then{}, err
	}
	return see("calendars", "saved"), nil
}

// followed names the resource of a feed.
func (v calendarsView) followed(id booking.ResourceID) booking.Resource {
	for _, r := range v.Resources {
		if r.ID == id {
			return r
		}
	}
	return booking.Resource{}
}
