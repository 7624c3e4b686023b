package shipping

import (
	"cmp"
	"slices"
	"time"
	"unicode/utf8"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/shipping/shippingdb"
	"sauda/gear/db"
)

// Events of our own; those of carriers are stored with carrierPrefix before their ids, so that they never meet.
const (
	ownBooked     = "booked"
	ownRefused    = "refused"
	ownAgain      = "again"
	ownCallingOff = "calling_off"
	ownKept       = "kept"
	ownHandover   = "handed_over"
	ownCancelled  = "cancelled"

	carrierPrefix = "carrier:"
	eventIDMax    = 120
	eventTextMax  = 300
)

// Book notes that the carrier knows a shipment, with its reference and the number of each parcel. Booked again with the
// same reference it changes nothing; another reference replaces it until the shipment has left.
func Book(tx *db.Tx, id ShipmentID, b Booking) (Shipment, error) {
	s, err := Get(tx, id)
	switch {
	case err != nil:
		return Shipment{}, err
	case s.State == StateCancelled:
		return Shipment{}, ErrCancelled.About("book %s", id)
	case s.State == StateCallingOff:
		return Shipment{}, ErrCallingOff.About("book %s", id)
	case s.Booking == b.Ref && b.Ref != "":
		return s, nil
	case s.State.Left():
		return Shipment{}, ErrGone.About("book %s", id)
	case b.Ref == "":
		return Shipment{}, ErrUnbooked.About("book %s without a reference", id)
	}
	q := shippingdb.New(tx.Later())
	if err := q.SetBooking(tx.Context(), shippingdb.SetBookingParams{ID: string(id), Booking: b.Ref}); err != nil {
		return Shipment{}, err
	}
	s.Booking = b.Ref
	for n := range s.Parcels {
		p := &s.Parcels[n]
		p.Tracking = b.Tracking[p.ID]
		err := q.SetTracking(tx.Context(), shippingdb.SetTrackingParams{Shipment: string(id), ID: string(p.ID), Tracking: p.Tracking})
		if err != nil {
			return Shipment{}, err
		}
	}
	return add(tx, s, []Event{s.next(tx, ownBooked, StateBooked)})
}

// HandOver notes that the parcels have left the warehouse. A shipment that a carrier brings must be booked first. Handed
// over twice, it changes nothing.
func HandOver(tx *db.Tx, id ShipmentID) (Shipment, error) {
	s, err := Get(tx, id)
	switch {
	case err != nil:
		return Shipment{}, err
	case s.State == StateCancelled:
		return Shipment{}, ErrCancelled.About("hand over %s", id)
	case s.State == StateCallingOff:
		return Shipment{}, ErrCallingOff.About("hand over %s", id)
	case s.State.Left():
		return s, nil
	case s.State == StateRefused, s.Carrier != "" && s.Booking == "":
		return Shipment{}, ErrUnbooked.About("hand over %s", id)
	}
	return add(tx, s, []Event{s.next(tx, ownHandover, StateHandedOver)})
}

// Note adds what a carrier, or the shop's own courier, has told. Events may come twice and in any order: one that is known
// by its id changes nothing. An event of an unknown state, or without an id or a time, is left out, for a carrier may have
// words that we do not know.
func Note(tx *db.Tx, id ShipmentID, events []Event) (Shipment, error) {
	s, err := Get(tx, id)
	if err != nil {
		return Shipment{}, err
	}
	var told []Event
	for _, e := range events {
		if _, known := progress[e.State]; !known || e.ID == "" || len(e.ID) > eventIDMax || e.At.IsZero() {
			continue
		}
		e.ID = carrierPrefix + e.ID
		e.At = e.At.UTC().Truncate(time.Microsecond)
		e.Place, e.Note = short(e.Place), short(e.Note)
		told = append(told, e)
	}
	return add(tx, s, told)
}

// short keeps what can be shown of a text from outside.
func short(s string) string {
	cleaned, err := text.Clean(s)
	if err != nil {
		return ""
	}
	if utf8.RuneCountInString(cleaned) > eventTextMax {
		cleaned = string([]rune(cleaned)[:eventTextMax])
	}
	return cleaned
}

// add writes the events that are new and states what follows from them.
func add(tx *db.Tx, s Shipment, events []Event) (Shipment, error) {
	tx.Lock("shipment:" + string(s.ID))
	q := shippingdb.New(tx.Later())
	before, known := s.State, map[string]bool{}
	for _, e := range s.Events {
		known[e.ID] = true
	}
	var fresh []Event
	for _, e := range events {
		if known[e.ID] {
			continue
		}
		known[e.ID] = true
		fresh = append(fresh, e)
		err := q.AddEvent(tx.Context(), shippingdb.AddEventParams{
			Shipment: string(s.ID), ID: e.ID, Parcel: string(e.Parcel), State: string(e.State), At: span.Micros(e.At),
			Place: e.Place, Note: e.Note, NotedAt: span.Micros(tx.Now()),
		})
		if err != nil {
			return Shipment{}, err
		}
	}
	if len(fresh) == 0 {
		return s, nil
	}
	s.Events = append(slices.Clone(s.Events), fresh...)
	slices.SortStableFunc(s.Events, func(a, b Event) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	s.State = derive(s.Parcels, s.Events)
	if err := tx.Changed(string(s.ID), map[string]State{"state": before}, map[string]State{"state": s.State}); err != nil {
		return Shipment{}, err
	}
	if s.State.Final() && !before.Final() {
		if err := q.SetDone(tx.Context(), shippingdb.SetDoneParams{ID: string(s.ID), DoneAt: span.Micros(tx.Now())}); err != nil {
			return Shipment{}, err
		}
	}
	return s, state(tx, s, before, fresh)
}

// state emits what new events mean.
func state(tx *db.Tx, s Shipment, before State, fresh []Event) error {
	last := slices.MaxFunc(fresh, func(a, b Event) int { return a.At.Compare(b.At) })
	var facts []db.Fact
	if s.State.Left() && !before.Left() {
		var numbers []string
		for _, p := range s.Parcels {
			if p.Tracking != "" {
				numbers = append(numbers, p.Tracking)
			}
		}
		facts = append(facts, Shipped{s.ID, s.Order, s.Seller, s.Carrier, numbers, last.At})
	}
	if s.State.Left() {
		facts = append(facts, TrackingMoved{s.ID, s.Order, s.State, last.Place, last.At})
	}
	if s.State != before {
		switch s.State {
		case StateDelivered:
			facts = append(facts, Delivered{s.ID, s.Order, s.Seller, last.At})
		case StateReturned:
			facts = append(facts, CameBack{s.ID, s.Order, s.Seller, last.At})
		case StateRefused:
			facts = append(facts, Refused{s.ID, s.Order, s.Seller, s.Carrier, last.Note, last.At})
		case StateCancelled:
			facts = append(facts, ShipmentCancelled{s.ID, s.Order, last.Note})
		}
	}
	return tx.Emit(facts...)
}
