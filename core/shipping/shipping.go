// Package shipping knows how goods get to the buyer: zones, methods with their prices and days, pickup points, and
// shipments with parcels and what happened to them on the way.
//
// It does not know orders: what a shipment is for is an opaque reference, and what is in it are lines and quantities. It
// does not know stock (inventory) or money that was paid (ledger).
//
// What there is to choose is a pure function, Tariff.Options, of a tariff that one statement loads. A tariff changes
// seldom: keep it as long as Version stands still.
//
//	prepared ──Book──▶ booked ──HandOver──▶ handed over ──▶ on the way ──▶ at the point ──▶ delivered
//	  │    ▲             │                       ▲  └──────────────────────────────────────▶ returned
//	  │    │             └─CallOff─▶ calling off ┤ Keep: the carrier has it
//	  │    └─Reroute─ refused ─┐                 └ Cancel ─▶ cancelled
//	  └─Refuse─▶ refused       └─Cancel─▶ cancelled
//
// What no carrier has taken is cancelled at once; what is booked, when its carrier has taken the booking back.
//
// The state of a shipment is derived from its events, which are only ever added.
package shipping

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/seller"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of shipping.
var Schema = db.Schema{Name: "shipping", Files: schemaFiles}

// Faults of shipping.
var (
	ErrTariff     = fault.New(fault.Invalid, "shipping.tariff", "Correct the marked fields of the tariff.")
	ErrNotOffered = fault.New(fault.Conflict, "shipping.not_offered", "This delivery is not offered for your address and these goods. Choose one of the delivery options.")
	ErrPoint      = fault.New(fault.Invalid, "shipping.point", "Choose one of the pickup points of this delivery.")
	ErrUnknown    = fault.New(fault.Missing, "shipping.unknown", "There is no such shipment. Look at the list of shipments.")
	ErrEmpty      = fault.New(fault.Invalid, "shipping.empty", "Put at least one line with a quantity above zero into each parcel.")
	ErrGone       = fault.New(fault.Conflict, "shipping.handed_over", "The parcel has left already. Wait until it arrives or comes back.")
	ErrCancelled  = fault.New(fault.Conflict, "shipping.cancelled", "This shipment was cancelled. Prepare a new one.")
	ErrCallingOff = fault.New(fault.Conflict, "shipping.calling_off", "This shipment is being called off. Wait until the carrier has answered.")
	ErrUnbooked   = fault.New(fault.Conflict, "shipping.not_booked", "The carrier does not know this parcel yet. Book it first.")
	ErrRefused    = fault.New(fault.Conflict, "shipping.carrier_refused", "The carrier refuses this parcel. Correct the address or choose another delivery.")
	ErrNoAnswer   = fault.New(fault.Unavailable, "shipping.no_answer", "The carrier does not answer. Nothing is lost; we ask again with the same key.")
	ErrForged     = fault.New(fault.Unauthenticated, "shipping.forged", "The message does not carry a valid signature of the carrier.")
	ErrUnknownRef = fault.New(fault.Missing, "shipping.unknown_booking", "The carrier does not know this booking. Book the parcel again.")
	ErrKeyReused  = fault.New(fault.Conflict, "shipping.key_reused", "This key was used for another parcel. Use a new key for each parcel.")
)

// Kind says how a parcel reaches the buyer.
type Kind string

// The kinds of methods.
const (
	Courier Kind = "courier" // Courier brings it to the door in the city.
	Parcel  Kind = "parcel"  // Parcel is brought to the door by a parcel service.
	Pickup  Kind = "pickup"  // Pickup is taken at a point.
	Post    Kind = "post"    // Post is sent by mail.
)

// ZoneID, MethodID and PointID name parts of a tariff; ShipmentID and ParcelID name what is sent.
type (
	ZoneID     string
	MethodID   string
	PointID    string
	ShipmentID string
	ParcelID   string
)

// Area is a place, as exact as it is filled: a country, a region of it, a city. An empty country is the whole world.
type Area struct {
	Country place.Country `json:"country,omitempty"`
	Region  place.Region  `json:"region,omitempty"`
	City    string        `json:"city,omitempty"` // City is compared without regard to case.
}

// Zone is places that share a price.
type Zone struct {
	ID     ZoneID         `json:"id"`
	Seller seller.ID      `json:"seller"`
	Name   text.Localized `json:"name"`
	Areas  []Area         `json:"areas"`
	Except []Area         `json:"except,omitempty"` // Except are places within that do not belong to it.
}

// Step is the price up to a mass.
type Step struct {
	To    measure.Mass `json:"to"` // To is the heaviest parcel of this price.
	Price money.Money  `json:"price"`
}

// Rate is what a method costs in a zone, in one currency.
type Rate struct {
	Zone     ZoneID       `json:"zone"`
	Steps    []Step       `json:"steps"`              // Steps rise with the mass; the price of the first that is heavy enough counts.
	PerKg    money.Money  `json:"per_kg,omitzero"`    // PerKg is added for each begun kilogram beyond the last step. Zero: nothing heavier goes.
	GoodsMin money.Money  `json:"goods_min,omitzero"` // GoodsMin is the least sum of goods; zero is none.
	GoodsMax money.Money  `json:"goods_max,omitzero"` // GoodsMax is the largest sum of goods, for the liability of the carrier; zero is none.
	FreeFrom money.Money  `json:"free_from,omitzero"` // FreeFrom is the sum of goods from which it costs nothing; zero is never.
	MassMax  measure.Mass `json:"mass_max,omitempty"` // MassMax is the heaviest parcel; zero is no limit.
	DaysMin  int          `json:"days_min"`           // DaysMin and DaysMax are calendar days from the order.
	DaysMax  int          `json:"days_max"`
}

