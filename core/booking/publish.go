package booking

import (
	"crypto/subtle"
	"strconv"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/seal"
)

// ownUIDs end the UIDs of events that the house writes; by them it knows its own when another house gives them back.
const ownUIDs = "@sauda"

// CalendarPath is where other houses fetch the calendar of a resource: whoever knows the address may. It follows from the keys
// of the house, so nothing secret is kept; a resource whose calendar is not published has none.
func CalendarPath(keys seal.Keys, r Resource) string {
	if r.Published == 0 {
		return ""
	}
	return "/calendars/" + string(r.ID) + "/" + keys.Proof("calendar of a resource", string(r.ID)+"/"+strconv.FormatInt(r.Published, 10)) + ".ics"
}

// Publish gives the calendar of a resource a fresh address; the one before shows nothing any more. Without on it has none.
func Publish(tx *db.Tx, of seller.ID, id ResourceID, on bool) (Resource, error) {
	r, err := ResourceOf(tx, of, id)
	if err != nil {
		return Resource{}, err
	}
	if r.Published = 0; on {
		r.Published = span.Micros(tx.Now()) // No two addresses are of one instant.
	}
	return ReviseResource(tx, r)
}

// Published gives the calendar of a resource to whoever knows its address: when nothing of it is to be had, because it is booked
// here or closed by its seller, and nothing of who has booked. What only other houses have closed they know already. Another
// address is ErrUnknown.
func Published(tx *db.Tx, keys seal.Keys, id ResourceID, proof string) (string, error) {
	all, err := ResourcesNamed(tx, []ResourceID{id})
	if err != nil {
		return "", err
	}
	r, known := all[id]
	path := CalendarPath(keys, r)
	given := "/calendars/" + string(id) + "/" + strings.TrimSuffix(proof, ".ics") + ".ics"
	if !known || path == "" || !keys.Ready() || subtle.ConstantTimeCompare([]byte(path), []byte(given)) != 1 {
		return "", ErrUnknown.About("calendar of %.60q", string(id))
	}
	days := span.Days{From: span.DayOf(tx.Now(), r.Location()), To: r.Opened}
	blocks, err := blocksOf(tx, []ResourceID{id}, days.From.Start(r.Location()), days.To.Start(r.Location()))
	if err != nil {
		return "", err
	}
	var own []Block
	for _, b := range blocks {
		if b.Source == "" {
			own = append(own, b)
		}
	}
	cells, shut := r.cells(days, r.Hours), closingsOf(own)
	keysOf := make([]string, len(cells))
	for i, c := range cells {
		keysOf[i] = c.key
	}
	pools, err := hold.Pools(tx, keysOf)
	if err != nil {
		return "", err
	}
	var times []busy
	for _, c := range cells {
		p, closed := pools[c.key], shut.in(c)
		if p.Left() > 0 || p.Taken == 0 && closed == 0 {
			continue
		}
		if last := len(times) - 1; last >= 0 && times[last].Ends.Equal(c.from) {
			times[last].Ends = c.to
			continue
		}
		times = append(times, busy{string(r.ID) + "-" + c.from.UTC().Format("20060102T1504") + ownUIDs, c.from, c.to})
	}
	return writeCalendar(r, times, tx.Now().Truncate(time.Second)), nil
}
