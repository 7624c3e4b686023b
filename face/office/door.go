package office

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"sauda/base/fault"
	"sauda/core/booking"
	"sauda/gear/db"
	"sauda/gear/web"
)

// doorWorker is the script that keeps the page of the door for a connection that is lost. It looks after that page only.
//
//go:embed worker/door.js
var doorWorker []byte

func (f face) mountDoor(server *web.Server, site *web.Site) {
	web.Page(site, "GET /office/door", f.door, web.Needs(ScopeOrdersWrite))
	web.Form(site, "POST /office/door", f.enterByDoor, web.Needs(ScopeOrdersWrite))
	server.Protocol("GET /office/door/list.json", f.doorList, web.Needs(ScopeOrdersWrite))
	server.Protocol("POST /office/door/marks.json", f.doorMarks, web.Needs(ScopeOrdersWrite))
	server.Handle("GET /office/door/worker.js", http.HandlerFunc(serveDoorWorker), web.Public())
}

func serveDoorWorker(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("Service-Worker-Allowed", "/") // The page of the door has an address in each language.
	h.Set("Content-Security-Policy", "default-src 'self'")
	_, _ = w.Write(doorWorker) // Whoever has gone need not be told.
}

// doorView is what the door has just said to who has no script; without a word it says nothing. It knows nobody, so that the page
// can be kept on the telephone.
type doorView struct {
	Good bool
	Said string
}

// door is the page on which tickets are checked by the camera of a telephone, also without a network.
func (f face) door(tx *db.Tx, _ struct{}) (web.View, error) {
	return doorPage(f.page("bookings", t(tx.Context(), "door.title")).with("door.js"), doorView{}), nil
}

// enterByDoor lets in who says a code, without a script.
func (f face) enterByDoor(tx *db.Tx, in doorForm) (web.Then, error) {
	ctx := tx.Context()
	p := f.page("bookings", t(ctx, "door.title")).with("door.js")
	b, err := booking.Enter(tx, f.Keys, sellerOf(tx), booking.Mark{Said: in.Code})
	switch {
	case err == nil:
		return web.Show(doorPage(p, doorView{true, t(ctx, "bookings.entered", "name", b.Name.In(web.Lang(ctx)), "people", b.Draft.People())})), nil
	case !amendable(err) && !mendable(err):
		return web.Then{}, err
	}
	return web.Again(doorPage(p, doorView{Said: refusal(ctx, err)})), nil
}

// hashed is how the list names a booking or a code: it shows none, and makes no ticket. It is no secret of a code of eight letters,
// which a machine can try; so the list has the few bookings about today, and the page throws it away when it is older than 36 hours.
func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// doorTicket is what a door has to know of a booking: no name, no document, no order.
type doorTicket struct {
	ID     string `json:"id"`   // ID is the booking, hashed.
	Code   string `json:"code"` // Code is what is typed, hashed.
	From   int64  `json:"from"` // From and To are between which instants it lets in, in milliseconds.
	To     int64  `json:"to"`
	Name   string `json:"name"` // Name is that of the plan.
	People int    `json:"people"`
	State  string `json:"state"`
	Used   int64  `json:"used,omitempty"`
	Clash  bool   `json:"clash,omitempty"`
	Short  string `json:"short,omitempty"` // Short are the last letters of the code of a conflict, by which staff finds it again.
}

// doorDay is who may come today.
type doorDay struct {
	At      int64        `json:"at"`
	Key     string       `json:"key"` // Key is the public key by which tickets are checked.
	Tickets []doorTicket `json:"tickets"`
}