// Method is a way of delivery that a seller offers.
type Method struct {
	ID             MethodID       `json:"id"`
	Seller         seller.ID      `json:"seller"`
	Kind           Kind           `json:"kind"`
	Name           text.Localized `json:"name"`
	Note           text.Localized `json:"note,omitempty"` // Note is a sentence for the buyer.
	TaxClass       string         `json:"tax_class"`
	Carrier        string         `json:"carrier,omitempty"` // Carrier is the driver that books it; empty when the shop brings it itself.
	CashOnDelivery bool           `json:"cash_on_delivery"`
	Position       int            `json:"position"`
	Ended          bool           `json:"ended,omitempty"`
	Rates          []Rate         `json:"rates"`
}

// Hours is when a point is open on one day of the week. A day that is not named is closed.
type Hours struct {
	Day   time.Weekday `json:"day"`
	Opens string       `json:"opens"` // Opens and Closes are as "09:00".
	Until string       `json:"until"`
}

// Point is where a buyer takes a parcel.
type Point struct {
	ID      PointID        `json:"id"`
	Seller  seller.ID      `json:"seller"`
	Method  MethodID       `json:"method"`
	Name    text.Localized `json:"name"`
	Address place.Address  `json:"address"`
	Hours   []Hours        `json:"hours"`
	Ended   bool           `json:"ended,omitempty"`
}

// Request is what shall be sent for one seller.
type Request struct {
	Seller      seller.ID
	Destination place.Address
	Mass        measure.Mass
	Goods       money.Money // Goods is the sum of the goods; the options are in its currency.
	Day         span.Day    // Day is when it is ordered.
}

// Option is a delivery that can be chosen, with its price and days.
type Option struct {
	Method         MethodID
	Seller         seller.ID
	Kind           Kind
	Name           text.Localized
	Note           text.Localized
	Price          money.Money
	TaxClass       string
	Carrier        string
	Zone           ZoneID
	CashOnDelivery bool
	EarliestDay    span.Day
	LatestDay      span.Day
	Free           bool // Free says that the price fell away because of the sum of goods.
	FreeFrom       money.Money
	Points         []Point // Points are those in the city of the destination, or else in its region or country.
}

// Content is what of a line is in a parcel.
type Content struct {
	Line     string           `json:"line"`
	Quantity measure.Quantity `json:"quantity"`
}

// Draft is a shipment before it has an id.
type Draft struct {
	Order     string // Order is what it is for.
	Seller    seller.ID
	Warehouse string
	Method    MethodID
	Carrier   string
	Point     PointID
	To        place.Address
	Collect   money.Money // Collect is cash that the carrier takes at the door; zero is none.
	Parcels   []ParcelDraft
}

// ParcelDraft is one box.
type ParcelDraft struct {
	Mass     measure.Mass
	Size     measure.Size
	Contents []Content
}

// Box is a parcel of a shipment.
type Box struct {
	ID       ParcelID     `json:"id"`
	Mass     measure.Mass `json:"mass"`
	Size     measure.Size `json:"size"`
	Contents []Content    `json:"contents"`
	Tracking string       `json:"tracking,omitempty"` // Tracking is the carrier's number, once it is booked.
}

// Shipment is what leaves one warehouse for one order.
type Shipment struct {
	ID        ShipmentID
	Order     string
	Seller    seller.ID
	Warehouse string
	Method    MethodID
	Carrier   string
	Booking   string // Booking is the carrier's reference; empty before it is booked.
	Point     PointID
	To        place.Address
	Collect   money.Money
	Parcels   []Box
	Events    []Event // Events are in the order in which they happened.
	State     State
	Prepared  time.Time
}

// Tracking gives the number of the first parcel, for people.
func (s Shipment) Tracking() string {
	if len(s.Parcels) == 0 {
		return ""
	}
	return s.Parcels[0].Tracking
}

// State is how far a shipment is, as its events tell.
type State string

// The states of a shipment. Events carry them as well.
const (
	StatePrepared   State = "prepared"
	StateRefused    State = "refused" // StateRefused is a booking that the carrier refused: it is booked again, or called off.
	StateBooked     State = "booked"
	StateCallingOff State = "calling_off" // StateCallingOff waits for the carrier to take its booking back.
	StateHandedOver State = "handed_over"
	StateOnTheWay   State = "on_the_way"
	StateAtPoint    State = "at_point"
	StateFailed     State = "attempt_failed" // StateFailed is an attempt at the door; the carrier tries again.
	StateDelivered  State = "delivered"
	StateReturned   State = "returned"
	StateCancelled  State = "cancelled"
)

// Event is something that happened to a shipment.
type Event struct {
	ID     string    `json:"id"` // ID is the carrier's; an event that comes twice counts once.
	Parcel ParcelID  `json:"parcel,omitempty"`
	State  State     `json:"state"`
	At     time.Time `json:"at"`
	Place  string    `json:"place,omitempty"`
	Note   string    `json:"note,omitempty"`
}
