package booking

import (
	"encoding/json"
	"strconv"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking/bookingdb"
	"sauda/gear/db"
	"sauda/gear/seal"
)

// Passenger is who travels. What is said of a person is sealed in the store and shown only to the buyer of the booking and to
// those of its seller who receive people.
type Passenger struct {
	Name     string   `json:"name"`
	Born     span.Day `json:"born"`
	Document string   `json:"document"`
}

func sealedFor(id ID) string { return "passengers of " + string(id) }

// SetPassengers writes down who travels, in the place of whoever was written down before. There are as many as were booked, and
// their ages on the first day are those that were booked; who is not born yet is refused.
func SetPassengers(tx *db.Tx, keys seal.Keys, b Booking, all []Passenger) error {
	if b.State != StateBooked {
		return b.wrongState("name travellers of")
	}
	c := &checker{}
	children := make(map[int]int)
	for _, age := range b.Draft.Children {
		children[age]++
	}
	adults := 0
	c.when(len(all) != b.Draft.People(), "", fault.Say("Name everybody who travels."))
	for i := range all {
		p, at := &all[i], "/passengers/"+strconv.Itoa(i)
		var err error
		p.Name, err = text.Clean(p.Name)
		c.when(err != nil || p.Name == "" || text.Limit(p.Name, NameMax) != nil, at+"/name", fault.Say("Write the name as it stands in the document."))
		p.Document, err = text.Clean(p.Document)
		c.when(err != nil || p.Document == "" || text.Limit(p.Document, 40) != nil, at+"/document", fault.Say("Write the number of the document."))
		today := span.DayOf(tx.Now(), location(b.Zone))
		age := ageOn(p.Born, b.From)
		if p.Born.IsZero() || !p.Born.Before(today) || age > 120 {
			c.when(true, at+"/born", fault.Say("Write a day of birth that has been."))
			continue
		}
		if age < 18 && children[age] > 0 {
			children[age]--
			continue
		}
		adults++
		c.when(age < 18 || adults > b.Draft.Adults, at+"/born", fault.Say("This age was not booked. Change the booking first."))
	}
	if err := ErrPassenger.Fields(c.fields...); err != nil {
		return err
	}
	later := bookingdb.New(tx.Later())
	if err := later.DropPassengers(tx.Context(), string(b.ID)); err != nil {
		return err
	}
	for i, p := range all {
		body, err := json.Marshal(p)
		if err != nil {
			return err
		}
		sealed, err := keys.Seal(string(body), sealedFor(b.ID))
		if err != nil {
			return err
		}
		row := bookingdb.AddPassengerParams{Booking: string(b.ID), Position: int64(i), Sealed: sealed}
		if err := later.AddPassenger(tx.Context(), row); err != nil {
			return err
		}
	}
	return nil
}

// Passengers gives who travels. Whoever asks has been let in.
func Passengers(tx *db.Tx, keys seal.Keys, id ID) ([]Passenger, error) {
	rows, err := bookingdb.New(tx).Passengers(tx.Context(), string(id))
	if err != nil {
		return nil, err
	}
	all := make([]Passenger, len(rows))
	for i, r := range rows {
		body, err := keys.Open(r.Sealed, sealedFor(id))
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(body), &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// ageOn is how many years somebody has on a day; who was born on 29 February has them on 1 March.
func ageOn(born, on span.Day) int {
	by, bm, bd := born.Date()
	y, m, d := on.Date()
	age := y - by
	if m < bm || m == bm && d < bd {
		age--
	}
	return age
}
