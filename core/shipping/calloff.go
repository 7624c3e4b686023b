package shipping

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/shipping/shippingdb"
	"sauda/gear/db"
)

// CallOff says that a shipment which its carrier knows shall not leave: the carrier is asked to take the booking back. What
// it answers is noted by Cancel or Keep. Called off twice, it changes nothing; one that no carrier knows is ErrUnbooked, for
// it can be cancelled at once.
func CallOff(tx *db.Tx, id ShipmentID, reason string) (Shipment, error) {
	s, err := Get(tx, id)
	switch {
	case err != nil:
		return Shipment{}, err
	case s.State == StateCallingOff, s.State == StateCancelled:
		return s, nil
	case s.State.Left():
		return Shipment{}, ErrGone.About("call off %s", id)
	case s.State != StateBooked:
		return Shipment{}, ErrUnbooked.About("call off %s", id)
	}
	e := s.next(tx, ownCallingOff, StateCallingOff)
	e.Note = short(reason)
	return add(tx, s, []Event{e})
}

// Keep notes that the carrier has a shipment that is being called off: it came too late, and the parcel is handed over. Of
// any other shipment it changes nothing.
func Keep(tx *db.Tx, id ShipmentID, reason string) (Shipment, error) {
	s, err := Get(tx, id)
	if err != nil || s.State != StateCallingOff {
		return s, err
	}
	e := s.next(tx, ownKept, StateHandedOver)
	e.Note = short(reason)
	return add(tx, s, []Event{e})
}

// Cancel ends a shipment that has not left. Cancelled twice, it changes nothing.
func Cancel(tx *db.Tx, id ShipmentID, reason string) (Shipment, error) {
	s, err := Get(tx, id)
	switch {
	case err != nil:
		return Shipment{}, err
	case s.State == StateCancelled:
		return s, nil
	case s.State.Left():
		return Shipment{}, ErrGone.About("cancel %s", id)
	}
	e := s.next(tx, ownCancelled, StateCancelled)
	e.Note = short(reason)
	return add(tx, s, []Event{e})
}

// Refuse notes that the carrier refused to bring a shipment, in its own words. One that was cancelled meanwhile stays so.
func Refuse(tx *db.Tx, id ShipmentID, reason string) (Shipment, error) {
	s, err := Get(tx, id)
	switch {
	case err != nil:
		return Shipment{}, err
	case s.State == StateCancelled:
		return s, nil
	case s.State != StatePrepared:
		return Shipment{}, ErrGone.About("%s is refused, and it is %s", id, s.State)
	}
	e := s.next(tx, ownRefused, StateRefused)
	e.Note = short(reason)
	return add(tx, s, []Event{e})
}

// Route is by which method, and with which carrier, a shipment goes; no carrier is the shop itself.
type Route struct {
	Method  MethodID
	Carrier string
}

// Reroute prepares a shipment that no carrier has taken for another attempt, by the same route or another one. What is
// booked or has left is refused with ErrGone.
func Reroute(tx *db.Tx, id ShipmentID, r Route) (Shipment, error) {
	s, err := Get(tx, id)
	switch {
	case err != nil:
		return Shipment{}, err
	case s.State == StateCancelled:
		return Shipment{}, ErrCancelled.About("reroute %s", id)
	case s.State != StatePrepared && s.State != StateRefused:
		return Shipment{}, ErrGone.About("reroute %s, which is %s", id, s.State)
	}
	s.Method, s.Carrier = r.Method, r.Carrier
	err = shippingdb.New(tx.Later()).SetRoute(tx.Context(), shippingdb.SetRouteParams{ID: string(id), Method: string(r.Method), Carrier: r.Carrier})
	if err != nil {
		return Shipment{}, err
	}
	return add(tx, s, []Event{s.next(tx, ownAgain, StatePrepared)})
}

// Attempts counts how often a shipment was rerouted.
func (s Shipment) Attempts() int { return s.count(ownAgain) }