func (f face) doorList(x web.Exchange) error {
	day := doorDay{Tickets: []doorTicket{}}
	err := x.Moment(func(tx *db.Tx) (err error) {
		if day.Key, err = booking.DoorKey(f.Keys, sellerOf(tx)); err != nil {
			return err
		}
		day.At, day.Tickets = tx.Now().UnixMilli(), day.Tickets[:0]
		all, err := booking.AtDoor(tx, sellerOf(tx))
		for _, b := range all {
			v := doorTicket{ID: hashed(string(b.ID)), Code: hashed(b.Code()), From: b.Starts.Add(-booking.Early).UnixMilli(), To: b.Ends.UnixMilli(),
				Name: b.Name.In(web.Lang(tx.Context())), People: b.Draft.People(), State: string(b.State), Clash: b.Clash()}
			if v.Clash {
				v.Short = shortCode(b)
			}
			if !b.Used.IsZero() {
				v.Used = b.Used.UnixMilli()
			}
			day.Tickets = append(day.Tickets, v)
		}
		return err
	})
	if err != nil {
		return err
	}
	return sendJSON(x, day)
}

// shortCode is half of a code.
func shortCode(b booking.Booking) string { return b.Code()[4:] }

func sendJSON(x web.Exchange, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	x.Header().Set("Content-Type", "application/json")
	x.Header().Set("Cache-Control", "no-store")
	_, _ = x.Write(body) // Whoever has gone need not be told.
	return nil
}

// doorMark is a ticket that was shown. One with At was let in at that time by a door without a network; the others ask.
type doorMark struct {
	ID   string `json:"id"`
	Said string `json:"said"`
	Door string `json:"door"`
	At   int64  `json:"at"`
}

// doorVerdict answers a mark: in, used, clash, not_today, refused or unknown.
type doorVerdict struct {
	ID      string `json:"id"`
	Verdict string `json:"verdict"`
	Said    string `json:"said,omitempty"` // Said is the fault in the language of the page.
	Name    string `json:"name,omitempty"`
	People  int    `json:"people,omitempty"`
	Short   string `json:"short,omitempty"`
}

const (
	doorMarksMax = 100
	doorBodyMax  = 64 << 10
	markMax      = 400 // markMax bounds what was shown, as the form does; what is longer is no ticket.
)

func (f face) doorMarks(x web.Exchange) error {
	var in struct {
		Marks []doorMark `json:"marks"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(x, x.Body, doorBodyMax)).Decode(&in); err != nil || len(in.Marks) > doorMarksMax {
		return web.ErrInvalid.About("marks: %v", err)
	}
	var all []doorVerdict
	for _, m := range in.Marks { // A moment each: one that is refused leaves the others noted.
		var v doorVerdict
		err := x.Moment(func(tx *db.Tx) error {
			b, verdict, err := f.mark(tx, m)
			if v = verdict; err != nil || b.ID == "" || v.Said != "" { // What was refused has done nothing.
				return err
			}
			return x.Audit(tx, string(b.ID))
		})
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	return sendJSON(x, map[string]any{"marks": all})
}

// mark lets in who shows a ticket now, or notes that a door has let him in. It gives the booking, if there is one.
func (f face) mark(tx *db.Tx, m doorMark) (b booking.Booking, v doorVerdict, err error) {
	v = doorVerdict{ID: m.ID, Verdict: "in"}
	if len(m.Said) > markMax || len(m.ID) > 60 || len(m.Door) > 60 {
		v.Verdict = "unknown"
		return b, v, nil
	}
	mark := booking.Mark{ID: m.ID, Door: m.Door, Said: m.Said}
	if m.At == 0 {
		b, err = booking.Enter(tx, f.Keys, sellerOf(tx), mark)
	} else {
		mark.At = time.UnixMilli(m.At).UTC()
		if b, mark, err = booking.Note(tx, f.Keys, sellerOf(tx), mark); err == nil && mark.Why != "" {
			v.Verdict = "clash"
		}
	}
	if b.ID != "" {
		v.Name, v.People, v.Short = b.Name.In(web.Lang(tx.Context())), b.Draft.People(), shortCode(b)
	}
	if err == nil {
		return b, v, nil
	}
	switch fault.Of(err) {
	case booking.ErrUsed:
		v.Verdict = "used"
	case booking.ErrNotToday:
		v.Verdict = "not_today"
	case booking.ErrState:
		v.Verdict = "refused"
	case booking.ErrTicket, booking.ErrUnknown:
		v.Verdict = "unknown"
	default:
		return b, v, err
	}
	v.Said = refusal(tx.Context(), err)
	return b, v, nil
}
