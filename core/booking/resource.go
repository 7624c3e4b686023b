package booking

import (
	"encoding/json"
	"strconv"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking/bookingdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Grain is by what the calendar of a resource is counted.
type Grain string

// The grains.
const (
	GrainDay     Grain = "day"     // GrainDay counts days, which for a room are nights.
	GrainQuarter Grain = "quarter" // GrainQuarter counts quarters of an hour.
)

// Resource is something scarce with a calendar: rooms of one type, a guide, a master, equal tables, a bus.
type Resource struct {
	ID      ResourceID     `json:"-"`
	Seller  seller.ID      `json:"-"`
	Grain   Grain          `json:"-"`
	Opened  span.Day       `json:"-"` // Opened is the first day of which the calendar is not open yet.
	Version int64          `json:"-"`
	Name    text.Localized `json:"name"`
	Zone    string         `json:"zone"`
	Units   int64          `json:"units"`  // Units are how many of it there are.
	Beyond  int64          `json:"beyond"` // Beyond is how many more are promised by the stated policy of overbooking.
	Ahead   int            `json:"ahead"`  // Ahead is how many days ahead the calendar is open.
	Hours   []Hours        `json:"hours,omitempty"`
	Closed  bool           `json:"closed,omitempty"` // Closed says that nothing more is sold of it; what is booked stays.

	Published int64 `json:"published,omitempty"` // Published names the address of its calendar; zero when it has none.
}

// Hours are when a resource works on a day of the week, in minutes after midnight.
type Hours struct {
	Weekday time.Weekday `json:"weekday"`
	From    int          `json:"from"`
	To      int          `json:"to"`
}

// Location is where the clock of a resource hangs.
func (r Resource) Location() *time.Location { return location(r.Zone) }

func (r Resource) cleaned() (Resource, error) {
	c := &checker{}
	name, err := r.Name.Cleaned()
	c.when(err != nil || name.CheckFilled(NameMax) != nil, "/name", fault.Say("Write what buyers read about it, in at least one language."))
	r.Name = name
	_, err = span.ZoneOf(r.Zone)
	c.when(err != nil || r.Zone == "" || r.Zone == "Local", "/zone", fault.Say("Name a time zone, for example Asia/Almaty."))
	c.whole(int(min(r.Units, 1<<20)), 0, 10_000, "/units")
	c.whole(int(min(r.Beyond, 1<<20)), 0, 1_000, "/beyond")
	c.whole(r.Ahead, 1, AheadMax, "/ahead")
	c.when(r.Grain != GrainDay && r.Grain != GrainQuarter, "/grain", fault.Say("Choose one of the values."))
	c.when(r.Grain == GrainQuarter && (len(r.Hours) == 0 || len(r.Hours) > 21), "/hours", fault.Say("Say from when to when it is open."))
	c.when(r.Grain == GrainQuarter && r.Ahead > 120, "/ahead", fault.Say("Give a whole number from {least} to {most}.").With("least", 1).With("most", 120))
	for i, h := range r.Hours {
		bad := h.Weekday < 0 || h.Weekday > 6 || h.From < 0 || h.To > minutesOfDay || h.From >= h.To || h.From%15 != 0 || h.To%15 != 0
		c.when(bad, "/hours/"+strconv.Itoa(i), fault.Say("Say from when to when it is open."))
	}
	return r, ErrInvalid.Fields(c.fields...)
}

// AddResource puts a resource down and opens its calendar from today on.
func AddResource(tx *db.Tx, r Resource) (Resource, error) {
	r, err := r.cleaned()
	if err != nil {
		return Resource{}, err
	}
	r.ID, r.Version = ResourceID(tx.Mint("rsc")), 1
	r.Opened = span.DayOf(tx.Now(), r.Location())
	body, err := json.Marshal(r)
	if err != nil {
		return Resource{}, err
	}
	err = bookingdb.New(tx).AddResource(tx.Context(), bookingdb.AddResourceParams{
		ID: string(r.ID), Seller: string(r.Seller), Grain: string(r.Grain), Opened: r.Opened.String(), Body: string(body),
	})
	if err != nil {
		return Resource{}, err
	}
	return Extend(tx, r)
}

// ReviseResource gives a resource other words, units and hours from this version on; its grain and zone stay. Fewer units
// than are promised on some day are refused with hold.ErrPromised. Who has changed it meanwhile makes that ErrStale.
func ReviseResource(tx *db.Tx, r Resource) (Resource, error) {
	old, err := ResourceOf(tx, r.Seller, r.ID)
	if err != nil {
		return Resource{}, err
	}
	r.Grain, r.Zone = old.Grain, old.Zone
	version := r.Version
	if r, err = r.cleaned(); err != nil {
		return Resource{}, err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return Resource{}, err
	}
	rows, err := bookingdb.New(tx).ReviseResource(tx.Context(), bookingdb.ReviseResourceParams{
		Body: string(body), Opened: old.Opened.String(), ID: string(r.ID), Seller: string(r.Seller), Version: version,
	})
	if err == nil && rows == 0 {
		err = ErrStale.About("%s is at %d, not at %d", r.ID, old.Version, version)
	}
	if err != nil {
		return Resource{}, err
	}
	r.Opened, r.Version = old.Opened, version+1
	today := span.DayOf(tx.Now(), r.Location())
	if err := level(tx, r, span.Days{From: today, To: r.Opened}, old.Hours); err != nil {
		return Resource{}, err
	}
	return Extend(tx, r)
}

// Extend opens the calendar of a resource as far ahead as it says. What is open already stays; of one that is closed it is counted
// anew, so that what was given up since is not sold again.
func Extend(tx *db.Tx, r Resource) (Resource, error) {
	today := span.DayOf(tx.Now(), r.Location())
	from, to := r.Opened, today.AddDays(r.Ahead)
	if from.Before(today) || r.Closed && from.Before(to) {
		from = today
	}
	if !from.Before(to) {
		return r, nil
	}
	if err := level(tx, r, span.Days{From: from, To: to}, nil); err != nil {
		return Resource{}, err
	}
	r.Opened = to
	return r, bookingdb.New(tx.Later()).SetOpened(tx.Context(), bookingdb.SetOpenedParams{Opened: to.String(), ID: string(r.ID)})
}

// ExtendSome opens the calendars of at most limit resources that are due, and says how many they were. Call it again while it
// gives limit.
func ExtendSome(tx *db.Tx, limit int) (int, error) {
	today := span.DayOf(tx.Now(), time.UTC)
	rows, err := bookingdb.New(tx).Unopened(tx.Context(), bookingdb.UnopenedParams{Before: today.AddDays(AheadMax).String(), Most: int64(limit)})
	if err != nil {
		return 0, err
	}
	n := 0
	for _, row := range rows {
		r, err := resourceOf(row)
		if err != nil {
			return n, err
		}
		if !r.Opened.Before(span.DayOf(tx.Now(), r.Location()).AddDays(r.Ahead)) {
			continue
		}
		n++
		if _, err := Extend(tx, r); err != nil {
			return n, err
		}
	}
	return n, nil
}

// ResourceOf gives a resource of a seller; another seller's is as unknown as none.
func ResourceOf(tx *db.Tx, of seller.ID, id ResourceID) (Resource, error) {
	all, err := ResourcesNamed(tx, []ResourceID{id})
	if err != nil {
		return Resource{}, err
	}
	r, known := all[id]
	if !known || r.Seller != of {
		return Resource{}, ErrUnknown.About("resource %.60q of %s", string(id), of)
	}
	return r, nil
}

// Resources gives the resources of a seller.
func Resources(tx *db.Tx, of seller.ID) ([]Resource, error) {
	rows, err := bookingdb.New(tx).ResourcesOf(tx.Context(), string(of))
	if err != nil {
		return nil, err
	}
	all := make([]Resource, len(rows))
	for i, row := range rows {
		if all[i], err = resourceOf(row); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// ResourcesNamed gives resources by their ids, in one statement; those that are not there are absent.
func ResourcesNamed(tx *db.Tx, ids []ResourceID) (map[ResourceID]Resource, error) {
	all := make(map[ResourceID]Resource, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	rows, err := bookingdb.New(tx).Resources(tx.Context(), db.In(ids))
	for _, row := range rows {
		r, err := resourceOf(row)
		if err != nil {
			return nil, err
		}
		all[r.ID] = r
	}
	return all, err
}

func resourceOf(row bookingdb.BookingResource) (Resource, error) {
	var r Resource
	if err := json.Unmarshal([]byte(row.Body), &r); err != nil {
		return Resource{}, err
	}
	opened, err := span.Parse(row.Opened)
	r.ID, r.Seller, r.Grain, r.Opened, r.Version = ResourceID(row.ID), seller.ID(row.Seller), Grain(row.Grain), opened, row.Version
	return r, err
}