// Refusal gives the words with which the carrier refused a shipment that waits to be booked again, or nothing.
func (s Shipment) Refusal() string {
	if s.State != StateRefused {
		return ""
	}
	last := Event{}
	for _, e := range s.Events {
		if e.State == StateRefused && !e.At.Before(last.At) {
			last = e
		}
	}
	return last.Note
}

// TakenOut is what is taken out of a shipment, and its mass.
type TakenOut struct {
	Content
	Mass measure.Mass
}

// TakeOut takes goods out of a shipment that has not left, from its last parcel on. More than is in it takes all of it.
func TakeOut(tx *db.Tx, id ShipmentID, out []TakenOut) (Shipment, error) {
	s, err := Get(tx, id)
	switch {
	case err != nil:
		return Shipment{}, err
	case s.State.Left():
		return Shipment{}, ErrGone.About("take out of %s", id)
	}
	q := shippingdb.New(tx.Later())
	rest, mass := map[string]measure.Quantity{}, measure.Mass(0)
	for _, o := range out {
		rest[o.Line] += o.Quantity
		mass += o.Mass
	}
	for n := len(s.Parcels) - 1; n >= 0; n-- {
		p := &s.Parcels[n]
		kept := []Content{}
		for _, c := range p.Contents {
			less := min(rest[c.Line], c.Quantity)
			rest[c.Line] -= less
			if c.Quantity -= less; c.Quantity > 0 {
				kept = append(kept, c)
			}
		}
		lighter := min(mass, p.Mass)
		mass -= lighter
		p.Mass, p.Contents = p.Mass-lighter, kept
		contents, err := json.Marshal(kept)
		if err != nil {
			return Shipment{}, err
		}
		if err := q.SetContents(tx.Context(), shippingdb.SetContentsParams{
			Shipment: string(id), ID: string(p.ID), Contents: string(contents), Mass: int64(p.Mass),
		}); err != nil {
			return Shipment{}, err
		}
	}
	return s, nil
}

// Adjustable says whether a shipment can still be given other contents and another sum to collect: the shop brings it by
// itself, or no carrier has taken it.
func (s Shipment) Adjustable() bool {
	return s.State == StateRefused || s.State == StatePrepared && s.Carrier == ""
}

// Collect changes the cash that is taken at the door, of a shipment that is Adjustable; any other one is ErrGone, for its
// carrier was told the sum.
func Collect(tx *db.Tx, id ShipmentID, sum money.Money) (Shipment, error) {
	s, err := Get(tx, id)
	switch {
	case err != nil:
		return Shipment{}, err
	case !s.Adjustable() || sum.IsNegative() || sum.Currency != s.Collect.Currency:
		return Shipment{}, ErrGone.About("collect %s with %s, which is %s", sum, id, s.State)
	}
	s.Collect = sum
	return s, shippingdb.New(tx.Later()).SetCollect(tx.Context(), shippingdb.SetCollectParams{ID: string(id), Collect: sum.Minor})
}

// next makes an event of our own. Several of one kind are numbered from the second on, and each is later than the one
// before it, so that the last one counts even within one instant.
func (s Shipment) next(tx *db.Tx, kind string, state State) Event {
	e := Event{ID: kind, State: state, At: tx.Now()}
	if n := s.count(kind); n > 0 {
		e.ID = fmt.Sprintf("%s-%d", kind, n+1)
	}
	for _, was := range s.Events {
		if !strings.HasPrefix(was.ID, carrierPrefix) && !was.At.Before(e.At) {
			e.At = was.At.Add(time.Microsecond)
		}
	}
	return e
}

// count counts the events of our own of one kind.
func (s Shipment) count(kind string) (n int) {
	for _, e := range s.Events {
		if e.ID == kind || strings.HasPrefix(e.ID, kind+"-") {
			n++
		}
	}
	return n
}
