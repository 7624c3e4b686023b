package shipping

import (
	"time"

	"sauda/core/seller"
)

// Shipped says that a shipment has left the warehouse.
type Shipped struct {
	Shipment ShipmentID `json:"shipment"`
	Order    string     `json:"order"`
	Seller   seller.ID  `json:"seller"`
	Carrier  string     `json:"carrier,omitempty"`
	Tracking []string   `json:"tracking,omitempty"`
	At       time.Time  `json:"at"`
}

// TrackingMoved says that something new is known of a shipment under way.
type TrackingMoved struct {
	Shipment ShipmentID `json:"shipment"`
	Order    string     `json:"order"`
	State    State      `json:"state"`
	Place    string     `json:"place,omitempty"`
	At       time.Time  `json:"at"`
}

// Delivered says that all parcels of a shipment are with the buyer.
type Delivered struct {
	Shipment ShipmentID `json:"shipment"`
	Order    string     `json:"order"`
	Seller   seller.ID  `json:"seller"`
	At       time.Time  `json:"at"`
}

// CameBack says that a shipment did not reach the buyer and is back.
type CameBack struct {
	Shipment ShipmentID `json:"shipment"`
	Order    string     `json:"order"`
	Seller   seller.ID  `json:"seller"`
	At       time.Time  `json:"at"`
}

// Refused says that the carrier refused to bring a shipment. It waits to be booked again or called off.
type Refused struct {
	Shipment ShipmentID `json:"shipment"`
	Order    string     `json:"order"`
	Seller   seller.ID  `json:"seller"`
	Carrier  string     `json:"carrier"`
	Reason   string     `json:"reason,omitempty"`
	At       time.Time  `json:"at"`
}

// ShipmentCancelled says that a shipment will not leave.
type ShipmentCancelled struct {
	Shipment ShipmentID `json:"shipment"`
	Order    string     `json:"order"`
	Reason   string     `json:"reason,omitempty"`
}

// TariffChanged says that zones, methods or points of a seller are others now.
type TariffChanged struct {
	Seller  seller.ID `json:"seller"`
	Version int64     `json:"version"`
}

// Fact names the fact.
func (Shipped) Fact() string           { return "shipping.shipped" }
func (TrackingMoved) Fact() string     { return "shipping.tracking_moved" }
func (Delivered) Fact() string         { return "shipping.delivered" }
func (CameBack) Fact() string          { return "shipping.came_back" }
func (Refused) Fact() string           { return "shipping.refused" }
func (ShipmentCancelled) Fact() string { return "shipping.cancelled" }
func (TariffChanged) Fact() string     { return "shipping.tariff_changed" }

// Key orders the reactions to the facts of one order, and of one seller's tariff.
func (e Shipped) Key() string           { return e.Order }
func (e TrackingMoved) Key() string     { return e.Order }
func (e Delivered) Key() string         { return e.Order }
func (e CameBack) Key() string          { return e.Order }
func (e Refused) Key() string           { return e.Order }
func (e ShipmentCancelled) Key() string { return e.Order }
func (e TariffChanged) Key() string     { return string(e.Seller) }
