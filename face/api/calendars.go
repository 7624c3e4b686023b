package api

import (
	"io"

	"sauda/core/booking"
	"sauda/gear/db"
	"sauda/gear/web"
)

// mountCalendars adds the calendars that other houses fetch. The address is the key to each.
func (f face) mountCalendars(server *web.Server) {
	server.Protocol("GET /calendars/{resource}/{proof}", f.showCalendar, web.Public())
}

// showCalendar answers with a calendar as iCalendar (RFC 5545). It says when, and nothing of who or why.
func (f face) showCalendar(x web.Exchange) error {
	var body string
	err := x.Moment(func(tx *db.Tx) (err error) {
		body, err = booking.Published(tx, f.Keys, booking.ResourceID(x.PathValue("resource")), x.PathValue("proof"))
		return err
	})
	if err != nil {
		return err
	}
	x.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	x.Header().Set("Cache-Control", "private, max-age=300")
	_, err = io.WriteString(x, body)
	return err
}
