package shipping

import (
	"context"

	"sauda/base/money"
	"sauda/base/place"
)

// Carrier is a company that brings parcels, seen from here. The same key means the same act: a verb that is called again
// with its key gives the first answer. ErrNoAnswer means that nobody knows whether the carrier acted; ask again with the
// same key. What the carrier refuses is ErrRefused, and a reference that it does not know ErrUnknownRef.
type Carrier interface {
	// Name is the name under which methods and shipments refer to the carrier.
	Name() string
	// Book announces the parcels of a shipment. Another consignment under the same key is ErrKeyReused.
	Book(ctx context.Context, key string, c Consignment) (Booking, error)
	// Label gives the paper that is glued on the parcels.
	Label(ctx context.Context, ref string) (Document, error)
	// Track gives all that happened so far, in no particular order.
	Track(ctx context.Context, ref string) ([]Event, error)
	// Cancel takes a booking back. Cancelled twice, it changes nothing; when the parcel is under way it is ErrGone.
	Cancel(ctx context.Context, key, ref string) error
}

// Consignment is what a carrier has to know.
type Consignment struct {
	Shipment ShipmentID
	Kind     Kind
	From     place.Address
	To       place.Address
	Point    string // Point is where the buyer takes it; empty when it comes to the door.
	Parcels  []Box
	Collect  money.Money // Collect is cash to be taken from the buyer; zero is none.
}

// ConsignmentOf gives what a carrier has to know of a shipment that leaves from an address.
func ConsignmentOf(s Shipment, kind Kind, from place.Address) Consignment {
	return Consignment{s.ID, kind, from, s.To, string(s.Point), s.Parcels, s.Collect}
}

// Booking is what a carrier answers.
type Booking struct {
	Ref      string              `json:"ref"`
	Tracking map[ParcelID]string `json:"tracking"` // Tracking has the number of each parcel.
}

// Document is a paper to print.
type Document struct {
	Type string // Type is the media type.
	Body []byte
}
